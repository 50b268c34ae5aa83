//! Schedules that the week makes, over two weeks of a sweep a minute with holes; and on how many days a signal was on.

use guiju_spectrum::hours::{Interval, Intervals};
use guiju_spectrum::schedule::{Days, Schedule, days, recognise};

const MINUTE: i64 = 60_000_000_000;
const ZONE: i64 = 480 * MINUTE;
/// Midnight in Beijing on Monday, 2024-11-25.
const START: i64 = 1_732_464_000_000_000_000;

fn minutes(of_days: i64, when: impl Fn(i64, i64) -> bool) -> Intervals {
    let mut all = Intervals::new();
    for at in (0..of_days * 1_440).filter(|at| when(at / 1_440, at % 1_440)) {
        let from = START + at * MINUTE;
        Interval::new(from, from + MINUTE).into_iter().for_each(|interval| all.add(interval));
    }
    all
}

fn office(day: i64, minute: i64) -> bool {
    day % 7 < 5 && (510..1_080).contains(&minute)
}

/// One minute in thirteen, and the afternoon of the second day, were not observed.
fn with_holes(day: i64, minute: i64) -> bool {
    (day, minute / 360) != (1, 2) && (day * 5 + minute) % 13 != 0
}

#[test]
fn working_hours_are_recognised_by_the_week() {
    for of_days in [7, 14] {
        let found = recognise(&minutes(of_days, office), &minutes(of_days, with_holes), ZONE);
        assert_eq!(found, Schedule::Weekdays { from_minute: 510, until_minute: 1_080, edges_observed: true });
        assert_eq!(found.en(), "from Monday to Friday, 08:30 to 18:00");
        assert_eq!(found.zh(), "周一至周五08:30至18:00");
    }
}

/// A signal of working hours of which no Saturday was observed is a daily one, for all that anybody knows.
#[test]
fn an_end_of_week_that_nobody_observed_proves_nothing() {
    let observed = minutes(7, |day, minute| day < 5 && with_holes(day, minute));
    let found = recognise(&minutes(7, office), &observed, ZONE);
    assert!(matches!(found, Schedule::Daily { from_minute: 510, until_minute: 1_080, .. }), "{found:?}");
}

#[test]
fn another_week_is_no_working_week() {
    // Off from Tuesday to Thursday, on at the end of the week.
    let other = |day: i64, minute: i64| !(1..4).contains(&(day % 7)) && (510..1_080).contains(&minute);
    assert_eq!(recognise(&minutes(14, other), &minutes(14, with_holes), ZONE), Schedule::Irregular);
}

#[test]
fn days_are_local_and_those_observed_only() {
    let observed = minutes(7, |day, _| day != 2);
    assert_eq!(days(&minutes(7, office), &observed, ZONE), Days { seen: 4, observed: 6 });
    // From 22:30 until 23:30 UTC is the morning of the next day in Beijing.
    let morning = minutes(1, |_, minute| (390..450).contains(&minute));
    assert_eq!(days(&morning, &morning, ZONE), Days { seen: 1, observed: 1 });
    assert_eq!(days(&morning, &morning, 0), Days { seen: 1, observed: 1 });
    let over_midnight = minutes(1, |_, minute| (470..490).contains(&minute));
    assert_eq!(days(&over_midnight, &over_midnight, 0).seen, 2);
    assert_eq!(days(&Intervals::new(), &Intervals::new(), ZONE), Days::default());
}
