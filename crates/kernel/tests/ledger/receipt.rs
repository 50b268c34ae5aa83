//! A receipt proves one record under one key, offline; nothing in it can be changed.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use guiju_kernel::canon;
use guiju_kernel::ledger::receipt::{self, ReceiptError};
use guiju_kernel::ledger::{
    Entry, NoteError, ProofError, Salt, SigningKey, Tree, VerifierKey, checkpoint, inclusion_proof,
};
use serde_json::{Value, json};

const ORIGIN: &str = "guiju.example/events";

fn record(seq: u64) -> Value {
    json!({"v": 1, "seq": seq, "act": "file", "given": {"title": "请求\n支持"}})
}

/// The receipt of record `index` in a log of `size` records.
fn issue(index: u64, size: u64) -> (String, Vec<VerifierKey>) {
    let key = SigningKey::from_seed(ORIGIN, &[5; 32]).unwrap();
    let mut tree = Tree::new();
    for seq in 0..size {
        let salt = Salt::new([seq as u8; 32]);
        tree.append(Entry::commit(&salt, &canon::to_bytes(&record(seq)).unwrap()).leaf());
    }
    let head = checkpoint::sign(ORIGIN, size, &tree.root(), &key).unwrap();
    let proof = inclusion_proof(index, size, &tree).unwrap();
    let text = receipt::make(&head, index, &proof, &Salt::new([index as u8; 32]), &record(index)).unwrap();
    (text, vec![key.verifier().clone()])
}

#[test]
fn a_receipt_gives_back_the_record_its_place_and_the_head() {
    for (index, size) in [(0, 1), (0, 2), (5, 7), (99, 100), (200, 255)] {
        let (text, keys) = issue(index, size);
        let verified = receipt::verify(&text, &keys).unwrap();
        assert_eq!((verified.record, verified.index), (record(index), index));
        assert_eq!((verified.checkpoint.origin.as_str(), verified.checkpoint.size), (ORIGIN, size));
    }
}

#[test]
fn no_byte_of_a_receipt_can_change_unseen() {
    let (text, keys) = issue(5, 7);
    for at in 0..text.len() {
        for bit in 0..8 {
            let mut bytes = text.clone().into_bytes();
            bytes[at] ^= 1 << bit;
            if let Ok(changed) = String::from_utf8(bytes) {
                assert!(receipt::verify(&changed, &keys).is_err(), "byte {at} bit {bit}");
            }
        }
    }
}

#[test]
fn another_record_under_the_same_head_is_refused() {
    let (text, keys) = issue(5, 7);
    let extra = json!({"record": record(6), "salt": hex::encode([5u8; 32])});
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    lines[1] = format!("extra {}", STANDARD.encode(canon::to_bytes(&extra).unwrap()));
    let changed = lines.join("\n") + "\n";
    assert_eq!(receipt::verify(&changed, &keys), Err(ReceiptError::Proof(ProofError::WrongRoot)));
}

#[test]
fn a_second_spelling_of_the_same_record_is_refused() {
    let (text, keys) = issue(5, 7);
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    let spaced = format!("{{ \"record\":{},\"salt\":\"{}\"}}", record(5), hex::encode([5u8; 32]));
    lines[1] = format!("extra {}", STANDARD.encode(spaced));
    assert!(matches!(receipt::verify(&(lines.join("\n") + "\n"), &keys), Err(ReceiptError::Malformed(_))));
}

#[test]
fn a_receipt_of_a_log_that_the_reader_does_not_know_is_refused() {
    let (text, _) = issue(5, 7);
    let other = SigningKey::from_seed("other.example/events", &[6; 32]).unwrap();
    let refused = receipt::verify(&text, std::slice::from_ref(other.verifier()));
    assert_eq!(refused, Err(ReceiptError::Checkpoint(NoteError::NoKnownSignature)));
    assert!(receipt::verify(&text, &[]).is_err());
}

#[test]
fn what_is_no_receipt_is_refused_in_words() {
    let (text, keys) = issue(0, 1);
    for bad in ["", "\n\n", "c2sp.org/tlog-proof@v1\n\n", "c2sp.org/tlog-proof@v2\nindex 0\n\nx"] {
        assert!(matches!(receipt::verify(bad, &keys), Err(ReceiptError::Malformed(_))), "{bad:?}");
    }
    assert!(receipt::verify(&text.replace("index 0", "index 00"), &keys).is_err());
    assert!(receipt::verify(&text.replace("index 0\n", "index 0\nAAAA\n"), &keys).is_err());
    assert!(receipt::verify(&text.replace('\n', "\r\n"), &keys).is_err());
}
