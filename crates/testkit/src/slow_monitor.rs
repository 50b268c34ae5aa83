//! The audit said again the plain way: for every act, look at all acts before it, and count periods day by day.
//!
//! Knows one made-up procedure, whose acts bear their names as tags: `a` (begins; issues a paper), `receipt` (of it), `b` (what is
//! demanded; stops the clock), `w` (waives), `o` (once), `pause` and `resume`, `other_pause` (for a cause that the law does not list),
//! `extend`, `drop` (stops the clock), `round` (begins the next round). Shares nothing with the monitor but its question.

use std::collections::BTreeSet;

use jiff::Timestamp;

use crate::slow_calendar::{SlowCalendar, SlowPause, SlowPeriod};

/// One act.
#[derive(Debug, Clone)]
pub struct SlowStep {
    pub act: &'static str,
    pub at: Timestamp,
    pub by: Vec<String>,
}

/// What is demanded. Periods are a number of days, working ones or all.
#[derive(Debug, Clone)]
pub enum SlowDemand {
    Before { once: bool, waived: bool },
    Never,
    AtMost(usize),
    MinGap { receipt: bool, waived: bool, days: u32, working: bool },
    Within { days: u32, working: bool, pauses: bool, extension: Option<u32> },
    Actors(usize),
    Distinct,
}

/// In place of an act that is owed and not there.
pub const OWED: usize = usize::MAX;

/// The places at which the demand is broken: of `b`, or [`OWED`].
pub fn broken(
    steps: &[SlowStep],
    demand: &SlowDemand,
    now: Timestamp,
    calendar: &SlowCalendar,
    carded: &dyn Fn(&str, Timestamp) -> bool,
) -> BTreeSet<usize> {
    let is = |at: usize, act: &str| steps.get(at).is_some_and(|step| step.act == act);
    let all = || 0..steps.len();
    let in_round = |i: usize, j: usize| !(i + 1..j).any(|k| is(k, "round"));
    let earlier = |act: &str, j: usize| all().any(|i| i < j && is(i, act) && in_round(i, j));
    let hands = |at: usize| steps.get(at).map(|step| step.by.clone()).unwrap_or_default();
    let at = |place: usize| steps.get(place).map_or(now, |step| step.at);
    let demanded: Vec<usize> = all().filter(|j| is(*j, "b")).collect();
    let mut bad = BTreeSet::new();
    match demand {
        SlowDemand::Before { once, waived } => bad.extend(demanded.iter().filter(|j| {
            let made = !once || all().any(|i| i < **j && is(i, "o"));
            made && !(*waived && earlier("w", **j)) && !earlier("a", **j)
        })),
        SlowDemand::Never => bad.extend(demanded.iter().filter(|j| earlier("a", **j))),
        SlowDemand::AtMost(times) => bad.extend(demanded.iter().skip(*times)),
        SlowDemand::MinGap { receipt, waived, days, working } => bad.extend(demanded.iter().filter(|j| {
            let Some(a) = all().rev().find(|i| i < *j && is(*i, "a") && in_round(*i, **j)) else { return false };
            if *waived && (a..**j).any(|i| is(i, "w")) {
                return false;
            }
            let from = if *receipt { (a..**j).rev().find(|i| is(*i, "receipt")) } else { Some(a) };
            let Some(from) = from else { return true };
            let due = end(calendar, at(from), *days, *working, *receipt, &[]);
            due.is_some_and(|due| at(**j) < due)
        })),
        SlowDemand::Within { .. } => within(steps, demand, now, calendar, &mut bad),
        SlowDemand::Actors(count) => bad.extend(demanded.iter().filter(|j| {
            let fit: BTreeSet<String> = hands(**j).into_iter().filter(|person| carded(person, at(**j))).collect();
            fit.len() < *count
        })),
        SlowDemand::Distinct => bad.extend(
            demanded
                .iter()
                .filter(|j| all().any(|i| is(i, "a") && hands(i).iter().any(|person| hands(**j).contains(person)))),
        ),
    }
    bad
}

fn within(steps: &[SlowStep], demand: &SlowDemand, now: Timestamp, calendar: &SlowCalendar, bad: &mut BTreeSet<usize>) {
    let SlowDemand::Within { days, working, pauses, extension } = demand else { return };
    let act = |at: usize| steps.get(at).map_or("", |step| step.act);
    let moment = |at: usize| steps.get(at).map_or(now, |step| step.at);
    let n = steps.len();
    for j in (0..=n).filter(|j| *j == n || act(*j) == "b") {
        // What ended or began something else before: only what came after it can have begun this period.
        let since = (0..j).rev().find(|i| ["b", "round"].contains(&act(*i))).map_or(0, |i| i + 1);
        let Some(start) = (since..j).find(|i| act(*i) == "a") else { continue };
        let runs = (start..n).rev().find(|i| ["a", "b", "drop"].contains(&act(*i))).is_some_and(|i| act(i) == "a");
        if j == n && !runs {
            continue;
        }
        let closes = |i: usize| ["resume", "b", "drop"].contains(&act(i));
        let stands = |i: usize| -> SlowPause {
            let close = (i + 1..j).find(|k| closes(*k)).map(moment);
            (moment(i), close.or_else(|| (j < n).then(|| moment(j))))
        };
        let stretches: Vec<SlowPause> =
            if *pauses { (start..j).filter(|i| act(*i) == "pause").map(stands).collect() } else { Vec::new() };
        let ends = |days: u32| end(calendar, moment(start), days, *working, false, &stretches);
        let mut due = ends(*days);
        let granted = (start + 1..j).any(|i| act(i) == "extend" && due.is_some_and(|due| moment(i) < due));
        if let (Some(more), true) = (extension, granted) {
            due = ends(days + more);
        }
        if due.is_some_and(|due| moment(j) >= due) {
            bad.insert(if j == n { OWED } else { j });
        }
    }
}

fn end(
    calendar: &SlowCalendar,
    start: Timestamp,
    days: u32,
    working: bool,
    rolls: bool,
    pauses: &[SlowPause],
) -> Option<Timestamp> {
    let unit = if working { "working_days" } else { "days" };
    let period = SlowPeriod { n: days, unit, rolls, counts_first_day: false, next_day: false };
    calendar.due(start, &period, pauses).map(|due| due.0)
}
