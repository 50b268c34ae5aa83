//! A server of samples (`rtl_tcp`) becomes one spectrum for each stretch of `sweep_seconds`.
//!
//! Times are those of arrival: the server stamps nothing. A stretch in which samples were lost is given up, so that nothing is backed
//! that was not received.

use std::time::Duration;

use guiju_spectrum::hours::Interval;
use guiju_spectrum::level::RelativeDb;
use guiju_spectrum::package::Moment;
use guiju_spectrum::psd::{Settings, Spectrum, Welch};
use guiju_spectrum::read::iq::Encoding;
use guiju_spectrum::read::sweep::{Piece, Sweep, TimeBasis};
use guiju_spectrum::read::tcp::{Patience, RtlTcp, Tuning};
use guiju_spectrum::window::Window;

use super::{Event, Line};
use crate::clock::{Watchman, now_ns};
use crate::fault::Fault;
use crate::plan::Source;
use crate::spool::Seen;

/// A part of a sample this near to full scale is clipped.
const CLIPPED: f32 = 0.995;
/// More clipped parts than this are an overload: levels are not to be trusted.
const OVERLOAD: f64 = 1e-3;

/// What is gathered towards one spectrum.
struct Gathered {
    welch: Welch,
    samples: u64,
    clipped: u64,
}

/// Measures until the window closes or the server stays away.
pub(super) fn measure(source: &Source, until_ns: i64, line: &Line) -> Result<(), Fault> {
    let Source::RtlTcp { address, centre_hz, rate_hz, bins, sweep_seconds, gain_tenth_db, correction_ppm } = source
    else {
        return Ok(());
    };
    let (centre_hz, gain_tenth_db, correction_ppm) = (*centre_hz, *gain_tenth_db, *correction_ppm);
    let tuning = Tuning { centre_hz, sample_rate_hz: *rate_hz, gain_tenth_db, correction_ppm };
    // The caller starts it anew, with longer and longer pauses.
    let patience = Patience { silence: Duration::from_secs(3), attempts: 1, ..Patience::default() };
    let rate = f64::from(*rate_hz);
    let settings = Settings {
        sample_rate_hz: rate,
        centre_hz: f64::from(centre_hz),
        bins: *bins,
        window: Window::Hann,
        overlap: *bins / 2,
        segments: None,
    };
    let wanted = (rate * sweep_seconds).round() as u64;
    let mut gathered = Gathered::new(settings)?;
    let mut client = RtlTcp::connect(address, tuning, patience)?;
    let (mut after_ns, mut watchman) = (now_ns(), Watchman::new());
    while !line.stopped() && now_ns() < until_ns && !watchman.was_set() {
        let block = client.next_block()?;
        if block.lost_before > 0 {
            gathered = Gathered::new(settings)?;
        }
        gathered.take(block.samples)?;
        if gathered.samples < wanted {
            continue;
        }
        let end_ns = now_ns();
        let took_ns = (gathered.samples as f64 / rate * 1e9).round() as i64;
        // Blocks arrive in bursts: two stretches never claim one moment.
        let start_ns = (end_ns - took_ns).max(after_ns);
        let full = std::mem::replace(&mut gathered, Gathered::new(settings)?);
        let overload = full.clipped as f64 > OVERLOAD * 2.0 * full.samples as f64;
        let spectrum = full.welch.finish().map_err(of_spectra)?;
        if let Some(when) = Interval::new(start_ns, end_ns) {
            let moment = Moment { start_ns, duration_ns: end_ns - start_ns, overload };
            line.say(Event::Seen(Seen::Sweep { moment, sweep: as_sweep(&spectrum, when) }));
            after_ns = end_ns;
        }
    }
    Ok(())
}

impl Gathered {
    fn new(settings: Settings) -> Result<Self, Fault> {
        let welch = Welch::new(settings, Encoding::CF32_LE).map_err(of_spectra)?;
        Ok(Self { welch, samples: 0, clipped: 0 })
    }

    fn take(&mut self, samples: &[num_complex::Complex32]) -> Result<(), Fault> {
        self.samples += samples.len() as u64;
        let parts = samples.iter().flat_map(|sample| [sample.re, sample.im]);
        self.clipped += parts.filter(|part| part.abs() >= CLIPPED).count() as u64;
        self.welch.push_complex(samples, &mut |_| {}).map_err(of_spectra)
    }
}

fn as_sweep(spectrum: &Spectrum, when: Interval) -> Sweep {
    let bin_width_hz = spectrum.bin_hz();
    // A bin reaches half its width to either side of its frequency.
    let low_hz = spectrum.frequency_hz(0.0) - bin_width_hz / 2.0;
    let level = |per_hz: &f64| RelativeDb((10.0 * (per_hz * bin_width_hz).max(1e-30).log10()) as f32);
    let levels = spectrum.power_per_hz.iter().map(level).collect();
    Sweep { when: Some(when), basis: TimeBasis::ZoneAssumed, pieces: vec![Piece { low_hz, bin_width_hz, levels }] }
}

fn of_spectra(fault: guiju_spectrum::spectra_fault::SpectraFault) -> Fault {
    // It says both languages in one line.
    let both = fault.to_string();
    let (zh, en) = both.split_once(" / ").unwrap_or((&both, &both));
    Fault::new(zh, en)
}
