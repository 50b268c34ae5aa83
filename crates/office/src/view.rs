//! What people see of cases: read models that pages and the API draw from. Masked by default.

use std::sync::Arc;

use guiju_kernel::case::Case;
use guiju_kernel::clock::ClockKind;
use guiju_kernel::procedure::definition::{Procedure, Text, Visibility};
use guiju_kernel::procedure::{Lawful, Person};
use guiju_kernel::record::{FileMark, Origin};
use guiju_kernel::time::Instant;

/// Who looks.
#[derive(Debug, Clone, PartialEq)]
pub enum Viewer {
    /// Nobody signed in.
    Public,
    Person(Person),
}

/// A clock as every page shows it.
#[derive(Debug, Clone, PartialEq)]
pub struct ClockView {
    pub name: String,
    pub title: Text,
    pub kind: ClockKind,
    pub started: Instant,
    /// Exclusive.
    pub due: Option<Instant>,
    /// 暂定: a later holiday notice may still move it.
    pub provisional: bool,
    /// What is left or overdue, in the unit that counts: `还剩 2 个工作日`, `超期 35 分钟`.
    pub left: Text,
    pub overdue: bool,
    /// Less than a fifth is left.
    pub soon: bool,
    /// When it was stopped, if it was; `kept` says whether in time.
    pub stopped: Option<Instant>,
    pub kept: Option<bool>,
    pub paused: Option<Text>,
    /// 0 to 1000: how much of the span has gone.
    pub gone_per_mille: u32,
    /// `statute#article` or the pack's promise.
    pub source: String,
}

/// One line of the timeline.
#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    pub seq: u64,
    pub act: String,
    pub title: Text,
    pub state: Option<Text>,
    pub done: Instant,
    pub recorded: Instant,
    /// Names of those who did it, as this viewer may see them (a party sees the unit, not the officer's account).
    pub by: Vec<String>,
    pub unit: Option<Text>,
    pub basis: Vec<String>,
    pub lines: Lines,
    pub files: Vec<FileMark>,
    /// A note for colleagues: never in a party's timeline.
    pub inner: bool,
    pub origin: Origin,
}

/// Field titles with what to show, in form order, already filtered by visibility.
pub type Lines = Vec<(Text, Text)>;

/// A personal field: masked until somebody asks, and asking is logged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersonalView {
    pub field: String,
    pub title: Text,
    pub masked: String,
    pub erased: bool,
}

/// Who holds the case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Held {
    pub organ: Text,
    pub unit: Text,
    pub path: String,
    pub person: Option<String>,
    pub lead: bool,
    pub open: bool,
    pub due: Option<Instant>,
}

/// A case file as one viewer may see it.
#[derive(Debug, Clone)]
pub struct CaseView {
    pub case: Case,
    pub procedure: Arc<Procedure>,
    pub state: Text,
    pub fields: Vec<(String, Text, Text, Visibility)>,
    pub personal: Vec<PersonalView>,
    pub clocks: Vec<ClockView>,
    pub held: Vec<Held>,
    pub timeline: Vec<Step>,
    /// Acts that this viewer may do now, and the others with the reason.
    pub lawful: Vec<Lawful>,
    pub subject_name: Option<String>,
}

/// One band of the inbox.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BandView {
    pub name: Text,
    pub id: String,
    pub count: u64,
}

/// An inbox page.
#[derive(Debug, Clone)]
pub struct InboxView {
    pub bands: Vec<BandView>,
    pub rows: Vec<guiju_store::InboxRow>,
    pub more: bool,
    pub now: Instant,
}
