//! What figures are counted from, and up to where.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};

use crate::calendar::Calendar;
use crate::case::Case;
use crate::clock::Clock;
use crate::procedure::{ApplyError, apply};
use crate::record::{Origin, Record};
use crate::rows::{EntryDoc, EntryRow, RowError};
use crate::time::{self, Instant, midnight};

/// Half-open days in Beijing: `until` is the day after the cut-off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Period {
    pub from: Date,
    pub until: Date,
}

impl Period {
    /// The moment at which the period begins, itself included.
    pub fn start(self) -> Instant {
        midnight(self.from)
    }

    /// The moment at which it ends, itself excluded: the cut-off.
    pub fn end(self) -> Instant {
        midnight(self.until)
    }

    /// Says whether the moment lies within the period.
    pub fn holds(self, at: Instant) -> bool {
        self.start() <= at && at < self.end()
    }
}

/// How far one looks: acts done before `until`, among records below `upto_seq`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cut {
    pub until: Instant,
    pub upto_seq: u64,
}

impl Cut {
    /// Says whether a record lies before the cut.
    pub fn covers(self, seq: u64, done: Instant) -> bool {
        seq < self.upto_seq && done < self.until
    }

    /// Folds the records of one case, in order, up to the first that lies beyond the cut; nothing when the case begins after it.
    ///
    /// Only cases with such a record need this: of the others the case as it stands is the case at the cut.
    ///
    /// # Errors
    /// [`ApplyError`] when the records are not those of one case.
    pub fn fold<'r>(self, records: impl IntoIterator<Item = &'r Record>) -> Result<Option<Case>, ApplyError> {
        let covered = records.into_iter().take_while(|record| self.covers(record.seq, record.done));
        covered.map(Ok).try_fold(None, |case, record| record.and_then(|record| apply(case, record)).map(Some))
    }
}

/// Where the records behind a number were born.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Acts done here.
    Counted,
    /// Acts done on another platform and imported, with its number and the batch's hash.
    Mirrored,
    /// A source document with signatory and date.
    Attested,
}

/// A case as it was at the cut.
#[derive(Debug, Clone, PartialEq)]
pub struct CaseFacts {
    pub id: u64,
    pub number: String,
    pub headline: String,
    pub organ: String,
    pub subject: Option<String>,
    pub outcome: Option<String>,
    pub fields: Map<String, Json>,
    pub clocks: BTreeMap<String, Clock>,
    pub kind: Kind,
}

impl From<Case> for CaseFacts {
    fn from(case: Case) -> Self {
        Self {
            id: case.id,
            number: case.number,
            headline: case.headline,
            organ: case.organ,
            subject: case.subject,
            outcome: case.outcome,
            fields: case.detail.fields,
            clocks: case.detail.clocks,
            kind: if case.origin == Origin::Own { Kind::Counted } else { Kind::Mirrored },
        }
    }
}

impl CaseFacts {
    /// A field; `subject`, `organ` and `outcome` of the case where no field bears that name.
    pub(super) fn value(&self, field: &str) -> Option<Json> {
        let text = |text: &Option<String>| text.clone().map(Json::String);
        self.fields.get(field).cloned().or_else(|| match field {
            "subject" => text(&self.subject),
            "outcome" => text(&self.outcome),
            "organ" => Some(Json::String(self.organ.clone())),
            _ => None,
        })
    }
}

/// One step of one case. `state` is the state after it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    pub case: u64,
    pub seq: u64,
    pub act: String,
    pub state: String,
    pub done: Instant,
}

/// One version of one register entry.
#[derive(Debug, Clone, PartialEq)]
pub struct EntryFacts {
    pub register: String,
    pub key: String,
    pub version: u32,
    pub seq: u64,
    pub since: Instant,
    /// The version that ends the entry: in force at no moment.
    pub ends: bool,
    pub fields: Map<String, Json>,
    pub kind: Kind,
}

impl EntryFacts {
    /// Reads a row.
    ///
    /// # Errors
    /// [`RowError`] when the row is not what this program writes.
    pub fn of(row: EntryRow, kind: Kind) -> Result<Self, RowError> {
        let doc: EntryDoc = serde_json::from_value(row.doc)?;
        Ok(Self {
            register: row.register,
            key: row.key,
            version: row.version,
            seq: row.seq,
            since: time::from_millis(row.since)?,
            ends: row.until == Some(row.since),
            fields: doc.fields,
            kind,
        })
    }

    /// A field; `key` of the entry where no field bears that name.
    pub(super) fn value(&self, field: &str) -> Option<Json> {
        let key = || (field == "key").then(|| Json::String(self.key.clone()));
        self.fields.get(field).cloned().or_else(key)
    }
}

/// One item of the organ's published list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ItemFacts {
    pub id: String,
    pub title: String,
    pub procedure: String,
    pub online: bool,
}

/// What the office lays before the figures. All of it from records below the checkpoint's sequence number.
pub trait Source {
    /// Every case of the procedure as it was at the cut (see [`Cut::fold`]), in any order.
    fn cases(&self, procedure: &str) -> &[CaseFacts];
    /// Every step of those cases, ordered by case and sequence number; steps done after the cut may be among them.
    fn steps(&self, procedure: &str) -> &[Step];
    /// The names of the acts that bear this name or tag in any version of the procedure.
    fn acts(&self, procedure: &str, name: &str) -> Vec<String>;
    /// Every version of every entry of the register, in any order. When a version ended is told by the one that follows it.
    fn entries(&self, register: &str) -> &[EntryFacts];
    /// The organ's published items.
    fn items(&self) -> Vec<ItemFacts> {
        Vec::new()
    }
    /// The value of a parameter in force just before the moment, as packs keep it.
    fn param(&self, name: &str, at: Instant) -> Option<Json> {
        let _ = (name, at);
        None
    }
    /// The calendar by which clocks are counted.
    fn calendar(&self) -> Option<&Calendar>;
}
