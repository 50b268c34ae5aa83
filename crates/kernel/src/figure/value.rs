//! A figure's answer: the number, and everything that it opens onto.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value as Json;

use super::source::{Kind, Period};
use crate::procedure::definition::Text;
use crate::time::{self, Instant};

/// An exact amount.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Amount {
    Integer(i64),
    /// Decimal digits, such as `99.69`: rounded half-up from exact integers.
    Decimal(String),
    /// A word, such as an honour's grade.
    Text(String),
    /// Nothing to speak of: a share of nothing, the latest of none.
    Nothing,
}

impl Amount {
    /// The amount as JSON: a number, a text, or null.
    pub fn to_json(&self) -> Json {
        match self {
            Self::Integer(number) => (*number).into(),
            Self::Decimal(text) | Self::Text(text) => Json::String(text.clone()),
            Self::Nothing => Json::Null,
        }
    }
}

/// What a row is.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum RowOf {
    Case {
        procedure: String,
        id: u64,
    },
    Entry {
        register: String,
        key: String,
        version: u32,
    },
    /// An item of the pack; no record made it, so its row bears the sequence number 0 and the cut-off.
    Item {
        id: String,
    },
}

/// One thing that was counted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Row {
    pub of: RowOf,
    /// The case's number or the entry's key.
    pub number: String,
    /// What people call it; empty for entries.
    pub headline: String,
    /// The record that made it count.
    pub seq: u64,
    /// When that act was done.
    #[serde(with = "time::moment")]
    pub at: Instant,
    /// The act, or the state at the cut-off, that made it count.
    pub what: String,
    pub kind: Kind,
    /// What it adds: the summed integer, whole seconds of a duration, milliseconds of a span.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub amount: Option<i64>,
    /// In a share: whether it is among those that meet the condition.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub met: Option<bool>,
}

/// A figure with its answer.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Value {
    pub id: String,
    pub title: Text,
    /// One sentence: what is counted.
    pub definition: Text,
    pub unit: Text,
    pub scope: String,
    pub value: Amount,
    /// How many of the rows were born where.
    pub kinds: BTreeMap<Kind, u64>,
    /// For a ratio: the two figures that it divides.
    pub made_of: Vec<String>,
    pub rows: Vec<Row>,
    pub period: Period,
    /// Records from this sequence number on were not looked at.
    pub upto_seq: u64,
    pub public: bool,
    /// The exact integer behind the value, before rounding and units: what ratios divide.
    #[serde(skip)]
    pub(super) exact: Option<i128>,
}

impl Value {
    /// The kinds in one word each, joined by `+`: `counted`, `mirrored`, `counted+mirrored`. Nothing counted is `counted`.
    pub fn kind(&self) -> String {
        let names = self.kinds.iter().filter(|(_, rows)| **rows > 0).map(|(kind, _)| match kind {
            Kind::Counted => "counted",
            Kind::Mirrored => "mirrored",
            Kind::Attested => "attested",
        });
        let names: Vec<&str> = names.collect();
        if names.is_empty() { "counted".to_owned() } else { names.join("+") }
    }
}
