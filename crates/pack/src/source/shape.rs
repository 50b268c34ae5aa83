//! Does a file have the shape that its JSON Schema describes?
//!
//! The same schema that editors use judges here, so that a file which an editor accepts is one that loads. Unlike the typed reading
//! that follows, this goes on after the first slip. It knows the part of JSON Schema 2020-12 that our schemas use; a test fails
//! when they begin to use more.

use std::collections::BTreeMap;

use serde_json::Value as Json;

use super::node::{Node, Value};
use crate::complaint::{Margin, Spot, nearest};

/// The keywords that [`check`] knows; those that only describe are skipped.
#[cfg(test)]
pub(crate) const KEYWORDS: [&str; 19] = [
    "$ref",
    "$defs",
    "$schema",
    "type",
    "properties",
    "required",
    "additionalProperties",
    "items",
    "anyOf",
    "oneOf",
    "enum",
    "const",
    "minimum",
    "maximum",
    "format",
    "title",
    "description",
    "default",
    "minItems",
];

/// Holds the tree against the schema; true when nothing was noted.
pub(crate) fn check(node: &Node, schema: &Json, margin: Margin<'_>) -> bool {
    let mut judge = Judge { root: schema, found: Vec::new() };
    judge.value(node, schema);
    let found = judge.found;
    for (spot, zh, en) in &found {
        margin.note(*spot, zh.as_str(), en.as_str());
    }
    found.is_empty()
}

/// What is expected where nothing of the right kind stands.
type Found = (Spot, String, String);

struct Judge<'s> {
    root: &'s Json,
    found: Vec<Found>,
}

impl<'s> Judge<'s> {
    fn note(&mut self, spot: Spot, zh: String, en: String) {
        self.found.push((spot, zh, en));
    }

