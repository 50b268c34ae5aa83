//! False alarms on noise alone at the rate that was set, and detections of a tone as often as theory says.
//!
//! A release build looks at 10^7 cells for each number of looks, a debug build at 10^5: the noise costs the time.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test ends where something does not hold")]

use std::f64::consts::TAU;

use guiju_spectrum::cfar::{Cfar, Reach, Reference, known_floor_detection, known_floor_threshold};
use guiju_spectrum::psd::{Settings, Spectrum, Welch};
use guiju_spectrum::read::iq::Encoding;
use guiju_spectrum::statistics::{decibels, ratio};
use guiju_spectrum::window::Window;
use rand::{RngExt, SeedableRng, rngs::SmallRng};
use rand_distr::{Distribution, Gamma, StandardNormal};
use rustfft::num_complex::Complex;
use statrs::distribution::{Binomial, DiscreteCDF};

const ABOVE: f64 = 1e-4;
const CELLS: u64 = if cfg!(debug_assertions) { 100_000 } else { 10_000_000 };
/// Cells of the tests beside the main ones.
const CELLS_OF_FEW: u64 = if cfg!(debug_assertions) { 50_000 } else { 500_000 };
/// Cells of the test that goes through samples and transforms, which are slower by far.
const CELLS_OF_SAMPLES: u64 = if cfg!(debug_assertions) { 5_000 } else { 200_000 };

/// A number of the complex normal law of mean square 1.
fn complex_normal(random: &mut SmallRng) -> Complex<f64> {
    let mut part = || -> f64 { StandardNormal.sample(random) };
    Complex::new(part(), part()) * std::f64::consts::FRAC_1_SQRT_2
}

/// Powers of successive Hann bins of noise averaged over K looks, in units of their mean, without making the looks.
///
/// A Hann bin is -1/4, 1/2, -1/4 of three successive rectangular bins, whose K looks are vectors u of independent normals. Its power
/// needs only the lengths and angles of three such vectors, and a new vector is, seen from the two before it, two normals along them
/// and one Gamma length across: the joint law is exact, at a cost that does not grow with K.
struct HannNoise {
    looks: f64,
    across: Option<Gamma<f64>>,
    /// The vector before the last, along the first axis; the last along both axes.
    before: f64,
    last: (Complex<f64>, f64),
}

impl HannNoise {
    fn new(looks: u32, random: &mut SmallRng) -> Self {
        let k = f64::from(looks);
        let length = |shape: f64, random: &mut SmallRng| {
            if shape > 0.0 { Gamma::new(shape, 1.0).unwrap().sample(random).sqrt() } else { 0.0 }
        };
        Self {
            looks: k,
            across: (looks > 2).then(|| Gamma::new(k - 2.0, 1.0).unwrap()),
            before: length(k, random),
            last: (complex_normal(random), length(k - 1.0, random)),
        }
    }

    fn next(&mut self, random: &mut SmallRng) -> f64 {
        let first = complex_normal(random);
        // With one look there is one axis only.
        let second = if self.looks > 1.5 { complex_normal(random) } else { Complex::new(0.0, 0.0) };
        let across = self.across.as_ref().map_or(0.0, |law| law.sample(random));
        let along = self.last.0 * 0.5 - first * 0.25 - self.before * 0.25;
        let aside = Complex::new(self.last.1 * 0.5, 0.0) - second * 0.25;
        let power = along.norm_sqr() + aside.norm_sqr() + across / 16.0;
        let length = (self.last.0.norm_sqr() + self.last.1 * self.last.1).sqrt();
        let on_last = (self.last.0.conj() * first + second * self.last.1) / length;
        let rest = first.norm_sqr() + second.norm_sqr() + across - on_last.norm_sqr();
        (self.before, self.last) = (length, (on_last, rest.max(0.0).sqrt()));
        power / (0.375 * self.looks)
    }
}

#[test]
fn the_noise_of_the_test_is_the_noise_of_the_window() {
    let mut random = SmallRng::seed_from_u64(0xC0FFEE);
    for looks in [1_u32, 2, 4, 64] {
        let (mut noise, count) = (HannNoise::new(looks, &mut random), 400_000);
        let powers: Vec<f64> = (0..count).map(|_| noise.next(&mut random) - 1.0).collect();
        let product = |lag: usize| {
            powers.iter().zip(&powers[lag..]).map(|(a, b)| a * b).sum::<f64>() / f64::from(count) * f64::from(looks)
        };
        for (lag, expected) in [(0, 1.0), (1, 4.0 / 9.0), (2, 1.0 / 36.0), (3, 0.0), (4, 0.0)] {
            assert!((product(lag) - expected).abs() < 0.02, "K={looks} lag {lag}: {}", product(lag));
        }
    }
}

