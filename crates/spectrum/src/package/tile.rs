//! What a page needs of a package: a rectangle of time and frequency reduced to so many points, and a spectrum over a time.

use super::{HOLE, Opened};

/// The most points of a tile on each side.
const SIDE_MOST: usize = 4_096;

/// A rectangle of time and frequency; each point is the greatest level that was measured in it, [`HOLE`] where nothing was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tile {
    /// Points along frequency.
    pub width: usize,
    /// Points along time.
    pub height: usize,
    /// Rows by time, the earliest first, in steps of a quarter of a decibel.
    pub levels: Vec<i16>,
}

/// Mean and greatest level of each bin over a time, in dB; the mean is of powers. `None` where nothing was measured.
#[derive(Debug, Clone, PartialEq)]
pub struct Trace {
    /// Mean of the powers.
    pub mean_db: Vec<Option<f32>>,
    /// The greatest level.
    pub most_db: Vec<Option<f32>>,
    /// Sweeps that it rests on.
    pub sweeps: u64,
}

impl Tile {
    /// An empty tile: all of it is a hole. Sides are at least 1 and at most 4,096.
    #[must_use]
    pub fn empty(width: usize, height: usize) -> Self {
        let (width, height) = (width.clamp(1, SIDE_MOST), height.clamp(1, SIDE_MOST));
        Self { width, height, levels: vec![HOLE; width * height] }
    }

    /// Adds what a package measured within `from_ns..until_ns` and `low_hz..high_hz` to the tile of that rectangle.
    pub fn add(&mut self, package: &Opened, (from_ns, until_ns): (i64, i64), (low_hz, high_hz): (f64, f64)) {
        let (time, band) = (until_ns as f64 - from_ns as f64, high_hz - low_hz);
        if time <= 0.0 || band.is_nan() || band <= 0.0 {
            return;
        }
        let header = &package.header;
        let row_of = |ns: i64| (((ns - from_ns) as f64 / time) * self.height as f64).floor() as usize;
        let columns: Vec<(usize, usize)> = (0..header.bins)
            .map(|bin| {
                let left = header.low_hz + header.bin_hz * f64::from(bin);
                let point = |hz: f64| ((hz - low_hz) / band * self.width as f64).max(0.0);
                let (first, end) = (point(left).floor() as usize, point(left + header.bin_hz).ceil() as usize);
                if left >= high_hz || left + header.bin_hz <= low_hz { (0, 0) } else { (first, end.min(self.width)) }
            })
            .collect();
        for (at, moment) in package.moments().iter().enumerate() {
            let end_ns = moment.start_ns.saturating_add(moment.duration_ns.max(1));
            if end_ns <= from_ns || moment.start_ns >= until_ns {
                continue;
            }
            let first = row_of(moment.start_ns.max(from_ns));
            let end = (row_of((end_ns - 1).min(until_ns - 1)) + 1).min(self.height);
            for (level, (left, right)) in package.row(at).zip(&columns).filter(|(level, _)| *level != HOLE) {
                for row in first..end {
                    let points = self.levels.get_mut(row * self.width + left..row * self.width + (*right).max(*left));
                    for point in points.into_iter().flatten() {
                        *point = (*point).max(level);
                    }
                }
            }
        }
    }
}

impl Trace {
    /// Mean and greatest levels over the sweeps that begin within `from_ns..until_ns`, by the package's own bins.
    #[must_use]
    pub fn of(package: &Opened, (from_ns, until_ns): (i64, i64)) -> Self {
        let bins = usize::try_from(package.header.bins).unwrap_or(0);
        let mut sums = vec![(0.0f64, 0u64, HOLE); bins];
        let mut sweeps = 0;
        for (at, moment) in package.moments().iter().enumerate() {
            if moment.start_ns < from_ns || moment.start_ns >= until_ns {
                continue;
            }
            sweeps += 1;
            for (level, (sum, count, most)) in package.row(at).zip(&mut sums).filter(|(level, _)| *level != HOLE) {
                *sum += 10f64.powf(f64::from(level) / 40.0);
                *count += 1;
                *most = (*most).max(level);
            }
        }
        let mean =
            |(sum, count, _): &(f64, u64, i16)| (*count > 0).then(|| (10.0 * (sum / *count as f64).log10()) as f32);
        Self {
            mean_db: sums.iter().map(mean).collect(),
            most_db: sums.iter().map(|(_, _, most)| super::db_of(*most)).collect(),
            sweeps,
        }
    }
}
