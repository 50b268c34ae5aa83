//! A database of the PostgreSQL family: several processes may read, one at a time holds the fenced lease and writes (ADR 0063).
//!
//! No extensions, no triggers, no server-side functions: what is used here the PostgreSQL-wire databases commonly run.

mod bare;
mod error;
mod search;
mod settle;
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

use std::str::FromStr;
use std::time::Duration;

use sqlx::PgPool;
use sqlx::migrate::Migrator;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{AssertSqlSafe, Executor};

use crate::{Mode, Result, StoreError};
pub(crate) use bare::{drop_database, fresh_database, replay};
use error::failed;

type Backend = PostgresStore;
type Db = sqlx::Postgres;
type DbRow = sqlx::postgres::PgRow;

static MIGRATIONS: Migrator = sqlx::migrate!("migrations/postgres");
const MIGRATIONS_TABLES: &str = "SELECT count(*) FROM information_schema.tables \
                                 WHERE table_name = '_sqlx_migrations' AND table_schema = current_schema()";
/// The cases `c` whose ids stand in the JSON array bound as `$1`, looked up one by one.
const CASES_BY_IDS: &str = "json_array_elements_text(CAST($1 AS json)) j(value) \
                            CROSS JOIN cases c WHERE c.id = CAST(j.value AS BIGINT)";
/// The entries `e` of the register bound as `$1` whose keys stand in the JSON array bound as `$2`, looked up one by one.
const ENTRIES_BY_KEYS: &str = "json_array_elements_text(CAST($2 AS json)) j(value) \
                               CROSS JOIN entries e WHERE e.register = $1 AND e.key = j.value";
/// The form tokens `o` that stand in the JSON array bound as `$1`, looked up one by one.
const ONCE_BY_TOKENS: &str =
    "json_array_elements_text(CAST($1 AS json)) j(value) CROSS JOIN once o WHERE o.token = j.value";
/// The units `u` and the procedures `p` that stand in the JSON arrays bound as `$2` and `$4`.
const UNITS: &str = "json_array_elements_text(CAST($2 AS json)) u(value)";
const PROCEDURES: &str = "json_array_elements_text(CAST($4 AS json)) p(value)";
const HOLDINGS_OF_CASE: &str = "SELECT CAST(json_agg(json_build_array(h.part, h.organ, h.unit, h.person, h.open, h.due)) \
                                AS TEXT) FROM holdings h WHERE h.case_id = c.id";
const TIMERS_OF_CASE: &str =
    "SELECT CAST(json_agg(json_build_array(t.name, t.at)) AS TEXT) FROM timers t WHERE t.case_id = c.id";
/// Narrows entries `e` to those whose key holds `$4` or whose JSON text holds `$5`, ASCII letters in either case (`lower` would ask
/// the server's language).
const ENTRY_TEXT_CONTAINS: &str = "AND (strpos(translate(e.key, 'ABCDEFGHIJKLMNOPQRSTUVWXYZ', 'abcdefghijklmnopqrstuvwxyz'), $4) > 0 \
     OR strpos(translate(e.doc, 'ABCDEFGHIJKLMNOPQRSTUVWXYZ', 'abcdefghijklmnopqrstuvwxyz'), $5) > 0)";

const READERS: u32 = 8;

pub(crate) struct PostgresStore {
    writer: PgPool,
    /// Connections whose commits do not wait for the disk.
    ephemeral: PgPool,
    readers: PgPool,
}

impl PostgresStore {
    pub(crate) async fn open(url: &str, mode: Mode) -> Result<Self> {
        let options = PgConnectOptions::from_str(url)
            .map_err(|error| StoreError::Missing(format!("the address of the database cannot be read: {error}")))?
            .application_name("guiju")
            .statement_cache_capacity(256);
        const READ: &str = "SET default_transaction_read_only = on";
        let (sync, unsynced) = match mode {
            Mode::Write => ("SET synchronous_commit = on", "SET synchronous_commit = off"),
            Mode::Read => (READ, READ),
        };
        let writer = pool(1, sync).connect_with(options.clone()).await.map_err(failed)?;
        match mode {
            Mode::Write => schema::update(&writer).await?,
            Mode::Read => schema::examine(&writer).await?,
        }
        let ephemeral = pool(2, unsynced).connect_lazy_with(options.clone());
        let readers = pool(READERS, READ).connect_with(options).await.map_err(failed)?;
        Ok(Self { writer, ephemeral, readers })
    }

    async fn close_all(&self) {
        self.readers.close().await;
        self.ephemeral.close().await;
        self.writer.close().await;
    }
}

/// A pool whose every connection begins with `setting`, whatever the server's own default is.
fn pool(connections: u32, setting: &'static str) -> PgPoolOptions {
    PgPoolOptions::new()
        .max_connections(connections)
        .min_connections(1)
        .max_lifetime(Duration::from_secs(3600))
        .test_before_acquire(false)
        .acquire_timeout(Duration::from_secs(10))
        .after_connect(move |connection, _| {
            Box::pin(async move {
                connection.execute(setting).await?;
                Ok(())
            })
        })
}

/// The ephemeral pool's connections are unsynced already.
fn unsynced(sql: &'static str) -> AssertSqlSafe<&'static str> {
    AssertSqlSafe(sql)
}
