//! Which cells on the air behave like pseudo base stations? Broadcast parameters that a scanner logged, judged by rules that each
//! carry a version, a source and a threshold, against the list of licensed cells.
//!
//! Only what every cell sends to everybody is looked at: no user's session, no message. An alarm is a lead for officers, never a
//! finding of fact; each says which rules fired, on what.

mod fault;
mod judge;
mod read;
mod rules;
mod scene;

pub use fault::Fault;
pub use judge::{Alarm, Reason, judge};
pub use read::{read_csv, read_json, read_licensed};
pub use rules::{RULES, Rule, Settings};

use serde::{Deserialize, Serialize};

/// Kind of network.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Technology {
    /// Second generation.
    Gsm,
    /// Fourth generation.
    Lte,
}

/// What a cell says it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Identity {
    /// Kind of network.
    pub technology: Technology,
    /// Mobile country code.
    pub mcc: u16,
    /// Mobile network code.
    pub mnc: u16,
    /// Location area code or tracking area code.
    pub area: u32,
    /// Cell identity.
    pub cell: u32,
}

/// One cell as one scanner heard it once. What the scanner did not tell is `None`, and no rule fires on it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Record {
    /// When, in ns since 1970 in UTC.
    #[serde(skip)]
    pub time_ns: i64,
    /// Which scanner.
    pub station: String,
    /// Latitude of the scanner in degrees.
    pub latitude: f64,
    /// Longitude of the scanner in degrees.
    pub longitude: f64,
    /// What the cell says it is.
    #[serde(flatten)]
    pub identity: Identity,
    /// Channel number (ARFCN or EARFCN).
    pub carrier: u32,
    /// Colour code or physical cell identity.
    pub physical: u16,
    /// Level in dBm of a calibrated scanner.
    pub level_dbm: Option<f64>,
    /// Channel numbers of the neighbours that the cell announces.
    pub neighbours: Option<Vec<u32>>,
    /// Offset in dB by which the cell asks to be preferred.
    pub reselect_offset_db: Option<f64>,
    /// Timer T3212 in tenths of an hour; 0 means that phones need not report.
    pub update_timer: Option<u16>,
    /// Blocks reserved for granting access (BS_AG_BLKS_RES).
    pub access_blocks: Option<u8>,
    /// Whether the control channel is combined.
    pub combined: Option<bool>,
    /// Multiframes between pagings (BS_PA_MFRMS).
    pub paging_multiframes: Option<u8>,
    /// How many kinds of system information the cell schedules.
    pub system_blocks: Option<u8>,
    /// Whether the cell sends phones to older networks first.
    pub prefers_older: Option<bool>,
}

/// A cell on the list of licensed cells.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Licensed {
    /// What it says it is.
    #[serde(flatten)]
    pub identity: Identity,
    /// Latitude in degrees.
    pub latitude: f64,
    /// Longitude in degrees.
    pub longitude: f64,
}

/// Distance in km between two places in degrees, on a sphere.
fn distance_km(a: (f64, f64), b: (f64, f64)) -> f64 {
    const EARTH_KM: f64 = 6371.0;
    let (north, east) = ((b.0 - a.0).to_radians() / 2.0, (b.1 - a.1).to_radians() / 2.0);
    let narrow = a.0.to_radians().cos() * b.0.to_radians().cos();
    let half = (north.sin().powi(2) + narrow * east.sin().powi(2)).sqrt();
    2.0 * EARTH_KM * half.min(1.0).asin()
}
