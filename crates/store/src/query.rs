//! What is asked of the store and what comes back.

use guiju_kernel::rows::{CaseRow, EntryRow, HoldingRow, TimerRow};

use crate::PublicationRow;

/// The two trees.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Log {
    Events = 0,
    Readings = 1,
}

/// How far a log has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Position {
    /// Number of records; the next one bears this sequence number.
    pub size: u64,
    /// Time of the latest record, if any.
    pub last_recorded: Option<i64>,
}

/// A case with its desks (by part) and its timers (by name), as they stood at one moment.
#[derive(Debug, Clone, PartialEq)]
pub struct StoredCase {
    pub row: CaseRow,
    pub holdings: Vec<HoldingRow>,
    pub timers: Vec<TimerRow>,
}

/// A range of due moments, half-open, in milliseconds; `None` is unbounded. Holdings without a due moment are in no band.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Band {
    pub from: Option<i64>,
    pub until: Option<i64>,
}

/// Open holdings per band, in the order asked, and those without a due moment.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct BandCounts {
    pub bands: Vec<u64>,
    pub undated: u64,
}

/// Open holdings of one unit, by due moment (those without come last), then case, then part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InboxQuery {
    pub organ: String,
    pub unit: String,
    pub person: Option<String>,
    pub procedure: Option<String>,
    pub state: Option<String>,
    pub band: Option<Band>,
    /// Continue after this row (exclusive).
    pub after: Option<InboxCursor>,
    pub limit: u32,
}

/// A place in the inbox's order. One case may lie on a desk in two parts, hence all three.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InboxCursor {
    pub due: Option<i64>,
    pub case_id: u64,
    pub part: u32,
}

/// Open holdings whose due moment has passed, on several desks of one organ.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OverdueQuery {
    pub organ: String,
    pub units: Vec<String>,
    pub procedures: Vec<String>,
    /// Due before this moment (exclusive), in milliseconds.
    pub before: i64,
    /// So many holdings of each unit and procedure: those due the longest ago.
    pub most: u32,
}

#[derive(Debug, Clone, PartialEq)]
pub struct InboxRow {
    pub case: CaseRow,
    pub holding: HoldingRow,
}

impl InboxRow {
    /// The place of this row, to continue after it.
    pub fn cursor(&self) -> InboxCursor {
        InboxCursor { due: self.holding.due, case_id: self.holding.case_id, part: self.holding.part }
    }
}

#[derive(Debug, Clone, PartialEq, Default)]
pub struct InboxPage {
    pub rows: Vec<InboxRow>,
    pub more: bool,
}

/// Hits of a search, newest first; `counted` counts all hits of the query, stops at 1,000 and says so.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Hits {
    pub rows: Vec<CaseRow>,
    pub counted: u32,
    pub more_than_counted: bool,
}

/// Entries of a register in force, by key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EntryQuery {
    pub register: String,
    /// Part of the key, or of any text in the entry; ASCII letters match in either case.
    pub contains: Option<String>,
    /// Continue after this key (exclusive).
    pub after: Option<String>,
    pub limit: u32,
}

#[derive(Debug, Clone, PartialEq, Default)]
pub struct EntryPage {
    pub rows: Vec<EntryRow>,
    pub more: bool,
}

/// A place in the public list, newest first. Publications of one moment are told apart by case and name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicationCursor {
    /// When it was published; in the list of what is owed: until when it is due.
    pub at: i64,
    pub case_id: u64,
    pub what: String,
}

/// What stands in public, newest first.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PublishedQuery {
    pub kind: Option<String>,
    /// Published in this range, half-open, in milliseconds.
    pub from: Option<i64>,
    pub until: Option<i64>,
    /// Only these parties'; `None` is everybody's, an empty list nobody's.
    pub parties: Option<Vec<String>>,
    pub case: Option<u64>,
    /// Continue after this place (exclusive).
    pub after: Option<PublicationCursor>,
    pub limit: u32,
}

/// What an organ still has to publish, the most urgent first.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct OwedQuery {
    pub organ: String,
    /// Only cases on this unit's desk; `None` is every desk.
    pub unit: Option<String>,
    /// Continue after this place (exclusive).
    pub after: Option<PublicationCursor>,
    pub limit: u32,
}

#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PublicationPage {
    pub rows: Vec<PublicationRow>,
    pub more: bool,
}

/// One step of one case, for figures. `state` is the state after it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    pub case_id: u64,
    pub seq: u64,
    pub act: String,
    pub state: String,
    pub done: i64,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    pub id: String,
    pub account: String,
    /// JSON.
    pub data: String,
    pub expires: i64,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    pub id: String,
    /// Account or party that writes it.
    pub owner: String,
    pub procedure: String,
    /// JSON: fields typed so far.
    pub data: String,
    pub updated: i64,
}

/// A line of the operations log: refusals, sign-ins, faults.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Operation {
    pub at: i64,
    pub kind: String,
    pub account: Option<String>,
    pub text: String,
}
