//! What an act leaves besides the case: instruments, publications, register entries, other cases.

use std::collections::BTreeMap;

use guiju_kernel::procedure::definition::{EntryWrite, Issue, PublicationDuty, Source, Spawn, Text};

use super::act::{clocks, plain};
use super::guard::Scope;
use super::procedure::number;
use crate::complaint::{Kind, Margin, Spot};
use crate::raw::act::{OfCase, RawAct, RawSource};
use crate::raw::field::{FieldType, RawField};
use crate::raw::procedure::{RawProcedure, RawSubject};
use crate::source::at::{At, Named};

pub(crate) fn issues(raw: &RawAct, scope: &Scope<'_>, margin: Margin<'_>) -> Vec<Issue> {
    raw.issues
        .iter()
        .map(|(instrument, issue)| Issue {
            instrument: instrument.value.clone(),
            title: Text { zh: issue.zh.clone(), en: issue.en.clone() },
            on_receipt_starts: clocks(&issue.on_receipt_starts, scope, margin),
        })
        .collect()
}

pub(crate) fn publishes(raw: &RawAct, scope: &Scope<'_>, margin: Margin<'_>) -> Vec<PublicationDuty> {
    raw.publishes
        .iter()
        .map(|(what, duty)| {
            scope.clock(&duty.clock, margin);
            for field in &duty.withheld {
                scope.field(field, margin);
            }
            PublicationDuty {
                what: what.value.clone(),
                clock: duty.clock.value.clone(),
                withheld: plain(&duty.withheld),
            }
        })
        .collect()
}

pub(crate) fn writes(raw: &RawAct, scope: &Scope<'_>, margin: Margin<'_>) -> Vec<EntryWrite> {
    raw.writes
        .iter()
        .map(|(register, write)| {
            let known = scope.known.register(register, margin);
            let columns = write.each.as_ref().and_then(|table| scope.columns(table));
            if let Some(table) = &write.each
                && scope.field(table, margin).is_some_and(|field| field.kind.value != FieldType::Table)
            {
                margin.note(
                    table.spot,
                    format!("字段 `{}` 不是表格", table.as_str()),
                    format!("the field `{}` is not a table", table.as_str()),
                );
            }
            for (field, _) in write.fields.iter() {
                if let Some(known) = known
                    && !known.fields.has(field)
                {
                    margin.unknown(field.spot, Kind::FIELD, field, known.fields.names());
                }
            }
            if let Some(with) = &write.only_with
                && !columns.is_some_and(|columns| columns.has(with))
            {
                scope.field(with, margin);
            }
            EntryWrite {
                only_with: write.only_with.as_ref().map(|with| with.value.clone()),
                register: register.value.clone(),
                key: key(&write.key, columns, scope, margin),
                each: write.each.as_ref().map(|table| table.value.clone()),
                fields: sources(&write.fields, columns, scope, margin),
                ends: write.ends,
            }
        })
        .collect()
}

pub(crate) fn spawns(raw: &RawAct, scope: &Scope<'_>, margin: Margin<'_>) -> Vec<Spawn> {
    raw.spawns
        .iter()
        .map(|(procedure, spawn)| {
            for version in scope.known.procedure(procedure, margin) {
                let opening = version.acts.iter().find(|(name, _)| name.as_str() == spawn.act.as_str());
                match opening {
                    None => margin.unknown(spawn.act.spot, Kind::ACT, &spawn.act, version.acts.names()),
                    Some((_, act)) if act.from.is_some() => {
                        margin.note(spawn.act.spot, "这个行为不是立件的行为", "this act does not open a case");
                    }
                    Some(_) => {}
                }
                // Else every act of this kind would be refused: the other case needs a party, and this one has none.
                let about = |raw: &RawProcedure, word: &str| matches!(&raw.subject.value, RawSubject::Word(said) if said == word);
                let nobody = scope.procedure.is_some_and(|own| about(own, "nothing"));
                if nobody && about(version, "party") && spawn.subject.is_none() {
                    let (zh, en) = ("本程序没有当事人，须用 subject 写明另案的当事人", "this procedure is about nobody: say with `subject` whom the other case is about");
                    margin.note(spawn.act.spot, zh, en);
                }
                for (field, _) in spawn.fields.iter().filter(|(field, _)| !version.fields.has(field)) {
                    margin.unknown(field.spot, Kind::FIELD, field, version.fields.names());
                }
            }
            Spawn {
                procedure: procedure.value.clone(),
                act: spawn.act.value.clone(),
                subject: spawn.subject.as_ref().map(|raw| source(&raw.value, raw.spot, None, scope, margin)),
                fields: sources(&spawn.fields, None, scope, margin),
            }
        })
        .collect()
}

fn sources(
    raw: &Named<RawSource>,
    columns: Option<&Named<RawField>>,
    scope: &Scope<'_>,
    margin: Margin<'_>,
) -> BTreeMap<String, Source> {
    raw.iter().map(|(name, raw)| (name.value.clone(), source(raw, name.spot, columns, scope, margin))).collect()
}

/// Where a value comes from; `columns` are those of the table whose rows are gone through.
fn source(
    raw: &RawSource,
    spot: Spot,
    columns: Option<&Named<RawField>>,
    scope: &Scope<'_>,
    margin: Margin<'_>,
) -> Source {
    if raw.own_key && raw.field.is_none() && raw.is.is_none() && raw.of_case.is_none() && raw.series.is_none() {
        return Source::Key;
    }
    if let Some(series) = &raw.series {
        margin.note(series.spot, "`series` 只能作条目的键", "`series` may only be the key of an entry");
    }
    match (&raw.field, &raw.is, raw.of_case) {
        (Some(field), None, None) => {
            if !columns.is_some_and(|columns| columns.has(field)) {
                scope.field(field, margin);
            }
            Source::Field(field.value.clone())
        }
        (None, Some(value), None) => Source::Const(value.value.clone()),
        (None, None, Some(OfCase::Subject)) => Source::Subject,
        (None, None, Some(OfCase::Number)) => Source::Number,
        (None, None, Some(OfCase::Done)) => Source::Done,
        _ => {
            margin.note(
                spot,
                "值的来源恰好写一种：field、is、of_case、own_key",
                "a value comes from exactly one of field, is, of_case, own_key",
            );
            Source::Subject
        }
    }
}

/// Where an entry's key comes from: its register's own series, or a value.
fn key(raw: &At<RawSource>, columns: Option<&Named<RawField>>, scope: &Scope<'_>, margin: Margin<'_>) -> Source {
    let Some(series) = &raw.value.series else { return source(&raw.value, raw.spot, columns, scope, margin) };
    if raw.value.field.is_some() || raw.value.is.is_some() || raw.value.of_case.is_some() || raw.value.own_key {
        margin.note(raw.spot, "键的来源只写一种", "a key comes from one source");
    }
    number(series, &["check"], margin);
    Source::Series(series.value.clone())
}

/// A receipt is of an instrument that some act issues.
pub(crate) fn receives(raw: &RawAct, scope: &Scope<'_>, margin: Margin<'_>) -> Vec<String> {
    raw.receives.iter().for_each(|instrument| scope.instrument(instrument, margin));
    plain(&raw.receives)
}
