//! Is this a working day, and how sure can one be?
//!
//! A day is a working day when the weekend rule says so, unless a State Council notice names it a day off or a make-up working
//! day (调休). [`Almanac`] keeps every notice with the date it was published and answers with the [`Calendar`] as known at a
//! moment. Refused: a day before the first covered year, and one so far ahead (a century) that the question must be a mistake.
//! Rule: 全国年节及纪念日放假办法, and each year's notice, named in the pack's calendar files.

mod almanac;
mod day_number;
mod error;
mod hours;
mod notice;
mod table;

pub use almanac::Almanac;
pub use error::CalendarError;
pub use hours::WorkingHours;
pub use notice::{Notice, NoticeDay, PublishedFrom};
pub use table::{Calendar, Day, DayKind};

pub(crate) use day_number::{MILLIS_PER_DAY, date_of_number, midnight_millis, number_of_date, number_of_millis};
