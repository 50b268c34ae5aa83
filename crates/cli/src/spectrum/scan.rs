//! `guiju spectrum scan`: recordings of sweeps become signals with their times, and are held against a register.
//!
//! Levels are dB relative to something that only the receiver knows.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, ValueEnum};
use guiju_office::{RadioRules, radio_rules};
use guiju_pack::Pack;
use guiju_spectrum::complaint::{Complaint, Done};
use guiju_spectrum::finding::{Findings, Receiver, findings};
use guiju_spectrum::licence::{self, Place, Register};
use guiju_spectrum::matching::Outcome;
use guiju_spectrum::read::Clock;
use guiju_spectrum::read::sweep::{Options, Sweep as Read, hackrf_binary, hackrf_csv, rtl_power};
use guiju_spectrum::schedule::recognise;
use guiju_spectrum::watch::{Grid, Seen, Sweep, Watched, Watcher};
use serde_json::{Value, json};

use super::opened;
use crate::Fault;

/// Overlapping assignments that are told of.
const OVERLAPS_MOST: usize = 100;

#[derive(Args, Debug)]
pub struct ScanArgs {
    /// Recordings of one receiver, in order of time / 一台接收机的扫描记录，按时间先后
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// The program that wrote them / 由哪个程序写成
    #[arg(long, default_value = "rtl-power")]
    format: Format,
    /// Folder of a pack instead of the one that is shipped: its radio.yaml counts / 法规包目录
    #[arg(long, value_name = "DIR")]
    pack: Option<PathBuf>,
    /// Assignments as CSV: what each signal is by them, scored / 频率指配表（CSV），比对并评分
    #[arg(long, value_name = "FILE")]
    register: Option<PathBuf>,
    /// Where the receiver stands, in degrees: LATITUDE,LONGITUDE / 接收机位置
    #[arg(long, value_name = "PLACE", requires = "register")]
    at: Option<String>,
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Format {
    RtlPower,
    Hackrf,
    HackrfBinary,
}

pub fn run(args: &ScanArgs) -> Result<ExitCode, Fault> {
    let rules = rules(args)?;
    let watched = watch(args, &rules)?;
    if let Some(register) = &args.register {
        return matched(args, register, &watched, &rules);
    }
    if args.json {
        let signals: Vec<Value> = watched.signals.iter().map(|seen| signal(seen, &watched)).collect();
        println!(
            "{}",
            json!({"unit": "relative dB", "observed_seconds": seconds(&watched), "sweeps": watched.sweeps, "left_out": watched.left_out, "bin_hz": watched.bin_hz, "signals": signals})
        );
    } else {
        header(&watched);
        for seen in &watched.signals {
            println!("{}", line(seen, &watched));
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// Exit status 1 where there are leads.
fn matched(args: &ScanArgs, register: &Path, watched: &Watched, rules: &RadioRules) -> Result<ExitCode, Fault> {
    let name = register.display().to_string();
    let told = |complaints: Vec<Complaint>| {
        complaints.into_iter().map(|complaint| in_both(complaint.of(name.clone()))).collect::<Vec<_>>().join("\n")
    };
    let assignments = licence::read(opened(register)?, &licence::Columns::plain(), &Clock::beijing()).map_err(told)?;
    let (register, _) = Register::new(assignments);
    for (one, other) in register.overlaps(rules.matching.reach_km, OVERLAPS_MOST) {
        let name = |at: usize| register.all().get(at).map_or("", |one| one.id.as_str());
        let (one, other) = (name(one), name(other));
        eprintln!(
            "guiju: 指配 `{one}` 与 `{other}` 重叠，比对时都列出 / the assignments `{one}` and `{other}` overlap; both are named"
        );
    }
    let place = args.at.as_deref().map(place).transpose()?;
    let receiver = Receiver { station: "recording", place, watched };
    let found = findings(&[receiver], &register, &rules.matching, &rules.finding);
    if args.json {
        println!("{}", found_json(&found, &register));
    } else {
        header(watched);
        found_text(&found, &register);
    }
    let leads = found.findings.iter().any(|finding| finding.lead);
    Ok(if leads { ExitCode::from(1) } else { ExitCode::SUCCESS })
}

fn rules(args: &ScanArgs) -> Result<RadioRules, Fault> {
    let pack = match &args.pack {
        Some(folder) => Pack::load(folder),
        None => Pack::embedded(),
    };
    let told = |complaints: Vec<guiju_pack::Complaint>| {
        complaints.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
    };
    Ok(radio_rules(&pack.map_err(told)?)?)
}

fn place(text: &str) -> Result<Place, Fault> {
    let both =
        text.split_once(',').and_then(|(north, east)| Some((north.trim().parse().ok()?, east.trim().parse().ok()?)));
    let place = both.and_then(|(north, east)| Place::new(north, east));
    Ok(place
        .ok_or_else(|| format!("`{text}` 不是位置，应写成 22.56,113.05 / `{text}` is no place such as 22.56,113.05"))?)
}

fn in_both(complaint: Complaint) -> String {
    format!("{} / {complaint}", complaint.zh())
}

/// Follows the signals of all files. The band is that of the first sweep.
fn watch(args: &ScanArgs, rules: &RadioRules) -> Result<Watched, Fault> {
    let mut watching: Option<(Grid, Watcher<'_>)> = None;
    for file in &args.files {
        let options = Options::new(Clock::beijing());
        let input = opened(file)?;
        let sweeps: Box<dyn Iterator<Item = Result<Read, Complaint>>> = match args.format {
            Format::RtlPower => Box::new(rtl_power(input, options)),
            Format::Hackrf => Box::new(hackrf_csv(input, options)),
            Format::HackrfBinary => Box::new(hackrf_binary(input)),
        };
        for sweep in sweeps {
            match sweep {
                Ok(sweep) => take(&sweep, file, rules, &mut watching)?,
                Err(told) => {
                    let (stopped, said) = (told.done == Done::Stopped, in_both(told.of(file.display().to_string())));
                    if stopped {
                        return Err(said.into());
                    }
                    eprintln!("guiju: {said}");
                }
            }
        }
    }
    let Some((_, watcher)) = watching else {
        return Err("没有读出任何一次扫描 / not one sweep could be read".into());
    };
    Ok(watcher.finish()?)
}

fn take<'r>(
    sweep: &Read,
    file: &Path,
    rules: &'r RadioRules,
    watching: &mut Option<(Grid, Watcher<'r>)>,
) -> Result<(), Fault> {
    let Some(when) = sweep.when else {
        let (zh, en) = ("这种格式没有时间，不能跟踪信号", "this format has no times, so no signal can be followed");
        return Err(format!("{}: {zh} / {en}", file.display()).into());
    };
    if watching.is_none() {
        let Some(grid) = Grid::of(sweep) else { return Ok(()) };
        *watching = Some((grid, Watcher::new(&rules.watching, grid.low_hz, grid.bin_hz, grid.bins)?));
    }
    if let Some((grid, watcher)) = watching {
        watcher.push(&Sweep { when, steps: grid.steps(sweep) })?;
    }
    Ok(())
}

fn seconds(watched: &Watched) -> i128 {
    watched.observed.total_ns() / 1_000_000_000
}

fn share(seen: &Seen, watched: &Watched) -> f64 {
    seen.on.total_ns() as f64 / watched.observed.total_ns().max(1) as f64
}

fn header(watched: &Watched) {
    println!(
        "{} 次扫描，{} 秒有数据，略去 {}；电平为相对 dB / {} sweeps, {} s observed, {} left out; levels are relative dB",
        watched.sweeps,
        seconds(watched),
        watched.left_out,
        watched.sweeps,
        seconds(watched),
        watched.left_out,
    );
}

fn line(seen: &Seen, watched: &Watched) -> String {
    format!(
        "{:>14.0} Hz  {:>9.0} Hz  {:>7.1} dB  +{:.1} dB  {:>5.1} %",
        seen.centre_hz,
        seen.bandwidth_hz,
        seen.level_db,
        seen.snr_db,
        100.0 * share(seen, watched)
    )
}

fn signal(seen: &Seen, watched: &Watched) -> Value {
    let zone = 8 * 3_600_000_000_000;
    let on: Vec<Value> = seen.on.iter().map(|on| json!([on.from_ns(), on.until_ns()])).collect();
    json!({
        "centre_hz": seen.centre_hz, "centre_range_hz": seen.centre_range_hz, "bandwidth_hz": seen.bandwidth_hz,
        "level_db": seen.level_db, "over_floor_db": seen.snr_db, "sweeps": seen.sweeps, "on_ns": on,
        "share": share(seen, watched), "schedule": recognise(&seen.on, &watched.observed, zone),
    })
}

/// The assignment of a finding, by its id.
fn assigned<'r>(outcome: &Outcome, register: &'r Register) -> Option<&'r str> {
    match outcome {
        Outcome::Conforming { best, .. } | Outcome::Deviating { best, .. } => {
            register.all().get(best.assignment).map(|one| one.id.as_str())
        }
        Outcome::Unlicensed { .. } => None,
    }
}

fn found_json(found: &Findings, register: &Register) -> Value {
    let told = |finding: &guiju_spectrum::finding::Finding| {
        let mut told = json!(finding);
        if let Some(map) = told.as_object_mut() {
            map.insert("assignment".into(), json!(assigned(&finding.outcome, register)));
        }
        told
    };
    let silent = found
        .silent
        .iter()
        .filter_map(|(at, listened)| Some(json!({"id": register.all().get(*at)?.id, "listened_seconds": listened})));
    json!({"findings": found.findings.iter().map(told).collect::<Vec<_>>(), "silent": silent.collect::<Vec<_>>()})
}

fn found_text(found: &Findings, register: &Register) {
    for finding in &found.findings {
        let (zh, en) = finding.outcome.title();
        let name = assigned(&finding.outcome, register).unwrap_or("-");
        let mark = if finding.lead { "*" } else { " " };
        let snr = finding.views.first().map_or(0.0, |view| view.snr_db);
        println!("{mark} {:>14.0} Hz  +{snr:>5.1} dB  {:>3}  {zh} / {en}  {name}", finding.centre_hz, finding.score);
        if let Outcome::Deviating { best, .. } = &finding.outcome {
            best.deviations.iter().for_each(|what| println!("      {} / {}", what.zh(), what.en()));
        }
        finding.reasons.iter().for_each(|why| println!("      +{} {} / {}", why.points(), why.zh(), why.en()));
    }
    for (at, listened) in &found.silent {
        let name = register.all().get(*at).map_or("", |one| one.id.as_str());
        println!("  {name}：听了 {} 小时，没有发射 / listened for {} h, silent", listened / 3_600, listened / 3_600);
    }
}
