//! One procedure as a whole: its names, number, clocks, timers, and its dates beside other versions.

use std::collections::{BTreeMap, BTreeSet};

use guiju_kernel::procedure::definition::{FieldKind, Holder, Procedure, State, Station, Subject, Text, Visibility};

use super::act::act;
use super::bureau::address_name;
use super::dates::{in_force, overlap};
use super::field::{fields, plain_name, required_from};
use super::founded;
use super::graph;
use super::guard::Scope;
use super::idle;
use super::known::Known;
use super::timer::{clock, timer};
use crate::Param;
use crate::complaint::{Complaint, Kind, Margin};
use crate::raw::field::{FieldType, NotBeyond};
use crate::raw::law::TermType;
use crate::raw::procedure::{RawHolder, RawProcedure, RawState, RawSubject};
use crate::schema::FileKind;
use crate::source::at::At;
use crate::sources::File;

/// Checks one procedure.
pub(crate) fn procedure(file: &File<RawProcedure>, known: &Known<'_>, margin: Margin<'_>) -> Procedure {
    let raw = &file.raw;
    let scope = Scope { known, procedure: Some(raw), fragment: &[] };
    address_name(&raw.id, margin);
    named_as_its_file(file, margin);
    number(&raw.number, &[], margin);
    let states: Vec<&str> = raw.states.names().collect();
    required_from(&raw.fields, &states, margin);
    realizes(raw, known, margin);
    rules(raw, &scope, margin);
    let procedure = Procedure {
        id: raw.id.value.clone(),
        realizes: raw.realizes.as_ref().map(|name| name.value.clone()),
        title: (&raw.title).into(),
        in_force: in_force(&raw.in_force, margin),
        number: raw.number.value.clone(),
        subject: subject(raw, &scope, margin),
        headline: raw.headline.value.clone(),
        fields: fields(&raw.fields, known, margin),
        terms: terms(raw, &scope, margin),
        states: raw.states.iter().map(|(name, state)| self::state(name, state, known, margin)).collect(),
        acts: raw.acts.iter().map(|(name, raw)| act(name, raw, &scope, margin)).collect(),
        clocks: raw.clocks.iter().map(|(name, raw)| clock(name, raw, known, margin)).collect(),
        timers: raw.timers.iter().map(|(name, raw)| timer(name, raw, &scope, margin)).collect(),
        courier: courier(raw, &scope, margin),
    };
    headline(raw, &procedure, &scope, margin);
    unused(raw, margin);
    unused_allowances(raw, &procedure, margin);
    founded::check(raw, &procedure.acts, known, margin);
    graph::check(raw, &procedure, margin);
    procedure
}

/// Versions of one procedure may not be in force on the same day: which would a new case follow?
pub(crate) fn versions(files: &[File<RawProcedure>], notes: &std::cell::RefCell<Vec<Complaint>>) {
    let silent = std::cell::RefCell::new(Vec::new());
    let dates = |file: &File<RawProcedure>| {
        let range = in_force(&file.raw.in_force, Margin::new("", &silent));
        (range.from, range.until)
    };
    for (position, file) in files.iter().enumerate() {
        for earlier in files.iter().take(position).filter(|earlier| *earlier.raw.id == *file.raw.id) {
            if overlap(dates(earlier), dates(file)) {
                Margin::new(&file.path, notes).note(
                    file.raw.in_force.from.spot,
                    format!("程序 `{}` 的两个版本施行日期重叠（另一个在 {}）", file.raw.id.as_str(), earlier.path),
                    format!(
                        "two versions of `{}` are in force together (the other: {})",
                        file.raw.id.as_str(),
                        earlier.path
                    ),
                );
            }
        }
    }
}

