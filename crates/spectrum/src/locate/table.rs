//! Readings of several receivers as a table: which rows say something, and which are left out with their line?
//!
//! Columns `station, latitude, longitude` and at least one kind of reading with its standard deviation: `level_db, level_sigma_db`;
//! `bearing_deg, bearing_sigma_deg`; `arrival_ns, arrival_sigma_ns`. An empty reading means that this receiver has none of that kind.

use super::readings::{is_place, says_level};
use super::{Area, Arrivals, Bearings, Fault, Levels, Model, Plane, Point, Term};
use crate::complaint::{Complaint, Place};
use crate::read::table::{Row, Table};

/// What a receiver measures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Levels in dB; the transmitter's power is not known.
    Level,
    /// Bearings in degrees clockwise from north.
    Bearing,
    /// Arrival times in ns on one clock.
    Arrival,
}

/// All kinds.
const KINDS: [Kind; 3] = [Kind::Level, Kind::Bearing, Kind::Arrival];
/// A search area without anything stated reaches this far beyond the receivers at least, in metres.
const MARGIN_LEAST_M: f64 = 2_000.0;

impl Kind {
    /// The headings of the reading and of its standard deviation.
    #[must_use]
    pub const fn headings(self) -> [&'static str; 2] {
        match self {
            Self::Level => ["level_db", "level_sigma_db"],
            Self::Bearing => ["bearing_deg", "bearing_sigma_deg"],
            Self::Arrival => ["arrival_ns", "arrival_sigma_ns"],
        }
    }

    fn says(self, value: f64) -> bool {
        match self {
            Self::Level => says_level(value),
            Self::Bearing => (-360.0..=360.0).contains(&value),
            Self::Arrival => value.is_finite(),
        }
    }
}

/// One reading that says something.
#[derive(Clone, Debug, PartialEq)]
pub struct Told {
    /// The receiver.
    pub station: String,
    /// The line of the table, from 1.
    pub line: u64,
    /// What was measured.
    pub kind: Kind,
    /// Where the receiver stands.
    pub at: Point,
    /// The reading: dB, degrees or ns.
    pub value: f64,
    /// Its standard deviation in the same unit.
    pub sigma: f64,
}

/// A table that was read.
#[derive(Clone, Debug)]
pub struct Readings {
    /// The plane about the middle of the receivers.
    pub plane: Plane,
    /// Readings in the order of their lines.
    pub told: Vec<Told>,
    /// What was left out, each with its line.
    pub left_out: Vec<Complaint>,
}

impl Readings {
    /// Reads a table. Rows without a place ((0, 0) means none) or with a reading that means "none" are left out and told.
    ///
    /// # Errors
    /// When the headings name no reading, or no row is left.
    pub fn read(text: &str) -> Result<Self, Complaint> {
        let first = text.lines().next().unwrap_or_default();
        let headed = |name: &str| first.trim_start_matches('\u{feff}').split(',').any(|one| one.trim() == name);
        let kinds: Vec<Kind> = KINDS.into_iter().filter(|kind| headed(kind.headings()[0])).collect();
        if kinds.is_empty() {
            return Err(Complaint::stopped(
                Place::Line(1),
                "表头没有 level_db、bearing_deg、arrival_ns 中的任何一列，请至少提供一种读数",
                "no column is headed `level_db`, `bearing_deg` or `arrival_ns`; give one kind of reading at least",
            ));
        }
        let wanted =
            ["station", "latitude", "longitude"].into_iter().chain(kinds.iter().flat_map(|one| one.headings()));
        let wanted: Vec<[String; 1]> = wanted.map(|name| [name.to_owned()]).collect();
        let wanted: Vec<&[String]> = wanted.iter().map(<[String; 1]>::as_slice).collect();
        let mut rows = Table::open(text.as_bytes(), &wanted)?;
        let (mut found, mut left_out) = (Vec::new(), Vec::new());
        loop {
            match rows.next() {
                Ok(None) => break,
                Ok(Some((line, row))) => {
                    let (told, complaints) = of_row(&row, line, &kinds);
                    found.extend(told);
                    left_out.extend(complaints);
                }
                Err(told) => left_out.push(told),
            }
        }
        if found.is_empty() {
            return Err(Complaint::stopped(
                Place::Whole,
                "没有可用的读数，请核对接收机位置和读数",
                "no usable reading is left; check the receivers' positions and readings",
            ));
        }
        Ok(Self::of(found, left_out))
    }

    fn of(found: Vec<Raw>, left_out: Vec<Complaint>) -> Self {
        let count = found.len().max(1) as f64;
        let mean = |of: fn(&Raw) -> f64| found.iter().map(of).sum::<f64>() / count;
        let plane = Plane::about(mean(|one| one.degrees.0), mean(|one| one.degrees.1));
        let told = found.into_iter().map(|one| Told {
            station: one.station,
            line: one.line,
            kind: one.kind,
            at: plane.point(one.degrees.0, one.degrees.1),
            value: one.value,
            sigma: one.sigma,
        });
        Self { plane, told: told.collect(), left_out }
    }

