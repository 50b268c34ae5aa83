//! What may still be asked for in a state? The rest is forgotten there: it tells nodes apart that nothing else does.

use std::collections::BTreeSet;

use super::moves::{Effect, Move, OUTSIDE};
use super::plan::Plan;
use super::sight::{Atom, Sight, atoms_of};
use super::watch::{THEN, Watch};

/// For each state the slots that some course from it asks for before they are set anew.
pub(super) struct Live {
    states: Vec<Vec<bool>>,
    none: Vec<bool>,
}

impl Live {
    /// What the constraint remembers is always asked for.
    pub(super) fn of(plan: &Plan<'_>, moves: &[Move], watch: &Watch, sight: &Sight) -> Self {
        let width = plan.width();
        let always = always(plan, watch);
        let passes: Vec<Pass> = moves.iter().map(|one| Pass::of(one, watch, sight)).collect();
        let base: Vec<bool> = (0..width).map(|slot| always.contains(&slot)).collect();
        let mut states = vec![base.clone(); plan.procedure.states.len()];
        // The least fixed point: slots are added until no state asks for more.
        loop {
            let mut changed = false;
            for (one, pass) in moves.iter().zip(&passes) {
                for (from, _) in one.from.iter().filter(|(from, _)| *from != OUTSIDE) {
                    let target = one.to.filter(|_| !one.ends).and_then(|to| states.get(usize::from(to)).cloned());
                    let asked = |slot: usize| target.as_ref().is_some_and(|live| live.get(slot) == Some(&true));
                    let Some(live) = states.get_mut(usize::from(*from)) else { continue };
                    for (slot, mark) in live.iter_mut().enumerate().filter(|(_, mark)| !**mark) {
                        // What stays in the state asks for nothing that the state does not ask for anyway.
                        let passed = asked(slot) && !pass.sets.contains(&slot);
                        if passed || pass.asks.contains(&slot) {
                            (*mark, changed) = (true, true);
                        }
                    }
                }
            }
            if !changed {
                break;
            }
        }
        Self { states, none: base }
    }

    pub(super) fn at(&self, state: u8) -> &[bool] {
        self.states.get(usize::from(state)).unwrap_or(&self.none)
    }
}

/// Slots of the constraint's memory, and of the clocks that it follows.
pub(super) fn always(plan: &Plan<'_>, watch: &Watch) -> BTreeSet<usize> {
    let clocks = watch.clocks.iter().map(|(_, clock, _)| *clock);
    plan.watched().into_iter().chain(clocks).chain([0]).collect()
}

/// What an act asks for before it sets it, and what it sets whatever was there.
pub(super) struct Pass {
    pub(super) asks: BTreeSet<usize>,
    pub(super) sets: BTreeSet<usize>,
}

impl Pass {
    pub(super) fn of(one: &Move, watch: &Watch, sight: &Sight) -> Self {
        let mut atoms = one.atoms();
        if one.marks.letters & THEN != 0 {
            atoms_of(&watch.condition, &mut atoms);
            atoms_of(&watch.met, &mut atoms);
        }
        // Fields are filled before guards are looked at.
        let filled: BTreeSet<usize> = one.fills.iter().filter(|(_, _, keeps)| !keeps).map(|(slot, ..)| *slot).collect();
        let slots = atoms.iter().filter_map(|atom| match atom {
            Atom::Slot(slot) => Some(*slot),
            Atom::Test { field, bit } => {
                sight.fields.get(*field).filter(|field| field.holds(*bit, 0).is_some()).map(|field| field.slot)
            }
        });
        let asks = slots.filter(|slot| sight.sees(*slot) && !filled.contains(slot)).collect();
        let mut sets = filled;
        sets.extend(one.effects.iter().filter_map(|effect| match effect {
            Effect::Set { slot, .. } | Effect::Either(slot) => Some(*slot),
            _ => None,
        }));
        sets.extend(one.joins);
        Self { asks, sets }
    }
}
