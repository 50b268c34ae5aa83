//! What does a State Council notice say, and since when is it known?
//!
//! The pack's `calendar/YYYY.yaml` is a list of these; unknown fields are refused. What a list of notices must satisfy
//! together is checked where the calendar is built from them.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// One notice: what it says about days, and when it was published.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Notice {
    /// Our identifier, such as `2020-2`.
    pub id: String,
    /// The year that it arranges. As a rule a year has one notice; 2015, 2019 and 2020 had two.
    pub year: i16,
    /// The notice's own title, with its number where that is known.
    pub source: String,
    /// Its official address.
    pub address: String,
    /// The day on which it was published: known from that day's beginning.
    pub published: Date,
    /// How the date of publication is known.
    pub published_from: PublishedFrom,
    /// The days it names. Those of the December before belong to this notice, not to the year before.
    pub days: Vec<NoticeDay>,
}

/// How the date of publication of a notice is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PublishedFrom {
    /// Its official address bears the date.
    Address,
    /// The date under the notice, because its address bears a later archive date or only a month.
    Dated,
    /// The first press report that was found.
    Report,
}

/// One day that a notice names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NoticeDay {
    /// The day.
    pub date: Date,
    /// Whether one works on it: a make-up working day, or a day off.
    pub working: bool,
    /// The holiday on whose account it is named, such as 春节.
    pub name: String,
}
