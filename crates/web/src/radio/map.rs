//! A plain map: stations and estimated places with their ellipses, drawn to scale, north up. No tiles from outside, no roads.

use guiju_office::radio::{Located, StationPoint};

pub(super) const SIDE: f64 = 600.0;
const MARGIN: f64 = 60.0;
/// From here on a name stands to the left of its sign.
const CROWDED: f64 = SIDE * 0.6;
/// Kilometres in a degree of latitude.
const KM_PER_DEGREE: f64 = 111.195;
/// The map is at least this wide, in km.
const SPAN_LEAST_KM: f64 = 5.0;

/// A station at its place on the map; its name stands to the left where there is no room to the right.
pub(super) struct Mast {
    pub x: f64,
    pub y: f64,
    pub left: bool,
    pub title: String,
}

/// An estimated place with its ellipse, in the map's units.
pub(super) struct Place {
    pub x: f64,
    pub y: f64,
    pub rx: f64,
    pub ry: f64,
    /// By which the ellipse's first axis (east) is turned, in degrees clockwise.
    pub turn: f64,
    pub left: bool,
    pub href: String,
    pub title: String,
}

/// The map.
pub(super) struct Map {
    pub masts: Vec<Mast>,
    pub places: Vec<Place>,
    /// Length of the scale bar in the map's units, and what it stands for.
    pub scale: (f64, String),
}

impl Map {
    /// A map of stations and places (with their links and titles); `None` where no station's place is known.
    pub fn of(stations: &[StationPoint], places: &[(&Located, String, String)]) -> Option<Map> {
        if stations.is_empty() {
            return None;
        }
        let points = || {
            let stations = stations.iter().map(|one| (one.latitude, one.longitude));
            stations.chain(places.iter().map(|(at, ..)| (at.latitude, at.longitude)))
        };
        let range = |of: fn((f64, f64)) -> f64| {
            let (least, most) =
                (points().map(of).fold(f64::INFINITY, f64::min), points().map(of).fold(f64::NEG_INFINITY, f64::max));
            ((least + most) / 2.0, most - least)
        };
        let ((north, high), (east, wide)) = (range(|at| at.0), range(|at| at.1));
        let narrow = north.to_radians().cos().max(0.01);
        let span = (high * KM_PER_DEGREE).max(wide * KM_PER_DEGREE * narrow).max(SPAN_LEAST_KM);
        let per_km = (SIDE - 2.0 * MARGIN) / span;
        let x = |longitude: f64| SIDE / 2.0 + (longitude - east) * KM_PER_DEGREE * narrow * per_km;
        let y = |latitude: f64| SIDE / 2.0 - (latitude - north) * KM_PER_DEGREE * per_km;
        let bar = super::picture::ticks(0.0, span / 3.0, 3).into_iter().next_back().unwrap_or(1.0);
        Some(Map {
            masts: stations
                .iter()
                .map(|one| Mast {
                    x: x(one.longitude),
                    y: y(one.latitude),
                    left: x(one.longitude) > CROWDED,
                    title: format!("{} {}", one.station, one.name),
                })
                .collect(),
            places: places
                .iter()
                .map(|(at, href, title)| Place {
                    x: x(at.longitude),
                    y: y(at.latitude),
                    rx: (at.major_m / 1e3 * per_km).clamp(2.0, 2.0 * SIDE),
                    ry: (at.minor_m / 1e3 * per_km).clamp(2.0, 2.0 * SIDE),
                    // A bearing of 90 degrees lies along the east axis.
                    turn: at.bearing_deg - 90.0,
                    left: x(at.longitude) > CROWDED,
                    href: href.clone(),
                    title: title.clone(),
                })
                .collect(),
            scale: (bar * per_km, format!("{} km", super::picture::trimmed(bar))),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn station(latitude: f64, longitude: f64) -> StationPoint {
        StationPoint { station: "JH-01".into(), name: String::new(), latitude, longitude }
    }

    #[test]
    fn north_is_up_and_distances_are_to_scale() {
        let map = Map::of(&[station(22.5, 113.0), station(22.6, 113.0), station(22.5, 113.1)], &[]).unwrap();
        let (south, north, east) = (&map.masts[0], &map.masts[1], &map.masts[2]);
        assert!(north.y < south.y && east.x > south.x && (north.x - south.x).abs() < 1e-9);
        // At this latitude a degree of longitude is 0.924 of one of latitude.
        let ratio = (east.x - south.x) / (south.y - north.y);
        assert!((ratio - 0.924).abs() < 0.002, "{ratio}");
        assert!(Map::of(&[], &[]).is_none());
    }
}
