//! The spectrum against a slow twin, against known tones and noise, and cut anywhere.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test ends where something does not hold"
)]

use std::f64::consts::TAU;

use guiju_spectrum::psd::{Settings, Spectrum, Welch};
use guiju_spectrum::read::iq::{Capture, Encoding, SampleKind, raw};
use guiju_spectrum::spectra_fault::SpectraFault;
use guiju_spectrum::window::Window;
use proptest::prelude::*;
use rand::{RngExt, SeedableRng, rngs::SmallRng};
use rustfft::num_complex::Complex;

const SETTINGS: Settings =
    Settings { sample_rate_hz: 2.4e6, centre_hz: 98e6, bins: 64, window: Window::Hann, overlap: 0, segments: None };

/// The definition, bin by bin and sample by sample, in double precision.
fn slow_twin(settings: &Settings, samples: &[(f64, f64)]) -> Vec<f64> {
    let (bins, hop) = (settings.bins, settings.bins - settings.overlap);
    let weights = settings.window.weights(bins);
    let energy: f64 = weights.iter().map(|weight| weight * weight).sum();
    let starts: Vec<usize> = (0..).map(|n| n * hop).take_while(|start| start + bins <= samples.len()).collect();
    (0..bins)
        .map(|bin| {
            let cycles = bin as f64 - (bins / 2) as f64;
            let power = starts.iter().map(|start| {
                let (mut re, mut im) = (0.0, 0.0);
                for (n, weight) in weights.iter().enumerate() {
                    let (i, q) = samples[start + n];
                    let (sin, cos) = (-TAU * cycles * n as f64 / bins as f64).sin_cos();
                    re += weight * (i * cos - q * sin);
                    im += weight * (i * sin + q * cos);
                }
                re * re + im * im
            });
            power.sum::<f64>() / (starts.len() as f64 * settings.sample_rate_hz * energy)
        })
        .collect()
}

fn samples_of(encoding: Encoding, bytes: &[u8]) -> Vec<(f64, f64)> {
    let numbers: Vec<f64> = match encoding.kind {
        SampleKind::U8 => bytes.iter().map(|byte| (f64::from(*byte) - 127.5) / 127.5).collect(),
        SampleKind::I8 => bytes.iter().map(|byte| f64::from(*byte as i8) / 128.0).collect(),
        SampleKind::I16 => bytes
            .chunks_exact(2)
            .map(|pair| {
                let (low, high) = if encoding.big_endian { (pair[1], pair[0]) } else { (pair[0], pair[1]) };
                f64::from(i16::from_le_bytes([low, high])) / 32768.0
            })
            .collect(),
        SampleKind::F32 => bytes
            .chunks_exact(4)
            .map(|four| {
                let four = four.try_into().unwrap();
                f64::from(if encoding.big_endian { f32::from_be_bytes(four) } else { f32::from_le_bytes(four) })
            })
            .collect(),
    };
    if encoding.real {
        return numbers.into_iter().map(|number| (number, 0.0)).collect();
    }
    numbers.chunks_exact(2).map(|pair| (pair[0], pair[1])).collect()
}

fn noise_bytes(format: Encoding, samples: usize, seed: u64) -> Vec<u8> {
    let mut random = SmallRng::seed_from_u64(seed);
    let size = samples * format.sample_bytes();
    match format.kind {
        SampleKind::F32 if format.big_endian => {
            (0..size / 4).flat_map(|_| random.random_range(-1.0_f32..1.0).to_be_bytes()).collect()
        }
        SampleKind::F32 => (0..size / 4).flat_map(|_| random.random_range(-1.0_f32..1.0).to_le_bytes()).collect(),
        _ => (0..size).map(|_| random.random()).collect(),
    }
}

fn whole(settings: Settings, format: Encoding, bytes: &[u8]) -> Spectrum {
    let mut welch = Welch::new(settings, format).unwrap();
    welch.push_bytes(bytes, &mut |_| panic!("no spectrum was asked for before the end"));
    welch.finish().unwrap()
}

/// Every way of storing samples that the readers know.
fn encodings() -> impl Iterator<Item = Encoding> {
    let kinds = [SampleKind::U8, SampleKind::I8, SampleKind::I16, SampleKind::F32];
    kinds.into_iter().flat_map(|kind| {
        [(false, false), (true, false), (false, true), (true, true)].map(|(big_endian, real)| Encoding {
            kind,
            big_endian,
            real,
        })
    })
}

