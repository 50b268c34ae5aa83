//! Every step of every case of a procedure, for figures.
//!
//! One row a case with its steps gathered: a row costs the driver about as much as ten steps do (ADR 0061).

use sqlx::SqlitePool;

use super::failed;
use super::rows::{count, get};
use crate::checked::int;
use crate::{Result, Step, StoreError};

pub(super) async fn steps(pool: &SqlitePool, procedure: &str, upto_seq: u64) -> Result<Vec<Step>> {
    let rows = sqlx::query(
        "SELECT c.id, json_group_array(json_array(e.seq, e.act, e.state, e.done)) FROM cases c CROSS JOIN events e \
         WHERE c.procedure = $1 AND e.case_id = c.id AND e.seq < $2 AND e.state IS NOT NULL GROUP BY c.id ORDER BY c.id",
    )
    .bind(procedure)
    .bind(int(upto_seq))
    .fetch_all(pool)
    .await
    .map_err(failed)?;
    let mut steps = Vec::with_capacity(rows.len().saturating_mul(8));
    for row in &rows {
        let case_id = count(row, 0)?;
        let mut gathered: Vec<(u64, String, String, i64)> = serde_json::from_str(get(row, 1)?)
            .map_err(|error| StoreError::Damaged(format!("the steps of case {case_id}: {error}")))?;
        gathered.sort_unstable_by_key(|(seq, ..)| *seq);
        steps.extend(gathered.into_iter().map(|(seq, act, state, done)| Step { case_id, seq, act, state, done }));
    }
    Ok(steps)
}
