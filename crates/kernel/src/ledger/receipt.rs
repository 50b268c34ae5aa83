//! What does a party take home? One text that proves, offline and for ever, that its act is on the record.
//!
//! Refuses a receipt whose record, proof or signature does not fit. Spec: C2SP tlog-proof; our `extra` holds the record
//! and its salt (`docs/formats/ledger.md`, "Receipt"). Personal values are not in it, only their salted hashes.

use super::checkpoint::{self, Checkpoint};
use super::hash::{Entry, Hash, Salt};
use super::note::{NoteError, VerifierKey};
use super::proof::{ProofError, verify_inclusion};
use super::tile::plain_number;
use crate::canon::{self, CanonError};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::Value;

/// The first line of every receipt.
const FIRST_LINE: &str = "c2sp.org/tlog-proof@v1";

/// How long a receipt may be, in bytes.
const RECEIPT_BYTES_MAX: usize = 4 << 20;

/// Why a receipt does not hold.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReceiptError {
    /// The text is no receipt.
    #[error("this is not a receipt: {0}")]
    Malformed(&'static str),
    /// The record has no canonical bytes.
    #[error(transparent)]
    Record(#[from] CanonError),
    /// The checkpoint inside is not accepted.
    #[error(transparent)]
    Checkpoint(#[from] NoteError),
    /// The record is not where the receipt says it is.
    #[error(transparent)]
    Proof(#[from] ProofError),
}

/// What a receipt that holds has proved.
#[derive(Debug, Clone, PartialEq)]
pub struct Verified {
    /// The record as it entered the log.
    pub record: Value,
    /// Its place in the log, from zero.
    pub index: u64,
    /// The signed head that binds it.
    pub checkpoint: Checkpoint,
}

/// Writes the receipt of the record at `index`; `proof` is its inclusion proof in the tree of `checkpoint`.
///
/// `checkpoint` is the signed note itself. The caller has them from one and the same tree; [`verify`] tells whether so.
pub fn make(checkpoint: &str, index: u64, proof: &[Hash], salt: &Salt, record: &Value) -> Result<String, ReceiptError> {
    let extra = serde_json::json!({ "record": record, "salt": salt.to_hex() });
    let mut text = format!("{FIRST_LINE}\nextra {}\nindex {index}\n", STANDARD.encode(canon::to_bytes(&extra)?));
    for hash in proof {
        text.push_str(&hash.to_base64());
        text.push('\n');
    }
    text.push('\n');
    text.push_str(checkpoint);
    Ok(text)
}

/// Checks a receipt under the keys that the reader trusts for logs of their names.
pub fn verify(text: &str, keys: &[VerifierKey]) -> Result<Verified, ReceiptError> {
    let parts = split(text)?;
    let checkpoint = checkpoint::open(parts.checkpoint, keys)?;
    let (salt, record) = read_extra(parts.extra)?;
    let leaf = Entry::commit(&salt, &canon::to_bytes(&record)?).leaf();
    verify_inclusion(parts.index, checkpoint.size, &leaf, &parts.proof, &checkpoint.root)?;
    Ok(Verified { record, index: parts.index, checkpoint })
}

struct Parts<'t> {
    extra: &'t str,
    index: u64,
    proof: Vec<Hash>,
    checkpoint: &'t str,
}

fn split(text: &str) -> Result<Parts<'_>, ReceiptError> {
    let wrong = ReceiptError::Malformed;
    if text.len() > RECEIPT_BYTES_MAX {
        return Err(wrong("it is longer than four mebibytes"));
    }
    let (head, checkpoint) = text.split_once("\n\n").ok_or(wrong("it has no empty line before the checkpoint"))?;
    let mut lines = head.split('\n');
    if lines.next() != Some(FIRST_LINE) {
        return Err(wrong("its first line is not `c2sp.org/tlog-proof@v1`"));
    }
    let extra = lines.next().and_then(|line| line.strip_prefix("extra "));
    let extra = extra.ok_or(wrong("it does not hold the record"))?;
    let index = lines.next().and_then(|line| line.strip_prefix("index ")).and_then(plain_number);
    let index = index.ok_or(wrong("it does not tell the place in the log"))?;
    let proof: Option<Vec<Hash>> = lines.map(Hash::from_base64).collect();
    let proof = proof.ok_or(wrong("a line of the proof is not 32 bytes of base64"))?;
    Ok(Parts { extra, index, proof, checkpoint })
}

fn read_extra(extra: &str) -> Result<(Salt, Value), ReceiptError> {
    let wrong = ReceiptError::Malformed;
    let bytes = STANDARD.decode(extra).map_err(|_| wrong("the record is not base64"))?;
    let mut extra: Value = serde_json::from_slice(&bytes).map_err(|_| wrong("the record is not JSON"))?;
    if canon::to_bytes(&extra)? != bytes {
        return Err(wrong("the record is not canonical JSON"));
    }
    let members = extra.as_object_mut().filter(|members| members.len() == 2);
    let members = members.ok_or(wrong("it does not hold exactly a record and its salt"))?;
    let salt = members.get("salt").and_then(Value::as_str).and_then(Salt::from_hex);
    let salt = salt.ok_or(wrong("the salt is not 64 hexadecimal digits"))?;
    let record = members.remove("record").ok_or(wrong("it does not hold the record"))?;
    Ok((salt, record))
}