#[test]
fn every_format_window_and_overlap_equals_the_slow_twin_to_a_hundred_thousandth() {
    for format in encodings() {
        for window in Window::ALL {
            for (bins, overlap) in [(64, 0), (64, 32), (60, 45), (49, 1)] {
                let settings = Settings { bins, overlap, window, ..SETTINGS };
                let bytes = noise_bytes(format, 2000, 7);
                let slow = slow_twin(&settings, &samples_of(format, &bytes));
                let fast = whole(settings, format, &bytes);
                for (bin, (slow, fast)) in slow.iter().zip(&fast.power_per_hz).enumerate() {
                    assert!((fast / slow - 1.0).abs() < 1e-5, "{format:?} {window:?} {bins} bin {bin}: {fast} {slow}");
                }
            }
        }
    }
}

#[test]
fn what_streams_through_the_readers_as_bytes_equals_what_comes_as_samples() {
    for encoding in encodings() {
        // A cut in the middle of a sample is complained of by both, at the end.
        let mut bytes = noise_bytes(encoding, 150_000, 9);
        bytes.truncate(bytes.len() - usize::from(encoding.sample_bytes() > 1));
        let open = || raw(bytes.as_slice(), encoding, 2.4e6, Capture::default()).unwrap();
        let (mut by_bytes, mut by_samples) = (open(), open());
        let mut fast = Welch::new(SETTINGS, encoding).unwrap();
        let mut slow = Welch::new(SETTINGS, Encoding::CF32_LE).unwrap();
        let one = loop {
            match by_bytes.next_bytes() {
                Ok(Some(bytes)) => fast.push_bytes(bytes, &mut |_| ()),
                Ok(None) => break None,
                Err(told) => break Some(told),
            }
        };
        let other = loop {
            match by_samples.next_block() {
                Ok(Some(block)) => slow.push_complex(block.samples, &mut |_| ()).unwrap(),
                Ok(None) => break None,
                Err(told) => break Some(told),
            }
        };
        assert_eq!((one.is_some(), &one), (encoding.sample_bytes() > 1, &other));
        assert_eq!(by_bytes.tally(), by_samples.tally());
        let (fast, slow) = (fast.finish().unwrap(), slow.finish().unwrap());
        assert_eq!(fast.segments, slow.segments);
        for (fast, slow) in fast.power_per_hz.iter().zip(&slow.power_per_hz) {
            assert!((fast / slow - 1.0).abs() < 1e-5, "{}: {fast} {slow}", encoding.name());
        }
    }
}

#[test]
fn two_thousand_bins_equal_the_slow_twin_over_many_segments() {
    let settings = Settings { bins: 2048, ..SETTINGS };
    let bytes = noise_bytes(Encoding::CU8, 2048 * 5, 11);
    let slow = slow_twin(&settings, &samples_of(Encoding::CU8, &bytes));
    // The same segments forty times over have the same mean: single precision must not lose it.
    let fast = whole(settings, Encoding::CU8, &bytes.repeat(40));
    assert_eq!(fast.segments, 200);
    for (slow, fast) in slow.iter().zip(&fast.power_per_hz) {
        assert!((fast / slow - 1.0).abs() < 1e-5, "{fast} {slow}");
    }
}

fn tone(amplitude: f64, cycles_per_sample: f64, samples: usize) -> Vec<Complex<f32>> {
    let at = |n: usize| (TAU * cycles_per_sample * n as f64).sin_cos();
    (0..samples).map(at).map(|(sin, cos)| Complex::new((amplitude * cos) as f32, (amplitude * sin) as f32)).collect()
}

#[test]
fn a_tone_reads_its_power_and_its_frequency_and_noise_its_density() {
    for window in Window::ALL {
        let settings = Settings { bins: 1024, window, ..SETTINGS };
        let mut welch = Welch::new(settings, Encoding::CF32_LE).unwrap();
        welch.push_complex(&tone(0.1, 100.0 / 1024.0, 10_240), &mut |_| ()).unwrap();
        let spectrum = welch.finish().unwrap();
        let strongest =
            (0..1024).max_by(|a, b| spectrum.power_per_hz[*a].total_cmp(&spectrum.power_per_hz[*b])).unwrap();
        assert_eq!(strongest, 612);
        assert!((spectrum.tone_power(612).unwrap() / 0.01 - 1.0).abs() < 1e-4, "{window:?}");
        assert!((spectrum.band_power(600..625) / 0.01 - 1.0).abs() < 1e-3, "{window:?}");
        assert!((spectrum.frequency_hz(612.0) - (98e6 + 100.0 * 2.4e6 / 1024.0)).abs() < 1e-6);
    }
    // Uniform bytes have the variance (256^2 - 1)/12 in each part.
    let spectrum = whole(Settings { bins: 1024, ..SETTINGS }, Encoding::CU8, &noise_bytes(Encoding::CU8, 2_000_000, 3));
    let variance = 2.0 * (65_535.0 / 12.0) / (127.5 * 127.5);
    let mean = spectrum.power_per_hz.iter().sum::<f64>() / 1024.0;
    assert!((mean * 2.4e6 / variance - 1.0).abs() < 5e-3, "{mean}");
}

