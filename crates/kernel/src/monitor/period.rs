//! What may not come too soon, and what may not come too late: counted by the calendar from real moments.
//!
//! A limit is the parameter in force when the period begins; pauses and an extension count only as far as the constraint lists
//! them. What is done at the due moment is late. A case that ended without the act owes it no more; one that still runs is late
//! from the due moment on, as long as the clock that keeps the period has not been stopped for another reason.

use super::history::Step;
use super::limits::{Begun, Limit, Terms, extended, kept_by, limit, runs_on, uncertain};
use super::seen::{Seen, unordered};
use super::words::minute;
use super::{Answer, Truth};
use crate::clock::ClockKind;
use crate::constraint::{Demand, Mark};
use crate::procedure::definition::Act;
use crate::time::Instant;

/// Whether only clocks that the organ set itself keep the period: overrunning a promise breaks no law.
pub(super) fn only_promised(seen: &Seen<'_>) -> bool {
    let Demand::Within { param, .. } = &seen.constraint.demand else { return false };
    let mut keeping = seen.history.procedure.clocks.iter().filter(|clock| clock.limit == *param).peekable();
    keeping.peek().is_some() && keeping.all(|clock| clock.kind != ClockKind::Statutory)
}

/// `then` no sooner than the period after the latest `first`, or after its receipt.
pub(super) fn min_gap(seen: &Seen<'_>, first: &Mark, then: &str, param: &str) -> Vec<Answer> {
    let mut answers = Vec::new();
    for at in seen.history.of_tag(then) {
        let from = seen.history.round_of(at);
        let Some(place) = seen.history.of_tag(first.tag()).filter(|one| *one >= from && *one < at).last() else {
            continue;
        };
        let demanded = seen.demanded(at, place);
        if demanded != Truth::No {
            answers.extend(gap(seen, first, place, at, param, demanded));
        }
    }
    answers
}

fn gap(seen: &Seen<'_>, first: &Mark, place: usize, at: usize, param: &str, demanded: Truth) -> Option<Answer> {
    let (from, then) = (seen.step(place)?, seen.step(at)?);
    let begun = match first {
        Mark::Act(_) => Some(Begun { place, at: from.done }),
        Mark::Receipt(tag) => {
            let receiving = receiving(seen, tag);
            match received(seen, &receiving, place, at) {
                Some(begun) => Some(begun),
                None if !seen.history.silence_tells(&receiving) || !seen.history.tells_rounds() => {
                    return Some(Answer::Unknown);
                }
                None => None,
            }
        }
    };
    let settled = |why: Answer| Some(if demanded == Truth::Yes { why } else { Answer::Unknown });
    let Some(begun) = begun else {
        let (from, then) = (seen.dated(place), seen.dated(at));
        let zh = format!("{}没有送达当事人，就有{}", from.zh, then.zh);
        let en = format!("{} never reached the party, yet there is {}", from.en, then.en);
        return settled(Answer::broken(zh, en, vec![place, at]));
    };
    if !seen.in_force(begun.at) {
        return None;
    }
    let binds_party = kept_by(seen, begun.place, param).iter().all(|clock| !clock.binds_holder);
    let Some(limit) = limit(seen, param, begun, binds_party, &[]) else { return Some(Answer::Unknown) };
    if then.done >= limit.due {
        return Some(Answer::Kept);
    }
    if uncertain(&limit, seen.step(begun.place), then) || !seen.history.tells_rounds() {
        return Some(Answer::Unknown);
    }
    let (start, then, due) = (seen.dated(begun.place), seen.dated(at), minute(limit.due));
    let (period_zh, period_en) = (limit.rule.period.zh(), limit.rule.period.en());
    let zh = format!("{}早于{}之后的 {period_zh}：{due} 期满", then.zh, start.zh);
    let en = format!("{} came before {period_en} had passed since {}: the period ends at {due}", then.en, start.en);
    settled(Answer::broken(zh, en, vec![begun.place, at]))
}

