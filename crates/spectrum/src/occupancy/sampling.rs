//! How far do samples carry that depend on one another?
//!
//! A channel that was busy a second ago is likely to be busy now, so a thousand samples of it may be worth thirty. Busy and idle are taken
//! as a Markov chain of two states: with the correlation l of neighbouring samples, n of them are worth n (1-l)/(1+l). The interval
//! is Wilson's over that number, because it stays inside 0 and 1 and means something at none of n too.

use serde::{Deserialize, Serialize};

/// The two-sided 95 % quantile of the normal law, rounded as the recommendation does.
const Z: f64 = 1.96;
/// The relative error that enough samples keep to, at 95 %.
const RELATIVE_ERROR: f64 = 0.1;

/// From and until, both inclusive, as shares of time.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Span {
    /// The lower end.
    pub low: f64,
    /// The upper end.
    pub high: f64,
}

/// How far the samples of one channel carry.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct Sampling {
    /// Sweeps that observed the channel.
    pub samples: u64,
    /// Correlation of a sample with the next, from 0 up.
    pub dependence: f64,
    /// Independent samples that they are worth.
    pub effective: f64,
    /// 95 % interval of the occupancy; `None` where nothing was observed.
    pub interval: Option<Span>,
    /// Samples that an error of a tenth of the occupancy asks for, dependence included; `None` where it was never busy or nothing was
    /// observed.
    pub needed: Option<u64>,
    /// There are as many.
    pub enough: bool,
}

/// What was counted of one channel: weights of samples, and which state followed which.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Counted {
    pub samples: u64,
    /// Sum of the squares of the weights, in s².
    pub squares: f64,
    /// Sum of the weights, in s.
    pub weight: f64,
    /// How often idle was followed by idle, idle by busy, busy by idle, busy by busy, in sweeps in a row.
    pub follows: [u64; 4],
}

impl Counted {
    pub(super) fn add(&mut self, ns: u64) {
        let seconds = ns as f64 / 1e9;
        self.samples += 1;
        self.weight += seconds;
        self.squares += seconds * seconds;
    }

    pub(super) fn follow(&mut self, before: bool, now: bool) {
        if let Some(count) = self.follows.get_mut(usize::from(before) * 2 + usize::from(now)) {
            *count += 1;
        }
    }

    /// Correlation of neighbours: how much likelier busy is after busy than after idle. Half a change each way is added, so that a chain
    /// that was never seen to change is not taken for certain.
    fn dependence(&self) -> f64 {
        let [idle_idle, idle_busy, busy_idle, busy_busy] = self.follows.map(|count| count as f64);
        let begins = (idle_busy + 0.5) / (idle_idle + idle_busy + 1.0);
        let ends = (busy_idle + 0.5) / (busy_idle + busy_busy + 1.0);
        // Samples that repel one another would be worth more than their number: that is not relied on.
        (1.0 - begins - ends).clamp(0.0, 1.0)
    }

    pub(super) fn judge(&self, occupancy: Option<f64>) -> Sampling {
        let dependence = self.dependence();
        let inflation = (1.0 + dependence) / (1.0 - dependence).max(f64::EPSILON);
        // Samples that stand for unequal times are worth fewer (Kish).
        let equal = if self.squares > 0.0 { self.weight * self.weight / self.squares } else { 0.0 };
        let effective = equal / inflation;
        let needed = occupancy.and_then(|share| samples_needed(share, RELATIVE_ERROR)).map(|needed| needed * inflation);
        Sampling {
            samples: self.samples,
            dependence,
            effective,
            interval: occupancy.filter(|_| effective > 0.0).map(|share| wilson(share, effective)),
            needed: needed.map(|needed| needed.ceil() as u64),
            enough: needed.is_some_and(|needed| equal >= needed),
        }
    }
}

/// Independent samples that a relative error asks for at 95 %: (z/d)² (1-p)/p. `None` for a channel that is never busy.
#[must_use]
pub fn samples_needed(occupancy: f64, relative_error: f64) -> Option<f64> {
    let usable = occupancy > 0.0 && occupancy <= 1.0 && relative_error > 0.0;
    usable.then(|| (Z / relative_error).powi(2) * (1.0 - occupancy) / occupancy)
}

/// Wilson's 95 % interval of a share seen in so many independent samples, which need not be whole.
fn wilson(share: f64, samples: f64) -> Span {
    let square = Z * Z / samples;
    let middle = share + square / 2.0;
    let half = Z * (share * (1.0 - share) / samples + square / (4.0 * samples)).sqrt();
    let at = |end: f64| (end / (1.0 + square)).clamp(0.0, 1.0);
    // Rounding must not push the share itself out.
    Span { low: at(middle - half).min(share), high: at(middle + half).max(share) }
}
