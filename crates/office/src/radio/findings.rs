//! What was found over several stations in a period: signals that are not as they should be, each with its reasons, place and packages.

use std::collections::BTreeMap;

use guiju_spectrum::finding::{Finding, Findings as Weighed, Receiver};
use guiju_spectrum::hours::{Interval, Intervals};
use guiju_spectrum::licence::Register;
use guiju_spectrum::matching::Outcome;
use guiju_spectrum::watch::{Seen, Watched};
use serde::Serialize;
use sha2::{Digest, Sha256};

use super::NS_PER_MS;
use super::place::{Located, StationPoint, located};
use super::search::Basis;
use super::shelf::{PackageMeta, Station};
use super::spectra::Assignment;
use crate::radio_rules::RadioRules;

/// The task of packages in which an unlicensed signal is taken for illegal broadcasting.
const BROADCASTING: &str = "black_broadcast";

/// What kind of finding, by the names that leads use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum FoundKind {
    BlackBroadcast,
    Unlicensed,
    Deviating,
}

impl FoundKind {
    /// The value of the lead's field.
    pub fn id(self) -> &'static str {
        match self {
            FoundKind::BlackBroadcast => "black_broadcast",
            FoundKind::Unlicensed => "unlicensed",
            FoundKind::Deviating => "deviating",
        }
    }
}

/// Something that transmitted and is not as it should be.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Found {
    /// The same signal in the same packages bears the same name.
    pub id: String,
    pub kind: FoundKind,
    /// Its stations are written `station/receiver`.
    pub finding: Finding,
    /// The width of the bins in which it was heard best, in Hz: nothing is known more exactly.
    pub resolution_hz: f64,
    /// `dBm` where all its receivers are calibrated, otherwise `dB`.
    pub unit: &'static str,
    /// Assignments that the match named, the best first.
    pub assignments: Vec<Assignment>,
    pub located: Option<Located>,
    /// Packages in which it was on, by time.
    pub packages: Vec<PackageMeta>,
}

impl Found {
    /// ms since 1970 UTC, half-open.
    pub fn time_ms(&self) -> (i64, i64) {
        (self.finding.first_ns.div_euclid(NS_PER_MS), self.finding.last_ns.div_euclid(NS_PER_MS))
    }
}

/// An assignment that was listened for and never heard.
#[derive(Debug, Clone, PartialEq)]
pub struct Silent {
    pub assignment: Assignment,
    pub listened_s: u64,
}

/// The result of a search.
#[derive(Debug, Clone)]
pub struct Searched {
    /// ms since 1970 UTC, half-open.
    pub from_ms: i64,
    pub until_ms: i64,
    /// Leads first, then by score.
    pub found: Vec<Found>,
    /// Signals that stand where they may.
    pub conforming: usize,
    pub silent: Vec<Silent>,
    /// `station/receiver`, and seconds watched.
    pub watched: Vec<(String, u64)>,
    /// Sweeps that were not taken: out of order, or too little of them measured.
    pub left_out: u64,
    pub packages: usize,
    pub stations: Vec<StationPoint>,
    pub rules: RadioRules,
    pub assignments: usize,
    /// Size of the ledger when the register was read, and its signed head.
    pub ledger: Option<(u64, String)>,
}

/// Where a search stands.
#[derive(Debug, Clone)]
pub enum Findings {
    Ready(std::sync::Arc<Searched>),
    /// Packages looked through, of so many.
    Computing {
        done: usize,
        all: usize,
    },
}

/// What one receiver saw of one band, and in which packages.
pub(super) struct Band {
    pub station: String,
    pub receiver: String,
    pub metas: Vec<PackageMeta>,
    pub watched: Watched,
}

impl Band {
    pub fn name(&self) -> String {
        format!("{}/{}", self.station, self.receiver)
    }
}

/// Judges everything that was seen in a period.
pub(super) fn judged(basis: Basis, bands: &[Band]) -> Searched {
    let names: Vec<String> = bands.iter().map(Band::name).collect();
    let place = |station: &str| {
        let degrees = basis.stations.iter().find(|one| one.station == station)?.degrees?;
        guiju_spectrum::licence::Place::new(degrees.0, degrees.1)
    };
    let receivers: Vec<Receiver<'_>> = bands
        .iter()
        .zip(&names)
        .map(|(band, station)| Receiver { station, place: place(&band.station), watched: &band.watched })
        .collect();
    let (register, _) = Register::new(basis.assignments.iter().map(Assignment::licence).collect());
    let rules = &basis.rules;
    let weighed = guiju_spectrum::finding::findings(&receivers, &register, &rules.matching, &rules.finding);
    let judge = Judge { basis: &basis, bands, register: &register };
    let found = weighed.findings.iter().filter_map(|finding| judge.found(finding)).collect();
    let mut watched: BTreeMap<String, Intervals> = BTreeMap::new();
    for band in bands {
        let all = watched.entry(band.name()).or_default();
        band.watched.observed.iter().for_each(|interval| all.add(interval));
    }
    Searched {
        from_ms: basis.from_ms,
        until_ms: basis.until_ms,
        found,
        conforming: weighed.findings.len() - weighed.findings.iter().filter(|one| astray(one)).count(),
        silent: judge.silent(&weighed),
        watched: watched.into_iter().map(|(name, times)| (name, seconds(&times))).collect(),
        left_out: bands.iter().map(|band| band.watched.left_out).sum(),
        packages: basis.metas.len(),
        stations: basis.stations.iter().filter_map(point).collect(),
        assignments: basis.assignments.len(),
        rules: basis.rules,
        ledger: basis.ledger,
    }
}

