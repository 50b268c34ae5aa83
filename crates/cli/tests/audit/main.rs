//! Does `guiju law audit` find what was done against the law, name it rightly, and leave alone what was lawful or is not known? And do
//! inspections and penalties of another platform give the same figures as our own?

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test whose own data cannot be read has failed"
)]

mod desk;
mod mirrored;
mod planted;
mod rows;
mod sheet;
mod year;
