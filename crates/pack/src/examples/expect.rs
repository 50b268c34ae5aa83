//! Holds what came out against what an example says.

use std::collections::BTreeSet;

use guiju_kernel::case::Case;
use guiju_kernel::procedure::definition::Act;
use guiju_kernel::procedure::{Refusal, RefusalKind, lawful_acts};
use guiju_kernel::time::{self, Instant};
use serde_json::Value;

use super::play::{Run, Stopped, moment};
use crate::complaint::{Kind, Margin, Spot};
use crate::raw::examples::{RawClockIs, RawClockShown, RawRefusalKind, RawRefused, RawStep};
use crate::source::at::At;

/// A refusal must be of the kind told, by the rule and about the field told, and say why in both languages.
pub(super) fn refusal(came: &Refusal, told: &RawRefused, margin: Margin<'_>) -> Result<(), Stopped> {
    let kind = match told.kind.value {
        RawRefusalKind::State => RefusalKind::State,
        RawRefusalKind::Guard => RefusalKind::Guard,
        RawRefusalKind::Actor => RefusalKind::Actor,
        RawRefusalKind::Field => RefusalKind::Field,
        RawRefusalKind::Limit => RefusalKind::Limit,
        RawRefusalKind::Clock => RefusalKind::Clock,
        RawRefusalKind::Time => RefusalKind::Time,
    };
    let mut wrong = Differences { margin, found: false };
    let came_kind = format!("{:?}", came.kind).to_lowercase();
    let told_kind = format!("{kind:?}").to_lowercase();
    wrong.unless(came.kind == kind, told.kind.spot, &told_kind, &format!("{came_kind} ({})", came.rule));
    if let Some(rule) = &told.rule {
        wrong.unless(came.rule == rule.value, rule.spot, rule, &came.rule);
    }
    if let Some(field) = &told.field {
        let came = came.field.as_deref().unwrap_or("-");
        wrong.unless(came == field.as_str(), field.spot, field, came);
    }
    if came.why.zh.is_empty() || came.why.en.is_empty() {
        wrong.unless(false, told.kind.spot, "两种语言的理由", "reasons in both languages");
    }
    wrong.outcome()
}

/// Everything that a step says of the case after it.
pub(super) fn all(run: &Run<'_>, raw: &At<RawStep>, now: Instant, margin: Margin<'_>) -> Result<(), Stopped> {
    let mut wrong = Differences { margin, found: false };
    if let Some(case) = &run.case {
        if let Some(state) = &raw.state {
            if run.def.state(state).is_none() {
                margin.unknown(state.spot, Kind::STATE, state, run.def.states.iter().map(|state| state.name.as_str()));
                return Err(Stopped);
            }
            wrong.unless(case.state == state.value, state.spot, state, &case.state);
        }
        if let Some(level) = &raw.level {
            wrong.unless(case.level == level.value, level.spot, &level.to_string(), &case.level.to_string());
        }
        if let Some(holders) = &raw.holders {
            let spot = holders.first().map_or(raw.spot, |holder| holder.spot);
            let told: Vec<&str> = holders.iter().map(|holder| holder.as_str()).collect();
            let came: Vec<String> = case
                .parts
                .iter()
                .filter(|part| part.open)
                .map(|part| format!("{}/{}", part.organ, part.unit))
                .collect();
            wrong.unless(came == told, spot, &told.join(", "), &came.join(", "));
        }
        for (act, times) in raw.done.iter() {
            if run.def.act(act).is_none() && !run.stage.knows_tag(act) {
                let acts = run.def.acts.iter();
                let known = acts.flat_map(|act| act.tags.iter().chain([&act.name])).map(String::as_str);
                margin.unknown(act.spot, Kind::ACT_OR_TAG, act, known);
                return Err(Stopped);
            }
            let came = times_done(run, case, act);
            wrong.unless(came == times.value, times.spot, &times.to_string(), &came.to_string());
        }
        told_to_the_party(case, raw, &mut wrong);
        in_terms_of_law(run, case, raw, &mut wrong)?;
        for (name, told) in raw.clocks.iter() {
            clock(run, case, name, told, now, raw, &mut wrong)?;
        }
    } else if raw.state.is_some() || raw.holders.is_some() || raw.level.is_some() || !raw.clocks.0.is_empty() {
        margin.note(raw.spot, "此时还没有办件", "there is no case yet");
        return Err(Stopped);
    }
    permitted(run, raw, now, &mut wrong)?;
    wrong.outcome()
}

