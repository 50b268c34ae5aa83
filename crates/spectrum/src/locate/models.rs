//! What should be measured if the transmitter stood at a point? Levels, bearings and arrival times.

use super::{Fault, Model, Point, Term};

/// Levels of a transmitter of unknown power: they fall by ten times the exponent per decade of distance.
#[derive(Clone, Debug)]
pub struct Levels {
    /// Receivers, levels in dB, and standard deviations in dB.
    pub readings: Vec<(Point, f64, f64)>,
    /// Path-loss exponent: 2 in free space, 3 to 4 in towns.
    pub exponent: f64,
}

/// Bearings taken at stations.
#[derive(Clone, Debug)]
pub struct Bearings {
    /// Stations, bearings in degrees clockwise from north, and standard deviations in degrees.
    pub readings: Vec<(Point, f64, f64)>,
}

/// Arrival times of one signal at stations with common time; only their differences say something, the time of sending is unknown.
///
/// Differences against one station enter as times with 0 for that station: fitting the unknown time of sending weighs them as the
/// covariance sigma^2 (I + 1 1^T) of such differences would.
#[derive(Clone, Debug)]
pub struct Arrivals {
    /// Stations, arrival times in ns, and standard deviations in ns.
    pub readings: Vec<(Point, f64, f64)>,
}

/// Metres that a wave travels in a nanosecond.
const METRES_PER_NS: f64 = 0.299_792_458;

fn offsets(at: Point, station: Point) -> (f64, f64, f64) {
    let (east, north) = (at.east_m - station.east_m, at.north_m - station.north_m);
    // Within a metre of a station direction and distance mean nothing.
    (east, north, east.hypot(north).max(1.0))
}

fn check(readings: &[(Point, f64, f64)]) -> Result<(), Fault> {
    if let Some(index) = readings.iter().position(|(at, value, _)| !at.is_finite() || !value.is_finite()) {
        return Err(Fault::NotANumber { index });
    }
    match readings.iter().position(|(_, _, sigma)| !(sigma.is_finite() && *sigma > 0.0)) {
        Some(index) => Err(Fault::Sigma { index }),
        None => Ok(()),
    }
}

impl Model for Levels {
    fn check(&self) -> Result<(), Fault> {
        check(&self.readings)
    }

    fn terms(&self, at: Point) -> Vec<Term> {
        let slope = -10.0 * self.exponent / std::f64::consts::LN_10;
        let term = |&(station, level, sigma): &(Point, f64, f64)| {
            let (east, north, distance) = offsets(at, station);
            let per_m2 = slope / (distance * distance) / sigma;
            Term {
                residual: (level - slope * distance.ln()) / sigma,
                gradient: [per_m2 * east, per_m2 * north],
                shared: 1.0 / sigma,
            }
        };
        self.readings.iter().map(term).collect()
    }
}

impl Model for Bearings {
    fn check(&self) -> Result<(), Fault> {
        check(&self.readings)
    }

    fn terms(&self, at: Point) -> Vec<Term> {
        let term = |&(station, bearing, sigma): &(Point, f64, f64)| {
            let (east, north, distance) = offsets(at, station);
            let off = bearing - east.atan2(north).to_degrees();
            let per_m2 = 1.0_f64.to_degrees() / (distance * distance) / sigma;
            Term {
                residual: ((off + 180.0).rem_euclid(360.0) - 180.0) / sigma,
                gradient: [north * per_m2, -east * per_m2],
                shared: 0.0,
            }
        };
        self.readings.iter().map(term).collect()
    }
}

impl Model for Arrivals {
    fn check(&self) -> Result<(), Fault> {
        check(&self.readings)
    }

    fn terms(&self, at: Point) -> Vec<Term> {
        let term = |&(station, time, sigma): &(Point, f64, f64)| {
            let (east, north, distance) = offsets(at, station);
            let per_m = 1.0 / (METRES_PER_NS * sigma);
            Term {
                residual: (time - distance / METRES_PER_NS) / sigma,
                gradient: [east / distance * per_m, north / distance * per_m],
                shared: 1.0 / sigma,
            }
        };
        self.readings.iter().map(term).collect()
    }
}
