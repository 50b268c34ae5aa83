//! How long was watched? Per receiver the union of half-open intervals that data back, gaps subtracted, then summed.
//!
//! A minute that two files of one receiver claim counts once; a minute that two receivers watched counts twice, because two
//! watched. Durations that a file or a vendor states are never added up (shared definitions, "Monitored hours").

use std::collections::BTreeMap;

/// A half-open interval of time: `from_ns` is inside, `until_ns` is not. Nanoseconds since 1970 in UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Interval {
    from_ns: i64,
    until_ns: i64,
}

impl Interval {
    /// Makes an interval; `None` when it would hold no time.
    pub fn new(from_ns: i64, until_ns: i64) -> Option<Self> {
        (from_ns < until_ns).then_some(Self { from_ns, until_ns })
    }

    /// The first nanosecond inside.
    pub fn from_ns(self) -> i64 {
        self.from_ns
    }

    /// The first nanosecond after it.
    pub fn until_ns(self) -> i64 {
        self.until_ns
    }
}

/// A set of moments, kept as disjoint intervals that do not touch. Memory grows with the number of gaps, not with the data.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Intervals {
    /// `from` -> `until`. INVARIANT(apart): each `until` is smaller than the next `from`.
    held: BTreeMap<i64, i64>,
}

impl Intervals {
    /// Makes an empty set.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds an interval; what is there already is not counted again. Touching intervals become one.
    pub fn add(&mut self, added: Interval) {
        let (mut from, mut until) = (added.from_ns, added.until_ns);
        // INVARIANT(apart): everything that overlaps or touches is taken out and put back as one.
        while let Some((&start, &end)) = self.held.range(..=until).next_back() {
            if end < from {
                break;
            }
            self.held.remove(&start);
            from = from.min(start);
            until = until.max(end);
        }
        self.held.insert(from, until);
    }

    /// Takes an interval away.
    pub fn subtract(&mut self, gap: Interval) {
        while let Some((&start, &end)) = self.held.range(..gap.until_ns).next_back() {
            if end <= gap.from_ns {
                break;
            }
            self.held.remove(&start);
            if gap.until_ns < end {
                self.held.insert(gap.until_ns, end);
            }
            if start < gap.from_ns {
                self.held.insert(start, gap.from_ns);
            }
        }
    }

    /// Keeps what lies in both sets.
    #[must_use]
    pub fn intersect(&self, other: &Self) -> Self {
        let (mut ours, mut theirs) = (self.iter().peekable(), other.iter().peekable());
        let mut both = Self::new();
        while let (Some(a), Some(b)) = (ours.peek().copied(), theirs.peek().copied()) {
            if let Some(common) = Interval::new(a.from_ns.max(b.from_ns), a.until_ns.min(b.until_ns)) {
                both.add(common);
            }
            if a.until_ns <= b.until_ns {
                ours.next();
            } else {
                theirs.next();
            }
        }
        both
    }

    /// Goes through the disjoint intervals in order of time.
    pub fn iter(&self) -> impl Iterator<Item = Interval> + '_ {
        self.held.iter().map(|(&from_ns, &until_ns)| Interval { from_ns, until_ns })
    }

    /// Sums the time, in nanoseconds.
    pub fn total_ns(&self) -> i128 {
        self.held.iter().map(|(&from, &until)| i128::from(until) - i128::from(from)).sum()
    }
}

/// What one receiver was told to do, what its data back, and where the data have holes.
#[derive(Debug, Clone, Default)]
pub struct Watch {
    /// Intervals that a session log or a plan claims; `None` when nothing is claimed and the data speak alone.
    pub claimed: Option<Intervals>,
    /// Intervals that data back.
    pub backed: Intervals,
    /// Holes known inside of them: lost buffers, overload, a receiver that stood still.
    pub gaps: Vec<Interval>,
}

impl Watch {
    /// Finds when this receiver really watched: claimed and backed, without the gaps.
    pub fn watched(&self) -> Intervals {
        let mut watched = match &self.claimed {
            Some(claimed) => claimed.intersect(&self.backed),
            None => self.backed.clone(),
        };
        for gap in &self.gaps {
            watched.subtract(*gap);
        }
        watched
    }
}

/// Sums what was watched over receivers, in nanoseconds.
pub fn watched_ns<'a>(receivers: impl IntoIterator<Item = &'a Watch>) -> i128 {
    receivers.into_iter().map(|watch| watch.watched().total_ns()).sum()
}

/// Turns nanoseconds into whole seconds, rounded down: an hour that was not watched in full is not counted in full.
pub fn whole_seconds(ns: i128) -> i128 {
    ns.div_euclid(1_000_000_000)
}
