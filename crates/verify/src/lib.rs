//! The independent reader of a data folder: shares no code with the writer.
//!
//! It is written from `docs/formats/` alone. It depends on nothing of the kernel, the store or the office, so that a
//! mistake there is not repeated here. Whatever it cannot read is a fault with a place, never a reason to stop early.

pub mod canonical;
mod cell;
pub mod data_folder;
pub mod entry;
mod fold;
mod heads;
mod keys;
pub mod merkle;
mod moment;
pub mod note;
mod reading;
pub mod receipt;
mod records;
mod report;
mod shape;
mod source;
mod tables;
pub mod vault;

pub use data_folder::{NoData, Options, Target, verify};
pub use report::{Fault, Report};
