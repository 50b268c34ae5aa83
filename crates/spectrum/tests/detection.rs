//! How often the detector finds what is there, and what is not, from samples through the transform; and the curves of it.
//!
//! The tone and the Gaussian signal have closed laws: a steady tone makes the bin noncentral (Swerling 0), a Gaussian one multiplies its
//! noise by 1 + SNR (Swerling 2 over independent looks), so its detection is the false alarm of a factor divided by that.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test ends where something does not hold")]

use std::f64::consts::TAU;
use std::fmt::Write as _;
use std::path::Path;

use guiju_spectrum::cfar::{Cfar, Reach, Reference};
use guiju_spectrum::psd::{Settings, Welch};
use guiju_spectrum::read::iq::Encoding;
use guiju_spectrum::statistics::ratio;
use guiju_spectrum::window::Window;
use num_complex::Complex32;
use rand::{SeedableRng, rngs::SmallRng};
use rand_distr::{Distribution, StandardNormal};
use statrs::distribution::{Binomial, DiscreteCDF};

const ABOVE: f64 = 1e-3;
const LOOKS: [u32; 4] = [1, 4, 16, 64];
const BINS: usize = 1024;
const EACH_SIDE: usize = 4;

fn reference() -> Reference {
    Reference::beside(Window::Hann, EACH_SIDE)
}

/// What stands in some bins.
#[derive(Clone, Copy, PartialEq)]
enum Signal {
    Nothing,
    /// A steady tone in the middle of a bin.
    Tone,
    /// Noise of its own, white over the bins that the window mixes into one.
    Gaussian,
}

fn theory(signal: Signal, looks: u32, factor: f64, snr: f64) -> f64 {
    let reach = Reach::of(Window::Hann, reference(), EACH_SIDE);
    match signal {
        Signal::Nothing => reach.false_alarm(looks, factor),
        Signal::Tone => reach.detection(looks, factor, snr),
        Signal::Gaussian => reach.false_alarm(looks, factor / (1.0 + snr)),
    }
}

/// One cell per independent set of reference bins: places so far apart that no bin serves two cells.
fn places() -> Vec<usize> {
    let reference = reference();
    let apart = reference.cells() * reference.stride + 2 * reference.guard + Window::Hann.independent_bins();
    (0..BINS / apart).map(|set| set * apart + apart / 2).collect()
}

/// Two numbers of the normal law, quickly: ten million cells of 64 looks need some ten thousand million samples.
struct Normal(SmallRng);

impl Normal {
    fn next(&mut self, scale: f32) -> Complex32 {
        let mut part = || -> f32 { StandardNormal.sample(&mut self.0) };
        Complex32::new(part(), part()) * scale
    }
}

/// Detections, and cells looked at, of a signal in every cell at once. `snr` is its power in the bin over the noise of the bin, linear.
fn detections(signal: Signal, looks: u32, snr: f64, cells: u64, seed: u64) -> (u64, u64) {
    let places = places();
    let cfar = Cfar::mean(Window::Hann, f64::from(looks), reference(), ABOVE).unwrap();
    let settings = Settings {
        sample_rate_hz: BINS as f64,
        centre_hz: 1e8,
        bins: BINS,
        window: Window::Hann,
        overlap: 0,
        segments: Some(u64::from(looks)),
    };
    let mut welch = Welch::new(settings, Encoding::CF32_LE).unwrap();
    let mut normal = Normal(SmallRng::seed_from_u64(seed));
    let (mut found, mut seen) = (0, 0);
    let mut block = vec![Complex32::new(0.0, 0.0); BINS];
    while seen < cells {
        segment(signal, snr, &places, &mut normal, &mut block);
        welch
            .push_complex(&block, &mut |spectrum| {
                for place in &places {
                    let threshold = cfar.threshold_at(&spectrum.power_per_hz, *place).unwrap();
                    found += u64::from(spectrum.power_per_hz[*place] > threshold);
                    seen += 1;
                }
            })
            .unwrap();
    }
    (found, seen)
}

