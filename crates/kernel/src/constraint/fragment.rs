//! A constraint's own examples: a chain of acts, written in tags, made into a procedure that the checker can walk.
//!
//! Every term that the fragment or its constraint speaks of becomes a field that the opening act may fill with anything.

use std::collections::{BTreeMap, BTreeSet};

use super::{Constraint, Demand, Mark, Needed};
use crate::clock::ClockKind;
use crate::procedure::definition::{
    Act, ActorRule, AtMost, ClockDef, Extend, Field, FieldKind, InForce, Issue, PauseBy, Procedure, PublicationDuty,
    State, Subject, Take, Text, Visibility,
};
use crate::procedure::guard::Guard;

/// One step of a fragment.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Link {
    pub tag: Option<String>,
    /// There is also a way past it.
    pub optional: bool,
    /// It may be done again in the state that it leads to.
    pub repeat: bool,
    /// At most so often, where it repeats.
    pub at_most: Option<u32>,
    pub by: Vec<Party>,
    pub when: Guard,
    /// Terms whose fields it must fill.
    pub takes: Vec<String>,
    pub file: bool,
    pub issues: bool,
    /// The receipt of what was issued last before it.
    pub receives: bool,
    /// Clock -> parameter of its limit.
    pub starts: BTreeMap<String, String>,
    pub stops: Vec<String>,
    /// Clock -> cause.
    pub pauses: BTreeMap<String, String>,
    /// Its pauses name no notice to the party.
    pub silent: bool,
    pub resumes: Vec<String>,
    /// Clock -> parameter of the extension.
    pub extends: BTreeMap<String, String>,
    /// Parameters of the periods in which publication and service are owed.
    pub publishes: Option<String>,
    pub serves: Option<String>,
    pub basis: bool,
}

/// Who does a step.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Party {
    pub role: Option<String>,
    pub count: u32,
    pub card: Option<String>,
    pub holds: Option<String>,
    pub distinct_from: Vec<String>,
}

/// Makes the chain a procedure. `facts` are the statutes' facts, whose terms become fields; `known` says of a term what its
/// values are.
pub fn fragment(
    constraint: &Constraint,
    chain: &[Link],
    facts: &BTreeMap<String, Guard>,
    known: &dyn Fn(&str) -> FieldKind,
) -> Procedure {
    let terms = terms(constraint, chain, facts);
    let mut acts = vec![Act {
        name: "open".to_owned(),
        title: text("（开始）", "(start)"),
        to: Some(place(0)),
        by: vec![officer()],
        takes: terms.iter().map(|term| Take { field: term.clone(), required: false }).collect(),
        ..Act::default()
    }];
    for (at, link) in chain.iter().enumerate() {
        acts.extend(steps(chain, at, link));
    }
    let served = chain.iter().position(|link| link.serves.is_some());
    let length = chain.len() + usize::from(served.is_some());
    if let Some(at) = served {
        acts.push(Act {
            name: "service".to_owned(),
            title: text("送达", "service"),
            from: vec![(place(chain.len()), Guard::Always)],
            to: Some(place(length)),
            by: vec![officer()],
            receives: vec![instrument(at)],
            stops: vec![service(at)],
            ..Act::default()
        });
    }
    Procedure {
        id: constraint.id.clone(),
        realizes: constraint.only.first().cloned(),
        title: constraint.title.clone(),
        in_force: InForce { from: constraint.in_force.from, until: constraint.in_force.until },
        number: String::new(),
        subject: Subject::Nothing,
        headline: String::new(),
        fields: fields(&terms, known),
        terms: terms.iter().map(|term| (term.clone(), term.clone())).collect(),
        states: (0..=length).map(|at| state(at, length)).collect(),
        acts,
        clocks: clocks(chain),
        timers: Vec::new(),
        courier: Vec::new(),
    }
}

fn steps(chain: &[Link], at: usize, link: &Link) -> Vec<Act> {
    let title = link.tag.as_deref().unwrap_or(if link.receives { "receipt" } else { "step" });
    let mut act = Act {
        name: format!("step{at}"),
        title: text(title, title),
        from: vec![(place(at), Guard::Always)],
        to: Some(place(at + 1)),
        by: if link.by.is_empty() { vec![officer()] } else { link.by.iter().map(rule).collect() },
        when: link.when.clone(),
        takes: link.takes.iter().map(|term| Take { field: term.clone(), required: true }).collect(),
        tags: link.tag.iter().cloned().collect(),
        basis: if link.basis { vec![String::from("fragment#1")] } else { Vec::new() },
        starts: link.starts.keys().cloned().collect(),
        stops: link.stops.clone(),
        resumes: link.resumes.clone(),
        extends: link.extends.keys().cloned().collect(),
        at_most: link.at_most.map(|times| AtMost { times, reason: Text::default() }),
        ..Act::default()
    };
    if link.file {
        act.takes.push(Take { field: FILE.to_owned(), required: true });
    }
    let told = !link.pauses.is_empty() && !link.silent;
    if link.issues || link.serves.is_some() || told {
        act.issues.push(Issue { instrument: instrument(at), title: act.title.clone(), on_receipt_starts: Vec::new() });
    }
    if link.serves.is_some() {
        act.starts.push(service(at));
    }
    if link.receives {
        let issued = chain.iter().take(at).rposition(|link| link.issues || link.serves.is_some());
        act.receives.extend(issued.map(instrument));
        act.stops.extend(issued.filter(|at| chain.get(*at).is_some_and(|link| link.serves.is_some())).map(service));
    }
    let notice = told.then(|| instrument(at));
    act.pauses = link
        .pauses
        .iter()
        .map(|(clock, cause)| PauseBy { clock: clock.clone(), cause: cause.clone(), notice: notice.clone() })
        .collect();
    if link.publishes.is_some() {
        act.publishes.push(PublicationDuty { what: "it".to_owned(), clock: publication(at), withheld: Vec::new() });
    }
    let mut acts = Vec::new();
    if link.repeat {
        act.from.push((place(at + 1), Guard::Always));
    }
    if link.optional {
        acts.push(Act {
            name: format!("past{at}"),
            title: text("（跳过）", "(passed over)"),
            from: vec![(place(at), Guard::Always)],
            to: Some(place(at + 1)),
            by: vec![officer()],
            ..Act::default()
        });
    }
    acts.push(act);
    acts
}

