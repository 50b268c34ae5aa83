//! Detectors over many spectra or samples: mean, peak, sample and quantiles of each bin, and how often which power is exceeded.
//!
//! All act on linear power, never on decibels or amplitudes: the mean of decibels reads noise 2.5 dB low. Quantiles come from a
//! histogram of cells a sixteenth of an octave wide, so memory does not grow with the number of spectra. A quantile lies in the same
//! cell as the true one: it is never off by more than [`QUANTILE_ERROR_DB`].

use serde::{Deserialize, Serialize};

use crate::spectra_fault::{SpectraFault, probability};

/// Cells of an octave, equally wide within it.
const CELLS_PER_OCTAVE: usize = 16;
/// Bits of a single-precision mantissa beyond those that number the cell.
const BITS_BELOW: u32 = 23 - 4;
/// Exponent of two at which the lowest cell begins: -210 dB.
const LOWEST_EXPONENT: i32 = -70;
/// Octaves that the histogram covers: up to +78 dB relative to full scale.
const OCTAVES: usize = 96;
/// Cells in all: one below, those of the octaves, one above.
const CELLS: usize = OCTAVES * CELLS_PER_OCTAVE + 2;

/// The greatest error of a quantile, in dB, for powers from -210 to +78 dB: the width of a cell at the start of an octave.
pub const QUANTILE_ERROR_DB: f64 = 0.264;

/// How often each power occurred, by cells that are nearly logarithmic.
#[derive(Debug, Clone)]
struct Histogram {
    counts: Vec<u32>,
}

impl Histogram {
    fn new() -> Self {
        Self { counts: vec![0; CELLS] }
    }

    /// The cell of a power: its exponent and the first bits of its mantissa, which a single-precision number carries side by side.
    fn cell(power: f64) -> usize {
        let single = power as f32;
        let lowest = (127 + LOWEST_EXPONENT).cast_unsigned() << 23;
        match single.to_bits().checked_sub(lowest) {
            Some(above) if single > 0.0 => ((above >> BITS_BELOW) as usize + 1).min(CELLS - 1),
            _ => 0,
        }
    }

    /// Where a cell begins, as a power; cell 0 begins at 0.
    fn start(cell: usize) -> f64 {
        let Some(index) = cell.checked_sub(1) else { return 0.0 };
        let octave = LOWEST_EXPONENT + (index / CELLS_PER_OCTAVE) as i32;
        let within = (index % CELLS_PER_OCTAVE) as f64 / CELLS_PER_OCTAVE as f64;
        2.0_f64.powi(octave) * (1.0 + within)
    }

    fn add(&mut self, power: f64) {
        if let Some(count) = self.counts.get_mut(Self::cell(power)) {
            *count = count.saturating_add(1);
        }
    }

    fn total(&self) -> u64 {
        self.counts.iter().map(|count| u64::from(*count)).sum()
    }

    /// The power at or below which the share of all lies: the value of that rank, placed evenly within its cell.
    fn quantile(&self, share: f64) -> f64 {
        let rank = (share * self.total() as f64).max(0.5);
        let mut below = 0.0;
        for (cell, count) in self.counts.iter().enumerate() {
            let count = f64::from(*count);
            if count > 0.0 && below + count >= rank {
                let (from, to) = (Self::start(cell), Self::start(cell + 1));
                return from + (to - from) * (rank - below) / count;
            }
            below += count;
        }
        f64::NAN
    }

    /// Share of all that exceeds a power; exact where a cell begins, evenly placed within.
    fn above(&self, power: f64) -> f64 {
        let at = Self::cell(power);
        let above: u64 = self.counts.iter().skip(at + 1).map(|count| u64::from(*count)).sum();
        let (from, to) = (Self::start(at), Self::start(at + 1));
        let part = ((to - power.max(0.0)) / (to - from)).clamp(0.0, 1.0);
        let within = f64::from(self.counts.get(at).copied().unwrap_or_default());
        (above as f64 + within * part) / self.total() as f64
    }
}

/// What each bin showed over many spectra of the same receiver settings.
#[derive(Debug, Clone)]
pub struct Detectors {
    count: u64,
    sums: Vec<f64>,
    peaks: Vec<f64>,
    last: Vec<f64>,
    histograms: Vec<Histogram>,
}

impl Detectors {
    /// Prepares for spectra of `bins` bins; takes about 6 kB a bin.
    #[must_use]
    pub fn new(bins: usize) -> Self {
        let nil = || vec![0.0; bins];
        Self { count: 0, sums: nil(), peaks: nil(), last: nil(), histograms: vec![Histogram::new(); bins] }
    }

