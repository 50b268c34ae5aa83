//! `guiju spectrum`: recordings of radio receivers, measured. Parameters of signals only, never what is said.

mod occupancy;
mod psd;
mod recording;
mod scan;
mod sweeps;

use std::process::ExitCode;

use clap::{Args, Subcommand};

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
    /// What transmits, since when, on which schedule, and what may be the receiver's own / 有哪些发射、时间规律及疑似自生信号
    Scan(scan::ScanArgs),
    /// How much of the time each channel is in use / 各信道占用度
    Occupancy(occupancy::OccupancyArgs),
}

pub fn run(args: &SpectrumArgs) -> Result<ExitCode, Fault> {
    match &args.what {
        What::Psd(args) => psd::run(args),
        What::Scan(args) => scan::run(args),
        What::Occupancy(args) => occupancy::run(args),
    }
}
