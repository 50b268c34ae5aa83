//! Records and folded rows enter their tables: one statement a table, its rows as one array a column.

use sqlx::PgConnection;
use sqlx::postgres::PgArguments;
use sqlx::query::Query;

use super::failed;
use crate::checked::{Checked, int};
use crate::{Batch, Result};

/// One column of all rows, as an array.
pub(super) fn column<'a, T, C>(rows: &'a [T], of: impl Fn(&'a T) -> C) -> Vec<C> {
    rows.iter().map(of).collect()
}

pub(super) async fn run(connection: &mut PgConnection, query: Query<'_, sqlx::Postgres, PgArguments>) -> Result<()> {
    query.execute(connection).await.map_err(failed).map(drop)
}

pub(super) async fn events(connection: &mut PgConnection, batch: &Batch) -> Result<()> {
    let rows = &batch.records;
    if rows.is_empty() {
        return Ok(());
    }
    let query = sqlx::query(
        "INSERT INTO events (seq, case_id, act, state, done, recorded, bytes, salt) SELECT * FROM unnest($1::bigint[], \
         $2::bigint[], $3::text[], $4::text[], $5::bigint[], $6::bigint[], $7::text[], $8::bytea[])",
    )
    .bind(column(rows, |row| int(row.seq)))
    .bind(column(rows, |row| row.case_id.map(int)))
    .bind(column(rows, |row| row.act.as_str()))
    .bind(column(rows, |row| row.state.as_deref()))
    .bind(column(rows, |row| row.done))
    .bind(column(rows, |row| row.recorded))
    .bind(column(rows, |row| row.bytes.as_str()))
    .bind(column(rows, |row| row.salt.as_slice()));
    run(connection, query).await
}

/// Writes entire case rows. PostgreSQL itself sees which indexed columns differ.
pub(super) async fn cases(connection: &mut PgConnection, checked: &Checked<'_>) -> Result<()> {
    let rows = &checked.cases;
    if rows.is_empty() {
        return Ok(());
    }
    let query = sqlx::query(
        "INSERT INTO cases (id, number, procedure, pack, state, outcome, subject, organ, origin_system, origin_number, \
         origin_batch, opened, ended, version, level, round, headline, doc) SELECT * FROM unnest($1::bigint[], \
         $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[], $10::text[], \
         $11::text[], $12::bigint[], $13::bigint[], $14::bigint[], $15::bigint[], $16::bigint[], $17::text[], \
         $18::text[]) ON CONFLICT (id) DO UPDATE SET number = excluded.number, procedure = excluded.procedure, \
         pack = excluded.pack, state = excluded.state, outcome = excluded.outcome, subject = excluded.subject, \
         organ = excluded.organ, origin_system = excluded.origin_system, origin_number = excluded.origin_number, \
         origin_batch = excluded.origin_batch, opened = excluded.opened, ended = excluded.ended, \
         version = excluded.version, level = excluded.level, round = excluded.round, headline = excluded.headline, \
         doc = excluded.doc",
    )
    .bind(column(rows, |(row, _)| int(row.id)))
    .bind(column(rows, |(row, _)| row.number.as_str()))
    .bind(column(rows, |(row, _)| row.procedure.as_str()))
    .bind(column(rows, |(row, _)| row.pack.as_str()))
    .bind(column(rows, |(row, _)| row.state.as_str()))
    .bind(column(rows, |(row, _)| row.outcome.as_deref()))
    .bind(column(rows, |(row, _)| row.subject.as_deref()))
    .bind(column(rows, |(row, _)| row.organ.as_str()))
    .bind(column(rows, |(row, _)| row.origin_system.as_deref()))
    .bind(column(rows, |(row, _)| row.origin_number.as_deref()))
    .bind(column(rows, |(row, _)| row.origin_batch.as_deref()))
    .bind(column(rows, |(row, _)| row.opened))
    .bind(column(rows, |(row, _)| row.ended))
    .bind(column(rows, |(row, _)| int(row.version)))
    .bind(column(rows, |(row, _)| i64::from(row.level)))
    .bind(column(rows, |(row, _)| i64::from(row.round)))
    .bind(column(rows, |(row, _)| row.headline.as_str()))
    .bind(column(rows, |(_, doc)| doc.as_str()));
    run(connection, query).await
}

pub(super) async fn holdings(connection: &mut PgConnection, checked: &Checked<'_>) -> Result<()> {
    let dropped = &checked.holdings_dropped;
    if !dropped.is_empty() {
        let query = sqlx::query(
            "DELETE FROM holdings h USING unnest($1::bigint[], $2::bigint[]) d(case_id, part) \
             WHERE h.case_id = d.case_id AND h.part = d.part",
        );
        run(connection, query.bind(column(dropped, |row| row.0)).bind(column(dropped, |row| row.1))).await?;
    }
    let rows = &checked.holdings;
    if rows.is_empty() {
        return Ok(());
    }
    let query = sqlx::query(
        "INSERT INTO holdings (case_id, part, organ, unit, person, open, due) SELECT * FROM unnest($1::bigint[], \
         $2::bigint[], $3::text[], $4::text[], $5::text[], $6::bigint[], $7::bigint[]) ON CONFLICT (case_id, part) \
         DO UPDATE SET organ = excluded.organ, unit = excluded.unit, person = excluded.person, open = excluded.open, \
         due = excluded.due",
    )
    .bind(column(rows, |row| int(row.case_id)))
    .bind(column(rows, |row| i64::from(row.part)))
    .bind(column(rows, |row| row.organ.as_str()))
    .bind(column(rows, |row| row.unit.as_str()))
    .bind(column(rows, |row| row.person.as_deref()))
    .bind(column(rows, |row| i64::from(row.open)))
    .bind(column(rows, |row| row.due));
    run(connection, query).await
}

