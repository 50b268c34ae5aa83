//! Builders, a fixed clock and deliberately slow twins, for tests only.

pub mod facts;
pub mod pack_calendar;
pub mod slow_calendar;
pub mod slow_merkle;
