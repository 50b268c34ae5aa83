//! Where does the randomness come from? Sources named beforehand: witnesses who commit to a number, then public results.
//!
//! Refuses a single source (two sources of one holder are one, those of the organ itself none), randomness that is too short to keep anybody from trying all
//! outcomes, and a list whose last source is not a public result that appears after the snapshot was fixed: whoever reveals
//! last could otherwise choose among outcomes. The signature of a drand round is not verified here.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::fault::{Findings, What};
use super::snapshot::{Snapshot, is_label, is_moment};
use crate::ledger::Hash;

/// All sources together must bear this many bits (ADR 0101).
pub const BITS_MIN: u64 = 64;
/// And those that are public and come last, this many.
pub const PUBLIC_BITS_MIN: u64 = 20;

/// A source, as it is announced with the pool.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Source {
    pub id: String,
    /// Who gives the value, a label: two sources of one holder are not independent, and the organ's own count for nothing.
    pub holder: String,
    pub kind: Kind,
}

/// What kind of source.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Kind {
    /// A person who commits to a number of so many decimal digits and reveals it later.
    Witness { digits: u64, commitment: String },
    /// A public lottery's result, announced at `at`.
    Lottery { name: String, issue: String, groups: Vec<Group>, at: String },
    /// A round of the drand network, due at `at`; its value is the round's randomness.
    Drand { chain: String, round: u64, at: String },
}

/// So many different numbers out of a range; both ends are inclusive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Group {
    pub from: u64,
    pub to: u64,
    pub take: u64,
}

/// What a source turned out to say.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reveal {
    pub source: String,
    pub value: String,
    /// A witness's salt, 64 lower-case hexadecimal digits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub salt: Option<String>,
}

/// What a witness commits to before anything is revealed: hex of SHA-256 over five lines. Draw and source are part of it, so
/// that nobody can commit by copying another's commitment.
pub fn commitment(draw: &str, source: &str, number: &str, salt: &str) -> String {
    let text = format!("guiju/draw/commitment/v1\n{draw}\n{source}\n{number}\n{salt}\n");
    hex::encode(Sha256::digest(text.as_bytes()))
}

/// Whether this is 32 bytes in 64 lower-case hexadecimal digits.
pub fn is_hash(text: &str) -> bool {
    Hash::from_hex(text).is_some()
}

/// The randomness: one line that says what it is, the snapshot's hash, and a line for each source in the announced order.
pub fn randomness(snapshot_hash: &str, reveals: &[Reveal]) -> String {
    let mut text = format!("guiju/draw/seed/v1\n{snapshot_hash}\n");
    for reveal in reveals {
        text.push_str(&reveal.source);
        for part in [Some(&reveal.value), reveal.salt.as_ref()].into_iter().flatten() {
            text.push('\t');
            text.push_str(part);
        }
        text.push('\n');
    }
    text
}

impl Group {
    const SPAN_MAX: u64 = 100;
    const TAKE_MAX: u64 = 20;

    fn is_sound(self) -> bool {
        self.from <= self.to
            && self.to < 1_000
            && self.to - self.from < Self::SPAN_MAX
            && (1..=Self::TAKE_MAX).contains(&self.take)
            && self.take <= self.to - self.from + 1
    }

    /// Whole bits: the logarithm of how many outcomes there are, rounded down.
    fn bits(self) -> u64 {
        let span = self.to.saturating_sub(self.from) + 1;
        let outcomes = (0..self.take.min(Self::TAKE_MAX))
            .fold(1u128, |ways, at| ways.saturating_mul(u128::from(span.saturating_sub(at))) / u128::from(at + 1));
        u64::from(outcomes.checked_ilog2().unwrap_or(0))
    }
}

impl Kind {
    /// When the result is public; `None` for a witness.
    pub fn public_at(&self) -> Option<&str> {
        match self {
            Kind::Witness { .. } => None,
            Kind::Lottery { at, .. } | Kind::Drand { at, .. } => Some(at),
        }
    }

    /// How many whole bits of randomness a value of this kind bears at most. A witness's salt is not counted: it is often
    /// drawn by the office's own machine.
    pub fn bits(&self) -> u64 {
        match self {
            // log2(10) = 3.321928…, rounded down.
            Kind::Witness { digits, .. } => digits.saturating_mul(3_321_928) / 1_000_000,
            Kind::Lottery { groups, .. } => groups.iter().map(|group| group.bits()).sum(),
            Kind::Drand { .. } => 256,
        }
    }

