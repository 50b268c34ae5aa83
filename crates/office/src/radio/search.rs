//! Looks through a period's packages, receiver by receiver, and remembers the result under what it rests on.
//!
//! That takes seconds to minutes, so it runs by itself, one search at a time, off the threads that serve pages. A page that asks meanwhile
//! is told how far it is.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock, PoisonError};
use std::time::Duration;

use guiju_kernel::procedure::Person;
use guiju_spectrum::hours::Interval;
use guiju_spectrum::package::Opened;
use guiju_spectrum::watch::{Sweep, Watcher};
use sha2::{Digest, Sha256};
use tokio::runtime::Handle;

use super::findings::{Band, Findings, Found, Searched, judged};
use super::shelf::{PackageMeta, Station, off_thread};
use super::spectra::Assignment;
use super::{NS_PER_MS, shelf};
use crate::answer::OfficeError;
use crate::office::Office;
use crate::radio_rules::RadioRules;

/// How long a page waits for a search that has just begun.
const PATIENCE: Duration = Duration::from_millis(1_500);
const LOOK_AGAIN: Duration = Duration::from_millis(40);
/// Searches that are remembered.
const SEARCHES_MOST: usize = 32;
/// The longest period, in ms: a quarter of a year and a bit.
const PERIOD_MOST_MS: i64 = 100 * 86_400_000;

/// A search that runs or has run.
pub struct Searching {
    done: AtomicUsize,
    all: usize,
    result: OnceLock<Result<Arc<Searched>, String>>,
}

/// All that a search rests on.
pub(super) struct Basis {
    /// ms since 1970 UTC, half-open.
    pub from_ms: i64,
    pub until_ms: i64,
    pub stations: Vec<Station>,
    /// By time.
    pub metas: Vec<PackageMeta>,
    pub rules: RadioRules,
    pub assignments: Vec<Assignment>,
    pub ledger: Option<(u64, String)>,
}

impl Basis {
    /// What tells this search from others.
    fn name(&self, pack: &str) -> String {
        let mut hash = Sha256::new();
        hash.update(format!("{pack} {} {}\n", self.from_ms, self.until_ms));
        self.metas.iter().for_each(|meta| hash.update(format!("{}\n", meta.sha256)));
        self.assignments.iter().for_each(|one| hash.update(format!("{} {}\n", one.id, one.version)));
        self.stations.iter().for_each(|one| hash.update(format!("{} {:?}\n", one.station, one.degrees)));
        hex::encode(hash.finalize())
    }

    /// Packages by receiver and band, in order of time: what one watcher can follow.
    fn by_band(&self) -> Vec<Vec<PackageMeta>> {
        let mut bands: BTreeMap<_, Vec<PackageMeta>> = BTreeMap::new();
        for meta in &self.metas {
            bands.entry((&meta.station, &meta.receiver, meta.low_hz, meta.high_hz)).or_default().push(meta.clone());
        }
        bands.into_values().collect()
    }
}

