//! What is wrong, where, and what should the person do about it?
//!
//! Every complaint names sheet, cell, column and the value as it was read, in both languages. Those that refuse keep a
//! row (or the file) from being taken; those that only notice do not.

use crate::book::{Note, cell_name};

/// Whether something can be taken in spite of a complaint.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Worth knowing; nothing is held back.
    Noticed,
    /// The row, or for a complaint about the file the whole file, is not taken.
    Refused,
}

/// One complaint about a cell, a row or a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Complaint {
    /// Whether it holds something back.
    pub severity: Severity,
    /// The sheet's name; empty for the file as a whole.
    pub sheet: String,
    /// The cell as spreadsheet programs name it (`C7`), when the complaint is about one.
    pub cell: Option<String>,
    /// The row as spreadsheet programs number it, from 1.
    pub row: Option<u32>,
    /// The column's title as the file writes it, or the wanted title when it is missing.
    pub column_title: Option<String>,
    /// What stands in the cell, shortened.
    pub value: String,
    /// What is wrong and what to do, in Chinese.
    pub zh: String,
    /// What is wrong and what to do, in English.
    pub en: String,
    /// Row and column from 0.
    pub(crate) place: Option<(u32, u16)>,
}

impl Complaint {
    pub(crate) fn about_file(severity: Severity, sheet: &str, note: Note) -> Self {
        Self {
            severity,
            sheet: sheet.to_owned(),
            cell: None,
            row: None,
            column_title: None,
            value: String::new(),
            zh: note.zh,
            en: note.en,
            place: None,
        }
    }

    pub(crate) fn about_cell(sheet: &str, place: (u32, u16), column_title: &str, value: &str, note: Note) -> Self {
        let (row, column) = place;
        Self {
            severity: Severity::Refused,
            sheet: sheet.to_owned(),
            cell: Some(cell_name(row, column)),
            row: Some(row.saturating_add(1)),
            column_title: Some(column_title.to_owned()),
            value: shortened(value),
            zh: note.zh,
            en: note.en,
            place: Some(place),
        }
    }
}

impl Note {
    pub(crate) fn new(zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self { zh: zh.into(), en: en.into() }
    }
}

/// Cuts a value to what fits a line of a list.
fn shortened(value: &str) -> String {
    const CHARS_MAX: usize = 60;
    if value.chars().count() <= CHARS_MAX {
        return value.to_owned();
    }
    value.chars().take(CHARS_MAX - 1).chain(['…']).collect()
}
