//! What is kept in memory of packages: who they are, and what was computed from them. All of it can be made again.
//!
//! A package never changes under its number (the office refuses other bytes), so what was read of it stays true. The list is read on from
//! where it ended; the last stretch is read again, so that a package that comes late is found.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, PoisonError};

use guiju_kernel::rows::{EntryDoc, EntryRow};
use guiju_kernel::time::{parse, to_millis};
use guiju_spectrum::package::{self, Opened};
use guiju_store::EntryQuery;
use serde::Serialize;
use serde_json::Value;

use super::occupancy::PackageUse;
use super::overview::Overview;
use super::search::Searching;
use crate::answer::OfficeError;
use crate::office::Office;
use crate::stations::{CONTENT, PACKAGES, STATIONS, TIMES};

/// Entries read at once.
const STEP: u32 = 500;
/// Packages of a station that are looked for again because one before them is missing.
const LOOK_BACK: u64 = 1_000;
/// Stations shown; a bureau has a few.
const STATIONS_MOST: u32 = 1_000;
/// What opened packages may weigh together, in levels (2 bytes each): 64 million.
const OPENED_MOST: u64 = 64_000_000;
/// Results of one kind that are kept; when there are more, all of that kind are dropped and made anew as they are asked for.
const KEPT_MOST: usize = 20_000;

/// What the register says of a package.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PackageMeta {
    pub id: String,
    /// SHA-256 of its bytes, hex.
    pub sha256: String,
    pub station: String,
    pub receiver: String,
    pub task: String,
    pub kind: String,
    /// ms since 1970 UTC, half-open.
    pub from_ms: i64,
    pub until_ms: i64,
    pub low_hz: i64,
    pub high_hz: i64,
    pub sweeps: u64,
    pub sequence: u64,
    pub clock_offset_ms: i64,
    pub unit: String,
    pub software: String,
    pub received_ms: i64,
}

/// A stretch of time that data back.
#[derive(Debug, Clone, PartialEq)]
pub struct Backed {
    pub receiver: String,
    pub task: String,
    /// ms since 1970 UTC, half-open.
    pub from_ms: i64,
    pub until_ms: i64,
}

/// A station as its register has it, with what came from it.
#[derive(Debug, Clone, PartialEq)]
pub struct Station {
    pub station: String,
    pub name: String,
    pub receivers: Vec<String>,
    /// Latitude and longitude in degrees, where they can be read.
    pub degrees: Option<(f64, f64)>,
    /// By sequence.
    pub packages: Arc<BTreeMap<u64, PackageMeta>>,
    /// By key of the entry.
    pub times: Arc<BTreeMap<String, Backed>>,
}

#[derive(Debug, Default, Clone)]
struct Read {
    packages: Arc<BTreeMap<u64, PackageMeta>>,
    times: Arc<BTreeMap<String, Backed>>,
}

impl Read {
    /// The last number before the first missing one, but not further back than is looked for.
    fn read_on_from(&self) -> u64 {
        let last = self.packages.keys().next_back().copied().unwrap_or(0);
        let whole = (1..).zip(self.packages.keys()).take_while(|(n, at)| n == *at).last().map_or(0, |(n, _)| n);
        whole.max(last.saturating_sub(LOOK_BACK))
    }
}

/// Kept results of one kind, by name.
type Kept<T> = Mutex<HashMap<String, Arc<T>>>;

/// The office's memory of packages.
#[derive(Default)]
pub struct RadioShelf {
    read: tokio::sync::Mutex<BTreeMap<String, Read>>,
    opened: Mutex<Vec<(String, Arc<Opened>)>>,
    pub(super) overviews: Kept<Overview>,
    pub(super) uses: Kept<PackageUse>,
    /// Held while a search looks through packages: one at a time.
    pub(super) searching: tokio::sync::Mutex<()>,
    pub(super) searches: Mutex<HashMap<String, Arc<Searching>>>,
}

/// A kept result.
pub(super) fn kept<T>(of: &Kept<T>, name: &str) -> Option<Arc<T>> {
    of.lock().unwrap_or_else(PoisonError::into_inner).get(name).cloned()
}

/// Keeps a result.
pub(super) fn keep<T>(of: &Kept<T>, name: &str, result: T) -> Arc<T> {
    let result = Arc::new(result);
    let mut kept = of.lock().unwrap_or_else(PoisonError::into_inner);
    if kept.len() >= KEPT_MOST {
        kept.clear();
    }
    kept.insert(name.to_owned(), result.clone());
    result
}

impl Office {
    /// Every registered station with its packages and the times they back, by id.
    pub(super) async fn radio_stations(&self) -> Result<Vec<Station>, OfficeError> {
        let query = EntryQuery { register: STATIONS.to_owned(), contains: None, after: None, limit: STATIONS_MOST };
        let rows = self.store.entries(&query).await?.rows;
        let mut all = self.radio.read.lock().await;
        let mut stations = Vec::with_capacity(rows.len());
        for row in rows {
            let read = all.entry(row.key.clone()).or_default();
            self.read_on(&row.key, read).await?;
            stations.push(station_of(&row, read));
        }
        Ok(stations)
    }

    async fn read_on(&self, station: &str, read: &mut Read) -> Result<(), OfficeError> {
        let from = read.read_on_from();
        for row in self.entries_after(PACKAGES, station, format!("{station}/{from:08}")).await? {
            if let Some(meta) = meta_of(&row) {
                Arc::make_mut(&mut read.packages).insert(meta.sequence, meta);
            }
        }
        // Keys of times are those of their packages with a slash and a number; `~` comes after all of the last package's.
        for row in self.entries_after(TIMES, station, format!("{station}/{from:08}/~")).await? {
            if let Some(backed) = backed_of(&row) {
                Arc::make_mut(&mut read.times).insert(row.key, backed);
            }
        }
        Ok(())
    }

