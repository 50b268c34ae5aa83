//! Samples: spectra of a few dozen milliseconds, emissions followed from one to the next, and the mean of all of them.

use guiju_spectrum::complaint::Done;
use guiju_spectrum::emission::{Track, Tracker};
use guiju_spectrum::floor::FloorMethod;
use guiju_spectrum::guard::{Clipping, GuardRules, Mark, change};
use guiju_spectrum::psd::{Settings, Spectrum, Welch};
use guiju_spectrum::read::iq::Encoding;
use guiju_spectrum::window::Window;

use super::{EmissionsArgs, Scanned, Signal, doubted, found};
use crate::Fault;
use crate::spectrum::told_of;

/// Segments of one spectrum.
const SEGMENTS: u64 = 64;
/// Spectra that a signal may be missing from before it counts as off.
const MISSED_MOST: u64 = 2;

/// What is kept of all spectra.
struct Kept<'a> {
    rules: &'a GuardRules,
    start_ns: i64,
    tracker: Tracker,
    tracks: Vec<Track>,
    changes: Vec<(i64, Mark)>,
    before: Vec<f64>,
    mean: Option<Spectrum>,
    observed_ns: i128,
}

impl Kept<'_> {
    fn push(&mut self, spectrum: Spectrum) -> Result<(), Fault> {
        let at =
            |sample: u64| self.start_ns.saturating_add((sample as f64 / spectrum.sample_rate_hz * 1e9).round() as i64);
        let (from_ns, until_ns) = (at(spectrum.first_sample), at(spectrum.end_sample));
        self.observed_ns += i128::from(until_ns) - i128::from(from_ns);
        let floor = FloorMethod::Median.estimate(&spectrum.power_per_hz, spectrum.looks)?;
        let emissions = found(&spectrum, floor)?;
        self.tracks.extend(self.tracker.push(from_ns, until_ns, emissions).unwrap_or_default());
        if !self.before.is_empty() && spectrum.power_per_hz.len() >= 16 {
            let changed = change(&self.before, &spectrum.power_per_hz, spectrum.looks, self.rules)?;
            self.changes.extend(changed.map(|mark| (from_ns, mark)));
        }
        self.before.clone_from(&spectrum.power_per_hz);
        match &mut self.mean {
            None => self.mean = Some(spectrum),
            Some(mean) => {
                let all = (mean.segments + spectrum.segments) as f64;
                let share = spectrum.segments as f64 / all;
                for (sum, power) in mean.power_per_hz.iter_mut().zip(&spectrum.power_per_hz) {
                    *sum += (power - *sum) * share;
                }
                mean.segments += spectrum.segments;
                mean.looks += spectrum.looks;
                mean.end_sample = spectrum.end_sample;
            }
        }
        Ok(())
    }
}

pub fn scan(args: &EmissionsArgs, rules: &GuardRules) -> Result<Scanned, Fault> {
    let mut blocks = args.recording.open()?;
    let settings = Settings {
        sample_rate_hz: blocks.layout().sample_rate_hz,
        centre_hz: args.recording.one_centre(blocks.captures())?,
        bins: args.bins,
        window: Window::Hann,
        overlap: 0,
        segments: Some(SEGMENTS),
    };
    let start_ns = blocks.captures().first().and_then(|(_, capture)| capture.start_ns);
    let mut welch = Welch::new(settings, Encoding::CF32_LE)?;
    let mut clipping = Clipping::default();
    let mut kept = Kept {
        rules,
        start_ns: start_ns.unwrap_or(0),
        tracker: Tracker::new(2.0 * settings.sample_rate_hz / settings.bins as f64, MISSED_MOST),
        tracks: Vec::new(),
        changes: Vec::new(),
        before: Vec::new(),
        mean: None,
        observed_ns: 0,
    };
    let mut complaints = 0;
    let mut ready = Vec::new();
    loop {
        match blocks.next_block() {
            Ok(Some(block)) => {
                clipping.push(block.samples);
                welch.push_complex(block.samples, &mut |spectrum| ready.push(spectrum))?;
                ready.drain(..).try_for_each(|spectrum| kept.push(spectrum))?;
            }
            Ok(None) => break,
            // What is left out is said and counted; only what ends the reading ends the measurement.
            Err(told) if told.done == Done::LeftOut => {
                complaints += 1;
                eprintln!("guiju: {}", told_of(&args.recording.file, told));
            }
            Err(told) => return Err(told_of(&args.recording.file, told)),
        }
    }
    match welch.finish() {
        Ok(rest) => kept.push(rest)?,
        // Nothing is left after the last whole spectrum; a recording of nothing at all is a fault.
        Err(fault) if kept.mean.is_none() => return Err(format!("{}: {fault}", args.recording.file.display()).into()),
        Err(_) => {}
    }
    kept.tracks.extend(kept.tracker.finish());
    let spectrum = kept.mean.ok_or_else(|| crate::spectrum::sweeps::nothing(&args.recording.file))?;
    let floor_per_hz = FloorMethod::Median.estimate(&spectrum.power_per_hz, spectrum.looks)?;
    let observed_ns = kept.observed_ns;
    Ok(Scanned {
        emissions: doubted(&spectrum, floor_per_hz, true, rules)?,
        floor_per_hz,
        changes: kept.changes,
        overload: clipping.mark(rules),
        signals: kept.tracks.iter().map(|track| signal(track, observed_ns)).collect(),
        timed: start_ns.is_some(),
        complaints,
        spectrum,
    })
}

fn signal(track: &Track, observed_ns: i128) -> Signal {
    let span = i128::from(track.last_seen_ns) - i128::from(track.first_seen_ns);
    Signal {
        centre_hz: track.centre_hz,
        bandwidth_hz: track.bandwidth_99_hz,
        over_floor_db: Some(10.0 * track.last.peak_to_floor.log10()),
        span_ns: (track.first_seen_ns, track.last_seen_ns),
        // Of the spectra between its first and its last some may not have shown it.
        on_ns: span * i128::from(track.seen) / i128::from(track.seen + track.missed).max(1),
        observed_ns,
        schedule: None,
        days: None,
    }
}
