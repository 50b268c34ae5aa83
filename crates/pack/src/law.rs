//! What the statutes of a pack mean taken together: which constraints bind which procedure, and how their fragments read.

use std::collections::BTreeMap;

use guiju_kernel::constraint::{Constraint, Link, fragment};
use guiju_kernel::procedure::definition::{Act, ClockDef, FieldKind, InForce, Procedure};
use guiju_kernel::procedure::guard::Guard;
use serde_json::Value;

use crate::Pack;
use crate::check::founded::{Grounds, uncited};
use crate::check::idle;

impl Pack {
    /// Every constraint, in the order of the statutes and their files.
    pub fn constraints(&self) -> impl Iterator<Item = &Constraint> {
        self.statutes.iter().flat_map(|statute| &statute.constraints)
    }

    /// The constraints that bind a procedure: by what it realizes, and by its dates.
    pub fn constraints_on<'a>(&'a self, procedure: &'a Procedure) -> impl Iterator<Item = &'a Constraint> {
        let kind = procedure.realizes.as_deref();
        self.constraints()
            .filter(move |constraint| constraint.binds_kind(kind) && meet(&constraint.in_force, &procedure.in_force))
    }

    /// All facts of all statutes by name.
    pub fn facts(&self) -> BTreeMap<String, Guard> {
        let facts = self.statutes.iter().flat_map(|statute| &statute.facts);
        facts.map(|(name, meaning)| (name.clone(), meaning.clone())).collect()
    }

    /// Every dated value of every parameter.
    pub fn param_values(&self) -> BTreeMap<String, Vec<Value>> {
        let values = |(name, list): (&String, &Vec<crate::Param>)| {
            (name.clone(), list.iter().map(|param| param.value.clone()).collect())
        };
        self.params.iter().map(values).collect()
    }

    /// A constraint's fragment as a procedure.
    pub fn fragment(&self, constraint: &Constraint, chain: &[Link], facts: &BTreeMap<String, Guard>) -> Procedure {
        let known = |term: &str| {
            let found = self.statutes.iter().find_map(|statute| statute.terms.get(term));
            found.cloned().unwrap_or(FieldKind::Text { max: u32::MAX, lines: 1 })
        };
        fragment(constraint, chain, facts, &known)
    }

    /// Clocks that allow a cause of a pause or an extension that no act makes use of.
    pub fn idle_allowances(&self, procedure: &Procedure) -> Vec<String> {
        let idle = |clock: &&ClockDef| {
            idle::causes(procedure, clock).next().is_some() || idle::extensions(procedure, clock).is_some()
        };
        procedure.clocks.iter().filter(idle).map(|clock| clock.name.clone()).collect()
    }

    /// Acts that do not cite what their tags rest on.
    pub fn unfounded_acts(&self, procedure: &Procedure) -> Vec<String> {
        let grounds: Grounds = self.statutes.iter().flat_map(|statute| statute.rests_on.clone()).collect();
        let wanting = |act: &&Act| uncited(act, &grounds).next().is_some();
        procedure.acts.iter().filter(wanting).map(|act| act.name.clone()).collect()
    }

    /// Tags that the procedure should bear by what it realizes and does not.
    pub fn tags_lacking(&self, procedure: &Procedure) -> Vec<String> {
        let Some(kind) = &procedure.realizes else { return Vec::new() };
        let bears = |tag: &str| procedure.acts.iter().any(|act| act.tags.iter().any(|known| known == tag));
        let must_bear = self.statutes.iter().filter_map(|statute| statute.realizations.get(kind)).flatten();
        must_bear.filter(|tag| !bears(tag)).cloned().collect()
    }
}

/// Whether two ranges of dates have a day in common.
pub(crate) fn meet(a: &InForce, b: &InForce) -> bool {
    a.until.is_none_or(|until| b.from < until) && b.until.is_none_or(|until| a.from < until)
}
