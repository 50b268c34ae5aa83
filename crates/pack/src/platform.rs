//! Other platforms whose exports come in as mirrored history: which of their columns is which of our fields and steps.

use std::collections::BTreeMap;

use guiju_kernel::procedure::definition::Text;

/// One platform.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Platform {
    pub id: String,
    pub title: Text,
    /// What records name as their source.
    pub system: String,
    /// By the id of the procedure that the export tells of.
    pub exports: BTreeMap<String, Export>,
}

/// The headings of one export. In every list the first is the one that templates show.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Export {
    pub number: Vec<String>,
    /// Empty: the export names no states.
    pub state: Vec<String>,
    /// State -> what the platform calls it.
    pub states: BTreeMap<String, Vec<String>>,
    pub fields: BTreeMap<String, Mapped>,
    /// By the name of the act.
    pub steps: BTreeMap<String, StepColumns>,
}

/// A field's headings, and the platform's words for its choices.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Mapped {
    pub columns: Vec<String>,
    /// Choice -> words.
    pub words: BTreeMap<String, Vec<String>>,
}

/// A step's headings: when it was done, and the card numbers of those who did it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct StepColumns {
    pub at: Vec<String>,
    /// Empty: the export does not say who.
    pub by: Vec<String>,
}
