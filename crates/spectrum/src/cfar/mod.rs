//! Constant false-alarm rate: which bins stand out from their neighbours, at a rate of error that is chosen?
//!
//! A bin is compared with reference bins on both sides, beyond guard bins. The factor comes from the law of noise averaged over K
//! looks, and from how the window makes neighbouring bins depend on one another: thirty-two Hann bins are worth seventeen.
//! Reference bins that lie beyond an edge of the spectrum are taken further along on the other side, with a factor of their own.

mod law;

pub use law::{Reach, known_floor_detection};

use crate::spectra_fault::{SpectraFault, looks, probability};
use crate::statistics::noise_threshold;
use crate::window::Window;

/// Which bins a bin is compared with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reference {
    /// Reference bins on each side, at least 1.
    pub each_side: usize,
    /// Bins on each side between the bin itself and the first reference bin; a tone's own skirt falls there.
    pub guard: usize,
    /// Distance of a reference bin from the next, at least 1.
    pub stride: usize,
}

impl Reference {
    /// The nearest reference bins that do not depend on the bin itself, side by side.
    #[must_use]
    pub fn beside(window: Window, each_side: usize) -> Self {
        Self { each_side, guard: window.independent_bins().max(window.main_lobe_bins()) - 1, stride: 1 }
    }

    /// Reference bins so far apart that they do not depend on one another either.
    #[must_use]
    pub fn apart(window: Window, each_side: usize) -> Self {
        Self { stride: window.independent_bins(), ..Self::beside(window, each_side) }
    }

    /// Reference bins in all.
    #[must_use]
    pub fn cells(self) -> usize {
        self.each_side * 2
    }

    /// Distances of the reference bins when `left` of them lie below the bin.
    fn distances(self, left: usize) -> impl Iterator<Item = isize> {
        let first = self.guard + 1;
        let at = move |index: usize| (first + index * self.stride).cast_signed();
        (0..left).map(move |index| -at(index)).chain((0..self.cells() - left).map(at))
    }

    /// How many reference bins lie below `cell` in a spectrum of `bins`; `None` where there is no room for all.
    fn left_of(self, cell: usize, bins: usize) -> Option<usize> {
        let room = |inside: usize| (inside + self.stride).saturating_sub(self.guard + 1) / self.stride;
        let (left, right) = (room(cell), room(bins.checked_sub(cell + 1)?));
        if left.checked_add(right)? < self.cells() {
            return None;
        }
        Some(self.each_side.min(left).max(self.cells().saturating_sub(right)))
    }

    fn check(self, window: Window) -> Result<Self, SpectraFault> {
        let needed = window.independent_bins();
        if self.each_side == 0 || self.stride == 0 {
            return Err(SpectraFault::TooFew { have: 0, need: 1 });
        }
        if self.guard + 1 < needed {
            return Err(SpectraFault::Dependent { stride: self.guard + 1, needed });
        }
        Ok(self)
    }
}

/// How the reference bins become one number.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Kind {
    Mean,
    /// The bin of this rank, from 1 for the weakest.
    Rank(usize),
}

/// A detector with its factors, ready for spectra of one window and one number of looks.
#[derive(Debug, Clone)]
pub struct Cfar {
    reference: Reference,
    kind: Kind,
    /// Factor by the number of reference bins on the side that has fewer.
    factors: Vec<f64>,
}

impl Cfar {
    /// Compares with the mean of the reference bins (CA-CFAR).
    ///
    /// `looks_count` is the number of independent looks averaged in the spectra to come; where it is not whole, the factor lies
    /// between those of the whole numbers beside it.
    ///
    /// # Errors
    /// When there are no reference bins, the guard is too narrow for the window, `looks_count` is below 1, or the false-alarm
    /// probability is not between 0 and 0.5.
    pub fn mean(window: Window, looks_count: f64, reference: Reference, above: f64) -> Result<Self, SpectraFault> {
        let (reference, k, above) = (reference.check(window)?, looks(looks_count)?, probability(above, 0.5)?);
        let factors = (0..=reference.each_side).map(|left| Reach::of(window, reference, left).factor(k, above));
        Ok(Self { reference, kind: Kind::Mean, factors: factors.collect() })
    }