    fn resolve(&self, schema: &'s Json) -> &'s Json {
        let mut schema = schema;
        while let Some(target) = schema.get("$ref").and_then(Json::as_str) {
            match target.strip_prefix('#').and_then(|pointer| self.root.pointer(pointer)) {
                Some(found) => schema = found,
                None => return schema,
            }
        }
        schema
    }

    fn value(&mut self, node: &Node, schema: &'s Json) {
        let schema = self.resolve(schema);
        if let Some(branches) = ["anyOf", "oneOf"].iter().find_map(|key| schema.get(key)).and_then(Json::as_array) {
            return self.branches(node, branches);
        }
        if let Some(choices) = choices(schema) {
            return self.choice(node, &choices);
        }
        if !self.is_of_type(node, schema) {
            let (zh, en) = expected(&types(schema));
            return self.wrong_type(node, &zh, &en);
        }
        match &node.value {
            Value::Map(entries) => self.map(node.spot, entries, schema),
            Value::List(items) => {
                if let Some(of) = schema.get("items") {
                    items.iter().for_each(|item| self.value(item, of));
                }
                let least = schema.get("minItems").and_then(Json::as_u64).unwrap_or(0);
                if u64::try_from(items.len()).is_ok_and(|count| count < least) {
                    self.note(node.spot, format!("至少要有 {least} 项"), format!("at least {least} are needed"));
                }
            }
            Value::Integer(number) => {
                let bound = |keyword| schema.get(keyword).and_then(Json::as_i64).map(i128::from);
                if let Some(least) = bound("minimum").filter(|least| number < least) {
                    self.note(node.spot, format!("不得小于 {least}"), format!("must be at least {least}"));
                }
                if let Some(most) = bound("maximum").filter(|most| number > most) {
                    self.note(node.spot, format!("不得大于 {most}"), format!("must be at most {most}"));
                }
            }
            _ => {}
        }
    }

    /// Takes the branch that the value's own type points to; of several, the one with the fewest complaints.
    fn branches(&mut self, node: &Node, branches: &'s [Json]) {
        let fitting: Vec<&'s Json> = branches.iter().filter(|branch| self.could_be(node, branch)).collect();
        if fitting.is_empty() {
            let mut allowed: Vec<&str> = branches.iter().flat_map(|branch| types(self.resolve(branch))).collect();
            allowed.dedup();
            let (zh, en) = expected(&allowed);
            return self.wrong_type(node, &zh, &en);
        }
        let words: Vec<&str> = fitting.iter().filter_map(|branch| choices(self.resolve(branch))).flatten().collect();
        if !words.is_empty() && fitting.iter().all(|branch| choices(self.resolve(branch)).is_some()) {
            return self.choice(node, &words);
        }
        let judged = fitting.into_iter().map(|branch| {
            let mut judge = Judge { root: self.root, found: Vec::new() };
            judge.value(node, branch);
            judge.found
        });
        if let Some(best) = judged.min_by_key(Vec::len) {
            self.found.extend(best);
        }
    }

    fn could_be(&self, node: &Node, branch: &'s Json) -> bool {
        let branch = self.resolve(branch);
        match ["anyOf", "oneOf"].iter().find_map(|key| branch.get(key)).and_then(Json::as_array) {
            Some(inner) => inner.iter().any(|inner| self.could_be(node, inner)),
            None => self.is_of_type(node, branch),
        }
    }

    fn choice(&mut self, node: &Node, choices: &[&str]) {
        let Value::Text(word) = &node.value else {
            let (zh, en) = (choices.join("、"), choices.join(", "));
            return self.note(node.spot, format!("这里应是其中之一：{zh}"), format!("expected one of {en}"));
        };
        if choices.contains(&word.as_str()) {
            return;
        }
        let (zh, en) = match nearest(word, choices.iter().copied()) {
            Some(meant) => (format!("是不是 `{meant}`？"), format!("did you mean `{meant}`?")),
            None => (format!("可用的有：{}", choices.join("、")), format!("known are {}", choices.join(", "))),
        };
        self.note(node.spot, format!("不认识 `{word}`，{zh}"), format!("`{word}` is not known; {en}"));
    }

    fn is_of_type(&self, node: &Node, schema: &Json) -> bool {
        let types = types(schema);
        let is = |name: &str| types.contains(&name);
        types.is_empty()
            || match &node.value {
                Value::Null => is("null"),
                Value::Flag => is("boolean"),
                Value::Integer(_) => is("integer") || is("number"),
                Value::Decimal => is("number"),
                Value::Text(_) => is("string"),
                Value::List(_) => is("array"),
                Value::Map(_) => is("object"),
            }
    }

    fn wrong_type(&mut self, node: &Node, zh: &str, en: &str) {
        let (is_zh, is_en) = match &node.value {
            Value::Null => ("空值", "nothing"),
            Value::Flag => ("true/false", "true or false"),
            Value::Integer(_) => ("整数", "a whole number"),
            Value::Decimal => ("小数", "a decimal"),
            Value::Text(_) => ("文本", "text"),
            Value::List(_) => ("列表", "a list"),
            Value::Map(_) => ("一组键值", "a map"),
        };
        let quote = matches!(node.value, Value::Flag | Value::Integer(_) | Value::Decimal) && zh.contains("文本");
        let (hint_zh, hint_en) =
            if quote { ("（作文本时请加引号）", " (put quotes around it)") } else { ("", "") };
        self.note(
            node.spot,
            format!("这里应是{zh}，写的是{is_zh}{hint_zh}"),
            format!("{en} is expected here, not {is_en}{hint_en}"),
        );
    }

    fn map(&mut self, spot: Spot, entries: &[(Spot, String, Node)], schema: &'s Json) {
        let properties = schema.get("properties").and_then(Json::as_object);
        let others = schema.get("additionalProperties");
        let mut seen: BTreeMap<&str, Spot> = BTreeMap::new();
        for (at, key, node) in entries {
            if let Some(first) = seen.insert(key, *at) {
                self.note(
                    *at,
                    format!("`{key}` 重复，前一个在第 {} 行", first.line),
                    format!("`{key}` stands twice; the other is on line {}", first.line),
                );
                continue;
            }
            match (properties.and_then(|known| known.get(key)), others) {
                (Some(of), _) => self.value(node, of),
                (None, Some(Json::Bool(false))) => {
                    let known = properties.into_iter().flat_map(|known| known.keys().map(String::as_str));
                    let comma = matches!(node.value, Value::Null);
                    self.unknown_key(*at, key, comma, known);
                }
                (None, Some(of)) => self.value(node, of),
                (None, None) => {}
            }
        }
        let required = schema.get("required").and_then(Json::as_array).into_iter().flatten().filter_map(Json::as_str);
        for key in required.filter(|key| !seen.contains_key(key)) {
            self.note(spot, format!("缺少 `{key}`"), format!("`{key}` is missing"));
        }
    }

    /// `comma`: the key has no value, as when a text with a comma stands in `{…}` without quotes.
    fn unknown_key<'n>(&mut self, spot: Spot, key: &str, comma: bool, known: impl Iterator<Item = &'n str> + Clone) {
        let (zh, en) = match nearest(key, known.clone()) {
            None if comma => {
                ("文字里有逗号时要加引号".to_owned(), "a text that holds a comma needs quotes around it".to_owned())
            }
            Some(meant) => (format!("是不是 `{meant}`？"), format!("did you mean `{meant}`?")),
            None => {
                let known: Vec<&str> = known.collect();
                (format!("这里可写的有：{}", known.join("、")), format!("known here are {}", known.join(", ")))
            }
        };
        self.note(spot, format!("不认识的键 `{key}`，{zh}"), format!("unknown key `{key}`; {en}"));
    }
}

