//! How does a row of the database become a row of the kernel?
//!
//! Compiled once for each backend (`super::DbRow`). Columns are read by position, in the order of the lists below; whatever this
//! program could not have written is [`StoreError::Damaged`].

use guiju_kernel::rows::{CaseRow, EntryRow, HoldingRow, TimerRow};
use serde_json::Value;
use sqlx::{ColumnIndex, Decode, Row, Type};

use super::{Db, DbRow, failed};
use crate::{Result, StoreError};

/// Columns of `cases c`, as [`case_row`] reads them.
pub(super) const CASE_COLUMNS: &str = "c.id, c.number, c.procedure, c.pack, c.state, c.outcome, c.subject, c.organ, \
     c.origin_system, c.origin_number, c.origin_batch, c.opened, c.ended, c.version, c.level, c.round, c.headline, c.doc";
pub(super) const CASE_WIDTH: usize = 18;

/// Columns of `holdings h`, as [`holding_row`] reads them.
pub(super) const HOLDING_COLUMNS: &str = "h.case_id, h.part, h.organ, h.unit, h.person, h.open, h.due";

/// Columns of `entries e`, as [`entry_row`] reads them.
pub(super) const ENTRY_COLUMNS: &str = "e.register, e.key, e.version, e.since, e.until, e.seq, e.doc";

/// Reads one column.
pub(super) fn get<'r, T>(row: &'r DbRow, at: usize) -> Result<T>
where
    T: Decode<'r, Db> + Type<Db>,
    usize: ColumnIndex<DbRow>,
{
    row.try_get(at).map_err(failed)
}

/// Reads a number that is never negative.
pub(super) fn count(row: &DbRow, at: usize) -> Result<u64> {
    natural(get::<i64>(row, at)?)
}

pub(super) fn natural<N: TryFrom<i64>>(number: i64) -> Result<N> {
    N::try_from(number).map_err(|_| StoreError::Damaged(format!("the number {number} cannot stand where it stands")))
}

pub(super) fn json(text: &str) -> Result<Value> {
    serde_json::from_str(text).map_err(|error| StoreError::Damaged(format!("a row's doc is not JSON: {error}")))
}

pub(super) fn case_row(row: &DbRow) -> Result<CaseRow> {
    Ok(CaseRow {
        id: count(row, 0)?,
        number: get(row, 1)?,
        procedure: get(row, 2)?,
        pack: get(row, 3)?,
        state: get(row, 4)?,
        outcome: get(row, 5)?,
        subject: get(row, 6)?,
        organ: get(row, 7)?,
        origin_system: get(row, 8)?,
        origin_number: get(row, 9)?,
        origin_batch: get(row, 10)?,
        opened: get(row, 11)?,
        ended: get(row, 12)?,
        version: count(row, 13)?,
        level: natural(get(row, 14)?)?,
        round: natural(get(row, 15)?)?,
        headline: get(row, 16)?,
        doc: json(get(row, 17)?)?,
    })
}

/// Reads a holding whose first column stands at `at`.
pub(super) fn holding_row(row: &DbRow, at: usize) -> Result<HoldingRow> {
    Ok(HoldingRow {
        case_id: count(row, at)?,
        part: natural(get(row, at + 1)?)?,
        organ: get(row, at + 2)?,
        unit: get(row, at + 3)?,
        person: get(row, at + 4)?,
        open: natural(get(row, at + 5)?)?,
        due: get(row, at + 6)?,
    })
}

pub(super) fn entry_row(row: &DbRow) -> Result<EntryRow> {
    Ok(EntryRow {
        register: get(row, 0)?,
        key: get(row, 1)?,
        version: natural(get(row, 2)?)?,
        since: get(row, 3)?,
        until: get(row, 4)?,
        seq: count(row, 5)?,
        doc: json(get(row, 6)?)?,
    })
}

/// Reads holdings that a query gathered as a JSON array of arrays, in the order of the table's columns.
pub(super) fn gathered_holdings(case_id: u64, text: &str) -> Result<Vec<HoldingRow>> {
    type Gathered = Vec<(u32, String, String, Option<String>, u8, Option<i64>)>;
    let rows: Gathered = serde_json::from_str(text).map_err(not_gathered)?;
    let mut rows: Vec<HoldingRow> = rows
        .into_iter()
        .map(|(part, organ, unit, person, open, due)| HoldingRow { case_id, part, organ, unit, person, open, due })
        .collect();
    rows.sort_by_key(|row| row.part);
    Ok(rows)
}

/// Reads timers that a query gathered as a JSON array of arrays.
pub(super) fn gathered_timers(case_id: u64, text: &str) -> Result<Vec<TimerRow>> {
    let rows: Vec<(String, i64)> = serde_json::from_str(text).map_err(not_gathered)?;
    let mut rows: Vec<TimerRow> = rows.into_iter().map(|(name, at)| TimerRow { case_id, name, at }).collect();
    rows.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(rows)
}

fn not_gathered(error: serde_json::Error) -> StoreError {
    StoreError::Damaged(format!("a desk or timer of a case: {error}"))
}
