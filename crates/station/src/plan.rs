//! The station's plan: which receiver watches what, when, and by which program.
//!
//! Refuses plans in which one receiver would measure two things at a time, and windows that are none.

use std::path::{Path, PathBuf};

use jiff::civil::{Date, Time};
use serde::Deserialize;

use crate::fault::Fault;

/// Local midnight lies this much before midnight UTC, in seconds.
const ZONE_SECONDS: i64 = 8 * 3_600;
const DAY_SECONDS: i64 = 86_400;

/// A plan, as its YAML file says it.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Plan {
    /// Its name, at most 80 bytes; goes into every package.
    pub plan: String,
    /// The longest time between two packages of one watch, in minutes.
    #[serde(default = "ten")]
    pub package_minutes: u32,
    /// When the disk has less room than this, in MiB, nothing more is measured into it: the room is kept for packing what is there.
    #[serde(default = "sixty_four")]
    pub reserve_mib: u64,
    /// A time service keeps the station's clock; said in packages when the server could not be asked.
    #[serde(default)]
    pub ntp: bool,
    /// What is watched.
    pub watches: Vec<Watch>,
}

/// One receiver on one task.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Watch {
    /// As the register has it.
    pub receiver: String,
    /// A task of the pack.
    pub task: String,
    /// From the beginning of one measurement to that of the next, in seconds.
    pub revisit_seconds: f64,
    /// The first day (UTC+8); every day up to `last_day` without it.
    #[serde(default)]
    pub first_day: Option<Date>,
    /// The last day, inclusive; without end otherwise.
    #[serde(default)]
    pub last_day: Option<Date>,
    /// Parts of each day; the whole day without any.
    #[serde(default)]
    pub windows: Vec<Window>,
    /// What measures.
    pub source: Source,
}

/// A part of each day in local time (UTC+8).
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Window {
    /// `08:00`, inclusive.
    pub from: String,
    /// `20:00` or `24:00`, exclusive.
    pub until: String,
}

/// What measures, and how it tells.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Source {
    /// A program that goes on writing sweeps as `rtl_power` does.
    RtlPower {
        command: Vec<String>,
        /// How long each row was integrated (`-i`), in seconds.
        #[serde(default)]
        integration_seconds: f64,
        /// In which zone the program stamps its rows, hours east of UTC.
        #[serde(default = "eight")]
        zone_hours: i8,
    },
    /// A program that goes on writing sweeps as `hackrf_sweep` does.
    Hackrf {
        command: Vec<String>,
        #[serde(default = "eight")]
        zone_hours: i8,
    },
    /// A program that scans cells once, writes rows as docs/formats/cell-scan.md has them, and ends.
    Cells { command: Vec<String> },
    /// A server of samples; one spectrum for each `sweep_seconds`.
    RtlTcp {
        address: String,
        centre_hz: u32,
        rate_hz: u32,
        bins: usize,
        sweep_seconds: f64,
        #[serde(default)]
        gain_tenth_db: Option<i32>,
        #[serde(default)]
        correction_ppm: i32,
    },
    /// A recording, taken in as if it were measured now, with its own times: for drills and tests.
    Replay {
        file: PathBuf,
        format: Format,
        #[serde(default)]
        integration_seconds: f64,
        #[serde(default = "eight")]
        zone_hours: i8,
    },
}

/// How a recording was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    /// CSV of `rtl_power`.
    RtlPower,
    /// CSV of `hackrf_sweep`.
    Hackrf,
    /// A log of cells.
    Cells,
}

fn ten() -> u32 {
    10
}

fn sixty_four() -> u64 {
    64
}

fn eight() -> i8 {
    8
}

impl Plan {
    /// Reads a plan.
    ///
    /// # Errors
    /// The place in the file, what is wrong there, and what to do.
    pub fn read(path: &Path) -> Result<Self, Fault> {
        let text = std::fs::read_to_string(path).map_err(|fault| Fault::file(path, &fault))?;
        Self::parse(&text, &path.display().to_string())
    }

