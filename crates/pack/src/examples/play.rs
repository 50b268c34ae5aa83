//! Plays one example step by step.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::sync::Arc;

use guiju_kernel::case::Case;
use guiju_kernel::procedure::definition::{FieldKind, Procedure, Subject};
use guiju_kernel::procedure::{Claim, Context, Decided, Proposal, Refusal, apply, decide, ring};
use guiju_kernel::record::{FileMark, Origin, Table};
use guiju_kernel::time::{self, Instant};
use jiff::civil::DateTime;
use serde_json::{Map, Value};

use super::audit::{self, Played};
use super::stage::{ExampleFacts, Stage};
use super::{expect, needs};
use crate::complaint::{Kind, Margin};
use crate::raw::examples::{RawExample, RawStep};
use crate::source::at::At;

/// A case in the making, and what the next record will bear.
pub(super) struct Run<'a> {
    pub(super) stage: &'a Stage<'a>,
    pub(super) facts: ExampleFacts<'a>,
    pub(super) def: Arc<Procedure>,
    pub(super) case: Option<Case>,
    next_seq: u64,
    records: Vec<String>,
}

/// What stops an example: noted already.
pub(super) struct Stopped;

/// Plays the example; the first step that does not come out as told ends it.
pub(super) fn example(stage: &Stage<'_>, raw: &At<RawExample>, margin: Margin<'_>) {
    let Some(first) = raw.steps.first() else { return };
    let Some(start) = moment(&first.at, margin) else { return };
    let Some(def) = stage.pack.procedure_at(stage.procedure, time::date_of(start)) else {
        return margin.note(
            first.at.spot,
            format!("程序 `{}` 在这一天没有施行的版本", stage.procedure),
            format!("no version of `{}` is in force on this day", stage.procedure),
        );
    };
    let facts = ExampleFacts { stage, numbers: RefCell::new(BTreeMap::new()) };
    let mut run = Run { stage, facts, def: Arc::clone(def), case: None, next_seq: 0, records: Vec::new() };
    for step in &raw.steps {
        if run.step(step, margin).is_err() {
            return;
        }
    }
    run.audit(raw, margin);
}

