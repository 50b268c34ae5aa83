//! Until when does a period run? The parameter, the pauses and the extension that the constraint allows, and the clocks that keep it.

use super::history::Step;
use super::seen::Seen;
use crate::clock::{ClockRule, Pause, due_at};
use crate::procedure::definition::ClockDef;
use crate::procedure::read_rule;
use crate::time::Instant;

/// What a limit may take out and add.
pub(super) struct Terms<'a> {
    pub(super) param: &'a str,
    pub(super) pauses: &'a [String],
    pub(super) extension: Option<&'a str>,
}

/// A period that has begun: at which step, and when.
#[derive(Clone, Copy)]
pub(super) struct Begun {
    pub(super) place: usize,
    pub(super) at: Instant,
}

/// When a period ends, and by which rule it was counted.
pub(super) struct Limit {
    pub(super) due: Instant,
    pub(super) rule: ClockRule,
}

/// A step that tells only its day cannot be held against hours.
pub(super) fn uncertain(limit: &Limit, from: Option<&Step>, then: &Step) -> bool {
    !limit.rule.period.unit.counts_days() && (then.day_only() || from.is_none_or(Step::day_only))
}

pub(super) fn limit(seen: &Seen<'_>, param: &str, begun: Begun, of_party: bool, pauses: &[Pause]) -> Option<Limit> {
    let rule = seen.param(param, begun.at).and_then(|found| read_rule(&found, of_party))?;
    let due = due_at(begun.at, &rule, pauses, seen.books.calendar()).ok()?.at;
    Some(Limit { due, rule })
}

/// The limit with the pauses and the extension that the constraint lists, as they were by the act at `at`.
pub(super) fn extended(seen: &Seen<'_>, begun: Begun, at: usize, until: Instant, terms: &Terms<'_>) -> Option<Limit> {
    let clocks = kept_by(seen, begun.place, terms.param);
    let of_party = !clocks.is_empty() && clocks.iter().all(|clock| !clock.binds_holder);
    let pauses = paused(seen, begun.place, at, until, terms.pauses);
    let mut limit = limit(seen, terms.param, begun, of_party, &pauses)?;
    let Some(extension) = terms.extension else { return Some(limit) };
    let extends = |step: &&Step| {
        let act = seen.history.act(step);
        act.is_some_and(|act| act.extends.iter().any(|name| clocks.iter().any(|clock| clock.name == *name)))
    };
    let within = seen.history.steps.iter().take(at).skip(begun.place + 1);
    // One extension, granted before the limit had passed.
    let Some(step) = within.filter(|step| extends(step)).find(|step| step.done < limit.due) else { return Some(limit) };
    let more = seen.param(extension, step.done).and_then(|found| read_rule(&found, of_party))?;
    if more.period.unit == limit.rule.period.unit {
        limit.rule.period.n = limit.rule.period.n.saturating_add(more.period.n);
        limit.due = due_at(begun.at, &limit.rule, &pauses, seen.books.calendar()).ok()?.at;
    }
    Some(limit)
}

/// Stretches that do not count: from each act that pauses a clock for one of the causes to the act that resumes or stops that clock.
fn paused(seen: &Seen<'_>, from: usize, at: usize, until: Instant, causes: &[String]) -> Vec<Pause> {
    let mut pauses: Vec<(&str, Pause)> = Vec::new();
    for step in seen.history.steps.iter().take(at).skip(from) {
        let Some(act) = seen.history.act(step) else { continue };
        let ends = |clock: &str| act.resumes.iter().chain(&act.stops).any(|name| name == clock);
        for (clock, pause) in pauses.iter_mut().filter(|(_, pause)| pause.until.is_none()) {
            if ends(clock) {
                pause.until = Some(step.done);
            }
        }
        for by in act.pauses.iter().filter(|by| causes.contains(&by.cause)) {
            let (cause, notice) = (by.cause.clone(), String::new());
            pauses.push((&by.clock, Pause { cause, notice, from: step.done, until: None }));
        }
    }
    let close = |(_, pause): (&str, Pause)| match pause.until {
        None if until != Instant::MAX => Pause { until: Some(until), ..pause },
        _ => pause,
    };
    pauses.into_iter().map(close).collect()
}

/// The clocks that keep the period: of those that the act starts the ones with this limit, else those, else all with the limit.
pub(super) fn kept_by<'a>(seen: &Seen<'a>, place: usize, param: &str) -> Vec<&'a ClockDef> {
    let procedure = seen.history.procedure;
    let started: Vec<&str> = seen.step(place).map(|step| starts(seen, step)).unwrap_or_default();
    let ours = || procedure.clocks.iter().filter(|clock| started.contains(&clock.name.as_str()));
    let limited: Vec<&ClockDef> = ours().filter(|clock| clock.limit == param).collect();
    if !limited.is_empty() {
        return limited;
    }
    let ours: Vec<&ClockDef> = ours().collect();
    if ours.is_empty() { procedure.clocks.iter().filter(|clock| clock.limit == param).collect() } else { ours }
}

fn starts<'a>(seen: &Seen<'a>, step: &Step) -> Vec<&'a str> {
    let Some(act) = seen.history.act(step) else { return Vec::new() };
    let acts = seen.history.procedure.acts.iter();
    let waiting = acts.flat_map(|other| &other.issues).filter(|issue| act.receives.contains(&issue.instrument));
    let on_receipt = waiting.flat_map(|issue| &issue.on_receipt_starts);
    let published = act.publishes.iter().map(|duty| &duty.clock);
    act.starts.iter().chain(published).chain(on_receipt).map(String::as_str).collect()
}

/// Whether a clock that keeps the period has been started and not stopped since. Where the procedure keeps none, the period runs on.
pub(super) fn runs_on(seen: &Seen<'_>, begun: Begun, param: &str) -> bool {
    let clocks = kept_by(seen, begun.place, param);
    let runs = |clock: &&ClockDef| {
        let mut running = false;
        for step in seen.history.steps.iter().skip(begun.place) {
            let stops = seen.history.act(step).is_some_and(|act| act.stops.contains(&clock.name));
            running = (running && !stops) || starts(seen, step).contains(&clock.name.as_str());
        }
        running
    };
    clocks.is_empty() || clocks.iter().any(runs)
}
