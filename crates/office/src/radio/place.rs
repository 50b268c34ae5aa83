//! Where may it stand? Levels at three or more stations become a point with its 95 % ellipse; fewer say nothing.
//!
//! The power of the transmitter is unknown and fitted with the place. What comes out is a hint for the measuring car, and is said to be.

use guiju_spectrum::locate::{Area, Levels, Plane, Point, locate};
use serde::Serialize;

use crate::radio_rules::LocatingRules;

/// Stations that are needed: two coordinates and the power are unknown.
pub(super) const STATIONS_LEAST: usize = 3;

/// A station on the map.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct StationPoint {
    pub station: String,
    pub name: String,
    pub latitude: f64,
    pub longitude: f64,
}

/// An estimated place.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Located {
    pub latitude: f64,
    pub longitude: f64,
    /// Semi-axes of the 95 % ellipse, in metres, and the bearing of the longer one in degrees clockwise from north.
    pub major_m: f64,
    pub minor_m: f64,
    pub bearing_deg: f64,
    /// At the edge of the search area: it may stand beyond.
    pub at_edge: bool,
    /// Other places that the levels fit nearly as well.
    pub alternatives: Vec<(f64, f64)>,
    pub stations: usize,
}

/// Locates by levels in dB at stations (latitude and longitude in degrees).
pub(super) fn located(readings: &[((f64, f64), f64)], rules: &LocatingRules) -> Option<Located> {
    if readings.len() < STATIONS_LEAST {
        return None;
    }
    let count = readings.len() as f64;
    let plane = Plane::about(
        readings.iter().map(|((latitude, _), _)| latitude).sum::<f64>() / count,
        readings.iter().map(|((_, longitude), _)| longitude).sum::<f64>() / count,
    );
    let points: Vec<(Point, f64, f64)> = readings
        .iter()
        .map(|((latitude, longitude), level)| (plane.point(*latitude, *longitude), *level, rules.sigma_db))
        .collect();
    let reach = |of: fn(&Point) -> f64| {
        let values = || points.iter().map(|(at, ..)| of(at));
        (
            values().fold(f64::INFINITY, f64::min) - rules.margin_m,
            values().fold(f64::NEG_INFINITY, f64::max) + rules.margin_m,
        )
    };
    let ((west, east), (south, north)) = (reach(|at| at.east_m), reach(|at| at.north_m));
    let area = Area::new(west, east, south, north).ok()?;
    let estimate = locate(&Levels { readings: points, exponent: rules.exponent }, &area).ok()?;
    let (latitude, longitude) = plane.degrees(estimate.at);
    Some(Located {
        latitude,
        longitude,
        major_m: estimate.ellipse.major_m,
        minor_m: estimate.ellipse.minor_m,
        bearing_deg: estimate.ellipse.bearing_deg,
        at_edge: estimate.at_edge,
        alternatives: estimate.alternatives.iter().map(|at| plane.degrees(*at)).collect(),
        stations: readings.len(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const RULES: LocatingRules = LocatingRules { exponent: 3.5, sigma_db: 2.0, margin_m: 20_000.0 };

    #[test]
    fn levels_at_five_stations_point_to_the_transmitter_and_two_to_nothing() {
        let (latitude, longitude) = (22.53, 113.13);
        let stations = [(22.560, 113.050), (22.620, 113.180), (22.480, 113.160), (22.545, 113.210), (22.500, 113.060)];
        let level = |(north, east): (f64, f64)| {
            let (north, east) = ((north - latitude) * 111.2, (east - longitude) * 102.7);
            -50.0 - 35.0 * north.hypot(east).log10()
        };
        let readings: Vec<_> = stations.iter().map(|at| (*at, level(*at))).collect();
        let found = located(&readings, &RULES).unwrap();
        let off = ((found.latitude - latitude) * 111.2).hypot((found.longitude - longitude) * 102.7);
        assert!(off < 0.3, "{off} km");
        assert!(located(&readings[..2], &RULES).is_none());
    }
}
