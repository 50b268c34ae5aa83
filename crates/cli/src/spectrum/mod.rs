//! `guiju spectrum`: recordings of radio receivers, measured. Parameters of signals only, never what is said.

mod log;
mod psd;

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
    /// Hours that a station's session log claims, by receiver and task / 台站会话日志所称的时数
    Log(log::LogArgs),
}

pub fn run(args: &SpectrumArgs) -> Result<ExitCode, Fault> {
    match &args.what {
        What::Psd(args) => psd::run(args),
        What::Log(args) => log::run(args),
    }
}
