//! Is a signal on by the clock? Its times of day, over the days on which anybody looked.
//!
//! Each stretch of ten minutes of the day is looked at on every day on which it was observed: on, off, or not known. Time that nobody
//! observed is evidence of nothing.

use serde::{Deserialize, Serialize};

use crate::hours::Intervals;

/// A stretch of the day, in ns.
const SLOT_NS: i64 = 600_000_000_000;
/// Stretches of a day.
const SLOTS: usize = 144;
/// A stretch counts as on on a day when at least this share of what was observed of it was on.
const ON_SHARE: f64 = 0.5;
/// A stretch is steady when it was on, or off, on this share of the days on which it was observed.
const STEADY: f64 = 0.8;
/// By the clock is what is steady in this share of the stretches observed.
const BY_CLOCK: f64 = 0.9;
/// Stretches on and off that a timer shows at least: an hour of each.
const TIMER_LEAST: usize = 6;
/// Days on which a stretch was observed before it says anything.
const DAYS_LEAST: u32 = 3;
/// Days off (Saturdays and Sundays) on which a stretch was observed before it says anything of them: one weekend.
const DAYS_OFF_LEAST: u32 = 2;
/// A Thursday was the first day of 1970; this many days later it was Monday, day 0 of a week.
const FIRST_WEEKDAY: i64 = 3;

/// What the times of a signal look like.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Schedule {
    /// Too few days were observed.
    Unknown,
    /// On whenever anybody looked.
    Continuous,
    /// On and off at the same times of day.
    Daily {
        /// When it goes on, in minutes after midnight, to ten minutes.
        from_minute: u32,
        /// When it goes off, in minutes after midnight; smaller than `from_minute` where it is on over midnight.
        until_minute: u32,
        /// The going on, and the going off, were themselves observed: otherwise the hours are those of the observer.
        edges_observed: bool,
    },
    /// On and off at the same times of day from Monday to Friday, and off on Saturday and Sunday. Holidays are not known here.
    WorkingHours {
        /// When it goes on, in minutes after midnight, to ten minutes.
        from_minute: u32,
        /// When it goes off, in minutes after midnight.
        until_minute: u32,
        /// As in [`Schedule::Daily`].
        edges_observed: bool,
    },
    /// None of these.
    Irregular,
}

/// On how many days, by local date, a signal was seen, of those on which anybody looked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Days {
    /// Days on which it was on while observed.
    pub seen: usize,
    /// Days of which any part was observed.
    pub observed: usize,
}

/// Counts the days on which a signal was seen. `zone_offset_ns` is what local time is ahead of UTC.
#[must_use]
pub fn days(on: &Intervals, observed: &Intervals, zone_offset_ns: i64) -> Days {
    let count = |times: &Intervals| {
        let slots = by_slot(times, zone_offset_ns);
        slots.keys().map(|slot| slot.div_euclid(SLOTS as i64)).collect::<std::collections::BTreeSet<_>>().len()
    };
    Days { seen: count(&on.intersect(observed)), observed: count(observed) }
}

/// On, off and observed time of a stretch of the day over all days.
#[derive(Debug, Clone, Copy, Default)]
struct Slot {
    days: u32,
    on: u32,
}

/// Recognises the schedule of a signal. `zone_offset_ns` is what local time is ahead of UTC.
#[must_use]
pub fn recognise(on: &Intervals, observed: &Intervals, zone_offset_ns: i64) -> Schedule {
    let all_days = judged(&known(&slots(on, observed, zone_offset_ns, |_| true), DAYS_LEAST));
    if all_days != Schedule::Irregular {
        return all_days;
    }
    let off = known(&slots(on, observed, zone_offset_ns, |weekday| weekday >= 5), DAYS_OFF_LEAST);
    let steady_off = off.iter().flatten().filter(|share| **share <= 1.0 - STEADY).count();
    let seen_off = off.iter().flatten().count();
    if seen_off == 0 || (steady_off as f64) < BY_CLOCK * seen_off as f64 {
        return Schedule::Irregular;
    }
    match judged(&known(&slots(on, observed, zone_offset_ns, |weekday| weekday < 5), DAYS_LEAST)) {
        // What was on when nobody looked at the weekend is not known to keep working hours.
        Schedule::Daily { from_minute, until_minute, edges_observed }
            if weekend_looked(&off, from_minute, until_minute) =>
        {
            Schedule::WorkingHours { from_minute, until_minute, edges_observed }
        }
        _ => Schedule::Irregular,
    }
}

/// Whether most of the stretches in which a signal is on from Monday to Friday were looked at on days off.
fn weekend_looked(off: &[Option<f64>], from_minute: u32, until_minute: u32) -> bool {
    let hours = off.iter().enumerate().filter(|(slot, _)| {
        let minute = u32::try_from(*slot).unwrap_or(0) * 10;
        if from_minute < until_minute {
            (from_minute..until_minute).contains(&minute)
        } else {
            minute >= from_minute || minute < until_minute
        }
    });
    let (looked, all) =
        hours.fold((0, 0), |(looked, all), (_, share)| (looked + usize::from(share.is_some()), all + 1));
    2 * looked > all
}

