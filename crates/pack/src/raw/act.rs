//! Acts as files write them.

use schemars::JsonSchema;
use serde::Deserialize;

use super::Words;
use super::choices::{RawAssigns, RawAudience, RawFrom};
use super::guard::RawGuard;
use crate::source::at::{At, Named, Names, OneOrMore};

/// 行为：谁、从哪个状态、在什么条件下可以做，做了以后怎样。
/// An act: who may do it, from which states, under what, and what follows.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawAct {
    /// 中文名称。
    pub(crate) zh: String,
    /// English title.
    pub(crate) en: String,
    /// 旧台账里这一环节日期的列名，导入历史时认得。Headings under which old lists keep its date.
    #[serde(default)]
    pub(crate) columns: Vec<String>,
    /// 从哪个状态；不写则由此立件。The states it is done from; an act without one opens a case.
    #[serde(default)]
    pub(crate) from: Option<RawFrom>,
    /// 到哪个状态；不写则状态不变。The state after it; without one the state stays.
    #[serde(default)]
    pub(crate) to: Option<At<String>>,
    /// 由谁做。Who may do it.
    pub(crate) by: At<OneOrMore<RawActor>>,
    /// 什么条件下可以做。What must hold.
    #[serde(default)]
    pub(crate) when: Option<RawGuard>,
    /// 要填的字段：must 必填，may 可填。The fields it takes, in form order.
    #[serde(default)]
    pub(crate) takes: Named<Must>,
    /// 由行为定下的字段值。Fields that the act sets to a constant.
    #[serde(default)]
    pub(crate) sets: Named<At<serde_json::Value>>,
    /// 法规所称的标签。What statutes call it.
    #[serde(default)]
    pub(crate) tags: Vec<At<String>>,
    /// 依据：法规#条。Its legal basis as `statute#article`.
    #[serde(default)]
    pub(crate) basis: Vec<At<String>>,
    /// 启动的期限钟。Clocks it starts.
    #[serde(default)]
    pub(crate) starts: Names,
    /// 从另一行为（或标签）之时起算的期限钟：时钟 → 行为。Clocks that count from when another act was last done.
    #[serde(default)]
    pub(crate) starts_as_of: Named<At<String>>,
    /// 停止的期限钟。Clocks it stops.
    #[serde(default)]
    pub(crate) stops: Names,
    /// 中止的期限钟。Clocks it pauses, each with a cause.
    #[serde(default)]
    pub(crate) pauses: Named<RawPause>,
    /// 恢复的期限钟。Clocks it resumes.
    #[serde(default)]
    pub(crate) resumes: Names,
    /// 延长的期限钟。Clocks it extends.
    #[serde(default)]
    pub(crate) extends: Names,
    /// 交给谁办。Whose desk it puts the case on.
    #[serde(default)]
    pub(crate) assigns: Option<RawAssigns>,
    /// 最多几次，为什么。How often at most in one case, and why.
    #[serde(default)]
    pub(crate) at_most: Option<RawAtMost>,
    /// 出具的文书。Instruments it issues.
    #[serde(default)]
    pub(crate) issues: Named<RawIssue>,
    /// 公示义务。What must be published because of it.
    #[serde(default)]
    pub(crate) publishes: Named<RawPublication>,
    /// 写入台账。Register entries it makes or changes.
    #[serde(default)]
    pub(crate) writes: Named<RawWrite>,
    /// 对先前填写的字段再核一遍其规定。Fields given earlier whose rules are held against them once more.
    #[serde(default)]
    pub(crate) rechecks: Vec<At<String>>,
    /// 由此另立的办件。Cases that are opened because of it.
    #[serde(default)]
    pub(crate) spawns: Named<RawSpawn>,
    /// 通知谁。Whom it notifies, and of what.
    #[serde(default)]
    pub(crate) notifies: Vec<RawNotify>,
    /// 当事人收到的文书：送达时启动的期限钟由此启动。Instruments whose receipt by the party this act records.
    #[serde(default)]
    pub(crate) receives: Vec<At<String>>,
    /// 做的人把办件接到自己手上。The person who does it takes their unit's part upon themselves.
    #[serde(default)]
    pub(crate) takes_up: bool,
    /// 协办完成：全部协办完成后才能往下走。Ends one co-handler's part.
    #[serde(default)]
    pub(crate) joins: bool,
    /// 升级一层。Adds one to the level of escalation.
    #[serde(default)]
    pub(crate) raises_level: bool,
    /// 开始新一轮。Starts the next round.
    #[serde(default)]
    pub(crate) new_round: bool,
    /// 当事人由此作出的答复。What the party says by it, for conditions `{party: …}`.
    #[serde(default)]
    pub(crate) answers: Option<At<String>>,
    /// 按下之前的提醒。What the button warns of.
    #[serde(default)]
    pub(crate) confirm: Option<Words>,
    /// 该状态下的主要行为。Shown as the main act of its state.
    #[serde(default)]
    pub(crate) primary: bool,
    /// 内部记录，当事人看不到。For colleagues only.
    #[serde(default)]
    pub(crate) inner: bool,
    /// 在哪里做。Where it is done; here if nothing is said.
    #[serde(default)]
    pub(crate) place: RawPlace,
    /// 录入历史：唯一越过条件的行为。The only act past the guards: takes in what happened elsewhere as a claim.
    #[serde(default)]
    pub(crate) records_history: bool,
}

