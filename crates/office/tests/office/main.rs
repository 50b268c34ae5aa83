//! The office at its door: what it answers, refuses and keeps, over a real data folder with a clock and chances that the tests set.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]

mod bureau;
mod enforcement;
mod erasure;
mod imports;
mod licensing;
mod old_cases;
mod path;
mod questions;
mod sight;
mod standing;
mod stations;
