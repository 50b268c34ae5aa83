//! Do two constraints demand what no course can keep both of?

use super::World;
use super::limits::surely_longer;
use crate::constraint::{Constraint, Demand};
use crate::procedure::definition::Text;

/// Two constraints that contradict each other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contradiction {
    pub first: String,
    pub second: String,
    pub why: Text,
}

/// Finds opposite orders, and gaps longer than the period in which the same is owed, among constraints that bind together.
pub fn contradictions(constraints: &[&Constraint], world: World<'_>) -> Vec<Contradiction> {
    let mut found = Vec::new();
    for (at, a) in constraints.iter().enumerate() {
        for b in constraints.iter().skip(at + 1).filter(|b| together(a, b)) {
            let why = opposite(a, b).or_else(|| too_long(a, b, world)).or_else(|| too_long(b, a, world));
            found.extend(why.map(|why| Contradiction { first: a.id.clone(), second: b.id.clone(), why }));
        }
    }
    found
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
