//! What may happen in a node, and what it leaves: the acts of the procedure, and periods that end.

use std::collections::BTreeSet;

use super::lean::Lean;
use super::plan::{Key, Plan};
use super::sight::{Atom, Sight, atoms_of};
use super::values;
use super::watch::{Marks, Watch};
use crate::procedure::definition::{Act, Assigns, FieldKind, Moment, Procedure, TimerDoes};
use crate::procedure::guard::Test;

/// The node before a case is opened.
pub(super) const OUTSIDE: u8 = u8::MAX;
/// Conditions of a clock as slots hold them.
pub(super) const RUNNING: u8 = 1;
pub(super) const PAUSED: u8 = 2;
pub(super) const EXPIRED: u8 = 3;
pub(super) const STOPPED: u8 = 4;

/// One act, its names made into slots.
pub(super) struct Move {
    pub(super) act: usize,
    /// The state it is done from, and what must hold there.
    pub(super) from: Vec<(u8, Lean)>,
    pub(super) when: Lean,
    pub(super) to: Option<u8>,
    /// Fields it fills: the slot, the abstract values, and whether it may also leave the field as it is.
    pub(super) fills: Vec<(usize, Vec<u8>, bool)>,
    pub(super) effects: Vec<Effect>,
    /// Slots of fields that must be filled to enter its state.
    pub(super) required: Vec<usize>,
    /// Slots of fields that the act itself fills in any case.
    pub(super) brings: Vec<usize>,
    pub(super) ends: bool,
    pub(super) joins: Option<usize>,
    /// An act that joins parts enters its state only when all are in.
    pub(super) may_stay: bool,
    pub(super) marks: Marks,
}

/// What an act does to a node.
#[derive(Debug, Clone, Copy)]
pub(super) enum Effect {
    Add {
        slot: usize,
        cap: u8,
    },
    Set {
        slot: usize,
        value: u8,
    },
    Start(usize),
    Stop(usize),
    /// The slot is set, or stays.
    May(usize),
    /// The slot becomes 0 or 1.
    Either(usize),
}

impl Effect {
    pub(super) const fn slot(self) -> usize {
        match self {
            Self::Add { slot, .. } | Self::Set { slot, .. } => slot,
            Self::Start(slot) | Self::Stop(slot) | Self::May(slot) | Self::Either(slot) => slot,
        }
    }
}

impl Move {
    /// What the act asks for, wherever it is done, the fields included that must be filled to enter its state.
    pub(super) fn atoms(&self) -> BTreeSet<Atom> {
        self.from.iter().flat_map(|(state, _)| self.atoms_in(*state)).collect()
    }

    /// What the act asks for in one state.
    pub(super) fn atoms_in(&self, state: u8) -> BTreeSet<Atom> {
        let lacking = self.required.iter().filter(|slot| !self.brings.contains(slot));
        let mut found = lacking.map(|slot| Atom::Slot(*slot)).collect();
        self.from.iter().filter(|(from, _)| *from == state).for_each(|(_, lean)| atoms_of(lean, &mut found));
        atoms_of(&self.when, &mut found);
        found
    }
}

/// Gives guards their slots. Done before anything is laid out, since every guard may ask for more.
pub(super) fn guards(plan: &mut Plan<'_>) -> Vec<(Vec<Lean>, Lean)> {
    let procedure = plan.procedure;
    for act in &procedure.acts {
        // Only a clock that runs can be paused, resumed or extended, whether or not anybody else asks for it.
        for clock in act.pauses.iter().map(|pause| &pause.clock).chain(&act.resumes).chain(&act.extends) {
            plan.clock_slot(clock);
        }
    }
    // What a state requires is asked for by every act that enters it, even where no guard compares it.
    for field in procedure.fields.iter().filter(|field| field.required_from.is_some()) {
        plan.field(&field.name, &Test::Present);
    }
    procedure
        .acts
        .iter()
        .map(|act| {
            let from = act.from.iter().map(|(_, guard)| plan.guard(guard)).collect();
            let mut all = vec![plan.guard(&act.when)];
            if act.by.iter().all(|rule| rule.timer) && !act.by.is_empty() {
                all.push(timers(plan, act));
            }
            if let Some(limit) = &act.at_most {
                let most = u8::try_from(limit.times).unwrap_or(u8::MAX);
                let slot = plan.slot(Key::Limit(act.name.clone()), most);
                all.push(Lean::Not(Box::new(Lean::AtLeast { slot, least: most })));
            }
            for name in &act.receives {
                let slot = plan.slot(Key::Issued(name.clone()), 1);
                all.push(Lean::AtLeast { slot, least: 1 });
            }
            if act.joins {
                let slot = plan.slot(Key::Parts, 1);
                all.push(Lean::AtLeast { slot, least: 1 });
            }
            (from, Lean::All(all))
        })
        .collect()
}

