//! May this be done, and what follows? The first rule that is not met is the answer, so their order is part of the contract.
//!
//! - The act exists, and opens a case or moves one.
//! - The case is where the actor saw it: who acts on a stale page must hear that first.
//! - Its state allows the act, and the guard of that state holds.
//! - The time is not in the future, and not before what was done last.
//! - The persons may do it, and it was not done too often.
//! - The act's own guard holds.
//! - Fields and files are good, and what the next state requires is there.
//! - Clocks, desks and registers can follow.
//!
//! Why in this order: ADR 0040. Claims of history pass most of it: see `history`.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use super::clocks::Changed;
use super::consulted::Consulted;
use super::definition::{Act, Field, FieldRule, Procedure, State, Subject};
use super::fields::{self, Checked, Surroundings};
use super::judge::{Scene, is_nothing};
use super::outputs::unwritable;
use super::proposal::{Context, Decided, Person, Proposal, Refusal, RefusalKind};
use super::rules::Judge;
use super::sentence::{act_title, alternatives, field_title, shown, state_title, text};
use super::work::{self, Work};
use super::{actors, effects, history, ring};
use crate::case::Case;
use crate::record::{ActorKind, CaseStep, Doer, Origin, Record};
use crate::time::{self, Instant, date_of};

/// Decides on a proposal: what is recorded and what the case becomes, or why not. Nothing has happened until the record is durable.
///
/// `case` is `None` for an act that opens one. `def` is the version that the case is pinned to.
///
/// # Errors
/// The [`Refusal`] of the first rule that is not met.
pub fn decide(
    def: &Procedure,
    case: Option<&Case>,
    proposal: &Proposal,
    ctx: &Context<'_>,
) -> Result<Decided, Box<Refusal>> {
    let act = def.act(&proposal.act).ok_or_else(|| unknown(&proposal.act))?;
    if act.records_history {
        return history::decide(def, act, case, proposal, ctx);
    }
    let done = to_the_millisecond(proposal.done);
    opens_or_moves(act, case)?;
    conflict(case, proposal)?;
    let mut consulted = Consulted::default();
    let scene = Scene {
        def,
        act,
        case,
        given: Some(&proposal.given),
        subject: case.map_or(proposal.subject.as_deref(), |case| case.subject.as_deref()),
        at: done,
        ctx,
        drawing: false,
    };
    from_state(&scene, &mut consulted)?;
    in_time(case, done, ctx)?;
    is_own(act, proposal)?;
    if proposal.by.first().is_some_and(|person| person.kind == ActorKind::Timer) {
        ring::check(&scene, proposal, &mut consulted)?;
    }
    actors::check(&scene, proposal, &mut consulted)?;
    at_most(act, case)?;
    let why = not_now(act);
    scene.require(&act.when, &format!("act.{}.when", act.name), why, &mut consulted)?;
    if case.is_none() {
        opening(&scene, proposal, &mut consulted)?;
    }
    let checked = check_fields(&scene, proposal, false, &mut consulted)?;
    let work = begin(&scene, &act.name, proposal, consulted, false);
    carry_out(work, &checked, case, None)
}

/// Cuts off what records do not keep, so that the decision sees what the record will say.
pub(super) fn to_the_millisecond(instant: Instant) -> Instant {
    time::from_millis(time::to_millis(instant)).unwrap_or(instant)
}

fn unknown(name: &str) -> Box<Refusal> {
    let why = text(format!("本程序没有“{name}”这一环节"), format!("this procedure has no act `{name}`"));
    Refusal::new(RefusalKind::UnknownAct, "act.unknown", why)
}

pub(super) fn opens_or_moves(act: &Act, case: Option<&Case>) -> Result<(), Box<Refusal>> {
    let title = act_title(act);
    match case {
        Some(case) if act.from.is_empty() => {
            let why = text(
                format!("“{}”只能用于新办件，本件 {} 已经存在", title.zh, case.number),
                format!("`{}` opens a case, and {} is open already", title.en, case.number),
            );
            Err(Refusal::new(RefusalKind::State, "act.opens", why))
        }
        None if !act.from.is_empty() => {
            let why = text(format!("“{}”须在已有的办件上办理", title.zh), format!("`{}` needs a case", title.en));
            Err(Refusal::new(RefusalKind::State, "act.needs_case", why))
        }
        _ => Ok(()),
    }
}

