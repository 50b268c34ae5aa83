//! One constraint laid over one history: does it bind this act, here and then?

use super::history::{History, Step};
use super::{Books, Truth};
use crate::constraint::Constraint;
use crate::procedure::ParamValue;
use crate::procedure::definition::Act;
use crate::time::{Instant, date_of};

pub(super) struct Seen<'a> {
    pub(super) history: &'a History<'a>,
    pub(super) constraint: &'a Constraint,
    pub(super) books: &'a dyn Books,
    pub(super) now: Instant,
}

impl<'a> Seen<'a> {
    pub(super) fn step(&self, at: usize) -> Option<&'a Step> {
        self.history.steps.get(at)
    }

    /// Whether the constraint is in force on the day of the moment.
    pub(super) fn in_force(&self, at: Instant) -> bool {
        let (day, range) = (date_of(at), self.constraint.in_force);
        range.from <= day && range.until.is_none_or(|until| day < until)
    }

    /// Whether the demand is made of the act at this place: it is in force, its condition holds, what must have been done before it
    /// is made was done, and nothing dropped it since `from`.
    pub(super) fn demanded(&self, at: usize, from: usize) -> Truth {
        let Some(step) = self.step(at).filter(|step| self.in_force(step.done)) else { return Truth::No };
        let once = match &self.constraint.once {
            None => Truth::Yes,
            Some(tag) => self.was_done(tag, 0, at),
        };
        let waived = match &self.constraint.waived_by {
            None => Truth::No,
            Some(tag) => self.was_done(tag, from, at),
        };
        if once == Truth::No || waived == Truth::Yes {
            return Truth::No;
        }
        once.and(waived.not()).and(self.holds(&self.constraint.condition, at, step.done))
    }

    /// Whether an act with the tag was done at one of the places `from..until`.
    pub(super) fn was_done(&self, tag: &str, from: usize, until: usize) -> Truth {
        if self.history.of_tag(tag).any(|at| at >= from && at < until) {
            return Truth::Yes;
        }
        if self.history.silence_tells(&self.history.bearing(tag)) { Truth::No } else { Truth::Unknown }
    }

    /// Whether two acts that the constraint speaks of, or that move its period, were done on one day, of one of which only the day is
    /// told: then nobody knows which came first.
    pub(super) fn in_no_known_order(&self) -> bool {
        let asked: Vec<&Step> = self.history.steps.iter().filter(|step| self.speaks_of(step)).collect();
        let twins = |(at, one): (usize, &&Step)| asked.iter().skip(at + 1).any(|other| unordered(one, other));
        asked.iter().any(|step| step.day_only()) && asked.iter().enumerate().any(twins)
    }

    fn speaks_of(&self, step: &Step) -> bool {
        let constraint = self.constraint;
        let mut tags = constraint.demand.tags();
        tags.extend(constraint.once.iter().chain(&constraint.waived_by).map(String::as_str));
        let moves = |act: &Act| {
            act.new_round
                || !(act.receives.is_empty()
                    && act.pauses.is_empty()
                    && act.resumes.is_empty()
                    && act.extends.is_empty())
        };
        tags.iter().any(|tag| step.bears(tag)) || self.history.act(step).is_some_and(moves)
    }

    pub(super) fn param(&self, name: &str, at: Instant) -> Option<ParamValue> {
        self.books.param(name, at)
    }
}

/// Whether it is not known which of the two was done first: both on one day, and of one only the day is told.
pub(super) fn unordered(a: &Step, b: &Step) -> bool {
    (a.day_only() || b.day_only()) && date_of(a.done) == date_of(b.done)
}
