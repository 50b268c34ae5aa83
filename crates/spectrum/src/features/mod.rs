//! What can be told of a modulation without demodulating it: how steady the envelope is, how flat and even the spectrum, how it bursts.
//!
//! Content-blind: a feature is a number over many thousand samples, and no series of values comes out. The one place where an FM signal is
//! discriminated is the private module `pilot`, whose only answer is one ratio of powers (ADR 0179).

mod pilot;

use num_complex::Complex32;
use serde::{Deserialize, Serialize};

pub use pilot::pilot_over_neighbours_db;

use crate::emission::Emission;
use crate::psd::Spectrum;

/// Fewer samples show nothing of an envelope.
const SAMPLES_LEAST: usize = 64;
/// A bin less than this below the strongest may be a peak of its own: 6 dB, linear.
const PEAK_RATIO: f64 = 0.251_188_643_150_958;
/// A valley parts two peaks when it lies this far below the lower: 3 dB, linear.
const VALLEY_RATIO: f64 = 0.501_187_233_627_272;

/// Features of the samples of one signal, alone in its band.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Envelope {
    /// Standard deviation of the power over its mean: 0 for a constant envelope, 1 for Gaussian noise, more for bursts.
    pub variation: f64,
    /// Peak power over mean power, in dB.
    pub crest_db: f64,
}

/// Features of the shape of an emission in a spectrum.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Shape {
    /// Geometric over arithmetic mean of the powers: near 1 for a flat top (OFDM), near 0 for a carrier.
    pub flatness: f64,
    /// How alike the halves below and above the centre are: 1 the same, 0 one empty.
    pub symmetry: f64,
    /// Peaks within 6 dB of the strongest, parted by valleys of 3 dB.
    pub peaks: u32,
}

/// How a signal comes and goes.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Bursts {
    /// Bursts that began and ended within what was looked at.
    pub count: u32,
    /// Share of the time that it was on.
    pub duty: f64,
    /// The middle of the bursts' lengths, in the unit of the series (one value each); `None` without a whole burst.
    pub length: Option<u32>,
    /// The middle of the times from one beginning to the next; `None` with fewer than two.
    pub period: Option<u32>,
}

/// Measures the envelope; `None` with fewer than 64 samples, or nothing in them.
#[must_use]
pub fn envelope(samples: &[Complex32]) -> Option<Envelope> {
    if samples.len() < SAMPLES_LEAST {
        return None;
    }
    let (mut sum, mut squares, mut most) = (0.0, 0.0, 0.0_f64);
    for sample in samples {
        let power = f64::from(sample.norm_sqr());
        (sum, squares, most) = (sum + power, squares + power * power, most.max(power));
    }
    let count = samples.len() as f64;
    let mean = sum / count;
    // Not a number fails this, too.
    (mean > 0.0 && squares.is_finite()).then(|| Envelope {
        variation: (squares / count / (mean * mean) - 1.0).max(0.0).sqrt(),
        crest_db: 10.0 * (most / mean).log10(),
    })
}

/// Measures the shape of an emission; `None` where it has no bin over the floor.
#[must_use]
pub fn shape(spectrum: &Spectrum, emission: &Emission, floor_per_hz: f64) -> Option<Shape> {
    let run = spectrum.power_per_hz.get(emission.first_bin..emission.end_bin)?;
    let powers: Vec<f64> = run.iter().map(|power| (power - floor_per_hz).max(0.0)).collect();
    let mean = powers.iter().sum::<f64>() / powers.len() as f64;
    if !(mean > 0.0 && mean.is_finite()) {
        return None;
    }
    // A bin at the floor would make the product 0 by itself; a hundred-thousandth of the mean is as good as nothing.
    let logs = powers.iter().map(|power| power.max(mean * 1e-5).ln()).sum::<f64>() / powers.len() as f64;
    Some(Shape { flatness: logs.exp() / mean, symmetry: symmetry(&powers), peaks: peaks(&powers) })
}

fn symmetry(powers: &[f64]) -> f64 {
    let (mut apart, mut all) = (0.0, 0.0);
    for (left, right) in powers.iter().zip(powers.iter().rev()) {
        apart += (left - right).abs();
        all += left + right;
    }
    1.0 - apart / all
}

fn peaks(powers: &[f64]) -> u32 {
    let strongest = powers.iter().copied().fold(0.0, f64::max);
    let (mut count, mut top, mut valley, mut rising) = (0, 0.0_f64, 0.0_f64, true);
    for power in powers {
        if rising {
            top = top.max(*power);
            if *power < top * VALLEY_RATIO {
                count += u32::from(top >= strongest * PEAK_RATIO);
                (rising, valley) = (false, *power);
            }
        } else {
            valley = valley.min(*power);
            if *power > valley / VALLEY_RATIO {
                (rising, top) = (true, *power);
            }
        }
    }
    count + u32::from(rising && top >= strongest * PEAK_RATIO)
}

/// Measures bursts in a series of powers, each over a time that is much shorter than a burst; on is what exceeds the threshold.
#[must_use]
pub fn bursts(powers: &[f64], threshold: f64) -> Bursts {
    let (mut starts, mut lengths, mut on, mut on_count) = (Vec::new(), Vec::new(), None::<u32>, 0_u64);
    let mut before = None;
    for (at, power) in (0_u32..).zip(powers) {
        let now = *power > threshold;
        on_count += u64::from(now);
        match (before, now) {
            (Some(false), true) => {
                starts.push(at);
                on = Some(at);
            }
            (Some(true), false) => lengths.extend(on.take().map(|from| at - from)),
            _ => {}
        }
        before = Some(now);
    }
    let periods = starts.iter().zip(starts.iter().skip(1)).map(|(one, next)| next - one).collect();
    Bursts {
        count: u32::try_from(lengths.len()).unwrap_or(u32::MAX),
        duty: if powers.is_empty() { 0.0 } else { on_count as f64 / powers.len() as f64 },
        length: middle(lengths),
        period: middle(periods),
    }
}

fn middle(mut values: Vec<u32>) -> Option<u32> {
    values.sort_unstable();
    values.get(values.len() / 2).copied()
}
