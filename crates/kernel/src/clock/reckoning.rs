//! How is the end of a period found without walking over its days?
//!
//! Between two pauses the calendar's running totals say at once how much of the period fits, so the work grows with the number of
//! pauses and not with the length of the period. Day periods end at the midnight after their last day, that moment excluded.
//! Periods of months become calendar days first, and the days that pauses touch are added after (ADR 0013). The slow twin in
//! testkit counts one day at a time and must agree.

use super::amount::{Amount, AmountUnit};
use super::error::ClockError;
use super::pause::{OPEN, Pause, Stretches, paused_millis, stretch_around, touched_days};
use super::period::Unit;
use super::rule::{ClockRule, Rounding};
use crate::calendar::{Calendar, WorkingHours, date_of_number, midnight_millis, number_of_date, number_of_millis};
use crate::time::{self, Instant};
use jiff::civil::Date;
use jiff::{Span, ToSpan};

/// When a period ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DueAt {
    /// The end, excluded: what is done at this moment is late.
    pub at: Instant,
    /// The last day, in Beijing, on any part of which one is in time.
    pub last_day: Date,
    /// Whether a later notice may still move the end.
    pub provisional: bool,
}

/// One period laid over a calendar: the common ground of due, remaining and overdue.
#[derive(Debug, Clone)]
pub struct Reckoning<'a> {
    pub(super) calendar: &'a Calendar,
    pub(super) pauses: &'a [Pause],
    pub(super) rule: ClockRule,
    pub(super) counting: Counting<'a>,
    /// Milliseconds since 1970 at which the period starts.
    pub(super) start: i64,
    /// Number of the first day that can count.
    pub(super) first: i64,
    /// Milliseconds that do not count.
    pub(super) paused: Stretches,
    /// Days that do not count because a pause touches them.
    pub(super) touched: Stretches,
}

/// What is counted.
#[derive(Debug, Clone, Copy)]
pub(super) enum Counting<'a> {
    WorkingDays,
    Days,
    Millis,
    OpenMillis(&'a WorkingHours),
}

impl<'a> Reckoning<'a> {
    /// Lays the period over the calendar.
    ///
    /// # Errors
    /// [`ClockError`] when the rule is incomplete, the start is not covered, a pause runs backwards, or hours of work are
    /// counted and the calendar has none.
    pub fn new(
        start: Instant,
        rule: &ClockRule,
        pauses: &'a [Pause],
        calendar: &'a Calendar,
    ) -> Result<Self, ClockError> {
        rule.check()?;
        let start_day = calendar.check_start(start)?;
        let counting = match rule.period.unit {
            Unit::WorkingDays => Counting::WorkingDays,
            Unit::Days | Unit::Months | Unit::Years => Counting::Days,
            Unit::Minutes | Unit::Hours => Counting::Millis,
            Unit::WorkingHours => Counting::OpenMillis(calendar.hours().ok_or(ClockError::NoWorkingHours)?),
        };
        let paused = paused_millis(pauses)?;
        let touched = if rule.period.unit.counts_days() { touched_days(&paused) } else { Stretches::new() };
        let first = if rule.counts_first_day { start_day } else { start_day + 1 };
        Ok(Self { calendar, pauses, rule: *rule, counting, start: time::to_millis(start), first, paused, touched })
    }

    /// Says when the period ends.
    ///
    /// # Errors
    /// [`ClockError::StillPaused`] or [`ClockError::TooLong`].
    pub fn due_at(&self) -> Result<DueAt, ClockError> {
        let end = self.end_of(self.quantity()?)?;
        if self.rule.period.unit.counts_days() { self.ending_with(self.rolled(end)?) } else { self.ending_at(end) }
    }

    /// Says when so many thousandths of the period have passed, rounded up to a whole day or millisecond: for reminders.
    ///
    /// # Errors
    /// As [`Self::due_at`].
    pub fn share_at(&self, per_mille: u32) -> Result<Instant, ClockError> {
        let share = (i128::from(self.quantity()?) * i128::from(per_mille) + 999) / 1_000;
        let share = i64::try_from(share).map_err(|_| self.too_long())?;
        if share == 0 {
            return time::from_millis(self.start).map_err(|_| self.too_long());
        }
        let end = self.end_of(share)?;
        let due = if self.rule.period.unit.counts_days() { self.ending_with(end) } else { self.ending_at(end) };
        due.map(|due| due.at)
    }

