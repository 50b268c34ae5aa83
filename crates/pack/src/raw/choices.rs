//! Parts of acts that may be written in several ways: the states they are done from, whom they tell, whose desk they fill.

use std::borrow::Cow;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Deserialize;
use serde::de::{Deserializer, Error, MapAccess, SeqAccess, Visitor};

use super::guard::RawGuard;
use crate::source::at::At;

/// `party`, `holder`, or `{unit: …}`, `{role: …}`, `{holder_role: …}`.
#[derive(Debug, Clone)]
pub(crate) enum RawAudience {
    Word(String),
    Told(AudienceTold),
}

#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct AudienceTold {
    /// 科室（机关/科室）。A unit.
    pub(crate) unit: Option<At<String>>,
    /// 本机关的某角色。A role of the case's organ.
    pub(crate) role: Option<At<String>>,
    /// 承办科室的某角色。A role of the holding units.
    pub(crate) holder_role: Option<At<String>>,
}

/// The states an act is done from: one, several, or each with a condition.
#[derive(Debug, Clone)]
pub(crate) struct RawFrom(pub(crate) Vec<(At<String>, Option<RawGuard>)>);

impl<'de> Deserialize<'de> for RawFrom {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        enum Shape {
            One(String),
            Several(Vec<At<String>>),
            Guarded(Vec<(At<String>, RawGuard)>),
        }
        struct AnyShape;
        impl<'de> Visitor<'de> for AnyShape {
            type Value = Shape;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a state, a list of states, or states each with a condition")
            }
            fn visit_str<E: Error>(self, name: &str) -> Result<Shape, E> {
                Ok(Shape::One(name.to_owned()))
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Shape, A::Error> {
                let mut names = Vec::new();
                while let Some(name) = list.next_element()? {
                    names.push(name);
                }
                Ok(Shape::Several(names))
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Shape, A::Error> {
                let mut entries = Vec::new();
                while let Some(entry) = map.next_entry()? {
                    entries.push(entry);
                }
                Ok(Shape::Guarded(entries))
            }
        }
        impl<'de> Deserialize<'de> for Shape {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                deserializer.deserialize_any(AnyShape)
            }
        }
        let marked = At::<Shape>::deserialize(deserializer)?;
        Ok(Self(match marked.value {
            Shape::One(value) => vec![(At { value, spot: marked.spot }, None)],
            Shape::Several(names) => names.into_iter().map(|name| (name, None)).collect(),
            Shape::Guarded(entries) => entries.into_iter().map(|(name, guard)| (name, Some(guard))).collect(),
        }))
    }
}

impl JsonSchema for RawFrom {
    fn schema_name() -> Cow<'static, str> {
        "From".into()
    }
    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let guard = generator.subschema_for::<RawGuard>();
        json_schema!({"anyOf": [
            {"type": "string"},
            {"type": "array", "items": {"type": "string"}},
            {"type": "object", "additionalProperties": guard}
        ]})
    }
}

impl<'de> Deserialize<'de> for RawAudience {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Either;
        impl<'de> Visitor<'de> for Either {
            type Value = RawAudience;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("party, holder, or a unit or role")
            }
            fn visit_str<E: Error>(self, word: &str) -> Result<RawAudience, E> {
                Ok(RawAudience::Word(word.to_owned()))
            }
            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<RawAudience, A::Error> {
                let told = AudienceTold::deserialize(serde::de::value::MapAccessDeserializer::new(map))?;
                Ok(RawAudience::Told(told))
            }
        }
        deserializer.deserialize_any(Either)
    }
}

impl JsonSchema for RawAudience {
    fn schema_name() -> Cow<'static, str> {
        "Audience".into()
    }
    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let told = generator.subschema_for::<AudienceTold>();
        json_schema!({"anyOf": [{"enum": ["party", "holder"]}, told]})
    }
}

/// `dispatcher`, or `{lead: field, with: field}`, `{unit: …}`, `{levels: […]}`.
#[derive(Debug, Clone)]
pub(crate) enum RawAssigns {
    Dispatcher,
    Told(AssignsTold),
}

/// 交办：恰好写一种。Exactly one way to say whose desk it goes to.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct AssignsTold {
    /// 主办科室所在字段。The field in which the lead unit stands.
    pub(crate) lead: Option<At<String>>,
    /// 协办科室所在字段。The field in which the co-handling units stand.
    pub(crate) with: Option<At<String>>,
    /// 固定科室。A fixed unit.
    pub(crate) unit: Option<At<String>>,
    /// 按升级层级依次交给。By level of escalation, the first for level one.
    pub(crate) levels: Option<Vec<At<String>>>,
}

impl<'de> Deserialize<'de> for RawAssigns {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Either;
        impl<'de> Visitor<'de> for Either {
            type Value = RawAssigns;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("dispatcher, or a map that says whose desk")
            }
            fn visit_str<E: Error>(self, _: &str) -> Result<RawAssigns, E> {
                // The shape check has seen that the word is `dispatcher`.
                Ok(RawAssigns::Dispatcher)
            }
            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<RawAssigns, A::Error> {
                AssignsTold::deserialize(serde::de::value::MapAccessDeserializer::new(map)).map(RawAssigns::Told)
            }
        }
        deserializer.deserialize_any(Either)
    }
}

impl JsonSchema for RawAssigns {
    fn schema_name() -> Cow<'static, str> {
        "Assigns".into()
    }
    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let told = generator.subschema_for::<AssignsTold>();
        json_schema!({"anyOf": [{"enum": ["dispatcher"]}, told]})
    }
}
