//! A package made small, so that a year is drawn without opening a year of packages.

use guiju_spectrum::package::{HOLE, Opened, Tile, Trace, step_of};

/// Points of an overview along frequency, at most.
const COLUMNS_MOST: usize = 1_024;
/// Rows of an overview along time: half hours of a day.
const ROWS: usize = 48;

/// The greatest levels of a package in a coarse raster, and the mean of each column.
#[derive(Debug, Clone, PartialEq)]
pub struct Overview {
    from_ns: i64,
    until_ns: i64,
    low_hz: f64,
    high_hz: f64,
    tile: Tile,
    /// Mean power of each column, linear; `None` where nothing was measured.
    mean: Vec<Option<f64>>,
    most: Vec<i16>,
    sweeps: u64,
}

/// Mean and greatest level of each point along frequency, put together from several packages.
#[derive(Debug, Clone, PartialEq)]
pub struct Line {
    low_hz: f64,
    high_hz: f64,
    /// Sum of powers times sweeps, sweeps, greatest step.
    points: Vec<(f64, f64, i16)>,
    pub sweeps: u64,
}

impl Line {
    /// An empty line of `width` points over a band.
    pub fn over((low_hz, high_hz): (f64, f64), width: usize) -> Line {
        Line { low_hz, high_hz, points: vec![(0.0, 0.0, HOLE); width.max(1)], sweeps: 0 }
    }

    /// Adds what one package measured: by column of the package its mean power, its greatest step, over so many sweeps.
    fn add(&mut self, (low_hz, column_hz): (f64, f64), columns: impl Iterator<Item = (Option<f64>, i16)>, sweeps: u64) {
        let point_hz = (self.high_hz - self.low_hz) / self.points.len() as f64;
        for (at, (mean, most)) in columns.enumerate() {
            let Some(mean) = mean else { continue };
            let left = low_hz + column_hz * at as f64;
            let (first, end) = ((left - self.low_hz) / point_hz, (left + column_hz - self.low_hz) / point_hz);
            if end <= 0.0 || first >= self.points.len() as f64 {
                continue;
            }
            // A column narrower than a point counts for the point it begins in; a wider one for all that it covers.
            let first = first.max(0.0).floor() as usize;
            let end = (end.round() as usize).clamp(first + 1, self.points.len().max(first + 1));
            for (sum, weight, greatest) in self.points.iter_mut().take(end).skip(first) {
                *sum += mean * sweeps as f64;
                *weight += sweeps as f64;
                *greatest = (*greatest).max(most);
            }
        }
        self.sweeps += sweeps;
    }

    /// Adds what a package measured within a time.
    pub fn add_opened(&mut self, opened: &Opened, time: (i64, i64)) {
        let trace = Trace::of(opened, time);
        let columns = trace
            .mean_db
            .iter()
            .zip(&trace.most_db)
            .map(|(mean, most)| (mean.map(|db| 10f64.powf(f64::from(db) / 10.0)), most.map_or(HOLE, step_of)));
        self.add((opened.header.low_hz, opened.header.bin_hz), columns, trace.sweeps);
    }

    /// Adds an overview whole.
    pub fn add_overview(&mut self, of: &Overview) {
        let column_hz = (of.high_hz - of.low_hz) / of.mean.len().max(1) as f64;
        self.add((of.low_hz, column_hz), of.mean.iter().copied().zip(of.most.iter().copied()), of.sweeps);
    }

    /// Mean and greatest level by point, in dB; `None` where nothing was measured.
    pub fn levels(&self) -> Vec<Option<(f32, f32)>> {
        let level = |(sum, weight, most): &(f64, f64, i16)| {
            let most = guiju_spectrum::package::db_of(*most)?;
            (*weight > 0.0).then(|| ((10.0 * (sum / weight).log10()) as f32, most))
        };
        self.points.iter().map(level).collect()
    }
}