fn seconds(times: &Intervals) -> u64 {
    u64::try_from(guiju_spectrum::hours::whole_seconds(times.total_ns())).unwrap_or(0)
}

fn astray(finding: &Finding) -> bool {
    !matches!(finding.outcome, Outcome::Conforming { .. })
}

fn point(station: &Station) -> Option<StationPoint> {
    let (latitude, longitude) = station.degrees?;
    Some(StationPoint { station: station.station.clone(), name: station.name.clone(), latitude, longitude })
}

struct Judge<'a> {
    basis: &'a Basis,
    bands: &'a [Band],
    register: &'a Register,
}

impl Judge<'_> {
    fn found(&self, finding: &Finding) -> Option<Found> {
        let named: Vec<usize> = match &finding.outcome {
            Outcome::Conforming { .. } => return None,
            Outcome::Deviating { best, others } => {
                std::iter::once(best).chain(others).map(|candidate| candidate.assignment).collect()
            }
            Outcome::Unlicensed { expired } => expired.iter().map(|candidate| candidate.assignment).collect(),
        };
        let parts = self.parts(finding);
        let mut packages: Vec<PackageMeta> = parts.iter().flat_map(|(band, seen)| heard_in(band, seen)).collect();
        packages.sort_by(|a, b| (a.from_ms, &a.id).cmp(&(b.from_ms, &b.id)));
        packages.dedup_by(|a, b| a.sha256 == b.sha256);
        let kind = match finding.outcome {
            Outcome::Deviating { .. } => FoundKind::Deviating,
            _ if packages.iter().any(|meta| meta.task == BROADCASTING) => FoundKind::BlackBroadcast,
            _ => FoundKind::Unlicensed,
        };
        let best = parts
            .iter()
            .map(|(band, _)| *band)
            .find(|band| Some(&band.name()) == finding.views.first().map(|view| &view.station));
        Some(Found {
            id: name(kind, finding),
            kind,
            resolution_hz: best.map_or(0.0, |band| band.watched.bin_hz),
            unit: unit(&packages),
            assignments: named.into_iter().filter_map(|at| self.assignment(at)).collect(),
            located: self.located(finding),
            packages,
            finding: finding.clone(),
        })
    }

    fn assignment(&self, at: usize) -> Option<Assignment> {
        let id = &self.register.all().get(at)?.id;
        self.basis.assignments.iter().find(|one| one.id == *id).cloned()
    }

    /// The receivers that saw it, with their own signal.
    fn parts(&self, finding: &Finding) -> Vec<(&Band, &Seen)> {
        let same = |view: &guiju_spectrum::finding::View| {
            self.bands.iter().filter(|band| band.name() == view.station).find_map(|band| {
                let seen = band.watched.signals.iter().find(|seen| seen.centre_hz == view.centre_hz)?;
                Some((band, seen))
            })
        };
        finding.views.iter().filter_map(same).collect()
    }

    /// A place by the levels over the noise, the best of each station.
    fn located(&self, finding: &Finding) -> Option<Located> {
        let mut best: BTreeMap<&str, f64> = BTreeMap::new();
        for view in &finding.views {
            let station = view.station.split('/').next().unwrap_or_default();
            let level = best.entry(station).or_insert(f64::NEG_INFINITY);
            *level = level.max(view.snr_db);
        }
        let degrees = |id: &str| self.basis.stations.iter().find(|one| one.station == id)?.degrees;
        let readings: Vec<_> = best.iter().filter_map(|(id, level)| Some((degrees(id)?, *level))).collect();
        located(&readings, &self.basis.rules.locating)
    }

    fn silent(&self, weighed: &Weighed) -> Vec<Silent> {
        let (from, until) =
            (self.basis.from_ms.saturating_mul(NS_PER_MS), self.basis.until_ms.saturating_mul(NS_PER_MS));
        let in_force =
            |at: usize| self.register.all().get(at).is_some_and(|one| one.from_ns < until && one.until_ns > from);
        let named = weighed.silent.iter().filter(|(at, _)| in_force(*at));
        named
            .filter_map(|(at, listened_s)| Some(Silent { assignment: self.assignment(*at)?, listened_s: *listened_s }))
            .collect()
    }
}

/// Packages of a receiver in which a signal was on.
fn heard_in(band: &Band, seen: &Seen) -> Vec<PackageMeta> {
    let on = |meta: &&PackageMeta| {
        let mut times = Intervals::new();
        let within = Interval::new(meta.from_ms.saturating_mul(NS_PER_MS), meta.until_ms.saturating_mul(NS_PER_MS));
        within.into_iter().for_each(|interval| times.add(interval));
        times.intersect(&seen.on).total_ns() > 0
    };
    band.metas.iter().filter(on).cloned().collect()
}

pub(super) fn unit(packages: &[PackageMeta]) -> &'static str {
    if !packages.is_empty() && packages.iter().all(|meta| meta.unit == "dBm") { "dBm" } else { "dB" }
}

fn name(kind: FoundKind, finding: &Finding) -> String {
    let told = format!("{} {:.0} {}", kind.id(), finding.centre_hz, finding.first_ns);
    hex::encode(Sha256::digest(told)).chars().take(16).collect()
}
