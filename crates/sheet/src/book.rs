//! What does a file hold, before anybody asks what it means?
//!
//! A book is a list of sheets of cells, whether it came as XLSX or as delimited text. Refuses files of other kinds by
//! name, and whatever goes beyond the limits; numbers keep the digits that are written in the file (no floats).

use std::collections::BTreeMap;

use crate::decimal::Decimal;
use crate::number_format::Look;
use crate::{SheetError, delimited, xlsx};

/// How much of a file is read before it is refused. Every limit is inclusive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of the file as sent.
    pub file_bytes: u64,
    /// Bytes of the XLSX parts that are unpacked, all together.
    pub unpacked_bytes: u64,
    /// Sheets in one workbook.
    pub sheets: u64,
    /// Cells with content, all sheets together.
    pub cells: u64,
    /// Bytes of text in cells, all sheets together.
    pub text_bytes: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self { file_bytes: 32 << 20, unpacked_bytes: 256 << 20, sheets: 100, cells: 2_000_000, text_bytes: 64 << 20 }
    }
}

/// A file that was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Book {
    /// The name under which it was sent, without folders.
    pub file_name: String,
    /// What kind of file it was.
    pub source: Source,
    /// Its sheets in order; a delimited file has one.
    pub sheets: Vec<Sheet>,
    /// Serial dates count from 1904 instead of 1900 (workbooks of old Macintosh programs).
    pub from_1904: bool,
    /// What the reader has to know about how it was read.
    pub notes: Vec<Note>,
}

/// A remark in both languages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// Chinese.
    pub zh: String,
    /// English.
    pub en: String,
}

/// What kind of file a book was read from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// An Office Open XML workbook.
    Xlsx,
    /// Delimited text.
    Delimited {
        /// The encoding that was found.
        encoding: Encoding,
        /// The delimiter that was found.
        delimiter: char,
    },
}

impl Source {
    /// Describes the kind of file for the person who sent it, in Chinese.
    pub fn zh(&self) -> String {
        match self {
            Self::Xlsx => "XLSX工作簿".into(),
            Self::Delimited { encoding, delimiter } => {
                format!("文本表格，编码{}，分隔符{}", encoding.name(), delimiter_names(*delimiter).0)
            }
        }
    }

    /// Describes the kind of file for the person who sent it, in English.
    pub fn en(&self) -> String {
        match self {
            Self::Xlsx => "XLSX workbook".into(),
            Self::Delimited { encoding, delimiter } => {
                format!("delimited text in {}, separated by {}", encoding.name(), delimiter_names(*delimiter).1)
            }
        }
    }
}

fn delimiter_names(delimiter: char) -> (&'static str, &'static str) {
    match delimiter {
        ';' => ("分号", "semicolons"),
        '\t' => ("制表符", "tabs"),
        '，' => ("全角逗号", "full-width commas"),
        _ => ("逗号", "commas"),
    }
}

/// The encoding in which a text was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    /// UTF-8 that begins with a byte order mark.
    Utf8Marked,
    /// UTF-8 without mark.
    Utf8,
    /// UTF-16, little end first.
    Utf16Le,
    /// UTF-16, big end first.
    Utf16Be,
    /// GB 18030, which contains GBK and GB 2312.
    Gb18030,
}

impl Encoding {
    /// Names the encoding as spreadsheet programs do.
    pub fn name(self) -> &'static str {
        match self {
            Self::Utf8Marked => "UTF-8 (BOM)",
            Self::Utf8 => "UTF-8",
            Self::Utf16Le => "UTF-16LE",
            Self::Utf16Be => "UTF-16BE",
            Self::Gb18030 => "GB18030/GBK",
        }
    }
}

/// One sheet: its cells that are not empty, and what is needed to give it back looking alike.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Sheet {
    /// The name on its tab; for delimited text the file's name without its ending.
    pub name: String,
    /// Hidden from the person who opens the workbook.
    pub hidden: bool,
    /// Cells by row and column, both from 0.
    pub(crate) rows: BTreeMap<u32, BTreeMap<u16, Cell>>,
    pub(crate) merges: Vec<Merge>,
    /// For each cell that a joined area covers, the cell that holds its value.
    pub(crate) covered: BTreeMap<(u32, u16), (u32, u16)>,
    /// Widths in hundredths of a character, by column from 0.
    pub(crate) widths: BTreeMap<u16, u32>,
}

/// Cells that are joined into one; all bounds from 0 and inclusive. The first cell holds the value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Merge {
    /// First row.
    pub top: u32,
    /// First column.
    pub left: u16,
    /// Last row.
    pub bottom: u32,
    /// Last column.
    pub right: u16,
}

/// A joined area of more cells than this shows its value only in its first cell: it is a decoration.
const COVERED_IN_ONE_MAX: u64 = 5_000;
const COVERED_IN_ALL_MAX: usize = 200_000;
const MERGES_MAX: usize = 20_000;

impl Merge {
    /// Tells whether the area is small enough for its value to count in all its cells.
    pub(crate) fn is_covered(&self) -> bool {
        let area = u64::from(self.bottom - self.top + 1) * u64::from(self.right - self.left + 1);
        area <= COVERED_IN_ONE_MAX
    }

    /// Gives its cells, row by row.
    pub(crate) fn places(&self) -> impl Iterator<Item = (u32, u16)> + use<> {
        let columns = self.left..=self.right;
        (self.top..=self.bottom).flat_map(move |row| columns.clone().map(move |column| (row, column)))
    }
}

impl Sheet {
    /// Gives the cell at a row and column, both from 0; within joined cells, the value that shows there.
    pub fn cell(&self, row: u32, column: u16) -> Option<&Cell> {
        self.own_cell(row, column).or_else(|| {
            let (row, column) = self.covered.get(&(row, column))?;
            self.own_cell(*row, *column)
        })
    }

