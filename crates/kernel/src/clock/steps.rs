//! Why does the period end there, day by day?
//!
//! The steps let a person check an answer against the calendar on the wall: neighbouring days with one reason are one step. They
//! explain the answer of [`Reckoning::due_at`]; they do not compute it.

use super::error::ClockError;
use super::reckoning::{Counting, DueAt, Reckoning};
use crate::calendar::{DayKind, date_of_number, midnight_millis, number_of_date, number_of_millis};
use crate::time::{self, Instant};
use jiff::civil::Date;
use serde::Serialize;

/// When a period ends, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Due {
    /// The end, excluded.
    #[serde(rename = "due", with = "time::moment")]
    pub at: Instant,
    /// The last day on any part of which one is in time.
    pub last_day: Date,
    /// Whether a later notice may still move the end.
    pub provisional: bool,
    /// What was counted and what was skipped, in order.
    pub steps: Vec<Step>,
}

/// A stretch of time, half-open, and what became of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Step {
    /// Where it begins.
    #[serde(with = "time::moment")]
    pub from: Instant,
    /// Where it ends, excluded.
    #[serde(with = "time::moment")]
    pub until: Instant,
    /// What became of it.
    pub code: StepCode,
    /// How much of it counted: days, or milliseconds for periods of hours and minutes.
    pub amount: u64,
    /// How much has counted so far, this step included, in the same unit.
    pub total: u64,
    /// The reason in Chinese.
    pub zh: String,
    /// The reason in English.
    pub en: String,
}

/// What became of a stretch of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum StepCode {
    /// The day of the start, which is not counted.
    FirstDay,
    /// The months or years were turned into calendar days.
    MonthsAdded,
    /// Counted.
    Counted,
    /// Counted: a weekend day on which one works.
    MakeUp,
    /// Skipped: a weekend.
    Weekend,
    /// Skipped: a holiday.
    Holiday,
    /// Skipped: the office is closed at that hour.
    Closed,
    /// Skipped: a pause.
    Paused,
    /// The last day is a rest day, and the end rolls over it.
    Rolled,
    /// The working day to which the end has rolled.
    RolledTo,
}

/// A reason: its code and what it says in both languages.
type Reason = (StepCode, String, String);

