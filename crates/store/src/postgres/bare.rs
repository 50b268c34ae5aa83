//! Batches as bare SQL, one transaction each, on a database nobody else knows of.

use std::str::FromStr;
use std::time::{Duration, Instant};

use sqlx::postgres::PgConnectOptions;
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection};

use super::write::enter;
use super::{PostgresStore, failed};
use crate::checked::Checked;
use crate::{Batch, Mode, Result, StoreError};

pub(crate) async fn replay(url: &str, commits: &[Batch]) -> Result<Duration> {
    let store = PostgresStore::open(url, Mode::Write).await?;
    let checked = commits.iter().map(Checked::new).collect::<Result<Vec<_>>>()?;
    let mut connection = store.writer.acquire().await.map_err(failed)?;
    let begun = Instant::now();
    for (batch, checked) in commits.iter().zip(&checked) {
        let mut transaction = connection.begin().await.map_err(failed)?;
        enter(&mut transaction, batch, checked).await?;
        transaction.commit().await.map_err(failed)?;
    }
    let took = begun.elapsed();
    drop(connection);
    store.close_all().await;
    Ok(took)
}

pub(crate) async fn fresh_database(url: &str, name: &str) -> Result<String> {
    drop_database(url, name).await?;
    let mut server = server(url).await?;
    server.execute(AssertSqlSafe(format!("CREATE DATABASE {}", plain(name)?))).await.map_err(failed)?;
    let (front, _) = parts(url)?;
    Ok(format!("{front}/{name}{}", query(url)))
}

pub(crate) async fn drop_database(url: &str, name: &str) -> Result<()> {
    let mut server = server(url).await?;
    server.execute(AssertSqlSafe(format!("DROP DATABASE IF EXISTS {}", plain(name)?))).await.map_err(failed)?;
    server.close().await.map_err(failed)
}

async fn server(url: &str) -> Result<PgConnection> {
    let options = PgConnectOptions::from_str(url).map_err(|_| unreadable())?;
    PgConnection::connect_with(&options).await.map_err(failed)
}

/// The address without its database, and the database.
fn parts(url: &str) -> Result<(&str, &str)> {
    let before_query = url.split_once('?').map_or(url, |(front, _)| front);
    let authority = before_query.find("://").map(|at| at + 3).ok_or_else(unreadable)?;
    let slash = before_query.get(authority..).and_then(|rest| rest.find('/')).ok_or_else(unreadable)?;
    before_query.split_at_checked(authority + slash).ok_or_else(unreadable)
}

fn query(url: &str) -> &str {
    url.find('?').and_then(|at| url.get(at..)).unwrap_or_default()
}

fn plain(name: &str) -> Result<&str> {
    if !name.is_empty() && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_') {
        return Ok(name);
    }
    Err(StoreError::Rejected(format!("`{name}` is no name for a database")))
}

fn unreadable() -> StoreError {
    StoreError::Missing("the address of the database cannot be read: postgres://user:password@host:port/name".into())
}
