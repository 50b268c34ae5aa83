//! A case as far as anybody may ask about it, and what each act makes of it.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

use guiju_kernel::procedure::definition::{Act, FieldKind, Moment, TimerDoes};
use guiju_kernel::procedure::guard::{Bound, Guard, Test};

use super::Ground;
use super::demand::Letters;

/// A value as text, and how it lies beside each parameter that it is compared with.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Content {
    pub(super) value: String,
    pub(super) beside: BTreeMap<String, i8>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Condition {
    Running,
    Paused,
    Expired,
    Stopped,
}

/// A case, or none yet.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Default)]
pub(super) struct Node {
    pub(super) state: Option<String>,
    pub(super) done: BTreeMap<String, u32>,
    pub(super) times: BTreeMap<String, u32>,
    pub(super) fields: BTreeMap<String, Content>,
    pub(super) files: BTreeSet<String>,
    pub(super) answers: BTreeSet<String>,
    pub(super) issued: BTreeSet<String>,
    pub(super) received: BTreeSet<String>,
    pub(super) clocks: BTreeMap<String, Condition>,
    pub(super) level: u32,
    // What the constraint remembers.
    pub(super) first: u32,
    pub(super) waived: bool,
    pub(super) once: bool,
    pub(super) hands: BTreeSet<String>,
    pub(super) since: BTreeSet<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Step {
    Act(String),
    /// The period of this clock ends.
    Ends(String),
}

impl Node {
    pub(super) fn runs(&self, clock: &str) -> bool {
        self.clocks.get(clock).is_some_and(|now| *now != Condition::Stopped)
    }

    /// Whether the clock has run since the period began, and does not stand still.
    pub(super) fn runs_since(&self, clock: &str) -> bool {
        self.since.contains(clock) && self.clocks.get(clock) != Some(&Condition::Paused)
    }

    fn stop(&mut self, clock: &str) {
        if self.runs(clock) {
            self.clocks.insert(clock.to_owned(), Condition::Stopped);
        }
    }

    fn start(&mut self, clock: &str) {
        if !self.runs(clock) {
            self.clocks.insert(clock.to_owned(), Condition::Running);
        }
    }
}

/// What anybody asks for: acts and tags with the greatest count, fields with their tests, files, the level.
#[derive(Debug, Default)]
pub(super) struct Asked {
    pub(super) done: BTreeMap<String, u32>,
    pub(super) tests: BTreeMap<String, Vec<Test>>,
    pub(super) level: u32,
    /// Values that each field may take.
    pub(super) values: BTreeMap<String, Vec<Content>>,
}

impl Ground<'_> {
    pub(super) fn asked(&self) -> Asked {
        let mut asked = Asked::default();
        for act in &self.procedure.acts {
            self.ask(&act.when, &mut asked, 0);
            act.from.iter().for_each(|(_, guard)| self.ask(guard, &mut asked, 0));
        }
        self.procedure.timers.iter().for_each(|timer| self.ask(&timer.when, &mut asked, 0));
        self.ask(&self.constraint.condition, &mut asked, 0);
        for field in &self.procedure.fields {
            asked.tests.entry(field.name.clone()).or_default();
        }
        asked.values = asked.tests.iter().map(|(field, tests)| (field.clone(), self.values(field, tests))).collect();
        asked
    }

    fn ask(&self, guard: &Guard, asked: &mut Asked, depth: u32) {
        let mut test = |field: &str, is: &Test| asked.tests.entry(field.to_owned()).or_default().push(is.clone());
        match guard {
            Guard::All(inner) | Guard::Any(inner) => inner.iter().for_each(|one| self.ask(one, asked, depth)),
            Guard::Not(inner) => self.ask(inner, asked, depth),
            Guard::Field { name, is } => test(name, is),
            Guard::Term { name, is } => {
                self.procedure.terms.get(name).into_iter().for_each(|field| test(field, is));
            }
            Guard::Fact(name) if depth < 8 => {
                self.facts.get(name).into_iter().for_each(|meaning| self.ask(meaning, asked, depth + 1));
            }
            Guard::ActDone { name, times } => {
                let most = asked.done.entry(name.clone()).or_default();
                *most = (*most).max(*times);
            }
            Guard::Level(level) => asked.level = asked.level.max(*level),
            _ => {}
        }
    }