/// Within the period after `first`, `then`.
pub(super) fn within(seen: &Seen<'_>, first: &Mark, then: &str, terms: &Terms<'_>) -> Vec<Answer> {
    let receiving = match first {
        Mark::Act(_) => Vec::new(),
        Mark::Receipt(tag) => receiving(seen, tag),
    };
    let begins = |step: &Step| match first {
        Mark::Act(tag) => step.bears(tag),
        Mark::Receipt(_) => receiving.iter().any(|act| act.name == step.act),
    };
    let waives = |step: &Step| seen.constraint.waived_by.as_ref().is_some_and(|tag| step.bears(tag));
    let mut answers = Vec::new();
    let mut open: Option<Begun> = None;
    for (place, step) in seen.history.steps.iter().enumerate() {
        if step.bears(then) {
            answers.extend(open.take().and_then(|begun| done_within(seen, begun, place, terms)));
        }
        let new_round = seen.history.act(step).is_some_and(|act| act.new_round);
        if new_round || waives(step) {
            open = None;
        }
        if begins(step) && open.is_none() {
            open = Some(Begun { place, at: step.done });
        }
    }
    answers.extend(open.and_then(|begun| still_owed(seen, begun, then, terms)));
    answers
}

fn done_within(seen: &Seen<'_>, begun: Begun, at: usize, terms: &Terms<'_>) -> Option<Answer> {
    let demanded = seen.demanded(at, begun.place);
    if demanded == Truth::No || !seen.in_force(begun.at) {
        return None;
    }
    let then = seen.step(at)?;
    let Some(limit) = extended(seen, begun, at, then.done, terms) else { return Some(Answer::Unknown) };
    let told = Truth::of(counted(seen, begun, terms).then_some(true));
    Some(in_time(seen, begun.place, at, &limit, demanded.and(told)))
}

/// Whether everything is known that may have lengthened the period, or begun another round.
fn counted(seen: &Seen<'_>, begun: Begun, terms: &Terms<'_>) -> bool {
    let clocks = kept_by(seen, begun.place, terms.param);
    let extends = |act: &Act| act.extends.iter().any(|name| clocks.iter().any(|clock| clock.name == *name));
    let pauses = |act: &Act| act.pauses.iter().any(|by| terms.pauses.contains(&by.cause));
    let lengthens = |act: &Act| pauses(act) || (terms.extension.is_some() && extends(act));
    seen.history.tells_rounds() && seen.history.hides_no(lengthens)
}

/// Whether the act at `at` came before the limit that runs since the act at `from`.
fn in_time(seen: &Seen<'_>, from: usize, at: usize, limit: &Limit, demanded: Truth) -> Answer {
    let Some(then) = seen.step(at) else { return Answer::Unknown };
    if then.done < limit.due {
        return Answer::Kept;
    }
    if demanded == Truth::Unknown || uncertain(limit, seen.step(from), then) {
        return Answer::Unknown;
    }
    let (start, then, due) = (seen.dated(from), seen.dated(at), minute(limit.due));
    let (period_zh, period_en) = (limit.rule.period.zh(), limit.rule.period.en());
    let zh = format!("{}超过了自{}起的 {period_zh}：应在 {due} 之前", then.zh, start.zh);
    let en = format!("{} came later than {period_en} after {}: it was due before {due}", then.en, start.en);
    Answer::broken(zh, en, vec![from, at])
}

/// The act has not been done: late once the limit has passed, if the case still runs and nothing else stopped its clock.
fn still_owed(seen: &Seen<'_>, begun: Begun, then: &str, terms: &Terms<'_>) -> Option<Answer> {
    let last = seen.history.steps.len().checked_sub(1)?;
    let demanded = seen.in_force(begun.at) && seen.in_force(seen.now);
    if seen.history.ended || !demanded || !runs_on(seen, begun, terms.param) {
        return None;
    }
    let made = seen.holds(&seen.constraint.condition, last, seen.now);
    if made == Truth::No {
        return None;
    }
    let limit = extended(seen, begun, last + 1, Instant::MAX, terms)?;
    owed(seen, begun.place, &limit, &seen.called(then).zh, &seen.called(then).en, || {
        let clocks = kept_by(seen, begun.place, terms.param);
        let stops = |act: &Act| act.stops.iter().any(|name| clocks.iter().any(|clock| clock.name == *name));
        let known = seen.history.silence_tells(&seen.history.bearing(then)) && seen.history.hides_no(stops);
        made == Truth::Yes && known && counted(seen, begun, terms)
    })
}

