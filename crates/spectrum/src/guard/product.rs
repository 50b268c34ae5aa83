//! Products of the third order among the strongest emissions, each held against the siblings that it must have.

use super::{GuardRules, Mark};
use crate::emission::Emission;
use crate::psd::Spectrum;
use crate::statistics::{decibels, ratio};

/// Three different signals make a product twice as strong in voltage as 2 f1 - f2 of equal ones.
const THREE_DB: f64 = 6.02;
/// A sibling must be this much over the noise, in dB, before its absence proves anything.
const SURE_DB: f64 = 10.0;

/// The signals that may make products.
pub(super) struct Products<'a> {
    spectrum: &'a Spectrum,
    emissions: &'a [Emission],
    floor_per_hz: f64,
    rules: &'a GuardRules,
    /// The strongest first.
    parents: Vec<&'a Emission>,
}

impl<'a> Products<'a> {
    pub(super) fn of(
        spectrum: &'a Spectrum,
        emissions: &'a [Emission],
        floor_per_hz: f64,
        rules: &'a GuardRules,
    ) -> Self {
        let strong = |one: &&Emission| decibels(one.peak_to_floor) >= rules.parents_db && !one.dc_suspect;
        let mut parents: Vec<&Emission> = emissions.iter().filter(strong).collect();
        parents.sort_by(|a, b| b.power.total_cmp(&a.power));
        parents.truncate(rules.parents_most);
        Self { spectrum, emissions, floor_per_hz, rules, parents }
    }

    /// The product that an emission may be; of several, the one whose parents are strongest.
    pub(super) fn explain(&self, emission: &Emission) -> Option<Mark> {
        let below = |parent: &&&Emission| decibels(parent.power / emission.power) >= self.rules.product_below_db;
        let parents: Vec<&Emission> = self.parents.iter().filter(below).copied().collect();
        let mut best: Option<(f64, Mark)> = None;
        for (at, plus) in parents.iter().enumerate() {
            for plus_too in parents.iter().skip(at) {
                for less in
                    parents.iter().filter(|less| !std::ptr::eq(**less, *plus) && !std::ptr::eq(**less, *plus_too))
                {
                    let Some((intercept_db, mark)) = self.product(emission, [plus, plus_too, less]) else { continue };
                    // The lowest intercept is that of the strongest parents.
                    if best.is_none_or(|(lowest, _)| intercept_db < lowest) {
                        best = Some((intercept_db, mark));
                    }
                }
            }
        }
        best.map(|(_, mark)| mark)
    }

    fn product(&self, emission: &Emission, [plus, plus_too, less]: [&Emission; 3]) -> Option<(f64, Mark)> {
        let expected_hz = plus.centre_hz + plus_too.centre_hz - less.centre_hz;
        if (expected_hz - emission.centre_hz).abs() > self.tolerance_hz() {
            return None;
        }
        let three = if std::ptr::eq(plus, plus_too) { 0.0 } else { THREE_DB };
        let parents_db = decibels(plus.power) + decibels(plus_too.power) + decibels(less.power);
        let intercept_db = (parents_db + three - decibels(emission.power)) / 2.0;
        if self.contradicted(intercept_db, [plus, plus_too, less]) {
            return None;
        }
        let weakest = plus.power.min(plus_too.power).min(less.power);
        let mark = Mark::Product {
            plus_hz: plus.centre_hz,
            plus_too_hz: plus_too.centre_hz,
            less_hz: less.centre_hz,
            below_db: decibels(weakest / emission.power),
            intercept_db,
        };
        Some((intercept_db, mark))
    }

    /// Four signals take part, each with an error of its own.
    fn tolerance_hz(&self) -> f64 {
        2.0 * self.rules.tolerance_bins * self.spectrum.bin_hz()
    }

    /// Whether a receiver of this intercept would show another product of these parents where nothing is.
    fn contradicted(&self, intercept_db: f64, parents: [&Emission; 3]) -> bool {
        parents.iter().any(|twice| {
            parents.iter().filter(|less| !std::ptr::eq(**less, *twice)).any(|less| {
                let at_hz = 2.0 * twice.centre_hz - less.centre_hz;
                let power = ratio(2.0 * decibels(twice.power) + decibels(less.power) - 2.0 * intercept_db);
                let width_hz = (2.0 * twice.bandwidth_99_hz + less.bandwidth_99_hz).max(self.spectrum.resolution_hz());
                let visible = power / width_hz > ratio(SURE_DB) * self.floor_per_hz;
                visible && self.inside(at_hz, width_hz) && !self.occupied(at_hz)
            })
        })
    }

    /// The whole of it lies inside the spectrum.
    fn inside(&self, at_hz: f64, width_hz: f64) -> bool {
        (at_hz - self.spectrum.centre_hz).abs() + width_hz < self.spectrum.sample_rate_hz / 2.0
    }

    /// Something is there, a product or what would hide one.
    fn occupied(&self, at_hz: f64) -> bool {
        let reach = |one: &Emission| one.bandwidth_99_hz / 2.0 + self.tolerance_hz();
        self.emissions.iter().any(|one| (one.centre_hz - at_hz).abs() <= reach(one))
    }
}
