//! What the kernel may look up while it decides: parameters and units from the pack, numbers and entries from memory.
//!
//! The kernel cannot wait for a database. What is not in memory is answered with nothing and remembered as missed; the caller
//! loads what was missed and decides again, so that a decision is only used when everything it asked for was known.

use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};

use guiju_kernel::procedure::definition::Text;
use guiju_kernel::procedure::guard::Guard;
use guiju_kernel::procedure::{Facts, ParamValue};
use guiju_kernel::rows::EntryRow;
use guiju_kernel::time::Instant;
use guiju_store::Store;

use crate::answer::OfficeError;
use crate::shelf::Volume;

pub type Numbers = HashMap<String, u64>;
pub type Entries = HashMap<(String, String), Option<EntryRow>>;

/// The facts at one moment, and what they could not answer.
pub struct Book<'a> {
    pub volume: &'a Volume,
    /// Today's: its item list binds every case, whichever version its procedure is pinned to.
    pub current: &'a Volume,
    pub numbers: &'a Numbers,
    pub entries: &'a Entries,
    missed: RefCell<Vec<Miss>>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Miss {
    Number(String),
    Entry(String, String),
}

impl<'a> Book<'a> {
    pub fn new(volume: &'a Volume, current: &'a Volume, numbers: &'a Numbers, entries: &'a Entries) -> Book<'a> {
        Book { volume, current, numbers, entries, missed: RefCell::default() }
    }

    pub fn into_missed(self) -> Vec<Miss> {
        self.missed.into_inner()
    }
}

impl Facts for Book<'_> {
    fn param(&self, name: &str, at: Instant) -> Option<ParamValue> {
        self.volume.pack.param_value(name, at)
    }

    fn last_number(&self, series: &str) -> u64 {
        self.numbers.get(series).copied().unwrap_or_else(|| {
            self.missed.borrow_mut().push(Miss::Number(series.to_owned()));
            0
        })
    }

    fn unit_exists(&self, path: &str) -> bool {
        self.volume.pack.unit(path).is_some()
    }

    fn fact(&self, name: &str, at: Instant) -> Option<Guard> {
        self.volume.pack.fact(name, at).cloned()
    }

    fn fact_title(&self, name: &str, at: Instant) -> Option<Text> {
        self.volume.pack.fact_title(name, at).cloned()
    }

    fn authorities(&self, procedure: &str) -> Option<Vec<Text>> {
        self.current.pack.authorities(procedure)
    }

    fn role_title(&self, role: &str) -> Option<Text> {
        self.volume.pack.role(role).map(|r| r.title.clone())
    }

    fn unit_title(&self, path: &str) -> Option<Text> {
        self.volume.unit_title(path)
    }

    fn area(&self, organ: &str) -> Option<String> {
        self.volume.pack.organ(organ).and_then(|o| o.area.clone())
    }

    fn entry(&self, register: &str, key: &str) -> Option<EntryRow> {
        match self.entries.get(&(register.to_owned(), key.to_owned())) {
            Some(known) => known.clone(),
            None => {
                self.missed.borrow_mut().push(Miss::Entry(register.to_owned(), key.to_owned()));
                None
            }
        }
    }
}

/// Reads from the store what was missed: all entries of one register in one question, however long the table that asks for them.
pub async fn learn(
    store: &dyn Store,
    missed: Vec<Miss>,
    numbers: &mut Numbers,
    entries: &mut Entries,
) -> Result<(), OfficeError> {
    let mut wanted: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for miss in missed {
        match miss {
            Miss::Number(series) => {
                let last = store.last_number(&series).await?;
                numbers.insert(series, last);
            }
            Miss::Entry(register, key) => wanted.entry(register).or_default().push(key),
        }
    }
    for (register, keys) in wanted {
        let found = store.latest_entries(&register, &keys).await?;
        // What is not there is remembered as well, so that it is not asked for again.
        entries.extend(keys.into_iter().map(|key| ((register.clone(), key), None)));
        entries.extend(found.into_iter().map(|row| ((register.clone(), row.key.clone()), Some(row))));
    }
    Ok(())
}
