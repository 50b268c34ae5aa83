//! Figures: numbers that open onto the records they count.
//!
//! [`evaluate`] answers from what a [`Source`] lays before it, for a period of half-open Beijing days and the records below a
//! sequence number. Refused: a ratio of figures that are not there or that go round in a circle, and a clock without a calendar.
//! Design 4.6; what each kind of query counts is said at [`definition::Query`].

mod arithmetic;
mod cases;
pub mod definition;
mod entries;
mod evaluate;
mod lists;
mod source;
mod value;

pub use evaluate::{FigureError, evaluate};
pub use source::{CaseFacts, Cut, EntryFacts, ItemFacts, Kind, Period, Source, Step};
pub use value::{Amount, Row, RowOf, Value};