fn types(schema: &Json) -> Vec<&str> {
    match schema.get("type") {
        Some(Json::String(one)) => vec![one],
        Some(Json::Array(several)) => several.iter().filter_map(Json::as_str).collect(),
        _ if choices(schema).is_some() => vec!["string"],
        _ => Vec::new(),
    }
}

fn choices(schema: &Json) -> Option<Vec<&str>> {
    if let Some(constant) = schema.get("const").and_then(Json::as_str) {
        return Some(vec![constant]);
    }
    schema.get("enum").and_then(Json::as_array).map(|all| all.iter().filter_map(Json::as_str).collect())
}

fn expected(types: &[&str]) -> (String, String) {
    let words: Vec<(&str, &str)> = types
        .iter()
        .filter_map(|name| match *name {
            "string" => Some(("文本", "text")),
            "integer" => Some(("整数", "a whole number")),
            "number" => Some(("数字", "a number")),
            "boolean" => Some(("true 或 false", "true or false")),
            "array" => Some(("列表", "a list")),
            "object" => Some(("一组键值", "a map")),
            _ => None,
        })
        .collect();
    let zh: Vec<&str> = words.iter().map(|(zh, _)| *zh).collect();
    let en: Vec<&str> = words.iter().map(|(_, en)| *en).collect();
    (zh.join("或"), en.join(" or "))
}

/// Complaints as the tests compare them.
#[cfg(test)]
pub(crate) fn complaints_of(text: &str, schema: &Json) -> Vec<crate::Complaint> {
    let notes = std::cell::RefCell::new(Vec::new());
    let margin = Margin::new("x.yaml", &notes);
    if let Some(node) = super::node::parse(text, margin) {
        check(&node, schema, margin);
    }
    notes.into_inner()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn schema() -> Json {
        json!({
            "type": "object",
            "additionalProperties": false,
            "required": ["id", "kind"],
            "properties": {
                "id": {"type": "string"},
                "kind": {"oneOf": [{"const": "counted"}, {"const": "mirrored"}]},
                "from": {"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]},
                "times": {"type": "integer", "minimum": 1}
            }
        })
    }

    #[test]
    fn every_slip_of_a_file_is_told_at_its_place() {
        let told: Vec<String> =
            complaints_of("id: 7\nkind: countd\nfrom: {a: b}\ntimes: 0\ntiems: 1\nid: x\n", &schema())
                .iter()
                .map(ToString::to_string)
                .collect();
        assert_eq!(
            told,
            [
                "x.yaml:1:5: 这里应是文本，写的是整数（作文本时请加引号） / text is expected here, not a whole number (put quotes around it)",
                "x.yaml:2:7: 不认识 `countd`，是不是 `counted`？ / `countd` is not known; did you mean `counted`?",
                "x.yaml:3:7: 这里应是文本或列表，写的是一组键值 / text or a list is expected here, not a map",
                "x.yaml:4:8: 不得小于 1 / must be at least 1",
                "x.yaml:5:1: 不认识的键 `tiems`，是不是 `times`？ / unknown key `tiems`; did you mean `times`?",
                "x.yaml:6:1: `id` 重复，前一个在第 1 行 / `id` stands twice; the other is on line 1",
            ]
        );
    }

    #[test]
    fn what_is_missing_is_told_where_the_map_begins() {
        let told = complaints_of("- {id: a}\n", &json!({"type": "array", "items": schema()}));
        assert_eq!(told.len(), 1);
        assert_eq!((told[0].line, told[0].column), (1, 3));
        assert!(told[0].zh.contains("缺少 `kind`"));
    }
}
