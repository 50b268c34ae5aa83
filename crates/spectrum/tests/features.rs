//! Features tell modulations apart; of the discriminator nothing leaves but one number.

#![expect(clippy::unwrap_used, reason = "a test ends where something does not hold")]

use std::f64::consts::TAU;

use guiju_spectrum::emission::Emission;
use guiju_spectrum::features::{bursts, envelope, pilot_over_neighbours_db, shape};
use guiju_spectrum::psd::Spectrum;
use guiju_spectrum::window::Window;
use num_complex::{Complex32, Complex64};
use rand::{SeedableRng, rngs::SmallRng};
use rand_distr::{Distribution, StandardNormal};

const RATE: f64 = 240e3;
const SAMPLES: usize = 48_000;

/// A broadcast: programme of noise up to some kHz, a pilot of 9 % where asked for, 75 kHz deviation, and a little noise.
fn broadcast(pilot: f64, seed: u64) -> Vec<Complex32> {
    let mut random = SmallRng::seed_from_u64(seed);
    let mut normal = || -> f64 { StandardNormal.sample(&mut random) };
    let (mut slow, mut slower, mut phase) = (0.0, 0.0, 0.0_f64);
    (0..SAMPLES)
        .map(|n| {
            slow += 0.05 * (normal() - slow);
            slower += 0.05 * (slow - slower);
            let swing = 20e3 * slower * (4.0_f64 / 0.05).sqrt() + 75e3 * pilot * (TAU * 19e3 * n as f64 / RATE).cos();
            phase = (phase + swing / RATE).fract();
            let one = Complex64::from_polar(1.0, TAU * phase) + Complex64::new(normal(), normal()) * 0.01;
            Complex32::new(one.re as f32, one.im as f32)
        })
        .collect()
}

fn noise(seed: u64) -> Vec<Complex32> {
    let mut random = SmallRng::seed_from_u64(seed);
    let mut normal = || -> f32 { StandardNormal.sample(&mut random) };
    (0..SAMPLES).map(|_| Complex32::new(normal(), normal())).collect()
}

#[test]
fn the_pilot_of_a_stereo_broadcast_stands_out_and_nothing_else_does() {
    let stereo = pilot_over_neighbours_db(&broadcast(0.09, 1), RATE).unwrap();
    let mono = pilot_over_neighbours_db(&broadcast(0.0, 1), RATE).unwrap();
    let nothing = pilot_over_neighbours_db(&noise(3), RATE).unwrap();
    println!("stereo {stereo:.1} dB, mono {mono:.1} dB, noise {nothing:.1} dB");
    assert!(stereo > 15.0 && mono.abs() < 4.0 && nothing.abs() < 4.0, "{stereo} {mono} {nothing}");
    assert_eq!(pilot_over_neighbours_db(&noise(3), 100e3), None);
    assert_eq!(pilot_over_neighbours_db(&noise(3), f64::NAN), None);
    assert_eq!(pilot_over_neighbours_db(&noise(3)[..2_000], RATE), None);
    assert_eq!(pilot_over_neighbours_db(&[Complex32::new(0.0, 0.0); 4_800], RATE), None);
}

/// Content-blindness by type and by text: the one public function over the discriminator returns a number, and takes no place to write to.
#[test]
fn nothing_but_one_number_leaves_the_discriminator() {
    let _: fn(&[Complex32], f64) -> Option<f64> = pilot_over_neighbours_db;
    let text = include_str!("../src/features/pilot.rs");
    let public: Vec<&str> = text.lines().map(str::trim).filter(|line| line.starts_with("pub")).collect();
    assert_eq!(
        public,
        ["pub fn pilot_over_neighbours_db(samples: &[Complex32], sample_rate_hz: f64) -> Option<f64> {"]
    );
    // No series of phase steps is ever kept, so none can be handed on.
    for kept in ["Vec", "collect", "&mut [", "write", "static", "Box"] {
        assert!(!text.contains(kept), "`{kept}` in the discriminator's module");
    }
    // Nowhere else in the crate is the phase between samples taken.
    let mut others = Vec::new();
    phases(std::path::Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/src")), &mut others);
    assert_eq!(others, ["pilot.rs"]);
}

fn phases(folder: &std::path::Path, found: &mut Vec<String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            phases(&path, found);
        } else if std::fs::read_to_string(&path).unwrap().contains(".arg()") {
            found.push(path.file_name().unwrap().to_string_lossy().into_owned());
        }
    }
}

