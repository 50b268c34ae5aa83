//! Publications enter their table: every case of the batch anew.

use sqlx::PgConnection;

use super::write_rows::{column, run};
use crate::checked::{Checked, int};
use crate::{Batch, Result};

pub(super) async fn write(connection: &mut PgConnection, batch: &Batch, checked: &Checked<'_>) -> Result<()> {
    if !checked.publications_dropped.is_empty() {
        let query = sqlx::query("DELETE FROM publications WHERE case_id = ANY($1::bigint[])");
        run(connection, query.bind(&checked.publications_dropped)).await?;
    }
    let rows = &checked.publications;
    if !rows.is_empty() {
        let query = sqlx::query(
            "INSERT INTO publications (case_id, what, kind, organ, party, due, published) SELECT * FROM \
             unnest($1::bigint[], $2::text[], $3::text[], $4::text[], $5::text[], $6::bigint[], $7::bigint[])",
        );
        let query = query.bind(column(rows, |row| int(row.case_id))).bind(column(rows, |row| row.what.as_str()));
        let query = query.bind(column(rows, |row| row.kind.as_str())).bind(column(rows, |row| row.organ.as_str()));
        let query = query.bind(column(rows, |row| row.party.as_deref()));
        run(connection, query.bind(column(rows, |row| row.due)).bind(column(rows, |row| row.published))).await?;
    }
    if let Some(pack) = &batch.publications_made {
        let query = sqlx::query(
            "INSERT INTO publications_made (one, pack) VALUES (1, $1) ON CONFLICT (one) DO UPDATE SET pack = excluded.pack",
        );
        run(connection, query.bind(pack)).await?;
    }
    Ok(())
}
