//! Acts: who, from where, with what, and what follows, every name held against the procedure and the pack.

use std::collections::BTreeMap;

use guiju_kernel::procedure::definition::{
    Act, ActorRule, Assigns, AtMost, Audience, Listed, Notify, PauseBy, Place, Take, Text,
};
use guiju_kernel::procedure::guard::Guard;

use super::field::plain_name;
use super::guard::{Scope, constant, guard};
use super::outputs::{issues, publishes, receives, spawns, writes};
use crate::complaint::{Kind, Margin, Spot};
use crate::raw::act::{Must, RawAct, RawActor, RawListed, RawNotify, RawPlace};
use crate::raw::choices::{RawAssigns, RawAudience};
use crate::raw::field::FieldType;
use crate::source::at::{At, Names};

/// Checks one act.
pub(crate) fn act(name: &At<String>, raw: &RawAct, scope: &Scope<'_>, margin: Margin<'_>) -> Act {
    plain_name(name, margin);
    raw.tags.iter().for_each(|tag| scope.known.tag(tag, margin));
    raw.basis.iter().for_each(|basis| scope.known.basis(basis, margin));
    if let Some(to) = &raw.to {
        scope.state(to, margin);
    }
    if raw.from.is_none() && raw.to.is_none() && !raw.records_history {
        margin.note(name.spot, "立件的行为须写 `to`", "an act that opens a case needs `to`");
    }
    Act {
        name: name.value.clone(),
        title: Text { zh: raw.zh.clone(), en: raw.en.clone() },
        columns: raw.columns.clone(),
        from: from(raw, scope, margin),
        to: raw.to.as_ref().map(|to| to.value.clone()),
        by: by(raw, scope, margin),
        when: raw.when.as_ref().map_or(Guard::Always, |when| guard(when, scope, margin)),
        takes: takes(raw, scope, margin),
        sets: sets(raw, scope, margin),
        tags: plain(&raw.tags),
        basis: plain(&raw.basis),
        starts: clocks(&raw.starts, scope, margin),
        starts_as_of: starts_as_of(raw, scope, margin),
        stops: clocks(&raw.stops, scope, margin),
        pauses: pauses(raw, scope, margin),
        resumes: clocks(&raw.resumes, scope, margin),
        extends: extends(raw, scope, margin),
        assigns: raw.assigns.as_ref().and_then(|raw| assigns(raw, scope, margin)),
        at_most: raw
            .at_most
            .as_ref()
            .map(|limit| AtMost { times: limit.times, reason: Text { zh: limit.zh.clone(), en: limit.en.clone() } }),
        issues: issues(raw, scope, margin),
        publishes: publishes(raw, scope, margin),
        writes: writes(raw, scope, margin),
        rechecks: rechecks(raw, scope, margin),
        spawns: spawns(raw, scope, margin),
        notifies: raw.notifies.iter().map(|raw| notify(raw, scope, margin)).collect(),
        receives: receives(raw, scope, margin),
        takes_up: raw.takes_up,
        joins: raw.joins,
        raises_level: raw.raises_level,
        new_round: raw.new_round,
        answers: raw.answers.as_ref().map(|answer| answer.value.clone()),
        confirm: raw.confirm.as_ref().map(Text::from),
        primary: raw.primary,
        inner: raw.inner,
        place: match raw.place {
            RawPlace::Own => Place::Own,
            RawPlace::Mirror => Place::Mirror,
            RawPlace::Bridge => Place::Bridge,
        },
        records_history: raw.records_history,
    }
}

fn starts_as_of(raw: &RawAct, scope: &Scope<'_>, margin: Margin<'_>) -> BTreeMap<String, String> {
    let one = |(clock, act): (&At<String>, &At<String>)| {
        scope.clock(clock, margin);
        scope.act_or_tag(act, margin);
        (clock.value.clone(), act.value.clone())
    };
    raw.starts_as_of.iter().map(one).collect()
}

/// Only a field that the act does not take anew needs to be looked at once more.
fn rechecks(raw: &RawAct, scope: &Scope<'_>, margin: Margin<'_>) -> Vec<String> {
    for field in &raw.rechecks {
        scope.field(field, margin);
    }
    plain(&raw.rechecks)
}

pub(crate) fn plain(names: &[At<String>]) -> Vec<String> {
    names.iter().map(|name| name.value.clone()).collect()
}

