//! In which order do candidates stand? As draft-thomson-elegy-vrs does it: one HKDF output a label, then sorted.
//!
//! A candidate's position depends on the key and on its own label only, so that adding or striking a candidate leaves the
//! order of the others unchanged. Refuses nothing: labels were looked at before.

use hkdf::{Hkdf, hmac::digest::Output};
use sha2::Sha256;

/// What the positions are computed from: HKDF-Extract (RFC 5869, section 2.2) over all sources of randomness.
#[derive(Clone)]
pub struct Key {
    bytes: Output<Sha256>,
    expand: Hkdf<Sha256>,
}

impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Key({})", self.to_hex())
    }
}

/// Where a candidate stands: 32 bytes that sort as bytes do, the lowest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position([u8; 32]);

impl Position {
    /// Sixty-four lower-case hexadecimal digits, which sort as the bytes do.
    pub fn to_hex(self) -> String {
        hex::encode(self.0)
    }
}

impl Key {
    /// Extracts the key: the one-time code is the salt, the randomness the input keying material.
    pub fn extract(code: &[u8], randomness: &[u8]) -> Key {
        let (bytes, expand) = Hkdf::<Sha256>::extract(Some(code), randomness);
        Key { bytes, expand }
    }

    /// Sixty-four lower-case hexadecimal digits.
    pub fn to_hex(&self) -> String {
        hex::encode(self.bytes)
    }

    /// Computes the position of the option whose label is these parts joined.
    pub fn position(&self, label: &[&[u8]]) -> Position {
        let mut position = [0; 32];
        let done = self.expand.expand_multi_info(label, &mut position);
        debug_assert!(done.is_ok(), "HKDF gives up to 255 outputs of 32 bytes, and one was asked for");
        Position(position)
    }
}

/// What stands before a label, so that a firm, an inspector and a pairing of both never share one.
const TARGET: &[u8] = b"target\t";
const INSPECTOR: &[u8] = b"inspector\t";
const PAIRING: &[u8] = b"pairing\t";

impl Key {
    /// The position of a target.
    pub fn target(&self, label: &str) -> Position {
        self.position(&[TARGET, label.as_bytes()])
    }

    /// The position of an inspector.
    pub fn inspector(&self, label: &str) -> Position {
        self.position(&[INSPECTOR, label.as_bytes()])
    }

    /// The position of an inspector for one target.
    pub fn pairing(&self, target: &str, inspector: &str) -> Position {
        self.position(&[PAIRING, target.as_bytes(), b"\t", inspector.as_bytes()])
    }
}
