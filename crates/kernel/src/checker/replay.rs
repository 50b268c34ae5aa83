//! Can a course be gone once more is looked at? If not, what shows it?

use std::collections::{BTreeSet, HashSet};

use super::judge::{Course, Laid};
use super::live::{Pass, always};
use super::moves::{EXPIRED, Move, RUNNING, moves};
use super::sight::{Atom, Sight, atoms_of};
use super::walk::{Ground, Node, with};
use super::watch::Watch;

/// More nodes than this on one course are not followed: it then counts as one that can be gone.
const MOST_NODES: usize = 200_000;

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
    let steps: Vec<&Move> = course.acts.iter().filter_map(|act| moves.iter().find(|one| one.act == *act)).collect();
    let masks = masks(&steps, laid.watch, &ground);
    let outset = ground.outset();
    // Depth first: a course that can be gone is mostly gone at once.
    let (mut seen, mut open) = (HashSet::from([(0, outset.clone())]), vec![(0, outset)]);
    while let Some((at, node)) = open.pop() {
        let Some((one, mask)) = steps.get(at).zip(masks.get(at)) else { return true };
        let last = course.breaks && at + 1 == steps.len();
        let running = ground.clocks.iter().filter(|clock| Ground::at(&node, **clock) == RUNNING);
        let mut next: Vec<(usize, Node)> = running.map(|clock| (at, with(&node, *clock, EXPIRED))).collect();
        let mut found = Vec::new();
        for (_, guard) in one.from.iter().filter(|(from, _)| *from == Ground::at(&node, 0)) {
            ground.filled(one, guard, &node, &mut found);
        }
        if last && found.iter().any(|(_, letters, _)| ground.is_bad(&node, *letters)) {
            return true;
        }
        next.extend(found.into_iter().filter(|_| !last).map(|(_, _, mut reached)| {
            reached.iter_mut().zip(mask).filter(|(_, live)| !**live).for_each(|(value, _)| *value = 0);
            (at + 1, reached)
        }));
        open.extend(next.into_iter().filter(|step| seen.insert(step.clone())));
        if seen.len() > MOST_NODES {
            return true;
        }
    }
    false
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