/// The share of days on which each stretch was on; `None` where too few were observed.
fn known(slots: &[Slot], days_least: u32) -> Vec<Option<f64>> {
    let share = |slot: &Slot| f64::from(slot.on) / f64::from(slot.days);
    slots.iter().map(|slot| (slot.days >= days_least).then(|| share(slot))).collect()
}

/// What the shares of a day's stretches look like.
fn judged(known: &[Option<f64>]) -> Schedule {
    let seen = known.iter().flatten().count();
    if seen == 0 {
        return Schedule::Unknown;
    }
    let steady_on = known.iter().flatten().filter(|share| **share >= STEADY).count();
    let steady_off = known.iter().flatten().filter(|share| **share <= 1.0 - STEADY).count();
    let by_clock = |steady: usize| steady as f64 >= BY_CLOCK * seen as f64;
    if by_clock(steady_on) {
        return Schedule::Continuous;
    }
    if !by_clock(steady_on + steady_off) || steady_on < TIMER_LEAST || steady_off < TIMER_LEAST {
        return Schedule::Irregular;
    }
    daily(known)
}

/// The longest run of stretches that are on, around the clock; what was not observed neither ends nor makes a run.
fn daily(known: &[Option<f64>]) -> Schedule {
    let state = |at: usize| known.get(at % SLOTS).copied().flatten().map(|share| share > 0.5);
    let Some(off) = (0..SLOTS).find(|at| state(*at) == Some(false)) else { return Schedule::Continuous };
    let mut best: Option<(usize, usize)> = None;
    let mut run: Option<(usize, usize)> = None;
    for at in off..=off + SLOTS {
        match (state(at), run) {
            (Some(true), None) => run = Some((at, at + 1)),
            (Some(true), Some((from, _))) => run = Some((from, at + 1)),
            (Some(false), Some((from, until))) => {
                if best.is_none_or(|(first, end)| until - from > end - first) {
                    best = Some((from, until));
                }
                run = None;
            }
            _ => {}
        }
    }
    let Some((from, until)) = best else { return Schedule::Irregular };
    let minute = |slot: usize| u32::try_from(slot % SLOTS).unwrap_or(0) * 10;
    let edges_observed = state(from + SLOTS - 1) == Some(false) && state(until) == Some(false);
    Schedule::Daily { from_minute: minute(from), until_minute: minute(until), edges_observed }
}

/// The stretches of the day over the days whose weekday (0 for Monday) is `wanted`.
fn slots(on: &Intervals, observed: &Intervals, zone_offset_ns: i64, wanted: impl Fn(i64) -> bool) -> Vec<Slot> {
    let seen = on.intersect(observed);
    let (seen, looked) = (by_slot(&seen, zone_offset_ns), by_slot(observed, zone_offset_ns));
    let mut slots = vec![Slot::default(); SLOTS];
    let weekday = |number: i64| (number.div_euclid(SLOTS as i64) + FIRST_WEEKDAY).rem_euclid(7);
    for (number, looked_ns) in looked.into_iter().filter(|(number, _)| wanted(weekday(*number))) {
        let Some(slot) = usize::try_from(number.rem_euclid(SLOTS as i64)).ok().and_then(|at| slots.get_mut(at)) else {
            continue;
        };
        let on_ns = seen.get(&number).copied().unwrap_or(0);
        slot.days += 1;
        slot.on += u32::from(on_ns as f64 >= ON_SHARE * looked_ns as f64);
    }
    slots
}

/// Time within each stretch since 1970 in local time, in ns.
fn by_slot(times: &Intervals, zone_offset_ns: i64) -> std::collections::BTreeMap<i64, i64> {
    let mut by = std::collections::BTreeMap::new();
    for interval in times.iter() {
        let (mut from, until) =
            (interval.from_ns().saturating_add(zone_offset_ns), interval.until_ns().saturating_add(zone_offset_ns));
        while from < until {
            let slot = from.div_euclid(SLOT_NS);
            let end = ((slot + 1) * SLOT_NS).min(until);
            *by.entry(slot).or_insert(0) += end - from;
            from = end;
        }
    }
    by
}

impl Schedule {
    /// In Chinese.
    #[must_use]
    pub fn zh(self) -> String {
        match self {
            Self::Unknown => "观测天数不足，无法判断".to_owned(),
            Self::Continuous => "观测期间一直存在".to_owned(),
            Self::Daily { from_minute, until_minute, .. } => {
                format!("每天{}至{}", clock(from_minute), clock(until_minute))
            }
            Self::WorkingHours { from_minute, until_minute, .. } => {
                format!("周一至周五{}至{}", clock(from_minute), clock(until_minute))
            }
            Self::Irregular => "没有固定时间".to_owned(),
        }
    }

    /// In English.
    #[must_use]
    pub fn en(self) -> String {
        match self {
            Self::Unknown => "too few days were observed".to_owned(),
            Self::Continuous => "on whenever it was looked for".to_owned(),
            Self::Daily { from_minute, until_minute, .. } => {
                format!("daily from {} to {}", clock(from_minute), clock(until_minute))
            }
            Self::WorkingHours { from_minute, until_minute, .. } => {
                format!("Monday to Friday from {} to {}", clock(from_minute), clock(until_minute))
            }
            Self::Irregular => "at no fixed times".to_owned(),
        }
    }
}

fn clock(minute: u32) -> String {
    format!("{:02}:{:02}", minute / 60, minute % 60)
}