/// The record of a step names exactly the articles told.
pub(super) fn cited(came: &[String], raw: &At<RawStep>, margin: Margin<'_>) -> Result<(), Stopped> {
    let mut wrong = Differences { margin, found: false };
    if let Some(cites) = &raw.cites {
        let told: Vec<&str> = cites.iter().map(|basis| basis.as_str()).collect();
        let spot = cites.first().map_or(raw.spot, |basis| basis.spot);
        wrong.unless(told == came, spot, &told.join(", "), &came.join(", "));
    }
    wrong.outcome()
}

/// How often an act of this name, or acts with this tag, were done.
fn times_done(run: &Run<'_>, case: &Case, name: &str) -> u32 {
    let meant = |act: &&Act| act.name == name || act.tags.iter().any(|tag| tag == name);
    let acts = run.def.acts.iter().filter(meant);
    acts.filter_map(|act| case.detail.acts.get(&act.name)).map(|done| done.times).sum()
}

fn told_to_the_party(case: &Case, raw: &At<RawStep>, wrong: &mut Differences<'_>) {
    if let Some(issued) = &raw.issued {
        let told: BTreeSet<&str> = issued.iter().map(|instrument| instrument.as_str()).collect();
        let came: BTreeSet<&str> = case.detail.instruments.keys().map(String::as_str).collect();
        let list = |names: &BTreeSet<&str>| match names.len() {
            0 => "-".to_owned(),
            _ => names.iter().copied().collect::<Vec<_>>().join(", "),
        };
        let spot = issued.first().map_or(raw.spot, |instrument| instrument.spot);
        wrong.unless(told == came, spot, &list(&told), &list(&came));
    }
}

/// The fields of the case as the statutes name them.
fn in_terms_of_law(run: &Run<'_>, case: &Case, raw: &At<RawStep>, wrong: &mut Differences<'_>) -> Result<(), Stopped> {
    for (term, told) in raw.reads.iter() {
        if !run.stage.pack.statutes.iter().any(|statute| statute.terms.contains_key(term.as_str())) {
            let known = run.def.terms.keys().map(String::as_str);
            wrong.margin.unknown(term.spot, Kind::TERM, term, known);
            return Err(Stopped);
        }
        let came = run.def.terms.get(term.as_str()).and_then(|field| case.detail.fields.get(field));
        let said = came.map_or("-".to_owned(), Value::to_string);
        wrong.unless(came == Some(&told.value), told.spot, &told.value.to_string(), &said);
    }
    Ok(())
}

