//! Programs of others that make the same spectrum, run by Debian's Python (its GNU Radio cannot be imported by any other).

use std::path::Path;
use std::process::Command;

use super::Took;
use crate::Fault;

const PYTHON: &str = "/usr/bin/python3";

/// A program to compare with.
pub struct Peer {
    pub name: &'static str,
    program: &'static str,
    /// How many times faster than it we promise to be.
    pub least: f64,
}

impl Peer {
    /// The peer, or `None` and a message where its library is not installed.
    pub fn find(name: &'static str, program: &'static str, least: f64) -> Option<Peer> {
        let there = Command::new(PYTHON).args(["-c", &format!("import {name}")]).output();
        if there.is_ok_and(|output| output.status.success()) {
            return Some(Peer { name, program, least });
        }
        let package = if name == "scipy" { "python3-scipy" } else { name };
        eprintln!("{name}: 未安装，跳过 / skipped, not installed; apt-get install {package}");
        None
    }

    /// What it takes from the file to the spectrum, and the power that it finds.
    pub fn run(&self, path: &Path, bins: usize, segments: usize) -> Result<(Took, f64), Fault> {
        let sizes = [bins.to_string(), segments.to_string()];
        let output = Command::new(PYTHON).args(["-c", self.program]).arg(path).args(sizes).output()?;
        let told = String::from_utf8_lossy(&output.stdout);
        let mut numbers = told.split_whitespace().map(str::parse::<f64>);
        match (output.status.success(), numbers.next(), numbers.next(), numbers.next()) {
            (true, Some(Ok(seconds)), Some(Ok(processor)), Some(Ok(power))) => Ok((Took { seconds, processor }, power)),
            _ => Err(format!("{}: {}", self.name, String::from_utf8_lossy(&output.stderr)).into()),
        }
    }
}
