//! How does one receiver hear? Its place, its level at one metre, its exponent and its spread, from a drive.

use super::correction::Corrections;
use crate::locate::{Area, Point, Sample};

/// What a drive taught about one receiver.
#[derive(Clone, Debug)]
pub struct Site {
    /// Where it stands; nothing for receivers that move and tell their place with each reading.
    pub stands: Option<Point>,
    /// Level in dB at one metre, at the power of the drive.
    pub level_db: f64,
    /// Path-loss exponent.
    pub exponent: f64,
    /// Spread of the drive's readings about this, in dB.
    pub sigma_db: f64,
    corrections: Corrections,
    /// Ten times the logarithm of the distance to each cell, of a receiver that stands: asked again with every reading.
    decades: Vec<f64>,
}

/// Fewer readings than this teach nothing.
const LEAST: usize = 30;
/// More than this are thinned out: neighbours in time say the same.
const MOST: usize = 600;
/// A receiver is sought this far beyond the area, in metres.
const BEYOND_M: f64 = 2100.0;
/// Distances are never taken to be less, in metres: antennas have heights.
const NEAR_M2: f64 = 400.0;
/// The exponent that is believed before anything was measured, and how much spread of log distance it weighs.
const EXPONENT: (f64, f64) = (3.0, 0.3);
/// No receiver is trusted more than this, in dB.
const LEAST_SIGMA_DB: f64 = 3.0;
/// Spread in dB by which places of a receiver are compared.
const COMPARE_DB: f64 = 8.0;

/// One reading of the drive: where the transmitter stood, the level, where the receiver stood if it told.
type Learnt = (Point, f64, Option<Point>);

/// A line of level over log distance.
#[derive(Clone, Copy)]
struct Line {
    cost: f64,
    level_db: f64,
    exponent: f64,
    sigma_db: f64,
}

/// Ten times the logarithm of the distance.
fn decades(transmitter: Point, receiver: Point) -> f64 {
    let (east, north) = (transmitter.east_m - receiver.east_m, transmitter.north_m - receiver.north_m);
    5.0 * (east * east + north * north + NEAR_M2).log10()
}

impl Line {
    fn at_db(&self, decades: f64) -> f64 {
        self.level_db - self.exponent * decades
    }

    /// The line through readings for a receiver at `stands`, by weights that fall off with the deviation.
    fn through(learnt: &[&Learnt], stands: Point) -> Self {
        let pairs: Vec<(f64, f64)> =
            learnt.iter().map(|(at, level, moving)| (decades(*at, moving.unwrap_or(stands)), *level)).collect();
        let mut line = Self { cost: 0.0, level_db: 0.0, exponent: EXPONENT.0, sigma_db: f64::INFINITY };
        for _ in 0..4 {
            line = line.again(&pairs);
        }
        let tail = |(x, y): &(f64, f64)| (1.0 + ((y - line.at_db(*x)) / COMPARE_DB).powi(2) / 2.0).ln();
        line.cost = pairs.iter().map(tail).sum();
        line
    }

    fn again(self, pairs: &[(f64, f64)]) -> Self {
        let mut sums = [0.0; 5];
        for (x, y) in pairs {
            let deviation = (y - self.at_db(*x)) / self.sigma_db / 2.0;
            let weight = 1.0 / (1.0 + deviation * deviation);
            let parts = [1.0, *x, *y, x * x, x * y];
            sums.iter_mut().zip(parts).for_each(|(sum, part)| *sum += weight * part);
        }
        let [weights, x, y, xx, xy] = sums;
        let (mean_x, mean_y) = (x / weights, y / weights);
        let (spread, slope) = (xx / weights - mean_x * mean_x, mean_x * mean_y - xy / weights);
        let exponent = ((slope + EXPONENT.1 * EXPONENT.0) / (spread + EXPONENT.1)).clamp(1.5, 5.0);
        let level_db = mean_y + exponent * mean_x;
        let mut off: Vec<f64> = pairs.iter().map(|(x, y)| (y - level_db + exponent * x).abs()).collect();
        off.sort_by(f64::total_cmp);
        let median = off.get(off.len() / 2).copied().unwrap_or(COMPARE_DB);
        Self { cost: 0.0, level_db, exponent, sigma_db: (1.4826 * median).max(LEAST_SIGMA_DB) }
    }
}

impl Site {
    /// Learns one receiver from a drive; nothing where too few of its readings are there.
    pub(super) fn learn(samples: &[Sample], receiver: usize, area: &Area, size: (usize, usize)) -> Option<Self> {
        let learnt: Vec<Learnt> = samples
            .iter()
            .flat_map(|sample| {
                let own = sample.readings.iter().filter(move |(reading, _)| reading.receiver == receiver);
                own.map(|(reading, moving)| (sample.at, reading.level_db, *moving))
            })
            .collect();
        if learnt.len() < LEAST {
            return None;
        }
        let thinned: Vec<&Learnt> = learnt.iter().step_by((learnt.len() / MOST).max(1)).collect();
        let moves = thinned.iter().all(|(_, _, moving)| moving.is_some());
        let middle = area.middle((1, 1), 0);
        let (stands, line) =
            if moves { (middle, Line::through(&thinned, middle)) } else { sought(&thinned, middle, area.side_m()) };
        let off =
            learnt.iter().map(|(at, level, moving)| (*at, level - line.at_db(decades(*at, moving.unwrap_or(stands)))));
        let cells = if moves { 0 } else { size.0 * size.1 };
        Some(Self {
            stands: (!moves).then_some(stands),
            level_db: line.level_db,
            exponent: line.exponent,
            sigma_db: line.sigma_db,
            corrections: Corrections::learn(off, area, size),
            decades: (0..cells).map(|cell| decades(area.middle(size, cell), stands)).collect(),
        })
    }

    /// The level in dB and its spread in dB, if a transmitter of the drive's power stood at `at`, which lies in `cell`.
    pub(super) fn expected_db(&self, at: Point, stands: Point, cell: usize) -> (f64, f64) {
        let (add_db, share) = self.corrections.at(cell);
        let decades = self.decades.get(cell).copied().unwrap_or_else(|| decades(at, stands));
        (self.level_db - self.exponent * decades + add_db, self.sigma_db * share)
    }
}

/// Seeks the place of a receiver on grids that grow finer.
fn sought(learnt: &[&Learnt], middle: Point, side_m: f64) -> (Point, Line) {
    let mut best = (middle, Line::through(learnt, middle));
    let mut step = 300.0;
    let mut half = ((side_m / 2.0 + BEYOND_M / 2.0) / step).ceil() as i32;
    while step > 8.0 {
        let centre = best.0;
        for (east, north) in (-half..=half).flat_map(|east| (-half..=half).map(move |north| (east, north))) {
            let at = Point::new(centre.east_m + f64::from(east) * step, centre.north_m + f64::from(north) * step);
            let line = Line::through(learnt, at);
            if line.cost < best.1.cost {
                best = (at, line);
            }
        }
        (step, half) = (step / 2.0, 2);
    }
    best
}