/// What only a timer does happens when one of its timers rings.
fn timers(plan: &mut Plan<'_>, act: &Act) -> Lean {
    let procedure = plan.procedure;
    let does = procedure.timers.iter().filter(|timer| timer.does == TimerDoes::Act(act.name.clone()));
    let rings = does
        .map(|timer| {
            let when = plan.guard(&timer.when);
            let moment = match &timer.at {
                Moment::Fraction { clock, per_mille } => match plan.clock_slot(clock) {
                    Some(slot) if *per_mille >= 1000 => Lean::Is { slot, value: EXPIRED },
                    Some(slot) => Lean::Any(vec![Lean::Is { slot, value: RUNNING }, Lean::Is { slot, value: EXPIRED }]),
                    None => Lean::Open,
                },
                Moment::After { .. } | Moment::EndOf { .. } => Lean::Open,
            };
            Lean::All(vec![when, moment])
        })
        .collect();
    Lean::Any(rings)
}

/// Lays out every act but the one that records history: that is judged by the audit.
pub(super) fn moves(plan: &Plan<'_>, guards: &[(Vec<Lean>, Lean)], watch: &Watch, sight: &Sight) -> Vec<Move> {
    let procedure = plan.procedure;
    let acts = procedure.acts.iter().enumerate().zip(guards);
    acts.filter(|((_, act), _)| !act.records_history)
        .map(|((at, act), (from, when))| {
            let mut froms: Vec<(u8, Lean)> =
                act.from.iter().zip(from).map(|((state, _), lean)| (number(procedure, state), lean.clone())).collect();
            if froms.is_empty() {
                froms.push((OUTSIDE, Lean::Yes));
            }
            let mut when = vec![when.clone()];
            clock_terms(plan, act, &mut when);
            let to = act.to.as_ref().map(|to| number(procedure, to));
            let entered = act.to.as_deref().unwrap_or_default();
            let required = procedure.fields.iter().filter(|field| field.required_from.as_deref() == Some(entered));
            Move {
                act: at,
                from: froms,
                when: Lean::All(when),
                to,
                fills: fills(plan, act, sight),
                effects: effects(plan, act).into_iter().filter(|effect| sight.sees(effect.slot())).collect(),
                required: required.filter_map(|field| filled_slot(plan, &field.name)).collect(),
                brings: brings(plan, act),
                ends: procedure.state(entered).is_some_and(|state| state.end.is_some()),
                joins: act.joins.then(|| plan.known(&Key::Parts)).flatten().filter(|slot| sight.sees(*slot)),
                may_stay: act.joins,
                marks: watch.marks(plan, act),
            }
        })
        .collect()
}

pub(super) fn number(procedure: &Procedure, state: &str) -> u8 {
    let at = procedure.states.iter().position(|known| known.name == state);
    at.and_then(|at| u8::try_from(at).ok()).unwrap_or(OUTSIDE - 1)
}

/// A clock that is not running can be neither paused nor resumed nor extended: the engine refuses the act.
fn clock_terms(plan: &Plan<'_>, act: &Act, when: &mut Vec<Lean>) {
    let clock = |name: &str| plan.known(&Key::Clock(name.to_owned()));
    let is =
        |slot: usize, values: &[u8]| Lean::Any(values.iter().map(|value| Lean::Is { slot, value: *value }).collect());
    when.extend(act.pauses.iter().filter_map(|pause| clock(&pause.clock)).map(|slot| is(slot, &[RUNNING, EXPIRED])));
    when.extend(act.resumes.iter().filter_map(|name| clock(name)).map(|slot| is(slot, &[PAUSED])));
    when.extend(act.extends.iter().filter_map(|name| clock(name)).map(|slot| is(slot, &[RUNNING, PAUSED])));
}

fn brings(plan: &Plan<'_>, act: &Act) -> Vec<usize> {
    let emptied = |field: &String| act.sets.get(field).is_some_and(serde_json::Value::is_null);
    let taken = act.takes.iter().filter(|take| take.required).map(|take| &take.field).filter(|field| !emptied(field));
    let set = act.sets.iter().filter(|(_, value)| !value.is_null()).map(|(name, _)| name);
    taken.chain(set).filter_map(|name| filled_slot(plan, name)).collect()
}

/// The slot that says whether a field, or a file, is there.
fn filled_slot(plan: &Plan<'_>, name: &str) -> Option<usize> {
    plan.known(&Key::Field(name.to_owned())).or_else(|| plan.known(&Key::File(name.to_owned())))
}

