//! `guiju spectrum psd FILE`: a recording of samples becomes one averaged spectrum and a list of emissions.
//!
//! Levels are dB relative to full scale: a file alone cannot say how strong a field was.

use std::io::Read;
use std::process::ExitCode;

use clap::Args;
use guiju_spectrum::cfar::known_floor_threshold;
use guiju_spectrum::emission::{Emission, Joining, emissions, outskirts};
use guiju_spectrum::floor::FloorMethod;
use guiju_spectrum::psd::{Settings, Spectrum, Welch};
use guiju_spectrum::read::iq::Blocks;
use guiju_spectrum::window::Window;
use serde_json::{Value, json};

use super::recording::RecordingArgs;
use super::told_of;
use crate::Fault;

/// Probability that a bin of noise is taken for a signal.
const FALSE_ALARM: f64 = 1e-6;

#[derive(Args, Debug)]
pub struct PsdArgs {
    #[command(flatten)]
    recording: RecordingArgs,
    /// Bins of the spectrum / 频点数
    #[arg(long, default_value_t = 2048)]
    bins: usize,
    #[arg(long)]
    json: bool,
}

/// What was measured, and what of the recording was left out.
struct Measured {
    spectrum: Spectrum,
    floor_per_hz: f64,
    emissions: Vec<Emission>,
    segments_left_out: u64,
}

pub fn run(args: &PsdArgs) -> Result<ExitCode, Fault> {
    let measured = measure(args, args.recording.open()?)?;
    if args.json {
        println!("{}", as_json(&measured));
    } else {
        as_text(&measured);
    }
    Ok(ExitCode::SUCCESS)
}

/// Averages the whole recording into one spectrum.
fn measure<R: Read>(args: &PsdArgs, mut blocks: Blocks<R>) -> Result<Measured, Fault> {
    let first = args.recording.one_centre(blocks.captures())?;
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
    while let Some(bytes) = blocks.next_bytes().map_err(|told| told_of(&args.recording.file, told))? {
        welch.push_bytes(bytes, &mut |_| {});
    }
    let segments_left_out = welch.refused_segments();
    if segments_left_out > 0 {
        let (zh, en) = ("段含非数值，已略去并计数", "segments hold values that are not numbers; left out and counted");
        eprintln!("guiju: {}: {segments_left_out} {zh} / {segments_left_out} {en}", args.recording.file.display());
    }
    let spectrum = welch.finish()?;
    let floor_per_hz = FloorMethod::Median.estimate(&spectrum.power_per_hz, spectrum.looks)?;
    let threshold = known_floor_threshold(floor_per_hz, spectrum.looks, FALSE_ALARM)?;
    let joining = Joining { gap_bins: 2, skirt_bins: 2, dc_bins: 2 };
    let emissions = emissions(&spectrum, &vec![threshold; spectrum.power_per_hz.len()], floor_per_hz, joining)?;
    Ok(Measured { spectrum, floor_per_hz, emissions, segments_left_out })
}

pub fn db(power: f64) -> f64 {
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