impl Office {
    /// What was found in a period (ms since 1970 UTC, half-open), or how far the search is.
    ///
    /// # Errors
    /// [`OfficeError::NotYours`]; [`OfficeError::Input`] where the period is none or too long; what the search met with.
    pub async fn radio_findings(&self, who: &Person, from_ms: i64, until_ms: i64) -> Result<Findings, OfficeError> {
        self.radio_reader(who)?;
        if until_ms <= from_ms || until_ms.saturating_sub(from_ms) > PERIOD_MOST_MS {
            let why = "期间应当在一天到一百天之间 / the period is between a day and a hundred days";
            return Err(OfficeError::Input(why.to_owned()));
        }
        let basis = self.basis(from_ms, until_ms).await?;
        let name = basis.name(&self.pack().hash);
        let (search, begun) = self.radio.search(&name, basis.metas.len());
        if begun {
            let (office, search) = (self.clone(), search.clone());
            tokio::spawn(async move {
                let result = office.look_through(basis, &search).await;
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

    /// What searches that have ended found within a time (ms since 1970 UTC) and a band; begins none.
    ///
    /// # Errors
    /// [`OfficeError::NotYours`].
    pub fn radio_found_lately(
        &self,
        who: &Person,
        (from_ms, until_ms): (i64, i64),
        (low, high): (f64, f64),
    ) -> Result<Vec<(Arc<Searched>, Found)>, OfficeError> {
        self.radio_reader(who)?;
        let searches = self.radio.searches.lock().unwrap_or_else(PoisonError::into_inner);
        let ended: Vec<_> =
            searches.values().filter_map(|search| search.result.get()?.as_ref().ok().cloned()).collect();
        drop(searches);
        let mut found: Vec<(Arc<Searched>, Found)> = Vec::new();
        for searched in ended {
            for one in &searched.found {
                let (first, last) = one.time_ms();
                let within = first < until_ms && last > from_ms && (low..high).contains(&one.finding.centre_hz);
                if within && !found.iter().any(|(_, other)| other.id == one.id) {
                    found.push((searched.clone(), one.clone()));
                }
            }
        }
        found.sort_by(|a, b| a.1.finding.centre_hz.total_cmp(&b.1.finding.centre_hz));
        Ok(found)
    }

    async fn basis(&self, from_ms: i64, until_ms: i64) -> Result<Basis, OfficeError> {
        // The ledger first: what is read after it is at least as new.
        let ledger = self.store.head(guiju_store::Log::Events).await?;
        let stations = self.radio_stations().await?;
        let touches = |meta: &&PackageMeta| meta.kind == "sweeps" && meta.from_ms < until_ms && meta.until_ms > from_ms;
        let packages = stations.iter().flat_map(|station| station.packages.values());
        let mut metas: Vec<_> = packages.filter(touches).cloned().collect();
        metas.sort_by(|a, b| (a.from_ms, &a.id).cmp(&(b.from_ms, &b.id)));
        let assignments = self.assignments_in((0.0, f64::INFINITY)).await?;
        Ok(Basis { from_ms, until_ms, stations, metas, rules: self.radio_rules()?, assignments, ledger })
    }

    async fn look_through(&self, basis: Basis, search: &Arc<Searching>) -> Result<Searched, OfficeError> {
        let _turn = self.radio.searching.lock().await;
        let (office, search, handle) = (self.clone(), search.clone(), Handle::current());
        off_thread(move || {
            let time = (basis.from_ms.saturating_mul(NS_PER_MS), basis.until_ms.saturating_mul(NS_PER_MS));
            let mut bands = Vec::new();
            for metas in basis.by_band() {
                let open = |meta: &PackageMeta| {
                    let opened = handle.block_on(office.opened(meta));
                    search.done.fetch_add(1, Ordering::Relaxed);
                    opened
                };
                bands.extend(watched(metas, open, &basis.rules, time)?);
            }
            Ok(judged(basis, &bands))
        })
        .await?
    }
}

/// Follows one receiver through its packages. Packages of other bins than the ones before begin anew.
fn watched(
    metas: Vec<PackageMeta>,
    mut open: impl FnMut(&PackageMeta) -> Result<Arc<Opened>, OfficeError>,
    rules: &RadioRules,
    time: (i64, i64),
) -> Result<Vec<Band>, OfficeError> {
    let mut bands = Vec::new();
    let mut following: Option<((u64, u64, u32), Watcher<'_>, Vec<PackageMeta>)> = None;
    let damaged = |fault: guiju_spectrum::spectra_fault::SpectraFault| OfficeError::Damaged(fault.to_string());
    for meta in metas {
        let opened = open(&meta)?;
        let header = &opened.header;
        let shape = (header.low_hz.to_bits(), header.bin_hz.to_bits(), header.bins);
        if following.as_ref().is_none_or(|(of, ..)| *of != shape) {
            bands.extend(following.take().map(band).transpose()?.flatten());
            let bins = usize::try_from(header.bins).unwrap_or(usize::MAX);
            let watcher = Watcher::new(&rules.watching, header.low_hz, header.bin_hz, bins).map_err(damaged)?;
            following = Some((shape, watcher, Vec::new()));
        }
        if let Some((_, watcher, followed)) = &mut following {
            for sweep in sweeps(&opened, time) {
                watcher.push(&sweep).map_err(damaged)?;
            }
            followed.push(meta);
        }
    }
    bands.extend(following.map(band).transpose()?.flatten());
    Ok(bands)
}

fn band((_, watcher, metas): ((u64, u64, u32), Watcher<'_>, Vec<PackageMeta>)) -> Result<Option<Band>, OfficeError> {
    let watched = watcher.finish().map_err(|fault| OfficeError::Damaged(fault.to_string()))?;
    let Some(first) = metas.first() else { return Ok(None) };
    Ok(Some(Band { station: first.station.clone(), receiver: first.receiver.clone(), watched, metas }))
}

/// The sweeps of a package within a time, each for the time that it stands for; those under overload are not to be trusted.
fn sweeps(opened: &Opened, (from, until): (i64, i64)) -> impl Iterator<Item = Sweep> + '_ {
    let next = opened.moments().iter().skip(1).map(|moment| Some(moment.start_ns)).chain(std::iter::once(None));
    opened.sweeps().zip(next).filter_map(move |((moment, steps), next)| {
        let end = moment.start_ns.saturating_add(moment.duration_ns.max(1));
        let near = next.filter(|next| next.saturating_sub(moment.start_ns) <= opened.header.revisit_ns);
        let when = Interval::new(moment.start_ns, near.unwrap_or(end))?;
        (!moment.overload && moment.start_ns >= from && moment.start_ns < until).then_some(Sweep { when, steps })
    })
}

impl shelf::RadioShelf {
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
