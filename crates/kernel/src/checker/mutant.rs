//! A procedure with one thing removed or weakened: does anybody notice?

use crate::procedure::definition::{Act, Field, Procedure};
use crate::procedure::guard::Guard;

/// One change, and what of the law the changed part rests on.
#[derive(Debug, Clone)]
pub struct Mutant {
    /// What was changed: `decide: guard removed`.
    pub what: String,
    /// The basis of the act or clock that was changed.
    pub basis: Vec<String>,
    pub procedure: Procedure,
}

/// What the statutes around a procedure say, as far as its mutants need it.
pub struct Around<'a> {
    /// The statute that speaks of a term: what a mapping rests on.
    pub statute_of: &'a dyn Fn(&str) -> Option<String>,
    /// Whether two parameters have the same values: a clock that goes by the other one is no other clock.
    pub same_values: &'a dyn Fn(&str, &str) -> bool,
}

/// Every change of the procedure, one at a time, that could make a difference.
pub fn mutants(procedure: &Procedure, around: &Around<'_>) -> Vec<Mutant> {
    let mut all = Bench { procedure, around, found: Vec::new() };
    for (at, act) in procedure.acts.iter().enumerate().filter(|(_, act)| !act.records_history) {
        let mut without = procedure.clone();
        without.acts.remove(at);
        all.found.push(Mutant {
            what: format!("{}: act removed", act.name),
            basis: act.basis.clone(),
            procedure: without,
        });
        all.guards(at, act);
        all.clocks_of_act(at, act);
        all.causes(at, act);
        all.duties(at, act);
        all.actors(at, act);
    }
    all.clocks();
    for term in procedure.terms.keys() {
        let mut without = procedure.clone();
        without.terms.remove(term);
        let basis = (around.statute_of)(term).into_iter().collect();
        all.found.push(Mutant { what: format!("{term}: mapping dropped"), basis, procedure: without });
    }
    all.mappings();
    all.found
}

struct Bench<'a> {
    procedure: &'a Procedure,
    around: &'a Around<'a>,
    found: Vec<Mutant>,
}

