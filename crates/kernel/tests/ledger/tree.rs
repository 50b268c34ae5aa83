//! The incremental tree, its tiles and its proofs against the recursive definitions of RFC 6962.

use guiju_kernel::ledger::hash::{empty_root, leaf_hash};
use guiju_kernel::ledger::proof::{consistency_tiles, inclusion_tiles};
use guiju_kernel::ledger::tile::{Either, partial_width};
use guiju_kernel::ledger::{
    Hash, ProofError, Tile, TileId, TileSource, Tree, consistency_proof, inclusion_proof, verify_consistency,
    verify_inclusion,
};
use guiju_testkit::slow_merkle;
use proptest::prelude::*;
use std::borrow::Cow;
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

fn leaves(count: usize) -> Vec<Vec<u8>> {
    (0..count).map(|n| n.to_be_bytes().to_vec()).collect()
}

/// The tree over `leaves`, and the full tiles as a store would hold them.
fn grow(leaves: &[Vec<u8>]) -> (Tree, BTreeMap<TileId, Vec<u8>>) {
    let mut tree = Tree::new();
    let mut stored = BTreeMap::new();
    for leaf in leaves {
        for Tile { id, bytes } in tree.append(leaf_hash(leaf)) {
            assert_eq!(bytes.len(), 8192);
            assert!(stored.insert(id, bytes).is_none(), "tile {id:?} came twice");
        }
    }
    (tree, stored)
}

/// Full tiles and the leaf hashes after them: what a store can give, without any partial tile of a higher level.
fn as_stored(leaves: &[Vec<u8>], mut stored: BTreeMap<TileId, Vec<u8>>) -> BTreeMap<TileId, Vec<u8>> {
    let tail = leaves.len() / 256 * 256;
    let bytes: Vec<u8> = leaves[tail..].iter().flat_map(|leaf| *leaf_hash(leaf).as_bytes()).collect();
    stored.insert(TileId { level: 0, index: tail as u64 / 256 }, bytes);
    stored
}

#[test]
fn the_root_equals_the_definition_at_every_size_to_600() {
    let all = leaves(600);
    let mut tree = Tree::new();
    assert_eq!(tree.root(), empty_root());
    for (n, leaf) in all.iter().enumerate() {
        assert_eq!(*tree.root().as_bytes(), slow_merkle::tree_hash(&all[..n]));
        assert_eq!(tree.size(), n as u64);
        tree.append(leaf_hash(leaf));
    }
}

#[test]
fn tiles_are_those_of_the_specification_at_the_sizes_where_levels_begin() {
    for size in [0, 1, 255, 256, 257, 512, 65_535, 65_536, 65_537, 70_000] {
        let all = leaves(size);
        let (tree, stored) = grow(&all);
        for level in 0..3u8 {
            let span = 256usize.pow(u32::from(level));
            for index in 0..size / (span * 256) {
                let bytes = &stored[&TileId { level, index: index as u64 }];
                // Spot checks: hashing every tile naively would take minutes.
                if index < 2 || (index + 1) * span * 256 + span * 256 > size {
                    let first = index * span * 256;
                    assert_eq!(bytes[..32], slow_merkle::tree_hash(&all[first..first + span]));
                }
            }
            assert_eq!(stored.keys().filter(|id| id.level == level).count(), size / (span * 256));
        }
        let partial: Vec<_> = tree.partial_tiles().map(|tile| (tile.id.level, tile.bytes.len() as u64 / 32)).collect();
        let wanted: Vec<_> = (0..8).map(|l| (l, partial_width(size as u64, l))).filter(|(_, w)| *w > 0).collect();
        assert_eq!(partial, wanted);
    }
}

#[test]
fn a_tree_of_70000_has_the_tiles_that_the_specification_counts() {
    let (tree, stored) = grow(&leaves(70_000));
    let full = |level| stored.keys().filter(|id| id.level == level).count();
    assert_eq!((full(0), full(1), full(2)), (273, 1, 0));
    let partial: Vec<_> =
        tree.partial_tiles().map(|tile| (tile.id.level, tile.id.index, tile.bytes.len() / 32)).collect();
    assert_eq!(partial, [(0, 273, 112), (1, 1, 17), (2, 0, 1)]);
}

#[test]
fn a_tree_restored_from_stored_tiles_goes_on_as_if_never_stopped() {
    for size in [0, 1, 2, 255, 256, 257, 511, 513, 1000, 65_536, 66_000] {
        let all = leaves(size);
        let (mut tree, stored) = grow(&all);
        let mut restored = Tree::restore(size as u64, &as_stored(&all, stored.clone())).unwrap();
        assert_eq!(restored, tree, "size {size}");
        assert_eq!(Tree::restore(size as u64, &Either(&stored, &tree)).unwrap(), tree, "size {size}");
        for more in 0..600u32 {
            let leaf = leaf_hash(&more.to_be_bytes());
            assert_eq!(restored.append(leaf), tree.append(leaf));
            assert_eq!(restored.root(), tree.root());
        }
    }
}

#[test]
fn a_tree_is_not_restored_from_missing_or_short_tiles() {
    let all = leaves(1000);
    let (_, stored) = grow(&all);
    assert!(matches!(Tree::restore(1000, &stored), Err(ProofError::MissingTile(TileId { level: 0, index: 3 }))));
    let mut short = as_stored(&all, stored.clone());
    short.get_mut(&TileId { level: 0, index: 3 }).unwrap().pop();
    assert!(matches!(Tree::restore(1000, &short), Err(ProofError::MissingTile(_))));
    let mut gap = as_stored(&all, stored);
    gap.remove(&TileId { level: 0, index: 1 });
    assert!(matches!(Tree::restore(1000, &gap), Err(ProofError::MissingTile(TileId { level: 0, index: 1 }))));
}