fn fills(plan: &Plan<'_>, act: &Act, sight: &Sight) -> Vec<(usize, Vec<u8>, bool)> {
    let of = |name: &str| {
        let compared = plan.number(name).and_then(|at| sight.fields.get(at));
        compared.filter(|compared| sight.sees(compared.slot))
    };
    let mut fills: Vec<(usize, Vec<u8>, bool)> = Vec::new();
    for take in act.takes.iter().filter(|take| !act.sets.contains_key(&take.field)) {
        let Some(compared) = of(&take.field) else { continue };
        let first = usize::from(take.required);
        let values = (first..compared.masks.len()).filter_map(|value| u8::try_from(value).ok()).collect();
        fills.push((compared.slot, values, !take.required));
    }
    for (name, value) in &act.sets {
        let Some(compared) = of(name) else { continue };
        let set = || values::of_constant(value, &compared.tests, &compared.masks);
        fills.push((compared.slot, if value.is_null() { vec![0] } else { set() }, false));
    }
    fills
}

fn effects(plan: &Plan<'_>, act: &Act) -> Vec<Effect> {
    let procedure = plan.procedure;
    let mut effects = Vec::new();
    let set = |key: Key, value: u8| plan.known(&key).map(|slot| Effect::Set { slot, value });
    let names = || procedure.acts.iter().flat_map(|act| std::iter::once(&act.name).chain(&act.tags));
    if act.new_round {
        effects.extend(names().filter_map(|name| set(Key::Done(name.clone()), 0)));
    }
    let add = |key: Key| plan.known(&key).map(|slot| Effect::Add { slot, cap: plan.cap(slot) });
    effects.extend(std::iter::once(&act.name).chain(&act.tags).filter_map(|name| add(Key::Done(name.clone()))));
    effects.extend(add(Key::Limit(act.name.clone())));
    if act.raises_level {
        effects.extend(add(Key::Level));
    }
    for take in &act.takes {
        let is_file = procedure.field(&take.field).is_some_and(|field| matches!(field.kind, FieldKind::File { .. }));
        if let Some(slot) = plan.known(&Key::File(take.field.clone())).filter(|_| is_file) {
            effects.push(if take.required { Effect::Set { slot, value: 1 } } else { Effect::May(slot) });
        }
    }
    if let Some(slot) = plan.known(&Key::Parts) {
        match &act.assigns {
            Some(Assigns::Fields { with: Some(_), .. }) => effects.push(Effect::Either(slot)),
            // Whether parts of an earlier hand stay open is left open.
            Some(_) => effects.push(Effect::Either(slot)),
            None => {}
        }
    }
    for issue in &act.issues {
        effects.extend(set(Key::Issued(issue.instrument.clone()), 1));
        effects.extend(set(Key::Received(issue.instrument.clone()), 0));
    }
    clocks(plan, act, &mut effects);
    if let Some(answer) = &act.answers {
        effects.extend(set(Key::Answer(answer.clone()), 1));
    }
    effects
}

fn clocks(plan: &Plan<'_>, act: &Act, effects: &mut Vec<Effect>) {
    let clock = |name: &String| plan.known(&Key::Clock(name.clone()));
    effects.extend(act.stops.iter().filter_map(clock).map(Effect::Stop));
    let paused = act.pauses.iter().filter_map(|pause| clock(&pause.clock));
    effects.extend(paused.map(|slot| Effect::Set { slot, value: PAUSED }));
    effects.extend(act.resumes.iter().filter_map(clock).map(|slot| Effect::Set { slot, value: RUNNING }));
    effects.extend(started(act).filter_map(clock).map(Effect::Start));
    for name in &act.receives {
        effects.extend(plan.known(&Key::Received(name.clone())).map(|slot| Effect::Set { slot, value: 1 }));
        effects.extend(on_receipt(plan.procedure, name).filter_map(clock).map(Effect::Start));
    }
}

/// Clocks that the act itself starts, those of publications included.
pub(super) fn started(act: &Act) -> impl Iterator<Item = &String> {
    act.starts.iter().chain(act.publishes.iter().map(|duty| &duty.clock))
}

/// Clocks that start when the instrument has been received.
pub(super) fn on_receipt<'a>(procedure: &'a Procedure, instrument: &'a str) -> impl Iterator<Item = &'a String> {
    let issues = procedure.acts.iter().flat_map(|act| &act.issues);
    issues.filter(move |issue| issue.instrument == instrument).flat_map(|issue| &issue.on_receipt_starts)
}
