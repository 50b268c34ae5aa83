//! `guiju spectrum occupancy FILE --channels PLAN`: how much of the time each channel is in use, by ITU-R SM.1880.

use std::io::BufReader;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;
use guiju_spectrum::floor::FloorMethod;
use guiju_spectrum::occupancy::{
    Channel, Floor, Meter, Occupancy, Settings, Share, Threshold, channels_csv, raster, usual_revisit_ns,
};
use serde_json::{Value, json};

use super::sweeps::{SweepArgs, nothing};
use super::{opened, told_of};
use crate::Fault;

/// A sweep that comes later than so many usual revisits leaves a hole.
const HOLE_REVISITS: f64 = 2.5;
/// Probability that noise alone makes a channel look busy in one sweep.
const FALSE_ALARM: f64 = 1e-4;

#[derive(Args, Debug)]
pub struct OccupancyArgs {
    /// A table of `rtl_power` or `hackrf_sweep` / 扫频表
    file: PathBuf,
    /// A table `name,centre_hz,width_hz`, or FIRST:LAST:STEP[:WIDTH] in Hz / 信道表或栅格
    #[arg(long)]
    channels: String,
    #[command(flatten)]
    sweeps: SweepArgs,
    /// A channel is in use from so many dB over the floor / 高出底噪多少分贝算占用
    #[arg(long, value_name = "DB", default_value_t = 5.0, conflicts_with = "signal")]
    over: f64,
    /// Or from this level of a whole signal, in the dB of the table / 或以整个信号的电平为门限
    #[arg(long, value_name = "DB", allow_hyphen_values = true)]
    signal: Option<f64>,
    /// The noise in one bin, where it is known, in the dB of the table / 已知的底噪
    #[arg(long, value_name = "DB", allow_hyphen_values = true)]
    floor: Option<f64>,
    /// A sweep stands for at most so many seconds; 2.5 usual revisits where it is not said / 超过多少秒算空缺
    #[arg(long, value_name = "SECONDS")]
    hole: Option<f64>,
    /// The shortest time on or off of the service, in seconds, where it is known / 业务最短的发射或静默时间
    #[arg(long, value_name = "SECONDS")]
    shortest: Option<f64>,
    #[arg(long)]
    json: bool,
}

pub fn run(args: &OccupancyArgs) -> Result<ExitCode, Fault> {
    let channels = plan(&args.channels)?;
    let settings = settings(args)?;
    let mut meter = Meter::new(channels, settings)?;
    let mut unusable = 0_u64;
    let complaints = args.sweeps.each(&args.file, true, &mut |sweep| {
        if let Err(fault) = meter.push(&sweep) {
            unusable += 1;
            if unusable == 1 {
                eprintln!("guiju: {}: {fault}", args.file.display());
            }
        }
        Ok(())
    })?;
    let told = meter.finish();
    if told.sweeps == 0 {
        return Err(nothing(&args.file));
    }
    if args.json {
        println!("{}", as_json(&told, &settings));
    } else {
        as_text(&told);
    }
    // What was left out was told on standard error; a script sees it by the status.
    Ok(if complaints + unusable > 0 { ExitCode::from(2) } else { ExitCode::SUCCESS })
}

/// Reads the plan: a raster where it is numbers with colons, otherwise a file.
fn plan(text: &str) -> Result<Vec<Channel>, Fault> {
    let numbers: Vec<Option<f64>> = text.split(':').map(|part| part.trim().parse().ok()).collect();
    let told = |complaint| told_of(Path::new("--channels"), complaint);
    match numbers.as_slice() {
        [Some(first), Some(last), Some(step)] => raster(*first, *last, *step, *step).map_err(told),
        [Some(first), Some(last), Some(step), Some(width)] => raster(*first, *last, *step, *width).map_err(told),
        _ => {
            let file = Path::new(text);
            channels_csv(BufReader::new(opened(file)?)).map_err(|complaint| told_of(file, complaint))
        }
    }
}

fn settings(args: &OccupancyArgs) -> Result<Settings, Fault> {
    let ns = |seconds: f64| (seconds * 1e9) as i64;
    let revisit_most_ns = match args.hole {
        Some(seconds) => ns(seconds),
        None => {
            let mut starts = Vec::new();
            args.sweeps.each(&args.file, false, &mut |sweep| {
                starts.extend(sweep.when.map(|when| when.from_ns()));
                Ok(())
            })?;
            // A single sweep stands for its own measurement, whatever this is.
            usual_revisit_ns(&starts).map_or(1, |usual| (usual as f64 * HOLE_REVISITS) as i64)
        }
    };
    Ok(Settings {
        floor: args.floor.map_or(Floor::Each(FloorMethod::LowestFifth), Floor::Known),
        looks: args.sweeps.looks(&args.file)?,
        threshold: args.signal.map_or(Threshold::OverFloor(args.over), Threshold::Signal),
        false_alarm: FALSE_ALARM,
        revisit_most_ns,
        zone_offset_ns: args.sweeps.zone_offset_ns(),
        shortest_ns: args.shortest.map(ns),
    })
}

fn as_json(told: &Occupancy, settings: &Settings) -> Value {
    json!({ "settings": settings, "occupancy": told })
}

fn percent(share: Option<f64>) -> String {
    share.map_or("—".to_owned(), |share| format!("{:.1} %", share * 100.0))
}

fn hours(share: Share) -> f64 {
    share.observed_ns as f64 / 3.6e12
}

fn as_text(told: &Occupancy) {
    let (band, resource, sweeps) = (percent(told.band), percent(told.resource), told.sweeps);
    println!(
        "{sweeps} 次扫描，频段占用度 {band}，资源占用度 {resource} / {sweeps} sweeps, band occupancy {band}, resource occupancy {resource}"
    );
    for one in &told.channels {
        let interval = one
            .sampling
            .interval
            .map_or(String::new(), |span| format!("  [{:.1}, {:.1}]", span.low * 100.0, span.high * 100.0));
        let mark = if one.share.observed_ns == 0 {
            "  未观测 / not observed"
        } else if one.statistical_only {
            "  重访过慢，仅有统计意义 / revisit too slow: statistical only"
        } else if one.sampling.enough || one.sampling.needed.is_none() {
            ""
        } else {
            "  样本不足 / too few samples"
        };
        println!(
            "{:<16} {:>8}{interval}  {:.2} h{mark}",
            one.channel.name,
            percent(one.share.occupancy()),
            hours(one.share)
        );
    }
}
