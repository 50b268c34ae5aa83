//! Emissions of known power, place, width and time, and those of a real receiver.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test ends where something does not hold")]

use std::f64::consts::TAU;
use std::path::PathBuf;

use guiju_spectrum::cfar::{Cfar, Reference, known_floor_threshold};
use guiju_spectrum::detector::AmplitudeDistribution;
use guiju_spectrum::emission::{Emission, Joining, Track, Tracker, emissions};
use guiju_spectrum::floor::FloorMethod;
use guiju_spectrum::psd::{Settings, Spectrum, Welch};
use guiju_spectrum::read::iq::Encoding;
use guiju_spectrum::statistics::decibels;
use guiju_spectrum::window::Window;
use proptest::prelude::*;
use rand::{SeedableRng, rngs::SmallRng};
use rand_distr::{Distribution, StandardNormal};
use rustfft::num_complex::Complex;

const RATE: f64 = 2.4e6;
const SETTINGS: Settings = Settings {
    sample_rate_hz: RATE,
    centre_hz: 98e6,
    bins: 2048,
    window: Window::Hann,
    overlap: 0,
    segments: Some(64),
};
const JOINING: Joining = Joining { gap_bins: 8, skirt_bins: 16, dc_bins: 2 };

/// A carrier whose frequency swings by smoothed noise, `swing_hz` at one sigma; 0 leaves a tone.
fn carrier(offset_hz: f64, swing_hz: f64, power: f64, samples: usize, seed: u64) -> Vec<Complex<f64>> {
    let mut random = SmallRng::seed_from_u64(seed);
    let (mut slow, mut slower, mut phase) = (0.0_f64, 0.0_f64, 0.0_f64);
    // Two poles at about 15 kHz; the factor brings the smoothed noise back to one sigma.
    let pole = 1.0 - (-TAU * 15e3 / RATE).exp();
    let level = (4.0 / pole).sqrt();
    (0..samples)
        .map(|_| {
            let step: f64 = StandardNormal.sample(&mut random);
            slow += pole * (step - slow);
            slower += pole * (slow - slower);
            phase = (phase + (offset_hz + swing_hz * level * slower) / RATE).fract();
            Complex::from_polar(power.sqrt(), TAU * phase)
        })
        .collect()
}

fn noise(power: f64, samples: usize, seed: u64) -> Vec<Complex<f64>> {
    let mut random = SmallRng::seed_from_u64(seed);
    let mut part = || -> f64 { StandardNormal.sample(&mut random) };
    (0..samples).map(|_| Complex::new(part(), part()) * (power / 2.0).sqrt()).collect()
}

fn sum(parts: &[Vec<Complex<f64>>]) -> Vec<Complex<f32>> {
    let at = |n: usize| parts.iter().map(|part| part[n]).sum::<Complex<f64>>();
    (0..parts[0].len()).map(|n| Complex::new(at(n).re as f32, at(n).im as f32)).collect()
}

fn spectra(settings: Settings, samples: &[Complex<f32>]) -> Vec<Spectrum> {
    let mut spectra = Vec::new();
    let mut welch = Welch::new(settings, Encoding::CF32_LE).unwrap();
    welch.push_complex(samples, &mut |spectrum| spectra.push(spectrum)).unwrap();
    spectra
}

/// Detection against the floor of the spectrum itself, as wide emissions need it.
fn found(spectrum: &Spectrum, joining: Joining) -> Vec<Emission> {
    let floor = FloorMethod::LowestFifth.estimate(&spectrum.power_per_hz, spectrum.looks).unwrap();
    let threshold = known_floor_threshold(floor, spectrum.looks, 1e-7).unwrap();
    emissions(spectrum, &vec![threshold; spectrum.power_per_hz.len()], floor, joining).unwrap()
}

/// The 99 % bandwidth and its middle by the definition, of a spectrum without noise.
fn noise_free(samples: &[Complex<f64>]) -> (f64, f64) {
    let samples = sum(&[samples.to_vec()]);
    let spectrum = spectra(Settings { segments: Some(samples.len() as u64 / 2048), ..SETTINGS }, &samples).remove(0);
    let total: f64 = spectrum.power_per_hz.iter().sum();
    let reaches = |share: f64| {
        let mut sum = 0.0;
        let below = spectrum.power_per_hz.iter().take_while(|power| {
            sum += **power;
            sum < share * total
        });
        let bin = below.count();
        bin as f64 + 1.0 - (sum - share * total) / spectrum.power_per_hz[bin]
    };
    let (low, high) = (reaches(0.005), reaches(0.995));
    ((high - low) * spectrum.bin_hz(), spectrum.frequency_hz(f64::midpoint(low, high) - 0.5))
}