/// False alarms among `cells` cells, each with reference bins of its own.
fn false_alarms(looks: u32, cfar: &Cfar, reference: Reference, cells: u64, seed: u64) -> u64 {
    let mut random = SmallRng::seed_from_u64(seed);
    let mut noise = HannNoise::new(looks, &mut random);
    let span = reference.cells() * reference.stride + 2 * reference.guard + 1;
    let mut powers = vec![0.0; span];
    let mut alarms = 0;
    for _ in 0..cells {
        powers.iter_mut().for_each(|power| *power = noise.next(&mut random));
        // Bins between two sets, so that the next set depends on nothing of this one.
        for _ in 0..Window::Hann.independent_bins() - 1 {
            noise.next(&mut random);
        }
        alarms += u64::from(powers[span / 2] > cfar.threshold_at(&powers, span / 2).unwrap());
    }
    alarms
}

/// Fails unless the count lies within the 99 % interval of the binomial law.
fn assert_rate(alarms: u64, cells: u64, above: f64, what: &str) {
    let law = Binomial::new(above, cells).unwrap();
    let (low, high) = (law.inverse_cdf(0.005), law.inverse_cdf(0.995));
    println!("{what}: {alarms} alarms in {cells} cells, 99 % interval {low} to {high}");
    assert!((low..=high).contains(&alarms), "{what}: {alarms} alarms, not within {low} to {high}");
}

fn mean_of_sixteen(looks: u32, seed: u64) {
    let reference = Reference::beside(Window::Hann, 8);
    let cfar = Cfar::mean(Window::Hann, f64::from(looks), reference, ABOVE).unwrap();
    assert_rate(
        false_alarms(looks, &cfar, reference, CELLS, seed),
        CELLS,
        ABOVE,
        &format!("mean of 16 Hann bins, K={looks}"),
    );
}

#[test]
fn false_alarms_of_1_look_keep_their_rate() {
    mean_of_sixteen(1, 101);
}

#[test]
fn false_alarms_of_4_looks_keep_their_rate() {
    mean_of_sixteen(4, 104);
}

#[test]
fn false_alarms_of_16_looks_keep_their_rate() {
    mean_of_sixteen(16, 116);
}

#[test]
fn false_alarms_of_64_looks_keep_their_rate() {
    mean_of_sixteen(64, 164);
}

#[test]
fn false_alarms_of_a_rank_keep_their_rate() {
    let reference = Reference::apart(Window::Hann, 4);
    for (looks, seed) in [(1, 201), (16, 216)] {
        let cfar = Cfar::rank(Window::Hann, f64::from(looks), reference, 6, 1e-3).unwrap();
        let what = format!("6th of 8 Hann bins, K={looks}");
        assert_rate(false_alarms(looks, &cfar, reference, CELLS_OF_FEW, seed), CELLS_OF_FEW, 1e-3, &what);
    }
}

#[test]
fn a_threshold_that_ignores_the_window_does_not_keep_its_rate() {
    let reference = Reference::beside(Window::Hann, 16);
    let careless = Cfar::mean(Window::Rectangular, 4.0, reference, 1e-2).unwrap();
    let alarms = false_alarms(4, &careless, reference, CELLS_OF_FEW, 7);
    assert!(alarms as f64 > CELLS_OF_FEW as f64 * 1.1e-2, "{alarms}: the test would not see a wrong threshold");
}

/// Spectra of noise and a tone, from samples through the transform.
fn spectra(settings: Settings, tone: f64, bin: usize, wanted: u64, seed: u64, mut each: impl FnMut(&Spectrum)) {
    let mut random = SmallRng::seed_from_u64(seed);
    let mut welch = Welch::new(settings, Encoding::CF32_LE).unwrap();
    let cycles = (bin as f64 - (settings.bins / 2) as f64) / settings.bins as f64;
    let (mut sample, mut made) = (0_u64, 0);
    while made < wanted {
        let block: Vec<Complex<f32>> = (0..4096)
            .map(|n| {
                let angle = TAU * ((sample + n) as f64 * cycles).fract();
                let noise = complex_normal(&mut random) * 0.01;
                let one = noise + Complex::from_polar(0.01 * tone.sqrt(), angle);
                Complex::new(one.re as f32, one.im as f32)
            })
            .collect();
        sample += 4096;
        welch
            .push_complex(&block, &mut |spectrum| {
                made += 1;
                each(&spectrum);
            })
            .unwrap();
    }
}

const SAMPLES: Settings =
    Settings { sample_rate_hz: 1e6, centre_hz: 1e8, bins: 1024, window: Window::Hann, overlap: 0, segments: Some(1) };

