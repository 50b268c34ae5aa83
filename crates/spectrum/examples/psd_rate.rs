//! How fast is the spectral density, against the bare FFTs of that size and against `scipy.signal.welch`, in one run?
//!
//! `cargo run --release -p guiju-spectrum --example psd_rate [million samples]`: u8 IQ from a file, 2,048 bins, Hann, no overlap, one
//! thread. Each is run five times in turn and the median counts. Without python3 and scipy the peer is skipped, and that is said.

use std::error::Error;
use std::fs::File;
use std::hint::black_box;
use std::io::{Read, Write};
use std::path::Path;
use std::process::Command;
use std::time::Instant;

use guiju_spectrum::psd::{SampleFormat, Settings, Spectrum, Welch};
use guiju_spectrum::window::Window;
use rustfft::FftPlanner;
use rustfft::num_complex::Complex;

const BINS: usize = 2048;
const ROUNDS: usize = 5;
const SEED: u64 = 0x5EED_0001;
/// Small enough to stay in the second-level cache between reading and converting.
const BLOCK_BYTES: usize = 128 * 1024;

fn main() -> Result<(), Box<dyn Error>> {
    let millions: usize = std::env::args().nth(1).map_or(Ok(24), |text| text.parse())?;
    let samples = millions * 1_000_000;
    let folder = std::env::temp_dir().join(format!("guiju-psd-rate-{}", std::process::id()));
    std::fs::create_dir_all(&folder)?;
    let path = folder.join("noise.cu8");
    write_noise(&path, samples)?;
    let outcome = compare(&path, samples);
    std::fs::remove_dir_all(&folder)?;
    outcome
}

fn compare(path: &Path, samples: usize) -> Result<(), Box<dyn Error>> {
    let (mut ours, mut bare, mut peer) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        ours.push(rate(samples, || file_to_spectrum(path))?);
        bare.push(bare_ffts(samples));
        if let Some(seconds) = scipy(path) {
            peer.push(samples as f64 / seconds);
        }
    }
    let (ours, bare) = (median(&mut ours), median(&mut bare));
    println!("u8 IQ, {samples} samples, {BINS} bins, Hann, no overlap, one thread, median of {ROUNDS}");
    println!("psd, file to spectrum  {:>8.1} million samples/s", ours / 1e6);
    println!("bare FFTs              {:>8.1} million samples/s", bare / 1e6);
    println!("psd / bare FFTs        {:>8.2}", ours / bare);
    if peer.is_empty() {
        println!("scipy.signal.welch      skipped: python3 here has no scipy");
    } else {
        let peer = median(&mut peer);
        println!("scipy.signal.welch     {:>8.1} million samples/s", peer / 1e6);
        println!("psd / scipy            {:>8.1}", ours / peer);
    }
    Ok(())
}

fn rate<T>(samples: usize, work: impl FnOnce() -> Result<T, Box<dyn Error>>) -> Result<f64, Box<dyn Error>> {
    let start = Instant::now();
    black_box(work()?);
    Ok(samples as f64 / start.elapsed().as_secs_f64())
}

fn file_to_spectrum(path: &Path) -> Result<Spectrum, Box<dyn Error>> {
    let settings = Settings {
        sample_rate_hz: 2.4e6,
        centre_hz: 98e6,
        bins: BINS,
        window: Window::Hann,
        overlap: 0,
        segments: None,
    };
    let mut welch = Welch::new(settings, SampleFormat::Cu8)?;
    let mut file = File::open(path)?;
    let mut block = vec![0; BLOCK_BYTES];
    loop {
        let read = file.read(&mut block)?;
        if read == 0 {
            return Ok(welch.finish()?);
        }
        welch.push_bytes(block.get(..read).unwrap_or_default(), &mut |_| ());
    }
}

/// The transforms alone, in place, on numbers that stay in the cache: nothing that uses this FFT can be quicker.
fn bare_ffts(samples: usize) -> f64 {
    let fft = FftPlanner::<f32>::new().plan_fft_forward(BINS);
    let fresh: Vec<Complex<f32>> = (0..BINS).map(|n| Complex::new((n as f32).sin(), (n as f32).cos())).collect();
    let mut work = fresh.clone();
    let mut scratch = vec![Complex::new(0.0, 0.0); fft.get_inplace_scratch_len()];
    let start = Instant::now();
    for round in 0..samples / BINS {
        fft.process_with_scratch(&mut work, &mut scratch);
        // Growth by sqrt(N) a turn would end in infinity; a fresh start now and then costs next to nothing.
        if round % 16 == 0 {
            work.copy_from_slice(&fresh);
        }
    }
    black_box(&work);
    samples as f64 / start.elapsed().as_secs_f64()
}

/// Seconds that scipy takes for the same file, its start-up left out; `None` where it is not installed.
fn scipy(path: &Path) -> Option<f64> {
    let program = "import sys,time\nimport numpy,scipy.signal\nstart=time.perf_counter()\n\
        raw=numpy.fromfile(sys.argv[1],dtype=numpy.uint8).astype(numpy.float32)\nraw-=127.5\nraw/=127.5\n\
        scipy.signal.welch(raw.view(numpy.complex64),fs=2.4e6,window='hann',nperseg=2048,noverlap=0,detrend=False,\
        return_onesided=False)\nprint(time.perf_counter()-start)";
    let output = Command::new("python3").args(["-c", program]).arg(path).output().ok()?;
    output.status.success().then(|| String::from_utf8(output.stdout).ok()?.trim().parse().ok()).flatten()
}

fn write_noise(path: &Path, samples: usize) -> Result<(), Box<dyn Error>> {
    let (mut state, mut left) = (SEED, samples * 2);
    let mut file = File::create(path)?;
    let mut block = Vec::with_capacity(BLOCK_BYTES);
    while left > 0 {
        block.clear();
        while block.len() < BLOCK_BYTES.min(left) {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            block.extend_from_slice(&state.to_le_bytes());
        }
        block.truncate(left);
        file.write_all(&block)?;
        left -= block.len();
    }
    Ok(())
}

fn median(values: &mut [f64]) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}
