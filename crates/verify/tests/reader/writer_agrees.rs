//! The writer (kernel) and this reader were written apart; on every input they must say the same.

use guiju_kernel::ledger::{Hash, Tree, consistency_proof, inclusion_proof, verify_consistency, verify_inclusion};
use guiju_verify::canonical;
use guiju_verify::merkle::{FullTile, TreeChecker, extends, includes, leaf_hash};
use proptest::prelude::*;
use serde_json::{Map, Value};

fn tree_of(size: u64) -> Tree {
    let mut tree = Tree::new();
    for n in 0..size {
        tree.append(Hash::new(leaf_hash(&n.to_be_bytes())));
    }
    tree
}

#[test]
fn both_grow_the_same_tiles_and_roots() {
    let (mut writer, mut reader) = (Tree::new(), TreeChecker::new());
    let mut tiles = 0;
    for n in 0..70_000u64 {
        let leaf = leaf_hash(&n.to_be_bytes());
        let mut read: Vec<FullTile> = Vec::new();
        reader.push(leaf, |tile| read.push(tile));
        let written = writer.append(Hash::new(leaf));
        assert_eq!(written.len(), read.len());
        for (w, r) in written.into_iter().zip(read) {
            assert_eq!((u32::from(w.id.level), w.id.index, w.bytes), (r.level, r.index, r.bytes));
            tiles += 1;
        }
        if n % 97 == 0 {
            assert_eq!(*writer.root().as_bytes(), reader.root());
        }
    }
    assert_eq!((tiles, writer.size()), (274, reader.size()));
}

/// Any proof of the right shape or nearly so: both must accept or both refuse.
fn spoil(proof: &mut Vec<Hash>, how: u8, at: usize) {
    let place = at % proof.len().max(1);
    match how {
        0 => {}
        1 => drop(proof.pop()),
        2 => proof.push(Hash::new([1; 32])),
        3 if !proof.is_empty() => drop(proof.remove(place)),
        4 if proof.len() > 1 => proof.swap(0, place),
        _ => proof.iter_mut().take(1).for_each(|hash| *hash = Hash::new([2; 32])),
    }
}

fn any_record() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<String>().prop_map(Value::from),
        (-9_007_199_254_740_991i64..=9_007_199_254_740_991).prop_map(Value::from)
    ];
    leaf.prop_recursive(3, 32, 6, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            proptest::collection::vec(("[ -~]{0,6}", inner), 0..6).prop_map(|m| Value::Object(Map::from_iter(m))),
        ]
    })
}

proptest! {
    #[test]
    fn both_judge_every_proof_alike(size in 1u64..200, a: u64, b: u64, how in 0u8..6, at: usize, shift in 0u64..3) {
        let tree = tree_of(size);
        let root = tree.root();
        let (index, old) = (a % size, 1 + b % size);
        let leaf = leaf_hash(&index.to_be_bytes());

        let mut proof = inclusion_proof(index, size, &tree).unwrap();
        spoil(&mut proof, how, at);
        let claimed = index + shift;
        let writer = verify_inclusion(claimed, size, &Hash::new(leaf), &proof, &root).is_ok();
        let bare: Vec<_> = proof.iter().map(|hash| *hash.as_bytes()).collect();
        prop_assert_eq!(writer, includes(claimed, size, &leaf, &bare, root.as_bytes()));
        prop_assert!(how != 0 || shift != 0 || writer);

        let mut proof = consistency_proof(old, size, &tree).unwrap();
        spoil(&mut proof, how, at);
        let (old_root, claimed) = (tree_of(old).root(), old + shift);
        let writer = verify_consistency((claimed, &old_root), (size, &root), &proof).is_ok();
        let bare: Vec<_> = proof.iter().map(|hash| *hash.as_bytes()).collect();
        prop_assert_eq!(writer, extends((claimed, old_root.as_bytes()), (size, root.as_bytes()), &bare));
        prop_assert!(how != 0 || shift != 0 || writer);
    }

    #[test]
    fn what_the_writer_writes_the_reader_accepts(record in any_record()) {
        let bytes = guiju_kernel::canon::to_bytes(&record).unwrap();
        prop_assert_eq!(canonical::parse(&bytes).unwrap(), record);
    }

    /// A flipped bit is either refused or another record; never the same record in a second spelling.
    #[test]
    fn a_flipped_bit_never_reads_as_the_same_record(record in any_record(), at: usize, bit in 0u8..8) {
        let mut bytes = guiju_kernel::canon::to_bytes(&record).unwrap();
        let at = at % bytes.len();
        bytes[at] ^= 1 << bit;
        if let Ok(other) = canonical::parse(&bytes) {
            prop_assert_ne!(&other, &record);
            prop_assert_eq!(guiju_kernel::canon::to_bytes(&other).unwrap(), bytes);
        }
    }
}

const RECEIPT: &str = include_str!("../../../../docs/formats/golden/receipt.tlog-proof");
const VKEY: &str = "guiju.example/events+6a7aa0ed+Ac0Us3+VbpUxlP9/tzs9gdzFYdYadTgJS3w+GmQ+5fOq";

/// A receipt with some of its characters replaced, removed, doubled or moved.
fn edited(edits: &[(u8, usize, String)]) -> String {
    let mut text: Vec<char> = RECEIPT.chars().collect();
    for (how, at, new) in edits {
        let at = at.checked_rem(text.len()).unwrap_or(0);
        let end = text.len().min(at + new.chars().count());
        match how % 4 {
            0 => drop(text.splice(at..end, new.chars())),
            1 => drop(text.drain(at..end)),
            2 => drop(text.splice(at..at, new.chars())),
            _ => text.rotate_left(at),
        }
    }
    text.into_iter().collect()
}

proptest! {
    /// Neither reader is thrown by anything, and both say the same of every spoilt receipt, checkpoint and key.
    #[test]
    fn both_judge_spoilt_receipts_alike(edits in proptest::collection::vec((0u8..4, any::<usize>(), "(\n|=|\\+| |[0-9a-zA-Z/]|—|规){0,3}"), 0..3)) {
        let text = edited(&edits);
        let writer_key: guiju_kernel::ledger::VerifierKey = VKEY.parse().unwrap();
        let reader_key = guiju_verify::note::VerifierKey::parse(VKEY).unwrap();
        let writer = guiju_kernel::ledger::receipt::verify(&text, std::slice::from_ref(&writer_key));
        let reader = guiju_verify::receipt::verify(&text, std::slice::from_ref(&reader_key));
        prop_assert_eq!(writer.is_ok(), reader.is_ok(), "{:?} {:?}\n{}", writer, reader, text);
        prop_assert_eq!(writer.is_ok(), text == RECEIPT);

        let note = text.split_once("\n\n").map_or(text.as_str(), |(_, note)| note);
        let writer = guiju_kernel::ledger::checkpoint::open(note, &[writer_key]);
        let reader = guiju_verify::note::open_checkpoint(note, &[reader_key]);
        prop_assert_eq!(writer.is_ok(), reader.is_ok(), "{:?} {:?}\n{}", writer, reader, note);
    }

    #[test]
    fn both_read_the_same_keys(at in 0usize..80, new in "(\\+|=| |[0-9a-fA-F/.]){0,2}") {
        let at = at.min(VKEY.len() - 1);
        let text = format!("{}{new}{}", &VKEY[..at], &VKEY[at + 1..]);
        let writer = text.parse::<guiju_kernel::ledger::VerifierKey>();
        prop_assert_eq!(writer.is_ok(), guiju_verify::note::VerifierKey::parse(&text).is_ok(), "{}", text);
    }
}
