//! Which millisecond does a record's moment name? `2024-01-02T09:00:00.000+08:00`, in that one spelling.
//!
//! Refuses other offsets, missing digits and days that no calendar has.

/// Milliseconds since 1970-01-01T00:00Z.
pub(crate) fn millis(text: &str) -> Option<i64> {
    let (date, rest) = text.split_once('T')?;
    let clock = rest.strip_suffix("+08:00")?;
    let (year, month, day) = (digits(date, 0, 4)?, digits(date, 5, 2)?, digits(date, 8, 2)?);
    let (hour, minute, second, milli) =
        (digits(clock, 0, 2)?, digits(clock, 3, 2)?, digits(clock, 6, 2)?, digits(clock, 9, 3)?);
    let spelt = format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{milli:03}+08:00");
    let in_range = (1..=12).contains(&month) && (1..=days_in(year, month)).contains(&day) && year > 0;
    if spelt != text || !in_range || hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    let seconds = (days_before(year, month) + day - 1) * 86_400 + hour * 3600 + minute * 60 + second - 8 * 3600;
    Some(seconds * 1000 + milli)
}

fn digits(text: &str, from: usize, count: usize) -> Option<i64> {
    text.get(from..from + count)?.parse().ok()
}

fn is_leap(year: i64) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

fn days_in(year: i64, month: i64) -> i64 {
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if is_leap(year) => 29,
        2 => 28,
        _ => 31,
    }
}

/// Days from 1970-01-01 to the first of the month.
fn days_before(year: i64, month: i64) -> i64 {
    let past = year - 1;
    let to_year = past * 365 + past / 4 - past / 100 + past / 400 - 719_162;
    to_year + (1..month).map(|month| days_in(year, month)).sum::<i64>()
}

#[cfg(test)]
mod tests {
    use super::millis;

    /// Known moments (from `date -d … +%s%3N`), and every day of 400 years counted one by one.
    #[test]
    fn moments_are_counted_right() {
        assert_eq!(millis("1970-01-01T08:00:00.000+08:00"), Some(0));
        assert_eq!(millis("2024-02-29T23:59:59.999+08:00"), Some(1_709_222_399_999));
        assert_eq!(millis("2026-11-22T00:00:00.000+08:00"), Some(1_795_276_800_000));
        let mut expected = millis("1800-01-01T00:00:00.000+08:00").unwrap();
        for year in 1800..2200 {
            for month in 1..=12 {
                for day in 1..=super::days_in(year, month) {
                    let text = format!("{year:04}-{month:02}-{day:02}T00:00:00.000+08:00");
                    assert_eq!(millis(&text), Some(expected), "{text}");
                    expected += 86_400_000;
                }
            }
        }
    }

    #[test]
    fn other_spellings_are_no_moments() {
        for text in [
            "2024-01-02T09:00:00.000Z",
            "2024-01-02T09:00:00+08:00",
            "2024-01-02T09:00:00.000+09:00",
            "2023-02-29T09:00:00.000+08:00",
            "2024-1-02T09:00:00.000+08:00",
            "2024-01-02 09:00:00.000+08:00",
            "2024-01-02T24:00:00.000+08:00",
            "2024-13-02T09:00:00.000+08:00",
            "2024-01-02T09:00:60.000+08:00",
            "2024-01-02T09:00:00.0000+08:00",
            "+024-01-02T09:00:00.000+08:00",
            "",
            "T",
            "２024-01-02T09:00:00.000+08:00",
        ] {
            assert_eq!(millis(text), None, "{text}");
        }
    }
}
