//! Courses: how cases of any procedure go in the demonstration year, told as data in the plan.
//!
//! A course says how many cases there are, when they begin, and which acts follow after how long, by whom and with what. Its values
//! may hold placeholders in pointed brackets (`<firm.code>`, `<n:4>`, `<date+365>` …; docs/formats/plan.md lists them). Nothing here
//! knows any procedure: what the rules refuse ends the demonstration with the refusal.

use guiju_kernel::calendar::Calendar;
use guiju_kernel::time::{civil_of, date_of, from_millis, midnight, to_millis};
use jiff::civil::Date;
use serde::Deserialize;
use serde::de::{Deserializer, Error as _};
use serde_json::{Map, Value};

use crate::chance::Dice;
use crate::days::{DAY, HOUR, MINUTE, spread};
use crate::lottery::Lottery;
use crate::plan::{Plan, Share};

/// Entries that a register has from the start.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entries {
    pub register: String,
    #[serde(default = "once")]
    pub count: u32,
    pub key: String,
    pub fields: Map<String, Value>,
}

/// Cases of one procedure that go the same way.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Course {
    /// Names the course in complaints and keeps its chances apart from those of others.
    pub id: String,
    pub procedure: String,
    pub count: u32,
    /// The days on which its cases begin (half-open); the plan's own where nothing is said.
    #[serde(default)]
    pub from: Option<Date>,
    #[serde(default)]
    pub until: Option<Date>,
    /// `firm` (one by chance), `nobody`, or the key of an entry with placeholders.
    pub subject: String,
    /// Only these firms of the register, by their place from 1; all of them where nothing is said.
    #[serde(default)]
    pub firms: Vec<u32>,
    /// Ways that some of the cases go: name and share.
    #[serde(default)]
    pub ways: std::collections::BTreeMap<String, Share>,
    /// Its firms and officers are drawn: the n-th case has the n-th firm drawn, and `drawn` in `by` means its two officers.
    #[serde(default)]
    pub draw: Option<Lottery>,
    pub steps: Vec<CourseStep>,
}

/// One act of a course.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CourseStep {
    pub act: String,
    /// Accounts of the plan, or `party`.
    pub by: Vec<String>,
    /// How long after the step before; a range is drawn from. The first step begins the case.
    #[serde(default)]
    pub after: Option<Wait>,
    /// Done at any hour, not moved into office hours.
    #[serde(default)]
    pub any_hour: bool,
    /// Only where the case goes this way, or only where it does not.
    #[serde(default)]
    pub only: Option<String>,
    #[serde(default)]
    pub unless: Option<String>,
    #[serde(default)]
    pub given: Map<String, Value>,
    /// Field -> name of a file that is attached there.
    #[serde(default)]
    pub files: std::collections::BTreeMap<String, String>,
}

/// A span of minutes, hours, days or working days, or a range of them: `30m`, `2h..6h`, `6wd`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wait {
    /// Milliseconds, half-open.
    Span(i64, i64),
    /// Working days after that of the step before.
    WorkingDays(u32),
}

fn once() -> u32 {
    1
}

impl<'de> Deserialize<'de> for Wait {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Wait, D::Error> {
        let text = String::deserialize(deserializer)?;
        parse(&text).ok_or_else(|| {
            D::Error::custom(format!("`{text}`：应写成 30m、2h、1d、2h..6h 或 5wd / write 30m, 2h, 1d, 2h..6h or 5wd"))
        })
    }
}

fn parse(text: &str) -> Option<Wait> {
    if let Some(days) = text.strip_suffix("wd") {
        return days.parse().ok().map(Wait::WorkingDays);
    }
    let one = |text: &str| {
        let (number, unit) = text.split_at_checked(text.len().checked_sub(1)?)?;
        let unit = match unit {
            "m" => MINUTE,
            "h" => HOUR,
            "d" => DAY,
            _ => return None,
        };
        number.parse::<u32>().ok().map(|number| i64::from(number) * unit)
    };
    match text.split_once("..") {
        None => one(text).map(|span| Wait::Span(span, span + 1)),
        Some((from, until)) => {
            let (from, until) = (one(from)?, one(until)?);
            (from < until).then_some(Wait::Span(from, until))
        }
    }
}

