//! Which rows does a delimited text hold, whatever encoding and delimiter its writer's program chose?
//!
//! Finds UTF-8 and UTF-16 by mark or by content and takes the rest as GB18030, which Excel writes in China without
//! saying so. Finds the delimiter among comma, semicolon, tab and full-width comma by which of them cuts the lines
//! alike. RFC 4180 quoting; blank lines count as rows, so that row numbers are those that Excel shows. Refuses text
//! that is in no such encoding, naming the line, and a quotation mark that is never closed.

use std::collections::BTreeMap;

use encoding_rs::{GB18030, UTF_16BE, UTF_16LE};

use crate::SheetError;
use crate::book::{Book, Cell, Encoding, Limits, Note, Sheet, Source};
use crate::xlsx::Room;

const DELIMITERS: [char; 4] = [',', '\t', ';', '，'];
/// Lines that are looked at to find the delimiter.
const SAMPLE_LINES: usize = 50;
/// A quoted field longer than a cell may be has lost its closing mark (Excel's limit for a cell, in characters).
const FIELD_CHARS_MAX: usize = 32_767;

pub(crate) fn read(bytes: &[u8], file_name: &str, limits: &Limits) -> Result<Book, SheetError> {
    let (text, encoding) = decoded(bytes)?;
    if text.trim_matches(guiju_kernel::validate::is_blank).is_empty() {
        return Err(SheetError::Empty);
    }
    if looks_like_markup(&text) {
        return Err(SheetError::WrongKind {
            table: true,
            zh: "另存为表格的网页（HTML/XML）",
            en: "a web page saved under the name of a table (HTML or XML)",
        });
    }
    let (delimiter, body) = match declared_delimiter(&text) {
        Some((delimiter, body)) => (delimiter, body),
        None => (find_delimiter(&text), text.as_str()),
    };
    let skipped_rows = u32::from(body.len() < text.len());
    let rows = split(body, delimiter, skipped_rows, limits)?;
    let name = file_name.rsplit_once('.').map_or(file_name, |(stem, _)| stem).to_owned();
    let sheet = Sheet { name, rows, ..Sheet::default() };
    let source = Source::Delimited { encoding, delimiter };
    Ok(Book { file_name: file_name.to_owned(), source, sheets: vec![sheet], from_1904: false, notes: note(encoding) })
}

fn note(encoding: Encoding) -> Vec<Note> {
    if encoding != Encoding::Gb18030 {
        return Vec::new();
    }
    vec![Note {
        zh: "文件没有注明编码，已按GB18030/GBK读取；如有乱码请另存为.xlsx".into(),
        en:
            "the file does not say its encoding and was read as GB18030/GBK; if characters look wrong, save it as .xlsx"
                .into(),
    }]
}

/// Decodes a text by its mark, or by what its bytes can only be.
fn decoded(bytes: &[u8]) -> Result<(String, Encoding), SheetError> {
    if let Some(rest) = bytes.strip_prefix(&[0xEF, 0xBB, 0xBF]) {
        return utf8(rest).map(|text| (text, Encoding::Utf8Marked));
    }
    let wide = match bytes {
        [0xFF, 0xFE, ..] => Some(Encoding::Utf16Le),
        [0xFE, 0xFF, ..] => Some(Encoding::Utf16Be),
        _ => wide_without_mark(bytes),
    };
    if let Some(encoding) = wide {
        let decoder = if encoding == Encoding::Utf16Le { UTF_16LE } else { UTF_16BE };
        let (text, _) = decoder.decode_with_bom_removal(bytes);
        return clean_decode(text.into_owned(), encoding);
    }
    if bytes.contains(&0) {
        return Err(SheetError::WrongKind { table: false, zh: "二进制文件", en: "a binary file" });
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => Ok((text.to_owned(), Encoding::Utf8)),
        // GBK text fails as UTF-8 within its first few characters; a late fault is a damaged UTF-8 file.
        Err(fault) if non_ascii(bytes, fault.valid_up_to()) > 20 => utf8(bytes).map(|text| (text, Encoding::Utf8)),
        Err(_) => {
            let (text, _) = GB18030.decode_without_bom_handling(bytes);
            clean_decode(text.into_owned(), Encoding::Gb18030)
        }
    }
}

fn non_ascii(bytes: &[u8], until: usize) -> usize {
    bytes.iter().take(until).filter(|byte| !byte.is_ascii()).count()
}

fn utf8(bytes: &[u8]) -> Result<String, SheetError> {
    std::str::from_utf8(bytes).map(str::to_owned).map_err(|fault| {
        let line = bytes.iter().take(fault.valid_up_to()).filter(|byte| **byte == b'\n').count() + 1;
        SheetError::Encoding { line }
    })
}