#[test]
fn modulated_carriers_show_their_level_centre_and_bandwidth() {
    let samples = 2048 * 256;
    let settings = Settings { segments: Some(256), ..SETTINGS };
    for (seed, (swing_hz, snr_db)) in [(30e3, 20.0), (30e3, 30.0), (75e3, 20.0), (5e3, 25.0)].into_iter().enumerate() {
        let signal = carrier(-310e3, swing_hz, 1e-3, samples, seed as u64);
        let (bandwidth_hz, centre_hz) = noise_free(&signal);
        // The ratio holds within the emission's own bandwidth.
        let density = 1e-3 / bandwidth_hz / 10_f64.powf(snr_db / 10.0);
        let both = sum(&[signal, noise(density * RATE, samples, 900 + seed as u64)]);
        let seen = found(&spectra(settings, &both)[0], JOINING);
        assert_eq!(seen.len(), 1, "{seen:?}");
        let emission = &seen[0];
        let (level, width) = (decibels(emission.power / 1e-3), emission.bandwidth_99_hz / bandwidth_hz - 1.0);
        let centre_bins = (emission.centre_hz - centre_hz) / (RATE / 2048.0);
        println!(
            "{swing_hz} Hz at {snr_db} dB: level {level:.3} dB, centre {centre_bins:.2} bins, width {:.2} %",
            width * 100.0
        );
        assert!(level.abs() < 0.5 && centre_bins.abs() < 1.0 && width.abs() < 0.05);
        assert!(!emission.dc_suspect && !emission.cut_off);
    }
}

#[test]
fn tones_are_apart_narrow_and_right_and_the_one_at_the_centre_is_suspect() {
    let samples = 2048 * 64;
    let tones = [(-500e3, 1e-4), (0.0, 1e-5), (3.4 * RATE / 2048.0, 0.0), (41.3 * RATE / 2048.0, 1e-7), (800e3, 1e-3)];
    let mut parts: Vec<_> = tones.iter().map(|(offset, power)| carrier(*offset, 0.0, *power, samples, 1)).collect();
    parts.push(noise(1e-6, samples, 2));
    let seen = found(&spectra(SETTINGS, &sum(&parts))[0], JOINING);
    let expected: Vec<(f64, f64)> = tones.into_iter().filter(|(_, power)| *power > 0.0).collect();
    assert_eq!(seen.len(), expected.len(), "{seen:?}");
    for (emission, (offset, power)) in seen.iter().zip(expected) {
        assert!((emission.centre_hz - 98e6 - offset).abs() < 0.5 * RATE / 2048.0, "{emission:?}");
        assert!(decibels(emission.power / power).abs() < 0.5, "{emission:?}");
        assert!(emission.bandwidth_99_hz < 5.0 * RATE / 2048.0, "{emission:?}");
        assert_eq!(emission.dc_suspect, offset.abs() < 1.0, "{emission:?}");
    }
    // Where the strongest bin is far over the floor a 26 dB bandwidth can be read; the weakest tone is 21 dB over it.
    let width = seen[0].bandwidth_26_db_hz;
    assert!(width.is_some_and(|width| width < 5.0 * RATE / 2048.0), "{width:?}");
    assert_eq!(seen[2].bandwidth_26_db_hz, None);
}

#[test]
fn wide_emissions_at_the_centre_are_no_direct_current_and_the_edge_is_said() {
    let samples = 2048 * 64;
    let wide = carrier(0.0, 40e3, 1e-3, samples, 3);
    let edge = carrier(-1.195e6, 0.0, 1e-3, samples, 4);
    let seen = found(&spectra(SETTINGS, &sum(&[wide, edge, noise(1e-6, samples, 5)]))[0], JOINING);
    assert!(seen.iter().filter(|emission| emission.cut_off).count() >= 1, "{seen:?}");
    let middle = seen.iter().find(|emission| (emission.centre_hz - 98e6).abs() < 20e3).unwrap();
    assert!(!middle.dc_suspect && middle.bandwidth_99_hz > 100e3);
}

