//! What is a relative level in dBm? The station's calibration table of that day says it, or nobody does.
//!
//! A table is dated and covers a range of frequencies. Between two points the offset is interpolated linearly; outside of them and
//! outside of its dates nothing is calibrated, and what is not stays [`RelativeDb`].

use std::collections::BTreeMap;
use std::io::Read;

use serde::Deserialize;

use crate::complaint::{Complaint, Place};
use crate::hours::Interval;
use crate::level::{Dbm, RelativeDb};
use crate::read::sweep::Piece;
use crate::read::{Clock, LineFeeds, line_of};

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

#[derive(Deserialize)]
struct Row {
    station: String,
    from: String,
    until: String,
    frequency_hz: f64,
    offset_db: f64,
}

impl Calibrations {
    /// Reads a CSV with the columns `station, from, until, frequency_hz, offset_db`, one point a row; `until` is exclusive, times
    /// without an offset are in the clock's zone. One wrong row refuses the file: half a calibration is none.
    pub fn read(input: impl Read, clock: &Clock) -> Result<Self, Complaint> {
        let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(LineFeeds::new(input));
        let mut tables: BTreeMap<(String, Interval), Vec<(f64, f64)>> = BTreeMap::new();
        let headings = reader.headers().map_err(|fault| broken(&fault, Some(1)))?.clone();
        let mut record = csv::StringRecord::new();
        while reader.read_record(&mut record).map_err(|fault| broken(&fault, reader_line(&fault)))? {
            let line = line_of(&reader, &record);
            let row: Row = record.deserialize(Some(&headings)).map_err(|fault| broken(&fault, Some(line)))?;
            let (key, point) = row.checked(clock).map_err(|(zh, en)| Complaint::stopped(Place::Line(line), zh, en))?;
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

type Key = (String, Interval);

impl Row {
    fn checked(self, clock: &Clock) -> Result<(Key, (f64, f64)), (String, String)> {
        let ((from_ns, _), (until_ns, _)) = (clock.read_any(&self.from)?, clock.read_any(&self.until)?);
        let when = Interval::new(from_ns, until_ns).ok_or_else(|| {
            (
                "失效时间不晚于生效时间，请核对".to_owned(),
                "the table ends before it begins; check both times".to_owned(),
            )
        })?;
        let believed =
            self.frequency_hz > 0.0 && self.frequency_hz.is_finite() && self.offset_db.abs() <= OFFSET_MOST_DB;
        if self.station.is_empty() || !believed {
            return Err((
                format!("站名、频率（{} Hz）或修正值（{} dB）不成立，请核对", self.frequency_hz, self.offset_db),
                format!(
                    "the station, the frequency ({} Hz) or the offset ({} dB) cannot be; check them",
                    self.frequency_hz, self.offset_db
                ),
            ));
        }
        Ok(((self.station, when), (self.frequency_hz, self.offset_db)))
    }
}

fn reader_line(fault: &csv::Error) -> Option<u64> {
    fault.position().map(csv::Position::line)
}

fn broken(fault: &csv::Error, line: Option<u64>) -> Complaint {
    let place = line.map_or(Place::Whole, Place::Line);
    Complaint::stopped(
        place,
        format!("校准表应有station、from、until、frequency_hz、offset_db五列（{fault}），请按此改正"),
        format!(
            "a calibration table has the columns station, from, until, frequency_hz, offset_db ({fault}); mend it so"
        ),
    )
}
