//! Pack files -> checked kernel values; every complaint names file, line and column.
//!
//! A pack is loaded whole or not at all: [`Pack::load`] from a folder, [`Pack::embedded`] as shipped in the program,
//! [`Pack::from_archive`] as the store kept it. How files are written stands in `docs/formats/pack.md`; their JSON Schemas come from
//! [`schemas`].

mod archive;
mod check;
mod complaint;
mod consistency;
mod examples;
mod law;
mod pack;
mod platform;
mod raw;
mod schema;
mod source;
mod sources;

pub use complaint::{Complaint, Spot};
pub use consistency::{Contradiction, Disagreements, OddFragment};
pub use examples::{Examples, Scripts, run_examples};
pub use pack::{Pack, Param, Statute};
pub use platform::{Export, Mapped, Platform, StepColumns};
pub use raw::radio::{FindingPoints, FindingRules, MatchingRules, RadioRules, WatchingRules};
pub use schema::schemas;
