//! How does the tree grow? Leaf by leaf, O(1) hashing each on average, giving out every tile at the moment it is full.
//!
//! Refuses to be restored from tiles that are missing or cut short. Spec: RFC 6962, section 2.1; C2SP tlog-tiles.

use super::hash::{Hash, empty_root, node_hash, perfect_root};
use super::proof::{ProofError, level_hashes};
use super::tile::{TILE_HEIGHT, TILE_WIDTH, Tile, TileId, TileSource, partial_width, tile_bytes};
use std::borrow::Cow;

/// The growing edge of a Merkle tree; a clone copies some kilobytes (16 on average for a million leaves).
///
/// It is also the [`TileSource`] of its own partial tiles, which is what a store does not keep.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tree {
    size: u64,
    /// INVARIANT(peaks): one root for each set bit of `size`, the largest perfect subtree first.
    peaks: Vec<Hash>,
    /// INVARIANT(tails): `tails[n]` holds the `partial_width(size, n)` hashes of the partial tile of level n.
    tails: Vec<Vec<Hash>>,
}

impl Tree {
    /// The tree without leaves.
    pub fn new() -> Tree {
        Tree::default()
    }

    /// Rebuilds the edge of a tree of `size` leaves from its tiles.
    ///
    /// `tiles` must give the leaf hashes after the last full tile as the partial tile of level 0. Partial tiles of
    /// higher levels may be absent: they are computed from the full tiles below (at most 255 a level). The caller
    /// compares [`Tree::root`] with the signed head.
    pub fn restore(size: u64, tiles: &impl TileSource) -> Result<Tree, ProofError> {
        let mut tails = Vec::new();
        let mut peaks = Vec::new();
        for level in 0..8u8 {
            let filled = size.checked_shr(TILE_HEIGHT * u32::from(level)).unwrap_or(0);
            if filled == 0 {
                break;
            }
            let width = partial_width(size, level);
            let tail = level_hashes(tiles, level, filled - width, width)?;
            let mut lower = perfect_parts(&tail);
            lower.append(&mut peaks);
            peaks = lower;
            tails.push(tail);
        }
        Ok(Tree { size, peaks, tails })
    }

    /// How many leaves there are.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// The RFC 6962 root over all leaves; at most 63 hashings.
    pub fn root(&self) -> Hash {
        let mut peaks = self.peaks.iter().rev();
        let Some(last) = peaks.next() else { return empty_root() };
        peaks.fold(*last, |right, left| node_hash(left, &right))
    }

    /// Adds one leaf hash and returns the tiles that it filled: mostly none, one for each level it completes.
    pub fn append(&mut self, leaf: Hash) -> Vec<Tile> {
        let mut full = Vec::new();
        let (mut hash, mut height) = (leaf, 0u32);
        let mut bits = self.size;
        self.size = self.size.saturating_add(1);
        self.push_tail(0, hash, &mut full);
        while bits & 1 == 1 {
            let Some(left) = self.peaks.pop() else { break };
            hash = node_hash(&left, &hash);
            bits >>= 1;
            height += 1;
            if height % TILE_HEIGHT == 0 {
                self.push_tail((height / TILE_HEIGHT) as usize, hash, &mut full);
            }
        }
        self.peaks.push(hash);
        full
    }

    /// The partial tiles of this size, lowest level first; these and the full ones are the whole tree.
    pub fn partial_tiles(&self) -> impl Iterator<Item = Tile> + '_ {
        self.tails
            .iter()
            .zip(0u8..)
            .filter(|(tail, _)| !tail.is_empty())
            .map(|(tail, level)| Tile { id: TileId { level, index: self.tail_index(level) }, bytes: tile_bytes(tail) })
    }

    fn push_tail(&mut self, level: usize, hash: Hash, full: &mut Vec<Tile>) {
        if self.tails.len() <= level {
            self.tails.resize_with(level + 1, Vec::new);
        }
        let Some(tail) = self.tails.get_mut(level) else { return };
        tail.push(hash);
        if tail.len() as u64 == TILE_WIDTH {
            let bytes = tile_bytes(tail);
            tail.clear();
            let level = level as u8;
            // The leaf just added is the last one under this tile, so the tile is the last full one of its level.
            let index = self.tail_index(level).saturating_sub(1);
            full.push(Tile { id: TileId { level, index }, bytes });
        }
    }

    /// Where the partial tile of this level stands, which is also how many full tiles the level has.
    fn tail_index(&self, level: u8) -> u64 {
        self.size.checked_shr(TILE_HEIGHT * (u32::from(level) + 1)).unwrap_or(0)
    }
}

impl TileSource for Tree {
    fn tile(&self, id: TileId) -> Option<Cow<'_, [u8]>> {
        let tail = self.tails.get(usize::from(id.level)).filter(|tail| !tail.is_empty())?;
        (self.tail_index(id.level) == id.index).then(|| Cow::Owned(tile_bytes(tail)))
    }
}

/// Splits the hashes of a partial tile into perfect subtrees, the largest first, and computes their roots.
fn perfect_parts(mut tail: &[Hash]) -> Vec<Hash> {
    let mut roots = Vec::new();
    for height in (0..TILE_HEIGHT).rev() {
        if let Some((part, rest)) = tail.split_at_checked(1 << height) {
            roots.extend(perfect_root(part));
            tail = rest;
        }
    }
    roots
}
