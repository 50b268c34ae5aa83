//! Sessions, drafts and the operations log as they are read. Compiled once for each backend.

use sqlx::Pool;

use super::rows::get;
use super::{Db, DbRow, failed};
use crate::{Draft, Operation, Result, Session};

pub(super) async fn session(pool: &Pool<Db>, id: &str) -> Result<Option<Session>> {
    let query = sqlx::query("SELECT id, account, data, expires FROM sessions WHERE id = $1").bind(id);
    let row = query.fetch_optional(pool).await.map_err(failed)?;
    row.map(|row| {
        Ok(Session { id: get(&row, 0)?, account: get(&row, 1)?, data: get(&row, 2)?, expires: get(&row, 3)? })
    })
    .transpose()
}

pub(super) async fn draft(pool: &Pool<Db>, id: &str) -> Result<Option<Draft>> {
    let query = sqlx::query("SELECT id, owner, procedure, data, updated FROM drafts WHERE id = $1").bind(id);
    query.fetch_optional(pool).await.map_err(failed)?.as_ref().map(draft_row).transpose()
}

pub(super) async fn drafts_of(pool: &Pool<Db>, owner: &str) -> Result<Vec<Draft>> {
    let query = sqlx::query(
        "SELECT id, owner, procedure, data, updated FROM drafts WHERE owner = $1 ORDER BY updated DESC, id",
    );
    query.bind(owner).fetch_all(pool).await.map_err(failed)?.iter().map(draft_row).collect()
}

fn draft_row(row: &DbRow) -> Result<Draft> {
    Ok(Draft {
        id: get(row, 0)?,
        owner: get(row, 1)?,
        procedure: get(row, 2)?,
        data: get(row, 3)?,
        updated: get(row, 4)?,
    })
}

pub(super) async fn operations(pool: &Pool<Db>, limit: u32) -> Result<Vec<Operation>> {
    let query = sqlx::query("SELECT at, kind, account, text FROM operations ORDER BY id DESC LIMIT $1");
    let rows = query.bind(i64::from(limit)).fetch_all(pool).await.map_err(failed)?;
    rows.iter()
        .map(|row| Ok(Operation { at: get(row, 0)?, kind: get(row, 1)?, account: get(row, 2)?, text: get(row, 3)? }))
        .collect()
}
