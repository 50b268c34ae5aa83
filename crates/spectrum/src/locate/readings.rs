//! Which readings say something? Receivers write -101, -1 or minus infinity for "none", and (0, 0) for "no position".

use super::Point;

/// A level that one receiver measured.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Reading {
    /// Which receiver, by its place in the list of receivers.
    pub receiver: usize,
    /// Level in dB.
    pub level_db: f64,
    /// Latitude and longitude in degrees of a receiver that moves or knows where it stands.
    pub degrees: Option<(f64, f64)>,
}

/// Readings of one moment, with the known place of the transmitter (a drive that calibrates).
#[derive(Clone, Debug)]
pub struct Sample {
    /// Where the transmitter stood.
    pub at: Point,
    /// What was measured; kept readings only ([`kept`]).
    pub readings: Vec<(Reading, Option<Point>)>,
}

/// How many readings were dropped, and why. The counts go into the evidence.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Dropped {
    /// Levels that mean "none": -101 and below, -1, NaN and infinities.
    pub no_level: usize,
    /// Positions that mean "not known": (0, 0), (-1, -1) and what is no place on earth.
    pub no_position: usize,
}

impl Dropped {
    /// All of them.
    #[must_use]
    pub const fn total(&self) -> usize {
        self.no_level + self.no_position
    }
}

/// At this level and below the recordings mean "nothing received".
const NONE_DB: f64 = -101.0;
/// The other mark for "nothing received".
const MISSING_DB: f64 = -1.0;

pub(super) fn says_level(level_db: f64) -> bool {
    level_db.is_finite() && level_db > NONE_DB && (level_db - MISSING_DB).abs() > f64::EPSILON
}

pub(super) fn is_place((latitude, longitude): (f64, f64)) -> bool {
    let on_earth = (-90.0..=90.0).contains(&latitude) && (-180.0..=180.0).contains(&longitude);
    let marks_nothing = [0.0, -1.0].iter().any(|mark| {
        let near = |value: f64| (value - mark).abs() < 1e-9;
        near(latitude) && near(longitude)
    });
    on_earth && !marks_nothing
}

/// Keeps the readings that say something, and counts the others in `dropped`.
pub fn kept(readings: impl IntoIterator<Item = Reading>, dropped: &mut Dropped) -> Vec<Reading> {
    let mut keep = |reading: &Reading| {
        let (level, place) = (says_level(reading.level_db), reading.degrees.is_none_or(is_place));
        if !level {
            dropped.no_level += 1;
        } else if !place {
            dropped.no_position += 1;
        }
        level && place
    };
    readings.into_iter().filter(|reading| keep(reading)).collect()
}