/// What is owed since the act at `from` and not done by now; nothing while it is not due.
fn owed(
    seen: &Seen<'_>,
    from: usize,
    limit: &Limit,
    zh: &str,
    en: &str,
    known: impl FnOnce() -> bool,
) -> Option<Answer> {
    if seen.now < limit.due {
        return None;
    }
    if !known() {
        return Some(Answer::Unknown);
    }
    let (start, due) = (seen.dated(from), minute(limit.due));
    let (period_zh, period_en) = (limit.rule.period.zh(), limit.rule.period.en());
    let zh = format!("自{}起的 {period_zh}已于 {due} 届满，至今没有“{zh}”", start.zh);
    let en = format!("{period_en} after {} ended at {due}, and there is no `{en}` yet", start.en);
    Some(Answer::broken(zh, en, vec![from]))
}

/// Publication is owed: the acts that stop the clock of the duty are what publishes, or lawfully withholds.
pub(super) fn publishes(seen: &Seen<'_>, act: &str, param: &str) -> Vec<Answer> {
    settled_by(seen, act, param, |of| {
        let clocks: Vec<&String> = of.publishes.iter().map(|duty| &duty.clock).collect();
        let stops = |other: &&Act| other.stops.iter().any(|stopped| clocks.contains(&stopped));
        seen.history.procedure.acts.iter().filter(stops).collect()
    })
}

/// An instrument has to be served: the acts that record its receipt are what serves it.
pub(super) fn serves(seen: &Seen<'_>, act: &str, param: &str) -> Vec<Answer> {
    settled_by(seen, act, param, |of| {
        let issued = |name: &String| of.issues.iter().any(|issue| issue.instrument == *name);
        seen.history.procedure.acts.iter().filter(|other| other.receives.iter().any(issued)).collect()
    })
}

fn settled_by<'a>(seen: &Seen<'a>, act: &str, param: &str, settling: impl Fn(&'a Act) -> Vec<&'a Act>) -> Vec<Answer> {
    let mut answers = Vec::new();
    for at in seen.history.of_tag(act) {
        let Some(step) = seen.step(at) else { continue };
        let demanded = seen.demanded(at, seen.history.round_of(at));
        if demanded == Truth::No {
            continue;
        }
        let settling = seen.history.act(step).map(&settling).unwrap_or_default();
        let begun = Begun { place: at, at: step.done };
        let Some(limit) = limit(seen, param, begun, false, &[]).filter(|_| !settling.is_empty()) else {
            answers.push(Answer::Unknown);
            continue;
        };
        let is = |other: &Step| settling.iter().any(|act| act.name == other.act);
        let later = |(place, other): &(usize, &Step)| *place > at || unordered(other, step);
        let done = seen.history.steps.iter().enumerate().filter(|(_, other)| is(other)).find(later);
        let answer = match done {
            Some((place, _)) => Some(in_time(seen, at, place, &limit, demanded)),
            None => {
                let titles = settling.first().map(|act| act.title.clone()).unwrap_or_default();
                let known = || demanded == Truth::Yes && seen.history.silence_tells(&settling);
                owed(seen, at, &limit, &titles.zh, &titles.en, known)
            }
        };
        answers.extend(answer);
    }
    answers
}

/// The acts that record the receipt of what acts with the tag issue.
fn receiving<'a>(seen: &Seen<'a>, tag: &str) -> Vec<&'a Act> {
    let issued: Vec<&str> =
        seen.history.bearing(tag).iter().flat_map(|act| &act.issues).map(|issue| issue.instrument.as_str()).collect();
    let receives = |act: &&Act| act.receives.iter().any(|name| issued.contains(&name.as_str()));
    seen.history.procedure.acts.iter().filter(receives).collect()
}

/// The latest receipt between two acts.
fn received(seen: &Seen<'_>, receiving: &[&Act], from: usize, until: usize) -> Option<Begun> {
    let is = |step: &Step| receiving.iter().any(|act| act.name == step.act);
    let steps = seen.history.steps.iter().enumerate().take(until).skip(from + 1);
    steps.rev().find(|(_, step)| is(step)).map(|(place, step)| Begun { place, at: step.done })
}
