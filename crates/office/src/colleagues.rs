//! Who may be named as acting together with somebody: accounts of the same organ that bear a role the act asks for.

use std::collections::BTreeSet;

use guiju_kernel::procedure::Person;
use guiju_kernel::procedure::definition::Text;
use guiju_kernel::record::ActorKind;
use guiju_store::EntryQuery;
use serde_json::Value;

use crate::accounts::{ACCOUNTS, person_of, suspended};
use crate::answer::OfficeError;
use crate::office::Office;

/// Somebody who could act with another: name and unit as the form shows them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Colleague {
    pub account: String,
    pub name: String,
    pub unit: Text,
}

impl Office {
    /// Officers of the same organ with one of these roles, those of the same unit first. Whether each may act is for the rules to
    /// say when the act is asked for.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn colleagues(&self, who: &Person, roles: &BTreeSet<&str>) -> Result<Vec<Colleague>, OfficeError> {
        let mut found = Vec::new();
        let mut after = None;
        loop {
            let query = EntryQuery { register: ACCOUNTS.to_owned(), contains: None, after, limit: 500 };
            let page = self.store.entries(&query).await?;
            for row in page.rows.iter().filter(|row| row.key != who.id && !suspended(row)) {
                let person = person_of(row);
                let asked = person.roles.iter().any(|role| roles.contains(role.as_str()));
                if person.kind != ActorKind::Officer || person.organ != who.organ || !asked {
                    continue;
                }
                let path = [person.organ, person.unit.clone()].map(Option::unwrap_or_default).join("/");
                let name = row.doc.get("fields").and_then(|fields| fields.get("name")).and_then(Value::as_str);
                let name = name.unwrap_or(&row.key).to_owned();
                let colleague = Colleague { account: row.key.clone(), name, unit: self.unit_title(&path) };
                found.push((person.unit != who.unit, colleague));
            }
            after = page.rows.last().map(|row| row.key.clone()).filter(|_| page.more);
            if after.is_none() {
                break;
            }
        }
        found.sort_by(|(one, first), (other, second)| (one, &first.account).cmp(&(other, &second.account)));
        Ok(found.into_iter().map(|(_, colleague)| colleague).collect())
    }
}
