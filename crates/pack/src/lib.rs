//! Pack files -> checked kernel values; every complaint names file, line and column.

use std::collections::BTreeMap;
use std::sync::Arc;

use guiju_kernel::calendar::Notice;
use guiju_kernel::figure::definition::Figure;
use guiju_kernel::organ::{Item, Organ, Register, Role};
use guiju_kernel::procedure::definition::{Procedure, Text};
use jiff::civil::Date;

/// One checked pack version.
#[derive(Debug, Clone)]
pub struct Pack {
    /// Hex SHA-256 of the canonical archive of its files: what records name.
    pub hash: String,
    /// The canonical archive (paths and texts, sorted): what the store keeps.
    pub archive: Vec<u8>,
    pub id: String,
    pub title: Text,
    pub organs: Vec<Organ>,
    pub roles: Vec<Role>,
    pub notices: Vec<Notice>,
    /// Every version of every procedure.
    pub procedures: Vec<Arc<Procedure>>,
    pub registers: Vec<Register>,
    pub items: Vec<Item>,
    pub figures: Vec<Figure>,
    /// Dated parameters by name, each list sorted by `from`.
    pub params: BTreeMap<String, Vec<Param>>,
    /// Demonstration plans by year, as their text.
    pub years: BTreeMap<i16, String>,
    /// Words of the interface that the pack may set (portal name, footer lines …).
    pub words: BTreeMap<String, Text>,
}

/// One dated value of a parameter.
#[derive(Debug, Clone, PartialEq)]
pub struct Param {
    pub value: serde_json::Value,
    pub from: Date,
    /// Exclusive.
    pub until: Option<Date>,
    pub article: Option<String>,
    /// Id of the statute or file that sets it.
    pub source: String,
    /// The demonstration needs a value and the law leaves it to the organ: shown as such.
    pub fictional: bool,
}
