//! Can every case end, is anything dead, and does any course run a clock round and round?

use super::judge::{titles, undecided};
use super::walk::{Graph, Ground, What};
use super::{Finding, Verdict};
use crate::constraint::Constraint;
use crate::procedure::definition::{Procedure, Text};

/// The pattern `ends`.
pub(super) fn check(ground: &Ground<'_>, constraint: &Constraint) -> Finding {
    let procedure = ground.plan.procedure;
    if let Some(why) = built_wrong(procedure) {
        return fault(ground, constraint, why, "fault", 0);
    }
    let graph = ground.walk();
    if graph.given_up {
        return undecided(ground, constraint, "状态太多", "there are too many states");
    }
    let number = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
    let reached = |state: usize| graph.nodes.iter().any(|node| usize::from(Ground::at(node, 0)) == state);
    let dead = procedure.states.iter().enumerate().find(|(at, _)| !reached(*at));
    if let Some((at, state)) = dead {
        let why = Text {
            zh: format!("状态“{}”无论如何到不了", state.title.zh),
            en: format!("nothing leads to the state `{}`", state.title.en),
        };
        return with_graph(ground, &graph, fault(ground, constraint, why, "dead_state", number(at)));
    }
    let done = |act: usize| graph.edges.iter().any(|edge| edge.what == What::Act(act));
    let idle = procedure.acts.iter().enumerate().filter(|(_, act)| !act.records_history).find(|(at, _)| !done(*at));
    if let Some((at, act)) = idle {
        let why = Text {
            zh: format!("行为“{}”在任何情况下都不能做", act.title.zh),
            en: format!("the act `{}` can never be done", act.title.en),
        };
        return with_graph(ground, &graph, fault(ground, constraint, why, "dead_act", number(at)));
    }
    let ranks = ranks(procedure, &graph);
    let stuck = ranks.iter().skip(1).position(|rank| *rank == u32::MAX).map(|at| at + 1);
    if let Some(node) = stuck {
        let path = graph.path_to(number(node));
        let state = graph.nodes.get(node).and_then(|node| procedure.states.get(usize::from(Ground::at(node, 0))));
        let title = state.map(|state| state.title.clone()).unwrap_or_default();
        let why = Text {
            zh: format!("走到“{}”以后，再也不能结束", title.zh),
            en: format!("from `{}` on this course the case can never end", title.en),
        };
        let mut finding = with_graph(ground, &graph, fault(ground, constraint, why, "stuck", number(node)));
        finding.path = titles(ground, &graph, &path);
        finding.proof.path = path;
        return finding;
    }
    let mut proof = ground.proof(&constraint.id, "ends", Verdict::Holds.name());
    ground.export_all(&graph, &mut proof);
    proof.orders = vec![ranks];
    Finding { verdict: Verdict::Holds, why: Text::default(), path: Vec::new(), proof }
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

/// How many steps each node is from a terminal state; the greatest number where it can never end.
fn ranks(procedure: &Procedure, graph: &Graph) -> Vec<u32> {
    let mut back: Vec<Vec<u32>> = vec![Vec::new(); graph.nodes.len()];
    for edge in &graph.edges {
        if let Some(list) = back.get_mut(edge.to as usize) {
            list.push(edge.from);
        }
    }
    let mut ranks = vec![u32::MAX; graph.nodes.len()];
    let mut queue: std::collections::VecDeque<u32> = std::collections::VecDeque::new();
    for (at, node) in graph.nodes.iter().enumerate() {
        let state = procedure.states.get(usize::from(Ground::at(node, 0)));
        if state.is_some_and(|state| state.end.is_some()) {
            if let Some(rank) = ranks.get_mut(at) {
                *rank = 0;
            }
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

/// A course on which a clock of the period runs on and the case comes back to the same node by way of another state, with the
/// place at which it begins to go round.
pub(super) fn endless(
    ground: &Ground<'_>,
    constraint: &Constraint,
    graph: &Graph,
) -> Option<(Finding, Vec<u32>, usize)> {
    for clock in 0..ground.watch.clocks.len() {
        let order = order(ground, graph, clock);
        let same = |edge: &&super::walk::Edge| order.get(edge.from as usize) == order.get(edge.to as usize);
        let turning = |edge: &&super::walk::Edge| state(graph, edge.from) != state(graph, edge.to);
        let found = graph
            .edges
            .iter()
            .enumerate()
            .find(|(_, edge)| runs_on(ground, graph, edge, clock) && same(edge) && turning(edge));
        let Some((at, edge)) = found else { continue };
        let mut path = graph.path_to(edge.from);
        let begins = path.len();
        path.extend(u32::try_from(at).ok());
        path.extend(way_back(ground, graph, edge.to, edge.from, clock));
        let mut proof = ground.proof(&constraint.id, ground.watch.shape.name(), Verdict::Violated.name());
        ground.export_path(graph, &path, &mut proof);
        "cycle".clone_into(&mut proof.claim);
        proof.about = u32::try_from(begins).unwrap_or(u32::MAX);
        let finding = Finding {
            verdict: Verdict::Violated,
            why: Text {
                zh: "这一圈可以一直转下去，期限一直在走，又没有次数上限".to_owned(),
                en: "this can go round for ever while the period runs, and nothing bounds it".to_owned(),
            },
            path: titles(ground, graph, &path),
            proof,
        };
        return Some((finding, path, begins));
    }
    None
}

fn state(graph: &Graph, node: u32) -> u8 {
    graph.nodes.get(node as usize).map_or(0, |node| Ground::at(node, 0))
}

/// Whether the clock runs on along the edge, on both its ends.
fn runs_on(ground: &Ground<'_>, graph: &Graph, edge: &super::walk::Edge, clock: usize) -> bool {
    let Some((_, _, since)) = ground.watch.clocks.get(clock) else { return false };
    let runs = |node: u32| graph.nodes.get(node as usize).is_some_and(|node| Ground::at(node, *since) > 0);
    // A new beginning of the period is not the old one running on.
    runs(edge.from) && runs(edge.to) && edge.letters & (super::watch::FIRST | super::watch::THEN) == 0
}

fn way_back(ground: &Ground<'_>, graph: &Graph, from: u32, to: u32, clock: usize) -> Vec<u32> {
    let mut out: Vec<Vec<u32>> = vec![Vec::new(); graph.nodes.len()];
    for (at, edge) in graph.edges.iter().enumerate().filter(|(_, edge)| runs_on(ground, graph, edge, clock)) {
        if let (Some(list), Ok(at)) = (out.get_mut(edge.from as usize), u32::try_from(at)) {
            list.push(at);
        }
    }
    let mut by: std::collections::BTreeMap<u32, u32> = std::collections::BTreeMap::new();
    let mut queue = std::collections::VecDeque::from([from]);
    while let Some(node) = queue.pop_front().filter(|node| *node != to) {
        for at in out.get(node as usize).into_iter().flatten() {
            let Some(edge) = graph.edges.get(*at as usize) else { continue };
            if edge.to != from && !by.contains_key(&edge.to) {
                by.insert(edge.to, *at);
                queue.push_back(edge.to);
            }
        }
    }
    let (mut path, mut at) = (Vec::new(), to);
    while at != from {
        let Some(edge) = by.get(&at) else { break };
        path.push(*edge);
        at = graph.edges.get(*edge as usize).map_or(from, |edge| edge.from);
    }
    path.reverse();
    path
}

/// Numbers nodes so that no edge on which the clock runs on leads to a lower number; two nodes have the same number where each
/// leads to the other. (Tarjan's strongly connected components come out last first.)
pub(super) fn order(ground: &Ground<'_>, graph: &Graph, clock: usize) -> Vec<u32> {
    let count = graph.nodes.len();
    let mut out: Vec<Vec<usize>> = vec![Vec::new(); count];
    for edge in graph.edges.iter().filter(|edge| runs_on(ground, graph, edge, clock)) {
        if let Some(list) = out.get_mut(edge.from as usize) {
            list.push(edge.to as usize);
        }
    }
    let mut found = Components {
        index: vec![None; count],
        low: vec![0; count],
        on: vec![false; count],
        stack: Vec::new(),
        number: vec![0; count],
        next: 0,
        components: 0,
    };
    for node in 0..count {
        found.visit(node, &out);
    }
    let last = found.components;
    found.number.iter().map(|number| last - number).collect()
}

struct Components {
    index: Vec<Option<u32>>,
    low: Vec<u32>,
    on: Vec<bool>,
    stack: Vec<usize>,
    number: Vec<u32>,
    next: u32,
    components: u32,
}

impl Components {
    /// Without recursion, since a course may be long.
    fn visit(&mut self, root: usize, out: &[Vec<usize>]) {
        if self.index.get(root).copied().flatten().is_some() {
            return;
        }
        let mut calls: Vec<(usize, usize)> = vec![(root, 0)];
        self.open(root);
        while let Some((node, place)) = calls.last_mut() {
            let (node, next) = (*node, out.get(*node).and_then(|list| list.get(*place)).copied());
            *place += 1;
            match next {
                Some(to) => match self.index.get(to).copied().flatten() {
                    None => {
                        self.open(to);
                        calls.push((to, 0));
                    }
                    Some(index) if self.on.get(to).copied().unwrap_or(false) => self.lower(node, index),
                    Some(_) => {}
                },
                None => {
                    calls.pop();
                    let low = self.low.get(node).copied().unwrap_or(0);
                    if self.index.get(node).copied().flatten() == Some(low) {
                        self.close(node);
                    }
                    if let Some((parent, _)) = calls.last() {
                        let parent = *parent;
                        self.lower(parent, low);
                    }
                }
            }
        }
    }

    fn open(&mut self, node: usize) {
        if let (Some(index), Some(low), Some(on)) =
            (self.index.get_mut(node), self.low.get_mut(node), self.on.get_mut(node))
        {
            (*index, *low, *on) = (Some(self.next), self.next, true);
        }
        self.next += 1;
        self.stack.push(node);
    }

    fn lower(&mut self, node: usize, to: u32) {
        if let Some(low) = self.low.get_mut(node) {
            *low = to.min(*low);
        }
    }

    fn close(&mut self, root: usize) {
        while let Some(node) = self.stack.pop() {
            if let (Some(on), Some(number)) = (self.on.get_mut(node), self.number.get_mut(node)) {
                (*on, *number) = (false, self.components);
            }
            if node == root {
                break;
            }
        }
        self.components += 1;
    }
}
