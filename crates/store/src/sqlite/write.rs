//! One batch, one transaction: all of it or nothing.
//!
//! A crash before COMMIT has reached the disk leaves a WAL without the batch's commit mark, which the next opening ignores; a crash
//! after it leaves the whole batch. Nobody has to repair anything.

use std::sync::atomic::Ordering;

use sqlx::{Connection, SqliteConnection};

use super::rows::get;
use super::{SqliteStore, failed, write_payloads as payloads, write_publications as publications, write_rows as rows};
use crate::checked::{Checked, Standing};
use crate::{Batch, Fence, Result, StoreError};

/// Ephemeral writes lower the connection's durability; every commit raises it again before it begins.
pub(super) const BEGIN: &str = "PRAGMA synchronous = FULL; BEGIN IMMEDIATE";

pub(super) async fn commit(store: &SqliteStore, fence: &Fence, batch: &Batch) -> Result<()> {
    let checked = Checked::new(batch)?;
    let mut connection = store.writer.acquire().await.map_err(failed)?;
    let stored = transact(&mut connection, fence, batch, &checked).await;
    if matches!(stored, Err(StoreError::Unavailable(_) | StoreError::Damaged(_))) {
        // SQLite may have rolled back by itself (a full disk), which the driver does not notice: a new connection begins afresh.
        connection.close_on_drop();
        return stored;
    }
    stored?;
    if !checked.keys_dropped.is_empty() {
        store.wal_owes_truncation.store(true, Ordering::Release);
    }
    if store.wal_owes_truncation.load(Ordering::Acquire) {
        let emptied = empty_wal(&mut connection).await;
        store.wal_owes_truncation.store(!emptied, Ordering::Release);
    }
    Ok(())
}

async fn transact(
    connection: &mut SqliteConnection,
    fence: &Fence,
    batch: &Batch,
    checked: &Checked<'_>,
) -> Result<()> {
    let mut transaction = connection.begin_with(BEGIN).await.map_err(failed)?;
    match write(&mut transaction, fence, batch, checked).await {
        // A failed COMMIT has not written its mark; dropping the transaction rolls back what the WAL holds of it.
        Ok(()) => transaction.commit().await.map_err(failed),
        Err(unavailable @ StoreError::Unavailable(_)) => Err(unavailable),
        Err(refusal) => {
            transaction.rollback().await.map_err(failed)?;
            Err(refusal)
        }
    }
}

/// Folds the WAL into the database and cuts it to nothing, so that a dropped key is not found there. Readers may be in the way:
/// the next commit tries again.
async fn empty_wal(connection: &mut SqliteConnection) -> bool {
    let row = sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)").fetch_one(connection).await;
    matches!(row.map(|row| get::<i64>(&row, 0)), Ok(Ok(0)))
}

async fn write(connection: &mut SqliteConnection, fence: &Fence, batch: &Batch, checked: &Checked<'_>) -> Result<()> {
    standing(connection, fence).await?.admits(batch)?;
    enter(connection, batch, checked).await
}

/// The statements of a batch, without any check and outside any transaction of their own.
pub(super) async fn enter(connection: &mut SqliteConnection, batch: &Batch, checked: &Checked<'_>) -> Result<()> {
    rows::cases(connection, checked).await?;
    rows::events(connection, batch).await?;
    rows::holdings(connection, checked).await?;
    rows::timers(connection, checked).await?;
    rows::entries(connection, checked).await?;
    rows::counters(connection, checked).await?;
    rows::counts(connection, checked).await?;
    payloads::logs(connection, batch).await?;
    payloads::payloads(connection, batch, checked).await?;
    payloads::search(connection, checked).await?;
    publications::write(connection, batch, checked).await
}

/// Checks the fence and says where the logs stand, in one statement.
async fn standing(connection: &mut SqliteConnection, fence: &Fence) -> Result<Standing> {
    let row = sqlx::query(
        "SELECT (SELECT coalesce(max(seq) + 1, 0) FROM events), (SELECT coalesce(max(seq) + 1, 0) FROM readings), \
         (SELECT recorded FROM events ORDER BY seq DESC LIMIT 1), \
         (SELECT recorded FROM readings ORDER BY seq DESC LIMIT 1) \
         FROM lease WHERE holder = $1 AND number = $2",
    )
    .bind(&fence.holder)
    .bind(fence.number)
    .fetch_optional(connection)
    .await
    .map_err(failed)?
    .ok_or(StoreError::Fenced)?;
    Ok(Standing {
        events: get(&row, 0)?,
        readings: get(&row, 1)?,
        last_event: get(&row, 2)?,
        last_reading: get(&row, 3)?,
    })
}