fn clock(
    run: &Run<'_>,
    case: &Case,
    name: &At<String>,
    told: &RawClockShown,
    now: Instant,
    raw: &RawStep,
    wrong: &mut Differences<'_>,
) -> Result<(), Stopped> {
    let (base, unit) = name.split_once('@').map_or((name.as_str(), None), |(base, unit)| (base, Some(unit)));
    if run.def.clock(base).is_none() {
        wrong.margin.unknown(name.spot, Kind::CLOCK, base, run.def.clocks.iter().map(|clock| clock.name.as_str()));
        return Err(Stopped);
    }
    let ctx = run.context(now, &raw.at, wrong.margin)?;
    let key = match unit {
        None => Some(base.to_owned()),
        Some(unit) => {
            let part = case.parts.iter().find(|part| format!("{}/{}", part.organ, part.unit) == unit);
            part.map(|part| format!("{base}#{}", part.part))
        }
    };
    let clock = key.and_then(|key| case.detail.clocks.get(&key));
    let due = clock.and_then(|clock| clock.due_at(ctx.calendar, now).ok()).map(|due| due.at);
    if let Some(expected) = &told.due {
        let instant = moment(expected, wrong.margin).ok_or(Stopped)?;
        let came = due.map_or("-".to_owned(), shown);
        wrong.unless(due == Some(instant), expected.spot, &shown(instant), &came);
    }
    if let Some(expected) = &told.is {
        let is = match clock {
            None => RawClockIs::NotStarted,
            Some(clock) if !clock.is_running() => RawClockIs::Stopped,
            Some(clock) if clock.open_pause().is_some() => RawClockIs::Paused,
            Some(_) if due.is_some_and(|due| due <= now) => RawClockIs::Expired,
            Some(_) => RawClockIs::Running,
        };
        let word = |is: RawClockIs| format!("{is:?}").to_lowercase();
        wrong.unless(is == expected.value, expected.spot, &word(expected.value), &word(is));
    }
    Ok(())
}

/// What each person may do: exactly the acts told under `may`, none of those under `may_not`.
fn permitted(run: &Run<'_>, raw: &RawStep, now: Instant, wrong: &mut Differences<'_>) -> Result<(), Stopped> {
    let ctx = run.context(now, &raw.at, wrong.margin)?;
    let lawful = |name: &At<String>| -> Result<BTreeSet<String>, Stopped> {
        let person = run.stage.person(name, wrong.margin).ok_or(Stopped)?;
        let acts = lawful_acts(&run.def, run.case.as_ref(), person, &ctx);
        Ok(acts.into_iter().filter(|act| act.refusal.is_none()).map(|act| act.act).collect())
    };
    let known = |act: &At<String>| {
        let found = run.def.act(act).is_some();
        if !found {
            wrong.margin.unknown(act.spot, Kind::ACT, act, run.def.acts.iter().map(|act| act.name.as_str()));
        }
        found
    };
    let mut differences = Vec::new();
    for (name, acts) in raw.may.iter() {
        if !acts.iter().all(known) {
            return Err(Stopped);
        }
        let told: BTreeSet<String> = acts.iter().map(|act| act.value.clone()).collect();
        let may = lawful(name)?;
        if may != told {
            let join = |acts: &BTreeSet<String>| acts.iter().cloned().collect::<Vec<_>>().join(", ");
            differences.push((name.spot, join(&told), join(&may)));
        }
    }
    for (name, acts) in raw.may_not.iter() {
        let may = lawful(name)?;
        for act in &acts.0 {
            if !known(act) {
                return Err(Stopped);
            }
            if may.contains(act.as_str()) {
                differences.push((act.spot, format!("not {}", act.as_str()), act.value.clone()));
            }
        }
    }
    for (spot, told, came) in differences {
        wrong.unless(false, spot, &told, &came);
    }
    Ok(())
}

/// A moment as examples write it.
fn shown(instant: Instant) -> String {
    let civil = time::civil_of(instant);
    let text = civil.strftime("%Y-%m-%d %H:%M").to_string();
    if civil.second() == 0 && civil.subsec_nanosecond() == 0 {
        text
    } else {
        civil.strftime("%Y-%m-%d %H:%M:%S").to_string()
    }
}

/// Gathers what came out otherwise than told.
struct Differences<'a> {
    margin: Margin<'a>,
    found: bool,
}

impl Differences<'_> {
    fn unless(&mut self, holds: bool, spot: Spot, told: &str, came: &str) {
        if !holds {
            self.found = true;
            self.margin.note(
                spot,
                format!("例子说是 `{told}`，实际是 `{came}`"),
                format!("the example says `{told}`, and it came out as `{came}`"),
            );
        }
    }

    fn outcome(self) -> Result<(), Stopped> {
        if self.found { Err(Stopped) } else { Ok(()) }
    }
}
