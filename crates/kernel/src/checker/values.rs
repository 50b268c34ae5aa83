//! What can a field be, as far as guards compare it? A few abstract values, each saying which comparisons hold of it.
//!
//! Value 0 is a field that is not there. A field is never two constants at once, and the thresholds of one field are in order where
//! they are numbers; how a dated parameter compares with a number is left open, since it may change.

use serde_json::Value;

use crate::procedure::definition::FieldKind;
use crate::procedure::guard::{Bound, Test};
use crate::procedure::is_wanted;

/// More comparisons of one field than this are refused as too many to enumerate.
const MOST_TESTS: usize = 24;

/// Where a number lies relative to a bound.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    Below,
    At,
    Above,
}

/// Lists the abstract values; bit `i` of each says whether `tests[i]` holds.
pub(super) fn masks(kind: &FieldKind, tests: &[Test]) -> Vec<u32> {
    let absent = mask(tests, |test| match test {
        // A flag that was never set is a flag that is not set.
        Test::Is(Value::Bool(false)) => *kind == FieldKind::Flag,
        _ => false,
    });
    let mut all = vec![absent];
    if tests.len() > MOST_TESTS {
        // Nothing is known of it: every comparison may come out either way is what two extremes cannot say, so all do.
        return all;
    }
    for value in present(kind, tests) {
        if !all.iter().skip(1).any(|known| *known == value) {
            all.push(value);
        }
    }
    all
}

/// Whether the tests are few enough for [`masks`].
pub(super) fn comparable(tests: &[Test]) -> bool {
    tests.len() <= MOST_TESTS && params(tests).len() <= 5
}

/// The abstract values that a constant may be: those that agree with it wherever the comparison is known.
pub(super) fn of_constant(constant: &Value, tests: &[Test], masks: &[u32]) -> Vec<u8> {
    let known: Vec<Option<bool>> = tests
        .iter()
        .map(|test| match test {
            Test::Present => Some(true),
            Test::Is(value) => Some(is_wanted(constant, value)),
            Test::In(values) => Some(values.iter().any(|value| is_wanted(constant, value))),
            Test::AtLeast(Bound::Number(bound)) => Some(constant.as_i64().is_some_and(|number| number >= *bound)),
            Test::AtMost(Bound::Number(bound)) => Some(constant.as_i64().is_some_and(|number| number <= *bound)),
            Test::AtLeast(Bound::Param(_)) | Test::AtMost(Bound::Param(_)) => None,
        })
        .collect();
    let agrees = |mask: u32| {
        known.iter().enumerate().all(|(bit, known)| known.is_none_or(|known| (mask >> bit & 1 == 1) == known))
    };
    let fitting = masks.iter().enumerate().skip(1).filter(|(_, mask)| agrees(**mask));
    fitting.filter_map(|(at, _)| u8::try_from(at).ok()).collect()
}

fn mask(tests: &[Test], holds: impl Fn(&Test) -> bool) -> u32 {
    tests.iter().take(32).enumerate().filter(|(_, test)| holds(test)).fold(0, |mask, (bit, _)| mask | 1 << bit)
}

fn present(kind: &FieldKind, tests: &[Test]) -> Vec<u32> {
    match kind {
        FieldKind::Flag => [true, false].map(|flag| of_one(&Value::Bool(flag), tests)).to_vec(),
        FieldKind::Enum { choices, most: 1 } => {
            choices.iter().map(|choice| of_one(&Value::from(choice.value.clone()), tests)).collect()
        }
        FieldKind::Integer { .. } | FieldKind::Money => numbers(tests),
        FieldKind::Enum { .. } | FieldKind::List { .. } => subsets(tests),
        _ => {
            let mut all: Vec<u32> = constants(tests).iter().map(|value| of_one(value, tests)).collect();
            all.push(mask(tests, |test| matches!(test, Test::Present)));
            all
        }
    }
}

fn of_one(value: &Value, tests: &[Test]) -> u32 {
    mask(tests, |test| match test {
        Test::Present => true,
        Test::Is(wanted) => wanted == value,
        Test::In(wanted) => wanted.contains(value),
        Test::AtLeast(_) | Test::AtMost(_) => false,
    })
}

fn constants(tests: &[Test]) -> Vec<Value> {
    let mut all: Vec<Value> = Vec::new();
    for test in tests {
        let told: &[Value] = match test {
            Test::Is(value) => std::slice::from_ref(value),
            Test::In(values) => values,
            _ => &[],
        };
        for value in told.iter().filter(|value| !value.is_null()) {
            if !all.contains(value) {
                all.push(value.clone());
            }
        }
    }
    all
}

/// A field of several values holds any set of the constants.
fn subsets(tests: &[Test]) -> Vec<u32> {
    let constants = constants(tests);
    let count = constants.len().min(10);
    (0..1u32 << count)
        .map(|chosen| {
            let has = |value: &Value| {
                constants.iter().position(|known| known == value).is_some_and(|at| chosen >> at & 1 == 1)
            };
            mask(tests, |test| match test {
                Test::Present => true,
                Test::Is(value) => has(value),
                Test::In(values) => values.iter().any(has),
                Test::AtLeast(_) | Test::AtMost(_) => false,
            })
        })
        .collect()
}

fn params(tests: &[Test]) -> Vec<&str> {
    let mut names: Vec<&str> = tests
        .iter()
        .filter_map(|test| match test {
            Test::AtLeast(Bound::Param(name)) | Test::AtMost(Bound::Param(name)) => Some(name.as_str()),
            _ => None,
        })
        .collect();
    names.sort_unstable();
    names.dedup();
    names
}

/// Every place on the line of the numbers that are named, with every way to lie beside the parameters.
fn numbers(tests: &[Test]) -> Vec<u32> {
    let mut points: Vec<i64> = tests
        .iter()
        .filter_map(|test| match test {
            Test::AtLeast(Bound::Number(number)) | Test::AtMost(Bound::Number(number)) => Some(*number),
            _ => None,
        })
        .chain(constants(tests).iter().filter_map(Value::as_i64))
        .collect();
    points.sort_unstable();
    points.dedup();
    let names = params(tests);
    let ways = 3usize.saturating_pow(u32::try_from(names.len()).unwrap_or(u32::MAX));
    let mut all = Vec::new();
    for place in 0..=points.len() * 2 {
        let side = |number: i64| {
            let at = points.iter().position(|point| *point == number).unwrap_or(0) * 2 + 1;
            match place.cmp(&at) {
                std::cmp::Ordering::Less => Side::Below,
                std::cmp::Ordering::Equal => Side::At,
                std::cmp::Ordering::Greater => Side::Above,
            }
        };
        for way in 0..ways {
            let beside = |name: &str| {
                let at = names.iter().position(|known| *known == name).unwrap_or(0);
                match way / 3usize.saturating_pow(u32::try_from(at).unwrap_or(0)) % 3 {
                    0 => Side::Below,
                    1 => Side::At,
                    _ => Side::Above,
                }
            };
            let of = |bound: &Bound| match bound {
                Bound::Number(number) => side(*number),
                Bound::Param(name) => beside(name),
            };
            all.push(mask(tests, |test| match test {
                Test::Present => true,
                Test::AtLeast(bound) => of(bound) != Side::Below,
                Test::AtMost(bound) => of(bound) != Side::Above,
                Test::Is(value) => value.as_i64().is_some_and(|number| side(number) == Side::At),
                Test::In(values) => values.iter().filter_map(Value::as_i64).any(|number| side(number) == Side::At),
            }));
        }
    }
    all
}
