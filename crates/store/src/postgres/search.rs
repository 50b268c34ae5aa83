//! Which cases hold these words?
//!
//! The planner must see the words to choose between walking the cases from the newest (common words) and asking the GIN index (rare
//! ones); hence the statements are planned anew each time, never kept with a plan for words in general (ADR 0064).

use guiju_text::SearchQuery;
use sqlx::{AssertSqlSafe, PgPool};

use super::cases::below;
use super::failed;
use super::rows::{CASE_COLUMNS, case_row};
use crate::checked::searchable;
use crate::{HITS_COUNTED_MAX, Hits, Result};

pub(super) async fn search(
    pool: &PgPool,
    query: &SearchQuery,
    scope: Option<&str>,
    before: Option<u64>,
    limit: u32,
) -> Result<Hits> {
    let Some(matching) = matching(query, scope) else { return Ok(Hits::default()) };
    let sql = format!(
        "SELECT {CASE_COLUMNS} FROM (SELECT case_id FROM search WHERE tokens @@ CAST($1 AS tsquery) AND case_id < $2 \
         ORDER BY case_id DESC LIMIT $3) s CROSS JOIN cases c WHERE c.id = s.case_id ORDER BY c.id DESC"
    );
    let page = sqlx::query(AssertSqlSafe(sql)).bind(&matching).bind(below(before)).bind(i64::from(limit));
    let rows = page.persistent(false).fetch_all(pool).await.map_err(failed)?;
    let counted: i64 = sqlx::query_scalar(
        "SELECT count(*) FROM (SELECT 1 FROM search WHERE tokens @@ CAST($1 AS tsquery) LIMIT $2) h",
    )
    .bind(&matching)
    .bind(i64::from(HITS_COUNTED_MAX) + 1)
    .persistent(false)
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
        (Some(scope), true) => Some(scope),
        (None, false) => Some(query.to_tsquery()),
        (Some(scope), false) => Some(format!("{scope} & {}", query.to_tsquery())),
    }
}
