//! How does a list that people see on a page become a workbook that they can filter, sum and print?
//!
//! Dates are dates, money is a number of yuan with the exact fen, codes are text. The same list and creation date give
//! the same bytes. Refuses more rows than a sheet holds; text that begins like a formula stays text.

use std::collections::BTreeSet;

use guiju_kernel::time::{self, Instant};
use jiff::civil::{Date, DateTime};
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, FormatAlign, FormatBorder, Workbook, Worksheet};

use crate::SheetError;

/// One sheet of a workbook to write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListSheet {
    /// What the list is; becomes the tab's name and the head of each printed page.
    pub title: String,
    /// Its columns.
    pub columns: Vec<Column>,
    /// Its rows; cells beyond the columns are refused.
    pub rows: Vec<Vec<ListCell>>,
}

/// One column of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// Its heading.
    pub title: String,
    /// What its cells hold, for alignment and format.
    pub kind: ColumnKind,
    /// The unit, shown in brackets behind the heading.
    pub unit: Option<String>,
    /// Width in characters; `None` to fit the content.
    pub width: Option<u16>,
}

/// What the cells of a column hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ColumnKind {
    /// Words.
    Text,
    /// Codes, numbers of cases, telephone numbers: digits that are no amount.
    Code,
    /// Whole numbers.
    Integer,
    /// Money in yuan.
    Money,
    /// Dates.
    Date,
    /// Moments in Beijing time, shown to the minute.
    Moment,
}

/// One cell of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ListCell {
    /// Nothing.
    Empty,
    /// Text, written as text whatever it begins with.
    Text(String),
    /// A whole number.
    Integer(i64),
    /// Money in fen.
    Fen(i64),
    /// A date.
    Date(Date),
    /// A moment, shown in Beijing time.
    Moment(Instant),
}

const ROWS_MAX: usize = 1_048_575;
const COLUMNS_MAX: usize = 16_384;
const TEXT_CHARS_MAX: usize = 32_767;
/// A4 in the numbering of ECMA-376-1, 18.3.1.63.
const PAPER_A4: u8 = 9;
const WIDTH_LEAST: usize = 8;
const WIDTH_MOST: usize = 60;
/// Rows that are looked at to find a width.
const ROWS_MEASURED: usize = 1_000;

/// Writes a workbook of lists. `created` goes into its properties; it should be the moment that the list speaks of.
///
/// # Errors
/// [`SheetError::TooLarge`] for more rows or columns than a sheet holds, [`SheetError::Write`] when the writer fails.
pub fn write(sheets: &[ListSheet], created: Instant) -> Result<Vec<u8>, SheetError> {
    let mut workbook = new_workbook(created, sheets.first().map_or("", |sheet| sheet.title.as_str()))?;
    let mut taken = BTreeSet::new();
    for list in sheets {
        let sheet = workbook.add_worksheet();
        sheet.set_name(tab_name(&list.title, &mut taken))?;
        write_list(sheet, list)?;
    }
    if sheets.is_empty() {
        workbook.add_worksheet();
    }
    Ok(workbook.save_to_buffer()?)
}

pub(crate) fn new_workbook(created: Instant, title: &str) -> Result<Workbook, SheetError> {
    let mut workbook = Workbook::new();
    let properties = DocProperties::new()
        .set_author("规矩 Guiju")
        .set_title(title)
        .set_creation_datetime(&excel_moment(time::civil_of(created))?);
    workbook.set_properties(&properties);
    Ok(workbook)
}

fn write_list(sheet: &mut Worksheet, list: &ListSheet) -> Result<(), SheetError> {
    if list.rows.len() > ROWS_MAX {
        return Err(SheetError::TooLarge { zh: "行数", en: "the number of rows", limit: ROWS_MAX as u64 });
    }
    let widest = list.rows.iter().map(Vec::len).max().unwrap_or(0);
    if list.columns.len() > COLUMNS_MAX || widest > list.columns.len() {
        let limit = list.columns.len().min(COLUMNS_MAX) as u64;
        return Err(SheetError::TooLarge { zh: "列数", en: "the number of columns", limit });
    }
    let head = head_format();
    for (at, column) in list.columns.iter().enumerate() {
        let at = column_number(at);
        sheet.write_string_with_format(0, at, heading(column), &head)?;
        sheet.set_column_width(at, width(list, usize::from(at), column))?;
    }
    let formats: Vec<Format> = list.columns.iter().map(|column| format_of(column.kind)).collect();
    for (row, cells) in (1_u32..).zip(&list.rows) {
        for ((at, cell), format) in cells.iter().enumerate().zip(&formats) {
            write_cell(sheet, row, column_number(at), cell, format)?;
        }
    }
    if let Some(last) = list.columns.len().checked_sub(1) {
        let last_row = u32::try_from(list.rows.len()).unwrap_or(u32::MAX);
        sheet.autofilter(0, 0, last_row, column_number(last))?;
    }
    set_up_print(sheet, &list.title)
}

