//! Register entries, numbers and form tokens. Compiled once for each backend.

use std::collections::BTreeSet;

use guiju_kernel::rows::EntryRow;
use serde_json::Value;
use sqlx::{AssertSqlSafe, Pool};

use super::rows::{ENTRY_COLUMNS, count, entry_row, get};
use super::{Db, ENTRIES_BY_KEYS, ENTRY_TEXT_CONTAINS, ONCE_BY_TOKENS, failed};
use crate::checked::int;
use crate::{EntryPage, EntryQuery, Result, StoreError};

pub(super) async fn entry(pool: &Pool<Db>, register: &str, key: &str) -> Result<Option<EntryRow>> {
    let sql = format!("SELECT {ENTRY_COLUMNS} FROM entries e WHERE e.register = $1 AND e.key = $2 AND e.until IS NULL");
    let query = sqlx::query(AssertSqlSafe(sql)).bind(register).bind(key);
    query.fetch_optional(pool).await.map_err(failed)?.as_ref().map(entry_row).transpose()
}

pub(super) async fn entry_history(pool: &Pool<Db>, register: &str, key: &str) -> Result<Vec<EntryRow>> {
    let sql = format!("SELECT {ENTRY_COLUMNS} FROM entries e WHERE e.register = $1 AND e.key = $2 ORDER BY e.version");
    let query = sqlx::query(AssertSqlSafe(sql)).bind(register).bind(key);
    query.fetch_all(pool).await.map_err(failed)?.iter().map(entry_row).collect()
}

pub(super) async fn latest_entries(pool: &Pool<Db>, register: &str, keys: &[String]) -> Result<Vec<EntryRow>> {
    let sql = format!(
        "SELECT {ENTRY_COLUMNS} FROM {ENTRIES_BY_KEYS} AND NOT EXISTS (SELECT 1 FROM entries n \
         WHERE n.register = e.register AND n.key = e.key AND n.version > e.version)"
    );
    // No stored text holds the character NUL, and PostgreSQL would refuse the whole question for one key that does.
    let keys: BTreeSet<&String> = keys.iter().filter(|key| !key.contains('\0')).collect();
    let keys = serde_json::to_string(&keys).map_err(|error| StoreError::Rejected(error.to_string()))?;
    let query = sqlx::query(AssertSqlSafe(sql)).bind(register).bind(keys);
    query.fetch_all(pool).await.map_err(failed)?.iter().map(entry_row).collect()
}

pub(super) async fn entries(pool: &Pool<Db>, asked: &EntryQuery) -> Result<EntryPage> {
    let wanted = usize::try_from(asked.limit).unwrap_or(usize::MAX).saturating_add(1);
    let needle = asked.contains.as_deref().map(|text| text.to_ascii_lowercase()).filter(|text| !text.is_empty());
    let mut rows = Vec::new();
    let mut after = asked.after.clone();
    // The database only narrows (its JSON text also holds member names); a page is full when enough entries truly match.
    loop {
        let batch = candidates(pool, &asked.register, needle.as_deref(), after.as_deref(), wanted).await?;
        let exhausted = batch.len() < wanted;
        after = batch.last().map(|row| row.key.clone());
        rows.extend(batch.into_iter().filter(|row| needle.as_deref().is_none_or(|needle| holds(row, needle))));
        if exhausted || rows.len() >= wanted {
            break;
        }
    }
    let more = rows.len() >= wanted;
    rows.truncate(wanted - 1);
    Ok(EntryPage { rows, more })
}

