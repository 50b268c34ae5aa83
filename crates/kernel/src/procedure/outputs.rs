//! What an act makes besides the change of its case: the number, register entries, cases to be opened.

use serde_json::{Map, Value};

use super::definition::{EntryWrite, Source, Spawn};
use super::judge::is_nothing;
use super::proposal::{Proposal, Refusal, RefusalKind};
use super::sentence::text;
use super::work::Work;
use crate::record::{Effect, Origin, Table};
use crate::rows::{self, EntryDoc, EntryRow, NumberRow, RowError};
use crate::time::{self, date_of, to_millis};
use crate::validate::check_digits;

impl Work<'_> {
    /// Numbers a new case: an imported one keeps the number it has.
    pub(super) fn number(&mut self) -> Result<(), RowError> {
        if let Some(number) = &self.proposal.number {
            number.clone_into(&mut self.case.number);
            return self.opening_balance(number);
        }
        let year = date_of(self.done).year();
        let series = format!("{}/{year}", self.def.id);
        let last = self.ctx.facts.last_number(&series).saturating_add(1);
        self.case.number = numbered(&self.def.number, year, last);
        let patch = rows::members(&NumberRow { series: series.clone(), last })?;
        self.beside.push(Effect { table: Table::Numbers, key: series, patch: Some(patch) });
        Ok(())
    }

    /// An imported number that our own series could give moves the series on, so that it is never given twice.
    fn opening_balance(&mut self, number: &str) -> Result<(), RowError> {
        let Some((year, seq)) = number_in(&self.def.number, number) else { return Ok(()) };
        let series = format!("{}/{year}", self.def.id);
        if seq > self.ctx.facts.last_number(&series) {
            let patch = rows::members(&NumberRow { series: series.clone(), last: seq })?;
            self.beside.push(Effect { table: Table::Numbers, key: series, patch: Some(patch) });
        }
        Ok(())
    }

    /// Makes and changes register entries.
    pub(super) fn write_entries(&mut self) -> Result<(), Box<Refusal>> {
        let act = self.act;
        for write in &act.writes {
            match &write.each {
                None => self.write_entry(write, None)?,
                Some(table) => {
                    let rows =
                        self.case.detail.fields.get(table).and_then(Value::as_array).cloned().unwrap_or_default();
                    for row in &rows {
                        self.write_entry(write, row.as_object())?;
                    }
                }
            }
        }
        for (series, last) in std::mem::take(&mut self.series) {
            let row = NumberRow { series: series.clone(), last };
            let patch = rows::members(&row).map_err(|error| unwritable(&error))?;
            self.beside.push(Effect { table: Table::Numbers, key: series, patch: Some(patch) });
        }
        Ok(())
    }

    /// The next number of the register's own series of this year.
    fn next_of_series(&mut self, register: &str, template: &str) -> String {
        let year = date_of(self.done).year();
        let series = format!("{register}/{year}");
        let given = self.series.get(&series).copied().unwrap_or_else(|| self.ctx.facts.last_number(&series));
        let next = given.saturating_add(1);
        self.series.insert(series, next);
        numbered(template, year, next)
    }

    fn write_entry(&mut self, write: &EntryWrite, row: Option<&Map<String, Value>>) -> Result<(), Box<Refusal>> {
        if let Some(name) = &write.only_with
            && self.sourced(&Source::Field(name.clone()), row, None).is_none_or(|value| is_nothing(&value))
        {
            return Ok(());
        }
        let key = match &write.key {
            Source::Series(template) => Some(self.next_of_series(&write.register, template)),
            source => self.sourced(source, row, None).and_then(|value| as_key(&value)),
        };
        let Some(key) = key else {
            let register = &write.register;
            let why = text(
                format!("台账“{register}”的条目没有编号，不能登记"),
                format!("the entry for the register `{register}` has no key"),
            );
            return Err(Refusal::new(RefusalKind::Field, "entry.key", why));
        };
        let seq = self.ctx.next_seq;
        if !self.written.insert((write.register.clone(), key.clone())) {
            let why = text(
                format!("同一次办理两次登记了台账“{}”的条目“{key}”", write.register),
                format!("one act writes the entry `{key}` of the register `{}` twice", write.register),
            );
            return Err(Refusal::new(RefusalKind::Field, "entry.twice", why));
        }
        let value = |(name, source): (&String, &Source)| Some((name.clone(), self.sourced(source, row, Some(&key))?));
        let fields = write.fields.iter().filter_map(value).collect();
        let latest = self.ctx.facts.entry(&write.register, &key);
        let effects = versions(&write.register, &key, latest, fields, write.ends, to_millis(self.done), seq);
        match effects {
            Ok(effects) => {
                self.beside.extend(effects);
                Ok(())
            }
            Err(error) => Err(unwritable(&error)),
        }
    }

    /// Looks a value up: in a table's row first, then in the case.
    fn sourced(&self, source: &Source, row: Option<&Map<String, Value>>, key: Option<&str>) -> Option<Value> {
        let value = match source {
            Source::Field(name) => {
                row.and_then(|row| row.get(name)).or_else(|| self.case.detail.fields.get(name)).cloned()
            }
            Source::Subject => self.case.subject.clone().map(Value::String),
            Source::Number => Some(Value::String(self.case.number.clone())),
            Source::Done => Some(Value::String(time::print(self.done))),
            Source::Const(value) => Some(value.clone()),
            Source::Key => key.map(|key| Value::String(key.to_owned())),
            // Only a key is numbered.
            Source::Series(_) => None,
        };
        value.filter(|value| !value.is_null())
    }

    /// Cases to be opened because of this act: by the same persons, at the same moment, linked to this case.
    pub(super) fn spawned(&self) -> Vec<(String, Proposal)> {
        self.act.spawns.iter().map(|spawn| (spawn.procedure.clone(), self.opening(spawn))).collect()
    }

    fn opening(&self, spawn: &Spawn) -> Proposal {
        let given =
            spawn.fields.iter().filter_map(|(name, source)| Some((name.clone(), self.sourced(source, None, None)?)));
        let subject = match &spawn.subject {
            None => self.case.subject.clone(),
            Some(source) => self.sourced(source, None, None).and_then(|value| value.as_str().map(str::to_owned)),
        };
        Proposal {
            act: spawn.act.clone(),
            by: self.proposal.by.clone(),
            done: self.done,
            origin: Origin::Own,
            given: given.collect(),
            files: Vec::new(),
            subject,
            organ: self.case.organ.clone(),
            seen: None,
            number: None,
            claim: None,
            links: vec![self.case.id],
        }
    }
}

