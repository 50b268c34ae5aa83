//! What does somebody need to run a draw again? One JSON file; `docs/formats/draw.md` says it byte for byte.
//!
//! Refuses unknown members and any spelling but the canonical one, so that no byte of the file can change unseen. A proof shows
//! that result, substitutions, sources and pool belong together; that this pool was the one announced shows its hash, which
//! people compare with what was published, or with the ledger's entry.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::fault::{DrawFault, Findings, Mismatch, What};
use super::order::Key;
use super::selection::{Drawing, Outcome};
use super::size::check_size;
use super::snapshot::{HASH_LINE, Snapshot, canonical, labelled_hash};
use super::source::{Reveal, check_reveals, is_hash, randomness};
use super::substitution::{Of, Roster, Substitution, check_causes};

/// What the first member of every proof says.
pub const FORMAT: &str = "guiju/draw/v1";

/// A draw that anybody can run again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Proof {
    pub format: String,
    pub snapshot: Snapshot,
    /// The hash of the snapshot that was announced before any seed existed.
    pub snapshot_hash: String,
    /// What the sources said, in the announced order.
    pub reveals: Vec<Reveal>,
    /// The organ's one-time code, in hex.
    pub code: String,
    /// The key made from code, snapshot and sources, in hex.
    pub key: String,
    pub result: Outcome,
    pub substitutions: Vec<Substitution>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recorded: Option<Recorded>,
    /// SHA-256 over one line and the canonical JSON of everything else, in hex.
    pub hash: String,
}

/// Which entries of the ledger say so: claims that a reader of the ledger can check.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Recorded {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub snapshot: Option<Mark>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub commitments: Vec<Mark>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seed: Option<Mark>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub result: Option<Mark>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub substitutions: Vec<Mark>,
}

/// One entry of the event log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mark {
    pub seq: u64,
    pub leaf_hash: String,
}

/// Pool and revealed sources, from which a proof is made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Input {
    pub snapshot: Snapshot,
    pub reveals: Vec<Reveal>,
    pub code: String,
    #[serde(default)]
    pub substitutions: Vec<Cause>,
    #[serde(default)]
    pub recorded: Option<Recorded>,
}

/// A substitution that is asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cause {
    pub of: Of,
    pub cause: String,
    pub at: String,
}

impl Input {
    /// Draws, and writes down the proof.
    ///
    /// # Errors
    /// Everything that the rules of the draw refuse.
    pub fn proof(self) -> Result<Proof, DrawFault> {
        let Input { snapshot, reveals, code, substitutions: causes, recorded } = self;
        check_size(&snapshot, causes.len(), recorded.as_ref())?;
        snapshot.check()?;
        let mut found = Findings::default();
        check_reveals(&snapshot, &reveals, &mut found);
        found.hold(code_matches(&code, &snapshot.code), What::Code, "");
        check_recorded(recorded.as_ref(), causes.len(), &mut found);
        found.verdict()?;
        let spelt = canonical(&snapshot)?;
        let snapshot_hash = labelled_hash(HASH_LINE, &spelt);
        let key = key(&snapshot_hash, &reveals, &code);
        let (result, by) = {
            let drawing = Drawing::new(&snapshot, &key);
            let result = drawing.outcome()?;
            let mut roster = Roster::new(&drawing, &result.places);
            let mut by = Vec::new();
            for (number, cause) in (1u64..).zip(&causes) {
                let fault = |what| DrawFault(vec![Mismatch::new(what, number.to_string())]);
                by.push(roster.substitute(&cause.of).map_err(fault)?);
            }
            (result, by)
        };
        let substitutions: Vec<_> = causes
            .into_iter()
            .zip(by)
            .map(|(Cause { of, cause, at }, by)| Substitution { of, cause, at, by })
            .collect();
        let mut found = Findings::default();
        check_causes(&snapshot, &substitutions, &mut found);
        found.verdict()?;
        let key = key.to_hex();
        let (format, hash) = (FORMAT.to_owned(), String::new());
        let proof =
            Proof { format, snapshot, snapshot_hash, reveals, code, key, result, substitutions, recorded, hash };
        Ok(Proof { hash: proof.own_hash_with(&spelt)?, ..proof })
    }
}

