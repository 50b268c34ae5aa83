//! The graph, walked breadth first: every node once, every edge with the letters that it means to the constraint.

use std::collections::{HashMap, HashSet};

use super::lean::{Lean, Weight};
use super::live::Live;
use super::moves::{EXPIRED, Effect, Move, OUTSIDE, PAUSED, RUNNING, STOPPED};
use super::plan::{Key, Plan};
use super::sight::Sight;
use super::watch::{BINDS, FIRST, MET, ONCE, ROUND, SURE, Shape, THEN, WAIVES, Watch};

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

impl What {
    /// Different for every act and every clock.
    const fn number(self) -> (bool, usize) {
        match self {
            Self::Act(act) => (true, act),
            Self::Ends(slot) => (false, slot),
        }
    }
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
    pub(super) sight: &'a Sight,
    /// Slots of clocks in sight.
    pub(super) clocks: Vec<usize>,
    /// Slots in which the constraint remembers: they outlast the end of the case.
    pub(super) kept: Vec<usize>,
    pub(super) live: Live,
    /// Whether edges say that they can be gone whatever is out of sight.
    whole: bool,
}

impl<'a> Ground<'a> {
    pub(super) fn new(plan: &'a Plan<'a>, moves: &'a [Move], watch: &'a Watch, sight: &'a Sight) -> Self {
        let seen = |slot: &usize| sight.sees(*slot);
        let clocks: Vec<usize> = followed(plan).into_iter().filter(seen).collect();
        let kept: Vec<usize> = plan.watched().into_iter().filter(seen).collect();
        let live = Live::of(plan, moves, watch, sight);
        let whole = watch.shape == Shape::Whole;
        Self { plan, moves, watch, sight, clocks, kept, live, whole }
    }

    /// The node before any act.
    pub(super) fn outset(&self) -> Node {
        let mut node: Node = vec![0; self.plan.width()].into();
        put(&mut node, 0, OUTSIDE);
        node
    }

