//! Dates in force: real days, in order, not overlapping.

use guiju_kernel::procedure::definition::InForce;
use guiju_kernel::time::parse_date;
use jiff::civil::Date;

use crate::complaint::Margin;
use crate::raw::{Day, RawInForce};

/// Reads a day, or complains and answers with the day on which nothing happens.
pub(crate) fn day(day: &Day, margin: Margin<'_>) -> Date {
    parse_date(day).unwrap_or_else(|error| {
        margin.repeat(day.spot, &error);
        Date::ZERO
    })
}

/// Reads a half-open range of days.
pub(crate) fn in_force(raw: &RawInForce, margin: Margin<'_>) -> InForce {
    let range = InForce { from: day(&raw.from, margin), until: raw.until.as_ref().map(|until| day(until, margin)) };
    if let (Some(until), Some(at)) = (range.until, &raw.until)
        && until <= range.from
    {
        margin.note(at.spot, "止日须晚于起日", "`until` must be later than `from`");
    }
    range
}

/// Says whether two half-open ranges share a day.
pub(crate) fn overlap(a: (Date, Option<Date>), b: (Date, Option<Date>)) -> bool {
    let begins_before_end = |from: Date, until: Option<Date>| until.is_none_or(|until| from < until);
    begins_before_end(a.0, b.1) && begins_before_end(b.0, a.1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn ranges_that_meet_do_not_overlap() {
        let (a, b, c) = (date(2024, 1, 1), date(2025, 1, 1), date(2026, 1, 1));
        assert!(!overlap((a, Some(b)), (b, None)));
        assert!(!overlap((b, None), (a, Some(b))));
        assert!(overlap((a, None), (c, None)));
        assert!(overlap((a, Some(c)), (b, None)));
        assert!(overlap((a, Some(b)), (a, Some(b))));
    }
}
