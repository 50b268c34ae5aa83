//! The graph, walked breadth first: every node once, every edge with the letters that it means to the constraint.

use std::collections::HashMap;

use super::lean::{Compared, Weight};
use super::moves::{EXPIRED, Effect, Move, OUTSIDE, RUNNING, STOPPED};
use super::plan::Key;
use super::plan::Plan;
use super::watch::{BINDS, FIRST, MET, ONCE, ROUND, Shape, THEN, WAIVES, Watch};

/// Above this the graph is given up, and what was asked counts as not kept.
pub(super) const MOST_NODES: usize = 400_000;

pub(super) type Node = Box<[u8]>;

/// What an edge is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum What {
    /// The act with this number in the procedure.
    Act(usize),
    /// The period of the clock in this slot ends.
    Ends(usize),
}

#[derive(Debug, Clone, Copy)]
pub(super) struct Edge {
    pub(super) from: u32,
    pub(super) to: u32,
    pub(super) what: What,
    pub(super) letters: u8,
}

/// Everything that can be reached.
pub(super) struct Graph {
    pub(super) nodes: Vec<Node>,
    pub(super) edges: Vec<Edge>,
    /// For each node the edge by which it was first reached.
    pub(super) reached_by: Vec<Option<u32>>,
    /// The first edge that breaks the constraint.
    pub(super) bad: Option<u32>,
    /// There were too many nodes.
    pub(super) given_up: bool,
}

/// What is walked.
pub(super) struct Ground<'a> {
    pub(super) plan: &'a Plan<'a>,
    pub(super) moves: &'a [Move],
    pub(super) watch: &'a Watch,
    pub(super) fields: &'a [Compared],
    /// Slots of clocks.
    pub(super) clocks: Vec<usize>,
    /// Slots in which the constraint remembers: they outlast the end of the case.
    pub(super) kept: Vec<usize>,
}

