//! Procedures: what may be done to a case, by whom, when, and what follows.
//!
//! `decide` is the whole engine together with `apply`: pure, total, and the only way a case changes.

mod actors;
mod apply;
mod clocks;
mod consulted;
mod decide;
pub mod definition;
mod desks;
mod effects;
mod explain;
pub mod fields;
mod foresee;
pub mod guard;
mod history;
mod judge;
mod lawful;
mod marks;
mod outputs;
mod proposal;
mod recount;
mod ring;
mod rules;
mod sentence;
mod tables;
mod work;

pub use apply::{ApplyError, apply};
pub(crate) use clocks::read_rule;
pub use decide::decide;
pub use effects::between;
pub use foresee::foresee;
pub(crate) use judge::{is_nothing, is_wanted};
pub use lawful::lawful_acts;
pub use outputs::versions;
pub use recount::{RECOUNT, recount};
pub use ring::{LAPSE, REMIND, bell, ring};

pub use proposal::{
    Card, CellFault, Claim, Context, Decided, Facts, Lawful, ParamValue, Person, Proposal, Refusal, RefusalKind,
};
