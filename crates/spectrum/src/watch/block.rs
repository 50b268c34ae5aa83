//! Takes sweeps block by block.

use super::peaks::{Peak, peaks};
use super::{Seen, WatchRules, Watched};
use crate::cfar::known_floor_threshold;
use crate::floor::FloorMethod;
use crate::hours::Interval;
use crate::package::{HOLE, STEPS_PER_DB};
use crate::spectra_fault::SpectraFault;

/// A floor is not known where less than this share of the band was measured.
const MEASURED_LEAST: f64 = 0.2;

/// One sweep: when, and a level for each bin in steps of a quarter of a decibel ([`HOLE`] where nothing was measured).
#[derive(Debug, Clone, PartialEq)]
pub struct Sweep {
    /// When it was measured.
    pub when: Interval,
    /// Levels in steps.
    pub steps: Vec<i16>,
}

/// Takes the sweeps of one receiver over one band.
#[derive(Debug)]
pub struct Watcher<'a> {
    rules: &'a WatchRules,
    low_hz: f64,
    bin_hz: f64,
    bins: usize,
    /// The factor over the floor from which the mean of a block, and one sweep, are signals.
    block_factor: f64,
    sweep_factor: f64,
    looks: f64,
    block: Vec<(Interval, Vec<f64>)>,
    until_ns: i64,
    watched: Watched,
}

impl<'a> Watcher<'a> {
    /// Watches `bins` bins of `bin_hz` from `low_hz` up.
    ///
    /// # Errors
    /// When the rules make no sense: a probability that is none, fewer averages than one.
    pub fn new(rules: &'a WatchRules, low_hz: f64, bin_hz: f64, bins: usize) -> Result<Self, SpectraFault> {
        let least = 10f64.powf(rules.least_db / 10.0);
        let looks = rules.averages * rules.block_sweeps.max(1) as f64;
        let factor = |looks: f64| known_floor_threshold(1.0, looks, rules.false_alarm).map(|factor| factor.max(least));
        Ok(Self {
            rules,
            low_hz,
            bin_hz,
            bins,
            block_factor: factor(looks)?,
            sweep_factor: factor(rules.averages)?,
            looks,
            block: Vec::with_capacity(rules.block_sweeps),
            until_ns: i64::MIN,
            watched: Watched { bin_hz, band_hz: (low_hz, low_hz + bin_hz * bins as f64), ..Watched::default() },
        })
    }

    /// Takes a sweep. One that does not begin after the one before ended, or has another number of bins, is left out and counted.
    ///
    /// # Errors
    /// When a floor cannot be estimated although enough was measured.
    pub fn push(&mut self, sweep: &Sweep) -> Result<(), SpectraFault> {
        if sweep.when.from_ns() < self.until_ns || sweep.steps.len() != self.bins {
            self.watched.left_out += 1;
            return Ok(());
        }
        self.until_ns = sweep.when.until_ns();
        let powers: Vec<f64> = sweep.steps.iter().map(|step| power_of(*step)).collect();
        let measured = powers.iter().filter(|power| !power.is_nan()).count();
        if (measured as f64) < MEASURED_LEAST * self.bins as f64 {
            self.watched.left_out += 1;
            return Ok(());
        }
        self.watched.observed.add(sweep.when);
        self.watched.sweeps += 1;
        self.block.push((sweep.when, powers));
        if self.block.len() >= self.rules.block_sweeps { self.close_block() } else { Ok(()) }
    }

    /// What was seen, in order of frequency; the sweeps of a last, unfinished block count too.
    ///
    /// # Errors
    /// As [`Watcher::push`].
    pub fn finish(mut self) -> Result<Watched, SpectraFault> {
        self.close_block()?;
        let least = self.rules.sweeps_least;
        self.watched.signals.retain(|seen| seen.sweeps >= least);
        self.watched.signals.sort_by(|a, b| a.centre_hz.total_cmp(&b.centre_hz));
        Ok(self.watched)
    }

    fn close_block(&mut self) -> Result<(), SpectraFault> {
        let block = std::mem::take(&mut self.block);
        if block.is_empty() {
            return Ok(());
        }
        let mean = mean(&block, self.bins);
        let looks = self.looks * block.len() as f64 / self.rules.block_sweeps.max(1) as f64;
        let measured: Vec<f64> = mean.iter().copied().filter(|power| !power.is_nan()).collect();
        let floor = FloorMethod::LowestFifth.estimate(&measured, looks.max(1.0))?;
        let found = peaks(&mean, floor, floor * self.block_factor, (self.low_hz, self.bin_hz), self.rules);
        for (peak, place) in self.placed(found) {
            let Some(seen) = self.watched.signals.get_mut(place) else { continue };
            for (when, powers) in &block {
                let band = powers.get(peak.bins.0..peak.bins.1).unwrap_or_default();
                // In one sweep a bin is more often over by chance: the strongest bin decides, against the threshold of a single sweep.
                if band.iter().copied().fold(0.0, f64::max) > floor * self.sweep_factor {
                    seen.was_on(*when);
                }
            }
        }
        Ok(())
    }

    /// Gives each peak its signal: the nearest one known, or a new one. The nearest pair first, so that neighbours do not change places.
    fn placed(&mut self, found: Vec<Peak>) -> Vec<(Peak, usize)> {
        let mut pairs: Vec<(f64, usize, usize)> = Vec::new();
        for (at, peak) in found.iter().enumerate() {
            for (known, seen) in self.watched.signals.iter().enumerate() {
                let apart = (peak.centre_hz - seen.last_hz).abs();
                if apart <= self.rules.same_hz {
                    pairs.push((apart, at, known));
                }
            }
        }
        pairs.sort_by(|a, b| a.0.total_cmp(&b.0).then((a.1, a.2).cmp(&(b.1, b.2))));
        let mut places: Vec<Option<usize>> = vec![None; found.len()];
        let mut taken = vec![false; self.watched.signals.len()];
        for (_, at, known) in pairs {
            if let (Some(place @ None), Some(taken @ false)) = (places.get_mut(at), taken.get_mut(known)) {
                (*place, *taken) = (Some(known), true);
            }
        }
        let mut placed = Vec::with_capacity(found.len());
        for (peak, place) in found.into_iter().zip(places) {
            let place = match place {
                Some(known) => {
                    if let Some(seen) = self.watched.signals.get_mut(known) {
                        seen.follow(&peak);
                    }
                    known
                }
                None => {
                    self.watched.signals.push(Seen::new(&peak));
                    self.watched.signals.len() - 1
                }
            };
            placed.push((peak, place));
        }
        placed
    }
}

fn mean(block: &[(Interval, Vec<f64>)], bins: usize) -> Vec<f64> {
    let mut sums = vec![(0.0f64, 0u32); bins];
    for (_, powers) in block {
        for (power, (sum, count)) in powers.iter().zip(&mut sums).filter(|(power, _)| !power.is_nan()) {
            *sum += power;
            *count += 1;
        }
    }
    sums.into_iter().map(|(sum, count)| if count == 0 { f64::NAN } else { sum / f64::from(count) }).collect()
}

fn power_of(step: i16) -> f64 {
    if step == HOLE { f64::NAN } else { 10f64.powf(f64::from(f32::from(step) / STEPS_PER_DB) / 10.0) }
}
