//! Sessions, drafts and the operations log as they are written. Compiled once for each backend.
//!
//! They survive a killed process; the last of them may go with the power, which spares each a wait for the disk.

use sqlx::Pool;

use super::{Db, failed, unsynced};
use crate::{Draft, Operation, Result, Session};

pub(super) async fn put_session(pool: &Pool<Db>, session: &Session) -> Result<()> {
    let query = sqlx::query(unsynced(
        "INSERT INTO sessions (id, account, data, expires) VALUES ($1, $2, $3, $4) ON CONFLICT (id) DO UPDATE \
         SET account = excluded.account, data = excluded.data, expires = excluded.expires",
    ));
    let query = query.bind(&session.id).bind(&session.account).bind(&session.data).bind(session.expires);
    query.execute(pool).await.map_err(failed).map(drop)
}

pub(super) async fn drop_session(pool: &Pool<Db>, id: &str) -> Result<()> {
    sqlx::query(unsynced("DELETE FROM sessions WHERE id = $1")).bind(id).execute(pool).await.map_err(failed).map(drop)
}

pub(super) async fn drop_sessions_ended(pool: &Pool<Db>, before_ms: i64) -> Result<u64> {
    // Rare, and it answers with a number, which a statement of three parts cannot.
    let query = sqlx::query("DELETE FROM sessions WHERE expires < $1").bind(before_ms);
    Ok(query.execute(pool).await.map_err(failed)?.rows_affected())
}

pub(super) async fn put_draft(pool: &Pool<Db>, draft: &Draft) -> Result<()> {
    let query = sqlx::query(unsynced(
        "INSERT INTO drafts (id, owner, procedure, data, updated) VALUES ($1, $2, $3, $4, $5) ON CONFLICT (id) DO UPDATE \
         SET owner = excluded.owner, procedure = excluded.procedure, data = excluded.data, updated = excluded.updated",
    ));
    let query = query.bind(&draft.id).bind(&draft.owner).bind(&draft.procedure).bind(&draft.data).bind(draft.updated);
    query.execute(pool).await.map_err(failed).map(drop)
}

pub(super) async fn drop_draft(pool: &Pool<Db>, id: &str) -> Result<()> {
    sqlx::query(unsynced("DELETE FROM drafts WHERE id = $1")).bind(id).execute(pool).await.map_err(failed).map(drop)
}

pub(super) async fn log_operation(pool: &Pool<Db>, operation: &Operation) -> Result<()> {
    let query = sqlx::query(unsynced("INSERT INTO operations (at, kind, account, text) VALUES ($1, $2, $3, $4)"));
    let query = query.bind(operation.at).bind(&operation.kind).bind(operation.account.as_deref()).bind(&operation.text);
    query.execute(pool).await.map_err(failed).map(drop)
}
