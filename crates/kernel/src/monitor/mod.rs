//! Did what was recorded keep the law? Holds the statutes' constraints against the history of one case, as it happened.
//!
//! The checker asks what a procedure allows; the monitor asks what was done, here or on another platform. It looks at recorded
//! acts, their tags, dates and persons, never at the guards that let them through. Where the history of a mirrored case is silent
//! (its source has no column for a step, a field or the officers), the answer is *not known*, never a finding. A demand binds
//! acts done while it is in force: what came into force later binds nothing before it (ADR 0140).

mod condition;
mod hands;
mod history;
mod limits;
mod line;
mod needs;
mod order;
mod period;
mod seen;
mod words;

use std::collections::BTreeMap;

use jiff::civil::Date;

pub use history::{Hand, History, Step, Told};
pub use line::Line;

use crate::calendar::Calendar;
use crate::constraint::{Constraint, Demand};
use crate::procedure::ParamValue;
use crate::procedure::definition::Text;
use crate::procedure::guard::Guard;
use crate::time::Instant;
use seen::Seen;

/// What the monitor may look up. Every question about a person may go unanswered (`None`): then the demand is not known to be kept.
pub trait Books {
    /// The value of a dated parameter in force at the moment.
    fn param(&self, name: &str, at: Instant) -> Option<ParamValue>;
    /// What a statute in force at the moment means by one of its facts.
    fn fact(&self, name: &str, at: Instant) -> Option<&Guard>;
    /// What a statute calls an act.
    fn tag_title(&self, tag: &str) -> Option<Text>;
    fn role_title(&self, role: &str) -> Option<Text>;
    /// Whether the person bore the role at the moment.
    fn bears(&self, person: &str, role: &str, at: Instant) -> Option<bool>;
    /// Whether the person had the qualification at the moment.
    fn holds(&self, person: &str, qualification: &str, at: Instant) -> Option<bool>;
    /// Whether the person had a card of the kind, valid on the day in the area of the organ.
    fn carded(&self, person: &str, kind: &str, organ: &str, day: Date) -> Option<bool>;
    /// The calendar by which periods are counted.
    fn calendar(&self) -> &Calendar;
}

/// What kind of demand was not kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Weight {
    /// The law was broken.
    Law,
    /// A limit that the organ set itself (承诺, 内部) was overrun: it owes a reason, and has broken no statute.
    Promise,
}

/// One demand that a case did not keep.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Id of the constraint.
    pub constraint: String,
    pub weight: Weight,
    /// In words a lawyer reads: acts by their titles, with their moments.
    pub why: Text,
    /// The records that break it, in the order of their moments: places in [`History::steps`].
    pub steps: Vec<usize>,
}

/// What came of one case.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Judged {
    pub findings: Vec<Finding>,
    /// Constraint -> how often the history does not tell whether it was kept.
    pub unknown: BTreeMap<String, u32>,
    /// How often a demand was met and judged, kept or not.
    pub judged: u64,
}

/// One demand met by one act (or by an act that is missing).
enum Answer {
    Kept,
    Broken { why: Text, steps: Vec<usize> },
    Unknown,
}

/// Three-valued: what history does not tell is `Unknown`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Truth {
    Yes,
    No,
    Unknown,
}

impl Truth {
    const fn of(known: Option<bool>) -> Self {
        match known {
            Some(true) => Self::Yes,
            Some(false) => Self::No,
            None => Self::Unknown,
        }
    }

    const fn not(self) -> Self {
        match self {
            Self::Yes => Self::No,
            Self::No => Self::Yes,
            Self::Unknown => Self::Unknown,
        }
    }

    fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::No, _) | (_, Self::No) => Self::No,
            (Self::Yes, Self::Yes) => Self::Yes,
            _ => Self::Unknown,
        }
    }

    fn or(self, other: Self) -> Self {
        self.not().and(other.not()).not()
    }
}

/// Holds the constraints against a case. `now` is the moment of the audit: what is owed and not done by then is late.
///
/// The caller has seen that the constraints bind the procedure's kind ([`Constraint::binds_kind`]); dates are looked at here.
pub fn judge(history: &History<'_>, constraints: &[&Constraint], books: &dyn Books, now: Instant) -> Judged {
    let mut judged = Judged::default();
    for constraint in constraints {
        let seen = Seen { history, constraint, books, now };
        let weight = if period::only_promised(&seen) { Weight::Promise } else { Weight::Law };
        let answers = answers(&seen);
        let ordered = !goes_by_order(&constraint.demand) || !seen.in_no_known_order();
        for answer in answers {
            judged.judged += 1;
            match answer {
                Answer::Kept => {}
                Answer::Broken { .. } if !ordered => *judged.unknown.entry(constraint.id.clone()).or_default() += 1,
                Answer::Unknown => *judged.unknown.entry(constraint.id.clone()).or_default() += 1,
                Answer::Broken { why, steps } => {
                    judged.findings.push(Finding { constraint: constraint.id.clone(), weight, why, steps });
                }
            }
        }
    }
    judged
}

/// Whether it matters to the demand what came before what.
const fn goes_by_order(demand: &Demand) -> bool {
    matches!(
        demand,
        Demand::Before { .. }
            | Demand::Never { .. }
            | Demand::MinGap { .. }
            | Demand::Within { .. }
            | Demand::Publishes { .. }
            | Demand::Serves { .. }
    )
}

fn answers(seen: &Seen<'_>) -> Vec<Answer> {
    match &seen.constraint.demand {
        Demand::Before { first, then } => order::before(seen, first, then),
        Demand::Never { act, after } => order::never(seen, act, after),
        Demand::AtMost { act, times } => order::at_most(seen, act, *times),
        Demand::MinGap { first, then, param } => period::min_gap(seen, first, then, param),
        Demand::Within { first, then, param, pauses, extension } => {
            let terms = limits::Terms { param, pauses, extension: extension.as_deref() };
            period::within(seen, first, then, &terms)
        }
        Demand::Publishes { act, param } => period::publishes(seen, act, param),
        Demand::Serves { act, param } => period::serves(seen, act, param),
        Demand::Actors { act, count, card } => hands::actors(seen, act, *count, card.as_deref()),
        Demand::Distinct { a, b } => hands::distinct(seen, a, b),
        Demand::Role { act, role } => hands::role(seen, act, role),
        Demand::Holds { act, qualification } => hands::holds(seen, act, qualification),
        Demand::Requires { act, what } => needs::requires(seen, act, what),
        // Whether a case can end is asked of its procedure; of a history there is nothing to ask.
        Demand::Ends => Vec::new(),
    }
}
