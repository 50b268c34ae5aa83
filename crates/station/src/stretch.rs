//! A stretch: measurements of one shape that go into one package, as a journal holds them.
//!
//! The first record of a journal says what is measured; each other record is one measurement. What does not fit (another day, another
//! grid, a time that runs back) belongs to the next stretch.

use guiju_spectrum::package::{HOLE, Moment, step_of};
use guiju_spectrum::read::sweep::Sweep;
use serde::{Deserialize, Serialize};

/// A day, in ns.
const DAY_NS: i64 = 86_400_000_000_000;
/// Local midnight lies this much before midnight UTC, in ns.
const ZONE_NS: i64 = 8 * 3_600_000_000_000;
/// A bin may lie beside the grid by this part of its width.
const BESIDE: f64 = 0.1;
/// The most bins of a package's sweep.
const BINS_MOST: usize = 1 << 20;

/// What is measured, as it goes into the header of the package.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Subject {
    pub(crate) receiver: String,
    pub(crate) task: String,
    pub(crate) plan: String,
    pub(crate) revisit_ns: i64,
}

/// The first record of a journal.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Heading {
    pub(crate) subject: Subject,
    pub(crate) shape: Shape,
    /// Days since 1970 (UTC+8).
    pub(crate) day: i64,
    /// By how much the clock was known to be ahead of the server's when the stretch began, in ns.
    pub(crate) clock_offset_ns: Option<i64>,
    /// The plan says that a time service keeps the clock.
    pub(crate) ntp: bool,
}

/// What all measurements of a stretch have in common.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Shape {
    /// Levels of bins side by side.
    Grid { low_hz: f64, bin_hz: f64, bins: usize },
    /// Rows under this heading.
    Cells { heading: String },
}

/// One measurement.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Measurement {
    pub(crate) moment: Moment,
    pub(crate) data: Data,
}

/// What was measured.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Data {
    Levels(Vec<i16>),
    Rows(String),
}

/// Days since 1970 in UTC+8.
pub(crate) fn day_of(ns: i64) -> i64 {
    ns.saturating_add(ZONE_NS).div_euclid(DAY_NS)
}

/// The midnight (UTC+8) that ends a day, in ns.
fn midnight_after(day: i64) -> i64 {
    (day + 1).saturating_mul(DAY_NS).saturating_sub(ZONE_NS)
}

/// Cuts a measurement where a local midnight lies in it: each part belongs to its own day, and the two together are as long as it was.
pub(crate) fn by_days(measurement: Measurement) -> Vec<Measurement> {
    let (mut parts, mut rest) = (Vec::new(), measurement);
    // A measurement is never longer than a few days; the bound keeps a broken duration from going on for ever.
    for _ in 0..8 {
        let Moment { start_ns, duration_ns, overload } = rest.moment;
        let midnight = midnight_after(day_of(start_ns));
        let before = midnight - start_ns;
        if duration_ns <= before {
            break;
        }
        let first = Moment { start_ns, duration_ns: before, overload };
        parts.push(Measurement { moment: first, data: rest.data.clone() });
        rest.moment = Moment { start_ns: midnight, duration_ns: duration_ns - before, overload };
    }
    parts.push(rest);
    parts
}

impl Shape {
    /// The grid of a sweep; `None` where its bins are of several widths or too many.
    pub(crate) fn of(sweep: &Sweep) -> Option<Self> {
        let (low_hz, high_hz) = sweep.range_hz()?;
        let bin_hz = sweep.pieces.first()?.bin_width_hz;
        let bins = ((high_hz - low_hz) / bin_hz).round();
        let alike = sweep.pieces.iter().all(|piece| (piece.bin_width_hz - bin_hz).abs() <= 1e-6 * bin_hz);
        (alike && bins >= 1.0 && bins <= BINS_MOST as f64).then_some(Self::Grid { low_hz, bin_hz, bins: bins as usize })
    }

    /// Puts a sweep on the grid, holes where nothing was measured; `None` where it does not lie on it.
    pub(crate) fn levels(&self, sweep: &Sweep) -> Option<Vec<i16>> {
        let Self::Grid { low_hz, bin_hz, bins } = self else { return None };
        let mut levels = vec![HOLE; *bins];
        for piece in &sweep.pieces {
            let at = (piece.low_hz - low_hz) / bin_hz;
            let drift = (piece.bin_width_hz - bin_hz).abs() / bin_hz * piece.levels.len() as f64;
            if at < -BESIDE || (at - at.round()).abs() > BESIDE || drift > BESIDE {
                return None;
            }
            let from = at.round() as usize;
            let places = levels.get_mut(from..from.checked_add(piece.levels.len())?)?;
            for (place, level) in places.iter_mut().zip(&piece.levels) {
                *place = step_of(level.0);
            }
        }
        Some(levels)
    }
}

impl Measurement {
    /// As a record of a journal: start, duration, overload, then big-endian levels or rows as text.
    pub(crate) fn write(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        bytes.extend(self.moment.start_ns.to_be_bytes());
        bytes.extend(self.moment.duration_ns.to_be_bytes());
        bytes.push(u8::from(self.moment.overload));
        match &self.data {
            Data::Levels(levels) => bytes.extend(levels.iter().flat_map(|level| level.to_be_bytes())),
            Data::Rows(rows) => bytes.extend_from_slice(rows.as_bytes()),
        }
        bytes
    }

    /// Reads what [`Measurement::write`] wrote.
    pub(crate) fn read(bytes: &[u8], shape: &Shape) -> Option<Self> {
        let (start, rest) = bytes.split_first_chunk::<8>()?;
        let (duration, rest) = rest.split_first_chunk::<8>()?;
        let (overload, rest) = rest.split_first()?;
        let moment = Moment {
            start_ns: i64::from_be_bytes(*start),
            duration_ns: i64::from_be_bytes(*duration),
            overload: *overload != 0,
        };
        let data = match shape {
            Shape::Grid { bins, .. } => {
                let levels = rest.as_chunks::<2>().0.iter().map(|pair| i16::from_be_bytes(*pair)).collect::<Vec<_>>();
                Some(Data::Levels(levels)).filter(|_| rest.len() == bins * 2)
            }
            Shape::Cells { .. } => String::from_utf8(rest.to_vec()).ok().map(Data::Rows),
        };
        Some(Self { moment, data: data? })
    }

    /// Where it ends, exclusive.
    pub(crate) fn end_ns(&self) -> i64 {
        self.moment.start_ns.saturating_add(self.moment.duration_ns)
    }
}
