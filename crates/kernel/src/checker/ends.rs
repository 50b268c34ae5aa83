//! Can every case end, and is anything dead?
//!
//! An end is reached by acts that can be done whatever is out of sight, so that a graph that allows too much proves it all the same;
//! where no such act leads on, what its guards ask for is looked at as well. That an act is not dead is shown by a course to it that
//! can be gone with every guard on it looked at.

use std::collections::{BTreeSet, VecDeque};

use super::judge::{Course, Laid, titles, undecided};
use super::replay;
use super::sight::Atom;
use super::walk::{Edge, Graph, Ground, What};
use super::watch::SURE;
use super::{Finding, Verdict};
use crate::constraint::Constraint;
use crate::procedure::definition::{Procedure, Text};

/// What a look at one graph came to.
enum Look {
    Done(Box<Finding>),
    /// More has to be looked at.
    More(BTreeSet<Atom>),
}

/// The pattern `ends`.
pub(super) fn check(laid: &Laid<'_>) -> Finding {
    if let Some(why) = built_wrong(laid.plan.procedure) {
        return laid.on(&BTreeSet::new(), |ground| fault(ground, laid.constraint, why, "fault", 0));
    }
    if let Some(dead) = dead(laid) {
        return dead;
    }
    let mut atoms = BTreeSet::new();
    loop {
        match laid.on(&atoms, |ground| endings(laid, ground, &atoms)) {
            Look::Done(finding) => return *finding,
            Look::More(more) => atoms.extend(more),
        }
    }
}

/// Whether every case can end, as far as this graph tells.
fn endings(laid: &Laid<'_>, ground: &Ground<'_>, atoms: &BTreeSet<Atom>) -> Look {
    let constraint = laid.constraint;
    if ground.sight.too_many() {
        let (zh, en) = ("一个字段被比较的次数太多", "one field is compared too often");
        return Look::Done(Box::new(undecided(ground, constraint, zh, en)));
    }
    let graph = ground.walk();
    if graph.given_up {
        return Look::Done(Box::new(undecided(ground, constraint, "状态太多", "there are too many states")));
    }
    let ranks = ranks(laid.plan.procedure, &graph);
    let lost = |node: usize| ranks.get(node) == Some(&u32::MAX);
    let Some(stuck) = (1..graph.nodes.len()).find(|node| lost(*node)) else {
        let mut proof = ground.proof(&constraint.id, "ends", Verdict::Holds.name());
        ground.export_all(&graph, &mut proof);
        proof.orders = vec![ranks];
        return Look::Done(Box::new(Finding {
            verdict: Verdict::Holds,
            why: Text::default(),
            path: Vec::new(),
            proof,
        }));
    };
    let path = graph.path_to(number(stuck));
    let course = Course { acts: acts(&graph, &path), breaks: false };
    let more = way_out(ground, &graph, &ranks, &[number(stuck)])
        .or_else(|| replay::missing(laid, &course, atoms))
        .or_else(|| way_out(ground, &graph, &ranks, &graph.reached_from(number(stuck))));
    if let Some(more) = more.filter(|more| !more.is_subset(atoms)) {
        return Look::More(more);
    }
    let state =
        graph.nodes.get(stuck).and_then(|node| laid.plan.procedure.states.get(usize::from(Ground::at(node, 0))));
    let title = state.map(|state| state.title.clone()).unwrap_or_default();
    let why = Text {
        zh: format!("走到“{}”以后，再也不能结束", title.zh),
        en: format!("from `{}` on this course the case can never end", title.en),
    };
    let mut finding = with_graph(ground, &graph, fault(ground, constraint, why, "stuck", number(stuck)));
    finding.path = titles(ground, &graph, &path);
    finding.proof.path = path;
    Look::Done(Box::new(finding))
}

/// What an act asks for that would lead from one of the nodes towards an end; of several the one nearest to an end.
fn way_out(ground: &Ground<'_>, graph: &Graph, ranks: &[u32], nodes: &[u32]) -> Option<BTreeSet<Atom>> {
    let rank = |node: u32| ranks.get(node as usize).copied().unwrap_or(u32::MAX);
    let open = graph.edges.iter().filter(|edge| edge.letters & SURE == 0 && rank(edge.to) < u32::MAX);
    let mut open: Vec<_> = open.filter(|edge| nodes.contains(&edge.from) && rank(edge.from) == u32::MAX).collect();
    open.sort_by_key(|edge| rank(edge.to));
    open.into_iter().find_map(|edge| {
        let What::Act(act) = edge.what else { return None };
        let one = ground.moves.iter().find(|one| one.act == act)?;
        let state = Ground::at(graph.nodes.get(edge.from as usize)?, 0);
        let atoms = one.atoms_in(state).into_iter().filter(|atom| !ground.sight.looks_at(*atom));
        Some(atoms.collect::<BTreeSet<Atom>>()).filter(|atoms| !atoms.is_empty())
    })
}

/// The first state that nothing leads to, or act that can never be done.
fn dead(laid: &Laid<'_>) -> Option<Finding> {
    let acts = laid.plan.procedure.acts.iter().enumerate().filter(|(_, act)| !act.records_history);
    let mut open: BTreeSet<Wanted> = acts.map(|(at, _)| Wanted::Act(at)).collect();
    open.extend((0..laid.plan.procedure.states.len()).map(Wanted::State));
    let mut atoms = BTreeSet::new();
    loop {
        match laid.on(&atoms, |ground| alive(laid, ground, &atoms, &mut open))? {
            Look::Done(finding) => return Some(*finding),
            Look::More(more) => atoms.extend(more),
        }
    }
}

/// What has to be shown not to be dead.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Wanted {
    State(usize),
    Act(usize),
}

