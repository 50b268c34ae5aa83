//! The band of a recording of sweeps, and its levels on that band's bins.

use crate::package::{HOLE, step_of};
use crate::read::sweep::Sweep;

/// The most bins of a band that is believed.
const BINS_MOST: f64 = 1_048_576.0;

/// Bins of one width from a lowest frequency up.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Grid {
    /// Where the lowest bin begins, in Hz.
    pub low_hz: f64,
    /// Width of a bin, in Hz.
    pub bin_hz: f64,
    /// How many bins.
    pub bins: usize,
}

impl Grid {
    /// The grid of a recording, from one of its sweeps; `None` for a sweep without levels.
    #[must_use]
    pub fn of(sweep: &Sweep) -> Option<Self> {
        let (low_hz, high_hz) = sweep.range_hz()?;
        let bin_hz = sweep.pieces.first()?.bin_width_hz;
        let bins = ((high_hz - low_hz) / bin_hz).round();
        (bin_hz > 0.0 && (1.0..=BINS_MOST).contains(&bins)).then_some(Self { low_hz, bin_hz, bins: bins as usize })
    }

    /// A sweep's levels in steps of a quarter of a decibel; what it did not measure is a hole, what lies outside the grid is left out.
    #[must_use]
    pub fn steps(&self, sweep: &Sweep) -> Vec<i16> {
        let mut steps = vec![HOLE; self.bins];
        for (hz, level) in sweep.levels() {
            let place = ((hz - self.low_hz) / self.bin_hz).round();
            let slot = if place >= 0.0 { steps.get_mut(place as usize) } else { None };
            if let Some(slot) = slot {
                *slot = step_of(level.0);
            }
        }
        steps
    }
}
