//! Is one period never longer than another? Known only of the same parameter, or of periods in one unit on every date.

use super::World;
use crate::clock::{ClockRule, Period, Unit};

/// Says whether the first parameter's period is surely not longer than the second's, whatever the dates.
pub(super) fn never_longer(world: World<'_>, a: &str, b: &str) -> bool {
    if a == b {
        return true;
    }
    let (Some(a), Some(b)) = (periods(world, a), periods(world, b)) else { return false };
    !a.is_empty() && !b.is_empty() && a.iter().all(|a| b.iter().all(|b| not_longer(*a, *b)))
}

/// Says whether the first parameter's period is surely longer than the second's.
pub(super) fn surely_longer(world: World<'_>, a: &str, b: &str) -> bool {
    let (Some(a), Some(b)) = (periods(world, a), periods(world, b)) else { return false };
    !a.is_empty() && !b.is_empty() && a.iter().all(|a| b.iter().all(|b| not_longer(*b, *a) && a != b))
}

fn periods(world: World<'_>, name: &str) -> Option<Vec<Period>> {
    let read = |value: &serde_json::Value| match value {
        serde_json::Value::String(text) => text.parse().ok(),
        other => serde_json::from_value::<ClockRule>(other.clone()).ok().map(|rule| rule.period),
    };
    world.params.get(name)?.iter().map(read).collect()
}

fn not_longer(a: Period, b: Period) -> bool {
    let minutes = |period: Period| match period.unit {
        Unit::Minutes => Some(u64::from(period.n)),
        Unit::Hours => Some(u64::from(period.n) * 60),
        _ => None,
    };
    match (minutes(a), minutes(b)) {
        (Some(a), Some(b)) => a <= b,
        _ => a.unit == b.unit && a.n <= b.n,
    }
}