/// Strikes out what some course reaches that can be gone; none when nothing is left.
fn alive(laid: &Laid<'_>, ground: &Ground<'_>, atoms: &BTreeSet<Atom>, open: &mut BTreeSet<Wanted>) -> Option<Look> {
    let graph = ground.walk();
    let enters = |edge: &Edge| graph.nodes.get(edge.to as usize).map(|node| usize::from(Ground::at(node, 0)));
    while let Some(wanted) = open.first().copied() {
        let found = graph.edges.iter().position(|edge| match wanted {
            Wanted::State(state) => enters(edge) == Some(state),
            Wanted::Act(act) => edge.what == What::Act(act),
        });
        let Some(edge) = found else {
            let finding = nothing_leads_to(laid, ground, wanted);
            return Some(Look::Done(Box::new(with_graph(ground, &graph, finding))));
        };
        let mut path = graph.path_to(graph.edges.get(edge).map_or(0, |edge| edge.from));
        path.push(number(edge));
        let course = Course { acts: acts(&graph, &path), breaks: false };
        if let Some(more) = replay::missing(laid, &course, atoms).filter(|more| !more.is_subset(atoms)) {
            return Some(Look::More(more));
        }
        let gone = path.iter().filter_map(|edge| graph.edges.get(*edge as usize));
        gone.filter_map(enters).for_each(|state| _ = open.remove(&Wanted::State(state)));
        course.acts.iter().for_each(|act| _ = open.remove(&Wanted::Act(*act)));
        open.remove(&wanted);
    }
    None
}

fn nothing_leads_to(laid: &Laid<'_>, ground: &Ground<'_>, wanted: Wanted) -> Finding {
    let procedure = laid.plan.procedure;
    let (claim, about, why) = match wanted {
        Wanted::State(at) => {
            let title = procedure.states.get(at).map(|state| state.title.clone()).unwrap_or_default();
            let zh = format!("状态“{}”无论如何到不了", title.zh);
            ("dead_state", at, Text { zh, en: format!("nothing leads to the state `{}`", title.en) })
        }
        Wanted::Act(at) => {
            let title = procedure.acts.get(at).map(|act| act.title.clone()).unwrap_or_default();
            let zh = format!("行为“{}”在任何情况下都不能做", title.zh);
            ("dead_act", at, Text { zh, en: format!("the act `{}` can never be done", title.en) })
        }
    };
    fault(ground, laid.constraint, why, claim, number(about))
}

fn number(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

/// The acts on a path.
pub(super) fn acts(graph: &Graph, path: &[u32]) -> Vec<usize> {
    let edges = path.iter().filter_map(|edge| graph.edges.get(*edge as usize));
    edges.filter_map(|edge| if let What::Act(act) = edge.what { Some(act) } else { None }).collect()
}

fn fault(ground: &Ground<'_>, constraint: &Constraint, why: Text, claim: &str, about: u32) -> Finding {
    let mut proof = ground.proof(&constraint.id, "ends", Verdict::Violated.name());
    claim.clone_into(&mut proof.claim);
    proof.about = about;
    Finding { verdict: Verdict::Violated, why, path: Vec::new(), proof }
}

fn with_graph(ground: &Ground<'_>, graph: &Graph, mut finding: Finding) -> Finding {
    ground.export_all(graph, &mut finding.proof);
    finding
}

/// What is wrong whatever the conditions.
fn built_wrong(procedure: &Procedure) -> Option<Text> {
    let starts: Vec<&str> = procedure.states.iter().filter(|state| state.start).map(|state| &*state.title.zh).collect();
    if starts.len() != 1 {
        let (count, named) = (starts.len(), starts.join("、"));
        return Some(Text {
            zh: format!("起始状态应恰好一个，现有 {count} 个：{named}"),
            en: format!("there is one start state, and here are {count}: {named}"),
        });
    }
    let ended = |name: &str| procedure.state(name).filter(|state| state.end.is_some());
    for act in &procedure.acts {
        if let Some(state) = act.from.iter().find_map(|(from, _)| ended(from)) {
            return Some(Text {
                zh: format!("终结状态“{}”里还可以做“{}”", state.title.zh, act.title.zh),
                en: format!("`{}` is terminal, and `{}` can be done in it", state.title.en, act.title.en),
            });
        }
    }
    None
}

/// How many sure steps each node is from a terminal state; the greatest number where none lead there.
fn ranks(procedure: &Procedure, graph: &Graph) -> Vec<u32> {
    let mut back: Vec<Vec<u32>> = vec![Vec::new(); graph.nodes.len()];
    for edge in graph.edges.iter().filter(|edge| edge.letters & SURE != 0) {
        if let Some(list) = back.get_mut(edge.to as usize) {
            list.push(edge.from);
        }
    }
    let mut ranks = vec![u32::MAX; graph.nodes.len()];
    let mut queue: VecDeque<u32> = VecDeque::new();
    for (at, node) in graph.nodes.iter().enumerate() {
        let state = procedure.states.get(usize::from(Ground::at(node, 0)));
        if state.is_some_and(|state| state.end.is_some()) {
            ranks.iter_mut().skip(at).take(1).for_each(|rank| *rank = 0);
            queue.extend(u32::try_from(at).ok());
        }
    }
    while let Some(node) = queue.pop_front() {
        let next = ranks.get(node as usize).copied().unwrap_or(0).saturating_add(1);
        for from in back.get(node as usize).into_iter().flatten() {
            if let Some(rank) = ranks.get_mut(*from as usize).filter(|rank| **rank == u32::MAX) {
                *rank = next;
                queue.push_back(*from);
            }
        }
    }
    ranks
}
