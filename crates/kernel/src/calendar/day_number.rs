//! How are civil days counted as whole numbers?
//!
//! Day 0 is 1 January 1970, in Beijing time. Clock arithmetic adds and compares thousands of days; whole numbers make that
//! exact and quick, and leave the questions of months to the date library.

use crate::time::Instant;
use jiff::SignedDuration;
use jiff::civil::Date;

pub(crate) const MILLIS_PER_DAY: i64 = 86_400_000;

/// Beijing is ahead of UTC: its day begins at 16:00 UTC of the day before.
const AHEAD_MILLIS: i64 = crate::time::BEIJING.seconds() as i64 * 1_000;

const DAY_ZERO: Date = Date::constant(1970, 1, 1);

/// The first Monday on or after day 0 is 5 January 1970.
const FIRST_MONDAY: i64 = 4;

/// Returns the number of the civil day.
pub(crate) fn number_of_date(date: Date) -> i64 {
    date.duration_since(DAY_ZERO).as_hours() / 24
}

/// Returns the civil day of that number, or nothing outside the years -9999 to 9999.
pub(crate) fn date_of_number(number: i64) -> Option<Date> {
    DAY_ZERO.checked_add(SignedDuration::from_hours(number.checked_mul(24)?)).ok()
}

/// Returns the milliseconds since 1970 UTC at which the day begins in Beijing.
pub(crate) fn midnight_millis(number: i64) -> i64 {
    number * MILLIS_PER_DAY - AHEAD_MILLIS
}

/// Returns the number of the Beijing day on which that millisecond falls.
pub(crate) fn number_of_millis(millis: i64) -> i64 {
    (millis + AHEAD_MILLIS).div_euclid(MILLIS_PER_DAY)
}

/// Returns the number of the Beijing day on which the moment falls.
pub(crate) fn number_of_instant(instant: Instant) -> i64 {
    number_of_millis(crate::time::to_millis(instant))
}

/// Says whether the weekend rule makes it a working day: Monday to Friday.
pub(crate) fn is_weekday(number: i64) -> bool {
    (number - FIRST_MONDAY).rem_euclid(7) < 5
}

/// Returns how many Mondays to Fridays lie from the first Monday up to the day, itself excluded; negative before it.
pub(crate) fn weekdays_before(number: i64) -> i64 {
    let days = number - FIRST_MONDAY;
    days.div_euclid(7) * 5 + days.rem_euclid(7).min(5)
}

/// Returns the weekday that has so many Mondays to Fridays before it: the inverse of [`weekdays_before`].
pub(crate) fn weekday_at(count: i64) -> i64 {
    FIRST_MONDAY + count.div_euclid(5) * 7 + count.rem_euclid(5)
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::{Weekday, date};

    #[test]
    fn numbers_dates_and_weekdays_agree_with_the_date_library() {
        let mut day = date(1969, 12, 1);
        let mut weekdays = weekdays_before(number_of_date(day));
        while day < date(2040, 1, 1) {
            let number = number_of_date(day);
            assert_eq!(date_of_number(number), Some(day));
            assert_eq!(number_of_millis(midnight_millis(number)), number);
            assert_eq!(number_of_millis(midnight_millis(number) - 1), number - 1);
            assert_eq!(number_of_instant(crate::time::midnight(day)), number);
            assert_eq!(is_weekday(number), !matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday), "{day}");
            assert_eq!(weekdays_before(number), weekdays, "{day}");
            if is_weekday(number) {
                assert_eq!(weekday_at(weekdays), number);
                weekdays += 1;
            }
            day = day.tomorrow().unwrap();
        }
    }
}