/// One segment of noise of variance 2 and the signals in it.
fn segment(signal: Signal, snr: f64, places: &[usize], normal: &mut Normal, block: &mut [Complex32]) {
    block.iter_mut().for_each(|sample| *sample = normal.next(1.0));
    if signal == Signal::Nothing {
        return;
    }
    // A tone of power P raises its bin to P N / (2 ENBW) times the noise of variance 2.
    let power = snr * 2.0 * Window::Hann.noise_bandwidth_bins() / BINS as f64;
    let scale = power.sqrt() as f32;
    for place in places {
        let cycles = (*place as f64 - (BINS / 2) as f64) / BINS as f64;
        // A tone whose amplitude is drawn anew for each segment is Gaussian in its bin.
        let amplitude = match signal {
            Signal::Gaussian => normal.next(scale * std::f32::consts::FRAC_1_SQRT_2),
            _ => Complex32::new(scale, 0.0),
        };
        let turn = Complex32::from_polar(1.0, (TAU * cycles) as f32);
        let mut phase = amplitude;
        for sample in block.iter_mut() {
            *sample += phase;
            phase *= turn;
        }
    }
}

/// The signal-to-noise ratio, in dB, at which theory detects with a probability.
fn ratio_for(probability: f64, law: impl Fn(f64) -> f64) -> f64 {
    let (mut low, mut high) = (-30.0, 40.0);
    for _ in 0..40 {
        let middle = f64::midpoint(low, high);
        if law(ratio(middle)) < probability { low = middle } else { high = middle }
    }
    low
}

#[test]
fn detections_are_within_half_a_decibel_of_theory() {
    for signal in [Signal::Tone, Signal::Gaussian] {
        for looks in LOOKS {
            let factor = Cfar::mean(Window::Hann, f64::from(looks), reference(), ABOVE).unwrap().factor();
            let law = |snr: f64| theory(signal, looks, factor, snr);
            for aim in [0.2, 0.5, 0.8] {
                let snr_db = ratio_for(aim, law);
                let (found, seen) =
                    detections(signal, looks, ratio(snr_db), 3_000, u64::from(looks) + (aim * 1e3) as u64);
                let rate = found as f64 / seen as f64;
                let off_db = ratio_for(rate, law) - snr_db;
                let kind = if signal == Signal::Tone { "tone" } else { "Gaussian" };
                println!("{kind} K={looks} {snr_db:.2} dB: {rate:.3} for {aim}, off {off_db:.2} dB");
                assert!(off_db.abs() < 0.5, "{kind} K={looks} aim {aim}: {off_db} dB");
            }
        }
    }
}

/// Fails unless the false alarms lie within the 99 % interval of the binomial law.
fn noise_alone(looks: u32, cells: u64, seed: u64) {
    let (found, seen) = detections(Signal::Nothing, looks, 0.0, cells, seed);
    let law = Binomial::new(ABOVE, seen).unwrap();
    let (low, high) = (law.inverse_cdf(0.005), law.inverse_cdf(0.995));
    println!("K={looks}: {found} false alarms in {seen} cells, 99 % interval {low} to {high}");
    assert!((low..=high).contains(&found), "K={looks}: {found} not within {low} to {high}");
}

#[test]
fn noise_of_1_look_through_samples_keeps_the_rate() {
    noise_alone(1, 1_000_000, 511);
}

#[test]
fn noise_of_4_looks_through_samples_keeps_the_rate() {
    noise_alone(4, 1_000_000, 514);
}

#[test]
fn noise_of_16_looks_through_samples_keeps_the_rate() {
    noise_alone(16, 1_000_000, 516);
}

/// A million cells are a thousand million samples: a dev build, which shares its processors with others, looks at a fifth of them.
#[test]
fn noise_of_64_looks_through_samples_keeps_the_rate() {
    noise_alone(64, if cfg!(debug_assertions) { 200_000 } else { 1_000_000 }, 564);
}