/// Sets a sheet up as offices print lists: A4 across, all columns on one page, the heading on each page.
pub(crate) fn set_up_print(sheet: &mut Worksheet, title: &str) -> Result<(), SheetError> {
    sheet.set_freeze_panes(1, 0)?;
    sheet.set_paper_size(PAPER_A4).set_landscape().set_print_fit_to_pages(1, 0);
    sheet.set_repeat_rows(0, 0)?;
    let title: String = title.chars().take(100).collect();
    sheet.set_header(format!("&C{}", title.replace('&', "&&"))).set_footer("&C第&P页，共&N页");
    Ok(())
}

pub(crate) fn head_format() -> Format {
    Format::new()
        .set_bold()
        .set_text_wrap()
        .set_align(FormatAlign::Center)
        .set_align(FormatAlign::VerticalCenter)
        .set_background_color("#EDEBE4")
        .set_border(FormatBorder::Thin)
}

pub(crate) fn format_of(kind: ColumnKind) -> Format {
    let format = Format::new().set_align(FormatAlign::Top);
    match kind {
        ColumnKind::Text => format.set_text_wrap(),
        ColumnKind::Code => format.set_num_format("@"),
        ColumnKind::Integer => format.set_num_format("0"),
        ColumnKind::Money => format.set_num_format("#,##0.00"),
        ColumnKind::Date => format.set_num_format("yyyy-mm-dd"),
        ColumnKind::Moment => format.set_num_format("yyyy-mm-dd hh:mm"),
    }
}

fn write_cell(
    sheet: &mut Worksheet,
    row: u32,
    column: u16,
    cell: &ListCell,
    format: &Format,
) -> Result<(), SheetError> {
    match cell {
        ListCell::Empty => {}
        ListCell::Text(text) => {
            sheet.write_string_with_format(row, column, cut(text), format)?;
        }
        ListCell::Integer(whole) => match exact_float(&whole.to_string()) {
            Some(number) => {
                sheet.write_number_with_format(row, column, number, format)?;
            }
            None => {
                sheet.write_string_with_format(row, column, whole.to_string(), format)?;
            }
        },
        ListCell::Fen(fen) => {
            let yuan = yuan(*fen);
            match exact_float(&yuan) {
                Some(number) => sheet.write_number_with_format(row, column, number, format)?,
                None => sheet.write_string_with_format(row, column, yuan, format)?,
            };
        }
        ListCell::Date(date) => {
            write_date(sheet, row, column, date.to_datetime(jiff::civil::Time::midnight()), date.to_string(), format)?;
        }
        ListCell::Moment(instant) => {
            let civil = time::civil_of(*instant);
            write_date(sheet, row, column, civil, time::print(*instant), format)?;
        }
    }
    Ok(())
}

/// Writes a date as a date; one before 1900, which no workbook can hold, as text.
fn write_date(
    sheet: &mut Worksheet,
    row: u32,
    column: u16,
    civil: DateTime,
    text: String,
    format: &Format,
) -> Result<(), SheetError> {
    match excel_moment(civil) {
        Ok(moment) => sheet.write_datetime_with_format(row, column, &moment, format)?,
        Err(_) => sheet.write_string_with_format(row, column, text, format)?,
    };
    Ok(())
}

pub(crate) fn excel_moment(civil: DateTime) -> Result<ExcelDateTime, SheetError> {
    let unsigned = |part: i8| u8::try_from(part).unwrap_or(0);
    let year = u16::try_from(civil.year()).unwrap_or(0);
    let day = ExcelDateTime::from_ymd(year, unsigned(civil.month()), unsigned(civil.day()))?;
    Ok(day.and_hms(u16::from(unsigned(civil.hour())), unsigned(civil.minute()), unsigned(civil.second()))?)
}

