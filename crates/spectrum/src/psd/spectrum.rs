//! One averaged spectrum, and what can be read off it: density, tone power, band power.

use serde::{Deserialize, Serialize};

use crate::window::Window;

/// A power spectral density, relative to full scale, in ascending order of frequency.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Spectrum {
    /// Complex samples per second, in Hz: the span of the spectrum.
    pub sample_rate_hz: f64,
    /// Frequency of the bin in the middle (index `bins / 2`), in Hz.
    pub centre_hz: f64,
    /// Weighting of the segments.
    pub window: Window,
    /// Segments averaged.
    pub segments: u64,
    /// Independent looks that the segments are worth; fewer than `segments` when they overlap.
    pub looks: f64,
    /// Number of the first sample used, from 0.
    pub first_sample: u64,
    /// Number after the last sample used.
    pub end_sample: u64,
    /// Linear power per Hz of each bin, relative to full scale.
    pub power_per_hz: Vec<f64>,
}

impl Spectrum {
    /// Distance of two bins, in Hz.
    #[must_use]
    pub fn bin_hz(&self) -> f64 {
        self.sample_rate_hz / self.power_per_hz.len().max(1) as f64
    }

    /// Resolution bandwidth: the equivalent noise bandwidth of a bin, in Hz.
    #[must_use]
    pub fn resolution_hz(&self) -> f64 {
        self.window.noise_bandwidth_bins() * self.bin_hz()
    }

    /// Frequency of a bin, in Hz; fractions lie between bins.
    #[must_use]
    pub fn frequency_hz(&self, bin: f64) -> f64 {
        self.centre_hz + (bin - (self.power_per_hz.len() / 2) as f64) * self.bin_hz()
    }

    /// Power of a tone that falls on `bin`, linear, relative to full scale; `None` beyond the spectrum.
    #[must_use]
    pub fn tone_power(&self, bin: usize) -> Option<f64> {
        Some(self.power_per_hz.get(bin)? * self.resolution_hz())
    }

    /// Power within a half-open range of bins, linear, relative to full scale; bins beyond the spectrum count as nothing.
    #[must_use]
    pub fn band_power(&self, bins: std::ops::Range<usize>) -> f64 {
        self.power_per_hz.iter().take(bins.end).skip(bins.start).sum::<f64>() * self.bin_hz()
    }
}
