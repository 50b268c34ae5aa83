//! What did the log promise, and when it had how many records? C2SP tlog-checkpoint.
//!
//! Refuses a checkpoint whose origin is not the name of a key that signed it, sizes with leading zeroes, roots that are
//! not 32 bytes of strict base64, and empty extension lines.

use super::hash::Hash;
use super::note::{self, NoteError, SigningKey, VerifierKey};
use super::tile::plain_number;

/// The head of a log's tree, as signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    /// Which log.
    pub origin: String,
    /// How many leaves.
    pub size: u64,
    /// The RFC 6962 root over them.
    pub root: Hash,
}

/// Signs the head of a log; the same key, size and root give the same bytes.
///
/// The key's name must be the origin: a reader trusts a key for the log of that name only.
pub fn sign(origin: &str, size: u64, root: &Hash, key: &SigningKey) -> Result<String, NoteError> {
    if key.verifier().name() != origin {
        return Err(NoteError::OtherLog(origin.to_owned()));
    }
    key.sign(&format!("{origin}\n{size}\n{}\n", root.to_base64()))
}

/// Reads a checkpoint that one of `keys` signed for its own log.
///
/// Signatures by other names (witnesses) are checked when their key is among `keys`, but never suffice.
pub fn open(checkpoint: &str, keys: &[VerifierKey]) -> Result<Checkpoint, NoteError> {
    let (text, signed_by) = note::open(checkpoint, keys)?;
    let head = parse_text(text)?;
    if signed_by.iter().any(|key| key.name() == head.origin) { Ok(head) } else { Err(NoteError::OtherLog(head.origin)) }
}

/// Reads the text of a checkpoint without its signatures: proves nothing, tells which log and size it speaks of.
pub fn parse_text(text: &str) -> Result<Checkpoint, NoteError> {
    let wrong = NoteError::NotACheckpoint;
    let lines = text.strip_suffix('\n').ok_or(wrong("it does not end with a line break"))?;
    let mut lines = lines.split('\n');
    let (Some(origin), Some(size), Some(root)) = (lines.next(), lines.next(), lines.next()) else {
        return Err(wrong("it has fewer than three lines"));
    };
    if origin.is_empty() || lines.any(str::is_empty) {
        return Err(wrong("it has an empty line"));
    }
    let size = plain_number(size).ok_or(wrong("its size is not a plain decimal number"))?;
    let root = Hash::from_base64(root).ok_or(wrong("its root is not 32 bytes of base64"))?;
    Ok(Checkpoint { origin: origin.to_owned(), size, root })
}
