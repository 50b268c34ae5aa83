//! The receiver's own signals are marked with what made them; carriers at ordinary places are not.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test ends where something does not hold")]

use std::f64::consts::TAU;

use guiju_spectrum::cfar::known_floor_threshold;
use guiju_spectrum::emission::{Emission, Joining, emissions};
use guiju_spectrum::floor::FloorMethod;
use guiju_spectrum::guard::{Clipping, GuardRules, Mark, change, marks};
use guiju_spectrum::psd::{Settings, Spectrum, Welch};
use guiju_spectrum::read::iq::Encoding;
use guiju_spectrum::window::Window;
use num_complex::{Complex32, Complex64};
use rand::{SeedableRng, rngs::SmallRng};
use rand_distr::{Distribution, StandardNormal};

const RATE: f64 = 2.4e6;
const TUNED: f64 = 98e6;
const SETTINGS: Settings = Settings {
    sample_rate_hz: RATE,
    centre_hz: TUNED,
    bins: 2048,
    window: Window::BlackmanHarris,
    overlap: 0,
    segments: Some(64),
};
const SAMPLES: usize = 2048 * 64;

/// A carrier at an offset from the tuned frequency; its frequency swings as smoothed noise does, `swing_hz` at one sigma.
fn carrier(offset_hz: f64, swing_hz: f64, power: f64, seed: u64) -> Vec<Complex64> {
    let mut random = SmallRng::seed_from_u64(seed);
    // Two poles, so that the skirts of the spectrum fall fast; the factor brings the smoothed noise back to one sigma.
    let (mut slow, mut slower, mut phase, pole) = (0.0_f64, 0.0_f64, 0.0_f64, 0.02);
    let level = (4.0_f64 / pole).sqrt();
    (0..SAMPLES)
        .map(|_| {
            let step: f64 = StandardNormal.sample(&mut random);
            slow += pole * (step - slow);
            slower += pole * (slow - slower);
            phase = (phase + (offset_hz + swing_hz * level * slower) / RATE).fract();
            Complex64::from_polar(power.sqrt(), TAU * phase)
        })
        .collect()
}

fn sum(parts: &[Vec<Complex64>]) -> Vec<Complex64> {
    (0..SAMPLES).map(|n| parts.iter().map(|part| part[n]).sum()).collect()
}

/// What a receiver makes of it: noise of power 1e-7, the mirror `image` (amplitude ratio), direct current, third order, full scale at 1.
fn received(signal: &[Complex64], image: f64, direct: f64, third: f64) -> Vec<Complex32> {
    let mut random = SmallRng::seed_from_u64(99);
    let mut noise = || -> f64 { StandardNormal.sample(&mut random) };
    signal
        .iter()
        .map(|one| {
            let bent = one - one * one.norm_sqr() * third;
            let all = bent + bent.conj() * image + direct + Complex64::new(noise(), noise()) * (1e-7_f64 / 2.0).sqrt();
            Complex32::new((all.re as f32).clamp(-1.0, 1.0), (all.im as f32).clamp(-1.0, 1.0))
        })
        .collect()
}

fn seen(samples: &[Complex32]) -> (Spectrum, Vec<(Emission, Vec<Mark>)>) {
    let mut welch = Welch::new(SETTINGS, Encoding::CF32_LE).unwrap();
    let mut spectra = Vec::new();
    welch.push_complex(samples, &mut |spectrum| spectra.push(spectrum)).unwrap();
    let spectrum = spectra.remove(0);
    let floor = FloorMethod::Median.estimate(&spectrum.power_per_hz, spectrum.looks).unwrap();
    let threshold = known_floor_threshold(floor, spectrum.looks, 1e-7).unwrap();
    let joining = Joining { gap_bins: 4, skirt_bins: 4, dc_bins: 2 };
    let found = emissions(&spectrum, &vec![threshold; 2048], floor, joining).unwrap();
    let marked = marks(&spectrum, &found, floor, true, &GuardRules::example().unwrap());
    (spectrum, found.into_iter().zip(marked).collect())
}

