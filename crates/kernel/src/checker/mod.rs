//! Does every course that a procedure allows keep a constraint? Decided over the explicit graph of the procedure.
//!
//! A node is a state together with what guards and the constraint depend on (acts done, fields as far as they are compared,
//! clocks' condition, instruments, answers), an edge is an act or the end of a period. The graph allows at least what the engine
//! allows: where it cannot decide it lets the act happen, so that `holds` is never said too often (ADR 0110). Every verdict carries
//! a proof over the exported graph, which `guiju-recheck` goes through again with code of its own (ADR 0111).

mod contradiction;
mod ends;
mod judge;
mod lean;
mod limits;
mod live;
mod moves;
mod mutant;
mod plan;
mod proof;
mod replay;
mod sight;
mod together;
mod turns;
mod values;
mod walk;
mod watch;

use std::collections::BTreeMap;

use serde_json::Value;

pub use contradiction::{Contradiction, contradictions, forbidden};
pub use judge::check;
pub use mutant::{Around, Mutant, mutants};
pub use proof::{Proof, ProofEdge, ProofNode};

use crate::procedure::definition::Text;
use crate::procedure::guard::Guard;

/// What the statutes mean by their words.
#[derive(Debug, Clone, Copy)]
pub struct World<'a> {
    /// Facts by name, as conditions over terms.
    pub facts: &'a BTreeMap<String, Guard>,
    /// Every dated value of every parameter.
    pub params: &'a BTreeMap<String, Vec<Value>>,
}

/// What came of one constraint over one procedure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    Holds,
    Violated,
    /// No act that can be reached is bound by it.
    Vacuous,
}

impl Verdict {
    /// The word in reports.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Holds => "holds",
            Self::Violated => "violated",
            Self::Vacuous => "vacuous",
        }
    }
}

/// A verdict, why, and its proof.
#[derive(Debug, Clone)]
pub struct Finding {
    pub verdict: Verdict,
    pub why: Text,
    /// The shortest course that breaks the constraint: titles of acts and periods that end. Empty unless violated.
    pub path: Vec<Text>,
    pub proof: Proof,
}