    /// Compares with the reference bin of a rank (OS-CFAR), which a few strong neighbours do not spoil; rank 3/4 of all is usual.
    ///
    /// # Errors
    /// As [`Cfar::mean`]; also when the reference bins are not independent of one another ([`Reference::apart`] is), or the rank is
    /// 0 or above their number.
    pub fn rank(
        window: Window,
        looks_count: f64,
        reference: Reference,
        rank: usize,
        above: f64,
    ) -> Result<Self, SpectraFault> {
        let (reference, k, above) = (reference.check(window)?, looks(looks_count)?, probability(above, 0.5)?);
        let needed = window.independent_bins();
        if reference.stride < needed {
            return Err(SpectraFault::Dependent { stride: reference.stride, needed });
        }
        if rank == 0 || rank > reference.cells() {
            return Err(SpectraFault::TooFew { have: reference.cells(), need: rank.max(1) });
        }
        let factor = law::rank_factor(k, reference.cells(), rank, above);
        Ok(Self { reference, kind: Kind::Rank(rank), factors: vec![factor; reference.each_side + 1] })
    }

    /// Factor from the reference to the threshold, away from the edges; linear.
    #[must_use]
    pub fn factor(&self) -> f64 {
        self.factors.last().copied().unwrap_or(f64::NAN)
    }

    /// The threshold of one bin, in the unit of the powers: a stronger bin is a detection.
    ///
    /// # Errors
    /// When the spectrum has no room for the reference bins, or one of them is negative or not a number.
    pub fn threshold_at(&self, powers: &[f64], cell: usize) -> Result<f64, SpectraFault> {
        let need = self.reference.cells() * self.reference.stride + 2 * self.reference.guard + 1;
        let left =
            self.reference.left_of(cell, powers.len()).ok_or(SpectraFault::TooFew { have: powers.len(), need })?;
        let fewer = left.min(self.reference.cells() - left);
        let factor = self.factors.get(fewer).copied().unwrap_or(f64::NAN);
        let bins = self.reference.distances(left).filter_map(|distance| cell.checked_add_signed(distance));
        let level = match self.kind {
            Kind::Mean => bins.map(|bin| power(powers, bin)).sum::<Result<f64, _>>()? / self.reference.cells() as f64,
            Kind::Rank(rank) => {
                let mut cells = bins.map(|bin| power(powers, bin)).collect::<Result<Vec<f64>, _>>()?;
                cells.sort_by(f64::total_cmp);
                cells.get(rank - 1).copied().unwrap_or(f64::NAN)
            }
        };
        Ok(factor * level)
    }

    /// The threshold of every bin.
    ///
    /// # Errors
    /// As [`Cfar::threshold_at`].
    pub fn thresholds(&self, powers: &[f64]) -> Result<Vec<f64>, SpectraFault> {
        (0..powers.len()).map(|cell| self.threshold_at(powers, cell)).collect()
    }
}

/// The threshold for spectra whose floor is known, in the unit of `floor`; the error of the floor itself is not allowed for.
///
/// # Errors
/// When `looks_count` is below 1 or the false-alarm probability is not between 0 and 1.
pub fn known_floor_threshold(floor: f64, looks_count: f64, above: f64) -> Result<f64, SpectraFault> {
    Ok(floor * noise_threshold(looks_count, above)?)
}