#[test]
#[ignore = "takes many minutes: cargo test --release -p guiju-spectrum --test detection -- --ignored"]
fn ten_million_cells_of_each_through_samples_keep_the_rate() {
    std::thread::scope(|scope| {
        for looks in LOOKS {
            scope.spawn(move || noise_alone(looks, 10_000_000, 600 + u64::from(looks)));
        }
    });
}

/// The curves as a drawing: detection against signal-to-noise ratio, full lines for a tone, broken ones for a Gaussian signal.
fn drawing() -> String {
    let (from_db, to_db, left, top, width, height) = (-15.0, 25.0, 60.0, 20.0, 640.0, 320.0);
    let x = |snr_db: f64| left + (snr_db - from_db) / (to_db - from_db) * width;
    let y = |probability: f64| top + (1.0 - probability) * height;
    let mut svg = String::from(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 740 400\" font-family=\"sans-serif\" font-size=\"12\">\n\
         <title>检测概率与信噪比 / Detection probability against SNR (false alarms 0.001, 8 reference bins, Hann)</title>\n\
         <rect width=\"740\" height=\"400\" fill=\"white\"/>\n",
    );
    for step in 0..=8 {
        let snr_db = from_db + f64::from(step) * 5.0;
        let (at, bottom) = (x(snr_db), top + height);
        writeln!(svg, "<path d=\"M{at:.1} {top}V{bottom}\" stroke=\"#ddd\"/><text x=\"{at:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{snr_db}</text>", bottom + 18.0).unwrap();
    }
    for step in 0..=5 {
        let probability = f64::from(step) / 5.0;
        let at = y(probability);
        writeln!(svg, "<path d=\"M{left} {at:.1}H{:.1}\" stroke=\"#ddd\"/><text x=\"52\" y=\"{:.1}\" text-anchor=\"end\">{probability}</text>", left + width, at + 4.0).unwrap();
    }
    for (looks, colour) in LOOKS.into_iter().zip(["#b2182b", "#d6701c", "#1b7837", "#2166ac"]) {
        let factor = Cfar::mean(Window::Hann, f64::from(looks), reference(), ABOVE).unwrap().factor();
        for (signal, dashes) in [(Signal::Tone, ""), (Signal::Gaussian, " stroke-dasharray=\"5 4\"")] {
            let points: Vec<String> = (0..=80)
                .map(|step| {
                    let snr_db = from_db + f64::from(step) * 0.5;
                    format!("{:.1},{:.1}", x(snr_db), y(theory(signal, looks, factor, ratio(snr_db))))
                })
                .collect();
            writeln!(svg, "<polyline fill=\"none\" stroke=\"{colour}\"{dashes} points=\"{}\"/>", points.join(" "))
                .unwrap();
        }
        let middle = ratio_for(0.5, |snr| theory(Signal::Tone, looks, factor, snr));
        writeln!(svg, "<text x=\"{:.1}\" y=\"{:.1}\" fill=\"{colour}\">K={looks}</text>", x(middle) + 5.0, y(0.5))
            .unwrap();
    }
    svg.push_str("<text x=\"380\" y=\"382\" text-anchor=\"middle\">信噪比 / SNR in the bin (dB)　实线：单音 / full: tone　虚线：高斯信号 / broken: Gaussian</text>\n</svg>\n");
    svg
}

/// `GUIJU_WRITE_DRAWINGS=1` writes the drawing anew.
#[test]
fn the_drawing_in_the_documents_shows_the_curves() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/detection.svg");
    let drawn = drawing();
    if std::env::var_os("GUIJU_WRITE_DRAWINGS").is_some() {
        std::fs::write(&file, &drawn).unwrap();
    }
    assert_eq!(std::fs::read_to_string(&file).unwrap(), drawn, "draw it anew with GUIJU_WRITE_DRAWINGS=1");
}
