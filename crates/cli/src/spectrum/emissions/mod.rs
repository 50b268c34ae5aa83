//! `guiju spectrum emissions FILE`: sweeps or samples become emissions with the doubts about them, and signals with their times.
//!
//! Exit status 2 where a part of the file was left out, 0 otherwise.

mod samples;
mod table;

use std::process::ExitCode;

use clap::Args;
use guiju_spectrum::cfar::known_floor_threshold;
use guiju_spectrum::emission::{Emission, Joining, emissions};
use guiju_spectrum::guard::{GuardRules, Mark, marks};
use guiju_spectrum::psd::Spectrum;
use guiju_spectrum::schedule::{Days, Schedule};
use guiju_spectrum::statistics::ratio;
use serde_json::{Value, json};

use super::psd::db;
use super::recording::RecordingArgs;
use super::sweeps::{SweepArgs, is_table};
use crate::Fault;

/// Probability that a bin of noise is taken for a signal.
const FALSE_ALARM: f64 = 1e-6;
/// However calm the noise, an emission stands so far over the floor, in dB: no receiver's floor is flatter.
const LEAST_DB: f64 = 4.0;
/// How detected bins become emissions.
const JOINING: Joining = Joining { gap_bins: 4, skirt_bins: 4, dc_bins: 2 };

#[derive(Args, Debug)]
pub struct EmissionsArgs {
    #[command(flatten)]
    recording: RecordingArgs,
    #[command(flatten)]
    sweeps: SweepArgs,
    /// Bins of a spectrum of samples / 采样频谱的频点数
    #[arg(long, default_value_t = 2048)]
    bins: usize,
    /// When an emission is doubted: a JSON file as `guard-rules.json` / 疑似判据文件
    #[arg(long, value_name = "FILE")]
    guard: Option<std::path::PathBuf>,
    #[arg(long)]
    json: bool,
}

/// A signal followed over time.
struct Signal {
    centre_hz: f64,
    bandwidth_hz: f64,
    over_floor_db: Option<f64>,
    /// In ns since 1970 UTC, or since the beginning where the file has no times; the second is excluded.
    span_ns: (i64, i64),
    on_ns: i128,
    observed_ns: i128,
    /// `None` where the file has no times, or is samples: they last seconds, not days.
    schedule: Option<Schedule>,
    /// Days on which it was seen, of those on which anything was observed; `None` as for the schedule.
    days: Option<Days>,
}

/// What came of a file.
struct Scanned {
    /// The mean of everything.
    spectrum: Spectrum,
    floor_per_hz: f64,
    emissions: Vec<(Emission, Vec<Mark>)>,
    /// What changed the whole spectrum, and when.
    changes: Vec<(i64, Mark)>,
    overload: Option<Mark>,
    signals: Vec<Signal>,
    /// The file says when it was measured.
    timed: bool,
    /// Complaints that were told.
    complaints: u64,
}

pub fn run(args: &EmissionsArgs) -> Result<ExitCode, Fault> {
    let rules = match &args.guard {
        None => GuardRules::example()?,
        Some(file) => {
            let named =
                |why: &dyn std::fmt::Display| format!("{}: 判据无法读取 / cannot be read: {why}", file.display());
            let text = std::fs::read_to_string(file).map_err(|why| named(&why))?;
            serde_json::from_str(&text).map_err(|why| named(&why))?
        }
    };
    let file = &args.recording.file;
    let tabled = args.recording.format.is_none() && (args.sweeps.kind.is_some() || is_table(file)?);
    let scanned = if tabled { table::scan(args, &rules)? } else { samples::scan(args, &rules)? };
    if args.json {
        println!("{}", as_json(&scanned));
    } else {
        as_text(&scanned);
    }
    Ok(if scanned.complaints > 0 { ExitCode::from(2) } else { ExitCode::SUCCESS })
}

