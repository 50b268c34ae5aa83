//! Which time does a pause take out of a period?
//!
//! For periods in days: each day that the pause touches, even for a minute. For hours and minutes: exactly its length. A pause
//! that has not ended takes out all that follows. Refused: a pause that ends before it begins.
//!
//! UNSETTLED(行政许可法 45; 工业和信息化行政处罚程序规定 48): "the time is not counted" does not say what becomes of a day of which
//! a part was paused; the whole day is left out (ADR 0012).

use super::error::ClockError;
use crate::calendar::number_of_millis;
use crate::time::{self, Instant};
use serde::{Deserialize, Serialize};

/// A stretch of time that does not count, half-open.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pause {
    /// The cause, from the statute's closed list.
    pub cause: String,
    /// The notice that told the party.
    pub notice: String,
    /// When it began.
    #[serde(with = "time::moment")]
    pub from: Instant,
    /// When it ended, that moment excluded; absent while it lasts.
    #[serde(with = "time::moment_option", default)]
    pub until: Option<Instant>,
}

/// What the end of a stretch is when the pause has none.
pub(super) const OPEN: i64 = i64::MAX;

/// Half-open stretches of milliseconds or of day numbers, rising, apart from each other; only the last may end at [`OPEN`].
pub(super) type Stretches = Vec<(i64, i64)>;

/// Returns the milliseconds that the pauses take out.
pub(super) fn paused_millis(pauses: &[Pause]) -> Result<Stretches, ClockError> {
    let mut stretches = Vec::with_capacity(pauses.len());
    for pause in pauses {
        let from = time::to_millis(pause.from);
        let until = pause.until.map_or(OPEN, time::to_millis);
        if until < from {
            return Err(ClockError::BackwardPause {
                from: time::print(pause.from),
                until: pause.until.map_or_else(String::new, time::print),
            });
        }
        // An empty pause touches nothing.
        if from < until {
            stretches.push((from, until));
        }
    }
    Ok(merged(stretches))
}

/// Returns the numbers of the days that the stretches of milliseconds touch.
pub(super) fn touched_days(millis: &[(i64, i64)]) -> Stretches {
    let touched = |&(from, until): &(i64, i64)| {
        let end = if until == OPEN { OPEN } else { number_of_millis(until - 1) + 1 };
        (number_of_millis(from), end)
    };
    merged(millis.iter().map(touched).collect())
}

fn merged(mut stretches: Stretches) -> Stretches {
    stretches.sort_unstable();
    let mut apart: Stretches = Vec::with_capacity(stretches.len());
    for (from, until) in stretches {
        match apart.last_mut() {
            Some(last) if from <= last.1 => last.1 = last.1.max(until),
            _ => apart.push((from, until)),
        }
    }
    apart
}

/// Returns the stretch that holds the value, if one does.
pub(super) fn stretch_around(stretches: &[(i64, i64)], value: i64) -> Option<(i64, i64)> {
    let after = stretches.partition_point(|(from, _)| *from <= value);
    let candidate = after.checked_sub(1).and_then(|at| stretches.get(at))?;
    (value < candidate.1).then_some(*candidate)
}