    /// Says how much is left at `now`, in the unit that counts. Days include today, for today one can still act; zero once the
    /// period has ended.
    ///
    /// # Errors
    /// As [`Self::due_at`].
    pub fn remaining(&self, now: Instant) -> Result<Amount, ClockError> {
        let due = self.due_at()?;
        if now >= due.at {
            return Ok(self.amount(0));
        }
        let now = time::to_millis(now).max(self.start);
        if self.rule.period.unit.counts_days() {
            let today = number_of_millis(now).max(self.first);
            Ok(self.amount(self.unpaused(&self.touched, today, number_of_date(due.last_day) + 1)))
        } else {
            Ok(self.amount(self.unpaused(&self.paused, now, time::to_millis(due.at))))
        }
    }

    /// Says how many thousandths of the period have passed at `now`, 0 to 1000: for a bar on a page.
    ///
    /// # Errors
    /// As [`Self::due_at`].
    pub fn gone_per_mille(&self, now: Instant) -> Result<u32, ClockError> {
        let whole = u128::from(self.quantity()?.unsigned_abs()).max(1);
        // Days that an end has rolled over are left, but are no part of the period.
        let left = u128::from(self.remaining(now)?.count).min(whole);
        Ok(u32::try_from((whole - left) * 1_000 / whole).unwrap_or(1_000))
    }

    /// Says by how much the period is overrun at `now`, in the unit that counts; nothing while it runs. Days include today, and
    /// may be zero when only rest days have passed since.
    ///
    /// # Errors
    /// As [`Self::due_at`].
    pub fn overdue_by(&self, now: Instant) -> Result<Option<Amount>, ClockError> {
        let due = self.due_at()?;
        if now < due.at {
            return Ok(None);
        }
        let now = time::to_millis(now);
        let over = if self.rule.period.unit.counts_days() {
            self.measure(number_of_date(due.last_day) + 1, number_of_millis(now) + 1)
        } else {
            self.measure(time::to_millis(due.at), now)
        };
        Ok(Some(self.amount(over)))
    }

    /// Returns how many days or milliseconds must pass that count.
    pub(super) fn quantity(&self) -> Result<i64, ClockError> {
        let n = i64::from(self.rule.period.n);
        Ok(match self.rule.period.unit {
            Unit::WorkingDays | Unit::Days => n,
            Unit::Minutes => n * 60_000,
            Unit::Hours | Unit::WorkingHours => n * 3_600_000,
            Unit::Months => self.last_day_of_months(n)? - self.first + 1,
            Unit::Years => self.last_day_of_months(n * 12)? - self.first + 1,
        })
    }

    /// Returns the last day of a period of months without pauses: the day that bears the number of the start's day (民法典 202),
    /// or the one before it where the day of the start counts.
    fn last_day_of_months(&self, months: i64) -> Result<i64, ClockError> {
        let start = date_of_number(number_of_millis(self.start)).ok_or_else(|| self.too_long())?;
        let span: Span = 0.months().try_months(months).map_err(|_| self.too_long())?;
        let end = start.checked_add(span).map_err(|_| self.too_long())?;
        let lacks_the_day = end.day() != start.day();
        let number = number_of_date(end);
        let rounding = self.rule.rounding.ok_or(ClockError::UnnamedRounding(self.rule.period))?;
        Ok(match (lacks_the_day, rounding, self.rule.counts_first_day) {
            (false, _, counts_first) => number - i64::from(counts_first),
            // The library has answered the last day of the month. Where the first day counts, the month's end is the last day
            // under either rounding: the day after it, less one.
            (true, Rounding::EndOfMonth, _) | (true, Rounding::NextDay, true) => number,
            (true, Rounding::NextDay, false) => number + 1,
        })
    }

    /// Returns the day number or the millisecond at which so much has been counted.
    fn end_of(&self, quantity: i64) -> Result<i64, ClockError> {
        let days = self.rule.period.unit.counts_days();
        let (stretches, mut cursor) = if days { (&self.touched, self.first) } else { (&self.paused, self.start) };
        let mut need = quantity;
        for &(from, until) in stretches {
            if until <= cursor {
                continue;
            }
            let fits = self.measure(cursor, from.max(cursor));
            if fits >= need {
                break;
            }
            if until == OPEN {
                return Err(self.still_paused(from));
            }
            need -= fits;
            cursor = until.max(cursor);
        }
        Ok(self.advance(cursor, need))
    }

