//! How do many rows enter a table in few statements?
//!
//! By `VALUES` lists of 128, 64 … 1 rows: a handful of statements for any number of rows, and few texts to prepare and keep.
//! Measured against one `json_each` over all rows: ADR 0061.

use sqlx::query::Query;
use sqlx::sqlite::SqliteArguments;
use sqlx::{AssertSqlSafe, Sqlite, SqliteConnection};

const ROWS_MAX: usize = 128;

/// A statement for any number of rows: `head` VALUES (`row`), (`row`) … `tail`.
pub(super) struct Statement {
    pub head: &'static str,
    pub row: &'static str,
    pub tail: &'static str,
}

pub(super) type Bound = Query<'static, Sqlite, SqliteArguments>;

impl Statement {
    /// Runs the statement for every row; `bind` binds one row's values in the order of the question marks.
    pub async fn run<T>(
        &self,
        connection: &mut SqliteConnection,
        rows: &[T],
        bind: impl Fn(Bound, &T) -> Bound,
    ) -> sqlx::Result<()> {
        let mut rest = rows;
        let mut next = self.bound(&mut rest, &bind);
        while let Some(query) = next {
            // SQLite works on its own thread: meanwhile the next rows are bound here.
            let (done, bound) = tokio::join!(query.execute(&mut *connection), async { self.bound(&mut rest, &bind) });
            done?;
            next = bound;
        }
        Ok(())
    }

    /// Binds the next rows, as many as one statement takes, and takes them off `rest`.
    fn bound<T>(&self, rest: &mut &[T], bind: &impl Fn(Bound, &T) -> Bound) -> Option<Bound> {
        let size = if rest.len() >= ROWS_MAX { ROWS_MAX } else { 1 << rest.len().checked_ilog2()? };
        let (chunk, behind) = rest.split_at_checked(size)?;
        *rest = behind;
        Some(chunk.iter().fold(sqlx::query(AssertSqlSafe(self.text(size))), bind))
    }

    fn text(&self, rows: usize) -> String {
        let mut text = String::with_capacity(self.head.len() + rows * (self.row.len() + 1) + self.tail.len() + 16);
        text.push_str(self.head);
        text.push_str(" VALUES ");
        for at in 0..rows {
            text.push_str(if at == 0 { "" } else { "," });
            text.push_str(self.row);
        }
        text.push(' ');
        text.push_str(self.tail);
        text
    }
}
