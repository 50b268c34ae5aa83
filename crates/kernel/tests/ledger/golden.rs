//! The golden bytes of `docs/formats/ledger.md`: computed once by another program, held by this test and by the page.

use guiju_kernel::canon;
use guiju_kernel::ledger::entry::{bundle, personal_hash};
use guiju_kernel::ledger::tile::tile_bytes;
use guiju_kernel::ledger::vault::{Place, VaultKey};
use guiju_kernel::ledger::{Entry, Salt, SigningKey, Tree, checkpoint, inclusion_proof, receipt};
use serde_json::{Value, json};

const PAGE: &str = include_str!("../../../../docs/formats/ledger.md");
const RECEIPT: &str = include_str!("../../../../docs/formats/golden/receipt.tlog-proof");
const ORIGIN: &str = "guiju.example/events";
const PARTY: &str = "91370100000000000X";

/// 32 bytes counting up from `first`, the page's notation for keys and salts.
fn from(first: u8) -> [u8; 32] {
    std::array::from_fn(|n| first + n as u8)
}

/// The page must hold the value as a line of its own.
fn on_the_page(value: &str) {
    assert!(PAGE.lines().any(|line| line == value), "docs/formats/ledger.md lacks the line {value}");
}

fn record() -> Value {
    json!({
        "v": 1, "seq": 2, "act": "file", "note": "规矩 \u{1}\"\\/",
        "given": {"urgent": true, "fen": -1200, "unit": null, "list": []},
        "personal": {"phone": personal_hash(&Salt::new(from(0x40)), b"13800000000").to_hex()},
    })
}

fn entries() -> [Entry; 3] {
    let lawful = canon::to_bytes(&record()).unwrap();
    [
        Entry::commit(&Salt::new(from(0)), b"{}"),
        Entry::commit(&Salt::new(from(1)), b"{}"),
        Entry::commit(&Salt::new(from(0x20)), &lawful),
    ]
}

#[test]
fn record_entry_and_leaf_are_the_bytes_of_the_page() {
    on_the_page(std::str::from_utf8(&canon::to_bytes(&record()).unwrap()).unwrap());
    let [_, _, entry] = entries();
    on_the_page(&entry.to_hex());
    on_the_page(&entry.leaf().to_hex());
}

#[test]
fn tile_bundle_root_and_receipt_are_the_bytes_of_the_page() {
    let entries = entries();
    let leaves = entries.map(|entry| entry.leaf());
    let mut tree = Tree::new();
    leaves.iter().for_each(|leaf| assert!(tree.append(*leaf).is_empty()));
    on_the_page(&hex::encode(tile_bytes(&leaves)));
    on_the_page(&hex::encode(bundle(&entries)));
    on_the_page(&tree.root().to_hex());

    let key = SigningKey::from_seed(ORIGIN, &from(0x80)).unwrap();
    on_the_page(&key.verifier().to_string());
    let head = checkpoint::sign(ORIGIN, 3, &tree.root(), &key).unwrap();
    assert!(PAGE.contains(&head), "docs/formats/ledger.md lacks the checkpoint");
    let proof = inclusion_proof(2, 3, &tree).unwrap();
    let made = receipt::make(&head, 2, &proof, &Salt::new(from(0x20)), &record()).unwrap();
    assert_eq!(made, RECEIPT);
    assert_eq!(receipt::verify(RECEIPT, std::slice::from_ref(key.verifier())).unwrap().record, record());
}

#[test]
fn sealed_value_key_and_file_are_the_bytes_of_the_page() {
    let (party, master) = (VaultKey::new(from(0xa0)).unwrap(), VaultKey::new(from(0xc0)).unwrap());
    let place = Place { log: "events", seq: 2, field: "phone" };
    on_the_page(&hex::encode(party.seal(&place, &Salt::new(from(0x40)), b"13800000000").unwrap()));
    on_the_page(&hex::encode(master.wrap(PARTY, &party).unwrap()));
    on_the_page(&hex::encode(party.seal_file(PARTY, b"%PDF-1.7").unwrap()));
}
