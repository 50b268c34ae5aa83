//! `procedures/**/*.yaml` as it is written.

use std::borrow::Cow;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Deserialize;
use serde::de::{Deserializer, Error, MapAccess, Visitor};

use super::act::{RawAct, RawNotify};
use super::field::RawField;
use super::guard::{ParamName, RawGuard};
use super::{RawInForce, Words};
use crate::source::at::{At, Named};

/// procedures/*/*.yaml：程序。How an item is handled from its first act to a terminal state.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawProcedure {
    /// 标识，与文件名相同。The same as the file's name.
    pub(crate) id: At<String>,
    /// 法规所称的程序种类。What statutes call it.
    #[serde(default)]
    pub(crate) realizes: Option<At<String>>,
    pub(crate) title: Words,
    /// 本版本可以立新件的日期。The dates on which this version may start new cases.
    pub(crate) in_force: RawInForce,
    /// 编号格式：`{year}` 与 `{seq}` 或 `{seq:6}`。
    pub(crate) number: At<String>,
    /// 关于谁。Who or what a case is about.
    pub(crate) subject: At<RawSubject>,
    /// 在列表中代表办件的字段。The field that stands for the case in lists.
    pub(crate) headline: At<String>,
    /// 字段，按表单顺序。Fields in form order.
    pub(crate) fields: Named<RawField>,
    /// 法规用语 → 本程序的字段。The statutes' terms that these fields speak for.
    #[serde(default)]
    pub(crate) terms: Named<At<String>>,
    /// 状态。
    pub(crate) states: Named<RawState>,
    /// 企业看到的进度。Stations of the courier line that the party sees.
    #[serde(default)]
    pub(crate) courier: Vec<RawStation>,
    /// 行为。
    pub(crate) acts: Named<RawAct>,
    /// 期限钟。
    #[serde(default)]
    pub(crate) clocks: Named<RawClock>,
    /// 定时器。
    #[serde(default)]
    pub(crate) timers: Named<RawTimer>,
}

/// `party`, `nothing`, or `{entry: register}`.
#[derive(Debug, Clone)]
pub(crate) enum RawSubject {
    Word(String),
    Entry(At<String>),
}

#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SubjectEntry {
    /// 台账。
    pub(crate) entry: At<String>,
}

/// 状态。
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawState {
    pub(crate) zh: String,
    pub(crate) en: String,
    /// 起始状态，恰好一个。The one start.
    #[serde(default)]
    pub(crate) start: bool,
    /// 终结状态的结果。The outcome of a terminal state.
    #[serde(default)]
    pub(crate) end: Option<String>,
    /// 在谁手上：assigned 承办科室，party 当事人，nobody 无人，或某科室；不写则不变。
    /// Whose desk it lies on; without it the holder stays.
    #[serde(default)]
    pub(crate) holder: Option<At<RawHolder>>,
}

/// `assigned`, `party`, `nobody`, or `{unit: organ/unit}`.
#[derive(Debug, Clone)]
pub(crate) enum RawHolder {
    Word(String),
    Unit(At<String>),
}

#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct HolderUnit {
    /// 科室（机关/科室）。
    pub(crate) unit: At<String>,
}

/// 进度站。
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawStation {
    pub(crate) zh: String,
    pub(crate) en: String,
    /// 对应的状态。
    pub(crate) states: Vec<At<String>>,
}

/// 期限钟。
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawClock {
    pub(crate) zh: String,
    pub(crate) en: String,
    /// statutory 法定，promised 承诺，internal 内部。
    pub(crate) kind: RawClockKind,
    /// 期限：参数。The dated parameter that gives the limit.
    pub(crate) limit: ParamName,
    /// 依据：法规#条。
    #[serde(default)]
    pub(crate) basis: Vec<At<String>>,
    /// 可以中止的原因。The causes for which it may be paused.
    #[serde(default)]
    pub(crate) pauses: Vec<At<String>>,
    /// 延长。
    #[serde(default)]
    pub(crate) extend: Option<RawExtend>,
    /// 每个协办科室各一只。One for each co-handling unit.
    #[serde(default)]
    pub(crate) per_part: bool,
    /// 约束谁：holder 承办科室（默认），party 当事人。Whose deadline it is.
    #[serde(default)]
    pub(crate) binds: Binds,
}

