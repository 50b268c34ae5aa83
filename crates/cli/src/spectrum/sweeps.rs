//! A table of sweeps, opened: `rtl_power` or `hackrf_sweep`, told apart by their times (the first writes whole seconds).

use std::io::{BufRead, Read};
use std::path::Path;

use clap::{Args, ValueEnum};
use guiju_spectrum::complaint::Complaint;
use guiju_spectrum::read::Clock;
use guiju_spectrum::read::sweep::{Options, Sweep, hackrf_binary, hackrf_csv, rtl_power};
use jiff::tz::{Offset, TimeZone};

use super::{opened, told_of};
use crate::Fault;

/// So many complaints about one file are told in full; the rest are counted.
const TOLD_MOST: u64 = 20;

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Kind {
    RtlPower,
    Hackrf,
    HackrfBinary,
}

/// What tables of sweeps do not say of themselves.
#[derive(Args, Debug)]
pub struct SweepArgs {
    /// Which program wrote the table; found out where it is not said / 表的来源程序
    #[arg(long)]
    pub kind: Option<Kind>,
    /// Hours that the receiver's clock was ahead of UTC / 接收机时钟比协调世界时快几小时
    #[arg(long, default_value_t = 8, allow_hyphen_values = true, value_parser = clap::value_parser!(i8).range(-14..=14))]
    pub zone: i8,
    /// Seconds that each row was integrated before its stamp (`rtl_power -i`) / 积分时间（秒）
    #[arg(long, value_name = "SECONDS")]
    pub integration: Option<u32>,
    /// Averages that each level is; 64 for `rtl_power`, 1 for `hackrf_sweep` where it is not said / 每个电平的平均次数
    #[arg(long)]
    pub looks: Option<f64>,
}

impl SweepArgs {
    /// What local time is ahead of UTC, in ns.
    pub fn zone_offset_ns(&self) -> i64 {
        i64::from(self.zone) * 3_600_000_000_000
    }

    /// Averages that each level of the file is.
    pub fn looks(&self, file: &Path) -> Result<f64, Fault> {
        let usual = if self.kind_of(file)? == Kind::RtlPower { 64.0 } else { 1.0 };
        Ok(self.looks.unwrap_or(usual))
    }

    fn kind_of(&self, file: &Path) -> Result<Kind, Fault> {
        if let Some(kind) = self.kind {
            return Ok(kind);
        }
        let mut head = Vec::new();
        let input = opened(file)?;
        input.take(64).read_to_end(&mut head)?;
        let text = String::from_utf8_lossy(&head);
        let time = text.split(',').nth(1);
        Ok(match time {
            Some(time) if time.contains('.') => Kind::Hackrf,
            Some(_) => Kind::RtlPower,
            None => Kind::HackrfBinary,
        })
    }

    /// Hands out each sweep of a file; says how many complaints there were. Each is told on standard error, if `aloud`.
    pub fn each(
        &self,
        file: &Path,
        aloud: bool,
        sink: &mut dyn FnMut(Sweep) -> Result<(), Fault>,
    ) -> Result<u64, Fault> {
        let zone: TimeZone = Offset::constant(self.zone).to_time_zone();
        let integration_ns = self.integration.map(|seconds| i64::from(seconds) * 1_000_000_000);
        let options = Options { integration_ns, ..Options::new(Clock::new(zone)) };
        let input = opened(file)?;
        match self.kind_of(file)? {
            Kind::RtlPower => drain(file, aloud, rtl_power(input, options), sink),
            Kind::Hackrf => drain(file, aloud, hackrf_csv(input, options), sink),
            Kind::HackrfBinary => drain(file, aloud, hackrf_binary(input), sink),
        }
    }
}

fn drain(
    file: &Path,
    aloud: bool,
    sweeps: impl Iterator<Item = Result<Sweep, Complaint>>,
    sink: &mut dyn FnMut(Sweep) -> Result<(), Fault>,
) -> Result<u64, Fault> {
    let mut complaints = 0;
    for sweep in sweeps {
        match sweep {
            Ok(sweep) => sink(sweep)?,
            Err(told) => {
                complaints += 1;
                if aloud && complaints <= TOLD_MOST {
                    eprintln!("guiju: {}", told_of(file, told));
                }
            }
        }
    }
    if aloud && complaints > TOLD_MOST {
        let more = complaints - TOLD_MOST;
        eprintln!("guiju: {}: 另有 {more} 处 / {more} more", file.display());
    }
    Ok(complaints)
}

/// Whether the file begins as a table of sweeps does: with a date.
pub fn is_table(file: &Path) -> Result<bool, Fault> {
    let mut line = Vec::new();
    opened(file)?.take(512).read_until(b'\n', &mut line)?;
    let date = line.get(..10).unwrap_or_default();
    let digits = date
        .iter()
        .enumerate()
        .all(|(at, byte)| if at == 4 || at == 7 { *byte == b'-' } else { byte.is_ascii_digit() });
    Ok(date.len() == 10 && digits)
}

/// No sweep came of a file.
pub fn nothing(file: &Path) -> Fault {
    let (zh, en) = ("没有可用的扫描，请检查文件", "there is no usable sweep in it; check the file");
    format!("{}: {zh} / {en}", file.display()).into()
}
