//! Batches as bare SQL, one transaction each, on a database nobody else knows of.

use std::path::Path;
use std::time::{Duration, Instant};

use sqlx::Connection;

use super::write::{BEGIN, enter};
use super::{failed, options, pool, schema};
use crate::checked::Checked;
use crate::{Batch, Result, StoreError};

pub(crate) async fn replay(folder: &Path, commits: &[Batch]) -> Result<Duration> {
    std::fs::create_dir_all(folder).map_err(|e| StoreError::Unavailable(format!("`{}`: {e}", folder.display())))?;
    let pool = pool(1).connect_with(options(folder).create_if_missing(true)).await.map_err(failed)?;
    schema::update(&pool).await?;
    let checked = commits.iter().map(Checked::new).collect::<Result<Vec<_>>>()?;
    let mut connection = pool.acquire().await.map_err(failed)?;
    let begun = Instant::now();
    for (batch, checked) in commits.iter().zip(&checked) {
        let mut transaction = connection.begin_with(BEGIN).await.map_err(failed)?;
        enter(&mut transaction, batch, checked).await?;
        transaction.commit().await.map_err(failed)?;
    }
    let took = begun.elapsed();
    drop(connection);
    pool.close().await;
    Ok(took)
}
