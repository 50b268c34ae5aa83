//! Windows, and what they do to noise: bandwidth, and how neighbouring bins and overlapping segments depend on one another.
//!
//! All windows are periodic (the sample after the last would repeat the first), as spectral estimation wants them.

use std::f64::consts::TAU;

use serde::{Deserialize, Serialize};

/// Dependence (of powers) below which two bins count as independent: it moves a false-alarm rate less than its own 99 % interval.
const INDEPENDENT_BELOW: f64 = 1e-4;

/// A weighting of the samples of a segment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Window {
    /// All samples alike: narrowest bins, side lobes of -13 dB.
    Rectangular,
    /// Raised cosine: the usual choice, side lobes of -31 dB that fall quickly.
    Hann,
    /// Four-term Blackman-Harris: side lobes of -92 dB, for weak signals beside strong ones.
    BlackmanHarris,
    /// Five-term flat top: a tone reads within 0.01 dB wherever it falls between bins.
    FlatTop,
}

impl Window {
    /// All windows, for choices and for tests.
    pub const ALL: [Self; 4] = [Self::Rectangular, Self::Hann, Self::BlackmanHarris, Self::FlatTop];

    /// Cosine terms of the window; signs alternate from plus.
    fn terms(self) -> &'static [f64] {
        match self {
            Self::Rectangular => &[1.0],
            Self::Hann => &[0.5, 0.5],
            Self::BlackmanHarris => &[0.35875, 0.48829, 0.14128, 0.01168],
            Self::FlatTop => &[0.215_578_95, 0.416_631_58, 0.277_263_158, 0.083_578_947, 0.006_947_368],
        }
    }

    /// The weights of a segment of `length` samples.
    #[must_use]
    pub fn weights(self, length: usize) -> Vec<f64> {
        (0..length)
            .map(|sample| {
                let angle = TAU * sample as f64 / length as f64;
                let terms = self.terms().iter().enumerate();
                terms
                    .map(|(order, term)| if order.is_multiple_of(2) { 1.0 } else { -1.0 } * term * (order as f64 * angle).cos())
                    .sum()
            })
            .collect()
    }

    /// Equivalent noise bandwidth in bins: 1 for rectangular, 1.5 for Hann.
    #[must_use]
    pub fn noise_bandwidth_bins(self) -> f64 {
        let terms = self.terms();
        let mean = terms.first().copied().unwrap_or(1.0);
        let rest: f64 = terms.iter().skip(1).map(|term| term * term / 2.0).sum();
        (mean * mean + rest) / (mean * mean)
    }

    /// Half width of the main lobe in bins: a tone on a bin is nil from this many bins on.
    #[must_use]
    pub fn main_lobe_bins(self) -> usize {
        self.terms().len()
    }

    /// Correlation of the complex noise in bins `distance` apart; that of their powers is its square. Exact for a segment longer
    /// than twice the number of terms.
    #[must_use]
    pub fn bin_correlation(self, distance: usize) -> f64 {
        let spectrum = self.line_spectrum();
        let at = |lag: usize| -> f64 {
            spectrum.iter().zip(spectrum.iter().skip(lag)).map(|(left, right)| left * right).sum()
        };
        at(distance) / at(0)
    }

    /// Distance in bins from which two bins count as independent.
    #[must_use]
    pub fn independent_bins(self) -> usize {
        let widest = self.terms().len() * 2;
        let dependent = |lag: usize| self.bin_correlation(lag).powi(2) >= INDEPENDENT_BELOW;
        (0..=widest).rev().find(|lag| dependent(*lag)).map_or(1, |lag| lag + 1)
    }

    /// Number of independent looks that `segments` segments of `length` samples are worth when they start `hop` samples apart.
    ///
    /// It is the shape of the Gamma law with the variance of their mean; without overlap it equals `segments`.
    #[must_use]
    pub fn effective_looks(self, segments: u64, length: usize, hop: usize) -> f64 {
        if segments == 0 {
            return 0.0;
        }
        let count = segments as f64;
        if hop == 0 || hop >= length {
            return count;
        }
        let weights = self.weights(length);
        let energy: f64 = weights.iter().map(|weight| weight * weight).sum();
        let mut inflation = 1.0;
        for (step, shift) in (hop..length).step_by(hop).enumerate() {
            let apart = (step + 1) as f64;
            if apart >= count {
                break;
            }
            let shared: f64 = weights.iter().zip(weights.iter().skip(shift)).map(|(left, right)| left * right).sum();
            inflation += 2.0 * (1.0 - apart / count) * (shared / energy).powi(2);
        }
        count / inflation
    }

    /// The window's own spectrum: one line per bin, from the most negative.
    fn line_spectrum(self) -> Vec<f64> {
        let terms = self.terms();
        let signed = |order: usize, term: &f64| if order.is_multiple_of(2) { term / 2.0 } else { -term / 2.0 };
        let side: Vec<f64> = terms.iter().enumerate().skip(1).map(|(order, term)| signed(order, term)).collect();
        let mut lines: Vec<f64> = side.iter().rev().copied().collect();
        lines.push(terms.first().copied().unwrap_or(1.0));
        lines.extend(side);
        lines
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn noise_bandwidth_is_that_of_the_weights() {
        for window in Window::ALL {
            let weights = window.weights(512);
            let (sum, energy): (f64, f64) = (weights.iter().sum(), weights.iter().map(|w| w * w).sum());
            assert!((window.noise_bandwidth_bins() - 512.0 * energy / (sum * sum)).abs() < 1e-9, "{window:?}");
        }
        assert!((Window::Hann.noise_bandwidth_bins() - 1.5).abs() < 1e-12);
        assert!((Window::BlackmanHarris.noise_bandwidth_bins() - 2.0044).abs() < 1e-3);
        assert!((Window::FlatTop.noise_bandwidth_bins() - 3.7702).abs() < 1e-3);
    }

    #[test]
    fn bins_depend_on_one_another_as_the_squared_weights_say() {
        for window in Window::ALL {
            let weights = window.weights(64);
            let energy: f64 = weights.iter().map(|w| w * w).sum();
            for distance in 0..12_usize {
                let turn = |n: usize| TAU * (distance * n) as f64 / 64.0;
                let direct: f64 = weights.iter().enumerate().map(|(n, w)| w * w * turn(n).cos()).sum::<f64>() / energy;
                assert!((window.bin_correlation(distance) - direct).abs() < 1e-9, "{window:?} {distance}");
            }
        }
        assert!((Window::Hann.bin_correlation(1) + 2.0 / 3.0).abs() < 1e-12);
        assert!((Window::Hann.bin_correlation(2) - 1.0 / 6.0).abs() < 1e-12);
        assert_eq!(Window::ALL.map(Window::independent_bins), [1, 3, 5, 7]);
    }

    #[test]
    fn overlapping_segments_are_worth_fewer_looks() {
        assert!((Window::Hann.effective_looks(16, 1024, 1024) - 16.0).abs() < 1e-12);
        // Hann at half overlap: correlation 1/6 of the amplitudes' products, so 1/36 of the powers.
        let found = Window::Hann.effective_looks(1000, 1024, 512);
        assert!((found / (1000.0 / (1.0 + 2.0 * 0.999 / 36.0)) - 1.0).abs() < 1e-9, "{found}");
        assert!(Window::Rectangular.effective_looks(100, 64, 32) < 70.0);
        assert!(Window::Hann.effective_looks(0, 64, 32).abs() < 1e-12);
    }
}
