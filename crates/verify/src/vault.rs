//! Do the sealed values open, and only where they belong? The opening half of `docs/formats/ledger.md`, "Vault".
//!
//! Refuses what is cut short, of another scheme, or sealed for another place, party or key.

use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use hkdf::Hkdf;
use sha2::Sha256;
use zeroize::Zeroizing;

/// A key that opens.
pub struct OpeningKey(XChaCha20Poly1305);

impl std::fmt::Debug for OpeningKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("OpeningKey(..)")
    }
}

impl OpeningKey {
    /// Takes a vault key as it was drawn; `None` unless it has 32 bytes.
    pub fn new(secret: &[u8]) -> Option<OpeningKey> {
        let secret: &[u8; 32] = secret.try_into().ok()?;
        let mut sealing = Zeroizing::new([0u8; 32]);
        Hkdf::<Sha256>::new(Some(b"guiju/vault/v1"), secret).expand(b"seal", sealing.as_mut_slice()).ok()?;
        XChaCha20Poly1305::new_from_slice(sealing.as_slice()).ok().map(OpeningKey)
    }

    /// Opens a personal value: 32 bytes of salt and then the value.
    pub fn open_value(&self, log: &str, seq: u64, field: &str, sealed: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        let place = [b"guiju/vault/v1\0".as_slice(), &name(log)?, &seq.to_be_bytes(), &name(field)?].concat();
        self.open(&place, sealed)
    }

    /// Opens a party's key with the master key.
    pub fn open_party_key(&self, party: &str, wrapped: &[u8]) -> Option<OpeningKey> {
        let secret = self.open(&[b"guiju/wrap/v1\0".as_slice(), &name(party)?].concat(), wrapped)?;
        OpeningKey::new(&secret)
    }

    /// Opens a file of this key's party.
    pub fn open_file(&self, party: &str, sealed: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        self.open(&[b"guiju/file/v1\0".as_slice(), &name(party)?].concat(), sealed)
    }

    fn open(&self, aad: &[u8], sealed: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        let (nonce, msg) = sealed.strip_prefix(&[0x01])?.split_first_chunk::<24>()?;
        self.0.decrypt(&XNonce::from(*nonce), Payload { msg, aad }).ok().map(Zeroizing::new)
    }
}

fn name(text: &str) -> Option<Vec<u8>> {
    let length = u16::try_from(text.len()).ok()?;
    Some([&length.to_be_bytes(), text.as_bytes()].concat())
}
