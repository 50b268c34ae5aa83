//! Acknowledged means durable: whatever was answered is there after a killed process and after a pulled plug, nothing is there by halves.
//!
//! The real program works on a data folder for many clients at once and prints each act once it is acknowledged; the tests kill it at
//! random moments and compare. How often: `GUIJU_KILLS` (default 25 and 12; the whole promise is 200).

#![cfg(unix)]
#![expect(clippy::expect_used, clippy::panic, reason = "a test ends where something does not hold")]

mod drill;
mod kill;
#[cfg(target_os = "linux")]
mod plug;
