//! Who may be drawn, who was left out and why, by which plan and from which sources: what is fixed before any seed exists.
//!
//! Refuses unclear or repeated labels, an exclusion without a reason, a plan that cannot be carried out, and a pool in which a
//! target could be drawn that too few inspectors may inspect (card, area, recusal): after the seed it would be too late.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::fault::{DrawFault, Findings, What};
use super::quota::{Rule, Stratum, quotas};
use super::size::check_size;
use super::source::{Source, check_sources, is_hash};
use crate::canon;
use crate::procedure::definition::Text;
use crate::time;

/// Everything that is announced before the draw. Its hash enters the ledger and the seed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Snapshot {
    /// The draw's own number.
    pub id: String,
    pub title: Text,
    pub organ: String,
    /// When the pool was fixed, as [`time::print`] writes it.
    pub fixed: String,
    pub rule: Rule,
    pub strata: Vec<Stratum>,
    pub targets: Vec<Target>,
    pub excluded: Vec<Exclusion>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub inspectors: Option<Inspectors>,
    pub sources: Vec<Source>,
    /// SHA-256 of the organ's one-time code, in hex.
    pub code: String,
}

/// Somebody or something that may be inspected.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Target {
    pub label: String,
    /// Risk class, an id of the plan's strata.
    pub stratum: String,
    /// The area that inspectors need for it; none where any will do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub area: Option<String>,
}

/// A candidate that was struck from the pool beforehand.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Exclusion {
    pub label: String,
    pub reason: String,
}

/// The pool of inspectors and how they are drawn.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Inspectors {
    /// The day on which cards must be valid, `2024-01-02`.
    pub on: String,
    pub per_target: u64,
    /// How many are drawn from the pool to share the targets; all of it if not said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub team: Option<u64>,
    pub pool: Vec<Inspector>,
    pub excluded: Vec<Exclusion>,
}

/// An officer who may inspect.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Inspector {
    pub label: String,
    pub card: Card,
    pub areas: Vec<String>,
    /// Labels of the targets from which this officer is recused.
    pub recused: Vec<String>,
}

/// An enforcement card, valid from a day until another, exclusive.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Card {
    pub number: String,
    pub from: String,
    pub until: String,
}

impl Card {
    /// Whether the card is valid on that day. Dates of this form compare as texts do.
    pub fn is_valid_on(&self, day: &str) -> bool {
        self.from.as_str() <= day && day < self.until.as_str()
    }
}

/// What is hashed before the canonical JSON of a snapshot.
pub(super) const HASH_LINE: &[u8] = b"guiju/draw/snapshot/v1\n";

const LABEL_BYTES_MAX: usize = 200;

/// Whether this can be a label: 1 to 200 bytes, no control character, no blank (ASCII or Chinese) at either end. Code points
/// count as they are: what only looks alike is another label.
pub fn is_label(text: &str) -> bool {
    let blank = |c: char| c == ' ' || c == '\u{3000}';
    let control = |c: char| c < ' ' || ('\u{7f}'..='\u{9f}').contains(&c);
    !text.is_empty()
        && text.len() <= LABEL_BYTES_MAX
        && !text.contains(control)
        && !text.starts_with(blank)
        && !text.ends_with(blank)
}

/// Whether this says anything: some character beside blanks and control characters.
pub fn is_text(text: &str) -> bool {
    text.chars().any(|c| c > ' ' && c != '\u{3000}' && !('\u{7f}'..='\u{a0}').contains(&c))
}

/// Whether this is a moment exactly as records write it.
pub fn is_moment(text: &str) -> bool {
    time::parse(text).is_ok_and(|moment| time::print(moment) == text)
}

fn is_date(text: &str) -> bool {
    time::parse_date(text).is_ok_and(|date| date.to_string() == text)
}

impl Snapshot {
    /// Computes the hash that is announced: SHA-256 over one line and the canonical JSON, in hex.
    ///
    /// # Errors
    /// When a number is beyond what canonical JSON holds.
    pub fn hash(&self) -> Result<String, DrawFault> {
        canonical(self).map(|bytes| labelled_hash(HASH_LINE, &bytes))
    }

    /// Looks at everything that must hold before a seed may exist.
    ///
    /// # Errors
    /// All that does not hold.
    pub fn check(&self) -> Result<(), DrawFault> {
        check_size(self, 0, None)?;
        let mut found = Findings::default();
        found.hold(is_label(&self.id), What::Label, &self.id);
        found.hold(is_label(&self.organ), What::Label, &self.organ);
        found.hold(is_moment(&self.fixed), What::Moment, &self.fixed);
        found.hold(is_hash(&self.code), What::Code, "");
        self.check_labels(&mut found);
        self.check_strata(&mut found);
        if let Some(inspectors) = &self.inspectors {
            inspectors.check(&self.targets, &mut found);
        }
        check_sources(self, &mut found);
        found.verdict()
    }

