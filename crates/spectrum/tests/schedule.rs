//! Schedules over a synthetic week, a sweep a minute, with holes.

use guiju_spectrum::hours::{Interval, Intervals};
use guiju_spectrum::schedule::{Days, Schedule, days, recognise};

const MINUTE: i64 = 60_000_000_000;
const DAY: i64 = 1_440 * MINUTE;
const ZONE: i64 = 480 * MINUTE;
/// Midnight in Beijing, 2024-11-25.
const START: i64 = 1_732_464_000_000_000_000;

/// Minutes of the week in which `when(day, minute of the day)` holds.
fn minutes(when: impl Fn(i64, i64) -> bool) -> Intervals {
    let mut all = Intervals::new();
    for at in 0..7 * 1_440 {
        if when(at / 1_440, at % 1_440) {
            let from = START + at * MINUTE;
            Interval::new(from, from + MINUTE).into_iter().for_each(|interval| all.add(interval));
        }
    }
    all
}

fn always(_: i64, _: i64) -> bool {
    true
}

#[test]
fn a_nightly_timer_is_recognised_although_there_are_holes() {
    let night = |_: i64, minute: i64| !(450..1_230).contains(&minute);
    let observed = minutes(|day, minute| (day, minute / 60) != (2, 22) && (day * 7 + minute) % 11 != 0);
    let found = recognise(&minutes(night), &observed, ZONE);
    assert_eq!(found, Schedule::Daily { from_minute: 1_230, until_minute: 450, edges_observed: true });
    assert_eq!((found.zh(), found.en()), ("每天20:30至07:30".to_owned(), "daily from 20:30 to 07:30".to_owned()));
}

#[test]
fn a_timer_that_is_a_few_minutes_off_each_day_is_one_still() {
    let about = |day: i64, minute: i64| (1_200 + day..1_380 - day).contains(&minute);
    let found = recognise(&minutes(about), &minutes(always), ZONE);
    assert!(
        matches!(found, Schedule::Daily { from_minute: 1_200 | 1_210, until_minute: 1_370 | 1_380, .. }),
        "{found:?}"
    );
}

#[test]
fn what_is_always_there_and_what_comes_and_goes_are_no_timers() {
    assert_eq!(recognise(&minutes(always), &minutes(always), ZONE), Schedule::Continuous);
    let random = |day: i64, minute: i64| (day * 1_440 + minute).wrapping_mul(2_654_435_761) >> 13 & 3 == 0;
    let hours = |day: i64, minute: i64| random(day, minute / 30 * 30);
    assert_eq!(recognise(&minutes(hours), &minutes(always), ZONE), Schedule::Irregular);
}

/// The synthetic week begins on a Monday.
#[test]
fn hours_of_work_are_told_from_a_daily_timer_by_the_weekend() {
    let work = |day: i64, minute: i64| day < 5 && (510..1_050).contains(&minute);
    let holes = |day: i64, minute: i64| (day, minute / 60) != (1, 9) && (day * 5 + minute) % 13 != 0;
    let found = recognise(&minutes(work), &minutes(holes), ZONE);
    assert_eq!(found, Schedule::WorkingHours { from_minute: 510, until_minute: 1_050, edges_observed: true });
    assert_eq!(found.zh(), "周一至周五08:30至17:30");
    assert_eq!(days(&minutes(work), &minutes(holes), ZONE), Days { seen: 5, observed: 7 });
    // The same days off in the middle of the week are no hours of work.
    let odd = |day: i64, minute: i64| day != 1 && day != 2 && (510..1_050).contains(&minute);
    assert_eq!(recognise(&minutes(odd), &minutes(always), ZONE), Schedule::Irregular);
    // Who never looked at the weekend, or only at night, does not know whether it was off there.
    let workdays = minutes(|day, _| day < 5);
    assert!(matches!(recognise(&minutes(work), &workdays, ZONE), Schedule::Daily { .. }));
    let nights = minutes(|day, minute| day < 5 || !(420..1_200).contains(&minute));
    assert!(!matches!(recognise(&minutes(work), &nights, ZONE), Schedule::WorkingHours { .. }));
}

#[test]
fn a_day_begins_at_midnight_where_the_station_stands() {
    let evening = minutes(|day, minute| day == 3 && minute < 60);
    assert_eq!(days(&evening, &evening, ZONE), Days { seen: 1, observed: 1 });
    let two = minutes(|day, minute| (day == 3 && minute >= 1_430) || (day == 4 && minute < 10));
    assert_eq!(days(&Intervals::new(), &two, ZONE), Days { seen: 0, observed: 2 });
    assert_eq!(days(&two, &two, 0), Days { seen: 1, observed: 1 });
}

/// Whoever looks at night only sees a station that is always on at night only: that is no timer.
#[test]
fn the_observers_hours_are_not_the_signals() {
    let watched = minutes(|_, minute| !(420..1_140).contains(&minute));
    assert_eq!(recognise(&minutes(always), &watched, ZONE), Schedule::Continuous);
    let late = minutes(|_, minute| !(300..1_320).contains(&minute));
    assert_eq!(
        recognise(&late, &watched, ZONE),
        Schedule::Daily { from_minute: 1_320, until_minute: 300, edges_observed: true }
    );
    let to_the_end = minutes(|_, minute| !(500..1_320).contains(&minute));
    assert!(matches!(recognise(&to_the_end, &watched, ZONE), Schedule::Daily { edges_observed: false, .. }));
}

#[test]
fn two_days_prove_nothing() {
    let two = minutes(|day, _| day < 2);
    assert_eq!(recognise(&two, &two, ZONE), Schedule::Unknown);
    assert_eq!(recognise(&Intervals::new(), &Intervals::new(), ZONE), Schedule::Unknown);
    assert_eq!(DAY, 86_400_000_000_000);
}