#[test]
fn a_keyed_carrier_is_on_and_off_within_one_spectrum() {
    let (samples, start_ns) = (2048 * 4 * 100, 1_700_000_000_000_000_000_i64);
    let (on, off) = (2048 * 4 * 20 + 3000, 2048 * 4 * 61 + 100);
    let mut keyed = carrier(200e3, 0.0, 1e-5, samples, 6);
    keyed.iter_mut().enumerate().for_each(|(n, one)| {
        if !(on..off).contains(&n) {
            *one = Complex::new(0.0, 0.0)
        }
    });
    let steady = carrier(-600e3, 20e3, 1e-4, samples, 7);
    let settings = Settings { segments: Some(4), ..SETTINGS };
    let reference = Reference::beside(Window::Hann, 16);
    let cfar = Cfar::mean(Window::Hann, 4.0, reference, 1e-8).unwrap();
    let mut tracker = Tracker::new(2e3, 2);
    let time = |sample: u64| start_ns + (sample as f64 / RATE * 1e9).round() as i64;
    let mut tracks: Vec<Track> = Vec::new();
    for spectrum in spectra(settings, &sum(&[keyed, steady, noise(1e-6, samples, 8)])) {
        let floor = FloorMethod::LowestFifth.estimate(&spectrum.power_per_hz, 4.0).unwrap();
        let known = known_floor_threshold(floor, 4.0, 1e-8).unwrap();
        // Whichever is lower: neighbours hide a narrow signal in a wide one, the floor alone does not.
        let thresholds: Vec<f64> =
            cfar.thresholds(&spectrum.power_per_hz).unwrap().iter().map(|threshold| threshold.min(known)).collect();
        let seen = emissions(&spectrum, &thresholds, floor, Joining { gap_bins: 30, ..JOINING }).unwrap();
        tracks.extend(tracker.push(time(spectrum.first_sample), time(spectrum.end_sample), seen).unwrap());
    }
    tracks.extend(tracker.finish());
    tracks.retain(|track| track.seen > 3);
    tracks.sort_by(|left, right| left.centre_hz.total_cmp(&right.centre_hz));
    let [wide, narrow] = tracks.as_slice() else { unreachable(&tracks) };
    let one_spectrum_ns = time(2048 * 4) - start_ns;
    assert_eq!((wide.first_seen_ns, wide.last_seen_ns, wide.missed), (start_ns, time(samples as u64), 0));
    assert!((narrow.first_seen_ns - time(on as u64)).abs() <= one_spectrum_ns, "{narrow:?}");
    assert!((narrow.last_seen_ns - time(off as u64)).abs() <= one_spectrum_ns, "{narrow:?}");
    assert!(decibels(narrow.power / 1e-5).abs() < 0.5 && (narrow.centre_hz - 98.2e6).abs() < 1200.0);
}

#[expect(clippy::panic, reason = "a test ends where something does not hold")]
fn unreachable(tracks: &[Track]) -> ! {
    panic!("two tracks were expected: {tracks:#?}")
}

#[test]
fn a_clock_set_back_is_not_taken_and_bad_input_is_refused() {
    let mut tracker = Tracker::new(1e3, 0);
    assert!(tracker.push(10, 20, Vec::new()).is_some());
    assert!(tracker.push(19, 30, Vec::new()).is_none());
    assert!(tracker.push(30, 30, Vec::new()).is_none());
    assert!(tracker.push(20, 30, Vec::new()).is_some());
    let spectrum = &spectra(Settings { segments: Some(1), ..SETTINGS }, &sum(&[noise(1.0, 2048, 1)]))[0];
    assert!(emissions(spectrum, &[1.0; 3], 1.0, JOINING).is_err());
    assert!(emissions(spectrum, &[1.0; 2048], 0.0, JOINING).is_err());
    assert!(emissions(spectrum, &[1.0; 2048], f64::NAN, JOINING).is_err());
    assert_eq!(emissions(spectrum, &[f64::INFINITY; 2048], 1.0, JOINING).unwrap(), []);
}

