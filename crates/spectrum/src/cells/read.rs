//! Reads cell-scan logs and lists of licensed cells: CSV with a heading, or JSON with the same names.
//!
//! A line that cannot be read is left out and reported; the others count. An empty cell means "not told".

use super::{Fault, Identity, Licensed, Record, Technology};
use std::collections::BTreeMap;

const NUMBER: (&str, &str) = ("a number within its range", "范围内的数");
const TIME: (&str, &str) =
    ("a time in UTC such as 2024-05-01T08:00:00Z, from 2000 on", "2000年以后的UTC时间（如 2024-05-01T08:00:00Z）");
/// Before this (2000-01-01 UTC) no scanner measured: its clock was not set.
const EARLIEST_NS: i64 = 946_684_800_000_000_000;

/// The columns of a log that must be there; the others may be missing.
const NEEDED: [&str; 11] =
    ["time", "station", "latitude", "longitude", "technology", "mcc", "mnc", "area", "cell", "carrier", "physical"];
const LICENSED: [&str; 7] = ["technology", "mcc", "mnc", "area", "cell", "latitude", "longitude"];

/// One line of a table.
struct Row<'a> {
    file: &'a str,
    line: usize,
    columns: &'a BTreeMap<&'a str, usize>,
    cells: Vec<&'a str>,
}

impl Row<'_> {
    fn text(&self, column: &str) -> &str {
        self.columns.get(column).and_then(|index| self.cells.get(*index)).copied().unwrap_or_default()
    }

    fn fault(&self, column: &'static str, (en, zh): (&'static str, &'static str)) -> Fault {
        let text = self.text(column).chars().take(40).collect();
        Fault::Field { file: self.file.to_owned(), line: self.line, column, text, en, zh }
    }

    fn told<T: std::str::FromStr>(&self, column: &'static str) -> Result<Option<T>, Fault> {
        match self.text(column) {
            "" => Ok(None),
            text => text.parse().map(Some).map_err(|_| self.fault(column, NUMBER)),
        }
    }

    fn needed<T: std::str::FromStr>(&self, column: &'static str) -> Result<T, Fault> {
        self.told(column)?.ok_or_else(|| self.fault(column, NUMBER))
    }

    fn decimal(&self, column: &'static str) -> Result<Option<f64>, Fault> {
        match self.told::<f64>(column)? {
            Some(value) if !value.is_finite() => Err(self.fault(column, NUMBER)),
            value => Ok(value),
        }
    }

    fn place(&self) -> Result<(f64, f64), Fault> {
        let within = |column, most: f64| {
            let value = self.decimal(column)?.filter(|value| value.abs() <= most);
            value.ok_or_else(|| self.fault(column, NUMBER))
        };
        let (latitude, longitude) = (within("latitude", 90.0)?, within("longitude", 180.0)?);
        if latitude.abs() < 1e-9 && longitude.abs() < 1e-9 {
            return Err(
                self.fault("latitude", ("a place; (0, 0) means that none is known", "有效位置（0，0 表示未知）"))
            );
        }
        Ok((latitude, longitude))
    }

    fn flag(&self, column: &'static str) -> Result<Option<bool>, Fault> {
        match self.text(column) {
            "" => Ok(None),
            "1" | "true" => Ok(Some(true)),
            "0" | "false" => Ok(Some(false)),
            _ => Err(self.fault(column, ("1 or 0", "1 或 0"))),
        }
    }

    fn identity(&self) -> Result<Identity, Fault> {
        let technology = match self.text("technology") {
            "gsm" => Technology::Gsm,
            "lte" => Technology::Lte,
            _ => return Err(self.fault("technology", ("gsm or lte", " gsm 或 lte"))),
        };
        let (mcc, mnc) = (self.needed("mcc")?, self.needed("mnc")?);
        Ok(Identity { technology, mcc, mnc, area: self.needed("area")?, cell: self.needed("cell")? })
    }

    fn time_ns(&self) -> Result<i64, Fault> {
        time_ns(self.text("time")).ok_or_else(|| self.fault("time", TIME))
    }

    fn neighbours(&self) -> Result<Option<Vec<u32>>, Fault> {
        let list = |text: &str| text.split(';').map(|each| each.trim().parse().ok()).collect::<Option<Vec<u32>>>();
        match self.text("neighbours") {
            "" => Ok(None),
            "none" => Ok(Some(Vec::new())),
            text => list(text).map(Some).ok_or_else(|| self.fault("neighbours", NUMBER)),
        }
    }

    fn record(&self) -> Result<Record, Fault> {
        let (latitude, longitude) = self.place()?;
        Ok(Record {
            time_ns: self.time_ns()?,
            station: self.text("station").to_owned(),
            latitude,
            longitude,
            identity: self.identity()?,
            carrier: self.needed("carrier")?,
            physical: self.needed("physical")?,
            level_dbm: self.decimal("level_dbm")?,
            neighbours: self.neighbours()?,
            reselect_offset_db: self.decimal("reselect_offset_db")?,
            update_timer: self.told("update_timer")?,
            access_blocks: self.told("access_blocks")?,
            combined: self.flag("combined")?,
            paging_multiframes: self.told("paging_multiframes")?,
            system_blocks: self.told("system_blocks")?,
            prefers_older: self.flag("prefers_older")?,
        })
    }
}

