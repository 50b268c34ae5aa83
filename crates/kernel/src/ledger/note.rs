//! Who signed this text? C2SP signed-note with Ed25519 (signature type 0x01).
//!
//! Refuses control characters, malformed signature lines, a wrong signature of a known key, and a note that no known key
//! signed. Ignores signatures of unknown keys, so that witnesses, rotated keys and a second algorithm may stand beside.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use ed25519_dalek::{Signature, Signer as _, VerifyingKey};
use sha2::{Digest, Sha256};
use std::fmt;
use std::str::FromStr;

/// Signature type of plain Ed25519, both in key ids and in verifier keys.
const ED25519: u8 = 0x01;

/// What every signature line starts with: em dash, space.
const LINE_START: &str = "\u{2014} ";

/// How many signature lines a note may bear; the specification asks for at least 16.
const SIGNATURES_MAX: usize = 64;

/// How long a note may be, in bytes.
const NOTE_BYTES_MAX: usize = 1 << 20;

/// Why a note or a key is not accepted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoteError {
    /// The text is no signed note.
    #[error("this is not a signed note: {0}")]
    Malformed(&'static str),
    /// The verifier or signing key cannot be read.
    #[error("this is not an Ed25519 note key: {0}")]
    BadKey(&'static str),
    /// A key name that a signature line could not carry.
    #[error("`{0}` cannot be a key name: it must not be empty or hold spaces or plus signs")]
    BadName(String),
    /// A known key's signature does not fit the text.
    #[error("the signature by `{0}` does not fit the text")]
    WrongSignature(String),
    /// No signature by any known key.
    #[error("no known key has signed this note")]
    NoKnownSignature,
    /// Signed, but the text is no checkpoint.
    #[error("this is not a checkpoint: {0}")]
    NotACheckpoint(&'static str),
    /// A checkpoint of another log than the key's.
    #[error("the checkpoint is of the log `{0}`, which none of the keys that signed it speaks for")]
    OtherLog(String),
}

/// The public half of a note key, written as `<name>+<id>+<base64>` (a *vkey*).
#[derive(Clone, PartialEq, Eq)]
pub struct VerifierKey {
    name: String,
    id: [u8; 4],
    key: VerifyingKey,
}

/// The private half of a note key; erased from memory when dropped.
pub struct SigningKey {
    verifier: VerifierKey,
    key: ed25519_dalek::SigningKey,
}

impl fmt::Debug for VerifierKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "VerifierKey({self})")
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SigningKey({}, ..)", self.verifier.name)
    }
}

impl VerifierKey {
    /// Names a raw 32-byte Ed25519 public key.
    pub fn new(name: &str, public_key: &[u8; 32]) -> Result<VerifierKey, NoteError> {
        check_name(name)?;
        let key = VerifyingKey::from_bytes(public_key).map_err(|_| NoteError::BadKey("not a point of the curve"))?;
        Ok(VerifierKey { name: name.to_owned(), id: key_id(name, public_key), key })
    }

    /// The key's name; for a log's own key, the log's origin.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The first four bytes of every signature by this key.
    pub fn id(&self) -> [u8; 4] {
        self.id
    }
}

impl fmt::Display for VerifierKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut typed = vec![ED25519];
        typed.extend_from_slice(self.key.as_bytes());
        write!(f, "{}+{}+{}", self.name, hex::encode(self.id), STANDARD.encode(typed))
    }
}

impl FromStr for VerifierKey {
    type Err = NoteError;

    fn from_str(text: &str) -> Result<VerifierKey, NoteError> {
        let mut parts = text.splitn(3, '+');
        let (Some(name), Some(id), Some(typed)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(NoteError::BadKey("it has fewer than three parts"));
        };
        let typed = STANDARD.decode(typed).map_err(|_| NoteError::BadKey("its last part is not base64"))?;
        let public_key = match typed.split_first() {
            Some((&ED25519, key)) => key.try_into().map_err(|_| NoteError::BadKey("its length is wrong"))?,
            _ => return Err(NoteError::BadKey("its type is not Ed25519")),
        };
        let key = VerifierKey::new(name, public_key)?;
        if hex::encode(key.id) == id { Ok(key) } else { Err(NoteError::BadKey("its id does not fit name and key")) }
    }
}