/// Every limit has a value in force on the day on which the procedure begins.
pub(crate) fn limits(file: &File<RawProcedure>, params: &BTreeMap<String, Vec<Param>>, margin: Margin<'_>) {
    let Ok(from) = guiju_kernel::time::parse_date(&file.raw.in_force.from) else { return };
    let waits = file.raw.timers.iter().filter_map(|(_, timer)| timer.at.wait.as_ref());
    let limits = file.raw.clocks.iter().map(|(_, clock)| &clock.limit);
    for named in limits.chain(waits) {
        let Some(values) = params.get(named.param.as_str()) else { continue };
        if !values.iter().any(|value| value.from <= from && value.until.is_none_or(|until| from < until)) {
            margin.note(
                named.param.spot,
                format!("参数 `{}` 在 {from} 还没有值", named.param.as_str()),
                format!("parameter `{}` has no value on {from}", named.param.as_str()),
            );
        }
    }
}

fn named_as_its_file(file: &File<RawProcedure>, margin: Margin<'_>) {
    let stem = file.path.rsplit('/').next().unwrap_or_default().trim_end_matches(".yaml");
    if !stem.starts_with(file.raw.id.as_str()) {
        margin.note(
            file.raw.id.spot,
            format!("标识 `{}` 与文件名 `{stem}` 不符", file.raw.id.as_str()),
            format!("the id `{}` is not what the file is named, `{stem}`", file.raw.id.as_str()),
        );
    }
}

/// `{year}` and `{seq}` (or `{seq:6}`) once each: numbers are counted by year. `besides` may stand in it too.
pub(crate) fn number(template: &At<String>, besides: &[&str], margin: Margin<'_>) {
    let wrong = |zh: String, en: String| margin.note(template.spot, zh, en);
    let (mut years, mut seqs, mut rest) = (0, 0, template.as_str());
    while let Some((_, after)) = rest.split_once('{') {
        let Some((name, tail)) = after.split_once('}') else {
            return wrong("编号格式缺少 `}`".to_owned(), "the number template lacks a `}`".to_owned());
        };
        match name.split_once(':') {
            None if name == "year" => years += 1,
            None if name == "seq" => seqs += 1,
            None if besides.contains(&name) => {}
            Some(("seq", width)) if width.parse::<u8>().is_ok_and(|width| (1..=12).contains(&width)) => seqs += 1,
            _ => wrong(
                format!("编号格式不认识 `{{{name}}}`，可用 `{{year}}`、`{{seq}}`、`{{seq:6}}`"),
                format!("the number template does not know `{{{name}}}`; known are {{year}}, {{seq}}, {{seq:6}}"),
            ),
        }
        rest = tail;
    }
    if years != 1 || seqs != 1 {
        wrong(
            "编号格式须各有一个 `{year}` 和 `{seq}`".to_owned(),
            "a number template holds {year} and {seq} once each".to_owned(),
        );
    }
}

fn subject(raw: &RawProcedure, scope: &Scope<'_>, margin: Margin<'_>) -> Subject {
    match &raw.subject.value {
        RawSubject::Word(word) if word == "party" => {
            if !raw.fields.iter().any(|(_, field)| field.kind.value == FieldType::Party) {
                margin.note(
                    raw.subject.spot,
                    "以当事人为对象的程序须有 party 类型的字段",
                    "a procedure about a party needs a field of type party",
                );
            }
            Subject::Party
        }
        RawSubject::Word(_) => Subject::Nothing,
        RawSubject::Entry(register) => {
            scope.known.register(register, margin);
            Subject::Entry(register.value.clone())
        }
    }
}

