//! By how much does each part of the area deviate from a receiver's line? Means of what a drive measured near it, drawn towards
//! nothing where it measured little.

use crate::locate::{Area, Point};
use std::collections::BTreeMap;

/// Deviations by cell of the grid.
#[derive(Clone, Debug)]
pub(super) struct Corrections {
    /// Deviation in dB, and by which share the spread is what it was without knowing it.
    cells: Vec<(f32, f32)>,
}

/// Over which distance in metres deviations are alike (that of buildings and hills of the recordings).
const ALIKE_M: f64 = 120.0;
/// Places of this size in metres count once, however often the drive measured there.
const PLACE_M: f64 = 50.0;
/// How many near places it takes to believe a deviation by half.
const DOUBT: f64 = 1.0;
/// A deviation beyond this in dB is taken for an error.
const MOST_DB: f64 = 25.0;
/// By which share the spread falls where the deviation is fully known.
const KNOWN: f64 = 0.4;

impl Corrections {
    pub(super) fn learn(off: impl Iterator<Item = (Point, f64)>, area: &Area, size: (usize, usize)) -> Self {
        let mut places: BTreeMap<(i64, i64), (f64, f64)> = BTreeMap::new();
        let whole = |metres: f64| (metres / PLACE_M).floor() as i64;
        for (at, off_db) in off {
            let place = places.entry((whole(at.east_m), whole(at.north_m))).or_default();
            place.0 += off_db.clamp(-MOST_DB, MOST_DB);
            place.1 += 1.0;
        }
        let middle = |index: i64| (index as f64 + 0.5) * PLACE_M;
        let means =
            places.iter().map(|((east, north), (sum, count))| (Point::new(middle(*east), middle(*north)), sum / count));
        let means: Vec<(Point, f64)> = means.collect();
        let cells = (0..size.0 * size.1).map(|cell| deviation(&means, area.middle(size, cell)));
        Self { cells: cells.collect() }
    }

    pub(super) fn at(&self, cell: usize) -> (f64, f64) {
        let (add_db, share) = self.cells.get(cell).copied().unwrap_or((0.0, 1.0));
        (f64::from(add_db), f64::from(share))
    }
}

fn deviation(means: &[(Point, f64)], at: Point) -> (f32, f32) {
    let (mut weights, mut sum) = (0.0, 0.0);
    for (place, off_db) in means {
        let squares = (place.distance_m(at) / ALIKE_M).powi(2);
        if squares < 9.0 {
            let weight = (-squares / 2.0).exp();
            weights += weight;
            sum += weight * off_db;
        }
    }
    let known = weights / (weights + DOUBT);
    ((sum / (weights + DOUBT)) as f32, (1.0 - KNOWN * known) as f32)
}
