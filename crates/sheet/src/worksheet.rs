//! What is written in the cells of one worksheet part?
//!
//! Cells, joined cells and column widths of ECMA-376-1, 18.3. A cell of an unknown type is read as the text it holds;
//! a cell outside the 1,048,576 rows and 16,384 columns of a sheet is damage.

use crate::SheetError;
use crate::book::{Cell, Merge, Sheet};
use crate::decimal::Decimal;
use crate::markup::{Element, Step, walk, without_escapes};
use crate::number_format::Look;
use crate::xlsx::{Room, Shared};

const ROWS_MAX: u32 = 1_048_576;
const COLUMNS_MAX: u32 = 16_384;

/// The cell that is being read.
#[derive(Default)]
struct Open {
    row: u32,
    column: u32,
    kind: String,
    style: usize,
    text: String,
    has_formula: bool,
    has_value: bool,
}

struct Reading<'a> {
    part: &'a str,
    sheet: Sheet,
    shared: &'a Shared,
    room: &'a mut Room,
    row: u32,
    column: u32,
    open: Option<Open>,
    in_text: bool,
    phonetic: bool,
}

pub(crate) fn read(
    part: &str,
    bytes: &[u8],
    sheet: Sheet,
    shared: &Shared,
    room: &mut Room,
) -> Result<Sheet, SheetError> {
    let mut reading =
        Reading { part, sheet, shared, room, row: 0, column: 0, open: None, in_text: false, phonetic: false };
    walk(part, bytes, |step| match step {
        Step::Begin(element) => reading.begin(&element),
        Step::Text(piece) => {
            if let Some(open) = reading.open.as_mut().filter(|_| reading.in_text) {
                open.text.push_str(&piece);
            }
            Ok(())
        }
        Step::End(name) => reading.end(&name),
    })?;
    Ok(reading.sheet)
}