impl<'a> Run<'a> {
    /// The engine's surroundings at a moment; the calendar is what was known then.
    pub(super) fn context(&self, now: Instant, at: &At<String>, margin: Margin<'_>) -> Result<Context<'_>, Stopped> {
        match self.stage.almanac.as_known_at(now) {
            Ok(calendar) => {
                Ok(Context { now, calendar, facts: &self.facts, next_seq: self.next_seq, pack: &self.stage.pack.hash })
            }
            Err(error) => {
                margin.repeat(at.spot, &error);
                Err(Stopped)
            }
        }
    }

    /// Holds the statutes against what was done.
    fn audit(&self, raw: &At<RawExample>, margin: Margin<'_>) {
        let last = raw.steps.last().and_then(|step| moment(&step.at, margin));
        let (Some(case), Some(now)) = (&self.case, last) else { return };
        let (procedure, records) = (self.def.as_ref(), self.records.as_slice());
        let played = Played { procedure, organ: &case.organ, ended: case.outcome.is_some(), records, now };
        audit::audit(self.stage, raw, &played, margin);
    }

    fn step(&mut self, raw: &At<RawStep>, margin: Margin<'_>) -> Result<(), Stopped> {
        let now = moment(&raw.at, margin).ok_or(Stopped)?;
        self.ring_until(now, &raw.at, margin)?;
        if let Some(act) = &raw.does {
            let proposal = self.proposal(raw, act, now, margin)?;
            let decided = {
                let ctx = self.context(now, &raw.at, margin)?;
                needs::each(self, raw, &proposal, &ctx, margin)?;
                decide(&self.def, self.case.as_ref(), &proposal, &ctx)
            };
            match (decided, &raw.refused) {
                (Ok(decided), None) => {
                    expect::cited(&decided.record.basis, raw, margin)?;
                    self.take(decided, act, margin)?;
                }
                (Err(refusal), Some(expected)) => expect::refusal(&refusal, expected, margin)?,
                (Ok(_), Some(expected)) => {
                    margin.note(
                        expected.kind.spot,
                        format!("应予拒绝，却做成了：{}", act.as_str()),
                        format!("`{}` should have been refused and was done", act.as_str()),
                    );
                    return Err(Stopped);
                }
                (Err(refusal), None) => return Err(refused(act, &refusal, margin)),
            }
        } else if raw.by.is_some() || raw.refused.is_some() || raw.form.is_some() || !raw.given.is_empty() {
            margin.note(raw.spot, "没有写 `does`", "`does` is missing");
            return Err(Stopped);
        }
        expect::all(self, raw, now, margin)
    }

    /// Lets every timer ring whose moment comes before the step, in the order of their moments.
    fn ring_until(&mut self, now: Instant, at: &At<String>, margin: Margin<'_>) -> Result<(), Stopped> {
        while let Some(case) = &self.case {
            let due =
                case.timers.iter().filter(|(_, moment)| **moment <= now).min_by_key(|(name, moment)| (**moment, *name));
            let Some((name, moment)) = due.map(|(name, moment)| (name.clone(), *moment)) else { return Ok(()) };
            let decided = {
                let ctx = self.context(moment, at, margin)?;
                ring(&self.def, case, &name, &ctx)
            };
            let named = At { value: name, spot: at.spot };
            match decided {
                Ok(decided) => self.take(decided, &named, margin)?,
                Err(refusal) => return Err(refused(&named, &refusal, margin)),
            }
        }
        Ok(())
    }

    /// Takes the decision in, and sees that the record alone leads to the same case.
    fn take(&mut self, decided: Decided, act: &At<String>, margin: Margin<'_>) -> Result<(), Stopped> {
        let folded = apply(self.case.take(), &decided.record);
        if !folded.is_ok_and(|case| case == decided.case) {
            margin.note(
                act.spot,
                "记录折叠后与决定的办件不一致",
                "the record does not fold into the case that was decided",
            );
            return Err(Stopped);
        }
        for effect in decided.record.effects.iter().filter(|effect| effect.table == Table::Numbers) {
            let last = effect.patch.as_ref().and_then(|patch| patch.get("last")).and_then(Value::as_u64);
            if let Some(last) = last {
                self.facts.numbers.borrow_mut().insert(effect.key.clone(), last);
            }
        }
        self.records.extend(serde_json::to_string(&decided.record));
        self.case = Some(decided.case);
        self.next_seq += 1;
        Ok(())
    }

    fn proposal(
        &self,
        raw: &RawStep,
        act: &At<String>,
        done: Instant,
        margin: Margin<'_>,
    ) -> Result<Proposal, Stopped> {
        if self.def.act(act).is_none() {
            margin.unknown(act.spot, Kind::ACT, act, self.def.acts.iter().map(|act| act.name.as_str()));
            return Err(Stopped);
        }
        let names = raw.by.as_ref().map(|names| names.0.as_slice()).unwrap_or_default();
        let by: Option<Vec<_>> = names.iter().map(|name| self.stage.person(name, margin).cloned()).collect();
        let by = by.ok_or(Stopped)?;
        if by.is_empty() {
            margin.note(act.spot, "没有写由谁做（`by`）", "`by` is missing");
            return Err(Stopped);
        }
        let given = self.given(raw, margin)?;
        let organ = by.first().and_then(|person| person.organ.clone());
        let organ = organ.or_else(|| self.stage.pack.own().map(|own| own.id.clone())).unwrap_or_default();
        Ok(Proposal {
            act: act.value.clone(),
            done,
            origin: raw.claims.as_ref().map_or(Origin::Own, |claim| Origin::Mirror {
                system: claim.system.clone(),
                number: claim.number.clone(),
                batch: "example".to_owned(),
            }),
            files: self.files(raw, margin)?,
            subject: self.subject(&given, by.first().and_then(|person| person.party.as_deref())),
            organ,
            seen: None,
            number: raw.claims.as_ref().map(|claim| claim.number.clone()),
            claim: raw.claims.as_ref().map(|claim| Claim {
                act: claim.act.as_ref().map(|act| act.value.clone()),
                state: claim.state.value.clone(),
            }),
            links: Vec::new(),
            given,
            by,
        })
    }

    /// A small file of the first type that the field takes.
    fn files(&self, raw: &RawStep, margin: Margin<'_>) -> Result<Vec<FileMark>, Stopped> {
        let mut files = Vec::new();
        for name in &raw.files.0 {
            let Some(FieldKind::File { types, .. }) = self.def.field(name).map(|field| &field.kind) else {
                let known = self.def.fields.iter().filter(|field| matches!(field.kind, FieldKind::File { .. }));
                margin.unknown(name.spot, Kind::FIELD, name, known.map(|field| field.name.as_str()));
                return Err(Stopped);
            };
            let media = types.first().cloned().unwrap_or_default();
            files.push(FileMark { field: name.value.clone(), stored: "00".repeat(32), bytes: 1024, media });
        }
        Ok(files)
    }

    fn given(&self, raw: &RawStep, margin: Margin<'_>) -> Result<Map<String, Value>, Stopped> {
        let mut given = Map::new();
        if let Some(name) = &raw.form {
            let Some(form) = self.stage.forms.get(name.as_str()) else {
                margin.unknown(name.spot, Kind::FORM, name, self.stage.forms.keys().copied());
                return Err(Stopped);
            };
            given.clone_from(form);
        }
        given.extend(raw.given.clone());
        Ok(given)
    }

    /// Whom or what an opening act is about: what stands in the first field of that kind, or the party that acts.
    fn subject(&self, given: &Map<String, Value>, acting: Option<&str>) -> Option<String> {
        let names_it = |kind: &FieldKind| match (&self.def.subject, kind) {
            (Subject::Party, FieldKind::Party) => true,
            (Subject::Entry(register), FieldKind::Entry { register: of }) => register == of,
            _ => false,
        };
        if self.def.subject == Subject::Nothing {
            return None;
        }
        let field = self.def.fields.iter().find(|field| names_it(&field.kind));
        let said = field.and_then(|field| given.get(&field.name)).and_then(Value::as_str);
        said.or(acting).map(str::to_owned)
    }
}

/// Reads `2024-03-01 09:00` as Beijing time.
pub(super) fn moment(text: &At<String>, margin: Margin<'_>) -> Option<Instant> {
    match text.parse::<DateTime>() {
        Ok(civil) => Some(time::at(civil.date(), civil.time())),
        Err(_) => {
            margin.note(
                text.spot,
                format!("`{}` 应写成 `2024-03-01 09:00` 这样", text.as_str()),
                format!("`{}` should read like `2024-03-01 09:00`", text.as_str()),
            );
            None
        }
    }
}

fn refused(act: &At<String>, refusal: &Refusal, margin: Margin<'_>) -> Stopped {
    let field = refusal.field.as_ref().map(|field| format!(" ({field})")).unwrap_or_default();
    margin.note(
        act.spot,
        format!("`{}` 被拒绝，规则 {}{field}：{}", act.as_str(), refusal.rule, refusal.why.zh),
        format!("`{}` was refused by {}{field}: {}", act.as_str(), refusal.rule, refusal.why.en),
    );
    Stopped
}
