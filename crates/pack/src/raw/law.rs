//! `law/*.yaml` as it is written: articles, tags, terms, facts and dated parameters of one statute or promise.

use schemars::JsonSchema;
use serde::Deserialize;

use super::constraint::RawConstraint;
use super::guard::RawGuard;
use super::{Day, RawInForce, Words};
use crate::source::at::{At, Named, OneOrMore};

/// law/*.yaml：一部法规或一份承诺。One statute, or one published promise of the organ.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawStatute {
    /// 标识，依据写作 `标识#条`。
    pub(crate) id: At<String>,
    pub(crate) title: Words,
    pub(crate) in_force: RawInForce,
    /// 条文摘要（我们的话，不是原文）。What each article says, in our words.
    #[serde(default)]
    pub(crate) articles: Named<Words>,
    /// 标签：法规所称的行为。Tags: what the statute calls acts.
    #[serde(default)]
    pub(crate) tags: Named<RawTag>,
    /// 程序种类及其必须具备的标签。Kinds of procedure and the tags that such a procedure must bear.
    #[serde(default)]
    pub(crate) realizations: Named<RawRealization>,
    /// 用语。Terms that the statute speaks of; procedures map their fields to them.
    #[serde(default)]
    pub(crate) terms: Named<RawTerm>,
    /// 法定事实。Facts defined over terms.
    #[serde(default)]
    pub(crate) facts: Named<RawGuard>,
    /// 法定事实的名称，拒绝时用它说明。What people call the facts; refusals name them so.
    #[serde(default)]
    pub(crate) fact_titles: Named<Words>,
    /// 参数。Dated values.
    #[serde(default)]
    pub(crate) params: Named<OneOrMore<RawParam>>,
    /// 法定约束。What it demands of procedures, over their tags.
    #[serde(default)]
    pub(crate) constraints: Named<RawConstraint>,
}

/// 标签。What the statute calls an act, and the articles that speak of it.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawTag {
    /// 中文。
    pub(crate) zh: String,
    /// English.
    pub(crate) en: String,
    /// 依据的条文（本法规的条，或者 `法规#条`）：有此标签的行为须写明这些依据。Articles of this statute, or `statute#article`: an act
    /// with the tag cites them.
    #[serde(default)]
    pub(crate) rests_on: Vec<At<String>>,
}

impl RawTag {
    /// What the tag rests on as acts cite it, `statute#article`, each with its place in the file.
    pub(crate) fn cited(&self, statute: &str) -> impl Iterator<Item = At<String>> {
        let whole = move |article: &str| {
            if article.contains('#') { article.to_owned() } else { format!("{statute}#{article}") }
        };
        self.rests_on.iter().map(move |article| At { value: whole(article), spot: article.spot })
    }
}

#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawRealization {
    /// 必须具备的标签。
    pub(crate) must_bear: Vec<At<String>>,
}

/// 用语的类型。What a term is.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawTerm {
    #[serde(rename = "type")]
    pub(crate) kind: TermType,
    /// 枚举用语的值。The values of an enum term.
    #[serde(default)]
    pub(crate) values: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum TermType {
    Flag,
    Integer,
    Money,
    Text,
    Date,
    Enum,
}

/// 参数的一个值：恰好写一种（period、number、money、text、hours）。One dated value: exactly one of its kinds.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawParam {
    /// 期间，如 `5 working_days`。A period.
    #[serde(default)]
    pub(crate) period: Option<At<String>>,
    /// 月末如何取整：end_of_month 或 next_day。How months round at their ends; needed for months and years.
    #[serde(default)]
    pub(crate) rounding: Option<At<String>>,
    /// 遇休息日顺延。An end on a rest day rolls to the next working day.
    #[serde(default)]
    pub(crate) rolls: Option<bool>,
    /// 当日计入。The first day counts.
    #[serde(default)]
    pub(crate) counts_first_day: Option<bool>,
    /// 数。
    #[serde(default)]
    pub(crate) number: Option<i64>,
    /// 金额，以分计。Integer fen.
    #[serde(default)]
    pub(crate) money: Option<i64>,
    /// 文本。
    #[serde(default)]
    pub(crate) text: Option<String>,
    /// 办公时间，如 `08:30-12:00`。Openings of a working day.
    #[serde(default)]
    pub(crate) hours: Option<At<Vec<String>>>,
    /// 出自第几条。The article that sets it.
    #[serde(default)]
    pub(crate) article: Option<At<String>>,
    /// 起，不写则从法规施行之日。From; the statute's own date if nothing is said.
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    pub(crate) from: Option<Day>,
    /// 止，不含当日。Until, exclusive.
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    pub(crate) until: Option<Day>,
    /// 示例数据所需、法律未定的值。The law leaves it open and the demonstration needs one.
    #[serde(default)]
    pub(crate) fictional: bool,
}