/// Accepts a decoded text unless characters were lost (U+FFFD) or it is full of control characters.
fn clean_decode(text: String, encoding: Encoding) -> Result<(String, Encoding), SheetError> {
    let stray = |c: char| c == '\u{FFFD}' || (c.is_control() && !c.is_whitespace());
    match text.find(stray) {
        Some(at) => {
            let line = text.get(..at).map_or(0, |before| before.matches('\n').count()) + 1;
            Err(SheetError::Encoding { line })
        }
        None => Ok((text, encoding)),
    }
}

/// Finds UTF-16 without a mark: every delimiter and digit leaves a zero in its upper half, always on the same side.
fn wide_without_mark(bytes: &[u8]) -> Option<Encoding> {
    if !bytes.len().is_multiple_of(2) {
        return None;
    }
    let zeros = |side: usize| bytes.iter().skip(side).step_by(2).take(4_096).filter(|byte| **byte == 0).count();
    let (even, odd) = (zeros(0), zeros(1));
    match (even, odd) {
        (0, 1..) => Some(Encoding::Utf16Le),
        (1.., 0) => Some(Encoding::Utf16Be),
        _ => None,
    }
}

fn looks_like_markup(text: &str) -> bool {
    let head: String = text.trim_start().chars().take(40).collect::<String>().to_ascii_lowercase();
    ["<html", "<!doctype", "<table", "<?xml", "<meta", "<head"].iter().any(|tag| head.starts_with(tag))
}

/// Reads Excel's first line `sep=;`, which is no data.
fn declared_delimiter(text: &str) -> Option<(char, &str)> {
    let (line, body) = text.split_once('\n')?;
    let mut declared = line.trim_end_matches('\r').strip_prefix("sep=")?.chars();
    let delimiter = declared.next()?;
    declared.next().is_none().then_some((delimiter, body))
}

/// Finds the delimiter that stands outside quotes equally often in most lines.
fn find_delimiter(text: &str) -> char {
    let mut best = (0, ',');
    for delimiter in DELIMITERS {
        let mut lines: BTreeMap<usize, usize> = BTreeMap::new();
        for line in text.lines().filter(|line| !line.trim().is_empty()).take(SAMPLE_LINES) {
            *lines.entry(count_outside_quotes(line, delimiter)).or_default() += 1;
        }
        let agreeing = lines.iter().filter(|(count, _)| **count > 0).map(|(count, lines)| lines * 1_000 + count);
        let score = agreeing.max().unwrap_or(0);
        if score > best.0 {
            best = (score, delimiter);
        }
    }
    best.1
}

fn count_outside_quotes(line: &str, delimiter: char) -> usize {
    let mut quoted = false;
    let mut count = 0;
    for c in line.chars() {
        match c {
            '"' => quoted = !quoted,
            c if c == delimiter && !quoted => count += 1,
            _ => {}
        }
    }
    count
}

/// Collects the cells of the row being read.
struct Rows<'a> {
    rows: BTreeMap<u32, BTreeMap<u16, Cell>>,
    row: u32,
    column: usize,
    field: String,
    was_quoted: bool,
    room: Room,
    limits: &'a Limits,
}

impl Rows<'_> {
    fn end_field(&mut self) -> Result<(), SheetError> {
        let field = std::mem::take(&mut self.field);
        self.was_quoted = false;
        let column = self.column;
        self.column += 1;
        if field.is_empty() {
            return Ok(());
        }
        let wide = SheetError::TooLarge { zh: "列数", en: "the number of columns", limit: 16_384 };
        let column = u16::try_from(column).ok().filter(|column| *column < 16_384).ok_or(wide)?;
        self.room.take_cell(field.len())?;
        self.rows.entry(self.row).or_default().insert(column, Cell::Text(field));
        Ok(())
    }

    fn end_row(&mut self) -> Result<(), SheetError> {
        self.end_field()?;
        self.column = 0;
        let limit = self.limits.cells;
        let long = SheetError::TooLarge { zh: "行数", en: "the number of rows", limit };
        self.row = self.row.checked_add(1).filter(|row| u64::from(*row) <= limit).ok_or(long)?;
        Ok(())
    }
}

/// Splits a text into rows and fields (RFC 4180; a quotation mark within an unquoted field is an ordinary character).
fn split(
    text: &str,
    delimiter: char,
    first_row: u32,
    limits: &Limits,
) -> Result<BTreeMap<u32, BTreeMap<u16, Cell>>, SheetError> {
    let mut rows = Rows {
        rows: BTreeMap::new(),
        row: first_row,
        column: 0,
        field: String::new(),
        was_quoted: false,
        room: Room::new(limits),
        limits,
    };
    let mut characters = text.chars().peekable();
    while let Some(c) = characters.next() {
        match c {
            '"' if rows.field.is_empty() && !rows.was_quoted => {
                rows.was_quoted = true;
                quoted(&mut characters, &mut rows)?;
            }
            c if c == delimiter => rows.end_field()?,
            '\r' | '\n' => {
                if c == '\r' && characters.peek() == Some(&'\n') {
                    characters.next();
                }
                rows.end_row()?;
            }
            c => rows.field.push(c),
        }
    }
    if !rows.field.is_empty() {
        rows.end_field()?;
    }
    Ok(rows.rows)
}