fn power(powers: &[f64], bin: usize) -> Result<f64, SpectraFault> {
    let power = powers.get(bin).copied().unwrap_or(f64::NAN);
    if power.is_finite() && power >= 0.0 { Ok(power) } else { Err(SpectraFault::Power { bin, power }) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::statistics::decibels;

    #[test]
    fn without_dependence_the_factor_is_the_quantile_of_f() {
        let reference = Reference { each_side: 16, guard: 1, stride: 1 };
        for (looks, expected_db) in [(1.0, 10.28), (4.0, 6.22), (16.0, 3.52), (64.0, 1.89)] {
            let cfar = Cfar::mean(Window::Rectangular, looks, reference, 1e-4).unwrap();
            assert!((decibels(cfar.factor()) - expected_db).abs() < 0.006, "K={looks}");
            let from_f = crate::statistics::ratio_threshold(looks, 32.0, 1e-4).unwrap();
            assert!((cfar.factor() / from_f - 1.0).abs() < 1e-8, "K={looks}");
        }
    }

    #[test]
    fn a_window_that_couples_bins_needs_a_higher_factor() {
        let plain = Cfar::mean(Window::Rectangular, 4.0, Reference::beside(Window::Hann, 8), 1e-4).unwrap();
        let hann = Cfar::mean(Window::Hann, 4.0, Reference::beside(Window::Hann, 8), 1e-4).unwrap();
        let apart = Cfar::mean(Window::Hann, 4.0, Reference::apart(Window::Hann, 8), 1e-4).unwrap();
        assert!(decibels(hann.factor() / plain.factor()) > 0.1);
        assert!(decibels(apart.factor() / plain.factor()).abs() < 1e-3);
        let between = Cfar::mean(Window::Hann, 4.5, Reference::beside(Window::Hann, 8), 1e-4).unwrap().factor();
        let five = Cfar::mean(Window::Hann, 5.0, Reference::beside(Window::Hann, 8), 1e-4).unwrap().factor();
        assert!(five < between && between < hann.factor());
    }

    #[test]
    fn every_bin_has_all_its_reference_bins_inside_the_spectrum() {
        for (each_side, guard, stride) in [(1, 2, 1), (4, 2, 1), (3, 2, 3), (5, 4, 2)] {
            let reference = Reference { each_side, guard, stride };
            let least = 2 * each_side * stride + 2 * guard + 1;
            for cell in 0..least {
                let left = reference.left_of(cell, least).unwrap();
                let bins: Vec<isize> =
                    reference.distances(left).map(|distance| cell.cast_signed() + distance).collect();
                assert_eq!(bins.len(), reference.cells());
                assert!(bins.iter().all(|bin| (0..least.cast_signed()).contains(bin)), "{reference:?} {cell} {bins:?}");
                assert!(bins.iter().all(|bin| bin.abs_diff(cell.cast_signed()) > guard));
            }
            assert_eq!(reference.left_of(each_side * stride + guard, least), Some(each_side));
        }
    }

    #[test]
    fn what_cannot_hold_its_rate_is_refused() {
        let good = Reference::beside(Window::Hann, 8);
        assert!(Cfar::mean(Window::Hann, 1.0, Reference { guard: 1, ..good }, 1e-4).is_err());
        assert!(Cfar::mean(Window::Hann, 0.5, good, 1e-4).is_err());
        assert!(Cfar::mean(Window::Hann, 1.0, good, 0.0).is_err());
        assert!(Cfar::mean(Window::Hann, 1.0, Reference { each_side: 0, ..good }, 1e-4).is_err());
        assert!(Cfar::rank(Window::Hann, 1.0, good, 12, 1e-4).is_err());
        assert!(Cfar::rank(Window::Hann, 1.0, Reference::apart(Window::Hann, 8), 17, 1e-4).is_err());
        let cfar = Cfar::mean(Window::Hann, 1.0, good, 1e-4).unwrap();
        assert!(cfar.thresholds(&[1.0; 12]).is_err());
        let mut powers = vec![1.0; 64];
        powers[20] = f64::NAN;
        assert!(matches!(cfar.thresholds(&powers), Err(SpectraFault::Power { bin: 20, .. })));
    }
}