pub(super) fn conflict(case: Option<&Case>, proposal: &Proposal) -> Result<(), Box<Refusal>> {
    match (case, proposal.seen) {
        (Some(case), Some(seen)) if seen != case.version => {
            let why = text(
                "本件刚刚被他人办理过，您看到的已不是最新情况",
                "somebody has just moved this case: what you see is no longer how it stands",
            );
            let mend = text(
                "请查看最新情况后再办理，您填写的内容不会丢失",
                "look at it as it stands now; what you typed is kept",
            );
            Err(Refusal::new(RefusalKind::Conflict, "case.version", why).mended_by(mend))
        }
        _ => Ok(()),
    }
}

/// The state allows the act, and the guard of that state holds.
pub(super) fn from_state(scene: &Scene<'_>, consulted: &mut Consulted) -> Result<(), Box<Refusal>> {
    let Some(case) = scene.case else { return Ok(()) };
    let act = scene.act;
    let (title, state) = (act_title(act), state_title(scene.def, &case.state));
    if case.outcome.is_some() {
        let why = text(
            format!("本件已办结（{}），不能再“{}”", state.zh, title.zh),
            format!("this case has ended (`{}`), so `{}` is not possible", state.en, title.en),
        );
        return Err(Refusal::new(RefusalKind::State, "state.ended", why));
    }
    let Some((name, guard)) = act.from.iter().find(|(from, _)| *from == case.state) else {
        let from: Vec<_> = act.from.iter().map(|(from, _)| state_title(scene.def, from)).collect();
        let from = alternatives(&from);
        let why = text(
            format!("本件现为“{}”，不能“{}”", state.zh, title.zh),
            format!("this case is `{}`, so `{}` is not possible", state.en, title.en),
        );
        let mend = text(
            format!("“{}”须在“{}”时办理", title.zh, from.zh),
            format!("`{}` is possible when the case is {}", title.en, from.en),
        );
        return Err(Refusal::new(RefusalKind::State, "state.from", why).mended_by(mend).resting_on(&act.basis));
    };
    let why = text(
        format!("本件现为“{}”，暂不能“{}”", state.zh, title.zh),
        format!("this case is `{}`, and `{}` is not possible yet", state.en, title.en),
    );
    scene.require(guard, &format!("act.{}.from.{name}", act.name), why, consulted)
}

/// The latest moment at which anything was done to the case.
pub(super) fn latest_done(case: &Case) -> Instant {
    case.detail.acts.values().map(|done| done.at).fold(case.opened, Instant::max)
}

pub(super) fn in_time(case: Option<&Case>, done: Instant, ctx: &Context<'_>) -> Result<(), Box<Refusal>> {
    let said = time::print(done);
    if done > ctx.now {
        let why = text(
            format!("办理时间 {said} 尚未到来"),
            format!("the act is said to be done at {said}, which is yet to come"),
        );
        return Err(Refusal::new(RefusalKind::Time, "time.future", why));
    }
    let Some(latest) = case.map(latest_done).filter(|latest| done < *latest) else { return Ok(()) };
    let latest = time::print(latest);
    let why = text(
        format!("办理时间 {said} 早于本件上一环节的时间 {latest}"),
        format!("the act is said to be done at {said}, before the latest one of the case at {latest}"),
    );
    let mend = text(format!("请填写不早于 {latest} 的办理时间"), format!("give a time that is not before {latest}"));
    Err(Refusal::new(RefusalKind::Time, "time.order", why).mended_by(mend))
}

fn is_own(act: &Act, proposal: &Proposal) -> Result<(), Box<Refusal>> {
    if proposal.origin == Origin::Own && proposal.claim.is_none() {
        return Ok(());
    }
    let title = act_title(act);
    let why = text(
        format!("“{}”是在本系统办理的环节；在其他平台发生的，须以“历史记录”登记", title.zh),
        format!("`{}` is done here; what happened elsewhere is entered by the act that records history", title.en),
    );
    Err(Refusal::new(RefusalKind::Guard, "origin.own", why))
}