    async fn entries_after(&self, register: &str, station: &str, after: String) -> Result<Vec<EntryRow>, OfficeError> {
        let own = format!("{station}/");
        let mut query = EntryQuery { register: register.to_owned(), contains: None, after: Some(after), limit: STEP };
        let mut rows = Vec::new();
        loop {
            let page = self.store.entries(&query).await?;
            query.after = page.rows.last().map(|row| row.key.clone());
            let more = page.more && page.rows.last().is_some_and(|row| row.key.starts_with(&own));
            rows.extend(page.rows.into_iter().filter(|row| row.key.starts_with(&own)));
            if !more {
                return Ok(rows);
            }
        }
    }

    /// A package, opened; the latest few stay open.
    pub(super) async fn opened(&self, meta: &PackageMeta) -> Result<Arc<Opened>, OfficeError> {
        if let Some(opened) = self.radio.still_open(&meta.sha256) {
            return Ok(opened);
        }
        let bytes = self.file_of_entry(PACKAGES, &meta.id, CONTENT).await?;
        let opened = off_thread(move || package::open(&bytes)).await?;
        let opened = opened.map_err(|complaint| OfficeError::Damaged(format!("{}: {complaint}", meta.id)))?;
        let opened = Arc::new(opened);
        self.radio.leave_open(&meta.sha256, &opened);
        Ok(opened)
    }
}

/// Runs what takes long off the threads that serve pages.
pub(super) async fn off_thread<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, OfficeError> {
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|error| OfficeError::Damaged(format!("计算中断 / a computation broke off: {error}")))
}

fn weight(opened: &Opened) -> u64 {
    u64::from(opened.header.bins).saturating_mul(opened.header.measurements).max(1)
}

impl RadioShelf {
    fn still_open(&self, sha256: &str) -> Option<Arc<Opened>> {
        let mut open = self.opened.lock().unwrap_or_else(PoisonError::into_inner);
        let at = open.iter().position(|(name, _)| name == sha256)?;
        let found = open.remove(at);
        open.push(found.clone());
        Some(found.1)
    }

    fn leave_open(&self, sha256: &str, opened: &Arc<Opened>) {
        let mut open = self.opened.lock().unwrap_or_else(PoisonError::into_inner);
        open.push((sha256.to_owned(), opened.clone()));
        let mut all: u64 = open.iter().map(|(_, opened)| weight(opened)).sum();
        while all > OPENED_MOST && open.len() > 1 {
            let (_, oldest) = open.remove(0);
            all -= weight(&oldest);
        }
    }
}

/// The fields of an entry.
pub(super) fn fields(row: &EntryRow) -> Option<serde_json::Map<String, Value>> {
    serde_json::from_value::<EntryDoc>(row.doc.clone()).ok().map(|doc| doc.fields)
}

/// A field's text; empty where it has none.
pub(super) fn text(fields: &serde_json::Map<String, Value>, name: &str) -> String {
    fields.get(name).and_then(Value::as_str).unwrap_or_default().to_owned()
}

/// A field's whole number; 0 where it has none.
pub(super) fn number(fields: &serde_json::Map<String, Value>, name: &str) -> i64 {
    fields.get(name).and_then(Value::as_i64).unwrap_or(0)
}

/// Latitude and longitude in degrees; where a form left them at nought they are not known.
pub(super) fn degrees(fields: &serde_json::Map<String, Value>) -> Option<(f64, f64)> {
    let read = |name: &str| text(fields, name).trim().parse::<f64>().ok().filter(|degrees| degrees.is_finite());
    read("latitude").zip(read("longitude")).filter(|at| *at != (0.0, 0.0))
}

fn moment(fields: &serde_json::Map<String, Value>, name: &str) -> Option<i64> {
    parse(fields.get(name)?.as_str()?).ok().map(to_millis)
}

fn meta_of(row: &EntryRow) -> Option<PackageMeta> {
    let fields = fields(row)?;
    Some(PackageMeta {
        id: row.key.clone(),
        sha256: text(&fields, "package"),
        station: text(&fields, "station"),
        receiver: text(&fields, "receiver"),
        task: text(&fields, "task"),
        kind: text(&fields, "kind"),
        from_ms: moment(&fields, "from")?,
        until_ms: moment(&fields, "until")?,
        low_hz: number(&fields, "low_hz"),
        high_hz: number(&fields, "high_hz"),
        sweeps: number(&fields, "sweeps").try_into().ok()?,
        sequence: number(&fields, "sequence").try_into().ok()?,
        clock_offset_ms: number(&fields, "clock_offset_ms"),
        unit: text(&fields, "unit"),
        software: text(&fields, "software"),
        received_ms: moment(&fields, "received")?,
    })
}

fn backed_of(row: &EntryRow) -> Option<Backed> {
    let fields = fields(row)?;
    Some(Backed {
        receiver: text(&fields, "receiver"),
        task: text(&fields, "task"),
        from_ms: moment(&fields, "from")?,
        until_ms: moment(&fields, "until")?,
    })
}

fn station_of(row: &EntryRow, read: &Read) -> Station {
    let fields = fields(row).unwrap_or_default();
    let receivers = fields.get("receivers").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    Station {
        station: row.key.clone(),
        name: text(&fields, "name"),
        receivers: receivers.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
        degrees: degrees(&fields),
        packages: read.packages.clone(),
        times: read.times.clone(),
    }
}