impl Overview {
    pub fn of(opened: &Opened) -> Overview {
        let header = &opened.header;
        let width = usize::try_from(header.bins).unwrap_or(1).clamp(1, COLUMNS_MOST);
        let (time, band) = ((header.from_ns, header.until_ns), (header.low_hz, header.high_hz()));
        let mut tile = Tile::empty(width, ROWS);
        tile.add(opened, time, band);
        let trace = Trace::of(opened, time);
        let bins = trace.mean_db.len().max(1);
        let mut sums = vec![(0.0f64, 0u32, HOLE); width];
        for (bin, (mean, most)) in trace.mean_db.iter().zip(&trace.most_db).enumerate() {
            if let (Some(mean), Some(most), Some(column)) = (mean, most, sums.get_mut(bin * width / bins)) {
                column.0 += 10f64.powf(f64::from(*mean) / 10.0);
                column.1 += 1;
                column.2 = column.2.max(step_of(*most));
            }
        }
        Overview {
            from_ns: time.0,
            until_ns: time.1,
            low_hz: band.0,
            high_hz: band.1,
            tile,
            mean: sums.iter().map(|(sum, count, _)| (*count > 0).then(|| sum / f64::from(*count))).collect(),
            most: sums.iter().map(|(_, _, most)| *most).collect(),
            sweeps: trace.sweeps,
        }
    }

    /// Adds the overview to a tile of `from_ns..until_ns` and `low_hz..high_hz`; holes add nothing.
    pub fn add_to(&self, tile: &mut Tile, (from_ns, until_ns): (i64, i64), (low_hz, high_hz): (f64, f64)) {
        let rows = spans(
            (self.from_ns as f64, self.until_ns as f64, self.tile.height),
            (from_ns as f64, until_ns as f64, tile.height),
        );
        let columns = spans((self.low_hz, self.high_hz, self.tile.width), (low_hz, high_hz, tile.width));
        for (row, levels) in rows.iter().zip(self.tile.levels.chunks(self.tile.width.max(1))) {
            for y in row.clone() {
                for (column, level) in columns.iter().zip(levels).filter(|(_, level)| **level != HOLE) {
                    let start = y * tile.width;
                    let points = tile.levels.get_mut(start + column.start..start + column.end.max(column.start));
                    for point in points.into_iter().flatten() {
                        *point = (*point).max(*level);
                    }
                }
            }
        }
    }
}

/// For each of the source's parts the parts of the target that it touches, both laid out evenly over `from..until`.
fn spans(
    (from, until, parts): (f64, f64, usize),
    (target_from, target_until, target_parts): (f64, f64, usize),
) -> Vec<std::ops::Range<usize>> {
    let (part, scale) = ((until - from) / parts.max(1) as f64, target_parts as f64 / (target_until - target_from));
    (0..parts)
        .map(|at| {
            let left = from + part * at as f64;
            let (first, end) = ((left - target_from) * scale, (left + part - target_from) * scale);
            if end <= 0.0 || first >= target_parts as f64 {
                return 0..0;
            }
            // Rounding errors of a billionth of a part must not touch the part before or after.
            let first = (first + 1e-6).max(0.0).floor() as usize;
            first..((end - 1e-6).ceil() as usize).clamp(first, target_parts)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_fall_where_they_belong() {
        assert_eq!(spans((0.0, 4.0, 4), (0.0, 4.0, 4)), [0..1, 1..2, 2..3, 3..4]);
        assert_eq!(spans((0.0, 4.0, 4), (2.0, 4.0, 4)), [0..0, 0..0, 0..2, 2..4]);
        assert_eq!(spans((0.0, 8.0, 4), (0.0, 80.0, 4)), [0..1, 0..1, 0..1, 0..1]);
    }

    #[test]
    fn what_lies_beside_the_band_adds_nothing() {
        let mut line = Line::over((10.0, 20.0), 10);
        line.add((0.0, 5.0), [(Some(1.0), 4), (Some(1.0), 4), (Some(0.01), 8)].into_iter(), 2);
        let levels = line.levels();
        assert_eq!(levels.iter().filter(|level| level.is_some()).count(), 5);
        assert_eq!(levels.first().copied().flatten(), Some((-20.0, 2.0)));
    }
}
