//! What does a record do to its case? Only what its effects say: no rule is looked at, no pack is needed.
//!
//! Refused: a record of another case, and effects that do not fit the rows they change. Format: `docs/formats/record.md`.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::case::Case;
use crate::record::{Effect, Record, Table};
use crate::rows::{self, CaseRow, HoldingRow, RowError, TimerRow};

/// A record that does not fit the case it is folded into.
#[derive(Debug, thiserror::Error)]
pub enum ApplyError {
    /// The record is about no case.
    #[error("record {0} is about no case")]
    NoCase(u64),
    /// The record is about another case.
    #[error("record {seq} is about case {found}, not {case}")]
    OtherCase { seq: u64, case: u64, found: u64 },
    /// An effect changes or deletes a row that is not there.
    #[error("record {seq} changes the row `{key}`, which is not there")]
    NoRow { seq: u64, key: String },
    /// What the effects leave behind is no case.
    #[error("record {seq} leaves no readable case: {source}")]
    Rows { seq: u64, source: RowError },
}

/// Folds one record into its case: `case` is `None` for the record that opens it.
///
/// # Errors
/// [`ApplyError`] when the record does not fit.
pub fn apply(case: Option<Case>, record: &Record) -> Result<Case, ApplyError> {
    let seq = record.seq;
    let step = record.case.as_ref().ok_or(ApplyError::NoCase(seq))?;
    if let Some(case) = case.as_ref().filter(|case| case.id != step.id) {
        return Err(ApplyError::OtherCase { seq, case: case.id, found: step.id });
    }
    let unreadable = |source| ApplyError::Rows { seq, source };
    let mut folded = match &case {
        Some(case) => Folded::of(case).map_err(unreadable)?,
        None => Folded::default(),
    };
    let id = step.id.to_string();
    for effect in &record.effects {
        folded.apply(effect, &id, seq)?;
    }
    folded.case(seq, &id)
}

type Row = Map<String, Value>;

/// The rows of one case by key, as JSON.
#[derive(Default)]
struct Folded {
    case: Option<Row>,
    holdings: BTreeMap<String, Row>,
    timers: BTreeMap<String, Row>,
}

impl Folded {
    fn of(case: &Case) -> Result<Self, RowError> {
        let rows = rows::of_case(case)?;
        let mut folded = Self { case: Some(rows::members(&rows.case)?), ..Self::default() };
        for row in &rows.holdings {
            folded.holdings.insert(format!("{}/{}", row.case_id, row.part), rows::members(row)?);
        }
        for row in &rows.timers {
            folded.timers.insert(format!("{}/{}", row.case_id, row.name), rows::members(row)?);
        }
        Ok(folded)
    }

    fn apply(&mut self, effect: &Effect, id: &str, seq: u64) -> Result<(), ApplyError> {
        let rows = match effect.table {
            Table::Cases if effect.key == id => {
                let Some(patch) = &effect.patch else {
                    return Err(ApplyError::NoRow { seq, key: effect.key.clone() });
                };
                rows::merge_patch(self.case.get_or_insert_with(Map::new), patch);
                return Ok(());
            }
            Table::Holdings if belongs(&effect.key, id) => &mut self.holdings,
            Table::Timers if belongs(&effect.key, id) => &mut self.timers,
            // Other rows that the act touched: numbers, entries, other cases.
            _ => return Ok(()),
        };
        match &effect.patch {
            Some(patch) => rows::merge_patch(rows.entry(effect.key.clone()).or_default(), patch),
            None if rows.remove(&effect.key).is_none() => {
                return Err(ApplyError::NoRow { seq, key: effect.key.clone() });
            }
            None => {}
        }
        Ok(())
    }

    fn case(self, seq: u64, id: &str) -> Result<Case, ApplyError> {
        let row = self.case.ok_or_else(|| ApplyError::NoRow { seq, key: id.to_owned() })?;
        let read = || -> Result<Case, RowError> {
            let row: CaseRow = serde_json::from_value(Value::Object(row))?;
            let holdings: Vec<HoldingRow> = typed(self.holdings)?;
            let timers: Vec<TimerRow> = typed(self.timers)?;
            rows::case_from(row, holdings, timers)
        };
        read().map_err(|source| ApplyError::Rows { seq, source })
    }
}

fn typed<T: serde::de::DeserializeOwned>(rows: BTreeMap<String, Row>) -> Result<Vec<T>, RowError> {
    Ok(rows.into_values().map(|row| serde_json::from_value(Value::Object(row))).collect::<Result<_, _>>()?)
}

fn belongs(key: &str, id: &str) -> bool {
    key.strip_prefix(id).is_some_and(|rest| rest.starts_with('/'))
}
