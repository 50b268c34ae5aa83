//! When things happen: a year's moments, spread by the profile over its days.

use guiju_kernel::calendar::Calendar;
use guiju_kernel::time::{midnight, to_millis};
use jiff::civil::Date;

use crate::chance::Dice;
use crate::plan::Profile;

pub const MINUTE: i64 = 60_000;
pub const HOUR: i64 = 60 * MINUTE;
pub const DAY: i64 = 24 * HOUR;

/// Moments of `from..until` for so many things, in order. Days weigh by the profile; hours like a platform's day.
pub fn spread(n: u32, from: Date, until: Date, profile: &Profile, calendar: &Calendar, dice: &mut Dice) -> Vec<i64> {
    let days: Vec<(Date, u64)> = from
        .series(jiff::Span::new().days(1))
        .take_while(|d| *d < until)
        .map(|d| (d, weight(d, profile, calendar)))
        .collect();
    let total: u64 = days.iter().map(|(_, w)| w).sum();
    let mut bounds = Vec::with_capacity(days.len());
    let mut sum = 0u64;
    for (day, weight) in &days {
        sum = sum.saturating_add(*weight);
        bounds.push((sum, to_millis(midnight(*day))));
    }
    let mut moments: Vec<i64> = (0..n)
        .map(|_| {
            let at = dice.below(total.max(1));
            let day = bounds.partition_point(|(sum, _)| *sum <= at);
            let start = bounds.get(day).or(bounds.last()).map_or(0, |(_, start)| *start);
            start + time_of_day(dice)
        })
        .collect();
    moments.sort_unstable();
    moments
}

fn weight(day: Date, profile: &Profile, calendar: &Calendar) -> u64 {
    let working = calendar.is_working(day).unwrap_or(true);
    let festival = calendar.day(day).is_ok_and(|d| !working && d.kind.note().contains("春节"));
    let percent = match (festival, working) {
        (true, _) => profile.spring_festival,
        (false, false) => profile.weekend,
        (false, true) if day.day() > 27 => profile.month_end,
        (false, true) => profile.weekday,
    };
    u64::from(percent)
}

/// Most are filed between eight and eighteen; a few in the evening and at night (the platform never closes).
fn time_of_day(dice: &mut Dice) -> i64 {
    let span = match dice.below(100) {
        0..=87 => (8 * HOUR, 18 * HOUR),
        88..=97 => (18 * HOUR, 23 * HOUR),
        _ => (0, 8 * HOUR),
    };
    dice.between(span.0, span.1)
}
