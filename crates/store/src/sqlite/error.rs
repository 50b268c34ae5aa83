//! What SQLite says, in the store's words.

use crate::StoreError;

/// Result codes of SQLite (the low byte of an extended code), <https://sqlite.org/rescode.html>.
const CORRUPT: i32 = 11;
const CONSTRAINT: i32 = 19;
const NOT_A_DATABASE: i32 = 26;

/// Translates an error. Whatever is neither damage nor a broken rule is taken for something that can be mended: a full disk, a lost
/// mount, a database busy with somebody else.
pub(super) fn failed(error: sqlx::Error) -> StoreError {
    match &error {
        sqlx::Error::Database(said) => {
            let code = said.code().and_then(|code| code.parse::<i32>().ok()).map(|code| code & 0xff);
            match code {
                Some(CORRUPT | NOT_A_DATABASE) => StoreError::Damaged(said.message().to_owned()),
                Some(CONSTRAINT) => StoreError::Rejected(said.message().to_owned()),
                _ => StoreError::Unavailable(said.message().to_owned()),
            }
        }
        sqlx::Error::ColumnDecode { .. } | sqlx::Error::Decode(_) | sqlx::Error::ColumnNotFound(_) => {
            StoreError::Damaged(error.to_string())
        }
        _ => StoreError::Unavailable(error.to_string()),
    }
}
