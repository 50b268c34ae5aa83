//! A procedure drawn: states as boxes in layers from the start, acts as arrows between them. Pure geometry, in pixels.
//!
//! A state stands one layer below the nearest state from which an act leads to it. Acts that lead back are drawn on the right.

use std::collections::BTreeMap;

use guiju_kernel::procedure::definition::{Procedure, TimerDoes};

use crate::lang::Lang;

const BOX_WIDTH: i64 = 132;
const BOX_HEIGHT: i64 = 40;
const GAP_ACROSS: i64 = 56;
const GAP_DOWN: i64 = 84;
const MARGIN: i64 = 16;
/// Room on the right for the arrows that lead back, each on a lane of its own.
const LANE: i64 = 22;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StateBox {
    pub x: i64,
    pub y: i64,
    pub title: String,
    /// `start`, `end` or nothing.
    pub class: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Arrow {
    pub path: String,
    pub label: String,
    pub label_x: i64,
    pub label_y: i64,
    pub back: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Diagram {
    pub width: i64,
    pub height: i64,
    pub states: Vec<StateBox>,
    pub arrows: Vec<Arrow>,
}

/// Lays a procedure out.
pub fn of(procedure: &Procedure, lang: Lang) -> Diagram {
    let names: Vec<&str> = procedure.states.iter().map(|state| state.name.as_str()).collect();
    let edges = edges(procedure, lang);
    let layer = layers(procedure, &names, &edges);
    let mut rows: BTreeMap<usize, Vec<&str>> = BTreeMap::new();
    for name in &names {
        rows.entry(layer.get(name).copied().unwrap_or(0)).or_default().push(name);
    }
    let widest = rows.values().map(Vec::len).max().unwrap_or(1);
    let inner = span(widest);
    let mut at: BTreeMap<&str, (i64, i64)> = BTreeMap::new();
    for (row, states) in rows.values().enumerate() {
        let left = MARGIN + (inner - span(states.len())) / 2;
        for (column, name) in states.iter().enumerate() {
            let x = left + length(column) * (BOX_WIDTH + GAP_ACROSS);
            at.insert(name, (x, MARGIN + length(row) * (BOX_HEIGHT + GAP_DOWN)));
        }
    }
    let mut lanes = 0;
    let arrows = edges.iter().filter_map(|((from, to), acts)| {
        let (from, to) = (*at.get(from)?, *at.get(to)?);
        Some(arrow(from, to, label(acts, lang), MARGIN + inner, &mut lanes))
    });
    let arrows: Vec<Arrow> = arrows.collect();
    let states = procedure.states.iter().filter_map(|state| {
        let (x, y) = *at.get(state.name.as_str())?;
        let class = match (state.start, &state.end) {
            (true, _) => "start",
            (_, Some(_)) => "end",
            _ => "",
        };
        Some(StateBox { x, y, title: lang.text(&state.title).to_owned(), class })
    });
    Diagram {
        width: 2 * MARGIN + inner + lanes * LANE + if lanes > 0 { BOX_WIDTH } else { 0 },
        height: 2 * MARGIN + length(rows.len()) * (BOX_HEIGHT + GAP_DOWN) - GAP_DOWN,
        states: states.collect(),
        arrows,
    }
}

fn span(boxes: usize) -> i64 {
    length(boxes) * (BOX_WIDTH + GAP_ACROSS) - GAP_ACROSS
}

fn length(n: usize) -> i64 {
    i64::try_from(n).unwrap_or(0)
}

type Edges<'p> = BTreeMap<(&'p str, &'p str), Vec<String>>;

/// The acts that lead from one state to another; those done by timers bear a sign.
fn edges<'p>(procedure: &'p Procedure, lang: Lang) -> Edges<'p> {
    let by_timer = |name: &str| procedure.timers.iter().any(|t| matches!(&t.does, TimerDoes::Act(act) if act == name));
    let mut edges: Edges<'p> = BTreeMap::new();
    for act in procedure.acts.iter().filter(|act| !act.records_history) {
        let Some(to) = act.to.as_deref() else { continue };
        for (from, _) in act.from.iter().filter(|(from, _)| from != to) {
            let sign = if by_timer(&act.name) { lang.say("到期", "when due: ") } else { "" };
            edges.entry((from.as_str(), to)).or_default().push(format!("{sign}{}", lang.text(&act.title)));
        }
    }
    edges
}

fn layers<'p>(procedure: &'p Procedure, names: &[&'p str], edges: &Edges<'p>) -> BTreeMap<&'p str, usize> {
    let mut layer: BTreeMap<&str, usize> = BTreeMap::new();
    let mut front: Vec<&str> =
        procedure.states.iter().filter(|state| state.start).map(|state| state.name.as_str()).collect();
    let mut depth = 0;
    while !front.is_empty() {
        for name in &front {
            layer.insert(name, depth);
        }
        depth += 1;
        let mut next: Vec<&str> = names
            .iter()
            .copied()
            .filter(|name| !layer.contains_key(name))
            .filter(|name| front.iter().any(|from| edges.contains_key(&(*from, *name))))
            .collect();
        next.dedup();
        front = next;
    }
    layer
}