impl Ground<'_> {
    /// Walks until everything is known, or the first break is found.
    pub(super) fn walk(&self) -> Graph {
        let start: Node = {
            let mut node = vec![0; self.plan.width()];
            if let Some(state) = node.first_mut() {
                *state = OUTSIDE;
            }
            node.into()
        };
        let mut known: HashMap<Node, u32> = HashMap::from([(start.clone(), 0)]);
        let mut graph =
            Graph { nodes: vec![start], edges: Vec::new(), reached_by: vec![None], bad: None, given_up: false };
        let mut at = 0;
        while let Some(node) = graph.nodes.get(at).cloned() {
            let from = u32::try_from(at).unwrap_or(u32::MAX);
            for (what, letters, next) in self.steps(&node) {
                let to = match known.get(&next) {
                    Some(to) => *to,
                    None => {
                        let to = u32::try_from(graph.nodes.len()).unwrap_or(u32::MAX);
                        known.insert(next.clone(), to);
                        graph.nodes.push(next);
                        graph.reached_by.push(u32::try_from(graph.edges.len()).ok());
                        to
                    }
                };
                let edge = u32::try_from(graph.edges.len()).unwrap_or(u32::MAX);
                graph.edges.push(Edge { from, to, what, letters });
                if self.is_bad(&node, letters) {
                    graph.bad = Some(edge);
                    return graph;
                }
            }
            if graph.nodes.len() > MOST_NODES {
                graph.given_up = true;
                return graph;
            }
            at += 1;
        }
        graph
    }

    pub(super) fn at(node: &[u8], slot: usize) -> u8 {
        node.get(slot).copied().unwrap_or(0)
    }

    pub(super) fn demanded(&self, node: &[u8], letters: u8) -> bool {
        let once = self.watch.once.is_none_or(|slot| Self::at(node, slot) > 0);
        letters & THEN != 0 && letters & BINDS != 0 && once && Self::at(node, self.watch.waived) == 0
    }

    fn is_bad(&self, node: &[u8], letters: u8) -> bool {
        let first = Self::at(node, self.watch.first);
        self.demanded(node, letters)
            && match self.watch.shape {
                Shape::Before => first == 0,
                Shape::After { .. } => first > 0 && letters & MET == 0,
                Shape::Never => first > 0,
                Shape::Count(most) => first >= most,
                Shape::Each => letters & MET == 0,
            }
    }

    fn steps(&self, node: &Node) -> Vec<(What, u8, Node)> {
        let mut steps = Vec::new();
        let state = Self::at(node, 0);
        for one in self.moves {
            for (_, guard) in one.from.iter().filter(|(from, _)| *from == state) {
                self.filled(one, guard, node, &mut steps);
            }
        }
        for slot in self.clocks.iter().filter(|slot| Self::at(node, **slot) == RUNNING) {
            let mut next = node.clone();
            put(&mut next, *slot, EXPIRED);
            steps.push((What::Ends(*slot), 0, next));
        }
        steps
    }

    /// Every way to fill what the act takes.
    fn filled(&self, one: &Move, guard: &super::lean::Lean, node: &Node, steps: &mut Vec<(What, u8, Node)>) {
        let mut ways: Vec<Node> = vec![node.clone()];
        for (slot, values, may_keep) in &one.fills {
            let mut more = Vec::with_capacity(ways.len() * (values.len() + 1));
            for way in &ways {
                let old = Self::at(way, *slot);
                let kept = (*may_keep && !values.contains(&old)).then_some(old);
                for value in values.iter().copied().chain(kept) {
                    let mut next = way.clone();
                    put(&mut next, *slot, value);
                    more.push(next);
                }
            }
            ways = more;
        }
        for way in ways {
            let lawful = |lean: &super::lean::Lean| lean.weigh(&way, self.fields) != Weight::Fails;
            if lawful(guard) && lawful(&one.when) {
                self.done(one, &way, steps);
            }
        }
    }

    fn done(&self, one: &Move, node: &Node, steps: &mut Vec<(What, u8, Node)>) {
        let letters = self.letters(one, node);
        let mut ways: Vec<Node> = vec![node.clone()];
        for effect in &one.effects {
            let branching = match effect {
                Effect::May(slot) => Some((*slot, None)),
                Effect::Either(slot) => Some((*slot, Some(0))),
                _ => None,
            };
            if let Some((slot, other)) = branching {
                let set = ways.iter().map(|way| with(way, slot, 1)).collect::<Vec<_>>();
                let kept = ways.iter().map(|way| other.map_or_else(|| way.clone(), |value| with(way, slot, value)));
                ways = kept.chain(set).collect();
            } else {
                ways.iter_mut().for_each(|way| apply(*effect, way));
            }
        }
        if let Some(slot) = one.joins {
            ways = ways.iter().flat_map(|way| [with(way, slot, 0), with(way, slot, 1)]).collect();
        }
        for mut next in ways {
            let all_in = one.joins.is_none_or(|slot| Self::at(&next, slot) == 0);
            let moves = one.to.filter(|_| all_in || Self::at(node, 0) == OUTSIDE);
            if moves.is_some() && one.required.iter().any(|slot| Self::at(&next, *slot) == 0) {
                continue;
            }
            self.remember(one, node, &mut next, letters);
            if let Some(to) = moves {
                put(&mut next, 0, to);
                if one.ends {
                    self.clocks.iter().for_each(|slot| apply(Effect::Stop(*slot), &mut next));
                    self.forget(&mut next);
                }
            }
            steps.push((What::Act(one.act), letters, next));
        }
    }

    /// Nothing follows in a terminal state, so that what guards would ask for need not tell nodes apart.
    fn forget(&self, node: &mut Node) {
        for slot in 1..node.len() {
            if !self.kept.contains(&slot) {
                put(node, slot, 0);
            }
        }
    }

    fn letters(&self, one: &Move, node: &Node) -> u8 {
        let mut letters = one.marks.letters;
        if letters & THEN == 0 {
            return letters;
        }
        if self.watch.condition.weigh(node, self.fields) != Weight::Fails {
            letters |= BINDS;
        }
        let met = match (one.marks.met, self.watch.shape) {
            (Some(met), _) => met,
            (None, Shape::Each) if one.marks.sets.is_some() => {
                one.marks.not_excluded.iter().all(|slot| Self::at(node, *slot) == 0)
            }
            _ => self.watch.met.weigh(node, self.fields) == Weight::Holds,
        };
        if met { letters | MET } else { letters }
    }

    /// What the constraint remembers after the act; `before` is the node in which it was done.
    fn remember(&self, one: &Move, before: &Node, next: &mut Node, letters: u8) {
        let watch = self.watch;
        let counted = matches!(watch.shape, Shape::Count(_));
        if letters & ROUND != 0 && !counted {
            put(next, watch.first, 0);
            put(next, watch.waived, 0);
        }
        if letters & THEN != 0 && watch.shape == (Shape::After { ends: true }) {
            put(next, watch.first, 0);
        }
        if letters & WAIVES != 0 {
            put(next, watch.waived, 1);
        }
        if letters & FIRST != 0 {
            let cap = self.plan.cap(watch.first);
            let more = if counted { Self::at(next, watch.first).saturating_add(1).min(cap) } else { 1 };
            put(next, watch.first, more);
            if matches!(watch.shape, Shape::After { .. }) {
                put(next, watch.waived, 0);
            }
        }
        if letters & ONCE != 0
            && let Some(slot) = watch.once
        {
            put(next, slot, 1);
        }
        if let Some(slot) = one.marks.sets {
            put(next, slot, 1);
        }
        self.follow_clocks(one, before, next, letters);
    }

    /// Whether each clock has run since the period began.
    fn follow_clocks(&self, one: &Move, before: &Node, next: &mut Node, letters: u8) {
        let gap = self.watch.shape == (Shape::After { ends: false });
        for (at, (_, clock, since)) in self.watch.clocks.iter().enumerate() {
            let (was, is) = (Self::at(before, *clock), Self::at(next, *clock));
            let (ran, runs) = ((RUNNING..STOPPED).contains(&was), (RUNNING..STOPPED).contains(&is));
            let stopped = one.marks.stops.contains(&at);
            let mut kept = Self::at(next, *since) > 0 && runs && !stopped;
            if gap {
                // The gap runs from the last first: only a clock that begins with it measures it. A receipt noted twice is one.
                kept &= letters & FIRST == 0;
                if one.marks.counts_from {
                    kept |= one.marks.starts.contains(&at) && (!ran || stopped) && runs;
                }
            } else if one.marks.counts_from {
                kept = runs;
            } else if letters & THEN != 0 {
                kept = false;
            }
            put(next, *since, u8::from(kept));
        }
    }
}