    /// Every value that some test could tell from the others.
    fn values(&self, field: &str, tests: &[Test]) -> Vec<Content> {
        let Some(field) = self.procedure.fields.iter().find(|known| known.name == field) else { return Vec::new() };
        let plain = |value: &str| Content { value: value.to_owned(), beside: BTreeMap::new() };
        let mut named: BTreeSet<String> = BTreeSet::new();
        let (mut numbers, mut params) = (BTreeSet::new(), BTreeSet::new());
        for test in tests {
            match test {
                Test::Is(value) => named.extend([word(value)]),
                Test::In(values) => named.extend(values.iter().map(word)),
                Test::AtLeast(Bound::Number(number)) | Test::AtMost(Bound::Number(number)) => {
                    numbers.extend([*number, number + 1]);
                }
                Test::AtLeast(Bound::Param(name)) | Test::AtMost(Bound::Param(name)) => _ = params.insert(name.clone()),
                Test::Present => {}
            }
        }
        let set =
            self.procedure.acts.iter().filter_map(|act| act.sets.get(&field.name)).filter(|value| !value.is_null());
        let constants: Vec<String> = set.map(word).collect();
        match &field.kind {
            FieldKind::Flag => ["true", "false"].map(plain).to_vec(),
            FieldKind::Enum { choices, .. } => choices.iter().map(|choice| plain(&choice.value)).collect(),
            FieldKind::Money | FieldKind::Integer { .. } => {
                let points = named.iter().chain(&constants).filter_map(|word| word.parse::<i64>().ok());
                numbers.extend(points.flat_map(|point| [point, point + 1]).collect::<Vec<_>>());
                numbers.insert(numbers.first().map_or(0, |least| least - 1));
                let mut all: Vec<Content> = numbers.iter().map(|number| plain(&number.to_string())).collect();
                for param in &params {
                    let beside = |one: &Content, side: i8| {
                        let mut one = one.clone();
                        one.beside.insert(param.clone(), side);
                        one
                    };
                    all = all.iter().flat_map(|one| [-1, 0, 1].map(|side| beside(one, side))).collect();
                }
                all
            }
            _ => named.iter().chain(&constants).map(|word| plain(word)).chain([plain("anything else")]).collect(),
        }
    }

    /// Everything that may happen next.
    pub(super) fn steps(&self, node: &Node, asked: &Asked) -> Vec<(Step, Letters, Node)> {
        let mut steps = Vec::new();
        for act in self.procedure.acts.iter().filter(|act| !act.records_history) {
            let open = (act.from.is_empty() && node.state.is_none()).then_some(&Guard::Always);
            let from = act.from.iter().filter(|(state, _)| node.state.as_ref() == Some(state)).map(|(_, guard)| guard);
            for guard in open.into_iter().chain(from) {
                for filled in self.filled(act, node, asked) {
                    if self.lawful(act, guard, &filled) {
                        let letters = self.letters(act, &filled);
                        let step = || Step::Act(act.name.clone());
                        let after = self.after(act, &filled, letters, asked);
                        steps.extend(after.into_iter().map(|next| (step(), letters, next)));
                    }
                }
            }
        }
        for (clock, _) in node.clocks.iter().filter(|(_, now)| **now == Condition::Running) {
            let mut next = node.clone();
            next.clocks.insert(clock.clone(), Condition::Expired);
            steps.push((Step::Ends(clock.clone()), Letters::default(), next));
        }
        steps
    }

    /// Every way to fill what the act takes.
    fn filled(&self, act: &Act, node: &Node, asked: &Asked) -> Vec<Node> {
        let mut ways = vec![node.clone()];
        for take in act.takes.iter().filter(|take| !act.sets.contains_key(&take.field) && !self.is_file(&take.field)) {
            let values = asked.values.get(&take.field).into_iter().flatten();
            let given = values.map(|value| Some(value.clone())).chain((!take.required).then_some(None));
            let given: Vec<Option<Content>> = given.collect();
            let fill = |way: &Node, value: &Option<Content>| with(way, &take.field, value.clone());
            let kept = ways.iter().filter(|_| !take.required).cloned();
            ways = ways.iter().flat_map(|way| given.iter().map(move |value| fill(way, value))).chain(kept).collect();
        }
        for (field, value) in &act.sets {
            if value.is_null() {
                ways = ways.iter().map(|way| with(way, field, None)).collect();
            } else {
                let fits: Vec<Content> = asked
                    .values
                    .get(field)
                    .into_iter()
                    .flatten()
                    .filter(|one| one.value == word(value))
                    .cloned()
                    .collect();
                let fill = |way: &Node| fits.iter().map(|one| with(way, field, Some(one.clone()))).collect::<Vec<_>>();
                ways = ways.iter().flat_map(fill).collect();
            }
        }
        ways
    }

    fn is_file(&self, field: &str) -> bool {
        self.procedure.field(field).is_some_and(|field| matches!(field.kind, FieldKind::File { .. }))
    }

