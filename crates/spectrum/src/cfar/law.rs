//! The exact law of a bin against its reference bins, for noise and for a steady tone in it.
//!
//! The sum of reference powers that depend on one another is a sum of independent Gamma variables, one for each eigenvalue of the
//! matrix of correlations. The bin itself exceeds s times that sum Y with the probability that a Poisson count of mean s Y stays below
//! K, and the probabilities of the counts are the coefficients in t of E exp(-s Y (1 - t)), a product of powers of linear terms. All
//! of them are positive, so the sum is as exact as its terms.

use statrs::function::beta::beta_reg;
use statrs::function::gamma::ln_gamma;

use super::Reference;
use crate::statistics::{falling_root, noise_above, noise_below};
use crate::window::Window;

/// Most looks for which the exact sum is made; above, both laws are so near to normal that only the variance counts.
const EXACT_LOOKS_MOST: f64 = 512.0;
/// Share of a Poisson law that may be left out of a detection probability.
const LEFT_OUT: f64 = 1e-12;
/// Points of the integral over a rank's law; the integrand is smooth and dies out at both ends.
const RANK_POINTS: usize = 4000;

/// The reference bins of a bin, as independent shares of their sum.
#[derive(Debug, Clone)]
pub struct Reach {
    /// Eigenvalues of the correlations; their sum is the number of reference bins.
    shares: Vec<f64>,
}

impl Reach {
    /// The reference bins of a bin that has `left` of them on one side and the others on the other.
    #[must_use]
    pub fn of(window: Window, reference: Reference, left: usize) -> Self {
        let places: Vec<isize> = reference.distances(left.min(reference.cells())).collect();
        let correlations = places
            .iter()
            .map(|row| places.iter().map(|column| window.bin_correlation(row.abs_diff(*column))).collect())
            .collect();
        Self { shares: eigenvalues(correlations) }
    }

    /// Number of independent bins whose mean is as steady.
    #[must_use]
    pub fn effective_cells(&self) -> f64 {
        let sum: f64 = self.shares.iter().sum();
        sum * sum / self.shares.iter().map(|share| share * share).sum::<f64>()
    }

    /// Probability that noise of `looks` (whole) exceeds `factor` times the mean of its reference bins.
    #[must_use]
    pub fn false_alarm(&self, looks: u32, factor: f64) -> f64 {
        let mut counts = Counts::new(&self.shares, f64::from(looks), factor);
        (0..looks).map(|_| counts.next()).sum()
    }

    /// Probability that a steady tone in the noise exceeds `factor` times the mean of the reference bins. `signal_to_noise` is the
    /// linear ratio of the tone's power in the bin to the mean noise power of the bin.
    #[must_use]
    pub fn detection(&self, looks: u32, factor: f64, signal_to_noise: f64) -> f64 {
        let mut counts = Counts::new(&self.shares, f64::from(looks), factor);
        let below: f64 = (0..looks).map(|_| counts.next()).sum();
        poisson_mean(f64::from(looks) * signal_to_noise, below, |below| below + counts.next())
    }

    /// The factor at which noise exceeds the mean of the reference bins with probability `above`.
    pub(super) fn factor(&self, looks: f64, above: f64) -> f64 {
        if looks > EXACT_LOOKS_MOST {
            let cells = self.effective_cells();
            return falling_root(|x| beta_reg(looks * cells, looks, (cells / (cells + x)).clamp(0.0, 1.0)), above);
        }
        let whole = |looks: f64| falling_root(|factor| self.false_alarm(looks as u32, factor), above);
        let (low, high) = (looks.floor(), looks.ceil());
        let at_low = whole(low);
        if high <= low {
            return at_low;
        }
        let share = (looks / low).ln() / (high / low).ln();
        at_low * (whole(high) / at_low).powf(share)
    }
}

/// Detection probability of a steady tone where the floor is known: `threshold` and `signal_to_noise` are linear, in units of the
/// mean noise power of the bin.
#[must_use]
pub fn known_floor_detection(looks: u32, threshold: f64, signal_to_noise: f64) -> f64 {
    let mut shape = f64::from(looks);
    let exceeds = |shape: f64| noise_above(shape, threshold * f64::from(looks) / shape);
    poisson_mean(f64::from(looks) * signal_to_noise, exceeds(shape), |_| {
        shape += 1.0;
        exceeds(shape)
    })
}

