//! A record's canonical bytes and its entry in the tree.

use guiju_kernel::canon;
use guiju_kernel::ledger::{Entry, Salt};
use serde::Serialize;

use crate::OfficeError;

/// The canonical JSON text of a record and the commitment that goes into the tree.
pub fn canonical(record: &impl Serialize, salt: &Salt) -> Result<(String, Entry), OfficeError> {
    let value = serde_json::to_value(record).map_err(|e| OfficeError::Damaged(format!("record: {e}")))?;
    let bytes = canon::to_bytes(&value).map_err(|e| OfficeError::Input(e.to_string()))?;
    let entry = Entry::commit(salt, &bytes);
    let text = String::from_utf8(bytes).map_err(|e| OfficeError::Damaged(format!("record: {e}")))?;
    Ok((text, entry))
}
