//! How fast does a file of samples become a spectrum, beside the bare FFTs and beside what others run?
//!
//! Unsigned bytes, 2,048 bins, Hann, no overlap, one thread, from the file to the spectrum. The bounds are what is promised: half the
//! rate of the FFTs alone, 12 times `scipy.signal.welch`, 30 times a flow graph of GNU Radio. All are run in turn, so that whatever
//! else the machine does disturbs each; the median counts. A peer that is not installed is skipped, and that is said.
//!
//! Each runs on one processor: ours has one thread, and the many threads of GNU Radio share one. Processor time is told beside, because
//! other work on the machine disturbs the clock.

mod peer;

use std::fs::File;
use std::hint::black_box;
use std::io::Write;
use std::path::Path;
use std::time::Instant;

use clap::Args;
use guiju_spectrum::psd::{Settings, Spectrum, Welch};
use guiju_spectrum::read::iq::{Capture, Encoding, raw};
use guiju_spectrum::window::Window;
use rustfft::FftPlanner;
use rustfft::num_complex::Complex;

use super::{Place, Row};
use crate::Fault;
use peer::Peer;

#[derive(Args, Debug)]
pub struct SpectrumArgs {
    #[command(flatten)]
    pub place: Place,
    /// Million complex samples in the file / 采样数（百万）
    #[arg(long, default_value_t = 24)]
    millions: usize,
    /// Runs of each, in turn; the median counts / 轮数
    #[arg(long, default_value_t = 5)]
    rounds: usize,
}

/// How the names of rows begin whose bound is promised.
pub const PROMISED: &str = "spectrum/psd by ";
const BINS: usize = 2048;
const RATE_HZ: f64 = 2.4e6;
/// The least share of the rate of the FFTs alone.
const FFTS_LEAST: f64 = 0.5;
const SCIPY_LEAST: f64 = 12.0;
const GNURADIO_LEAST: f64 = 30.0;
const SEED: u64 = 0x5EED_0001;
/// How far a peer's power may be from ours: more, and it measures something else.
const SAME_POWER: f64 = 1e-3;

/// What one run took.
pub struct Took {
    /// By the clock.
    seconds: f64,
    /// On processors, all threads together; NaN where the system does not say.
    processor: f64,
}

/// Runs the benchmark.
///
/// # Errors
/// When the file cannot be written or read, or a peer fails or finds another power.
pub fn run(args: &SpectrumArgs) -> Result<Vec<Row>, Fault> {
    let samples = args.millions * 1_000_000;
    if samples < BINS || args.rounds == 0 {
        return Err("至少一百万采样、一轮 / at least one million samples and one round are needed".into());
    }
    let folder = args.place.folder()?;
    let path = folder.path().join("noise.cu8");
    write_noise(&path, samples)?;
    let peers = [
        Peer::find("scipy", include_str!("peer_scipy.py"), SCIPY_LEAST),
        Peer::find("gnuradio", include_str!("peer_gnuradio.py"), GNURADIO_LEAST),
    ];
    let mut peers: Vec<(Peer, Vec<Took>)> = peers.into_iter().flatten().map(|peer| (peer, Vec::new())).collect();
    let (mut ours, mut bare) = (Vec::new(), Vec::new());
    for _ in 0..args.rounds {
        let (began, before) = (Instant::now(), processor_seconds());
        let power = file_to_spectrum(&path)?.band_power(0..BINS);
        ours.push(Took { seconds: began.elapsed().as_secs_f64(), processor: processor_seconds() - before });
        bare.push(ffts(samples / BINS));
        for (peer, runs) in &mut peers {
            let (took, found) = peer.run(&path, BINS, samples / BINS)?;
            if (found / power - 1.0).abs() > SAME_POWER {
                return Err(format!("{}: power {found} where ours is {power}", peer.name).into());
            }
            runs.push(took);
        }
    }
    Ok(rows(samples as f64 / 1e6, &ours, median(bare.into_iter()), peers))
}

fn rows(millions: f64, ours: &[Took], bare: f64, peers: Vec<(Peer, Vec<Took>)>) -> Vec<Row> {
    let unit = "M samples/s";
    let seconds = |runs: &[Took]| median(runs.iter().map(|took| took.seconds));
    let processor = |runs: &[Took]| median(runs.iter().map(|took| took.processor));
    let mut rows = vec![
        Row::new("spectrum/psd".into(), millions / seconds(ours), unit),
        Row::new("spectrum/ffts".into(), millions / bare, unit),
        Row::new(format!("{PROMISED}ffts"), bare / seconds(ours), "x").beside(FFTS_LEAST),
    ];
    for (peer, runs) in peers {
        let ratio = processor(&runs) / processor(ours);
        rows.push(Row::new(format!("spectrum/{}", peer.name), millions / seconds(&runs), unit));
        rows.push(Row::new(format!("{PROMISED}{}", peer.name), seconds(&runs) / seconds(ours), "x").beside(peer.least));
        if ratio.is_finite() {
            rows.push(Row::new(format!("spectrum/processor, {}", peer.name), ratio, "x").beside(peer.least));
        }
    }
    rows
}

/// Seconds that this thread has been on a processor; NaN where the system does not say.
fn processor_seconds() -> f64 {
    let told = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    told.split_whitespace().next().and_then(|ns| ns.parse::<f64>().ok()).map_or(f64::NAN, |ns| ns / 1e9)
}

fn file_to_spectrum(path: &Path) -> Result<Spectrum, Fault> {
    let settings = Settings {
        sample_rate_hz: RATE_HZ,
        centre_hz: 98e6,
        bins: BINS,
        window: Window::Hann,
        overlap: 0,
        segments: None,
    };
    let told = |told| format!("{}: {told}", path.display());
    let mut welch = Welch::new(settings, Encoding::CU8)?;
    let mut blocks = raw(File::open(path)?, Encoding::CU8, RATE_HZ, Capture::default()).map_err(told)?;
    while let Some(bytes) = blocks.next_bytes().map_err(told)? {
        welch.push_bytes(bytes, &mut |_| ());
    }
    Ok(welch.finish()?)
}

/// Seconds of the transforms alone, in place, on numbers that stay in the cache: nothing that uses this FFT can be quicker.
fn ffts(count: usize) -> f64 {
    let fft = FftPlanner::<f32>::new().plan_fft_forward(BINS);
    let fresh: Vec<Complex<f32>> = (0..BINS).map(|n| Complex::new((n as f32).sin(), (n as f32).cos())).collect();
    let mut work = fresh.clone();
    let mut scratch = vec![Complex::new(0.0, 0.0); fft.get_inplace_scratch_len()];
    let began = Instant::now();
    for round in 0..count {
        fft.process_with_scratch(&mut work, &mut scratch);
        // Growth by sqrt(N) a turn would end in infinity; a fresh start now and then costs next to nothing.
        if round % 16 == 0 {
            work.copy_from_slice(&fresh);
        }
    }
    black_box(&work);
    began.elapsed().as_secs_f64()
}

fn write_noise(path: &Path, samples: usize) -> Result<(), Fault> {
    let (mut state, mut left) = (SEED, samples * 2);
    let mut file = std::io::BufWriter::new(File::create(path)?);
    while left > 0 {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        let bytes = state.to_le_bytes();
        file.write_all(bytes.get(..left.min(8)).unwrap_or(&bytes))?;
        left = left.saturating_sub(8);
    }
    Ok(file.into_inner().map_err(std::io::IntoInnerError::into_error)?.sync_all()?)
}

fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}
