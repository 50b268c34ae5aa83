//! Rules about one value that look beyond it: at its row, at the case, at registers and dated parameters.
//!
//! A closed list; the pack names which field bears which rule and by which article, and every refusal names that article. What is
//! looked up is noted for the record, so that the decision can be made again without the registers.

use std::cell::RefCell;

use jiff::civil::Date;
use serde_json::{Map, Value};

use super::clocks::read_rule;
use super::consulted::Consulted;
use super::definition::{Demand, Field, FieldKind, FieldRule, Text};
use super::fields::refuse;
use super::judge::{Scene, undefined};
use super::proposal::Refusal;
use super::sentence::{field_title, shown, text, yuan};
use crate::rows::EntryDoc;
use crate::time::{self, date_of, midnight};

/// Judges the rules of one act.
pub(super) struct Judge<'j, 'a> {
    pub(super) scene: &'j Scene<'a>,
    /// Everything that is given with the act, or typed so far.
    pub(super) given: &'j Map<String, Value>,
    pub(super) consulted: &'j RefCell<&'j mut Consulted>,
}

impl Judge<'_, '_> {
    /// Holds a value against a rule.
    ///
    /// # Errors
    /// A [`Refusal`] that names the rule's articles.
    pub(super) fn judge(
        &self,
        field: &Field,
        rule: &FieldRule,
        value: &Value,
        row: Option<&Map<String, Value>>,
    ) -> Result<(), Box<Refusal>> {
        let said = value.as_str().unwrap_or_default();
        let outcome = match &rule.demands {
            Demand::NotBeyond { entry, date } => self.not_beyond(field, said, (entry, date), row),
            Demand::NotLongerThan { param, unless } => {
                let excused = unless.as_ref().is_some_and(|unless| self.value(unless, row).is_some());
                if excused { Ok(()) } else { self.not_longer_than(field, said, param) }
            }
            Demand::NotMoreThan { field: most } => self.not_more_than(field, value, most, row),
            Demand::InSeries { register, first, last } => self.in_series(field, said, register, (first, last)),
            Demand::FreeIn { register } => self.free_in(field, said, register),
            Demand::ListedAuthority => self.listed_authority(field, said),
            Demand::AsRegistered { register, key, field: of } => match self.value(key, row) {
                Some(key) => self.as_registered(field, value, (register, key.as_str().unwrap_or_default(), of)),
                None => Ok(()),
            },
            // Only a table can break it, and the table sees to it.
            Demand::Once => Ok(()),
        };
        outcome.map_err(|refusal| refusal.resting_on(&rule.basis))
    }

    /// A field of the row, of what is given, or of the case.
    fn value(&self, name: &str, row: Option<&Map<String, Value>>) -> Option<Value> {
        let of_case = || self.scene.case.and_then(|case| case.detail.fields.get(name));
        let there = |value: &&Value| !super::judge::is_nothing(value);
        let found = row.and_then(|row| row.get(name)).or_else(|| self.given.get(name));
        found.filter(there).or_else(|| of_case().filter(there)).cloned()
    }

    fn not_more_than(
        &self,
        field: &Field,
        value: &Value,
        most: &str,
        row: Option<&Map<String, Value>>,
    ) -> Result<(), Box<Refusal>> {
        let limit = self.value(most, row).and_then(|limit| limit.as_i64()).unwrap_or(0);
        let Some(number) = value.as_i64().filter(|number| *number > limit) else { return Ok(()) };
        let (own, other) = (shown(&field.title, &field.name), field_title(self.scene.def, most));
        let said = |number: i64| if field.kind == FieldKind::Money { yuan(number) } else { number.to_string() };
        let (number, limit) = (said(number), said(limit));
        let why = text(
            format!("“{}”为 {number}，不得超过“{}”{limit}，请改为不超过 {limit}", own.zh, other.zh),
            format!("`{}` is {number}, more than `{}`, which is {limit}: enter at most {limit}", own.en, other.en),
        );
        Err(refuse(field, "not_more_than", why))
    }

    fn not_beyond(
        &self,
        field: &Field,
        said: &str,
        (entry, date): (&str, &str),
        row: Option<&Map<String, Value>>,
    ) -> Result<(), Box<Refusal>> {
        let Some(key) = self.value(entry, row) else { return Ok(()) };
        let key = key.as_str().unwrap_or_default();
        let register = self.register_of(entry);
        let found = register
            .and_then(|register| self.consulted.borrow_mut().entry(self.scene.ctx, register, key, self.scene.at));
        let doc = found.and_then(|row| serde_json::from_value::<EntryDoc>(row.doc).ok());
        let until = doc.and_then(|doc| doc.fields.get(date).and_then(Value::as_str).and_then(day));
        let title = field_title(self.scene.def, entry);
        let Some(until) = until else {
            let why = text(
                format!("“{}”{key} 已失效或者没有写明期限", title.zh),
                format!("`{}` {key} is not in force or bears no date", title.en),
            );
            return Err(refuse(field, "not_beyond", why));
        };
        match day(said) {
            Some(day) if day <= until => Ok(()),
            _ => {
                let own = shown(&field.title, &field.name);
                let why = text(
                    format!("“{}”为 {said}，晚于“{}”{key} 的期限 {until}", own.zh, title.zh),
                    format!("`{}` is {said}, beyond `{}` {key}, which ends on {until}", own.en, title.en),
                );
                Err(refuse(field, "not_beyond", why))
            }
        }
    }

