//! The engineering side of radio as pages show it: stations and their health, spectra, occupancy, findings and their evidence.
//!
//! Read models over the packages that stations handed in ([`crate::stations`]). Content-blind: levels by time and frequency and what was
//! computed from them. Refuses everybody but those who keep the packages' register and those who oversee the organ: parameters of
//! stations are work secrets. Nothing here decides; a finding becomes a lead through [`Office::act`] like any case.

mod cells;
mod desk;
mod evidence;
mod findings;
mod health;
mod occupancy;
mod overview;
mod place;
mod search;
mod shelf;
mod spectra;

pub use cells::CellsFound;
pub use desk::{RadioCase, RadioDesk, Warning};
pub use evidence::{EVIDENCE_FORMAT, KnownLead};
pub use findings::{Findings, Found, FoundKind, Searched, Silent};
pub use health::{Hours, ReceiverHealth, StationHealth};
pub use occupancy::{Channel, ChannelUse, HourUse, Occupancy, OccupancyAsk};
pub use place::{Located, StationPoint};
pub use shelf::{PackageMeta, RadioShelf};
pub use spectra::{Assignment, Peak, SpectraAsk, SpectraView, SpectrumLine};

use guiju_kernel::procedure::Person;
use guiju_kernel::record::ActorKind;
use guiju_pack::Pack;

use crate::answer::OfficeError;
use crate::cases::oversees;
use crate::office::Office;
use crate::radio_rules::RadioRules;
use crate::stations::PACKAGES;

/// The procedure of leads from monitoring, and the act by which one is registered.
pub const LEAD: (&str, &str) = ("radio-lead", "register");
/// The procedure of complaints of interference.
pub const COMPLAINT: &str = "interference-complaint";
/// The procedure of protective monitoring.
pub const PROTECTION: &str = "protective-monitoring";
/// The register of frequency assignments.
pub const ASSIGNMENTS: &str = "assignments";
/// The register of weather warnings.
pub const WARNINGS: &str = "weather-warnings";

/// Nanoseconds in a millisecond.
pub(crate) const NS_PER_MS: i64 = 1_000_000;

impl Office {
    /// Lets those pass who may see what stations measured: keepers of the packages' register and overseers, of the own organ.
    ///
    /// # Errors
    /// [`OfficeError::NotYours`] with the roles whose right it is.
    pub fn radio_reader(&self, who: &Person) -> Result<(), OfficeError> {
        let pack = self.pack();
        if may_read(&pack, who) {
            return Ok(());
        }
        let keepers = pack.register(PACKAGES).map(|register| register.kept_by.clone()).unwrap_or_default();
        let titles = keepers.iter().filter_map(|role| pack.role(role)).map(|role| role.title.zh.clone());
        Err(OfficeError::NotYours { holder: titles.collect::<Vec<_>>().join("、") })
    }

    /// The pack's parameters of monitoring.
    ///
    /// # Errors
    /// [`OfficeError::Pack`] where the pack has none, or one of them cannot be.
    pub fn radio_rules(&self) -> Result<RadioRules, OfficeError> {
        crate::radio_rules::radio_rules(&self.pack())
    }
}

/// Whether this person has radio pages at all: not where the pack has no register of packages.
pub fn may_read(pack: &Pack, who: &Person) -> bool {
    let Some(register) = pack.register(PACKAGES) else { return false };
    let own = pack.organs.iter().any(|organ| organ.own && Some(&organ.id) == who.organ.as_ref());
    let keeps = register.kept_by.iter().any(|role| who.roles.contains(role));
    who.kind == ActorKind::Officer && own && (keeps || oversees(who))
}
