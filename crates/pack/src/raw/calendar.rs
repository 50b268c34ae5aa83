//! `calendar/YYYY.yaml` as it is written: the notices that arrange one year.

use schemars::JsonSchema;
use serde::Deserialize;

use super::Day;
use crate::source::at::At;

/// calendar/YYYY.yaml：安排该年放假调休的通知。The notices that arrange one year.
pub(crate) type RawCalendar = Vec<At<RawNotice>>;

/// 一份放假安排的通知。
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawNotice {
    /// 我们的标识，如 `2020-2`。
    pub(crate) id: String,
    /// 所安排的年份。
    pub(crate) year: At<i16>,
    /// 通知的名称与文号。
    pub(crate) source: String,
    /// 官方网址。
    pub(crate) address: String,
    /// 公布日期。
    #[schemars(with = "String")]
    pub(crate) published: Day,
    /// 公布日期从何得知：address 网址，dated 落款，report 报道。
    pub(crate) published_from: RawPublishedFrom,
    /// 通知点名的日子。
    pub(crate) days: Vec<RawNoticeDay>,
}

#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum RawPublishedFrom {
    Address,
    Dated,
    Report,
}

/// 一天：上班还是放假。
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawNoticeDay {
    #[schemars(with = "String")]
    pub(crate) date: Day,
    /// true 上班（调休），false 放假。
    pub(crate) working: bool,
    /// 因何节日。
    pub(crate) name: String,
}
