//! Every step of every case of a procedure, for figures.

use sqlx::PgPool;

use super::failed;
use super::rows::{count, get};
use crate::checked::int;
use crate::{Result, Step};

pub(super) async fn steps(pool: &PgPool, procedure: &str, upto_seq: u64) -> Result<Vec<Step>> {
    let rows = sqlx::query(
        "SELECT e.case_id, e.seq, e.act, e.state, e.done FROM cases c JOIN events e ON e.case_id = c.id \
         WHERE c.procedure = $1 AND e.seq < $2 AND e.state IS NOT NULL ORDER BY e.case_id, e.seq",
    )
    .bind(procedure)
    .bind(int(upto_seq))
    .fetch_all(pool)
    .await
    .map_err(failed)?;
    rows.iter()
        .map(|row| {
            Ok(Step {
                case_id: count(row, 0)?,
                seq: count(row, 1)?,
                act: get(row, 2)?,
                state: get(row, 3)?,
                done: get(row, 4)?,
            })
        })
        .collect()
}
