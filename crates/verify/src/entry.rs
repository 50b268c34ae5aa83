//! What stands in the tree for a record, and in a record for a personal value?
//!
//! Refuses nothing. Bytes: `docs/formats/ledger.md`, "Entry" and "Personal hash".

use crate::merkle::{Hash, leaf_hash};
use sha2::{Digest, Sha256};

/// Computes the entry of a record: the leaf data.
pub fn entry(salt: &[u8; 32], lawful: &[u8]) -> [u8; 32] {
    Sha256::new_with_prefix(b"guiju/entry/v1\0").chain_update(salt).chain_update(lawful).finalize().into()
}

/// Computes the leaf hash of a record.
pub fn record_leaf(salt: &[u8; 32], lawful: &[u8]) -> Hash {
    leaf_hash(&entry(salt, lawful))
}

/// Computes the salted hash of a personal value.
pub fn personal_hash(salt: &[u8], value: &[u8]) -> [u8; 32] {
    Sha256::new_with_prefix(b"guiju/personal/v1\0").chain_update(salt).chain_update(value).finalize().into()
}
