//! How are personal data kept so that they can be erased? Each party's under a key of its own; dropping the key erases.
//!
//! Refuses to open what was sealed for another place, party or key. XChaCha20-Poly1305 (RFC 8439 with the 192-bit nonce
//! of draft-irtf-cfrg-xchacha-03), subkeys by HKDF-SHA256 (RFC 5869); bytes in `docs/formats/ledger.md`, "Vault".

use super::hash::Salt;
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use hkdf::Hkdf;
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

/// The first byte of everything sealed: says which scheme.
const SCHEME: u8 = 0x01;

const NONCE_BYTES: usize = 24;

/// Separates the two subkeys of every vault key from each other and from other uses of HKDF.
const KEY_LABEL: &[u8] = b"guiju/vault/v1";

/// What a wrapped key, a sealed file and a sealed value start their associated data with: none opens as another.
const WRAP_LABEL: &[u8] = b"guiju/wrap/v1\0";
const FILE_LABEL: &[u8] = b"guiju/file/v1\0";
const VALUE_LABEL: &[u8] = b"guiju/vault/v1\0";

/// Why something sealed could not be opened, or a value not sealed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum VaultError {
    /// Cut short, or of another scheme.
    #[error("the sealed bytes are cut short or of an unknown scheme")]
    Malformed,
    /// Another key, another place, or changed bytes.
    #[error("the sealed bytes do not open with this key at this place")]
    DoesNotOpen,
    /// A log, field or party name, or a value, beyond what the format can carry.
    #[error("a name or value is too long for the vault")]
    TooLong,
}

/// Where a sealed value belongs; it opens nowhere else.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place<'a> {
    /// Which log the event is in: `events` or `readings`.
    pub log: &'a str,
    /// The event's sequence number in that log.
    pub seq: u64,
    /// The personal field within the event.
    pub field: &'a str,
}

/// A secret key of the vault: a party's own, or the master key that wraps those.
#[derive(Clone)]
pub struct VaultKey {
    secret: Zeroizing<[u8; 32]>,
    cipher: XChaCha20Poly1305,
    nonces: Hkdf<Sha256>,
}

impl std::fmt::Debug for VaultKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("VaultKey(..)")
    }
}

/// A personal value as it was before sealing, with the salt of its hash in the record.
#[derive(Clone, PartialEq, Eq)]
pub struct Opened {
    /// The salt of [`super::entry::personal_hash`].
    pub salt: Salt,
    /// The value's bytes.
    pub value: Zeroizing<Vec<u8>>,
}

impl std::fmt::Debug for Opened {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Opened(..)")
    }
}

impl VaultKey {
    /// Takes 32 secret bytes that the caller drew.
    pub fn new(secret: [u8; 32]) -> Result<VaultKey, VaultError> {
        let root = Hkdf::<Sha256>::new(Some(KEY_LABEL), &secret);
        let mut sealing = Zeroizing::new([0u8; 32]);
        let mut nonces = Zeroizing::new([0u8; 32]);
        root.expand(b"seal", sealing.as_mut_slice()).map_err(|_| VaultError::TooLong)?;
        root.expand(b"nonce", nonces.as_mut_slice()).map_err(|_| VaultError::TooLong)?;
        let cipher = XChaCha20Poly1305::new_from_slice(sealing.as_slice()).map_err(|_| VaultError::TooLong)?;
        let nonces = Hkdf::from_prk(nonces.as_slice()).map_err(|_| VaultError::TooLong)?;
        Ok(VaultKey { secret: Zeroizing::new(secret), cipher, nonces })
    }

    /// Seals a personal value and its salt for one place.
    pub fn seal(&self, place: &Place<'_>, salt: &Salt, value: &[u8]) -> Result<Vec<u8>, VaultError> {
        let mut plain = Zeroizing::new(Vec::with_capacity(32 + value.len()));
        plain.extend_from_slice(salt.as_bytes());
        plain.extend_from_slice(value);
        self.seal_bytes(&place.bytes()?, &plain)
    }

    /// Opens what [`VaultKey::seal`] sealed for the same place under the same key.
    pub fn open(&self, place: &Place<'_>, sealed: &[u8]) -> Result<Opened, VaultError> {
        let plain = self.open_bytes(&place.bytes()?, sealed)?;
        let (salt, value) = plain.split_first_chunk::<32>().ok_or(VaultError::Malformed)?;
        Ok(Opened { salt: Salt::new(*salt), value: Zeroizing::new(value.to_vec()) })
    }