fn from(raw: &RawAct, scope: &Scope<'_>, margin: Margin<'_>) -> Vec<(String, Guard)> {
    let states = raw.from.as_ref().map(|from| from.0.as_slice()).unwrap_or_default();
    let mut seen: Vec<&str> = Vec::new();
    for (state, _) in states {
        scope.state(state, margin);
        if seen.contains(&state.as_str()) {
            margin.note(
                state.spot,
                format!("状态 `{}` 写了两次", state.as_str()),
                format!("the state `{}` stands twice", state.as_str()),
            );
        }
        seen.push(state);
    }
    states
        .iter()
        .map(|(state, when)| {
            (state.value.clone(), when.as_ref().map_or(Guard::Always, |when| guard(when, scope, margin)))
        })
        .collect()
}

fn by(raw: &RawAct, scope: &Scope<'_>, margin: Margin<'_>) -> Vec<ActorRule> {
    let rules = &raw.by.value.0;
    if rules.is_empty() {
        margin.note(raw.by.spot, "行为必须写明由谁做", "an act must say who may do it");
    }
    rules.iter().map(|rule| actor(rule, raw, scope, margin)).collect()
}

fn actor(raw: &RawActor, act: &RawAct, scope: &Scope<'_>, margin: Margin<'_>) -> ActorRule {
    if let Some(role) = &raw.role {
        scope.known.role(role, margin);
    }
    let kinds = [raw.role.is_some(), raw.party, raw.timer].iter().filter(|there| **there).count();
    if kinds != 1 {
        margin.note(
            act.by.spot,
            "每个实施人恰好写一种：role、party、timer",
            "each actor is exactly one of role, party, timer",
        );
    }
    if raw.role.is_none()
        && (raw.card.is_some()
            || raw.holds.is_some()
            || raw.holder
            || raw.lead
            || raw.count.is_some()
            || raw.listed.is_some())
    {
        margin.note(
            act.by.spot,
            "`count`、`card`、`holds`、`holder`、`lead`、`listed` 只与 `role` 连用",
            "`count`, `card`, `holds`, `holder`, `lead` and `listed` go with `role`",
        );
    }
    raw.card.iter().for_each(|card| scope.known.card(card, margin));
    raw.holds.iter().for_each(|held| scope.known.qualification(held, margin));
    raw.distinct_from.iter().for_each(|act| scope.act_or_tag(act, margin));
    ActorRule {
        role: raw.role.as_ref().map(|role| role.value.clone()),
        party: raw.party,
        timer: raw.timer,
        count: raw.count.unwrap_or(1),
        card: raw.card.as_ref().map(|card| card.value.clone()),
        holds: raw.holds.as_ref().map(|held| held.value.clone()),
        distinct_from: plain(&raw.distinct_from),
        holder: raw.holder,
        lead: raw.lead,
        listed: raw.listed.as_ref().map(|raw| listed(raw, scope, margin)),
    }
}

/// The register, the field with its key and the list in it exist.
fn listed(raw: &RawListed, scope: &Scope<'_>, margin: Margin<'_>) -> Listed {
    scope.field(&raw.key, margin);
    if let Some(register) = scope.known.register(&raw.register, margin) {
        match register.fields.iter().find(|(name, _)| name.as_str() == raw.field.as_str()) {
            None => margin.unknown(raw.field.spot, Kind::FIELD, &raw.field, register.fields.names()),
            Some((_, field)) if field.kind.value != FieldType::List => margin.note(
                raw.field.spot,
                format!("字段 `{}` 不是列表", raw.field.as_str()),
                format!("the field `{}` is no list", raw.field.as_str()),
            ),
            Some(_) => {}
        }
    }
    Listed { register: raw.register.value.clone(), key: raw.key.value.clone(), field: raw.field.value.clone() }
}

fn takes(raw: &RawAct, scope: &Scope<'_>, margin: Margin<'_>) -> Vec<Take> {
    raw.takes
        .iter()
        .map(|(field, must)| {
            scope.field(field, margin);
            Take { field: field.value.clone(), required: *must == Must::Must }
        })
        .collect()
}

fn sets(raw: &RawAct, scope: &Scope<'_>, margin: Margin<'_>) -> BTreeMap<String, serde_json::Value> {
    raw.sets
        .iter()
        .map(|(field, value)| {
            if let Some(known) = scope.field(field, margin) {
                constant(value, known, margin);
            }
            if raw.takes.has(field) {
                margin.note(
                    field.spot,
                    format!("字段 `{}` 既填写又定下", field.as_str()),
                    format!("the field `{}` is both taken and set", field.as_str()),
                );
            }
            (field.value.clone(), value.value.clone())
        })
        .collect()
}

pub(crate) fn clocks(names: &Names, scope: &Scope<'_>, margin: Margin<'_>) -> Vec<String> {
    names.0.iter().for_each(|clock| scope.clock(clock, margin));
    plain(&names.0)
}

