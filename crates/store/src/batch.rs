//! What one commit writes.

use guiju_kernel::rows::{CaseRow, EntryRow, ErasedRow, HoldingRow, NumberRow, OnceRow, TimerRow};

/// Proof that this process held the lease when it began to write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fence {
    pub holder: String,
    pub number: i64,
}

/// A record as stored: canonical bytes with its salt, and the columns drawn out of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredRecord {
    pub seq: u64,
    pub case_id: Option<u64>,
    pub act: String,
    pub state: Option<String>,
    pub done: i64,
    pub recorded: i64,
    pub bytes: String,
    pub salt: [u8; 32],
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadingRecord {
    pub seq: u64,
    pub recorded: i64,
    pub bytes: String,
    pub salt: [u8; 32],
}

/// The final state of one folded row after the batch; rows touched twice appear once.
#[derive(Debug, Clone, PartialEq)]
pub enum RowChange {
    Case(Box<CaseRow>),
    Holding(HoldingRow),
    /// Timers come and go: `None` deletes.
    Timer {
        case_id: u64,
        name: String,
        row: Option<TimerRow>,
    },
    Entry(EntryRow),
    Number(NumberRow),
    Once(OnceRow),
    Erased(ErasedRow),
    DropHolding {
        case_id: u64,
        part: u32,
    },
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VaultRow {
    pub seq: u64,
    pub field: String,
    pub party: String,
    pub sealed: Vec<u8>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyRow {
    pub party: String,
    /// `None` drops the key: erasure.
    pub wrapped: Option<Vec<u8>>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileRow {
    pub stored: String,
    pub party: String,
    pub content: Vec<u8>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TileRow {
    pub log: super::Log,
    pub level: u32,
    pub index: u64,
    pub data: Vec<u8>,
}

/// Tokens for the full-text index; replaces what was there for the case. `None` drops it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SearchDoc {
    pub case_id: u64,
    pub tokens: Option<String>,
}

/// Everything that becomes durable together.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Batch {
    pub records: Vec<StoredRecord>,
    pub readings: Vec<ReadingRecord>,
    pub rows: Vec<RowChange>,
    /// Differences to the kept counters: (organ, unit, day) -> change.
    pub counts: Vec<(String, String, i64, i64)>,
    pub vault: Vec<VaultRow>,
    pub keys: Vec<KeyRow>,
    pub files: Vec<FileRow>,
    pub packs: Vec<(String, Vec<u8>)>,
    pub tiles: Vec<TileRow>,
    /// (log, size, note): the signed heads after this batch.
    pub heads: Vec<(super::Log, u64, String)>,
    /// Heads that are published for ever.
    pub checkpoints: Vec<(super::Log, u64, String)>,
    pub search: Vec<SearchDoc>,
}
