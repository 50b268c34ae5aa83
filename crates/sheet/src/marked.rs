//! How does a person get their workbook back with every complaint at its place?
//!
//! All sheets come back with the text of their cells, their joined cells and widths; bad cells are red and carry a note,
//! and a first sheet lists all complaints with links. The book is rebuilt, not patched: formulas come back as the
//! values that were read, other colours and pictures do not come back (ADR 0032). CSV comes back as XLSX.

use std::collections::{BTreeMap, BTreeSet};

use guiju_kernel::time::Instant;
use rust_xlsxwriter::{Format, FormatAlign, FormatBorder, Note as CellNote, Url, Workbook, Worksheet};

use crate::book::{Book, Cell, Sheet};
use crate::clean::{is_empty, shown};
use crate::complaint::{Complaint, Severity};
use crate::list::{excel_moment, head_format, new_workbook, shown_width, tab_name};
use crate::number_format::Look;
use crate::{Preview, SheetError, moment};

/// The name of the sheet that lists the complaints; a sheet of this name is not read when it comes back.
pub const PROBLEMS: &str = "导入问题";

/// A sheet carries at most so many notes; further bad cells are red and listed all the same.
const NOTES_MAX: usize = 5_000;
/// Excel opens no sheet with more than 65,530 links.
const LINKS_MAX: usize = 60_000;
const NOTE_CHARS_MAX: usize = 2_000;
const CELL_CHARS_MAX: usize = 32_767;
/// Rows above the list of complaints: the summary and its heading.
const LIST_FROM: u32 = 3;

struct Formats {
    plain: Format,
    date: Format,
    moment: Format,
    bad: Format,
    head: Format,
    wrapped: Format,
    link: Format,
}

impl Formats {
    fn new() -> Self {
        let bad = Format::new().set_background_color("#F8C9C4").set_font_color("#7A140E");
        Self {
            plain: Format::new(),
            date: Format::new().set_num_format("yyyy-mm-dd"),
            moment: Format::new().set_num_format("yyyy-mm-dd hh:mm:ss"),
            bad: bad.set_border(FormatBorder::Thin).set_border_color("#B3261E"),
            head: head_format(),
            wrapped: Format::new().set_text_wrap().set_align(FormatAlign::Top),
            link: Format::new().set_font_color("#1F4E8C").set_align(FormatAlign::Top),
        }
    }
}

/// Gives the book back as XLSX with the complaints of the preview. `created` goes into its properties.
///
/// # Errors
/// [`SheetError::Write`] when the writer fails.
pub fn marked(book: &Book, preview: &Preview, created: Instant) -> Result<Vec<u8>, SheetError> {
    let formats = Formats::new();
    let mut workbook = new_workbook(created, PROBLEMS)?;
    let mut taken = BTreeSet::from([PROBLEMS.to_lowercase()]);
    let sheets: Vec<(&Sheet, String)> = book
        .sheets
        .iter()
        .filter(|sheet| sheet.name != PROBLEMS)
        .map(|sheet| (sheet, tab_name(&sheet.name, &mut taken)))
        .collect();
    let tabs: BTreeMap<&str, &str> = sheets.iter().map(|(sheet, tab)| (sheet.name.as_str(), tab.as_str())).collect();
    list_problems(&mut workbook, preview, &tabs, &formats)?;
    for (sheet, tab) in &sheets {
        let page = workbook.add_worksheet();
        page.set_name(tab)?.set_hidden(sheet.hidden);
        give_back(page, sheet, book.from_1904, preview, &formats)?;
    }
    Ok(workbook.save_to_buffer()?)
}

fn list_problems(
    workbook: &mut Workbook,
    preview: &Preview,
    tabs: &BTreeMap<&str, &str>,
    formats: &Formats,
) -> Result<(), SheetError> {
    let page = workbook.add_worksheet();
    page.set_name(PROBLEMS)?.set_active(true);
    let (all, good, bad) = (preview.rows.len(), preview.good(), preview.bad());
    page.write_string(0, 0, format!("共{all}行数据，{good}行没有问题，{bad}行需要改正。改正后可直接上传本工作簿。"))?;
    page.write_string(
        1,
        0,
        format!("{all} rows, {good} without fault, {bad} to be mended. This workbook can be sent again once mended."),
    )?;
    let heads =
        [("序号", 6), ("工作表", 14), ("单元格", 10), ("列", 18), ("原值", 26), ("问题与改法", 60), ("What to do", 60)];
    for (column, (head, width)) in (0_u16..).zip(heads) {
        page.write_string_with_format(2, column, head, &formats.head)?;
        page.set_column_width(column, width)?;
    }
    page.set_freeze_panes(LIST_FROM, 0)?;
    for (number, complaint) in (0_u32..).zip(preview.complaints()).take(1_000_000) {
        let row = LIST_FROM + number;
        page.write_number_with_format(row, 0, number + 1, &formats.wrapped)?;
        page.write_string_with_format(row, 1, &complaint.sheet, &formats.wrapped)?;
        let tab = tabs.get(complaint.sheet.as_str());
        link_to_cell(page, row, complaint, tab.copied(), formats)?;
        let title = complaint.column_title.as_deref().unwrap_or_default();
        for (column, text) in (3_u16..).zip([title, &complaint.value, &complaint.zh, &complaint.en]) {
            page.write_string_with_format(row, column, cut(text, CELL_CHARS_MAX), &formats.wrapped)?;
        }
    }
    Ok(())
}