/// Reads the inside of a quoted field up to and with its closing mark; two marks stand for one.
fn quoted(characters: &mut std::iter::Peekable<std::str::Chars<'_>>, rows: &mut Rows<'_>) -> Result<(), SheetError> {
    let mut length = 0;
    while let Some(c) = characters.next() {
        length += 1;
        if length > FIELD_CHARS_MAX {
            break;
        }
        match c {
            '"' if characters.peek() == Some(&'"') => {
                characters.next();
                rows.field.push('"');
            }
            '"' => return Ok(()),
            c => rows.field.push(c),
        }
    }
    Err(SheetError::OpenQuote { row: rows.row.saturating_add(1) })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(book: &Book) -> Vec<Vec<String>> {
        let sheet = &book.sheets[0];
        let width = sheet.rows.values().filter_map(|row| row.last_key_value()).map(|(column, _)| column + 1).max();
        let text = |row, column| match sheet.cell(row, column) {
            Some(Cell::Text(text)) => text.clone(),
            _ => String::new(),
        };
        (0..sheet.row_count()).map(|row| (0..width.unwrap_or(0)).map(|column| text(row, column)).collect()).collect()
    }

    fn wide(text: &str, big: bool) -> Vec<u8> {
        text.encode_utf16().flat_map(|unit| if big { unit.to_be_bytes() } else { unit.to_le_bytes() }).collect()
    }

    #[test]
    fn every_encoding_that_offices_use_is_found_without_asking() {
        let text = "企业名称,电话\r\n甲公司,0591\r\n";
        let marked = [&[0xEF, 0xBB, 0xBF], text.as_bytes()].concat();
        let gbk = GB18030.encode(text).0.into_owned();
        let cases = [
            (text.as_bytes().to_vec(), Encoding::Utf8),
            (marked, Encoding::Utf8Marked),
            (gbk, Encoding::Gb18030),
            ([vec![0xFF, 0xFE], wide(text, false)].concat(), Encoding::Utf16Le),
            ([vec![0xFE, 0xFF], wide(text, true)].concat(), Encoding::Utf16Be),
            (wide(text, false), Encoding::Utf16Le),
            (wide(text, true), Encoding::Utf16Be),
        ];
        for (bytes, encoding) in cases {
            let book = read(&bytes, "名册.csv", &Limits::default()).unwrap();
            assert_eq!(book.source, Source::Delimited { encoding, delimiter: ',' });
            assert_eq!(texts(&book), [["企业名称", "电话"], ["甲公司", "0591"]], "{encoding:?}");
            assert_eq!(book.sheets[0].name, "名册");
        }
    }

    #[test]
    fn the_delimiter_is_the_one_that_cuts_lines_alike() {
        for (text, delimiter) in [
            ("甲;乙,丙\n1;2\n", ';'),
            ("甲\t乙\n1,5\t2,5\n3\t4", '\t'),
            ("甲，乙\n1，2\n", '，'),
            ("名称,说明\n甲,一，二\n乙,三\n", ','),
            ("\"a;b\",c\n\"d;e\",f\n", ','),
            ("只有一列\n甲\n", ','),
            ("sep=;\n1,2;3\n", ';'),
        ] {
            let book = read(text.as_bytes(), "a.csv", &Limits::default()).unwrap();
            assert_eq!(book.source, Source::Delimited { encoding: Encoding::Utf8, delimiter }, "{text}");
        }
    }

    #[test]
    fn rows_keep_the_numbers_that_excel_shows() {
        let book = read("a,b\n\n\"x\ny\",\"q\"\"q\"\r\n\r\nz,5\"\n".as_bytes(), "a.csv", &Limits::default()).unwrap();
        assert_eq!(texts(&book), [["a", "b"], ["", ""], ["x\ny", "q\"q"], ["", ""], ["z", "5\""]]);
    }

    #[test]
    fn what_cannot_be_read_is_refused_where_it_stands() {
        let read = |bytes: &[u8]| read(bytes, "a.csv", &Limits::default()).unwrap_err();
        assert_eq!(read(b"a,b\n1,\"2\n3"), SheetError::OpenQuote { row: 2 });
        assert_eq!(read(b"a,b\n\xFF\xFF,1"), SheetError::Encoding { line: 2 });
        assert_eq!(read(" \u{FEFF}\n\u{3000}".as_bytes()), SheetError::Empty);
        assert!(matches!(read(b"\x00\x01\x02\x00"), SheetError::WrongKind { .. } | SheetError::Encoding { .. }));
        assert!(matches!(read(b"<html><table>"), SheetError::WrongKind { .. }));
        let mut late = "企业名称，联系电话，经营地址\n".as_bytes().to_vec();
        late.extend(b"\xFF");
        assert_eq!(read(&late), SheetError::Encoding { line: 2 });
    }
}
