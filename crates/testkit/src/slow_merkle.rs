//! What does RFC 6962 say, word for word? The recursive definitions of section 2.1, over all leaves every time.
//!
//! Refuses nothing and hurries nowhere: the twin against which the incremental tree and its proofs are tested.

use sha2::{Digest, Sha256};

/// Merkle Tree Hash, MTH of section 2.1, over leaf data.
pub fn tree_hash(leaves: &[Vec<u8>]) -> [u8; 32] {
    match leaves {
        [] => Sha256::digest([]).into(),
        [only] => Sha256::digest([&[0x00], only.as_slice()].concat()).into(),
        many => {
            let (left, right) = many.split_at(split_at(many.len()));
            join(tree_hash(left), tree_hash(right))
        }
    }
}

/// Audit path, PATH of section 2.1.1; `index` must be below the number of leaves.
pub fn path(index: usize, leaves: &[Vec<u8>]) -> Vec<[u8; 32]> {
    if leaves.len() < 2 {
        return Vec::new();
    }
    let split = split_at(leaves.len());
    let (left, right) = leaves.split_at(split);
    let (mut inner, sibling) = if index < split {
        (path(index, left), tree_hash(right))
    } else {
        (path(index - split, right), tree_hash(left))
    };
    inner.push(sibling);
    inner
}

/// Consistency proof, PROOF of section 2.1.2, between the first `old` leaves and all of them; `old` from 1.
pub fn consistency(old: usize, leaves: &[Vec<u8>]) -> Vec<[u8; 32]> {
    subproof(old, leaves, true)
}

fn subproof(old: usize, leaves: &[Vec<u8>], whole: bool) -> Vec<[u8; 32]> {
    if old == leaves.len() {
        return if whole { Vec::new() } else { vec![tree_hash(leaves)] };
    }
    let split = split_at(leaves.len());
    let (left, right) = leaves.split_at(split);
    let (mut inner, last) = if old <= split {
        (subproof(old, left, whole), tree_hash(right))
    } else {
        (subproof(old - split, right, false), tree_hash(left))
    };
    inner.push(last);
    inner
}

/// The largest power of two smaller than `count`, found by doubling.
fn split_at(count: usize) -> usize {
    let mut split = 1;
    while split * 2 < count {
        split *= 2;
    }
    split
}

fn join(left: [u8; 32], right: [u8; 32]) -> [u8; 32] {
    Sha256::digest([&[0x01], left.as_slice(), right.as_slice()].concat()).into()
}