impl SigningKey {
    /// Names a key made from 32 secret bytes that the caller drew.
    pub fn from_seed(name: &str, seed: &[u8; 32]) -> Result<SigningKey, NoteError> {
        let key = ed25519_dalek::SigningKey::from_bytes(seed);
        Ok(SigningKey { verifier: VerifierKey::new(name, &key.verifying_key().to_bytes())?, key })
    }

    /// The public half.
    pub fn verifier(&self) -> &VerifierKey {
        &self.verifier
    }

    /// Signs `text`, which must end with a line break, and returns the whole note.
    pub fn sign(&self, text: &str) -> Result<String, NoteError> {
        check_text(text)?;
        if !text.ends_with('\n') {
            return Err(NoteError::Malformed("the text does not end with a line break"));
        }
        let mut signature = self.verifier.id.to_vec();
        signature.extend_from_slice(&self.key.sign(text.as_bytes()).to_bytes());
        Ok(format!("{text}\n{LINE_START}{} {}\n", self.verifier.name, STANDARD.encode(signature)))
    }
}

/// Reads a note that at least one of `keys` signed, and returns its text and the keys whose signatures hold.
///
/// Refuses the whole note when a signature by one of `keys` does not hold.
pub fn open<'n, 'k>(note: &'n str, keys: &'k [VerifierKey]) -> Result<(&'n str, Vec<&'k VerifierKey>), NoteError> {
    check_text(note)?;
    let split = note.rfind("\n\n").ok_or(NoteError::Malformed("it has no empty line before the signatures"))?;
    let (text, signatures) = note.split_at(split + 1);
    let signatures = signatures.strip_prefix('\n').and_then(|lines| lines.strip_suffix('\n'));
    let signatures = signatures.ok_or(NoteError::Malformed("it does not end with a line break"))?;
    let mut signed_by: Vec<&VerifierKey> = Vec::new();
    for (at, line) in signatures.split('\n').enumerate() {
        if at >= SIGNATURES_MAX {
            return Err(NoteError::Malformed("it has more than 64 signature lines"));
        }
        let (name, id, signature) =
            signature_line(line).ok_or(NoteError::Malformed("a signature line is malformed"))?;
        for key in keys.iter().filter(|key| key.name == name && key.id == id) {
            let holds = Signature::from_slice(&signature)
                .is_ok_and(|signature| key.key.verify_strict(text.as_bytes(), &signature).is_ok());
            if !holds {
                return Err(NoteError::WrongSignature(name.to_owned()));
            }
            if !signed_by.contains(&key) {
                signed_by.push(key);
            }
        }
    }
    if signed_by.is_empty() { Err(NoteError::NoKnownSignature) } else { Ok((text, signed_by)) }
}

/// Splits a signature line into key name, key id and the signature proper.
fn signature_line(line: &str) -> Option<(&str, [u8; 4], Vec<u8>)> {
    let (name, encoded) = line.strip_prefix(LINE_START)?.split_once(' ')?;
    check_name(name).ok()?;
    let bytes = STANDARD.decode(encoded).ok()?;
    let (id, signature) = bytes.split_first_chunk::<4>()?;
    (!signature.is_empty()).then(|| (name, *id, signature.to_vec()))
}

fn key_id(name: &str, public_key: &[u8; 32]) -> [u8; 4] {
    let mut hasher = Sha256::new();
    hasher.update(name.as_bytes());
    hasher.update([b'\n', ED25519]);
    hasher.update(public_key);
    let digest: [u8; 32] = hasher.finalize().into();
    let [a, b, c, d, ..] = digest;
    [a, b, c, d]
}

fn check_name(name: &str) -> Result<(), NoteError> {
    let bad = name.is_empty() || name.chars().any(|c| c.is_whitespace() || c.is_control() || c == '+');
    if bad { Err(NoteError::BadName(name.to_owned())) } else { Ok(()) }
}

fn check_text(text: &str) -> Result<(), NoteError> {
    if text.len() > NOTE_BYTES_MAX {
        return Err(NoteError::Malformed("it is longer than one mebibyte"));
    }
    if text.bytes().any(|byte| byte < 0x20 && byte != b'\n') {
        return Err(NoteError::Malformed("it holds a control character"));
    }
    Ok(())
}
