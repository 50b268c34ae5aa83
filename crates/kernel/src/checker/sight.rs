//! What does the graph look at? Only what it must: a comparison or a slot that is out of sight is open, so that the graph allows more.

use std::collections::BTreeSet;

use super::lean::Lean;
use super::plan::Plan;
use super::values;
use crate::procedure::guard::Test;

/// The least that can be looked at by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Atom {
    /// A slot of the node. Of a field: whether it is filled.
    Slot(usize),
    /// One comparison of one field.
    Test { field: usize, bit: u32 },
}

/// A field that is compared, as far as it is in sight.
#[derive(Debug, Clone)]
pub(super) struct Compared {
    pub(super) slot: usize,
    /// Where each comparison of the field stands among those in sight.
    places: Vec<Option<u32>>,
    pub(super) tests: Vec<Test>,
    /// For each abstract value which comparisons in sight hold.
    pub(super) masks: Vec<u32>,
}

impl Compared {
    /// Whether the comparison holds of the abstract value; none where it is out of sight.
    pub(super) fn holds(&self, bit: u32, value: u8) -> Option<bool> {
        let place = self.places.get(bit as usize).copied().flatten()?;
        self.masks.get(usize::from(value)).map(|mask| mask >> place & 1 == 1)
    }
}

/// The slots and comparisons in sight.
pub(super) struct Sight {
    slots: Vec<bool>,
    pub(super) fields: Vec<Compared>,
}

impl Sight {
    /// What the atoms name, and what the constraint always remembers.
    pub(super) fn of(plan: &Plan<'_>, atoms: &BTreeSet<Atom>) -> Self {
        let mut slots = vec![false; plan.width()];
        let mut see = |slot: usize| slots.iter_mut().skip(slot).take(1).for_each(|seen| *seen = true);
        see(0);
        plan.remembered().iter().for_each(|slot| see(*slot));
        for atom in atoms {
            match atom {
                Atom::Slot(slot) => {
                    see(*slot);
                    // Whether a clock has run since something is told by the clock.
                    plan.needed_for(*slot).into_iter().for_each(&mut see);
                }
                Atom::Test { field, .. } => see(plan.slot_of_field(*field)),
            }
        }
        let fields = plan.fields();
        let fields = fields.iter().enumerate().map(|(at, known)| {
            let in_sight =
                |bit: usize| u32::try_from(bit).is_ok_and(|bit| atoms.contains(&Atom::Test { field: at, bit }));
            let mut places = vec![None; known.tests.len()];
            let mut tests = Vec::new();
            for (bit, place) in places.iter_mut().enumerate().filter(|(bit, _)| in_sight(*bit)) {
                *place = u32::try_from(tests.len()).ok();
                tests.extend(known.tests.get(bit).cloned());
            }
            let masks =
                plan.procedure.field(known.name).map_or_else(|| vec![0], |field| values::masks(&field.kind, &tests));
            Compared { slot: known.slot, places, tests, masks }
        });
        Self { fields: fields.collect(), slots }
    }

    /// Whether nothing more is to be seen of it.
    pub(super) fn looks_at(&self, atom: Atom) -> bool {
        match atom {
            Atom::Slot(slot) => self.sees(slot),
            Atom::Test { field, bit } => self.fields.get(field).is_some_and(|field| field.holds(bit, 0).is_some()),
        }
    }

    pub(super) fn sees(&self, slot: usize) -> bool {
        self.slots.get(slot).copied().unwrap_or(false)
    }

    /// Fields of which too many comparisons are in sight to list their values.
    pub(super) fn too_many(&self) -> bool {
        self.fields.iter().any(|field| !values::comparable(&field.tests))
    }
}

/// What a guard asks for.
pub(super) fn atoms_of(lean: &Lean, found: &mut BTreeSet<Atom>) {
    match lean {
        Lean::Yes | Lean::No | Lean::Open => {}
        Lean::All(all) | Lean::Any(all) => all.iter().for_each(|one| atoms_of(one, found)),
        Lean::Not(inner) => atoms_of(inner, found),
        Lean::Field { field, bit } => {
            found.insert(Atom::Test { field: *field, bit: *bit });
        }
        Lean::AtLeast { slot, .. } | Lean::Is { slot, .. } => {
            found.insert(Atom::Slot(*slot));
        }
    }
}
