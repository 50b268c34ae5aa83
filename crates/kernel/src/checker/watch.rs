//! What a constraint remembers along a course, and what of it an act means: the letters of the proof.

use super::lean::Lean;
use super::limits::never_longer;
use super::moves::{EXPIRED, on_receipt, started};
use super::plan::{Key, Plan};
use crate::constraint::{Constraint, Demand, Mark, Needed};
use crate::procedure::definition::{Act, ActorRule, FieldKind, Procedure};
use crate::procedure::guard::Test;

/// The first act of a pattern is done (for a period from receipt: what it counts from).
pub(super) const FIRST: u8 = 1;
/// The act that the demand is about is done.
pub(super) const THEN: u8 = 2;
/// The demand's condition can hold.
pub(super) const BINDS: u8 = 4;
/// What is demanded of the act itself, or of its clock, is met.
pub(super) const MET: u8 = 8;
pub(super) const WAIVES: u8 = 16;
pub(super) const ONCE: u8 = 32;
pub(super) const ROUND: u8 = 64;
/// The act can be done whatever is out of sight.
pub(super) const SURE: u8 = 128;

/// How the memory decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    /// Bad without an earlier first.
    Before,
    /// Bad after a first, unless met. `ends`: the act ends what the first began.
    After { ends: bool },
    /// Bad after a first.
    Never,
    /// Bad after so many.
    Count(u8),
    /// Bad unless met.
    Each,
    /// Nothing is bad by itself: the graph as a whole is asked.
    Whole,
}

impl Shape {
    /// The word in proofs.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Before => "before",
            Self::After { ends: false } => "gap",
            Self::After { ends: true } => "within",
            Self::Never => "never",
            Self::Count(_) => "count",
            Self::Each => "each",
            Self::Whole => "ends",
        }
    }
}

/// The constraint laid over one procedure.
pub(super) struct Watch {
    pub(super) shape: Shape,
    /// Slots: first done (or how often), waived, once done.
    pub(super) first: usize,
    pub(super) waived: usize,
    pub(super) once: Option<usize>,
    pub(super) condition: Lean,
    pub(super) met: Lean,
    /// Each clock that may keep the period: its own slot, and whether it has run since the first.
    pub(super) clocks: Vec<(String, usize, usize)>,
    /// Acts of a separation of duties, each with the slot that says it was done.
    done: Vec<(String, usize)>,
    /// Acts that owe publication or service rightly, by name.
    owing: Vec<String>,
    constraint: Constraint,
}

/// What one act means to the constraint.
#[derive(Debug, Clone, Default)]
pub(super) struct Marks {
    pub(super) letters: u8,
    /// Whether the act itself meets the demand, where that is seen at once.
    pub(super) met: Option<bool>,
    /// Slots of acts whose doers this act does not exclude.
    pub(super) not_excluded: Vec<usize>,
    pub(super) sets: Option<usize>,
    /// The moment from which the period counts, and the clocks (by place) that the act starts then or stops.
    pub(super) counts_from: bool,
    pub(super) starts: Vec<usize>,
    pub(super) stops: Vec<usize>,
}

impl Watch {
    pub(super) fn new(plan: &mut Plan<'_>, constraint: &Constraint) -> Self {
        let shape = match &constraint.demand {
            Demand::Before { .. } => Shape::Before,
            Demand::MinGap { .. } => Shape::After { ends: false },
            Demand::Within { .. } => Shape::After { ends: true },
            Demand::Never { .. } => Shape::Never,
            Demand::AtMost { times, .. } => Shape::Count(u8::try_from(*times).unwrap_or(u8::MAX - 1)),
            Demand::Ends => Shape::Whole,
            _ => Shape::Each,
        };
        let cap = if let Shape::Count(most) = shape { most.saturating_add(1) } else { 1 };
        let clocks = clocks(plan, constraint);
        let mut watch = Self {
            shape,
            first: plan.slot(Key::Watch(0), cap),
            waived: plan.slot(Key::Watch(1), 1),
            once: constraint.once.as_ref().map(|_| plan.slot(Key::Watch(2), 1)),
            condition: plan.condition(&constraint.condition),
            met: Lean::Open,
            done: separated(plan, constraint),
            owing: owing(plan, constraint),
            clocks,
            constraint: constraint.clone(),
        };
        watch.met = watch.met(plan);
        watch
    }

    fn met(&self, plan: &mut Plan<'_>) -> Lean {
        let one = |slot: usize| Lean::AtLeast { slot, least: 1 };
        match &self.constraint.demand {
            Demand::MinGap { .. } => Lean::Any(
                self.clocks
                    .iter()
                    .map(|(_, clock, since)| Lean::All(vec![one(*since), Lean::Is { slot: *clock, value: EXPIRED }]))
                    .collect(),
            ),
            Demand::Within { .. } => Lean::Any(self.clocks.iter().map(|(_, _, since)| one(*since)).collect()),
            Demand::Requires { what: Needed::Term(term), .. } => match plan.procedure.terms.get(term).cloned() {
                Some(field) => plan.field(&field, &Test::Present),
                None => Lean::No,
            },
            _ => Lean::No,
        }
    }

