//! Which data are meant, and may they be written?

use std::path::PathBuf;
use std::sync::Arc;

use crate::postgres::PostgresStore;
use crate::sqlite::SqliteStore;
use crate::{Result, Store};

/// A data folder (SQLite) or a database by its address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// The folder; the database in it is `guiju.sqlite`.
    Folder(PathBuf),
    /// `postgres://user:password@host:port/database`.
    Postgres(String),
}

/// What the opener means to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Makes the data if they are not there, brings their tables up to date, and keeps other writers of a folder out.
    Write,
    /// Changes nothing; may run beside a writer.
    Read,
}

/// Opens the data.
///
/// # Errors
/// [`StoreError::Locked`](crate::StoreError::Locked) when another process writes to the folder, [`Newer`](crate::StoreError::Newer) when a newer program wrote the data;
/// in [`Mode::Read`] also [`Missing`](crate::StoreError::Missing) and [`Older`](crate::StoreError::Older).
pub async fn open(target: &Target, mode: Mode) -> Result<Arc<dyn Store>> {
    match target {
        Target::Folder(folder) => Ok(Arc::new(SqliteStore::open(folder, mode).await?)),
        Target::Postgres(url) => Ok(Arc::new(PostgresStore::open(url, mode).await?)),
    }
}
