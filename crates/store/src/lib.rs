//! Where records live: one trait, SQLite and PostgreSQL behind it, one conformance suite.
//!
//! Durability promise: when [`Store::commit`] returns `Ok`, everything in the batch survives a killed process and a pulled plug; when it
//! returns an error, nothing of it is there. Nothing here decides anything: the office hands over finished records.

mod batch;
mod query;

pub use batch::{Batch, Fence, FileRow, KeyRow, ReadingRecord, RowChange, SearchDoc, StoredRecord, TileRow, VaultRow};
pub use query::{
    Band, BandCounts, Draft, EntryPage, EntryQuery, Hits, InboxPage, InboxQuery, InboxRow, Log, Operation, Position,
    Session, Step, StoredCase,
};

use async_trait::async_trait;
use guiju_kernel::rows::{CaseRow, EntryRow};

/// What can go wrong below; each says whether trying again may help.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Disk full, database gone, connection lost: nothing was stored; try again when it is mended.
    #[error("the store cannot write now: {0}")]
    Unavailable(String),
    /// Another process holds the lease or the lock.
    #[error("another process is writing to this data: {0}")]
    Locked(String),
    /// The fence was overtaken: this process must stop writing.
    #[error("this process lost its lease to another")]
    Fenced,
    /// The data are not what this program writes.
    #[error("the data are damaged: {0}")]
    Damaged(String),
    /// The data were written by a newer program.
    #[error("the data were written by a newer version: {0}")]
    Newer(String),
}

pub type Result<T> = std::result::Result<T, StoreError>;

/// One data folder or database.
#[async_trait]
pub trait Store: Send + Sync {
    // --- writing: one writer at a time, fenced -------------------------------------------------------------------
    /// Takes the writer's lease; refused while another live holder has it.
    async fn take_lease(&self, holder: &str, now_ms: i64) -> Result<Fence>;
    async fn renew_lease(&self, fence: &Fence, now_ms: i64) -> Result<()>;
    async fn release_lease(&self, fence: &Fence) -> Result<()>;
    /// All or nothing, durable on return. Set-based: a handful of statements whatever the batch's size.
    async fn commit(&self, fence: &Fence, batch: &Batch) -> Result<()>;

    // --- where the logs stand -------------------------------------------------------------------------------------
    async fn position(&self, log: Log) -> Result<Position>;
    async fn tile(&self, log: Log, level: u32, index: u64) -> Result<Option<Vec<u8>>>;
    /// Records `from..until` in order (at most `until - from`).
    async fn records(&self, log: Log, from: u64, until: u64) -> Result<Vec<StoredRecord>>;
    async fn checkpoint(&self, log: Log, size: Option<u64>) -> Result<Option<(u64, String)>>;
    async fn head(&self, log: Log) -> Result<Option<(u64, String)>>;

    // --- cases ----------------------------------------------------------------------------------------------------
    async fn case(&self, id: u64) -> Result<Option<StoredCase>>;
    async fn cases(&self, ids: &[u64]) -> Result<Vec<StoredCase>>;
    async fn case_by_number(&self, number: &str) -> Result<Option<u64>>;
    async fn records_of_case(&self, id: u64) -> Result<Vec<StoredRecord>>;
    /// Cases of a party, newest first, `before` exclusive.
    async fn cases_of(&self, party: &str, before: Option<u64>, limit: u32) -> Result<Vec<CaseRow>>;
    /// A page of cases of a procedure (all if `None`), newest first, `before` exclusive.
    async fn case_list(&self, procedure: Option<&str>, before: Option<u64>, limit: u32) -> Result<Vec<CaseRow>>;
    async fn inbox(&self, query: &InboxQuery) -> Result<InboxPage>;
    /// Exact, from the kept counters.
    async fn band_counts(&self, organ: &str, unit: &str, bands: &[Band]) -> Result<BandCounts>;
    /// Cases that hold all the phrases, newest first, seen only by `scope` (`organ/unit` tokens); at most 1,000 are counted.
    async fn search(&self, phrases: &[String], scope: Option<&str>, before: Option<u64>, limit: u32) -> Result<Hits>;
    /// Timers that ring before `before_ms`, earliest first.
    async fn timers_due(&self, before_ms: i64, limit: u32) -> Result<Vec<(i64, u64, String)>>;
    async fn next_timer(&self) -> Result<Option<i64>>;

    // --- registers ------------------------------------------------------------------------------------------------
    async fn entry(&self, register: &str, key: &str) -> Result<Option<EntryRow>>;
    async fn entry_history(&self, register: &str, key: &str) -> Result<Vec<EntryRow>>;
    async fn entries(&self, query: &EntryQuery) -> Result<EntryPage>;
    /// Every entry of a register in force at `at_ms` by the time of the act, recorded before `upto_seq`.
    async fn entries_at(&self, register: &str, at_ms: i64, upto_seq: u64) -> Result<Vec<EntryRow>>;
    async fn last_number(&self, series: &str) -> Result<u64>;
    async fn once(&self, token: &str) -> Result<Option<u64>>;

    // --- figures --------------------------------------------------------------------------------------------------
    /// Every step of every case of a procedure recorded before `upto_seq`, ordered by case and sequence.
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

    // --- ephemeral ------------------------------------------------------------------------------------------------
    async fn session(&self, id: &str) -> Result<Option<Session>>;
    async fn put_session(&self, session: &Session) -> Result<()>;
    async fn drop_session(&self, id: &str) -> Result<()>;
    async fn draft(&self, id: &str) -> Result<Option<Draft>>;
    async fn drafts_of(&self, owner: &str) -> Result<Vec<Draft>>;
    async fn put_draft(&self, draft: &Draft) -> Result<()>;
    async fn drop_draft(&self, id: &str) -> Result<()>;
    async fn log_operation(&self, operation: &Operation) -> Result<()>;
    async fn operations(&self, limit: u32) -> Result<Vec<Operation>>;
}