fn label(acts: &[String], lang: Lang) -> String {
    match acts {
        [] => String::new(),
        [one] => one.clone(),
        [first, rest @ ..] => match lang {
            Lang::Zh => format!("{first} 等{}项", rest.len() + 1),
            Lang::En => format!("{first} +{}", rest.len()),
        },
    }
}

fn arrow(from: (i64, i64), to: (i64, i64), label: String, right: i64, lanes: &mut i64) -> Arrow {
    let (half, middle) = (BOX_WIDTH / 2, BOX_HEIGHT / 2);
    if to.1 > from.1 {
        let (x1, y1, x2, y2) = (from.0 + half, from.1 + BOX_HEIGHT, to.0 + half, to.1 - 2);
        let bend = (y2 - y1) / 2;
        return Arrow {
            path: format!("M{x1} {y1}C{x1} {} {x2} {} {x2} {y2}", y1 + bend, y2 - bend),
            label,
            // A third of the way: arrows into one box part there.
            label_x: (2 * x1 + x2) / 3,
            label_y: y1 + bend * 2 / 3,
            back: false,
        };
    }
    if to.1 == from.1 {
        // Within a layer: below the boxes, so that none is crossed out.
        let (x1, x2, y) = (from.0 + half, to.0 + half, from.1 + BOX_HEIGHT);
        let low = y + GAP_DOWN / 2;
        return Arrow {
            path: format!("M{x1} {y}C{x1} {low} {x2} {low} {x2} {}", y + 2),
            label,
            label_x: (x1 + x2) / 2,
            label_y: y + GAP_DOWN * 3 / 8 + 4,
            back: true,
        };
    }
    *lanes += 1;
    let lane = right + *lanes * LANE;
    let (x1, y1, x2, y2) = (from.0 + BOX_WIDTH, from.1 + middle, to.0 + BOX_WIDTH + 2, to.1 + middle + 8);
    Arrow {
        path: format!("M{x1} {y1}C{lane} {y1} {lane} {y1} {lane} {}S{lane} {y2} {x2} {y2}", (y1 + y2) / 2),
        label,
        label_x: lane,
        label_y: (y1 + y2) / 2,
        back: true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use guiju_kernel::procedure::definition::{Act, InForce, State, Subject, Text};
    use guiju_kernel::procedure::guard::Guard;

    fn named(name: &str) -> Text {
        Text { zh: name.into(), en: name.into() }
    }

    fn procedure(states: &[&str], acts: &[(&str, &str, &str)]) -> Procedure {
        let state = |(at, name): (usize, &&str)| State {
            name: (*name).into(),
            title: named(name),
            start: at == 0,
            end: (*name == "over").then(|| "over".into()),
            holder: None,
        };
        let act = |(name, from, to): &(&str, &str, &str)| Act {
            name: (*name).into(),
            title: named(name),
            from: vec![((*from).into(), Guard::Always)],
            to: Some((*to).into()),
            ..Act::default()
        };
        Procedure {
            id: "p".into(),
            realizes: None,
            title: named("p"),
            in_force: InForce { from: jiff::civil::date(2024, 1, 1), until: None },
            number: String::new(),
            subject: Subject::Nothing,
            headline: String::new(),
            fields: vec![],
            terms: Default::default(),
            states: states.iter().enumerate().map(state).collect(),
            acts: acts.iter().map(act).collect(),
            clocks: vec![],
            timers: vec![],
            courier: vec![],
        }
    }

    #[test]
    fn every_state_has_a_box_of_its_own_and_every_pair_one_arrow() {
        let told = procedure(
            &["filed", "taken", "refused", "over"],
            &[
                ("take", "filed", "taken"),
                ("refuse", "filed", "refused"),
                ("end", "taken", "over"),
                ("close", "taken", "over"),
                ("again", "taken", "filed"),
            ],
        );
        let drawn = of(&told, Lang::En);
        assert_eq!(drawn.states.len(), 4);
        for (at, one) in drawn.states.iter().enumerate() {
            let apart =
                |other: &StateBox| (one.x - other.x).abs() >= BOX_WIDTH || (one.y - other.y).abs() >= BOX_HEIGHT;
            assert!(drawn.states[at + 1..].iter().all(apart), "{one:?}");
            assert!(one.x >= 0 && one.x + BOX_WIDTH <= drawn.width && one.y + BOX_HEIGHT <= drawn.height);
        }
        assert_eq!(drawn.arrows.len(), 4);
        assert_eq!(drawn.arrows.iter().filter(|arrow| arrow.back).count(), 1);
        assert!(drawn.arrows.iter().any(|arrow| arrow.label == "end +1"));
    }
}