const FILE: &str = "file";

fn text(zh: &str, en: &str) -> Text {
    Text { zh: zh.to_owned(), en: en.to_owned() }
}

fn place(at: usize) -> String {
    format!("s{at}")
}

fn instrument(at: usize) -> String {
    format!("instrument{at}")
}

fn publication(at: usize) -> String {
    format!("publication{at}")
}

fn service(at: usize) -> String {
    format!("service{at}")
}

fn officer() -> ActorRule {
    ActorRule { count: 1, role: Some(String::from("-")), ..ActorRule::default() }
}

fn rule(party: &Party) -> ActorRule {
    ActorRule {
        role: Some(party.role.clone().unwrap_or_else(|| String::from("-"))),
        count: party.count.max(1),
        card: party.card.clone(),
        holds: party.holds.clone(),
        distinct_from: party.distinct_from.clone(),
        ..ActorRule::default()
    }
}

fn state(at: usize, last: usize) -> State {
    let name = place(at);
    State {
        title: text(&name, &name),
        name,
        start: at == 0,
        end: (at == last).then(|| String::from("done")),
        holder: None,
    }
}

fn fields(terms: &BTreeSet<String>, known: &dyn Fn(&str) -> FieldKind) -> Vec<Field> {
    let field = |name: &str, kind: FieldKind| Field {
        name: name.to_owned(),
        title: text(name, name),
        hint: None,
        kind,
        visible: Visibility::Public,
        required_from: None,
        validate: Vec::new(),
        template: None,
        columns: Vec::new(),
    };
    let mut fields: Vec<Field> = terms.iter().map(|term| field(term, known(term))).collect();
    fields.push(field(FILE, FieldKind::File { types: Vec::new(), max_bytes: 0, most: 1 }));
    fields
}

fn clocks(chain: &[Link]) -> Vec<ClockDef> {
    let mut clocks: Vec<ClockDef> = Vec::new();
    let mut add = |name: &str, limit: &str| {
        if !clocks.iter().any(|clock| clock.name == name) {
            clocks.push(clock(chain, name, limit));
        }
    };
    for (at, link) in chain.iter().enumerate() {
        link.starts.iter().for_each(|(name, limit)| add(name, limit));
        link.publishes.iter().for_each(|limit| add(&publication(at), limit));
        link.serves.iter().for_each(|limit| add(&service(at), limit));
    }
    clocks
}

fn clock(chain: &[Link], name: &str, limit: &str) -> ClockDef {
    let causes = chain.iter().filter_map(|link| link.pauses.get(name)).cloned().collect();
    let extended = chain.iter().find_map(|link| link.extends.get(name));
    ClockDef {
        name: name.to_owned(),
        title: text(name, name),
        kind: ClockKind::Statutory,
        limit: limit.to_owned(),
        basis: Vec::new(),
        pause_causes: causes,
        extend: extended.map(|limit| Extend { by: String::new(), times: 1, limit: limit.clone() }),
        per_part: false,
        binds_holder: true,
    }
}

fn terms(constraint: &Constraint, chain: &[Link], facts: &BTreeMap<String, Guard>) -> BTreeSet<String> {
    let mut terms = BTreeSet::new();
    terms_of(&constraint.condition, facts, &mut terms, 0);
    if let Demand::Requires { what: Needed::Term(term), .. } = &constraint.demand {
        terms.insert(term.clone());
    }
    for link in chain {
        terms_of(&link.when, facts, &mut terms, 0);
        terms.extend(link.takes.iter().cloned());
    }
    terms
}

/// Facts are defined over terms and other facts; a definition that runs in a circle ends at the depth.
fn terms_of(guard: &Guard, facts: &BTreeMap<String, Guard>, terms: &mut BTreeSet<String>, depth: u8) {
    match guard {
        Guard::All(inner) | Guard::Any(inner) => inner.iter().for_each(|one| terms_of(one, facts, terms, depth)),
        Guard::Not(inner) => terms_of(inner, facts, terms, depth),
        Guard::Term { name, .. } => {
            terms.insert(name.clone());
        }
        Guard::Fact(name) if depth < 8 => {
            facts.get(name).into_iter().for_each(|meaning| terms_of(meaning, facts, terms, depth + 1));
        }
        _ => {}
    }
}

impl Demand {
    /// Every tag that the demand speaks of.
    pub fn tags(&self) -> Vec<&str> {
        match self {
            Self::Before { first, then } => vec![first, then],
            Self::MinGap { first, then, .. } | Self::Within { first, then, .. } => vec![Mark::tag(first), then],
            Self::Distinct { a, b } => vec![a, b],
            Self::Never { act, after } => vec![act, after],
            Self::Requires { act, .. }
            | Self::Actors { act, .. }
            | Self::Role { act, .. }
            | Self::Holds { act, .. }
            | Self::Publishes { act, .. }
            | Self::Serves { act, .. }
            | Self::AtMost { act, .. } => vec![act],
            Self::Ends => Vec::new(),
        }
    }
}
