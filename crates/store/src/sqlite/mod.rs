//! One data folder: SQLite in WAL, every commit synced, one writing connection and a few readers (ADR 0060).
//!
//! The lock file keeps a second writing process out; the lease row keeps an older writer of this process out, as on PostgreSQL.

mod bare;
mod error;
mod multirow;
mod search;
mod steps;
mod write;
mod write_payloads;
mod write_publications;
mod write_rows;

#[path = "../both/cases.rs"]
mod cases;
#[path = "../both/ephemeral_reads.rs"]
mod ephemeral_reads;
#[path = "../both/ephemeral_writes.rs"]
mod ephemeral_writes;
#[path = "../both/inbox.rs"]
mod inbox;
#[path = "../both/lease.rs"]
mod lease;
#[path = "../both/logs.rs"]
mod logs;
#[path = "../both/payloads.rs"]
mod payloads;
#[path = "../both/publications.rs"]
mod publications;
#[path = "../both/registers.rs"]
mod registers;
#[path = "../both/rows.rs"]
mod rows;
#[path = "../both/schema.rs"]
mod schema;
#[path = "../both/store.rs"]
mod store;

use std::fs::{File, TryLockError};
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use sqlx::migrate::Migrator;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{AssertSqlSafe, SqlitePool};

use crate::{Mode, Result, StoreError};
pub(crate) use bare::replay;
use error::failed;

type Backend = SqliteStore;
type Db = sqlx::Sqlite;
type DbRow = sqlx::sqlite::SqliteRow;

static MIGRATIONS: Migrator = sqlx::migrate!("migrations/sqlite");
const MIGRATIONS_TABLES: &str = "SELECT count(*) FROM sqlite_master WHERE name = '_sqlx_migrations'";
/// The cases `c` whose ids stand in the JSON array bound as `$1`, looked up one by one.
const CASES_BY_IDS: &str = "json_each($1) j CROSS JOIN cases c WHERE c.id = j.value";
/// The entries `e` of the register bound as `$1` whose keys stand in the JSON array bound as `$2`, looked up one by one.
const ENTRIES_BY_KEYS: &str = "json_each($2) j CROSS JOIN entries e WHERE e.register = $1 AND e.key = j.value";
/// The form tokens `o` that stand in the JSON array bound as `$1`, looked up one by one.
const ONCE_BY_TOKENS: &str = "json_each($1) j CROSS JOIN once o WHERE o.token = j.value";
/// The units `u` and the procedures `p` that stand in the JSON arrays bound as `$2` and `$4`.
const UNITS: &str = "json_each($2) u";
const PROCEDURES: &str = "json_each($4) p";
const HOLDINGS_OF_CASE: &str = "SELECT json_group_array(json_array(h.part, h.organ, h.unit, h.person, h.open, h.due)) \
                                FROM holdings h WHERE h.case_id = c.id";
const TIMERS_OF_CASE: &str = "SELECT json_group_array(json_array(t.name, t.at)) FROM timers t WHERE t.case_id = c.id";
/// Narrows entries `e` to those whose key holds `$4` or whose JSON text holds `$5`, ASCII letters in either case.
const ENTRY_TEXT_CONTAINS: &str = "AND (instr(lower(e.key), $4) > 0 OR instr(lower(e.doc), $5) > 0)";

/// The database's name in the data folder.
pub(crate) const DATABASE: &str = "guiju.sqlite";
const LOCK: &str = "lock";
const READERS: u32 = 4;
/// Measured: large batches cost a seventh less processor time than with 4 KiB, and a single act's 18 pages still weigh little (ADR 0060).
const PAGE_BYTES: u32 = 8192;
/// Pages of WAL that gather before they are folded into the database: 32 MiB, so that one fold serves several large batches.
const WAL_PAGES: &str = "4096";

pub(crate) struct SqliteStore {
    /// One connection, so that writers queue here and never spin on SQLite's lock. In [`Mode::Read`] it cannot write.
    writer: SqlitePool,
    /// The same connection, for what may be lost with the power.
    ephemeral: SqlitePool,
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
                sqlx::query("UPDATE lease SET until = 0").execute(&writer).await.map_err(failed)?;
            }
            Mode::Read => schema::examine(&writer).await?,
        }
        let readers = pool(READERS).connect_with(options.read_only(true)).await.map_err(failed)?;
        let ephemeral = writer.clone();
        Ok(Self { writer, ephemeral, readers, wal_owes_truncation: AtomicBool::new(false), lock: Mutex::new(lock) })
    }
}

impl SqliteStore {
    async fn close_all(&self) {
        self.readers.close().await;
        // The last connection to leave folds the WAL into the database and removes it.
        self.writer.close().await;
        if let Ok(mut lock) = self.lock.lock() {
            lock.take();
        }
    }
}

/// A statement whose durability is lowered while it runs: it survives a killed process, and spares the wait for the disk.
fn unsynced(sql: &'static str) -> AssertSqlSafe<String> {
    AssertSqlSafe(format!("PRAGMA synchronous = NORMAL; {sql}; PRAGMA synchronous = FULL"))
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
        .page_size(PAGE_BYTES)
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
