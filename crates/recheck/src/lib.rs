//! Does a verdict follow from the graph that it was given with? The second opinion on `guiju law check`.
//!
//! Shares no code with the checker: it reads a proof as JSON (`docs/formats/law-check.md`) and goes edge by edge. What is claimed
//! of each node must be what its incoming edges make of it, so that a claim holds of every course by induction; no edge may break
//! the demand; a violation must be a real course from the beginning. Whether the graph is the procedure's is not looked at here.

use serde::Deserialize;

const FIRST: u8 = 1;
const THEN: u8 = 2;
const BINDS: u8 = 4;
const MET: u8 = 8;
const WAIVES: u8 = 16;
const ONCE: u8 = 32;
const ROUND: u8 = 64;
const SURE: u8 = 128;

/// No case yet.
const OUTSIDE: u8 = 255;
const NEVER: u32 = u32::MAX;

#[derive(Debug, Deserialize)]
struct Proof {
    v: u32,
    shape: String,
    most: u8,
    once: bool,
    verdict: String,
    acts: Vec<String>,
    states: Vec<String>,
    terminal: Vec<u8>,
    nodes: Vec<Node>,
    edges: Vec<Edge>,
    path: Vec<u32>,
    claim: String,
    about: u32,
    orders: Vec<Vec<u32>>,
}

#[derive(Debug, Deserialize)]
struct Node {
    state: u8,
    first: u8,
    waived: u8,
    once: u8,
    runs: u64,
}

#[derive(Debug, Deserialize)]
struct Edge {
    from: u32,
    to: u32,
    act: Option<u32>,
    letters: u8,
}

/// Goes through a proof again.
///
/// # Errors
/// What does not follow, in one sentence.
pub fn recheck(json: &str) -> Result<(), String> {
    let proof: Proof = serde_json::from_str(json).map_err(|error| format!("not a proof: {error}"))?;
    if proof.v != 1 {
        return Err(format!("format {} is not known", proof.v));
    }
    let shapes = ["before", "gap", "within", "never", "count", "each", "ends"];
    if !shapes.contains(&proof.shape.as_str()) {
        return Err(format!("the shape `{}` is not known", proof.shape));
    }
    if let Some(start) = proof.nodes.first()
        && (start.state != OUTSIDE || start.first + start.waived + start.once > 0 || start.runs > 0)
    {
        return Err("the first node is not an empty beginning".to_owned());
    }
    for at in 0..proof.edges.len() {
        proof.follows(at)?;
    }
    match proof.verdict.as_str() {
        "holds" if proof.shape == "ends" => proof.can_end(),
        "holds" => {
            proof.nothing_breaks().and_then(|()| proof.something_binds(true)).and_then(|()| proof.nothing_turns())
        }
        "vacuous" => proof.nothing_breaks().and_then(|()| proof.something_binds(false)),
        "violated" => proof.is_broken(),
        other => Err(format!("the verdict `{other}` is not known")),
    }
}

impl Proof {
    fn node(&self, at: u32) -> Result<&Node, String> {
        self.nodes.get(at as usize).ok_or_else(|| format!("node {at} is missing"))
    }

    fn edge(&self, at: u32) -> Result<&Edge, String> {
        self.edges.get(at as usize).ok_or_else(|| format!("edge {at} is missing"))
    }

    /// What is claimed of the node after the edge is what the edge makes of the claim before it.
    fn follows(&self, at: usize) -> Result<(), String> {
        let Some(edge) = self.edges.get(at) else { return Ok(()) };
        let (from, to) = (self.node(edge.from)?, self.node(edge.to)?);
        let has = |letter: u8| edge.letters & letter != 0;
        let counts = self.shape == "count";
        let (mut first, mut waived, mut once) = (from.first, from.waived, from.once);
        if has(ROUND) && !counts {
            (first, waived) = (0, 0);
        }
        if has(THEN) && self.shape == "within" {
            first = 0;
        }
        if has(WAIVES) {
            waived = 1;
        }
        if has(FIRST) {
            first = if counts { first.saturating_add(1).min(self.most.saturating_add(1)) } else { 1 };
            if self.shape == "gap" || self.shape == "within" {
                waived = 0;
            }
        }
        if has(ONCE) && self.once {
            once = 1;
        }
        if (first, waived, once) == (to.first, to.waived, to.once) {
            return Ok(());
        }
        Err(format!("edge {at}: the claim at node {} does not follow", edge.to))
    }

