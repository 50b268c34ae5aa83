//! What events bind by hash: sealed personal values, keys, files, packs. Compiled once for each backend.

use sqlx::Pool;

use super::rows::{count, get};
use super::{Db, failed};
use crate::checked::int;
use crate::{FileRow, Result, VaultRow};

pub(super) async fn vault(pool: &Pool<Db>, seq: u64, field: &str) -> Result<Option<VaultRow>> {
    let query = sqlx::query("SELECT seq, field, party, sealed FROM vault WHERE seq = $1 AND field = $2");
    let row = query.bind(int(seq)).bind(field).fetch_optional(pool).await.map_err(failed)?;
    row.map(|row| {
        Ok(VaultRow { seq: count(&row, 0)?, field: get(&row, 1)?, party: get(&row, 2)?, sealed: get(&row, 3)? })
    })
    .transpose()
}

pub(super) async fn vault_of(pool: &Pool<Db>, party: &str) -> Result<Vec<(u64, String)>> {
    let query = sqlx::query("SELECT seq, field FROM vault WHERE party = $1 ORDER BY seq, field").bind(party);
    let rows = query.fetch_all(pool).await.map_err(failed)?;
    rows.iter().map(|row| Ok((count(row, 0)?, get(row, 1)?))).collect()
}

pub(super) async fn party_key(pool: &Pool<Db>, party: &str) -> Result<Option<Vec<u8>>> {
    let query = sqlx::query_scalar("SELECT wrapped FROM party_keys WHERE party = $1").bind(party);
    query.fetch_optional(pool).await.map_err(failed)
}

pub(super) async fn file(pool: &Pool<Db>, stored: &str) -> Result<Option<FileRow>> {
    let query = sqlx::query("SELECT stored, party, content FROM files WHERE stored = $1").bind(stored);
    let row = query.fetch_optional(pool).await.map_err(failed)?;
    row.map(|row| Ok(FileRow { stored: get(&row, 0)?, party: get(&row, 1)?, content: get(&row, 2)? })).transpose()
}

pub(super) async fn pack(pool: &Pool<Db>, hash: &str) -> Result<Option<Vec<u8>>> {
    let query = sqlx::query_scalar("SELECT bytes FROM packs WHERE hash = $1").bind(hash);
    query.fetch_optional(pool).await.map_err(failed)
}

pub(super) async fn pack_hashes(pool: &Pool<Db>) -> Result<Vec<String>> {
    sqlx::query_scalar("SELECT hash FROM packs ORDER BY hash").fetch_all(pool).await.map_err(failed)
}
