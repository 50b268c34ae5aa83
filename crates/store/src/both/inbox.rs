//! What lies on a desk, in the order of true deadlines, and how much of it in each band? Compiled once for each backend.
//!
//! A missing due moment sorts behind every other: the indexes and these queries put the largest number in its place, which gives one
//! order, and one place to continue from, on both backends.

use std::fmt::Write as _;

use sqlx::{AssertSqlSafe, Pool, Row};

use super::cases::stored_case;
use super::rows::{CASE_COLUMNS, CASE_WIDTH, HOLDING_COLUMNS, case_row, count, get, holding_row};
use super::{Db, HOLDINGS_OF_CASE, PROCEDURES, TIMERS_OF_CASE, UNITS, failed};
use crate::batch::{BEIJING_MS, DAY_MS};
use crate::checked::int;
use crate::{
    Band, BandCounts, InboxCursor, InboxPage, InboxQuery, InboxRow, OverdueQuery, Result, StoreError, StoredCase,
};

/// The due moment as the inbox sorts it.
const SORTED_DUE: &str = "coalesce(h.due, 9223372036854775807)";
const NO_DUE: i64 = i64::MAX;

enum Bound {
    Number(i64),
    Text(String),
}

pub(super) async fn inbox(pool: &Pool<Db>, asked: &InboxQuery) -> Result<InboxPage> {
    let (sql, bounds) = page_sql(asked);
    let mut query = sqlx::query(AssertSqlSafe(sql));
    for bound in bounds {
        query = match bound {
            Bound::Number(number) => query.bind(number),
            Bound::Text(text) => query.bind(text),
        };
    }
    let rows = query.fetch_all(pool).await.map_err(failed)?;
    let limit = usize::try_from(asked.limit).unwrap_or(usize::MAX);
    let more = rows.len() > limit;
    let rows = rows
        .iter()
        .take(limit)
        .map(|row| Ok(InboxRow { case: case_row(row)?, holding: holding_row(row, CASE_WIDTH)? }));
    Ok(InboxPage { rows: rows.collect::<Result<_>>()?, more })
}

/// Writes the query with only the conditions that are asked for: an index on a column is of use only where its condition stands.
fn page_sql(asked: &InboxQuery) -> (String, Vec<Bound>) {
    let mut bounds = vec![Bound::Text(asked.organ.clone()), Bound::Text(asked.unit.clone())];
    // CROSS JOIN: the desk is walked in order and each case looked up, never the other way round.
    let mut sql = format!(
        "SELECT {CASE_COLUMNS}, {HOLDING_COLUMNS} FROM holdings h CROSS JOIN cases c \
         WHERE c.id = h.case_id AND h.open = 1 AND h.organ = $1 AND h.unit = $2"
    );
    let mut also = |condition: &str, bound: Bound| {
        bounds.push(bound);
        let _ = write!(sql, " AND {condition} ${}", bounds.len());
    };
    for (column, value) in
        [("h.person =", &asked.person), ("c.procedure =", &asked.procedure), ("c.state =", &asked.state)]
    {
        if let Some(value) = value {
            also(column, Bound::Text(value.clone()));
        }
    }
    if let Some(Band { from, until }) = asked.band {
        if let Some(from) = from {
            also(&format!("{SORTED_DUE} >="), Bound::Number(from));
        }
        also(&format!("{SORTED_DUE} <"), Bound::Number(until.unwrap_or(NO_DUE)));
    }
    if let Some(InboxCursor { due, case_id, part }) = asked.after {
        let due = due.unwrap_or(NO_DUE);
        also(&format!("{SORTED_DUE} >="), Bound::Number(due));
        also(&format!("({SORTED_DUE} >"), Bound::Number(due));
        bounds.push(Bound::Number(int(case_id)));
        bounds.push(Bound::Number(i64::from(part)));
        let n = bounds.len();
        let _ = write!(sql, " OR h.case_id > ${} OR (h.case_id = ${} AND h.part > ${n}))", n - 1, n - 1);
    }
    bounds.push(Bound::Number(i64::from(asked.limit).saturating_add(1)));
    let _ = write!(sql, " ORDER BY {SORTED_DUE}, h.case_id, h.part LIMIT ${}", bounds.len());
    (sql, bounds)
}

