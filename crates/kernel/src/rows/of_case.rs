//! A case as its rows, and back: what the store keeps is the case, and nothing of it is lost on the way.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{CaseRow, HoldingRow, TimerRow};
use crate::case::{Case, Detail, Part};
use crate::record::Origin;
use crate::time::{self, TimeError};

/// The rows of one case.
#[derive(Debug, Clone, PartialEq)]
pub struct CaseRows {
    pub case: CaseRow,
    pub holdings: Vec<HoldingRow>,
    pub timers: Vec<TimerRow>,
}

/// Rows that are no case, or a case that cannot be written as rows.
#[derive(Debug, thiserror::Error)]
pub enum RowError {
    /// A moment outside the years that records hold.
    #[error(transparent)]
    Time(#[from] TimeError),
    /// A row that does not have the shape of its table.
    #[error("the row is not what this program writes: {0}")]
    Shape(#[from] serde_json::Error),
    /// A row that says half of where the case came from.
    #[error("case `{0}` names an origin system without number and batch")]
    Origin(u64),
    /// A row of another case.
    #[error("a row of case `{found}` lies with case `{case}`")]
    Stranger { case: u64, found: u64 },
}

/// Writes the case as rows.
///
/// # Errors
/// [`RowError::Shape`] when a value of the case has no JSON form.
pub fn of_case(case: &Case) -> Result<CaseRows, RowError> {
    let (origin_system, origin_number, origin_batch) = match &case.origin {
        Origin::Own => (None, None, None),
        Origin::Mirror { system, number, batch } => (Some(system.clone()), Some(number.clone()), Some(batch.clone())),
    };
    let row = CaseRow {
        id: case.id,
        number: case.number.clone(),
        procedure: case.procedure.clone(),
        pack: case.pack.clone(),
        state: case.state.clone(),
        outcome: case.outcome.clone(),
        subject: case.subject.clone(),
        organ: case.organ.clone(),
        origin_system,
        origin_number,
        origin_batch,
        opened: time::to_millis(case.opened),
        ended: case.ended.map(time::to_millis),
        version: case.version,
        level: case.level,
        round: case.round,
        headline: case.headline.clone(),
        doc: serde_json::to_value(&case.detail)?,
    };
    let holdings = holdings_of(case).collect();
    let timers = case.timers.iter().map(|(name, at)| timer(case.id, name, *at)).collect();
    Ok(CaseRows { case: row, holdings, timers })
}

/// The rows of the desks on which the case lies: all of it that the kept counters ask for.
pub fn holdings_of(case: &Case) -> impl Iterator<Item = HoldingRow> + '_ {
    case.parts.iter().map(|part| holding(case.id, part))
}

/// Writes one part as its row.
pub fn holding(case_id: u64, part: &Part) -> HoldingRow {
    HoldingRow {
        case_id,
        part: part.part,
        organ: part.organ.clone(),
        unit: part.unit.clone(),
        person: part.person.clone(),
        open: u8::from(part.open),
        due: part.due.map(time::to_millis),
    }
}

/// Writes one timer as its row.
pub fn timer(case_id: u64, name: &str, at: time::Instant) -> TimerRow {
    TimerRow { case_id, name: name.to_owned(), at: time::to_millis(at) }
}

/// Reads a case from its rows, in any order.
///
/// # Errors
/// [`RowError`] when they are not the rows of one case.
pub fn case_from(row: CaseRow, holdings: Vec<HoldingRow>, timers: Vec<TimerRow>) -> Result<Case, RowError> {
    let origin = match (row.origin_system, row.origin_number, row.origin_batch) {
        (None, None, None) => Origin::Own,
        (Some(system), Some(number), Some(batch)) => Origin::Mirror { system, number, batch },
        _ => return Err(RowError::Origin(row.id)),
    };
    let strangers = holdings.iter().map(|row| row.case_id).chain(timers.iter().map(|row| row.case_id));
    if let Some(found) = strangers.into_iter().find(|id| *id != row.id) {
        return Err(RowError::Stranger { case: row.id, found });
    }
    let detail: Detail = if row.doc.is_null() { Detail::default() } else { serde_json::from_value(row.doc)? };
    let mut parts = holdings.into_iter().map(part).collect::<Result<Vec<_>, _>>()?;
    parts.sort_by_key(|part| part.part);
    let timers = timers
        .into_iter()
        .map(|row| Ok((row.name, time::from_millis(row.at)?)))
        .collect::<Result<BTreeMap<_, _>, RowError>>()?;
    Ok(Case {
        id: row.id,
        number: row.number,
        procedure: row.procedure,
        pack: row.pack,
        state: row.state,
        outcome: row.outcome,
        subject: row.subject,
        organ: row.organ,
        origin,
        opened: time::from_millis(row.opened)?,
        ended: row.ended.map(time::from_millis).transpose()?,
        version: row.version,
        level: row.level,
        round: row.round,
        headline: row.headline,
        parts,
        timers,
        detail,
    })
}

fn part(row: HoldingRow) -> Result<Part, RowError> {
    Ok(Part {
        part: row.part,
        organ: row.organ,
        unit: row.unit,
        person: row.person,
        open: row.open != 0,
        due: row.due.map(time::from_millis).transpose()?,
    })
}

/// Reads a row object as JSON members.
pub(crate) fn members<T: serde::Serialize>(row: &T) -> Result<serde_json::Map<String, Value>, RowError> {
    match serde_json::to_value(row)? {
        Value::Object(members) => Ok(members),
        other => Ok(std::iter::once(("value".to_owned(), other)).collect()),
    }
}
