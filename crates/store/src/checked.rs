//! Is this a batch that a correct office hands over? And what does it write to each table?
//!
//! Both backends write what this module sorts out, so that both refuse the same batches: sequence numbers with gaps, records that run
//! backwards, numbers that no database holds, the character NUL (PostgreSQL cannot store it, SQLite would).

use std::collections::BTreeMap;

use guiju_kernel::canon;
use guiju_kernel::rows::{CaseRow, EntryRow, ErasedRow, HoldingRow, NumberRow, OnceRow};
use guiju_text::{SearchQuery, Term};
use serde_json::Value;

use crate::{Batch, Log, PublicationRow, Result, RowChange, StoreError};

/// A batch sorted by table, every number known to fit.
#[derive(Default)]
pub(crate) struct Checked<'a> {
    pub cases: Vec<(&'a CaseRow, String)>,
    pub holdings: Vec<&'a HoldingRow>,
    pub holdings_dropped: Vec<(i64, i64)>,
    /// (case, name, at)
    pub timers: Vec<(i64, &'a str, i64)>,
    pub timers_dropped: Vec<(i64, &'a str)>,
    pub entries: Vec<(&'a EntryRow, String)>,
    pub numbers: Vec<&'a NumberRow>,
    pub once: Vec<&'a OnceRow>,
    pub erased: Vec<&'a ErasedRow>,
    /// (organ, unit, day, change), each key once, no change of nothing.
    pub counts: Vec<(&'a str, &'a str, i64, i64)>,
    pub keys: Vec<(&'a str, &'a [u8])>,
    pub keys_dropped: Vec<&'a str>,
    pub search: Vec<(i64, &'a str)>,
    /// Every case whose tokens are replaced or dropped.
    pub search_dropped: Vec<i64>,
    pub publications: Vec<&'a PublicationRow>,
    /// Every case whose publications are replaced.
    pub publications_dropped: Vec<i64>,
}

/// Where both logs stand before the batch.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Standing {
    pub events: i64,
    pub readings: i64,
    pub last_event: Option<i64>,
    pub last_reading: Option<i64>,
}

impl<'a> Checked<'a> {
    /// Sorts the batch by table.
    ///
    /// # Errors
    /// [`StoreError::Rejected`] when a value cannot be stored on every backend.
    pub fn new(batch: &'a Batch) -> Result<Self> {
        let mut checked = Self::default();
        for record in &batch.records {
            fits(record.seq)?;
            record.case_id.map_or(Ok(0), fits)?;
            plain(&record.bytes)?;
        }
        for reading in &batch.readings {
            fits(reading.seq)?;
            plain(&reading.bytes)?;
        }
        for change in &batch.rows {
            checked.add(change)?;
        }
        // An entry's older version must end before the newer one begins: at most one is in force.
        checked.entries.sort_by_key(|(row, _)| (&row.register, &row.key, row.version));
        checked.add_counts(batch);
        checked.add_rest(batch)?;
        Ok(checked)
    }

    fn add(&mut self, change: &'a RowChange) -> Result<()> {
        match change {
            RowChange::Case(row) => {
                fits(row.id)?;
                fits(row.version)?;
                for text in [&row.number, &row.headline, &row.state, &row.procedure] {
                    plain(text)?;
                }
                row.subject.as_deref().map_or(Ok(()), plain)?;
                self.cases.push((row, canonical(&row.doc)?));
            }
            RowChange::Holding(row) => {
                fits(row.case_id)?;
                self.holdings.push(row);
            }
            RowChange::DropHolding { case_id, part } => {
                self.holdings_dropped.push((fits(*case_id)?, i64::from(*part)));
            }
            RowChange::Timer { case_id, name, row } => match row {
                Some(row) => self.timers.push((fits(*case_id)?, name, row.at)),
                None => self.timers_dropped.push((fits(*case_id)?, name)),
            },
            RowChange::Entry(row) => {
                fits(row.seq)?;
                plain(&row.key)?;
                self.entries.push((row, canonical(&row.doc)?));
            }
            RowChange::Number(row) => {
                fits(row.last)?;
                self.numbers.push(row);
            }
            RowChange::Once(row) => {
                fits(row.seq)?;
                plain(&row.token)?;
                self.once.push(row);
            }
            RowChange::Erased(row) => {
                fits(row.seq)?;
                fits(row.by_seq)?;
                self.erased.push(row);
            }
        }
        Ok(())
    }

    fn add_counts(&mut self, batch: &'a Batch) {
        let mut sums: BTreeMap<(&str, &str, i64), i64> = BTreeMap::new();
        for (organ, unit, day, change) in &batch.counts {
            *sums.entry((organ, unit, *day)).or_default() += change;
        }
        self.counts = sums
            .into_iter()
            .filter(|(_, change)| *change != 0)
            .map(|((organ, unit, day), change)| (organ, unit, day, change))
            .collect();
    }

    fn add_rest(&mut self, batch: &'a Batch) -> Result<()> {
        for row in &batch.vault {
            fits(row.seq)?;
            plain(&row.field)?;
        }
        for tile in &batch.tiles {
            fits(tile.index)?;
        }
        for (_, size, _) in batch.heads.iter().chain(&batch.checkpoints) {
            fits(*size)?;
        }
        for key in &batch.keys {
            match &key.wrapped {
                Some(wrapped) => self.keys.push((&key.party, wrapped)),
                None => self.keys_dropped.push(&key.party),
            }
        }
        for doc in &batch.search {
            let id = fits(doc.case_id)?;
            self.search_dropped.push(id);
            if let Some(tokens) = &doc.tokens {
                if !tokens.bytes().all(|b| b.is_ascii_alphanumeric() || b == b' ') {
                    return Err(StoreError::Rejected(format!("search tokens of case {id} are not ASCII words")));
                }
                self.search.push((id, tokens));
            }
        }
        for doc in &batch.publications {
            self.publications_dropped.push(fits(doc.case_id)?);
            for row in &doc.rows {
                if row.case_id != doc.case_id {
                    return Err(StoreError::Rejected(format!(
                        "case {} publishes for case {}",
                        doc.case_id, row.case_id
                    )));
                }
                for text in [&row.what, &row.kind, &row.organ] {
                    plain(text)?;
                }
                row.party.as_deref().map_or(Ok(()), plain)?;
                self.publications.push(row);
            }
        }
        Ok(())
    }
}

impl Standing {
    /// Refuses a batch whose records do not continue the logs.
    pub fn admits(&self, batch: &Batch) -> Result<()> {
        let events = batch.records.iter().map(|r| (r.seq, r.recorded));
        continues(Log::Events, self.events, self.last_event, events)?;
        let readings = batch.readings.iter().map(|r| (r.seq, r.recorded));
        continues(Log::Readings, self.readings, self.last_reading, readings)
    }
}

fn continues(log: Log, size: i64, last: Option<i64>, records: impl Iterator<Item = (u64, i64)>) -> Result<()> {
    let mut next = size;
    let mut last = last.unwrap_or(i64::MIN);
    for (seq, recorded) in records {
        if int(seq) != next {
            return Err(StoreError::Rejected(format!("record {seq} of {log:?} where {next} is the next")));
        }
        if recorded < last {
            return Err(StoreError::Rejected(format!("record {seq} of {log:?} is older than the one before it")));
        }
        (next, last) = (next.saturating_add(1), recorded);
    }
    Ok(())
}

fn fits(number: u64) -> Result<i64> {
    i64::try_from(number)
        .map_err(|_| StoreError::Rejected(format!("the number {number} is beyond what databases hold")))
}

/// A number that [`Checked::new`] let pass.
pub(crate) fn int(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// The query and the scope with nothing in them but what tokens consist of, so that nobody can write a query language through them.
pub(crate) fn searchable(query: &SearchQuery, scope: Option<&str>) -> (SearchQuery, Option<String>) {
    let token = |text: &str| {
        text.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect::<String>()
    };
    let terms = query.terms.iter().filter_map(|term| match term {
        Term::Phrase(tokens) => {
            let tokens: Vec<String> = tokens.iter().map(|t| token(t)).filter(|t| !t.is_empty()).collect();
            (!tokens.is_empty()).then_some(Term::Phrase(tokens))
        }
        Term::Prefix(text) => Some(Term::Prefix(token(text))).filter(|term| *term != Term::Prefix(String::new())),
    });
    (SearchQuery { terms: terms.collect() }, scope.map(token))
}

fn plain(text: &str) -> Result<()> {
    if text.contains('\0') { Err(StoreError::Rejected("a text holds the character NUL".into())) } else { Ok(()) }
}

fn canonical(doc: &Value) -> Result<String> {
    let refused = |error: String| StoreError::Rejected(format!("a row's doc has no canonical text: {error}"));
    let bytes = canon::to_bytes(doc).map_err(|error| refused(error.to_string()))?;
    String::from_utf8(bytes).map_err(|error| refused(error.to_string()))
}
