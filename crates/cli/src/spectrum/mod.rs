//! `guiju spectrum`: recordings of radio receivers, measured. Parameters of signals only, never what is said.

mod psd;
mod scan;

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
    /// The signals of a recording of sweeps: when each was on / 频谱扫描记录中的信号
    Scan(scan::ScanArgs),
    /// The same signals against a register of assignments, scored / 与频率指配比对并评分
    Match(scan::MatchArgs),
}

pub fn run(args: &SpectrumArgs) -> Result<ExitCode, Fault> {
    match &args.what {
        What::Psd(args) => psd::run(args),
        What::Scan(args) => scan::run(args),
        What::Match(args) => scan::match_with(args),
    }
}
