//! What stands in one column of one row, exactly as the database holds it?
//!
//! Refuses nothing: what has no place in our tables (a fraction, broken UTF-8) is kept as odd and equals nothing expected.

use std::fmt;

/// A column's value with its storage class: 1, 1.0 and "1" are three different things.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Cell {
    Null,
    Int(i64),
    Text(Box<str>),
    Blob(Box<[u8]>),
    /// Readable, but of no class that our tables use; says which.
    Odd(Box<str>),
}

impl Cell {
    pub(crate) fn text(text: &str) -> Cell {
        Cell::Text(text.into())
    }

    pub(crate) fn as_int(&self) -> Option<i64> {
        if let Cell::Int(int) = self { Some(*int) } else { None }
    }

    pub(crate) fn as_size(&self) -> Option<u64> {
        self.as_int().and_then(|int| u64::try_from(int).ok())
    }

    pub(crate) fn as_text(&self) -> Option<&str> {
        if let Cell::Text(text) = self { Some(text) } else { None }
    }

    pub(crate) fn as_blob(&self) -> Option<&[u8]> {
        if let Cell::Blob(bytes) = self { Some(bytes) } else { None }
    }
}

/// Short enough to stand in a fault.
impl fmt::Display for Cell {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Cell::Null => f.write_str("NULL"),
            Cell::Int(int) => write!(f, "{int}"),
            Cell::Text(text) if text.chars().count() > 60 => {
                write!(f, "`{}…`", text.chars().take(60).collect::<String>())
            }
            Cell::Text(text) => write!(f, "`{text}`"),
            Cell::Blob(bytes) => write!(f, "{} B", bytes.len()),
            Cell::Odd(class) => write!(f, "({class})"),
        }
    }
}
