//! Where records live: one trait, SQLite and PostgreSQL behind it, one conformance suite.
//!
//! Durability promise: when [`Store::commit`] returns `Ok`, everything in the batch survives a killed process and a pulled plug; when it
//! returns an error other than [`StoreError::Uncertain`], nothing of it is there. Nothing here decides anything: the office hands over
//! finished records. What is refused is what no correct office would hand over: a gap in a log, a record older than the one before it,
//! a number given twice ([`StoreError::Rejected`]). Tables: `docs/formats/tables.md`; why they are as they are: ADR 0060 to 0064.

#![expect(
    clippy::duplicate_mod,
    reason = "what both backends share is written once in `both/` and compiled for each, without generics"
)]

pub mod bare;
mod batch;
mod checked;
mod open;
mod postgres;
mod query;
mod sqlite;

pub use batch::{
    Batch, Fence, FileRow, KeyRow, PublicationDoc, PublicationRow, ReadingRecord, RowChange, SearchDoc, StoredRecord,
    TileRow, VaultRow, day_of, scope_token,
};
pub use open::{Mode, Target, open};
pub use query::{
    Band, BandCounts, Draft, EntryPage, EntryQuery, Hits, InboxCursor, InboxPage, InboxQuery, InboxRow, Log, Operation,
    OverdueQuery, OwedQuery, Position, PublicationCursor, PublicationPage, PublishedQuery, Session, Step, StoredCase,
};

use async_trait::async_trait;
use guiju_kernel::rows::{CaseRow, EntryRow};
use guiju_text::SearchQuery;

/// How long a lease holds after it was taken or renewed, in milliseconds.
pub const LEASE_MS: i64 = 15_000;

/// Hits are counted up to here.
pub const HITS_COUNTED_MAX: u32 = 1_000;

/// What can go wrong below; each says whether trying again may help.
#[derive(Debug, Clone, thiserror::Error)]
pub enum StoreError {
    /// Disk full, database gone, connection lost: nothing was stored; try again when it is mended.
    #[error("the store cannot write or read now: {0}")]
    Unavailable(String),
    /// The connection was lost while committing: it is not known whether the batch was stored. Stop, and read where the logs stand.
    #[error("it is not known whether the last commit was stored: {0}")]
    Uncertain(String),
    /// Another process holds the lease or the lock.
    #[error("another process is writing to this data: {0}")]
    Locked(String),
    /// The fence was overtaken: this process must stop writing.
    #[error("this process lost its lease to another")]
    Fenced,
    /// The batch breaks a rule that every batch must keep: a fault in the program; nothing was stored, and trying again will not help.
    #[error("the batch breaks a rule of the store: {0}")]
    Rejected(String),
    /// There are no data at the place that was named.
    #[error("there are no data here: {0}")]
    Missing(String),
    /// The data are not what this program writes.
    #[error("the data are damaged: {0}")]
    Damaged(String),
    /// The data were written by an older program, and this opening may not bring them up to date.
    #[error("the data were written by an older version; open them once for writing: {0}")]
    Older(String),
    /// The data were written by a newer program.
    #[error("the data were written by a newer version: {0}")]
    Newer(String),
}

pub type Result<T> = std::result::Result<T, StoreError>;

/// One data folder or database.
#[async_trait]
pub trait Store: Send + Sync {
    // --- writing: one writer at a time, fenced -------------------------------------------------------------------
    /// Takes the writer's lease; refused while another live holder has it ([`LEASE_MS`]). Taking it again overtakes one's own older
    /// fence. `now_ms` is the machine's clock, never a simulated one.
    async fn take_lease(&self, holder: &str, now_ms: i64) -> Result<Fence>;
    /// Makes the lease last [`LEASE_MS`] from `now_ms`; [`StoreError::Fenced`] once another has it.
    async fn renew_lease(&self, fence: &Fence, now_ms: i64) -> Result<()>;
    /// Gives the lease back, so that the next holder need not wait; nothing happens when another has it already.
    async fn release_lease(&self, fence: &Fence) -> Result<()>;
    /// All or nothing, durable on return. Set-based: a handful of statements whatever the batch's size.
    ///
    /// Records continue their log without a gap and never run backwards in `recorded`. Files and packs that are there already, and
    /// heads already published at the same size, are left as they are. Do not drop the future before it has answered.
    async fn commit(&self, fence: &Fence, batch: &Batch) -> Result<()>;

    // --- where the logs stand -------------------------------------------------------------------------------------
    async fn position(&self, log: Log) -> Result<Position>;
    async fn tile(&self, log: Log, level: u32, index: u64) -> Result<Option<Vec<u8>>>;
    /// Records `from..until` in order (at most `until - from`). Readings have no case, act or state, and `done` is `recorded`.
    async fn records(&self, log: Log, from: u64, until: u64) -> Result<Vec<StoredRecord>>;
    /// The head published at `size`, or the largest published one.
    async fn checkpoint(&self, log: Log, size: Option<u64>) -> Result<Option<(u64, String)>>;
    /// The signed head after the latest commit: size and note.
    async fn head(&self, log: Log) -> Result<Option<(u64, String)>>;

