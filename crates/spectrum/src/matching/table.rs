//! Measured signals as a table, one a row.
//!
//! Columns `time, centre_hz, bandwidth_hz, bin_hz, snr_db, latitude, longitude, field_dbuv_m`; the place and the field may be empty. A row
//! that cannot be read is left out and told: the others are judged without it.

use std::io::BufRead;

use super::Signal;
use crate::complaint::{Complaint, Done, Place as At};
use crate::licence::Place;
use crate::read::Clock;
use crate::read::table::{Row, Table};

/// The columns.
const COLUMNS: [&str; 8] =
    ["time", "centre_hz", "bandwidth_hz", "bin_hz", "snr_db", "latitude", "longitude", "field_dbuv_m"];

/// Signals, each with its line, and what was left out.
pub type SignalTable = (Vec<(u64, Signal)>, Vec<Complaint>);

/// Reads a table of signals; times without an offset are in the clock's zone.
///
/// # Errors
/// When a column is missing or the medium cannot be read.
pub fn read_signals(input: impl BufRead, clock: &Clock) -> Result<SignalTable, Complaint> {
    let columns = COLUMNS.map(|name| [name.to_owned()]);
    let mut rows = Table::open(input, &columns.each_ref().map(<[String; 1]>::as_slice))?;
    let (mut found, mut left_out) = (Vec::new(), Vec::new());
    loop {
        match rows.next() {
            Ok(None) => return Ok((found, left_out)),
            Ok(Some((line, row))) => match signal(&row, clock) {
                Ok(one) => found.push((line, one)),
                Err((zh, en)) => left_out.push(Complaint::left_out(At::Line(line), zh, en)),
            },
            Err(told) if told.done == Done::Stopped => return Err(told),
            Err(told) => left_out.push(told),
        }
    }
}

fn signal(row: &Row<'_>, clock: &Clock) -> Result<Signal, (String, String)> {
    let (at_ns, _) = clock.read_any(row.field(0))?;
    let number = |column: usize, sound: fn(f64) -> bool| {
        let (text, named) = (row.field(column), COLUMNS.get(column).copied().unwrap_or_default());
        text.parse().ok().filter(|value: &f64| value.is_finite() && sound(*value)).ok_or_else(|| {
            (
                format!("`{named}`为`{text}`，不是可用的数，请更正"),
                format!("`{named}` is `{text}` where a number in its range is needed; correct it"),
            )
        })
    };
    let receiver = match (row.field(5), row.field(6)) {
        ("", "") => None,
        (north, east) => {
            let degrees = north.parse().ok().zip(east.parse().ok());
            let place = degrees.and_then(|(latitude, longitude)| Place::new(latitude, longitude));
            Some(place.ok_or_else(|| {
                (
                    format!("位置`{north}, {east}`不成立（0, 0 表示未知，未知请留空），请更正"),
                    format!(
                        "`{north}, {east}` is no place (0, 0 means that none is known: leave both empty); correct it"
                    ),
                )
            })?)
        }
    };
    Ok(Signal {
        centre_hz: number(1, |hz| hz > 0.0)?,
        bandwidth_hz: number(2, |hz| hz >= 0.0)?,
        bin_hz: number(3, |hz| hz > 0.0)?,
        at_ns,
        snr_db: number(4, |_| true)?,
        receiver,
        field_dbuv_m: if row.field(7).is_empty() { None } else { Some(number(7, |_| true)?) },
    })
}