/// Makes the effects of one change of an entry: the version in force ends, the next one begins. `fields` are merged over those
/// that the entry has; `ends` makes a last version that is in force at no moment.
///
/// # Errors
/// [`RowError`] when the latest version is not what this program writes.
pub fn versions(
    register: &str,
    key: &str,
    latest: Option<EntryRow>,
    fields: Map<String, Value>,
    ends: bool,
    since: i64,
    seq: u64,
) -> Result<Vec<Effect>, RowError> {
    let mut effects = Vec::with_capacity(2);
    let version = latest.as_ref().map_or(1, |row| row.version.saturating_add(1));
    let mut doc = EntryDoc::default();
    if let Some(latest) = latest.filter(|row| row.until.is_none()) {
        let patch = std::iter::once(("until".to_owned(), Value::from(since))).collect();
        effects.push(Effect {
            table: Table::Entries,
            key: format!("{register}/{key}/{}", latest.version),
            patch: Some(patch),
        });
        doc = serde_json::from_value(latest.doc)?;
    }
    doc.fields.extend(fields);
    let row = EntryRow {
        register: register.to_owned(),
        key: key.to_owned(),
        version,
        since,
        until: ends.then_some(since),
        seq,
        doc: serde_json::to_value(doc)?,
    };
    effects.push(Effect {
        table: Table::Entries,
        key: format!("{register}/{key}/{version}"),
        patch: Some(rows::members(&row)?),
    });
    Ok(effects)
}

