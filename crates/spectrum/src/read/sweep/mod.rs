//! Sweeps as spectrum programs write them: `rtl_power` CSV, `hackrf_sweep` CSV and binary.
//!
//! One [`Sweep`] is one pass over the band. Its levels lie in [`Piece`]s: runs of bins without a hole. What was not measured
//! (a missing row, a level of NaN or -inf) is a hole between pieces and never a number, so that nobody takes it for silence.
//! All levels are [`RelativeDb`](crate::level::RelativeDb), whatever the program calls them.

mod assemble;
mod binary;
mod reader;
mod row;

pub(crate) use binary::fill;
pub use binary::{HackrfBinary, hackrf_binary};
pub use reader::{Options, SweepReader, Tally, hackrf_csv, rtl_power};

use crate::hours::Interval;
use crate::level::RelativeDb;

/// A run of neighbouring bins that were all measured.
#[derive(Debug, Clone, PartialEq)]
pub struct Piece {
    /// Where the first bin begins as the program numbers it, in Hz.
    pub low_hz: f64,
    /// How wide a bin is, in Hz. More than 0.
    pub bin_width_hz: f64,
    /// One level for each bin, all finite.
    pub levels: Vec<RelativeDb>,
}

impl Piece {
    /// Where the bin after the last would begin, in Hz (exclusive).
    pub fn high_hz(&self) -> f64 {
        self.low_hz + self.bin_width_hz * self.levels.len() as f64
    }
}

/// Where the times of a sweep come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TimeBasis {
    /// The program wrote local time without a zone; the zone is the one that the caller gave.
    ZoneAssumed,
    /// The format has no times. Such sweeps prove no monitored hours.
    Absent,
}

/// One pass over the band.
#[derive(Debug, Clone, PartialEq)]
pub struct Sweep {
    /// When it was measured, half-open; `None` when the format has no times.
    pub when: Option<Interval>,
    /// What that rests on.
    pub basis: TimeBasis,
    /// Runs of bins in order of frequency.
    pub pieces: Vec<Piece>,
}

impl Sweep {
    /// The frequencies from the lowest bin (inclusive) to the end of the highest (exclusive), in Hz; holes included.
    pub fn range_hz(&self) -> Option<(f64, f64)> {
        Some((self.pieces.first()?.low_hz, self.pieces.last()?.high_hz()))
    }

    /// How many bins were measured.
    pub fn bins(&self) -> usize {
        self.pieces.iter().map(|piece| piece.levels.len()).sum()
    }

    /// Goes through all bins in order of frequency: where each begins in Hz, and its level.
    pub fn levels(&self) -> impl Iterator<Item = (f64, RelativeDb)> + '_ {
        self.pieces.iter().flat_map(|piece| {
            let place = |index: usize| piece.low_hz + piece.bin_width_hz * index as f64;
            piece.levels.iter().enumerate().map(move |(index, level)| (place(index), *level))
        })
    }
}
