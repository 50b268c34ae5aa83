//! What a regulator's work is: calendar, clocks, procedures, ledger and figures. Pure: no I/O, no clock, no randomness.

pub mod time;