pub(super) async fn timers(connection: &mut PgConnection, checked: &Checked<'_>) -> Result<()> {
    let dropped = &checked.timers_dropped;
    if !dropped.is_empty() {
        let query = sqlx::query(
            "DELETE FROM timers t USING unnest($1::bigint[], $2::text[]) d(case_id, name) \
             WHERE t.case_id = d.case_id AND t.name = d.name",
        );
        run(connection, query.bind(column(dropped, |row| row.0)).bind(column(dropped, |row| row.1))).await?;
    }
    let rows = &checked.timers;
    if rows.is_empty() {
        return Ok(());
    }
    let query = sqlx::query(
        "INSERT INTO timers (case_id, name, at) SELECT * FROM unnest($1::bigint[], $2::text[], $3::bigint[]) \
         ON CONFLICT (case_id, name) DO UPDATE SET at = excluded.at",
    );
    let query = query.bind(column(rows, |row| row.0)).bind(column(rows, |row| row.1));
    run(connection, query.bind(column(rows, |row| row.2))).await
}

pub(super) async fn entries(connection: &mut PgConnection, checked: &Checked<'_>) -> Result<()> {
    let rows = &checked.entries;
    if rows.is_empty() {
        return Ok(());
    }
    let query = sqlx::query(
        "INSERT INTO entries (register, key, version, since, until, seq, doc) SELECT * FROM unnest($1::text[], \
         $2::text[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[], $7::text[]) \
         ON CONFLICT (register, key, version) DO UPDATE SET since = excluded.since, until = excluded.until, \
         seq = excluded.seq, doc = excluded.doc",
    )
    .bind(column(rows, |(row, _)| row.register.as_str()))
    .bind(column(rows, |(row, _)| row.key.as_str()))
    .bind(column(rows, |(row, _)| i64::from(row.version)))
    .bind(column(rows, |(row, _)| row.since))
    .bind(column(rows, |(row, _)| row.until))
    .bind(column(rows, |(row, _)| int(row.seq)))
    .bind(column(rows, |(_, doc)| doc.as_str()));
    run(connection, query).await
}

/// Numbers given, form tokens used, payloads erased.
pub(super) async fn counters(connection: &mut PgConnection, checked: &Checked<'_>) -> Result<()> {
    let rows = &checked.numbers;
    if !rows.is_empty() {
        let query = sqlx::query(
            "INSERT INTO numbers (series, last) SELECT * FROM unnest($1::text[], $2::bigint[]) \
             ON CONFLICT (series) DO UPDATE SET last = excluded.last",
        );
        let query = query.bind(column(rows, |row| row.series.as_str())).bind(column(rows, |row| int(row.last)));
        run(connection, query).await?;
    }
    let rows = &checked.once;
    if !rows.is_empty() {
        let query = sqlx::query("INSERT INTO once (token, seq) SELECT * FROM unnest($1::text[], $2::bigint[])");
        let query = query.bind(column(rows, |row| row.token.as_str())).bind(column(rows, |row| int(row.seq)));
        run(connection, query).await?;
    }
    let rows = &checked.erased;
    if !rows.is_empty() {
        let query = sqlx::query(
            "INSERT INTO erased (seq, field, by_seq) SELECT * FROM unnest($1::bigint[], $2::text[], $3::bigint[])",
        );
        let query = query.bind(column(rows, |row| int(row.seq))).bind(column(rows, |row| row.field.as_str()));
        run(connection, query.bind(column(rows, |row| int(row.by_seq)))).await?;
    }
    Ok(())
}

/// Adds the differences to the kept counters. The sum is worked out before the row is inserted, so that the table's rule "no count
/// is negative" judges the sum and not the difference.
pub(super) async fn counts(connection: &mut PgConnection, checked: &Checked<'_>) -> Result<()> {
    let rows = &checked.counts;
    if rows.is_empty() {
        return Ok(());
    }
    let query = sqlx::query(
        "INSERT INTO counts (organ, unit, day, n) SELECT d.organ, d.unit, d.day, d.n + coalesce((SELECT c.n FROM counts c \
         WHERE c.organ = d.organ AND c.unit = d.unit AND c.day = d.day), 0) \
         FROM unnest($1::text[], $2::text[], $3::bigint[], $4::bigint[]) d(organ, unit, day, n) \
         ON CONFLICT (organ, unit, day) DO UPDATE SET n = excluded.n",
    )
    .bind(column(rows, |row| row.0))
    .bind(column(rows, |row| row.1))
    .bind(column(rows, |row| row.2))
    .bind(column(rows, |row| row.3));
    run(connection, query).await?;
    run(connection, sqlx::query("DELETE FROM counts WHERE n = 0")).await
}
