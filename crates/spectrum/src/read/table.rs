//! Rows of a CSV table, one line each, by the headings of its first line.
//!
//! A row ends where its line ends, quoted or not. So a quotation mark that is never closed spoils its own row instead of
//! swallowing the rest of the file, memory stays bounded, and line numbers are those of the file.

use std::io::BufRead;

use csv::StringRecord;

use super::lines::Lines;
use crate::complaint::{Complaint, Place};

/// A table whose headings were read.
#[derive(Debug)]
pub(crate) struct Table<R> {
    lines: Lines<R>,
    /// Where each wanted column stands, in the order in which they were wanted.
    columns: Vec<usize>,
}

impl<R: BufRead> Table<R> {
    /// Reads the headings and finds each wanted column by one of its names.
    pub(crate) fn open(input: R, wanted: &[&[String]]) -> Result<Self, Complaint> {
        let mut lines = Lines::new(input);
        let headings = match lines.next().map_err(Complaint::ending)? {
            Some(line) => split(line.text, line.number).map_err(Complaint::ending)?,
            None => StringRecord::new(),
        };
        let columns = wanted.iter().map(|names| find(&headings, names)).collect::<Result<_, _>>()?;
        Ok(Self { lines, columns })
    }

    /// Reads the next row that is not blank, with its line; `None` at the end.
    pub(crate) fn next(&mut self) -> Result<Option<(u64, Row<'_>)>, Complaint> {
        loop {
            let Some(line) = self.lines.next()? else { return Ok(None) };
            if line.text.trim().is_empty() {
                continue;
            }
            let (number, fields) = (line.number, split(line.text, line.number)?);
            return Ok(Some((number, Row { fields, columns: &self.columns })));
        }
    }
}

/// One row.
#[derive(Debug)]
pub(crate) struct Row<'a> {
    fields: StringRecord,
    columns: &'a [usize],
}

impl Row<'_> {
    /// The field of a wanted column, by its place among those wanted; empty when the row is too short.
    pub(crate) fn field(&self, wanted: usize) -> &str {
        self.columns.get(wanted).and_then(|column| self.fields.get(*column)).unwrap_or_default()
    }
}

fn find(headings: &StringRecord, names: &[String]) -> Result<usize, Complaint> {
    let mut found = headings.iter().enumerate().filter(|(_, heading)| names.iter().any(|name| name == heading));
    match (found.next(), found.next()) {
        (Some((column, _)), None) => Ok(column),
        (first, _) => {
            let names = names.join("/");
            let (zh, en) =
                if first.is_none() { ("没有", "no column is") } else { ("不止一列", "more than one column is") };
            Err(Complaint::stopped(
                Place::Line(1),
                format!("表头{zh}`{names}`，应恰有一列，请核对导出设置"),
                format!("{en} headed `{names}` where there must be exactly one; check how the table was exported"),
            ))
        }
    }
}

fn split(text: &str, line: u64) -> Result<StringRecord, Complaint> {
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .trim(csv::Trim::All)
        .buffer_capacity(text.len().clamp(64, 8192))
        .from_reader(text.as_bytes());
    let mut fields = StringRecord::new();
    reader.read_record(&mut fields).map(|_| fields).map_err(|fault| {
        Complaint::left_out(
            Place::Line(line),
            format!("无法分列（{fault}），请核对引号"),
            format!("cannot be split into columns ({fault}); check its quotation marks"),
        )
    })
}
