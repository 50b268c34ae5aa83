//! What would a clerk with a wall calendar answer?
//!
//! The deliberately slow twin of the kernel's calendar and clocks: it looks at each day, hour and pause in turn and keeps no
//! totals. It shares nothing with the kernel but the notices as they were read, so that one mistake is not made twice.

use guiju_kernel::calendar::Notice;
use jiff::civil::{Date, Time, Weekday};
use jiff::tz::{TimeZone, offset};
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeMap;

/// Days are walked at most this far; what ends later is no test of the fast twin.
const PATIENCE_DAYS: u32 = 40_000;

/// The wall calendar.
#[derive(Debug, Clone)]
pub struct SlowCalendar {
    named: BTreeMap<Date, (Date, bool)>,
    last_year: i16,
    openings: Vec<(Time, Time)>,
}

/// A stretch that does not count; without an end while it lasts.
pub type SlowPause = (Timestamp, Option<Timestamp>);

/// The question of a period, in words of its own.
#[derive(Debug, Clone)]
pub struct SlowPeriod {
    /// How many.
    pub n: u32,
    /// `working_days`, `days`, `months`, `years`, `minutes`, `hours` or `working_hours`.
    pub unit: &'static str,
    /// Whether an end on a rest day rolls on.
    pub rolls: bool,
    /// Whether the day of the start counts.
    pub counts_first_day: bool,
    /// Whether a day that its month lacks becomes the first of the next month instead of the month's last day.
    pub next_day: bool,
}

/// The answer: the end, excluded; the last day; whether a later notice may move it.
pub type SlowDue = (Timestamp, Date, bool);

impl SlowCalendar {
    /// Reads the notices published by the day; openings are the working hours of a day.
    pub fn new(notices: &[Notice], known_on: Date, openings: &[(Time, Time)]) -> Self {
        let mut named: BTreeMap<Date, (Date, bool)> = BTreeMap::new();
        let mut last_year = 0;
        for notice in notices {
            if notice.published > known_on {
                continue;
            }
            last_year = last_year.max(notice.year);
            for day in &notice.days {
                let newer = named.get(&day.date).is_none_or(|(published, _)| *published < notice.published);
                if newer {
                    named.insert(day.date, (notice.published, day.working));
                }
            }
        }
        Self { named, last_year, openings: openings.to_vec() }
    }

    /// Says whether one works on the day.
    pub fn is_working(&self, date: Date) -> bool {
        match self.named.get(&date) {
            Some((_, working)) => *working,
            None => date.weekday() != Weekday::Saturday && date.weekday() != Weekday::Sunday,
        }
    }

    /// Says whether a later notice may still move the day.
    pub fn is_provisional(&self, date: Date) -> bool {
        date.year() > self.last_year || (date.year() == self.last_year && date.month() == 12)
    }

    /// Counts the working days from one day up to another, the latter excluded.
    pub fn count_working(&self, from: Date, until: Date) -> u64 {
        let mut day = from;
        let mut count = 0;
        while day < until {
            if self.is_working(day) {
                count += 1;
            }
            day = after(day);
        }
        count
    }

    /// Says when the period ends; nothing when a pause without end keeps it from ending, or patience does.
    pub fn due(&self, start: Timestamp, period: &SlowPeriod, pauses: &[SlowPause]) -> Option<SlowDue> {
        match period.unit {
            "working_days" | "days" | "months" | "years" => self.due_in_days(start, period, pauses),
            "minutes" => self.due_in_time(start, minutes(period.n), false, pauses),
            "hours" => self.due_in_time(start, minutes(period.n.checked_mul(60)?), false, pauses),
            "working_hours" => self.due_in_time(start, minutes(period.n.checked_mul(60)?), true, pauses),
            _ => None,
        }
    }

    /// Counts the days from today, today included, up to the last day, itself included, that are of the unit and not paused.
    pub fn days_left(&self, today: Date, last: Date, working: bool, pauses: &[SlowPause]) -> u64 {
        let mut day = today;
        let mut count = 0;
        while day <= last {
            if !touched(day, pauses) && (!working || self.is_working(day)) {
                count += 1;
            }
            day = after(day);
        }
        count
    }

    fn due_in_days(&self, start: Timestamp, period: &SlowPeriod, pauses: &[SlowPause]) -> Option<SlowDue> {
        let start_day = day_of(start);
        let mut day = if period.counts_first_day { start_day } else { after(start_day) };
        let mut need = match period.unit {
            "months" => calendar_days(day, month_end(start_day, period.n, period)?),
            "years" => calendar_days(day, month_end(start_day, period.n.checked_mul(12)?, period)?),
            _ => period.n,
        };
        let working = period.unit == "working_days";
        for _ in 0..PATIENCE_DAYS {
            if !touched(day, pauses) && (!working || self.is_working(day)) {
                need -= 1;
            }
            if need == 0 {
                let last = if period.rolls { self.roll(day, pauses)? } else { day };
                let moves = (working || period.rolls) && self.is_provisional(last);
                return Some((midnight(after(last)), last, moves));
            }
            if for_ever(day, pauses) {
                return None;
            }
            day = after(day);
        }
        None
    }

