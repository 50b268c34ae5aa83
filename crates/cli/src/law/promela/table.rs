//! Proofs as the tables that `course.pml` walks.
//!
//! Every graph is walked at will. That no period runs round for ever, and that every case can end, is asked in further copies of the
//! nodes, which the walk may enter anywhere: along the edges on which the period runs on, or along the one step that the proof names
//! as leading towards an end. To go round in a copy is what no course may do.

use std::fmt::Write as _;

use guiju_kernel::checker::{Proof, ProofEdge};

const FIRST: u8 = 1;
const THEN: u8 = 2;
const SURE: u8 = 128;
/// Shapes by the numbers that `course.pml` gives them.
const SHAPES: [&str; 7] = ["before", "gap", "within", "never", "count", "each", "ends"];

/// Several graphs, their nodes numbered through.
#[derive(Default)]
pub(super) struct Table {
    graphs: Vec<[usize; 4]>,
    nodes: Vec<Place>,
}

#[derive(Default)]
struct Place {
    graph: usize,
    bad: bool,
    steps: Vec<Step>,
}

struct Step {
    to: usize,
    letters: u8,
    turns: bool,
}

/// What a walk may not come to.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Shows {
    /// A step that breaks the demand.
    Demand,
    Node(u32),
    State(u32),
    Act(u32),
    Terminal,
}

/// One table of every proof that claims that something holds.
pub(super) fn of_what_holds(proofs: &[Proof]) -> String {
    let mut table = Table::default();
    proofs.iter().for_each(|proof| table.add(proof, Shows::Demand, 0));
    table.text()
}

/// The tables that Spin is to answer as said, of a proof that claims a violation. None where it rests on the definition alone.
pub(super) fn of_violation(proof: &Proof) -> Vec<(&'static str, String)> {
    let one = |shows: Shows, start: u32| {
        let mut table = Table::default();
        table.add(proof, shows, start as usize);
        table.text()
    };
    match proof.claim.as_str() {
        "edge" | "cycle" => vec![("violated", one(Shows::Demand, 0))],
        "stuck" => vec![("violated", one(Shows::Node(proof.about), 0)), ("holds", one(Shows::Terminal, proof.about))],
        "dead_act" => vec![("holds", one(Shows::Act(proof.about), 0))],
        "dead_state" => vec![("holds", one(Shows::State(proof.about), 0))],
        _ => Vec::new(),
    }
}

impl Table {
    fn text(&self) -> String {
        let edges: usize = self.nodes.iter().map(|node| node.steps.len()).sum();
        let mut text = format!("{} {} {edges}\n", self.graphs.len(), self.nodes.len());
        for [start, shape, most, once] in &self.graphs {
            _ = writeln!(text, "{start} {shape} {most} {once}");
        }
        let mut out = 0;
        for node in &self.nodes {
            _ = writeln!(text, "{} {} {out}", node.graph, u8::from(node.bad));
            out += node.steps.len();
        }
        for step in self.nodes.iter().flat_map(|node| &node.steps) {
            _ = writeln!(text, "{} {} {}", step.to, step.letters, u8::from(step.turns));
        }
        text
    }

    fn add(&mut self, proof: &Proof, shows: Shows, start: usize) {
        let offset = self.nodes.len();
        let shape = SHAPES.iter().position(|known| *known == proof.shape).unwrap_or(SHAPES.len());
        self.graphs.push([offset + start, shape, usize::from(proof.most), usize::from(proof.once)]);
        self.copy(proof);
        for (at, node) in proof.nodes.iter().enumerate() {
            let bad = match shows {
                Shows::Node(wanted) => at == wanted as usize,
                Shows::State(wanted) => u32::from(node.state) == wanted,
                Shows::Terminal => proof.terminal.contains(&node.state),
                Shows::Demand | Shows::Act(_) => false,
            };
            self.nodes.iter_mut().skip(offset + at).take(1).for_each(|place| place.bad = bad);
        }
        let forbidden = self.nodes.len();
        if let Shows::Act(_) = shows {
            self.nodes.push(Place { graph: self.graphs.len() - 1, bad: true, steps: Vec::new() });
        }
        for edge in &proof.edges {
            let done = shows == edge.act.map_or(Shows::Demand, Shows::Act);
            let to = if done && edge.act.is_some() { forbidden } else { offset + edge.to as usize };
            // A walk that is to show something else breaks no demand on its way.
            let letters = if shows == Shows::Demand { edge.letters } else { 0 };
            self.step(offset + edge.from as usize, Step { to, letters, turns: false });
        }
        if shows == Shows::Demand {
            self.rounds(proof, offset);
        }
    }

    fn rounds(&mut self, proof: &Proof, offset: usize) {
        if proof.shape == "within" && proof.claim != "edge" {
            let most = proof.nodes.iter().map(|node| u64::BITS - node.runs.leading_zeros()).max().unwrap_or(0);
            (0..most).for_each(|clock| self.running(proof, clock, offset));
        }
        if proof.shape == "ends" {
            self.ending(proof, offset);
        }
    }

    /// One more set of nodes; answers where it begins.
    fn copy(&mut self, proof: &Proof) -> usize {
        let (begins, graph) = (self.nodes.len(), self.graphs.len() - 1);
        self.nodes.extend(proof.nodes.iter().map(|_| Place { graph, ..Place::default() }));
        begins
    }

    fn step(&mut self, from: usize, step: Step) {
        if let Some(place) = self.nodes.get_mut(from) {
            place.steps.push(step);
        }
    }

    /// The copy in which one clock runs on.
    fn running(&mut self, proof: &Proof, clock: u32, offset: usize) {
        let begins = self.copy(proof);
        let node = |at: u32| proof.nodes.get(at as usize);
        let runs = |at: u32| node(at).is_some_and(|node| node.runs >> clock & 1 == 1);
        let enter = (0..proof.nodes.len()).filter(|at| u32::try_from(*at).is_ok_and(runs));
        enter.for_each(|at| self.step(offset + at, Step { to: begins + at, letters: 0, turns: false }));
        let on = |edge: &&ProofEdge| edge.letters & (FIRST | THEN) == 0 && runs(edge.from) && runs(edge.to);
        for edge in proof.edges.iter().filter(on) {
            let turns = node(edge.from).map(|node| node.state) != node(edge.to).map(|node| node.state);
            self.step(begins + edge.from as usize, Step { to: begins + edge.to as usize, letters: 0, turns });
        }
    }

    /// The copy in which only the step is taken that the proof names as leading towards an end; where it names none, the walk has
    /// come where it may not.
    fn ending(&mut self, proof: &Proof, offset: usize) {
        let begins = self.copy(proof);
        let ranks = proof.orders.first().map(Vec::as_slice).unwrap_or_default();
        let rank = |node: u32| ranks.get(node as usize).copied().unwrap_or(u32::MAX);
        for (at, node) in proof.nodes.iter().enumerate().skip(1) {
            self.step(offset + at, Step { to: begins + at, letters: 0, turns: false });
            let nearer = |edge: &&ProofEdge| {
                edge.from as usize == at && edge.letters & SURE != 0 && rank(edge.to) < rank(edge.from)
            };
            let step = proof.edges.iter().find(nearer);
            match step {
                _ if proof.terminal.contains(&node.state) => {}
                Some(edge) => {
                    self.step(begins + at, Step { to: begins + edge.to as usize, letters: 0, turns: true });
                }
                None => self.nodes.iter_mut().skip(begins + at).take(1).for_each(|place| place.bad = true),
            }
        }
    }
}
