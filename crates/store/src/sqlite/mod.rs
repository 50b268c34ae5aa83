//! One data folder: SQLite in WAL, every commit synced, one writing connection and a few readers (ADR 0060).
//!
//! The lock file keeps a second writing process out; the lease row keeps an older writer of this process out, as on PostgreSQL.

mod ephemeral;
mod error;
mod lease;
mod multirow;
mod schema;
mod search;
mod steps;
mod write;
mod write_payloads;
mod write_rows;

#[path = "../reads/cases.rs"]
mod cases;
#[path = "../reads/ephemeral.rs"]
mod ephemeral_reads;
#[path = "../reads/inbox.rs"]
mod inbox;
#[path = "../reads/logs.rs"]
mod logs;
#[path = "../reads/payloads.rs"]
mod payloads;
#[path = "../reads/registers.rs"]
mod registers;
#[path = "../reads/rows.rs"]
mod rows;

use std::fs::{File, TryLockError};
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use async_trait::async_trait;
use guiju_kernel::rows::{CaseRow, EntryRow};
use guiju_text::SearchQuery;
use sqlx::SqlitePool;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};

use crate::{
    Band, BandCounts, Batch, Draft, EntryPage, EntryQuery, Fence, FileRow, Hits, InboxPage, InboxQuery, Log, Mode,
    Operation, Position, Result, Session, Step, Store, StoreError, StoredCase, StoredRecord, VaultRow,
};
use error::failed;

type Db = sqlx::Sqlite;
type DbRow = sqlx::sqlite::SqliteRow;

/// The cases `c` whose ids stand in the JSON array bound as `$1`, looked up one by one.
const CASES_BY_IDS: &str = "json_each($1) j CROSS JOIN cases c WHERE c.id = j.value";
const HOLDINGS_OF_CASE: &str = "SELECT json_group_array(json_array(h.part, h.organ, h.unit, h.person, h.open, h.due)) \
                                FROM holdings h WHERE h.case_id = c.id";
const TIMERS_OF_CASE: &str = "SELECT json_group_array(json_array(t.name, t.at)) FROM timers t WHERE t.case_id = c.id";
/// Narrows entries `e` to those whose key holds `$4` or whose JSON text holds `$5`, ASCII letters in either case.
const ENTRY_TEXT_CONTAINS: &str = "AND (instr(lower(e.key), $4) > 0 OR instr(lower(e.doc), $5) > 0)";

/// The database's name in the data folder.
pub(crate) const DATABASE: &str = "guiju.sqlite";
const LOCK: &str = "lock";
const READERS: u32 = 4;
/// Pages of WAL that gather before they are folded into the database: 32 MiB, so that one fold serves several large batches.
const WAL_PAGES: &str = "8192";

pub(crate) struct SqliteStore {
    /// One connection, so that writers queue here and never spin on SQLite's lock. In [`Mode::Read`] it cannot write.
    writer: SqlitePool,
    readers: SqlitePool,
    /// A key was dropped, and its bytes may still lie in the WAL.
    wal_owes_truncation: AtomicBool,
    lock: Mutex<Option<File>>,
}

impl SqliteStore {
    pub(crate) async fn open(folder: &Path, mode: Mode) -> Result<Self> {
        let lock = match mode {
            Mode::Write => Some(locked(folder)?),
            Mode::Read if !folder.join(DATABASE).is_file() => {
                return Err(StoreError::Missing(folder.display().to_string()));
            }
            Mode::Read => None,
        };
        let options = options(folder);
        let writing = options.clone().create_if_missing(mode == Mode::Write).read_only(mode == Mode::Read);
        let writer = pool(1).connect_with(writing).await.map_err(failed)?;
        match mode {
            Mode::Write => {
                schema::update(&writer).await?;
                // Whoever held the lease before held the lock too, and is gone.
                lease::vacate(&writer).await?;
            }
            Mode::Read => schema::examine(&writer).await?,
        }
        let readers = pool(READERS).connect_with(options.read_only(true)).await.map_err(failed)?;
        Ok(Self { writer, readers, wal_owes_truncation: AtomicBool::new(false), lock: Mutex::new(lock) })
    }
}