/// Writes a moment in Beijing time to the minute: `2024-01-02 09:05`.
pub(crate) fn minute(instant: Instant) -> String {
    let civil = time::civil_of(instant);
    format!("{} {:02}:{:02}", civil.date(), civil.hour(), civil.minute())
}

/// Writes fen as yuan: 123456 is `1234.56`.
pub(crate) fn yuan(fen: i64) -> String {
    let sign = if fen < 0 { "-" } else { "" };
    let fen = fen.unsigned_abs();
    format!("{sign}{}.{:02}", fen / 100, fen % 100)
}

/// Gives the floating-point number that a workbook stores, if it shows exactly these digits (at most 15).
fn exact_float(decimal: &str) -> Option<f64> {
    let digits = decimal.bytes().filter(u8::is_ascii_digit).count();
    if digits > 15 { None } else { decimal.parse().ok() }
}

fn cut(text: &str) -> String {
    let found = text.chars().count();
    if found <= TEXT_CHARS_MAX {
        return text.to_owned();
    }
    let kept: String = text.chars().take(TEXT_CHARS_MAX - 60).collect();
    format!("{kept}…（全文{found}字，单元格放不下 / {found} characters, too long for a cell）")
}

pub(crate) fn heading(column: &Column) -> String {
    match &column.unit {
        Some(unit) => format!("{}（{unit}）", column.title),
        None => column.title.clone(),
    }
}

fn width(list: &ListSheet, at: usize, column: &Column) -> f64 {
    if let Some(width) = column.width {
        return f64::from(width);
    }
    let cells = list.rows.iter().take(ROWS_MEASURED).filter_map(|row| row.get(at)).map(|cell| match cell {
        ListCell::Empty => 0,
        ListCell::Text(text) => shown_width(text),
        ListCell::Integer(whole) => whole.to_string().len(),
        ListCell::Fen(fen) => yuan(*fen).len() * 4 / 3,
        ListCell::Date(_) => 10,
        ListCell::Moment(_) => 16,
    });
    let widest = cells.chain([shown_width(&heading(column))]).max().unwrap_or(0);
    f64::from(u16::try_from((widest + 2).clamp(WIDTH_LEAST, WIDTH_MOST)).unwrap_or(u16::MAX))
}

/// Measures a text in columns of half-width characters; of several lines the longest counts.
pub(crate) fn shown_width(text: &str) -> usize {
    let line_width = |line: &str| line.chars().map(|c| if c.is_ascii() { 1 } else { 2 }).sum();
    text.lines().map(line_width).max().unwrap_or(0)
}

pub(crate) fn column_number(at: usize) -> u16 {
    u16::try_from(at).unwrap_or(u16::MAX)
}

/// Makes a name that a tab can have: 31 characters, none of `[]:*?/\`, and none twice.
pub(crate) fn tab_name(title: &str, taken: &mut BTreeSet<String>) -> String {
    let allowed = |c: &char| !matches!(c, '[' | ']' | ':' | '*' | '?' | '/' | '\\') && !c.is_control();
    let bare: String = title.chars().filter(allowed).collect();
    let bare = bare.trim().trim_matches('\'');
    let bare = if bare.is_empty() { "表" } else { bare };
    for number in 1.. {
        let ending = if number == 1 { String::new() } else { format!("（{number}）") };
        let mut name = String::new();
        for c in bare.chars() {
            if name.encode_utf16().count() + c.len_utf16() + ending.encode_utf16().count() > 31 {
                break;
            }
            name.push(c);
        }
        let name = name.trim_end_matches('\'').to_owned() + &ending;
        if taken.insert(name.to_lowercase()) {
            return name;
        }
    }
    bare.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fen_are_written_as_yuan() {
        assert_eq!(
            (yuan(0), yuan(5), yuan(-5), yuan(123_456)),
            ("0.00".into(), "0.05".into(), "-0.05".into(), "1234.56".into())
        );
        assert_eq!(yuan(i64::MIN), "-92233720368547758.08");
    }

    #[test]
    fn tabs_get_names_that_workbooks_allow() {
        let mut taken = BTreeSet::new();
        let long = "很长的名称".repeat(10);
        let names: Vec<String> = ["a/b", "A:B", "", "'x'", &long, &long, "😀".repeat(20).as_str()]
            .iter()
            .map(|t| tab_name(t, &mut taken))
            .collect();
        assert_eq!(names[..4], ["ab", "AB（2）", "表", "x"]);
        assert!(names.iter().all(|name| name.encode_utf16().count() <= 31), "{names:?}");
    }
}