    /// Takes the powers (linear) of one spectrum.
    ///
    /// # Errors
    /// When the number of bins differs, or a power is negative or not a number; then nothing of the spectrum counts.
    pub fn push(&mut self, powers: &[f64]) -> Result<(), SpectraFault> {
        if powers.len() != self.sums.len() {
            return Err(SpectraFault::Lengths { left: self.sums.len(), right: powers.len() });
        }
        if let Some((bin, power)) = powers.iter().enumerate().find(|(_, power)| !power.is_finite() || **power < 0.0) {
            return Err(SpectraFault::Power { bin, power: *power });
        }
        self.count += 1;
        for (sum, power) in self.sums.iter_mut().zip(powers) {
            *sum += power;
        }
        for (peak, power) in self.peaks.iter_mut().zip(powers) {
            *peak = peak.max(*power);
        }
        for (histogram, power) in self.histograms.iter_mut().zip(powers) {
            histogram.add(*power);
        }
        self.last.copy_from_slice(powers);
        Ok(())
    }

    /// Spectra taken so far.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.count
    }

    /// The mean power of each bin; `None` before the first spectrum, as for all the others.
    #[must_use]
    pub fn mean(&self) -> Option<Vec<f64>> {
        (self.count > 0).then(|| self.sums.iter().map(|sum| sum / self.count as f64).collect())
    }

    /// The greatest power of each bin.
    #[must_use]
    pub fn peak(&self) -> Option<&[f64]> {
        (self.count > 0).then_some(self.peaks.as_slice())
    }

    /// The power of each bin in the last spectrum: one sample of what went on.
    #[must_use]
    pub fn sample(&self) -> Option<&[f64]> {
        (self.count > 0).then_some(self.last.as_slice())
    }

    /// The power of each bin at or below which the share of the spectra lies, within [`QUANTILE_ERROR_DB`].
    ///
    /// # Errors
    /// When `share` is not between 0 and 1 (both excluded).
    pub fn quantile(&self, share: f64) -> Result<Option<Vec<f64>>, SpectraFault> {
        let share = probability(share, 1.0)?;
        Ok((self.count > 0).then(|| self.histograms.iter().map(|histogram| histogram.quantile(share)).collect()))
    }
}

/// One point of an amplitude probability distribution.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Exceeded {
    /// Power, in dB relative to full scale.
    pub decibels: f64,
    /// Share of the samples that exceed it.
    pub share: f64,
}

/// The amplitude probability distribution: which share of the samples exceeds which power. Noise and pulses look unlike in it.
#[derive(Debug, Clone)]
pub struct AmplitudeDistribution {
    histogram: Histogram,
    refused: u64,
}

impl Default for AmplitudeDistribution {
    fn default() -> Self {
        Self { histogram: Histogram::new(), refused: 0 }
    }
}

impl AmplitudeDistribution {
    /// Takes the power (square of the amplitude, linear) of one sample; one that is negative or not a number is counted as refused.
    pub fn push(&mut self, power: f64) {
        if power.is_finite() && power >= 0.0 { self.histogram.add(power) } else { self.refused += 1 }
    }

    /// Samples refused because their power was none.
    #[must_use]
    pub fn refused(&self) -> u64 {
        self.refused
    }

    /// Share of the samples whose power exceeds `power` (linear); `None` before the first sample.
    #[must_use]
    pub fn above(&self, power: f64) -> Option<f64> {
        (self.histogram.total() > 0).then(|| self.histogram.above(power))
    }

    /// The distribution at the powers where a cell begins, from the weakest that was exceeded always to the strongest ever exceeded.
    #[must_use]
    pub fn curve(&self) -> Vec<Exceeded> {
        let total = self.histogram.total();
        let mut left = total;
        let mut points = Vec::new();
        for (cell, count) in self.histogram.counts.iter().enumerate() {
            if cell > 0 && left > 0 && (*count > 0 || left < total) {
                let decibels = crate::statistics::decibels(Histogram::start(cell));
                points.push(Exceeded { decibels, share: left as f64 / total as f64 });
            }
            left -= u64::from(*count);
        }
        points
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_cell_begins_where_the_one_before_it_ends() {
        for cell in 1..CELLS {
            let start = Histogram::start(cell);
            assert_eq!(Histogram::cell(start), cell, "{start}");
            assert_eq!(Histogram::cell(f64::from((start as f32).next_down())), cell - 1, "{start}");
            let width = crate::statistics::decibels(Histogram::start(cell + 1) / start);
            assert!(width <= QUANTILE_ERROR_DB, "{width}");
        }
        assert_eq!((Histogram::cell(0.0), Histogram::cell(1e-40), Histogram::cell(1e30)), (0, 0, CELLS - 1));
        assert!(Histogram::start(1) < 1e-21 && Histogram::start(CELLS - 1) > 6e7);
    }
}