fn locked(folder: &Path) -> Result<File> {
    let named = |error: std::io::Error| StoreError::Unavailable(format!("`{}`: {error}", folder.display()));
    std::fs::create_dir_all(folder).map_err(named)?;
    let path = folder.join(LOCK);
    let file = File::options().create(true).append(true).open(path).map_err(named)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(StoreError::Locked(format!("`{}`", folder.display()))),
        Err(TryLockError::Error(error)) => Err(named(error)),
    }
}

fn options(folder: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(folder.join(DATABASE))
        .journal_mode(SqliteJournalMode::Wal)
        // Acknowledged means durable: every commit waits for the disk.
        .synchronous(SqliteSynchronous::Full)
        // What is deleted is overwritten: a dropped key must not be found in free pages.
        .pragma("secure_delete", "ON")
        .pragma("wal_autocheckpoint", WAL_PAGES)
        .pragma("cache_size", "-32768")
        .pragma("temp_store", "MEMORY")
        .foreign_keys(true)
        .busy_timeout(Duration::from_secs(10))
        .statement_cache_capacity(256)
        .row_buffer_size(1024)
}

fn pool(connections: u32) -> SqlitePoolOptions {
    SqlitePoolOptions::new()
        .max_connections(connections)
        .min_connections(connections)
        .idle_timeout(None)
        .max_lifetime(None)
        .test_before_acquire(false)
        .acquire_timeout(Duration::from_secs(30))
}

#[async_trait]
impl Store for SqliteStore {
    async fn take_lease(&self, holder: &str, now_ms: i64) -> Result<Fence> {
        lease::take(&self.writer, holder, now_ms).await
    }
    async fn renew_lease(&self, fence: &Fence, now_ms: i64) -> Result<()> {
        lease::renew(&self.writer, fence, now_ms).await
    }
    async fn release_lease(&self, fence: &Fence) -> Result<()> {
        lease::release(&self.writer, fence).await
    }
    async fn commit(&self, fence: &Fence, batch: &Batch) -> Result<()> {
        write::commit(self, fence, batch).await
    }

    async fn position(&self, log: Log) -> Result<Position> {
        logs::position(&self.readers, log).await
    }
    async fn tile(&self, log: Log, level: u32, index: u64) -> Result<Option<Vec<u8>>> {
        logs::tile(&self.readers, log, level, index).await
    }
    async fn records(&self, log: Log, from: u64, until: u64) -> Result<Vec<StoredRecord>> {
        logs::records(&self.readers, log, from, until).await
    }
    async fn checkpoint(&self, log: Log, size: Option<u64>) -> Result<Option<(u64, String)>> {
        logs::checkpoint(&self.readers, log, size).await
    }
    async fn head(&self, log: Log) -> Result<Option<(u64, String)>> {
        logs::head(&self.readers, log).await
    }

    async fn case(&self, id: u64) -> Result<Option<StoredCase>> {
        Ok(cases::cases(&self.readers, &[id]).await?.pop())
    }
    async fn cases(&self, ids: &[u64]) -> Result<Vec<StoredCase>> {
        cases::cases(&self.readers, ids).await
    }
    async fn case_by_number(&self, number: &str) -> Result<Option<u64>> {
        cases::case_by_number(&self.readers, number).await
    }
    async fn records_of_case(&self, id: u64) -> Result<Vec<StoredRecord>> {
        logs::records_of_case(&self.readers, id).await
    }
    async fn cases_of(&self, party: &str, before: Option<u64>, limit: u32) -> Result<Vec<CaseRow>> {
        cases::cases_of(&self.readers, party, before, limit).await
    }
    async fn case_list(&self, procedure: Option<&str>, before: Option<u64>, limit: u32) -> Result<Vec<CaseRow>> {
        cases::case_list(&self.readers, procedure, before, limit).await
    }
    async fn inbox(&self, query: &InboxQuery) -> Result<InboxPage> {
        inbox::inbox(&self.readers, query).await
    }
    async fn band_counts(&self, organ: &str, unit: &str, bands: &[Band]) -> Result<BandCounts> {
        inbox::band_counts(&self.readers, organ, unit, bands).await
    }
    async fn search(&self, query: &SearchQuery, scope: Option<&str>, before: Option<u64>, limit: u32) -> Result<Hits> {
        search::search(&self.readers, query, scope, before, limit).await
    }
    async fn timers_due(&self, before_ms: i64, limit: u32) -> Result<Vec<(i64, u64, String)>> {
        cases::timers_due(&self.readers, before_ms, limit).await
    }
    async fn next_timer(&self) -> Result<Option<i64>> {
        cases::next_timer(&self.readers).await
    }

