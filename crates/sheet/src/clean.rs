//! What did the person mean to write in this cell, apart from invisible and full-width characters?
//!
//! Takes away what nobody can see or meant to type; refuses nothing. Full-width digits and letters become plain ones;
//! Chinese punctuation stays, because in a text it is right.

use guiju_kernel::validate::{is_blank, narrow};

use crate::book::Cell;
use crate::number_format::Look;

/// Cleans a text: invisible characters go, blanks at the ends go, full-width letters and digits become plain, and so
/// do the marks by which people force text (`'0012`, `="0012"`).
pub(crate) fn clean(text: &str) -> String {
    let visible: String =
        text.chars().map(plain).filter(|c| !is_blank(*c) || c.is_whitespace() && !matches!(c, '\u{85}')).collect();
    let trimmed = visible.trim();
    let formula = trimmed.strip_prefix("=\"").and_then(|rest| rest.strip_suffix('"'));
    let forced = formula.or_else(|| trimmed.strip_prefix('\'').filter(|rest| !rest.ends_with('\'')));
    forced.unwrap_or(trimmed).trim().to_owned()
}

/// Makes a text of one line for comparing: no blanks at all, plain forms, small letters.
pub(crate) fn bare(text: &str) -> String {
    text.chars().map(narrow).filter(|c| !is_blank(*c)).flat_map(char::to_lowercase).collect()
}

fn plain(c: char) -> char {
    let narrowed = narrow(c);
    match c {
        '\u{3000}' | '\u{A0}' | '\u{2007}' | '\u{202F}' => ' ',
        _ if narrowed.is_ascii_alphanumeric() => narrowed,
        _ => c,
    }
}

/// Gives a cell as the workbook shows it, for messages and for the workbook that goes back.
pub(crate) fn shown(cell: &Cell, from_1904: bool) -> String {
    match cell {
        Cell::Text(text) | Cell::Failed(text) | Cell::IsoDate(text) => text.clone(),
        Cell::Truth(true) => "TRUE".into(),
        Cell::Truth(false) => "FALSE".into(),
        Cell::Uncalculated => String::new(),
        Cell::Number { value, look: Look::Plain } => value.as_shown().to_string(),
        Cell::Number { value, look: Look::Zeros(digits) } => {
            let digits = usize::from(*digits);
            let text = value.as_shown().to_string();
            if value.is_negative() || value.whole().is_none() { text } else { format!("{text:0>digits$}") }
        }
        Cell::Number { value, look: Look::Date } => {
            crate::moment::from_serial(value, from_1904).map_or_else(|| value.as_shown().to_string(), |m| m.plain())
        }
    }
}

/// Tells whether a cell holds nothing that can be seen.
pub(crate) fn is_empty(cell: &Cell) -> bool {
    match cell {
        Cell::Text(text) => clean(text).is_empty(),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_nobody_meant_to_type_goes() {
        for (text, cleaned) in [
            ("\u{FEFF}\u{A0}ＡＢ１２\u{200B}　", "AB12"),
            ("'00123", "00123"),
            ("=\"00123\"", "00123"),
            ("'引用'", "'引用'"),
            ("\t0123\n", "0123"),
            ("一（二）：三，四", "一（二）：三，四"),
            ("甲\r\n乙", "甲\r\n乙"),
            ("甲\u{0}乙", "甲乙"),
        ] {
            assert_eq!(clean(text), cleaned, "{text:?}");
        }
    }
}
