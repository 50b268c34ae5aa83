//! Organs, their units and roles, and the registers they keep: the bureau's shape as its pack describes it.

use std::collections::BTreeMap;

use crate::procedure::definition::{Field, Text};

/// A public body: our own, one that handles for the city platform, or the one whose power is exercised by entrustment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Organ {
    pub id: String,
    pub title: Text,
    pub own: bool,
    /// The area that its officers' cards must be valid for, where the pack says one.
    pub area: Option<String>,
    pub units: Vec<Unit>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unit {
    pub id: String,
    pub title: Text,
    /// What it answers for, as types of requests or domains.
    pub handles: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Role {
    pub id: String,
    pub title: Text,
}

/// A list of things with history. Its screens and imports are derived from this.
#[derive(Debug, Clone, PartialEq)]
pub struct Register {
    pub id: String,
    pub title: Text,
    /// The field that is the key.
    pub key: String,
    pub headline: String,
    pub fields: Vec<Field>,
    /// Roles that may add and change entries by hand or import.
    pub kept_by: Vec<String>,
    /// Years that an entry's personal data are kept after it ended, with the article; erasing earlier is refused.
    pub retention: Option<Retention>,
    pub public: bool,
    /// Public fields that anybody sees who knows the entry's full key; empty: entries are not verified that way.
    pub verifies: Vec<String>,
}

impl Register {
    /// The register that holds officers by account: their cards, qualifications and recusals.
    pub const OFFICERS: &'static str = "officers";
    /// Its field of qualifications.
    pub const QUALIFICATIONS: &'static str = "qualifications";
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Retention {
    pub years: u32,
    pub source: String,
}

/// An entry of the organ's published list: what may be asked for, on which basis, with which promise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    pub id: String,
    pub title: Text,
    pub procedure: String,
    pub basis: Vec<String>,
    /// What the organ promises, in words, and the clock that measures it.
    pub promises: Vec<(Text, String)>,
    pub online: bool,
    /// The clock that measures the limit of the law.
    pub statutory: Option<String>,
    /// In whose name it is decided; `None` where nobody has said.
    pub authority: Option<Authority>,
}

/// The organ in whose name an item is decided, and by what: its own office by statute, or the one that entrusts it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Authority {
    pub title: Text,
    /// The number of the instrument of entrustment.
    pub instrument: Option<String>,
    /// `statute#article`.
    pub basis: Vec<String>,
    pub fictional: bool,
}

/// How what the organ owes the public becomes public: which acts publish, which end a publication, who is no firm.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Publications {
    /// In the order of the file, which is the order in which people choose among them.
    pub kinds: Vec<PublicationKind>,
    /// Terms of statutes, each with the values that say that the party is a natural person, whose name is masked in public.
    pub natural_persons: BTreeMap<String, Vec<String>>,
}

/// One kind of publication: licences, penalties …
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicationKind {
    pub id: String,
    pub title: Text,
    /// Tags of the acts that publish.
    pub by: Vec<String>,
    /// Tags of the acts after which it no longer stands in public.
    pub ends_with: Vec<String>,
    /// Of these, the ones whose reason is made public: tag -> the field given with the act.
    pub explains: BTreeMap<String, String>,
}