/// An act of a case that is to come: of which course, which of its cases, which step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Due {
    pub at: i64,
    pub course: usize,
    pub case: u32,
    pub step: usize,
}

/// Everything that the plan's courses foresee before the cut-off, in order.
pub fn foreseen(plan: &Plan, calendar: &Calendar) -> Vec<Due> {
    let cut = to_millis(midnight(plan.until));
    let mut all = Vec::new();
    for (number, course) in plan.courses.iter().enumerate() {
        let mut dice = Dice::new(plan.seed, &course.id);
        let (from, until) = (course.from.unwrap_or(plan.from), course.until.unwrap_or(plan.until));
        let begins = spread(course.count, from, until, &plan.profile, calendar, &mut dice);
        for (case, begin) in (0u32..).zip(begins) {
            let ways: Vec<&str> =
                course.ways.iter().filter(|(_, share)| dice.per_mille(share.0)).map(|(way, _)| way.as_str()).collect();
            let goes = |way: &Option<String>| way.as_deref().is_none_or(|way| ways.contains(&way));
            let mut at = begin;
            for (step, told) in course.steps.iter().enumerate() {
                if !goes(&told.only) || told.unless.as_deref().is_some_and(|way| ways.contains(&way)) {
                    continue;
                }
                at = waited(at, told, calendar, &mut dice);
                if at >= cut {
                    break;
                }
                all.push(Due { at, course: number, case, step });
            }
        }
    }
    // Stable: steps of one case that share a moment keep their order.
    all.sort_by_key(|due| (due.at, due.course, due.case));
    all
}

fn waited(at: i64, step: &CourseStep, calendar: &Calendar, dice: &mut Dice) -> i64 {
    let after = match step.after {
        None => at,
        Some(Wait::Span(from, until)) => at + dice.between(from, until),
        Some(Wait::WorkingDays(days)) => {
            let mut day = at;
            for _ in 0..days {
                day = next_working(day + DAY, calendar);
            }
            day
        }
    };
    if step.any_hour { after } else { in_office(after, calendar) }
}

/// The same time of day on this day or, if it is one of rest, on the next working day.
fn next_working(mut at: i64, calendar: &Calendar) -> i64 {
    while from_millis(at).is_ok_and(|moment| !calendar.is_working(date_of(moment)).unwrap_or(true)) {
        at += DAY;
    }
    at
}

/// The moment itself where it lies in office hours (nine to twelve, half past two to five), else soon after the next opening.
fn in_office(at: i64, calendar: &Calendar) -> i64 {
    let Ok(moment) = from_millis(at) else { return at };
    let civil = civil_of(moment);
    let day = to_millis(midnight(civil.date()));
    let time = at - day;
    let past = time % (20 * MINUTE);
    let (opening, evening) = (9 * HOUR, 17 * HOUR);
    if !calendar.is_working(civil.date()).unwrap_or(true) || time >= evening {
        return next_working(day + DAY, calendar) + opening + past;
    }
    match time {
        _ if time < opening => day + opening + past,
        _ if (12 * HOUR..14 * HOUR + 30 * MINUTE).contains(&time) => day + 14 * HOUR + 30 * MINUTE + past,
        _ => at,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wait_is_a_span_a_range_or_working_days() {
        assert_eq!(parse("30m"), Some(Wait::Span(30 * MINUTE, 30 * MINUTE + 1)));
        assert_eq!(parse("2h..1d"), Some(Wait::Span(2 * HOUR, DAY)));
        assert_eq!(parse("5wd"), Some(Wait::WorkingDays(5)));
        for wrong in ["", "h", "2", "-1h", "3d..1h", "两天", "5 wd"] {
            assert_eq!(parse(wrong), None, "{wrong}");
        }
    }
}
