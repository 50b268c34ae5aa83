//! The golden bytes of `docs/formats/ledger.md`, read by a program that did not write them.

use guiju_verify::entry::{entry, personal_hash};
use guiju_verify::merkle::{TreeChecker, leaf_hash};
use guiju_verify::note::{VerifierKey, open_checkpoint};
use guiju_verify::receipt::{self, ReceiptFault};
use guiju_verify::vault::OpeningKey;

const PAGE: &str = include_str!("../../../../docs/formats/ledger.md");
const RECEIPT: &str = include_str!("../../../../docs/formats/golden/receipt.tlog-proof");
const PARTY: &str = "91370100000000000X";

fn from(first: u8) -> [u8; 32] {
    std::array::from_fn(|n| first + n as u8)
}

/// The only line of the page that starts so.
fn line(start: &str) -> &'static str {
    let mut lines = PAGE.lines().filter(|line| line.starts_with(start));
    let found = lines.next().unwrap();
    assert_eq!(lines.next(), None);
    found
}

fn bytes(start: &str) -> Vec<u8> {
    hex::decode(line(start)).unwrap()
}

#[test]
fn the_receipt_of_the_page_holds_and_its_record_is_the_page_s() {
    let keys = [VerifierKey::parse(line("guiju.example/events+")).unwrap()];
    let verified = receipt::verify(RECEIPT, &keys).unwrap();
    assert_eq!(serde_json::to_string(&verified.record).unwrap(), line("{\"act\""));
    assert_eq!((verified.index, verified.checkpoint.size), (2, 3));
    assert_eq!(hex::encode(verified.checkpoint.root), line("5b01"));
    assert_eq!(keys[0], VerifierKey::of_seed("guiju.example/events", &from(0x80)).unwrap());
}

#[test]
fn entry_leaf_tile_and_root_are_computed_again() {
    let lawful = line("{\"act\"").as_bytes();
    assert_eq!(hex::encode(entry(&from(0x20), lawful)), line("f7fc"));
    assert!(line("{\"act\"").contains(&hex::encode(personal_hash(&from(0x40), b"13800000000"))));
    let mut tree = TreeChecker::new();
    let mut tile = Vec::new();
    for entry in bytes("0020").chunks(34) {
        let leaf = leaf_hash(entry.strip_prefix(&[0, 32]).unwrap());
        tile.extend_from_slice(&leaf);
        tree.push(leaf, |_| panic!("no tile is full"));
    }
    assert_eq!(hex::encode(tile), line("2c30"));
    assert_eq!(hex::encode(tree.root()), line("5b01"));
}

#[test]
fn sealed_value_key_and_file_open() {
    let party = OpeningKey::new(&from(0xa0)).unwrap();
    let value = party.open_value("events", 2, "phone", &bytes("01be")).unwrap();
    assert_eq!(*value, [from(0x40).as_slice(), b"13800000000"].concat());
    assert!(party.open_value("events", 3, "phone", &bytes("01be")).is_none());
    let unwrapped = OpeningKey::new(&from(0xc0)).unwrap().open_party_key(PARTY, &bytes("018b")).unwrap();
    assert_eq!(*unwrapped.open_file(PARTY, &bytes("0133")).unwrap(), b"%PDF-1.7");
    assert!(unwrapped.open_file("91370100000000001X", &bytes("0133")).is_none());
}

#[test]
fn no_bit_of_a_receipt_can_change_unseen() {
    let keys = [VerifierKey::parse(line("guiju.example/events+")).unwrap()];
    for at in 0..RECEIPT.len() {
        for bit in 0..8 {
            let mut bytes = RECEIPT.as_bytes().to_vec();
            bytes[at] ^= 1 << bit;
            if let Ok(changed) = String::from_utf8(bytes) {
                assert!(receipt::verify(&changed, &keys).is_err(), "byte {at} bit {bit}");
            }
        }
    }
    assert!(matches!(receipt::verify(RECEIPT, &[]), Err(ReceiptFault::Checkpoint(_))));
}

#[test]
fn a_checkpoint_counts_under_a_key_of_its_own_log_only() {
    let note = RECEIPT.split_once("\n\n").unwrap().1;
    let own = VerifierKey::of_seed("guiju.example/events", &from(0x80)).unwrap();
    let other = VerifierKey::of_seed("guiju.example/readings", &from(0x80)).unwrap();
    assert!(open_checkpoint(note, &[other.clone(), own.clone()]).is_ok());
    assert!(open_checkpoint(note, &[other]).is_err());
    assert!(open_checkpoint(&format!("{note}\u{2014} witness.example AAAAAEFB\n"), &[own]).is_ok());
}