/// The fields that rules of fields and columns look at exist, and hold what the rule needs.
fn rules(raw: &RawProcedure, scope: &Scope<'_>, margin: Margin<'_>) {
    let columns = raw.fields.iter().filter_map(|(_, field)| field.rows.as_ref()).flat_map(|rows| rows.iter());
    for rule in raw.fields.iter().chain(columns).flat_map(|(_, field)| &field.rules) {
        if let Some(NotBeyond { entry, date }) = &rule.not_beyond
            && let Some(field) = scope.field(entry, margin)
        {
            let register = field.of.as_ref().filter(|_| field.kind.value == FieldType::Entry);
            let Some(register) = register.and_then(|register| scope.known.register(register, margin)) else {
                margin.note(
                    entry.spot,
                    format!("字段 `{}` 不是台账条目", entry.as_str()),
                    format!("the field `{}` names no entry of a register", entry.as_str()),
                );
                continue;
            };
            match register.fields.iter().find(|(name, _)| name.as_str() == date.as_str()) {
                None => margin.unknown(date.spot, Kind::FIELD, date, register.fields.names()),
                Some((_, field)) if field.kind.value != FieldType::Date => margin.note(
                    date.spot,
                    format!("字段 `{}` 不是日期", date.as_str()),
                    format!("the field `{}` is no date", date.as_str()),
                ),
                Some(_) => {}
            }
        }
        if let Some(unless) = rule.not_longer_than.as_ref().and_then(|rule| rule.unless.as_ref()) {
            scope.field(unless, margin);
        }
        if let Some(key) = rule.as_registered.as_ref().map(|rule| &rule.key) {
            scope.field(key, margin);
        }
        if let Some(most) = &rule.not_more_than {
            scope.field(most, margin);
        }
    }
}

/// A procedure that realizes a statute's kind bears all its tags.
fn realizes(raw: &RawProcedure, known: &Known<'_>, margin: Margin<'_>) {
    let Some(name) = &raw.realizes else { return };
    let Some(must_bear) = known.realizations.get(name.as_str()) else {
        if !known.complete(FileKind::Law) {
            return;
        }
        return margin.note(
            name.spot,
            format!("没有法规规定 `{}` 这种程序", name.as_str()),
            format!("no statute speaks of the kind of procedure `{}`", name.as_str()),
        );
    };
    let borne: BTreeSet<&str> = raw.acts.iter().flat_map(|(_, act)| act.tags.iter()).map(|tag| tag.as_str()).collect();
    for tag in must_bear.iter().filter(|tag| !borne.contains(*tag)) {
        margin.note(
            name.spot,
            format!("`{}` 必须有带标签 `{tag}` 的行为", name.as_str()),
            format!("`{}` must have an act that bears the tag `{tag}`", name.as_str()),
        );
    }
}

fn terms(raw: &RawProcedure, scope: &Scope<'_>, margin: Margin<'_>) -> BTreeMap<String, String> {
    raw.terms
        .iter()
        .map(|(term, field)| {
            let (kind, known) = (scope.known.term(term, margin), scope.field(field, margin));
            let suits = |kind: TermType, field: FieldType| {
                matches!(
                    (kind, field),
                    (TermType::Flag, FieldType::Flag)
                        | (TermType::Integer, FieldType::Integer)
                        | (TermType::Money, FieldType::Money)
                        | (TermType::Text, FieldType::Text | FieldType::Enum | FieldType::Entry)
                        | (TermType::Date, FieldType::Date | FieldType::DateTime)
                        | (TermType::Enum, FieldType::Enum)
                )
            };
            if let (Some(kind), Some(known)) = (kind, known)
                && !suits(kind.kind, known.kind.value)
            {
                margin.note(
                    field.spot,
                    format!("字段 `{}` 的类型与用语 `{}` 不符", field.as_str(), term.as_str()),
                    format!("the field `{}` is not of the type of the term `{}`", field.as_str(), term.as_str()),
                );
            }
            (term.value.clone(), field.value.clone())
        })
        .collect()
}

fn state(name: &At<String>, raw: &RawState, known: &Known<'_>, margin: Margin<'_>) -> State {
    plain_name(name, margin);
    let holder = raw.holder.as_ref().map(|holder| match &holder.value {
        RawHolder::Word(word) => match word.as_str() {
            "assigned" => Holder::Assigned,
            "party" => Holder::Party,
            _ => Holder::Nobody,
        },
        RawHolder::Unit(unit) => {
            known.unit(unit, margin);
            Holder::Unit(unit.value.clone())
        }
    });
    State {
        name: name.value.clone(),
        title: Text { zh: raw.zh.clone(), en: raw.en.clone() },
        start: raw.start,
        end: raw.end.clone(),
        holder,
    }
}

