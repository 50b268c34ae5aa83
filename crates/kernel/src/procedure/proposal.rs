//! What is asked of the engine and what it answers: a proposal, the context it is judged in, a decision or a refusal.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::definition::{Notify, Text};
use super::guard::Guard;
use crate::calendar::Calendar;
use crate::case::Case;
use crate::record::{ActorKind, FileMark, Origin, Record};
use crate::rows::EntryRow;
use crate::time::Instant;

/// Somebody who acts, with everything the rules may ask about them. The office fills it in from the registers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    pub kind: ActorKind,
    /// Account, party key, timer or batch name.
    pub id: String,
    pub organ: Option<String>,
    pub unit: Option<String>,
    pub roles: BTreeSet<String>,
    /// The party for whom they act.
    pub party: Option<String>,
    pub cards: Vec<Card>,
    pub qualifications: BTreeSet<String>,
    /// Parties and cases from which they are recused.
    pub recused: BTreeSet<String>,
}

impl Person {
    /// Somebody of whom nothing is known but a name: no organ, no right, no party.
    pub fn plain(kind: ActorKind, id: impl Into<String>) -> Self {
        Self {
            kind,
            id: id.into(),
            organ: None,
            unit: None,
            roles: BTreeSet::new(),
            party: None,
            cards: Vec::new(),
            qualifications: BTreeSet::new(),
            recused: BTreeSet::new(),
        }
    }
}

/// An enforcement card (行政执法证): valid on the days from `from` until `until` (exclusive).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Card {
    pub kind: String,
    pub number: String,
    pub area: String,
    pub from: Date,
    pub until: Date,
}

impl Card {
    /// The kind of card that the register of officers tells of: 行政执法证.
    pub const ENFORCEMENT: &'static str = "enforcement";
}

/// Somebody wants to do an act.
#[derive(Debug, Clone, PartialEq)]
pub struct Proposal {
    pub act: String,
    /// The first is who records it; others act with them.
    pub by: Vec<Person>,
    /// When it was done; not after `Context::now`.
    pub done: Instant,
    pub origin: Origin,
    /// Field values, personal ones included: the engine checks them and keeps them apart.
    pub given: Map<String, Value>,
    pub files: Vec<FileMark>,
    /// For an act that opens a case.
    pub subject: Option<String>,
    /// For an act that opens a case: the organ whose case it is.
    pub organ: String,
    /// The version of the case that the actor saw; a newer one is refused as a conflict.
    pub seen: Option<u64>,
    /// Foreign number, kept when history is imported.
    pub number: Option<String>,
    /// For the act that records history: what is said to have happened.
    pub claim: Option<Claim>,
    /// Cases that this one is linked to by the act, such as the one that made the office open it.
    pub links: Vec<u64>,
}

/// What is said to have happened on another platform: stored past the guards, judged by the audit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    /// The act of this procedure that it was, if it was one: the record then bears that act's name and tags, and its clocks
    /// start and stop.
    pub act: Option<String>,
    /// The state in which it left the case.
    pub state: String,
}