#[test]
fn a_flat_top_reads_a_tone_between_two_bins_within_a_hundredth_of_a_decibel() {
    let settings = Settings { bins: 1024, window: Window::FlatTop, ..SETTINGS };
    let mut welch = Welch::new(settings, Encoding::CF32_LE).unwrap();
    welch.push_complex(&tone(1.0, 100.5 / 1024.0, 2048), &mut |_| ()).unwrap();
    let read = 10.0 * welch.finish().unwrap().tone_power(612).unwrap().log10();
    assert!(read.abs() < 0.0101, "{read}");
}

#[test]
fn samples_that_are_not_numbers_cost_their_own_segment_and_nothing_else() {
    for bad in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
        let mut samples = tone(1.0, 0.125, 64 * 10);
        samples[64 * 3 + 17].im = bad;
        let mut welch = Welch::new(SETTINGS, Encoding::CF32_LE).unwrap();
        welch.push_complex(&samples, &mut |_| ()).unwrap();
        assert_eq!(welch.refused_segments(), 1);
        let spectrum = welch.finish().unwrap();
        assert_eq!((spectrum.segments, spectrum.first_sample, spectrum.end_sample), (9, 0, 640));
        assert!(spectrum.power_per_hz.iter().all(|power| power.is_finite()));
    }
}

#[test]
fn settings_that_give_no_spectrum_are_refused_in_both_languages() {
    for (broken, expected) in [
        (Settings { sample_rate_hz: 0.0, ..SETTINGS }, "采样率 0"),
        (Settings { sample_rate_hz: f64::NAN, ..SETTINGS }, "sample rate NaN"),
        (Settings { centre_hz: -1.0, ..SETTINGS }, "中心频率"),
        (Settings { bins: 8, ..SETTINGS }, "谱线数 8"),
        (Settings { bins: 1 << 23, ..SETTINGS }, "out of range"),
        (Settings { overlap: 64, ..SETTINGS }, "重叠 64"),
        (Settings { segments: Some(0), ..SETTINGS }, "平均次数"),
    ] {
        let said = Welch::new(broken, Encoding::CU8).err().unwrap().to_string();
        assert!(said.contains(expected), "{said}");
    }
    let mut welch = Welch::new(SETTINGS, Encoding::CU8).unwrap();
    assert!(welch.push_complex(&[], &mut |_| ()).is_err());
    welch.push_bytes(&[1; 126], &mut |_| ());
    assert_eq!(welch.finish(), Err(SpectraFault::NoSpectrum { samples: 63, needed: 64, refused: 0 }));
}

proptest! {
    #[test]
    fn a_recording_cut_anywhere_gives_the_same_spectra(
        cuts in proptest::collection::vec(0_usize..700, 0..40), overlap in 0_usize..64, segments in 1_u64..9, wide in any::<bool>()
    ) {
        let format = if wide { Encoding::CI16_LE } else { Encoding::CU8 };
        let bytes = noise_bytes(format, 1500, 5);
        let settings = Settings { overlap, segments: Some(segments), ..SETTINGS };
        let mut at_once = Vec::new();
        Welch::new(settings, format).unwrap().push_bytes(&bytes, &mut |spectrum| at_once.push(spectrum));
        let (mut in_pieces, mut rest) = (Vec::new(), bytes.as_slice());
        let mut welch = Welch::new(settings, format).unwrap();
        for cut in cuts.into_iter().chain([usize::MAX]) {
            let (head, tail) = rest.split_at(cut.min(rest.len()));
            welch.push_bytes(head, &mut |spectrum| in_pieces.push(spectrum));
            rest = tail;
        }
        prop_assert_eq!(&at_once, &in_pieces);
        let hop = 64 - overlap as u64;
        prop_assert_eq!(at_once.len() as u64, ((1500 - 64) / hop + 1) / segments);
        for (number, spectrum) in at_once.iter().enumerate() {
            prop_assert_eq!(spectrum.first_sample, number as u64 * segments * hop);
            prop_assert_eq!(spectrum.end_sample, spectrum.first_sample + (segments - 1) * hop + 64);
        }
    }
}
