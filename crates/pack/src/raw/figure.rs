//! `figures/*.yaml` as it is written.

use schemars::JsonSchema;
use serde::Deserialize;

use super::Words;
use crate::source::at::{At, Named, Names};

/// figures/*.yaml：指标。Figures by their ids.
pub(crate) type RawFigures = Named<RawFigure>;

/// 指标：统计口径写成一句话，查询恰好写一种。A figure: what it counts in a sentence, and exactly one query.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawFigure {
    pub(crate) zh: String,
    pub(crate) en: String,
    /// 统计口径。What is counted.
    pub(crate) counts: Words,
    /// 单位。
    pub(crate) unit: Words,
    /// 范围：bureau 本机关，city 全市。
    pub(crate) scope: Scope,
    /// 办件数。
    #[serde(default)]
    pub(crate) cases: Option<RawCases>,
    /// 行为次数。
    #[serde(default)]
    pub(crate) acts: Option<RawActs>,
    /// 台账条目。
    #[serde(default)]
    pub(crate) entries: Option<RawEntries>,
    /// 比率：[分子, 分母]。
    #[serde(default)]
    pub(crate) ratio: Option<At<Vec<At<String>>>>,
    /// 时长。
    #[serde(default)]
    pub(crate) duration: Option<RawDuration>,
    /// 最新值。
    #[serde(default)]
    pub(crate) latest: Option<RawLatest>,
    /// 中位用时。
    #[serde(default)]
    pub(crate) median: Option<RawMedian>,
    /// 期限内完成。
    #[serde(default)]
    pub(crate) kept: Option<RawKept>,
    /// 公布的事项数。
    #[serde(default)]
    pub(crate) items: Option<RawItemsCounted>,
    /// 截止时有效的参数值（期间取其数）。A parameter's value at the cut-off; of a period its count.
    #[serde(default)]
    pub(crate) param: Option<At<String>>,
    /// 四舍五入到几位小数。
    #[serde(default)]
    pub(crate) round: Option<RawRound>,
    /// 在公开统计页显示。Shown on the public statistics page.
    #[serde(default)]
    pub(crate) public: bool,
}

#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Scope {
    Bureau,
    City,
}

/// 条件：字段 → 值或几个值之一。
pub(crate) type RawWhere = Named<Names>;

#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawCases {
    /// 程序，一个或几个。One procedure or several.
    pub(crate) of: Names,
    /// 在本期首次做了该行为（或标签）的办件；不写则为本期立件的办件。
    #[serde(default)]
    pub(crate) cohort: Option<At<String>>,
    #[serde(default, rename = "where")]
    pub(crate) filter: RawWhere,
    /// 截止时的状态。
    #[serde(default)]
    pub(crate) state_at_cutoff: Vec<At<String>>,
    /// 只算截止时该期限钟已到头的办件（停止或届满）。Only those whose clock has ended by the cut-off.
    #[serde(default)]
    pub(crate) clock_ended: Option<At<String>>,
}

/// 公布的事项数。Items of the published list.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawItemsCounted {
    /// 办理事项的程序。The procedures by which they are handled.
    pub(crate) of: Names,
    /// 只算能（或不能）网上办理的。Only those that can, or cannot, be done online.
    #[serde(default)]
    pub(crate) online: Option<bool>,
}

#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawActs {
    /// 程序，一个或几个。One procedure or several.
    pub(crate) of: Names,
    /// 行为或标签。
    pub(crate) act: At<String>,
    #[serde(default, rename = "where")]
    pub(crate) filter: RawWhere,
}

#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawEntries {
    /// 台账。
    pub(crate) of: At<String>,
    #[serde(default, rename = "where")]
    pub(crate) filter: RawWhere,
    /// 本期新增的条目；不写则为截止时有效的条目。
    #[serde(default)]
    pub(crate) made_in_period: bool,
    /// 该字段的不同值。Distinct values of this field.
    #[serde(default)]
    pub(crate) distinct: Option<At<String>>,
    /// 该字段之和。Sum of this field.
    #[serde(default)]
    pub(crate) sum: Option<At<String>>,
}

#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawDuration {
    /// 台账。
    pub(crate) of: At<String>,
    pub(crate) from: At<String>,
    pub(crate) until: At<String>,
    pub(crate) union_by: Vec<At<String>>,
    #[serde(default, rename = "where")]
    pub(crate) filter: RawWhere,
}

#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawLatest {
    /// 台账。
    pub(crate) of: At<String>,
    pub(crate) field: At<String>,
    #[serde(default, rename = "where")]
    pub(crate) filter: RawWhere,
}

#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawMedian {
    /// 程序。
    pub(crate) of: At<String>,
    pub(crate) cohort: At<String>,
    /// 从哪个行为。
    pub(crate) from: At<String>,
    /// 到哪个行为。
    pub(crate) to: At<String>,
    #[serde(default, rename = "where")]
    pub(crate) filter: RawWhere,
}

#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawKept {
    /// 程序，一个或几个。One procedure or several.
    pub(crate) of: Names,
    pub(crate) cohort: At<String>,
    pub(crate) clock: At<String>,
    #[serde(default, rename = "where")]
    pub(crate) filter: RawWhere,
}

/// 取整与显示单位。
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawRound {
    /// 四舍五入保留几位小数。
    pub(crate) half_up: u32,
    /// 以 10 的几次方为显示单位（分→元：2，分→亿元：10）。
    #[serde(default)]
    pub(crate) shift: u32,
}
