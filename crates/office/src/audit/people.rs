//! Who was who: roles, cards and qualifications as the registers had them when an act was done.

use std::collections::{BTreeSet, HashMap};

use guiju_kernel::calendar::Calendar;
use guiju_kernel::monitor::Books;
use guiju_kernel::procedure::definition::Text;
use guiju_kernel::procedure::guard::Guard;
use guiju_kernel::procedure::{Card, ParamValue};
use guiju_kernel::record::ActorKind;
use guiju_kernel::rows::EntryRow;
use guiju_kernel::time::{Instant, midnight, to_millis};
use guiju_store::Store;
use jiff::civil::Date;
use serde_json::Value;

use crate::accounts::{ACCOUNTS, person_of};
use crate::answer::OfficeError;
use crate::officers::{OFFICERS, equip};
use crate::shelf::Volume;

/// What one version of an entry says of a person, from its moment on.
struct Version {
    since: i64,
    roles: BTreeSet<String>,
    qualifications: BTreeSet<String>,
    cards: Vec<Card>,
    /// The card was suspended, or the officer struck off the register.
    barred: bool,
}

/// The registers of accounts and officers with their history.
pub(super) struct Registers<'a> {
    volume: &'a Volume,
    calendar: &'a Calendar,
    accounts: HashMap<String, Vec<Version>>,
    officers: HashMap<String, Vec<Version>>,
    /// Number of a card -> account of the officer who bears or bore it.
    by_card: HashMap<String, String>,
}

impl<'a> Registers<'a> {
    /// Reads both registers as the records before `upto` tell them.
    pub(super) async fn read(
        store: &dyn Store,
        volume: &'a Volume,
        now: Instant,
        upto: u64,
    ) -> Result<Registers<'a>, OfficeError> {
        let mut registers = Registers {
            volume,
            calendar: volume.calendar(now)?,
            accounts: HashMap::new(),
            officers: HashMap::new(),
            by_card: HashMap::new(),
        };
        for row in store.entry_versions(ACCOUNTS, upto).await? {
            registers.accounts.entry(row.key.clone()).or_default().push(version(&row));
        }
        for row in store.entry_versions(OFFICERS, upto).await? {
            if let Some(card) = row.doc.get("fields").and_then(|f| f.get("card")).and_then(Value::as_str) {
                registers.by_card.insert(card.to_owned(), row.key.clone());
            }
            registers.officers.entry(row.key.clone()).or_default().push(version(&row));
        }
        Ok(registers)
    }

    /// The account behind an id: an account, or the number of its officer's card.
    fn account<'s>(&'s self, id: &'s str) -> &'s str {
        if self.officers.contains_key(id) || self.accounts.contains_key(id) {
            return id;
        }
        self.by_card.get(id).map_or(id, String::as_str)
    }
}

fn version(row: &EntryRow) -> Version {
    let mut person = person_of(row);
    let roles = std::mem::take(&mut person.roles);
    person.kind = ActorKind::Officer;
    // A version that ends the entry is in force at no moment; every other was, whether or not another has followed.
    let ends = row.until == Some(row.since);
    let in_force = EntryRow { until: row.until.filter(|_| ends), ..row.clone() };
    equip(&mut person, Some(&in_force));
    let suspended = row.doc.get("fields").and_then(|fields| fields.get("card_suspended")) == Some(&Value::Bool(true));
    let barred = ends || suspended;
    Version { since: row.since, roles, qualifications: person.qualifications, cards: person.cards, barred }
}

/// The version in force at the moment.
fn at(versions: &[Version], moment: Instant) -> Option<&Version> {
    let moment = to_millis(moment);
    versions.iter().rev().find(|version| version.since <= moment)
}

impl Books for Registers<'_> {
    fn param(&self, name: &str, at: Instant) -> Option<ParamValue> {
        self.volume.pack.param_value(name, at)
    }

    fn fact(&self, name: &str, at: Instant) -> Option<&Guard> {
        self.volume.pack.fact(name, at)
    }

    fn tag_title(&self, tag: &str) -> Option<Text> {
        self.volume.pack.statutes.iter().find_map(|statute| statute.tags.get(tag)).cloned()
    }

    fn role_title(&self, role: &str) -> Option<Text> {
        self.volume.pack.role(role).map(|role| role.title.clone())
    }

    fn bears(&self, person: &str, role: &str, moment: Instant) -> Option<bool> {
        let versions = self.accounts.get(self.account(person))?;
        at(versions, moment).map(|version| version.roles.contains(role))
    }

    fn holds(&self, person: &str, qualification: &str, moment: Instant) -> Option<bool> {
        let versions = self.officers.get(self.account(person))?;
        let then = at(versions, moment).or_else(|| versions.first());
        then.map(|version| version.qualifications.contains(qualification))
    }

    /// A card bears its own dates, so that a register filled in later still tells of earlier days; a suspension is told by the version
    /// of the day.
    fn carded(&self, person: &str, kind: &str, organ: &str, day: Date) -> Option<bool> {
        let versions = self.officers.get(self.account(person))?;
        let area = self.volume.pack.organ(organ).and_then(|organ| organ.area.clone());
        let valid = |card: &Card| {
            let area = area.as_ref().is_none_or(|area| card.area == *area);
            card.kind == kind && area && card.from <= day && day < card.until
        };
        let over = day.tomorrow().map_or(Instant::MAX, midnight);
        let then = at(versions, over).or_else(|| versions.first())?;
        let had = versions.iter().flat_map(|version| &version.cards).any(valid);
        Some(had && !then.barred)
    }

    fn calendar(&self) -> &Calendar {
        self.calendar
    }
}
