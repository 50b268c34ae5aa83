//! Where do the two logs stand, and what do they hold? Compiled once for each backend.

use sqlx::Pool;

use super::rows::{count, get};
use super::{Db, DbRow, failed};
use crate::{Log, Position, Result, StoreError, StoredRecord};

pub(super) async fn position(pool: &Pool<Db>, log: Log) -> Result<Position> {
    let sql = match log {
        Log::Events => "SELECT seq + 1, recorded FROM events ORDER BY seq DESC LIMIT 1",
        Log::Readings => "SELECT seq + 1, recorded FROM readings ORDER BY seq DESC LIMIT 1",
    };
    let row = sqlx::query(sql).fetch_optional(pool).await.map_err(failed)?;
    row.map_or(Ok(Position::default()), |row| {
        Ok(Position { size: count(&row, 0)?, last_recorded: Some(get(&row, 1)?) })
    })
}

pub(super) async fn tile(pool: &Pool<Db>, log: Log, level: u32, index: u64) -> Result<Option<Vec<u8>>> {
    sqlx::query_scalar("SELECT data FROM tiles WHERE log = $1 AND level = $2 AND idx = $3")
        .bind(log as i64)
        .bind(i64::from(level))
        .bind(crate::checked::int(index))
        .fetch_optional(pool)
        .await
        .map_err(failed)
}

pub(super) async fn records(pool: &Pool<Db>, log: Log, from: u64, until: u64) -> Result<Vec<StoredRecord>> {
    let sql = match log {
        Log::Events => {
            "SELECT seq, case_id, act, state, done, recorded, bytes, salt FROM events \
             WHERE seq >= $1 AND seq < $2 ORDER BY seq"
        }
        Log::Readings => {
            "SELECT seq, NULL, '', NULL, recorded, recorded, bytes, salt FROM readings \
             WHERE seq >= $1 AND seq < $2 ORDER BY seq"
        }
    };
    let query = sqlx::query(sql).bind(crate::checked::int(from)).bind(crate::checked::int(until));
    let rows = query.fetch_all(pool).await.map_err(failed)?;
    rows.iter().map(|row| record(row, log)).collect()
}

pub(super) async fn records_of_case(pool: &Pool<Db>, id: u64) -> Result<Vec<StoredRecord>> {
    let rows = sqlx::query(
        "SELECT seq, case_id, act, state, done, recorded, bytes, salt FROM events WHERE case_id = $1 ORDER BY seq",
    )
    .bind(crate::checked::int(id))
    .fetch_all(pool)
    .await
    .map_err(failed)?;
    rows.iter().map(|row| record(row, Log::Events)).collect()
}

fn record(row: &DbRow, log: Log) -> Result<StoredRecord> {
    let (case_id, state) = match log {
        Log::Events => (get::<Option<i64>>(row, 1)?, get(row, 3)?),
        Log::Readings => (None, None),
    };
    let salt: &[u8] = get(row, 7)?;
    Ok(StoredRecord {
        seq: count(row, 0)?,
        case_id: case_id.map(super::rows::natural).transpose()?,
        act: get(row, 2)?,
        state,
        done: get(row, 4)?,
        recorded: get(row, 5)?,
        bytes: get(row, 6)?,
        salt: salt.try_into().map_err(|_| StoreError::Damaged("a salt is not 32 bytes long".into()))?,
    })
}

pub(super) async fn checkpoint(pool: &Pool<Db>, log: Log, size: Option<u64>) -> Result<Option<(u64, String)>> {
    let query = match size {
        Some(size) => sqlx::query("SELECT size, note FROM checkpoints WHERE log = $1 AND size = $2")
            .bind(log as i64)
            .bind(crate::checked::int(size)),
        None => {
            sqlx::query("SELECT size, note FROM checkpoints WHERE log = $1 ORDER BY size DESC LIMIT 1").bind(log as i64)
        }
    };
    noted(query.fetch_optional(pool).await.map_err(failed)?)
}

pub(super) async fn head(pool: &Pool<Db>, log: Log) -> Result<Option<(u64, String)>> {
    let query = sqlx::query("SELECT size, note FROM heads WHERE log = $1").bind(log as i64);
    noted(query.fetch_optional(pool).await.map_err(failed)?)
}

fn noted(row: Option<DbRow>) -> Result<Option<(u64, String)>> {
    row.map(|row| Ok((count(&row, 0)?, get(&row, 1)?))).transpose()
}
