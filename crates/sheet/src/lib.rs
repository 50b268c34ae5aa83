//! Workbooks and CSV as bureaus keep them: read with their quirks, given back with the bad cells marked.
//!
//! Bytes in, values out; bytes out again. [`read`] makes a [`Book`] of an XLSX or delimited file, [`preview`] finds the
//! heading row of what is [`Wanted`] in it and turns each row into values or complaints, [`marked`] gives the workbook
//! back with every complaint at its cell. [`write`] and [`write_csv`] make lists, [`template`] an empty form. Knows no
//! database and no procedure; the same input always gives the same answer, and no input makes it panic.

mod book;
mod clean;
mod complaint;
mod convert;
mod decimal;
mod delimited;
mod error;
mod heading;
mod list;
mod list_csv;
mod marked;
mod markup;
mod moment;
mod money;
mod number_format;
mod package;
mod preview;
mod rows;
mod template;
mod wanted;
mod worksheet;
mod xlsx;

pub use book::{Book, Cell, Encoding, Limits, Merge, Note, Sheet, Source, cell_name, read};
pub use complaint::{Complaint, Severity};
pub use error::SheetError;
pub use list::{Column as ListColumn, ColumnKind, ListCell, ListSheet, write};
pub use list_csv::write_csv;
pub use marked::{PROBLEMS, marked};
pub use money::MoneyUnit;
pub use preview::{Preview, Row, SheetUse, preview};
pub use rows::Skipped;
pub use template::{GUIDE, template};
pub use wanted::{Choice, Column, Kind, Value, Wanted};
