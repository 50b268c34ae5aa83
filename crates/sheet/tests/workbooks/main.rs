//! Workbooks and tables as bureaus keep them, in and out through the crate's own door.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a workbook that cannot be built has nothing to test; what is missing fails the test"
)]

mod awkward;
mod hostile;
mod reading;
mod returning;
