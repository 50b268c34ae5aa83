//! Reads a register of assignments from CSV, one assignment a row.
//!
//! A row that cannot be read refuses the register: a station whose row was left out would be taken for one without a licence. All wrong
//! rows are told at once. Fields that may be empty are those of which nothing is known: place, power, height, dates.

use std::io::BufRead;

use jiff::civil::Date;

use super::{Assignment, Place};
use crate::complaint::{Complaint, Place as At};
use crate::read::Clock;
use crate::read::table::{Row, Table};

/// The fields of an assignment in the order of [`Columns::names`], as the headings of a plain table name them.
pub const FIELDS: [&str; 11] = [
    "id",
    "name",
    "frequency_hz",
    "bandwidth_hz",
    "tolerance_hz",
    "latitude",
    "longitude",
    "erp_w",
    "height_m",
    "valid_from",
    "valid_until",
];

/// So many wrong rows are told; a register with more is of another kind.
const COMPLAINTS_MOST: usize = 20;

/// By which headings the fields are found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Columns {
    /// For each of [`FIELDS`] the headings that it may have.
    pub names: [Vec<String>; 11],
}

impl Columns {
    /// The plain names of [`FIELDS`] only.
    #[must_use]
    pub fn plain() -> Self {
        Self { names: FIELDS.map(|name| vec![name.to_owned()]) }
    }
}

/// Reads a register. Dates are days of the clock's zone: `valid_from` is valid, `valid_until` no longer is.
///
/// # Errors
/// All wrong rows, each with its line (the first twenty), or what keeps the table from being read at all.
pub fn read(input: impl BufRead, columns: &Columns, clock: &Clock) -> Result<Vec<Assignment>, Vec<Complaint>> {
    let names = columns.names.each_ref().map(Vec::as_slice);
    let mut rows = Table::open(input, &names).map_err(|told| vec![told])?;
    let (mut found, mut wrong) = (Vec::new(), Vec::new());
    while wrong.len() < COMPLAINTS_MOST {
        match rows.next() {
            Ok(None) => break,
            Ok(Some((line, row))) => match assignment(&row, clock) {
                Ok(one) => found.push(one),
                Err((zh, en)) => wrong.push(Complaint::stopped(At::Line(line), zh, en)),
            },
            // After a medium that cannot be read every further line would fail alike.
            Err(told) if told.done == crate::complaint::Done::Stopped => {
                wrong.push(told);
                break;
            }
            Err(told) => wrong.push(told.ending()),
        }
    }
    if wrong.is_empty() { Ok(found) } else { Err(wrong) }
}

/// What is wrong: Chinese, English.
type Wrong = (String, String);

fn assignment(row: &Row<'_>, clock: &Clock) -> Result<Assignment, Wrong> {
    let [id, name] = [0, 1].map(|column| row.field(column).to_owned());
    if id.is_empty() {
        return Err(("没有指配编号，请填写".to_owned(), "the assignment has no `id`; enter it".to_owned()));
    }
    let (from, until) = (day(row, 9, clock)?, day(row, 10, clock)?);
    if from.zip(until).is_some_and(|(from, until)| from >= until) {
        return Err((
            "失效日期不晚于生效日期，请核对".to_owned(),
            "`valid_until` is not later than `valid_from`; check both".to_owned(),
        ));
    }
    Ok(Assignment {
        id,
        name,
        centre_hz: number(row, 2, f64::MIN_POSITIVE)?,
        bandwidth_hz: number(row, 3, f64::MIN_POSITIVE)?,
        tolerance_hz: number(row, 4, 0.0)?,
        from_ns: from.unwrap_or(i64::MIN),
        until_ns: until.unwrap_or(i64::MAX),
        place: place(row)?,
        erp_w: known(row, 7)?,
        height_m: known(row, 8)?,
    })
}

/// A finite number of at least `least`.
fn number(row: &Row<'_>, column: usize, least: f64) -> Result<f64, Wrong> {
    let (text, field) = (row.field(column), FIELDS.get(column).copied().unwrap_or_default());
    text.parse::<f64>().ok().filter(|number| number.is_finite() && *number >= least).ok_or_else(|| {
        let (zh, en) = if least > 0.0 { ("大于0的数", "above 0") } else { ("不小于0的数", "of 0 or more") };
        (
            format!("`{field}`为`{text}`，须为{zh}，请更正"),
            format!("`{field}` is `{text}` where a number {en} is needed; correct it"),
        )
    })
}

/// A number of 0 or more; 0 where nothing is told.
fn known(row: &Row<'_>, column: usize) -> Result<f64, Wrong> {
    if row.field(column).is_empty() { Ok(0.0) } else { number(row, column, 0.0) }
}

/// A place, or none where both degrees are empty. Half a place, and (0, 0), are mistakes.
fn place(row: &Row<'_>) -> Result<Option<Place>, Wrong> {
    let (north, east) = (row.field(5), row.field(6));
    if north.is_empty() && east.is_empty() {
        return Ok(None);
    }
    let degrees = north.parse().ok().zip(east.parse().ok());
    let place = degrees.and_then(|(latitude, longitude)| Place::new(latitude, longitude));
    place.map(Some).ok_or_else(|| {
        (
            format!("位置`{north}, {east}`不成立（0, 0 表示未知，未知请留空），请更正"),
            format!("`{north}, {east}` is no place (0, 0 means that none is known: leave both empty); correct it"),
        )
    })
}

/// The first moment of a day, or none where nothing is told.
fn day(row: &Row<'_>, column: usize, clock: &Clock) -> Result<Option<i64>, Wrong> {
    let (text, field) = (row.field(column), FIELDS.get(column).copied().unwrap_or_default());
    if text.is_empty() {
        return Ok(None);
    }
    let date: Option<Date> = text.parse().ok();
    let stamp = date.and_then(|date| clock.zone.to_zoned(date.at(0, 0, 0, 0)).ok());
    let ns = stamp.and_then(|zoned| i64::try_from(zoned.timestamp().as_nanosecond()).ok());
    ns.map(Some).ok_or_else(|| {
        (
            format!("`{field}`为`{text}`，应为`2024-05-01`这样的日期，请更正"),
            format!("`{field}` is `{text}` where a date such as `2024-05-01` is needed; correct it"),
        )
    })
}
