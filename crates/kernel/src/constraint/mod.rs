//! What a statute demands of every procedure that bears its tags. Checked values only; `guiju-pack` makes them from files.
//!
//! A constraint speaks of tags, never of a procedure's own names, so that one demand binds all procedures that realize what it
//! is about. Nothing here decides anything: the checker does.

mod fragment;

pub use fragment::{Link, Party, fragment};

use crate::procedure::definition::{InForce, Text};
use crate::procedure::guard::Guard;

/// One demand of one article.
#[derive(Debug, Clone, PartialEq)]
pub struct Constraint {
    /// Unique over the whole pack.
    pub id: String,
    /// The demand in one sentence, as a lawyer says it.
    pub title: Text,
    /// Id of the statute, and the article of it that demands this.
    pub statute: String,
    pub article: String,
    /// Binds procedure versions that may start a case within these dates.
    pub in_force: InForce,
    /// Kinds of procedure (`penalty.ordinary`) that it binds; empty: every procedure.
    pub only: Vec<String>,
    /// The demand is made only where this can hold.
    pub condition: Guard,
    /// The demand is made only where an act with this tag was done before.
    pub once: Option<String>,
    /// The demand is dropped once an act with this tag was done in the round.
    pub waived_by: Option<String>,
    pub demand: Demand,
    /// A procedure fragment that keeps it, and one that breaks it: the constraint's own examples. Empty when it has none.
    pub keeps: Vec<Link>,
    pub breaks: Vec<Link>,
}

/// What is demanded. Acts are named by tag, periods by dated parameter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Demand {
    /// No `then` without an earlier `first` in the same round.
    Before { first: String, then: String },
    /// No `then` sooner than the period after `first`.
    MinGap { first: Mark, then: String, param: String },
    /// `then` is owed within the period after `first`: a clock runs all the way.
    Within { first: Mark, then: String, param: String, pauses: Vec<String>, extension: Option<String> },
    /// The act takes, issues or rests on something.
    Requires { act: String, what: Needed },
    /// At least so many different officers, each with a valid card of the kind.
    Actors { act: String, count: u32, card: Option<String> },
    /// Nobody does both.
    Distinct { a: String, b: String },
    /// Every officer who does it bears the role.
    Role { act: String, role: String },
    /// An officer with this qualification takes part.
    Holds { act: String, qualification: String },
    /// Publication is owed, within the period.
    Publishes { act: String, param: String },
    /// An instrument is issued and has to be served within the period.
    Serves { act: String, param: String },
    /// No `act` once `after` was done in the same round.
    Never { act: String, after: String },
    /// At most so often in one case.
    AtMost { act: String, times: u32 },
    /// One start, every state can end, nothing is dead, nothing leaves an end.
    Ends,
}

/// From when a period counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Mark {
    /// From the act itself.
    Act(String),
    /// From the party's receipt of what an act with this tag issued.
    Receipt(String),
}

impl Mark {
    /// The tag of the act, whether it counts from the act or from its receipt.
    pub fn tag(&self) -> &str {
        match self {
            Self::Act(tag) | Self::Receipt(tag) => tag,
        }
    }
}

/// What an act needs beside being lawful.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Needed {
    /// The field that speaks for this term is filled when the act is done.
    Term(String),
    /// It takes a file that must be given.
    File,
    /// It issues an instrument.
    Issues,
    /// It pauses a clock, and every pause names the instrument that tells the party.
    Notice,
    /// It names the article that it rests on.
    Basis,
}

impl Constraint {
    /// Whether the constraint is meant for procedures of this kind.
    pub fn binds_kind(&self, realizes: Option<&str>) -> bool {
        self.only.is_empty() || realizes.is_some_and(|kind| self.only.iter().any(|only| only == kind))
    }

    /// `statute#article`, as acts cite their basis.
    pub fn basis(&self) -> String {
        format!("{}#{}", self.statute, self.article)
    }
}