/// Mean of a series of values, the first given and each further one made from the last, under a Poisson law.
fn poisson_mean(rate: f64, first: f64, mut next: impl FnMut(f64) -> f64) -> f64 {
    let (mut value, mut sum, mut covered, mut count) = (first, 0.0, 0.0, 0.0);
    loop {
        let weight = if rate > 0.0 { (count * rate.ln() - rate - ln_gamma(count + 1.0)).exp() } else { 1.0 };
        sum += weight * value;
        covered += weight;
        if covered > 1.0 - LEFT_OUT || (count > rate && weight < LEFT_OUT) {
            return sum / covered;
        }
        count += 1.0;
        value = next(value);
    }
}

/// The probabilities of the counts 0, 1, 2 ... of the Poisson law whose rate is the scaled reference.
struct Counts {
    looks: f64,
    ratios: Vec<f64>,
    powers: Vec<f64>,
    sums: Vec<f64>,
    /// Probabilities so far, times e to the power of minus `log_scale`.
    terms: Vec<f64>,
    log_scale: f64,
}

impl Counts {
    fn new(shares: &[f64], looks: f64, factor: f64) -> Self {
        let scaled: Vec<f64> = shares.iter().map(|share| share.max(0.0) * factor / shares.len() as f64).collect();
        let log_scale = -looks * scaled.iter().map(|share| share.ln_1p()).sum::<f64>();
        let ratios: Vec<f64> = scaled.iter().map(|share| share / (1.0 + share)).collect();
        Self { looks, powers: vec![1.0; ratios.len()], ratios, sums: Vec::new(), terms: Vec::new(), log_scale }
    }

    fn next(&mut self) -> f64 {
        let count = self.terms.len();
        let term = if count == 0 {
            1.0
        } else {
            for (power, ratio) in self.powers.iter_mut().zip(&self.ratios) {
                *power *= ratio;
            }
            self.sums.push(self.powers.iter().sum());
            let products = self.sums.iter().zip(self.terms.iter().rev()).map(|(sum, term)| sum * term);
            self.looks * products.sum::<f64>() / count as f64
        };
        self.terms.push(term);
        // Long series would leave the range of a double; the common factor is kept apart.
        if term > 1e200 {
            self.terms.iter_mut().for_each(|term| *term *= 1e-200);
            self.log_scale += 200.0 * std::f64::consts::LN_10;
        }
        self.terms.last().map_or(0.0, |term| (term.ln() + self.log_scale).exp())
    }
}

/// Factor against the bin of a rank among independent reference bins.
pub(super) fn rank_factor(looks: f64, cells: usize, rank: usize, above: f64) -> f64 {
    let (rank, cells) = (rank as f64, cells as f64);
    let log_choices = ln_gamma(cells + 1.0) - ln_gamma(rank) - ln_gamma(cells - rank + 1.0);
    let log_density = |x: f64| looks * looks.ln() + (looks - 1.0) * x.ln() - looks * x - ln_gamma(looks);
    let (from, to) = (1e-9_f64.ln(), (1.0 + 40.0 / looks.sqrt()).ln());
    let step = (to - from) / RANK_POINTS as f64;
    let points: Vec<(f64, f64)> = (0..=RANK_POINTS)
        .filter_map(|point| {
            let x = (from + step * point as f64).exp();
            let (below, above) = (noise_below(looks, x), noise_above(looks, x));
            let log_weight =
                log_choices + (rank - 1.0) * below.ln() + (cells - rank) * above.ln() + log_density(x) + x.ln();
            // A last cell of no weight gives 0 times minus infinity.
            let weight = if log_weight.is_nan() { 0.0 } else { log_weight.exp() * step };
            (weight > 1e-18).then_some((x, weight))
        })
        .collect();
    falling_root(|factor| points.iter().map(|(x, weight)| weight * noise_above(looks, factor * x)).sum(), above)
}

