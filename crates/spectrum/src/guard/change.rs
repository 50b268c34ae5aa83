//! What changes a whole spectrum: samples at full scale, a step of the gain, a floor that rises.

use num_complex::Complex32;

use super::{GuardRules, Mark};
use crate::spectra_fault::SpectraFault;
use crate::statistics::decibels;

/// From this amplitude on a sample counts as at full scale: the outermost value of an 8-bit converter.
const FULL_SCALE: f32 = 0.992;
/// Bins that the comparison of two spectra needs at least.
const BINS_LEAST: usize = 16;
/// Share of the bins, the strongest ones, that are taken for signals.
const STRONG_SHARE: f64 = 0.05;
/// A bin this much over the middle one, in dB, is a signal.
const STRONG_DB: f64 = 10.0;

/// Counts samples at full scale.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Clipping {
    clipped: u64,
    samples: u64,
}

impl Clipping {
    /// Takes samples whose full scale is 1.
    pub fn push(&mut self, samples: &[Complex32]) {
        let full = |one: &&Complex32| one.re.abs() >= FULL_SCALE || one.im.abs() >= FULL_SCALE;
        self.clipped += samples.iter().filter(full).count() as u64;
        self.samples += samples.len() as u64;
    }

    /// Share of samples at full scale; `None` before the first.
    #[must_use]
    pub fn share(&self) -> Option<f64> {
        (self.samples > 0).then(|| self.clipped as f64 / self.samples as f64)
    }

    /// The mark of an overload, where there was one.
    #[must_use]
    pub fn mark(&self, rules: &GuardRules) -> Option<Mark> {
        let clipped_share = self.share().filter(|share| *share >= rules.clipped_share)?;
        Some(Mark::Overload { clipped_share })
    }
}

/// Compares two spectra of the same band (linear powers, each averaged over `looks`), one right after the other: a step of the gain moves
/// all bins alike, a rise of the floor leaves the strong ones where they are, a transmission changes a part of the band only.
///
/// # Errors
/// When the spectra are not equally long, have fewer than 16 bins, or `looks` is below 1.
pub fn change(
    before: &[f64],
    after: &[f64],
    looks_count: f64,
    rules: &GuardRules,
) -> Result<Option<Mark>, SpectraFault> {
    let looks_count = crate::spectra_fault::looks(looks_count)?;
    if before.len() != after.len() {
        return Err(SpectraFault::Lengths { left: before.len(), right: after.len() });
    }
    if before.len() < BINS_LEAST {
        return Err(SpectraFault::TooFew { have: before.len(), need: BINS_LEAST });
    }
    let steps: Vec<f64> = before.iter().zip(after).map(|(before, after)| decibels(after / before)).collect();
    let by_db = middle(&steps);
    if !by_db.is_finite() || by_db.abs() < rules.step_db {
        return Ok(None);
    }
    // Three sigma of the difference of two levels of so many looks; the level of a single look scatters by 5.6 dB.
    let scatter_db = 3.0 * 5.6 * (2.0 / looks_count).sqrt();
    let alike = |step: &&f64| (**step - by_db).abs() <= scatter_db.max(1.0);
    let share = steps.iter().filter(alike).count() as f64 / steps.len() as f64;
    if share < rules.step_share {
        return Ok(None);
    }
    let strong = strong_steps(before, &steps);
    let followed = strong.is_empty() || (middle(&strong) - by_db).abs() <= (by_db.abs() / 2.0).max(1.0);
    Ok(match (followed, by_db > 0.0) {
        (true, _) => Some(Mark::GainStep { by_db }),
        (false, true) => Some(Mark::FloorRise { by_db }),
        // The floor fell and signals stayed: an overload or broad noise went away, which is no doubt about what is there now.
        (false, false) => None,
    })
}

/// How the signals of the first spectrum changed.
fn strong_steps(before: &[f64], steps: &[f64]) -> Vec<f64> {
    let floor = middle(before);
    let mut strong: Vec<(f64, f64)> = before.iter().copied().zip(steps.iter().copied()).collect();
    strong.sort_by(|a, b| b.0.total_cmp(&a.0));
    strong.truncate((before.len() as f64 * STRONG_SHARE).ceil() as usize);
    strong.into_iter().filter(|(power, _)| decibels(power / floor) >= STRONG_DB).map(|(_, step)| step).collect()
}

fn middle(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted.get(sorted.len() / 2).copied().unwrap_or(f64::NAN)
}