    /// Reads a plan's text; `name` is that of its file.
    ///
    /// # Errors
    /// As [`Plan::read`].
    pub fn parse(text: &str, name: &str) -> Result<Self, Fault> {
        let plan: Self = serde_saphyr::from_str(text).map_err(|fault| {
            Fault::new(
                format!("`{name}`不是监测计划，请对照docs/operating.md修改：{fault}"),
                format!("`{name}` is no plan of a station; compare it with docs/operating.md: {fault}"),
            )
        })?;
        plan.check()
            .map_err(|fault| Fault::new(format!("`{name}`：{}", fault.zh), format!("`{name}`: {}", fault.en)))?;
        Ok(plan)
    }

    fn check(&self) -> Result<(), Fault> {
        if self.plan.len() > 80 || self.watches.is_empty() || !(1..=1440).contains(&self.package_minutes) {
            return Err(Fault::new(
                "`plan`最多80字节，`watches`至少一项，`package_minutes`在1至1440之间",
                "`plan` has at most 80 bytes, `watches` at least one, and `package_minutes` lies between 1 and 1440",
            ));
        }
        for (n, watch) in self.watches.iter().enumerate() {
            watch.check().map_err(|fault| {
                Fault::new(format!("watches[{n}]：{}", fault.zh), format!("watches[{n}]: {}", fault.en))
            })?;
            if let Some(other) = self.watches.iter().take(n).position(|other| watch.collides(other)) {
                let receiver = &watch.receiver;
                return Err(Fault::new(
                    format!("watches[{n}]与watches[{other}]让接收机`{receiver}`同时做两件事，请错开时段"),
                    format!(
                        "watches[{n}] and watches[{other}] ask two things of the receiver `{receiver}` at a time; part their windows"
                    ),
                ));
            }
        }
        Ok(())
    }
}

impl Watch {
    fn check(&self) -> Result<(), Fault> {
        let no = |zh: &str, en: &str| Err(Fault::new(zh, en));
        for (text, most) in [(&self.receiver, 24), (&self.task, 40)] {
            if text.is_empty() || text.len() > most || text.contains(['/', '\n', '\0']) {
                return no(
                    "`receiver`（最多24字节）和`task`（最多40字节）须填写，不含斜线",
                    "`receiver` (at most 24 bytes) and `task` (at most 40) must be given, without slashes",
                );
            }
        }
        if !(self.revisit_seconds > 0.0 && self.revisit_seconds <= DAY_SECONDS as f64) {
            return no(
                "`revisit_seconds`须大于0，不超过一天",
                "`revisit_seconds` must be more than 0 and at most a day",
            );
        }
        let mut parts = self.parts()?;
        parts.sort_unstable();
        if parts.windows(2).any(|pair| matches!(pair, [(_, until), (from, _)] if from < until)) {
            return no("`windows`互相重叠", "`windows` overlap");
        }
        match &self.source {
            Source::RtlPower { command, .. } | Source::Hackrf { command, .. } | Source::Cells { command }
                if command.is_empty() =>
            {
                no("`command`是空的", "`command` is empty")
            }
            Source::RtlPower { integration_seconds: seconds, .. }
            | Source::Replay { integration_seconds: seconds, .. }
                if !(0.0..=3600.0).contains(seconds) =>
            {
                no("`integration_seconds`在0至3600之间", "`integration_seconds` lies between 0 and 3600")
            }
            Source::RtlTcp { sweep_seconds, .. } if !(0.01..=3600.0).contains(sweep_seconds) => {
                no("`sweep_seconds`在0.01至3600之间", "`sweep_seconds` lies between 0.01 and 3600")
            }
            _ => Ok(()),
        }
    }

    /// Seconds of the local day, half-open.
    fn parts(&self) -> Result<Vec<(i64, i64)>, Fault> {
        if self.windows.is_empty() {
            return Ok(vec![(0, DAY_SECONDS)]);
        }
        self.windows.iter().map(Window::seconds).collect()
    }

    /// Whether one receiver would be asked for two things at a time.
    fn collides(&self, other: &Self) -> bool {
        let after = |a: &Self, b: &Self| matches!((a.first_day, b.last_day), (Some(first), Some(last)) if first > last);
        if self.receiver != other.receiver || after(self, other) || after(other, self) {
            return false;
        }
        let (ours, theirs) = (self.parts().unwrap_or_default(), other.parts().unwrap_or_default());
        ours.iter().any(|(from, until)| theirs.iter().any(|(start, end)| from < end && start < until))
    }