#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum RawClockKind {
    /// 法定。
    Statutory,
    /// 承诺。
    Promised,
    /// 内部。
    Internal,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Binds {
    #[default]
    Holder,
    Party,
}

#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawExtend {
    /// 由哪个角色批准。
    pub(crate) by: At<String>,
    /// 次数。
    #[schemars(range(min = 1))]
    pub(crate) times: u32,
    /// 延长多久。
    pub(crate) limit: ParamName,
}

/// 定时器：到时自动发生的事。Something that happens by itself at its moment, if its condition holds.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawTimer {
    pub(crate) zh: String,
    pub(crate) en: String,
    pub(crate) at: RawMoment,
    /// 什么条件下。
    #[serde(default)]
    pub(crate) when: Option<RawGuard>,
    /// 自动做的行为。The act that is done.
    #[serde(default)]
    pub(crate) does: Option<At<String>>,
    /// 或者：提醒谁。Or: whom it reminds.
    #[serde(default)]
    pub(crate) reminds: Vec<RawNotify>,
}

/// 何时：期限过去百分之几，或某行为之后多久。When a clock has gone so far, or a period after an act.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawMoment {
    /// 期限钟，与 gone 连用。
    #[serde(default)]
    pub(crate) clock: Option<At<String>>,
    /// 期限过去多少，如 `50%`、`100%`、`125%`。
    #[serde(default)]
    pub(crate) gone: Option<At<String>>,
    /// 某行为或标签之后，与 wait 连用。
    #[serde(default)]
    pub(crate) after: Option<At<String>>,
    /// 日期字段：那一天过完时。A date field: when that day is over.
    #[serde(default)]
    pub(crate) end_of: Option<At<String>>,
    /// 之后多久：参数。
    #[serde(default)]
    pub(crate) wait: Option<ParamName>,
}

impl<'de> Deserialize<'de> for RawSubject {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Either;
        impl<'de> Visitor<'de> for Either {
            type Value = RawSubject;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("party, nothing, or {entry: register}")
            }
            fn visit_str<E: Error>(self, word: &str) -> Result<RawSubject, E> {
                Ok(RawSubject::Word(word.to_owned()))
            }
            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<RawSubject, A::Error> {
                let told = SubjectEntry::deserialize(serde::de::value::MapAccessDeserializer::new(map))?;
                Ok(RawSubject::Entry(told.entry))
            }
        }
        deserializer.deserialize_any(Either)
    }
}

impl JsonSchema for RawSubject {
    fn schema_name() -> Cow<'static, str> {
        "Subject".into()
    }
    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let entry = generator.subschema_for::<SubjectEntry>();
        json_schema!({"anyOf": [{"enum": ["party", "nothing"]}, entry]})
    }
}

impl<'de> Deserialize<'de> for RawHolder {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Either;
        impl<'de> Visitor<'de> for Either {
            type Value = RawHolder;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("assigned, party, nobody, or {unit: organ/unit}")
            }
            fn visit_str<E: Error>(self, word: &str) -> Result<RawHolder, E> {
                Ok(RawHolder::Word(word.to_owned()))
            }
            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<RawHolder, A::Error> {
                let told = HolderUnit::deserialize(serde::de::value::MapAccessDeserializer::new(map))?;
                Ok(RawHolder::Unit(told.unit))
            }
        }
        deserializer.deserialize_any(Either)
    }
}

impl JsonSchema for RawHolder {
    fn schema_name() -> Cow<'static, str> {
        "Holder".into()
    }
    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let unit = generator.subschema_for::<HolderUnit>();
        json_schema!({"anyOf": [{"enum": ["assigned", "party", "nobody"]}, unit]})
    }
}
