//! What a constraint demands of an act, and what it remembers of those before.

use guiju_kernel::constraint::{Demand, Mark, Needed};
use guiju_kernel::procedure::definition::{Act, ActorRule, FieldKind};
use guiju_kernel::procedure::guard::Test;

use super::Ground;
use super::node::{Condition, Node};

/// What an act means to the constraint where it is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Letters {
    pub(super) first: bool,
    pub(super) then: bool,
    pub(super) binds: bool,
    pub(super) met: bool,
    pub(super) waives: bool,
    pub(super) once: bool,
    pub(super) round: bool,
}

fn bears(act: &Act, tag: &str) -> bool {
    act.tags.iter().any(|known| known == tag)
}

impl Ground<'_> {
    pub(super) fn demanded(&self, node: &Node, letters: Letters) -> bool {
        letters.then && letters.binds && !node.waived && (self.constraint.once.is_none() || node.once)
    }

    pub(super) fn breaks(&self, node: &Node, letters: Letters) -> bool {
        match self.constraint.demand {
            Demand::Before { .. } => node.first == 0,
            Demand::MinGap { .. } | Demand::Within { .. } => node.first > 0 && !letters.met,
            Demand::Never { .. } => node.first > 0,
            Demand::AtMost { times, .. } => node.first >= times,
            _ => !letters.met,
        }
    }

    /// Whether the demand is about time since an act.
    pub(super) fn measures(&self) -> bool {
        matches!(self.constraint.demand, Demand::MinGap { .. } | Demand::Within { .. })
    }

    pub(super) fn letters(&self, act: &Act, node: &Node) -> Letters {
        let then = match &self.constraint.demand {
            Demand::Distinct { a, b } => bears(act, a) || bears(act, b),
            Demand::Before { then, .. } | Demand::MinGap { then, .. } | Demand::Within { then, .. } => bears(act, then),
            Demand::Ends => false,
            demand => demand.tags().first().is_some_and(|tag| bears(act, tag)),
        };
        let first = match &self.constraint.demand {
            Demand::Before { first, .. } => bears(act, first),
            Demand::MinGap { first, .. } => bears(act, first.tag()),
            Demand::Within { first, .. } => self.begins(act, first),
            Demand::Never { after, .. } => bears(act, after),
            Demand::AtMost { act: tag, .. } => bears(act, tag),
            _ => false,
        };
        let is = |tag: &Option<String>| tag.as_ref().is_some_and(|tag| bears(act, tag));
        let binds = then && self.weigh(&self.constraint.condition, node, None, 0) != Some(false);
        let met = then && self.met(act, node);
        let (waives, once) = (is(&self.constraint.waived_by), is(&self.constraint.once));
        Letters { first, then, binds, met, waives, once, round: act.new_round }
    }

    /// Whether the period counts from this act.
    fn begins(&self, act: &Act, mark: &Mark) -> bool {
        match mark {
            Mark::Act(tag) => bears(act, tag),
            Mark::Receipt(tag) => act.receives.iter().any(|name| {
                let issuing = self.procedure.acts.iter().filter(|other| bears(other, tag));
                issuing.flat_map(|other| &other.issues).any(|issue| issue.instrument == *name)
            }),
        }
    }

    fn not_longer(&self, a: &str, b: &str) -> bool {
        let days = |name: &str| self.periods.get(name).cloned().unwrap_or_default();
        a == b || days(a).iter().max().zip(days(b).iter().min()).is_some_and(|(longest, shortest)| longest <= shortest)
    }

    fn clock_within(&self, clock: &str, param: &str) -> bool {
        self.procedure.clock(clock).is_some_and(|clock| self.not_longer(&clock.limit, param))
    }

    /// The clocks that may keep the period.
    pub(super) fn fitting(&self) -> Vec<String> {
        let taken = self.procedure.clocks.iter().filter(|clock| !self.left_out.contains(&clock.name));
        let clocks = taken.filter(|clock| match &self.constraint.demand {
            Demand::MinGap { param, .. } => self.not_longer(param, &clock.limit),
            Demand::Within { param, pauses, extension, .. } => {
                let paused =
                    self.procedure.acts.iter().flat_map(|act| &act.pauses).filter(|one| one.clock == clock.name);
                let causes = clock.pause_causes.iter().chain(paused.map(|one| &one.cause));
                let extended = clock.extend.as_ref().is_none_or(|extend| {
                    let most = extension.as_ref();
                    most.is_some_and(|most| extend.times == 1 && self.not_longer(&extend.limit, most))
                });
                self.not_longer(&clock.limit, param)
                    && causes.into_iter().all(|cause| pauses.contains(cause))
                    && extended
            }
            _ => false,
        });
        clocks.map(|clock| clock.name.clone()).collect()
    }

    fn met(&self, act: &Act, node: &Node) -> bool {
        let officers: Vec<&ActorRule> = act.by.iter().filter(|rule| !rule.party && !rule.timer).collect();
        let alone = officers.len() < act.by.len();
        match &self.constraint.demand {
            Demand::MinGap { .. } => self
                .fitting()
                .iter()
                .any(|clock| node.since.contains(clock) && node.clocks.get(clock) == Some(&Condition::Expired)),
            Demand::Within { .. } => self.fitting().iter().any(|clock| node.since.contains(clock)),
            Demand::Requires { what, .. } => self.needs(what, act, node),
            Demand::Actors { count, card, .. } => {
                let fit = officers.iter().filter(|rule| card.is_none() || rule.card == *card);
                !alone && fit.map(|rule| rule.count.max(1)).sum::<u32>() >= *count
            }
            Demand::Role { role, .. } => {
                !alone && !officers.is_empty() && officers.iter().all(|rule| rule.role.as_ref() == Some(role))
            }
            Demand::Holds { qualification, .. } => {
                !alone && officers.iter().any(|rule| rule.holds.as_ref() == Some(qualification))
            }
            Demand::Publishes { param, .. } => act.publishes.iter().any(|duty| self.clock_within(&duty.clock, param)),
            Demand::Serves { param, .. } => {
                act.starts.iter().filter(|clock| self.clock_within(clock, param)).any(|clock| {
                    let serves = |other: &&Act| {
                        other.stops.contains(clock)
                            && act.issues.iter().any(|one| other.receives.contains(&one.instrument))
                    };
                    self.procedure.acts.iter().any(|other| serves(&other))
                })
            }
            Demand::Distinct { a, b } => {
                let both = bears(act, a) && bears(act, b);
                let mut others = self.procedure.acts.iter().filter(|other| node.hands.contains(&other.name));
                !both && !others.any(|other| self.same_person_may(act, other, a, b))
            }
            _ => false,
        }
    }

    fn needs(&self, what: &Needed, act: &Act, node: &Node) -> bool {
        match what {
            Needed::Term(term) => self
                .procedure
                .terms
                .get(term)
                .is_some_and(|field| self.compare(field, &Test::Present, node) == Some(true)),
            Needed::File => act.takes.iter().any(|take| {
                let field = self.procedure.field(&take.field);
                take.required && field.is_some_and(|field| matches!(field.kind, FieldKind::File { .. }))
            }),
            Needed::Issues => !act.issues.is_empty(),
            Needed::Notice => {
                let issues = || self.procedure.acts.iter().flat_map(|act| &act.issues);
                let told = |name: &Option<String>| issues().any(|one| Some(&one.instrument) == name.as_ref());
                !act.pauses.is_empty() && act.pauses.iter().all(|pause| told(&pause.notice))
            }
            Needed::Basis => !act.basis.is_empty(),
        }
    }

    /// Whether nothing keeps whoever did the other act from doing this one, where one bears `a` and the other `b`.
    fn same_person_may(&self, act: &Act, other: &Act, a: &str, b: &str) -> bool {
        let opposite = bears(act, a) && bears(other, b) || bears(act, b) && bears(other, a);
        let only_parties = |act: &Act| act.by.iter().all(|rule| rule.party || rule.timer);
        let some_party = |act: &Act| act.by.iter().any(|rule| rule.party);
        let apart = only_parties(act) && !some_party(other) || only_parties(other) && !some_party(act);
        let excluded = |rule: &ActorRule| {
            rule.timer || rule.distinct_from.iter().any(|name| *name == other.name || bears(other, name))
        };
        act.name != other.name && opposite && !apart && !act.by.iter().all(excluded)
    }

    /// Brings the memory up to date; `next` is the case after the act, still in its old state.
    pub(super) fn remember(&self, act: &Act, before: &Node, next: &mut Node, letters: Letters) {
        let demand = &self.constraint.demand;
        let counted = matches!(demand, Demand::AtMost { .. });
        if letters.round && !counted {
            (next.first, next.waived) = (0, false);
        }
        if letters.then && matches!(demand, Demand::Within { .. }) {
            next.first = 0;
        }
        next.waived |= letters.waives;
        if letters.first {
            next.first = match demand {
                Demand::AtMost { times, .. } => (next.first + 1).min(times + 1),
                _ => 1,
            };
            next.waived &= !self.measures();
        }
        next.once |= letters.once;
        if matches!(demand, Demand::Distinct { .. }) && letters.then {
            next.hands.insert(act.name.clone());
        }
        for clock in self.fitting() {
            if self.has_run_since(act, &clock, before, next, letters) {
                next.since.insert(clock);
            } else {
                next.since.remove(&clock);
            }
        }
    }

    fn has_run_since(&self, act: &Act, clock: &str, before: &Node, next: &Node, letters: Letters) -> bool {
        let stopped = act.stops.iter().any(|name| name == clock);
        let kept = before.since.contains(clock) && next.runs(clock) && !stopped;
        match &self.constraint.demand {
            Demand::MinGap { first, .. } => {
                let received = act.receives.iter().flat_map(|name| {
                    let issues = self.procedure.acts.iter().flat_map(|act| &act.issues);
                    issues.filter(move |issue| issue.instrument == *name).flat_map(|issue| &issue.on_receipt_starts)
                });
                let mut started = act.starts.iter().chain(act.publishes.iter().map(|duty| &duty.clock)).chain(received);
                let begun = started.any(|name| name == clock) && (!before.runs(clock) || stopped) && next.runs(clock);
                kept && !letters.first || self.begins(act, first) && begun
            }
            Demand::Within { .. } if letters.first => next.runs(clock),
            _ => kept && !letters.then,
        }
    }
}
