//! Monitored hours equal a slow twin that paints every second.

#![expect(clippy::indexing_slicing, reason = "a test ends where something does not hold")]

use guiju_spectrum::hours::{Interval, Intervals, Watch, watched_ns, whole_seconds};
use proptest::prelude::*;

const SECOND_NS: i64 = 1_000_000_000;
const SPAN: usize = 200;

fn interval(from: i64, until: i64) -> Option<Interval> {
    Interval::new(from * SECOND_NS, until * SECOND_NS)
}

fn set(pairs: &[(i64, i64)]) -> Intervals {
    let mut set = Intervals::new();
    pairs.iter().filter_map(|&(from, until)| interval(from, until)).for_each(|interval| set.add(interval));
    set
}

/// The slow twin: one box for every second.
fn painted(pairs: &[(i64, i64)]) -> Vec<bool> {
    let mut seconds = vec![false; SPAN];
    for &(from, until) in pairs {
        for second in from..until.max(from) {
            seconds[second as usize] = true;
        }
    }
    seconds
}

fn pairs() -> impl Strategy<Value = Vec<(i64, i64)>> {
    proptest::collection::vec((0..SPAN as i64, 0..SPAN as i64), 0..12)
}

proptest! {
    #[test]
    fn hours_equal_the_slow_twin(receivers in proptest::collection::vec((pairs(), proptest::option::of(pairs()), pairs()), 0..4)) {
        let mut slow = 0;
        let mut watches = Vec::new();
        for (backed, claimed, gaps) in &receivers {
            let paint = (painted(backed), claimed.as_deref().map(painted), painted(gaps));
            slow += (0..SPAN).filter(|&s| paint.0[s] && paint.1.as_ref().is_none_or(|c| c[s]) && !paint.2[s]).count();
            watches.push(Watch {
                claimed: claimed.as_deref().map(set),
                backed: set(backed),
                gaps: gaps.iter().filter_map(|&(from, until)| interval(from, until)).collect(),
            });
        }
        prop_assert_eq!(whole_seconds(watched_ns(&watches)), slow as i128);
        for watch in &watches {
            let found: Vec<Interval> = watch.watched().iter().collect();
            // Disjoint and apart. Subtracting may leave neighbours only where a gap lay between them.
            prop_assert!(found.windows(2).all(|two| two[0].until_ns() < two[1].from_ns()));
        }
    }
}

#[test]
fn one_receiver_is_not_counted_twice_and_two_are() {
    let twice = Watch { backed: set(&[(0, 10), (5, 20), (20, 30)]), ..Watch::default() };
    assert_eq!(twice.watched().iter().count(), 1);
    assert_eq!(whole_seconds(watched_ns([&twice])), 30);
    assert_eq!(whole_seconds(watched_ns([&twice, &twice.clone()])), 60);
}

#[test]
fn what_is_claimed_without_data_is_not_counted() {
    let idle =
        Watch { claimed: Some(set(&[(0, 100)])), backed: set(&[(40, 60)]), gaps: vec![interval(50, 55).unwrap()] };
    assert_eq!(whole_seconds(watched_ns([&idle])), 15);
}

#[test]
fn the_ends_of_time_do_not_overflow() {
    let all = Interval::new(i64::MIN, i64::MAX).unwrap();
    let mut set = Intervals::new();
    set.add(all);
    set.add(all);
    assert_eq!(set.total_ns(), i128::from(u64::MAX));
    set.subtract(all);
    assert_eq!(set.total_ns(), 0);
    assert!(Interval::new(5, 5).is_none());
}