    // --- cases ----------------------------------------------------------------------------------------------------
    async fn case(&self, id: u64) -> Result<Option<StoredCase>>;
    /// Those of the cases that exist, by id.
    async fn cases(&self, ids: &[u64]) -> Result<Vec<StoredCase>>;
    async fn case_by_number(&self, number: &str) -> Result<Option<u64>>;
    async fn records_of_case(&self, id: u64) -> Result<Vec<StoredRecord>>;
    /// Cases of a party, newest first, `before` exclusive.
    async fn cases_of(&self, party: &str, before: Option<u64>, limit: u32) -> Result<Vec<CaseRow>>;
    /// A page of cases of a procedure (all if `None`), newest first, `before` exclusive.
    async fn case_list(&self, procedure: Option<&str>, before: Option<u64>, limit: u32) -> Result<Vec<CaseRow>>;
    async fn inbox(&self, query: &InboxQuery) -> Result<InboxPage>;
    /// Cases that are overdue on the desks asked for, each once, by id; in one question.
    async fn overdue(&self, query: &OverdueQuery) -> Result<Vec<StoredCase>>;
    /// Exact, from the kept counters.
    async fn band_counts(&self, organ: &str, unit: &str, bands: &[Band]) -> Result<BandCounts>;
    /// Cases that hold every term, newest first, `before` exclusive. `scope` is a [`scope_token`]: only cases that bear it are seen. A query
    /// without terms finds everything in its scope, and nothing without a scope. Never put personal values into the index: what was
    /// replaced lies in its pages until they are merged.
    async fn search(&self, query: &SearchQuery, scope: Option<&str>, before: Option<u64>, limit: u32) -> Result<Hits>;
    /// Timers that ring before `before_ms`, earliest first.
    async fn timers_due(&self, before_ms: i64, limit: u32) -> Result<Vec<(i64, u64, String)>>;
    async fn next_timer(&self) -> Result<Option<i64>>;

    // --- publications ---------------------------------------------------------------------------------------------
    /// What stands in public, newest first.
    async fn published(&self, query: &PublishedQuery) -> Result<PublicationPage>;
    /// What still has to be published, the most urgent first.
    async fn owed(&self, query: &OwedQuery) -> Result<PublicationPage>;
    /// The pack by which the publications were made; `None` where they were never made.
    async fn publications_made(&self) -> Result<Option<String>>;

    // --- registers ------------------------------------------------------------------------------------------------
    /// The version in force (`until` absent), if any; ended entries are in the history.
    async fn entry(&self, register: &str, key: &str) -> Result<Option<EntryRow>>;
    /// Every version, oldest first.
    async fn entry_history(&self, register: &str, key: &str) -> Result<Vec<EntryRow>>;
    /// The latest version of each of these entries that exists, in force or ended, in one question; in any order.
    async fn latest_entries(&self, register: &str, keys: &[String]) -> Result<Vec<EntryRow>>;
    async fn entries(&self, query: &EntryQuery) -> Result<EntryPage>;
    /// Every entry of a register in force at `at_ms` by the time of the act, as the records before `upto_seq` tell it, by key. (An end
    /// without a successor counts from its moment, whenever it was recorded: the row does not say which record ended it.)
    async fn entries_at(&self, register: &str, at_ms: i64, upto_seq: u64) -> Result<Vec<EntryRow>>;
    /// Every version of every entry of a register recorded before `upto_seq`, by key and version.
    async fn entry_versions(&self, register: &str, upto_seq: u64) -> Result<Vec<EntryRow>>;
    /// The last number given in the series; 0 before the first.
    async fn last_number(&self, series: &str) -> Result<u64>;
    /// The record to which a form's token led.
    async fn once(&self, token: &str) -> Result<Option<u64>>;
    /// Those of the tokens that are stored, in any order, in one question: what [`Store::once`] says of each.
    async fn once_of(&self, tokens: &[String]) -> Result<Vec<(String, u64)>>;

    // --- figures --------------------------------------------------------------------------------------------------
    /// Every step of every case of a procedure recorded before `upto_seq`, ordered by case and sequence. Narrow: meant for hundreds of
    /// thousands of rows.
    async fn steps(&self, procedure: &str, upto_seq: u64) -> Result<Vec<Step>>;
    /// Case rows of a procedure, ordered by id, from `after` (exclusive).
    async fn case_rows(&self, procedure: &str, after: Option<u64>, limit: u32) -> Result<Vec<CaseRow>>;

    // --- committed payloads ---------------------------------------------------------------------------------------
    async fn vault(&self, seq: u64, field: &str) -> Result<Option<VaultRow>>;
    /// Every payload of a party: what an erasure must name.
    async fn vault_of(&self, party: &str) -> Result<Vec<(u64, String)>>;
    async fn party_key(&self, party: &str) -> Result<Option<Vec<u8>>>;
    async fn file(&self, stored: &str) -> Result<Option<FileRow>>;
    async fn pack(&self, hash: &str) -> Result<Option<Vec<u8>>>;
    async fn pack_hashes(&self) -> Result<Vec<String>>;

    // --- ephemeral: kept through a killed process, the last seconds may be lost with the power; needs no lease ------------
    async fn session(&self, id: &str) -> Result<Option<Session>>;
    async fn put_session(&self, session: &Session) -> Result<()>;
    async fn drop_session(&self, id: &str) -> Result<()>;
    /// Drops sessions whose end lies before the moment; says how many.
    async fn drop_sessions_ended(&self, before_ms: i64) -> Result<u64>;
    async fn draft(&self, id: &str) -> Result<Option<Draft>>;
    /// Newest first.
    async fn drafts_of(&self, owner: &str) -> Result<Vec<Draft>>;
    async fn put_draft(&self, draft: &Draft) -> Result<()>;
    async fn drop_draft(&self, id: &str) -> Result<()>;
    async fn log_operation(&self, operation: &Operation) -> Result<()>;
    /// The latest lines, newest first.
    async fn operations(&self, limit: u32) -> Result<Vec<Operation>>;

    /// Closes connections and gives back the folder; afterwards the data lie in one file. The store answers no more.
    async fn close(&self);
}