impl Bench<'_> {
    fn act(&mut self, at: usize, act: &Act, what: &str, change: impl FnOnce(&mut Act)) {
        let mut procedure = self.procedure.clone();
        if let Some(changed) = procedure.acts.get_mut(at) {
            change(changed);
        }
        let what = format!("{}: {what}", act.name);
        self.found.push(Mutant { what, basis: act.basis.clone(), procedure });
    }

    fn guards(&mut self, at: usize, act: &Act) {
        if act.when != Guard::Always {
            self.act(at, act, "guard removed", |act| act.when = Guard::Always);
        }
        for (place, (state, guard)) in act.from.iter().enumerate() {
            if *guard != Guard::Always {
                self.act(at, act, &format!("guard of `{state}` removed"), |act| {
                    act.from.iter_mut().skip(place).take(1).for_each(|(_, guard)| *guard = Guard::Always);
                });
            }
        }
        if act.at_most.is_some() {
            self.act(at, act, "at_most removed", |act| act.at_most = None);
        }
    }

    fn clocks_of_act(&mut self, at: usize, act: &Act) {
        for name in &act.starts {
            self.act(at, act, &format!("start of `{name}` removed"), |act| act.starts.retain(|known| known != name));
        }
        // The end of a case stops every clock, whatever the act that ends it says.
        let ends = |state: &&str| self.procedure.state(state).is_some_and(|state| state.end.is_some());
        let stops = if act.to.as_deref().filter(ends).is_some() { &[] } else { act.stops.as_slice() };
        for name in stops {
            self.act(at, act, &format!("stop of `{name}` removed"), |act| act.stops.retain(|known| known != name));
        }
        for pause in act.pauses.iter().filter(|pause| pause.notice.is_some()) {
            self.act(at, act, &format!("notice of the pause of `{}` removed", pause.clock), |act| {
                act.pauses.iter_mut().filter(|known| known.clock == pause.clock).for_each(|known| known.notice = None);
            });
        }
    }

    /// The act pauses the clock for a cause of its own invention, which the clock then allows.
    fn causes(&mut self, at: usize, act: &Act) {
        for pause in &act.pauses {
            let mut procedure = self.procedure.clone();
            let invented = String::from("anything");
            let of_act = procedure.acts.get_mut(at).into_iter().flat_map(|act| &mut act.pauses);
            of_act.filter(|known| known.clock == pause.clock).for_each(|known| known.cause.clone_from(&invented));
            let clocks = procedure.clocks.iter_mut().filter(|known| known.name == pause.clock);
            clocks.for_each(|clock| clock.pause_causes.push(invented.clone()));
            let what = format!("{}: pauses `{}` for another cause", act.name, pause.clock);
            self.found.push(Mutant { what, basis: act.basis.clone(), procedure });
        }
    }

    fn duties(&mut self, at: usize, act: &Act) {
        for tag in &act.tags {
            self.act(at, act, &format!("tag `{tag}` removed"), |act| act.tags.retain(|known| known != tag));
        }
        for take in act.takes.iter().filter(|take| take.required) {
            self.act(at, act, &format!("field `{}` no longer needed", take.field), |act| {
                act.takes.iter_mut().filter(|known| known.field == take.field).for_each(|known| known.required = false);
            });
        }
        for issue in &act.issues {
            let name = &issue.instrument;
            self.act(at, act, &format!("instrument `{name}` no longer issued"), |act| {
                act.issues.retain(|known| known.instrument != *name);
            });
        }
        for duty in &act.publishes {
            self.act(at, act, &format!("publication of `{}` removed", duty.what), |act| {
                act.publishes.retain(|known| known.what != duty.what);
            });
        }
        if !act.basis.is_empty() {
            self.act(at, act, "basis removed", |act| act.basis.clear());
        }
    }

    fn actors(&mut self, at: usize, act: &Act) {
        for (place, rule) in act.by.iter().enumerate() {
            let mut weaken = |what: &str, change: &dyn Fn(&mut crate::procedure::definition::ActorRule)| {
                self.act(at, act, what, |act| act.by.iter_mut().skip(place).take(1).for_each(change));
            };
            if rule.count > 1 {
                weaken("one officer fewer", &|rule| rule.count -= 1);
            }
            if rule.card.is_some() {
                weaken("card no longer needed", &|rule| rule.card = None);
            }
            if rule.holds.is_some() {
                weaken("qualification no longer needed", &|rule| rule.holds = None);
            }
            if rule.listed.is_some() {
                weaken("no longer only who is listed", &|rule| rule.listed = None);
            }
            for name in &rule.distinct_from {
                weaken(&format!("no longer distinct from `{name}`"), &|rule| {
                    rule.distinct_from.retain(|known| known != name)
                });
            }
        }
    }

    /// Each term speaks for another field of the same kind instead.
    fn mappings(&mut self) {
        for (term, name) in &self.procedure.terms {
            let Some(field) = self.procedure.field(name) else { continue };
            let kind = std::mem::discriminant(&field.kind);
            let like = |other: &&Field| other.name != *name && std::mem::discriminant(&other.kind) == kind;
            let Some(other) = self.procedure.fields.iter().find(like) else { continue };
            let mut procedure = self.procedure.clone();
            procedure.terms.insert(term.clone(), other.name.clone());
            let what = format!("{term}: mapped to `{}` instead of `{name}`", other.name);
            let basis = (self.around.statute_of)(term).into_iter().collect();
            self.found.push(Mutant { what, basis, procedure });
        }
    }

    fn clocks(&mut self) {
        let other = |limit: &str| {
            let limits = self.procedure.clocks.iter().map(|clock| clock.limit.clone());
            limits.into_iter().find(|known| !(self.around.same_values)(known, limit))
        };
        let mut found = Vec::new();
        for (at, clock) in self.procedure.clocks.iter().enumerate() {
            let mut change = |what: &str, change: &dyn Fn(&mut crate::procedure::definition::ClockDef)| {
                let mut procedure = self.procedure.clone();
                procedure.clocks.iter_mut().skip(at).take(1).for_each(change);
                found.push(Mutant { what: format!("{}: {what}", clock.name), basis: clock.basis.clone(), procedure });
            };
            if let Some(limit) = other(&clock.limit) {
                change(&format!("limit becomes `{limit}`"), &|clock| clock.limit.clone_from(&limit));
            }
            change("one more cause of a pause", &|clock| clock.pause_causes.push(String::from("anything")));
            if clock.extend.is_some() {
                change("one more extension", &|clock| clock.extend.iter_mut().for_each(|extend| extend.times += 1));
            }
        }
        self.found.append(&mut found);
    }
}