    /// The register whose entry a field of the procedure names.
    fn register_of(&self, name: &str) -> Option<&str> {
        match &self.scene.def.field(name)?.kind {
            FieldKind::Entry { register } => Some(register),
            _ => None,
        }
    }

    fn not_longer_than(&self, field: &Field, said: &str, param: &str) -> Result<(), Box<Refusal>> {
        let found = self.consulted.borrow_mut().param(self.scene.ctx, param, self.scene.at);
        let rule = found.as_ref().and_then(|found| read_rule(found, false));
        let from = midnight(date_of(self.scene.at));
        let due = rule.and_then(|rule| crate::clock::due_at(from, &rule, &[], self.scene.ctx.calendar).ok());
        let Some(due) = due else { return Err(undefined(&format!("param.{param}"), param).at(&field.name)) };
        // A period of whole days ends at a midnight that is not in it: the last day is the one before.
        let last = date_of(due.at);
        match day(said) {
            Some(day) if midnight(day) < due.at => Ok(()),
            _ => {
                let own = shown(&field.title, &field.name);
                let why = text(
                    format!("“{}”为 {said}，超过法定最长期限，须早于 {last}", own.zh),
                    format!("`{}` is {said}, longer than the law allows: it has to be before {last}", own.en),
                );
                Err(refuse(field, "not_longer_than", why))
            }
        }
    }

    fn in_series(
        &self,
        field: &Field,
        said: &str,
        register: &str,
        (first, last): (&str, &str),
    ) -> Result<(), Box<Refusal>> {
        let cuts = said.char_indices().map(|(at, _)| at).skip(1);
        for at in cuts.collect::<Vec<_>>().into_iter().rev() {
            let Some((key, number)) = said.split_at_checked(at) else { continue };
            if number.is_empty() || !number.bytes().all(|byte| byte.is_ascii_digit()) {
                break;
            }
            let found = self.consulted.borrow_mut().entry(self.scene.ctx, register, key, self.scene.at);
            let doc = found.and_then(|row| serde_json::from_value::<EntryDoc>(row.doc).ok());
            let bound = |name: &str| doc.as_ref().and_then(|doc| doc.fields.get(name)).and_then(Value::as_i64);
            if let (Some(from), Some(to), Ok(number_is)) = (bound(first), bound(last), number.parse::<i64>())
                && number.len() == to.to_string().len()
                && (from..=to).contains(&number_is)
            {
                return Ok(());
            }
        }
        let why = text(
            format!("“{said}”不在已分配的序列之内"),
            format!("`{said}` does not lie in a series that was allocated"),
        );
        Err(refuse(field, "in_series", why))
    }

    fn free_in(&self, field: &Field, said: &str, register: &str) -> Result<(), Box<Refusal>> {
        if self.consulted.borrow_mut().entry(self.scene.ctx, register, said, self.scene.at).is_none() {
            return Ok(());
        }
        let why: Text = text(format!("“{said}”已被占用"), format!("`{said}` is in use already"));
        Err(refuse(field, "free_in", why))
    }

    fn as_registered(
        &self,
        field: &Field,
        value: &Value,
        (register, key, of): (&str, &str, &str),
    ) -> Result<(), Box<Refusal>> {
        let found = self.consulted.borrow_mut().entry(self.scene.ctx, register, key, self.scene.at);
        let doc = found.and_then(|row| serde_json::from_value::<EntryDoc>(row.doc).ok());
        let Some(doc) = doc else {
            let why = text(
                format!("台账“{register}”中没有“{key}”，无从核对"),
                format!("the register `{register}` has no `{key}` to compare with"),
            );
            return Err(refuse(field, "as_registered", why));
        };
        let kept = doc.fields.get(of);
        if kept == Some(value) || kept.and_then(Value::as_array).is_some_and(|all| all.contains(value)) {
            return Ok(());
        }
        let own = shown(&field.title, &field.name);
        let said = value.as_str().unwrap_or_default();
        let why = text(
            format!("“{}”为 {said}，与台账“{register}”中“{key}”所载不符", own.zh),
            format!("`{}` is {said}, which is not what the register `{register}` says of `{key}`", own.en),
        );
        Err(refuse(field, "as_registered", why))
    }

    fn listed_authority(&self, field: &Field, said: &str) -> Result<(), Box<Refusal>> {
        let def = self.scene.def;
        let title = shown(&def.title, &def.id);
        let why = match self.scene.ctx.facts.authorities(&def.id) {
            Some(listed) if listed.iter().any(|name| name.zh == said || name.en == said) => return Ok(()),
            None => text(
                format!("“{}”不在公布的事项清单上，不得办理", title.zh),
                format!("`{}` is not on the published list of items, so it cannot be decided", title.en),
            ),
            Some(listed) if listed.is_empty() => text(
                format!("事项清单没有写明“{}”由哪个机关决定，没有权力来源", title.zh),
                format!("the list of items names no authority for `{}`: there is no power to decide it", title.en),
            ),
            Some(listed) => {
                let listed = super::sentence::alternatives(&listed);
                text(
                    format!("“{said}”不是事项清单写明的机关，清单上是{}", listed.zh),
                    format!("`{said}` is not the authority that the list of items names, which is {}", listed.en),
                )
            }
        };
        Err(refuse(field, "listed_authority", why))
    }
}

fn day(said: &str) -> Option<Date> {
    time::parse_date(said).ok()
}
