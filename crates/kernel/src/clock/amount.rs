//! How does one say what is left, in the unit that counts?
//!
//! "还剩 2 个工作日" is right where "1 天 23 小时" would be wrong, so an amount carries its unit. Days are whole; the others are
//! kept to the millisecond and shown to the minute.

use serde::{Deserialize, Serialize};

const MILLIS_PER_MINUTE: u64 = 60_000;

/// So much of a period.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Amount {
    /// How many of the unit.
    pub count: u64,
    /// What is counted.
    pub unit: AmountUnit,
}

/// What an [`Amount`] counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AmountUnit {
    /// Working days.
    WorkingDays,
    /// Calendar days; also for periods of months and years.
    Days,
    /// Milliseconds round the clock.
    Milliseconds,
    /// Milliseconds during which the office is open.
    WorkingMilliseconds,
}

impl Amount {
    /// Returns the amount in Chinese, such as `2 个工作日` or `1 小时 20 分钟`.
    pub fn zh(self) -> String {
        match self.unit {
            AmountUnit::WorkingDays => format!("{} 个工作日", self.count),
            AmountUnit::Days => format!("{} 天", self.count),
            AmountUnit::Milliseconds => self.hours_and_minutes("小时", "分钟", "不足 1 分钟"),
            AmountUnit::WorkingMilliseconds => self.hours_and_minutes("工作小时", "分钟", "不足 1 分钟"),
        }
    }

    /// Returns the amount in English, such as `2 working days` or `1 h 20 min`.
    pub fn en(self) -> String {
        let plural = if self.count == 1 { "" } else { "s" };
        match self.unit {
            AmountUnit::WorkingDays => format!("{} working day{plural}", self.count),
            AmountUnit::Days => format!("{} day{plural}", self.count),
            AmountUnit::Milliseconds => self.hours_and_minutes("h", "min", "less than 1 min"),
            AmountUnit::WorkingMilliseconds => self.hours_and_minutes("working h", "min", "less than 1 min"),
        }
    }

    /// Rounds down to the minute: what is left must not be shown as more than it is.
    fn hours_and_minutes(self, hour: &str, minute: &str, less: &str) -> String {
        let minutes = self.count / MILLIS_PER_MINUTE;
        match (minutes / 60, minutes % 60) {
            (0, 0) if self.count > 0 => less.to_owned(),
            (0, minutes) => format!("{minutes} {minute}"),
            (hours, 0) => format!("{hours} {hour}"),
            (hours, minutes) => format!("{hours} {hour} {minutes} {minute}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_speak_the_unit_that_counts() {
        let amount = |count, unit| Amount { count, unit };
        assert_eq!(amount(2, AmountUnit::WorkingDays).zh(), "2 个工作日");
        assert_eq!(amount(1, AmountUnit::WorkingDays).en(), "1 working day");
        assert_eq!(amount(4_800_000, AmountUnit::Milliseconds).zh(), "1 小时 20 分钟");
        assert_eq!(amount(59_999, AmountUnit::Milliseconds).en(), "less than 1 min");
        assert_eq!(amount(0, AmountUnit::Milliseconds).en(), "0 min");
        assert_eq!(amount(7_200_000, AmountUnit::WorkingMilliseconds).zh(), "2 工作小时");
    }
}
