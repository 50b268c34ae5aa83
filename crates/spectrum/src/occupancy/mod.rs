//! Which share of the time is a channel in use? Channel, band and resource occupancy (FCO, FBO, SRO) as ITU-R SM.1880 defines them.
//!
//! Each sweep stands for the time until the next one begins. Where the next one comes later than the longest revisit that was agreed,
//! it stands for the time of its own measurement only, and the rest is a hole. A hole is neither idle nor busy: occupancy is occupied
//! time over *observed* time, and there is none where nothing was observed. A channel of which a sweep measured only a part was not
//! observed by it: counting such a sweep when it shows a signal, and not when it shows none, would read too high.
//!
//! Time is whole nanoseconds throughout; only shares are floating point.

mod channel;
mod meter;
mod sampling;

use serde::{Deserialize, Serialize};

pub use channel::{Channel, channels_csv, raster};
pub use meter::Meter;
pub use sampling::{Sampling, Span, samples_needed};

use crate::floor::FloorMethod;

/// The least that a threshold stands over the floor, in dB, by ITU-R SM.1880.
pub const LEAST_OVER_FLOOR_DB: f64 = 3.0;
/// Hours of a day.
pub(crate) const HOURS: usize = 24;

/// Where the noise floor of a sweep comes from.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Floor {
    /// It is estimated from the bins of each sweep; the band must have idle bins enough.
    Each(FloorMethod),
    /// It is known from elsewhere: the level of noise in one bin, in the dB of the sweeps.
    Known(f64),
}

/// From which level a channel is in use.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Threshold {
    /// A bin this much over the floor, in dB; at least [`LEAST_OVER_FLOOR_DB`].
    OverFloor(f64),
    /// A signal of this level, in the dB of the sweeps, over its whole bandwidth. Where a bin is narrower than the signal, a bin shows
    /// only its part: the threshold is lowered by 10 log10 (OBW/RBW), but never below the least that the floor allows.
    Signal(f64),
}

/// How occupancy is measured.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Settings {
    /// Where the floor comes from.
    pub floor: Floor,
    /// Averages that each level of a sweep already is; 1 for a single look, need not be whole.
    pub looks: f64,
    /// From which level a channel is in use.
    pub threshold: Threshold,
    /// How probable noise alone may make one channel look busy in one sweep; a threshold that would let it happen more often is raised.
    pub false_alarm: f64,
    /// The longest time from the start of one sweep to the start of the next over which a sweep still stands for what it saw, in ns.
    pub revisit_most_ns: i64,
    /// What local time is ahead of UTC, in ns: for the hours of the day.
    pub zone_offset_ns: i64,
    /// The shortest time on or off that the service has, in ns, where it is known; otherwise the shortest seen counts.
    pub shortest_ns: Option<i64>,
}

/// Observed and occupied time, in ns.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Share {
    /// Time that sweeps stand for.
    pub observed_ns: u64,
    /// The part of it in which the channel was in use.
    pub occupied_ns: u64,
}

impl Share {
    /// Occupied over observed time; `None` where nothing was observed.
    #[must_use]
    pub fn occupancy(self) -> Option<f64> {
        (self.observed_ns > 0).then(|| self.occupied_ns as f64 / self.observed_ns as f64)
    }

    pub(crate) fn add(&mut self, ns: u64, occupied: bool) {
        self.observed_ns += ns;
        self.occupied_ns += if occupied { ns } else { 0 };
    }
}

/// The occupancy of one channel.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ChannelOccupancy {
    /// Which channel.
    pub channel: Channel,
    /// Frequency channel occupancy, FCO, as observed and occupied time.
    pub share: Share,
    /// The same by local hour of the day; 24 of them.
    pub by_hour: Vec<Share>,
    /// How far the samples carry: their number, their dependence, the 95 % interval.
    pub sampling: Sampling,
    /// The shortest time on or off that began and ended under observation, in ns.
    pub shortest_seen_ns: Option<i64>,
    /// The revisit is longer than half the shortest time on or off: single transmissions are missed, and only the share means something.
    pub statistical_only: bool,
}

/// How often the band was looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Revisit {
    /// Mean time from start to start, in ns, holes left out.
    pub mean_ns: i64,
    /// Longest such time, in ns, holes left out.
    pub longest_ns: i64,
    /// Number of holes between sweeps.
    pub holes: u64,
}

/// What came of all sweeps.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Occupancy {
    /// Each channel, as the plan names them.
    pub channels: Vec<ChannelOccupancy>,
    /// Frequency band occupancy: bins over the threshold among all bins measured, weighted by time; `None` where none was.
    pub band: Option<f64>,
    /// Spectrum resource occupancy: the mean of the channels' occupancies, of those that were observed.
    pub resource: Option<f64>,
    /// How often the band was looked at; `None` with fewer than two sweeps in a row.
    pub revisit: Option<Revisit>,
    /// Sweeps that counted.
    pub sweeps: u64,
    /// Sweeps without a time, or that began before the one before them ended.
    pub left_out: u64,
}

/// The usual time from sweep to sweep: the median of the times from start to start, in ns; `None` with fewer than two starts. Two and a
/// half times this is a fair longest revisit where none was agreed.
#[must_use]
pub fn usual_revisit_ns(starts_ns: &[i64]) -> Option<i64> {
    let mut gaps: Vec<i64> = starts_ns
        .windows(2)
        .filter_map(|pair| match pair {
            [before, after] => after.checked_sub(*before).filter(|gap| *gap > 0),
            _ => None,
        })
        .collect();
    gaps.sort_unstable();
    gaps.get(gaps.len() / 2).copied()
}
