//! Records and folded rows enter their tables.

use sqlx::SqliteConnection;

use super::failed;
use super::multirow::Statement;
use crate::checked::{Checked, int};
use crate::{Batch, Result};

pub(super) async fn events(connection: &mut SqliteConnection, batch: &Batch) -> Result<()> {
    let statement = Statement {
        head: "INSERT INTO events (seq, case_id, act, state, done, recorded, bytes, salt)",
        row: "(?,?,?,?,?,?,?,?)",
        tail: "",
    };
    statement
        .run(connection, &batch.records, |query, record| {
            query
                .bind(int(record.seq))
                .bind(record.case_id.map(int))
                .bind(&record.act)
                .bind(record.state.as_deref())
                .bind(record.done)
                .bind(record.recorded)
                .bind(&record.bytes)
                .bind(record.salt.as_slice())
        })
        .await
        .map_err(failed)
}

/// Writes entire case rows. The three indexed columns, which hardly ever change, are left out of the upsert and written where they do
/// differ: SQLite would rewrite all three indexes for every case, a page each.
pub(super) async fn cases(connection: &mut SqliteConnection, checked: &Checked<'_>) -> Result<()> {
    let statement = Statement {
        head: "INSERT INTO cases (id, number, procedure, pack, state, outcome, subject, organ, origin_system, \
               origin_number, origin_batch, opened, ended, version, level, round, headline, doc)",
        row: "(?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
        tail: "ON CONFLICT (id) DO UPDATE SET pack = excluded.pack, state = excluded.state, \
               outcome = excluded.outcome, organ = excluded.organ, origin_system = excluded.origin_system, origin_number = excluded.origin_number, \
               origin_batch = excluded.origin_batch, opened = excluded.opened, ended = excluded.ended, \
               version = excluded.version, level = excluded.level, round = excluded.round, \
               headline = excluded.headline, doc = excluded.doc",
    };
    statement
        .run(connection, &checked.cases, |query, (row, doc)| {
            query
                .bind(int(row.id))
                .bind(&row.number)
                .bind(&row.procedure)
                .bind(&row.pack)
                .bind(&row.state)
                .bind(row.outcome.as_deref())
                .bind(row.subject.as_deref())
                .bind(&row.organ)
                .bind(row.origin_system.as_deref())
                .bind(row.origin_number.as_deref())
                .bind(row.origin_batch.as_deref())
                .bind(row.opened)
                .bind(row.ended)
                .bind(int(row.version))
                .bind(i64::from(row.level))
                .bind(i64::from(row.round))
                .bind(&row.headline)
                .bind(doc)
        })
        .await
        .map_err(failed)?;
    let named = Statement {
        head: "UPDATE cases SET number = v.column2, procedure = v.column3, subject = v.column4 FROM (",
        row: "(?,?,?,?)",
        tail: ") v WHERE cases.id = v.column1 AND (cases.number IS NOT v.column2 \
               OR cases.procedure IS NOT v.column3 OR cases.subject IS NOT v.column4)",
    };
    named
        .run(connection, &checked.cases, |query, (row, _)| {
            query.bind(int(row.id)).bind(&row.number).bind(&row.procedure).bind(row.subject.as_deref())
        })
        .await
        .map_err(failed)
}

pub(super) async fn holdings(connection: &mut SqliteConnection, checked: &Checked<'_>) -> Result<()> {
    let dropped = Statement { head: "DELETE FROM holdings WHERE (case_id, part) IN (", row: "(?,?)", tail: ")" };
    dropped
        .run(connection, &checked.holdings_dropped, |query, (case_id, part)| query.bind(*case_id).bind(*part))
        .await
        .map_err(failed)?;
    let put = Statement {
        head: "INSERT INTO holdings (case_id, part, organ, unit, person, open, due)",
        row: "(?,?,?,?,?,?,?)",
        tail: "ON CONFLICT (case_id, part) DO UPDATE SET organ = excluded.organ, unit = excluded.unit, \
               person = excluded.person, open = excluded.open, due = excluded.due",
    };
    put.run(connection, &checked.holdings, |query, row| {
        query
            .bind(int(row.case_id))
            .bind(i64::from(row.part))
            .bind(&row.organ)
            .bind(&row.unit)
            .bind(row.person.as_deref())
            .bind(i64::from(row.open))
            .bind(row.due)
    })
    .await
    .map_err(failed)
}

