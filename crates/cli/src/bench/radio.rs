//! How fast are a million signals matched against a million licences, and a station's day looked through?
//!
//! The bounds are what is promised: ten seconds, and 500 times real time. The day's package is opened as it came from the station, and its
//! sweeps are followed; the year's rules are those of the embedded pack.

use std::time::Instant;

use clap::Args;
use guiju_office::radio_rules;
use guiju_pack::Pack;
use guiju_spectrum::hours::Interval;
use guiju_spectrum::licence::{Assignment, Register};
use guiju_spectrum::matching::{Outcome, Signal, map_all};
use guiju_spectrum::package::{ClockCheck, Content, Header, Measured, Moment, build, open};
use guiju_spectrum::watch::{Sweep, Watcher};

use super::Row;
use crate::Fault;

#[derive(Args, Debug)]
pub struct RadioArgs {
    /// Signals, and as many licences / 信号数，执照数与之相同
    #[arg(long, default_value_t = 1_000_000)]
    signals: u32,
    /// One JSON document on stdout / 以 JSON 输出
    #[arg(long)]
    pub json: bool,
}

/// Seconds that matching may take.
const MATCH_SECONDS: f64 = 10.0;
/// How many times faster than real time a day is looked through, at least.
const REAL_TIME: f64 = 500.0;
const MINUTE_NS: i64 = 60_000_000_000;
const DAY_MINUTES: i64 = 1_440;
/// Midnight in Beijing, 2024-11-25.
const START_NS: i64 = 1_732_464_000_000_000_000;
/// 87 to 108 MHz in bins of 10 kHz.
const BINS: u32 = 2_100;

/// Runs the benchmark.
///
/// # Errors
/// When the embedded pack has no rules for radio.
pub fn run(args: &RadioArgs) -> Result<Vec<Row>, Fault> {
    let pack = Pack::embedded().map_err(|complaints| format!("{complaints:?}"))?;
    let rules = radio_rules(&pack)?;
    let mut dice = 1u64;
    let (assignments, signals) = town(args.signals, &mut dice);
    let began = Instant::now();
    let (register, _) = Register::new(assignments);
    let indexed = began.elapsed().as_secs_f64();
    let began = Instant::now();
    let count = |_, outcome: Outcome| match outcome {
        Outcome::Conforming { others, .. } => (1u64, 1 + others.len() as u64),
        Outcome::Deviating { others, .. } => (0, 1 + others.len() as u64),
        Outcome::Unlicensed { expired } => (0, expired.len() as u64),
    };
    let counted = map_all(&signals, &register, &rules.matching, None, count);
    let matched = began.elapsed().as_secs_f64();
    let (conforming, candidates) = counted.iter().fold((0, 0), |all, one| (all.0 + one.0, all.1 + one.1));
    eprintln!("{} signals, {conforming} of them conform, {candidates} candidates looked at", signals.len());
    let (opened, followed) = day(&rules.watching, &mut dice)?;
    let day_seconds = (DAY_MINUTES * 60) as f64;
    Ok(vec![
        Row::new("radio/index".into(), indexed, "s"),
        Row::new("radio/match".into(), matched, "s").beside(MATCH_SECONDS),
        Row::new("radio/match/candidates".into(), candidates as f64 / signals.len().max(1) as f64, "per signal"),
        Row::new("radio/day/open".into(), opened, "s"),
        Row::new("radio/day".into(), day_seconds / (opened + followed), "x real time").beside(REAL_TIME),
    ])
}

/// A number of `0..n`, by a multiplicative generator: the same on every machine.
fn below(n: u64, dice: &mut u64) -> u64 {
    *dice = dice.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
    (*dice >> 33) % n.max(1)
}

/// Licences up to 6 GHz, of 12.5 to 120 kHz each, so that up to twenty cover one frequency; and signals near them.
fn town(count: u32, dice: &mut u64) -> (Vec<Assignment>, Vec<Signal>) {
    let spacing = 6e9 / f64::from(count.max(1));
    let licence = |n: u32, dice: &mut u64| Assignment {
        id: n.to_string(),
        name: String::new(),
        centre_hz: 3e7 + spacing * f64::from(n),
        bandwidth_hz: spacing * (2 + below(18, dice)) as f64,
        tolerance_hz: 500.0,
        from_ns: 0,
        until_ns: i64::MAX,
        place: None,
        erp_w: 10.0,
        height_m: 30.0,
    };
    let assignments: Vec<Assignment> = (0..count).map(|n| licence(n, dice)).collect();
    let signal = |dice: &mut u64| Signal {
        centre_hz: 3e7 + spacing * below(u64::from(count), dice) as f64 + below(1_000, dice) as f64,
        bandwidth_hz: 1e4,
        bin_hz: 1e2,
        at_ns: START_NS,
        snr_db: 20.0,
        receiver: None,
        field_dbuv_m: None,
    };
    (assignments, (0..count).map(|_| signal(dice)).collect())
}

/// Opens a day of sweeps, one a minute, and follows its forty signals; the seconds of both.
fn day(rules: &guiju_spectrum::watch::WatchRules, dice: &mut u64) -> Result<(f64, f64), Fault> {
    let level = |bin: u32, dice: &mut u64| {
        let noise = -380 + i16::try_from(below(9, dice)).unwrap_or(0);
        let apart = (bin % 52).abs_diff(26);
        if apart < 9 { noise + 120 - i16::try_from(apart * apart).unwrap_or(0) } else { noise }
    };
    let sweeps = (0..DAY_MINUTES).map(|minute| {
        let start_ns = START_NS + minute * MINUTE_NS;
        (Moment { start_ns, duration_ns: MINUTE_NS, overload: false }, (0..BINS).map(|bin| level(bin, dice)).collect())
    });
    let measured = Measured::Sweeps(sweeps.collect());
    let key = ed25519_dalek::SigningKey::from_bytes(&[7; 32]);
    let bytes = build(header(), &measured, &key).map_err(|complaint| complaint.to_string())?;
    let began = Instant::now();
    let package = open(&bytes).map_err(|complaint| complaint.to_string())?;
    let opened = began.elapsed().as_secs_f64();
    let began = Instant::now();
    let band = &package.header;
    let bins = usize::try_from(band.bins).unwrap_or(0);
    let mut watcher = Watcher::new(rules, band.low_hz, band.bin_hz, bins)?;
    for (moment, steps) in package.sweeps() {
        let Some(when) = Interval::new(moment.start_ns, moment.start_ns + moment.duration_ns) else { continue };
        watcher.push(&Sweep { when, steps })?;
    }
    let watched = watcher.finish()?;
    eprintln!("{} sweeps, {} signals followed", watched.sweeps, watched.signals.len());
    Ok((opened, began.elapsed().as_secs_f64()))
}

fn header() -> Header {
    Header {
        version: 1,
        station: "bench".into(),
        sequence: 1,
        receiver: "bench".into(),
        task: "black_broadcast".into(),
        plan: String::new(),
        content: Content::Sweeps,
        from_ns: START_NS,
        until_ns: START_NS + DAY_MINUTES * MINUTE_NS,
        revisit_ns: MINUTE_NS,
        low_hz: 87e6,
        bin_hz: 1e4,
        bins: BINS,
        measurements: 0,
        calibration: None,
        clock_offset_ns: None,
        clock_check: ClockCheck::Unchecked,
        software: "guiju bench".into(),
        raw_bytes: 0,
        payload_bytes: 0,
        payload_sha256: String::new(),
    }
}
