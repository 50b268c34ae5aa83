//! What does the tree say about a record? One opaque commitment, from which nothing can be read or guessed.
//!
//! Refuses nothing. `docs/formats/ledger.md`, "Entry", fixes the bytes; the erasure rule of design.md 4.4 is why the
//! personal values enter only as salted hashes whose salts are encrypted with the value.

use super::hash::{Entry, Hash, Salt, leaf_hash};
use sha2::{Digest, Sha256};

/// Separates entries from every other use of SHA-256.
const ENTRY_LABEL: &[u8] = b"guiju/entry/v1\0";

/// Separates personal hashes from every other use of SHA-256.
const PERSONAL_LABEL: &[u8] = b"guiju/personal/v1\0";

impl Entry {
    /// Commits to a record: `salt` is drawn for it alone, `lawful` are its canonical bytes.
    pub fn commit(salt: &Salt, lawful: &[u8]) -> Entry {
        let mut hasher = Sha256::new();
        hasher.update(ENTRY_LABEL);
        hasher.update(salt.as_bytes());
        hasher.update(lawful);
        Entry::new(hasher.finalize().into())
    }

    /// The RFC 6962 leaf hash of this entry.
    pub fn leaf(&self) -> Hash {
        leaf_hash(self.as_bytes())
    }
}

/// Computes the hash that stands in the record for one personal value.
///
/// The salt lives only inside the encrypted payload: once the party's key is dropped, nobody can try out phone numbers
/// against this hash.
pub fn personal_hash(salt: &Salt, value: &[u8]) -> Hash {
    let mut hasher = Sha256::new();
    hasher.update(PERSONAL_LABEL);
    hasher.update(salt.as_bytes());
    hasher.update(value);
    Hash::new(hasher.finalize().into())
}

/// Writes an entry bundle of tlog-tiles: each entry after its length as a big-endian uint16.
pub fn bundle(entries: &[Entry]) -> Vec<u8> {
    const LENGTH: [u8; 2] = 32u16.to_be_bytes();
    let mut out = Vec::with_capacity(entries.len() * 34);
    for entry in entries {
        out.extend_from_slice(&LENGTH);
        out.extend_from_slice(entry.as_bytes());
    }
    out
}

/// Reads the entries of a bundle, of any length each; `None` where the lengths do not add up.
pub fn unbundle(mut bytes: &[u8]) -> Option<Vec<&[u8]>> {
    let mut entries = Vec::new();
    while !bytes.is_empty() {
        let (length, rest) = bytes.split_first_chunk::<2>()?;
        let (entry, rest) = rest.split_at_checked(usize::from(u16::from_be_bytes(*length)))?;
        entries.push(entry);
        bytes = rest;
    }
    Some(entries)
}
