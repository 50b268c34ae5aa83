//! The radio part of a plan: stations, what transmits, and who watches what when.

use jiff::civil::Date;
use serde::Deserialize;
use serde::de::{Deserializer, Error as _};

use crate::days::{DAY, HOUR, MINUTE};

/// What the monitoring of a year looks like.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Radio {
    #[serde(default)]
    pub stations: Vec<Site>,
    #[serde(default)]
    pub emitters: Vec<Emitter>,
    /// Licensed cells that the scanners hear.
    #[serde(default)]
    pub cells: Vec<Cell>,
    #[serde(default)]
    pub watches: Vec<Watch>,
    /// Times in which a receiver measured nothing: a power cut, a broken line.
    #[serde(default)]
    pub outages: Vec<Outage>,
}

/// A station and where its antenna stands.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Site {
    pub station: String,
    pub name: String,
    pub receivers: Vec<String>,
    /// Degrees, WGS 84.
    pub latitude: f64,
    pub longitude: f64,
    pub height_m: u32,
}

/// Something that transmits.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Emitter {
    /// With an assignment it stands on the register of assignments, under this id.
    #[serde(default)]
    pub assignment: Option<String>,
    pub name: String,
    pub frequency_hz: i64,
    pub bandwidth_hz: i64,
    pub latitude: f64,
    pub longitude: f64,
    pub erp_w: u32,
    pub height_m: u32,
    /// A service of the register of assignments.
    #[serde(default = "broadcasting")]
    pub service: String,
    /// How far its centre may be off, as assigned.
    #[serde(default = "tolerance")]
    pub tolerance_hz: i64,
    /// By how much it swings to both sides over a day.
    #[serde(default)]
    pub drift_hz: i64,
    /// When it is on; always where nothing is said.
    #[serde(default)]
    pub hours: Vec<Hours>,
    /// The days on which it is there (half-open).
    #[serde(default)]
    pub from: Option<Date>,
    #[serde(default)]
    pub until: Option<Date>,
}

/// A cell of a public network, as scanners hear it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cell {
    pub mnc: u32,
    pub area: u32,
    pub cell: u32,
    pub carrier: u32,
    pub physical: u32,
    pub neighbours: Vec<u32>,
    /// A pseudo base station: on no list, its area code changing, nobody's neighbour; heard by one station on these days only.
    #[serde(default)]
    pub pseudo: Option<Pseudo>,
}

/// Where and when a pseudo base station is heard.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pseudo {
    pub station: String,
    /// Days, half-open.
    pub from: Date,
    pub until: Date,
    pub hours: Hours,
}

/// A receiver that watches a band, or scans cells, day after day.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Watch {
    pub station: String,
    pub receiver: String,
    /// One of the tasks of the register of packages.
    pub task: String,
    /// The band; without one the receiver scans cells.
    #[serde(default)]
    pub band: Option<Band>,
    /// From one measurement to the next.
    pub revisit_minutes: u32,
    /// Days (half-open).
    pub from: Date,
    pub until: Date,
    /// Hours of a day; all of it where nothing is said. None runs over midnight.
    #[serde(default)]
    pub hours: Vec<Hours>,
}

/// A band in bins of one width.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Band {
    pub low_hz: i64,
    pub bin_hz: i64,
    pub bins: usize,
}

/// A receiver without data, half-open, by the hour.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Outage {
    pub station: String,
    pub receiver: String,
    pub day: Date,
    pub hours: Hours,
}

/// Times of day in ms, half-open: `19:00-24:00`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hours {
    pub from: i64,
    pub until: i64,
}

fn broadcasting() -> String {
    "broadcasting".to_owned()
}

/// 2 kHz, as for broadcasting stations.
fn tolerance() -> i64 {
    2_000
}

impl<'de> Deserialize<'de> for Hours {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Hours, D::Error> {
        let text = String::deserialize(deserializer)?;
        let both = text.split_once('-').and_then(|(from, until)| Some((time(from)?, time(until)?)));
        let (from, until) = both.ok_or_else(|| {
            D::Error::custom(format!("`{text}`：应写成 19:00-24:00 / write times of day as in 19:00-24:00"))
        })?;
        Ok(Hours { from, until })
    }
}

fn time(text: &str) -> Option<i64> {
    let (hours, minutes) = text.trim().split_once(':')?;
    let (hours, minutes): (i64, i64) = (hours.parse().ok()?, minutes.parse().ok()?);
    let at = hours * HOUR + minutes * MINUTE;
    ((0..60).contains(&minutes) && (0..=DAY).contains(&at)).then_some(at)
}