    async fn entry(&self, register: &str, key: &str) -> Result<Option<EntryRow>> {
        registers::entry(&self.readers, register, key).await
    }
    async fn entry_history(&self, register: &str, key: &str) -> Result<Vec<EntryRow>> {
        registers::entry_history(&self.readers, register, key).await
    }
    async fn entries(&self, query: &EntryQuery) -> Result<EntryPage> {
        registers::entries(&self.readers, query).await
    }
    async fn entries_at(&self, register: &str, at_ms: i64, upto_seq: u64) -> Result<Vec<EntryRow>> {
        registers::entries_at(&self.readers, register, at_ms, upto_seq).await
    }
    async fn last_number(&self, series: &str) -> Result<u64> {
        registers::last_number(&self.readers, series).await
    }
    async fn once(&self, token: &str) -> Result<Option<u64>> {
        registers::once(&self.readers, token).await
    }

    async fn steps(&self, procedure: &str, upto_seq: u64) -> Result<Vec<Step>> {
        steps::steps(&self.readers, procedure, upto_seq).await
    }
    async fn case_rows(&self, procedure: &str, after: Option<u64>, limit: u32) -> Result<Vec<CaseRow>> {
        cases::case_rows(&self.readers, procedure, after, limit).await
    }

    async fn vault(&self, seq: u64, field: &str) -> Result<Option<VaultRow>> {
        payloads::vault(&self.readers, seq, field).await
    }
    async fn vault_of(&self, party: &str) -> Result<Vec<(u64, String)>> {
        payloads::vault_of(&self.readers, party).await
    }
    async fn party_key(&self, party: &str) -> Result<Option<Vec<u8>>> {
        payloads::party_key(&self.readers, party).await
    }
    async fn file(&self, stored: &str) -> Result<Option<FileRow>> {
        payloads::file(&self.readers, stored).await
    }
    async fn pack(&self, hash: &str) -> Result<Option<Vec<u8>>> {
        payloads::pack(&self.readers, hash).await
    }
    async fn pack_hashes(&self) -> Result<Vec<String>> {
        payloads::pack_hashes(&self.readers).await
    }

    async fn session(&self, id: &str) -> Result<Option<Session>> {
        ephemeral_reads::session(&self.readers, id).await
    }
    async fn put_session(&self, session: &Session) -> Result<()> {
        ephemeral::put_session(&self.writer, session).await
    }
    async fn drop_session(&self, id: &str) -> Result<()> {
        ephemeral::drop_session(&self.writer, id).await
    }
    async fn drop_sessions_ended(&self, before_ms: i64) -> Result<u64> {
        ephemeral::drop_sessions_ended(&self.writer, before_ms).await
    }
    async fn draft(&self, id: &str) -> Result<Option<Draft>> {
        ephemeral_reads::draft(&self.readers, id).await
    }
    async fn drafts_of(&self, owner: &str) -> Result<Vec<Draft>> {
        ephemeral_reads::drafts_of(&self.readers, owner).await
    }
    async fn put_draft(&self, draft: &Draft) -> Result<()> {
        ephemeral::put_draft(&self.writer, draft).await
    }
    async fn drop_draft(&self, id: &str) -> Result<()> {
        ephemeral::drop_draft(&self.writer, id).await
    }
    async fn log_operation(&self, operation: &Operation) -> Result<()> {
        ephemeral::log_operation(&self.writer, operation).await
    }
    async fn operations(&self, limit: u32) -> Result<Vec<Operation>> {
        ephemeral_reads::operations(&self.readers, limit).await
    }

    async fn close(&self) {
        self.readers.close().await;
        // The last connection to leave folds the WAL into the database and removes it.
        self.writer.close().await;
        if let Ok(mut lock) = self.lock.lock() {
            lock.take();
        }
    }
}