fn time_ns(text: &str) -> Option<i64> {
    let time: jiff::Timestamp = text.parse().ok()?;
    i64::try_from(time.as_nanosecond()).ok().filter(|ns| *ns >= EARLIEST_NS)
}

/// Reads the lines of a table; `read` makes one thing of each.
fn table<T>(
    text: &str,
    file: &str,
    needed: &[&'static str],
    read: impl Fn(&Row<'_>) -> Result<T, Fault>,
) -> (Vec<T>, Vec<Fault>) {
    let text = text.trim_start_matches('\u{feff}');
    let heading = text.lines().next().unwrap_or_default();
    let columns = heading.split(',').enumerate().map(|(index, name)| (name.trim(), index)).collect::<BTreeMap<_, _>>();
    let missing = needed.iter().filter(|column| !columns.contains_key(**column));
    let mut faults: Vec<Fault> = missing.map(|column| Fault::Column { file: file.to_owned(), column }).collect();
    if !faults.is_empty() {
        return (Vec::new(), faults);
    }
    let mut found = Vec::new();
    for (index, line) in text.lines().enumerate().skip(1).filter(|(_, line)| !line.trim().is_empty()) {
        let row = Row { file, line: index + 1, columns: &columns, cells: line.split(',').map(str::trim).collect() };
        match read(&row) {
            Ok(one) => found.push(one),
            Err(fault) => faults.push(fault),
        }
    }
    (found, faults)
}

/// Reads a cell-scan log in CSV. Neighbours are channel numbers with semicolons between, or `none`.
#[must_use]
pub fn read_csv(text: &str, file: &str) -> (Vec<Record>, Vec<Fault>) {
    table(text, file, &NEEDED, |row| row.record())
}

/// Reads a list of licensed cells in CSV (technology, mcc, mnc, area, cell, latitude, longitude).
#[must_use]
pub fn read_licensed(text: &str, file: &str) -> (Vec<Licensed>, Vec<Fault>) {
    table(text, file, &LICENSED, |row| {
        let (latitude, longitude) = row.place()?;
        Ok(Licensed { identity: row.identity()?, latitude, longitude })
    })
}

/// A record in JSON: the same, with the time as text.
#[derive(serde::Deserialize)]
struct Timed {
    time: String,
    #[serde(flatten)]
    record: Record,
}

/// Reads a cell-scan log in JSON: a list of objects with the names of the CSV columns, neighbours as a list.
#[must_use]
pub fn read_json(text: &str, file: &str) -> (Vec<Record>, Vec<Fault>) {
    let timed: Vec<Timed> = match serde_json::from_str(text) {
        Ok(timed) => timed,
        Err(fault) => {
            let (line, column, why) = (fault.line(), fault.column(), fault.to_string());
            return (Vec::new(), vec![Fault::Json { file: file.to_owned(), line, column, why }]);
        }
    };
    let (mut records, mut faults) = (Vec::new(), Vec::new());
    for (index, Timed { time, record }) in timed.into_iter().enumerate() {
        let refuse = |column, text: String, (en, zh)| Fault::Field {
            file: file.to_owned(),
            line: index + 1,
            column,
            text,
            en,
            zh,
        };
        let on_earth = record.latitude.abs() <= 90.0 && record.longitude.abs() <= 180.0;
        let nowhere = record.latitude.abs() < 1e-9 && record.longitude.abs() < 1e-9;
        match time_ns(&time) {
            None => faults.push(refuse("time", time, TIME)),
            Some(_) if !on_earth || nowhere => {
                faults.push(refuse("latitude", format!("{}, {}", record.latitude, record.longitude), NUMBER));
            }
            Some(time_ns) => records.push(Record { time_ns, ..record }),
        }
    }
    (records, faults)
}
