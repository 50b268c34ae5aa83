//! Figures over register entries.
//!
//! An entry's versions that follow one another make one life, which ends with the version that ends it; a later version begins
//! another. In force at the cut-off is the last version of a life that had begun by then and not ended; made in the period is a life that
//! began within it, counted as it stood at the cut-off, ended or not (a licence issued and revoked was issued).

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value as Json;

use super::arithmetic::{of_time, shown, union};
use super::cases::Found;
use super::definition::{Condition, Figure, Measure};
use super::source::{EntryFacts, Period, Source};
use super::value::{Amount, Row, RowOf};
use crate::time::{self, Instant, to_millis};

/// One life of an entry, as it stood at the cut-off.
struct Life<'s> {
    entry: &'s EntryFacts,
    began: Instant,
    ended: bool,
}

fn lives<'s>(source: &'s dyn Source, register: &str, end: Instant) -> Vec<Life<'s>> {
    let mut versions: Vec<&EntryFacts> = source.entries(register).iter().filter(|entry| entry.since < end).collect();
    versions.sort_by(|one, other| (&one.key, one.version).cmp(&(&other.key, other.version)));
    let mut lives: Vec<Life<'s>> = Vec::new();
    for entry in versions {
        match lives.last_mut().filter(|life| life.entry.key == entry.key && !life.ended) {
            Some(life) if entry.ends => life.ended = true,
            Some(life) => life.entry = entry,
            None if entry.ends => {}
            None => lives.push(Life { entry, began: entry.since, ended: false }),
        }
    }
    lives
}

fn passes(entry: &EntryFacts, filter: &[Condition]) -> bool {
    filter.iter().all(|condition| entry.value(&condition.field).is_some_and(|value| condition.holds(&value)))
}

fn row(entry: &EntryFacts, at: Instant) -> Row {
    Row {
        of: RowOf::Entry { register: entry.register.clone(), key: entry.key.clone(), version: entry.version },
        number: entry.key.clone(),
        headline: String::new(),
        seq: entry.seq,
        at,
        what: entry.register.clone(),
        kind: entry.kind,
        amount: None,
        met: None,
    }
}

/// Entries in force at the cut-off, or made in the period: how many, how many different ones, or their sum.
pub(super) fn entries(
    source: &dyn Source,
    figure: &Figure,
    period: Period,
    (register, made, measure): (&str, bool, &Measure),
    filter: &[Condition],
) -> Found {
    let counts = |life: &Life<'_>| {
        let there = if made { period.holds(life.began) } else { !life.ended };
        there && passes(life.entry, filter)
    };
    let counted: Vec<Life<'_>> = lives(source, register, period.end()).into_iter().filter(counts).collect();
    let at = |life: &Life<'_>| if made { life.began } else { life.entry.since };
    match measure {
        Measure::Count => Found::counted(counted.iter().map(|life| row(life.entry, at(life))).collect()),
        Measure::Distinct(field) => {
            let values = counted.iter().filter_map(|life| Some((life, life.entry.value(field)?)));
            let mut different = BTreeSet::new();
            let mut rows = Vec::new();
            for (life, value) in values {
                let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
                rows.push(Row { headline: value.clone(), ..row(life.entry, at(life)) });
                different.insert(value);
            }
            let exact = different.len() as i128;
            Found { exact: Some(exact), value: shown(exact, None), rows }
        }
        Measure::Sum(field) => {
            let summed = |life: &Life<'_>| Row {
                amount: life.entry.value(field).as_ref().and_then(Json::as_i64),
                ..row(life.entry, at(life))
            };
            let rows: Vec<Row> = counted.iter().map(summed).filter(|row| row.amount.is_some()).collect();
            let exact = rows.iter().filter_map(|row| row.amount).map(i128::from).sum();
            Found { exact: Some(exact), value: shown(exact, figure.round), rows }
        }
    }
}

/// The union of intervals per group within the period, in whole seconds, then summed over the groups.
pub(super) fn duration(
    source: &dyn Source,
    figure: &Figure,
    period: Period,
    (register, from, until): (&str, &str, &str),
    union_by: &[String],
    filter: &[Condition],
) -> Found {
    let (start, end) = (to_millis(period.start()), to_millis(period.end()));
    let moment = |entry: &EntryFacts, field: &str| {
        let value = entry.value(field)?;
        value.as_str().and_then(|text| time::parse(text).ok()).map(to_millis)
    };
    let mut groups: BTreeMap<Vec<String>, Vec<(i64, i64)>> = BTreeMap::new();
    let mut rows = Vec::new();
    for life in lives(source, register, period.end()) {
        let entry = life.entry;
        if life.ended || !passes(entry, filter) {
            continue;
        }
        let (Some(from), Some(until)) = (moment(entry, from), moment(entry, until)) else { continue };
        let (from, until) = (from.max(start), until.min(end));
        if from >= until {
            continue;
        }
        let key = union_by.iter().map(|field| entry.value(field).map_or_else(String::new, |value| value.to_string()));
        groups.entry(key.collect()).or_default().push((from, until));
        rows.push(Row { amount: Some((until - from) / 1_000), ..row(entry, entry.since) });
    }
    let seconds: i128 = groups.into_values().map(|intervals| union(intervals) / 1_000).sum();
    let value = of_time(seconds * 1_000, &figure.unit, figure.round);
    Found { exact: Some(seconds), value, rows }
}

/// The value of a field in the version in force that was made last.
pub(super) fn latest(
    source: &dyn Source,
    figure: &Figure,
    period: Period,
    (register, field): (&str, &str),
    filter: &[Condition],
) -> Found {
    let counts = |life: &Life<'_>| !life.ended && passes(life.entry, filter) && life.entry.value(field).is_some();
    let lives = lives(source, register, period.end());
    let last = lives.into_iter().filter(counts).max_by_key(|life| (life.entry.since, life.entry.seq));
    let Some(life) = last else { return Found { exact: None, value: Amount::Nothing, rows: Vec::new() } };
    let value = life.entry.value(field).unwrap_or(Json::Null);
    let number = value.as_i64();
    let amount = match number {
        Some(number) => shown(i128::from(number), figure.round),
        None => Amount::Text(value.as_str().map_or_else(|| value.to_string(), str::to_owned)),
    };
    let rows = vec![Row { amount: number, ..row(life.entry, life.entry.since) }];
    Found { exact: number.map(i128::from), value: amount, rows }
}