pub(super) fn at_most(act: &Act, case: Option<&Case>) -> Result<(), Box<Refusal>> {
    let Some(limit) = &act.at_most else { return Ok(()) };
    let times = case.and_then(|case| case.detail.acts.get(&act.name)).map_or(0, |done| done.times);
    if times < limit.times {
        return Ok(());
    }
    let (title, reason) = (act_title(act), &limit.reason);
    let why = text(
        format!("“{}”已办理 {times} 次，最多 {} 次：{}", title.zh, limit.times, reason.zh),
        format!("`{}` was done {times} times and at most {} are allowed: {}", title.en, limit.times, reason.en),
    );
    Err(Refusal::new(RefusalKind::Limit, format!("act.{}.at_most", act.name), why).resting_on(&act.basis))
}

pub(super) fn not_now(act: &Act) -> super::definition::Text {
    let title = act_title(act);
    text(format!("现在不能“{}”", title.zh), format!("`{}` is not possible now", title.en))
}

/// A new case: the version may start cases on that day, and the subject is there.
fn opening(scene: &Scene<'_>, proposal: &Proposal, consulted: &mut Consulted) -> Result<(), Box<Refusal>> {
    let (def, day) = (scene.def, date_of(scene.at));
    if day < def.in_force.from || def.in_force.until.is_some_and(|until| day >= until) {
        let title = shown(&def.title, &def.id);
        let why = text(
            format!("“{}”的这一版本在 {day} 不适用", title.zh),
            format!("this version of `{}` is not in force on {day}", title.en),
        );
        return Err(Refusal::new(RefusalKind::State, "procedure.in_force", why));
    }
    let missing = |zh: &str, en: &str| Err(Refusal::new(RefusalKind::Field, "subject", text(zh, en)).at("subject"));
    let subject = proposal.subject.as_deref().filter(|subject| !subject.trim().is_empty());
    match (&def.subject, subject) {
        (Subject::Nothing, None) | (Subject::Party, Some(_)) => Ok(()),
        (Subject::Nothing, Some(_)) => {
            missing("本程序没有当事人，不应填写", "this procedure is about nobody, so no subject is taken")
        }
        (Subject::Party, None) => missing("没有写明当事人", "the party is missing"),
        (Subject::Entry(_), None) => missing("没有写明所涉的台账条目", "the entry that the case is about is missing"),
        (Subject::Entry(register), Some(key)) => match consulted.entry(scene.ctx, register, key, scene.at) {
            Some(_) => Ok(()),
            None => missing(
                "所涉的条目不在台账中或者已失效",
                "the entry that the case is about is not in force on its register",
            ),
        },
    }
}

/// Checks what is given; a claim of history may fill any field of the procedure.
pub(super) fn check_fields(
    scene: &Scene<'_>,
    proposal: &Proposal,
    lenient: bool,
    consulted: &mut Consulted,
) -> Result<Checked, Box<Refusal>> {
    surrounded(scene, &proposal.given, lenient, consulted, |around| check_within(scene, proposal, around))
}

