//! One receiver over days: which signals there were, when each was on, and when anything was measured at all.
//!
//! Sweeps come in order of time and are taken in blocks. The mean of a block shows the signals (its noise is calmer); whether a signal was
//! on is then looked at sweep by sweep in its own band. A signal that comes back where it was is the same one; one that drifts is followed.
//! Memory grows with signals and their changes, not with sweeps.

mod block;
mod grid;
mod peaks;

use serde::{Deserialize, Serialize};

use crate::hours::{Interval, Intervals};

pub use block::{Sweep, Watcher};
pub use grid::Grid;

/// How signals are found and followed. Comes from the pack.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WatchRules {
    /// Sweeps of a block.
    pub block_sweeps: usize,
    /// Averages that one level of a sweep already is (1: a single look).
    pub averages: f64,
    /// How probable a bin of noise may be taken for a signal, in the mean of a block.
    pub false_alarm: f64,
    /// A signal stands at least so far over the floor, in dB, whatever the noise.
    pub least_db: f64,
    /// A valley this much below the lower of two peaks parts them, in dB.
    pub valley_db: f64,
    /// Signals are at least this wide, in Hz; narrower ones are the receiver's own or of another service.
    pub narrowest_hz: f64,
    /// A signal that comes back this near to where it was is the same one, in Hz.
    pub same_hz: f64,
    /// A signal seen in fewer sweeps than this is forgotten.
    pub sweeps_least: u64,
}

/// One signal of one receiver over the time that was watched.
#[derive(Debug, Clone, PartialEq)]
pub struct Seen {
    /// Mean of its centres, in Hz.
    pub centre_hz: f64,
    /// The lowest and highest centre of a block, in Hz: the range over which it drifted.
    pub centre_range_hz: (f64, f64),
    /// Mean of its bandwidths down to the floor, in Hz.
    pub bandwidth_hz: f64,
    /// Mean level of its strongest bin over the floor, in dB.
    pub snr_db: f64,
    /// Mean level of its strongest bin, in the unit of the sweeps.
    pub level_db: f64,
    /// When it was on.
    pub on: Intervals,
    /// Sweeps in which it was on.
    pub sweeps: u64,
    /// Blocks that its means are over.
    blocks: u64,
    /// Where it was last, in Hz.
    last_hz: f64,
}

/// What a receiver saw.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Watched {
    /// Signals in order of frequency.
    pub signals: Vec<Seen>,
    /// When anything was measured.
    pub observed: Intervals,
    /// Sweeps that were taken.
    pub sweeps: u64,
    /// Sweeps that were not: out of order, of another band, or in which too little was measured to know the floor.
    pub left_out: u64,
    /// Width of a bin, in Hz.
    pub bin_hz: f64,
    /// The band that was watched, in Hz, half-open.
    pub band_hz: (f64, f64),
}

impl Seen {
    fn new(peak: &peaks::Peak) -> Self {
        Self {
            centre_hz: peak.centre_hz,
            centre_range_hz: (peak.centre_hz, peak.centre_hz),
            bandwidth_hz: peak.bandwidth_hz,
            snr_db: peak.snr_db,
            level_db: peak.level_db,
            on: Intervals::new(),
            sweeps: 0,
            blocks: 1,
            last_hz: peak.centre_hz,
        }
    }

    fn follow(&mut self, peak: &peaks::Peak) {
        self.blocks += 1;
        let share = 1.0 / self.blocks as f64;
        let mean = |old: &mut f64, new: f64| *old += (new - *old) * share;
        mean(&mut self.centre_hz, peak.centre_hz);
        mean(&mut self.bandwidth_hz, peak.bandwidth_hz);
        mean(&mut self.snr_db, peak.snr_db);
        mean(&mut self.level_db, peak.level_db);
        let (low, high) = self.centre_range_hz;
        self.centre_range_hz = (low.min(peak.centre_hz), high.max(peak.centre_hz));
        self.last_hz = peak.centre_hz;
    }

    fn was_on(&mut self, when: Interval) {
        self.on.add(when);
        self.sweeps += 1;
    }
}
