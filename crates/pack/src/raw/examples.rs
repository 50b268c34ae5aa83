//! `*.examples.yaml` as it is written: what is done, and what must come out.

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::source::at::{At, Named, Names};

/// *.examples.yaml：程序的例子，作为测试运行。Examples beside a procedure: facts in, states and deadlines out.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawExamples {
    /// 程序。
    pub(crate) procedure: At<String>,
    /// 人员。Who acts in these examples.
    pub(crate) people: Named<RawPerson>,
    /// 反复用到的填写内容。What is given again and again, by a name.
    #[serde(default)]
    pub(crate) forms: Named<Map<String, Value>>,
    /// 台账里已有的条目：台账 → 键 → 各字段。Entries that are on registers.
    #[serde(default)]
    pub(crate) entries: Named<Named<Map<String, Value>>>,
    /// 例子。
    #[schemars(length(min = 1))]
    pub(crate) examples: Vec<At<RawExample>>,
}

/// 人员：当事人、有角色的工作人员、定时器，恰好一种。A party, an officer with roles, or the timer.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawPerson {
    /// 当事人的统一社会信用代码。
    #[serde(default)]
    pub(crate) party: Option<At<String>>,
    /// 工作人员的角色。
    #[serde(default)]
    pub(crate) roles: Vec<At<String>>,
    /// 工作人员的科室（机关/科室）。
    #[serde(default)]
    pub(crate) unit: Option<At<String>>,
    /// 执法证件，按种类。Cards by kind, as the register of officers would tell them.
    #[serde(default)]
    pub(crate) cards: Named<RawCard>,
    /// 资格。Qualifications.
    #[serde(default)]
    pub(crate) holds: Vec<String>,
    /// 应当回避的当事人或办件。Parties and cases from which they are recused.
    #[serde(default)]
    pub(crate) recused: Vec<String>,
    /// 导入。Imports history.
    #[serde(default)]
    pub(crate) import: bool,
}

/// 证件：有效期含起日、不含止日。A card, valid from a day until before another.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawCard {
    /// 证号。
    pub(crate) number: String,
    /// 执法区域；不写则为本机关的区域。Its area; that of the person's own organ if nothing is said.
    #[serde(default)]
    pub(crate) area: Option<String>,
    #[schemars(with = "String")]
    pub(crate) from: At<String>,
    #[schemars(with = "String")]
    pub(crate) until: At<String>,
}

/// 一个例子。
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawExample {
    /// 说明什么。
    pub(crate) zh: String,
    /// What it shows.
    pub(crate) en: String,
    /// 审计应当发现的违法之处（法定约束的标识），合法的不写。Constraints that the audit must find broken; none for what is lawful.
    #[serde(default)]
    pub(crate) unlawful: Vec<At<String>>,
    /// 依次发生的事；其间到时的定时器自动动作。What happens, in order; timers ring by themselves in between.
    #[schemars(length(min = 1))]
    pub(crate) steps: Vec<At<RawStep>>,
}

/// 一步：做一个行为，或只看某一刻的情形。An act, or a look at the case at a moment.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawStep {
    /// 何时（北京时间），如 `2024-03-01 09:00`。
    pub(crate) at: At<String>,
    /// 谁做；几个人一起做时写列表。
    #[serde(default)]
    pub(crate) by: Option<Names>,
    /// 做哪个行为；不写则只看。The act; without it one only looks.
    #[serde(default)]
    pub(crate) does: Option<At<String>>,
    /// 填写的内容，或 `forms` 里的名称。What is given; `form` names a shared one, over which this is laid.
    #[serde(default)]
    pub(crate) given: Map<String, Value>,
    /// `forms` 里的名称。
    #[serde(default)]
    pub(crate) form: Option<At<String>>,
    /// 附了文件的字段。Fields in which a file is given.
    #[serde(default)]
    pub(crate) files: Names,
    /// 缺一不可的字段：逐一不填（不附）都应被拒绝。Fields none of which can be left out: each is tried.
    #[serde(default)]
    pub(crate) needs: Names,
    /// 录入历史时：别的平台上发生了什么。For the act that records history: what happened elsewhere.
    #[serde(default)]
    pub(crate) claims: Option<RawClaim>,
    /// 应予拒绝及其规则。It must be refused, by this rule.
    #[serde(default)]
    pub(crate) refused: Option<RawRefused>,
    /// 之后应处的状态。The state after it.
    #[serde(default)]
    pub(crate) state: Option<At<String>>,
    /// 之后的期限钟；协办科室各自的钟写作 `part@机关/科室`。Clocks after it; that of a co-handler is named `part@organ/unit`.
    #[serde(default)]
    pub(crate) clocks: Named<RawClockShown>,
    /// 在哪些科室手上（主办在前）。On whose desks it lies, lead first.
    #[serde(default)]
    pub(crate) holders: Option<Vec<At<String>>>,
    /// 升级层级。
    #[serde(default)]
    pub(crate) level: Option<At<u32>>,
    /// 到此各行为（或者有某标签的行为）一共做过几次，含定时器做的。How often acts, or acts with a tag, were done so far, those of
    /// timers included.
    #[serde(default)]
    pub(crate) done: Named<At<u32>>,
    /// 这一步的记录写明的依据（恰好这些）。The articles that its record cites: exactly these.
    #[serde(default)]
    pub(crate) cites: Option<Vec<At<String>>>,
    /// 到此发出的文书（恰好这些）。The instruments issued so far: exactly these.
    #[serde(default)]
    pub(crate) issued: Option<Vec<At<String>>>,
    /// 法定用语此时所指的内容。What the statutes' terms read as in this case.
    #[serde(default)]
    pub(crate) reads: Named<At<Value>>,
    /// 各人此时可以做的行为（恰好这些）。What each may do then: exactly these acts.
    #[serde(default)]
    pub(crate) may: Named<Vec<At<String>>>,
    /// 各人此时不可以做的行为。Acts that each may not do then.
    #[serde(default)]
    pub(crate) may_not: Named<Names>,
}

/// 别的平台上的一步。
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawClaim {
    /// 相当于本程序的哪个行为。The act of this procedure that it was.
    #[serde(default)]
    pub(crate) act: Option<At<String>>,
    /// 之后所处的状态。The state in which it left the case.
    pub(crate) state: At<String>,
    /// 来源系统。
    pub(crate) system: String,
    /// 原编号。Its number there.
    pub(crate) number: String,
}

/// 拒绝。
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawRefused {
    /// 哪一类：state 状态，guard 条件，actor 实施人，field 字段，limit 次数，clock 期限，time 时间。
    pub(crate) kind: At<RawRefusalKind>,
    /// 规则的名称。The rule's name, where it matters which.
    #[serde(default)]
    pub(crate) rule: Option<At<String>>,
    /// 有误的字段。The field at fault.
    #[serde(default)]
    pub(crate) field: Option<At<String>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum RawRefusalKind {
    State,
    Guard,
    Actor,
    Field,
    Limit,
    Clock,
    Time,
}

/// 期限钟此时的样子。
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawClockShown {
    /// 届满时刻（不含），如 `2024-03-09 00:00`。Due, exclusive.
    #[serde(default)]
    pub(crate) due: Option<At<String>>,
    /// 此时的情形。
    #[serde(default)]
    pub(crate) is: Option<At<RawClockIs>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum RawClockIs {
    NotStarted,
    Running,
    Paused,
    Expired,
    Stopped,
}
