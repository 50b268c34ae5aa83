//! Where is the transmitter? From levels (its power unknown), bearings or differences of arrival times, by robust least squares
//! within a bounded search area; and from levels with receivers that a drive with a known transmitter has calibrated.
//!
//! Refuses to guess: readings that mean "none" and positions that mean "not known" are dropped and counted, a geometry that fixes no
//! point is an error, places that fit nearly as well are reported, and no answer ever lies outside the search area.
//! Distances are metres in a plane (east, north); levels are relative dB unless calibrated.

mod fault;
mod fit;
mod map;
mod models;
mod plane;
mod readings;
mod survey;
mod table;

pub use fault::Fault;
pub use fit::{Model, Term, locate};
pub use map::svg;
pub use models::{Arrivals, Bearings, Levels};
pub use plane::{Area, Ellipse, Plane, Point};
pub use readings::{Dropped, Reading, Sample, kept};
pub use survey::{Site, Survey};
pub use table::{Kind, Mixed, Readings, Told};

/// A located transmitter.
#[derive(Clone, Debug, PartialEq)]
pub struct Estimate {
    /// The place that fits best; always inside the search area.
    pub at: Point,
    /// Where it lies with 95 % probability, about `at`.
    pub ellipse: Ellipse,
    /// Sum of squared residuals of what was used, each in units of its standard deviation.
    pub chi_square: f64,
    /// How many more readings were used than unknowns were fitted.
    pub degrees_of_freedom: usize,
    /// Which readings were used, by their place in the input.
    pub used: Vec<usize>,
    /// Which readings were rejected as outliers, by their place in the input.
    pub rejected: Vec<usize>,
    /// Other places that fit nearly as well (within the 95 % bound of chi-square): the answer is ambiguous while there are any.
    pub alternatives: Vec<Point>,
    /// Whether the best fit lies at the edge of the search area: the transmitter may stand outside.
    pub at_edge: bool,
}

impl Estimate {
    /// Whether the residuals are no larger than the stated standard deviations allow (99 % bound of chi-square).
    #[must_use]
    pub fn is_consistent(&self) -> bool {
        self.chi_square <= chi_square_99(self.degrees_of_freedom)
    }
}

/// The 99 % point of chi-square, by the cube-root approximation of Wilson and Hilferty; nothing can be said with no freedom left.
fn chi_square_99(degrees: usize) -> f64 {
    const Z_99: f64 = 2.326_348;
    if degrees == 0 {
        return f64::INFINITY;
    }
    let k = degrees as f64;
    let ninth = 2.0 / (9.0 * k);
    k * (1.0 - ninth + Z_99 * ninth.sqrt()).powi(3)
}

/// The 95 % point of chi-square with two degrees of freedom.
const TWO_95: f64 = 5.991;
