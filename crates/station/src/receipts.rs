//! Which packages did the server acknowledge? One durable line each, so that numbers are never used again.

use serde::{Deserialize, Serialize};

use crate::fault::Fault;
use crate::folder::Folder;
use crate::frames::{Frames, records};

/// One acknowledged package.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receipt {
    /// The station's number of it.
    pub sequence: u64,
    /// SHA-256 of its bytes, as the server said it back.
    pub sha256: String,
    /// The journal of which it was made.
    pub journal: String,
    /// The server's time at the exchange, in ms since 1970; `None` where it said none.
    pub server_ms: Option<i64>,
}

/// Reads all receipts.
pub(crate) fn read(folder: &Folder) -> Result<Vec<Receipt>, Fault> {
    Ok(records(&folder.sent())?.iter().filter_map(|record| serde_json::from_slice(record).ok()).collect())
}

/// The highest number that was acknowledged; 0 before the first.
pub(crate) fn highest(folder: &Folder) -> Result<u64, Fault> {
    Ok(read(folder)?.iter().map(|receipt| receipt.sequence).max().unwrap_or(0))
}

/// Notes a receipt, durably.
pub(crate) fn note(folder: &Folder, receipt: &Receipt) -> Result<(), Fault> {
    let told = serde_json::to_vec(receipt).unwrap_or_default();
    Frames::open(&folder.sent())?.0.append(&[told])
}
