//! Do two constraints demand what no course can keep both of?
//!
//! Told only where it is sure (ADR 0157): constraints whose conditions never hold together, or which bind different kinds of procedure
//! or different dates, do not contradict. That a party may waive one of them does not count: nobody can be made to waive.

use super::World;
use super::limits::surely_longer;
use super::together::can_both_hold;
use crate::constraint::{Constraint, Demand};
use crate::procedure::definition::Text;
use crate::procedure::guard::Guard;

/// Two constraints that contradict each other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contradiction {
    pub first: String,
    pub second: String,
    pub why: Text,
}

/// Finds, among constraints that bind together: opposite orders; gaps longer than the period in which the same is owed; what is
/// demanded after an act and forbidden after it; two roles for one act.
pub fn contradictions(constraints: &[&Constraint], world: World<'_>) -> Vec<Contradiction> {
    let mut found = Vec::new();
    for (at, a) in constraints.iter().enumerate() {
        for b in constraints.iter().skip(at + 1).filter(|b| together(a, b)) {
            let why = opposite(a, b)
                .or_else(|| roles(a, b))
                .or_else(|| one_way(a, b, world))
                .or_else(|| one_way(b, a, world))
                .filter(|_| can_both_hold(&a.condition, &b.condition, world));
            found.extend(why.map(|why| Contradiction { first: a.id.clone(), second: b.id.clone(), why }));
        }
    }
    found
}

/// The tag of an act that the constraint forbids under all circumstances: `at_most` is 0 and nothing is asked first.
pub fn forbidden(constraint: &Constraint) -> Option<&str> {
    match &constraint.demand {
        Demand::AtMost { act, times: 0 } if unconditional(constraint) => Some(act),
        _ => None,
    }
}

fn unconditional(constraint: &Constraint) -> bool {
    constraint.condition == Guard::Always && constraint.once.is_none()
}

fn together(a: &Constraint, b: &Constraint) -> bool {
    let kinds = a.only.is_empty() || b.only.is_empty() || a.only.iter().any(|kind| b.only.contains(kind));
    let before = |a: &Constraint, b: &Constraint| b.in_force.until.is_none_or(|until| a.in_force.from < until);
    kinds && before(a, b) && before(b, a)
}

fn opposite(a: &Constraint, b: &Constraint) -> Option<Text> {
    let (Demand::Before { first, then }, Demand::Before { first: other, then: later }) = (&a.demand, &b.demand) else {
        return None;
    };
    (first == later && then == other).then(|| Text {
        zh: format!("一条要求 `{first}` 在 `{then}` 之前，另一条要求相反"),
        en: format!("one demands `{first}` before `{then}`, the other the opposite"),
    })
}

/// An actor's rule names one role, so that no act keeps both.
fn roles(a: &Constraint, b: &Constraint) -> Option<Text> {
    let (Demand::Role { act, role }, Demand::Role { act: same, role: other }) = (&a.demand, &b.demand) else {
        return None;
    };
    (act == same && role != other).then(|| Text {
        zh: format!("一条要求 `{act}` 都由 `{role}` 做，另一条要求都由 `{other}` 做"),
        en: format!("one demands that `{role}` alone does `{act}`, the other that `{other}` alone does"),
    })
}

fn one_way(a: &Constraint, b: &Constraint, world: World<'_>) -> Option<Text> {
    too_long(a, b, world).or_else(|| never_after(a, b))
}

fn too_long(a: &Constraint, b: &Constraint, world: World<'_>) -> Option<Text> {
    let (Demand::MinGap { first, then, param }, Demand::Within { first: from, then: owed, param: limit, .. }) =
        (&a.demand, &b.demand)
    else {
        return None;
    };
    (first.tag() == from.tag() && then == owed && surely_longer(world, param, limit)).then(|| Text {
        zh: format!("`{then}` 须满 `{param}` 后才能做，却又要在更短的 `{limit}` 之内做"),
        en: format!("`{then}` has to wait for `{param}`, and is owed within the shorter `{limit}`"),
    })
}

/// What may be done only after an act, or is owed after it, is forbidden after it whatever the case. A ban under a condition is
/// none: it makes an exception.
fn never_after(a: &Constraint, b: &Constraint) -> Option<Text> {
    let Demand::Never { act, after } = &a.demand else { return None };
    let (zh, en) = match &b.demand {
        Demand::Before { first, then } if first == after && then == act => ("才能做", "may be done only"),
        Demand::Within { first, then, .. } if first.tag() == after && then == act => ("须按期做", "is owed in time"),
        _ => return None,
    };
    unconditional(a).then(|| Text {
        zh: format!("`{act}` 在 `{after}` 之后{zh}，却又不得在其后做"),
        en: format!("`{act}` {en} after `{after}`, and is forbidden after it"),
    })
}
