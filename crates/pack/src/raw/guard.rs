//! Conditions as files write them: `{clock: hearing, is: expired}`, `{all: [...]}`, `always`.

use std::borrow::Cow;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Deserialize;
use serde::de::{Deserializer, Error, MapAccess, Visitor};

use crate::source::at::At;

/// One condition and where it stands.
pub(crate) type RawGuard = At<Condition>;

#[derive(Debug, Clone)]
pub(crate) enum Condition {
    /// `always` or `parts_in`.
    Word(String),
    Told(Box<Told>),
}

/// 条件：恰好写一种（全部、任一、非、字段、用语、事实、期限钟、已做行为、当事人答复、文件、文书、台账、层级）。
/// A condition: exactly one of its kinds.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Told {
    /// 全部成立。All of these hold.
    pub(crate) all: Option<Vec<RawGuard>>,
    /// 任一成立。Any of these holds.
    pub(crate) any: Option<Vec<RawGuard>>,
    /// 不成立。This does not hold.
    pub(crate) not: Option<RawGuard>,
    /// 本程序的字段。A field of this procedure, compared by `is`, `in`, `at_least`, `at_most`, or only present.
    pub(crate) field: Option<At<String>>,
    /// 法规用语。A term of a statute, through this procedure's mapping.
    pub(crate) term: Option<At<String>>,
    /// 法规界定的事实。A fact that a statute defines.
    pub(crate) fact: Option<At<String>>,
    /// 期限钟，与 `is` 连用。A clock, with `is: not_started | running | paused | expired | stopped`.
    pub(crate) clock: Option<At<String>>,
    /// 已做过的行为或标签。An act or tag that was done in this round.
    pub(crate) act_done: Option<At<String>>,
    /// 与 act_done 连用：至少几次。With act_done: at least so often.
    #[schemars(range(min = 1))]
    pub(crate) times: Option<At<u32>>,
    /// 当事人的答复。What the party answered.
    pub(crate) party: Option<At<String>>,
    /// 该字段已附文件。A file was given in this field.
    pub(crate) file: Option<At<String>>,
    /// 已出具的文书。An instrument that was issued; `received: true` when it must have reached the party.
    pub(crate) instrument: Option<At<String>>,
    /// 与 instrument 连用：已送达。With instrument: it has reached the party.
    pub(crate) received: Option<bool>,
    /// 台账，与 `has` 连用。A register, with `has: field` whose value is the key of an entry in force.
    pub(crate) register: Option<At<String>>,
    /// 与 register 连用：作为键的字段。With register: the field that holds the key.
    pub(crate) has: Option<At<String>>,
    /// 升级层级至少为。Escalation has reached at least this level.
    pub(crate) level_at_least: Option<u32>,
    /// 等于。Equals this value, or the clock is in this condition.
    pub(crate) is: Option<At<serde_json::Value>>,
    /// 等于其中之一。Equals one of these.
    #[serde(rename = "in")]
    pub(crate) is_in: Option<Vec<At<serde_json::Value>>>,
    /// 不小于（数或参数）。At least this number or parameter.
    pub(crate) at_least: Option<RawBound>,
    /// 不大于（数或参数）。At most this number or parameter.
    pub(crate) at_most: Option<RawBound>,
}

/// A number, or `{param: name}`.
#[derive(Debug, Clone)]
pub(crate) enum RawBound {
    Number(i64),
    Param(At<String>),
}

#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ParamName {
    /// 参数名。Name of a dated parameter.
    pub(crate) param: At<String>,
}

impl<'de> Deserialize<'de> for Condition {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Either;
        impl<'de> Visitor<'de> for Either {
            type Value = Condition;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a condition")
            }
            fn visit_str<E: Error>(self, word: &str) -> Result<Condition, E> {
                Ok(Condition::Word(word.to_owned()))
            }
            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Condition, A::Error> {
                let told = Told::deserialize(serde::de::value::MapAccessDeserializer::new(map))?;
                Ok(Condition::Told(Box::new(told)))
            }
        }
        deserializer.deserialize_any(Either)
    }
}

impl JsonSchema for Condition {
    fn schema_name() -> Cow<'static, str> {
        "Condition".into()
    }
    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let told = generator.subschema_for::<Told>();
        json_schema!({"anyOf": [{"enum": ["always", "parts_in"]}, told]})
    }
}

impl<'de> Deserialize<'de> for RawBound {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Either;
        impl<'de> Visitor<'de> for Either {
            type Value = RawBound;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a whole number or {param: name}")
            }
            fn visit_i64<E: Error>(self, number: i64) -> Result<RawBound, E> {
                Ok(RawBound::Number(number))
            }
            fn visit_u64<E: Error>(self, number: u64) -> Result<RawBound, E> {
                i64::try_from(number).map(RawBound::Number).map_err(|_| E::custom("数字过大 / the number is too large"))
            }
            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<RawBound, A::Error> {
                let named = ParamName::deserialize(serde::de::value::MapAccessDeserializer::new(map))?;
                Ok(RawBound::Param(named.param))
            }
        }
        deserializer.deserialize_any(Either)
    }
}

impl JsonSchema for RawBound {
    fn schema_name() -> Cow<'static, str> {
        "Bound".into()
    }
    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let named = generator.subschema_for::<ParamName>();
        json_schema!({"anyOf": [{"type": "integer"}, named]})
    }
}