/// The emissions of a spectrum over its floor.
fn found(spectrum: &Spectrum, floor_per_hz: f64) -> Result<Vec<Emission>, Fault> {
    let threshold = known_floor_threshold(floor_per_hz, spectrum.looks.max(1.0), FALSE_ALARM)?;
    let threshold = threshold.max(floor_per_hz * ratio(LEAST_DB));
    Ok(emissions(spectrum, &vec![threshold; spectrum.power_per_hz.len()], floor_per_hz, JOINING)?)
}

/// The emissions of the mean spectrum, each with its marks.
fn doubted(
    spectrum: &Spectrum,
    floor_per_hz: f64,
    tuned: bool,
    rules: &GuardRules,
) -> Result<Vec<(Emission, Vec<Mark>)>, Fault> {
    let found = found(spectrum, floor_per_hz)?;
    let marked = marks(spectrum, &found, floor_per_hz, tuned, rules);
    Ok(found.into_iter().zip(marked).collect())
}

fn as_json(scanned: &Scanned) -> Value {
    let emission = |(one, marks): &(Emission, Vec<Mark>)| {
        json!({
            "centre_hz": one.centre_hz,
            "bandwidth_99_hz": one.bandwidth_99_hz,
            "level_db": db(one.power),
            "peak_over_floor_db": db(one.peak_to_floor),
            "cut_off": one.cut_off,
            "marks": marks,
        })
    };
    let signal = |one: &Signal| {
        json!({
            "centre_hz": one.centre_hz,
            "bandwidth_hz": one.bandwidth_hz,
            "over_floor_db": one.over_floor_db,
            "from_ns": one.span_ns.0,
            "until_ns": one.span_ns.1,
            "on_seconds": one.on_ns as f64 / 1e9,
            "observed_seconds": one.observed_ns as f64 / 1e9,
            "schedule": one.schedule,
            "days": one.days,
        })
    };
    json!({
        "unit": "dB relative to the file's own reference",
        "bin_hz": scanned.spectrum.bin_hz(),
        "floor_db_per_hz": db(scanned.floor_per_hz),
        "timed": scanned.timed,
        "emissions": scanned.emissions.iter().map(emission).collect::<Vec<_>>(),
        "signals": scanned.signals.iter().map(signal).collect::<Vec<_>>(),
        "changes": scanned.changes.iter().map(|(at_ns, mark)| json!({ "at_ns": at_ns, "mark": mark })).collect::<Vec<_>>(),
        "overload": scanned.overload,
        "complaints": scanned.complaints,
    })
}

fn as_text(scanned: &Scanned) {
    let (emissions, signals) = (scanned.emissions.len(), scanned.signals.len());
    println!(
        "{emissions} 个发射、{signals} 个信号，频点宽 {:.1} Hz（相对电平，未校准） / {emissions} emissions, {signals} signals, bins of {:.1} Hz (relative, not calibrated)",
        scanned.spectrum.bin_hz(),
        scanned.spectrum.bin_hz(),
    );
    for (one, marks) in &scanned.emissions {
        println!(
            "{:>14.0} Hz  {:>9.0} Hz  {:>7.1} dB  +{:.1} dB{}",
            one.centre_hz,
            one.bandwidth_99_hz,
            db(one.power),
            db(one.peak_to_floor),
            told(marks)
        );
    }
    for one in &scanned.signals {
        let schedule = one.schedule.map_or(String::new(), |kind| format!("  {} / {}", kind.zh(), kind.en()));
        println!(
            "{:>14.0} Hz  {:.1} s / {:.1} s{schedule}",
            one.centre_hz,
            one.on_ns as f64 / 1e9,
            one.observed_ns as f64 / 1e9
        );
    }
    if let Some(mark) = &scanned.overload {
        println!("{}", told(&[*mark]).trim_start());
    }
    if !scanned.changes.is_empty() {
        let count = scanned.changes.len();
        println!(
            "{count} 次整体变化（增益或底噪），并非发射 / the whole spectrum changed {count} times: no transmissions"
        );
    }
}

fn told(marks: &[Mark]) -> String {
    marks.iter().map(|mark| format!("  {} / {}", mark.zh(), mark.en())).collect()
}
