//! Conditions over a case: true, false, or open (`None`).

use guiju_kernel::procedure::definition::{FieldKind, Visibility};
use guiju_kernel::procedure::guard::{Bound, ClockIs, Guard, Test};

use super::Ground;
use super::node::{Condition, Content, Node, side, word};

impl Ground<'_> {
    /// `unmapped` is what a term is that the procedure does not map: false in its guards, open in the condition of a constraint.
    pub(super) fn weigh(&self, guard: &Guard, node: &Node, unmapped: Option<bool>, depth: u32) -> Option<bool> {
        let weigh = |guard: &Guard| self.weigh(guard, node, unmapped, depth);
        match guard {
            Guard::Always => Some(true),
            Guard::All(inner) => {
                let all: Vec<Option<bool>> = inner.iter().map(weigh).collect();
                if all.contains(&Some(false)) { Some(false) } else { (!all.contains(&None)).then_some(true) }
            }
            Guard::Any(inner) => {
                let all: Vec<Option<bool>> = inner.iter().map(weigh).collect();
                if all.contains(&Some(true)) { Some(true) } else { (!all.contains(&None)).then_some(false) }
            }
            Guard::Not(inner) => weigh(inner).map(|holds| !holds),
            Guard::Field { name, is } => self.compare(name, is, node),
            Guard::Term { name, is } => match self.procedure.terms.get(name) {
                Some(field) => self.compare(field, is, node),
                None => unmapped,
            },
            Guard::Fact(name) => {
                let meaning = self.facts.get(name).filter(|_| depth < 8)?;
                self.weigh(meaning, node, unmapped, depth + 1)
            }
            Guard::Clock { name, is } => {
                self.procedure.clock(name)?;
                let now = node.clocks.get(name).copied();
                Some(match is {
                    ClockIs::NotStarted => now.is_none(),
                    ClockIs::Running => now == Some(Condition::Running),
                    ClockIs::Paused => now == Some(Condition::Paused),
                    ClockIs::Expired => now == Some(Condition::Expired),
                    ClockIs::Stopped => now == Some(Condition::Stopped),
                })
            }
            Guard::ActDone { name, times } => Some(node.done.get(name).copied().unwrap_or(0) >= *times),
            Guard::PartyAnswered(answer) => Some(node.answers.contains(answer)),
            Guard::File(field) => Some(node.files.contains(field)),
            Guard::Instrument { name, received } => {
                Some(if *received { node.received.contains(name) } else { node.issued.contains(name) })
            }
            Guard::Level(level) => Some(node.level >= *level),
            Guard::Entry { .. } | Guard::PartsIn => None,
        }
    }

    /// Of a file, and of what is sealed, only whether it is there is known.
    pub(super) fn compare(&self, field: &str, is: &Test, node: &Node) -> Option<bool> {
        let Some(known) = self.procedure.field(field) else { return Some(false) };
        let file = matches!(known.kind, FieldKind::File { .. });
        if (file || known.visible == Visibility::Personal) && *is != Test::Present {
            return None;
        }
        if file {
            return Some(node.files.contains(field));
        }
        let Some(content) = node.fields.get(field) else {
            return Some(known.kind == FieldKind::Flag && *is == Test::Is(serde_json::Value::Bool(false)));
        };
        Some(match is {
            Test::Present => true,
            Test::Is(value) => content.value == word(value),
            Test::In(values) => values.iter().any(|value| content.value == word(value)),
            Test::AtLeast(bound) => lies(content, bound) >= 0,
            Test::AtMost(bound) => lies(content, bound) <= 0,
        })
    }
}

fn lies(content: &Content, bound: &Bound) -> i8 {
    match bound {
        Bound::Number(number) => content.value.parse::<i64>().map_or(0, |value| side(value.cmp(number))),
        Bound::Param(name) => content.beside.get(name).copied().unwrap_or(0),
    }
}
