//! The FM band of 21 MHz over a synthetic week, a sweep a minute in bins of 10 kHz, by three stations: 40 licensed transmitters and three
//! that are not (one off the raster, one on at night, one drifting). The three have to come out on top, and none of the forty as a lead.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "what a test cannot find fails the test")]

use std::thread;
use std::time::{Duration, Instant};

use guiju_spectrum::finding::{Finding, FindingRules, Reason, Receiver, findings};
use guiju_spectrum::hours::Interval;
use guiju_spectrum::licence::{Assignment, Place, Register};
use guiju_spectrum::matching::{MatchRules, Outcome};
use guiju_spectrum::package::step_of;
use guiju_spectrum::schedule::Schedule;
use guiju_spectrum::watch::{Sweep, WatchRules, Watched, Watcher};
use rand::rngs::SmallRng;
use rand::{RngExt, SeedableRng};

const MINUTE: i64 = 60_000_000_000;
/// Midnight in Beijing, 2024-11-25.
const START: i64 = 1_732_464_000_000_000_000;
const BINS: usize = 2_100;
const LOW_HZ: f64 = 87e6;
const BIN_HZ: f64 = 1e4;
const STATIONS: [(&str, f64, f64); 3] = [("north", 22.62, 113.10), ("east", 22.55, 113.20), ("south", 22.48, 113.06)];
/// Whole weeks that the band holds in a run; the time allowed is for the week.
const ALLOWED: Duration = Duration::from_secs(60);

/// Something on the air: where, how strong over the noise at 1 km in dB, and when.
struct Transmitter {
    name: String,
    centre_hz: f64,
    place: Place,
    level_db: f64,
    nightly: bool,
    drift_hz: f64,
}

fn place(latitude: f64, longitude: f64) -> Place {
    Place::new(latitude, longitude).unwrap()
}

/// Forty on the raster, the nearest 300 kHz apart, from two towers with different powers; every eighth signs off at night.
fn licensed() -> Vec<Transmitter> {
    (0..40)
        .map(|n| Transmitter {
            name: format!("FM-{n:02}"),
            centre_hz: 87.5e6 + 5e5 * f64::from(n) + if n % 3 == 0 { 0.0 } else { 1e5 },
            place: if n % 2 == 0 { place(22.55, 113.12) } else { place(22.60, 113.15) },
            level_db: 55.0 + f64::from(n * 7 % 20),
            nightly: false,
            drift_hz: 0.0,
        })
        .collect()
}

fn illegal() -> Vec<Transmitter> {
    let one = |name: &str, centre_hz, (latitude, longitude), nightly, drift_hz| Transmitter {
        name: name.to_owned(),
        centre_hz,
        place: place(latitude, longitude),
        level_db: 48.0,
        nightly,
        drift_hz,
    };
    vec![
        one("off the raster", 95.335e6, (22.61, 113.09), false, 0.0),
        one("nightly", 104.4e6, (22.50, 113.08), true, 0.0),
        one("drifting", 99.86e6, (22.56, 113.19), false, 40e3),
    ]
}

/// The noise and fading of a sweep cost most of the run: a table of decibels by their chance is drawn from instead.
struct Noise {
    table: Vec<f32>,
    rng: SmallRng,
}

impl Noise {
    fn new(seed: u64) -> Self {
        let mut rng = SmallRng::seed_from_u64(seed);
        // The mean of 16 looks, in dB: 16 exponentials summed.
        let one = |rng: &mut SmallRng| -> f32 {
            let sum: f32 = (0..16).map(|_| -(1.0 - rng.random::<f32>()).ln()).sum();
            10.0 * (sum / 16.0).log10()
        };
        let table = (0..1 << 16).map(|_| one(&mut rng)).collect();
        Self { table, rng }
    }

    fn next(&mut self) -> f32 {
        let at = usize::from(self.rng.random::<u16>());
        self.table.get(at).copied().unwrap_or(0.0)
    }
}

/// One station's week: sweeps go straight into the watcher.
fn week(station: usize, transmitters: &[Transmitter], rules: &WatchRules) -> Watched {
    let (_, latitude, longitude) = STATIONS[station];
    let here = place(latitude, longitude);
    let mut noise = Noise::new(station as u64 + 1);
    let mut watcher = Watcher::new(rules, LOW_HZ, BIN_HZ, BINS).unwrap();
    let over = |one: &Transmitter| one.level_db - 33.0 * here.distance_km(one.place).max(0.3).log10();
    let heard: Vec<(&Transmitter, f64)> = transmitters.iter().map(|one| (one, over(one))).collect();
    for minute in 0..7 * 1_440i64 {
        // The south was without power on the third day from eight to eleven.
        if station == 2 && (2 * 1_440 + 480..2 * 1_440 + 660).contains(&minute) {
            continue;
        }
        let mut levels: Vec<f32> = (0..BINS).map(|_| noise.next()).collect();
        let of_day = minute % 1_440;
        for (one, over) in &heard {
            if one.nightly && (390..1_230).contains(&of_day) {
                continue;
            }
            let drift = one.drift_hz * (of_day as f64 / 1_440.0 * std::f64::consts::TAU).sin();
            let fading = f64::from(noise.next()) * 1.2;
            add(&mut levels, one.centre_hz + drift, over + fading, &mut noise);
        }
        let from = START + minute * MINUTE;
        let steps = levels.iter().map(|level| step_of(*level - 95.0)).collect();
        watcher.push(&Sweep { when: Interval::new(from, from + MINUTE).unwrap(), steps }).unwrap();
    }
    watcher.finish().unwrap()
}

