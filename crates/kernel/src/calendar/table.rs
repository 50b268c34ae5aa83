//! How are working days counted without walking over them?
//!
//! The covered days lie in a table of running totals, so that "how many working days between" is one subtraction and "which is
//! the n-th from here" one look-up. Beyond the table the weekend rule goes on by whole weeks, provisionally.

use super::day_number::{date_of_number, is_weekday, number_of_date, number_of_instant, weekday_at, weekdays_before};
use super::error::CalendarError;
use super::hours::WorkingHours;
use crate::time::Instant;
use jiff::civil::Date;
use serde::Serialize;
use std::collections::BTreeMap;

/// How far beyond the covered years the weekend rule is followed: a century.
const HORIZON_DAYS: i64 = 36_525;

/// The calendar as it was known at some moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Calendar {
    /// Number of the first covered day, 1 January of the first covered year.
    first: i64,
    /// Number of the day after the last covered one.
    end: i64,
    /// Number of the first day that a later notice may still move: 1 December of the last covered year.
    provisional: i64,
    /// `totals[i]`: working days among the first `i` covered days; one longer than the covered days.
    totals: Vec<i64>,
    /// The numbers of the covered working days, in order.
    working: Vec<i64>,
    /// The covered days that a notice names.
    named: BTreeMap<i64, Named>,
    hours: Option<WorkingHours>,
}

/// What the latest notice says about a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Named {
    pub(super) working: bool,
    pub(super) name: String,
}

/// What the calendar knows about one day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Day {
    /// The day.
    pub date: Date,
    /// Whether it is a working day.
    pub working: bool,
    /// Whether a later notice may still move it.
    pub provisional: bool,
    /// Why it is one or not.
    pub kind: DayKind,
}

/// Why a day is a working day or not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum DayKind {
    /// Monday to Friday, and no notice says otherwise.
    Workday,
    /// Saturday or Sunday, and no notice says otherwise.
    Weekend,
    /// A notice makes it a day off, on account of the holiday named.
    Holiday(String),
    /// A notice makes a Saturday or Sunday a working day, on account of the holiday named (调休).
    MakeUp(String),
}

impl DayKind {
    /// Returns a note in Chinese and English; empty for an ordinary working day.
    pub fn note(&self) -> String {
        match self {
            Self::Workday => String::new(),
            Self::Weekend => "周末 / weekend".to_owned(),
            Self::Holiday(name) => format!("{name}放假 / holiday"),
            Self::MakeUp(name) => format!("{name}调休上班 / make-up working day"),
        }
    }
}

impl Calendar {
    /// Builds the table for whole years; `named` holds what the latest notice says about each day it names.
    pub(super) fn build(
        first_year: i16,
        last_year: i16,
        named: BTreeMap<i64, Named>,
        hours: Option<WorkingHours>,
    ) -> Result<Self, CalendarError> {
        let date = |year, month| Date::new(year, month, 1).map_err(|_| CalendarError::Gap { year });
        let first = number_of_date(date(first_year, 1)?);
        let end = number_of_date(date(last_year.saturating_add(1), 1)?);
        let provisional = number_of_date(date(last_year, 12)?);
        let mut totals = vec![0];
        let mut working = Vec::new();
        for number in first..end {
            if named.get(&number).map_or_else(|| is_weekday(number), |day| day.working) {
                working.push(number);
            }
            totals.push(working.len() as i64);
        }
        Ok(Self { first, end, provisional, totals, working, named, hours })
    }

    /// Returns the first covered day: 1 January of the first covered year.
    pub fn first_day(&self) -> Date {
        shown(self.first)
    }

    /// Returns the last covered day: 31 December of the last covered year, itself provisional.
    pub fn last_day(&self) -> Date {
        shown(self.end - 1)
    }

    /// Returns the first day that a later notice may still move: 1 December of the last covered year.
    pub fn first_provisional_day(&self) -> Date {
        shown(self.provisional)
    }

    /// Returns the working hours of the pack, where it names them.
    pub fn hours(&self) -> Option<&WorkingHours> {
        self.hours.as_ref()
    }

    /// Says whether the day is a working day.
    ///
    /// # Errors
    /// [`CalendarError::BeforeCover`] or [`CalendarError::TooFar`].
    pub fn is_working(&self, date: Date) -> Result<bool, CalendarError> {
        let number = self.covered(number_of_date(date))?;
        Ok(self.works(number))
    }