    fn lawful(&self, act: &Act, guard: &Guard, node: &Node) -> bool {
        let now = |clock: &String| node.clocks.get(clock).copied();
        let fits = |guard: &Guard| self.weigh(guard, node, Some(false), 0) != Some(false);
        let bounded =
            act.at_most.as_ref().is_none_or(|most| node.times.get(&act.name).copied().unwrap_or(0) < most.times);
        let rings = act.by.is_empty() || !act.by.iter().all(|rule| rule.timer) || {
            let timers = self.procedure.timers.iter().filter(|timer| timer.does == TimerDoes::Act(act.name.clone()));
            timers.into_iter().any(|timer| {
                let moment = match &timer.at {
                    Moment::Fraction { clock, per_mille } => match now(clock) {
                        Some(Condition::Expired) => true,
                        Some(Condition::Running) => *per_mille < 1000,
                        _ => false,
                    },
                    _ => true,
                };
                moment && fits(&timer.when)
            })
        };
        fits(guard)
            && fits(&act.when)
            && bounded
            && rings
            && act.receives.iter().all(|name| node.issued.contains(name))
            && act.pauses.iter().all(|pause| matches!(now(&pause.clock), Some(Condition::Running | Condition::Expired)))
            && act.resumes.iter().all(|clock| now(clock) == Some(Condition::Paused))
            && act.extends.iter().all(|clock| matches!(now(clock), Some(Condition::Running | Condition::Paused)))
    }

    /// What the act leaves: one case for each way in which optional files may be given, none where a field lacks.
    fn after(&self, act: &Act, node: &Node, letters: Letters, asked: &Asked) -> Vec<Node> {
        let mut next = node.clone();
        if act.new_round {
            next.done.clear();
        }
        for name in std::iter::once(&act.name).chain(&act.tags) {
            if let Some(most) = asked.done.get(name) {
                let count = next.done.entry(name.clone()).or_default();
                *count = (*count + 1).min(*most);
            }
        }
        if let Some(most) = &act.at_most {
            let count = next.times.entry(act.name.clone()).or_default();
            *count = (*count + 1).min(most.times);
        }
        if act.raises_level {
            next.level = (next.level + 1).min(asked.level);
        }
        for issue in &act.issues {
            next.issued.insert(issue.instrument.clone());
            next.received.remove(&issue.instrument);
        }
        self.run_clocks(act, &mut next);
        next.answers.extend(act.answers.clone());
        let mut ways = vec![next];
        for take in act.takes.iter().filter(|take| self.is_file(&take.field)) {
            let mut given = ways.clone();
            given.iter_mut().for_each(|way| _ = way.files.insert(take.field.clone()));
            ways = if take.required { given } else { ways.into_iter().chain(given).collect() };
        }
        ways.retain(|way| self.has_what_the_state_needs(act, way));
        for way in &mut ways {
            self.remember(act, node, way, letters);
            if let Some(to) = &act.to {
                way.state = Some(to.clone());
                if self.procedure.state(to).is_some_and(|state| state.end.is_some()) {
                    let clocks: Vec<String> = way.clocks.keys().cloned().collect();
                    clocks.iter().for_each(|clock| way.stop(clock));
                }
            }
        }
        ways
    }

    fn has_what_the_state_needs(&self, act: &Act, node: &Node) -> bool {
        let needed =
            self.procedure.fields.iter().filter(|field| field.required_from.is_some() && field.required_from == act.to);
        needed.into_iter().all(|field| node.fields.contains_key(&field.name) || node.files.contains(&field.name))
    }

    fn run_clocks(&self, act: &Act, node: &mut Node) {
        act.stops.iter().for_each(|clock| node.stop(clock));
        for pause in &act.pauses {
            node.clocks.insert(pause.clock.clone(), Condition::Paused);
        }
        for clock in &act.resumes {
            node.clocks.insert(clock.clone(), Condition::Running);
        }
        for clock in act.starts.iter().chain(act.publishes.iter().map(|duty| &duty.clock)) {
            node.start(clock);
        }
        for name in &act.receives {
            node.received.insert(name.clone());
            let issues =
                self.procedure.acts.iter().flat_map(|act| &act.issues).filter(|issue| issue.instrument == *name);
            issues.flat_map(|issue| &issue.on_receipt_starts).for_each(|clock| node.start(clock));
        }
    }
}

pub(super) fn word(value: &serde_json::Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

pub(super) fn side(ordering: Ordering) -> i8 {
    match ordering {
        Ordering::Less => -1,
        Ordering::Equal => 0,
        Ordering::Greater => 1,
    }
}

fn with(node: &Node, field: &str, value: Option<Content>) -> Node {
    let mut next = node.clone();
    match value {
        Some(value) => _ = next.fields.insert(field.to_owned(), value),
        None => _ = next.fields.remove(field),
    }
    next
}