/// The emission at an offset from the tuned frequency, and its marks.
fn at(found: &[(Emission, Vec<Mark>)], offset_hz: f64) -> &(Emission, Vec<Mark>) {
    let near = |one: &&(Emission, Vec<Mark>)| (one.0.centre_hz - TUNED - offset_hz).abs() < 8e3;
    found.iter().find(near).unwrap_or_else(|| unexpected(&found))
}

#[test]
fn direct_current_and_mirror_images_are_marked_with_their_originals() {
    let signals = [carrier(300e3, 15e3, 1e-3, 1), carrier(-700e3, 0.0, 1e-3, 2), carrier(500e3, 0.0, 1e-4, 3)];
    let (_, found) = seen(&received(&sum(&signals), 0.03, 0.01, 0.0));
    assert_eq!(at(&found, 0.0).1, [Mark::DirectCurrent]);
    for (image, original) in [(-300e3, 300e3), (700e3, -700e3)] {
        let marks = &at(&found, image).1;
        let [Mark::Mirror { of_hz, below_db, .. }] = marks.as_slice() else { unexpected(marks) };
        assert!((of_hz - TUNED - original).abs() < 6e3, "{of_hz}");
        // An amplitude of 0.03 lies 30.5 dB below.
        assert!((below_db - 30.46).abs() < 1.0, "{below_db}");
        assert!(at(&found, original).1.is_empty());
    }
    assert!(at(&found, 500e3).1.is_empty());
}

#[test]
fn a_real_carrier_at_a_mirror_place_but_of_another_shape_is_left_alone() {
    // Wide at +300 kHz, a tone of its own at -300 kHz; and two of about equal level at +-800 kHz.
    let signals = [
        carrier(300e3, 15e3, 1e-2, 1),
        carrier(-300e3, 0.0, 1e-5, 2),
        carrier(800e3, 0.0, 1e-4, 3),
        carrier(-800e3, 0.0, 2e-5, 4),
    ];
    let (_, found) = seen(&received(&sum(&signals), 0.0, 0.0, 0.0));
    for offset in [300e3, -300e3, 800e3, -800e3] {
        assert!(at(&found, offset).1.is_empty(), "{offset}: {:?}", at(&found, offset));
    }
}

#[test]
fn products_of_strong_signals_are_marked_with_their_parents() {
    let signals = [carrier(100e3, 0.0, 1e-2, 1), carrier(250e3, 0.0, 1e-2, 2), carrier(-420e3, 0.0, 1e-2, 3)];
    let (_, found) = seen(&received(&sum(&signals), 0.0, 0.0, 0.3));
    // 2 f1 - f2 on both sides, and f1 + f2 - f3.
    for (place, parents) in
        [(-50e3, [100e3, 100e3, 250e3]), (400e3, [250e3, 250e3, 100e3]), (770e3, [100e3, 250e3, -420e3])]
    {
        let marks = &at(&found, place).1;
        let [Mark::Product { plus_hz, plus_too_hz, less_hz, below_db, .. }] = marks.as_slice() else {
            unexpected(marks)
        };
        let mut told = [plus_hz - TUNED, plus_too_hz - TUNED];
        told.sort_by(f64::total_cmp);
        assert!((told[0] - parents[0]).abs() < 2e3 && (told[1] - parents[1]).abs() < 2e3, "{place}: {told:?}");
        assert!((less_hz - TUNED - parents[2]).abs() < 2e3 && *below_db > 40.0, "{less_hz} {below_db}");
    }
    for parent in [100e3, 250e3, -420e3] {
        assert!(at(&found, parent).1.is_empty());
    }
}

