//! Points, areas and ellipses in a plane of metres, and the way there from degrees.

use super::{Fault, TWO_95};

/// A point in metres east and north of an origin.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Point {
    /// Metres east.
    pub east_m: f64,
    /// Metres north.
    pub north_m: f64,
}

impl Point {
    /// A point in metres east and north.
    #[must_use]
    pub const fn new(east_m: f64, north_m: f64) -> Self {
        Self { east_m, north_m }
    }

    /// Distance in metres.
    #[must_use]
    pub fn distance_m(self, other: Self) -> f64 {
        (self.east_m - other.east_m).hypot(self.north_m - other.north_m)
    }

    pub(super) fn is_finite(self) -> bool {
        self.east_m.is_finite() && self.north_m.is_finite()
    }
}

/// A plane that touches the earth at an origin; good to a metre in ten kilometres, which is less than any of these methods tells.
#[derive(Clone, Copy, Debug)]
pub struct Plane {
    latitude_deg: f64,
    longitude_deg: f64,
}

impl Plane {
    const METRES_PER_DEGREE: f64 = 111_195.0;

    /// The plane about an origin in degrees (WGS 84, north and east positive).
    #[must_use]
    pub const fn about(latitude_deg: f64, longitude_deg: f64) -> Self {
        Self { latitude_deg, longitude_deg }
    }

    /// The point at a latitude and a longitude in degrees.
    #[must_use]
    pub fn point(&self, latitude_deg: f64, longitude_deg: f64) -> Point {
        let narrow = self.latitude_deg.to_radians().cos();
        let east_m = (longitude_deg - self.longitude_deg) * Self::METRES_PER_DEGREE * narrow;
        Point { east_m, north_m: (latitude_deg - self.latitude_deg) * Self::METRES_PER_DEGREE }
    }

    /// Latitude and longitude in degrees of a point.
    #[must_use]
    pub fn degrees(&self, point: Point) -> (f64, f64) {
        let narrow = self.latitude_deg.to_radians().cos();
        let latitude = self.latitude_deg + point.north_m / Self::METRES_PER_DEGREE;
        (latitude, self.longitude_deg + point.east_m / (Self::METRES_PER_DEGREE * narrow))
    }
}

/// A rectangle to search: its west and south edges belong to it, its east and north edges do not.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Area {
    west_m: f64,
    east_m: f64,
    south_m: f64,
    north_m: f64,
}

impl Area {
    /// An area between edges in metres. Refuses an empty one.
    pub fn new(west_m: f64, east_m: f64, south_m: f64, north_m: f64) -> Result<Self, Fault> {
        let finite = [west_m, east_m, south_m, north_m].iter().all(|edge| edge.is_finite());
        let area = Self { west_m, east_m, south_m, north_m };
        if finite && west_m < east_m && south_m < north_m { Ok(area) } else { Err(Fault::Area) }
    }

    /// Its edges in metres: west, east, south, north.
    #[must_use]
    pub const fn edges_m(&self) -> (f64, f64, f64, f64) {
        (self.west_m, self.east_m, self.south_m, self.north_m)
    }

    /// Whether a point lies inside.
    #[must_use]
    pub fn holds(&self, at: Point) -> bool {
        (self.west_m..self.east_m).contains(&at.east_m) && (self.south_m..self.north_m).contains(&at.north_m)
    }

    /// The nearest point inside.
    pub(super) fn nearest(&self, at: Point) -> Point {
        Point::new(
            at.east_m.min(self.east_m.next_down()).max(self.west_m),
            at.north_m.min(self.north_m.next_down()).max(self.south_m),
        )
    }

    /// Whether a point lies within a share of a thousandth of the edge.
    pub(super) fn at_edge(&self, at: Point) -> bool {
        let (width, height) = (self.east_m - self.west_m, self.north_m - self.south_m);
        let margin = |value: f64, low: f64, high: f64| (value - low).min(high - value);
        margin(at.east_m, self.west_m, self.east_m) < width / 1000.0
            || margin(at.north_m, self.south_m, self.north_m) < height / 1000.0
    }

    /// Longer side in metres.
    pub(super) fn side_m(&self) -> f64 {
        (self.east_m - self.west_m).max(self.north_m - self.south_m)
    }

    /// Columns and rows of a grid of cells of about `step_m`, at most 200 each way.
    pub(super) fn cells(&self, step_m: f64) -> (usize, usize) {
        let count = |length: f64| (length / step_m).ceil().clamp(1.0, 200.0) as usize;
        (count(self.east_m - self.west_m), count(self.north_m - self.south_m))
    }

    /// Middle of a cell of a grid of so many columns and rows.
    pub(super) fn middle(&self, (columns, rows): (usize, usize), cell: usize) -> Point {
        let share = |index: usize, count: usize| (index as f64 + 0.5) / count as f64;
        Point::new(
            self.west_m + share(cell % columns, columns) * (self.east_m - self.west_m),
            self.south_m + share(cell / columns, rows) * (self.north_m - self.south_m),
        )
    }
}

/// An ellipse of 95 % probability.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ellipse {
    /// Its centre.
    pub centre: Point,
    /// Longer half axis in metres.
    pub major_m: f64,
    /// Shorter half axis in metres.
    pub minor_m: f64,
    /// Direction of the longer axis in degrees clockwise from north, 0 to below 180.
    pub bearing_deg: f64,
}

impl Ellipse {
    /// The ellipse of a covariance in square metres (east-east, east-north, north-north): half axes are the roots of 5.991 times its
    /// eigenvalues.
    pub(super) fn of(centre: Point, [ee, en, nn]: [f64; 3]) -> Self {
        let (mean, half) = ((ee + nn) / 2.0, ((ee - nn) / 2.0).hypot(en));
        let axis = |eigenvalue: f64| (TWO_95 * eigenvalue.max(0.0)).sqrt();
        // The longer axis stands at half the angle of (difference, twice the covariance), counted from east to north.
        let from_east = (0.5 * (2.0 * en).atan2(ee - nn)).to_degrees();
        let bearing_deg = (90.0 - from_east).rem_euclid(180.0);
        Self { centre, major_m: axis(mean + half), minor_m: axis(mean - half), bearing_deg }
    }

    /// Whether a point lies inside or on it.
    #[must_use]
    pub fn holds(&self, at: Point) -> bool {
        let (east, north) = (at.east_m - self.centre.east_m, at.north_m - self.centre.north_m);
        let (sin, cos) = self.bearing_deg.to_radians().sin_cos();
        let (along, across) = (east * sin + north * cos, east * cos - north * sin);
        (along / self.major_m).powi(2) + (across / self.minor_m).powi(2) <= 1.0
    }
}
