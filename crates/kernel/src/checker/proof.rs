//! What a verdict rests on, as `guiju-recheck` reads it. Format: `docs/formats/law-check.md`.

use serde::Serialize;

use super::moves::OUTSIDE;
use super::walk::{Edge, Graph, Ground, What};
use super::watch::Shape;

/// A verdict with the graph that it rests on and what is claimed of each node.
#[derive(Debug, Clone, Serialize, Default)]
pub struct Proof {
    pub v: u32,
    pub procedure: String,
    pub constraint: String,
    /// `before`, `gap`, `within`, `never`, `count`, `each` or `ends`.
    pub shape: String,
    /// For `count`: how often at most.
    pub most: u8,
    /// Demanded only after the act of the letter 32.
    pub once: bool,
    pub verdict: String,
    /// Acts by the number that edges name.
    pub acts: Vec<String>,
    /// States by the number that nodes name.
    pub states: Vec<String>,
    /// Numbers of terminal states.
    pub terminal: Vec<u8>,
    pub nodes: Vec<ProofNode>,
    pub edges: Vec<ProofEdge>,
    /// Edges of the course that breaks the constraint, in order.
    pub path: Vec<u32>,
    /// What else is claimed where it is violated: `edge`, `cycle`, `stuck`, `dead_act`, `dead_state`, `fault`.
    pub claim: String,
    /// For `cycle` the place in `path` at which it begins; for `dead_act` and `dead_state` the number.
    pub about: u32,
    /// For `within`, one list a clock: numbers of nodes that never fall along an edge on which the clock runs on, and rise
    /// where the state changes. For `ends`, one list: steps to a terminal state.
    pub orders: Vec<Vec<u32>>,
}

/// One node and what is claimed of every course to it.
#[derive(Debug, Clone, Serialize)]
pub struct ProofNode {
    /// 255: no case yet.
    pub state: u8,
    pub first: u8,
    pub waived: u8,
    pub once: u8,
    /// Clocks that have run since the period began, as bits.
    pub runs: u64,
}

/// One step: an act, or (`act` null) a period that ends.
#[derive(Debug, Clone, Serialize)]
pub struct ProofEdge {
    pub from: u32,
    pub to: u32,
    pub act: Option<u32>,
    /// 1 first, 2 then, 4 binds, 8 met, 16 waives, 32 once, 64 round, 128 sure.
    pub letters: u8,
}

impl Ground<'_> {
    pub(super) fn proof(&self, constraint: &str, shape: &str, verdict: &str) -> Proof {
        let procedure = self.plan.procedure;
        let terminal = procedure.states.iter().enumerate().filter(|(_, state)| state.end.is_some());
        Proof {
            v: 1,
            procedure: procedure.id.clone(),
            constraint: constraint.to_owned(),
            shape: shape.to_owned(),
            most: if let Shape::Count(most) = self.watch.shape { most } else { 0 },
            once: self.watch.once.is_some(),
            verdict: verdict.to_owned(),
            acts: procedure.acts.iter().map(|act| act.name.clone()).collect(),
            states: procedure.states.iter().map(|state| state.name.clone()).collect(),
            terminal: terminal.filter_map(|(at, _)| u8::try_from(at).ok()).collect(),
            ..Proof::default()
        }
    }

    pub(super) fn export_all(&self, graph: &Graph, proof: &mut Proof) {
        proof.nodes = graph.nodes.iter().map(|node| self.export_node(node)).collect();
        proof.edges = graph.edges.iter().map(export_edge).collect();
    }

    /// Only the edges of the path, their ends numbered anew.
    pub(super) fn export_path(&self, graph: &Graph, path: &[u32], proof: &mut Proof) {
        let mut numbers: Vec<u32> = Vec::new();
        let mut number = |node: u32, proof: &mut Proof| {
            let at = numbers.iter().position(|known| *known == node).unwrap_or_else(|| {
                numbers.push(node);
                let known = graph.nodes.get(node as usize);
                proof.nodes.extend(known.map(|node| self.export_node(node)));
                numbers.len() - 1
            });
            u32::try_from(at).unwrap_or(u32::MAX)
        };
        number(0, proof);
        for edge in path.iter().filter_map(|edge| graph.edges.get(*edge as usize)) {
            let (from, to) = (number(edge.from, proof), number(edge.to, proof));
            proof.path.push(u32::try_from(proof.edges.len()).unwrap_or(u32::MAX));
            proof.edges.push(ProofEdge { from, to, ..export_edge(edge) });
        }
    }

    fn export_node(&self, node: &[u8]) -> ProofNode {
        let at = |slot: usize| Self::at(node, slot);
        let clocks = 0..self.watch.clocks.len().min(64);
        ProofNode {
            state: node.first().copied().unwrap_or(OUTSIDE),
            first: at(self.watch.first),
            waived: at(self.watch.waived),
            once: self.watch.once.map_or(0, at),
            runs: clocks.filter(|clock| self.runs(node, *clock)).fold(0, |bits, clock| bits | 1 << clock),
        }
    }
}

fn export_edge(edge: &Edge) -> ProofEdge {
    let act = match edge.what {
        What::Act(act) => u32::try_from(act).ok(),
        What::Ends(_) => None,
    };
    ProofEdge { from: edge.from, to: edge.to, act, letters: edge.letters }
}

impl Graph {
    /// Every node that can be come to from a node, itself included.
    pub(super) fn reached_from(&self, node: u32) -> Vec<u32> {
        let mut out: Vec<Vec<u32>> = vec![Vec::new(); self.nodes.len()];
        for edge in &self.edges {
            out.iter_mut().skip(edge.from as usize).take(1).for_each(|list| list.push(edge.to));
        }
        let (mut seen, mut open) = (vec![false; self.nodes.len()], vec![node]);
        let mut found = Vec::new();
        while let Some(node) = open.pop() {
            let Some(mark) = seen.get_mut(node as usize).filter(|mark| !**mark) else { continue };
            *mark = true;
            found.push(node);
            open.extend(out.get(node as usize).into_iter().flatten());
        }
        found
    }

    /// The edges by which a node was first reached, in order.
    pub(super) fn path_to(&self, node: u32) -> Vec<u32> {
        let mut path = Vec::new();
        let mut at = node;
        while let Some(edge) = self.reached_by.get(at as usize).copied().flatten() {
            path.push(edge);
            let Some(known) = self.edges.get(edge as usize) else { break };
            at = known.from;
        }
        path.reverse();
        path
    }
}
