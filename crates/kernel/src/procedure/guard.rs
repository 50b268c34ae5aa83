//! What an act is allowed under: a closed, total vocabulary without arithmetic, so that checking stays decidable and a lawyer can read it.

use serde_json::Value;

/// A condition on one case at one moment. Evaluation never fails: a field that is not there makes a comparison false.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum Guard {
    #[default]
    Always,
    All(Vec<Guard>),
    Any(Vec<Guard>),
    Not(Box<Guard>),
    /// A field of the procedure compared.
    Field {
        name: String,
        is: Test,
    },
    /// A term of a statute compared, through the procedure's mapping.
    Term {
        name: String,
        is: Test,
    },
    /// A fact that a statute defines.
    Fact(String),
    Clock {
        name: String,
        is: ClockIs,
    },
    /// Acts with this name or tag were done at least so often in this round of the case.
    ActDone {
        name: String,
        times: u32,
    },
    /// What the party answered: `waived`, `asked`, `agreed` …, set by its acts.
    PartyAnswered(String),
    /// A file was given in this field.
    File(String),
    /// An instrument of this kind was issued (`received`: and reached the party).
    Instrument {
        name: String,
        received: bool,
    },
    /// The register holds an entry in force for the key in this field.
    Entry {
        register: String,
        key_field: String,
    },
    /// Every co-handler's part is in.
    PartsIn,
    /// Escalation has reached at least this level.
    Level(u32),
}

#[derive(Debug, Clone, PartialEq)]
pub enum Test {
    Present,
    Is(Value),
    In(Vec<Value>),
    AtLeast(Bound),
    AtMost(Bound),
}

/// A number, or the dated parameter that holds it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Bound {
    Number(i64),
    Param(String),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClockIs {
    NotStarted,
    Running,
    Paused,
    Expired,
    Stopped,
}
