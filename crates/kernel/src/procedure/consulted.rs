//! What a decision looked up: copied into the record, so that it can be understood, and decided again, without the registers.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use super::proposal::{Card, Context, ParamValue};
use crate::rows::EntryRow;
use crate::time::{Instant, to_millis};

/// Everything looked up so far.
#[derive(Debug, Default)]
pub(super) struct Consulted {
    params: BTreeMap<String, ParamValue>,
    cards: BTreeMap<String, (String, String)>,
    entries: BTreeSet<(String, String, u32)>,
    /// Names that the pack refers to and nothing defines: whatever depends on them is refused.
    pub(super) missing: Vec<String>,
}

impl Consulted {
    /// Looks up a dated parameter, and notes it.
    pub(super) fn param(&mut self, ctx: &Context<'_>, name: &str, at: Instant) -> Option<ParamValue> {
        if let Some(known) = self.params.get(name) {
            return Some(known.clone());
        }
        let Some(found) = ctx.facts.param(name, at) else {
            self.missing.push(name.to_owned());
            return None;
        };
        self.params.insert(name.to_owned(), found.clone());
        Some(found)
    }

    /// Looks up a register entry in force at the moment, and notes its version.
    pub(super) fn entry(&mut self, ctx: &Context<'_>, register: &str, key: &str, at: Instant) -> Option<EntryRow> {
        let at = to_millis(at);
        let row = ctx.facts.entry(register, key)?;
        if row.until.is_some_and(|until| until <= at) {
            return None;
        }
        self.entries.insert((register.to_owned(), key.to_owned(), row.version));
        Some(row)
    }

    pub(super) fn card(&mut self, person: &str, card: &Card) {
        self.cards.insert(person.to_owned(), (card.kind.clone(), card.number.clone()));
    }

    /// The record's `consulted` member. Keys that people chose stand as values: member names are ASCII.
    pub(super) fn into_members(self) -> Map<String, Value> {
        let mut members = Map::new();
        if !self.params.is_empty() {
            let of = |param: ParamValue| {
                let mut said = Map::new();
                said.insert("value".to_owned(), param.value);
                said.insert("source".to_owned(), param.source.into());
                if let Some(article) = param.article {
                    said.insert("article".to_owned(), article.into());
                }
                Value::Object(said)
            };
            let params: Map<String, Value> = self.params.into_iter().map(|(name, param)| (name, of(param))).collect();
            members.insert("params".to_owned(), params.into());
        }
        if !self.cards.is_empty() {
            let of = |(person, (kind, number))| json!({"person": person, "kind": kind, "number": number});
            members.insert("cards".to_owned(), self.cards.into_iter().map(of).collect());
        }
        if !self.entries.is_empty() {
            let of = |(register, key, version)| json!({"register": register, "key": key, "version": version});
            members.insert("entries".to_owned(), self.entries.into_iter().map(of).collect());
        }
        members
    }
}
