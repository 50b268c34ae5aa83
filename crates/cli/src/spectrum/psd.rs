//! `guiju spectrum psd FILE`: a recording of samples becomes one averaged spectrum and a list of emissions.
//!
//! Levels are dB relative to full scale: a file alone cannot say how strong a field was.

use std::fs::File;
use std::io::{BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, ValueEnum};
use guiju_spectrum::cfar::known_floor_threshold;
use guiju_spectrum::complaint::Complaint;
use guiju_spectrum::emission::{Emission, Joining, emissions, outskirts};
use guiju_spectrum::floor::FloorMethod;
use guiju_spectrum::psd::{Settings, Spectrum, Welch};
use guiju_spectrum::read::Clock;
use guiju_spectrum::read::iq::{Blocks, Capture, Encoding, Sigmf, SigmfOptions, raw, wav};
use guiju_spectrum::window::Window;
use serde_json::{Value, json};

use crate::Fault;

/// Probability that a bin of noise is taken for a signal.
const FALSE_ALARM: f64 = 1e-6;

#[derive(Args, Debug)]
pub struct PsdArgs {
    /// A `.sigmf-meta`, a `.wav`, or bare interleaved samples / 录制文件
    file: PathBuf,
    /// How bare samples are stored / 裸采样的存储格式
    #[arg(long)]
    format: Option<Format>,
    /// Samples a second, where the file does not say it / 采样率（赫兹）
    #[arg(long, value_name = "HZ")]
    rate: Option<f64>,
    /// Centre frequency, where the file does not say it / 中心频率（赫兹）
    #[arg(long, value_name = "HZ")]
    centre: Option<f64>,
    /// Bins of the spectrum / 频点数
    #[arg(long, default_value_t = 2048)]
    bins: usize,
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Format {
    Cu8,
    Ci8,
    Ci16,
    Cf32,
}

/// What was measured, and what of the recording was left out.
struct Measured {
    spectrum: Spectrum,
    floor_per_hz: f64,
    emissions: Vec<Emission>,
    segments_left_out: u64,
}

pub fn run(args: &PsdArgs) -> Result<ExitCode, Fault> {
    let measured = match args.file.extension().and_then(|name| name.to_str()) {
        Some("sigmf-meta") => {
            let options = SigmfOptions { sample_rate_hz: args.rate, clock: Clock::beijing() };
            let recording = Sigmf::open(&args.file, &options).and_then(|recording| recording.blocks());
            measure(args, recording.map_err(|told| told_of(args, told))?)
        }
        Some("wav") => measure(args, wav(opened(&args.file)?, &Clock::beijing()).map_err(|told| told_of(args, told))?),
        _ => measure(args, bare(args)?),
    }?;
    if args.json {
        println!("{}", as_json(&measured));
    } else {
        as_text(&measured);
    }
    Ok(ExitCode::SUCCESS)
}

/// A complaint about the recording, in both languages and with its file.
fn told_of(args: &PsdArgs, told: Complaint) -> Fault {
    let told = if told.source.is_empty() { told.of(args.file.display().to_string()) } else { told };
    format!("{} / {told}", told.zh()).into()
}

fn opened(file: &Path) -> Result<BufReader<File>, Fault> {
    Ok(BufReader::new(File::open(file).map_err(|why| format!("{}: {why}", file.display()))?))
}

fn bare(args: &PsdArgs) -> Result<Blocks<BufReader<File>>, Fault> {
    let (Some(format), Some(rate)) = (args.format, args.rate) else {
        let (zh, en) = (
            "裸采样须用 --format 和 --rate 说明格式和采样率",
            "say with --format and --rate what the bare samples are",
        );
        return Err(format!("{}: {zh} / {en}", args.file.display()).into());
    };
    let encoding = match format {
        Format::Cu8 => Encoding::CU8,
        Format::Ci8 => Encoding::CI8,
        Format::Ci16 => Encoding::CI16_LE,
        Format::Cf32 => Encoding::CF32_LE,
    };
    raw(opened(&args.file)?, encoding, rate, Capture::default()).map_err(|told| told_of(args, told))
}

/// Averages the whole recording into one spectrum. Captures at several frequencies have no spectrum in common.
fn measure<R: Read>(args: &PsdArgs, mut blocks: Blocks<R>) -> Result<Measured, Fault> {
    let centre = |capture: &Capture| capture.centre_hz.or(args.centre).unwrap_or(0.0);
    let first = blocks.captures().first().map_or(0.0, |(_, capture)| centre(capture));
    if blocks.captures().iter().any(|(_, capture)| (centre(capture) - first).abs() > 0.0) {
        let (zh, en) =
            ("录制中有几个中心频率，请分段测量", "the recording has several centre frequencies; measure its parts");
        return Err(format!("{}: {zh} / {en}", args.file.display()).into());
    }
    let settings = Settings {
        sample_rate_hz: blocks.layout().sample_rate_hz,
        centre_hz: first,
        bins: args.bins,
        window: Window::Hann,
        // Without overlap a Hann window hardly looks at a third of the samples, and bandwidths suffer.
        overlap: args.bins / 2,
        segments: None,
    };
    let mut welch = Welch::new(settings, blocks.layout().encoding)?;
    while let Some(bytes) = blocks.next_bytes().map_err(|told| told_of(args, told))? {
        welch.push_bytes(bytes, &mut |_| {});
    }
    let segments_left_out = welch.refused_segments();
    if segments_left_out > 0 {
        let (zh, en) = ("段含非数值，已略去并计数", "segments hold values that are not numbers; left out and counted");
        eprintln!("guiju: {}: {segments_left_out} {zh} / {segments_left_out} {en}", args.file.display());
    }
    let spectrum = welch.finish()?;
    let floor_per_hz = FloorMethod::Median.estimate(&spectrum.power_per_hz, spectrum.looks)?;
    let threshold = known_floor_threshold(floor_per_hz, spectrum.looks, FALSE_ALARM)?;
    let joining = Joining { gap_bins: 2, skirt_bins: 2, dc_bins: 2 };
    let emissions = emissions(&spectrum, &vec![threshold; spectrum.power_per_hz.len()], floor_per_hz, joining)?;
    Ok(Measured { spectrum, floor_per_hz, emissions, segments_left_out })
}

fn db(power: f64) -> f64 {
    10.0 * power.log10()
}

fn as_json(measured: &Measured) -> Value {
    let Measured { spectrum, floor_per_hz, emissions, segments_left_out } = measured;
    json!({
        "unit": "dB relative to full scale, per Hz",
        "first_hz": spectrum.frequency_hz(0.0),
        "bin_hz": spectrum.bin_hz(),
        "resolution_hz": spectrum.resolution_hz(),
        "segments": spectrum.segments,
        "segments_left_out": segments_left_out,
        "floor_db_per_hz": db(*floor_per_hz),
        "levels_db_per_hz": spectrum.power_per_hz.iter().map(|power| db(*power)).collect::<Vec<_>>(),
        "emissions": emissions.iter().zip(outskirts(emissions)).map(|(one, outskirt)| json!({
            "centre_hz": one.centre_hz,
            "bandwidth_99_hz": one.bandwidth_99_hz,
            "bandwidth_26_db_hz": one.bandwidth_26_db_hz,
            "level_db": db(one.power),
            "peak_over_floor_db": db(one.peak_to_floor),
            "dc_suspect": one.dc_suspect,
            "cut_off": one.cut_off,
            "outskirt": outskirt,
        })).collect::<Vec<_>>(),
    })
}

fn as_text(measured: &Measured) {
    let Measured { spectrum, floor_per_hz, emissions, segments_left_out } = measured;
    println!(
        "{} 段，分辨率 {:.1} Hz，底噪 {:.1} dB/Hz（相对满刻度，未校准） / {} segments, resolution {:.1} Hz, floor {:.1} dB/Hz (relative to full scale, not calibrated)",
        spectrum.segments,
        spectrum.resolution_hz(),
        db(*floor_per_hz),
        spectrum.segments,
        spectrum.resolution_hz(),
        db(*floor_per_hz),
    );
    if *segments_left_out > 0 {
        println!("略去 {segments_left_out} 段（含非数值） / left out: {segments_left_out} segments (not numbers)");
    }
    for (one, outskirt) in emissions.iter().zip(outskirts(emissions)) {
        let mark = if one.dc_suspect {
            "  疑似直流泄漏 / direct current?"
        } else if one.cut_off {
            "  在边缘 / cut off"
        } else if outskirt {
            "  疑似邻近强信号的带外部分 / outskirts of a stronger one?"
        } else {
            ""
        };
        println!(
            "{:>14.0} Hz  {:>9.0} Hz  {:>7.1} dB  +{:.1} dB{mark}",
            one.centre_hz,
            one.bandwidth_99_hz,
            db(one.power),
            db(one.peak_to_floor)
        );
    }
}
