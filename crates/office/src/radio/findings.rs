//! What was found over several stations in a period, matched against the assignments and scored, each reason with its weight.
//!
//! Looking through a period takes seconds to minutes, so it runs by itself, one search at a time, and is remembered under what it rests on:
//! the packages, the parameters, the assignments. A page that asks meanwhile is told how far it is.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock, PoisonError};
use std::time::Duration;

use guiju_kernel::procedure::Person;
use serde::Serialize;
use sha2::{Digest, Sha256};

use super::place::{Located, StationPoint};
use super::rules::RadioRules;
use super::score::{Sighting, judged};
use super::shelf::{self, PackageMeta, Station, off_thread};
use super::spectra::Assignment;
use super::survey::PackageSurvey;
use crate::answer::OfficeError;
use crate::office::Office;

/// How long a page waits for a search that has just begun.
const PATIENCE: Duration = Duration::from_millis(1_500);
const LOOK_AGAIN: Duration = Duration::from_millis(40);
/// Searches that are remembered.
const SEARCHES_MOST: usize = 32;
/// The longest period, in ms: a quarter of a year and a bit.
const PERIOD_MOST_MS: i64 = 100 * 86_400_000;

/// What kind of finding, by the names that leads use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum FindingKind {
    BlackBroadcast,
    Unlicensed,
    Deviating,
}

impl FindingKind {
    /// The value of the lead's field.
    pub fn id(self) -> &'static str {
        match self {
            FindingKind::BlackBroadcast => "black_broadcast",
            FindingKind::Unlicensed => "unlicensed",
            FindingKind::Deviating => "deviating",
        }
    }
}

/// Why a finding has its score.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Reason {
    pub zh: String,
    pub en: String,
    pub weight: i64,
}

/// How one station saw it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Seen {
    pub station: String,
    pub receiver: String,
    pub unit: String,
    pub level_db: f64,
    pub snr_db: f64,
    /// Time in which it was seen and in which this band was watched, in seconds.
    pub seen_s: i64,
    pub watched_s: i64,
}

/// Something that transmitted and is not as it should be.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Finding {
    pub id: String,
    pub kind: FindingKind,
    pub frequency_hz: f64,
    pub bandwidth_hz: f64,
    /// The lowest and the highest centre that was seen, in Hz.
    pub between_hz: (f64, f64),
    /// The width of the bins in which it was seen, in Hz: nothing is known more exactly.
    pub resolution_hz: f64,
    /// ms since 1970 UTC, half-open.
    pub first_ms: i64,
    pub last_ms: i64,
    pub score: i64,
    pub reasons: Vec<Reason>,
    pub seen: Vec<Seen>,
    /// Assignments that touch it, the nearest first.
    pub assignments: Vec<Assignment>,
    pub located: Option<Located>,
    /// Packages in which it was seen, by time.
    pub packages: Vec<PackageMeta>,
}

/// The result of a search.
#[derive(Debug, Clone)]
pub struct Searched {
    /// ms since 1970 UTC, half-open.
    pub from_ms: i64,
    pub until_ms: i64,
    pub findings: Vec<Finding>,
    /// Signals that stand where they may.
    pub conforming: usize,
    /// Signals seen in fewer blocks than count.
    pub passing: usize,
    /// Station, receiver, seconds watched.
    pub watched: Vec<(String, String, i64)>,
    pub packages: usize,
    pub stations: Vec<StationPoint>,
    pub rules: RadioRules,
    pub assignments: usize,
    /// Size of the ledger and root of its tree when the register was read.
    pub ledger: Option<(u64, String)>,
}

/// Where a search stands.
#[derive(Debug, Clone)]
pub enum Findings {
    Ready(Arc<Searched>),
    /// Packages looked through, of so many.
    Computing { done: usize, all: usize },
}

/// A search that runs or has run.
pub struct Searching {
    done: AtomicUsize,
    all: usize,
    result: OnceLock<Result<Arc<Searched>, String>>,
}

/// All that a search rests on.
struct Basis {
    from_ms: i64,
    until_ms: i64,
    stations: Vec<Station>,
    metas: Vec<PackageMeta>,
    rules: RadioRules,
    assignments: Vec<Assignment>,
    ledger: Option<(u64, String)>,
}

impl Basis {
    /// What tells this search from others.
    fn name(&self, pack: &str) -> String {
        let mut hash = Sha256::new();
        hash.update(format!("{pack} {} {}\n", self.from_ms, self.until_ms));
        for meta in &self.metas {
            hash.update(format!("{}\n", meta.sha256));
        }
        for one in &self.assignments {
            hash.update(format!("{} {}\n", one.id, one.version));
        }
        hex::encode(hash.finalize())
    }
}