pub(super) async fn timers(connection: &mut SqliteConnection, checked: &Checked<'_>) -> Result<()> {
    let dropped = Statement { head: "DELETE FROM timers WHERE (case_id, name) IN (", row: "(?,?)", tail: ")" };
    dropped
        .run(connection, &checked.timers_dropped, |query, (case_id, name)| query.bind(*case_id).bind(*name))
        .await
        .map_err(failed)?;
    let put = Statement {
        head: "INSERT INTO timers (case_id, name, at)",
        row: "(?,?,?)",
        tail: "ON CONFLICT (case_id, name) DO UPDATE SET at = excluded.at",
    };
    put.run(connection, &checked.timers, |query, (case_id, name, at)| query.bind(*case_id).bind(*name).bind(*at))
        .await
        .map_err(failed)
}

pub(super) async fn entries(connection: &mut SqliteConnection, checked: &Checked<'_>) -> Result<()> {
    let statement = Statement {
        head: "INSERT INTO entries (register, key, version, since, until, seq, doc)",
        row: "(?,?,?,?,?,?,?)",
        tail: "ON CONFLICT (register, key, version) DO UPDATE SET since = excluded.since, until = excluded.until, \
               seq = excluded.seq, doc = excluded.doc",
    };
    statement
        .run(connection, &checked.entries, |query, (row, doc)| {
            query
                .bind(&row.register)
                .bind(&row.key)
                .bind(i64::from(row.version))
                .bind(row.since)
                .bind(row.until)
                .bind(int(row.seq))
                .bind(doc)
        })
        .await
        .map_err(failed)
}

/// Numbers given, form tokens used, payloads erased.
pub(super) async fn counters(connection: &mut SqliteConnection, checked: &Checked<'_>) -> Result<()> {
    let numbers = Statement {
        head: "INSERT INTO numbers (series, last)",
        row: "(?,?)",
        tail: "ON CONFLICT (series) DO UPDATE SET last = excluded.last",
    };
    numbers
        .run(connection, &checked.numbers, |query, row| query.bind(&row.series).bind(int(row.last)))
        .await
        .map_err(failed)?;
    let once = Statement { head: "INSERT INTO once (token, seq)", row: "(?,?)", tail: "" };
    once.run(connection, &checked.once, |query, row| query.bind(&row.token).bind(int(row.seq)))
        .await
        .map_err(failed)?;
    let erased = Statement { head: "INSERT INTO erased (seq, field, by_seq)", row: "(?,?,?)", tail: "" };
    erased
        .run(connection, &checked.erased, |query, row| query.bind(int(row.seq)).bind(&row.field).bind(int(row.by_seq)))
        .await
        .map_err(failed)
}

/// Adds the differences to the kept counters. The sum is worked out before the row is inserted, so that the table's rule "no count
/// is negative" judges the sum and not the difference.
pub(super) async fn counts(connection: &mut SqliteConnection, checked: &Checked<'_>) -> Result<()> {
    if checked.counts.is_empty() {
        return Ok(());
    }
    let statement = Statement {
        head: "INSERT INTO counts (organ, unit, day, n)",
        row: "(?,?,?,? + coalesce((SELECT n FROM counts WHERE organ = ? AND unit = ? AND day = ?), 0))",
        tail: "ON CONFLICT (organ, unit, day) DO UPDATE SET n = excluded.n",
    };
    statement
        .run(connection, &checked.counts, |query, (organ, unit, day, change)| {
            query.bind(*organ).bind(*unit).bind(*day).bind(*change).bind(*organ).bind(*unit).bind(*day)
        })
        .await
        .map_err(failed)?;
    sqlx::query("DELETE FROM counts WHERE n = 0").execute(connection).await.map_err(failed)?;
    Ok(())
}
