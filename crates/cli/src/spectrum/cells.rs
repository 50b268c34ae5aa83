//! `guiju spectrum cells FILE`: scans of cells go through the rules for pseudo base stations; each alarm shows every rule that fired.
//!
//! Looks at what cells broadcast about themselves, never at anybody's session.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use guiju_spectrum::cells::{
    Alarm, Fault as Wrong, Licensed, RULES, Record, Settings, judge, read_csv, read_json, read_licensed,
};
use serde_json::json;

use super::text_of;
use crate::Fault;

#[derive(Args, Debug)]
pub struct CellsArgs {
    /// Scans of one area, CSV or JSON (docs/formats/cell-scan.md) / 小区扫描记录
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// Licensed cells as CSV; without it nothing is called unlicensed / 已许可的小区（CSV）
    #[arg(long, value_name = "FILE")]
    licensed: Option<PathBuf>,
    /// Shows what stays below the threshold too / 未达门限的也列出
    #[arg(long)]
    all: bool,
    #[arg(long)]
    json: bool,
}

/// Exit status 1 where there is an alarm, 2 where no row could be read.
pub fn run(args: &CellsArgs) -> Result<ExitCode, Fault> {
    let (mut records, mut left_out): (Vec<Record>, usize) = (Vec::new(), 0);
    for file in &args.files {
        let (text, name) = (text_of(file)?, file.display().to_string());
        let is_json = file.extension().is_some_and(|ending| ending == "json");
        let (read, wrong) = if is_json { read_json(&text, &name) } else { read_csv(&text, &name) };
        left_out += told(&wrong);
        records.extend(read);
    }
    if records.is_empty() {
        return Err("没有读出任何一条扫描记录 / not one row could be read".into());
    }
    let licensed: Vec<Licensed> = match &args.licensed {
        None => Vec::new(),
        Some(file) => {
            let (read, wrong) = read_licensed(&text_of(file)?, &file.display().to_string());
            if told(&wrong) > 0 {
                let (zh, en) = (
                    "已许可小区的名单有误，没有比对",
                    "the list of licensed cells has wrong rows; nothing was compared",
                );
                return Err(format!("{}: {zh} / {en}", file.display()).into());
            }
            read
        }
    };
    let found = judge(&records, &licensed, &Settings::default());
    let shown: Vec<&Alarm> = found.iter().filter(|alarm| args.all || alarm.is_alarm).collect();
    if args.json {
        println!(
            "{}",
            json!({"rows": records.len(), "left_out": left_out, "licensed": licensed.len(), "cells": shown})
        );
    } else {
        println!("{} 条记录，略去 {left_out} / {} rows, {left_out} left out", records.len(), records.len());
        shown.iter().for_each(|alarm| print(alarm));
    }
    Ok(if found.iter().any(|alarm| alarm.is_alarm) { ExitCode::from(1) } else { ExitCode::SUCCESS })
}

fn told(wrong: &[Wrong]) -> usize {
    wrong.iter().for_each(|fault| eprintln!("guiju: {} / {fault}", fault.zh()));
    wrong.len()
}

fn print(alarm: &Alarm) {
    let mark = if alarm.is_alarm { "*" } else { " " };
    let stations: Vec<&str> = alarm.stations.iter().map(String::as_str).collect();
    println!(
        "{mark} {:?} {} / {}  {:.1}  {}",
        alarm.technology,
        alarm.carrier,
        alarm.physical,
        alarm.score,
        stations.join(", ")
    );
    for reason in &alarm.reasons {
        let (zh, en) = RULES.iter().find(|rule| rule.id == reason.rule).map_or(("", ""), |rule| (rule.zh, rule.en));
        println!(
            "      +{} {}（{} v{}，{}） / {en} ({})",
            reason.weight, zh, reason.rule, reason.version, reason.value, reason.value
        );
    }
}
