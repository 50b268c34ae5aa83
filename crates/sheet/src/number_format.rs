//! Does a number format show its number as a date, and with how many leading zeros?
//!
//! ECMA-376-1, 18.8.30 (numFmt): built-in formats have only a number, and 27 to 36 and 50 to 58 are dates in Chinese
//! workbooks; others carry a code. Answers only what reading needs; it is no formatter.

/// How a workbook shows a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Look {
    /// As a number.
    Plain,
    /// As a date, a time or both.
    Date,
    /// With zeros in front, to at least this many digits (`000000`).
    Zeros(u8),
}

/// Tells how a built-in format shows a number.
pub(crate) fn built_in(id: u32) -> Look {
    if matches!(id, 14..=22 | 27..=36 | 45..=47 | 50..=58) { Look::Date } else { Look::Plain }
}

/// Tells how a format code shows a number that is not negative (its first section).
pub(crate) fn of_code(code: &str) -> Look {
    let bare = without_literals(code);
    let lower = bare.to_ascii_lowercase();
    if lower.contains("general") {
        return Look::Plain;
    }
    if lower.contains(['y', 'm', 'd', 'h', 's']) {
        return Look::Date;
    }
    match u8::try_from(bare.len()) {
        Ok(digits) if digits > 1 && bare.chars().all(|c| c == '0') => Look::Zeros(digits),
        _ => Look::Plain,
    }
}

/// Drops quoted text, escaped characters, colours, locales and all sections but the first; keeps elapsed `[h]`.
fn without_literals(code: &str) -> String {
    let mut bare = String::new();
    let mut characters = code.chars();
    while let Some(c) = characters.next() {
        match c {
            ';' => break,
            '"' => {
                characters.by_ref().take_while(|c| *c != '"').count();
            }
            '\\' | '_' | '*' => {
                characters.next();
            }
            '[' => {
                let inside: String = characters.by_ref().take_while(|c| *c != ']').collect();
                if inside.chars().all(|c| matches!(c, 'h' | 'H' | 'm' | 'M' | 's' | 'S')) {
                    bare.push_str(&inside);
                }
            }
            _ => bare.push(c),
        }
    }
    bare
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_told_from_numbers() {
        for code in [
            "yyyy-mm-dd",
            "yyyy\"年\"m\"月\"d\"日\"",
            "[$-804]yyyy/m/d;@",
            "[h]:mm",
            "上午/下午h\"时\"",
            "m/d",
            "[DBNum1][$-804]m\"月\"d\"日\"",
            "YYYY.M.D",
        ] {
            assert_eq!(of_code(code), Look::Date, "{code}");
        }
        for code in [
            "General",
            "0.00",
            "#,##0.00_);[Red](#,##0.00)",
            "0.00E+00",
            "\"days\" 0",
            "0\\d",
            "@",
            "[Red]0.0%",
            "\"元\"#,##0",
        ] {
            assert_eq!(of_code(code), Look::Plain, "{code}");
        }
        assert_eq!(of_code("000000"), Look::Zeros(6));
        assert_eq!((built_in(14), built_in(31), built_in(2)), (Look::Date, Look::Date, Look::Plain));
    }
}