    fn check_labels(&self, found: &mut Findings) {
        unique(self.targets.iter().map(|target| &target.label), &self.excluded, found);
        if let Some(inspectors) = &self.inspectors {
            unique(inspectors.pool.iter().map(|inspector| &inspector.label), &inspectors.excluded, found);
        }
        for area in self.targets.iter().filter_map(|target| target.area.as_ref()) {
            found.hold(is_label(area), What::Label, area);
        }
    }

    fn check_strata(&self, found: &mut Findings) {
        let mut known = BTreeSet::new();
        for stratum in &self.strata {
            found.hold(is_label(&stratum.id), What::Label, &stratum.id);
            found.hold(known.insert(stratum.id.as_str()), What::Twice, &stratum.id);
        }
        for target in &self.targets {
            found.hold(known.contains(target.stratum.as_str()), What::Stratum, &target.label);
        }
        match quotas(self.rule, &self.strata, &self.sizes()) {
            Ok(quotas) => found.hold(quotas.iter().any(|quota| *quota > 0), What::Plan, "0"),
            Err(at) => found.add(What::Plan, at),
        }
    }

    /// How many candidates each stratum has, in the order of the strata.
    pub fn sizes(&self) -> Vec<u64> {
        let mut sizes: BTreeMap<&str, u64> = BTreeMap::new();
        for target in &self.targets {
            *sizes.entry(&target.stratum).or_default() += 1;
        }
        self.strata.iter().map(|stratum| sizes.get(stratum.id.as_str()).copied().unwrap_or(0)).collect()
    }
}

/// Labels of the pool and of its exclusions: clear, each once, each exclusion with its reason.
fn unique<'l>(pool: impl Iterator<Item = &'l String>, excluded: &'l [Exclusion], found: &mut Findings) {
    let mut seen = BTreeSet::new();
    for label in pool.chain(excluded.iter().map(|exclusion| &exclusion.label)) {
        found.hold(is_label(label), What::Label, label);
        found.hold(seen.insert(label.as_str()), What::Twice, label);
    }
    for exclusion in excluded {
        found.hold(is_text(&exclusion.reason), What::Reason, &exclusion.label);
    }
}

impl Inspectors {
    fn check(&self, targets: &[Target], found: &mut Findings) {
        found.hold(is_date(&self.on), What::Moment, &self.on);
        found.hold(self.per_target > 0, What::Plan, "per_target");
        found.hold(self.team.is_none_or(|team| team >= self.per_target), What::Plan, "team");
        for inspector in &self.pool {
            let card = &inspector.card;
            found.hold(is_label(&card.number), What::Label, &card.number);
            for date in [&card.from, &card.until] {
                found.hold(is_date(date), What::Moment, date);
            }
            found.hold(card.from < card.until, What::Card, &inspector.label);
        }
        let recusals = self.recusals();
        // Targets of one area share their candidates: looked up once an area, and only as many as are needed.
        let mut by_area: BTreeMap<Option<&str>, Vec<&Inspector>> = BTreeMap::new();
        for target in targets {
            let able = by_area.entry(target.area.as_deref()).or_insert_with(|| {
                let able = self.pool.iter().filter(|inspector| self.is_able(inspector, target.area.as_deref()));
                able.collect()
            });
            let free = able.iter().filter(|one| !recusals.contains(&(target.label.as_str(), one.label.as_str())));
            let needed = usize::try_from(self.per_target).unwrap_or(usize::MAX);
            found.hold(free.take(needed).count() == needed, What::Pairs, &target.label);
        }
    }

    /// Card and area: whether an inspector may inspect such a target on that day at all.
    pub fn is_able(&self, inspector: &Inspector, area: Option<&str>) -> bool {
        inspector.card.is_valid_on(&self.on)
            && area.is_none_or(|area| inspector.areas.iter().any(|known| known == area))
    }

    /// Pairs of target and inspector that may not meet.
    pub fn recusals(&self) -> BTreeSet<(&str, &str)> {
        let of = |one: &'_ Inspector| one.recused.len();
        let mut pairs = BTreeSet::new();
        for inspector in self.pool.iter().filter(|one| of(one) > 0) {
            pairs.extend(inspector.recused.iter().map(|target| (target.as_str(), inspector.label.as_str())));
        }
        pairs
    }
}

/// SHA-256 over a line that says what is hashed and over the bytes, in hex.
pub(super) fn labelled_hash(line: &[u8], bytes: &[u8]) -> String {
    let mut hasher = Sha256::new();
    hasher.update(line);
    hasher.update(bytes);
    hex::encode(hasher.finalize())
}

/// Canonical JSON of a part of the proof.
pub(super) fn canonical(part: &impl Serialize) -> Result<Vec<u8>, DrawFault> {
    let fault = |at: String| DrawFault(vec![super::fault::Mismatch::new(What::Version, at)]);
    let value = serde_json::to_value(part).map_err(|error| fault(error.to_string()))?;
    canon::to_bytes(&value).map_err(|error| fault(error.to_string()))
}
