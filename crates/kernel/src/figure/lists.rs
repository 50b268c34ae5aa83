//! Figures over what the pack itself publishes: items of the list, limits that were promised.

use super::arithmetic::shown;
use super::cases::Found;
use super::definition::Figure;
use super::source::{Kind, Period, Source};
use super::value::{Amount, Row, RowOf};
use crate::clock;

/// Counts the published items of these procedures.
pub(super) fn items(source: &dyn Source, period: Period, procedures: &[String], online: Option<bool>) -> Found {
    let mut items = source.items();
    items.sort_by(|one, other| one.id.cmp(&other.id));
    let counts = items.into_iter().filter(|item| procedures.contains(&item.procedure));
    let rows = counts.filter(|item| online.is_none_or(|online| item.online == online)).map(|item| Row {
        number: item.id.clone(),
        of: RowOf::Item { id: item.id },
        headline: item.title,
        seq: 0,
        at: period.end(),
        what: item.procedure,
        kind: Kind::Attested,
        amount: None,
        met: None,
    });
    Found::counted(rows.collect())
}

/// The parameter's number, or how many of its unit its period has.
pub(super) fn param(source: &dyn Source, figure: &Figure, period: Period, name: &str) -> Found {
    // The cut-off is excluded: what comes into force at that midnight does not count.
    let last = period.until.yesterday().map_or(period.start(), crate::time::midnight);
    let value = source.param(name, last);
    let period_of = |words: &str| words.parse::<clock::Period>().ok().map(|period| i64::from(period.n));
    let number = value.as_ref().and_then(|value| match value {
        serde_json::Value::Number(number) => number.as_i64(),
        serde_json::Value::String(words) => period_of(words),
        rule => rule.get("period").and_then(serde_json::Value::as_str).and_then(period_of),
    });
    let exact = number.map(i128::from);
    Found { exact, value: exact.map_or(Amount::Nothing, |exact| shown(exact, figure.round)), rows: Vec::new() }
}