/// One actor that is needed.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawActor {
    /// 角色。A role of the pack.
    #[serde(default)]
    pub(crate) role: Option<At<String>>,
    /// 当事人。The party itself.
    #[serde(default)]
    pub(crate) party: bool,
    /// 定时器。A timer.
    #[serde(default)]
    pub(crate) timer: bool,
    /// 至少几人。How many different persons; one if nothing is said.
    #[serde(default)]
    #[schemars(range(min = 1))]
    pub(crate) count: Option<u32>,
    /// 须持有效执法证的种类。Kind of card that must be valid.
    #[serde(default)]
    pub(crate) card: Option<At<String>>,
    /// 须具备的资格。A qualification.
    #[serde(default)]
    pub(crate) holds: Option<At<String>>,
    /// 不得与这些行为（标签）的实施人相同。Not the same person as in these acts (names or tags).
    #[serde(default)]
    pub(crate) distinct_from: Vec<At<String>>,
    /// 须是承办科室（主办或协办）的人。Only somebody of a unit on whose desk the case lies.
    #[serde(default)]
    pub(crate) holder: bool,
    /// 须是主办科室的人。Only somebody of the unit that leads.
    #[serde(default)]
    pub(crate) lead: bool,
    /// 须是台账条目为本件对象列明（`对象/账号`）的人，如抽中的检查人员；键所在字段为空时不问。Only who stands as `subject/account` in a
    /// list of a register's entry, such as inspectors who were drawn; not asked while the field with the key is empty.
    #[serde(default)]
    pub(crate) listed: Option<RawListed>,
}

/// 台账条目的一个列表字段。A list in an entry of a register.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawListed {
    /// 台账。
    pub(crate) register: At<String>,
    /// 存有条目键的字段。The field that holds the entry's key.
    pub(crate) key: At<String>,
    /// 条目中的列表。The list in that entry.
    pub(crate) field: At<String>,
}

/// 必填还是可填。
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Must {
    /// 必填。Required.
    Must,
    /// 可填。Optional.
    May,
}

#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawPause {
    /// 中止的原因。The cause, from the clock's list.
    pub(crate) cause: At<String>,
    /// 告知当事人的文书。The instrument that tells the party.
    #[serde(default)]
    pub(crate) notice: Option<At<String>>,
}

#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawAtMost {
    /// 次数。
    #[schemars(range(min = 1))]
    pub(crate) times: u32,
    /// 为什么。
    pub(crate) zh: String,
    /// Why.
    pub(crate) en: String,
}

#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawIssue {
    /// 文书名称。
    pub(crate) zh: String,
    /// Title of the instrument.
    pub(crate) en: String,
    /// 送达时启动的期限钟。Clocks that start when the party has received it.
    #[serde(default)]
    pub(crate) on_receipt_starts: Names,
}

#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawPublication {
    /// 公示期限。The clock by which it must be public.
    pub(crate) clock: At<String>,
    /// 不予公开的字段。Fields that are withheld.
    #[serde(default)]
    pub(crate) withheld: Vec<At<String>>,
}

#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawWrite {
    /// 条目的键从何来。Where the entry's key comes from.
    pub(crate) key: At<RawSource>,
    /// 表格字段：每行一条。A table field: one entry for each row.
    #[serde(default)]
    pub(crate) each: Option<At<String>>,
    /// 该字段或列有值时才写。Written only where this field or column is there.
    #[serde(default)]
    pub(crate) only_with: Option<At<String>>,
    /// 条目的各字段；没写的保持不变。The fields that change.
    #[serde(default)]
    pub(crate) fields: Named<RawSource>,
    /// 条目就此终止。The entry ends with the act.
    #[serde(default)]
    pub(crate) ends: bool,
}

#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawSpawn {
    /// 另案的立件行为。The opening act of the other case.
    pub(crate) act: At<String>,
    /// 另案的当事人；不写就是本案的当事人。Whom it is about; as this case where nothing is said.
    #[serde(default)]
    pub(crate) subject: Option<At<RawSource>>,
    /// 另案的各字段。Its fields.
    #[serde(default)]
    pub(crate) fields: Named<RawSource>,
}

/// 值从何来：恰好写一种。Where a value comes from: exactly one of these.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawSource {
    /// 本办件的字段。A field of this case.
    #[serde(default)]
    pub(crate) field: Option<At<String>>,
    /// 固定值。A constant.
    #[serde(default)]
    pub(crate) is: Option<At<serde_json::Value>>,
    /// subject 当事人，number 编号，done 行为时间。
    #[serde(default)]
    pub(crate) of_case: Option<OfCase>,
    /// 本台账自己的编号序列，只作键：`{year}`、`{seq:6}`、`{check}` 两位校验码。The register's own series, for keys.
    #[serde(default)]
    pub(crate) series: Option<At<String>>,
    /// 正在写的条目的键。The key of the entry that is written.
    #[serde(default)]
    pub(crate) own_key: bool,
}

#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum OfCase {
    Subject,
    Number,
    Done,
}

/// 通知。A notification and whom it goes to: exactly one audience.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawNotify {
    /// 通知谁。
    pub(crate) to: At<RawAudience>,
    /// 中文内容。
    pub(crate) zh: String,
    /// What it says.
    pub(crate) en: String,
}

/// 在哪里做。
#[derive(Debug, Clone, Copy, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum RawPlace {
    /// 在本系统。
    #[default]
    Own,
    /// 在别的平台，导入。Done on another platform and imported.
    Mirror,
    /// 在此拟制，在别处盖章或提交。Prepared here, sealed or filed there.
    Bridge,
}