#[test]
fn a_carrier_where_a_product_would_be_is_real_when_the_other_product_is_missing() {
    // At 2 f1 - f2 = -50 kHz; 2 f2 - f1 = 400 kHz is empty, and an ordinary one stands at 610 kHz.
    let signals = [
        carrier(100e3, 0.0, 1e-2, 1),
        carrier(250e3, 0.0, 1e-2, 2),
        carrier(-50e3, 0.0, 1e-5, 3),
        carrier(610e3, 0.0, 1e-5, 4),
    ];
    let (_, found) = seen(&received(&sum(&signals), 0.0, 0.0, 0.0));
    for offset in [-50e3, 610e3, 100e3, 250e3] {
        assert!(at(&found, offset).1.is_empty(), "{offset}: {:?}", at(&found, offset));
    }
}

#[test]
fn samples_at_full_scale_are_an_overload() {
    let rules = GuardRules::example().unwrap();
    let mark = |power: f64| {
        let mut clipping = Clipping::default();
        clipping.push(&received(&carrier(200e3, 0.0, power, 1), 0.0, 0.0, 0.0));
        clipping.mark(&rules)
    };
    assert!(matches!(mark(1.5), Some(Mark::Overload { clipped_share }) if clipped_share > 0.1));
    assert_eq!(mark(0.5), None);
    assert_eq!(Clipping::default().mark(&rules), None);
}

#[test]
fn a_step_of_the_gain_is_no_emission_and_a_risen_floor_no_step() {
    let rules = GuardRules::example().unwrap();
    let powers = |signals: &[Vec<Complex64>], gain: f64, noise: f64| -> Vec<f64> {
        let spectrum = seen(&received(&sum(signals), 0.0, 0.0, 0.0)).0;
        spectrum.power_per_hz.iter().map(|power| power * gain + noise).collect()
    };
    let strong = [carrier(300e3, 3e3, 1e-3, 1)];
    let (before, same) = (powers(&strong, 1.0, 0.0), powers(&[carrier(300e3, 3e3, 1e-3, 7)], 1.0, 0.0));
    assert_eq!(change(&before, &same, 64.0, &rules).unwrap(), None);
    for gain in [4.0, 0.25] {
        let told = change(&before, &powers(&strong, gain, 0.0), 64.0, &rules).unwrap();
        assert!(matches!(told, Some(Mark::GainStep { by_db }) if (by_db.abs() - 6.02).abs() < 0.3), "{told:?}");
    }
    let floor = FloorMethod::Median.estimate(&before, 64.0).unwrap();
    let told = change(&before, &powers(&strong, 1.0, 3.0 * floor), 64.0, &rules).unwrap();
    assert!(matches!(told, Some(Mark::FloorRise { by_db }) if (by_db - 6.02).abs() < 0.5), "{told:?}");
    // A new, strong, wide transmission moves its own bins only.
    let more = [strong[0].clone(), carrier(-500e3, 60e3, 1e-2, 5)];
    assert_eq!(change(&before, &powers(&more, 1.0, 0.0), 64.0, &rules).unwrap(), None);
    assert!(change(&before, &before[1..], 64.0, &rules).is_err());
    assert!(change(&before[..8], &before[..8], 64.0, &rules).is_err());
}

#[test]
fn marks_are_written_and_read_as_json_and_told_in_both_languages() {
    let mark =
        Mark::Product { plus_hz: 98.1e6, plus_too_hz: 98.1e6, less_hz: 98.25e6, below_db: 41.0, intercept_db: 3.0 };
    let text = serde_json::to_string(&mark).unwrap();
    assert!(text.starts_with(r#"{"kind":"product","plus_hz":98100000.0"#), "{text}");
    assert_eq!(serde_json::from_str::<Mark>(&text).unwrap(), mark);
    assert!(mark.zh().contains("互调") && mark.en().contains("98.1000 + 98.1000 - 98.2500 MHz"));
}

#[expect(clippy::panic, reason = "a test ends where something does not hold")]
fn unexpected(told: &impl std::fmt::Debug) -> ! {
    panic!("something else was expected: {told:#?}")
}