async fn candidates(
    pool: &Pool<Db>,
    register: &str,
    needle: Option<&str>,
    after: Option<&str>,
    limit: usize,
) -> Result<Vec<EntryRow>> {
    let keyed = if after.is_some() { "AND e.key > $3" } else { "" };
    let narrowed = if needle.is_some() { ENTRY_TEXT_CONTAINS } else { "" };
    let sql = format!(
        "SELECT {ENTRY_COLUMNS} FROM entries e WHERE e.register = $1 AND e.until IS NULL {keyed} {narrowed} \
         ORDER BY e.key LIMIT $2"
    );
    let query = sqlx::query(AssertSqlSafe(sql)).bind(register).bind(i64::try_from(limit).unwrap_or(i64::MAX));
    let query = query.bind(after.unwrap_or_default()).bind(needle.unwrap_or_default());
    // As it stands inside JSON text, where quotes and backslashes are escaped.
    let escaped = Value::from(needle.unwrap_or_default()).to_string();
    let query = query.bind(escaped.trim_matches('"').to_owned());
    query.fetch_all(pool).await.map_err(failed)?.iter().map(entry_row).collect()
}

fn holds(row: &EntryRow, needle: &str) -> bool {
    row.key.to_ascii_lowercase().contains(needle) || text_holds(&row.doc, needle)
}

fn text_holds(value: &Value, needle: &str) -> bool {
    match value {
        Value::String(text) => text.to_ascii_lowercase().contains(needle),
        Value::Array(items) => items.iter().any(|item| text_holds(item, needle)),
        Value::Object(members) => members.values().any(|member| text_holds(member, needle)),
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}

pub(super) async fn entries_at(pool: &Pool<Db>, register: &str, at_ms: i64, upto_seq: u64) -> Result<Vec<EntryRow>> {
    // A version whose successor was not yet recorded had not ended, as far as the records told by then.
    let sql = format!(
        "SELECT {ENTRY_COLUMNS} FROM entries e WHERE e.register = $1 AND e.since <= $2 AND e.seq < $3 \
         AND (e.until IS NULL OR e.until > $2 OR EXISTS (SELECT 1 FROM entries n WHERE n.register = e.register \
         AND n.key = e.key AND n.version = e.version + 1 AND n.seq >= $3)) ORDER BY e.key, e.version"
    );
    let query = sqlx::query(AssertSqlSafe(sql)).bind(register).bind(at_ms).bind(int(upto_seq));
    query.fetch_all(pool).await.map_err(failed)?.iter().map(entry_row).collect()
}

pub(super) async fn entry_versions(pool: &Pool<Db>, register: &str, upto_seq: u64) -> Result<Vec<EntryRow>> {
    let sql =
        format!("SELECT {ENTRY_COLUMNS} FROM entries e WHERE e.register = $1 AND e.seq < $2 ORDER BY e.key, e.version");
    let query = sqlx::query(AssertSqlSafe(sql)).bind(register).bind(int(upto_seq));
    query.fetch_all(pool).await.map_err(failed)?.iter().map(entry_row).collect()
}

pub(super) async fn last_number(pool: &Pool<Db>, series: &str) -> Result<u64> {
    let query = sqlx::query("SELECT last FROM numbers WHERE series = $1").bind(series);
    query.fetch_optional(pool).await.map_err(failed)?.map_or(Ok(0), |row| count(&row, 0))
}

pub(super) async fn once_of(pool: &Pool<Db>, tokens: &[String]) -> Result<Vec<(String, u64)>> {
    let sql = format!("SELECT o.token, o.seq FROM {ONCE_BY_TOKENS}");
    let tokens = serde_json::to_string(tokens).map_err(|error| StoreError::Rejected(error.to_string()))?;
    let rows = sqlx::query(AssertSqlSafe(sql)).bind(tokens).fetch_all(pool).await.map_err(failed)?;
    rows.iter().map(|row| Ok((get(row, 0)?, count(row, 1)?))).collect()
}

pub(super) async fn once(pool: &Pool<Db>, token: &str) -> Result<Option<u64>> {
    let query = sqlx::query("SELECT seq FROM once WHERE token = $1").bind(token);
    query.fetch_optional(pool).await.map_err(failed)?.map(|row| count(&row, 0)).transpose()
}
