//! Which moment, and which civil day, does the office mean?
//!
//! The office keeps Beijing time: UTC+08:00. `Asia/Shanghai` has had no other offset since 15 September 1991 (its last summer
//! time), and the calendar covers nothing before 2007, so the offset is a constant here and no time zone database is needed.
//! Moments that people and records read are RFC 3339 with that offset and exactly three digits of milliseconds. Refused: a text
//! without an offset (whose midnight would it be?), digits finer than a millisecond (they would be lost in the record), and
//! years outside 0001 to 9998.

use jiff::civil::{Date, DateTime, Time};
use jiff::tz::Offset;

/// A moment on the time line. Records keep it to the millisecond.
pub type Instant = jiff::Timestamp;

/// The offset of Beijing time from UTC, the same on every covered date.
pub const BEIJING: Offset = Offset::constant(8);

const FIRST_YEAR: i16 = 1;
const LAST_YEAR: i16 = 9998;

/// A text that is not a moment or a date as records write them.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TimeError {
    /// The text is no RFC 3339 moment, or names a day that does not exist.
    #[error(
        "`{0}` 不是有效的时间，应写成 2024-01-02T09:00:00.000+08:00 / `{0}` is not a moment such as 2024-01-02T09:00:00.000+08:00"
    )]
    NotAMoment(String),
    /// The text is no date, or names a day that does not exist.
    #[error("`{0}` 不是有效的日期，应写成 2024-01-02 / `{0}` is not a date such as 2024-01-02")]
    NotADate(String),
    /// The text has digits finer than a millisecond.
    #[error("`{0}` 的时间细于毫秒 / `{0}` is finer than a millisecond")]
    TooFine(String),
    /// The moment is outside the years that records can hold.
    #[error("`{0}` 超出可以记录的年份（0001 至 9998）/ `{0}` is outside the years that records hold (0001 to 9998)")]
    OutOfRange(String),
}

/// Returns the civil day, in Beijing time, on which the moment falls.
pub fn date_of(instant: Instant) -> Date {
    BEIJING.to_datetime(instant).date()
}

/// Returns the wall-clock date and time in Beijing of the moment.
pub fn civil_of(instant: Instant) -> DateTime {
    BEIJING.to_datetime(instant)
}

/// Returns the moment at which the civil day begins in Beijing: 00:00 +08:00, which belongs to that day.
///
/// Outside the years that a time line can hold (before -9999, after 9999) it answers the nearest end of the line.
pub fn midnight(date: Date) -> Instant {
    at(date, Time::midnight())
}

/// Returns the moment of a wall-clock time in Beijing on a civil day.
pub fn at(date: Date, time: Time) -> Instant {
    let nearest_end = if date.year() < 0 { Instant::MIN } else { Instant::MAX };
    BEIJING.to_timestamp(date.to_datetime(time)).unwrap_or(nearest_end)
}

/// Returns the milliseconds since 1970-01-01T00:00:00Z, rounding towards the past.
pub fn to_millis(instant: Instant) -> i64 {
    // `as_millisecond` truncates towards zero; before 1970 that would be a later moment.
    let truncated = instant.as_millisecond();
    if instant.subsec_nanosecond() % 1_000_000 < 0 { truncated - 1 } else { truncated }
}

/// Returns the moment that many milliseconds after 1970-01-01T00:00:00Z.
///
/// # Errors
/// [`TimeError::OutOfRange`] when the year lies outside 0001 to 9998.
pub fn from_millis(millis: i64) -> Result<Instant, TimeError> {
    let out = || TimeError::OutOfRange(format!("{millis} ms"));
    let instant = Instant::from_millisecond(millis).map_err(|_| out())?;
    if in_range(instant) { Ok(instant) } else { Err(out()) }
}

/// Writes the moment as records do: `2024-01-02T09:00:00.000+08:00`, finer digits cut off.
pub fn print(instant: Instant) -> String {
    let civil = civil_of(instant);
    let millis = civil.subsec_nanosecond() / 1_000_000;
    format!(
        "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{millis:03}+08:00",
        civil.year(),
        civil.month(),
        civil.day(),
        civil.hour(),
        civil.minute(),
        civil.second()
    )
}

/// Reads an RFC 3339 moment with any offset; [`print`] gives it back in Beijing time.
///
/// # Errors
/// [`TimeError`] when the text has no offset, names a day or time that does not exist, or is finer than a millisecond.
pub fn parse(text: &str) -> Result<Instant, TimeError> {
    let instant: Instant = text.parse().map_err(|_| TimeError::NotAMoment(text.to_owned()))?;
    // The RFC 9557 suffix `[Asia/Shanghai]` is more than RFC 3339 allows and would need a time zone database.
    if text.contains('[') {
        return Err(TimeError::NotAMoment(text.to_owned()));
    }
    if instant.subsec_nanosecond() % 1_000_000 != 0 {
        return Err(TimeError::TooFine(text.to_owned()));
    }
    if in_range(instant) { Ok(instant) } else { Err(TimeError::OutOfRange(text.to_owned())) }
}

