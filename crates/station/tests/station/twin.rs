//! The slow twin of counting hours: every elementary piece of time is held against every measurement.

#![allow(dead_code, reason = "shared by several test programs, each of which uses a part")]

/// 2026-11-28 00:00 in UTC+8, in ns.
pub const MIDNIGHT: i64 = 1_795_795_200_000_000_000;
pub const DAY: i64 = 86_400_000_000_000;

fn day(ns: i64) -> i64 {
    (ns - MIDNIGHT).div_euclid(DAY)
}

/// The time in ns that measurements (start, duration) back by the rule of docs/formats/station-package.md, none of them overloaded:
/// each its own time, and the time up to the next one on the same day where that begins within the revisit time.
pub fn backed_ns(measurements: &[(i64, i64)], revisit_ns: i64) -> i128 {
    // Cut at midnights.
    let mut parts: Vec<(i64, i64)> = Vec::new();
    for (start, duration) in measurements {
        let (mut from, end) = (*start, start + duration);
        loop {
            let midnight = MIDNIGHT + (day(from) + 1) * DAY;
            parts.push((from, end.min(midnight)));
            if end <= midnight {
                break;
            }
            from = midnight;
        }
    }
    parts.sort_unstable();
    let mut edges: Vec<i64> = parts.iter().flat_map(|(from, until)| [*from, *until]).collect();
    edges.sort_unstable();
    edges.dedup();
    let holds = |from: i64, until: i64| {
        parts.iter().enumerate().any(|(n, (start, end))| {
            let next = parts.iter().skip(n + 1).map(|part| part.0).find(|next| next > start);
            let bridged = next.filter(|next| next - start <= revisit_ns && day(*next) == day(*start));
            *start <= from && until <= bridged.unwrap_or(*end).max(*end)
        })
    };
    edges.windows(2).filter(|pair| holds(pair[0], pair[1])).map(|pair| i128::from(pair[1] - pair[0])).sum()
}