impl Office {
    /// What was found in a period (ms since 1970 UTC, half-open), or how far the search is.
    ///
    /// # Errors
    /// [`OfficeError::NotYours`]; [`OfficeError::Input`] where the period is none or too long; what the search met with.
    pub async fn radio_findings(&self, who: &Person, from_ms: i64, until_ms: i64) -> Result<Findings, OfficeError> {
        self.radio_reader(who)?;
        if until_ms <= from_ms || until_ms - from_ms > PERIOD_MOST_MS {
            let why = "期间应当在一天到一百天之间 / the period is between a day and a hundred days";
            return Err(OfficeError::Input(why.to_owned()));
        }
        let basis = self.basis(from_ms, until_ms).await?;
        let name = basis.name(&self.pack().hash);
        let (search, begun) = self.radio.search(&name, basis.metas.len());
        if begun {
            let (office, search) = (self.clone(), search.clone());
            tokio::spawn(async move {
                let result = office.look_through(basis, &search.done).await;
                // Nobody else sets it: a search is begun once.
                let _ = search.result.set(result.map(Arc::new).map_err(|error| error.to_string()));
            });
        }
        let end = tokio::time::Instant::now() + PATIENCE;
        while search.result.get().is_none() && tokio::time::Instant::now() < end {
            tokio::time::sleep(LOOK_AGAIN).await;
        }
        match search.result.get() {
            Some(Ok(searched)) => Ok(Findings::Ready(searched.clone())),
            Some(Err(why)) => {
                self.radio.forget_search(&name);
                Err(OfficeError::Damaged(why.clone()))
            }
            None => Ok(Findings::Computing { done: search.done.load(Ordering::Relaxed), all: search.all }),
        }
    }

    async fn basis(&self, from_ms: i64, until_ms: i64) -> Result<Basis, OfficeError> {
        // The ledger first: what is read after it is at least as new.
        let ledger = self.store.head(guiju_store::Log::Events).await?;
        let stations = self.radio_stations().await?;
        let touches = |meta: &&PackageMeta| {
            meta.kind == "sweeps" && meta.from_ms < until_ms && meta.until_ms > from_ms
        };
        let packages = stations.iter().flat_map(|station| station.packages.values());
        let mut metas: Vec<_> = packages.filter(touches).cloned().collect();
        metas.sort_by(|a, b| (a.from_ms, &a.id).cmp(&(b.from_ms, &b.id)));
        let assignments = self.assignments_in((0.0, f64::INFINITY)).await?;
        Ok(Basis { from_ms, until_ms, stations, metas, rules: self.radio_rules()?, assignments, ledger })
    }

    async fn look_through(&self, basis: Basis, done: &AtomicUsize) -> Result<Searched, OfficeError> {
        let _turn = self.radio.searching.lock().await;
        let mut surveys = Vec::with_capacity(basis.metas.len());
        for meta in &basis.metas {
            surveys.push(self.survey(meta, &basis.rules).await?);
            done.fetch_add(1, Ordering::Relaxed);
        }
        off_thread(move || weighed(basis, &surveys)).await
    }

    async fn survey(&self, meta: &PackageMeta, rules: &RadioRules) -> Result<Arc<PackageSurvey>, OfficeError> {
        // The pack's hash in the name: other parameters, another survey.
        let name = format!("{} {}", meta.sha256, self.pack().hash);
        if let Some(kept) = shelf::kept(&self.radio.surveys, &name) {
            return Ok(kept);
        }
        let opened = self.opened(meta).await?;
        let detection = rules.detection.clone();
        let made = off_thread(move || PackageSurvey::of(&opened, &detection)).await?;
        Ok(shelf::keep(&self.radio.surveys, &name, made))
    }
}

impl super::shelf::RadioShelf {
    /// The search of this name, and whether it is new.
    fn search(&self, name: &str, all: usize) -> (Arc<Searching>, bool) {
        let mut searches = self.searches.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(search) = searches.get(name) {
            return (search.clone(), false);
        }
        if searches.len() >= SEARCHES_MOST {
            searches.retain(|_, search| search.result.get().is_none());
        }
        let search = Arc::new(Searching { done: AtomicUsize::new(0), all, result: OnceLock::new() });
        searches.insert(name.to_owned(), search.clone());
        (search, true)
    }

    fn forget_search(&self, name: &str) {
        self.searches.lock().unwrap_or_else(PoisonError::into_inner).remove(name);
    }
}

/// Puts the sightings of all packages together and judges what they add up to.
fn weighed(basis: Basis, surveys: &[Arc<PackageSurvey>]) -> Searched {
    let (from_ns, until_ns) =
        (basis.from_ms.saturating_mul(super::NS_PER_MS), basis.until_ms.saturating_mul(super::NS_PER_MS));
    let mut sightings = Vec::new();
    let mut watched: HashMap<(String, String), i64> = HashMap::new();
    for (meta, survey) in basis.metas.iter().zip(surveys) {
        let within = survey.blocks.iter().filter(|block| block.from_ns < until_ns && block.until_ns > from_ns);
        for block in within {
            *watched.entry((meta.station.clone(), meta.receiver.clone())).or_default() +=
                (block.until_ns - block.from_ns) / 1_000_000_000;
            sightings.extend(block.seen.iter().map(|peak| Sighting { meta, block, peak, bin_hz: survey.bin_hz }));
        }
    }
    let judged = judged(&basis.metas, surveys, sightings, &basis.stations, &basis.assignments, &basis.rules);
    let mut watched: Vec<_> = watched.into_iter().map(|((station, receiver), s)| (station, receiver, s)).collect();
    watched.sort();
    let point = |station: &Station| {
        let (latitude, longitude) = station.degrees?;
        Some(StationPoint { station: station.station.clone(), name: station.name.clone(), latitude, longitude })
    };
    Searched {
        from_ms: basis.from_ms,
        until_ms: basis.until_ms,
        findings: judged.findings,
        conforming: judged.conforming,
        passing: judged.passing,
        watched,
        packages: basis.metas.len(),
        stations: basis.stations.iter().filter_map(point).collect(),
        rules: basis.rules,
        assignments: basis.assignments.len(),
        ledger: basis.ledger,
    }
}
