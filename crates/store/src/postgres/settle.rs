//! The connection broke while committing: was the batch stored?
//!
//! Every commit counts itself in the lease row, so that the row tells. It is read under the row's own lock: as long as the old
//! transaction lives on in the server, the lock is not to be had, and nothing is settled.

use std::time::Duration;

use sqlx::{Executor, PgPool};

use crate::{Fence, Result, StoreError};

const TRIES: u32 = 5;

/// Answers like the commit whose answer was lost; `commits` is the count that it would have left behind.
pub(super) async fn settle(pool: &PgPool, fence: &Fence, commits: i64, broke: &sqlx::Error) -> Result<()> {
    for pause in 0..TRIES {
        tokio::time::sleep(Duration::from_millis(200 * u64::from(pause))).await;
        match counted(pool, fence).await {
            Ok(Some(counted)) if counted >= commits => return Ok(()),
            Ok(Some(_)) => return Err(StoreError::Unavailable(broke.to_string())),
            // Another took the lease since: what it found is not ours to tell.
            Ok(None) => break,
            Err(_) => {}
        }
    }
    Err(StoreError::Uncertain(broke.to_string()))
}

async fn counted(pool: &PgPool, fence: &Fence) -> sqlx::Result<Option<i64>> {
    let mut transaction = pool.begin().await?;
    transaction.execute("SET LOCAL lock_timeout = '2s'").await?;
    sqlx::query_scalar("SELECT commits FROM lease WHERE holder = $1 AND number = $2 FOR UPDATE")
        .bind(&fence.holder)
        .bind(fence.number)
        .fetch_optional(&mut *transaction)
        .await
}