    fn is_sound(&self) -> bool {
        match self {
            Kind::Witness { digits, commitment } => (6..=40).contains(digits) && is_hash(commitment),
            Kind::Lottery { name, issue, groups, .. } => {
                is_label(name)
                    && is_label(issue)
                    && (1..=10).contains(&groups.len())
                    && groups.iter().all(|group| group.is_sound())
            }
            Kind::Drand { chain, round, .. } => is_hash(chain) && *round > 0,
        }
    }

    /// Whether a value is written as announced: digits; numbers in ascending order, each with a full stop, each group with a
    /// stroke (the canonical form of RFC 3797, section 4); or 64 hexadecimal digits.
    fn takes(&self, value: &str) -> bool {
        match self {
            Kind::Witness { digits, .. } => {
                u64::try_from(value.len()).is_ok_and(|length| length == *digits)
                    && value.bytes().all(|byte| byte.is_ascii_digit())
            }
            Kind::Lottery { groups, .. } => {
                let Some(body) = value.strip_suffix('/') else { return false };
                let written: Vec<&str> = body.split('/').collect();
                written.len() == groups.len() && written.iter().zip(groups).all(|(text, group)| group.takes(text))
            }
            Kind::Drand { .. } => is_hash(value),
        }
    }
}

impl Group {
    fn takes(self, text: &str) -> bool {
        let Some(body) = text.strip_suffix('.') else { return false };
        let numbers: Vec<u64> = body
            .split('.')
            .filter_map(|number| number.parse::<u64>().ok().filter(|read| read.to_string() == number))
            .collect();
        let all = body.split('.').count();
        numbers.len() == all
            && u64::try_from(all).is_ok_and(|all| all == self.take)
            && numbers.is_sorted_by(|a, b| a < b)
            && numbers.iter().all(|number| (self.from..=self.to).contains(number))
    }
}

/// Looks at the announced sources, before any seed exists.
pub fn check_sources(snapshot: &Snapshot, found: &mut Findings) {
    let sources = &snapshot.sources;
    let mut holders: Vec<&str> = Vec::new();
    let mut public_began = false;
    for (at, source) in sources.iter().enumerate() {
        found.hold(is_label(&source.id), What::Label, &source.id);
        found.hold(!sources.iter().take(at).any(|other| other.id == source.id), What::Twice, &source.id);
        found.hold(is_label(&source.holder) && source.kind.is_sound(), What::SourceKind, &source.id);
        // The organ runs the draw: what it gives itself is no source beside it.
        if source.holder != snapshot.organ && !holders.contains(&source.holder.as_str()) {
            holders.push(&source.holder);
        }
        match source.kind.public_at() {
            None => found.hold(!public_began, What::SourceLast, &source.id),
            Some(moment) => {
                public_began = true;
                found.hold(is_moment(moment), What::Moment, moment);
                found.hold(moment > snapshot.fixed.as_str(), What::SourceLast, &source.id);
            }
        }
    }
    if !public_began {
        found.add(What::SourceLast, sources.last().map_or("", |source| &source.id));
    }
    found.hold(holders.len() >= 2, What::SourceSingle, "");
    let bits: u64 = sources.iter().map(|source| source.kind.bits()).fold(0, u64::saturating_add);
    found.hold(bits >= BITS_MIN, What::SourceShort, &format!("{bits} < {BITS_MIN}"));
    let public = sources.iter().filter(|source| source.kind.public_at().is_some());
    let bits: u64 = public.map(|source| source.kind.bits()).fold(0, u64::saturating_add);
    found.hold(bits >= PUBLIC_BITS_MIN, What::SourceShort, &format!("{bits} < {PUBLIC_BITS_MIN}"));
}

/// Looks at what was revealed, against what was announced.
pub fn check_reveals(snapshot: &Snapshot, reveals: &[Reveal], found: &mut Findings) {
    for (at, source) in snapshot.sources.iter().enumerate() {
        let Some(reveal) = reveals.get(at).filter(|reveal| reveal.source == source.id) else {
            found.add(What::Reveal, &source.id);
            continue;
        };
        found.hold(source.kind.takes(&reveal.value), What::Value, &source.id);
        match (&source.kind, &reveal.salt) {
            (Kind::Witness { commitment: announced, .. }, Some(salt)) => {
                let ours = commitment(&snapshot.id, &source.id, &reveal.value, salt);
                found.hold(is_hash(salt), What::Value, &source.id);
                found.hold(ours == *announced, What::Commitment, &source.id);
            }
            (Kind::Witness { .. }, None) | (_, Some(_)) => found.add(What::Value, &source.id),
            (_, None) => {}
        }
    }
    for extra in reveals.iter().skip(snapshot.sources.len()) {
        found.add(What::Reveal, &extra.source);
    }
}