#[test]
fn every_proof_of_every_size_to_80_equals_the_definition_and_verifies() {
    for size in 1..=80usize {
        let all = leaves(size);
        let (tree, stored) = grow(&all);
        let tiles = as_stored(&all, stored);
        for index in 0..size {
            let proof = inclusion_proof(index as u64, size as u64, &tiles).unwrap();
            assert_eq!(bare(&proof), slow_merkle::path(index, &all));
            verify_inclusion(index as u64, size as u64, &leaf_hash(&all[index]), &proof, &tree.root()).unwrap();
        }
        for old in 1..=size {
            let proof = consistency_proof(old as u64, size as u64, &tiles).unwrap();
            assert_eq!(bare(&proof), slow_merkle::consistency(old, &all));
            let old_root = Hash::new(slow_merkle::tree_hash(&all[..old]));
            verify_consistency((old as u64, &old_root), (size as u64, &tree.root()), &proof).unwrap();
        }
    }
}

#[test]
fn positions_outside_the_tree_are_refused() {
    let (tree, tiles) = grow(&leaves(3));
    let root = tree.root();
    assert!(matches!(inclusion_proof(3, 3, &tree), Err(ProofError::OutOfRange { wanted: 3, size: 3 })));
    assert!(matches!(consistency_proof(4, 3, &tiles), Err(ProofError::OutOfRange { .. })));
    assert!(verify_inclusion(0, 0, &root, &[], &root).is_err());
    assert!(verify_consistency((4, &root), (3, &root), &[]).is_err());
    assert!(verify_consistency((0, &empty_root()), (3, &root), &[]).is_ok());
    assert!(verify_consistency((0, &root), (3, &root), &[]).is_err());
    assert!(verify_consistency((0, &empty_root()), (0, &root), &[]).is_err());
}

fn bare(proof: &[Hash]) -> Vec<[u8; 32]> {
    proof.iter().map(|hash| *hash.as_bytes()).collect()
}

/// A source that remembers what was asked of it.
struct Watched<'a>(&'a Tree, &'a BTreeMap<TileId, Vec<u8>>, RefCell<BTreeSet<TileId>>);

impl TileSource for Watched<'_> {
    fn tile(&self, id: TileId) -> Option<Cow<'_, [u8]>> {
        self.2.borrow_mut().insert(id);
        self.1.tile(id).or_else(|| self.0.tile(id))
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// Proofs over several tiles hold, read exactly the tiles announced, and hold for no other place, leaf or root.
    #[test]
    fn proofs_over_many_tiles_hold_and_bind(size in 1usize..3000, a in any::<usize>(), b in any::<usize>(), bit in 0usize..256) {
        let all = leaves(size);
        let (tree, stored) = grow(&all);
        let (index, old) = (a % size, 1 + b % size);
        let (n, i, o) = (size as u64, index as u64, old as u64);
        let root = tree.root();
        prop_assert_eq!(*root.as_bytes(), slow_merkle::tree_hash(&all));

        let watched = Watched(&tree, &stored, RefCell::default());
        let proof = inclusion_proof(i, n, &watched).unwrap();
        prop_assert_eq!(bare(&proof), slow_merkle::path(index, &all));
        prop_assert_eq!(watched.2.take(), inclusion_tiles(i, n).unwrap());
        let leaf = leaf_hash(&all[index]);
        prop_assert!(verify_inclusion(i, n, &leaf, &proof, &root).is_ok());
        prop_assert!(verify_inclusion(i, n, &flip(&leaf, bit), &proof, &root).is_err());
        prop_assert!(verify_inclusion(i, n, &leaf, &proof, &flip(&root, bit)).is_err());
        if let Some(other) = (0..n).find(|other| *other != i && verify_inclusion(*other, n, &leaf, &proof, &root).is_ok()) {
            prop_assert!(false, "leaf {} also verifies at {}", i, other);
        }
        for at in 0..proof.len() {
            let mut wrong = proof.clone();
            wrong[at] = flip(&wrong[at], bit);
            prop_assert!(verify_inclusion(i, n, &leaf, &wrong, &root).is_err());
            wrong.remove(at);
            prop_assert!(verify_inclusion(i, n, &leaf, &wrong, &root).is_err());
        }

        let proof = consistency_proof(o, n, &watched).unwrap();
        prop_assert_eq!(bare(&proof), slow_merkle::consistency(old, &all));
        prop_assert_eq!(watched.2.take(), consistency_tiles(o, n).unwrap());
        let old_root = Hash::new(slow_merkle::tree_hash(&all[..old]));
        prop_assert!(verify_consistency((o, &old_root), (n, &root), &proof).is_ok());
        prop_assert!(verify_consistency((o, &flip(&old_root, bit)), (n, &root), &proof).is_err());
        prop_assert!(verify_consistency((o, &old_root), (n, &flip(&root, bit)), &proof).is_err());
        for at in 0..proof.len() {
            let mut wrong = proof.clone();
            wrong[at] = flip(&wrong[at], bit);
            prop_assert!(verify_consistency((o, &old_root), (n, &root), &wrong).is_err());
        }

        // An older size is proved from the same tiles: receipts stay makeable under any checkpoint.
        if index < old {
            let proof = inclusion_proof(i, o, &Either(&stored, &tree)).unwrap();
            prop_assert!(verify_inclusion(i, o, &leaf, &proof, &old_root).is_ok());
        }
    }
}

fn flip(hash: &Hash, bit: usize) -> Hash {
    let mut bytes = *hash.as_bytes();
    bytes[bit / 8] ^= 1 << (bit % 8);
    Hash::new(bytes)
}
