//! What is asked of the office and what it answers.

use guiju_kernel::procedure::{Claim, Person, Refusal};
use guiju_kernel::record::Origin;
use guiju_kernel::time::Instant;
use guiju_store::StoreError;
use serde_json::{Map, Value};

/// Which case an act is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// Opens a case of this procedure, about this party or entry.
    New { procedure: String, subject: Option<String> },
    /// `seen` is the version that the page showed: a newer one is answered with a conflict.
    Case { id: u64, seen: Option<u64> },
    /// The case that the form with this token opened: for callers who have not waited for its number.
    Opened { once: String },
}

/// A file that comes with an act, already checked by type and size at the door; the office checks again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Upload {
    pub field: String,
    pub name: String,
    pub media: String,
    pub content: Vec<u8>,
}

/// Somebody wants to do an act.
#[derive(Debug, Clone, PartialEq)]
pub struct Ask {
    pub target: Target,
    pub act: String,
    /// The first records it; the others act with them.
    pub by: Vec<Person>,
    /// When it was done, if that was earlier than now (a paper sign-off entered later).
    pub done: Option<Instant>,
    pub origin: Origin,
    pub given: Map<String, Value>,
    pub files: Vec<Upload>,
    /// For the act that records history: what is said to have happened, and under which number.
    pub history: Option<History>,
    /// The form's token: a second submission of the same form gets the first one's answer.
    pub once: Option<String>,
}

/// A step of a case as another system tells it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct History {
    pub claim: Claim,
    /// The number the case bears there.
    pub number: Option<String>,
}

/// An act that is durable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Done {
    pub seq: u64,
    pub case: u64,
    pub number: String,
    pub state: String,
    /// This form had been submitted before: nothing new was recorded.
    pub again: bool,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Answer {
    Done(Done),
    Refused(Box<Refusal>),
}

/// Nothing was decided and nothing was stored.
#[derive(Debug, thiserror::Error)]
pub enum OfficeError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("法规包有误 / the pack has faults: {0}")]
    Pack(String),
    #[error("没有这件事 / there is no such case: {0}")]
    NoSuchCase(String),
    #[error("您无权查看，此权属于{holder} / not yours to see: it belongs to {holder}")]
    NotYours { holder: String },
    #[error("办公室已停止受理 / the office is shutting down")]
    Closing,
    #[error("数据损坏 / the data are damaged: {0}")]
    Damaged(String),
    #[error("{0}")]
    Input(String),
}
