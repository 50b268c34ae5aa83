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
    /// The payload leaves the vault with it.
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

/// Tokens for the full-text index, joined by spaces: those of `guiju_text::index_text` and the [`scope_token`] of every unit that may find
/// the case. Never personal values. Replaces what was there for the case. `None` drops it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SearchDoc {
    pub case_id: u64,
    pub tokens: Option<String>,
}

/// One publication that is owed or stands in public (`docs/formats/tables.md`). Moments are milliseconds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicationRow {
    pub case_id: u64,
    /// What has to be published, as the duty names it: one of a name in a case.
    pub what: String,
    /// Kind of publication, an id of the pack's.
    pub kind: String,
    pub organ: String,
    /// The party under which anybody finds it; `None` where it is not named in public.
    pub party: Option<String>,
    /// Until when it has to be published (exclusive); `None` where nothing is owed.
    pub due: Option<i64>,
    /// When it was published; `None` where it does not stand in public.
    pub published: Option<i64>,
}

/// Every publication of a case: replaces what was there for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicationDoc {
    pub case_id: u64,
    pub rows: Vec<PublicationRow>,
}

/// Everything that becomes durable together.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Batch {
    pub records: Vec<StoredRecord>,
    pub readings: Vec<ReadingRecord>,
    pub rows: Vec<RowChange>,
    /// Differences to the kept counters: (organ, unit, day) -> change; [`Batch::count_holding`] adds them.
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
    pub publications: Vec<PublicationDoc>,
    /// The pack by which every case's publications stand in their table once this batch is stored.
    pub publications_made: Option<String>,
}

impl Batch {
    /// Adds what one holding's change means for the kept counters: `before` and `after` are the row as it was and as it will be.
    pub fn count_holding(&mut self, before: Option<&HoldingRow>, after: Option<&HoldingRow>) {
        for (row, change) in [(before, -1), (after, 1)] {
            if let Some(row) = row.filter(|row| row.open == 1) {
                self.counts.push((row.organ.clone(), row.unit.clone(), day_of(row.due), change));
            }
        }
    }
}

/// The day of `counts` under which a due moment is counted: days since 1970-01-01 at +08:00; -1 for none.
pub fn day_of(due_ms: Option<i64>) -> i64 {
    due_ms.map_or(-1, |due| due.saturating_add(BEIJING_MS).div_euclid(DAY_MS))
}

pub(crate) const DAY_MS: i64 = 86_400_000;
/// Beijing time is eight hours ahead of UTC on every covered day.
pub(crate) const BEIJING_MS: i64 = 8 * 3_600_000;

/// The token by which the cases that a unit may see are found: ASCII letters only, as text tokens are (ADR 0030), and none of theirs,
/// which begin with h, u or w.
pub fn scope_token(organ: &str, unit: &str) -> String {
    let mut token = String::from("s");
    for byte in organ.bytes().chain([b'/']).chain(unit.bytes()) {
        token.push(char::from(b'a' + (byte >> 4)));
        token.push(char::from(b'a' + (byte & 15)));
    }
    token
}
