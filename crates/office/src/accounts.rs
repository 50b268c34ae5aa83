//! Who signs in, and what the rules may know of them: accounts are entries of the register `accounts`.

use argon2::password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash};
use argon2::{Algorithm, Argon2, Params, Version};
use guiju_kernel::ledger::vault::Place;
use guiju_kernel::procedure::Person;
use guiju_kernel::record::ActorKind;
use guiju_kernel::rows::EntryRow;
use serde_json::Value;

use crate::answer::OfficeError;
use crate::office::Office;
use crate::officers::{OFFICERS, equip};
use crate::parties::party_of_entry;

/// The register that holds accounts, and the secret beside an entry with the password's hash.
pub const ACCOUNTS: &str = "accounts";
pub const PASSWORD: &str = "password";

/// 19 MiB, two passes: the first choice of RFC 9106's follow-up guidance for servers without gigabytes to spare.
fn argon() -> Result<Argon2<'static>, OfficeError> {
    let params = Params::new(19 * 1024, 2, 1, None).map_err(|e| OfficeError::Input(e.to_string()))?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

/// Hashes a password; what is kept is this text, sealed in the vault, never in a record.
pub fn hash_password(password: &str) -> Result<String, OfficeError> {
    let hash = argon()?.hash_password(password.as_bytes()).map_err(|e| OfficeError::Input(e.to_string()))?;
    Ok(hash.to_string())
}

fn matches(password: &str, kept: &str) -> bool {
    let Ok(hash) = PasswordHash::new(kept) else { return false };
    argon().is_ok_and(|argon| argon.verify_password(password.as_bytes(), &hash).is_ok())
}

impl Office {
    /// The person behind an account and password; `None` when either is wrong (and the same time is taken for both).
    pub async fn sign_in(&self, account: &str, password: &str) -> Result<Option<Person>, OfficeError> {
        let entry = self.store.entry(ACCOUNTS, account).await?;
        let kept = match &entry {
            Some(row) => self.kept_password(row).await?,
            None => None,
        };
        let password = password.to_owned();
        let known = kept.is_some();
        let kept = match kept {
            Some(kept) => kept,
            // Hash against something, so that the time taken does not tell which accounts exist.
            None => hash_password("no such account")?,
        };
        let fits = tokio::task::spawn_blocking(move || matches(&password, &kept))
            .await
            .map_err(|e| OfficeError::Input(e.to_string()))?;
        self.equipped(entry.filter(|row| fits && known && !suspended(row)).map(|row| person_of(&row))).await
    }

    /// The person behind an account, as the register has them now; `None` once it has ended or was suspended.
    pub async fn person(&self, account: &str) -> Result<Option<Person>, OfficeError> {
        let entry = self.store.entry(ACCOUNTS, account).await?;
        self.equipped(entry.filter(|row| !suspended(row)).map(|row| person_of(&row))).await
    }

    /// With the cards and recusals of the register of officers, so that buttons know them too.
    async fn equipped(&self, person: Option<Person>) -> Result<Option<Person>, OfficeError> {
        let Some(mut person) = person else { return Ok(None) };
        if self.pack().register(OFFICERS).is_some() {
            let row = self.store.entry(OFFICERS, &person.id).await?;
            equip(&mut person, row.as_ref());
        }
        Ok(Some(person))
    }

    async fn kept_password(&self, row: &EntryRow) -> Result<Option<String>, OfficeError> {
        let Some(seq) = row.doc.get("personal").and_then(|p| p.get(PASSWORD)).and_then(Value::as_u64) else {
            return Ok(None);
        };
        self.open_value(&party_of_entry(ACCOUNTS, &row.key), seq, PASSWORD).await
    }

    /// Opens one sealed value; `None` when it was erased.
    pub(crate) async fn open_value(&self, party: &str, seq: u64, field: &str) -> Result<Option<String>, OfficeError> {
        let (Some(row), Some(wrapped)) = (self.store.vault(seq, field).await?, self.store.party_key(party).await?)
        else {
            return Ok(None);
        };
        let damaged =
            |e: guiju_kernel::ledger::vault::VaultError| OfficeError::Damaged(format!("vault {seq}/{field}: {e}"));
        let key = self.keys.master.unwrap_key(party, &wrapped).map_err(damaged)?;
        let opened = key.open(&Place { log: "events", seq, field }, &row.sealed).map_err(damaged)?;
        String::from_utf8(opened.value.to_vec()).map(Some).map_err(|e| OfficeError::Damaged(e.to_string()))
    }
}

pub(crate) fn suspended(row: &EntryRow) -> bool {
    row.doc.get("fields").and_then(|fields| fields.get("suspended")) == Some(&Value::Bool(true))
}

/// An account's entry as the rules see its owner.
pub fn person_of(row: &EntryRow) -> Person {
    let fields = row.doc.get("fields").unwrap_or(&Value::Null);
    let text = |name: &str| fields.get(name).and_then(Value::as_str).filter(|t| !t.is_empty()).map(str::to_owned);
    let (organ, unit) = match text("unit").and_then(|u| u.split_once('/').map(|(o, u)| (o.to_owned(), u.to_owned()))) {
        Some((organ, unit)) => (Some(organ), Some(unit)),
        None => (text("organ"), None),
    };
    let roles = match fields.get("roles") {
        Some(Value::Array(roles)) => roles.iter().filter_map(|r| r.as_str().map(str::to_owned)).collect(),
        _ => Default::default(),
    };
    let party = text("party");
    let kind = if party.is_some() { ActorKind::Party } else { ActorKind::Officer };
    Person { organ, unit, roles, party, ..Person::plain(kind, row.key.clone()) }
}
