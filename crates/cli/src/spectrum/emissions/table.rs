//! Sweeps of days: the mean of all of them shows the emissions, block by block they show when each was on.

use guiju_spectrum::floor::FloorMethod;
use guiju_spectrum::guard::{GuardRules, Mark, change};
use guiju_spectrum::package::{HOLE, STEPS_PER_DB};
use guiju_spectrum::psd::Spectrum;
use guiju_spectrum::read::sweep::Sweep;
use guiju_spectrum::schedule::{days, recognise};
use guiju_spectrum::statistics::ratio;
use guiju_spectrum::watch::{self, WatchRules, Watched, Watcher};
use guiju_spectrum::window::Window;

use super::{EmissionsArgs, FALSE_ALARM, LEAST_DB, Scanned, Signal, doubted};
use crate::Fault;
use crate::spectrum::sweeps::nothing;

/// The first sweep fixes the bins; others that do not fit are left out and counted.
struct Grid {
    low_hz: f64,
    bin_hz: f64,
    bins: usize,
}

impl Grid {
    fn of(sweep: &Sweep) -> Option<Self> {
        let ((low_hz, high_hz), bin_hz) = (sweep.range_hz()?, sweep.pieces.first()?.bin_width_hz);
        Some(Self { low_hz, bin_hz, bins: ((high_hz - low_hz) / bin_hz).round() as usize })
    }

    /// Levels in dB; NaN where nothing was measured. `None` for a sweep of other bins.
    fn levels(&self, sweep: &Sweep) -> Option<Vec<f64>> {
        let mut levels = vec![f64::NAN; self.bins];
        for piece in &sweep.pieces {
            let at = ((piece.low_hz - self.low_hz) / self.bin_hz).round();
            if at < 0.0 || (piece.bin_width_hz / self.bin_hz - 1.0).abs() > 1e-6 {
                return None;
            }
            let at = at as usize;
            for (slot, level) in levels.get_mut(at..at + piece.levels.len())?.iter_mut().zip(&piece.levels) {
                *slot = f64::from(level.0);
            }
        }
        Some(levels)
    }
}

/// What is kept of all sweeps.
struct Kept<'a> {
    rules: &'a GuardRules,
    looks: f64,
    grid: Grid,
    watcher: Watcher<'a>,
    sums: Vec<(f64, u64)>,
    before: Vec<f64>,
    changes: Vec<(i64, Mark)>,
    sweeps: u64,
    other_bins: u64,
    timed: bool,
}

impl Kept<'_> {
    fn push(&mut self, sweep: &Sweep) -> Result<(), Fault> {
        let Some(levels) = self.grid.levels(sweep) else {
            self.other_bins += 1;
            return Ok(());
        };
        self.sweeps += 1;
        let powers: Vec<f64> = levels.iter().map(|level| ratio(*level)).collect();
        for ((sum, count), power) in self.sums.iter_mut().zip(&powers).filter(|(_, power)| !power.is_nan()) {
            (*sum, *count) = (*sum + power, *count + 1);
        }
        if let Some(when) = sweep.when {
            self.timed = true;
            let step =
                |level: &f64| if level.is_nan() { HOLE } else { (level * f64::from(STEPS_PER_DB)).round() as i16 };
            self.watcher.push(&watch::Sweep { when, steps: levels.iter().map(step).collect() })?;
        }
        let whole = powers.iter().all(|power| *power > 0.0);
        if whole && self.before.len() == powers.len() && powers.len() >= 16 {
            let at_ns = sweep.when.map_or(0, |when| when.from_ns());
            self.changes.extend(change(&self.before, &powers, self.looks, self.rules)?.map(|mark| (at_ns, mark)));
        }
        self.before = if whole { powers } else { Vec::new() };
        Ok(())
    }

    /// The mean of all sweeps; what was never measured stands at the floor, so that nothing is found there.
    fn spectrum(&self) -> Result<(Spectrum, f64), Fault> {
        let looks = self.looks * self.sweeps as f64;
        let mean = |(sum, count): &(f64, u64)| (*count > 0).then(|| sum / *count as f64 / self.grid.bin_hz);
        let measured: Vec<f64> = self.sums.iter().filter_map(mean).collect();
        let floor_per_hz = FloorMethod::LowestFifth.estimate(&measured, looks)?;
        let spectrum = Spectrum {
            sample_rate_hz: self.grid.bin_hz * self.grid.bins as f64,
            centre_hz: self.grid.low_hz + ((self.grid.bins / 2) as f64 + 0.5) * self.grid.bin_hz,
            window: Window::Hann,
            segments: self.sweeps,
            looks,
            first_sample: 0,
            end_sample: self.sweeps,
            power_per_hz: self.sums.iter().map(|sum| mean(sum).unwrap_or(floor_per_hz)).collect(),
        };
        Ok((spectrum, floor_per_hz))
    }
}

pub fn scan(args: &EmissionsArgs, rules: &GuardRules) -> Result<Scanned, Fault> {
    let file = &args.recording.file;
    let looks = args.sweeps.looks(file)?;
    let mut first: Option<Sweep> = None;
    args.sweeps.each(file, false, &mut |sweep| {
        first.get_or_insert(sweep);
        Ok(())
    })?;
    let grid = first.as_ref().and_then(Grid::of).ok_or_else(|| nothing(file))?;
    let watching = WatchRules {
        block_sweeps: 10,
        averages: looks,
        false_alarm: FALSE_ALARM,
        least_db: LEAST_DB,
        valley_db: 6.0,
        narrowest_hz: 0.0,
        same_hz: 3.0 * grid.bin_hz,
        sweeps_least: 2,
    };
    let watcher = Watcher::new(&watching, grid.low_hz, grid.bin_hz, grid.bins)?;
    let sums = vec![(0.0, 0); grid.bins];
    let (before, changes) = (Vec::new(), Vec::new());
    let mut kept = Kept { rules, looks, grid, watcher, sums, before, changes, sweeps: 0, other_bins: 0, timed: false };
    let complaints = args.sweeps.each(file, true, &mut |sweep| kept.push(&sweep))?;
    if kept.other_bins > 0 {
        let count = kept.other_bins;
        eprintln!(
            "guiju: {}: {count} 次扫描的频点与第一次不同，已略去 / {count} sweeps have other bins than the first and are left out",
            file.display()
        );
    }
    let (spectrum, floor_per_hz) = kept.spectrum()?;
    let emissions = doubted(&spectrum, floor_per_hz, false, rules)?;
    let watched = kept.watcher.finish()?;
    Ok(Scanned {
        emissions,
        floor_per_hz,
        changes: kept.changes,
        overload: None,
        signals: signals(&watched, args.sweeps.zone_offset_ns()),
        timed: kept.timed,
        complaints: complaints + kept.other_bins,
        spectrum,
    })
}

fn signals(watched: &Watched, zone_offset_ns: i64) -> Vec<Signal> {
    let signal = |seen: &watch::Seen| {
        let from_ns = seen.on.iter().map(|one| one.from_ns()).min()?;
        let until_ns = seen.on.iter().map(|one| one.until_ns()).max()?;
        Some(Signal {
            centre_hz: seen.centre_hz,
            bandwidth_hz: seen.bandwidth_hz,
            over_floor_db: Some(seen.snr_db),
            span_ns: (from_ns, until_ns),
            on_ns: seen.on.total_ns(),
            observed_ns: watched.observed.total_ns(),
            schedule: Some(recognise(&seen.on, &watched.observed, zone_offset_ns)),
            days: Some(days(&seen.on, &watched.observed, zone_offset_ns)),
        })
    };
    watched.signals.iter().filter_map(signal).collect()
}
