//! How long, in which unit?
//!
//! A period is a whole number of one unit, written as `5 working_days`. Which unit a statute's 日 means differs by statute
//! (行政许可法 82: all days work; 行政处罚法 85: 2, 3, 5 and 7 days work, others do not), so the parameter says which. Refused:
//! zero, fractions, signs, and units that no statute counts.

use super::error::ClockError;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// A length of time as a statute states it. Never zero where it was read from a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Period {
    /// How many.
    pub n: u32,
    /// Of what.
    pub unit: Unit,
}

/// The unit in which a period counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Unit {
    /// Days on which the office works.
    WorkingDays,
    /// Calendar days.
    Days,
    /// Hours round the clock.
    Hours,
    /// Minutes round the clock.
    Minutes,
    /// Hours during which the office is open.
    WorkingHours,
    /// Calendar months.
    Months,
    /// Calendar years.
    Years,
}

impl Unit {
    const ALL: [Self; 7] =
        [Self::WorkingDays, Self::Days, Self::Hours, Self::Minutes, Self::WorkingHours, Self::Months, Self::Years];

    /// Returns the unit's name in files: a plural in lower case.
    pub const fn name(self) -> &'static str {
        match self {
            Self::WorkingDays => "working_days",
            Self::Days => "days",
            Self::Hours => "hours",
            Self::Minutes => "minutes",
            Self::WorkingHours => "working_hours",
            Self::Months => "months",
            Self::Years => "years",
        }
    }

    /// Returns the unit's name in Chinese, with its measure word.
    pub const fn zh(self) -> &'static str {
        match self {
            Self::WorkingDays => "个工作日",
            Self::Days => "日",
            Self::Hours => "小时",
            Self::Minutes => "分钟",
            Self::WorkingHours => "个工作小时",
            Self::Months => "个月",
            Self::Years => "年",
        }
    }

    /// Says whether the period ends with a day, at midnight, rather than at a minute.
    pub const fn counts_days(self) -> bool {
        matches!(self, Self::WorkingDays | Self::Days | Self::Months | Self::Years)
    }

    /// Says whether the period counts months, whose length differs.
    pub const fn counts_months(self) -> bool {
        matches!(self, Self::Months | Self::Years)
    }

    fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|unit| unit.name() == name || unit.name().strip_suffix('s') == Some(name))
    }
}

impl Period {
    /// Returns the period.
    pub const fn new(n: u32, unit: Unit) -> Self {
        Self { n, unit }
    }

    /// Returns the period in Chinese, such as `5个工作日`.
    pub fn zh(self) -> String {
        format!("{}{}", self.n, self.unit.zh())
    }

    /// Returns the period in English, such as `5 working days`.
    pub fn en(self) -> String {
        self.to_string().replace('_', " ")
    }
}

impl FromStr for Period {
    type Err = ClockError;

    fn from_str(text: &str) -> Result<Self, ClockError> {
        let refusal = || ClockError::NotAPeriod(text.to_owned());
        let (number, name) = text.split_once(' ').ok_or_else(refusal)?;
        if !number.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(refusal());
        }
        let unit = Unit::from_name(name.trim_start()).ok_or_else(refusal)?;
        let n: u32 = number.parse().map_err(|_| refusal())?;
        if n == 0 { Err(ClockError::ZeroPeriod(text.to_owned())) } else { Ok(Self { n, unit }) }
    }
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let plural = self.unit.name();
        let name = if self.n == 1 { plural.strip_suffix('s').unwrap_or(plural) } else { plural };
        write!(f, "{} {name}", self.n)
    }
}

impl fmt::Display for Unit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl TryFrom<String> for Period {
    type Error = ClockError;

    fn try_from(text: String) -> Result<Self, ClockError> {
        text.parse()
    }
}

impl From<Period> for String {
    fn from(period: Period) -> Self {
        period.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_period_reads_back_as_it_was_written_and_the_singular_is_accepted() {
        for unit in Unit::ALL {
            for n in [1, 2, 90, u32::MAX] {
                let period = Period::new(n, unit);
                assert_eq!(period.to_string().parse(), Ok(period));
            }
        }
        assert_eq!("1 working_day".parse(), Ok(Period::new(1, Unit::WorkingDays)));
        assert_eq!("1 working_days".parse(), Ok(Period::new(1, Unit::WorkingDays)));
        assert_eq!(Period::new(1, Unit::Months).to_string(), "1 month");
        assert_eq!(Period::new(5, Unit::WorkingDays).zh(), "5个工作日");
    }

    #[test]
    fn texts_that_are_no_period_are_refused() {
        for text in [
            "",
            "5",
            "days",
            "5days",
            "-5 days",
            "+5 days",
            "5.5 days",
            "5 weeks",
            "5 Days",
            "５ days",
            " 5 days",
            "5 days ",
            "4294967296 days",
        ] {
            assert!(matches!(text.parse::<Period>(), Err(ClockError::NotAPeriod(_))), "{text}");
        }
        assert!(matches!("0 days".parse::<Period>(), Err(ClockError::ZeroPeriod(_))));
        assert!(serde_json::from_str::<Period>("5").is_err());
        assert_eq!(serde_json::to_string(&Period::new(15, Unit::Days)).unwrap(), r#""15 days""#);
    }
}
