//! Rows of the folded tables as records' effects speak of them; columns are described in `docs/formats/tables.md`.
//!
//! A row's JSON object has one member per column; an absent member is NULL; `doc` is a JSON object here and canonical JSON text
//! in the database. Times are integer milliseconds since 1970-01-01T00:00Z.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

mod of_case;
mod patch;

pub use of_case::{CaseRows, RowError, case_from, holdings_of, of_case};
pub(crate) use of_case::{holding, members, timer};
pub(crate) use patch::diff_value;
pub use patch::{diff, merge_patch};

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CaseRow {
    pub id: u64,
    pub number: String,
    pub procedure: String,
    pub pack: String,
    pub state: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outcome: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    pub organ: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub origin_system: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub origin_number: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub origin_batch: Option<String>,
    pub opened: i64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended: Option<i64>,
    pub version: u64,
    pub level: u32,
    pub round: u32,
    pub headline: String,
    pub doc: Value,
}

/// Key: `case_id/part`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HoldingRow {
    pub case_id: u64,
    pub part: u32,
    pub organ: String,
    pub unit: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub person: Option<String>,
    /// 0 or 1.
    pub open: u8,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due: Option<i64>,
}

/// Key: `case_id/name`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TimerRow {
    pub case_id: u64,
    pub name: String,
    pub at: i64,
}

/// One version of one register entry. Key: `register/key/version`. `doc` is an [`EntryDoc`].
///
/// An entry that ends gets a last version whose `until` equals its `since`: it is in force at no moment, and says which record
/// ended the entry.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct EntryRow {
    pub register: String,
    pub key: String,
    pub version: u32,
    /// When this version was made (time of the act), and when the next one or its end took over (exclusive).
    pub since: i64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<i64>,
    pub seq: u64,
    pub doc: Value,
}

/// What the `doc` column of an entry holds.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct EntryDoc {
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub fields: Map<String, Value>,
    /// Personal field -> sequence number of the record that binds its latest value.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub personal: BTreeMap<String, u64>,
}

/// Key: `series`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NumberRow {
    pub series: String,
    pub last: u64,
}

/// A form's token and the record it led to: the second submission of the same form finds it. Key: `token`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OnceRow {
    pub token: String,
    pub seq: u64,
}

/// A personal payload that was erased: key `seq/field`; `by_seq` is the erasing act.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ErasedRow {
    pub seq: u64,
    pub field: String,
    pub by_seq: u64,
}
