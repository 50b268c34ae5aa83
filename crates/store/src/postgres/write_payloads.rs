//! Readings, heads, tiles, sealed payloads and the search index enter their tables.

use std::fmt::Write as _;

use sqlx::PgConnection;

use super::write_rows::{column, run};
use crate::checked::{Checked, int};
use crate::{Batch, Result};

/// The second log and everything that is signed over both.
pub(super) async fn logs(connection: &mut PgConnection, batch: &Batch) -> Result<()> {
    let rows = &batch.readings;
    if !rows.is_empty() {
        let query = sqlx::query(
            "INSERT INTO readings (seq, recorded, bytes, salt) \
             SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::text[], $4::bytea[])",
        );
        let query = query.bind(column(rows, |row| int(row.seq))).bind(column(rows, |row| row.recorded));
        let query = query.bind(column(rows, |row| row.bytes.as_str())).bind(column(rows, |row| row.salt.as_slice()));
        run(connection, query).await?;
    }
    let rows = &batch.tiles;
    if !rows.is_empty() {
        let query = sqlx::query(
            "INSERT INTO tiles (log, level, idx, data) \
             SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bytea[])",
        );
        let query = query.bind(column(rows, |row| row.log as i64)).bind(column(rows, |row| i64::from(row.level)));
        let query = query.bind(column(rows, |row| int(row.index))).bind(column(rows, |row| row.data.as_slice()));
        run(connection, query).await?;
    }
    const HEADS: &str = "INSERT INTO heads (log, size, note) SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::text[]) \
                         ON CONFLICT (log) DO UPDATE SET size = excluded.size, note = excluded.note";
    const CHECKPOINTS: &str = "INSERT INTO checkpoints (log, size, note) \
                               SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::text[]) \
                               ON CONFLICT (log, size) DO NOTHING";
    for (sql, rows) in [(HEADS, &batch.heads), (CHECKPOINTS, &batch.checkpoints)] {
        if !rows.is_empty() {
            let query = sqlx::query(sql).bind(column(rows, |row| row.0 as i64)).bind(column(rows, |row| int(row.1)));
            run(connection, query.bind(column(rows, |row| row.2.as_str()))).await?;
        }
    }
    Ok(())
}

/// Sealed values, of which the erased ones go, keys, files and packs. Large contents go one statement each, so that no more than one is
/// held twice in memory.
pub(super) async fn payloads(connection: &mut PgConnection, batch: &Batch, checked: &Checked<'_>) -> Result<()> {
    let rows = &batch.vault;
    if !rows.is_empty() {
        let query = sqlx::query(
            "INSERT INTO vault (seq, field, party, sealed) \
             SELECT * FROM unnest($1::bigint[], $2::text[], $3::text[], $4::bytea[])",
        );
        let query = query.bind(column(rows, |row| int(row.seq))).bind(column(rows, |row| row.field.as_str()));
        let query = query.bind(column(rows, |row| row.party.as_str())).bind(column(rows, |row| row.sealed.as_slice()));
        run(connection, query).await?;
    }
    let rows = &checked.erased;
    if !rows.is_empty() {
        let query = sqlx::query(
            "DELETE FROM vault v USING unnest($1::bigint[], $2::text[]) d(seq, field) \
             WHERE v.seq = d.seq AND v.field = d.field",
        );
        let query = query.bind(column(rows, |row| int(row.seq))).bind(column(rows, |row| row.field.as_str()));
        run(connection, query).await?;
    }
    let rows = &checked.keys;
    if !rows.is_empty() {
        let query = sqlx::query(
            "INSERT INTO party_keys (party, wrapped) SELECT * FROM unnest($1::text[], $2::bytea[]) \
             ON CONFLICT (party) DO UPDATE SET wrapped = excluded.wrapped",
        );
        run(connection, query.bind(column(rows, |row| row.0)).bind(column(rows, |row| row.1))).await?;
    }
    if !checked.keys_dropped.is_empty() {
        let query = sqlx::query("DELETE FROM party_keys WHERE party = ANY($1::text[])");
        run(connection, query.bind(&checked.keys_dropped)).await?;
    }
    for file in &batch.files {
        let query = sqlx::query(
            "INSERT INTO files (stored, party, content) VALUES ($1, $2, $3) ON CONFLICT (stored) DO NOTHING",
        );
        let query = query.bind(file.stored.as_str()).bind(file.party.as_str()).bind(file.content.as_slice());
        run(connection, query).await?;
    }
    for (hash, bytes) in &batch.packs {
        let query = sqlx::query("INSERT INTO packs (hash, bytes) VALUES ($1, $2) ON CONFLICT (hash) DO NOTHING");
        run(connection, query.bind(hash.as_str()).bind(bytes.as_slice())).await?;
    }
    Ok(())
}

pub(super) async fn search(connection: &mut PgConnection, checked: &Checked<'_>) -> Result<()> {
    let rows = &checked.search;
    if !checked.search_dropped.is_empty() {
        let put: std::collections::BTreeSet<i64> = rows.iter().map(|row| row.0).collect();
        let dropped: Vec<i64> = checked.search_dropped.iter().copied().filter(|id| !put.contains(id)).collect();
        let query = sqlx::query("DELETE FROM search WHERE case_id = ANY($1::bigint[])");
        run(connection, query.bind(dropped)).await?;
    }
    if rows.is_empty() {
        return Ok(());
    }
    let query = sqlx::query(
        "INSERT INTO search (case_id, tokens) SELECT d.case_id, CAST(d.tokens AS tsvector) \
         FROM unnest($1::bigint[], $2::text[]) d(case_id, tokens) \
         ON CONFLICT (case_id) DO UPDATE SET tokens = excluded.tokens",
    );
    run(connection, query.bind(column(rows, |row| row.0)).bind(column(rows, |row| vector(row.1)))).await
}

/// Writes the text of a `tsvector`: each token with its place. Tokens are ASCII words already, no parser may cut them again.
fn vector(tokens: &str) -> String {
    let mut vector = String::with_capacity(tokens.len() * 2);
    for (place, token) in tokens.split_ascii_whitespace().enumerate() {
        let _ = write!(vector, "{token}:{} ", place + 1);
    }
    vector
}
