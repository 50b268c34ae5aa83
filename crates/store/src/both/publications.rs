//! What stands in public and what still has to be published? Compiled once for each backend.
//!
//! Each list is walked along an index in its own order, so that a page costs the same however many publications there are.

use std::fmt::Write as _;

use sqlx::{AssertSqlSafe, Pool};

use super::rows::{count, get};
use super::{Db, DbRow, failed};
use crate::checked::int;
use crate::{OwedQuery, PublicationPage, PublicationRow, PublishedQuery, Result};

const COLUMNS: &str = "p.case_id, p.what, p.kind, p.organ, p.party, p.due, p.published";

enum Bound {
    Number(i64),
    Text(String),
}

/// A query that grows by conditions: an index on a column is of use only where its condition stands.
struct Asked {
    sql: String,
    bounds: Vec<Bound>,
}

impl Asked {
    fn of(condition: &str) -> Asked {
        Asked { sql: format!("SELECT {COLUMNS} FROM publications p WHERE {condition}"), bounds: Vec::new() }
    }

    /// Binds a value and answers its place.
    fn bind(&mut self, bound: Bound) -> usize {
        self.bounds.push(bound);
        self.bounds.len()
    }

    fn also(&mut self, condition: &str, bound: Bound) {
        let at = self.bind(bound);
        let _ = write!(self.sql, " AND {condition} ${at}");
    }

    async fn page(mut self, pool: &Pool<Db>, order: &str, limit: u32) -> Result<PublicationPage> {
        let at = self.bind(Bound::Number(i64::from(limit).saturating_add(1)));
        let _ = write!(self.sql, " ORDER BY {order} LIMIT ${at}");
        let mut query = sqlx::query(AssertSqlSafe(self.sql));
        for bound in self.bounds {
            query = match bound {
                Bound::Number(number) => query.bind(number),
                Bound::Text(text) => query.bind(text),
            };
        }
        let rows = query.fetch_all(pool).await.map_err(failed)?;
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        let more = rows.len() > limit;
        Ok(PublicationPage { rows: rows.iter().take(limit).map(row).collect::<Result<_>>()?, more })
    }
}

pub(super) async fn published(pool: &Pool<Db>, asked: &PublishedQuery) -> Result<PublicationPage> {
    let mut query = Asked::of("p.published IS NOT NULL");
    if let Some(kind) = &asked.kind {
        query.also("p.kind =", Bound::Text(kind.clone()));
    }
    if let Some(from) = asked.from {
        query.also("p.published >=", Bound::Number(from));
    }
    if let Some(until) = asked.until {
        query.also("p.published <", Bound::Number(until));
    }
    if let Some(case) = asked.case {
        query.also("p.case_id =", Bound::Number(int(case)));
    }
    if let Some(parties) = &asked.parties {
        let places: Vec<String> =
            parties.iter().map(|party| format!("${}", query.bind(Bound::Text(party.clone())))).collect();
        // Nobody's list is empty: `IN ()` is no SQL everywhere.
        let among = if places.is_empty() { "1 = 0".to_owned() } else { format!("p.party IN ({})", places.join(", ")) };
        let _ = write!(query.sql, " AND p.party IS NOT NULL AND {among}");
    }
    if let Some(after) = &asked.after {
        let at = query.bind(Bound::Number(after.at));
        let case = query.bind(Bound::Number(int(after.case_id)));
        let what = query.bind(Bound::Text(after.what.clone()));
        let _ = write!(query.sql, " AND (p.published, p.case_id, p.what) < (${at}, ${case}, ${what})");
    }
    query.page(pool, "p.published DESC, p.case_id DESC, p.what DESC", asked.limit).await
}

pub(super) async fn owed(pool: &Pool<Db>, asked: &OwedQuery) -> Result<PublicationPage> {
    let mut query = Asked::of("p.due IS NOT NULL");
    query.also("p.organ =", Bound::Text(asked.organ.clone()));
    if let Some(unit) = &asked.unit {
        let (organ, unit) = (query.bind(Bound::Text(asked.organ.clone())), query.bind(Bound::Text(unit.clone())));
        let _ = write!(
            query.sql,
            " AND EXISTS (SELECT 1 FROM holdings h WHERE h.case_id = p.case_id AND h.organ = ${organ} AND h.unit = ${unit})"
        );
    }
    if let Some(after) = &asked.after {
        let at = query.bind(Bound::Number(after.at));
        let case = query.bind(Bound::Number(int(after.case_id)));
        let what = query.bind(Bound::Text(after.what.clone()));
        let _ = write!(query.sql, " AND (p.due, p.case_id, p.what) > (${at}, ${case}, ${what})");
    }
    query.page(pool, "p.due, p.case_id, p.what", asked.limit).await
}

pub(super) async fn made(pool: &Pool<Db>) -> Result<Option<String>> {
    sqlx::query_scalar("SELECT pack FROM publications_made").fetch_optional(pool).await.map_err(failed)
}

fn row(row: &DbRow) -> Result<PublicationRow> {
    Ok(PublicationRow {
        case_id: count(row, 0)?,
        what: get(row, 1)?,
        kind: get(row, 2)?,
        organ: get(row, 3)?,
        party: get(row, 4)?,
        due: get(row, 5)?,
        published: get(row, 6)?,
    })
}
