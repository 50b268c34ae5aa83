//! Signed notes and checkpoints: the specifications' own examples, and every way to spoil one.

use guiju_kernel::ledger::{Hash, NoteError, SigningKey, VerifierKey, checkpoint, note};

const EXAMPLE_KEY: &str = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";
const EXAMPLE_NOTE: &str = "This is an example message.\n\n\u{2014} example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n";
const ORIGIN: &str = "guiju.example/events";

fn key(name: &str, seed: u8) -> SigningKey {
    SigningKey::from_seed(name, &[seed; 32]).unwrap()
}

fn keys(signing: &[&SigningKey]) -> Vec<VerifierKey> {
    signing.iter().map(|key| key.verifier().clone()).collect()
}

fn head() -> Hash {
    Hash::new([7; 32])
}

#[test]
fn the_example_of_the_specification_opens_and_its_key_reads_back() {
    let key: VerifierKey = EXAMPLE_KEY.parse().unwrap();
    assert_eq!(key.to_string(), EXAMPLE_KEY);
    assert_eq!(key.name(), "example.com/foo");
    let keys = [key];
    let (text, by) = note::open(EXAMPLE_NOTE, &keys).unwrap();
    assert_eq!((text, by.len()), ("This is an example message.\n", 1));
}

#[test]
fn no_byte_of_a_note_can_change_unseen() {
    let keys = [EXAMPLE_KEY.parse::<VerifierKey>().unwrap()];
    for at in 0..EXAMPLE_NOTE.len() {
        for bit in 0..8 {
            let mut bytes = EXAMPLE_NOTE.as_bytes().to_vec();
            bytes[at] ^= 1 << bit;
            if let Ok(changed) = String::from_utf8(bytes) {
                assert!(note::open(&changed, &keys).is_err(), "byte {at} bit {bit}");
            }
        }
    }
}

#[test]
fn malformed_keys_are_refused() {
    for (bad, why) in [
        ("example.com/foo", "parts"),
        ("example.com/foo+530d903a", "parts"),
        ("example.com/foo+530d903b+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k", "id"),
        ("example.com/foo+530D903A+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k", "upper case id"),
        ("example.com/fop+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k", "name"),
        ("example.com/foo+530d903a+BOkyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k", "type"),
        ("example.com/foo+530d903a+Aeky", "length"),
        ("+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k", "empty name"),
    ] {
        assert!(bad.parse::<VerifierKey>().is_err(), "{why}");
    }
    for name in ["", "two words", "a+b", "line\nbreak", "ideographic\u{3000}space"] {
        assert!(matches!(SigningKey::from_seed(name, &[1; 32]), Err(NoteError::BadName(_))), "{name:?}");
    }
}

#[test]
fn a_checkpoint_reads_back_and_is_the_same_bytes_every_time() {
    let signer = key(ORIGIN, 1);
    let signed = checkpoint::sign(ORIGIN, 350_000, &head(), &signer).unwrap();
    assert_eq!(signed, checkpoint::sign(ORIGIN, 350_000, &head(), &signer).unwrap());
    let read = checkpoint::open(&signed, &keys(&[&signer])).unwrap();
    assert_eq!((read.origin.as_str(), read.size, read.root), (ORIGIN, 350_000, head()));
}

#[test]
fn a_key_speaks_for_the_log_of_its_name_only() {
    let (signer, witness) = (key(ORIGIN, 1), key("witness.example/w", 2));
    assert!(matches!(checkpoint::sign(ORIGIN, 1, &head(), &witness), Err(NoteError::OtherLog(_))));
    let text = format!("{ORIGIN}\n1\n{}\n", head().to_base64());
    let by_witness = witness.sign(&text).unwrap();
    assert!(matches!(checkpoint::open(&by_witness, &keys(&[&signer, &witness])), Err(NoteError::OtherLog(_))));
    assert_eq!(checkpoint::open(&by_witness, &keys(&[&signer])), Err(NoteError::NoKnownSignature));
}

#[test]
fn unknown_signatures_are_ignored_and_known_wrong_ones_are_not() {
    let (signer, witness, stranger) = (key(ORIGIN, 1), key("witness.example/w", 2), key(ORIGIN, 3));
    let text = format!("{ORIGIN}\n1\n{}\n", head().to_base64());
    let line = |key: &SigningKey, text: &str| key.sign(text).unwrap().rsplit_once("\n\n").unwrap().1.to_owned();
    // A second algorithm: any type, any length, here as long as an SM2 signature.
    let sm2 = "\u{2014} guiju.example/events AAAAAEFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUE=\n";
    let good = format!("{text}\n{}{}{}{sm2}", line(&stranger, &text), line(&signer, &text), line(&witness, &text));
    assert!(checkpoint::open(&good, &keys(&[&signer])).is_ok());
    assert!(checkpoint::open(&good, &keys(&[&signer, &witness])).is_ok());
    let wrong = format!("{text}\n{}{}", line(&signer, &text), line(&witness, "another text\n"));
    assert!(checkpoint::open(&wrong, &keys(&[&signer])).is_ok());
    assert_eq!(
        checkpoint::open(&wrong, &keys(&[&signer, &witness])),
        Err(NoteError::WrongSignature("witness.example/w".to_owned()))
    );
}

#[test]
fn texts_that_are_no_checkpoint_are_refused() {
    let signer = key(ORIGIN, 1);
    let root = head().to_base64();
    for text in [
        format!("{ORIGIN}\n1\n"),
        format!("{ORIGIN}\n01\n{root}\n"),
        format!("{ORIGIN}\n+1\n{root}\n"),
        format!("{ORIGIN}\n18446744073709551616\n{root}\n"),
        format!("{ORIGIN}\n1\n{}\n", &root[..40]),
        format!("{ORIGIN}\n1\n{}=\n", root.trim_end_matches('=')).replace('=', ""),
        format!("{ORIGIN}\n1\n{root}\n\nafter an empty line\n"),
        format!("\n1\n{root}\n"),
    ] {
        let signed = signer.sign(&text).unwrap();
        assert!(matches!(checkpoint::open(&signed, &keys(&[&signer])), Err(NoteError::NotACheckpoint(_))), "{text:?}");
    }
    let extended = signer.sign(&format!("{ORIGIN}\n1\n{root}\nan extension\n")).unwrap();
    assert!(checkpoint::open(&extended, &keys(&[&signer])).is_ok());
}

#[test]
fn texts_that_are_no_note_are_refused() {
    let signer = key(ORIGIN, 1);
    let keys = keys(&[&signer]);
    let good = checkpoint::sign(ORIGIN, 1, &head(), &signer).unwrap();
    let many = good.clone() + &"\u{2014} x AAAAAEE=\n".repeat(64);
    for bad in [
        String::new(),
        "\n\n".to_owned(),
        good.trim_end().to_owned(),
        good.replace('\n', "\r\n"),
        good.replace("\n\n", "\n"),
        good.replace('\u{2014}', "-"),
        good.clone() + "no signature line\n",
        good.clone() + "\u{2014} x AAAAAA==\n",
        many,
    ] {
        assert!(matches!(note::open(&bad, &keys), Err(NoteError::Malformed(_))), "{bad:?}");
    }
    assert!(matches!(signer.sign("no line break at the end"), Err(NoteError::Malformed(_))));
    assert!(matches!(signer.sign("a\tb\n"), Err(NoteError::Malformed(_))));
}
