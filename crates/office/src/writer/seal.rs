//! Personal values and files on their way into a record: sealed under the party's key, bound by salted hashes.

use std::collections::BTreeMap;
use std::sync::Arc;

use guiju_kernel::case::Case;
use guiju_kernel::ledger::entry::personal_hash;
use guiju_kernel::ledger::vault::{Place, VaultKey};
use guiju_kernel::procedure::definition::Text;
use guiju_kernel::procedure::{Refusal, RefusalKind};
use guiju_kernel::record::{FileMark, Record};
use guiju_store::{FileRow, KeyRow, VaultRow};
use sha2::{Digest, Sha256};

use super::desk::Desk;
use super::pending::Pending;
use crate::answer::{Ask, OfficeError, Target, Upload};
use crate::content;

impl Desk {
    /// Seals a record's personal values and puts their salted hashes into it.
    pub(super) async fn seal_personal(
        &mut self,
        record: &mut Record,
        case: &Case,
        personal: BTreeMap<String, String>,
        pending: &mut Pending,
    ) -> Result<(), OfficeError> {
        if personal.is_empty() {
            return Ok(());
        }
        let party =
            record.party.clone().or_else(|| case.subject.clone()).unwrap_or_else(|| format!("case/{}", case.id));
        self.seal_fields(record, &party, &personal, pending).await
    }

    /// Seals fields under a party's key.
    pub(super) async fn seal_fields(
        &mut self,
        record: &mut Record,
        party: &str,
        personal: &BTreeMap<String, String>,
        pending: &mut Pending,
    ) -> Result<(), OfficeError> {
        record.party = Some(party.to_owned());
        let key = self.party_key(party, pending).await?;
        for (field, value) in personal {
            let salt = self.chance.salt(&format!("personal/{field}"), record.seq)?;
            let place = Place { log: "events", seq: record.seq, field };
            let sealed = key.seal(&place, &salt, value.as_bytes()).map_err(|e| OfficeError::Input(e.to_string()))?;
            record.personal.insert(field.clone(), personal_hash(&salt, value.as_bytes()).to_hex());
            pending.batch_mut().vault.push(VaultRow {
                seq: record.seq,
                field: field.clone(),
                party: party.to_owned(),
                sealed,
            });
        }
        Ok(())
    }

    /// Seals the files that come with an act. They are stored with the group; a refused act leaves none behind.
    pub(super) async fn seal_files(
        &mut self,
        ask: &Ask,
        case: Option<&Case>,
        pending: &mut Pending,
    ) -> Result<Vec<(FileMark, FileRow)>, OfficeError> {
        if ask.files.is_empty() {
            return Ok(Vec::new());
        }
        let subject = match &ask.target {
            Target::New { subject, .. } => subject.clone(),
            Target::Case { .. } | Target::Opened { .. } => case.and_then(|c| c.subject.clone()),
        };
        // The holder whom the record will name: the party, and where a case is about no party, the case itself. A case that is opened
        // bears the number of its first record.
        let id = case.map_or(self.events.size(), |case| case.id);
        let acting = || ask.by.first().and_then(|person| person.party.clone());
        let party = subject.or_else(acting).unwrap_or_else(|| format!("case/{id}"));
        self.seal_uploads(&party, &ask.files, pending).await
    }

    /// Seals files under a party's key: the marks for the record, and the rows to store.
    pub(super) async fn seal_uploads(
        &mut self,
        party: &str,
        files: &[Upload],
        pending: &mut Pending,
    ) -> Result<Vec<(FileMark, FileRow)>, OfficeError> {
        let key = self.party_key(party, pending).await?;
        let mut sealed = Vec::with_capacity(files.len());
        for file in files {
            // The name is personal more often than not (a person's name, a phone): it is sealed with the content.
            let mut plain = Vec::with_capacity(file.content.len() + file.name.len() + 4);
            plain.extend_from_slice(&u32::try_from(file.name.len()).unwrap_or(0).to_be_bytes());
            plain.extend_from_slice(file.name.as_bytes());
            plain.extend_from_slice(&file.content);
            let content = key.seal_file(party, &plain).map_err(|e| OfficeError::Input(e.to_string()))?;
            let stored = hex::encode(Sha256::digest(&content));
            let bytes = u64::try_from(file.content.len()).unwrap_or(u64::MAX);
            let mark = FileMark { field: file.field.clone(), stored: stored.clone(), bytes, media: file.media.clone() };
            sealed.push((mark, FileRow { stored, party: party.to_owned(), content }));
        }
        Ok(sealed)
    }

    /// Opens a value to compare it with a new one: no person sees it. `None` when it was erased or is not in the store yet.
    pub(super) async fn sealed_value(
        &mut self,
        party: &str,
        seq: u64,
        field: &str,
    ) -> Result<Option<String>, OfficeError> {
        let (Some(row), Some(wrapped)) = (self.store.vault(seq, field).await?, self.store.party_key(party).await?)
        else {
            return Ok(None);
        };
        let damaged =
            |e: guiju_kernel::ledger::vault::VaultError| OfficeError::Damaged(format!("vault {seq}/{field}: {e}"));
        let key = self.keys.master.unwrap_key(party, &wrapped).map_err(damaged)?;
        let opened = key.open(&Place { log: "events", seq, field }, &row.sealed).map_err(damaged)?;
        Ok(String::from_utf8(opened.value.to_vec()).ok())
    }

    /// The party's key, made and wrapped when it is needed for the first time.
    pub(super) async fn party_key(&mut self, party: &str, pending: &mut Pending) -> Result<Arc<VaultKey>, OfficeError> {
        if let Some(key) = self.party_keys.get(party) {
            return Ok(key.clone());
        }
        let damaged = |e: guiju_kernel::ledger::vault::VaultError| OfficeError::Damaged(format!("key of {party}: {e}"));
        let key = match self.store.party_key(party).await? {
            Some(wrapped) => self.keys.master.unwrap_key(party, &wrapped).map_err(damaged)?,
            None => {
                // An erased party that comes back gets a new key; what the old one sealed stays closed.
                let secret = self.chance.bytes(&format!("party/{party}"), self.events.size())?;
                let key = VaultKey::new(secret).map_err(damaged)?;
                let wrapped = self.keys.master.wrap(party, &key).map_err(damaged)?;
                pending.batch_mut().keys.push(KeyRow { party: party.to_owned(), wrapped: Some(wrapped) });
                key
            }
        };
        let key = Arc::new(key);
        self.party_keys.insert(party.to_owned(), key.clone());
        Ok(key)
    }
}

/// The files of an act as the rules may judge them before they are sealed.
///
/// # Errors
/// The refusal of a file whose content is not what its media type says.
pub(super) fn marks_before_sealing(ask: &Ask) -> Result<Vec<FileMark>, Box<Refusal>> {
    let mark = |file: &Upload| {
        if !content::fits(&file.media, &file.content) {
            let zh = format!("文件“{}”的内容与其类型不符，没有收下", file.name);
            let en = format!("the content of `{}` is not what its name says; it was not taken", file.name);
            let refusal = Refusal::new(RefusalKind::Field, "field.file.content", Text { zh, en });
            return Err(refusal.at(&file.field));
        }
        Ok(FileMark {
            field: file.field.clone(),
            stored: String::new(),
            bytes: u64::try_from(file.content.len()).unwrap_or(u64::MAX),
            media: file.media.clone(),
        })
    };
    ask.files.iter().map(mark).collect()
}
