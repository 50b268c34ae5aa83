//! What was known about the calendar at a given moment?
//!
//! A deadline that was right when it was told must stay explicable after a later notice has moved it, so every notice is kept
//! with its date of publication, and each of them begins a new edition of the calendar. Refused: a missing year, notices that
//! contradict each other on one day of publication, and days that a notice has no business to name.

use super::day_number::number_of_date;
use super::error::CalendarError;
use super::hours::WorkingHours;
use super::notice::Notice;
use super::table::{Calendar, Named};
use crate::time::{Instant, date_of};
use jiff::civil::Date;
use std::collections::{BTreeMap, BTreeSet};

/// All notices of a pack, with one calendar for each state of knowledge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Almanac {
    /// INVARIANT(editions): never empty; by rising date of publication, one a date.
    editions: Vec<(Date, Calendar)>,
    latest: Calendar,
}

impl Almanac {
    /// Builds the editions from the pack's notices, in any order.
    ///
    /// # Errors
    /// [`CalendarError`] when the notices do not make one calendar.
    pub fn new(notices: &[Notice], hours: Option<WorkingHours>) -> Result<Self, CalendarError> {
        let notices = in_order(notices)?;
        let first_year = notices.iter().map(|notice| notice.year).min().ok_or(CalendarError::NoNotices)?;
        let mut editions: Vec<(Date, Calendar)> = Vec::new();
        let mut named: BTreeMap<i64, Named> = BTreeMap::new();
        let mut last_year = first_year;
        for same_day in notices.chunk_by(|one, other| one.published == other.published) {
            for notice in same_day {
                last_year = last_year.max(notice.year);
                for day in &notice.days {
                    // A later notice overrides an earlier one on the days it names.
                    named.insert(number_of_date(day.date), Named { working: day.working, name: day.name.clone() });
                }
            }
            if let Some(notice) = same_day.first() {
                let calendar = Calendar::build(first_year, last_year, named.clone(), hours.clone())?;
                editions.push((notice.published, calendar));
            }
        }
        let latest = editions.last().map(|(_, calendar)| calendar.clone()).ok_or(CalendarError::NoNotices)?;
        Ok(Self { editions, latest })
    }

    /// Returns the calendar as known at the moment: from the notices published on that Beijing day or before.
    ///
    /// # Errors
    /// [`CalendarError::NothingKnown`] when none had been published.
    pub fn as_known_at(&self, now: Instant) -> Result<&Calendar, CalendarError> {
        let today = date_of(now);
        let known = self.editions.partition_point(|(published, _)| *published <= today);
        match known.checked_sub(1).and_then(|last| self.editions.get(last)) {
            Some((_, calendar)) => Ok(calendar),
            None => {
                let first = self.editions.first().map_or(today, |(published, _)| *published);
                Err(CalendarError::NothingKnown { day: today, first })
            }
        }
    }

    /// Returns the calendar from all notices.
    pub fn latest(&self) -> &Calendar {
        &self.latest
    }

    /// Returns the days on which the calendar changed, in order: running clocks are reckoned anew on each.
    pub fn editions(&self) -> impl Iterator<Item = Date> {
        self.editions.iter().map(|(published, _)| *published)
    }
}

/// Checks the notices and sorts them by publication.
fn in_order(notices: &[Notice]) -> Result<Vec<&Notice>, CalendarError> {
    let mut ids = BTreeSet::new();
    for notice in notices {
        if !ids.insert(notice.id.as_str()) {
            return Err(CalendarError::IdTwice { id: notice.id.clone() });
        }
        check_days(notice)?;
    }
    let mut notices: Vec<&Notice> = notices.iter().collect();
    notices.sort_by_key(|notice| notice.published);
    check_succession(&notices)?;
    check_same_day(&notices)?;
    Ok(notices)
}

fn check_days(notice: &Notice) -> Result<(), CalendarError> {
    let mut seen = BTreeSet::new();
    for day in &notice.days {
        let december_before = day.date.year() == notice.year.saturating_sub(1) && day.date.month() == 12;
        if day.date.year() != notice.year && !december_before {
            return Err(CalendarError::DayOutside { id: notice.id.clone(), date: day.date });
        }
        if !seen.insert(day.date) {
            return Err(CalendarError::DayTwice { id: notice.id.clone(), date: day.date });
        }
    }
    Ok(())
}

/// Each year between the first and the last has a notice, and their first notices came in the order of the years: no edition
/// may cover a year whose notice was not known yet.
fn check_succession(in_order: &[&Notice]) -> Result<(), CalendarError> {
    let mut last_year: Option<i16> = None;
    let years: BTreeSet<i16> = in_order.iter().map(|notice| notice.year).collect();
    for notice in in_order {
        match last_year {
            Some(last) if notice.year > last.saturating_add(1) => {
                let year = last.saturating_add(1);
                let late = years.contains(&year);
                return Err(if late {
                    CalendarError::OutOfOrder { id: notice.id.clone() }
                } else {
                    CalendarError::Gap { year }
                });
            }
            None if years.first() != Some(&notice.year) => {
                return Err(CalendarError::OutOfOrder { id: notice.id.clone() });
            }
            _ => last_year = last_year.max(Some(notice.year)),
        }
    }
    Ok(())
}

/// Of two notices published on one day neither is the later one, so they must not differ.
fn check_same_day(in_order: &[&Notice]) -> Result<(), CalendarError> {
    for same_day in in_order.chunk_by(|one, other| one.published == other.published) {
        let mut said: BTreeMap<Date, (bool, &str)> = BTreeMap::new();
        for notice in same_day {
            for day in &notice.days {
                let (working, one) = *said.entry(day.date).or_insert((day.working, notice.id.as_str()));
                if working != day.working {
                    let (one, other) = (one.to_owned(), notice.id.clone());
                    return Err(CalendarError::Disagreement { one, other, date: day.date });
                }
            }
        }
    }
    Ok(())
}
