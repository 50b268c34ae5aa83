//! Is this leaf in that tree, and is this tree the beginning of that one? RFC 6962, sections 2.1.1 and 2.1.2.
//!
//! Refuses positions outside the tree, proofs of any other length than the one right one, and tiles cut short.

use super::hash::{Hash, node_hash, perfect_root};
use super::tile::{TILE_HEIGHT, TILE_WIDTH, TileId, TileSource};
use std::collections::BTreeSet;
use std::ops::Range;

/// Why a proof could not be made or does not hold.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ProofError {
    /// The leaf or the older tree lies outside the tree.
    #[error("`{wanted}` lies outside a tree of `{size}` leaves")]
    OutOfRange {
        /// The index or the older size that was asked for.
        wanted: u64,
        /// The size of the tree.
        size: u64,
    },
    /// No source has this tile, nor the tiles below it.
    #[error("tile `{}/{}` is missing or too short", .0.level, .0.index)]
    MissingTile(TileId),
    /// The proof has too few or too many hashes.
    #[error("the proof has `{found}` hashes where `{wanted}` belong")]
    WrongLength {
        /// How many hashes a proof of this place has.
        wanted: usize,
        /// How many were given.
        found: usize,
    },
    /// The proof leads to another root.
    #[error("the proof leads to another root")]
    WrongRoot,
}

/// Computes the hashes from the sibling of leaf `index` up to the root of the tree of `size` leaves.
pub fn inclusion_proof(index: u64, size: u64, tiles: &impl TileSource) -> Result<Vec<Hash>, ProofError> {
    inclusion_ranges(index, size)?.into_iter().map(|range| range_root(tiles, range)).collect()
}

/// Computes the hashes that show the tree of `old` leaves to be the beginning of the tree of `new` leaves.
///
/// Empty when `old` is 0 or equals `new`, as in RFC 6962.
pub fn consistency_proof(old: u64, new: u64, tiles: &impl TileSource) -> Result<Vec<Hash>, ProofError> {
    consistency_ranges(old, new)?.into_iter().map(|range| range_root(tiles, range)).collect()
}

/// Lists the tiles that [`inclusion_proof`] reads, so that a caller can load them beforehand in one query.
///
/// Tiles that are partial at this size are listed too; a [`super::Tree`] at least as large serves those.
pub fn inclusion_tiles(index: u64, size: u64) -> Result<BTreeSet<TileId>, ProofError> {
    Ok(tiles_of(&inclusion_ranges(index, size)?))
}

/// Lists the tiles that [`consistency_proof`] reads, as [`inclusion_tiles`] does.
pub fn consistency_tiles(old: u64, new: u64) -> Result<BTreeSet<TileId>, ProofError> {
    Ok(tiles_of(&consistency_ranges(old, new)?))
}

/// Checks that `leaf` is the leaf `index` of the tree with this size and root.
pub fn verify_inclusion(index: u64, size: u64, leaf: &Hash, proof: &[Hash], root: &Hash) -> Result<(), ProofError> {
    let ranges = inclusion_ranges(index, size)?;
    check_length(&ranges, proof)?;
    let found = ranges.iter().zip(proof).fold(*leaf, |hash, (range, sibling)| {
        if range.start > index { node_hash(&hash, sibling) } else { node_hash(sibling, &hash) }
    });
    if found == *root { Ok(()) } else { Err(ProofError::WrongRoot) }
}

/// Checks that the tree of `old` leaves is the beginning of the tree of `new` leaves.
pub fn verify_consistency(old: (u64, &Hash), new: (u64, &Hash), proof: &[Hash]) -> Result<(), ProofError> {
    let ((old_size, old_root), (new_size, new_root)) = (old, new);
    let ranges = consistency_ranges(old_size, new_size)?;
    check_length(&ranges, proof)?;
    if old_size == 0 {
        // Nothing is the beginning of everything; only the root of nothing can be checked.
        let fits = *old_root == super::hash::empty_root() && (new_size > 0 || new_root == old_root);
        return if fits { Ok(()) } else { Err(ProofError::WrongRoot) };
    }
    let mut parts = ranges.iter().zip(proof);
    // The proof leaves out its first hash where the old tree is one perfect subtree: it is the old root itself.
    let (mut seen_old, mut seen_new) = if ranges.first().is_some_and(|range| range.end == old_size) {
        let Some((_, first)) = parts.next() else { return Err(ProofError::WrongRoot) };
        (*first, *first)
    } else {
        (*old_root, *old_root)
    };
    for (range, hash) in parts {
        if range.start < old_size {
            seen_old = node_hash(hash, &seen_old);
            seen_new = node_hash(hash, &seen_new);
        } else {
            seen_new = node_hash(&seen_new, hash);
        }
    }
    if seen_old == *old_root && seen_new == *new_root { Ok(()) } else { Err(ProofError::WrongRoot) }
}

