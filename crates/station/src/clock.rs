//! By how much is the station's clock ahead of the server's? Each exchange narrows it down.
//!
//! An exchange that began and ended at known times of ours says that the server's time was the true one somewhere in between: it gives a
//! range, not a number. The offset that is said stays the same as long as it agrees with every range, and is 0 where 0 agrees: a value
//! that trembles would shift one package against the next, and make or lose time.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// A difference between wall clock and steady clock by which the wall clock was set, in ns.
const STEP_NS: i64 = 500_000_000;

/// What is known of the offset.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Offset {
    known: Option<Known>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Known {
    low_ns: i64,
    high_ns: i64,
    said_ns: i64,
}

impl Offset {
    /// The offset in ns, positive when the station's clock is ahead; `None` before the first exchange.
    pub(crate) fn ns(self) -> Option<i64> {
        self.known.map(|known| known.said_ns)
    }

    /// Takes an exchange in: our times before and after, and the range in which the server's time was, all in ns since 1970.
    pub(crate) fn saw(&mut self, before_ns: i64, after_ns: i64, server_ns: (i64, i64)) {
        let (mut low_ns, mut high_ns) = (before_ns - server_ns.1, after_ns - server_ns.0);
        if low_ns > high_ns {
            return;
        }
        if let Some(known) = self.known.filter(|known| known.low_ns.max(low_ns) <= known.high_ns.min(high_ns)) {
            (low_ns, high_ns) = (known.low_ns.max(low_ns), known.high_ns.min(high_ns));
        }
        let range = low_ns..=high_ns;
        let kept = [Some(0), self.ns()].into_iter().flatten().find(|ns| range.contains(ns));
        let said_ns = kept.unwrap_or(low_ns + (high_ns - low_ns) / 2);
        self.known = Some(Known { low_ns, high_ns, said_ns });
    }
}

/// Notices that somebody set the wall clock.
#[derive(Debug)]
pub(crate) struct Watchman {
    wall_ns: i64,
    steady: Instant,
}

impl Watchman {
    pub(crate) fn new() -> Self {
        Self { wall_ns: now_ns(), steady: Instant::now() }
    }

    /// Whether the clock was set since the last look.
    pub(crate) fn was_set(&mut self) -> bool {
        let (wall_ns, steady) = (now_ns(), Instant::now());
        let passed = i64::try_from(steady.duration_since(self.steady).as_nanos()).unwrap_or(i64::MAX);
        let step = wall_ns.saturating_sub(self.wall_ns).saturating_sub(passed);
        (self.wall_ns, self.steady) = (wall_ns, steady);
        step.abs() > STEP_NS
    }
}

/// The station's own time, in ns since 1970 UTC.
pub(crate) fn now_ns() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or(Duration::ZERO);
    i64::try_from(since.as_nanos()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    const MS: i64 = 1_000_000;

    #[test]
    fn a_clock_that_agrees_is_said_to_be_right_however_long_exchanges_take() {
        let mut offset = Offset::default();
        assert_eq!(offset.ns(), None);
        for (before, after) in [(0, 900), (1_000, 1_001), (5_000, 5_400)] {
            offset.saw(before * MS, after * MS, ((before + 1) * MS, (before + 1) * MS));
            assert_eq!(offset.ns(), Some(0));
        }
    }

    /// Three minutes off: it is known within the length of an exchange, and does not tremble from one to the next.
    #[test]
    fn three_minutes_are_found_and_stay_said() {
        let mut offset = Offset::default();
        let ahead = 180_000 * MS;
        offset.saw(ahead, ahead + 80 * MS, (40 * MS, 41 * MS));
        let said = offset.ns().unwrap();
        assert!((said - ahead).abs() <= 80 * MS, "{said}");
        offset.saw(ahead + 1_000 * MS, ahead + 1_100 * MS, (1_050 * MS, 1_051 * MS));
        assert_eq!(offset.ns(), Some(said));
        // The clock is set right: ranges no longer meet, and the new one holds.
        offset.saw(5_000 * MS, 5_010 * MS, (5_005 * MS, 5_006 * MS));
        assert_eq!(offset.ns(), Some(0));
    }

    #[test]
    fn an_undisturbed_clock_was_not_set() {
        let mut watchman = Watchman::new();
        assert!(!watchman.was_set());
        watchman.wall_ns -= 180_000 * MS;
        assert!(watchman.was_set());
        assert!(!watchman.was_set());
    }
}
