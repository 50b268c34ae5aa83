//! Which facts does a node hold? Only those that some guard or the constraint asks for: each gets a slot of one byte.

use std::collections::BTreeMap;

use super::World;
use super::lean::Lean;
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

/// From this place on the constraint's memory is of single clocks and acts, and is looked at only where it matters.
pub(super) const SINCE: usize = 10;

/// Facts may be defined over facts; a circle ends here, open.
const DEPTH: u8 = 8;

/// Slots as they are asked for. Slot 0 is the state.
pub(super) struct Plan<'a> {
    pub(super) procedure: &'a Procedure,
    pub(super) world: World<'a>,
    slots: BTreeMap<Key, usize>,
    caps: Vec<u8>,
    tests: BTreeMap<String, (usize, Vec<Test>)>,
    /// For a slot that says whether a clock has run since something, the slot of the clock.
    since: BTreeMap<usize, usize>,
}

/// A field that is compared somewhere, and with what.
pub(super) struct Asked<'a> {
    pub(super) name: &'a str,
    pub(super) slot: usize,
    pub(super) tests: &'a [Test],
}

impl<'a> Plan<'a> {
    pub(super) fn new(procedure: &'a Procedure, world: World<'a>) -> Self {
        Self {
            procedure,
            world,
            slots: BTreeMap::new(),
            caps: vec![u8::MAX],
            tests: BTreeMap::new(),
            since: BTreeMap::new(),
        }
    }

    /// The slot of a clock; none of a clock of parts, of which the case itself knows nothing.
    pub(super) fn clock_slot(&mut self, clock: &str) -> Option<usize> {
        let whole = self.procedure.clock(clock).is_some_and(|clock| !clock.per_part);
        whole.then(|| self.slot(Key::Clock(clock.to_owned()), 4))
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

    /// A slot that says whether the clock in another slot has run since something.
    pub(super) fn since(&mut self, place: usize, clock: usize) -> usize {
        let slot = self.slot(Key::Watch(SINCE + place), 1);
        self.since.insert(slot, clock);
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

    /// Slots that every graph looks at: what the constraint's verdict is read from.
    pub(super) fn remembered(&self) -> Vec<usize> {
        (0..SINCE).filter_map(|place| self.known(&Key::Watch(place))).collect()
    }

    /// The clock whose running the slot remembers.
    pub(super) fn needed_for(&self, slot: usize) -> Option<usize> {
        self.since.get(&slot).copied()
    }

    /// The greatest count that anything asks for: a circle that this bounds is gone round no more often.
    pub(super) fn greatest_count(&self) -> usize {
        let counts = |key: &Key| matches!(key, Key::Done(_) | Key::Limit(_) | Key::Level);
        let slots = self.slots.iter().filter(|(key, _)| counts(key)).map(|(_, slot)| usize::from(self.cap(*slot)));
        slots.max().unwrap_or(0)
    }

    pub(super) fn width(&self) -> usize {
        self.caps.len()
    }

    /// The number under which guards know the field.
    pub(super) fn number(&self, field: &str) -> Option<usize> {
        self.tests.get(field).map(|(at, _)| *at)
    }

    /// The fields that are compared, by number.
    pub(super) fn fields(&self) -> Vec<Asked<'_>> {
        let mut all: Vec<(usize, Asked<'_>)> = self
            .tests
            .iter()
            .map(|(name, (at, tests))| {
                (*at, Asked { name, slot: self.known(&Key::Field(name.clone())).unwrap_or(0), tests })
            })
            .collect();
        all.sort_by_key(|(at, _)| *at);
        all.into_iter().map(|(_, asked)| asked).collect()
    }

    pub(super) fn slot_of_field(&self, number: usize) -> usize {
        let asked = self.tests.iter().find(|(_, (at, _))| *at == number);
        asked.and_then(|(name, _)| self.known(&Key::Field(name.clone()))).unwrap_or(0)
    }

    /// A guard of the procedure: a term that it does not map is never met, as in the engine.
    pub(super) fn guard(&mut self, guard: &Guard) -> Lean {
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
            Guard::Field { name, is } => self.field(name, is),
            Guard::Term { name, is } => match self.procedure.terms.get(name) {
                Some(field) => self.field(field, is),
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
        let Some(slot) = self.clock_slot(name) else { return Lean::Open };
        let value = match is {
            ClockIs::NotStarted => 0,
            ClockIs::Running => 1,
            ClockIs::Paused => 2,
            ClockIs::Expired => 3,
            ClockIs::Stopped => 4,
        };
        Lean::Is { slot, value }
    }
}