    /// Reads off an act what it means.
    pub(super) fn marks(&self, plan: &Plan<'_>, act: &Act) -> Marks {
        let bears = |tag: &str| act.tags.iter().any(|known| known == tag);
        let letter = |there: bool, letter: u8| if there { letter } else { 0 };
        let constraint = &self.constraint;
        let procedure = plan.procedure;
        let (first, then) = self.meant(procedure, act);
        let waives = constraint.waived_by.as_deref().is_some_and(bears);
        let once = constraint.once.as_deref().is_some_and(bears);
        let letters = letter(first, FIRST)
            | letter(then, THEN)
            | letter(waives, WAIVES)
            | letter(once, ONCE)
            | letter(act.new_round, ROUND);
        let counts_from = match &constraint.demand {
            Demand::MinGap { first: mark, .. } | Demand::Within { first: mark, .. } => {
                counts_from(procedure, act, mark)
            }
            _ => false,
        };
        let received = act.receives.iter().flat_map(|name| on_receipt(procedure, name));
        let starting: Vec<&String> = started(act).chain(received).collect();
        let places = |names: &dyn Fn(&String) -> bool| {
            self.clocks.iter().enumerate().filter(|(_, (name, ..))| names(name)).map(|(at, _)| at).collect()
        };
        let other = |slot: &usize| self.done.iter().any(|(name, known)| known == slot && *name != act.name);
        let mine = self.done.iter().find(|(name, _)| *name == act.name).map(|(_, slot)| *slot);
        Marks {
            letters,
            met: self.at_once(procedure, act),
            not_excluded: self.not_excluded(procedure, act).into_iter().filter(|slot| other(slot)).collect(),
            sets: mine,
            counts_from,
            starts: places(&|name| starting.contains(&name)),
            stops: places(&|name| act.stops.contains(name)),
        }
    }

    fn meant(&self, procedure: &Procedure, act: &Act) -> (bool, bool) {
        let bears = |tag: &str| act.tags.iter().any(|known| known == tag);
        match &self.constraint.demand {
            Demand::Before { first, then } => (bears(first), bears(then)),
            Demand::MinGap { first, then, .. } => (bears(first.tag()), bears(then)),
            Demand::Within { first, then, .. } => (counts_from(procedure, act, first), bears(then)),
            Demand::Never { act: tag, after } => (bears(after), bears(tag)),
            Demand::AtMost { act: tag, .. } => (bears(tag), bears(tag)),
            Demand::Distinct { a, b } => (false, bears(a) || bears(b)),
            Demand::Requires { act: tag, .. }
            | Demand::Actors { act: tag, .. }
            | Demand::Role { act: tag, .. }
            | Demand::Holds { act: tag, .. }
            | Demand::Publishes { act: tag, .. }
            | Demand::Serves { act: tag, .. } => (false, bears(tag)),
            Demand::Ends => (false, false),
        }
    }

    fn at_once(&self, procedure: &Procedure, act: &Act) -> Option<bool> {
        let officers = || act.by.iter().filter(|rule| !rule.party && !rule.timer);
        // An act that a party or a timer may also do alone is not done by the officers that are demanded.
        let alone = || act.by.iter().any(|rule| rule.party || rule.timer);
        match &self.constraint.demand {
            Demand::Requires { what, .. } => match what {
                Needed::Term(_) => None,
                Needed::File => Some(takes_file(procedure, act)),
                Needed::Issues => Some(!act.issues.is_empty()),
                Needed::Notice => Some(
                    !act.pauses.is_empty()
                        && act.pauses.iter().all(|pause| {
                            let notice = pause.notice.as_ref();
                            notice.is_some_and(|name| issued(procedure, name))
                        }),
                ),
                Needed::Basis => Some(!act.basis.is_empty()),
            },
            Demand::Actors { count, card, .. } => {
                let fits = |rule: &&ActorRule| card.is_none() || rule.card == *card;
                let places = officers().filter(fits).map(|rule| rule.count.max(1)).fold(0, u32::saturating_add);
                Some(!alone() && places >= *count)
            }
            Demand::Role { role, .. } => Some(
                !alone() && officers().next().is_some() && officers().all(|rule| rule.role.as_deref() == Some(role)),
            ),
            Demand::Holds { qualification, .. } => {
                Some(!alone() && officers().any(|rule| rule.holds.as_deref() == Some(qualification)))
            }
            Demand::Publishes { .. } | Demand::Serves { .. } => Some(self.owing.contains(&act.name)),
            Demand::Distinct { a, b } => {
                let bears = |tag: &str| act.tags.iter().any(|known| known == tag);
                (bears(a) && bears(b)).then_some(false)
            }
            _ => None,
        }
    }

