//! Registers as their keepers and readers see them.

use guiju_kernel::organ::Register;
use guiju_kernel::procedure::Person;
use guiju_kernel::procedure::definition::{Text, Visibility};
use guiju_kernel::record::{ActorKind, Origin, Record};
use guiju_kernel::rows::{EntryDoc, EntryRow};
use guiju_store::{EntryPage, EntryQuery, Log};
use serde_json::{Map, Value};

use crate::answer::{Answer, OfficeError};
use crate::office::Office;
use crate::parties::party_of_entry;
use crate::show;
use crate::writer::{EntryAsk, ReadingAsk, Task};

impl Office {
    /// The registers that this person may look into.
    pub fn registers_of(&self, who: &Person) -> Vec<Register> {
        self.pack().registers.iter().filter(|r| may_look(who, r)).cloned().collect()
    }

    fn register_for(&self, who: &Person, id: &str) -> Result<Register, OfficeError> {
        let pack = self.pack();
        let register = pack.register(id).ok_or_else(|| OfficeError::NoSuchCase(id.to_owned()))?;
        if may_look(who, register) {
            return Ok(register.clone());
        }
        let roles = register.kept_by.iter().filter_map(|role| pack.role(role)).map(|role| role.title.zh.clone());
        Err(OfficeError::NotYours { holder: roles.collect::<Vec<_>>().join("、") })
    }

    /// A page of entries in force, by key.
    pub async fn entries(&self, who: &Person, query: &EntryQuery) -> Result<EntryPage, OfficeError> {
        self.register_for(who, &query.register)?;
        Ok(self.store.entries(query).await?)
    }

    pub async fn entry(&self, who: &Person, register: &str, key: &str) -> Result<Option<EntryRow>, OfficeError> {
        self.register_for(who, register)?;
        Ok(self.store.entry(register, key).await?)
    }

    /// Looks up the entry that bears this number whole, in the registers whose entries anybody may verify: its latest version, in
    /// force or ended. A number without its check digits is not looked up at all, so that series cannot be walked through.
    pub async fn verify_number(&self, number: &str) -> Result<Option<(Register, EntryRow)>, OfficeError> {
        if !guiju_kernel::validate::check_digits::hold(number) {
            return Ok(None);
        }
        let pack = self.pack();
        for register in pack.registers.iter().filter(|register| !register.verifies.is_empty()) {
            let versions = self.store.entry_history(&register.id, number).await?;
            if let Some(row) = versions.into_iter().max_by_key(|row| row.version) {
                return Ok(Some((register.clone(), row)));
            }
        }
        Ok(None)
    }

    /// The content of a file that came with the version of an entry that is in force, for those who may look into the register.
    ///
    /// # Errors
    /// [`OfficeError::Input`] where there is no such entry, or no file of this name came with it.
    pub async fn entry_file(
        &self,
        who: &Person,
        register: &str,
        key: &str,
        field: &str,
    ) -> Result<Vec<u8>, OfficeError> {
        self.register_for(who, register)?;
        self.file_of_entry(register, key, field).await
    }

    /// The same for whoever has been let pass already.
    pub(crate) async fn file_of_entry(&self, register: &str, key: &str, field: &str) -> Result<Vec<u8>, OfficeError> {
        let no_file = || OfficeError::Input(format!("`{key}` 没有文件 `{field}` / `{key}` has no file `{field}`"));
        let seq = self.store.entry(register, key).await?.ok_or_else(no_file)?.seq;
        let stored = self.store.records(Log::Events, seq, seq.saturating_add(1)).await?;
        let stored = stored.first().ok_or_else(|| OfficeError::Damaged(format!("record {seq} is missing")))?;
        let record: Record = serde_json::from_str(&stored.bytes).map_err(|e| OfficeError::Damaged(e.to_string()))?;
        let mark = record.files.iter().find(|mark| mark.field == field).ok_or_else(no_file)?;
        let (_, content) = self.stored_file(&mark.stored).await?.ok_or_else(no_file)?;
        Ok(content)
    }

    /// Every version, oldest first.
    pub async fn entry_history(&self, who: &Person, register: &str, key: &str) -> Result<Vec<EntryRow>, OfficeError> {
        self.register_for(who, register)?;
        Ok(self.store.entry_history(register, key).await?)
    }

    /// Puts an entry on behalf of a person.
    pub async fn put_entry(
        &self,
        who: &Person,
        register: &str,
        key: &str,
        fields: Map<String, Value>,
        seen: Option<u32>,
        once: Option<String>,
    ) -> Result<Answer, OfficeError> {
        let ask = EntryAsk {
            by: who.clone(),
            register: register.to_owned(),
            key: key.to_owned(),
            fields: Some(fields),
            secrets: Default::default(),
            files: Vec::new(),
            seen,
            done: None,
            origin: Origin::Own,
            once,
        };
        self.put(ask, None).await
    }

    /// A personal field of an entry in clear; the reading is recorded first.
    pub async fn reveal_entry(
        &self,
        who: &Person,
        register: &str,
        key: &str,
        field: &str,
    ) -> Result<String, OfficeError> {
        let definition = self.register_for(who, register)?;
        let absent = || OfficeError::Input(format!("没有 `{field}` 这一项 / there is no `{field}` here"));
        let row = self.store.entry(register, key).await?.ok_or_else(absent)?;
        let doc: EntryDoc = serde_json::from_value(row.doc).map_err(|e| OfficeError::Damaged(e.to_string()))?;
        let known = definition.fields.iter().any(|f| f.name == field);
        let seq = doc.personal.get(field).copied().filter(|_| known).ok_or_else(absent)?;
        let ask = ReadingAsk { by: who.clone(), seq, field: field.to_owned(), case: None };
        self.job(Task::Reading(Box::new(ask)), None).await?;
        let erased = || OfficeError::Input("该项个人信息已依法删除 / this was erased by law".to_owned());
        self.open_value(&party_of_entry(register, key), seq, field).await?.ok_or_else(erased)
    }

    /// An entry's fields as people read them, in the register's order; personal ones masked.
    pub fn entry_lines(&self, register: &Register, row: &EntryRow) -> Vec<(String, Text, Text)> {
        let doc: EntryDoc = serde_json::from_value(row.doc.clone()).unwrap_or_default();
        let shown = register.fields.iter();
        shown
            .filter_map(|f| {
                if f.visible == Visibility::Personal {
                    doc.personal.get(&f.name)?;
                    let masked = "●●●●●●".to_owned();
                    return Some((f.name.clone(), f.title.clone(), Text { zh: masked.clone(), en: masked }));
                }
                let value = doc.fields.get(&f.name)?;
                Some((f.name.clone(), f.title.clone(), show::value(f, value, self.volume())))
            })
            .collect()
    }
}

/// Keepers, and those who oversee the organ. A public register anybody may look into.
fn may_look(who: &Person, register: &Register) -> bool {
    let staff = who.kind == ActorKind::Officer;
    register.public
        || register.kept_by.iter().any(|role| who.roles.contains(role))
        || staff && register.id != crate::accounts::ACCOUNTS && crate::cases::oversees(who)
}
