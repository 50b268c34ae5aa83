//! Publications enter their table: every case of the batch anew.

use sqlx::SqliteConnection;

use super::failed;
use super::multirow::Statement;
use crate::checked::{Checked, int};
use crate::{Batch, Result};

pub(super) async fn write(connection: &mut SqliteConnection, batch: &Batch, checked: &Checked<'_>) -> Result<()> {
    let dropped = Statement { head: "DELETE FROM publications WHERE case_id IN (", row: "(?)", tail: ")" };
    dropped.run(connection, &checked.publications_dropped, |query, id| query.bind(*id)).await.map_err(failed)?;
    let put = Statement {
        head: "INSERT INTO publications (case_id, what, kind, organ, party, due, published)",
        row: "(?,?,?,?,?,?,?)",
        tail: "",
    };
    put.run(connection, &checked.publications, |query, row| {
        let query = query.bind(int(row.case_id)).bind(&row.what).bind(&row.kind).bind(&row.organ);
        query.bind(&row.party).bind(row.due).bind(row.published)
    })
    .await
    .map_err(failed)?;
    if let Some(pack) = &batch.publications_made {
        sqlx::query(
            "INSERT INTO publications_made (one, pack) VALUES (1, $1) ON CONFLICT (one) DO UPDATE SET pack = excluded.pack",
        )
        .bind(pack)
        .execute(connection)
        .await
        .map_err(failed)?;
    }
    Ok(())
}
