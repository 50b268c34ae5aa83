//! Cases one by one, by party, by procedure, and what rings next. Compiled once for each backend.

use std::collections::BTreeSet;

use guiju_kernel::rows::CaseRow;
use sqlx::{AssertSqlSafe, Pool};

use super::rows::{CASE_COLUMNS, CASE_WIDTH, case_row, count, gathered_holdings, gathered_timers, get, natural};
use super::{CASES_BY_IDS, Db, DbRow, HOLDINGS_OF_CASE, TIMERS_OF_CASE, failed};
use crate::checked::int;
use crate::{Result, StoreError, StoredCase};

/// Reads cases with desks and timers in one statement, so that they belong together whatever is committed meanwhile.
pub(super) async fn cases(pool: &Pool<Db>, ids: &[u64]) -> Result<Vec<StoredCase>> {
    let sql =
        format!("SELECT {CASE_COLUMNS}, ({HOLDINGS_OF_CASE}), ({TIMERS_OF_CASE}) FROM {CASES_BY_IDS} ORDER BY c.id");
    let ids: BTreeSet<i64> = ids.iter().copied().map(int).collect();
    let ids = serde_json::to_string(&ids).map_err(|error| StoreError::Rejected(error.to_string()))?;
    let rows = sqlx::query(AssertSqlSafe(sql)).bind(ids).fetch_all(pool).await.map_err(failed)?;
    rows.iter().map(stored_case).collect()
}

/// A case of which the query selected its columns, its desks and its timers.
pub(super) fn stored_case(row: &DbRow) -> Result<StoredCase> {
    let case = case_row(row)?;
    let holdings = get::<Option<&str>>(row, CASE_WIDTH)?.unwrap_or("[]");
    let timers = get::<Option<&str>>(row, CASE_WIDTH + 1)?.unwrap_or("[]");
    Ok(StoredCase {
        holdings: gathered_holdings(case.id, holdings)?,
        timers: gathered_timers(case.id, timers)?,
        row: case,
    })
}

pub(super) async fn case_by_number(pool: &Pool<Db>, number: &str) -> Result<Option<u64>> {
    let query = sqlx::query("SELECT id FROM cases WHERE number = $1").bind(number);
    query.fetch_optional(pool).await.map_err(failed)?.map(|row| count(&row, 0)).transpose()
}

pub(super) async fn cases_of(pool: &Pool<Db>, party: &str, before: Option<u64>, limit: u32) -> Result<Vec<CaseRow>> {
    let sql =
        format!("SELECT {CASE_COLUMNS} FROM cases c WHERE c.subject = $1 AND c.id < $2 ORDER BY c.id DESC LIMIT $3");
    let query = sqlx::query(AssertSqlSafe(sql)).bind(party).bind(below(before)).bind(i64::from(limit));
    query.fetch_all(pool).await.map_err(failed)?.iter().map(case_row).collect()
}

pub(super) async fn case_list(
    pool: &Pool<Db>,
    procedure: Option<&str>,
    before: Option<u64>,
    limit: u32,
) -> Result<Vec<CaseRow>> {
    let filter = if procedure.is_some() { "c.procedure = $3 AND " } else { "" };
    let sql = format!("SELECT {CASE_COLUMNS} FROM cases c WHERE {filter}c.id < $1 ORDER BY c.id DESC LIMIT $2");
    let mut query = sqlx::query(AssertSqlSafe(sql)).bind(below(before)).bind(i64::from(limit));
    if let Some(procedure) = procedure {
        query = query.bind(procedure);
    }
    query.fetch_all(pool).await.map_err(failed)?.iter().map(case_row).collect()
}

pub(super) async fn case_rows(
    pool: &Pool<Db>,
    procedure: &str,
    after: Option<u64>,
    limit: u32,
) -> Result<Vec<CaseRow>> {
    let sql = format!("SELECT {CASE_COLUMNS} FROM cases c WHERE c.procedure = $1 AND c.id > $2 ORDER BY c.id LIMIT $3");
    let query = sqlx::query(AssertSqlSafe(sql)).bind(procedure).bind(after.map_or(-1, int)).bind(i64::from(limit));
    query.fetch_all(pool).await.map_err(failed)?.iter().map(case_row).collect()
}

pub(super) async fn timers_due(pool: &Pool<Db>, before_ms: i64, limit: u32) -> Result<Vec<(i64, u64, String)>> {
    let rows = sqlx::query("SELECT at, case_id, name FROM timers WHERE at < $1 ORDER BY at, case_id, name LIMIT $2")
        .bind(before_ms)
        .bind(i64::from(limit))
        .fetch_all(pool)
        .await
        .map_err(failed)?;
    rows.iter().map(|row| Ok((get(row, 0)?, natural(get(row, 1)?)?, get(row, 2)?))).collect()
}

pub(super) async fn next_timer(pool: &Pool<Db>) -> Result<Option<i64>> {
    sqlx::query_scalar("SELECT at FROM timers ORDER BY at LIMIT 1").fetch_optional(pool).await.map_err(failed)
}

/// The bound of "newest first, before this one".
pub(super) fn below(before: Option<u64>) -> i64 {
    before.map_or(i64::MAX, int)
}