fn link_to_cell(
    page: &mut Worksheet,
    row: u32,
    complaint: &Complaint,
    tab: Option<&str>,
    formats: &Formats,
) -> Result<(), SheetError> {
    let Some(cell) = &complaint.cell else {
        return Ok(());
    };
    match tab.filter(|_| (row as usize) < LINKS_MAX) {
        Some(tab) => {
            let url = Url::new(format!("internal:'{}'!{cell}", tab.replace('\'', "''"))).set_text(cell);
            page.write_url_with_format(row, 2, url, &formats.link)?;
        }
        None => {
            page.write_string_with_format(row, 2, cell, &formats.link)?;
        }
    }
    Ok(())
}

fn give_back(
    page: &mut Worksheet,
    sheet: &Sheet,
    from_1904: bool,
    preview: &Preview,
    formats: &Formats,
) -> Result<(), SheetError> {
    let mut bad: BTreeMap<(u32, u16), Vec<&Complaint>> = BTreeMap::new();
    let refused = |complaint: &&Complaint| complaint.severity == Severity::Refused && complaint.sheet == sheet.name;
    for complaint in preview.complaints().filter(refused) {
        if let Some(place) = complaint.place {
            bad.entry(place).or_default().push(complaint);
        }
    }
    set_widths(page, sheet, from_1904)?;
    // Joining writes the first cell too, so the cells come after it.
    for merge in joined_again(sheet, bad.keys()) {
        page.merge_range(merge.top, merge.left, merge.bottom, merge.right, "", &formats.wrapped)?;
    }
    for (row, cells) in &sheet.rows {
        for (column, cell) in cells {
            let marked = bad.contains_key(&(*row, *column));
            write_back(page, (*row, *column), cell, from_1904, marked.then_some(&formats.bad), formats)?;
        }
    }
    for (number, ((row, column), complaints)) in bad.iter().enumerate() {
        if sheet.own_cell(*row, *column).is_none_or(is_empty) {
            page.write_blank(*row, *column, &formats.bad)?;
        }
        if number < NOTES_MAX {
            let text: Vec<String> = complaints.iter().map(|c| format!("{}\n{}", c.zh, c.en)).collect();
            let note = CellNote::new(cut(&text.join("\n"), NOTE_CHARS_MAX)).set_author("规矩").add_author_prefix(false);
            page.insert_note(*row, *column, &note.set_width(320).set_height(120))?;
        }
    }
    Ok(())
}

/// The areas that are joined again: not those so large that they are decorations, not those with a bad cell (each of
/// its cells must be able to turn red), and of areas that overlap, as in damaged workbooks, only the first.
fn joined_again<'a>(sheet: &'a Sheet, bad: impl Iterator<Item = &'a (u32, u16)>) -> Vec<&'a crate::Merge> {
    let apart: BTreeSet<(u32, u16)> = bad.filter_map(|place| sheet.covered.get(place).copied()).collect();
    let mut taken: BTreeSet<(u32, u16)> = BTreeSet::new();
    let mut joined = Vec::new();
    for merge in sheet.merges.iter().filter(|merge| merge.is_covered() && !apart.contains(&(merge.top, merge.left))) {
        let places: Vec<(u32, u16)> = merge.places().collect();
        if places.iter().all(|place| !taken.contains(place) && sheet.covered.contains_key(place)) {
            taken.extend(places);
            joined.push(merge);
        }
    }
    joined
}

fn set_widths(page: &mut Worksheet, sheet: &Sheet, from_1904: bool) -> Result<(), SheetError> {
    for (column, hundredths) in &sheet.widths {
        // A stored width has the padding of the cell in it (5 of 7 pixels, 0.71), which the writer adds once more.
        let bare = if *hundredths > 171 { hundredths - 71 } else { *hundredths };
        page.set_column_width(*column, f64::from(bare) / 100.0)?;
    }
    if sheet.widths.is_empty() {
        let mut widths: BTreeMap<u16, usize> = BTreeMap::new();
        for (column, cell) in sheet.rows.values().take(1_000).flatten() {
            let width = widths.entry(*column).or_insert(8);
            *width = (*width).max(shown_width(&shown(cell, from_1904)) + 2).min(50);
        }
        for (column, width) in widths {
            page.set_column_width(column, u16::try_from(width).unwrap_or(50))?;
        }
    }
    Ok(())
}

fn write_back(
    page: &mut Worksheet,
    (row, column): (u32, u16),
    cell: &Cell,
    from_1904: bool,
    bad: Option<&Format>,
    formats: &Formats,
) -> Result<(), SheetError> {
    let text = shown(cell, from_1904);
    let plain = bad.unwrap_or(&formats.plain);
    match cell {
        // A bad number goes back as the text it shows, so that nothing about it changes under a new format.
        Cell::Number { value, look: Look::Plain } if bad.is_none() && value.significant() <= 15 => {
            let number: f64 = value.to_string().parse().unwrap_or_default();
            page.write_number(row, column, number)?;
        }
        Cell::Number { value, look: Look::Date } if bad.is_none() => match moment::from_serial(value, from_1904) {
            Some(civil) => {
                let format = if civil.time.is_some() { &formats.moment } else { &formats.date };
                let civil = civil.date.to_datetime(civil.time.unwrap_or_else(jiff::civil::Time::midnight));
                match excel_moment(civil) {
                    Ok(moment) => page.write_datetime_with_format(row, column, &moment, format)?,
                    Err(_) => page.write_string(row, column, text)?,
                };
            }
            None => {
                page.write_string(row, column, text)?;
            }
        },
        Cell::Truth(truth) => {
            page.write_boolean_with_format(row, column, *truth, plain)?;
        }
        _ if text.is_empty() => {}
        _ => {
            page.write_string_with_format(row, column, cut(&text, CELL_CHARS_MAX), plain)?;
        }
    }
    Ok(())
}

fn cut(text: &str, chars_max: usize) -> String {
    if text.chars().count() <= chars_max {
        text.to_owned()
    } else {
        text.chars().take(chars_max - 1).chain(['…']).collect()
    }
}
