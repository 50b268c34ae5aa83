//! The same on PostgreSQL: an untouched database passes, and every column of every table is covered.

use crate::bureau;
use guiju_testkit::postgres::Server;
use guiju_verify::{NoData, Options, Report, Target, verify};
use sqlx::postgres::PgConnection;
use sqlx::{AssertSqlSafe, Connection, Row};
use std::path::Path;

async fn check(url: &str, keys: &Path) -> Report {
    let options = Options { since: Vec::new(), keys: Some(keys.join("keys")) };
    verify(Target::Database(url.to_owned()), options).await.unwrap()
}

#[tokio::test]
async fn every_column_is_covered_on_postgresql_too() {
    let Some(server) = Server::find().unwrap() else {
        eprintln!("NOT CHECKED: there is no PostgreSQL server here");
        return;
    };
    let (url, keys) = (server.fresh_database().unwrap(), tempfile::tempdir().unwrap());
    let (bureau, kept) = bureau::small(40);
    bureau.write_postgres(&url, keys.path()).await;
    let report = check(&url, keys.path()).await;
    assert_eq!(report.faults, []);
    assert!(report.events > 100);
    let options = Options { since: vec![kept], keys: Some(keys.path().join("keys")) };
    assert!(verify(Target::Database(url.clone()), options).await.unwrap().ok);

    // Without the keys nothing can be said of signatures and sealed values, and that must not pass for an answer.
    let blind = verify(Target::Database(url.clone()), Options::default()).await.unwrap();
    assert!(blind.faults.iter().any(|fault| fault.where_ == "keys"));

    let mut database = PgConnection::connect(&url).await.unwrap();
    let columns = "SELECT table_name::text, column_name::text, data_type::text FROM information_schema.columns \
                   WHERE table_schema = current_schema() AND table_name NOT IN \
                   ('sessions', 'drafts', 'operations', 'publications', 'publications_made', 'search', 'lease', '_sqlx_migrations')";
    let columns = sqlx::query(columns).fetch_all(&mut database).await.unwrap();
    let mut tried = 0;
    for column in columns {
        let (table, column, class): (String, String, String) = (column.get(0), column.get(1), column.get(2));
        let changed = match class.as_str() {
            "bigint" => format!("coalesce(\"{column}\" + 1, 7)"),
            "bytea" => format!("\"{column}\" || '\\x78'"),
            _ => format!("coalesce(\"{column}\", '') || 'x'"),
        };
        let row = format!("WHERE ctid = (SELECT ctid FROM {table} ORDER BY ctid LIMIT 1)");
        let sql = format!("UPDATE {table} SET \"{column}\" = {changed} {row}");
        let before = sqlx::query(AssertSqlSafe(format!("CREATE TABLE search_aside AS SELECT * FROM {table}")));
        before.execute(&mut database).await.unwrap();
        if sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut database).await.is_ok_and(|done| done.rows_affected() == 1) {
            let report = check(&url, keys.path()).await;
            assert!(!report.ok && report.faults.iter().all(|fault| !fault.where_.is_empty()), "{table}.{column}");
            tried += 1;
        }
        restore(&mut database, &table).await;
    }
    assert!(tried > 50, "only {tried} changes could be tried");
    assert_eq!(check(&url, keys.path()).await.faults, [], "every change was taken back");
}

/// Puts the rows back as they were kept in `search_aside` (ephemeral by its name).
async fn restore(database: &mut PgConnection, table: &str) {
    let sql = format!(
        "SET session_replication_role = replica; DELETE FROM {table}; INSERT INTO {table} SELECT * FROM search_aside; \
         DROP TABLE search_aside; SET session_replication_role = DEFAULT"
    );
    sqlx::raw_sql(AssertSqlSafe(sql)).execute(database).await.unwrap();
}

#[tokio::test]
async fn a_database_that_does_not_answer_is_no_finding() {
    let nowhere = Target::Database("postgres://nobody@127.0.0.1:1/none".into());
    assert!(matches!(verify(nowhere, Options::default()).await, Err(NoData::Unreachable(_))));
}
