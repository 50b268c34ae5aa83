//! The shapes of pack files, before anything is checked: what the JSON Schemas describe and an editor completes.
//!
//! Unknown keys are refused everywhere. Names keep their place in the file, so that a complaint can point at them.

pub(crate) mod act;
pub(crate) mod bureau;
pub(crate) mod calendar;
pub(crate) mod choices;
pub(crate) mod constraint;
pub(crate) mod examples;
pub(crate) mod field;
pub(crate) mod figure;
pub(crate) mod guard;
pub(crate) mod law;
pub(crate) mod platform;
pub(crate) mod procedure;
pub(crate) mod radio;

use schemars::JsonSchema;
use serde::Deserialize;

use guiju_kernel::procedure::definition::Text;

/// 中英文各一句。A title or sentence in both languages; the Chinese one counts.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Words {
    /// 中文。
    pub(crate) zh: String,
    /// English.
    pub(crate) en: String,
}

impl From<&Words> for Text {
    fn from(words: &Words) -> Self {
        Self { zh: words.zh.clone(), en: words.en.clone() }
    }
}

/// 施行日期，止日不含在内。Dates in force; `until` is exclusive.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawInForce {
    #[schemars(with = "String")]
    pub(crate) from: Day,
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    pub(crate) until: Option<Day>,
}

/// A date that must be written out as `2024-01-02`; checked where it is used.
pub(crate) type Day = crate::source::at::At<String>;
