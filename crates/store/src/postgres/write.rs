//! One batch, one transaction: all of it or nothing, counted in the lease row.
//!
//! A crash before the server has written its commit record leaves nothing of the batch; after it, all. A connection that breaks in
//! between is settled afterwards ([`super::settle`]).

use sqlx::{Connection, PgConnection};

use super::error::answered;
use super::rows::get;
use super::{
    PostgresStore, failed, settle, write_payloads as payloads, write_publications as publications, write_rows as rows,
};
use crate::checked::{Checked, Standing};
use crate::{Batch, Fence, Result, StoreError};

pub(super) async fn commit(store: &PostgresStore, fence: &Fence, batch: &Batch) -> Result<()> {
    let checked = Checked::new(batch)?;
    let mut connection = store.writer.acquire().await.map_err(failed)?;
    let mut transaction = connection.begin().await.map_err(failed)?;
    let commits = match write(&mut transaction, fence, batch, &checked).await {
        Ok(commits) => commits,
        Err(refusal) => {
            // A connection that cannot roll back is gone, and the transaction with it.
            if transaction.rollback().await.is_err() {
                connection.close_on_drop();
            }
            return Err(refusal);
        }
    };
    let Err(broke) = transaction.commit().await else { return Ok(()) };
    if answered(&broke) {
        return Err(failed(broke));
    }
    connection.close_on_drop();
    drop(connection);
    settle::settle(&store.writer, fence, commits, &broke).await
}

async fn write(connection: &mut PgConnection, fence: &Fence, batch: &Batch, checked: &Checked<'_>) -> Result<i64> {
    let (commits, standing) = standing(connection, fence).await?;
    standing.admits(batch)?;
    enter(connection, batch, checked).await?;
    Ok(commits)
}

/// The statements of a batch, without any check and outside any transaction of their own.
pub(super) async fn enter(connection: &mut PgConnection, batch: &Batch, checked: &Checked<'_>) -> Result<()> {
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

/// Checks the fence, counts this commit and says where the logs stand, in one statement. The lease row stays locked until the
/// transaction ends: nobody can take the lease in the middle of a commit.
async fn standing(connection: &mut PgConnection, fence: &Fence) -> Result<(i64, Standing)> {
    let row = sqlx::query(
        "UPDATE lease SET commits = commits + 1 WHERE holder = $1 AND number = $2 RETURNING commits, \
         (SELECT coalesce(max(seq) + 1, 0) FROM events), (SELECT coalesce(max(seq) + 1, 0) FROM readings), \
         (SELECT recorded FROM events ORDER BY seq DESC LIMIT 1), \
         (SELECT recorded FROM readings ORDER BY seq DESC LIMIT 1)",
    )
    .bind(&fence.holder)
    .bind(fence.number)
    .fetch_optional(connection)
    .await
    .map_err(failed)?
    .ok_or(StoreError::Fenced)?;
    let standing = Standing {
        events: get(&row, 1)?,
        readings: get(&row, 2)?,
        last_event: get(&row, 3)?,
        last_reading: get(&row, 4)?,
    };
    Ok((get(&row, 0)?, standing))
}