    /// When the window ends in which this moment lies, in seconds since 1970; `None` outside of all windows.
    pub(crate) fn open_until(&self, now_seconds: i64) -> Option<i64> {
        let local = now_seconds + ZONE_SECONDS;
        let (day, second) = (local.div_euclid(DAY_SECONDS), local.rem_euclid(DAY_SECONDS));
        let of_day = |date: Date| date.since(Date::constant(1970, 1, 1)).map(|span| i64::from(span.get_days())).ok();
        if self.first_day.and_then(of_day).is_some_and(|first| day < first)
            || self.last_day.and_then(of_day).is_some_and(|last| day > last)
        {
            return None;
        }
        let parts = self.parts().ok()?;
        let (_, until) = parts.into_iter().find(|(from, until)| (*from..*until).contains(&second))?;
        Some(day * DAY_SECONDS + until - ZONE_SECONDS)
    }

    /// The revisit time in ns.
    pub(crate) fn revisit_ns(&self) -> i64 {
        ns(self.revisit_seconds).max(1)
    }
}

impl Window {
    fn seconds(&self) -> Result<(i64, i64), Fault> {
        let second = |text: &str| -> Option<i64> {
            if text == "24:00" {
                return Some(DAY_SECONDS);
            }
            let time: Time = text.parse().ok()?;
            Some(i64::from(time.hour()) * 3_600 + i64::from(time.minute()) * 60 + i64::from(time.second()))
        };
        let both = second(&self.from).zip(second(&self.until)).filter(|(from, until)| from < until);
        both.ok_or_else(|| {
            let Self { from, until } = self;
            Fault::new(
                format!("时段`{from}`至`{until}`不成立，应如`08:00`至`24:00`；跨零点的请写成两段"),
                format!("the window `{from}` to `{until}` is none; write `08:00` to `24:00`, and two over midnight"),
            )
        })
    }
}

/// Seconds as ns; what is no number or too long is cut to what fits.
pub(crate) fn ns(seconds: f64) -> i64 {
    (seconds * 1e9).round() as i64
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAN: &str = "
plan: fm-2026
watches:
  - {receiver: FM-1, task: safeguard, revisit_seconds: 10, windows: [{from: '08:00', until: '12:00'}],
     source: {kind: rtl_power, command: [rtl_power, -i, '10'], integration_seconds: 10}}
  - {receiver: FM-1, task: black_broadcast, revisit_seconds: 60, windows: [{from: '12:00', until: '24:00'}], last_day: 2026-11-30,
     source: {kind: cells, command: [scan]}}
";

    #[test]
    fn a_plan_opens_its_windows_in_local_time_up_to_its_last_day() {
        let plan = Plan::parse(PLAN, "a.yaml").unwrap();
        let at = |text: &str| text.parse::<jiff::Timestamp>().unwrap().as_second();
        let [first, second] = plan.watches.as_slice() else { panic!() };
        assert_eq!(first.open_until(at("2026-11-28T00:00:00Z")), Some(at("2026-11-28T04:00:00Z")));
        assert_eq!(first.open_until(at("2026-11-28T04:00:00Z")), None);
        assert_eq!(second.open_until(at("2026-11-30T15:59:59Z")), Some(at("2026-11-30T16:00:00Z")));
        assert_eq!(second.open_until(at("2026-12-01T05:00:00Z")), None);
    }

    #[test]
    fn one_receiver_never_does_two_things_at_a_time() {
        let fault = Plan::parse(&PLAN.replace("from: '12:00'", "from: '11:59'"), "a.yaml").unwrap_err();
        assert!(fault.en.contains("`a.yaml`") && fault.en.contains("FM-1") && fault.zh.contains("同时"), "{fault}");
        assert!(Plan::parse(&PLAN.replace("until: '12:00'", "until: '07:00'"), "a.yaml").is_err());
        assert!(Plan::parse(&PLAN.replace("revisit_seconds: 10,", "revisit_seconds: 0,"), "a.yaml").is_err());
        assert!(Plan::parse(&PLAN.replace("plan: fm-2026", "plan: fm-2026\nwhat: 1"), "a.yaml").is_err());
    }
}
