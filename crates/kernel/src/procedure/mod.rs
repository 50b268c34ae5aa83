//! Procedures: what may be done to a case, by whom, when, and what follows.
//!
//! `decide` is the whole engine together with `apply`: pure, total, and the only way a case changes.

pub mod definition;
pub mod guard;
mod proposal;

pub use proposal::{Card, Claim, Context, Decided, Facts, Lawful, ParamValue, Person, Proposal, Refusal, RefusalKind};
