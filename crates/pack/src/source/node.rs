//! A YAML file as a tree in which every value and key knows where it stands, enough of it to judge its shape.
//!
//! Only plain YAML is read: no anchors, aliases, merge keys or tags (they would let a page of text grow without bound, and a
//! lawyer could not read it), `true` and `false` as the only flags, and at most [`DEEPEST`] levels. Keys that stand twice are kept, so
//! that the shape check can complain of all of them.

use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_saphyr::{DuplicateKeyPolicy, Options, Spanned};

use crate::complaint::{Margin, Spot};

/// Deepest nesting of lists and maps. The deepest file of the shipped pack needs ten.
const DEEPEST: usize = 24;
/// Most values in one file.
const MOST_NODES: usize = 100_000;

/// A value and where it stands.
#[derive(Debug)]
pub(crate) struct Node {
    pub(crate) spot: Spot,
    pub(crate) value: Value,
}

#[derive(Debug)]
pub(crate) enum Value {
    Null,
    Flag,
    Integer(i128),
    Decimal,
    Text(String),
    List(Vec<Node>),
    Map(Vec<(Spot, String, Node)>),
}

/// How files are read, here and by the typed reading that follows.
pub(crate) fn options(duplicate_keys: DuplicateKeyPolicy) -> Options {
    serde_saphyr::options! {
        duplicate_keys: duplicate_keys,
        strict_booleans: true,
        strict_indentation: true,
        merge_keys: serde_saphyr::options::MergeKeyPolicy::Error,
        reject_unsupported_tags: true,
        leading_zero_numbers_as_strings: true,
        underscored_numbers_as_strings: true,
        with_snippet: false,
        budget: serde_saphyr::budget! {
            max_depth: DEEPEST,
            flow_nesting_limit: DEEPEST,
            max_anchors: 0,
            max_aliases: 0,
            max_merge_keys: 0,
            max_documents: 1,
            max_nodes: MOST_NODES,
        },
    }
}

/// Parses the text, or complains of the first place that is not plain YAML.
pub(crate) fn parse(text: &str, margin: Margin<'_>) -> Option<Node> {
    match serde_saphyr::from_str_with_options(text, options(DuplicateKeyPolicy::PassThrough)) {
        Ok(node) => Some(node),
        Err(error) => {
            complain(&error, margin);
            None
        }
    }
}

/// Writes what the YAML reader found into the margin, in words where it is a slip that people make.
pub(crate) fn complain(error: &serde_saphyr::Error, margin: Margin<'_>) {
    let spot = error.location().map_or(Spot::START, spot_of);
    let text = error.to_string();
    let text = text.split(" at line ").next().unwrap_or(&text);
    let (zh, en) = match error.without_snippet() {
        serde_saphyr::Error::Budget { breach, .. } => budget_words(breach),
        serde_saphyr::Error::MultipleDocuments { .. } => second_document(),
        serde_saphyr::Error::MergeKeyNotAllowed { .. } => {
            ("不允许使用合并键 `<<`".to_owned(), "the merge key `<<` is not allowed".to_owned())
        }
        serde_saphyr::Error::UnsupportedTag { tag, .. } => {
            (format!("不允许使用标记 `{tag}`"), format!("the tag `{tag}` is not allowed"))
        }
        serde_saphyr::Error::Message { .. } => match text.split_once(" / ") {
            Some((zh, en)) => (zh.to_owned(), en.to_owned()),
            None => (format!("写法有误：{text}"), text.to_owned()),
        },
        _ if text.contains("recursion limit") => too_deep(),
        _ => (format!("不是正确的 YAML：{text}"), format!("not valid YAML: {text}")),
    };
    margin.note(spot, zh, en);
}

fn second_document() -> (String, String) {
    ("一个文件里只能有一份内容（多了 `---`）".to_owned(), "one file holds one document (a `---` too many)".to_owned())
}

fn too_deep() -> (String, String) {
    (format!("嵌套超过 {DEEPEST} 层"), format!("nested more than {DEEPEST} levels deep"))
}

fn budget_words(breach: &serde_saphyr::budget::BudgetBreach) -> (String, String) {
    use serde_saphyr::budget::BudgetBreach;
    match breach {
        BudgetBreach::Anchors { .. } | BudgetBreach::Aliases { .. } => {
            ("不允许使用锚点 `&` 和别名 `*`".to_owned(), "anchors `&` and aliases `*` are not allowed".to_owned())
        }
        BudgetBreach::Depth { .. } => too_deep(),
        BudgetBreach::Documents { .. } => second_document(),
        _ => ("文件内容过多".to_owned(), "the file holds too much".to_owned()),
    }
}

/// Converts the reader's place into ours.
pub(crate) fn spot_of(location: serde_saphyr::Location) -> Spot {
    let from_one = |n: u64| u32::try_from(n).unwrap_or(u32::MAX).max(1);
    Spot { line: from_one(location.line()), column: from_one(location.column()) }
}

impl<'de> Deserialize<'de> for Node {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let marked = Spanned::<Value>::deserialize(deserializer)?;
        Ok(Self { spot: spot_of(marked.referenced), value: marked.value })
    }
}

impl<'de> Deserialize<'de> for Value {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(AnyValue)
    }
}

struct AnyValue;

impl<'de> Visitor<'de> for AnyValue {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a plain YAML value")
    }
    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }
    fn visit_none<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }
    fn visit_bool<E>(self, _: bool) -> Result<Value, E> {
        Ok(Value::Flag)
    }
    fn visit_i64<E>(self, number: i64) -> Result<Value, E> {
        Ok(Value::Integer(number.into()))
    }
    fn visit_u64<E>(self, number: u64) -> Result<Value, E> {
        Ok(Value::Integer(number.into()))
    }
    fn visit_i128<E>(self, number: i128) -> Result<Value, E> {
        Ok(Value::Integer(number))
    }
    fn visit_f64<E>(self, _: f64) -> Result<Value, E> {
        Ok(Value::Decimal)
    }
    fn visit_str<E>(self, text: &str) -> Result<Value, E> {
        Ok(Value::Text(text.to_owned()))
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Value, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = list.next_element()? {
            items.push(item);
        }
        Ok(Value::List(items))
    }
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
        let mut entries = Vec::new();
        while let Some((key, value)) = map.next_entry::<Spanned<String>, Node>()? {
            entries.push((spot_of(key.referenced), key.value, value));
        }
        Ok(Value::Map(entries))
    }
}
