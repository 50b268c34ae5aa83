//! By which rule is a period counted?
//!
//! Statutes differ in whether the first day counts, whether an end on a rest day rolls on, and what "a month" after the 31st
//! is; a rule names each. Refused when read: months or years without a named rounding, and settings that the unit cannot use,
//! because a reader would believe them.

use super::error::ClockError;
use super::period::Period;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// How a period is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Written", into = "Written")]
pub struct ClockRule {
    /// How long.
    pub period: Period,
    /// Whether an end on a rest day rolls to the next working day.
    ///
    /// UNSETTLED(工业和信息化行政处罚程序规定 57; 民法典 203): the texts do not say whether an organ's own limit rolls as well. A
    /// party's period does, an organ's does not (ADR 0011).
    pub rolls: bool,
    /// Whether the day of the start is the first day of the period.
    ///
    /// UNSETTLED(行政许可法 82; 行政处罚法 85): the statutes are silent; it does not count unless one says so (ADR 0010).
    pub counts_first_day: bool,
    /// What happens when the month of the end lacks the day; named if and only if months or years are counted.
    pub rounding: Option<Rounding>,
}

/// On which day a period of months ends when its last month lacks the day of the start.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rounding {
    /// The last day of that month (民法典 202).
    EndOfMonth,
    /// The first day of the month after.
    NextDay,
}

impl ClockRule {
    /// Returns the rule for an organ's own limit: the first day not counted, no rolling, no rounding named.
    pub const fn of(period: Period) -> Self {
        Self { period, rolls: false, counts_first_day: false, rounding: None }
    }

    /// Returns the rule for a party's period: the same, but an end on a rest day rolls to the next working day.
    pub const fn of_party(period: Period) -> Self {
        Self { period, rolls: true, counts_first_day: false, rounding: None }
    }

    /// Returns the rule with a named rounding.
    pub const fn rounding(self, rounding: Rounding) -> Self {
        Self { rounding: Some(rounding), ..self }
    }

    /// Checks that the rule says all that its unit needs and nothing that it cannot use.
    ///
    /// # Errors
    /// [`ClockError::ZeroPeriod`], [`ClockError::UnnamedRounding`], [`ClockError::IdleRounding`] or [`ClockError::IdleSetting`].
    pub fn check(&self) -> Result<(), ClockError> {
        let period = self.period;
        if period.n == 0 {
            return Err(ClockError::ZeroPeriod(period.to_string()));
        }
        match self.rounding {
            None if period.unit.counts_months() => return Err(ClockError::UnnamedRounding(period)),
            Some(rounding) if !period.unit.counts_months() => {
                return Err(ClockError::IdleRounding { period, rounding });
            }
            _ => {}
        }
        if !period.unit.counts_days() {
            for (set, setting) in [(self.rolls, "rolls"), (self.counts_first_day, "counts_first_day")] {
                if set {
                    return Err(ClockError::IdleSetting { period, setting });
                }
            }
        }
        Ok(())
    }
}

impl FromStr for Rounding {
    type Err = ClockError;

    fn from_str(text: &str) -> Result<Self, ClockError> {
        match text {
            "end_of_month" => Ok(Self::EndOfMonth),
            "next_day" => Ok(Self::NextDay),
            other => Err(ClockError::NotARounding(other.to_owned())),
        }
    }
}

impl fmt::Display for Rounding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::EndOfMonth => "end_of_month",
            Self::NextDay => "next_day",
        })
    }
}

/// The rule as it stands in a file, before it is checked.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    period: Period,
    #[serde(default)]
    rolls: bool,
    #[serde(default)]
    counts_first_day: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    rounding: Option<Rounding>,
}

impl TryFrom<Written> for ClockRule {
    type Error = ClockError;

    fn try_from(written: Written) -> Result<Self, ClockError> {
        let Written { period, rolls, counts_first_day, rounding } = written;
        let rule = Self { period, rolls, counts_first_day, rounding };
        rule.check()?;
        Ok(rule)
    }
}

impl From<ClockRule> for Written {
    fn from(rule: ClockRule) -> Self {
        let ClockRule { period, rolls, counts_first_day, rounding } = rule;
        Self { period, rolls, counts_first_day, rounding }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(json: &str) -> Result<ClockRule, String> {
        serde_json::from_str(json).map_err(|error| error.to_string())
    }

    #[test]
    fn a_month_without_rounding_is_refused_when_the_rule_is_read() {
        assert!(read(r#"{"period":"3 months"}"#).unwrap_err().contains("rounding"));
        assert!(read(r#"{"period":"3 months","rounding":"half_up"}"#).is_err());
        let rule = read(r#"{"period":"3 months","rounding":"end_of_month"}"#).unwrap();
        assert_eq!(rule.rounding, Some(Rounding::EndOfMonth));
    }

    #[test]
    fn settings_that_the_unit_cannot_use_are_refused() {
        for json in [
            r#"{"period":"60 minutes","rolls":true}"#,
            r#"{"period":"24 hours","counts_first_day":true}"#,
            r#"{"period":"5 days","rounding":"next_day"}"#,
            r#"{"period":"5 days","rols":true}"#,
        ] {
            assert!(read(json).is_err(), "{json}");
        }
    }

    #[test]
    fn a_rule_reads_back_as_it_was_written() {
        for json in [
            r#"{"period":"5 working_days","rolls":true,"counts_first_day":false}"#,
            r#"{"period":"1 year","rolls":false,"counts_first_day":true,"rounding":"next_day"}"#,
        ] {
            assert_eq!(serde_json::to_string(&read(json).unwrap()).unwrap(), json);
        }
    }
}
