//! The independent reader of a data folder: shares no code with the writer.
//!
//! It is written from `docs/formats/` alone. It depends on nothing of the kernel, the store or the office, so that a
//! mistake there is not repeated here. Whatever it cannot read is a fault with a place, never a reason to stop early.

pub mod canonical;
pub mod entry;
pub mod merkle;
pub mod note;
pub mod receipt;
pub mod vault;
