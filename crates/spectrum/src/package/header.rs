//! The header of a package: who measured what, when, how and with which software.

use serde::{Deserialize, Serialize};

use crate::complaint::{Complaint, Place};

/// The version of the format that this program writes.
pub const VERSION: u32 = 1;
/// A day, in ns.
const DAY_NS: i64 = 86_400_000_000_000;
/// Local midnight lies this much before midnight UTC: China Standard Time, in ns.
const ZONE_NS: i64 = 8 * 3_600_000_000_000;
/// 2000-01-01 UTC: an earlier clock was never set.
const EARLIEST_NS: i64 = 946_684_800_000_000_000;
/// The most bins of a sweep.
const BINS_MOST: u32 = 1 << 20;
/// The most measurements of a package: one each 10 ms of a day.
const MEASUREMENTS_MOST: u64 = 8_640_000;

/// What a package holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Content {
    /// Levels by time and frequency.
    Sweeps,
    /// What cells broadcast about themselves.
    Cells,
}

/// How the station's clock was compared with another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClockCheck {
    /// Against the server at the last exchange.
    Server,
    /// By the station's own time service.
    Ntp,
    /// Not at all.
    Unchecked,
}

/// The header; its JSON bytes are what the station's key signs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Header {
    /// Version of the format: 1.
    pub version: u32,
    /// The station, as the register of stations has it.
    pub station: String,
    /// The station's own number of the package, from 1 without gaps, so that a lost one is noticed.
    pub sequence: u64,
    /// The receiver, as the register has it.
    pub receiver: String,
    /// What it was watching for: a task of the pack.
    pub task: String,
    /// The plan that asked for it; empty where none did.
    pub plan: String,
    /// What it holds.
    pub content: Content,
    /// Where it begins, in ns since 1970 UTC, inclusive.
    pub from_ns: i64,
    /// Where it ends, exclusive; on the same day (UTC+8) as its beginning, or the midnight that ends it.
    pub until_ns: i64,
    /// From the beginning of one measurement to that of the next, in ns.
    pub revisit_ns: i64,
    /// Lower edge of the lowest bin, in Hz; 0 for cells.
    pub low_hz: f64,
    /// Width of a bin, in Hz; 0 for cells.
    pub bin_hz: f64,
    /// Bins of each sweep; 0 for cells.
    pub bins: u32,
    /// Sweeps, or scans.
    pub measurements: u64,
    /// The dated calibration by which levels are dBm; without one they are relative dB.
    pub calibration: Option<String>,
    /// By how much the station's clock is ahead of the other, in ns; the times in the package are the station's own.
    pub clock_offset_ns: Option<i64>,
    /// What the offset rests on.
    pub clock_check: ClockCheck,
    /// Name and version of the software that measured.
    pub software: String,
    /// Bytes of the payload before compression.
    pub raw_bytes: u64,
    /// Bytes of the payload.
    pub payload_bytes: u64,
    /// SHA-256 of the payload, in lower-case hex.
    pub payload_sha256: String,
}

impl Header {
    /// The unit of its levels, as pages and records name it.
    #[must_use]
    pub fn unit(&self) -> &'static str {
        if self.calibration.is_some() { "dBm" } else { "dB (relative)" }
    }

    /// The end of the highest bin, in Hz, exclusive.
    #[must_use]
    pub fn high_hz(&self) -> f64 {
        self.low_hz + self.bin_hz * f64::from(self.bins)
    }

    /// Whether what it says is possible.
    ///
    /// # Errors
    /// The first field that cannot be.
    pub fn check(&self) -> Result<(), Complaint> {
        let no = |field: &str, zh: &str, en: &str| Err(Complaint::stopped(Place::Field(field.to_owned()), zh, en));
        if self.version != VERSION {
            return no(
                "version",
                "不认识的格式版本，请更新软件",
                "an unknown version of the format; update the software",
            );
        }
        for (field, text, most) in
            [("station", &self.station, 24), ("receiver", &self.receiver, 24), ("task", &self.task, 40)]
        {
            if text.is_empty() || text.len() > most || text.contains(['/', '\n', '\0']) {
                return no(
                    field,
                    "为空、过长或者含有不允许的字符",
                    "is empty, too long, or holds a sign that is not allowed",
                );
            }
        }
        if self.plan.len() > 80 || self.software.len() > 60 || self.calibration.as_ref().is_some_and(|id| id.len() > 80)
        {
            return no("software", "文字过长", "a text is too long");
        }
        if self.sequence == 0 || self.sequence > 99_999_999 {
            return no("sequence", "序号须从1开始，最多八位", "numbers begin with 1 and have eight digits at most");
        }
        self.check_times()?;
        if self.measurements > MEASUREMENTS_MOST {
            return no("measurements", "测量次数过多", "too many measurements");
        }
        let band = self.low_hz.is_finite() && self.bin_hz.is_finite() && self.low_hz >= 0.0;
        match self.content {
            Content::Sweeps
                if !band || self.bin_hz <= 0.0 || self.bins == 0 || self.bins > BINS_MOST || self.high_hz() > 3e11 =>
            {
                no(
                    "bins",
                    "频段不成立，请核对起点、间隔和点数",
                    "there is no such band; check its beginning, the width and number of its bins",
                )
            }
            Content::Cells if self.bins != 0 || self.low_hz != 0.0 || self.bin_hz != 0.0 => {
                no("bins", "小区扫描没有频段", "a scan of cells has no band")
            }
            _ => Ok(()),
        }
    }

    fn check_times(&self) -> Result<(), Complaint> {
        let no = |field: &str, zh: &str, en: &str| Err(Complaint::stopped(Place::Field(field.to_owned()), zh, en));
        if self.from_ns < EARLIEST_NS {
            return no("from_ns", "时间过早，站钟没有校准", "the time is too early: the station's clock was never set");
        }
        if self.until_ns <= self.from_ns {
            return no("until_ns", "结束不晚于开始", "it ends before it begins");
        }
        let day = |ns: i64| ns.saturating_add(ZONE_NS).div_euclid(DAY_NS);
        if day(self.from_ns) != day(self.until_ns - 1) {
            return no("until_ns", "一个数据包不得跨日（北京时间）", "a package does not run over midnight (UTC+8)");
        }
        if !(1..=DAY_NS).contains(&self.revisit_ns) {
            return no(
                "revisit_ns",
                "重访时间须大于零、不超过一天",
                "the revisit time is more than nothing and at most a day",
            );
        }
        Ok(())
    }
}
