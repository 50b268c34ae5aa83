//! Can two conditions hold at one moment? Answered by trying every way in which what they compare may come out.

use super::World;
use super::values;
use crate::procedure::definition::FieldKind;
use crate::procedure::guard::{Bound, Guard, Test};

/// More comparisons than this are not tried out: 2 to this power ways.
const MOST: usize = 12;
/// How deep facts may speak of facts.
const DEEPEST: usize = 8;

/// Says whether both conditions can hold together; `false` only where it is sure that they cannot.
pub(super) fn can_both_hold(a: &Guard, b: &Guard, world: World<'_>) -> bool {
    let both = Guard::All(vec![meant(a, world, 0), meant(b, world, 0)]);
    let mut leaves = Vec::new();
    gather(&both, &mut leaves);
    if leaves.len() > MOST {
        return true;
    }
    (0..1u32 << leaves.len()).any(|truth| possible(&leaves, truth) && holds(&both, &leaves, truth))
}

/// The condition with facts spelt out.
fn meant(guard: &Guard, world: World<'_>, depth: usize) -> Guard {
    let all = |inner: &[Guard]| inner.iter().map(|one| meant(one, world, depth)).collect();
    match guard {
        Guard::All(inner) => Guard::All(all(inner)),
        Guard::Any(inner) => Guard::Any(all(inner)),
        Guard::Not(inner) => Guard::Not(Box::new(meant(inner, world, depth))),
        Guard::Fact(name) if depth < DEEPEST => {
            world.facts.get(name).map_or_else(|| guard.clone(), |fact| meant(fact, world, depth + 1))
        }
        other => other.clone(),
    }
}

fn gather(guard: &Guard, leaves: &mut Vec<Guard>) {
    match guard {
        Guard::All(inner) | Guard::Any(inner) => inner.iter().for_each(|one| gather(one, leaves)),
        Guard::Not(inner) => gather(inner, leaves),
        Guard::Always => {}
        leaf if leaves.contains(leaf) => {}
        leaf => leaves.push(leaf.clone()),
    }
}

fn holds(guard: &Guard, leaves: &[Guard], truth: u32) -> bool {
    match guard {
        Guard::Always => true,
        Guard::All(inner) => inner.iter().all(|one| holds(one, leaves, truth)),
        Guard::Any(inner) => inner.iter().any(|one| holds(one, leaves, truth)),
        Guard::Not(inner) => !holds(inner, leaves, truth),
        leaf => leaves.iter().position(|known| known == leaf).is_some_and(|at| truth >> at & 1 == 1),
    }
}

/// Whether each term can be what this way says of it: a fine is not both above and below a threshold.
fn possible(leaves: &[Guard], truth: u32) -> bool {
    let compared = |leaf: &Guard| match leaf {
        Guard::Term { name, is } => Some((name.clone(), is.clone())),
        _ => None,
    };
    let all: Vec<(usize, (String, Test))> =
        leaves.iter().enumerate().filter_map(|(at, leaf)| Some((at, compared(leaf)?))).collect();
    all.iter().all(|(_, (name, _))| {
        let of_it: Vec<&(usize, (String, Test))> = all.iter().filter(|(_, (other, _))| other == name).collect();
        let tests: Vec<Test> = of_it.iter().map(|(_, (_, is))| is.clone()).collect();
        let said = of_it.iter().enumerate().filter(|(_, (at, _))| truth >> *at & 1 == 1);
        let said = said.fold(0u32, |mask, (bit, _)| mask | 1 << bit);
        !values::comparable(&tests) || values::masks(&kind(&tests), &tests).contains(&said)
    })
}

/// What the term can be, judged by what it is compared with.
fn kind(tests: &[Test]) -> FieldKind {
    let number = |test: &Test| match test {
        Test::AtLeast(Bound::Number(_) | Bound::Param(_)) | Test::AtMost(_) => true,
        Test::Is(value) => value.is_number(),
        Test::In(values) => values.iter().all(serde_json::Value::is_number),
        Test::Present => false,
    };
    if tests.iter().any(|test| matches!(test, Test::Is(value) if value.is_boolean())) {
        FieldKind::Flag
    } else if tests.iter().any(number) {
        FieldKind::Money
    } else {
        FieldKind::Text { max: u32::MAX, lines: 1 }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    fn term(name: &str, is: Test) -> Guard {
        Guard::Term { name: name.to_owned(), is }
    }

    fn not(guard: Guard) -> Guard {
        Guard::Not(Box::new(guard))
    }

    /// Conditions of two constraints count as apart only where no case can meet both.
    #[test]
    fn conditions_are_apart_only_where_no_case_can_meet_both() {
        let large = || term("fine", Test::AtLeast(Bound::Number(100)));
        let small = || term("fine", Test::AtMost(Bound::Number(50)));
        let kind = |word: &str| term("kind", Test::Is(word.into()));
        let done = || Guard::ActDone { name: "notice".to_owned(), times: 1 };
        let facts: BTreeMap<String, Guard> =
            [("due".to_owned(), Guard::Any(vec![large(), kind("revoke")]))].into_iter().collect();
        let params = BTreeMap::new();
        let together = |a: &Guard, b: &Guard| can_both_hold(a, b, World { facts: &facts, params: &params });
        let due = || Guard::Fact("due".to_owned());
        assert!(together(&Guard::Always, &Guard::Always));
        assert!(together(&due(), &done()));
        assert!(together(&due(), &not(large())), "a revocation is heard whatever the fine");
        assert!(together(&large(), &term("fine", Test::AtLeast(Bound::Param("p".to_owned())))));
        assert!(together(&Guard::Fact("unknown".to_owned()), &large()));
        assert!(!together(&due(), &not(due())));
        assert!(!together(&large(), &small()));
        assert!(!together(&kind("warn"), &kind("revoke")));
        assert!(!together(&due(), &Guard::All(vec![small(), kind("warn")])));
        assert!(!together(&done(), &not(done())));
    }
}