/// What the engine may look up. Everything consulted is copied into the record.
pub trait Facts {
    /// The value of a dated parameter in force at `at`: a period such as `"60 minutes"`, a number, or a text.
    fn param(&self, name: &str, at: Instant) -> Option<ParamValue>;
    /// The number last issued in a series; 0 if none.
    fn last_number(&self, series: &str) -> u64;
    /// Whether `organ/unit` exists.
    fn unit_exists(&self, path: &str) -> bool;
    /// The latest version of an entry, whether it is in force or has ended.
    fn entry(&self, register: &str, key: &str) -> Option<EntryRow>;
    /// What a statute means by one of its facts (`hearing_due`): a condition over its terms, in force at `at`.
    fn fact(&self, name: &str, at: Instant) -> Option<Guard> {
        let _ = (name, at);
        None
    }
    /// What people call one of the facts of the statutes.
    fn fact_title(&self, name: &str, at: Instant) -> Option<Text> {
        let _ = (name, at);
        None
    }
    /// In whose names the published item list says that a procedure decides: `None` where no item of the list is handled by it, and
    /// nobody where its items name no authority.
    fn authorities(&self, procedure: &str) -> Option<Vec<Text>> {
        let _ = procedure;
        None
    }
    /// What people call a role.
    fn role_title(&self, role: &str) -> Option<Text> {
        let _ = role;
        None
    }
    /// What people call a unit, given as `organ/unit`.
    fn unit_title(&self, path: &str) -> Option<Text> {
        let _ = path;
        None
    }
    /// The area in which an organ's officers need their cards; `None` where the pack does not say.
    fn area(&self, organ: &str) -> Option<String> {
        let _ = organ;
        None
    }
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ParamValue {
    /// A period in words (`"7 days"`) or as a whole `ClockRule` object where it names a rounding or rolls; an integer; a text.
    pub value: Value,
    pub article: Option<String>,
    /// `statute#article` or the pack's own promise.
    pub source: String,
    pub fictional: bool,
}

/// Everything else a decision depends on.
pub struct Context<'a> {
    pub now: Instant,
    /// As known at `now`.
    pub calendar: &'a Calendar,
    pub facts: &'a dyn Facts,
    /// Sequence number that the next record will bear.
    pub next_seq: u64,
    /// Hash of the pack version in force now.
    pub pack: &'a str,
}

/// What a lawful proposal leads to: nothing has happened until the office has made it durable.
#[derive(Debug, Clone, PartialEq)]
pub struct Decided {
    /// Complete but for `personal` (the salted hashes), which the office fills in after sealing.
    pub record: Record,
    /// The case as it will be: equals `apply(before, record)`.
    pub case: Case,
    /// Personal values to be sealed under the party's key: field -> value.
    pub personal: BTreeMap<String, String>,
    pub notify: Vec<Notify>,
    /// Cases to be opened because of this one: procedure and its opening proposal.
    pub spawn: Vec<(String, Proposal)>,
}

/// The kernel's "no": an answer, not an error.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refusal {
    pub kind: RefusalKind,
    /// The rule's short name: act, guard, limit or constraint (`return.at_most`).
    pub rule: String,
    /// `statute#article`, where one stands behind the rule.
    pub article: Vec<String>,
    /// What is not possible and why, in a sentence.
    pub why: Text,
    /// What would make it possible; `why` may say it already ([`Refusal::further`]).
    pub mend: Option<Text>,
    /// The field at fault, if one is.
    pub field: Option<String>,
    /// Of a table at fault: every cell that is wrong, by row and column.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cells: Vec<CellFault>,
}

/// One cell of a table that is wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CellFault {
    /// From 1, in the order given.
    pub row: u32,
    /// The column's name; empty where the whole row is at fault.
    pub column: String,
    /// What people call the column.
    pub title: Text,
    /// The rule's short name, as in a refusal.
    pub rule: String,
    /// `statute#article`, where one stands behind the rule.
    pub article: Vec<String>,
    pub why: Text,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RefusalKind {
    UnknownAct,
    /// Not from this state.
    State,
    /// A guard does not hold.
    Guard,
    /// Not this person: role, unit, card, separation of duties, recusal.
    Actor,
    /// A field is missing or wrong.
    Field,
    /// Done as often as the rule allows.
    Limit,
    /// Somebody else moved the case meanwhile.
    Conflict,
    /// A clock cannot be started, paused or counted (before the calendar, no parameter in force …).
    Clock,
    /// The time of the act lies in the future or before the case.
    Time,
    /// Beyond the case: unknown case, no right to see it, a store that cannot take it now.
    Access,
}

/// An act as the case file shows it to one person: possible, or why not.
#[derive(Debug, Clone, PartialEq)]
pub struct Lawful {
    pub act: String,
    /// `None`: lawful now (fields aside).
    pub refusal: Option<Refusal>,
}
