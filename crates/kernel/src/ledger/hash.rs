//! Which 32 bytes are these? A tree hash, an entry and a salt are told apart by type; the RFC 6962 hash functions.
//!
//! Refuses any other length. Spec: RFC 6962, section 2.1 (SHA-256, 0x00 before a leaf, 0x01 before a node).

use base64::{Engine as _, engine::general_purpose::STANDARD};
use sha2::{Digest, Sha256};

/// A node of the tree, a leaf hash included.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Hash([u8; 32]);

/// What the tree holds of one record: an opaque commitment, the leaf data before leaf hashing.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Entry([u8; 32]);

/// Thirty-two bytes that nobody can guess, drawn outside the kernel for one record or one personal value.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Salt([u8; 32]);

macro_rules! thirty_two_bytes {
    ($name:ident) => {
        impl $name {
            /// Takes the bytes as they are.
            pub const fn new(bytes: [u8; 32]) -> Self {
                Self(bytes)
            }

            /// Takes a slice that must be exactly 32 bytes long.
            pub fn from_slice(bytes: &[u8]) -> Option<Self> {
                bytes.try_into().ok().map(Self)
            }

            /// Reads 64 lower-case hexadecimal digits, and nothing else.
            pub fn from_hex(text: &str) -> Option<Self> {
                let bytes = hex::decode(text).ok()?;
                let read = Self::from_slice(&bytes)?;
                (read.to_hex() == text).then_some(read)
            }

            /// The bytes.
            pub const fn as_bytes(&self) -> &[u8; 32] {
                &self.0
            }

            /// Sixty-four lower-case hexadecimal digits.
            pub fn to_hex(&self) -> String {
                hex::encode(self.0)
            }
        }

        impl From<[u8; 32]> for $name {
            fn from(bytes: [u8; 32]) -> Self {
                Self(bytes)
            }
        }

        impl AsRef<[u8]> for $name {
            fn as_ref(&self) -> &[u8] {
                &self.0
            }
        }
    };
}

thirty_two_bytes!(Hash);
thirty_two_bytes!(Entry);
thirty_two_bytes!(Salt);

impl std::fmt::Debug for Hash {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Hash({})", self.to_hex())
    }
}

impl std::fmt::Debug for Entry {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Entry({})", self.to_hex())
    }
}

/// A salt of a personal value is as secret as the value, so no salt prints itself.
impl std::fmt::Debug for Salt {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Salt(..)")
    }
}

impl Hash {
    /// Standard base64 with padding, as checkpoints and proofs write hashes.
    pub fn to_base64(&self) -> String {
        STANDARD.encode(self.0)
    }

    /// Reads standard base64 with padding; refuses any other spelling or length.
    pub fn from_base64(text: &str) -> Option<Hash> {
        Hash::from_slice(&STANDARD.decode(text).ok()?)
    }
}

/// Computes the hash of a leaf from its data.
pub fn leaf_hash(data: &[u8]) -> Hash {
    let mut hasher = Sha256::new();
    hasher.update([0x00]);
    hasher.update(data);
    Hash(hasher.finalize().into())
}

/// Computes the hash of an inner node from its two children.
pub fn node_hash(left: &Hash, right: &Hash) -> Hash {
    let mut hasher = Sha256::new();
    hasher.update([0x01]);
    hasher.update(left.0);
    hasher.update(right.0);
    Hash(hasher.finalize().into())
}

/// The root of a tree without leaves: the hash of nothing.
pub fn empty_root() -> Hash {
    Hash(Sha256::digest([]).into())
}

/// Computes the root of a perfect subtree from its 2^n nodes; `None` for no nodes at all.
pub(crate) fn perfect_root(nodes: &[Hash]) -> Option<Hash> {
    match nodes {
        [] => None,
        [only] => Some(*only),
        many => {
            let mut row = many.to_vec();
            while row.len() > 1 {
                row = row.chunks(2).filter_map(pair_hash).collect();
            }
            row.first().copied()
        }
    }
}

fn pair_hash(pair: &[Hash]) -> Option<Hash> {
    match pair {
        [left, right] => Some(node_hash(left, right)),
        [alone] => Some(*alone),
        _ => None,
    }
}
