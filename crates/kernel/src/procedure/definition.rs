//! What a procedure is: fields, states, acts, clocks, timers. Checked values only; `guiju-pack` makes them from files.
//!
//! Nothing here decides anything. Names are plain strings; `guiju-pack` has checked that every name that is referred to exists,
//! so a missing one at run time is answered with an error value, never a panic.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::guard::Guard;
use crate::clock::ClockKind;

/// A title or sentence in both languages; Chinese is what counts.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Text {
    pub zh: String,
    pub en: String,
}

/// The dates on which a version may start new cases; `until` is exclusive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InForce {
    pub from: Date,
    pub until: Option<Date>,
}

/// One procedure: how an item is handled from its first act to a terminal state.
#[derive(Debug, Clone, PartialEq)]
pub struct Procedure {
    pub id: String,
    /// What the statutes call it (`penalty.ordinary`); fixes which tags it must bear.
    pub realizes: Option<String>,
    pub title: Text,
    pub in_force: InForce,
    /// `江工信诉〔{year}〕{seq:6}号`: `{year}` of the opening act, `{seq}` counted per year, zero-padded to the width named.
    pub number: String,
    pub subject: Subject,
    /// The field that stands for the case in lists.
    pub headline: String,
    /// In the order in which forms and case files show them.
    pub fields: Vec<Field>,
    /// The statutes' terms this procedure's fields speak for.
    pub terms: BTreeMap<String, String>,
    pub states: Vec<State>,
    pub acts: Vec<Act>,
    pub clocks: Vec<ClockDef>,
    pub timers: Vec<TimerDef>,
    /// Stations of the courier line that the party sees, each with the states it stands for.
    pub courier: Vec<Station>,
}

/// Who or what a case is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Subject {
    /// An enterprise or person, named by unified social credit code in the field given.
    Party,
    /// An entry of a register.
    Entry(String),
    Nothing,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Station {
    pub title: Text,
    pub states: Vec<String>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Field {
    pub name: String,
    pub title: Text,
    pub hint: Option<Text>,
    pub kind: FieldKind,
    pub visible: Visibility,
    /// The first state in which it must be there.
    pub required_from: Option<String>,
    pub validate: Vec<Validator>,
    /// An example that the form shows, or a template to write over.
    pub template: Option<Text>,
    /// Titles under which workbooks keep it, besides its own.
    pub columns: Vec<String>,
}

#[derive(Debug, Clone, PartialEq)]
pub enum FieldKind {
    /// Characters, not bytes; `lines` > 1 is a text area.
    Text {
        max: u32,
        lines: u32,
    },
    Integer {
        min: Option<i64>,
        max: Option<i64>,
    },
    /// Integer fen.
    Money,
    Date,
    DateTime,
    Flag,
    Enum {
        choices: Vec<Choice>,
        most: u32,
    },
    Party,
    Entry {
        register: String,
    },
    /// A unit of an organ, as `organ/unit`.
    Unit,
    File {
        /// Media types, such as `application/pdf`.
        types: Vec<String>,
        max_bytes: u64,
        most: u32,
    },
    List {
        of: Box<FieldKind>,
        most: u32,
    },
    Table {
        columns: Vec<Field>,
        most: u32,
    },
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    pub value: String,
    pub title: Text,
    /// Words people use for it; search as you type looks here too.
    pub words: Vec<String>,
    /// The suggestion of who handles it, as `organ/unit`.
    pub unit: Option<String>,
    pub template: Option<Text>,
}

/// Who may see a field. Each class includes those before it, but for `Personal`, which is masked and logged for everyone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Visibility {
    Public,
    Party,
    Staff,
    Personal,
    WorkSecret,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Validator {
    /// GB 32100-2015 check digit.
    CreditCode,
    Phone,
    /// Not later than the act.
    NotAfterAct,
    /// Refuses a text that bears a classification mark (秘密, 机密, 绝密).
    Unclassified,
    MinLength(u32),
    /// A SHA-256 in 64 lower-case hexadecimal digits, such as that of a draw's proof.
    Digest,
    /// Looks beyond the value itself: at its row, the case, registers, parameters.
    Rule(FieldRule),
}

/// A rule of law about one field or column, and the articles that make it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldRule {
    pub demands: Demand,
    /// `statute#article`.
    pub basis: Vec<String>,
}

