//! Readings, heads, tiles, sealed payloads and the search index enter their tables.

use sqlx::SqliteConnection;

use super::failed;
use super::multirow::Statement;
use crate::checked::{Checked, int};
use crate::{Batch, Result};

/// The second log and everything that is signed over both.
pub(super) async fn logs(connection: &mut SqliteConnection, batch: &Batch) -> Result<()> {
    let readings = Statement { head: "INSERT INTO readings (seq, recorded, bytes, salt)", row: "(?,?,?,?)", tail: "" };
    readings
        .run(connection, &batch.readings, |query, row| {
            query.bind(int(row.seq)).bind(row.recorded).bind(&row.bytes).bind(row.salt.as_slice())
        })
        .await
        .map_err(failed)?;
    let tiles = Statement { head: "INSERT INTO tiles (log, level, idx, data)", row: "(?,?,?,?)", tail: "" };
    tiles
        .run(connection, &batch.tiles, |query, row| {
            query.bind(row.log as i64).bind(i64::from(row.level)).bind(int(row.index)).bind(row.data.as_slice())
        })
        .await
        .map_err(failed)?;
    let heads = Statement {
        head: "INSERT INTO heads (log, size, note)",
        row: "(?,?,?)",
        tail: "ON CONFLICT (log) DO UPDATE SET size = excluded.size, note = excluded.note",
    };
    heads
        .run(connection, &batch.heads, |query, (log, size, note)| query.bind(*log as i64).bind(int(*size)).bind(note))
        .await
        .map_err(failed)?;
    let checkpoints = Statement {
        head: "INSERT INTO checkpoints (log, size, note)",
        row: "(?,?,?)",
        tail: "ON CONFLICT (log, size) DO NOTHING",
    };
    checkpoints
        .run(connection, &batch.checkpoints, |query, (log, size, note)| {
            query.bind(*log as i64).bind(int(*size)).bind(note)
        })
        .await
        .map_err(failed)
}

/// Sealed values, of which the erased ones go, keys, files and packs. Large contents go one statement each, so that no more than one is held twice in memory.
pub(super) async fn payloads(connection: &mut SqliteConnection, batch: &Batch, checked: &Checked<'_>) -> Result<()> {
    let vault = Statement { head: "INSERT INTO vault (seq, field, party, sealed)", row: "(?,?,?,?)", tail: "" };
    vault
        .run(connection, &batch.vault, |query, row| {
            query.bind(int(row.seq)).bind(&row.field).bind(&row.party).bind(row.sealed.as_slice())
        })
        .await
        .map_err(failed)?;
    let erased = Statement { head: "DELETE FROM vault WHERE (seq, field) IN (", row: "(?,?)", tail: ")" };
    erased
        .run(connection, &checked.erased, |query, row| query.bind(int(row.seq)).bind(&row.field))
        .await
        .map_err(failed)?;
    let keys = Statement {
        head: "INSERT INTO party_keys (party, wrapped)",
        row: "(?,?)",
        tail: "ON CONFLICT (party) DO UPDATE SET wrapped = excluded.wrapped",
    };
    keys.run(connection, &checked.keys, |query, (party, wrapped)| query.bind(*party).bind(*wrapped))
        .await
        .map_err(failed)?;
    let dropped = Statement { head: "DELETE FROM party_keys WHERE party IN (", row: "(?)", tail: ")" };
    dropped.run(connection, &checked.keys_dropped, |query, party| query.bind(*party)).await.map_err(failed)?;
    for file in &batch.files {
        let query = sqlx::query(
            "INSERT INTO files (stored, party, content) VALUES ($1, $2, $3) ON CONFLICT (stored) DO NOTHING",
        );
        let query = query.bind(&file.stored).bind(&file.party).bind(file.content.as_slice());
        query.execute(&mut *connection).await.map_err(failed)?;
    }
    for (hash, bytes) in &batch.packs {
        let query = sqlx::query("INSERT INTO packs (hash, bytes) VALUES ($1, $2) ON CONFLICT (hash) DO NOTHING");
        query.bind(hash).bind(bytes.as_slice()).execute(&mut *connection).await.map_err(failed)?;
    }
    Ok(())
}

pub(super) async fn search(connection: &mut SqliteConnection, checked: &Checked<'_>) -> Result<()> {
    let dropped = Statement { head: "DELETE FROM search WHERE rowid IN (", row: "(?)", tail: ")" };
    dropped.run(connection, &checked.search_dropped, |query, id| query.bind(*id)).await.map_err(failed)?;
    let put = Statement { head: "INSERT INTO search (rowid, tokens)", row: "(?,?)", tail: "" };
    put.run(connection, &checked.search, |query, (id, tokens)| query.bind(*id).bind(*tokens)).await.map_err(failed)
}