impl Reading<'_> {
    fn begin(&mut self, element: &Element<'_>) -> Result<(), SheetError> {
        match element.name().as_str() {
            "row" => {
                if let Some(number) = element.number("r") {
                    self.row = number.saturating_sub(1);
                }
                self.column = 0;
            }
            "c" => {
                if let Some(reference) = element.attribute("r") {
                    let place = place_of(&reference).ok_or_else(|| SheetError::damaged(self.part))?;
                    (self.row, self.column) = place;
                }
                self.open = Some(Open {
                    row: self.row,
                    column: self.column,
                    kind: element.attribute("t").unwrap_or_default(),
                    style: element.number("s").map_or(0, |s| s as usize),
                    ..Open::default()
                });
            }
            "f" => {
                if let Some(open) = self.open.as_mut() {
                    open.has_formula = true;
                }
            }
            "v" | "t" if !self.phonetic => {
                self.in_text = true;
                if let Some(open) = self.open.as_mut() {
                    open.has_value = true;
                }
            }
            "rPh" => self.phonetic = true,
            "mergeCell" => self.merge(element),
            "col" => self.width(element),
            _ => {}
        }
        Ok(())
    }

    fn end(&mut self, name: &str) -> Result<(), SheetError> {
        match name {
            "v" | "t" => self.in_text = false,
            "rPh" => self.phonetic = false,
            "row" => self.row = self.row.saturating_add(1),
            "c" => {
                self.in_text = false;
                self.phonetic = false;
                self.column = self.column.saturating_add(1);
                if let Some(open) = self.open.take() {
                    self.close(open)?;
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn close(&mut self, open: Open) -> Result<(), SheetError> {
        let column = u16::try_from(open.column).ok().filter(|_| open.column < COLUMNS_MAX && open.row < ROWS_MAX);
        let column = column.ok_or_else(|| SheetError::damaged(self.part))?;
        let Some(cell) = content(&open, self.shared) else {
            return Ok(());
        };
        let text_bytes = if let Cell::Text(text) = &cell { text.len() } else { 0 };
        self.room.take_cell(text_bytes)?;
        self.sheet.rows.entry(open.row).or_default().insert(column, cell);
        Ok(())
    }

    fn merge(&mut self, element: &Element<'_>) {
        let Some(reference) = element.attribute("ref") else {
            return;
        };
        let (first, last) = reference.split_once(':').unwrap_or((&reference, &reference));
        if let (Some((top, left)), Some((bottom, right))) = (place_of(first), place_of(last))
            && let (Ok(left), Ok(right)) = (u16::try_from(left), u16::try_from(right))
            && top <= bottom
            && left <= right
            && (top, left) != (bottom, right)
        {
            self.sheet.join(Merge { top, left, bottom, right });
        }
    }

    fn width(&mut self, element: &Element<'_>) {
        let width = element.attribute("width").and_then(|width| Decimal::parse(&width));
        let hundredths = width.and_then(|width| width.whole_and_rest(100)).map(|(whole, rest)| whole * 100 + rest);
        if let (Some(first), Some(last), Some(width)) = (element.number("min"), element.number("max"), hundredths)
            && let Ok(width) = u32::try_from(width.clamp(0, 25_500))
        {
            // A width for "all other columns" spans thousands; the first few hundred are what can be seen.
            for column in first.saturating_sub(1)..last.min(COLUMNS_MAX).min(first.saturating_add(255)) {
                if let Ok(column) = u16::try_from(column) {
                    self.sheet.widths.insert(column, width);
                }
            }
        }
    }
}

/// Says what a cell holds; `None` for a cell that has only a format.
fn content(open: &Open, shared: &Shared) -> Option<Cell> {
    let text = open.text.as_str();
    if !open.has_value || (text.is_empty() && open.kind != "s") {
        let calculated_nothing = open.has_formula && open.kind != "str";
        return calculated_nothing.then_some(Cell::Uncalculated);
    }
    let as_text = |text: &str| (!text.is_empty()).then(|| Cell::Text(text.to_owned()));
    match open.kind.as_str() {
        "s" => as_text(shared.texts.get(text.trim().parse::<usize>().ok()?)?),
        "inlineStr" | "str" => as_text(&without_escapes(text)),
        "b" => Some(Cell::Truth(matches!(text.trim(), "1" | "true" | "TRUE"))),
        "e" => Some(Cell::Failed(text.trim().to_owned())),
        "d" => Some(Cell::IsoDate(text.trim().to_owned())),
        _ => match Decimal::parse(text.trim()) {
            Some(value) => {
                let look = shared.looks.get(open.style).copied().unwrap_or(Look::Plain);
                Some(Cell::Number { value, look })
            }
            None => as_text(text),
        },
    }
}

/// Reads `C7` or `$C$7` as row and column from 0.
fn place_of(reference: &str) -> Option<(u32, u32)> {
    let bare: String = reference.chars().filter(|c| *c != '$').collect();
    let letters = bare.find(|c: char| c.is_ascii_digit())?;
    let (name, number) = bare.split_at(letters);
    let row: u32 = number.parse().ok()?;
    let mut column: u32 = 0;
    for c in name.chars() {
        let digit = c.to_ascii_uppercase().to_digit(36).filter(|_| c.is_ascii_alphabetic())? - 9;
        column = column.checked_mul(26)?.checked_add(digit)?;
    }
    Some((row.checked_sub(1)?, column.checked_sub(1)?)).filter(|(row, column)| *row < ROWS_MAX && *column < COLUMNS_MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_are_read_as_they_are_named() {
        for (row, column) in [(0, 0), (6, 2), (9, 701), (1_048_575, 16_383)] {
            assert_eq!(place_of(&crate::cell_name(row, column)), Some((row, column.into())));
        }
        for reference in ["", "A", "7", "A0", "XFE1", "A1048577", "Ａ1", "A1B", "AAAAAAAAAAAA1"] {
            assert_eq!(place_of(reference), None, "{reference}");
        }
    }
}
