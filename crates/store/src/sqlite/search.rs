//! Which cases hold these words? FTS5 walks its posting lists from the newest case backwards.

use guiju_text::SearchQuery;
use sqlx::{AssertSqlSafe, SqlitePool};

use super::cases::below;
use super::failed;
use super::rows::{CASE_COLUMNS, case_row};
use crate::checked::searchable;
use crate::{HITS_COUNTED_MAX, Hits, Result};

pub(super) async fn search(
    pool: &SqlitePool,
    query: &SearchQuery,
    scope: Option<&str>,
    before: Option<u64>,
    limit: u32,
) -> Result<Hits> {
    let Some(matching) = matching(query, scope) else { return Ok(Hits::default()) };
    let sql = format!(
        "SELECT {CASE_COLUMNS} FROM (SELECT rowid AS id FROM search WHERE search MATCH $1 AND rowid < $2 \
         ORDER BY rowid DESC LIMIT $3) s CROSS JOIN cases c WHERE c.id = s.id ORDER BY s.id DESC"
    );
    let page = sqlx::query(AssertSqlSafe(sql)).bind(&matching).bind(below(before)).bind(i64::from(limit));
    let rows = page.fetch_all(pool).await.map_err(failed)?;
    let counted: i64 = sqlx::query_scalar("SELECT count(*) FROM (SELECT 1 FROM search WHERE search MATCH $1 LIMIT $2)")
        .bind(&matching)
        .bind(i64::from(HITS_COUNTED_MAX) + 1)
        .fetch_one(pool)
        .await
        .map_err(failed)?;
    let counted = u32::try_from(counted).unwrap_or(u32::MAX);
    Ok(Hits {
        rows: rows.iter().map(case_row).collect::<Result<_>>()?,
        counted: counted.min(HITS_COUNTED_MAX),
        more_than_counted: counted > HITS_COUNTED_MAX,
    })
}

/// The text of the query; a scope is one token more that must be there.
fn matching(query: &SearchQuery, scope: Option<&str>) -> Option<String> {
    let (query, scope) = searchable(query, scope);
    match (scope, query.is_empty()) {
        (None, true) => None,
        (Some(scope), true) => Some(format!("\"{scope}\"")),
        (None, false) => Some(query.to_fts5()),
        (Some(scope), false) => Some(format!("\"{scope}\" AND {}", query.to_fts5())),
    }
}