fn alarms_from_samples(settings: Settings, looks: f64, above: f64, seed: u64, what: &str) {
    let reference = Reference::beside(settings.window, 8);
    let cfar = Cfar::mean(settings.window, looks, reference, above).unwrap();
    let apart = reference.cells() + 2 * reference.guard + settings.window.independent_bins();
    let cells: Vec<usize> = (0..settings.bins / apart).map(|set| set * apart + apart / 2).collect();
    let wanted = CELLS_OF_SAMPLES / cells.len() as u64 / settings.segments.unwrap();
    let (mut alarms, mut seen) = (0, 0);
    spectra(settings, 0.0, 0, wanted, seed, |spectrum| {
        assert!((spectrum.looks / looks - 1.0).abs() < 1e-9);
        for cell in &cells {
            seen += 1;
            let threshold = cfar.threshold_at(&spectrum.power_per_hz, *cell).unwrap();
            alarms += u64::from(spectrum.power_per_hz[*cell] > threshold);
        }
    });
    assert_rate(alarms, seen, above, what);
}

#[test]
fn false_alarms_from_samples_keep_their_rate_for_every_window() {
    for (window, seed) in Window::ALL.into_iter().zip(301..) {
        for segments in [1, 4] {
            let settings = Settings { window, segments: Some(segments), ..SAMPLES };
            let what = format!("{window:?} from samples, K={segments}");
            alarms_from_samples(settings, segments as f64, 1e-3, seed, &what);
        }
    }
}

#[test]
fn half_overlap_counts_its_looks_and_keeps_its_rate() {
    // Twenty separate spectra would be 20 looks; overlapped by half they are fewer, and the threshold knows it.
    let settings = Settings { overlap: 512, segments: Some(20), ..SAMPLES };
    let looks = Window::Hann.effective_looks(20, 1024, 512);
    assert!((18.5..19.5).contains(&looks), "{looks}");
    alarms_from_samples(settings, looks, 1e-2, 401, "Hann, half overlap, 20 segments");
}

/// The signal-to-noise ratio, in dB, at which `detection` reaches `probability`.
fn ratio_for(probability: f64, detection: impl Fn(f64) -> f64) -> f64 {
    let (mut low, mut high) = (-40.0, 40.0);
    for _ in 0..60 {
        let middle = f64::midpoint(low, high);
        if detection(ratio(middle)) < probability { low = middle } else { high = middle }
    }
    low
}

#[test]
fn a_tone_is_detected_within_half_a_decibel_of_theory() {
    let trials: u64 = if cfg!(debug_assertions) { 300 } else { 2000 };
    let (reference, bin) = (Reference::beside(Window::Hann, 16), 700);
    let mut random = SmallRng::seed_from_u64(9);
    let all_looks: &[u32] = if cfg!(debug_assertions) { &[1, 4] } else { &[1, 4, 16] };
    for looks in all_looks.iter().copied() {
        let cfar = Cfar::mean(Window::Hann, f64::from(looks), reference, ABOVE).unwrap();
        let reach = Reach::of(Window::Hann, reference, 16);
        let by_mean = |snr: f64| reach.detection(looks, cfar.factor(), snr);
        let floor = known_floor_threshold(1.0, f64::from(looks), ABOVE).unwrap();
        let by_floor = |snr: f64| known_floor_detection(looks, floor, snr);
        for aim in [0.1, 0.3, 0.5, 0.7, 0.9] {
            let snr_db = ratio_for(aim, by_mean);
            let settings = Settings { bins: 1024, segments: Some(u64::from(looks)), ..SAMPLES };
            // A tone of power P raises its bin by P / (noise per Hz x ENBW) = P N / (sigma^2 ENBW).
            let tone = ratio(snr_db) * Window::Hann.noise_bandwidth_bins() / 1024.0;
            let (mut found, mut found_by_floor) = (0.0, 0.0);
            spectra(settings, tone, bin, trials, random.random(), |spectrum| {
                let power = spectrum.power_per_hz[bin];
                found += f64::from(power > cfar.threshold_at(&spectrum.power_per_hz, bin).unwrap());
                found_by_floor += f64::from(power * 1e6 / 1e-4 > floor);
            });
            let off = |found: f64, law: &dyn Fn(f64) -> f64| ratio_for(found / trials as f64, law) - snr_db;
            let (mean_off, floor_off) = (off(found, &by_mean), off(found_by_floor, &by_floor));
            println!(
                "K={looks} {snr_db:.2} dB: found {:.3} for {aim}, off {mean_off:.2} dB, known floor off {floor_off:.2} dB",
                found / trials as f64
            );
            assert!(mean_off.abs() < 0.5 && floor_off.abs() < 0.5, "K={looks} aim {aim}: {mean_off} {floor_off}");
            assert!(decibels(by_floor(ratio(snr_db)) / aim) > 0.0);
        }
    }
}
