//! What is a relative level in dBm? The station's calibration table of that day says it, or nobody does.
//!
//! A table is dated and covers a range of frequencies. Between two points the offset is interpolated linearly; outside of them and
//! outside of its dates nothing is calibrated, and what is not stays [`RelativeDb`].

use std::collections::BTreeMap;
use std::io::BufRead;

use crate::complaint::{Complaint, Place};
use crate::hours::Interval;
use crate::level::{Dbm, RelativeDb};
use crate::read::Clock;
use crate::read::sweep::Piece;
use crate::read::table::{Row, Table as Rows};

/// The highest offset that is believed, in dB either way.
const OFFSET_MOST_DB: f64 = 300.0;

/// Why a level stays relative. `Display` is English, [`Uncalibrated::zh`] Chinese.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
pub enum Uncalibrated {
    /// The station has no table for this time.
    #[error(
        "the station has no calibration for this time, so its levels are relative dB; calibrate it and enter the table"
    )]
    Time,
    /// The table of this time does not reach this frequency.
    #[error("the calibration does not reach {hz} Hz, so levels there are relative dB; calibrate that frequency")]
    Frequency {
        /// The frequency, in Hz.
        hz: f64,
    },
}

impl Uncalibrated {
    /// Says in Chinese what is missing and what to do.
    pub fn zh(&self) -> String {
        match self {
            Self::Time => "该站此时没有校准表，电平为相对dB，请校准后录入".into(),
            Self::Frequency { hz } => format!("校准表未覆盖{hz} Hz，该处电平为相对dB，请补充校准"),
        }
    }
}

/// The calibration tables of stations, by date.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Calibrations {
    /// Station -> tables in order of time. INVARIANT(dates): tables of one station do not overlap in time.
    stations: BTreeMap<String, Vec<Table>>,
}

/// One table: what to add to a relative level to get dBm, by frequency.
#[derive(Debug, Clone, PartialEq)]
pub struct Table {
    /// When it holds, half-open.
    pub when: Interval,
    /// (Hz, dB). INVARIANT(points): at least one, finite, frequencies strictly increasing.
    points: Vec<(f64, f64)>,
}

/// A piece of a sweep whose levels were all calibrated.
#[derive(Debug, Clone, PartialEq)]
pub struct CalibratedPiece {
    /// Where the first bin begins, in Hz.
    pub low_hz: f64,
    /// How wide a bin is, in Hz.
    pub bin_width_hz: f64,
    /// One level for each bin.
    pub levels: Vec<Dbm>,
}

/// The columns of a calibration table.
const COLUMNS: [&str; 5] = ["station", "from", "until", "frequency_hz", "offset_db"];

impl Calibrations {
    /// Reads a CSV with the columns `station, from, until, frequency_hz, offset_db`, one point a row; `until` is exclusive, times
    /// without an offset are in the clock's zone. One wrong row refuses the file: half a calibration is none.
    pub fn read(input: impl BufRead, clock: &Clock) -> Result<Self, Complaint> {
        let columns = COLUMNS.map(|name| [name.to_owned()]);
        let mut rows = Rows::open(input, &columns.each_ref().map(<[String; 1]>::as_slice))?;
        let mut tables: BTreeMap<Key, Vec<(f64, f64)>> = BTreeMap::new();
        while let Some((line, row)) = rows.next().map_err(Complaint::ending)? {
            let (key, point) =
                checked(&row, clock).map_err(|(zh, en)| Complaint::stopped(Place::Line(line), zh, en))?;
            let points = tables.entry(key).or_default();
            let at = points.partition_point(|held| held.0 < point.0);
            if points.get(at).is_some_and(|held| held.0 <= point.0) {
                let hz = point.0;
                return Err(Complaint::stopped(
                    Place::Line(line),
                    format!("频率{hz} Hz在同一张表中出现两次，请删去一行"),
                    format!("{hz} Hz comes twice in one table; delete one of the rows"),
                ));
            }
            points.insert(at, point);
        }
        let mut found = Self::default();
        for ((station, when), points) in tables {
            found.add(station, Table { when, points })?;
        }
        Ok(found)
    }

