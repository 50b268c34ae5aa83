//! What does the terrain along a path do? Effective height (section 3) and clearance angles (sections 4.3a and 11).

use super::Fault;

/// The clearance angles of a path in degrees; above the horizon is positive.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sight {
    /// At the transmitting end, over 15 km towards the receiver.
    pub base_deg: f64,
    /// At the receiving end, over 16 km towards the transmitter.
    pub mobile_deg: f64,
}

/// The ground along a path, from the transmitter to the receiver.
#[derive(Clone, Debug)]
pub struct Profile {
    points: Vec<(f64, f64)>,
}

impl Profile {
    /// A profile of distances in km from the transmitter, and heights of the ground in metres above the sea.
    ///
    /// Refuses fewer than two points, distances that do not grow, and what is not a number.
    pub fn new(points: Vec<(f64, f64)>) -> Result<Self, Fault> {
        let grows = |two: &[(f64, f64)]| matches!(two, [a, b] if b.0 > a.0 && a.1.is_finite() && b.1.is_finite());
        if let Some(index) = points.windows(2).position(|two| !grows(two)) {
            return Err(Fault::Profile { point: index + 2 });
        }
        if points.len() < 2 { Err(Fault::Profile { point: points.len() }) } else { Ok(Self { points }) }
    }

    fn first(&self) -> (f64, f64) {
        self.points.first().copied().unwrap_or_default()
    }

    fn last(&self) -> (f64, f64) {
        self.points.last().copied().unwrap_or_default()
    }

    /// Length of the path in km.
    #[must_use]
    pub fn length_km(&self) -> f64 {
        self.last().0 - self.first().0
    }

    /// Height of the ground in metres above the sea at the transmitter and at the receiver.
    #[must_use]
    pub fn ends_m(&self) -> (f64, f64) {
        (self.first().1, self.last().1)
    }

    /// Height in metres of an antenna over the mean ground between 3 and 15 km, or between 0.2 and 1 of a shorter path (6, 7).
    #[must_use]
    pub fn effective_height_m(&self, above_ground_m: f64) -> f64 {
        let (start_km, start_m) = self.first();
        let length = self.length_km();
        let (from, until) = if length >= 15.0 { (3.0, 15.0) } else { (0.2 * length, length) };
        let inside: Vec<_> = self.points.iter().filter(|(km, _)| (from..=until).contains(&(km - start_km))).collect();
        let (mut area, mut width) = (0.0, 0.0);
        for two in inside.windows(2) {
            let [a, b] = two else { continue };
            area += (a.1 + b.1) / 2.0 * (b.0 - a.0);
            width += b.0 - a.0;
        }
        let mean = if width > 0.0 { area / width } else { start_m };
        above_ground_m + start_m - mean
    }

    /// Clearance angles for antennas of these heights above ground in metres.
    #[must_use]
    pub fn sight(&self, base_m: f64, mobile_m: f64) -> Sight {
        let rise = |from: (f64, f64), mast_m: f64, within_km: f64| {
            let others = self.points.iter().filter(move |(km, _)| {
                let away = (km - from.0).abs();
                away > 0.0 && away <= within_km
            });
            let angles = others.map(move |(km, ground)| {
                ((ground - mast_m - from.1) / ((km - from.0).abs() * 1000.0)).atan().to_degrees()
            });
            angles.fold(f64::NEG_INFINITY, f64::max)
        };
        let clear = |angle: f64| if angle.is_finite() { angle } else { 0.0 };
        Sight {
            base_deg: clear(rise(self.first(), base_m, 15.0)),
            mobile_deg: clear(rise(self.last(), mobile_m, 16.0)),
        }
    }
}
