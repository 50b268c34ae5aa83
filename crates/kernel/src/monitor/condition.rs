//! Did a condition hold when an act was done? Read off what the history had said by then.

use serde_json::Value;

use super::Truth;
use super::seen::Seen;
use crate::procedure::definition::FieldKind;
use crate::procedure::guard::{Bound, Guard, Test};
use crate::procedure::{is_nothing, is_wanted};
use crate::time::Instant;

/// Facts may be defined over facts; a circle ends here.
const DEPTH: u8 = 8;

impl Seen<'_> {
    /// Judges a condition at the act in this place: fields as the act left them, acts as they had been done before it.
    pub(super) fn holds(&self, guard: &Guard, at: usize, moment: Instant) -> Truth {
        self.weigh(guard, at, moment, 0)
    }

    fn weigh(&self, guard: &Guard, at: usize, moment: Instant, depth: u8) -> Truth {
        match guard {
            Guard::Always => Truth::Yes,
            Guard::All(all) => all.iter().map(|one| self.weigh(one, at, moment, depth)).fold(Truth::Yes, Truth::and),
            Guard::Any(any) => any.iter().map(|one| self.weigh(one, at, moment, depth)).fold(Truth::No, Truth::or),
            Guard::Not(inner) => self.weigh(inner, at, moment, depth).not(),
            Guard::Field { name, is } => self.field(name, is, at, moment),
            Guard::Term { name, is } => match self.history.procedure.terms.get(name) {
                Some(field) => self.field(field, is, at, moment),
                // As in the checker: a term for which no field speaks may be anything.
                None => Truth::Unknown,
            },
            Guard::Fact(name) => match self.books.fact(name, moment) {
                Some(meaning) if depth < DEPTH => self.weigh(meaning, at, moment, depth + 1),
                _ => Truth::Unknown,
            },
            Guard::ActDone { name, times } => self.times_done(name, *times, at),
            // Constraints speak of terms, facts and acts; of the rest a history of another platform would not tell.
            Guard::Clock { .. }
            | Guard::PartyAnswered(_)
            | Guard::File(_)
            | Guard::Instrument { .. }
            | Guard::Entry { .. }
            | Guard::PartsIn
            | Guard::Level(_) => Truth::Unknown,
        }
    }

    fn times_done(&self, name: &str, times: u32, at: usize) -> Truth {
        let from = self.history.round_of(at);
        let meant = |step: &&super::Step| step.act == name || step.bears(name);
        let done = self.history.steps.iter().take(at).skip(from).filter(meant).count();
        if done >= times as usize {
            return Truth::Yes;
        }
        let acts: Vec<_> = self
            .history
            .procedure
            .acts
            .iter()
            .filter(|act| act.name == name || act.tags.iter().any(|tag| tag == name))
            .collect();
        if self.history.silence_tells(&acts) { Truth::No } else { Truth::Unknown }
    }

    fn field(&self, name: &str, is: &Test, at: usize, moment: Instant) -> Truth {
        let value = self.value(name, at);
        let known = |holds: bool| if holds { Truth::Yes } else { Truth::No };
        let Some(value) = value else {
            if *is == Test::Present && self.sealed(name, at) {
                return Truth::Yes;
            }
            if !self.history.tells_field(name) {
                return Truth::Unknown;
            }
            // A flag that was never set is a flag that is not set.
            let flag = self.history.procedure.field(name).is_some_and(|field| field.kind == FieldKind::Flag);
            return known(flag && *is == Test::Is(Value::Bool(false)));
        };
        match is {
            Test::Present => Truth::Yes,
            Test::Is(wanted) => known(is_wanted(value, wanted)),
            Test::In(wanted) => known(wanted.iter().any(|one| is_wanted(value, one))),
            Test::AtLeast(bound) => self.compare(value, bound, moment, |value, bound| value >= bound),
            Test::AtMost(bound) => self.compare(value, bound, moment, |value, bound| value <= bound),
        }
    }

    fn compare(&self, value: &Value, bound: &Bound, moment: Instant, holds: fn(i64, i64) -> bool) -> Truth {
        let bound = match bound {
            Bound::Number(number) => Some(*number),
            Bound::Param(name) => self.param(name, moment).and_then(|param| param.value.as_i64()),
        };
        Truth::of(bound.zip(value.as_i64()).map(|(bound, value)| holds(value, bound)))
    }

    /// The value of a field after the act at this place, if the history has one.
    pub(super) fn value(&self, name: &str, at: usize) -> Option<&Value> {
        for step in self.history.steps.iter().take(at + 1).rev() {
            let set = self.history.act(step).and_then(|act| act.sets.get(name));
            if let Some(value) = set.or_else(|| step.given.get(name)) {
                return Some(value).filter(|value| !is_nothing(value));
            }
        }
        None
    }

    /// Whether a personal value or a file lies in the field by then.
    pub(super) fn sealed(&self, name: &str, at: usize) -> bool {
        let lies = |step: &super::Step| step.sealed.iter().chain(&step.files).any(|known| known == name);
        self.history.steps.iter().take(at + 1).any(lies)
    }
}
