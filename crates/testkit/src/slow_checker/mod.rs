//! The law checker said again the plain way: walk every course of a small procedure with everything in sight, remember everything
//! that anybody may ask for, and look at all of it.
//!
//! Fields hold values and not classes of them, nothing is forgotten, nothing is looked at later. Shares the definitions with the
//! checker and no code. What it means by a constraint stands in `docs/formats/law-check.md` and ADR 0110. It knows no joint handling.

mod demand;
mod node;
mod weigh;

use std::collections::{BTreeMap, BTreeSet};

use guiju_kernel::constraint::{Constraint, Demand};
use guiju_kernel::procedure::definition::Procedure;
use guiju_kernel::procedure::guard::Guard;

use demand::Letters;
use node::{Node, Step};

/// What came of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum SlowVerdict {
    Holds,
    Violated,
    Vacuous,
}

/// A constraint over a procedure, with what the statutes mean by their words.
#[derive(Clone, Copy)]
pub struct Question<'a> {
    pub procedure: &'a Procedure,
    pub constraint: &'a Constraint,
    pub facts: &'a BTreeMap<String, Guard>,
    /// Every dated value of a period, in days.
    pub periods: &'a BTreeMap<String, Vec<u32>>,
}

/// Everything that can be reached, by number.
struct Graph {
    nodes: Vec<Node>,
    edges: Vec<(usize, usize, Step, Letters)>,
}

/// The same, and clocks that are not looked at.
struct Ground<'a> {
    procedure: &'a Procedure,
    constraint: &'a Constraint,
    facts: &'a BTreeMap<String, Guard>,
    periods: &'a BTreeMap<String, Vec<u32>>,
    left_out: BTreeSet<String>,
}

/// Decides, or gives up (`None`) where more than so many nodes can be reached.
///
/// What has to be done within a period is done so where some of the clocks that are short enough keep it: the others may run round
/// for ever, since they measure something else.
pub fn decide(question: Question<'_>, most: usize) -> Option<SlowVerdict> {
    let Question { procedure, constraint, facts, periods } = question;
    let ground = |left_out| Ground { procedure, constraint, facts, periods, left_out };
    if !matches!(constraint.demand, Demand::Within { .. }) {
        return ground(BTreeSet::new()).decide(most);
    }
    let fitting = ground(BTreeSet::new()).fitting();
    let mut verdicts = BTreeSet::new();
    for choice in 0..1u32 << fitting.len() {
        let out = fitting.iter().enumerate().filter(|(at, _)| choice >> at & 1 == 0).map(|(_, clock)| clock.clone());
        verdicts.insert(ground(out.collect()).decide(most)?);
    }
    let kept = [SlowVerdict::Vacuous, SlowVerdict::Holds].into_iter().find(|verdict| verdicts.contains(verdict));
    Some(kept.unwrap_or(SlowVerdict::Violated))
}

impl Ground<'_> {
    fn decide(&self, most: usize) -> Option<SlowVerdict> {
        let graph = walk(self, most)?;
        if self.constraint.demand == Demand::Ends {
            return Some(if ends(self, &graph) { SlowVerdict::Holds } else { SlowVerdict::Violated });
        }
        let demanded = |(from, _, _, letters): &&(usize, usize, Step, Letters)| {
            graph.nodes.get(*from).is_some_and(|node| self.demanded(node, *letters))
        };
        let broken = graph
            .edges
            .iter()
            .filter(demanded)
            .any(|(from, _, _, letters)| graph.nodes.get(*from).is_some_and(|node| self.breaks(node, *letters)));
        if broken || endless(self, &graph) {
            return Some(SlowVerdict::Violated);
        }
        let begun = |(from, ..): &(usize, usize, Step, Letters)| {
            !self.measures() || graph.nodes.get(*from).is_some_and(|node| node.first > 0)
        };
        let bound = graph.edges.iter().filter(demanded).any(begun);
        Some(if bound { SlowVerdict::Holds } else { SlowVerdict::Vacuous })
    }
}

fn walk(ground: &Ground<'_>, most: usize) -> Option<Graph> {
    let asked = ground.asked();
    let mut known: BTreeMap<Node, usize> = BTreeMap::from([(Node::default(), 0)]);
    let mut graph = Graph { nodes: vec![Node::default()], edges: Vec::new() };
    let mut at = 0;
    while let Some(node) = graph.nodes.get(at).cloned() {
        for (step, letters, next) in ground.steps(&node, &asked) {
            let fresh = graph.nodes.len();
            let to = *known.entry(next.clone()).or_insert(fresh);
            if to == fresh {
                graph.nodes.push(next);
            }
            graph.edges.push((at, to, step, letters));
        }
        if graph.nodes.len() > most {
            return None;
        }
        at += 1;
    }
    Some(graph)
}

/// Whether somewhere a clock of the period runs on while the case goes round through another state.
fn endless(ground: &Ground<'_>, graph: &Graph) -> bool {
    if !matches!(ground.constraint.demand, Demand::Within { .. }) {
        return false;
    }
    ground.fitting().into_iter().any(|clock| {
        let runs = |at: usize| graph.nodes.get(at).is_some_and(|node| node.runs_since(&clock));
        let on: Vec<(usize, usize)> = graph
            .edges
            .iter()
            .filter(|(from, to, _, letters)| runs(*from) && runs(*to) && !letters.first && !letters.then)
            .map(|(from, to, ..)| (*from, *to))
            .collect();
        let state = |at: usize| graph.nodes.get(at).map(|node| node.state.clone());
        on.iter().any(|(from, to)| state(*from) != state(*to) && reached(*to, &on).contains(from))
    })
}

fn reached(from: usize, edges: &[(usize, usize)]) -> BTreeSet<usize> {
    let (mut found, mut open) = (BTreeSet::from([from]), vec![from]);
    while let Some(node) = open.pop() {
        let next = edges.iter().filter(|(at, _)| *at == node).map(|(_, to)| *to);
        open.extend(next.filter(|to| found.insert(*to)).collect::<Vec<_>>());
    }
    found
}

/// One start, nothing leaves an end, nothing is dead, every case can end.
fn ends(ground: &Ground<'_>, graph: &Graph) -> bool {
    let procedure = ground.procedure;
    let ended = |name: &str| procedure.states.iter().any(|state| state.name == name && state.end.is_some());
    let sound = procedure.states.iter().filter(|state| state.start).count() == 1
        && !procedure.acts.iter().any(|act| act.from.iter().any(|(from, _)| ended(from)));
    let visited = |name: &str| graph.nodes.iter().any(|node| node.state.as_deref() == Some(name));
    let done = |name: &str| graph.edges.iter().any(|(_, _, step, _)| *step == Step::Act(name.to_owned()));
    let alive = procedure.states.iter().all(|state| visited(&state.name))
        && procedure.acts.iter().filter(|act| !act.records_history).all(|act| done(&act.name));
    let back: Vec<(usize, usize)> = graph.edges.iter().map(|(from, to, ..)| (*to, *from)).collect();
    let mut can_end = BTreeSet::new();
    for (at, node) in graph.nodes.iter().enumerate() {
        if node.state.as_deref().is_some_and(ended) && !can_end.contains(&at) {
            can_end.extend(reached(at, &back));
        }
    }
    sound && alive && (1..graph.nodes.len()).all(|at| can_end.contains(&at))
}
