//! The program at the command line, on a data folder of its own.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;

pub struct Desk {
    pub folder: tempfile::TempDir,
}

fn guiju(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_guiju")).args(arguments).output().unwrap()
}

impl Desk {
    pub fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    pub fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    pub fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Runs a command on the data: its exit status and what it prints.
    pub fn run(&self, arguments: &[&str]) -> (i32, String) {
        let data = self.data();
        let out = guiju(&[arguments, &["--data", data.to_str().unwrap()]].concat());
        let said = if out.stdout.is_empty() { out.stderr } else { out.stdout };
        (out.status.code().unwrap(), String::from_utf8(said).unwrap())
    }

    pub fn json(&self, arguments: &[&str]) -> (i32, Value) {
        let (status, said) = self.run(&[arguments, &["--json"]].concat());
        (status, serde_json::from_str(&said).unwrap_or(Value::String(said)))
    }

    /// Imports a platform's export of a procedure.
    pub fn import(&self, platform: &str, procedure: &str, file: &Path, more: &[&str]) -> (i32, Value) {
        let file = file.to_str().unwrap();
        self.json(&[&["import", "history", file, "--procedure", procedure, "--platform", platform], more].concat())
    }

    pub fn audit(&self) -> (i32, Value) {
        self.json(&["law", "audit"])
    }

    /// Verifies the data with the independent reader.
    pub fn verify(&self) {
        let (status, said) = self.run(&["verify"]);
        assert_eq!(status, 0, "{said}");
    }
}

/// What was found in a case, in order: ids of constraints.
pub fn found<'a>(audit: &'a Value, number: &str) -> Vec<&'a str> {
    let findings = audit["findings"].as_array().unwrap().iter();
    let mut ids: Vec<&str> =
        findings.filter(|one| one["number"] == number).map(|one| one["constraint"].as_str().unwrap()).collect();
    ids.sort_unstable();
    ids
}