/// Eigenvalues of a symmetric matrix, by Jacobi's rotations; small and sure, and the order does not matter here.
fn eigenvalues(mut matrix: Vec<Vec<f64>>) -> Vec<f64> {
    let size = matrix.len();
    let at = |matrix: &[Vec<f64>], row: usize, column: usize| {
        matrix.get(row).and_then(|row| row.get(column)).copied().unwrap_or_default()
    };
    for _ in 0..60 {
        let mut off = 0.0;
        for row in 0..size {
            for column in row + 1..size {
                let corner = at(&matrix, row, column);
                off += corner * corner;
                if corner.abs() > 1e-300 {
                    let theta = (at(&matrix, column, column) - at(&matrix, row, row)) / (2.0 * corner);
                    let tangent = theta.signum() / (theta.abs() + theta.hypot(1.0));
                    rotate(&mut matrix, row, column, tangent);
                }
            }
        }
        if off < 1e-24 * size as f64 {
            break;
        }
    }
    (0..size).map(|index| at(&matrix, index, index)).collect()
}

/// Turns two rows and the two columns of the same numbers by the angle whose tangent is given.
fn rotate(matrix: &mut [Vec<f64>], one: usize, other: usize, tangent: f64) {
    let cosine = 1.0 / tangent.hypot(1.0);
    let sine = tangent * cosine;
    for row in matrix.iter_mut() {
        if let Ok([left, right]) = row.get_disjoint_mut([one, other]) {
            (*left, *right) = (cosine * *left - sine * *right, sine * *left + cosine * *right);
        }
    }
    if let Ok([upper, lower]) = matrix.get_disjoint_mut([one, other]) {
        for (left, right) in upper.iter_mut().zip(lower) {
            (*left, *right) = (cosine * *left - sine * *right, sine * *left + cosine * *right);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn eigenvalues_of_a_chain_are_the_cosines() {
        let size = 12_usize;
        let chain = (0..size)
            .map(|row| (0..size).map(|column| [2.0, -1.0, 0.0][row.abs_diff(column).min(2)]).collect())
            .collect();
        let mut found = eigenvalues(chain);
        found.sort_by(f64::total_cmp);
        for (index, value) in found.iter().enumerate() {
            let angle = std::f64::consts::PI * (index + 1) as f64 / (size + 1) as f64;
            assert!((value - (2.0 - 2.0 * angle.cos())).abs() < 1e-10, "{value}");
        }
    }

    #[test]
    fn a_single_look_equals_the_product_over_the_shares() {
        let reach = Reach::of(Window::Hann, Reference::beside(Window::Hann, 16), 16);
        assert!((reach.shares.iter().sum::<f64>() - 32.0).abs() < 1e-9);
        assert!((16.0..18.0).contains(&reach.effective_cells()), "{}", reach.effective_cells());
        let product: f64 = reach.shares.iter().map(|share| 1.0 / (1.0 + 9.0 * share / 32.0)).product();
        assert!((reach.false_alarm(1, 9.0) / product - 1.0).abs() < 1e-12);
    }

    #[test]
    fn many_looks_pass_smoothly_into_the_normal_range() {
        let reach = Reach::of(Window::Hann, Reference::beside(Window::Hann, 16), 16);
        let (exact, beyond) = (reach.factor(512.0, 1e-4), reach.factor(512.001, 1e-4));
        assert!((exact / beyond - 1.0).abs() < 1e-4, "{exact} {beyond}");
    }

    #[test]
    fn the_rank_factor_of_a_single_look_has_its_closed_form() {
        for (cells, rank) in [(32, 24), (16, 12), (8, 8), (8, 1)] {
            let factor = rank_factor(1.0, cells, rank, 1e-4);
            let product: f64 = (0..rank).map(|i| (cells - i) as f64).map(|left| left / (left + factor)).product();
            assert!((product / 1e-4 - 1.0).abs() < 1e-4, "{cells} {rank}: {product}");
        }
    }

    #[test]
    fn no_signal_is_detected_as_often_as_noise_and_a_strong_one_always() {
        let reach = Reach::of(Window::Hann, Reference::beside(Window::Hann, 8), 8);
        for looks in [1, 4, 64] {
            let factor = reach.factor(f64::from(looks), 1e-3);
            assert!((reach.detection(looks, factor, 0.0) - 1e-3).abs() < 1e-9);
            assert!(reach.detection(looks, factor, 100.0) > 0.999);
            let known = crate::statistics::noise_threshold(f64::from(looks), 1e-3).unwrap();
            assert!((known_floor_detection(looks, known, 0.0) - 1e-3).abs() < 1e-9);
            assert!(known_floor_detection(looks, known, 1.0) > reach.detection(looks, factor, 1.0));
        }
    }
}