    /// For a separation of duties: acts of the other tag whose doers the rules of this act do not all exclude.
    fn not_excluded(&self, procedure: &Procedure, act: &Act) -> Vec<usize> {
        let Demand::Distinct { a, b } = &self.constraint.demand else { return Vec::new() };
        let bears = |act: &Act, tag: &str| act.tags.iter().any(|known| known == tag);
        let opposite = |other: &Act| (bears(act, a) && bears(other, b)) || (bears(act, b) && bears(other, a));
        let excludes = |rule: &ActorRule, other: &Act| {
            rule.timer
                || rule.distinct_from.iter().any(|name| *name == other.name || other.tags.iter().any(|tag| tag == name))
        };
        let slot = |other: &Act| self.done.iter().find(|(name, _)| *name == other.name).map(|(_, slot)| *slot);
        let others = procedure.acts.iter().filter(|other| opposite(other));
        let clash = |other: &&Act| {
            // A party and an officer are never one person.
            let parties = |act: &Act| act.by.iter().all(|rule| rule.party || rule.timer);
            let apart = (parties(act) && !other.by.iter().any(|rule| rule.party))
                || (parties(other) && !act.by.iter().any(|rule| rule.party));
            !apart && !act.by.iter().all(|rule| excludes(rule, other))
        };
        others.filter(clash).filter_map(slot).collect()
    }
}

fn takes_file(procedure: &Procedure, act: &Act) -> bool {
    act.takes
        .iter()
        .filter(|take| take.required)
        .any(|take| procedure.field(&take.field).is_some_and(|field| matches!(field.kind, FieldKind::File { .. })))
}

fn issued(procedure: &Procedure, instrument: &str) -> bool {
    procedure.acts.iter().flat_map(|act| &act.issues).any(|issue| issue.instrument == instrument)
}

/// Whether the period counts from this act: from the act itself, or from the receipt of what an act with the tag issues.
fn counts_from(procedure: &Procedure, act: &Act, mark: &Mark) -> bool {
    let bears = |act: &Act, tag: &str| act.tags.iter().any(|known| known == tag);
    match mark {
        Mark::Act(tag) => bears(act, tag),
        Mark::Receipt(tag) => {
            let issuing = procedure.acts.iter().filter(|other| bears(other, tag)).flat_map(|other| &other.issues);
            act.receives.iter().any(|name| issuing.clone().any(|issue| issue.instrument == *name))
        }
    }
}

/// The clocks that may keep the period, each given its slots.
fn clocks(plan: &mut Plan<'_>, constraint: &Constraint) -> Vec<(String, usize, usize)> {
    let (procedure, world) = (plan.procedure, plan.world);
    let fitting = procedure.clocks.iter().filter(|clock| !clock.per_part).filter(|clock| match &constraint.demand {
        Demand::MinGap { param, .. } => never_longer(world, param, &clock.limit),
        Demand::Within { param, pauses, extension, .. } => {
            let lawful = |cause: &String| pauses.contains(cause);
            let used = procedure.acts.iter().flat_map(|act| &act.pauses).filter(|pause| pause.clock == clock.name);
            let extended = clock.extend.as_ref().is_none_or(|extend| {
                extension.as_ref().is_some_and(|most| extend.times == 1 && never_longer(world, &extend.limit, most))
            });
            never_longer(world, &clock.limit, param)
                && clock.pause_causes.iter().all(lawful)
                && used.map(|pause| &pause.cause).all(lawful)
                && extended
        }
        _ => false,
    });
    let names: Vec<String> = fitting.map(|clock| clock.name.clone()).collect();
    names
        .into_iter()
        .enumerate()
        .map(|(at, name)| {
            let slot = plan.slot(Key::Clock(name.clone()), 4);
            (name, slot, plan.since(at, slot))
        })
        .collect()
}

/// Acts that owe publication within the period, or issue what another act serves within it.
fn owing(plan: &Plan<'_>, constraint: &Constraint) -> Vec<String> {
    let (procedure, world) = (plan.procedure, plan.world);
    let within =
        |clock: &str, param: &str| procedure.clock(clock).is_some_and(|clock| never_longer(world, &clock.limit, param));
    let right = |act: &&Act| match &constraint.demand {
        Demand::Publishes { param, .. } => act.publishes.iter().any(|duty| within(&duty.clock, param)),
        Demand::Serves { param, .. } => act.starts.iter().filter(|clock| within(clock, param)).any(|clock| {
            let serves = |other: &Act| {
                other.stops.contains(clock) && act.issues.iter().any(|issue| other.receives.contains(&issue.instrument))
            };
            procedure.acts.iter().any(serves)
        }),
        _ => false,
    };
    procedure.acts.iter().filter(right).map(|act| act.name.clone()).collect()
}

/// For a separation of duties, a slot for each act of either tag.
fn separated(plan: &mut Plan<'_>, constraint: &Constraint) -> Vec<(String, usize)> {
    let Demand::Distinct { a, b } = &constraint.demand else { return Vec::new() };
    let procedure = plan.procedure;
    let both = |act: &&Act| act.tags.iter().any(|tag| tag == a || tag == b);
    let names = procedure.acts.iter().filter(both).map(|act| act.name.clone()).enumerate();
    names
        .map(|(at, name)| {
            let slot = plan.slot(Key::Watch(100 + at), 1);
            (name, slot)
        })
        .collect()
}