/// Ranks what is overdue on each desk and reads the cases of the first ranks, in one statement.
pub(super) async fn overdue(pool: &Pool<Db>, asked: &OverdueQuery) -> Result<Vec<StoredCase>> {
    // CROSS JOIN: each desk is walked from its oldest due moment, and each case looked up.
    let sql = format!(
        "WITH late AS (SELECT h.case_id AS id, row_number() OVER (PARTITION BY h.unit, c.procedure \
         ORDER BY h.due, h.case_id, h.part) AS place FROM {UNITS} CROSS JOIN holdings h CROSS JOIN cases c \
         WHERE h.open = 1 AND h.organ = $1 AND h.unit = u.value AND {SORTED_DUE} < $3 AND c.id = h.case_id \
         AND c.procedure IN (SELECT p.value FROM {PROCEDURES})) \
         SELECT {CASE_COLUMNS}, ({HOLDINGS_OF_CASE}), ({TIMERS_OF_CASE}) FROM cases c \
         WHERE c.id IN (SELECT l.id FROM late l WHERE l.place <= $5) ORDER BY c.id"
    );
    let list = |texts: &[String]| serde_json::to_string(texts).map_err(|error| StoreError::Rejected(error.to_string()));
    let query = sqlx::query(AssertSqlSafe(sql)).bind(&asked.organ).bind(list(&asked.units)?).bind(asked.before);
    let query = query.bind(list(&asked.procedures)?).bind(i64::from(asked.most));
    query.fetch_all(pool).await.map_err(failed)?.iter().map(stored_case).collect()
}

/// Sums the kept counts of whole days and counts only the days that a band cuts, in one statement, so that the bands of one answer
/// belong to one moment.
pub(super) async fn band_counts(pool: &Pool<Db>, organ: &str, unit: &str, bands: &[Band]) -> Result<BandCounts> {
    let mut sql =
        String::from("SELECT coalesce((SELECT n FROM counts WHERE organ = $1 AND unit = $2 AND day = -1), 0)");
    let mut bounds: Vec<i64> = Vec::new();
    for band in bands {
        let split = split(*band);
        let at = bounds.len() + 3;
        bounds.extend([split.days.0, split.days.1, split.head.0, split.head.1, split.tail.0, split.tail.1]);
        let part = |from: usize| {
            format!(
                "(SELECT count(*) FROM holdings h WHERE h.open = 1 AND h.organ = $1 AND h.unit = $2 \
                 AND {SORTED_DUE} >= ${from} AND {SORTED_DUE} < ${})",
                from + 1
            )
        };
        let _ = write!(
            sql,
            ", CAST(coalesce((SELECT sum(n) FROM counts WHERE organ = $1 AND unit = $2 AND day >= ${at} AND day < ${}), 0) \
             AS BIGINT) + {} + {}",
            at + 1,
            part(at + 2),
            part(at + 4)
        );
    }
    let mut query = sqlx::query(AssertSqlSafe(sql)).bind(organ).bind(unit);
    for bound in bounds {
        query = query.bind(bound);
    }
    let row = query.fetch_one(pool).await.map_err(failed)?;
    let bands = (1..row.len()).map(|at| count(&row, at)).collect::<Result<_>>()?;
    Ok(BandCounts { undated: get::<i64>(&row, 0).and_then(super::rows::natural)?, bands })
}

/// A band as whole days (half-open, days since 1970-01-01 at +08:00) and the cut days before and behind them (half-open, milliseconds).
#[derive(Debug, PartialEq, Eq)]
struct Split {
    days: (i64, i64),
    head: (i64, i64),
    tail: (i64, i64),
}

fn split(band: Band) -> Split {
    const NOTHING: (i64, i64) = (0, 0);
    let begins = |day: i64| day.saturating_mul(DAY_MS).saturating_sub(BEIJING_MS);
    let from = band.from.unwrap_or(0).max(0);
    let until = band.until.unwrap_or(NO_DUE).max(from);
    let first = from.saturating_add(BEIJING_MS).div_euclid(DAY_MS);
    let last = until.saturating_add(BEIJING_MS).div_euclid(DAY_MS);
    // No due moment lies before 1970-01-01T00:00Z, so the day in which that moment lies is whole for a band that begins there.
    let first_whole = if from == 0 || begins(first) == from { first } else { first + 1 };
    if first_whole > last {
        return Split { days: NOTHING, head: (from, until), tail: NOTHING };
    }
    if until == NO_DUE {
        return Split { days: (first_whole, NO_DUE), head: (from, begins(first_whole).max(from)), tail: NOTHING };
    }
    Split {
        days: (first_whole, last),
        head: (from, begins(first_whole).max(from)),
        tail: (begins(last).max(from), until),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_moment_of_a_band_is_counted_once_whatever_it_cuts() {
        let moments: Vec<i64> = (0..40).map(|i| i * 7_200_000 + i % 3).chain([DAY_MS * 30]).collect();
        let cuts: Vec<Option<i64>> = [None].into_iter().chain((0..60).map(|i| Some(i * 3_600_000 * 2))).collect();
        for from in &cuts {
            for until in &cuts {
                let split = split(Band { from: *from, until: *until });
                for moment in &moments {
                    let day = crate::day_of(Some(*moment));
                    let times = [split.head, split.tail].iter().filter(|(a, b)| a <= moment && moment < b).count()
                        + usize::from(split.days.0 <= day && day < split.days.1);
                    let inside = from.is_none_or(|f| f <= *moment) && until.is_none_or(|u| *moment < u);
                    assert_eq!(times, usize::from(inside), "{moment} in {from:?}..{until:?}: {split:?}");
                }
            }
        }
    }
}
