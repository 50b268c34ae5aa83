//! Builders, a fixed clock and deliberately slow twins, for tests only.

pub mod draw_pool;
pub mod facts;
#[cfg(feature = "store")]
pub mod failing_store;
pub mod pack_calendar;
#[cfg(unix)]
pub mod postgres;
pub mod slow_calendar;
pub mod slow_checker;
pub mod slow_draw;
pub mod slow_merkle;
pub mod slow_monitor;
