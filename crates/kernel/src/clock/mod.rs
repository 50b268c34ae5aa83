//! When does a period end, what is left of it, and by how much has it been overrun?
//!
//! [`Period`] and [`ClockRule`] say how to count, [`Reckoning`] counts, [`Clock`] is one running limit of a case. All are
//! functions of their arguments: the calendar and the present moment are handed in. Refused: a month without a named rounding,
//! a pause without a cause from the closed list or without the notice that told the party, a period that ends beyond the
//! calendar's horizon. Law: 行政许可法 82, 行政处罚法 85, 行政强制法 69, 工业和信息化行政处罚程序规定 57; open readings: ADR 0010 to 0015.

mod amount;
mod error;
mod pause;
mod period;
mod reckoning;
mod rule;
mod running;
mod steps;

pub use amount::{Amount, AmountUnit};
pub use error::ClockError;
pub use pause::Pause;
pub use period::{Period, Unit};
pub use reckoning::{DueAt, Reckoning};
pub use rule::{ClockRule, Rounding};
pub use running::{Clock, ClockKind, ClockTerms, Extension, ExtensionTerms};
pub use steps::{Due, Step, StepCode};

use crate::calendar::Calendar;
use crate::time::Instant;

/// Says when the period ends, with every day or interval that was counted or skipped.
///
/// # Errors
/// [`ClockError`] when the start is before the covered years, the end beyond the horizon, or a pause has no end yet.
pub fn due(start: Instant, rule: &ClockRule, pauses: &[Pause], calendar: &Calendar) -> Result<Due, ClockError> {
    Reckoning::new(start, rule, pauses, calendar)?.due()
}

/// Says when the period ends, without the steps: the same answer as [`due`], quickly.
///
/// # Errors
/// As [`due`].
pub fn due_at(start: Instant, rule: &ClockRule, pauses: &[Pause], calendar: &Calendar) -> Result<DueAt, ClockError> {
    Reckoning::new(start, rule, pauses, calendar)?.due_at()
}

/// Says how much of the period is left, in the unit that counts; zero once it has ended.
///
/// # Errors
/// As [`due`].
pub fn remaining(
    start: Instant,
    rule: &ClockRule,
    pauses: &[Pause],
    calendar: &Calendar,
    now: Instant,
) -> Result<Amount, ClockError> {
    Reckoning::new(start, rule, pauses, calendar)?.remaining(now)
}

/// Says by how much the period has been overrun, in the unit that counts; nothing while it runs.
///
/// # Errors
/// As [`due`].
pub fn overdue_by(
    start: Instant,
    rule: &ClockRule,
    pauses: &[Pause],
    calendar: &Calendar,
    now: Instant,
) -> Result<Option<Amount>, ClockError> {
    Reckoning::new(start, rule, pauses, calendar)?.overdue_by(now)
}
