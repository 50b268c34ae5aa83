//! `guiju spectrum`: recordings of radio receivers, measured. Parameters of signals only, never what is said.

mod cells;
mod emissions;
mod locate;
mod log;
mod matching;
mod occupancy;
mod psd;
mod recording;
mod scan;
mod sweeps;

use std::fs::File;
use std::io::BufReader;
use std::path::Path;
use std::process::ExitCode;

use clap::{Args, Subcommand};
use guiju_spectrum::complaint::Complaint;

use crate::Fault;

#[derive(Args, Debug)]
pub struct SpectrumArgs {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand, Debug)]
enum What {
    /// A recording's spectrum and what transmits in it / 录制文件的频谱和其中的发射
    Psd(psd::PsdArgs),
    /// What transmits, since when, and what of it may be the receiver's own / 有哪些发射，哪些疑似接收机自生
    Emissions(emissions::EmissionsArgs),
    /// How much of the time each channel is in use / 各信道占用度
    Occupancy(occupancy::OccupancyArgs),
    /// The signals of a recording of sweeps: when each was on, and with a register what each is / 频谱扫描记录中的信号
    Scan(scan::ScanArgs),
    /// Measured signals against a register of assignments / 信号与频率指配比对
    Match(matching::MatchArgs),
    /// Scans of cells against the rules for pseudo base stations / 小区扫描记录与伪基站规则
    Cells(cells::CellsArgs),
    /// Where a transmitter stands / 发射机定位
    Locate(locate::LocateArgs),
    /// Hours that a station's session log claims, by receiver and task / 台站会话日志所称的时数
    Log(log::LogArgs),
}

pub fn run(args: &SpectrumArgs) -> Result<ExitCode, Fault> {
    match &args.what {
        What::Psd(args) => psd::run(args),
        What::Emissions(args) => emissions::run(args),
        What::Occupancy(args) => occupancy::run(args),
        What::Scan(args) => scan::run(args),
        What::Match(args) => matching::run(args),
        What::Cells(args) => cells::run(args),
        What::Locate(args) => locate::run(args),
        What::Log(args) => log::run(args),
    }
}

/// A complaint about a file, in both languages and with its name.
fn told_of(file: &Path, told: Complaint) -> Fault {
    let told = if told.source.is_empty() { told.of(file.display().to_string()) } else { told };
    format!("{} / {told}", told.zh()).into()
}

fn opened(file: &Path) -> Result<BufReader<File>, Fault> {
    Ok(BufReader::new(File::open(file).map_err(|why| unread(file, &why))?))
}

fn text_of(file: &Path) -> Result<String, Fault> {
    std::fs::read_to_string(file).map_err(|why| unread(file, &why))
}

fn unread(file: &Path, why: &std::io::Error) -> Fault {
    format!("{}: 无法读取，请检查文件 / cannot be read; check the file: {why}", file.display()).into()
}