/// Hands over what values of this act are checked against.
pub(super) fn surrounded<T>(
    scene: &Scene<'_>,
    given: &Map<String, Value>,
    lenient: bool,
    consulted: &mut Consulted,
    check: impl FnOnce(&Surroundings<'_>) -> T,
) -> T {
    let ctx = scene.ctx;
    let unit_exists = |path: &str| ctx.facts.unit_exists(path);
    let at = time::to_millis(scene.at);
    let entry_exists = |register: &str, key: &str| {
        ctx.facts.entry(register, key).is_some_and(|row| row.until.is_none_or(|until| until > at))
    };
    let consulted = RefCell::new(consulted);
    let judge = Judge { scene, given, consulted: &consulted };
    let rules = |field: &Field, rule: &FieldRule, value: &Value, row: Option<&Map<String, Value>>| {
        judge.judge(field, rule, value, row)
    };
    check(&Surroundings {
        done: scene.at,
        unit_exists: &unit_exists,
        entry_exists: &entry_exists,
        lenient,
        rules: Some(&rules),
    })
}

fn check_within(scene: &Scene<'_>, proposal: &Proposal, around: &Surroundings<'_>) -> Result<Checked, Box<Refusal>> {
    let (def, act) = (scene.def, scene.act);
    if around.lenient {
        fields::check_files(def.fields.iter(), &proposal.files)?;
        return fields::check(def.fields.iter(), &proposal.given, around);
    }
    let taken = act.takes.iter().filter_map(|take| def.field(&take.field));
    for take in act.takes.iter().filter(|take| take.required) {
        let given = proposal.given.get(&take.field).is_some_and(|value| !is_nothing(value));
        if !given && !proposal.files.iter().any(|file| file.field == take.field) {
            return Err(missing_field(scene, &take.field));
        }
    }
    fields::check_files(taken.clone(), &proposal.files)?;
    let checked = fields::check(taken, &proposal.given, around)?;
    for name in act.rechecks.iter().filter(|name| !checked.open.contains_key(*name)) {
        let stands = scene.case.and_then(|case| case.detail.fields.get(name));
        if let (Some(field), Some(value)) = (def.field(name), stands) {
            fields::check_value(field, value, around)?;
        }
    }
    Ok(checked)
}

fn missing_field(scene: &Scene<'_>, name: &str) -> Box<Refusal> {
    let (field, act) = (field_title(scene.def, name), act_title(scene.act));
    let why = text(format!("“{}”须填写“{}”", act.zh, field.zh), format!("`{}` needs `{}`", act.en, field.en));
    Refusal::new(RefusalKind::Field, "field.required", why).at(name).resting_on(&scene.act.basis)
}

/// What the state that is entered requires is there.
fn required(work: &Work<'_>, state: &str) -> Result<(), Box<Refusal>> {
    let detail = &work.case.detail;
    for field in work.def.fields.iter().filter(|field| field.required_from.as_deref() == Some(state)) {
        let there = detail.fields.get(&field.name).is_some_and(|value| !is_nothing(value))
            || detail.personal.contains_key(&field.name)
            || detail.files.get(&field.name).is_some_and(|files| !files.is_empty());
        if !there {
            let (title, state) = (shown(&field.title, &field.name), state_title(work.def, state));
            let why = text(
                format!("进入“{}”前须填写“{}”", state.zh, title.zh),
                format!("`{}` has to be filled in before the case is `{}`", title.en, state.en),
            );
            return Err(Refusal::new(RefusalKind::Field, "field.required_from", why).at(&field.name));
        }
    }
    Ok(())
}

/// Starts the work on a copy of the case.
pub(super) fn begin<'a>(
    scene: &Scene<'a>,
    noted: &'a str,
    proposal: &'a Proposal,
    consulted: Consulted,
    lenient: bool,
) -> Work<'a> {
    let case = scene.case.cloned().unwrap_or_else(|| work::blank(scene.def, proposal, scene.ctx, scene.at));
    Work {
        def: scene.def,
        act: scene.act,
        noted,
        proposal,
        ctx: scene.ctx,
        done: scene.at,
        case,
        consulted,
        changed: Changed::default(),
        roles: proposal.by.iter().flat_map(|person| person.roles.iter().cloned()).collect::<BTreeSet<_>>(),
        lenient,
        seat_claimed: None,
        written: BTreeSet::new(),
        series: BTreeMap::new(),
        beside: Vec::new(),
    }
}

