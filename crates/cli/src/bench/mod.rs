//! `guiju bench`: the project's own benchmarks, each number beside a bound measured in the same run.

mod acts;
mod browser;
mod draw;
mod drill;
mod http;
mod late;
mod law;
mod licences;
mod machine;
mod pages;
mod radio;
mod recording;
mod seed;
mod site;
mod spectrum;
mod spot;
mod town;
mod work;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Subcommand};
use serde::Serialize;

use crate::Fault;

#[derive(Args, Debug)]
pub struct BenchArgs {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand, Debug)]
enum What {
    /// Durable acts a second through the office, beside the same writes as bare SQL / 每秒可落盘的行为数
    Acts(acts::ActsArgs),
    /// How long pages take with many cases, beside their time with few / 大量办件时页面的响应时间
    Pages(pages::PagesArgs),
    /// A draw from a large pool, beside the HKDF outputs alone / 大名单的随机抽取
    Draw(draw::DrawArgs),
    /// The law checker over the shipped procedures and over a large one / 法律检查器
    Law(law::LawArgs),
    /// A batch of 5,000 station licences over HTTP, beside the time it may take / 一次申请五千个台站执照
    Licences(licences::LicencesArgs),
    /// A million signals matched against a million licences, and a station's day of sweeps / 百万信号比对和一天频谱的处理
    Radio(radio::RadioArgs),
    /// A file of samples to its spectrum, beside the bare FFTs, SciPy and GNU Radio / 采样文件到频谱的速度
    Spectrum(spectrum::SpectrumArgs),
    /// Works until it is killed; for tests of durability
    #[command(hide = true)]
    Drill(drill::DrillArgs),
}

/// Where a benchmark puts what it writes.
#[derive(Args, Debug)]
pub struct Place {
    /// Folder for what is written meanwhile; it is removed afterwards. The disk is part of what is measured / 临时数据所在目录
    #[arg(long, value_name = "DIR", default_value = "target")]
    dir: PathBuf,
    /// One JSON document on stdout / 以 JSON 输出
    #[arg(long)]
    json: bool,
}

impl Place {
    /// A new folder in it that goes when it is dropped.
    pub fn folder(&self) -> Result<tempfile::TempDir, Fault> {
        let named = |e: std::io::Error| format!("{}: {e}", self.dir.display());
        std::fs::create_dir_all(&self.dir).map_err(named)?;
        Ok(tempfile::Builder::new().prefix("guiju-bench-").tempdir_in(&self.dir).map_err(named)?)
    }
}

/// What was measured; `docs/operating.md` says how to read it.
#[derive(Debug, Serialize)]
struct Measured {
    bench: &'static str,
    machine: String,
    results: Vec<Row>,
}

/// One number. `ratio` is the value by its bound.
#[derive(Debug, Clone, Serialize)]
pub struct Row {
    pub name: String,
    pub value: f64,
    pub unit: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bound: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ratio: Option<f64>,
}

impl Row {
    pub fn new(name: String, value: f64, unit: &'static str) -> Row {
        Row { name, value: rounded(value), unit, bound: None, ratio: None }
    }

    pub fn beside(mut self, bound: f64) -> Row {
        self.bound = Some(rounded(bound));
        self.ratio = (bound > 0.0).then(|| rounded(self.value / bound));
        self
    }
}

/// Three decimals are more than any of these measurements holds.
fn rounded(value: f64) -> f64 {
    (value * 1_000.0).round() / 1_000.0
}

pub async fn run(args: BenchArgs) -> Result<ExitCode, Fault> {
    let machine = machine::machine();
    let (bench, json, results) = match args.what {
        What::Acts(args) => ("acts", args.place.json, acts::run(&args).await?),
        What::Pages(args) => ("pages", args.place.json, pages::run(&args).await?),
        What::Draw(args) => ("draw", args.json, draw::run(&args)?),
        What::Law(args) => ("law", args.json, law::run(&args)?),
        What::Licences(args) => ("licences", args.place.json, licences::run(&args).await?),
        What::Radio(args) => ("radio", args.json, radio::run(&args)?),
        What::Spectrum(args) => ("spectrum", args.place.json, spectrum::run(&args)?),
        What::Drill(args) => return drill::run(args).await,
    };
    let measured = Measured { bench, machine, results };
    if json {
        println!("{}", serde_json::to_string(&measured)?);
    } else {
        println!("{}: {}", measured.bench, measured.machine);
        for row in &measured.results {
            say(row);
        }
    }
    Ok(if measured.results.iter().any(broken) { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

/// Whether a time is over, or a speed below, what was promised; the other bounds are there to compare with.
fn broken(row: &Row) -> bool {
    let late = row.name == licences::SUM && row.ratio.is_some_and(|ratio| ratio > 1.0);
    late || row.name.starts_with(spectrum::PROMISED) && row.ratio.is_some_and(|ratio| ratio < 1.0)
}

/// A working day that the shipped calendar covers, so that what is measured does not depend on today's date.
fn opening() -> Result<guiju_kernel::time::Instant, Fault> {
    Ok("2026-03-03T09:00:00+08:00".parse()?)
}

fn say(row: &Row) {
    // Seconds of a fast thing need more digits than acts a second.
    let digits = if row.value < 10.0 { 3 } else { 1 };
    let beside = match (row.bound, row.ratio) {
        (Some(bound), Some(ratio)) => format!("  bound {bound:.digits$}  ratio {ratio:.2}"),
        _ => String::new(),
    };
    println!("{:<28} {:>12.digits$} {}{beside}", row.name, row.value, row.unit);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_promise_that_is_broken_fails_the_command() {
        let row = |name: &str, value| Row::new(name.to_owned(), value, "s").beside(20.0);
        assert!(broken(&row(licences::SUM, 20.1)));
        assert!(broken(&row("spectrum/psd by scipy", 19.9)) && !broken(&row("spectrum/psd by scipy", 20.1)));
        assert!(!broken(&row(licences::SUM, 20.0)) && !broken(&row("pages/case/p99", 99.0)));
    }
}