fn check_length(ranges: &[Range<u64>], proof: &[Hash]) -> Result<(), ProofError> {
    if ranges.len() == proof.len() {
        Ok(())
    } else {
        Err(ProofError::WrongLength { wanted: ranges.len(), found: proof.len() })
    }
}

/// The leaves under each hash of an inclusion proof, sibling of the leaf first (PATH of RFC 6962).
fn inclusion_ranges(index: u64, size: u64) -> Result<Vec<Range<u64>>, ProofError> {
    if index >= size {
        return Err(ProofError::OutOfRange { wanted: index, size });
    }
    let mut ranges = Vec::new();
    let mut within = 0..size;
    while within.end - within.start > 1 {
        let split = split_point(&within);
        if index < split {
            ranges.push(split..within.end);
            within = within.start..split;
        } else {
            ranges.push(within.start..split);
            within = split..within.end;
        }
    }
    ranges.reverse();
    Ok(ranges)
}

/// The leaves under each hash of a consistency proof (SUBPROOF of RFC 6962).
fn consistency_ranges(old: u64, new: u64) -> Result<Vec<Range<u64>>, ProofError> {
    if old > new {
        return Err(ProofError::OutOfRange { wanted: old, size: new });
    }
    let mut ranges = Vec::new();
    if old == 0 || old == new {
        return Ok(ranges);
    }
    let mut within = 0..new;
    while within.end != old {
        let split = split_point(&within);
        if old <= split {
            ranges.push(split..within.end);
            within = within.start..split;
        } else {
            ranges.push(within.start..split);
            within = split..within.end;
        }
    }
    if within.start > 0 {
        ranges.push(within);
    }
    ranges.reverse();
    Ok(ranges)
}

/// Where RFC 6962 splits a range of at least two leaves: after the largest power of two smaller than its length.
fn split_point(within: &Range<u64>) -> u64 {
    let length = within.end - within.start;
    within.start + (length.div_ceil(2)).next_power_of_two()
}

/// A perfect subtree: `index` counts subtrees of this height from the left.
#[derive(Debug, Clone, Copy)]
struct Node {
    height: u32,
    index: u64,
}

/// Splits leaves that one hash covers into perfect subtrees, the largest first.
fn perfect_nodes(range: &Range<u64>) -> Vec<Node> {
    let mut nodes = Vec::new();
    let mut at = range.start;
    while at < range.end {
        // Splits happen at multiples of their length, so what is left always starts aligned.
        let height = (range.end - at).ilog2();
        nodes.push(Node { height, index: at >> height });
        at += 1 << height;
    }
    nodes
}

fn tiles_of(ranges: &[Range<u64>]) -> BTreeSet<TileId> {
    ranges
        .iter()
        .flat_map(perfect_nodes)
        .map(|node| {
            let (level, first) = node.place();
            TileId { level, index: first / TILE_WIDTH }
        })
        .collect()
}

impl Node {
    /// The tile level whose hashes make up this node, and the first of them; there are 2^(height % 8).
    fn place(self) -> (u8, u64) {
        ((self.height / TILE_HEIGHT) as u8, self.index << (self.height % TILE_HEIGHT))
    }
}

fn range_root(tiles: &impl TileSource, range: Range<u64>) -> Result<Hash, ProofError> {
    let mut root = None;
    for node in perfect_nodes(&range).into_iter().rev() {
        let (level, first) = node.place();
        let hashes = level_hashes(tiles, level, first, 1 << (node.height % TILE_HEIGHT))?;
        let left = perfect_root(&hashes).ok_or(ProofError::MissingTile(TileId { level, index: first / TILE_WIDTH }))?;
        root = Some(root.map_or(left, |right| node_hash(&left, &right)));
    }
    root.ok_or(ProofError::OutOfRange { wanted: range.start, size: range.end })
}

/// Reads `count` hashes of a level from `first` on, all within one tile.
///
/// A hash above level 0 that no source has is computed from the full tile below it: stores keep no partial tiles.
pub(crate) fn level_hashes(
    tiles: &impl TileSource,
    level: u8,
    first: u64,
    count: u64,
) -> Result<Vec<Hash>, ProofError> {
    let id = TileId { level, index: first / TILE_WIDTH };
    if count == 0 {
        return Ok(Vec::new());
    }
    if let Some(bytes) = tiles.tile(id) {
        let from = (first % TILE_WIDTH) as usize * 32;
        if let Some(part) = bytes.get(from..from + count as usize * 32) {
            return Ok(part.chunks_exact(32).filter_map(Hash::from_slice).collect());
        }
    }
    let Some(below) = level.checked_sub(1) else { return Err(ProofError::MissingTile(id)) };
    (first..first + count)
        .map(|at| {
            let children = level_hashes(tiles, below, at << TILE_HEIGHT, TILE_WIDTH)?;
            perfect_root(&children).ok_or(ProofError::MissingTile(id))
        })
        .collect()
}
