//! Scans of cells of a period against the rules for pseudo base stations and the register of licensed cells.
//!
//! What cells broadcast about themselves; nobody's session is looked at.

use guiju_kernel::procedure::Person;
use guiju_spectrum::cells::{Alarm, Identity, Licensed, Settings, Technology, judge, read_csv};
use guiju_store::EntryQuery;

use super::shelf::{degrees, fields, number, off_thread, text};
use crate::answer::OfficeError;
use crate::office::Office;

/// The register of licensed cells.
const LICENSED: &str = "licensed-cells";
/// Cells that are compared; a city has some tens of thousands.
const LICENSED_MOST: u32 = 100_000;
/// Packages of scans that are looked through at once.
const PACKAGES_MOST: usize = 2_000;

/// What the scans of a period say.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct CellsFound {
    /// Packages, and rows that could be read in them.
    pub packages: usize,
    pub rows: u64,
    /// Rows that could not be read.
    pub left_out: usize,
    /// Licensed cells that were compared; with none, nothing is called unlicensed.
    pub licensed: u64,
    /// Cells on which the rules' weights reach the threshold, the heaviest first.
    pub alarms: Vec<Alarm>,
}

impl Office {
    /// Looks through the scans of a period (ms since 1970 UTC, half-open).
    ///
    /// # Errors
    /// [`OfficeError::NotYours`]; [`OfficeError::Input`] where there are too many packages for one look.
    pub async fn radio_cells(&self, who: &Person, from_ms: i64, until_ms: i64) -> Result<CellsFound, OfficeError> {
        self.radio_reader(who)?;
        let stations = self.radio_stations().await?;
        let all = stations.iter().flat_map(|station| station.packages.values());
        let metas: Vec<_> =
            all.filter(|meta| meta.kind == "cells" && meta.from_ms < until_ms && meta.until_ms > from_ms).collect();
        if metas.len() > PACKAGES_MOST {
            let why = "期间内的小区扫描过多，请缩短期间 / too many scans in this period; make it shorter";
            return Err(OfficeError::Input(why.to_owned()));
        }
        let licensed = self.licensed_cells().await?;
        let mut opened = Vec::with_capacity(metas.len());
        for meta in &metas {
            opened.push((meta.id.clone(), self.opened(meta).await?));
        }
        off_thread(move || {
            let mut found =
                CellsFound { packages: opened.len(), licensed: licensed.len() as u64, ..CellsFound::default() };
            let mut records = Vec::new();
            for (id, package) in &opened {
                let (read, wrong) = read_csv(package.rows().unwrap_or_default(), id);
                found.left_out += wrong.len();
                records.extend(read);
            }
            found.rows = records.len() as u64;
            found.alarms = judge(&records, &licensed, &Settings::default());
            found.alarms.retain(|alarm| alarm.is_alarm);
            found
        })
        .await
    }

    async fn licensed_cells(&self) -> Result<Vec<Licensed>, OfficeError> {
        let query = EntryQuery { register: LICENSED.to_owned(), contains: None, after: None, limit: LICENSED_MOST };
        let rows = self.store.entries(&query).await?.rows;
        let cell = |row| {
            let told = fields(&row)?;
            let (latitude, longitude) = degrees(&told)?;
            let technology = match text(&told, "technology").as_str() {
                "gsm" => Technology::Gsm,
                "lte" => Technology::Lte,
                _ => return None,
            };
            let small = |name: &str| u16::try_from(number(&told, name)).ok();
            let identity = Identity {
                technology,
                mcc: small("mcc")?,
                mnc: small("mnc")?,
                area: u32::try_from(number(&told, "area")).ok()?,
                cell: u32::try_from(number(&told, "cell")).ok()?,
            };
            Some(Licensed { identity, latitude, longitude })
        };
        Ok(rows.into_iter().filter_map(cell).collect())
    }
}
