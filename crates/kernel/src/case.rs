//! A case: one run of a procedure. Its state is the fold of its records and nothing else.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::clock::Clock;
use crate::record::{FileMark, Origin};
use crate::time::Instant;

/// Everything known of one case. Personal values are not here: `personal` says which record holds each.
#[derive(Debug, Clone, PartialEq)]
pub struct Case {
    /// The sequence number of its first record.
    pub id: u64,
    pub number: String,
    pub procedure: String,
    /// Pack version pinned when the case started: its structure stays this one.
    pub pack: String,
    pub state: String,
    /// Set in a terminal state, and never again changed.
    pub outcome: Option<String>,
    /// Party key or entry key, as the procedure's subject says.
    pub subject: Option<String>,
    /// The organ whose case it is (handlers may belong to others).
    pub organ: String,
    pub origin: Origin,
    /// When the opening act was done.
    pub opened: Instant,
    /// When the terminal state was reached.
    pub ended: Option<Instant>,
    /// Sequence number of the latest record: acts say which version they saw.
    pub version: u64,
    /// Escalation: 0 at first.
    pub level: u32,
    /// Rounds begin at 0; a reopening starts the next.
    pub round: u32,
    /// The headline field's text.
    pub headline: String,
    /// Whose desk it lies on, lead first. Rows of `holdings`.
    pub parts: Vec<Part>,
    /// When each timer rings next. Rows of `timers`.
    pub timers: BTreeMap<String, Instant>,
    pub detail: Detail,
}

/// What the `doc` column holds.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Detail {
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub fields: Map<String, Value>,
    /// Personal field -> sequence number of the record that binds its latest value.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub personal: BTreeMap<String, u64>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub clocks: BTreeMap<String, Clock>,
    /// Act name -> how often and last when, by whom.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub acts: BTreeMap<String, Done>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub files: BTreeMap<String, Vec<FileMark>>,
    /// What the party answered (`waived`, `asked`): answer -> sequence number.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub answers: BTreeMap<String, u64>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub instruments: BTreeMap<String, Issued>,
    /// The unit (`organ/unit`) that dispatched last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dispatcher: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub links: Vec<u64>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Done {
    pub times: u32,
    /// How often in the present round.
    pub in_round: u32,
    pub seq: u64,
    #[serde(with = "crate::time::moment")]
    pub at: Instant,
    /// Account of everybody who ever did it, sorted: separation of duties looks here.
    pub by: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Issued {
    pub seq: u64,
    pub number: String,
    /// RFC 3339, when the party received it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub received: Option<String>,
}

/// A unit that has the case on its desk. Part 0 leads; the others handle with it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    pub part: u32,
    pub organ: String,
    pub unit: String,
    /// Account of the person, once somebody took it.
    pub person: Option<String>,
    /// False once the part is done or the case has moved on; the unit may still read the case.
    pub open: bool,
    /// The true deadline on this desk: earliest due of the running clocks that bind it.
    pub due: Option<Instant>,
}
