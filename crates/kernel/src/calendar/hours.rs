//! When is the office open on a working day?
//!
//! A parameter of the pack, used by periods counted in working hours. Refused: openings that overlap, stand out of order, or
//! end before they begin. Hours are wall-clock time in Beijing, half-open; a shift past midnight is not an office hour.

use super::error::CalendarError;
use serde::{Deserialize, Serialize};

const MILLIS_PER_MINUTE: i64 = 60_000;

/// The openings of a working day, such as 08:30-12:00 and 14:30-17:30; never empty.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Vec<String>", into = "Vec<String>")]
pub struct WorkingHours {
    /// INVARIANT(openings): half-open minutes of the day, each longer than nothing, rising, apart from each other.
    openings: Vec<(i64, i64)>,
}

impl WorkingHours {
    /// Reads openings written as `08:30-12:00`.
    ///
    /// # Errors
    /// [`CalendarError::Hours`] when one is ill-formed, empty, or does not follow the one before, or when there is none.
    pub fn parse<T: AsRef<str>>(texts: &[T]) -> Result<Self, CalendarError> {
        let mut openings: Vec<(i64, i64)> = Vec::with_capacity(texts.len());
        for text in texts.iter().map(AsRef::as_ref) {
            let refusal = || CalendarError::Hours(text.to_owned());
            let (from, until) = text.split_once('-').ok_or_else(refusal)?;
            let opening = (minute_of(from).ok_or_else(refusal)?, minute_of(until).ok_or_else(refusal)?);
            let earliest = openings.last().map_or(0, |last| last.1);
            if opening.0 < earliest || opening.0 >= opening.1 {
                return Err(refusal());
            }
            openings.push(opening);
        }
        if openings.is_empty() { Err(CalendarError::Hours(String::new())) } else { Ok(Self { openings }) }
    }

    /// Returns how long the office is open on a working day, in milliseconds; never zero.
    pub fn millis_per_day(&self) -> i64 {
        self.openings.iter().map(|(from, until)| (until - from) * MILLIS_PER_MINUTE).sum()
    }

    /// Returns how long it has been open on a working day before that millisecond of the day.
    pub(crate) fn open_before(&self, millis_of_day: i64) -> i64 {
        let open = |&(from, until): &(i64, i64)| {
            let (from, until) = (from * MILLIS_PER_MINUTE, until * MILLIS_PER_MINUTE);
            millis_of_day.clamp(from, until) - from
        };
        self.openings.iter().map(open).sum()
    }

    /// Returns the first millisecond of the day before which it has been open for so long (1 to [`Self::millis_per_day`]).
    pub(crate) fn when_open_for(&self, open_millis: i64) -> i64 {
        let mut left = open_millis;
        for (from, until) in &self.openings {
            let length = (until - from) * MILLIS_PER_MINUTE;
            if left <= length {
                return from * MILLIS_PER_MINUTE + left;
            }
            left -= length;
        }
        // Longer than the day is open: the day's end. Callers keep within the day.
        super::MILLIS_PER_DAY
    }
}

fn minute_of(text: &str) -> Option<i64> {
    let text = text.trim();
    let (hour, minute) = text.split_once(':')?;
    let digits = |part: &str| part.len() == 2 && part.bytes().all(|byte| byte.is_ascii_digit());
    if !digits(hour) || !digits(minute) {
        return None;
    }
    let (hour, minute): (i64, i64) = (hour.parse().ok()?, minute.parse().ok()?);
    (hour < 24 && minute < 60).then_some(hour * 60 + minute)
}

impl TryFrom<Vec<String>> for WorkingHours {
    type Error = CalendarError;

    fn try_from(texts: Vec<String>) -> Result<Self, CalendarError> {
        Self::parse(&texts)
    }
}

impl From<WorkingHours> for Vec<String> {
    fn from(hours: WorkingHours) -> Self {
        let text = |(from, until): (i64, i64)| {
            format!("{:02}:{:02}-{:02}:{:02}", from / 60, from % 60, until / 60, until % 60)
        };
        hours.openings.into_iter().map(text).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn openings_read_back_and_measure_the_day() {
        let hours = WorkingHours::parse(&["08:30-12:00", "14:30-17:30"]).unwrap();
        assert_eq!(Vec::<String>::from(hours.clone()), ["08:30-12:00", "14:30-17:30"]);
        let hour = 60 * MILLIS_PER_MINUTE;
        assert_eq!(hours.millis_per_day(), 6 * hour + hour / 2);
        assert_eq!(hours.open_before(13 * hour), 3 * hour + hour / 2);
        assert_eq!(hours.open_before(0), 0);
        // Three and a half hours are full at noon, not at half past two.
        assert_eq!(hours.when_open_for(3 * hour + hour / 2), 12 * hour);
        assert_eq!(hours.when_open_for(3 * hour + hour / 2 + 1), 14 * hour + hour / 2 + 1);
    }

    #[test]
    fn openings_that_make_no_day_are_refused() {
        for texts in [
            &["08:30"][..],
            &["12:00-08:30"],
            &["08:00-08:00"],
            &["08:00-12:00", "11:00-13:00"],
            &["8:00-12:00"],
            &["08:00-24:00"],
            &[],
        ] {
            assert!(WorkingHours::parse(texts).is_err(), "{texts:?}");
        }
    }
}
