//! Does this proof hold? Everything is computed again from the pool and the revealed sources, and compared.
//!
//! Names all that does not match. Where the pool itself was changed, the result is not compared: a changed pool makes another
//! seed, and every place would seem wrong for that one reason.

use super::fault::{DrawFault, Findings, What};
use super::proof::{FORMAT, Proof, check_recorded, code_matches, key};
use super::selection::{Drawing, Outcome, Place};
use super::size::check_size;
use super::snapshot::{HASH_LINE, canonical, labelled_hash};
use super::source::check_reveals;
use super::substitution::{Roster, check_causes};

/// A proof that holds, and what it shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checked {
    /// All targets of the pool in their order: label, stratum, position.
    pub order: Vec<(String, String, String)>,
    /// The places as they stand after all substitutions.
    pub standing: Vec<Place>,
}

/// A file that is no proof at all; what the reader stumbled over.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("这不是抽取证明文件：{0} / this is no proof of a draw: {0}")]
pub struct Unread(pub String);

/// A file that could be read, and what came of checking it.
#[derive(Debug)]
pub struct Examined {
    pub proof: Proof,
    pub verdict: Result<Checked, DrawFault>,
}

/// Reads and verifies a file, its spelling included.
///
/// # Errors
/// When the file is no proof.
pub fn examine(file: &[u8]) -> Result<Examined, Unread> {
    let proof: Proof = serde_json::from_slice(file).map_err(|error| Unread(error.to_string()))?;
    let mut found = Findings::default();
    // A snapshot that cannot be spelt out has no hash either: nothing of it matches.
    let snapshot = canonical(&proof.snapshot).unwrap_or_default();
    found.hold(proof.to_bytes_with(&snapshot).is_ok_and(|bytes| bytes == file), What::Text, "");
    let verdict = match (verify_with(&proof, &snapshot), found.verdict()) {
        (Ok(checked), Ok(())) => Ok(checked),
        (Ok(_), Err(text)) => Err(text),
        (Err(fault), Ok(())) => Err(fault),
        (Err(fault), Err(mut text)) => {
            text.0.extend(fault.0);
            Err(text)
        }
    };
    Ok(Examined { proof, verdict })
}

/// Computes everything again.
///
/// # Errors
/// Everything that does not match.
pub fn verify(proof: &Proof) -> Result<Checked, DrawFault> {
    verify_with(proof, &canonical(&proof.snapshot)?)
}

/// The same, given the snapshot's canonical bytes.
fn verify_with(proof: &Proof, snapshot: &[u8]) -> Result<Checked, DrawFault> {
    check_size(&proof.snapshot, proof.substitutions.len(), proof.recorded.as_ref())?;
    let mut found = Findings::default();
    found.hold(proof.format == FORMAT, What::Version, &proof.format);
    if let Err(fault) = proof.snapshot.check() {
        found.take(fault);
    }
    let snapshot_hash = labelled_hash(HASH_LINE, snapshot);
    found.hold(snapshot_hash == proof.snapshot_hash, What::SnapshotHash, "");
    found.hold(code_matches(&proof.code, &proof.snapshot.code), What::Code, "");
    check_reveals(&proof.snapshot, &proof.reveals, &mut found);
    let mut shown = None;
    if found.is_empty() {
        let key = key(&snapshot_hash, &proof.reveals, &proof.code);
        found.hold(key.to_hex() == proof.key, What::Key, "");
        let drawing = Drawing::new(&proof.snapshot, &key);
        match drawing.outcome() {
            Ok(outcome) => {
                compare(&outcome, &proof.result, &mut found);
                let standing = compare_substitutions(&drawing, &outcome, proof, &mut found);
                let order = drawing
                    .order()
                    .iter()
                    .map(|(position, target)| (target.label.clone(), target.stratum.clone(), position.to_hex()));
                shown = Some(Checked { order: order.collect(), standing });
            }
            Err(fault) => found.take(fault),
        }
    }
    check_causes(&proof.snapshot, &proof.substitutions, &mut found);
    check_recorded(proof.recorded.as_ref(), proof.substitutions.len(), &mut found);
    found.hold(proof.own_hash_with(snapshot).is_ok_and(|hash| hash == proof.hash), What::Hash, "");
    found.verdict()?;
    shown.ok_or_else(|| DrawFault(Vec::new()))
}

fn compare(ours: &Outcome, theirs: &Outcome, found: &mut Findings) {
    found.hold(ours.places.len() == theirs.places.len(), What::Places, &ours.places.len().to_string());
    for (our, their) in ours.places.iter().zip(&theirs.places) {
        if our.target != their.target {
            found.add(What::Place, &our.target);
        } else if (&our.stratum, &our.position) != (&their.stratum, &their.position) {
            found.add(What::Position, &our.target);
        } else {
            found.hold(our.inspectors == their.inspectors, What::Inspectors, &our.target);
        }
    }
    for (at, member) in ours.team.iter().enumerate() {
        found.hold(theirs.team.get(at) == Some(member), What::Team, &member.label);
    }
    for extra in theirs.team.iter().skip(ours.team.len()) {
        found.add(What::Team, &extra.label);
    }
}

fn compare_substitutions(drawing: &Drawing<'_>, outcome: &Outcome, proof: &Proof, found: &mut Findings) -> Vec<Place> {
    let mut roster = Roster::new(drawing, &outcome.places);
    for (number, substitution) in (1u64..).zip(&proof.substitutions) {
        match roster.substitute(&substitution.of) {
            Ok(by) => found.hold(by == substitution.by, What::SubstituteBy, &number.to_string()),
            Err(what) => found.add(what, number.to_string()),
        }
    }
    roster.standing()
}
