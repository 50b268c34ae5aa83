//! What an act left behind: one event of the ledger, its canonical form and its effect on the folded tables.
//!
//! The byte format is `docs/formats/record.md`. A record never holds a personal value: those lie encrypted in the vault, and the
//! record binds each by a salted hash.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::time::Instant;

/// Where an act was done.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// Here, through the office.
    #[default]
    Own,
    /// On another platform, imported as it happened there.
    Mirror {
        system: String,
        /// The number it bears there.
        number: String,
        /// Hash of the batch (file) it came in.
        batch: String,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ActorKind {
    Officer,
    Party,
    Timer,
    Import,
    /// The program itself: packs loaded, notices of holidays, checkpoints.
    System,
}

/// Who did it, as the record keeps it. Names of officers are looked up, not copied.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Doer {
    pub kind: ActorKind,
    /// Account of an officer, party key, name of a timer or batch.
    pub id: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub organ: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
}

/// One change of one row of a folded table.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Effect {
    /// Table name.
    #[serde(rename = "t")]
    pub table: Table,
    /// The row's key columns joined by `/`.
    #[serde(rename = "k")]
    pub key: String,
    /// RFC 7396 merge patch on the row as a JSON object; `None` deletes the row.
    #[serde(rename = "p")]
    pub patch: Option<Map<String, Value>>,
}

/// The folded tables; `docs/formats/tables.md` describes every column.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Table {
    Cases,
    Holdings,
    Timers,
    Entries,
    Numbers,
    Once,
    Erased,
}

/// An event. Sequence numbers start at 0 and have no gaps: `seq` is the entry's index in the tree.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Record {
    pub v: u32,
    pub seq: u64,
    /// When the act was done: clocks and figures go by this.
    #[serde(with = "crate::time::moment")]
    pub done: Instant,
    /// When it was recorded: the ledger goes by this, and it never runs backwards.
    #[serde(with = "crate::time::moment")]
    pub recorded: Instant,
    /// The organ and unit in whose name it was done.
    pub organ: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
    pub origin: Origin,
    /// The first is who recorded it.
    pub by: Vec<Doer>,
    pub act: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub basis: Vec<String>,
    /// Hash of the pack version under which it was decided.
    pub pack: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub case: Option<CaseStep>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub entry: Option<EntryStep>,
    /// What was given with the act (never personal values).
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub given: Map<String, Value>,
    /// Facts that were consulted: parameters with their values, cards, register entries.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub consulted: Map<String, Value>,
    /// Salted hash (hex) of each personal field given.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub personal: BTreeMap<String, String>,
    /// The party under whose key the personal fields and files lie.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub party: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub files: Vec<FileMark>,
    pub effects: Vec<Effect>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CaseStep {
    pub id: u64,
    pub procedure: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    pub to: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EntryStep {
    pub register: String,
    pub key: String,
    pub version: u32,
}

/// A file that came with an act: stored encrypted, bound by the hash of what is stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileMark {
    pub field: String,
    /// Hex SHA-256 of the stored (encrypted) bytes: the key of the `files` table.
    pub stored: String,
    pub bytes: u64,
    pub media: String,
}
