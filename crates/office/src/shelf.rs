//! The packs the office works by: the one in force now, and every older version that a case is still pinned to.

use std::collections::HashMap;
use std::sync::Arc;

use guiju_kernel::calendar::{Almanac, Calendar};
use guiju_kernel::procedure::definition::{Procedure, Text};
use guiju_kernel::time::Instant;
use guiju_pack::Pack;
use jiff::civil::Date;

use crate::OfficeError;

/// One pack version, indexed.
#[derive(Debug)]
pub struct Volume {
    pub pack: Arc<Pack>,
    procedures: HashMap<String, Vec<Arc<Procedure>>>,
    almanac: Almanac,
}

impl Volume {
    pub fn new(pack: Arc<Pack>) -> Result<Volume, OfficeError> {
        let almanac = Almanac::new(&pack.notices, pack.working_hours());
        let almanac = almanac.map_err(|e| OfficeError::Pack(e.to_string()))?;
        let mut procedures: HashMap<String, Vec<Arc<Procedure>>> = HashMap::new();
        for procedure in &pack.procedures {
            procedures.entry(procedure.id.clone()).or_default().push(procedure.clone());
        }
        Ok(Volume { pack, procedures, almanac })
    }

    /// The version of a procedure in force on a day; the oldest one for a case from before any (history comes along).
    pub fn procedure(&self, id: &str, day: Date) -> Option<Arc<Procedure>> {
        let versions = self.procedures.get(id)?;
        let in_force =
            versions.iter().find(|p| p.in_force.from <= day && p.in_force.until.is_none_or(|until| day < until));
        in_force.or_else(|| versions.iter().min_by_key(|p| p.in_force.from)).cloned()
    }

    pub fn procedures(&self) -> impl Iterator<Item = &Arc<Procedure>> {
        self.pack.procedures.iter().filter_map(|p| self.procedures.get(&p.id)?.last())
    }

    /// The calendar as known at a moment: a function of the notices published by then.
    pub fn calendar(&self, now: Instant) -> Result<&Calendar, OfficeError> {
        self.almanac.as_known_at(now).map_err(|e| OfficeError::Pack(e.to_string()))
    }

    /// A unit's title with its organ's before it where the organ is not our own.
    pub fn unit_title(&self, path: &str) -> Option<Text> {
        let (organ, unit) = self.pack.unit(path)?;
        if organ.own {
            return Some(unit.title.clone());
        }
        Some(Text {
            zh: format!("{}{}", organ.title.zh, unit.title.zh),
            en: format!("{}, {}", unit.title.en, organ.title.en),
        })
    }
}

/// All volumes by hash.
#[derive(Debug)]
pub struct Shelf {
    pub current: Arc<Volume>,
    older: HashMap<String, Arc<Volume>>,
}

impl Shelf {
    pub fn new(current: Pack, older: Vec<Pack>) -> Result<Shelf, OfficeError> {
        let current = Arc::new(Volume::new(Arc::new(current))?);
        let mut shelf = Shelf { current, older: HashMap::new() };
        for pack in older {
            shelf.older.insert(pack.hash.clone(), Arc::new(Volume::new(Arc::new(pack))?));
        }
        Ok(shelf)
    }

    /// Every version.
    pub fn volumes(&self) -> impl Iterator<Item = &Arc<Volume>> {
        std::iter::once(&self.current).chain(self.older.values())
    }

    /// The version that a case is pinned to.
    pub fn volume(&self, hash: &str) -> Result<&Arc<Volume>, OfficeError> {
        if self.current.pack.hash == hash {
            return Ok(&self.current);
        }
        self.older.get(hash).ok_or_else(|| OfficeError::Damaged(format!("pack {hash} is not in the store")))
    }
}
