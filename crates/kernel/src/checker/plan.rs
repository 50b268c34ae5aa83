//! Which facts does a node hold? Only those that some guard or the constraint asks for: each gets a slot of one byte.

use std::collections::BTreeMap;

use super::World;
use super::lean::{Compared, Lean};
use super::values;
use crate::procedure::definition::{FieldKind, Procedure, Visibility};
use crate::procedure::guard::{ClockIs, Guard, Test};

/// What a slot says.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Key {
    /// How often an act or tag was done in this round, up to what is asked for.
    Done(String),
    /// How often an act that is bounded was done in the case.
    Limit(String),
    Field(String),
    File(String),
    Answer(String),
    Issued(String),
    Received(String),
    /// 0 not started, 1 running, 2 paused, 3 expired, 4 stopped.
    Clock(String),
    Parts,
    Level,
    /// What the constraint remembers.
    Watch(usize),
}

/// Facts may be defined over facts; a circle ends here, open.
const DEPTH: u8 = 8;

/// Slots as they are asked for. Slot 0 is the state.
pub(super) struct Plan<'a> {
    pub(super) procedure: &'a Procedure,
    pub(super) world: World<'a>,
    slots: BTreeMap<Key, usize>,
    caps: Vec<u8>,
    tests: BTreeMap<String, (usize, Vec<Test>)>,
    /// Whether the guards now compiled are looked at; those that are not are open, so that the graph allows more.
    near: bool,
    /// Whether guards look at fields; if not, only those fields count of which the constraint speaks.
    fields: bool,
}

impl<'a> Plan<'a> {
    pub(super) fn new(procedure: &'a Procedure, world: World<'a>, fields: bool) -> Self {
        Self {
            procedure,
            world,
            slots: BTreeMap::new(),
            caps: vec![u8::MAX],
            tests: BTreeMap::new(),
            near: false,
            fields,
        }
    }

    /// The slot of a clock by which a timer rings: made where guards are looked at.
    pub(super) fn followed_by_guards(&mut self, clock: &str) -> Option<usize> {
        let key = Key::Clock(clock.to_owned());
        if self.near && self.procedure.clock(clock).is_some_and(|clock| !clock.per_part) {
            return Some(self.slot(key, 4));
        }
        self.known(&key)
    }

    /// Whose guards come next.
    pub(super) fn turn_to(&mut self, near: bool) {
        self.near = near;
    }

    /// The slot of a key, made if need be, able to count to `cap`.
    pub(super) fn slot(&mut self, key: Key, cap: u8) -> usize {
        let next = self.caps.len();
        let slot = *self.slots.entry(key).or_insert(next);
        if slot == next {
            self.caps.push(cap);
        } else if let Some(known) = self.caps.get_mut(slot) {
            *known = cap.max(*known);
        }
        slot
    }

    pub(super) fn known(&self, key: &Key) -> Option<usize> {
        self.slots.get(key).copied()
    }

    pub(super) fn cap(&self, slot: usize) -> u8 {
        self.caps.get(slot).copied().unwrap_or(0)
    }

    /// Slots in which the constraint remembers.
    pub(super) fn watched(&self) -> Vec<usize> {
        self.slots.iter().filter(|(key, _)| matches!(key, Key::Watch(_))).map(|(_, slot)| *slot).collect()
    }

    pub(super) fn width(&self) -> usize {
        self.caps.len()
    }

    pub(super) fn tests(&self, field: &str) -> Option<(usize, &[Test])> {
        self.tests.get(field).map(|(at, tests)| (*at, tests.as_slice()))
    }

    /// The fields that are compared, by the number under which guards know them.
    pub(super) fn compared(&self) -> Vec<Compared> {
        let mut all: Vec<(usize, Compared)> = self
            .tests
            .iter()
            .map(|(name, (at, tests))| {
                let masks = self.procedure.field(name).map_or_else(|| vec![0], |field| values::masks(field, tests));
                (*at, Compared { slot: self.known(&Key::Field(name.clone())).unwrap_or(0), masks })
            })
            .collect();
        all.sort_by_key(|(at, _)| *at);
        all.into_iter().map(|(_, compared)| compared).collect()
    }

    /// Fields that are compared too often to enumerate their values.
    pub(super) fn too_many(&self) -> bool {
        self.tests.values().any(|(_, tests)| !values::comparable(tests))
    }

