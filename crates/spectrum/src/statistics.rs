//! The Gamma law that averaged noise power follows, and the F law of its ratio to a mean of others.
//!
//! The power of complex Gaussian noise in one bin, averaged over K independent looks, is a Gamma variable of shape K; here its mean
//! is always 1. K need not be whole: overlapping segments are worth fewer looks than they number.

use statrs::function::beta::beta_reg;
use statrs::function::gamma::{gamma_lr, gamma_ur};

use crate::spectra_fault::{SpectraFault, looks, probability};

/// Halvings of a bracket: more than the 52 bits of a double, so that the last digits are settled.
const HALVINGS: usize = 200;

/// Converts a linear power ratio to decibels; 0 becomes minus infinity.
#[must_use]
pub fn decibels(ratio: f64) -> f64 {
    10.0 * ratio.log10()
}

/// Converts decibels to a linear power ratio.
#[must_use]
pub fn ratio(decibels: f64) -> f64 {
    10.0_f64.powf(decibels / 10.0)
}

/// Probability that noise averaged over `looks` (shape, positive) stays at or below `power`, in units of its mean.
#[must_use]
pub fn noise_below(looks: f64, power: f64) -> f64 {
    let x = looks * power;
    if x.is_nan() || looks.is_nan() || looks <= 0.0 {
        f64::NAN
    } else if x <= 0.0 {
        0.0
    } else if x.is_infinite() {
        1.0
    } else {
        gamma_lr(looks, x)
    }
}

/// Probability that noise averaged over `looks` exceeds `power`, in units of its mean. Exact in the far tail too.
#[must_use]
pub fn noise_above(looks: f64, power: f64) -> f64 {
    let x = looks * power;
    if x.is_nan() || looks.is_nan() || looks <= 0.0 {
        f64::NAN
    } else if x <= 0.0 {
        1.0
    } else if x.is_infinite() {
        0.0
    } else {
        gamma_ur(looks, x)
    }
}

/// The power, in units of the mean, that noise averaged over `looks` exceeds with probability `above`.
///
/// # Errors
/// When `looks` is below 1 or `above` is not between 0 and 1 (both excluded).
pub fn noise_threshold(looks_count: f64, above: f64) -> Result<f64, SpectraFault> {
    let (k, above) = (looks(looks_count)?, probability(above, 1.0)?);
    Ok(falling_root(|x| noise_above(k, x), above))
}

/// The power, in units of the mean, at or below which the share `below` of noise averaged over `looks` lies.
///
/// # Errors
/// As [`noise_threshold`].
pub fn noise_quantile(looks_count: f64, below: f64) -> Result<f64, SpectraFault> {
    let (k, below) = (looks(looks_count)?, probability(below, 1.0)?);
    Ok(falling_root(|x| 1.0 - noise_below(k, x), 1.0 - below))
}

/// Mean of noise averaged over `looks` given that it lies at or below `limit`; both in units of the unconditional mean.
#[must_use]
pub fn mean_below(looks: f64, limit: f64) -> f64 {
    noise_below(looks + 1.0, limit * looks / (looks + 1.0)) / noise_below(looks, limit)
}

/// Threshold factor of a cell of `looks` against the mean of `cells` independent reference cells of as many looks, at the false-alarm
/// probability `above`: the upper quantile of F with 2K and 2KN degrees of freedom.
///
/// # Errors
/// When a number is below 1 or the probability is not between 0 and 1.
pub fn ratio_threshold(looks_count: f64, cells: f64, above: f64) -> Result<f64, SpectraFault> {
    let (k, cells, above) = (looks(looks_count)?, looks(cells)?, probability(above, 1.0)?);
    // P(F > x) with a = K and b = KN is the regularised beta at b/(b + a x) with the arguments exchanged.
    Ok(falling_root(|x| beta_reg(k * cells, k, (cells / (cells + x)).clamp(0.0, 1.0)), above))
}

/// The x > 0 at which a falling function equals `level`, by doubling and halving a bracket.
pub(crate) fn falling_root(function: impl Fn(f64) -> f64, level: f64) -> f64 {
    let (mut low, mut high) = (0.0_f64, 1.0_f64);
    while function(high) > level && high < 1e12 {
        low = high;
        high *= 2.0;
    }
    for _ in 0..HALVINGS {
        let middle = f64::midpoint(low, high);
        if middle <= low || middle >= high {
            break;
        }
        if function(middle) > level {
            low = middle;
        } else {
            high = middle;
        }
    }
    f64::midpoint(low, high)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thresholds_against_a_reference_are_those_of_the_definitions() {
        for (looks, expected_db) in [(1.0, 10.28), (4.0, 6.22), (16.0, 3.52), (64.0, 1.89)] {
            let found = decibels(ratio_threshold(looks, 32.0, 1e-4).unwrap());
            assert!((found - expected_db).abs() < 0.006, "K={looks}: {found}");
        }
        // A single look has a closed form.
        let closed = 32.0 * (1e-4_f64.powf(-1.0 / 32.0) - 1.0);
        assert!((ratio_threshold(1.0, 32.0, 1e-4).unwrap() / closed - 1.0).abs() < 1e-10);
    }

    #[test]
    fn a_single_look_is_exponential_far_into_both_tails() {
        for power in [1e-9_f64, 1e-3, 0.5, 1.0, 5.0, 40.0, 300.0] {
            assert!((noise_above(1.0, power) / (-power).exp() - 1.0).abs() < 1e-9, "{power}");
            assert!((noise_below(1.0, power) / -(-power).exp_m1() - 1.0).abs() < 1e-9, "{power}");
        }
        assert!((noise_threshold(1.0, 1e-9).unwrap() + 1e-9_f64.ln()).abs() < 1e-9);
        assert!((noise_quantile(1.0, 0.5).unwrap() - std::f64::consts::LN_2).abs() < 1e-12);
    }

    #[test]
    fn whole_looks_equal_the_poisson_sum() {
        for looks in [2_u32, 4, 16, 64] {
            for power in [0.3, 0.9, 1.0, 1.4, 2.5] {
                let rate = f64::from(looks) * power;
                let (mut term, mut sum) = ((-rate).exp(), 0.0);
                for step in 0..looks {
                    sum += term;
                    term *= rate / f64::from(step + 1);
                }
                let found = noise_above(f64::from(looks), power);
                assert!((found / sum - 1.0).abs() < 1e-8, "K={looks} x={power}: {found} {sum}");
            }
        }
    }

    #[test]
    fn nonsense_is_refused_and_never_a_number() {
        for (looks, above) in
            [(0.0, 0.1), (f64::NAN, 0.1), (1.0, 0.0), (1.0, 1.0), (1.0, f64::NAN), (f64::INFINITY, 0.1)]
        {
            assert!(noise_threshold(looks, above).is_err());
            assert!(noise_quantile(looks, above).is_err());
            assert!(ratio_threshold(looks, 32.0, above).is_err());
        }
        assert!(noise_below(f64::NAN, 1.0).is_nan() && noise_above(1.0, f64::NAN).is_nan());
    }
}
