//! What a regulator's work is: calendar, clocks, procedures, ledger, draws and figures. Pure: no I/O, no clock, no randomness.

pub mod calendar;
pub mod canon;
pub mod case;
pub mod checker;
pub mod clock;
pub mod constraint;
pub mod draw;
pub mod figure;
pub mod ledger;
pub mod monitor;
pub mod organ;
pub mod procedure;
pub mod record;
pub mod rows;
pub mod time;
pub mod validate;
