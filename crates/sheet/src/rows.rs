//! Which rows under a heading are records, and which are only there for the eye?
//!
//! Blank lines, totals, repeated headings, lines that number the columns and remarks at the foot are skipped, each but
//! the blank ones with a notice. A row that fills every required column is always a record, whatever it is called.

use crate::book::{Note, Sheet};
use crate::clean::{bare, clean, shown};
use crate::heading::{Heading, is_row_number};
use crate::wanted::Wanted;

/// A row that was not read as a record, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Skipped {
    /// The sheet's name.
    pub sheet: String,
    /// The row as spreadsheet programs number it, from 1.
    pub row: u32,
    /// Why, in Chinese.
    pub zh: String,
    /// Why, in English.
    pub en: String,
}

/// What a row is.
pub(crate) enum RowKind {
    /// Nothing that could be read.
    Blank,
    /// Something that is no record.
    Skip(Note),
    /// A record.
    Record,
}

const TOTALS: [&str; 12] = [
    "合计",
    "总计",
    "小计",
    "共计",
    "累计",
    "总数",
    "合计数",
    "本页小计",
    "本页合计",
    "total",
    "grandtotal",
    "subtotal",
];
const FOOT_LABELS: [&str; 16] = [
    "注",
    "备注",
    "说明",
    "填表说明",
    "填表人",
    "填报人",
    "制表人",
    "制表",
    "审核人",
    "审核",
    "负责人",
    "单位负责人",
    "填报单位",
    "填报日期",
    "填表日期",
    "联系人",
];

pub(crate) fn kind_of(sheet: &Sheet, row: u32, heading: &Heading, wanted: &Wanted, from_1904: bool) -> RowKind {
    let Some(cells) = sheet.rows.get(&row) else {
        return RowKind::Blank;
    };
    let texts: Vec<(u16, String)> = cells
        .iter()
        .map(|(column, cell)| (*column, clean(&shown(cell, from_1904))))
        .filter(|(column, text)| {
            !text.is_empty() || matches!(sheet.own_cell(row, *column), Some(crate::Cell::Uncalculated))
        })
        .collect();
    let wanted_here = |column: u16| heading.found.values().any(|place| place.column == column);
    let numbering = |column: u16| heading.ignored.iter().any(|(at, title)| *at == column && is_row_number(title));
    if texts.iter().all(|(column, _)| numbering(*column)) {
        return RowKind::Blank;
    }
    let required_blank = wanted.columns.iter().filter(|column| column.required).any(|column| {
        heading.found.get(&column.id).is_none_or(|place| {
            let text = texts.iter().find(|(at, _)| *at == place.column).map(|(_, text)| bare(text));
            text.is_none_or(|text| is_total(&text) || is_foot(&text))
        })
    });
    let counts = |text: &str| text.chars().all(|c| c.is_ascii_digit());
    let first = texts.iter().find(|(column, text)| !(numbering(*column) && counts(text)));
    let first = first.map(|(_, text)| bare(text)).unwrap_or_default();
    if required_blank && is_total(&first) {
        return RowKind::Skip(Note::new("合计行，未作为数据读取", "a line of totals, not read as data"));
    }
    if required_blank && is_foot(&first) {
        return RowKind::Skip(Note::new("表尾说明，未作为数据读取", "a remark at the foot, not read as data"));
    }
    if repeats_heading(&texts, heading) {
        return RowKind::Skip(Note::new("重复的表头，未作为数据读取", "the heading again, not read as data"));
    }
    if row == heading.last_row.saturating_add(1) && numbers_columns(&texts) {
        return RowKind::Skip(Note::new("栏次行，未作为数据读取", "a line that numbers the columns, not read as data"));
    }
    if !texts.iter().any(|(column, _)| wanted_here(*column)) {
        let zh = "所需的列都是空的，未读取";
        return RowKind::Skip(Note::new(zh, "none of the wanted columns holds anything, not read"));
    }
    RowKind::Record
}

fn is_total(bare_text: &str) -> bool {
    let word = bare_text.split(['(', ':', '[']).next().unwrap_or_default();
    TOTALS.contains(&word)
}

fn is_foot(bare_text: &str) -> bool {
    bare_text.split_once(':').is_some_and(|(label, _)| {
        let label =
            label.trim_end_matches(|c: char| c.is_ascii_digit()).trim_end_matches("(签字)").trim_end_matches("(盖章)");
        FOOT_LABELS.contains(&label)
    })
}

fn repeats_heading(texts: &[(u16, String)], heading: &Heading) -> bool {
    let same = |place: &crate::heading::Place| {
        texts.iter().any(|(column, text)| *column == place.column && bare(text) == bare(&place.title))
    };
    heading.found.len() > 1 && heading.found.values().all(same)
}

/// Recognises the line 甲 乙 1 2 3 or 1 2 3 4 under the headings of statistical forms.
fn numbers_columns(texts: &[(u16, String)]) -> bool {
    let mut next = 1;
    let mut letters = "甲乙丙丁戊己".chars();
    for (_, text) in texts {
        let word = bare(text);
        let word = word.trim_start_matches('(').trim_end_matches(')');
        if word.parse() == Ok(next) {
            next += 1;
        } else if next > 1 || letters.next().is_none_or(|letter| word != letter.to_string()) {
            return false;
        }
    }
    texts.len() > 2
}
