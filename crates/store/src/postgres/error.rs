//! What a PostgreSQL server says, in the store's words.

use crate::StoreError;

/// Translates an error by its SQLSTATE, <https://www.postgresql.org/docs/current/errcodes-appendix.html>. Whatever is neither damage nor
/// a broken rule is taken for something that can be mended: a full disk (53100), a lost connection, a server that is stopping.
pub(super) fn failed(error: sqlx::Error) -> StoreError {
    match &error {
        sqlx::Error::Database(said) => {
            let state = said.code().unwrap_or_default();
            match state.get(..2) {
                // Integrity rules, and values that no column or index holds.
                Some("22" | "23" | "54") => StoreError::Rejected(said.message().to_owned()),
                Some("XX") if state == "XX001" || state == "XX002" => StoreError::Damaged(said.message().to_owned()),
                _ => StoreError::Unavailable(said.message().to_owned()),
            }
        }
        sqlx::Error::ColumnDecode { .. } | sqlx::Error::Decode(_) | sqlx::Error::ColumnNotFound(_) => {
            StoreError::Damaged(error.to_string())
        }
        _ => StoreError::Unavailable(error.to_string()),
    }
}

/// Tells whether the server itself answered: then it is certain that the transaction is not stored.
pub(super) fn answered(error: &sqlx::Error) -> bool {
    matches!(error, sqlx::Error::Database(_))
}
