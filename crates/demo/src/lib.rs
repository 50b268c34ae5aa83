//! A demonstration year: a plan file is run through the office under a simulated clock, act by act, as if a bureau had worked.
//!
//! The plan holds wishes (how many are filed, how many are still open at the cut-off). What is published is counted from the
//! records that the office wrote; a plan whose acts the office refuses ends with an error and the refusal.

mod ask;
mod cast;
mod chance;
mod course;
mod days;
mod firms;
mod lottery;
mod performance;
mod placeholder;
mod plan;
mod radio;
mod registers;
mod run;
mod story;

pub use plan::{Account, Plan, PlanError};
pub use run::{BEGUN, DemoError, ENDED, PASSWORD, Progress, Summary, run};
pub use story::opening_day;