    /// Seals a party's key under this master key; it opens for that party only.
    pub fn wrap(&self, party: &str, key: &VaultKey) -> Result<Vec<u8>, VaultError> {
        self.seal_bytes(&named_place(WRAP_LABEL, party)?, key.secret.as_slice())
    }

    /// Opens what [`VaultKey::wrap`] sealed for this party.
    pub fn unwrap_key(&self, party: &str, wrapped: &[u8]) -> Result<VaultKey, VaultError> {
        let plain = self.open_bytes(&named_place(WRAP_LABEL, party)?, wrapped)?;
        VaultKey::new(plain.as_slice().try_into().map_err(|_| VaultError::Malformed)?)
    }

    /// Seals a file of this key's party; the same file of the same party gives the same bytes, and is stored once.
    pub fn seal_file(&self, party: &str, content: &[u8]) -> Result<Vec<u8>, VaultError> {
        self.seal_bytes(&named_place(FILE_LABEL, party)?, content)
    }

    /// Opens what [`VaultKey::seal_file`] sealed for this party.
    pub fn open_file(&self, party: &str, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, VaultError> {
        self.open_bytes(&named_place(FILE_LABEL, party)?, sealed)
    }

    /// The nonce is computed from everything that is sealed, so that the same demonstration gives the same bytes.
    ///
    /// INVARIANT(nonce): under one key, equal nonces mean equal place and equal plaintext. The nonce is a keyed hash
    /// (HKDF-Expand, HMAC-SHA256) of both, cut to 192 bits: two different inputs collide with a chance of 2^-96 at 2^48
    /// values. So nothing is lost when a rolled-back act's sequence number is used again for another value, which would
    /// repeat a nonce made of key, sequence number and field alone. A value starts with its 32 random
    /// bytes, so equal values do not show; equal files of one party do, which is how the store keeps them once.
    fn nonce(&self, place: &[u8], plain: &[u8]) -> Result<[u8; NONCE_BYTES], VaultError> {
        let digest = Sha256::digest(plain);
        let mut nonce = [0u8; NONCE_BYTES];
        self.nonces.expand_multi_info(&[place, digest.as_slice()], &mut nonce).map_err(|_| VaultError::TooLong)?;
        Ok(nonce)
    }

    fn seal_bytes(&self, place: &[u8], plain: &[u8]) -> Result<Vec<u8>, VaultError> {
        let nonce = self.nonce(place, plain)?;
        let payload = Payload { msg: plain, aad: place };
        let sealed = self.cipher.encrypt(&XNonce::from(nonce), payload).map_err(|_| VaultError::TooLong)?;
        let mut out = Vec::with_capacity(1 + NONCE_BYTES + sealed.len());
        out.push(SCHEME);
        out.extend_from_slice(&nonce);
        out.extend_from_slice(&sealed);
        Ok(out)
    }

    fn open_bytes(&self, place: &[u8], sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, VaultError> {
        let (scheme, rest) = sealed.split_first().ok_or(VaultError::Malformed)?;
        let (nonce, msg) = rest.split_first_chunk::<NONCE_BYTES>().ok_or(VaultError::Malformed)?;
        if *scheme != SCHEME {
            return Err(VaultError::Malformed);
        }
        let plain = self.cipher.decrypt(&XNonce::from(*nonce), Payload { msg, aad: place });
        plain.map(Zeroizing::new).map_err(|_| VaultError::DoesNotOpen)
    }
}

impl Place<'_> {
    /// Label, log and field after their lengths, sequence number: no two places share these bytes.
    fn bytes(&self) -> Result<Vec<u8>, VaultError> {
        let mut out = VALUE_LABEL.to_vec();
        put_name(&mut out, self.log)?;
        out.extend_from_slice(&self.seq.to_be_bytes());
        put_name(&mut out, self.field)?;
        Ok(out)
    }
}

fn named_place(label: &[u8], party: &str) -> Result<Vec<u8>, VaultError> {
    let mut out = label.to_vec();
    put_name(&mut out, party)?;
    Ok(out)
}

fn put_name(out: &mut Vec<u8>, name: &str) -> Result<(), VaultError> {
    let length = u16::try_from(name.len()).map_err(|_| VaultError::TooLong)?;
    out.extend_from_slice(&length.to_be_bytes());
    out.extend_from_slice(name.as_bytes());
    Ok(())
}
