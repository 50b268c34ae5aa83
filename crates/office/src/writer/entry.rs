//! Register entries put or ended by hand or by import, and those that acts on cases leave behind.

use std::collections::BTreeMap;

use guiju_kernel::organ::Register;
use guiju_kernel::procedure::definition::Text;
use guiju_kernel::procedure::fields::{Checked, Surroundings, check};
use guiju_kernel::procedure::{Person, Refusal, RefusalKind};
use guiju_kernel::record::{ActorKind, Doer, Effect, EntryStep, Origin, Record, Table};
use guiju_kernel::rows::{EntryDoc, EntryRow};
use guiju_kernel::time::{self, Instant};
use guiju_pack::Pack;
use serde_json::{Map, Value, json};

use super::desk::{Desk, conflict};
use super::facts::Miss;
use super::mark::plain_record;
use super::pending::Pending;
use super::tokens::once_effect;
use crate::answer::{Answer, Done, OfficeError, Upload};

/// Somebody puts, changes or ends an entry.
#[derive(Debug, Clone, PartialEq)]
pub struct EntryAsk {
    pub by: Person,
    pub register: String,
    pub key: String,
    /// All fields of the new version, personal ones included; `None` ends the entry.
    pub fields: Option<Map<String, Value>>,
    /// Sealed values that are no field of the register and are never shown: an account's password hash.
    pub secrets: BTreeMap<String, String>,
    /// Files that come with this version, each under the name of a field: what a monitoring station measured.
    pub files: Vec<Upload>,
    /// The version that the page showed; another one by now is a conflict.
    pub seen: Option<u32>,
    /// Since when it holds, if earlier than now.
    pub done: Option<Instant>,
    pub origin: Origin,
    pub once: Option<String>,
}

impl Desk {
    pub(super) async fn put_entry(
        &mut self,
        mut ask: EntryAsk,
        now: Instant,
        pending: &mut Pending,
    ) -> Result<Answer, OfficeError> {
        if let Some(token) = &ask.once
            && let Some(seq) = self.once_of(token).await?
        {
            return Ok(entry_done(seq, &ask.key, true));
        }
        let pack = self.shelf.current.pack.clone();
        let register = pack.register(&ask.register).ok_or_else(|| no_register(&ask.register))?;
        self.name_rightly(register, &mut ask, now);
        let before = self.entry_row(&ask.register, &ask.key).await?;
        let mut checked = match self.judged(register, &ask, before.as_ref(), now) {
            Ok(checked) => checked,
            Err(refusal) => return Ok(Answer::Refused(refusal)),
        };
        checked.personal.extend(ask.secrets.clone());
        self.write_entry(ask, checked, before, now, pending).await
    }

    /// Where the key is the text typed into the key field, it becomes what that field will hold.
    fn name_rightly(&self, register: &Register, ask: &mut EntryAsk, now: Instant) {
        let typed = ask.fields.as_ref().and_then(|given| given.get(&register.key)).and_then(Value::as_str);
        if typed != Some(ask.key.as_str()) {
            return;
        }
        let held = self.checked(register, ask, now).ok().and_then(|checked| checked.open.get(&register.key).cloned());
        if let Some(Value::String(held)) = held {
            ask.key = held;
        }
    }

    /// The given values in canonical form, personal ones apart.
    fn checked(&self, register: &Register, ask: &EntryAsk, now: Instant) -> Result<Checked, Box<Refusal>> {
        let Some(given) = &ask.fields else { return Ok(Checked::default()) };
        let volume = self.shelf.current.clone();
        let around = Surroundings {
            done: ask.done.unwrap_or(now),
            unit_exists: &|path| volume.pack.unit(path).is_some(),
            // Entries refer to each other in any order while a register is filled; `verify` and the figures find orphans.
            entry_exists: &|_, _| true,
            lenient: false,
            rules: None,
        };
        check(register.fields.iter(), given, &around)
    }

    /// Why an entry would be refused, without writing anything.
    pub(super) async fn would_refuse_entry(
        &mut self,
        ask: &EntryAsk,
        now: Instant,
    ) -> Result<Option<Box<Refusal>>, OfficeError> {
        let pack = self.shelf.current.pack.clone();
        let register = pack.register(&ask.register).ok_or_else(|| no_register(&ask.register))?;
        let before = self.entry_row(&ask.register, &ask.key).await?;
        Ok(self.judged(register, ask, before.as_ref(), now).err())
    }

    /// What an entry would hold; `None` where it would be refused or has no such register.
    pub(super) fn checked_entry(&self, ask: &EntryAsk, now: Instant) -> Result<Option<Checked>, OfficeError> {
        let pack = self.shelf.current.pack.clone();
        let register = pack.register(&ask.register).ok_or_else(|| no_register(&ask.register))?;
        Ok(self.checked(register, ask, now).ok())
    }