fn pauses(raw: &RawAct, scope: &Scope<'_>, margin: Margin<'_>) -> Vec<PauseBy> {
    raw.pauses
        .iter()
        .map(|(clock, pause)| {
            scope.clock(clock, margin);
            let found = scope.procedure.into_iter().flat_map(|procedure| procedure.clocks.iter());
            if let Some((_, known)) = found.into_iter().find(|(name, _)| name.as_str() == clock.as_str())
                && !known.pauses.iter().any(|cause| cause.as_str() == pause.cause.as_str())
            {
                margin.note(
                    pause.cause.spot,
                    format!("期限钟 `{}` 不得因 `{}` 中止", clock.as_str(), pause.cause.as_str()),
                    format!("the clock `{}` may not be paused for `{}`", clock.as_str(), pause.cause.as_str()),
                );
            }
            if let Some(notice) = &pause.notice {
                scope.instrument(notice, margin);
            }
            PauseBy {
                clock: clock.value.clone(),
                cause: pause.cause.value.clone(),
                notice: pause.notice.as_ref().map(|notice| notice.value.clone()),
            }
        })
        .collect()
}

fn extends(raw: &RawAct, scope: &Scope<'_>, margin: Margin<'_>) -> Vec<String> {
    for clock in &raw.extends.0 {
        let found = scope.procedure.into_iter().flat_map(|procedure| procedure.clocks.iter());
        if let Some((_, known)) = found.into_iter().find(|(name, _)| name.as_str() == clock.as_str())
            && known.extend.is_none()
        {
            margin.note(
                clock.spot,
                format!("期限钟 `{}` 没有规定可以延长", clock.as_str()),
                format!("the clock `{}` does not say that it may be extended", clock.as_str()),
            );
        }
    }
    clocks(&raw.extends, scope, margin)
}

fn assigns(raw: &RawAssigns, scope: &Scope<'_>, margin: Margin<'_>) -> Option<Assigns> {
    let told = match raw {
        RawAssigns::Dispatcher => return Some(Assigns::Dispatcher),
        RawAssigns::Told(told) => told,
    };
    let of_units = |field: &At<String>| {
        if let Some(known) = scope.field(field, margin)
            && known.kind.value != FieldType::Unit
        {
            margin.note(
                field.spot,
                format!("字段 `{}` 不是科室", field.as_str()),
                format!("the field `{}` does not hold a unit", field.as_str()),
            );
        }
        field.value.clone()
    };
    match (&told.lead, &told.unit, &told.levels) {
        (Some(lead), None, None) => {
            Some(Assigns::Fields { lead: of_units(lead), with: told.with.as_ref().map(of_units) })
        }
        (None, Some(unit), None) => {
            scope.known.unit(unit, margin);
            Some(Assigns::Unit(unit.value.clone()))
        }
        (None, None, Some(levels)) => {
            levels.iter().for_each(|unit| scope.known.unit(unit, margin));
            Some(Assigns::Level(plain(levels)))
        }
        (lead, unit, levels) => {
            let spot = lead.as_ref().or(unit.as_ref()).or(told.with.as_ref()).map(|at| at.spot);
            let spot = spot.or_else(|| levels.iter().flatten().next().map(|at| at.spot));
            margin.note(
                spot.unwrap_or(Spot::START),
                "交办恰好写一种：lead（可带 with）、unit、levels、dispatcher",
                "`assigns` is exactly one of lead (perhaps with `with`), unit, levels, dispatcher",
            );
            None
        }
    }
}

/// Checks one notification.
pub(crate) fn notify(raw: &RawNotify, scope: &Scope<'_>, margin: Margin<'_>) -> Notify {
    let to = match &raw.to.value {
        RawAudience::Word(word) if word == "party" => Audience::Party,
        RawAudience::Word(_) => Audience::Holder,
        RawAudience::Told(told) => match (&told.unit, &told.role, &told.holder_role) {
            (Some(unit), None, None) => {
                scope.known.unit(unit, margin);
                Audience::Unit(unit.value.clone())
            }
            (None, Some(role), None) => {
                scope.known.role(role, margin);
                Audience::Role(role.value.clone())
            }
            (None, None, Some(role)) => {
                scope.known.role(role, margin);
                Audience::HolderRole(role.value.clone())
            }
            _ => {
                margin.note(
                    raw.to.spot,
                    "通知对象恰好写一种：unit、role、holder_role",
                    "an audience is exactly one of unit, role, holder_role",
                );
                Audience::Holder
            }
        },
    };
    Notify { to, text: Text { zh: raw.zh.clone(), en: raw.en.clone() } }
}
