//! The states of a procedure as a graph: one start, every state reachable, every state able to end, no way out of an end.
//!
//! Conditions are not weighed here (the law checker does that): what fails here fails whatever the conditions.

use std::collections::BTreeSet;

use guiju_kernel::procedure::definition::Procedure;

use crate::complaint::{Margin, Spot};
use crate::raw::procedure::RawProcedure;

/// Complains of everything that is wrong with the graph.
pub(crate) fn check(raw: &RawProcedure, procedure: &Procedure, margin: Margin<'_>) {
    let starts: Vec<_> = raw.states.iter().filter(|(_, state)| state.start).map(|(name, _)| name).collect();
    match starts.as_slice() {
        [] => {
            let spot = raw.states.0.first().map_or(raw.id.spot, |(name, _)| name.spot);
            margin.note(spot, "没有起始状态（`start: true`）", "there is no start state (`start: true`)");
        }
        [_] => {}
        [first, others @ ..] => {
            for other in others {
                margin.note(
                    other.spot,
                    format!("起始状态只能有一个，已有 `{}`", first.as_str()),
                    format!("there is one start state; `{}` is one already", first.as_str()),
                );
            }
        }
    }
    let edges = edges(procedure);
    let opened = openings(raw, procedure, margin);
    ends(raw, procedure, margin);
    // A step to a state that does not exist is told already; what cannot be reached because of it would only mislead.
    let whole = edges
        .iter()
        .all(|(from, to)| procedure.state(to).is_some() && from.is_none_or(|from| procedure.state(from).is_some()));
    if starts.len() == 1 && opened && whole {
        reachable(raw, &edges, margin);
        able_to_end(raw, procedure, &edges, margin);
    }
}

/// Every step that some act can make, as (from, to). `None` is the outside, from which opening acts come.
fn edges(procedure: &Procedure) -> Vec<(Option<&str>, &str)> {
    let mut edges = Vec::new();
    for act in procedure.acts.iter().filter(|act| !act.records_history) {
        if act.from.is_empty() {
            edges.extend(act.to.as_deref().map(|to| (None, to)));
        }
        for (from, _) in &act.from {
            edges.push((Some(from.as_str()), act.to.as_deref().unwrap_or(from)));
        }
    }
    edges
}

/// Says whether opening acts are there and lead to the start.
fn openings(raw: &RawProcedure, procedure: &Procedure, margin: Margin<'_>) -> bool {
    let start = procedure.start().map(|state| state.name.as_str());
    let (mut opens, mut right) = (false, true);
    for (name, act) in raw.acts.iter().filter(|(_, act)| act.from.is_none() && !act.records_history) {
        opens = true;
        if let (Some(to), Some(start)) = (&act.to, start)
            && to.as_str() != start
            && procedure.state(to).is_some()
        {
            right = false;
            margin.note(
                to.spot,
                format!("立件的行为 `{}` 须到起始状态 `{start}`", name.as_str()),
                format!("`{}` opens a case and must lead to the start state `{start}`", name.as_str()),
            );
        }
    }
    if !opens {
        let spot = raw.acts.0.first().map_or(Spot::START, |(name, _)| name.spot);
        margin.note(spot, "没有立件的行为（不写 `from`）", "no act opens a case (one without `from`)");
    }
    opens && right
}

/// Nothing is done in a terminal state: what is still to come (a rating, a reopening) comes before the end.
fn ends(raw: &RawProcedure, procedure: &Procedure, margin: Margin<'_>) {
    let ended = |name: &str| procedure.state(name).is_some_and(|state| state.end.is_some());
    for (name, act) in raw.acts.iter() {
        let froms = act.from.as_ref().map(|from| from.0.as_slice()).unwrap_or_default();
        for (from, _) in froms.iter().filter(|(from, _)| ended(from)) {
            margin.note(
                from.spot,
                format!("`{}` 是终结状态，不能再办理 `{}`", from.as_str(), name.as_str()),
                format!("`{}` is terminal: `{}` cannot be done in it", from.as_str(), name.as_str()),
            );
        }
    }
    if !procedure.states.iter().any(|state| state.end.is_some()) {
        let spot = raw.states.0.first().map_or(raw.id.spot, |(name, _)| name.spot);
        margin.note(spot, "没有终结状态（`end: 结果`）", "there is no terminal state (`end: outcome`)");
    }
}

fn reachable(raw: &RawProcedure, edges: &[(Option<&str>, &str)], margin: Margin<'_>) {
    let mut reached: BTreeSet<&str> = edges.iter().filter(|(from, _)| from.is_none()).map(|(_, to)| *to).collect();
    grow(&mut reached, |reached| {
        edges.iter().filter(|(from, _)| from.is_some_and(|from| reached.contains(from))).map(|(_, to)| *to).collect()
    });
    for (name, _) in raw.states.iter().filter(|(name, _)| !reached.contains(name.as_str())) {
        margin.note(
            name.spot,
            format!("状态 `{}` 无论如何到不了", name.as_str()),
            format!("nothing leads to the state `{}`", name.as_str()),
        );
    }
}

fn able_to_end(raw: &RawProcedure, procedure: &Procedure, edges: &[(Option<&str>, &str)], margin: Margin<'_>) {
    let mut able: BTreeSet<&str> =
        procedure.states.iter().filter(|state| state.end.is_some()).map(|state| state.name.as_str()).collect();
    if able.is_empty() {
        return;
    }
    grow(&mut able, |able| edges.iter().filter(|(_, to)| able.contains(to)).filter_map(|(from, _)| *from).collect());
    for (name, _) in raw.states.iter().filter(|(name, _)| !able.contains(name.as_str())) {
        margin.note(
            name.spot,
            format!("从状态 `{}` 到不了任何终结状态", name.as_str()),
            format!("no terminal state can be reached from `{}`", name.as_str()),
        );
    }
}

/// Adds what a step finds until it finds nothing new; ends because the states are finite.
fn grow<'a>(set: &mut BTreeSet<&'a str>, step: impl Fn(&BTreeSet<&'a str>) -> Vec<&'a str>) {
    loop {
        let found = step(set);
        let before = set.len();
        set.extend(found);
        if set.len() == before {
            return;
        }
    }
}
