//! What others published: inclusion vectors of transparency-dev/merkle and a log that Tessera wrote.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use guiju_testkit::facts::shared;
use guiju_verify::merkle::{Hash, TreeChecker, includes, leaf_hash};
use guiju_verify::note::{VerifierKey, open_checkpoint};
use serde_json::Value;
use std::fs;
use std::path::Path;

fn accepts(vector: &Value) -> Option<bool> {
    let hash = |value: &Value| -> Option<Hash> { STANDARD.decode(value.as_str()?).ok()?.try_into().ok() };
    let proof: Vec<Hash> = vector["proof"].as_array().into_iter().flatten().map(hash).collect::<Option<_>>()?;
    let (index, size) = (vector["leafIdx"].as_u64()?, vector["treeSize"].as_u64()?);
    Some(includes(index, size, &hash(&vector["leafHash"])?, &proof, &hash(&vector["root"])?))
}

fn visit(folder: &Path, seen: &mut (usize, usize)) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            visit(&path, seen);
            continue;
        }
        let vector: Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
        let accepted = accepts(&vector).unwrap_or(false);
        assert_eq!(accepted, !vector["wantErr"].as_bool().unwrap(), "{}", path.display());
        *seen = (seen.0 + 1, seen.1 + usize::from(accepted));
    }
}

#[test]
fn inclusion_vectors_are_accepted_and_rejected_as_published() {
    let Some(folder) = shared("core/rfc6962-merkle/inclusion") else { return };
    let mut seen = (0, 0);
    visit(&folder, &mut seen);
    assert!(seen.0 > 80 && seen.1 >= 5, "{seen:?}");
}

#[test]
fn the_tessera_log_is_rebuilt_head_by_head() {
    let Some(log) = shared("core/tlog-tiles-tessera/testdata/log") else { return };
    let vkey = "example.com/log/testdata+33d7b496+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx";
    let keys = [VerifierKey::parse(vkey).unwrap()];
    let head = |name: String| open_checkpoint(&fs::read_to_string(log.join(name)).unwrap(), &keys).unwrap();
    let bundle = fs::read(log.join("tile/entries/000.p/15")).unwrap();
    let mut rest = bundle.as_slice();
    let mut tree = TreeChecker::new();
    let mut tile = Vec::new();
    for size in 0..=15 {
        let signed = head(format!("checkpoint.{size}"));
        assert_eq!((signed.size, signed.root), (size, tree.root()));
        if let Some((length, tail)) = rest.split_first_chunk::<2>() {
            let (entry, tail) = tail.split_at(u16::from_be_bytes(*length).into());
            tile.extend_from_slice(&leaf_hash(entry));
            tree.push(leaf_hash(entry), |_| panic!("no tile is full"));
            assert_eq!(fs::read(log.join(format!("tile/0/000.p/{}", size + 1))).unwrap(), tile);
            rest = tail;
        }
    }
    assert_eq!((tree.size(), head("checkpoint".to_owned()).root), (15, tree.root()));
}