#[test]
fn the_envelope_tells_frequency_modulation_from_noise_and_bursts() {
    let steady = envelope(&broadcast(0.09, 1)).unwrap();
    let gaussian = envelope(&noise(5)).unwrap();
    let mut keyed = broadcast(0.0, 2);
    keyed.iter_mut().enumerate().filter(|(n, _)| n % 800 >= 100).for_each(|(_, one)| *one = Complex32::new(0.0, 0.0));
    let bursting = envelope(&keyed).unwrap();
    assert!(steady.variation < 0.05 && steady.crest_db < 1.0, "{steady:?}");
    assert!((gaussian.variation - 1.0).abs() < 0.05 && gaussian.crest_db > 8.0, "{gaussian:?}");
    // On for an eighth of the time: sqrt(8 - 1), and 9 dB.
    assert!(
        (bursting.variation - 7.0_f64.sqrt()).abs() < 0.05 && (bursting.crest_db - 9.03).abs() < 0.5,
        "{bursting:?}"
    );
    assert_eq!(envelope(&[Complex32::new(0.0, 0.0); 100]), None);
    assert_eq!(envelope(&[Complex32::new(1.0, 0.0); 63]), None);
    assert_eq!(envelope(&[Complex32::new(f32::NAN, 0.0); 100]), None);
}

fn shaped(powers: &[f64]) -> (f64, f64, u32) {
    let spectrum = Spectrum {
        sample_rate_hz: powers.len() as f64,
        centre_hz: 1e8,
        window: Window::Hann,
        segments: 1,
        looks: 1.0,
        first_sample: 0,
        end_sample: 1,
        power_per_hz: powers.iter().map(|power| power + 1.0).collect(),
    };
    let emission = Emission {
        centre_hz: 1e8,
        bandwidth_99_hz: 1.0,
        bandwidth_26_db_hz: None,
        power: 1.0,
        peak_per_hz: 1.0,
        peak_to_floor: 1.0,
        first_bin: 0,
        end_bin: powers.len(),
        dc_suspect: false,
        cut_off: false,
    };
    let told = shape(&spectrum, &emission, 1.0).unwrap();
    (told.flatness, told.symmetry, told.peaks)
}

#[test]
fn the_shape_tells_flat_lopsided_and_two_peaked_spectra() {
    let (flatness, symmetry, peaks) = shaped(&[100.0; 64]);
    assert!((flatness - 1.0).abs() < 1e-9 && (symmetry - 1.0).abs() < 1e-9 && peaks == 1);
    let mut carrier = [1.0; 65];
    carrier.iter_mut().skip(32).take(1).for_each(|power| *power = 1e6);
    let (flatness, symmetry, peaks) = shaped(&carrier);
    assert!(flatness < 0.01 && symmetry > 0.999 && peaks == 1, "{flatness} {symmetry} {peaks}");
    let two: Vec<f64> = (0..64)
        .map(|bin| {
            100.0 * (-((f64::from(bin) - 16.0) / 4.0).powi(2)).exp()
                + 60.0 * (-((f64::from(bin) - 46.0) / 4.0).powi(2)).exp()
        })
        .collect();
    let (_, symmetry, peaks) = shaped(&two);
    assert!(peaks == 2 && (0.4..0.9).contains(&symmetry), "{symmetry} {peaks}");
    let half: Vec<f64> = (0..64).map(|bin| if bin < 32 { 100.0 } else { 0.0 }).collect();
    assert!(shaped(&half).1 < 1e-9);
}

#[test]
fn bursts_are_counted_and_timed_when_whole() {
    // On for 3 of every 10, on at the beginning and at the end.
    let powers: Vec<f64> = (0..102).map(|at| if at % 10 < 3 { 5.0 } else { 0.1 }).collect();
    let told = bursts(&powers, 1.0);
    // The first had begun before, the last has not ended.
    assert_eq!((told.count, told.length, told.period), (9, Some(3), Some(10)));
    assert!((told.duty - 32.0 / 102.0).abs() < 1e-12);
    let none = bursts(&[], 1.0);
    assert_eq!((none.count, none.length, none.period), (0, None, None));
}
