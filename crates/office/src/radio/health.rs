//! How are the stations? Last package, missing numbers, clock, hours that data back.

use std::collections::BTreeMap;

use guiju_kernel::procedure::Person;
use guiju_kernel::time::{civil_of, date_of, midnight, to_millis};
use guiju_spectrum::hours::{Interval, Intervals};

use super::NS_PER_MS;
use super::shelf::{PackageMeta, Station};
use crate::answer::OfficeError;
use crate::office::Office;
use crate::radio_rules::RadioRules;

/// Missing numbers that are named; the others are counted.
const NAMED_MOST: usize = 5;
const HOUR_MS: i64 = 3_600_000;

/// Hours of one task, in whole seconds: per receiver the union of the times that data back, then summed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hours {
    pub task: String,
    pub today_s: i64,
    pub month_s: i64,
}

/// One station.
#[derive(Debug, Clone, PartialEq)]
pub struct StationHealth {
    pub station: String,
    pub name: String,
    pub receivers: Vec<ReceiverHealth>,
    pub degrees: Option<(f64, f64)>,
    pub last: Option<PackageMeta>,
    /// No package for longer than the pack allows, or none at all.
    pub silent: bool,
    /// The clock is off by more than the pack allows.
    pub clock_off: bool,
    /// Numbers that never came: how many, and the first few.
    pub missing: u64,
    pub missing_first: Vec<u64>,
    pub packages: u64,
    pub hours: Vec<Hours>,
}

/// One receiver: its latest package, and the latest one of spectra, which its picture starts from.
#[derive(Debug, Clone, PartialEq)]
pub struct ReceiverHealth {
    pub receiver: String,
    pub last: Option<PackageMeta>,
    pub last_sweeps: Option<PackageMeta>,
}

impl Office {
    /// Every station on the register with its health.
    ///
    /// # Errors
    /// [`OfficeError::NotYours`]; [`OfficeError::Pack`] where the pack has no parameters of radio.
    pub async fn radio_health(&self, who: &Person) -> Result<Vec<StationHealth>, OfficeError> {
        self.radio_reader(who)?;
        let rules = self.radio_rules()?;
        let now = self.now();
        let today = to_millis(midnight(date_of(now)));
        let month = to_millis(midnight(civil_of(now).date().first_of_month()));
        let stations = self.radio_stations().await?;
        Ok(stations.iter().map(|station| health(station, &rules, (to_millis(now), today, month))).collect())
    }
}

fn health(station: &Station, rules: &RadioRules, (now, today, month): (i64, i64, i64)) -> StationHealth {
    let packages = || station.packages.values();
    let last = packages().max_by_key(|meta| (meta.until_ms, meta.sequence)).cloned();
    let newest = packages().max_by_key(|meta| meta.sequence);
    let silent_ms = rules.health.silent_hours.saturating_mul(HOUR_MS);
    let receiver = |receiver: &String| {
        let own = || packages().filter(|meta| meta.receiver == *receiver);
        ReceiverHealth {
            receiver: receiver.clone(),
            last: own().max_by_key(|meta| meta.until_ms).cloned(),
            last_sweeps: own().filter(|meta| meta.kind == "sweeps").max_by_key(|meta| meta.until_ms).cloned(),
        }
    };
    let (missing, missing_first) = missing(station.packages.keys().copied());
    StationHealth {
        station: station.station.clone(),
        name: station.name.clone(),
        receivers: station.receivers.iter().map(receiver).collect(),
        degrees: station.degrees,
        silent: last.as_ref().is_none_or(|meta| now.saturating_sub(meta.until_ms) > silent_ms),
        clock_off: newest.is_some_and(|meta| meta.clock_offset_ms.abs() >= rules.health.clock_ms),
        missing,
        missing_first,
        packages: station.packages.len() as u64,
        hours: hours(station, (now, today, month)),
        last,
    }
}

/// Numbers between 1 and the last that are not there: how many, and the first few.
fn missing(numbers: impl Iterator<Item = u64>) -> (u64, Vec<u64>) {
    let (mut next, mut count, mut first) = (1, 0, Vec::new());
    for number in numbers {
        count += number.saturating_sub(next);
        first.extend((next..number).take(NAMED_MOST.saturating_sub(first.len())));
        next = number.saturating_add(1);
    }
    (count, first)
}

fn hours(station: &Station, (now, today, month): (i64, i64, i64)) -> Vec<Hours> {
    let mut tasks: BTreeMap<&str, BTreeMap<&str, (Intervals, Intervals)>> = BTreeMap::new();
    for backed in station.times.values().filter(|backed| backed.until_ms > month && backed.from_ms < now) {
        let of = tasks.entry(&backed.task).or_default().entry(&backed.receiver).or_default();
        let since = |start: i64| {
            let until = backed.until_ms.min(now);
            Interval::new(backed.from_ms.max(start).saturating_mul(NS_PER_MS), until.saturating_mul(NS_PER_MS))
        };
        if let Some(interval) = since(today) {
            of.0.add(interval);
        }
        if let Some(interval) = since(month) {
            of.1.add(interval);
        }
    }
    let seconds = |ns: i128| i64::try_from(guiju_spectrum::hours::whole_seconds(ns)).unwrap_or(i64::MAX);
    tasks
        .into_iter()
        .map(|(task, receivers)| Hours {
            task: task.to_owned(),
            today_s: seconds(receivers.values().map(|(today, _)| today.total_ns()).sum()),
            month_s: seconds(receivers.values().map(|(_, month)| month.total_ns()).sum()),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_that_never_came_are_counted_and_the_first_are_named() {
        assert_eq!(missing([1, 2, 3].into_iter()), (0, vec![]));
        assert_eq!(missing([2, 5, 20].into_iter()), (17, vec![1, 3, 4, 6, 7]));
        assert_eq!(missing(std::iter::empty()), (0, vec![]));
    }
}