    /// A guard of the procedure: a term that it does not map is never met, as in the engine.
    pub(super) fn guard(&mut self, guard: &Guard) -> Lean {
        if !self.near {
            return if *guard == Guard::Always { Lean::Yes } else { Lean::Open };
        }
        self.lean(guard, &Lean::No, 0)
    }

    /// A condition of a constraint: a term that the procedure does not map may be anything.
    pub(super) fn condition(&mut self, guard: &Guard) -> Lean {
        self.lean(guard, &Lean::Open, 0)
    }

    fn lean(&mut self, guard: &Guard, unmapped: &Lean, depth: u8) -> Lean {
        match guard {
            Guard::Always => Lean::Yes,
            Guard::All(all) => Lean::All(all.iter().map(|one| self.lean(one, unmapped, depth)).collect()),
            Guard::Any(any) => Lean::Any(any.iter().map(|one| self.lean(one, unmapped, depth)).collect()),
            Guard::Not(inner) => Lean::Not(Box::new(self.lean(inner, unmapped, depth))),
            Guard::Field { name, is } => self.asked(name, is, unmapped),
            Guard::Term { name, is } => match self.procedure.terms.get(name) {
                Some(field) => self.asked(field, is, unmapped),
                None => unmapped.clone(),
            },
            Guard::Fact(name) => match self.world.facts.get(name) {
                Some(meaning) if depth < DEPTH => self.lean(meaning, unmapped, depth + 1),
                _ => Lean::Open,
            },
            Guard::Clock { name, is } => self.clock(name, *is),
            Guard::ActDone { name, times } => {
                let least = u8::try_from(*times).unwrap_or(u8::MAX);
                Lean::AtLeast { slot: self.slot(Key::Done(name.clone()), least), least }
            }
            Guard::PartyAnswered(answer) => self.bit(Key::Answer(answer.clone())),
            Guard::File(field) => self.bit(Key::File(field.clone())),
            Guard::Instrument { name, received: true } => self.bit(Key::Received(name.clone())),
            Guard::Instrument { name, .. } => self.bit(Key::Issued(name.clone())),
            Guard::Entry { .. } => Lean::Open,
            Guard::PartsIn => Lean::Is { slot: self.slot(Key::Parts, 1), value: 0 },
            Guard::Level(level) => {
                let least = u8::try_from(*level).unwrap_or(u8::MAX);
                Lean::AtLeast { slot: self.slot(Key::Level, least), least }
            }
        }
    }

    /// Guards are compiled after the constraint: a field that has no slot by then is none that it speaks of.
    fn asked(&mut self, name: &str, is: &Test, unmapped: &Lean) -> Lean {
        let of_guard = matches!(unmapped, Lean::No);
        if of_guard && !self.fields && !self.tests.contains_key(name) {
            return Lean::Open;
        }
        self.field(name, is)
    }

    fn bit(&mut self, key: Key) -> Lean {
        Lean::AtLeast { slot: self.slot(key, 1), least: 1 }
    }

    /// Whether the field is in the relation; a personal field's value is sealed, so that only its presence is known.
    pub(super) fn field(&mut self, name: &str, is: &Test) -> Lean {
        let Some(field) = self.procedure.field(name) else { return Lean::No };
        if matches!(field.kind, FieldKind::File { .. }) {
            return if *is == Test::Present { self.bit(Key::File(name.to_owned())) } else { Lean::Open };
        }
        if field.visible == Visibility::Personal && *is != Test::Present {
            return Lean::Open;
        }
        self.slot(Key::Field(name.to_owned()), u8::MAX);
        let next = self.tests.len();
        let (at, tests) = self.tests.entry(name.to_owned()).or_insert((next, Vec::new()));
        let bit = tests.iter().position(|known| known == is).unwrap_or_else(|| {
            tests.push(is.clone());
            tests.len() - 1
        });
        Lean::Field { field: *at, bit: u32::try_from(bit).unwrap_or(31) }
    }

    fn clock(&mut self, name: &str, is: ClockIs) -> Lean {
        if self.procedure.clock(name).is_none_or(|clock| clock.per_part) {
            return Lean::Open;
        }
        let value = match is {
            ClockIs::NotStarted => 0,
            ClockIs::Running => 1,
            ClockIs::Paused => 2,
            ClockIs::Expired => 3,
            ClockIs::Stopped => 4,
        };
        Lean::Is { slot: self.slot(Key::Clock(name.to_owned()), 4), value }
    }
}
