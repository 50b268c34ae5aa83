//! A recording of samples, opened: SigMF, WAV, or bare samples of which the command line tells the rest.

use std::fs::File;
use std::io::BufReader;
use std::path::PathBuf;

use clap::{Args, ValueEnum};
use guiju_spectrum::read::Clock;
use guiju_spectrum::read::iq::{Blocks, Capture, Encoding, Sigmf, SigmfOptions, raw, wav};

use super::{opened, told_of};
use crate::Fault;

#[derive(Args, Debug)]
pub struct RecordingArgs {
    /// A `.sigmf-meta`, a `.wav`, or bare interleaved samples / 录制文件
    pub file: PathBuf,
    /// How bare samples are stored / 裸采样的存储格式
    #[arg(long)]
    pub format: Option<Format>,
    /// Samples a second, where the file does not say it / 采样率（赫兹）
    #[arg(long, value_name = "HZ")]
    pub rate: Option<f64>,
    /// Centre frequency, where the file does not say it / 中心频率（赫兹）
    #[arg(long, value_name = "HZ")]
    pub centre: Option<f64>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum Format {
    Cu8,
    Ci8,
    Ci16,
    Cf32,
}

impl RecordingArgs {
    /// Opens the recording; what is wrong is told with its file.
    pub fn open(&self) -> Result<Blocks<BufReader<File>>, Fault> {
        let told = |complaint| told_of(&self.file, complaint);
        match self.file.extension().and_then(|name| name.to_str()) {
            Some("sigmf-meta") => {
                let options = SigmfOptions { sample_rate_hz: self.rate, clock: Clock::beijing() };
                let recording = Sigmf::open(&self.file, &options).and_then(|recording| recording.blocks());
                recording.map_err(told)
            }
            Some("wav") => wav(opened(&self.file)?, &Clock::beijing()).map_err(told),
            _ => self.bare(),
        }
    }

    fn bare(&self) -> Result<Blocks<BufReader<File>>, Fault> {
        let (Some(format), Some(rate)) = (self.format, self.rate) else {
            let (zh, en) = (
                "裸采样须用 --format 和 --rate 说明格式和采样率",
                "say with --format and --rate what the bare samples are",
            );
            return Err(format!("{}: {zh} / {en}", self.file.display()).into());
        };
        let encoding = match format {
            Format::Cu8 => Encoding::CU8,
            Format::Ci8 => Encoding::CI8,
            Format::Ci16 => Encoding::CI16_LE,
            Format::Cf32 => Encoding::CF32_LE,
        };
        raw(opened(&self.file)?, encoding, rate, Capture::default()).map_err(|complaint| told_of(&self.file, complaint))
    }

    /// The one centre of all captures, in Hz, 0 where nothing tells it. Captures at several frequencies have no spectrum in common.
    pub fn one_centre(&self, captures: &[(u64, Capture)]) -> Result<f64, Fault> {
        let centre = |capture: &Capture| capture.centre_hz.or(self.centre).unwrap_or(0.0);
        let first = captures.first().map_or(0.0, |(_, capture)| centre(capture));
        if captures.iter().any(|(_, capture)| (centre(capture) - first).abs() > 0.0) {
            let (zh, en) =
                ("录制中有几个中心频率，请分段测量", "the recording has several centre frequencies; measure its parts");
            return Err(format!("{}: {zh} / {en}", self.file.display()).into());
        }
        Ok(first)
    }
}