/// What a [`FieldRule`] demands. Names of fields are looked for in the row first, then among what is given, then in the case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Demand {
    /// A date not later than the date field `date` of the entry that the field `entry` names; not asked where that is empty.
    NotBeyond { entry: String, date: String },
    /// A date not later than the parameter's period after the day of the act; not asked where the field `unless` is there.
    NotLongerThan { param: String, unless: Option<String> },
    /// A text that begins with the key of an entry in force and goes on with digits from its field `first` to its field `last`,
    /// both included and written with as many digits as `last` has.
    InSeries { register: String, first: String, last: String },
    /// No entry in force of the register bears it as its key.
    FreeIn { register: String },
    /// A number no greater than the field says; where that is empty, no greater than nothing.
    NotMoreThan { field: String },
    /// No two rows of the table bear it.
    Once,
    /// The authority in whose name the published item list says that this procedure decides; refused where no item of the list is
    /// handled by the procedure, or where its item names no authority.
    ListedAuthority,
    /// What `field` of the register's entry says, or one of what it says, whose key the field `key` holds; not asked where that is
    /// empty.
    AsRegistered { register: String, key: String, field: String },
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct State {
    pub name: String,
    pub title: Text,
    pub start: bool,
    /// A terminal state and its outcome: no way out.
    pub end: Option<String>,
    /// Who waits here: decides whose inbox shows the case. `None` keeps the holder.
    pub holder: Option<Holder>,
}

/// Whose desk a case lies on in a state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Holder {
    /// The unit that dispatches, as `organ/unit`.
    Unit(String),
    /// The unit that an act assigned.
    Assigned,
    /// The party: it is for them to act.
    Party,
    /// Nobody: it only waits for a timer or is over.
    Nobody,
}

/// One thing that somebody does to a case.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Act {
    pub name: String,
    pub title: Text,
    /// Headings under which old lists keep the date of this act; the import of history reads them beside its title.
    pub columns: Vec<String>,
    /// Each from-state with what must hold there; empty opens a case.
    pub from: Vec<(String, Guard)>,
    /// `None`: the state stays.
    pub to: Option<String>,
    pub by: Vec<ActorRule>,
    /// What must hold whatever the from-state.
    pub when: Guard,
    /// Fields this act takes, in form order.
    pub takes: Vec<Take>,
    /// Fields set to a constant.
    pub sets: BTreeMap<String, serde_json::Value>,
    pub tags: Vec<String>,
    pub basis: Vec<String>,
    pub starts: Vec<String>,
    /// Clocks that it starts as of when another act (by name or tag) was last done: what is deemed accepted counts from receipt.
    pub starts_as_of: BTreeMap<String, String>,
    pub stops: Vec<String>,
    pub pauses: Vec<PauseBy>,
    pub resumes: Vec<String>,
    pub extends: Vec<String>,
    pub assigns: Option<Assigns>,
    /// How often at most in one case, and the rule that says so.
    pub at_most: Option<AtMost>,
    pub issues: Vec<Issue>,
    pub publishes: Vec<PublicationDuty>,
    pub writes: Vec<EntryWrite>,
    /// Fields given earlier that are held against their rules once more: registers may have changed since.
    pub rechecks: Vec<String>,
    pub spawns: Vec<Spawn>,
    pub notifies: Vec<Notify>,
    /// Instruments (by name) whose receipt by the party this act records; clocks that wait for the receipt start with it.
    pub receives: Vec<String>,
    /// The person who does it takes the part of their unit: from then on it lies on their own desk.
    pub takes_up: bool,
    /// This act ends one co-handler's part; the case moves on when all are in.
    pub joins: bool,
    /// Adds one to the level of escalation.
    pub raises_level: bool,
    /// Starts the next round: what was done `in_round` counts anew.
    pub new_round: bool,
    /// What the party says by it (`waived`, `asked`): `Guard::PartyAnswered` looks for it.
    pub answers: Option<String>,
    /// What the button warns of before it is pressed.
    pub confirm: Option<Text>,
    /// Shown as the main act of its state.
    pub primary: bool,
    /// A note for colleagues only: the party does not see it.
    pub inner: bool,
    /// Where the act is done: here, or prepared here and sealed there.
    pub place: Place,
    /// The only act past the guards: stores what happened elsewhere as a claim with its source.
    pub records_history: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Place {
    #[default]
    Own,
    /// Done on another platform and imported.
    Mirror,
    /// Prepared here, sealed or filed there, the answer taken back.
    Bridge,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Take {
    pub field: String,
    pub required: bool,
}

/// Who may do an act: all that is named must hold of `count` different persons.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ActorRule {
    /// A role of the pack; `None` with `party` or `timer`.
    pub role: Option<String>,
    pub party: bool,
    pub timer: bool,
    pub count: u32,
    /// Kind of card that must be valid for the area at the moment of the act.
    pub card: Option<String>,
    pub holds: Option<String>,
    /// Tags of acts whose actors may not do this one.
    pub distinct_from: Vec<String>,
    /// Only somebody of the unit (or a co-handling unit) on whose desk the case lies.
    pub holder: bool,
    /// Only somebody of the unit that leads; says more than `holder`.
    pub lead: bool,
    /// Only who is listed for the subject of the case.
    pub listed: Option<Listed>,
}