    /// Gives the cell, or the value that an area joined downwards from row `from` or below shows in it.
    ///
    /// Bureaus join a county's name over all its firms; areas joined sideways fill only their first column.
    pub(crate) fn cell_filled_down(&self, row: u32, column: u16, from: u32) -> Option<&Cell> {
        self.own_cell(row, column).or_else(|| {
            let (top, left) = self.covered.get(&(row, column))?;
            if *left == column && *top >= from { self.own_cell(*top, *left) } else { None }
        })
    }

    /// Gives the number of rows up to the last one with content.
    pub fn row_count(&self) -> u32 {
        self.rows.last_key_value().map_or(0, |(row, _)| row.saturating_add(1))
    }

    /// Joins cells; areas beyond what any form has are left apart.
    pub(crate) fn join(&mut self, merge: Merge) {
        if self.merges.len() >= MERGES_MAX {
            return;
        }
        self.merges.push(merge);
        if merge.is_covered() && self.covered.len() < COVERED_IN_ALL_MAX {
            self.covered.extend(merge.places().map(|place| (place, (merge.top, merge.left))));
        }
    }

    pub(crate) fn own_cell(&self, row: u32, column: u16) -> Option<&Cell> {
        self.rows.get(&row)?.get(&column)
    }
}

/// What is written in one cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cell {
    /// Text.
    Text(String),
    /// A number with the digits the file holds.
    Number {
        /// The exact value.
        value: Decimal,
        /// How the workbook shows it: serial dates are numbers that show as dates.
        look: Look,
    },
    /// A date or moment written in ISO 8601 (kept so by some programs instead of a serial number).
    IsoDate(String),
    /// True or false.
    Truth(bool),
    /// A formula that gave an error, such as `#REF!`.
    Failed(String),
    /// A formula whose result was never stored: the program that wrote the file did not calculate it.
    Uncalculated,
}

/// Reads an XLSX workbook or delimited text, whichever the bytes are; the name is not trusted.
///
/// # Errors
/// [`SheetError`] when the file is of another kind, encrypted, damaged, or beyond the limits.
pub fn read(bytes: &[u8], file_name: &str, limits: &Limits) -> Result<Book, SheetError> {
    if bytes.len() as u64 > limits.file_bytes {
        return Err(SheetError::TooLarge { zh: "文件字节数", en: "the file in bytes", limit: limits.file_bytes });
    }
    let name = file_name.rsplit(['/', '\\']).next().unwrap_or(file_name);
    if let Some(refusal) = foreign_kind(bytes) {
        return Err(refusal);
    }
    if bytes.starts_with(b"PK\x03\x04") {
        xlsx::read(bytes, name, limits)
    } else {
        delimited::read(bytes, name, limits)
    }
}

/// Recognises the kinds of files that people take for workbooks, by their first bytes.
fn foreign_kind(bytes: &[u8]) -> Option<SheetError> {
    let wrong = |zh, en| Some(SheetError::WrongKind { table: false, zh, en });
    let holds = |name: &str| {
        let wide: Vec<u8> = name.encode_utf16().flat_map(u16::to_le_bytes).collect();
        bytes.windows(wide.len()).any(|window| window == wide)
    };
    match bytes {
        [0xD0, 0xCF, 0x11, 0xE0, ..] if holds("EncryptedPackage") => Some(SheetError::Encrypted),
        [0xD0, 0xCF, 0x11, 0xE0, ..] if holds("Workbook") || holds("Book") => Some(SheetError::WrongKind {
            table: true,
            zh: "旧版Excel文件（.xls）",
            en: "a workbook of the old kind (.xls)",
        }),
        [0xD0, 0xCF, 0x11, 0xE0, ..] => wrong("旧版Office文档", "a document of an old Office program"),
        [b'P', b'K', 5, 6, ..] => wrong("空的压缩包", "an empty archive"),
        [b'M', b'Z', ..] | [0x7F, b'E', b'L', b'F', ..] => wrong("可执行程序", "a program"),
        [b'%', b'P', b'D', b'F', ..] => wrong("PDF文件", "a PDF document"),
        [0x89, b'P', b'N', b'G', ..] | [0xFF, 0xD8, 0xFF, ..] | [b'G', b'I', b'F', b'8', ..] => {
            wrong("图片", "a picture")
        }
        [b'R', b'a', b'r', b'!', ..] | [b'7', b'z', 0xBC, 0xAF, ..] | [0x1F, 0x8B, ..] => wrong("压缩包", "an archive"),
        _ => None,
    }
}

/// Names a cell as spreadsheet programs do: row 6 and column 2, both from 0, are `C7`.
pub fn cell_name(row: u32, column: u16) -> String {
    format!("{}{}", column_name(column), u64::from(row) + 1)
}

/// Names a column as spreadsheet programs do: 0 is `A`, 26 is `AA`.
pub(crate) fn column_name(column: u16) -> String {
    let mut letters = Vec::new();
    let mut left = u32::from(column) + 1;
    while left > 0 {
        letters.push(char::from_u32(u32::from('A') + (left - 1) % 26).unwrap_or('A'));
        left = (left - 1) / 26;
    }
    letters.iter().rev().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_named_as_spreadsheet_programs_name_them() {
        for (row, column, name) in [
            (0, 0, "A1"),
            (6, 2, "C7"),
            (0, 25, "Z1"),
            (0, 26, "AA1"),
            (9, 701, "ZZ10"),
            (0, 702, "AAA1"),
            (1_048_575, 16_383, "XFD1048576"),
        ] {
            assert_eq!(cell_name(row, column), name);
        }
    }
}
