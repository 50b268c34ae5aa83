//! Who may write? The holder of one fenced lease row. Compiled once for each backend.
//!
//! On SQLite the lock file has already kept other processes out; the row keeps an older writer of this process out.

use sqlx::Pool;

use super::{Db, failed};
use crate::{Fence, LEASE_MS, Result, StoreError};

pub(super) async fn take(pool: &Pool<Db>, holder: &str, now_ms: i64) -> Result<Fence> {
    let taken: Option<i64> = sqlx::query_scalar(
        "INSERT INTO lease (one, holder, number, until, commits) VALUES (1, $1, 1, $2 + $3, 0) \
         ON CONFLICT (one) DO UPDATE SET holder = excluded.holder, number = lease.number + 1, until = excluded.until \
         WHERE lease.until <= $2 OR lease.holder = $1 RETURNING number",
    )
    .bind(holder)
    .bind(now_ms)
    .bind(LEASE_MS)
    .fetch_optional(pool)
    .await
    .map_err(failed)?;
    match taken {
        Some(number) => Ok(Fence { holder: holder.to_owned(), number }),
        None => Err(StoreError::Locked(current(pool).await?)),
    }
}

async fn current(pool: &Pool<Db>) -> Result<String> {
    sqlx::query_scalar("SELECT holder FROM lease").fetch_one(pool).await.map_err(failed)
}

pub(super) async fn renew(pool: &Pool<Db>, fence: &Fence, now_ms: i64) -> Result<()> {
    let query = sqlx::query("UPDATE lease SET until = $3 + $4 WHERE holder = $1 AND number = $2");
    let done =
        query.bind(&fence.holder).bind(fence.number).bind(now_ms).bind(LEASE_MS).execute(pool).await.map_err(failed)?;
    if done.rows_affected() == 1 { Ok(()) } else { Err(StoreError::Fenced) }
}

pub(super) async fn release(pool: &Pool<Db>, fence: &Fence) -> Result<()> {
    let query = sqlx::query("UPDATE lease SET until = 0 WHERE holder = $1 AND number = $2");
    query.bind(&fence.holder).bind(fence.number).execute(pool).await.map_err(failed)?;
    Ok(())
}