    /// Says what is known about the day.
    ///
    /// # Errors
    /// [`CalendarError::BeforeCover`] or [`CalendarError::TooFar`].
    pub fn day(&self, date: Date) -> Result<Day, CalendarError> {
        let number = self.covered(number_of_date(date))?;
        Ok(Day { date, working: self.works(number), provisional: number >= self.provisional, kind: self.kind(number) })
    }

    /// Lists the days from `from` up to `until`, the latter excluded.
    ///
    /// # Errors
    /// As [`Self::count_working`].
    pub fn days(&self, from: Date, until: Date) -> Result<Vec<Day>, CalendarError> {
        let (from, until) = self.range(from, until)?;
        (from..until).map(|number| self.day(shown(number))).collect()
    }

    /// Counts the working days from `from` up to `until`, the latter excluded.
    ///
    /// # Errors
    /// [`CalendarError::Reversed`], [`CalendarError::BeforeCover`] or [`CalendarError::TooFar`].
    pub fn count_working(&self, from: Date, until: Date) -> Result<u64, CalendarError> {
        let (from, until) = self.range(from, until)?;
        Ok((self.working_before(until) - self.working_before(from)).unsigned_abs())
    }

    /// Returns the first working day on or after the day.
    ///
    /// # Errors
    /// [`CalendarError::BeforeCover`] or [`CalendarError::TooFar`].
    pub fn next_working(&self, date: Date) -> Result<Date, CalendarError> {
        let number = self.covered(number_of_date(date))?;
        self.covered(self.next_working_number(number)).map(shown)
    }

    /// Checks that the moment is one about which the calendar knows something.
    pub(crate) fn check_start(&self, instant: Instant) -> Result<i64, CalendarError> {
        self.covered(number_of_instant(instant))
    }

    /// Checks that the day is neither before the covered years nor beyond the horizon, and gives it back.
    pub(crate) fn covered(&self, number: i64) -> Result<i64, CalendarError> {
        if number < self.first {
            Err(CalendarError::BeforeCover { date: shown(number), first: self.first_day() })
        } else if number > self.horizon() {
            Err(CalendarError::TooFar { last: shown(self.horizon()) })
        } else {
            Ok(number)
        }
    }

    /// Returns the last day that is answered at all.
    pub(crate) fn horizon(&self) -> i64 {
        self.end - 1 + HORIZON_DAYS
    }

    pub(crate) fn is_provisional(&self, number: i64) -> bool {
        number >= self.provisional
    }

    /// Says whether the day works; days before the covered ones follow the weekend rule, callers check them first.
    pub(crate) fn works(&self, number: i64) -> bool {
        self.named.get(&number).map_or_else(|| is_weekday(number), |day| day.working)
    }

    pub(crate) fn kind(&self, number: i64) -> DayKind {
        match (self.named.get(&number), is_weekday(number)) {
            (Some(day), _) if !day.working => DayKind::Holiday(day.name.clone()),
            (Some(day), false) => DayKind::MakeUp(day.name.clone()),
            (_, true) => DayKind::Workday,
            (None, false) => DayKind::Weekend,
        }
    }

    /// Returns how many covered working days lie before the day. O(1).
    pub(crate) fn working_before(&self, number: i64) -> i64 {
        let index = usize::try_from(number - self.first).unwrap_or(0);
        match self.totals.get(index) {
            Some(total) => *total,
            None => self.working.len() as i64 + weekdays_before(number) - weekdays_before(self.end),
        }
    }

    /// Returns the working day that has so many working days before it: the inverse of [`Self::working_before`]. O(1).
    pub(crate) fn working_at(&self, count: i64) -> i64 {
        let index = usize::try_from(count).unwrap_or(0);
        match self.working.get(index) {
            Some(number) => *number,
            None => weekday_at(weekdays_before(self.end) + count - self.working.len() as i64),
        }
    }

    pub(crate) fn next_working_number(&self, number: i64) -> i64 {
        self.working_at(self.working_before(number))
    }

    fn range(&self, from: Date, until: Date) -> Result<(i64, i64), CalendarError> {
        if from > until {
            return Err(CalendarError::Reversed { from, until });
        }
        let first = self.covered(number_of_date(from))?;
        let end = number_of_date(until);
        // The end is excluded, so the day after the last answered one may stand there.
        self.covered((end - 1).max(first))?;
        Ok((first, end))
    }
}

/// Covered day numbers always have a date; the last date of the library stands in for what cannot happen.
fn shown(number: i64) -> Date {
    date_of_number(number).unwrap_or(Date::MAX)
}