    /// The area around the receivers, widened on each side by their longer extent (2 km at least): for callers that state none.
    ///
    /// # Errors
    /// When a position is no number.
    pub fn area(&self) -> Result<Area, Fault> {
        let bounds = |of: fn(&Point) -> f64| {
            let values = || self.told.iter().map(|one| of(&one.at));
            (values().fold(f64::INFINITY, f64::min), values().fold(f64::NEG_INFINITY, f64::max))
        };
        let ((west, east), (south, north)) = (bounds(|at| at.east_m), bounds(|at| at.north_m));
        let margin = (east - west).max(north - south).max(MARGIN_LEAST_M);
        Area::new(west - margin, east + margin, south - margin, north + margin)
    }

    /// The model of all readings; `exponent` says how levels fall (2 in free space, 3 to 4 in towns).
    ///
    /// # Errors
    /// When there are levels and arrival times: each has an unknown of its own (power, time of sending), and one fit bears one.
    pub fn model(&self, exponent: f64) -> Result<Mixed, Complaint> {
        let of = |kind: Kind| -> Vec<(Point, f64, f64)> {
            let those = self.told.iter().filter(|one| one.kind == kind);
            those.map(|one| (one.at, one.value, one.sigma)).collect()
        };
        let (levels, bearings, arrivals) = (of(Kind::Level), of(Kind::Bearing), of(Kind::Arrival));
        if !levels.is_empty() && !arrivals.is_empty() {
            return Err(Complaint::stopped(
                Place::Line(1),
                "电平和到达时间不能在一次定位中合用，请留下其中一种",
                "levels and arrival times cannot be used in one fit; leave out one of them",
            ));
        }
        let mut lines = Vec::new();
        for kind in KINDS {
            lines.extend(self.told.iter().enumerate().filter(|(_, one)| one.kind == kind).map(|(at, _)| at));
        }
        Ok(Mixed {
            levels: Levels { readings: levels, exponent },
            bearings: Bearings { readings: bearings },
            arrivals: Arrivals { readings: arrivals },
            order: lines,
        })
    }
}

/// Bearings together with levels or with arrival times.
#[derive(Clone, Debug)]
pub struct Mixed {
    levels: Levels,
    bearings: Bearings,
    arrivals: Arrivals,
    /// For each term its place in [`Readings::told`].
    order: Vec<usize>,
}

impl Mixed {
    /// The place in [`Readings::told`] of a term.
    #[must_use]
    pub fn told(&self, term: usize) -> Option<usize> {
        self.order.get(term).copied()
    }
}

impl Model for Mixed {
    fn check(&self) -> Result<(), Fault> {
        self.levels.check()?;
        self.bearings.check()?;
        self.arrivals.check()
    }

    fn terms(&self, at: Point) -> Vec<Term> {
        let mut terms = self.levels.terms(at);
        terms.extend(self.bearings.terms(at));
        terms.extend(self.arrivals.terms(at));
        terms
    }
}

/// A reading whose place is still in degrees.
struct Raw {
    station: String,
    line: u64,
    kind: Kind,
    degrees: (f64, f64),
    value: f64,
    sigma: f64,
}

/// The readings of a row, and what of it was left out.
fn of_row(row: &Row<'_>, line: u64, kinds: &[Kind]) -> (Vec<Raw>, Vec<Complaint>) {
    let station = row.field(0);
    let (north, east) = (row.field(1), row.field(2));
    let degrees = north.parse().ok().zip(east.parse().ok()).filter(|degrees| is_place(*degrees));
    let Some(degrees) = degrees else {
        let told = Complaint::left_out(
            Place::Line(line),
            format!("接收机`{station}`的位置`{north}, {east}`不成立（0, 0 表示未知），请补上位置"),
            format!(
                "`{north}, {east}` is no place of the receiver `{station}` (0, 0 means not known); enter where it stands"
            ),
        );
        return (Vec::new(), vec![told]);
    };
    let (mut found, mut left_out) = (Vec::new(), Vec::new());
    for (at, kind) in kinds.iter().enumerate() {
        let (value, sigma) = (row.field(3 + 2 * at), row.field(4 + 2 * at));
        if value.is_empty() {
            continue;
        }
        let reading = value.parse().ok().filter(|value| kind.says(*value));
        let spread = sigma.parse().ok().filter(|sigma: &f64| sigma.is_finite() && *sigma > 0.0);
        if let Some((value, sigma)) = reading.zip(spread) {
            found.push(Raw { station: station.to_owned(), line, kind: *kind, degrees, value, sigma });
            continue;
        }
        let [named, deviation] = kind.headings();
        left_out.push(Complaint::left_out(
            Place::Line(line),
            format!("`{named}`为`{value}`、`{deviation}`为`{sigma}`：读数无效（-101 及以下、-1 表示未收到）或标准差不大于0，请核对"),
            format!(
                "`{named}` is `{value}` and `{deviation}` is `{sigma}`: no reading (-101 and below, and -1, mean none) or a \
                 deviation that is not above 0; check them"
            ),
        ));
    }
    (found, left_out)
}