    fn add(&mut self, station: String, table: Table) -> Result<(), Complaint> {
        let held = self.stations.entry(station.clone()).or_default();
        if held.last().is_some_and(|last| last.when.until_ns() > table.when.from_ns()) {
            return Err(Complaint::stopped(
                Place::Field(station),
                "两张校准表的有效期重叠，请让前一张在后一张开始时失效",
                "two calibration tables overlap in time; let the earlier one end when the later begins",
            ));
        }
        held.push(table);
        Ok(())
    }

    /// Finds the table of a station that holds at a moment (nanoseconds since 1970 in UTC).
    pub fn at(&self, station: &str, at_ns: i64) -> Result<&Table, Uncalibrated> {
        let tables = self.stations.get(station).ok_or(Uncalibrated::Time)?;
        let after = tables.partition_point(|table| table.when.from_ns() <= at_ns);
        let table = after.checked_sub(1).and_then(|index| tables.get(index)).ok_or(Uncalibrated::Time)?;
        if at_ns < table.when.until_ns() { Ok(table) } else { Err(Uncalibrated::Time) }
    }
}

impl Table {
    /// Makes of a relative level at a frequency a power in dBm.
    pub fn apply(&self, hz: f64, level: RelativeDb) -> Result<Dbm, Uncalibrated> {
        let outside = Uncalibrated::Frequency { hz };
        let after = self.points.partition_point(|(point_hz, _)| *point_hz <= hz);
        let (low_hz, low_db) = after.checked_sub(1).and_then(|before| self.points.get(before)).ok_or(outside)?;
        let offset_db = match self.points.get(after) {
            Some((high_hz, high_db)) => low_db + (high_db - low_db) * (hz - low_hz) / (high_hz - low_hz),
            // The last point itself is calibrated, what lies beyond is not.
            None if hz <= *low_hz => *low_db,
            None => return Err(outside),
        };
        Ok(Dbm::calibrated((f64::from(level.0) + offset_db) as f32))
    }

    /// Calibrates a piece of a sweep, each bin at its middle. Fails when one bin lies outside of the table.
    pub fn apply_to(&self, piece: &Piece) -> Result<CalibratedPiece, Uncalibrated> {
        let middle = |index: usize| piece.low_hz + piece.bin_width_hz * (index as f64 + 0.5);
        let levels = piece.levels.iter().enumerate().map(|(index, level)| self.apply(middle(index), *level));
        let levels = levels.collect::<Result<Vec<Dbm>, Uncalibrated>>()?;
        Ok(CalibratedPiece { low_hz: piece.low_hz, bin_width_hz: piece.bin_width_hz, levels })
    }
}

/// The station, and when its table holds.
type Key = (String, Interval);

fn checked(row: &Row<'_>, clock: &Clock) -> Result<(Key, (f64, f64)), (String, String)> {
    let [station, from, until, hz, db] = [0, 1, 2, 3, 4].map(|column| row.field(column));
    let ((from_ns, _), (until_ns, _)) = (clock.read_any(from)?, clock.read_any(until)?);
    let when = Interval::new(from_ns, until_ns).ok_or_else(|| {
        ("失效时间不晚于生效时间，请核对".to_owned(), "the table ends before it begins; check both times".to_owned())
    })?;
    let frequency_hz = hz.parse::<f64>().ok().filter(|hz| *hz > 0.0 && hz.is_finite());
    let offset_db = db.parse::<f64>().ok().filter(|db| db.abs() <= OFFSET_MOST_DB);
    match (station.is_empty(), frequency_hz, offset_db) {
        (false, Some(hz), Some(db)) => Ok(((station.to_owned(), when), (hz, db))),
        _ => Err((
            format!("站名`{station}`、频率`{hz}` Hz或修正值`{db}` dB不成立，请核对"),
            format!("the station `{station}`, the frequency `{hz}` Hz or the offset `{db}` dB cannot be; check them"),
        )),
    }
}
