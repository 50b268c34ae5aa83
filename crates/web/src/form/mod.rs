//! Which questions does an act ask, and what did somebody answer? Derived from the procedure: a new act has its form without Rust.
//!
//! [`Form::of`] draws the fields that an act takes; [`read::read`] turns what was posted into values or says, at the field, what
//! is wrong and how to mend it. It refuses nothing that the rules would allow: the office judges again.

pub mod control;
pub mod posted;
pub mod read;
pub mod uploads;
pub mod workbook;

pub use posted::{Arrived, Posted};