/// Whether the code is the preimage of its commitment.
pub fn code_matches(code: &str, commitment: &str) -> bool {
    let bytes = hex::decode(code).unwrap_or_default();
    is_hash(code) && hex::encode(Sha256::digest(&bytes)) == commitment
}

/// Extracts the key from everything that was revealed.
pub fn key(snapshot_hash: &str, reveals: &[Reveal], code: &str) -> Key {
    let code = hex::decode(code).unwrap_or_default();
    Key::extract(&code, randomness(snapshot_hash, reveals).as_bytes())
}

impl Proof {
    /// The hash over everything but itself.
    ///
    /// # Errors
    /// When a number is beyond what canonical JSON holds.
    pub fn own_hash(&self) -> Result<String, DrawFault> {
        self.own_hash_with(&canonical(&self.snapshot)?)
    }

    /// The same, given the snapshot's canonical bytes.
    pub(super) fn own_hash_with(&self, snapshot: &[u8]) -> Result<String, DrawFault> {
        self.joined(snapshot, false).map(|bytes| labelled_hash(b"guiju/draw/proof/v1\n", &bytes))
    }

    /// The file, given the snapshot's canonical bytes.
    pub(super) fn to_bytes_with(&self, snapshot: &[u8]) -> Result<Vec<u8>, DrawFault> {
        let mut bytes = self.joined(snapshot, true)?;
        bytes.push(b'\n');
        Ok(bytes)
    }

    /// Canonical JSON, joined from the members' own. The snapshot is nearly all of a proof: it is spelt out once, not once for
    /// each hash. Names stand in the order of canonical JSON.
    fn joined(&self, snapshot: &[u8], with_hash: bool) -> Result<Vec<u8>, DrawFault> {
        let recorded = self.recorded.as_ref().map(canonical).transpose()?;
        let hash = with_hash.then(|| canonical(&self.hash)).transpose()?;
        let members = [
            ("code", Some(canonical(&self.code)?)),
            ("format", Some(canonical(&self.format)?)),
            ("hash", hash),
            ("key", Some(canonical(&self.key)?)),
            ("recorded", recorded),
            ("result", Some(canonical(&self.result)?)),
            ("reveals", Some(canonical(&self.reveals)?)),
            ("snapshot", None),
            ("snapshot_hash", Some(canonical(&self.snapshot_hash)?)),
            ("substitutions", Some(canonical(&self.substitutions)?)),
        ];
        let mut bytes = Vec::with_capacity(snapshot.len() + 4_096);
        for (name, member) in &members {
            let member = if *name == "snapshot" { Some(snapshot) } else { member.as_deref() };
            let Some(member) = member else { continue };
            bytes.push(if bytes.is_empty() { b'{' } else { b',' });
            bytes.extend_from_slice(format!("\"{name}\":").as_bytes());
            bytes.extend_from_slice(member);
        }
        bytes.push(b'}');
        Ok(bytes)
    }

    /// The file: canonical JSON and one line feed.
    ///
    /// # Errors
    /// When a number is beyond what canonical JSON holds.
    pub fn to_bytes(&self) -> Result<Vec<u8>, DrawFault> {
        self.to_bytes_with(&canonical(&self.snapshot)?)
    }
}

/// The order that entries must have: snapshot and commitments, then the seed, then the result, then each substitution.
pub fn check_recorded(recorded: Option<&Recorded>, substitutions: usize, found: &mut Findings) {
    let Some(recorded) = recorded else { return };
    let before: Vec<&Mark> = recorded.snapshot.iter().chain(&recorded.commitments).collect();
    let after: Vec<&Mark> = recorded.seed.iter().chain(&recorded.result).chain(&recorded.substitutions).collect();
    for (at, mark) in before.iter().enumerate() {
        found.hold(!before.iter().take(at).any(|other| other.seq == mark.seq), What::Recorded, &mark.seq.to_string());
    }
    let mut last = before.iter().map(|mark| mark.seq).max();
    for mark in &after {
        found.hold(last.is_none_or(|last| mark.seq > last), What::Recorded, &mark.seq.to_string());
        last = last.max(Some(mark.seq));
    }
    for mark in before.iter().chain(&after) {
        found.hold(is_hash(&mark.leaf_hash), What::Recorded, &mark.leaf_hash);
    }
    found.hold(recorded.substitutions.len() <= substitutions, What::Recorded, "substitutions");
}
