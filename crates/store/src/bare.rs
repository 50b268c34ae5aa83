//! How fast could these batches be written at best? The bound beside which `guiju bench acts` sets the office.
//!
//! Everything that can be done beforehand is done beforehand: the rows are sorted by table and their texts written. What is timed is
//! the statements themselves, the very ones a commit runs, each batch in a transaction that waits for the disk: no lease, no check
//! that the log continues, nobody waiting for an answer. Nothing but a benchmark calls this.

use std::collections::HashMap;
use std::time::Duration;

use crate::{Batch, Result, RowChange, Target, postgres, sqlite};

/// Writes each batch in a transaction of its own into a fresh place; answers how long that took.
///
/// # Errors
/// When the place is not fresh, or cannot be written.
pub async fn replay(place: &Target, commits: &[Batch]) -> Result<Duration> {
    match place {
        Target::Folder(folder) => sqlite::replay(folder, commits).await,
        Target::Postgres(url) => postgres::replay(url, commits).await,
    }
}

/// Joins batches that follow each other until each holds about `records` records, as if they had been one group: a row that several of
/// them touch is written once, as the last of them leaves it.
pub fn joined(batches: Vec<Batch>, records: usize) -> Vec<Batch> {
    let mut out: Vec<Batch> = Vec::new();
    for batch in batches {
        match out.last_mut() {
            Some(last) if last.records.len() + batch.records.len() <= records => join(last, batch),
            _ => out.push(batch),
        }
    }
    for batch in &mut out {
        once_each(batch);
    }
    out
}

fn join(into: &mut Batch, batch: Batch) {
    into.records.extend(batch.records);
    into.readings.extend(batch.readings);
    into.rows.extend(batch.rows);
    into.counts.extend(batch.counts);
    into.vault.extend(batch.vault);
    into.keys.extend(batch.keys);
    into.files.extend(batch.files);
    into.packs.extend(batch.packs);
    into.tiles.extend(batch.tiles);
    into.heads.extend(batch.heads);
    into.checkpoints.extend(batch.checkpoints);
    into.search.extend(batch.search);
    into.publications.extend(batch.publications);
    into.publications_made = batch.publications_made.or(into.publications_made.take());
}

/// Keeps of everything that stands for one row only the last.
fn once_each(batch: &mut Batch) {
    batch.rows = last_of_each(std::mem::take(&mut batch.rows), row_key);
    batch.keys = last_of_each(std::mem::take(&mut batch.keys), |key| key.party.clone());
    batch.heads = last_of_each(std::mem::take(&mut batch.heads), |(log, ..)| *log);
    batch.search = last_of_each(std::mem::take(&mut batch.search), |doc| doc.case_id);
    batch.publications = last_of_each(std::mem::take(&mut batch.publications), |doc| doc.case_id);
}

fn last_of_each<T, K: Eq + std::hash::Hash>(list: Vec<T>, key: impl Fn(&T) -> K) -> Vec<T> {
    let mut at: HashMap<K, usize> = HashMap::with_capacity(list.len());
    for (n, item) in list.iter().enumerate() {
        at.insert(key(item), n);
    }
    let kept = list.into_iter().enumerate().filter(|(n, item)| at.get(&key(item)) == Some(n));
    kept.map(|(_, item)| item).collect()
}

fn row_key(row: &RowChange) -> (u8, u64, String) {
    match row {
        RowChange::Case(row) => (0, row.id, String::new()),
        RowChange::Holding(row) => (1, row.case_id, row.part.to_string()),
        RowChange::DropHolding { case_id, part } => (1, *case_id, part.to_string()),
        RowChange::Timer { case_id, name, .. } => (2, *case_id, name.clone()),
        RowChange::Entry(row) => (3, u64::from(row.version), format!("{}/{}", row.register, row.key)),
        RowChange::Number(row) => (4, 0, row.series.clone()),
        RowChange::Once(row) => (5, 0, row.token.clone()),
        RowChange::Erased(row) => (6, row.seq, row.field.clone()),
    }
}

/// Makes an empty database of this name on the server of `url`, after dropping one that an earlier run left; answers its address.
/// PostgreSQL only.
///
/// # Errors
/// When the address cannot be read, or the role behind it may not make databases.
pub async fn fresh_database(url: &str, name: &str) -> Result<String> {
    postgres::fresh_database(url, name).await
}

/// Drops what [`fresh_database`] made.
///
/// # Errors
/// When somebody is still connected to it.
pub async fn drop_database(url: &str, name: &str) -> Result<()> {
    postgres::drop_database(url, name).await
}