/// The entry of a register, named by a field of the case, that lists who may act for whom: `subject/account`, one text a pair.
/// Not asked while the field is empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    pub register: String,
    /// The field that holds the entry's key.
    pub key: String,
    /// The list in that entry.
    pub field: String,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PauseBy {
    pub clock: String,
    pub cause: String,
    pub notice: Option<String>,
}

/// The act puts the case on a unit's desk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Assigns {
    /// The lead unit stands in this field, co-handlers in the other.
    Fields {
        lead: String,
        with: Option<String>,
    },
    Unit(String),
    /// Back to the unit that dispatched, keeping the suggestion in the field named.
    Dispatcher,
    /// The same unit's superior: `organ/unit` by level.
    Level(Vec<String>),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AtMost {
    pub times: u32,
    pub reason: Text,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Issue {
    pub instrument: String,
    pub title: Text,
    /// Clocks that start when the party has received it.
    pub on_receipt_starts: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicationDuty {
    pub what: String,
    pub clock: String,
    pub withheld: Vec<String>,
}

/// A register entry that the act makes or changes; `each` makes one per row of a table field, whose columns then come first
/// wherever a `Source::Field` is looked up.
#[derive(Debug, Clone, PartialEq)]
pub struct EntryWrite {
    pub register: String,
    pub key: Source,
    pub each: Option<String>,
    /// Written only where this field or column is there.
    pub only_with: Option<String>,
    /// What changes; the other fields of an entry stay as they are.
    pub fields: BTreeMap<String, Source>,
    /// The entry ends with the act.
    pub ends: bool,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Source {
    Field(String),
    Subject,
    Number,
    Done,
    Const(serde_json::Value),
    /// A number of the register's own series, for keys: `{year}`, `{seq:6}`, and `{check}`, two digits that catch slips.
    Series(String),
    /// The key of the entry that is being written.
    Key,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Spawn {
    pub procedure: String,
    pub act: String,
    /// Whom the case is about; as this one where nothing is said.
    pub subject: Option<Source>,
    pub fields: BTreeMap<String, Source>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notify {
    pub to: Audience,
    pub text: Text,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Audience {
    Party,
    /// Everybody of the units on whose desk the case lies.
    Holder,
    /// Those of the holding units who bear this role, such as the head of the unit.
    HolderRole(String),
    /// A unit, as `organ/unit`.
    Unit(String),
    /// Everybody of the case's own organ who bears this role.
    Role(String),
}

#[derive(Debug, Clone, PartialEq)]
pub struct ClockDef {
    pub name: String,
    pub title: Text,
    pub kind: ClockKind,
    /// The dated parameter that gives the limit.
    pub limit: String,
    pub basis: Vec<String>,
    pub pause_causes: Vec<String>,
    pub extend: Option<Extend>,
    /// Runs once for each co-handling unit rather than once for the case.
    pub per_part: bool,
    /// Counts for the true deadline of whoever holds the case (false: the party's own period).
    pub binds_holder: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Extend {
    pub by: String,
    pub times: u32,
    pub limit: String,
}

/// Something that happens by itself when its moment comes and its guard holds.
#[derive(Debug, Clone, PartialEq)]
pub struct TimerDef {
    pub name: String,
    pub title: Text,
    pub at: Moment,
    pub when: Guard,
    pub does: TimerDoes,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Moment {
    /// Thousandths of a clock's span: 500 = half gone, 1000 = due, 1500 = overdue by half the span again.
    Fraction { clock: String, per_mille: u32 },
    /// A parameter's period after an act with this tag or name.
    After { act: String, param: String },
    /// When the day in this date field is over.
    EndOf { field: String },
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TimerDoes {
    Act(String),
    Remind(Vec<Notify>),
}

impl Procedure {
    pub fn act(&self, name: &str) -> Option<&Act> {
        self.acts.iter().find(|a| a.name == name)
    }
    pub fn state(&self, name: &str) -> Option<&State> {
        self.states.iter().find(|s| s.name == name)
    }
    pub fn field(&self, name: &str) -> Option<&Field> {
        self.fields.iter().find(|f| f.name == name)
    }
    pub fn clock(&self, name: &str) -> Option<&ClockDef> {
        self.clocks.iter().find(|c| c.name == name)
    }
    pub fn start(&self) -> Option<&State> {
        self.states.iter().find(|s| s.start)
    }
}
