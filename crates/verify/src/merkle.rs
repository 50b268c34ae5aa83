//! Does the tree say what it is said to say? Proofs by RFC 9162's loops, and the whole tree again from its entries.
//!
//! Refuses proofs of a wrong length. The writer walks ranges; this reader walks bits (RFC 9162, sections 2.1.3.2 and
//! 2.1.4.2), so that both would have to err alike to agree on something wrong.

use sha2::{Digest, Sha256};

/// A tree hash.
pub type Hash = [u8; 32];

/// Computes the hash of a leaf.
pub fn leaf_hash(data: &[u8]) -> Hash {
    Sha256::new_with_prefix([0x00]).chain_update(data).finalize().into()
}

/// Computes the hash of an inner node.
pub fn node_hash(left: &Hash, right: &Hash) -> Hash {
    Sha256::new_with_prefix([0x01]).chain_update(left).chain_update(right).finalize().into()
}

/// Tells whether `leaf` is leaf `index` of the tree with this size and root.
pub fn includes(index: u64, size: u64, leaf: &Hash, proof: &[Hash], root: &Hash) -> bool {
    if index >= size {
        return false;
    }
    let (mut at, mut last, mut hash) = (index, size - 1, *leaf);
    for sibling in proof {
        if last == 0 {
            return false;
        }
        if at & 1 == 1 || at == last {
            hash = node_hash(sibling, &hash);
            while at & 1 == 0 && at != 0 {
                at >>= 1;
                last >>= 1;
            }
        } else {
            hash = node_hash(&hash, sibling);
        }
        at >>= 1;
        last >>= 1;
    }
    last == 0 && hash == *root
}

/// Tells whether the older tree (size, root) is the beginning of the newer one.
pub fn extends(old: (u64, &Hash), new: (u64, &Hash), proof: &[Hash]) -> bool {
    let ((old_size, old_root), (new_size, new_root)) = (old, new);
    if old_size == new_size {
        return proof.is_empty() && old_root == new_root;
    }
    if old_size > new_size {
        return false;
    }
    if old_size == 0 {
        let nothing: Hash = Sha256::digest([]).into();
        return proof.is_empty() && *old_root == nothing;
    }
    let (mut at, mut last) = (old_size - 1, new_size - 1);
    while at & 1 == 1 {
        at >>= 1;
        last >>= 1;
    }
    let (first, rest) = if old_size.is_power_of_two() {
        (*old_root, proof)
    } else {
        let Some((first, rest)) = proof.split_first() else { return false };
        (*first, rest)
    };
    let (mut seen_old, mut seen_new) = (first, first);
    for hash in rest {
        if last == 0 {
            return false;
        }
        if at & 1 == 1 || at == last {
            seen_old = node_hash(hash, &seen_old);
            seen_new = node_hash(hash, &seen_new);
            while at & 1 == 0 && at != 0 {
                at >>= 1;
                last >>= 1;
            }
        } else {
            seen_new = node_hash(&seen_new, hash);
        }
        at >>= 1;
        last >>= 1;
    }
    last == 0 && seen_old == *old_root && seen_new == *new_root
}

/// A tile that the entries so far have filled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FullTile {
    /// Level, from the leaves.
    pub level: u32,
    /// Index within the level.
    pub index: u64,
    /// 256 hashes.
    pub bytes: Vec<u8>,
}

/// Builds the tree again from its leaves, one after the other, keeping a few kilobytes.
#[derive(Debug, Default)]
pub struct TreeChecker {
    size: u64,
    /// Roots of perfect subtrees with their heights, the lowest and rightmost last.
    mountains: Vec<(u32, Hash)>,
    /// For each level, the hashes of the tile that is filling, and how many tiles were full before it.
    filling: Vec<(u64, Vec<u8>)>,
}

impl TreeChecker {
    /// A tree without leaves.
    pub fn new() -> TreeChecker {
        TreeChecker::default()
    }

    /// How many leaves were pushed.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Adds the next leaf and hands every tile that it filled to `full`.
    pub fn push(&mut self, leaf: Hash, mut full: impl FnMut(FullTile)) {
        self.size += 1;
        let (mut height, mut hash) = (0, leaf);
        loop {
            if height % 8 == 0 {
                self.fill(height / 8, &hash, &mut full);
            }
            match self.mountains.pop() {
                Some((beside, left)) if beside == height => {
                    hash = node_hash(&left, &hash);
                    height += 1;
                }
                taller => {
                    self.mountains.extend(taller);
                    self.mountains.push((height, hash));
                    return;
                }
            }
        }
    }

    /// The root over the leaves so far.
    pub fn root(&self) -> Hash {
        let joined = self.mountains.iter().rev().map(|(_, hash)| *hash).reduce(|right, left| node_hash(&left, &right));
        joined.unwrap_or_else(|| Sha256::digest([]).into())
    }

    fn fill(&mut self, level: u32, hash: &Hash, full: &mut impl FnMut(FullTile)) {
        while self.filling.len() <= level as usize {
            self.filling.push((0, Vec::with_capacity(8192)));
        }
        if let Some((index, bytes)) = self.filling.get_mut(level as usize) {
            bytes.extend_from_slice(hash);
            if bytes.len() == 8192 {
                full(FullTile { level, index: *index, bytes: std::mem::take(bytes) });
                *index += 1;
            }
        }
    }
}
