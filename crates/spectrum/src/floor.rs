//! The noise floor of a spectrum: how strong is the noise where nobody transmits?
//!
//! Three estimates. Each reads low on purpose (it looks at the weak bins), by an amount that follows from the Gamma law of averaged
//! noise; the estimate is divided by it, so that on noise alone all three give the mean power.

use crate::spectra_fault::{SpectraFault, looks};
use crate::statistics::{mean_below, noise_quantile, noise_threshold};

/// Share of the bins, the weakest, that the 20 % method averages (ITU-R SM.1753).
pub const LOWEST_SHARE: f64 = 0.2;
/// Share of the bins, the weakest, that forward consecutive mean excision starts from.
const EXCISION_START: f64 = 0.1;
/// Fewest bins that an estimate is made from: below, one strong bin in five decides it.
pub const BINS_LEAST: usize = 16;
/// Rounds of the fixed point of excision; each brings it nearer by a factor of ten or more.
const FIXED_POINT_ROUNDS: usize = 100;

/// A way to find the floor.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FloorMethod {
    /// The middle bin: right while fewer than about a third of the bins are occupied.
    Median,
    /// The mean of the weakest fifth: right while up to about two thirds are occupied, but less steady.
    LowestFifth,
    /// Forward consecutive mean excision: adds bins from the weakest up until one exceeds the mean so far by a threshold that noise
    /// exceeds with this probability (between 0 and 1, usually 0.001).
    Excision {
        /// Probability that a bin of noise is taken for a signal.
        above: f64,
    },
}

impl FloorMethod {
    /// What the raw estimate reads on noise alone of `looks` looks, as a share of the mean power; at most 1.
    ///
    /// # Errors
    /// When `looks` is below 1 or the probability of the excision is not between 0 and 1.
    pub fn bias(self, looks_count: f64) -> Result<f64, SpectraFault> {
        let k = looks(looks_count)?;
        match self {
            Self::Median => noise_quantile(k, 0.5),
            Self::LowestFifth => Ok(mean_below(k, noise_quantile(k, LOWEST_SHARE)?)),
            Self::Excision { above } => {
                let factor = noise_threshold(k, above)?;
                Ok((0..FIXED_POINT_ROUNDS).fold(1.0, |mean, _| mean_below(k, factor * mean)))
            }
        }
    }

    /// The mean power of the noise among `powers` (linear, each averaged over `looks` looks), in the unit of the powers.
    ///
    /// # Errors
    /// When a power is negative or not a number, there are fewer than [`BINS_LEAST`], or as [`FloorMethod::bias`].
    pub fn estimate(self, powers: &[f64], looks_count: f64) -> Result<f64, SpectraFault> {
        let bias = self.bias(looks_count)?;
        let sorted = sorted(powers)?;
        let raw = match self {
            Self::Median => median(&sorted),
            Self::LowestFifth => lowest_mean(&sorted, LOWEST_SHARE),
            Self::Excision { above } => excision(&sorted, noise_threshold(looks_count, above)?),
        };
        Ok(raw / bias)
    }
}

fn sorted(powers: &[f64]) -> Result<Vec<f64>, SpectraFault> {
    if powers.len() < BINS_LEAST {
        return Err(SpectraFault::TooFew { have: powers.len(), need: BINS_LEAST });
    }
    if let Some((bin, power)) = powers.iter().enumerate().find(|(_, power)| !power.is_finite() || **power < 0.0) {
        return Err(SpectraFault::Power { bin, power: *power });
    }
    let mut sorted = powers.to_vec();
    sorted.sort_by(f64::total_cmp);
    Ok(sorted)
}

fn median(sorted: &[f64]) -> f64 {
    let middle = sorted.len() / 2;
    let at = |index: usize| sorted.get(index).copied().unwrap_or(f64::NAN);
    if sorted.len() % 2 == 1 { at(middle) } else { f64::midpoint(at(middle - 1), at(middle)) }
}

/// Mean of the weakest share; the bin in which the share ends counts with the part that lies within.
fn lowest_mean(sorted: &[f64], share: f64) -> f64 {
    let wanted = share * sorted.len() as f64;
    let whole = wanted.floor();
    let count = whole as usize;
    let sum: f64 = sorted.iter().take(count).sum();
    let part = sorted.get(count).copied().unwrap_or_default() * (wanted - whole);
    (sum + part) / wanted
}

fn excision(sorted: &[f64], factor: f64) -> f64 {
    let start = ((sorted.len() as f64 * EXCISION_START).ceil() as usize).max(1);
    let mut sum: f64 = sorted.iter().take(start).sum();
    let mut count = start as f64;
    for power in sorted.iter().skip(start) {
        if *power > factor * sum / count {
            break;
        }
        sum += power;
        count += 1.0;
    }
    sum / count
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::statistics::decibels;

    #[test]
    fn biases_are_those_of_the_definitions() {
        for (looks, lowest_db, median_db) in
            [(1.0, -9.7, -1.6), (4.0, -3.8, -0.36), (16.0, -1.7, -0.09), (64.0, -0.8, -0.02)]
        {
            let lowest = decibels(FloorMethod::LowestFifth.bias(looks).unwrap());
            let median = decibels(FloorMethod::Median.bias(looks).unwrap());
            assert!((lowest - lowest_db).abs() < 0.051, "K={looks}: {lowest}");
            assert!((median - median_db).abs() < 0.02, "K={looks}: {median}");
        }
        assert!((FloorMethod::Median.bias(1.0).unwrap() - std::f64::consts::LN_2).abs() < 1e-12);
    }

    #[test]
    fn excision_reads_little_low_and_less_so_the_rarer_it_errs() {
        for looks in [1.0, 4.0, 16.0, 64.0] {
            let loose = FloorMethod::Excision { above: 1e-2 }.bias(looks).unwrap();
            let strict = FloorMethod::Excision { above: 1e-4 }.bias(looks).unwrap();
            assert!(loose < strict && strict < 1.0 && loose > 0.9, "K={looks}: {loose} {strict}");
        }
    }

    #[test]
    fn powers_that_are_none_are_named_by_their_bin() {
        let mut powers = vec![1.0; 20];
        powers[7] = f64::NAN;
        assert!(matches!(FloorMethod::Median.estimate(&powers, 1.0), Err(SpectraFault::Power { bin: 7, .. })));
        powers[7] = -1.0;
        assert!(FloorMethod::LowestFifth.estimate(&powers, 1.0).is_err());
        assert!(FloorMethod::Median.estimate(&[1.0; 15], 1.0).is_err());
        assert!(FloorMethod::Excision { above: 0.0 }.estimate(&[1.0; 20], 1.0).is_err());
    }
}