fn courier(raw: &RawProcedure, scope: &Scope<'_>, margin: Margin<'_>) -> Vec<Station> {
    raw.courier
        .iter()
        .map(|station| {
            station.states.iter().for_each(|state| scope.state(state, margin));
            Station {
                title: Text { zh: station.zh.clone(), en: station.en.clone() },
                states: station.states.iter().map(|state| state.value.clone()).collect(),
            }
        })
        .collect()
}

/// The headline stands in lists that many may see: a text, and not a personal one.
fn headline(raw: &RawProcedure, procedure: &Procedure, scope: &Scope<'_>, margin: Margin<'_>) {
    if scope.field(&raw.headline, margin).is_none() {
        return;
    }
    let Some(field) = procedure.field(&raw.headline) else { return };
    if field.visible >= Visibility::Personal {
        margin.note(raw.headline.spot, "代表字段不能是个人信息", "the headline cannot be personal");
    }
    if !matches!(field.kind, FieldKind::Text { .. } | FieldKind::Enum { .. } | FieldKind::Entry { .. }) {
        margin.note(raw.headline.spot, "代表字段须是文本", "the headline must be a text");
    }
}

/// A clock that nothing starts and a field that nothing fills are slips, or leftovers that mislead.
fn unused(raw: &RawProcedure, margin: Margin<'_>) {
    let acts = || raw.acts.iter().map(|(_, act)| act);
    let started: BTreeSet<&str> = acts()
        .flat_map(|act| {
            let on_receipt = act.issues.iter().flat_map(|(_, issue)| issue.on_receipt_starts.0.iter());
            let published = act.publishes.iter().map(|(_, duty)| &duty.clock);
            act.starts.0.iter().chain(on_receipt).chain(published)
        })
        .map(|clock| clock.as_str())
        .collect();
    for (clock, _) in raw.clocks.iter().filter(|(clock, _)| !started.contains(clock.as_str())) {
        margin.note(
            clock.spot,
            format!("{} `{}` 没有行为启动它", Kind::CLOCK.zh, clock.as_str()),
            format!("no act starts the clock `{}`", clock.as_str()),
        );
    }
    let filled: BTreeSet<&str> = acts().flat_map(|act| act.takes.names().chain(act.sets.names())).collect();
    for (field, _) in raw.fields.iter().filter(|(field, _)| !filled.contains(field.as_str())) {
        margin.note(
            field.spot,
            format!("字段 `{}` 没有行为填写", field.as_str()),
            format!("no act fills the field `{}`", field.as_str()),
        );
    }
}

/// A cause for which no act pauses the clock, and an extension that no act can grant, say more than the procedure does.
fn unused_allowances(raw: &RawProcedure, procedure: &Procedure, margin: Margin<'_>) {
    for (clock, (name, raw)) in procedure.clocks.iter().zip(raw.clocks.iter()) {
        for cause in idle::causes(procedure, clock) {
            let spot = raw.pauses.iter().find(|known| known.as_str() == cause).map_or(name.spot, |known| known.spot);
            margin.note(
                spot,
                format!("没有行为因 `{cause}` 中止 `{}`", clock.name),
                format!("no act pauses `{}` for the cause `{cause}`", clock.name),
            );
        }
        if let Some((often, allowed)) = idle::extensions(procedure, clock) {
            margin.note(
                name.spot,
                format!("`{}` 可以延长 {allowed} 次，而延长它的行为只能做 {often} 次", clock.name),
                format!("`{}` may be extended {allowed} times, and acts extend it {often} times at most", clock.name),
            );
        }
    }
}
