//! What others published: inclusion vectors of transparency-dev/merkle and a log that Tessera wrote.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use guiju_kernel::ledger::entry::unbundle;
use guiju_kernel::ledger::hash::leaf_hash;
use guiju_kernel::ledger::{
    Hash, PublicTilePath, TileId, Tree, VerifierKey, checkpoint, consistency_proof, inclusion_proof,
    verify_consistency, verify_inclusion,
};
use guiju_testkit::facts::shared;
use serde_json::Value;
use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};

const TESSERA_KEY: &str = "example.com/log/testdata+33d7b496+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx";

fn json_files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(json_files(&path));
        } else if path.extension().is_some_and(|end| end == "json") {
            found.push(path);
        }
    }
    found
}

/// Accepts a vector as our reader would: bytes of a wrong length are refused before any hashing.
fn accepts(vector: &Value) -> bool {
    let hash = |value: &Value| Hash::from_slice(&STANDARD.decode(value.as_str()?).ok()?);
    let proof: Option<Vec<Hash>> = vector["proof"].as_array().into_iter().flatten().map(hash).collect();
    let (Some(leaf), Some(root), Some(proof)) = (hash(&vector["leafHash"]), hash(&vector["root"]), proof) else {
        return false;
    };
    let (Some(index), Some(size)) = (vector["leafIdx"].as_u64(), vector["treeSize"].as_u64()) else { return false };
    verify_inclusion(index, size, &leaf, &proof, &root).is_ok()
}

#[test]
fn inclusion_vectors_are_accepted_and_rejected_as_published() {
    let Some(folder) = shared("core/rfc6962-merkle/inclusion") else { return };
    let files = json_files(&folder);
    assert!(files.len() > 80, "only {} vectors", files.len());
    let mut accepted = 0;
    for file in files {
        let vector: Value = serde_json::from_slice(&fs::read(&file).unwrap()).unwrap();
        let wanted = !vector["wantErr"].as_bool().unwrap();
        assert_eq!(accepts(&vector), wanted, "{}", file.display());
        accepted += usize::from(wanted);
    }
    assert!(accepted >= 5, "only {accepted} vectors are to be accepted");
}

#[test]
fn the_tessera_log_verifies_checkpoint_by_checkpoint_and_tile_by_tile() {
    let Some(log) = shared("core/tlog-tiles-tessera/testdata/log") else { return };
    let keys = [TESSERA_KEY.parse::<VerifierKey>().unwrap()];
    let head = |size: u64| {
        let note = fs::read_to_string(log.join(format!("checkpoint.{size}"))).unwrap();
        checkpoint::open(&note, &keys).unwrap()
    };
    let read = |path: PublicTilePath| fs::read(log.join(path.to_string())).unwrap();
    let mut tree = Tree::new();
    assert_eq!((head(0).size, head(0).root), (0, tree.root()));
    for size in 1..=15u64 {
        let bundle = read(PublicTilePath::Entries { index: 0, width: size as u16 });
        let entries = unbundle(&bundle).unwrap();
        assert_eq!(entries.len() as u64, size);
        tree.append(leaf_hash(entries.last().unwrap()));
        assert_eq!((head(size).size, head(size).root), (size, tree.root()));

        let id = TileId { level: 0, index: 0 };
        let tile = read(PublicTilePath::Hashes { id, width: size as u16 });
        assert_eq!(tree.partial_tiles().next().unwrap().bytes, tile);
        let source = HashMap::from([(id, tile)]);
        assert_eq!(Tree::restore(size, &source).unwrap(), tree);
        for (index, entry) in (0..).zip(&entries) {
            let proof = inclusion_proof(index, size, &source).unwrap();
            verify_inclusion(index, size, &leaf_hash(entry), &proof, &head(size).root).unwrap();
        }
        for old in 0..=size {
            let proof = consistency_proof(old, size, &source).unwrap();
            verify_consistency((old, &head(old).root), (size, &head(size).root), &proof).unwrap();
        }
    }
    let last = fs::read_to_string(log.join("checkpoint")).unwrap();
    assert_eq!(checkpoint::open(&last, &keys).unwrap(), head(15));
}