proptest! {
    #[test]
    fn whatever_is_detected_lies_in_exactly_one_emission(
        levels in proptest::collection::vec(0.0_f64..10.0, 16..200), floor in 1.0_f64..6.9, gap_bins in 0_usize..6, skirt_bins in 0_usize..20
    ) {
        let spectrum = Spectrum {
            sample_rate_hz: 1e6, centre_hz: 1e8, window: Window::Hann, segments: 1, looks: 1.0, first_sample: 0, end_sample: 1,
            power_per_hz: levels.clone(),
        };
        let seen = emissions(&spectrum, &vec![7.0; levels.len()], floor, Joining { gap_bins, skirt_bins, dc_bins: 1 }).unwrap();
        for (bin, level) in levels.iter().enumerate() {
            let inside = seen.iter().filter(|emission| (emission.first_bin..emission.end_bin).contains(&bin)).count();
            prop_assert!(inside == 1 || (*level <= 7.0 && inside == 0), "bin {bin} lies in {inside}");
        }
        for emission in &seen {
            let (low, high) = (spectrum.frequency_hz(-0.5), spectrum.frequency_hz(levels.len() as f64 - 0.5));
            prop_assert!((low..=high).contains(&emission.centre_hz), "{:?}", emission);
            prop_assert!(emission.bandwidth_99_hz > 0.0 && emission.bandwidth_99_hz <= 1e6 && emission.power > 0.0);
        }
        prop_assert!(seen.windows(2).all(|pair| pair[1].first_bin > pair[0].end_bin + gap_bins));
    }
}

/// Below the shared folder; `None`, said aloud and noted, where it is absent.
fn shared(path: &str) -> Option<PathBuf> {
    let root = std::env::var_os("GUIJU_SHARED")
        .map_or_else(|| PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared")), PathBuf::from);
    let found = Some(root.join(path)).filter(|file| file.exists());
    if found.is_none() {
        let note = format!("there is no `shared/{path}` beside the repository (set GUIJU_SHARED to name one)");
        eprintln!("skipped: {note}");
        if let Some(notes) = std::env::var_os("GUIJU_LEFT_OUT") {
            let file = std::fs::OpenOptions::new().create(true).append(true).open(notes);
            file.and_then(|mut file| std::io::Write::write_all(&mut file, format!("{note}\n").as_bytes())).unwrap();
        }
    }
    found
}

#[test]
fn the_bursts_of_a_real_aircraft_recording_are_found() {
    let Some(path) = shared("spectrum/data/adsb_iq/modes1.bin") else { return };
    let bytes = std::fs::read(path).unwrap();
    let part = |byte: u8| (f64::from(byte) - 127.5) / 127.5;
    let powers: Vec<f64> = bytes.chunks_exact(2).map(|pair| part(pair[0]).powi(2) + part(pair[1]).powi(2)).collect();
    // Spectra of 32 microseconds at 2 MS/s, each its own look: the shortest reply, of 64 microseconds, fills at least one.
    let settings = Settings { sample_rate_hz: 2e6, centre_hz: 1090e6, bins: 64, segments: Some(1), ..SETTINGS };
    let mut levels = Vec::new();
    Welch::new(settings, Encoding::CU8)
        .unwrap()
        .push_bytes(&bytes, &mut |spectrum| levels.push(spectrum.band_power(0..64)));
    assert_eq!(levels.len(), powers.len() / 64);
    let floor = FloorMethod::LowestFifth.estimate(&levels, 64.0 / Window::Hann.noise_bandwidth_bins()).unwrap();
    let strong: Vec<bool> = levels.iter().map(|level| decibels(level / floor) > 10.0).collect();
    // Where a reply begins is seen in the samples by themselves: four pulses 0, 1, 3.5 and 4.5 microseconds after the first.
    let begins = |at: &usize| {
        let least = [0, 2, 7, 9].map(|pulse| powers[at + pulse]).into_iter().fold(f64::MAX, f64::min);
        let most = [1, 3, 4, 5, 6, 8, 10, 11, 12, 13, 14].map(|rest| powers[at + rest]).into_iter().fold(0.0, f64::max);
        least > 4.0 * most && decibels(least / floor) > 16.0
    };
    let replies: Vec<usize> = (0..powers.len() - 200).filter(begins).collect();
    // Weaker replies of the same sky fill the recording, so the floor is the noise of a busy channel. The spectrum wholly inside the first 64 microseconds of a reply shows it.
    let shown = replies.iter().filter(|at| strong[at.div_ceil(64)]).count();
    let quiet = strong.iter().filter(|strong| !**strong).count();
    println!("{} replies, {shown} shown; {quiet} of {} spectra are quiet", replies.len(), levels.len());
    assert!(replies.len() > 20 && shown == replies.len(), "{shown} of {}", replies.len());
    assert!(quiet * 10 > levels.len() * 8, "{quiet}");
    let mut amplitudes = AmplitudeDistribution::default();
    powers.iter().for_each(|power| amplitudes.push(*power));
    // Noise alone would exceed ten times its mean 45 times in a million.
    assert!(amplitudes.above(10.0 * floor).unwrap() > 1e-3);
}
