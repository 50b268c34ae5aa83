//! Does any course run a clock round and round?

use super::judge::titles;
use super::walk::{Edge, Graph, Ground};
use super::watch::{FIRST, THEN};
use super::{Finding, Verdict};
use crate::constraint::Constraint;
use crate::procedure::definition::Text;

/// A course on which a clock of the period runs on and the case comes back to the same node by way of another state, with the
/// place at which it begins to go round.
pub(super) fn endless(
    ground: &Ground<'_>,
    constraint: &Constraint,
    graph: &Graph,
) -> Option<(Finding, Vec<u32>, usize)> {
    for clock in 0..ground.watch.clocks.len() {
        let order = order(ground, graph, clock);
        let same = |edge: &&Edge| order.get(edge.from as usize) == order.get(edge.to as usize);
        let turning = |edge: &&Edge| state(graph, edge.from) != state(graph, edge.to);
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
        let why = round(&titles(ground, graph, path.get(begins..).unwrap_or_default()));
        let finding = Finding { verdict: Verdict::Violated, why, path: titles(ground, graph, &path), proof };
        return Some((finding, path, begins));
    }
    None
}

fn round(steps: &[Text]) -> Text {
    let joined = |word: fn(&Text) -> &str| steps.iter().map(word).collect::<Vec<_>>().join(" → ");
    let (zh, en) = (joined(|step| &step.zh), joined(|step| &step.en));
    Text {
        zh: format!("“{zh}”这一圈可以一直转下去，期限一直在走，又没有次数上限"),
        en: format!("the round `{en}` can go on for ever while the period runs, and nothing bounds it"),
    }
}

fn state(graph: &Graph, node: u32) -> u8 {
    graph.nodes.get(node as usize).map_or(0, |node| Ground::at(node, 0))
}

/// Whether the clock runs on along the edge, on both its ends. One that stands still for a lawful cause does not.
fn runs_on(ground: &Ground<'_>, graph: &Graph, edge: &Edge, clock: usize) -> bool {
    let runs = |node: u32| graph.nodes.get(node as usize).is_some_and(|node| ground.runs(node, clock));
    // A new beginning of the period is not the old one running on.
    runs(edge.from) && runs(edge.to) && edge.letters & (FIRST | THEN) == 0
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