    fn demanded(&self, edge: &Edge) -> Result<bool, String> {
        let node = self.node(edge.from)?;
        Ok(edge.letters & THEN != 0 && edge.letters & BINDS != 0 && (!self.once || node.once > 0) && node.waived == 0)
    }

    fn breaks(&self, edge: &Edge) -> Result<bool, String> {
        let (first, met) = (self.node(edge.from)?.first, edge.letters & MET != 0);
        let lacks = match self.shape.as_str() {
            "before" => first == 0,
            "gap" | "within" => first > 0 && !met,
            "never" => first > 0,
            "count" => first >= self.most,
            "each" => !met,
            _ => false,
        };
        Ok(lacks && self.demanded(edge)?)
    }

    fn nothing_breaks(&self) -> Result<(), String> {
        if self.nodes.is_empty() {
            return Err("there is no graph".to_owned());
        }
        for (at, edge) in self.edges.iter().enumerate() {
            if self.breaks(edge)? {
                return Err(format!("edge {at} breaks the constraint"));
            }
        }
        Ok(())
    }

    fn something_binds(&self, wanted: bool) -> Result<(), String> {
        let mut bound = false;
        for edge in &self.edges {
            let counts = !matches!(self.shape.as_str(), "gap" | "within") || self.node(edge.from)?.first > 0;
            bound |= counts && self.demanded(edge)?;
        }
        match (bound, wanted) {
            (true, false) => Err("an act is bound, so it is not vacuous".to_owned()),
            (false, true) => Err("no act is bound, so it is vacuous".to_owned()),
            _ => Ok(()),
        }
    }

    fn runs_on(&self, edge: &Edge, clock: usize) -> Result<bool, String> {
        let runs = |node: &Node| node.runs >> clock & 1 == 1;
        Ok(runs(self.node(edge.from)?) && runs(self.node(edge.to)?) && edge.letters & (FIRST | THEN) == 0)
    }

    /// Along edges on which a clock runs on, numbers never fall, and rise where the state changes: no such course comes back.
    fn nothing_turns(&self) -> Result<(), String> {
        let running = self.nodes.iter().map(|node| 64 - node.runs.leading_zeros()).max().unwrap_or(0) as usize;
        if self.shape == "within" && self.orders.len() < running {
            return Err("a clock has no order".to_owned());
        }
        for (clock, order) in self.orders.iter().enumerate().take(64) {
            for (at, edge) in self.edges.iter().enumerate() {
                if !self.runs_on(edge, clock)? {
                    continue;
                }
                let number =
                    |node: u32| order.get(node as usize).copied().ok_or_else(|| "an order is short".to_owned());
                let (from, to) = (number(edge.from)?, number(edge.to)?);
                let turns = self.node(edge.from)?.state != self.node(edge.to)?.state;
                if to < from || (turns && to == from) {
                    return Err(format!("edge {at} may be part of a circle on which clock {clock} runs"));
                }
            }
        }
        Ok(())
    }

    /// Every node but the beginning is terminal or one step nearer to it by some edge that is sure; all states and acts occur, one way out of
    /// nothing.
    fn can_end(&self) -> Result<(), String> {
        let ranks = self.orders.first().ok_or("there are no ranks")?;
        let rank = |node: u32| ranks.get(node as usize).copied().unwrap_or(NEVER);
        let mut nearer = vec![false; self.nodes.len()];
        for edge in &self.edges {
            if self.terminal.contains(&self.node(edge.from)?.state) && edge.act.is_some() {
                return Err(format!("an act leaves the terminal node {}", edge.from));
            }
            if edge.letters & SURE != 0
                && rank(edge.to) < rank(edge.from)
                && let Some(mark) = nearer.get_mut(edge.from as usize)
            {
                *mark = true;
            }
        }
        for (at, node) in self.nodes.iter().enumerate().skip(1) {
            let ended = self.terminal.contains(&node.state);
            if !ended && !nearer.get(at).copied().unwrap_or(false) {
                return Err(format!("node {at} comes no nearer to an end"));
            }
        }
        let occurs = |state: usize| self.nodes.iter().any(|node| usize::from(node.state) == state);
        match (0..self.states.len()).find(|state| !occurs(*state)) {
            Some(state) => Err(format!("state {state} does not occur")),
            None => Ok(()),
        }
    }