fn put(node: &mut Node, slot: usize, value: u8) {
    if let Some(place) = node.get_mut(slot) {
        *place = value;
    }
}

fn with(node: &Node, slot: usize, value: u8) -> Node {
    let mut next = node.clone();
    put(&mut next, slot, value);
    next
}

fn apply(effect: Effect, node: &mut Node) {
    let at = |node: &Node, slot: usize| node.get(slot).copied().unwrap_or(0);
    match effect {
        Effect::Add { slot, cap } => {
            let more = at(node, slot).saturating_add(1).min(cap);
            put(node, slot, more);
        }
        Effect::Set { slot, value } => put(node, slot, value),
        Effect::Start(slot) if matches!(at(node, slot), 0 | STOPPED) => put(node, slot, RUNNING),
        Effect::Stop(slot) if (RUNNING..STOPPED).contains(&at(node, slot)) => put(node, slot, STOPPED),
        Effect::Start(_) | Effect::Stop(_) | Effect::May(_) | Effect::Either(_) => {}
    }
}

/// Slots of the clocks that the graph follows.
pub(super) fn followed(plan: &Plan<'_>) -> Vec<usize> {
    plan.procedure.clocks.iter().filter_map(|clock| plan.known(&Key::Clock(clock.name.clone()))).collect()
}