/// Fills the template: `{year}` of the opening act, `{seq}` or `{seq:6}` zero-padded, `{check}` the two check digits over all
/// digits before it; anything else stands as it is.
fn numbered(template: &str, year: i16, seq: u64) -> String {
    let mut number = String::with_capacity(template.len() + 8);
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        let Some((name, after)) = after.split_once('}') else { break };
        number.push_str(before);
        match name.split_once(':') {
            None if name == "year" => number.push_str(&year.to_string()),
            None if name == "seq" => number.push_str(&seq.to_string()),
            None if name == "check" => {
                let check = check_digits::of(&number);
                number.push_str(&format!("{check:02}"));
            }
            Some(("seq", width)) => number.push_str(&format!("{seq:0width$}", width = width.parse().unwrap_or(0))),
            _ => {
                number.push('{');
                number.push_str(name);
                number.push('}');
            }
        }
        rest = after;
    }
    number.push_str(rest);
    number
}

/// The year and place in the series of a number that the template would write in exactly these words.
fn number_in(template: &str, number: &str) -> Option<(i16, u64)> {
    let (mut year, mut seq) = (None, None);
    let (mut template_rest, mut rest) = (template, number);
    while let Some((before, after)) = template_rest.split_once('{') {
        let (name, after) = after.split_once('}')?;
        rest = rest.strip_prefix(before)?;
        let digits = match name {
            "year" => 4,
            _ => rest.bytes().take_while(u8::is_ascii_digit).count(),
        };
        let (value, left) = rest.split_at_checked(digits)?;
        match name.split_once(':').map_or(name, |(name, _)| name) {
            "year" => year = value.parse::<i16>().ok(),
            "seq" => seq = value.parse::<u64>().ok(),
            _ => return None,
        }
        (template_rest, rest) = (after, left);
    }
    let (year, seq) = (year?, seq?);
    (numbered(template, year, seq) == number).then_some((year, seq))
}

fn as_key(value: &Value) -> Option<String> {
    match value {
        Value::String(text) if !text.is_empty() => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// A row that cannot be read or written: the data are damaged, and nothing may be decided on them.
pub(super) fn unwritable(error: &RowError) -> Box<Refusal> {
    let why = text(
        format!("数据无法读写，未作任何改动：{error}"),
        format!("the data cannot be read or written, nothing was changed: {error}"),
    );
    Refusal::new(RefusalKind::Access, "data", why)
}

#[cfg(test)]
mod tests {
    use super::{number_in, numbered};

    #[test]
    fn numbers_follow_their_template() {
        assert_eq!(numbered("江工信诉〔{year}〕{seq:6}号", 2024, 42), "江工信诉〔2024〕000042号");
        assert_eq!(numbered("{seq}/{year}", 2024, 1_234_567), "1234567/2024");
        assert_eq!(numbered("{seq:3}", 2024, 12_345), "12345");
        assert_eq!(numbered("{what}-{seq", 2024, 1), "{what}-{seq");
    }

    #[test]
    fn an_old_number_is_known_as_one_of_our_own_only_in_exactly_our_words() {
        let template = "江工信诉〔{year}〕{seq:6}号";
        assert_eq!(number_in(template, "江工信诉〔2024〕000042号"), Some((2024, 42)));
        assert_eq!(number_in(template, "江工信诉〔2024〕1234567号"), Some((2024, 1_234_567)));
        for other in
            ["江工信诉〔2024〕42号", "江工信诉[2024]000042号", "GD-2024-000042", "江工信诉〔2024〕000042号甲", ""]
        {
            assert_eq!(number_in(template, other), None, "{other}");
        }
    }
}
