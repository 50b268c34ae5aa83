//! `constraints:` of a statute file as they are written: exactly one pattern each, with fragments that keep and break it.

use std::borrow::Cow;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Deserialize;
use serde::de::{Deserializer, Error, MapAccess, Visitor};

use super::Day;
use super::guard::{ParamName, RawGuard};
use crate::source::at::{At, Named, Names, OneOrMore};

/// 法定约束：恰好写一种要求。A constraint: exactly one pattern.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawConstraint {
    /// 一句话说清要求什么。
    pub(crate) zh: String,
    /// The demand in one sentence.
    pub(crate) en: String,
    /// 出自第几条。The article that demands it.
    pub(crate) article: At<String>,
    /// 起，不写则从法规施行之日。From; the statute's own date if nothing is said.
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    pub(crate) from: Option<Day>,
    /// 止，不含当日。Until, exclusive.
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    pub(crate) until: Option<Day>,
    /// 只约束这些种类的程序。Binds only procedures that realize one of these.
    #[serde(default)]
    pub(crate) only: Vec<At<String>>,
    /// 什么情况下要求。Demanded only where this can hold.
    #[serde(default, rename = "if")]
    pub(crate) condition: Option<RawGuard>,
    /// 此前做过这个标签的行为才要求。Demanded only once this was done.
    #[serde(default)]
    pub(crate) once: Option<At<String>>,
    /// 做过这个标签的行为就不再要求。Dropped once this was done.
    #[serde(default)]
    pub(crate) waived_by: Option<At<String>>,
    /// [先, 后]：没有先就没有后。No second without an earlier first.
    #[serde(default)]
    pub(crate) before: Option<Parts>,
    /// [先, 后, 期间]：先（或其送达）之后满期才可以有后。No second sooner than the period after the first.
    #[serde(default)]
    pub(crate) min_gap: Option<Parts>,
    /// [先, 后, 期间]：先之后在期间内须有后，一路有期限钟在走。The second is owed within the period.
    #[serde(default)]
    pub(crate) within: Option<Parts>,
    /// 与 within 连用：可以中止的原因。With within: the only causes of a pause.
    #[serde(default)]
    pub(crate) pauses: Option<Names>,
    /// 与 within 连用：至多延长多久。With within: the extension at most.
    #[serde(default)]
    pub(crate) extension: Option<ParamName>,
    /// [行为, 所需]。What the act needs.
    #[serde(default)]
    pub(crate) requires: Option<Parts>,
    /// [行为, 人数]，可带 card。How many different officers.
    #[serde(default)]
    pub(crate) actors: Option<Parts>,
    /// 与 actors 连用：执法证种类。With actors: the kind of card.
    #[serde(default)]
    pub(crate) card: Option<At<String>>,
    /// [甲, 乙]：不得由同一人做。Nobody does both.
    #[serde(default)]
    pub(crate) distinct: Option<Parts>,
    /// [行为, 角色]。Every officer bears the role.
    #[serde(default)]
    pub(crate) role: Option<Parts>,
    /// [行为, 资格]。Needs the qualification.
    #[serde(default)]
    pub(crate) holds: Option<Parts>,
    /// [行为, 期间]：须在期间内公示。Publication is owed within the period.
    #[serde(default)]
    pub(crate) publishes: Option<Parts>,
    /// [行为, 期间]：文书须在期间内送达。Its instrument is served within the period.
    #[serde(default)]
    pub(crate) serves: Option<Parts>,
    /// [甲, 乙]：有过乙就不得再有甲。No first after a second.
    #[serde(default)]
    pub(crate) never: Option<Parts>,
    /// [行为, 次数]。At most so often.
    #[serde(default)]
    pub(crate) at_most: Option<Parts>,
    /// 总能结束，没有走不到的。One start, every state can end, nothing is dead.
    #[serde(default)]
    pub(crate) ends: bool,
    /// 遵守它的程序片段。A fragment that keeps it.
    #[serde(default)]
    pub(crate) keeps: Option<At<Vec<RawLink>>>,
    /// 违反它的程序片段。A fragment that breaks it.
    #[serde(default)]
    pub(crate) breaks: Option<At<Vec<RawLink>>>,
}

/// The members of a pattern in order.
pub(crate) type Parts = At<Vec<At<RawPart>>>;

/// A tag, a number, or something named by a map.
#[derive(Debug, Clone)]
pub(crate) enum RawPart {
    Word(String),
    Number(u32),
    Told(Box<PartTold>),
}

/// 恰好写一种。Exactly one of these.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct PartTold {
    /// 该标签的文书送达之时。From the receipt of what an act with this tag issued.
    pub(crate) receipt_of: Option<At<String>>,
    /// 参数。A dated parameter.
    pub(crate) param: Option<At<String>>,
    /// 用语对应的字段已填。The field of the term is filled.
    pub(crate) term: Option<At<String>>,
    /// 附件。A file.
    pub(crate) file: bool,
    /// 出具文书。An instrument.
    pub(crate) issues: bool,
    /// 中止期限时告知当事人。Its pauses name a notice.
    pub(crate) notice: bool,
    /// 载明依据。Its legal basis.
    pub(crate) basis: bool,
}