    fn judged(
        &self,
        register: &Register,
        ask: &EntryAsk,
        before: Option<&EntryRow>,
        now: Instant,
    ) -> Result<Checked, Box<Refusal>> {
        judge(register, ask, before)?;
        let checked = self.checked(register, ask, now)?;
        if ask.fields.is_some() {
            keyed(register, ask, &checked)?;
        }
        Ok(checked)
    }

    async fn write_entry(
        &mut self,
        ask: EntryAsk,
        checked: Checked,
        before: Option<EntryRow>,
        now: Instant,
        pending: &mut Pending,
    ) -> Result<Answer, OfficeError> {
        let seq = self.events.size();
        let done = ask.done.unwrap_or(now);
        let version = before.as_ref().map_or(1, |row| row.version.saturating_add(1));
        let mut record = entry_record(&self.shelf.current.pack, &ask, seq, done, now, version);
        self.seal_entry(&mut record, &ask, &checked.personal, pending).await?;
        self.seal_entry_files(&mut record, &ask, pending).await?;
        let mut doc = EntryDoc::default();
        if let Some(old) = before.filter(|row| row.until.is_none()) {
            // What is personal and was not given anew stays where it is sealed.
            doc.personal = serde_json::from_value::<EntryDoc>(old.doc.clone()).unwrap_or_default().personal;
            let ended = EntryRow { until: Some(time::to_millis(done)), ..old };
            record.effects.push(entry_effect(&ended, true));
            self.remember_entry(ended.clone());
            pending.entry(ended);
        }
        doc.personal.retain(|field, _| !checked.cleared.contains(field));
        doc.personal.extend(checked.personal.keys().map(|field| (field.clone(), seq)));
        doc.fields = checked.open;
        if ask.fields.is_some() {
            let row = EntryRow {
                register: ask.register.clone(),
                key: ask.key.clone(),
                version,
                since: time::to_millis(done),
                until: None,
                seq,
                doc: serde_json::to_value(doc).map_err(|e| OfficeError::Damaged(e.to_string()))?,
            };
            record.effects.push(entry_effect(&row, false));
            self.remember_entry(row.clone());
            pending.entry(row);
        }
        if let Some(token) = ask.once {
            record.effects.push(once_effect(&token, seq));
            pending.once(token.clone(), seq);
            self.remember_once(token, seq);
        }
        self.append(&record, pending)?;
        Ok(entry_done(seq, &ask.key, false))
    }

    async fn seal_entry(
        &mut self,
        record: &mut Record,
        ask: &EntryAsk,
        personal: &BTreeMap<String, String>,
        pending: &mut Pending,
    ) -> Result<(), OfficeError> {
        if personal.is_empty() {
            return Ok(());
        }
        let party = crate::parties::party_of_entry(&ask.register, &ask.key);
        self.seal_fields(record, &party, personal, pending).await
    }

    async fn seal_entry_files(
        &mut self,
        record: &mut Record,
        ask: &EntryAsk,
        pending: &mut Pending,
    ) -> Result<(), OfficeError> {
        if ask.files.is_empty() {
            return Ok(());
        }
        let party = crate::parties::party_of_entry(&ask.register, &ask.key);
        for (mark, row) in self.seal_uploads(&party, &ask.files, pending).await? {
            record.files.push(mark);
            pending.batch_mut().files.push(row);
        }
        record.party = Some(party);
        Ok(())
    }

    /// The latest version, ended or not.
    pub(super) async fn entry_row(&mut self, register: &str, key: &str) -> Result<Option<EntryRow>, OfficeError> {
        let slot = (register.to_owned(), key.to_owned());
        if let Some(known) = self.entries.get(&slot) {
            return Ok(known.clone());
        }
        super::learn(
            self.store.as_ref(),
            vec![Miss::Entry(slot.0.clone(), slot.1.clone())],
            &mut self.numbers,
            &mut self.entries,
        )
        .await?;
        Ok(self.entries.get(&slot).cloned().flatten())
    }

    /// The latest version of an entry, which the store may not have yet.
    fn remember_entry(&mut self, row: EntryRow) {
        let slot = (row.register.clone(), row.key.clone());
        self.fresh_entries.insert(slot.clone());
        self.entries.insert(slot, Some(row));
    }