/// A modulated carrier: 26 dB down at 100 kHz to both sides.
fn add(levels: &mut [f32], centre_hz: f64, over_db: f64, noise: &mut Noise) {
    let middle = (centre_hz - LOW_HZ) / BIN_HZ - 0.5;
    let (first, end) = ((middle - 15.0).ceil().max(0.0) as usize, ((middle + 15.0) as usize).min(BINS));
    for at in first..end {
        let apart = (at as f64 - middle) / 10.0;
        let level = (over_db - 26.0 * apart * apart) as f32 + noise.next();
        if let Some(bin) = levels.get_mut(at).filter(|bin| level > **bin - 12.0) {
            *bin = 10.0 * (10f32.powf(*bin / 10.0) + 10f32.powf(level / 10.0)).log10();
        }
    }
}

fn register() -> Register {
    let assigned = licensed().into_iter().map(|one| Assignment {
        id: one.name.clone(),
        name: one.name,
        centre_hz: one.centre_hz,
        bandwidth_hz: 2e5,
        tolerance_hz: 2e3,
        from_ns: 0,
        until_ns: i64::MAX,
        place: Some(one.place),
        erp_w: 1e3,
        height_m: 100.0,
    });
    // One more has its licence and does not transmit.
    let mut all: Vec<Assignment> = assigned.collect();
    let mut silent = all.last().cloned().unwrap();
    (silent.id, silent.centre_hz) = ("FM-40".to_owned(), 107.8e6);
    all.push(silent);
    Register::new(all).0
}

fn matched(register: &Register, finding: &Finding) -> Option<String> {
    match &finding.outcome {
        Outcome::Conforming { best, .. } => register.all().get(best.assignment).map(|one| one.id.clone()),
        _ => None,
    }
}

#[test]
fn three_illegal_ones_come_out_on_top_and_none_of_forty() {
    let watching: WatchRules = serde_json::from_str(include_str!("../samples/watch-rules.json")).unwrap();
    let matching: MatchRules = serde_json::from_str(include_str!("../samples/match-rules.json")).unwrap();
    let rules: FindingRules = serde_json::from_str(include_str!("../samples/finding-rules.json")).unwrap();
    let transmitters: Vec<Transmitter> = licensed().into_iter().chain(illegal()).collect();
    let (all, rules_of_watch) = (&transmitters, &watching);
    let begun = Instant::now();
    let watched: Vec<Watched> = thread::scope(|scope| {
        let stations: Vec<_> =
            (0..STATIONS.len()).map(|station| scope.spawn(move || week(station, all, rules_of_watch))).collect();
        stations.into_iter().map(|station| station.join().unwrap()).collect()
    });
    let receivers: Vec<Receiver<'_>> = STATIONS
        .iter()
        .zip(&watched)
        .map(|((station, latitude, longitude), watched)| Receiver {
            station,
            place: Place::new(*latitude, *longitude),
            watched,
        })
        .collect();
    let register = register();
    let found = findings(&receivers, &register, &matching, &rules);
    let taken = begun.elapsed();
    println!("a week of three stations, made and looked through: {taken:.1?}");
    for finding in found.findings.iter().take(6) {
        println!("{:.4} MHz {} {:?} {:?}", finding.centre_hz / 1e6, finding.score, finding.schedule, finding.reasons);
    }

    let leads: Vec<&Finding> = found.findings.iter().filter(|finding| finding.lead).collect();
    assert_eq!(leads.len(), 3, "{:?}", leads.iter().map(|lead| lead.centre_hz).collect::<Vec<_>>());
    for (one, reason) in illegal().iter().zip(["off_raster", "timer", "drift"]) {
        let lead = leads.iter().find(|lead| (lead.centre_hz - one.centre_hz).abs() < 3e4).unwrap();
        let told = serde_json::to_string(&lead.reasons).unwrap();
        assert!(told.contains(reason), "{}: {told}", one.name);
        assert_eq!(lead.views.len(), 3, "{}", one.name);
    }
    let nightly = leads.iter().find(|lead| (lead.centre_hz - 104.4e6).abs() < 3e4).unwrap();
    assert_eq!(nightly.schedule, Schedule::Daily { from_minute: 1_230, until_minute: 390, edges_observed: true });
    assert!(nightly.reasons.iter().any(|reason| matches!(reason, Reason::Timer { .. })));

    let mut conforming: Vec<String> = found.findings.iter().filter_map(|finding| matched(&register, finding)).collect();
    conforming.sort();
    assert_eq!(conforming, licensed().into_iter().map(|one| one.name).collect::<Vec<_>>());
    assert_eq!(found.findings.len(), 43, "nothing else was made up");
    let silent: Vec<&str> =
        found.silent.iter().filter_map(|(at, _)| Some(register.all().get(*at)?.id.as_str())).collect();
    assert_eq!(silent, ["FM-40"]);
    assert!(taken < ALLOWED, "{taken:?}");
}