/// A tag, or a step told in full.
#[derive(Debug, Clone)]
pub(crate) enum RawLink {
    Tag(At<String>),
    Told(Box<LinkTold>),
}

/// 片段的一步。A step of a fragment.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct LinkTold {
    /// 标签；无关的步骤可以不写。Its tag; a step that the law has no word for has none.
    pub(crate) tag: Option<At<String>>,
    /// 也可以不经过这一步。There is also a way past it.
    pub(crate) optional: bool,
    /// 可以在同一状态再做。It may be done again.
    pub(crate) repeat: bool,
    /// 至多几次。At most so often.
    pub(crate) at_most: Option<u32>,
    /// 由谁做。Who does it.
    pub(crate) by: OneOrMore<RawParty>,
    /// 什么条件下。What must hold; clocks are those of the fragment.
    pub(crate) when: Option<RawGuard>,
    /// 必填的用语。Terms whose fields it must fill.
    pub(crate) takes: Vec<At<String>>,
    /// 须附文件。It takes a file.
    pub(crate) file: bool,
    /// 出具文书。It issues an instrument.
    pub(crate) issues: bool,
    /// 此前文书的送达。The receipt of the instrument issued before.
    pub(crate) receives: bool,
    /// 启动的期限钟和期限。Clocks it starts, with their limits.
    pub(crate) starts: Named<ParamName>,
    /// 停止的期限钟。
    pub(crate) stops: Names,
    /// 中止的期限钟和原因。Clocks it pauses, with the causes.
    pub(crate) pauses: Named<At<String>>,
    /// 中止而不告知当事人。Its pauses name no notice.
    pub(crate) silent: bool,
    /// 恢复的期限钟。
    pub(crate) resumes: Names,
    /// 延长的期限钟和期间。Clocks it extends, with the period.
    pub(crate) extends: Named<ParamName>,
    /// 公示期限。
    pub(crate) publishes: Option<ParamName>,
    /// 送达期限。
    pub(crate) serves: Option<ParamName>,
    /// 载明依据。It names its basis.
    pub(crate) basis: bool,
}

/// 片段中一步的实施人。
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct RawParty {
    /// 角色。
    pub(crate) role: Option<At<String>>,
    /// 人数。
    pub(crate) count: Option<u32>,
    /// 执法证种类。
    pub(crate) card: Option<At<String>>,
    /// 资格。
    pub(crate) holds: Option<At<String>>,
    /// 不得与这些标签的实施人相同。
    pub(crate) distinct_from: Names,
}

impl<'de> Deserialize<'de> for RawPart {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Either;
        impl<'de> Visitor<'de> for Either {
            type Value = RawPart;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a tag, a number, or a map")
            }
            fn visit_str<E: Error>(self, word: &str) -> Result<RawPart, E> {
                Ok(RawPart::Word(word.to_owned()))
            }
            fn visit_u64<E: Error>(self, number: u64) -> Result<RawPart, E> {
                u32::try_from(number).map(RawPart::Number).map_err(|_| E::custom("数字过大 / the number is too large"))
            }
            fn visit_i64<E: Error>(self, number: i64) -> Result<RawPart, E> {
                u32::try_from(number).map(RawPart::Number).map_err(|_| E::custom("不得为负 / it cannot be negative"))
            }
            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<RawPart, A::Error> {
                let told = PartTold::deserialize(serde::de::value::MapAccessDeserializer::new(map))?;
                Ok(RawPart::Told(Box::new(told)))
            }
        }
        deserializer.deserialize_any(Either)
    }
}

impl JsonSchema for RawPart {
    fn schema_name() -> Cow<'static, str> {
        "Part".into()
    }
    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let told = generator.subschema_for::<PartTold>();
        json_schema!({"anyOf": [{"type": "string"}, {"type": "integer", "minimum": 0}, told]})
    }
}

impl<'de> Deserialize<'de> for RawLink {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        enum Shape {
            Tag(String),
            Told(Box<LinkTold>),
        }
        struct Either;
        impl<'de> Visitor<'de> for Either {
            type Value = Shape;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a tag or a step")
            }
            fn visit_str<E: Error>(self, tag: &str) -> Result<Shape, E> {
                Ok(Shape::Tag(tag.to_owned()))
            }
            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Shape, A::Error> {
                let told = LinkTold::deserialize(serde::de::value::MapAccessDeserializer::new(map))?;
                Ok(Shape::Told(Box::new(told)))
            }
        }
        impl<'de> Deserialize<'de> for Shape {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                deserializer.deserialize_any(Either)
            }
        }
        let marked = At::<Shape>::deserialize(deserializer)?;
        Ok(match marked.value {
            Shape::Tag(value) => Self::Tag(At { value, spot: marked.spot }),
            Shape::Told(told) => Self::Told(told),
        })
    }
}

impl JsonSchema for RawLink {
    fn schema_name() -> Cow<'static, str> {
        "Link".into()
    }
    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let told = generator.subschema_for::<LinkTold>();
        json_schema!({"anyOf": [{"type": "string"}, told]})
    }
}
