//! Exact arithmetic of figures: integers only, rounded half-up at the very end.

use super::definition::Round;
use super::value::Amount;
use crate::procedure::definition::Text;

/// Divides exactly and rounds half-up (away from zero) to so many decimals; nothing when dividing by zero.
pub(super) fn quotient(of: i128, by: i128, decimals: u32) -> Option<Amount> {
    let scale = 10_i128.checked_pow(decimals)?;
    let scaled = of.checked_mul(scale)?.checked_mul(2)?;
    if by == 0 {
        return None;
    }
    let magnitude = scaled.unsigned_abs().checked_add(by.unsigned_abs())? / by.unsigned_abs().checked_mul(2)?;
    let negative = (of < 0) != (by < 0) && magnitude > 0;
    if decimals == 0 {
        let whole = i64::try_from(magnitude).ok()?;
        return Some(Amount::Integer(if negative { -whole } else { whole }));
    }
    let scale = scale.unsigned_abs();
    let (whole, rest) = (magnitude / scale, magnitude % scale);
    let sign = if negative { "-" } else { "" };
    Some(Amount::Decimal(format!("{sign}{whole}.{rest:0width$}", width = decimals as usize)))
}

/// An integer as the figure shows it: shifted into its unit and rounded.
pub(super) fn shown(number: i128, round: Option<Round>) -> Amount {
    let Round { decimals, shift } = round.unwrap_or(Round { decimals: 0, shift: 0 });
    let by = 10_i128.checked_pow(shift).unwrap_or(i128::MAX);
    quotient(number, by, decimals).unwrap_or(Amount::Nothing)
}

/// Milliseconds in the figure's unit of time; a unit that is none is milliseconds.
pub(super) fn of_time(millis: i128, unit: &Text, round: Option<Round>) -> Amount {
    let of = |zh: &str, en: &str| unit.zh.contains(zh) || unit.en.starts_with(en);
    let by = if of("小时", "hour") {
        3_600_000
    } else if of("分钟", "minute") {
        60_000
    } else if of("秒", "second") {
        1_000
    } else if of("天", "day") || unit.zh == "日" {
        86_400_000
    } else {
        1
    };
    quotient(millis, by, round.map_or(0, |round| round.decimals)).unwrap_or(Amount::Nothing)
}

/// A share: in per cent when that is the unit. Two decimals unless the figure says otherwise.
pub(super) fn share(of: i128, by: i128, unit: &Text, round: Option<Round>) -> Amount {
    let factor = if unit.zh.trim() == "%" || unit.en.trim() == "%" { 100 } else { 1 };
    let decimals = round.map_or(2, |round| round.decimals);
    of.checked_mul(factor).and_then(|of| quotient(of, by, decimals)).unwrap_or(Amount::Nothing)
}

/// The length of the union of half-open intervals.
pub(super) fn union(mut intervals: Vec<(i64, i64)>) -> i128 {
    intervals.retain(|(from, until)| from < until);
    intervals.sort_unstable();
    let mut total = 0_i128;
    let mut end = i64::MIN;
    for (from, until) in intervals {
        let from = from.max(end);
        if from < until {
            total += i128::from(until) - i128::from(from);
            end = until;
        }
    }
    total
}

/// The middle value; of two middle ones their mean, rounded half-up.
pub(super) fn median(mut values: Vec<i64>) -> Option<i128> {
    values.sort_unstable();
    let upper = i128::from(*values.get(values.len() / 2)?);
    if values.len() % 2 == 1 {
        return Some(upper);
    }
    let lower = i128::from(*values.get((values.len() / 2).checked_sub(1)?)?);
    Some((lower + upper + 1).div_euclid(2))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decimal(of: i128, by: i128, decimals: u32) -> String {
        match quotient(of, by, decimals) {
            Some(Amount::Decimal(text)) => text,
            Some(Amount::Integer(number)) => number.to_string(),
            other => format!("{other:?}"),
        }
    }

    #[test]
    fn quotients_are_rounded_half_up_in_integers() {
        assert_eq!(decimal(35_460 * 100, 35_570, 2), "99.69");
        assert_eq!(decimal(146 * 100, 162, 2), "90.12");
        assert_eq!(decimal(100, 100, 2), "1.00");
        assert_eq!(decimal(1, 2, 0), "1");
        assert_eq!(decimal(5, 1_000, 2), "0.01");
        assert_eq!(decimal(4_999_999, 1_000_000_000, 2), "0.00");
        assert_eq!(decimal(-5, 1_000, 2), "-0.01");
        assert_eq!(decimal(-4, 1_000, 2), "0.00");
        assert_eq!(decimal(91_700_000_000, 10_000_000_000, 2), "9.17");
        assert_eq!(quotient(1, 0, 2), None);
        assert_eq!(quotient(i128::MAX, 1, 2), None);
    }

    #[test]
    fn overlapping_intervals_count_once() {
        assert_eq!(union(vec![(0, 10), (5, 15), (20, 30), (25, 26), (40, 40), (30, 31)]), 26);
        assert_eq!(union(Vec::new()), 0);
        assert_eq!(union(vec![(i64::MIN, i64::MAX)]), i128::from(i64::MAX) - i128::from(i64::MIN));
    }

    #[test]
    fn the_median_of_an_even_number_is_the_mean_of_the_middle_ones() {
        assert_eq!(median(vec![3, 1, 2]), Some(2));
        assert_eq!(median(vec![4, 1, 2, 3]), Some(3));
        assert_eq!(median(Vec::new()), None);
    }
}
