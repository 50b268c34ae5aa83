//! Builders, a fixed clock and deliberately slow twins, for tests only.

<<<<<<< HEAD
pub mod facts;
pub mod slow_merkle;
=======
pub mod pack_calendar;
pub mod slow_calendar;
>>>>>>> afadbfe (Count working days and periods by running totals over dated holiday notices, checked against a day-by-day twin)
