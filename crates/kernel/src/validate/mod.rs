//! Is what a person typed a credit code, a phone number? Answers with the canonical form or with what is wrong.
//!
//! Refuses by naming the offending character or digit in Chinese and English, so that a clerk can mend it; it never
//! guesses a value that was not written. One place for forms, imports, procedures and the API, so that they agree.

pub mod check_digits;
pub mod credit_code;
pub mod phone;

pub use credit_code::{CreditCode, CreditCodeError};
pub use phone::{Phone, PhoneError, PhoneKind};

/// Turns full-width ASCII (ＡＢ１２（－) into its plain form; every other character stays as it is.
///
/// Chinese input methods produce these forms without the writer noticing; they mean the same.
pub fn narrow(c: char) -> char {
    match c {
        '\u{3000}' => ' ',
        '\u{FF01}'..='\u{FF5E}' => char::from_u32(c as u32 - 0xFEE0).unwrap_or(c),
        _ => c,
    }
}

/// Tells whether a character is white space or is not drawn at all (zero-width marks, byte order mark, no-break space).
///
/// Pasting from web pages, chat programs and PDF leaves these in cells where nobody can see them.
pub fn is_blank(c: char) -> bool {
    c.is_whitespace()
        || c.is_control()
        || matches!(c, '\u{00AD}' | '\u{180E}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{2064}' | '\u{FEFF}')
}