    fn roll(&self, last: Date, pauses: &[SlowPause]) -> Option<Date> {
        let mut day = last;
        for _ in 0..PATIENCE_DAYS {
            if self.is_working(day) && !touched(day, pauses) {
                return Some(day);
            }
            if for_ever(day, pauses) {
                return None;
            }
            day = after(day);
        }
        None
    }

    fn due_in_time(
        &self,
        start: Timestamp,
        need: SignedDuration,
        open_only: bool,
        pauses: &[SlowPause],
    ) -> Option<SlowDue> {
        let mut need = need;
        let mut day = day_of(start);
        for _ in 0..PATIENCE_DAYS {
            for (from, until) in self.stretches(day, open_only, pauses) {
                let from = from.max(start);
                if from >= until || pauses.iter().any(|pause| pause.0 <= from && pause.1.is_none_or(|end| from < end)) {
                    continue;
                }
                let length = until.duration_since(from);
                if need <= length {
                    let at = from + need;
                    let last = day_of(at - SignedDuration::from_millis(1));
                    return Some((at, last, open_only && self.is_provisional(last)));
                }
                need -= length;
            }
            if for_ever(day, pauses) {
                return None;
            }
            day = after(day);
        }
        None
    }

    /// Cuts a day at each opening and at each edge of a pause, so that each piece counts whole or not at all.
    fn stretches(&self, day: Date, open_only: bool, pauses: &[SlowPause]) -> Vec<(Timestamp, Timestamp)> {
        let (begin, end) = (midnight(day), midnight(after(day)));
        let mut spans = Vec::new();
        if !open_only {
            spans.push((begin, end));
        } else if self.is_working(day) {
            for (from, until) in &self.openings {
                spans.push((at(day, *from), at(day, *until)));
            }
        }
        for pause in pauses {
            for edge in [Some(pause.0), pause.1].into_iter().flatten() {
                let mut cut = Vec::new();
                for (from, until) in spans {
                    if from < edge && edge < until {
                        cut.push((from, edge));
                        cut.push((edge, until));
                    } else {
                        cut.push((from, until));
                    }
                }
                spans = cut;
            }
        }
        spans
    }
}

/// Goes on month by month from the first of the start's month, then looks for the day in the month it reached.
fn month_end(start: Date, months: u32, period: &SlowPeriod) -> Option<Date> {
    let (mut year, mut month) = (start.year(), start.month());
    for _ in 0..months {
        month += 1;
        if month == 13 {
            month = 1;
            year = year.checked_add(1)?;
        }
    }
    let first_of_month = Date::new(year, month, 1).ok()?;
    match Date::new(year, month, start.day()) {
        Ok(same_day) if period.counts_first_day => same_day.yesterday().ok(),
        Ok(same_day) => Some(same_day),
        Err(_) if period.next_day && !period.counts_first_day => Some(after(first_of_month.last_of_month())),
        Err(_) => Some(first_of_month.last_of_month()),
    }
}

/// Counts the days from one day to another, both included.
fn calendar_days(from: Date, last: Date) -> u32 {
    let mut day = from;
    let mut count = 0;
    while day <= last {
        count += 1;
        day = after(day);
    }
    count
}

fn touched(day: Date, pauses: &[SlowPause]) -> bool {
    let (begin, end) = (midnight(day), midnight(after(day)));
    pauses.iter().any(|(from, until)| {
        let empty = until.is_some_and(|until| until <= *from);
        !empty && *from < end && until.is_none_or(|until| until > begin)
    })
}

/// A pause without end has begun by the end of the day: nothing will count any more.
fn for_ever(day: Date, pauses: &[SlowPause]) -> bool {
    pauses.iter().any(|pause| pause.1.is_none() && pause.0 < midnight(after(day)))
}

fn minutes(n: u32) -> SignedDuration {
    SignedDuration::from_mins(i64::from(n))
}

fn after(day: Date) -> Date {
    day.tomorrow().unwrap_or(Date::MAX)
}

fn beijing() -> TimeZone {
    TimeZone::fixed(offset(8))
}

fn day_of(moment: Timestamp) -> Date {
    beijing().to_datetime(moment).date()
}

fn at(day: Date, time: Time) -> Timestamp {
    beijing().to_timestamp(day.to_datetime(time)).unwrap_or(Timestamp::MAX)
}

fn midnight(day: Date) -> Timestamp {
    at(day, Time::midnight())
}