    /// The path begins at the beginning and hangs together; answers where it leads.
    fn walked(&self) -> Result<u32, String> {
        let mut at = 0;
        for edge in &self.path {
            let edge = self.edge(*edge)?;
            if edge.from != at {
                return Err("the path does not hang together".to_owned());
            }
            at = edge.to;
        }
        Ok(at)
    }

    fn is_broken(&self) -> Result<(), String> {
        let end = self.walked()?;
        match self.claim.as_str() {
            "edge" => {
                let last = self.path.last().ok_or("the path is empty")?;
                if self.breaks(self.edge(*last)?)? { Ok(()) } else { Err("the last step breaks nothing".to_owned()) }
            }
            "cycle" => self.goes_round(end),
            "stuck" if end != self.about => Err("the path does not lead where the case is stuck".to_owned()),
            "stuck" => self.never_ends(end),
            "dead_act" if (self.about as usize) < self.acts.len() => {
                let done = self.edges.iter().any(|edge| edge.act == Some(self.about));
                if done { Err("the act is done".to_owned()) } else { Ok(()) }
            }
            "dead_state" if (self.about as usize) < self.states.len() => {
                let reached = self.nodes.iter().any(|node| u32::from(node.state) == self.about);
                if reached { Err("the state is reached".to_owned()) } else { Ok(()) }
            }
            // What is wrong with the definition itself needs no graph, and is never a verdict that it holds.
            "fault" => Ok(()),
            other => Err(format!("the claim `{other}` is not known")),
        }
    }

    fn goes_round(&self, end: u32) -> Result<(), String> {
        let round = self.path.get(self.about as usize..).unwrap_or_default();
        let first = self.edge(*round.first().ok_or("the circle is empty")?)?;
        if first.from != end {
            return Err("the circle does not close".to_owned());
        }
        let (mut clocks, mut turns) = (u64::MAX, false);
        for at in round {
            let edge = self.edge(*at)?;
            let (from, to) = (self.node(edge.from)?, self.node(edge.to)?);
            clocks &= if edge.letters & (FIRST | THEN) == 0 { from.runs & to.runs } else { 0 };
            turns |= from.state != to.state;
        }
        if clocks != 0 && turns { Ok(()) } else { Err("no clock runs round the circle".to_owned()) }
    }

    fn never_ends(&self, from: u32) -> Result<(), String> {
        let mut seen = vec![false; self.nodes.len()];
        let mut open = vec![from];
        while let Some(node) = open.pop() {
            let Some(mark) = seen.get_mut(node as usize) else { return Err("a node is missing".to_owned()) };
            if std::mem::replace(mark, true) {
                continue;
            }
            if self.terminal.contains(&self.node(node)?.state) {
                return Err("an end can be reached".to_owned());
            }
            open.extend(self.edges.iter().filter(|edge| edge.from == node).map(|edge| edge.to));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::recheck;

    fn proof(first: u8, verdict: &str) -> String {
        format!(
            r#"{{"v":1,"shape":"before","most":0,"once":false,"verdict":"{verdict}","acts":["a","b"],"states":["s"],"terminal":[],
            "nodes":[{{"state":255,"first":0,"waived":0,"once":0,"runs":0}},{{"state":0,"first":{first},"waived":0,"once":0,"runs":0}}],
            "edges":[{{"from":0,"to":1,"act":0,"letters":{first}}},{{"from":1,"to":1,"act":1,"letters":6}}],
            "path":[],"claim":"","about":0,"orders":[]}}"#
        )
    }

    #[test]
    fn a_proof_is_believed_only_where_it_follows() {
        assert_eq!(recheck(&proof(1, "holds")), Ok(()));
        assert!(recheck(&proof(0, "holds")).unwrap_err().contains("breaks"));
        assert!(recheck(&proof(1, "vacuous")).unwrap_err().contains("bound"));
        assert!(recheck(&proof(1, "violated")).is_err());
        let lied = proof(1, "holds").replace(r#""act":0,"letters":1"#, r#""act":0,"letters":0"#);
        assert!(recheck(&lied).unwrap_err().contains("does not follow"));
        assert!(recheck("{}").is_err());
    }
}
