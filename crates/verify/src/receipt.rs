//! Does a receipt prove what it says, with no more than itself and a key? C2SP tlog-proof with our `extra`.
//!
//! Refuses any receipt that is not exactly what `docs/formats/ledger.md`, "Receipt", describes.

use crate::canonical;
use crate::entry::record_leaf;
use crate::merkle::{self, Hash};
use crate::note::{self, Checkpoint, NoteFault, VerifierKey};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::Value;

/// Why a receipt does not hold.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReceiptFault {
    /// The text is no receipt.
    #[error("这不是存证回执：{0} / this is not a receipt: {0}")]
    NotAReceipt(&'static str),
    /// The head inside it is not accepted.
    #[error("回执中的检查点不可信：{0} / its checkpoint is not accepted: {0}")]
    Checkpoint(#[from] NoteFault),
    /// The record is not where the receipt says.
    #[error("账本的这个位置上不是这条记录 / the log does not hold this record at this place")]
    NotIncluded,
}

/// What a receipt has proved.
#[derive(Debug, Clone, PartialEq)]
pub struct Verified {
    /// The record.
    pub record: Value,
    /// Its place in the log, from zero.
    pub index: u64,
    /// The head that binds it.
    pub checkpoint: Checkpoint,
}

/// Checks a receipt under the keys that the reader trusts.
pub fn verify(text: &str, keys: &[VerifierKey]) -> Result<Verified, ReceiptFault> {
    let wrong = ReceiptFault::NotAReceipt;
    if text.len() > 4 << 20 {
        return Err(wrong("longer than four mebibytes"));
    }
    let (proof, checkpoint) = text.split_once("\n\n").ok_or(wrong("no empty line before the checkpoint"))?;
    let lines: Vec<&str> = proof.split('\n').collect();
    let ["c2sp.org/tlog-proof@v1", extra, index, hashes @ ..] = lines.as_slice() else {
        return Err(wrong("its first lines are not those of a C2SP proof"));
    };
    let extra = extra.strip_prefix("extra ").ok_or(wrong("no record in it"))?;
    let index = index.strip_prefix("index ").and_then(note::decimal).ok_or(wrong("no place in the log"))?;
    let hashes: Option<Vec<Hash>> = hashes.iter().map(|line| STANDARD.decode(line).ok()?.try_into().ok()).collect();
    let hashes = hashes.ok_or(wrong("a line of its proof is not a hash"))?;
    let (leaf, record) = record(extra).ok_or(wrong("its record is not canonical"))?;
    let checkpoint = note::open_checkpoint(checkpoint, keys)?;
    if merkle::includes(index, checkpoint.size, &leaf, &hashes, &checkpoint.root) {
        Ok(Verified { record, index, checkpoint })
    } else {
        Err(ReceiptFault::NotIncluded)
    }
}

/// Takes record and salt out of `extra`; the lawful bytes are a slice of it, since canonical JSON nests.
fn record(extra: &str) -> Option<(Hash, Value)> {
    let bytes = STANDARD.decode(extra).ok()?;
    let mut members = match canonical::parse(&bytes).ok()? {
        Value::Object(members) if members.len() == 2 => members,
        _ => return None,
    };
    let written = members.get("salt")?.as_str()?;
    let salt: [u8; 32] = hex::decode(written).ok()?.try_into().ok()?;
    let lawful = bytes.strip_prefix(b"{\"record\":")?;
    let lawful = lawful.strip_suffix(format!(",\"salt\":\"{}\"}}", hex::encode(salt)).as_bytes())?;
    Some((record_leaf(&salt, lawful), members.remove("record")?))
}