impl Reckoning<'_> {
    /// Says when the period ends, with the steps that lead there.
    ///
    /// # Errors
    /// As [`Reckoning::due_at`].
    pub fn due(&self) -> Result<Due, ClockError> {
        let DueAt { at, last_day, provisional } = self.due_at()?;
        let mut steps = Steps::default();
        match self.counting {
            Counting::WorkingDays | Counting::Days => self.explain_days(number_of_date(last_day), &mut steps)?,
            Counting::Millis | Counting::OpenMillis(_) => self.explain_moments(time::to_millis(at), &mut steps),
        }
        Ok(Due { at, last_day, provisional, steps: steps.done })
    }

    fn explain_days(&self, last: i64, steps: &mut Steps) -> Result<(), ClockError> {
        let quantity = self.quantity()?;
        if self.rule.period.unit.counts_months() {
            let (zh, en) = self.explain_months(quantity);
            let end = midnight_millis(self.first + quantity);
            steps.push(self.start, end, 0, (StepCode::MonthsAdded, zh, en));
        }
        for day in number_of_millis(self.start)..=last {
            let over = steps.total >= quantity;
            let reason = if day < self.first {
                reason(StepCode::FirstDay, "起算日不计入", "the day of the start is not counted")
            } else if super::pause::stretch_around(&self.touched, day).is_some() {
                self.paused_reason(midnight_millis(day), midnight_millis(day + 1))
            } else if over && day == last {
                reason(StepCode::RolledTo, "顺延至此日届满", "the end has rolled to this day")
            } else if over {
                reason(StepCode::Rolled, "末日为休息日，顺延", "the last day is a rest day, so the end rolls on")
            } else {
                self.day_reason(day)
            };
            let counts = matches!(reason.0, StepCode::Counted | StepCode::MakeUp);
            steps.push(midnight_millis(day), midnight_millis(day + 1), i64::from(counts), reason);
        }
        Ok(())
    }

    fn day_reason(&self, day: i64) -> Reason {
        if matches!(self.counting, Counting::Days) {
            return reason(StepCode::Counted, "计入", "counted");
        }
        working_reason(&self.calendar.kind(day))
    }

    fn explain_moments(&self, end: i64, steps: &mut Steps) {
        let mut cursor = self.start;
        for &(from, until) in &self.paused {
            if until <= cursor {
                continue;
            }
            if from >= end {
                break;
            }
            let from = from.max(cursor);
            self.explain_running(cursor, from, steps);
            steps.push(from, until, 0, self.paused_reason(from, until));
            cursor = until;
        }
        self.explain_running(cursor, end, steps);
    }

    fn explain_running(&self, from: i64, until: i64, steps: &mut Steps) {
        if from >= until {
            return;
        }
        match self.counting {
            Counting::OpenMillis(_) => self.explain_open(from, until, steps),
            _ => steps.push(from, until, until - from, reason(StepCode::Counted, "计入", "counted")),
        }
    }

    /// One step a day while the office opens; neighbouring days without an opening run together.
    fn explain_open(&self, from: i64, until: i64, steps: &mut Steps) {
        for day in number_of_millis(from)..=number_of_millis(until - 1) {
            let (begin, end) = (midnight_millis(day).max(from), midnight_millis(day + 1).min(until));
            let open = self.measure(begin, end);
            let reason = if open == 0 && self.calendar.works(day) {
                reason(StepCode::Closed, "非工作时间", "outside working hours")
            } else {
                working_reason(&self.calendar.kind(day))
            };
            steps.push(begin, end, open, reason);
        }
    }

    fn paused_reason(&self, from: i64, until: i64) -> Reason {
        let touches = |pause: &&super::Pause| {
            let end = pause.until.map_or(i64::MAX, time::to_millis);
            let begin = time::to_millis(pause.from);
            begin < end && begin < until && end > from
        };
        let mut causes: Vec<&str> = self.pauses.iter().filter(touches).map(|pause| pause.cause.as_str()).collect();
        causes.sort_unstable();
        causes.dedup();
        let causes = causes.join("、");
        (StepCode::Paused, format!("中止，不计入：{causes}"), format!("paused, not counted: {causes}"))
    }

    fn explain_months(&self, days: i64) -> (String, String) {
        let day = |number| date_of_number(number).map_or_else(String::new, |date: Date| date.to_string());
        let (start, last) = (day(number_of_millis(self.start)), day(self.first + days - 1));
        let period = self.rule.period;
        (
            format!("{start} 起 {}，至 {last}，共 {days} 天", period.zh()),
            format!("{} from {start} end on {last}: {days} days", period.en()),
        )
    }
}

fn working_reason(kind: &DayKind) -> Reason {
    match kind {
        DayKind::Workday => reason(StepCode::Counted, "工作日，计入", "working day, counted"),
        DayKind::Weekend => reason(StepCode::Weekend, "周末，不计入", "weekend, not counted"),
        DayKind::Holiday(name) => {
            (StepCode::Holiday, format!("{name}放假，不计入"), format!("holiday ({name}), not counted"))
        }
        DayKind::MakeUp(name) => {
            (StepCode::MakeUp, format!("{name}调休上班，计入"), format!("make-up working day ({name}), counted"))
        }
    }
}

fn reason(code: StepCode, zh: &str, en: &str) -> Reason {
    (code, zh.to_owned(), en.to_owned())
}

/// The steps so far, with neighbours of one reason run together.
#[derive(Default)]
struct Steps {
    done: Vec<Step>,
    total: i64,
}

impl Steps {
    fn push(&mut self, from: i64, until: i64, amount: i64, (code, zh, en): Reason) {
        // Both ends lie within the calendar's horizon, where every millisecond is a moment.
        let moment = |millis| time::from_millis(millis).unwrap_or(Instant::MAX);
        let (from, until) = (moment(from), moment(until));
        self.total += amount;
        let (amount, total) = (amount.max(0).unsigned_abs(), self.total.max(0).unsigned_abs());
        if let Some(last) = self.done.last_mut().filter(|last| last.until == from && last.code == code && last.zh == zh)
        {
            last.until = until;
            last.amount += amount;
            last.total = total;
        } else {
            self.done.push(Step { from, until, code, amount, total, zh, en });
        }
    }
}