    /// Entries that an act on a case made or changed: their full rows, from the record's effects.
    pub(super) fn note_entries(&mut self, record: &Record, pending: &mut Pending) {
        for effect in record.effects.iter().filter(|e| e.table == Table::Entries) {
            let Some(patch) = &effect.patch else { continue };
            if let Ok(row) = serde_json::from_value::<EntryRow>(Value::Object(patch.clone())) {
                self.remember_entry(row.clone());
                pending.entry(row);
                continue;
            }
            // A patch on an earlier version: only its end. Its successor has not replaced it in memory yet.
            let known = slot_of(&effect.key).and_then(|slot| self.entries.get(&slot)).cloned().flatten();
            let known = known.filter(|row| entry_key(row) == effect.key);
            if let (Some(old), Some(until)) = (known, patch.get("until").and_then(Value::as_i64)) {
                pending.entry(EntryRow { until: Some(until), ..old });
            }
        }
    }
}

fn no_register(id: &str) -> OfficeError {
    OfficeError::Input(format!("没有台账 `{id}` / there is no register `{id}`"))
}

/// Whether this person may put this entry now.
fn judge(register: &Register, ask: &EntryAsk, before: Option<&EntryRow>) -> Result<(), Box<Refusal>> {
    let may = matches!(ask.by.kind, ActorKind::System | ActorKind::Import)
        || register.kept_by.iter().any(|role| ask.by.roles.contains(role));
    if !may {
        let zh = format!("{}由指定的台账管理员维护，您没有这项权限", register.title.zh);
        let en = format!("{} is kept by its registrars; you are not one of them", register.title.en);
        return Err(Refusal::new(RefusalKind::Actor, "register.kept_by", Text { zh, en }));
    }
    let version = before.map(|row| row.version);
    if ask.seen.is_some() && ask.seen != version {
        let zh = "这一条目刚被别人改过，请看过新内容再改";
        return Err(Box::new(conflict(
            "register.version",
            zh,
            "somebody else has just changed this entry; look at it again first",
        )));
    }
    if ask.fields.is_none() && before.is_none_or(|row| row.until.is_some()) {
        return Err(Box::new(conflict("register.absent", "没有可以终止的条目", "there is no entry to end")));
    }
    Ok(())
}

/// The entry stands under the very text that its key field holds, once brought into canonical form: so that one firm has one
/// entry however its code was typed.
fn keyed(register: &Register, ask: &EntryAsk, checked: &Checked) -> Result<(), Box<Refusal>> {
    let held = checked.open.get(&register.key);
    let held = held.map(|value| value.as_str().map_or_else(|| value.to_string(), str::to_owned));
    if held.as_deref() == Some(ask.key.as_str()) && !ask.key.is_empty() {
        return Ok(());
    }
    let title = register.fields.iter().find(|f| f.name == register.key).map(|f| f.title.clone()).unwrap_or_default();
    let zh = format!("“{}”须填写，并与条目的编号“{}”一致", title.zh, ask.key);
    let en = format!("`{}` has to be filled in, and be the key `{}` of the entry", title.en, ask.key);
    let mut refusal = Refusal::new(RefusalKind::Field, "register.key", Text { zh, en });
    refusal.field = Some(register.key.clone());
    Err(refusal)
}

fn entry_record(pack: &Pack, ask: &EntryAsk, seq: u64, done: Instant, now: Instant, version: u32) -> Record {
    let act = if ask.fields.is_some() { "put_entry" } else { "end_entry" };
    let mut record = plain_record(pack, act, seq, now);
    record.done = done;
    record.organ = ask.by.organ.clone().unwrap_or(record.organ);
    record.unit = ask.by.unit.clone();
    record.origin = ask.origin.clone();
    record.by = vec![doer(&ask.by)];
    record.entry = Some(EntryStep { register: ask.register.clone(), key: ask.key.clone(), version });
    record
}

pub(super) fn doer(person: &Person) -> Doer {
    Doer { kind: person.kind, id: person.id.clone(), organ: person.organ.clone(), unit: person.unit.clone() }
}

/// Register and key of an effect's `register/key/version`; a key may hold slashes, the two others do not.
fn slot_of(effect: &str) -> Option<(String, String)> {
    let (register, rest) = effect.split_once('/')?;
    let (key, _version) = rest.rsplit_once('/')?;
    Some((register.to_owned(), key.to_owned()))
}

fn entry_key(row: &EntryRow) -> String {
    format!("{}/{}/{}", row.register, row.key, row.version)
}

/// The effect of a new version (its whole row), or of the end of an earlier one.
fn entry_effect(row: &EntryRow, only_end: bool) -> Effect {
    let patch = if only_end {
        Map::from_iter([("until".to_owned(), json!(row.until))])
    } else {
        match serde_json::to_value(row) {
            Ok(Value::Object(map)) => map,
            _ => Map::new(),
        }
    };
    Effect { table: Table::Entries, key: entry_key(row), patch: Some(patch) }
}

fn entry_done(seq: u64, key: &str, again: bool) -> Answer {
    Answer::Done(Done { seq, case: 0, number: key.to_owned(), state: String::new(), again })
}