/// Reads a date written as `2024-01-02`, and nothing longer.
///
/// # Errors
/// [`TimeError::NotADate`] when the text is not ten characters of that shape or the day does not exist.
pub fn parse_date(text: &str) -> Result<Date, TimeError> {
    let refusal = || TimeError::NotADate(text.to_owned());
    // The library also reads `20240102` and full moments; a column of dates that mixes shapes hides mistakes.
    if text.len() != 10 {
        return Err(refusal());
    }
    let date: Date = text.parse().map_err(|_| refusal())?;
    if (FIRST_YEAR..=LAST_YEAR).contains(&date.year()) { Ok(date) } else { Err(refusal()) }
}

fn in_range(instant: Instant) -> bool {
    (FIRST_YEAR..=LAST_YEAR).contains(&date_of(instant).year())
}

/// For `#[serde(with = "crate::time::moment")]`: a moment in a record is the text that [`print`](super::print) writes.
pub mod moment {
    use super::Instant;
    use serde::{Deserialize, Deserializer, Serializer};

    /// Writes the moment as [`print`](super::print) does.
    ///
    /// # Errors
    /// Whatever the serializer refuses.
    pub fn serialize<S: Serializer>(instant: &Instant, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&super::print(*instant))
    }

    /// Reads the moment as [`parse`](super::parse) does.
    ///
    /// # Errors
    /// What [`parse`](super::parse) refuses.
    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Instant, D::Error> {
        let text = String::deserialize(deserializer)?;
        super::parse(&text).map_err(serde::de::Error::custom)
    }
}

/// For `#[serde(with = "crate::time::moment_option", default)]`: the same for a moment that may be absent.
pub mod moment_option {
    use super::Instant;
    use serde::{Deserialize, Deserializer, Serializer};

    /// Writes the moment or null.
    ///
    /// # Errors
    /// Whatever the serializer refuses.
    pub fn serialize<S: Serializer>(instant: &Option<Instant>, serializer: S) -> Result<S::Ok, S::Error> {
        match instant {
            Some(instant) => serializer.serialize_some(&super::print(*instant)),
            None => serializer.serialize_none(),
        }
    }

    /// Reads the moment or null.
    ///
    /// # Errors
    /// What [`parse`](super::parse) refuses.
    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Instant>, D::Error> {
        let text = Option::<String>::deserialize(deserializer)?;
        text.map(|text| super::parse(&text).map_err(serde::de::Error::custom)).transpose()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn a_moment_reads_back_as_it_was_written() {
        for text in [
            "2024-01-02T09:00:00.000+08:00",
            "2007-01-01T00:00:00.000+08:00",
            "1969-12-31T23:59:59.999+08:00",
            "0001-06-01T00:00:00.001+08:00",
        ] {
            assert_eq!(print(parse(text).unwrap()), text);
        }
        assert_eq!(print(parse("2024-01-01T16:00:00Z").unwrap()), "2024-01-02T00:00:00.000+08:00");
    }

    #[test]
    fn a_day_begins_at_sixteen_hours_utc_of_the_day_before() {
        let start = midnight(date(2024, 2, 29));
        assert_eq!(start.to_string(), "2024-02-28T16:00:00Z");
        assert_eq!(date_of(start), date(2024, 2, 29));
        assert_eq!(date_of(from_millis(to_millis(start) - 1).unwrap()), date(2024, 2, 28));
    }

    #[test]
    fn days_that_do_not_exist_and_ambiguous_texts_are_refused() {
        for text in [
            "2024-02-30T09:00:00.000+08:00",
            "2024-01-02T09:00:00",
            "2024-01-02",
            "",
            "tomorrow",
            "2024-01-02T25:00:00+08:00",
        ] {
            assert!(matches!(parse(text), Err(TimeError::NotAMoment(_))), "{text}");
        }
        assert!(matches!(parse("2024-01-02T09:00:00.0001+08:00"), Err(TimeError::TooFine(_))));
        assert!(parse("2024-01-02T09:00:00+08:00[Asia/Shanghai]").is_err());
        assert!(parse("9999-06-02T09:00:00+08:00").is_err());
        for text in ["2024-02-30", "20240102", "2024-1-2", "2023-02-29", "2024-01-02T09:00", "９９９９-01-01"] {
            assert!(parse_date(text).is_err(), "{text}");
        }
        assert_eq!(parse_date("2024-02-29").unwrap(), date(2024, 2, 29));
    }

    #[test]
    fn milliseconds_before_1970_do_not_drift() {
        for millis in [-1, -1001, 0, 1, 1_704_157_200_000] {
            assert_eq!(to_millis(from_millis(millis).unwrap()), millis);
        }
        assert_eq!(to_millis("1969-12-31T23:59:59.9995Z".parse().unwrap()), -1);
        assert!(from_millis(i64::MAX).is_err());
    }

    #[test]
    fn the_ends_of_the_time_line_do_not_panic() {
        assert_eq!(at(date(9999, 12, 31), Time::constant(23, 0, 0, 0)), Instant::MAX);
        assert_eq!(midnight(date(-9999, 1, 1)), Instant::MIN);
    }
}