    /// Walks until everything is known, or the first break is found.
    pub(super) fn walk(&self) -> Graph {
        let start = self.outset();
        let mut known: HashMap<Node, u32> = HashMap::from([(start.clone(), 0)]);
        let mut graph =
            Graph { nodes: vec![start], edges: Vec::new(), reached_by: vec![None], bad: None, given_up: false };
        let mut at = 0;
        let mut steps = Vec::new();
        while let Some(node) = graph.nodes.get(at).cloned() {
            let from = u32::try_from(at).unwrap_or(u32::MAX);
            self.steps(&node, &mut steps);
            for (what, letters, next) in steps.drain(..) {
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

    /// Whether the clock by this place among the constraint's has run since the period began and does not stand still now.
    pub(super) fn runs(&self, node: &[u8], clock: usize) -> bool {
        let known = self.watch.clocks.get(clock);
        known.is_some_and(|(_, slot, since)| Self::at(node, *since) > 0 && Self::at(node, *slot) != PAUSED)
    }

    pub(super) fn demanded(&self, node: &[u8], letters: u8) -> bool {
        let once = self.watch.once.is_none_or(|slot| Self::at(node, slot) > 0);
        letters & THEN != 0 && letters & BINDS != 0 && once && Self::at(node, self.watch.waived) == 0
    }

    pub(super) fn is_bad(&self, node: &[u8], letters: u8) -> bool {
        let first = Self::at(node, self.watch.first);
        self.demanded(node, letters)
            && match self.watch.shape {
                Shape::Before => first == 0,
                Shape::After { .. } => first > 0 && letters & MET == 0,
                Shape::Never => first > 0,
                Shape::Count(most) => first >= most,
                Shape::Each => letters & MET == 0,
                Shape::Whole => false,
            }
    }

    /// What may happen next. What nobody asks for any more is forgotten, so that nodes that differ in nothing else are one;
    /// the same step is listed once.
    fn steps(&self, node: &Node, steps: &mut Vec<(What, u8, Node)>) {
        let state = Self::at(node, 0);
        for one in self.moves {
            for (_, guard) in one.from.iter().filter(|(from, _)| *from == state) {
                self.filled(one, guard, node, steps);
            }
        }
        for slot in self.clocks.iter().filter(|slot| Self::at(node, **slot) == RUNNING) {
            // Periods end for whoever waits.
            steps.push((What::Ends(*slot), if self.whole { SURE } else { 0 }, with(node, *slot, EXPIRED)));
        }
        for (_, _, next) in steps.iter_mut() {
            let mask = self.live.at(Self::at(next, 0));
            next.iter_mut().zip(mask).filter(|(_, live)| !**live).for_each(|(value, _)| *value = 0);
        }
        let mut seen = HashSet::new();
        let once: Vec<bool> =
            steps.iter().map(|(what, letters, next)| seen.insert((what.number(), *letters, next))).collect();
        let mut once = once.into_iter();
        steps.retain(|_| once.next().unwrap_or(true));
    }

    /// Every way to fill what the act takes, and what the act then makes of the node.
    pub(super) fn filled(&self, one: &Move, guard: &Lean, node: &Node, steps: &mut Vec<(What, u8, Node)>) {
        let mut ways: Vec<Node> = vec![node.clone()];
        for (slot, values, may_keep) in &one.fills {
            let mut more = Vec::with_capacity(ways.len() * (values.len() + 1));
            for way in &ways {
                let old = Self::at(way, *slot);
                let kept = (*may_keep && !values.contains(&old)).then_some(old);
                more.extend(values.iter().copied().chain(kept).map(|value| with(way, *slot, value)));
            }
            ways = more;
        }
        for way in ways {
            let lawful = |lean: &Lean| lean.weigh(&way, self.sight) != Weight::Fails;
            if lawful(guard) && lawful(&one.when) {
                let sure = guard.surely(&way, self.sight, true) && one.when.surely(&way, self.sight, true);
                self.done(one, &way, sure, steps);
            }
        }
    }

    fn done(&self, one: &Move, node: &Node, sure: bool, steps: &mut Vec<(What, u8, Node)>) {
        let brought = |slot: &usize| one.brings.contains(slot) || self.sight.sees(*slot);
        let sure = self.whole && sure && (one.to.is_none() || one.required.iter().all(brought));
        let letters = self.letters(one, node) | if sure { SURE } else { 0 };
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
        for next in ways {
            let opens = Self::at(node, 0) == OUTSIDE;
            let (enters, stays) = match one.joins {
                _ if opens || !one.may_stay => (true, false),
                // Whether all parts are in is out of sight.
                None => (true, true),
                Some(slot) => (Self::at(&next, slot) == 0, Self::at(&next, slot) != 0),
            };
            if enters {
                self.entered(one, node, next.clone(), letters, steps);
            }
            if stays {
                let mut next = next;
                self.remember(one, node, &mut next, letters);
                steps.push((What::Act(one.act), letters, next));
            }
        }
    }

    fn entered(&self, one: &Move, node: &Node, mut next: Node, letters: u8, steps: &mut Vec<(What, u8, Node)>) {
        let lacks = |slot: &usize| self.sight.sees(*slot) && Self::at(&next, *slot) == 0;
        if one.to.is_some() && one.required.iter().any(lacks) {
            return;
        }
        self.remember(one, node, &mut next, letters);
        if let Some(to) = one.to {
            put(&mut next, 0, to);
            if one.ends {
                self.clocks.iter().for_each(|slot| apply(Effect::Stop(*slot), &mut next));
                self.forget(&mut next);
            }
        }
        steps.push((What::Act(one.act), letters, next));
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
        if self.watch.condition.weigh(node, self.sight) != Weight::Fails {
            letters |= BINDS;
        }
        let met = match (one.marks.met, self.watch.shape) {
            (Some(met), _) => met,
            (None, Shape::Each) if one.marks.sets.is_some() => {
                one.marks.not_excluded.iter().all(|slot| self.sight.sees(*slot) && Self::at(node, *slot) == 0)
            }
            _ => self.watch.met.weigh(node, self.sight) == Weight::Holds,
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
        if let Some(slot) = one.marks.sets.filter(|slot| self.sight.sees(*slot)) {
            put(next, slot, 1);
        }
        self.follow_clocks(one, before, next, letters);
    }

    /// Whether each clock has run since the period began.
    fn follow_clocks(&self, one: &Move, before: &Node, next: &mut Node, letters: u8) {
        let gap = self.watch.shape == (Shape::After { ends: false });
        let clocks = self.watch.clocks.iter().enumerate();
        for (at, (_, clock, since)) in clocks.filter(|(_, (_, _, since))| self.sight.sees(*since)) {
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

pub(super) fn put(node: &mut Node, slot: usize, value: u8) {
    if let Some(place) = node.get_mut(slot) {
        *place = value;
    }
}

pub(super) fn with(node: &Node, slot: usize, value: u8) -> Node {
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
