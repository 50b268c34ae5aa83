//! How does a list become a CSV file that spreadsheet programs in Chinese offices open rightly?
//!
//! UTF-8 with a byte order mark (without it Excel takes the text for GBK), lines ending in CR LF, RFC 4180 quoting. A
//! text that a program would run as a formula gets an apostrophe in front; reading such a file drops it again.

use crate::SheetError;
use crate::list::{ListCell, ListSheet, heading, minute, yuan};

/// Writes one list as CSV.
///
/// # Errors
/// [`SheetError::Write`] when the writer fails.
pub fn write_csv(list: &ListSheet) -> Result<Vec<u8>, SheetError> {
    let failed = |why: String| SheetError::Write { why };
    let mark = "\u{FEFF}".as_bytes().to_vec();
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).flexible(true).from_writer(mark);
    let record = |cells: Vec<String>, writer: &mut csv::Writer<Vec<u8>>| {
        writer.write_record(cells).map_err(|error| failed(error.to_string()))
    };
    record(list.columns.iter().map(|column| harmless(&heading(column))).collect(), &mut writer)?;
    for row in &list.rows {
        record(row.iter().map(text_of).collect(), &mut writer)?;
    }
    writer.into_inner().map_err(|error| failed(error.error().to_string()))
}

fn text_of(cell: &ListCell) -> String {
    match cell {
        ListCell::Empty => String::new(),
        ListCell::Text(text) => harmless(text),
        ListCell::Integer(whole) => whole.to_string(),
        ListCell::Fen(fen) => yuan(*fen),
        ListCell::Date(date) => date.to_string(),
        ListCell::Moment(instant) => minute(*instant),
    }
}

/// Puts an apostrophe before text that begins like a formula, in plain or full-width characters.
fn harmless(text: &str) -> String {
    let begins =
        text.trim_start_matches([' ', '\u{3000}', '\u{A0}']).starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠']);
    if begins || text.starts_with(['\t', '\r', '\n']) { format!("'{text}") } else { text.to_owned() }
}
