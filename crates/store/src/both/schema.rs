//! Are the tables those that this program knows? Migrations go forward only. Compiled once for each backend.

use sqlx::Pool;
use sqlx::migrate::MigrateError;

use super::{Db, MIGRATIONS, MIGRATIONS_TABLES, failed};
use crate::{Result, StoreError};

/// Brings the tables up to date; each migration is a transaction.
pub(super) async fn update(pool: &Pool<Db>) -> Result<()> {
    MIGRATIONS.run(pool).await.map_err(|error| match error {
        MigrateError::VersionMissing(version) => StoreError::Newer(format!("tables of version {version}")),
        MigrateError::VersionMismatch(version) => {
            StoreError::Damaged(format!("the tables of version {version} are not those that this program made"))
        }
        MigrateError::Dirty(version) => StoreError::Damaged(format!("the tables of version {version} are half made")),
        MigrateError::Execute(error) | MigrateError::ExecuteMigration(error, _) => failed(error),
        other => StoreError::Unavailable(other.to_string()),
    })
}

/// Refuses tables of another version, and changes nothing.
pub(super) async fn examine(pool: &Pool<Db>) -> Result<()> {
    let known = MIGRATIONS.iter().map(|migration| migration.version).max().unwrap_or(0);
    let made: Option<i64> = sqlx::query_scalar(MIGRATIONS_TABLES).fetch_one(pool).await.map_err(failed)?;
    if made != Some(1) {
        return Err(StoreError::Missing("the database has no tables yet".into()));
    }
    let found: Option<i64> =
        sqlx::query_scalar("SELECT max(version) FROM _sqlx_migrations").fetch_one(pool).await.map_err(failed)?;
    match found.unwrap_or(0) {
        found if found > known => Err(StoreError::Newer(format!("tables of version {found}, known up to {known}"))),
        found if found < known => Err(StoreError::Older(format!("tables of version {found}, needed {known}"))),
        _ => Ok(()),
    }
}
