//! Which head did the log sign? C2SP signed-note and tlog-checkpoint, the reading half.
//!
//! Refuses a note that none of the given keys signed for its own log, and one that a given key signed wrongly.

use crate::merkle::Hash;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use ed25519_dalek::{Signature, VerifyingKey};
use sha2::{Digest, Sha256};

/// Why a key, a note or a checkpoint was not accepted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoteFault {
    /// The verifier key is not `<name>+<id>+<base64>` of an Ed25519 key, or its id is wrong.
    #[error("the verifier key is not a well-formed Ed25519 key of a signed note")]
    Key,
    /// Not a text with signature lines.
    #[error("not a signed note")]
    NotANote,
    /// A signature of a known key does not fit.
    #[error("the signature by `{0}` does not fit")]
    Signature(String),
    /// None of the known keys signed it.
    #[error("no known key signed it for its log")]
    Unsigned,
    /// Signed, but no checkpoint.
    #[error("signed, but not a checkpoint")]
    NotACheckpoint,
}

/// A key that a reader trusts for the log of its name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifierKey {
    name: String,
    id: [u8; 4],
    key: VerifyingKey,
}

/// A signed head.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    /// Which log.
    pub origin: String,
    /// How many leaves.
    pub size: u64,
    /// The root over them.
    pub root: Hash,
}

impl VerifierKey {
    /// Reads a verifier key line, without its line break.
    pub fn parse(line: &str) -> Result<VerifierKey, NoteFault> {
        let (name, rest) = line.split_once('+').ok_or(NoteFault::Key)?;
        let (id, encoded) = rest.split_once('+').ok_or(NoteFault::Key)?;
        let typed = STANDARD.decode(encoded).map_err(|_| NoteFault::Key)?;
        let Some((0x01, public)) = typed.split_first() else { return Err(NoteFault::Key) };
        let public: &[u8; 32] = public.try_into().map_err(|_| NoteFault::Key)?;
        let found = VerifierKey::of(name, public)?;
        if hex::encode(found.id) == id && well_named(name) { Ok(found) } else { Err(NoteFault::Key) }
    }

    /// Names the public half of a secret seed, to compare a key file with its verifier key.
    pub fn of_seed(name: &str, seed: &[u8; 32]) -> Result<VerifierKey, NoteFault> {
        VerifierKey::of(name, ed25519_dalek::SigningKey::from_bytes(seed).verifying_key().as_bytes())
    }

    fn of(name: &str, public: &[u8; 32]) -> Result<VerifierKey, NoteFault> {
        let digest: [u8; 32] =
            Sha256::new_with_prefix(name).chain_update(b"\n\x01").chain_update(public).finalize().into();
        let id = digest.first_chunk::<4>().copied().unwrap_or_default();
        let key = VerifyingKey::from_bytes(public).map_err(|_| NoteFault::Key)?;
        Ok(VerifierKey { name: name.to_owned(), id, key })
    }

    /// The log's origin.
    pub fn name(&self) -> &str {
        &self.name
    }
}

/// Reads a checkpoint that one of `keys` signed for the log of its own name.
pub fn open_checkpoint(note: &str, keys: &[VerifierKey]) -> Result<Checkpoint, NoteFault> {
    if note.len() > 1 << 20 || note.bytes().any(|byte| byte < 0x20 && byte != b'\n') {
        return Err(NoteFault::NotANote);
    }
    let end = note.rfind("\n\n").ok_or(NoteFault::NotANote)?;
    let (text, lines) = note.split_at_checked(end + 1).ok_or(NoteFault::NotANote)?;
    let lines = lines.strip_prefix('\n').and_then(|lines| lines.strip_suffix('\n')).ok_or(NoteFault::NotANote)?;
    let mut signers = Vec::new();
    for line in lines.split('\n') {
        let (name, id, signature) = signature_line(line).ok_or(NoteFault::NotANote)?;
        let Some(known) = keys.iter().find(|key| key.name == name && key.id == id) else { continue };
        let signature = Signature::from_slice(&signature).map_err(|_| NoteFault::Signature(name.to_owned()))?;
        let held = known.key.verify_strict(text.as_bytes(), &signature);
        held.map_err(|_| NoteFault::Signature(name.to_owned()))?;
        signers.push(name);
    }
    let head = head(text).ok_or(if signers.is_empty() { NoteFault::Unsigned } else { NoteFault::NotACheckpoint })?;
    if signers.contains(&head.origin.as_str()) { Ok(head) } else { Err(NoteFault::Unsigned) }
}

fn signature_line(line: &str) -> Option<(&str, [u8; 4], Vec<u8>)> {
    let (name, encoded) = line.strip_prefix("\u{2014} ")?.split_once(' ')?;
    let bytes = STANDARD.decode(encoded).ok()?;
    let (id, signature) = bytes.split_first_chunk::<4>()?;
    (well_named(name) && !signature.is_empty()).then(|| (name, *id, signature.to_vec()))
}

fn well_named(name: &str) -> bool {
    !name.is_empty() && !name.contains(|c: char| c.is_whitespace() || c.is_control() || c == '+')
}

fn head(text: &str) -> Option<Checkpoint> {
    let lines: Vec<&str> = text.strip_suffix('\n')?.split('\n').collect();
    let [origin, size, root, extensions @ ..] = lines.as_slice() else { return None };
    if origin.is_empty() || extensions.iter().any(|line| line.is_empty()) {
        return None;
    }
    let root: Hash = STANDARD.decode(root).ok()?.try_into().ok()?;
    Some(Checkpoint { origin: (*origin).to_owned(), size: decimal(size)?, root })
}

/// Reads a decimal number in its one spelling.
pub(crate) fn decimal(text: &str) -> Option<u64> {
    let number: u64 = text.parse().ok()?;
    (number.to_string() == text).then_some(number)
}
