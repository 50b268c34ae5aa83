//! Where are rows read from? A SQLite file or a PostgreSQL database, read-only, as of one moment.
//!
//! Refuses to write: connections are opened read-only. A broken page is an error of the query, reported by the caller.

use crate::cell::Cell;
use futures_util::TryStreamExt;
use sqlx::postgres::{PgConnectOptions, PgConnection, PgRow};
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection, SqliteRow};
use sqlx::{AssertSqlSafe, ConnectOptions, Decode, Row, TypeInfo, ValueRef};
use std::path::Path;

/// An open database within one read transaction, so that a server may write meanwhile.
pub(crate) enum Source {
    Sqlite(SqliteConnection),
    Postgres(PgConnection),
}

impl Source {
    /// Opens a SQLite file. Where not even the files beside it can be made (a read-only disk), it is read as it lies.
    pub(crate) async fn sqlite(file: &Path) -> Result<Source, sqlx::Error> {
        let options = SqliteConnectOptions::new()
            .filename(file)
            .read_only(true)
            .pragma("cache_size", "-65536")
            // Rows come from a thread of their own; a larger buffer saves waking each other up for every one of them.
            .row_buffer_size(1024)
            .disable_statement_logging();
        let opened = match options.clone().connect().await {
            Ok(opened) => Ok(opened),
            Err(_) => options.immutable(true).connect().await,
        };
        let mut connection = opened?;
        sqlx::raw_sql("BEGIN").execute(&mut connection).await?;
        Ok(Source::Sqlite(connection))
    }

    /// Opens a PostgreSQL database.
    pub(crate) async fn postgres(url: &str) -> Result<Source, sqlx::Error> {
        let mut connection = url.parse::<PgConnectOptions>()?.disable_statement_logging().connect().await?;
        sqlx::raw_sql("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY").execute(&mut connection).await?;
        Ok(Source::Postgres(connection))
    }

    /// Hands every row of a query to `each`. `arguments` (numbers and texts) stand for `$1`, `$2` …; an error ends the
    /// reading midway.
    pub(crate) async fn rows(
        &mut self,
        sql: &str,
        arguments: &[Cell],
        mut each: impl FnMut(Vec<Cell>),
    ) -> Result<(), sqlx::Error> {
        match self {
            Source::Sqlite(connection) => {
                let mut query = sqlx::query(AssertSqlSafe(sql.to_owned()));
                for argument in arguments {
                    query = match argument {
                        Cell::Int(int) => query.bind(*int),
                        other => query.bind(other.as_text().unwrap_or_default().to_owned()),
                    };
                }
                let mut rows = query.fetch(connection);
                while let Some(row) = rows.try_next().await? {
                    each((0..row.len()).map(|at| sqlite_cell(&row, at)).collect());
                }
            }
            Source::Postgres(connection) => {
                let mut query = sqlx::query(AssertSqlSafe(sql.to_owned()));
                for argument in arguments {
                    query = match argument {
                        Cell::Int(int) => query.bind(*int),
                        other => query.bind(other.as_text().unwrap_or_default().to_owned()),
                    };
                }
                let mut rows = query.fetch(connection);
                while let Some(row) = rows.try_next().await? {
                    each((0..row.len()).map(|at| postgres_cell(&row, at)).collect());
                }
            }
        }
        Ok(())
    }

    /// Every column of every ordinary table of the database: (table, column).
    pub(crate) async fn columns(&mut self) -> Result<Vec<(String, String)>, sqlx::Error> {
        let sql = match self {
            Source::Sqlite(_) => {
                "SELECT m.name, c.name FROM sqlite_master m JOIN pragma_table_xinfo(m.name) c \
                 WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite\\_%' ESCAPE '\\'"
            }
            Source::Postgres(_) => {
                "SELECT table_name::text, column_name::text FROM information_schema.columns \
                 WHERE table_schema = current_schema()"
            }
        };
        let mut found = Vec::new();
        self.rows(sql, &[], |row| {
            if let [Cell::Text(table), Cell::Text(column)] = row.as_slice() {
                found.push((table.to_string(), column.to_string()));
            }
        })
        .await?;
        Ok(found)
    }

    /// What would act or answer in the tables' stead: triggers and views. Ours has none.
    pub(crate) async fn intruders(&mut self) -> Result<Vec<String>, sqlx::Error> {
        let sql = match self {
            Source::Sqlite(_) => "SELECT name FROM sqlite_master WHERE type IN ('trigger', 'view')",
            Source::Postgres(_) => {
                "SELECT trigger_name::text FROM information_schema.triggers WHERE trigger_schema = current_schema() \
                 UNION SELECT table_name::text FROM information_schema.views WHERE table_schema = current_schema()"
            }
        };
        let mut found = Vec::new();
        self.rows(sql, &[], |row| found.extend(row.first().and_then(Cell::as_text).map(str::to_owned))).await?;
        Ok(found)
    }

    /// Reading whole tables: SQLite must take the table itself, not an index that happens to cover the columns.
    pub(crate) fn whole_table(&self, table: &str) -> String {
        match self {
            Source::Sqlite(_) => format!("{table} NOT INDEXED"),
            Source::Postgres(_) => table.to_owned(),
        }
    }
}

fn sqlite_cell(row: &SqliteRow, at: usize) -> Cell {
    let Ok(raw) = row.try_get_raw(at) else { return odd("?") };
    if raw.is_null() {
        return Cell::Null;
    }
    // The storage class of this very value, not the column's declared type.
    let class = raw.type_info().name().to_owned();
    let read = match class.as_str() {
        "INTEGER" => <i64 as Decode<'_, sqlx::Sqlite>>::decode(raw).map(Cell::Int),
        "TEXT" => <&str as Decode<'_, sqlx::Sqlite>>::decode(raw).map(Cell::text),
        "BLOB" => <&[u8] as Decode<'_, sqlx::Sqlite>>::decode(raw).map(|bytes| Cell::Blob(bytes.into())),
        _ => return odd(&class),
    };
    read.unwrap_or_else(|_| odd(&class))
}

fn postgres_cell(row: &PgRow, at: usize) -> Cell {
    let Ok(raw) = row.try_get_raw(at) else { return odd("?") };
    if raw.is_null() {
        return Cell::Null;
    }
    let class = raw.type_info().name().to_owned();
    let read = match class.as_str() {
        "INT8" => <i64 as Decode<'_, sqlx::Postgres>>::decode(raw).map(Cell::Int),
        "INT4" => <i32 as Decode<'_, sqlx::Postgres>>::decode(raw).map(|int| Cell::Int(int.into())),
        "INT2" => <i16 as Decode<'_, sqlx::Postgres>>::decode(raw).map(|int| Cell::Int(int.into())),
        "TEXT" | "VARCHAR" => <&str as Decode<'_, sqlx::Postgres>>::decode(raw).map(Cell::text),
        "BYTEA" => <&[u8] as Decode<'_, sqlx::Postgres>>::decode(raw).map(|bytes| Cell::Blob(bytes.into())),
        _ => return odd(&class),
    };
    read.unwrap_or_else(|_| odd(&class))
}

fn odd(class: &str) -> Cell {
    Cell::Odd(class.into())
}