    /// Counts what lies between two day numbers or milliseconds, pauses or not.
    pub(super) fn measure(&self, from: i64, until: i64) -> i64 {
        match self.counting {
            Counting::Days | Counting::Millis => until - from,
            Counting::WorkingDays => self.calendar.working_before(until) - self.calendar.working_before(from),
            Counting::OpenMillis(hours) => self.open_until(hours, until) - self.open_until(hours, from),
        }
    }

    /// Finds the day (itself the last counted) or the millisecond (itself excluded) that completes a need of at least one.
    fn advance(&self, from: i64, need: i64) -> i64 {
        match self.counting {
            Counting::Days => from + need - 1,
            Counting::Millis => from + need,
            Counting::WorkingDays => self.calendar.working_at(self.calendar.working_before(from) + need - 1),
            Counting::OpenMillis(hours) => {
                let total = self.open_until(hours, from) + need;
                // An opening that is used up ends the period there and then, not when the next one begins.
                let whole_days = (total - 1) / hours.millis_per_day();
                let day = self.calendar.working_at(whole_days);
                midnight_millis(day) + hours.when_open_for(total - whole_days * hours.millis_per_day())
            }
        }
    }

    /// Returns how long the office was open from the first covered day to the millisecond.
    fn open_until(&self, hours: &WorkingHours, millis: i64) -> i64 {
        let day = number_of_millis(millis);
        let today = if self.calendar.works(day) { hours.open_before(millis - midnight_millis(day)) } else { 0 };
        self.calendar.working_before(day) * hours.millis_per_day() + today
    }

    /// Counts between two day numbers or milliseconds what no pause takes out.
    fn unpaused(&self, stretches: &[(i64, i64)], from: i64, until: i64) -> i64 {
        let overlap = |&(lo, hi): &(i64, i64)| {
            let (lo, hi) = (lo.clamp(from, until), hi.clamp(from, until));
            self.measure(lo, hi)
        };
        self.measure(from, until) - stretches.iter().map(overlap).sum::<i64>()
    }

    /// Moves an end on a rest day to the next working day that no pause touches, where the rule rolls.
    fn rolled(&self, last: i64) -> Result<i64, ClockError> {
        if !self.rule.rolls || last > self.calendar.horizon() {
            return Ok(last);
        }
        let mut day = last;
        loop {
            day = self.calendar.next_working_number(day);
            match stretch_around(&self.touched, day) {
                None => return Ok(day),
                Some((from, OPEN)) => return Err(self.still_paused(from)),
                Some((_, after)) => day = after,
            }
        }
    }

    fn ending_with(&self, last: i64) -> Result<DueAt, ClockError> {
        let depends_on_calendar = self.rule.rolls || matches!(self.counting, Counting::WorkingDays);
        self.answer(midnight_millis(last + 1), last, depends_on_calendar)
    }

    fn ending_at(&self, millis: i64) -> Result<DueAt, ClockError> {
        self.answer(millis, number_of_millis(millis - 1), matches!(self.counting, Counting::OpenMillis(_)))
    }

    fn answer(&self, end: i64, last: i64, depends_on_calendar: bool) -> Result<DueAt, ClockError> {
        self.calendar.covered(last).map_err(|_| self.too_long())?;
        let at = time::from_millis(end).map_err(|_| self.too_long())?;
        let last_day = date_of_number(last).ok_or_else(|| self.too_long())?;
        Ok(DueAt { at, last_day, provisional: depends_on_calendar && self.calendar.is_provisional(last) })
    }

    fn amount(&self, count: i64) -> Amount {
        let unit = match self.counting {
            Counting::WorkingDays => AmountUnit::WorkingDays,
            Counting::Days => AmountUnit::Days,
            Counting::Millis => AmountUnit::Milliseconds,
            Counting::OpenMillis(_) => AmountUnit::WorkingMilliseconds,
        };
        Amount { count: count.max(0).unsigned_abs(), unit }
    }

    fn too_long(&self) -> ClockError {
        ClockError::TooLong(self.rule.period)
    }

    fn still_paused(&self, from: i64) -> ClockError {
        // For day periods the stretch holds a day number; the pause itself knows the moment.
        let since = self.pauses.iter().filter(|pause| pause.until.is_none()).map(|pause| pause.from).min();
        ClockError::StillPaused { since: since.map_or_else(|| from.to_string(), time::print) }
    }
}
