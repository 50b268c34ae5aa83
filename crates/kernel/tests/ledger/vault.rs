//! The vault opens for the right key at the right place, and for nobody anywhere else.

use guiju_kernel::ledger::Salt;
use guiju_kernel::ledger::entry::personal_hash;
use guiju_kernel::ledger::vault::{Place, VaultError, VaultKey};
use proptest::prelude::*;
use std::collections::HashSet;

const PLACE: Place<'_> = Place { log: "events", seq: 7, field: "phone" };

fn key(seed: u8) -> VaultKey {
    VaultKey::new([seed; 32]).unwrap()
}

#[test]
fn a_value_opens_at_its_place_and_still_fits_its_hash() {
    let salt = Salt::new([9; 32]);
    let sealed = key(1).seal(&PLACE, &salt, "张三".as_bytes()).unwrap();
    let opened = key(1).open(&PLACE, &sealed).unwrap();
    assert_eq!(opened.value.as_slice(), "张三".as_bytes());
    assert!(personal_hash(&opened.salt, &opened.value) == personal_hash(&salt, "张三".as_bytes()));
}

#[test]
fn nothing_opens_elsewhere_or_with_another_key() {
    let sealed = key(1).seal(&PLACE, &Salt::new([9; 32]), b"value").unwrap();
    for place in [
        Place { log: "readings", ..PLACE },
        Place { seq: 8, ..PLACE },
        Place { field: "name", ..PLACE },
        Place { log: "event", field: "sphone", ..PLACE },
    ] {
        assert_eq!(key(1).open(&place, &sealed), Err(VaultError::DoesNotOpen), "{place:?}");
    }
    assert_eq!(key(2).open(&PLACE, &sealed), Err(VaultError::DoesNotOpen));
    assert!(key(1).open_file("phone", &sealed).is_err());
    assert!(key(1).unwrap_key("phone", &sealed).is_err());
}

#[test]
fn no_sealed_byte_can_change_or_go_missing() {
    let sealed = key(1).seal(&PLACE, &Salt::new([9; 32]), b"value").unwrap();
    for at in 0..sealed.len() {
        let mut changed = sealed.clone();
        changed[at] ^= 1;
        assert!(key(1).open(&PLACE, &changed).is_err(), "byte {at}");
        assert!(key(1).open(&PLACE, &sealed[..at]).is_err(), "cut at {at}");
    }
}

#[test]
fn a_party_key_is_unwrapped_for_its_party_only() {
    let (master, party) = (key(1), key(2));
    let wrapped = master.wrap("91370100000000000X", &party).unwrap();
    let back = master.unwrap_key("91370100000000000X", &wrapped).unwrap();
    let sealed = party.seal(&PLACE, &Salt::new([3; 32]), b"value").unwrap();
    assert!(back.open(&PLACE, &sealed).is_ok());
    assert_eq!(master.unwrap_key("91370100000000001X", &wrapped).unwrap_err(), VaultError::DoesNotOpen);
    assert_eq!(party.unwrap_key("91370100000000000X", &wrapped).unwrap_err(), VaultError::DoesNotOpen);
}

#[test]
fn a_used_sequence_number_that_comes_again_does_not_repeat_a_nonce() {
    // An act is rolled back and its number goes to another act of the same party: design.md 5, savepoints.
    let nonce = |salt: u8, value: &[u8]| key(1).seal(&PLACE, &Salt::new([salt; 32]), value).unwrap()[1..25].to_vec();
    let nonces: HashSet<_> = [nonce(1, b"a"), nonce(1, b"b"), nonce(2, b"a"), nonce(2, b"b")].into();
    assert_eq!(nonces.len(), 4);
    assert_eq!(nonce(1, b"a"), nonce(1, b"a"), "a demonstration repeats its bytes");
}

#[test]
fn secrets_do_not_print_themselves() {
    let opened = key(1).open(&PLACE, &key(1).seal(&PLACE, &Salt::new([9; 32]), b"value").unwrap()).unwrap();
    assert_eq!(format!("{:?} {opened:?} {:?}", key(1), opened.salt), "VaultKey(..) Opened(..) Salt(..)");
}

proptest! {
    #[test]
    fn whatever_is_sealed_opens(secret: [u8; 32], salt: [u8; 32], seq: u64, field: String, value: Vec<u8>) {
        let (key, place) = (VaultKey::new(secret).unwrap(), Place { log: "events", seq, field: &field });
        let sealed = key.seal(&place, &Salt::new(salt), &value).unwrap();
        let opened = key.open(&place, &sealed).unwrap();
        prop_assert_eq!(opened.value.as_slice(), value.as_slice());
        prop_assert!(opened.salt == Salt::new(salt));
        let file = key.seal_file(&field, &value).unwrap();
        prop_assert!(*key.open_file(&field, &file).unwrap() == value);
    }
}
