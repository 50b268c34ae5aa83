//! Can a course be gone once more is looked at? If not, what shows it?

use std::collections::{BTreeSet, HashSet};

use super::judge::{Course, Laid};
use super::live::{Pass, always};
use super::moves::{EXPIRED, Move, RUNNING, moves};
use super::sight::{Atom, Sight, atoms_of};
use super::walk::{Ground, Node, with};
use super::watch::Watch;

/// More nodes than this at one place of the course are not followed: the course then counts as one that can be gone.
const MOST_NODES: usize = 100_000;

/// The atoms without which the course could be gone; none where it can.
///
/// Guards join from the end of the course to its beginning, ever more at a time, until it breaks off, and what is not needed for
/// that leaves again.
pub(super) fn missing(laid: &Laid<'_>, course: &Course, seen: &BTreeSet<Atom>) -> Option<BTreeSet<Atom>> {
    let asked = asked(laid, course);
    let (mut tried, mut joined, mut more) = (seen.clone(), 0, 1);
    while joined < asked.len() {
        let before = tried.len();
        tried.extend(asked.iter().rev().skip(joined).take(more).flatten());
        if tried.len() > before && !can_be_gone(laid, course, &tried) {
            return Some(needed(laid, course, seen, &tried));
        }
        joined += more;
        more *= 2;
    }
    None
}

/// Leaves out what the course breaks off without: by halves as long as that goes, then one by one.
fn needed(laid: &Laid<'_>, course: &Course, seen: &BTreeSet<Atom>, tried: &BTreeSet<Atom>) -> BTreeSet<Atom> {
    let mut kept: Vec<Atom> = tried.difference(seen).copied().collect();
    let mut size = kept.len().div_ceil(2);
    while size > 0 {
        let mut from = 0;
        while from < kept.len() {
            let until = (from + size).min(kept.len());
            let rest = kept.iter().take(from).chain(kept.iter().skip(until));
            if kept.len() > 1 && !can_be_gone(laid, course, &seen.iter().chain(rest).copied().collect()) {
                kept.drain(from..until);
            } else {
                from = until;
            }
        }
        size /= 2;
    }
    seen.iter().chain(&kept).copied().collect()
}

/// For each act of the course what its guards ask for; for the last one, what the verdict asks for too.
fn asked(laid: &Laid<'_>, course: &Course) -> Vec<BTreeSet<Atom>> {
    let sight = Sight::of(laid.plan, &BTreeSet::new());
    let moves = moves(laid.plan, laid.guards, laid.watch, &sight);
    let of = |act: &usize| moves.iter().find(|one| one.act == *act);
    let mut asked: Vec<BTreeSet<Atom>> = course.acts.iter().filter_map(of).map(Move::atoms).collect();
    if let Some(last) = asked.last_mut().filter(|_| course.breaks) {
        atoms_of(&laid.watch.condition, last);
        atoms_of(&laid.watch.met, last);
        let duties = course.acts.last().and_then(of).into_iter().flat_map(|one| &one.marks.not_excluded);
        last.extend(duties.map(|slot| Atom::Slot(*slot)));
    }
    asked
}

/// Goes along the acts of the course, whatever is filled in and whichever periods end on the way.
fn can_be_gone(laid: &Laid<'_>, course: &Course, atoms: &BTreeSet<Atom>) -> bool {
    let sight = Sight::of(laid.plan, atoms);
    if sight.too_many() {
        return true;
    }
    let moves = moves(laid.plan, laid.guards, laid.watch, &sight);
    let ground = Ground::new(laid.plan, &moves, laid.watch, &sight);
    let steps: Vec<&Move> =
        course.acts.iter().filter_map(|act| moves.iter().find(|one| one.act == *act)).collect();
    let masks = masks(&steps, laid.watch, &ground);
    let mut front = HashSet::from([ground.outset()]);
    for (at, (one, mask)) in steps.iter().zip(&masks).enumerate() {
        let last = course.breaks && at + 1 == steps.len();
        let mut next = HashSet::new();
        for node in ended(&ground, front) {
            let mut found = Vec::new();
            for (_, guard) in one.from.iter().filter(|(from, _)| *from == Ground::at(&node, 0)) {
                ground.filled(one, guard, &node, &mut found);
            }
            for (_, letters, mut reached) in found {
                if last && ground.is_bad(&node, letters) {
                    return true;
                }
                reached.iter_mut().zip(mask).filter(|(_, live)| !**live).for_each(|(value, _)| *value = 0);
                next.insert(reached);
            }
        }
        if next.len() > MOST_NODES {
            return true;
        }
        front = next;
    }
    !course.breaks && !front.is_empty()
}

/// Every way in which running periods may have ended.
fn ended(ground: &Ground<'_>, front: HashSet<Node>) -> HashSet<Node> {
    let mut all = front;
    for clock in &ground.clocks {
        let running: Vec<Node> = all.iter().filter(|node| Ground::at(node, *clock) == RUNNING).cloned().collect();
        all.extend(running.iter().map(|node| with(node, *clock, EXPIRED)));
    }
    all
}

/// For each act of the course, what is still asked for after it.
fn masks(steps: &[&Move], watch: &Watch, ground: &Ground<'_>) -> Vec<Vec<bool>> {
    let always = always(ground.plan, watch);
    let mut live = always.clone();
    let mut masks = Vec::with_capacity(steps.len());
    for one in steps.iter().rev() {
        masks.push((0..ground.plan.width()).map(|slot| live.contains(&slot)).collect());
        let pass = Pass::of(one, watch, ground.sight);
        live = live.difference(&pass.sets).copied().chain(pass.asks).chain(always.iter().copied()).collect();
    }
    masks.reverse();
    masks
}