/// Lets everything follow that the act entails. `claimed`: the state that a claim of history names.
pub(super) fn carry_out(
    mut work: Work<'_>,
    checked: &Checked,
    before: Option<&Case>,
    claimed: Option<&str>,
) -> Result<Decided, Box<Refusal>> {
    if let Some(timer) = work.proposal.by.first().filter(|person| person.kind == ActorKind::Timer) {
        work.case.timers.remove(&timer.id);
    }
    if before.is_none() {
        work.number().map_err(|error| unwritable(&error))?;
    }
    work.set_fields(checked);
    work.begin_round();
    work.note_act();
    let was = work.case.parts.clone();
    let all_in = if work.act.joins && !work.lenient { work.join()? } else { true };
    work.close_sub_clocks(&was);
    let state = next_state(&work, claimed, all_in);
    let moved = before.is_none() || state != work.case.state;
    if moved {
        if claimed.is_none() {
            required(&work, &state)?;
        }
        work.case.state.clone_from(&state);
    }
    work.settle_desks(moved)?;
    if !work.lenient {
        work.issue();
    }
    work.run_clocks()?;
    if work.lenient {
        work.receive_elsewhere()?;
    } else {
        work.receive()?;
        work.write_entries()?;
    }
    if moved {
        work.enter(&state);
    }
    work.set_timers()?;
    if work.case.outcome.is_some() {
        work.case.timers.clear();
    }
    work.set_dues();
    work.case.version = work.ctx.next_seq;
    finish(work, checked, before)
}

fn next_state(work: &Work<'_>, claimed: Option<&str>, all_in: bool) -> String {
    let stays = || work.case.state.clone();
    match (claimed, &work.act.to) {
        (Some(state), _) => state.to_owned(),
        (None, Some(to)) if all_in => to.clone(),
        (None, _) if work.case.state.is_empty() => {
            work.def.start().map_or_else(stays, |start: &State| start.name.clone())
        }
        (None, _) => stays(),
    }
}

fn finish(work: Work<'_>, checked: &Checked, before: Option<&Case>) -> Result<Decided, Box<Refusal>> {
    let mut effects = effects::between(before, &work.case).map_err(|error| unwritable(&error))?;
    effects.extend(work.beside.iter().cloned());
    let notify = if work.lenient { Vec::new() } else { work.act.notifies.clone() };
    let spawn = if work.lenient { Vec::new() } else { work.spawned() };
    let proposal = work.proposal;
    let sealed = !checked.personal.is_empty() || !proposal.files.is_empty();
    let first = proposal.by.first();
    let tags = work.def.act(work.noted).map_or(&work.act.tags, |act| &act.tags);
    let record = Record {
        v: 1,
        seq: work.ctx.next_seq,
        done: work.done,
        recorded: to_the_millisecond(work.ctx.now),
        organ: first.and_then(|person| person.organ.clone()).unwrap_or_else(|| work.case.organ.clone()),
        unit: first.and_then(|person| person.unit.clone()),
        origin: proposal.origin.clone(),
        by: proposal.by.iter().map(doer).collect(),
        act: work.noted.to_owned(),
        tags: tags.clone(),
        basis: work.act.basis.clone(),
        pack: work.ctx.pack.to_owned(),
        case: Some(CaseStep {
            id: work.case.id,
            procedure: work.def.id.clone(),
            from: before.map(|case| case.state.clone()),
            to: work.case.state.clone(),
        }),
        entry: None,
        given: given(checked),
        consulted: work.consulted.into_members(),
        personal: std::collections::BTreeMap::new(),
        party: sealed.then(|| key_holder(&work.case, first)),
        files: proposal.files.clone(),
        effects,
    };
    Ok(Decided { record, case: work.case, personal: checked.personal.clone(), notify, spawn })
}

/// What was given, emptied fields included, and nothing personal.
fn given(checked: &Checked) -> Map<String, Value> {
    let mut given = checked.open.clone();
    given.extend(checked.cleared.iter().map(|name| (name.clone(), Value::Null)));
    given
}

/// Under whose key personal values lie: the party's; where a case is about no party, the case's own.
fn key_holder(case: &Case, first: Option<&Person>) -> String {
    let party = case.subject.clone().or_else(|| first.and_then(|person| person.party.clone()));
    party.unwrap_or_else(|| format!("case/{}", case.id))
}

pub(super) fn doer(person: &Person) -> Doer {
    Doer { kind: person.kind, id: person.id.clone(), organ: person.organ.clone(), unit: person.unit.clone() }
}
