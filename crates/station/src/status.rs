//! How is the station doing? What the agent last said of itself, and what its folder shows whether or not it runs.

use std::fs;

use serde::{Deserialize, Serialize};

use crate::fault::Fault;
use crate::folder::{Folder, names};
use crate::frames;
use crate::receipts;
use crate::source::Doing;
use crate::spool;

/// A fault and when it was said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Said {
    /// In Chinese.
    pub zh: String,
    /// In English.
    pub en: String,
    /// In ms since 1970, by the station's clock.
    pub at_ms: i64,
}

impl Said {
    pub(crate) fn of(fault: Fault) -> Self {
        Self { zh: fault.zh, en: fault.en, at_ms: crate::clock::now_ns().div_euclid(1_000_000) }
    }
}

/// One watch of the plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WatchStatus {
    /// The receiver.
    pub receiver: String,
    /// The task.
    pub task: String,
    /// What its source does.
    pub doing: Doing,
    /// Measurements that were made durable since the agent was started.
    pub counted: u64,
    /// Measurements that were not, and count as nothing.
    pub not_counted: u64,
    /// The last measurement could not be made durable: nothing is counted until there is room again.
    pub full: bool,
    /// When the last measurement that counts began, in ms since 1970.
    pub last_ms: Option<i64>,
    /// What was last left out or failed.
    pub said: Option<Said>,
}

impl WatchStatus {
    pub(crate) fn new(receiver: String, task: String) -> Self {
        let (doing, said) = (Doing::Waiting, None);
        Self { receiver, task, doing, counted: 0, not_counted: 0, full: false, last_ms: None, said }
    }

    pub(crate) fn say(&mut self, fault: Fault) {
        self.said = Some(Said::of(fault));
    }
}

/// What the agent said of itself.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Status {
    /// The station.
    pub station: String,
    /// When it was said, in ms since 1970; 0: never.
    pub updated_ms: i64,
    /// Room in bytes below which nothing more is counted.
    pub reserve_bytes: u64,
    /// By how much the station's clock is ahead of the server's, in ns, where that is known.
    pub clock_offset_ns: Option<i64>,
    /// When the server last took a package, in ms since 1970.
    pub sent_ms: Option<i64>,
    /// Why packages wait.
    pub trouble: Option<Said>,
    /// Why journals are not packed.
    pub packing: Option<Said>,
    /// The plan's watches.
    pub watches: Vec<WatchStatus>,
}

impl Status {
    pub(crate) fn write(&self, folder: &Folder) -> Result<(), Fault> {
        frames::replace(&folder.status(), &serde_json::to_vec_pretty(self).unwrap_or_default())
    }
}

/// The agent's word beside what the folder shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Overview {
    /// Whether an agent or an import works in the folder now.
    pub running: bool,
    /// What it last said.
    pub said: Status,
    /// Room on the disk in bytes.
    pub room_bytes: Option<u64>,
    /// The room is below the reserve: nothing is counted.
    pub full: bool,
    /// Measurements in journals, durable and not packed yet.
    pub journalled: u64,
    /// Packages that wait to be sent.
    pub waiting: u64,
    /// Packages that the server acknowledged.
    pub acknowledged: u64,
    /// The highest number that was acknowledged.
    pub last_sequence: u64,
    /// Packages that the server refused for good; their reasons are in `refused/`.
    pub refused: u64,
}

impl Overview {
    /// Looks at a folder.
    ///
    /// # Errors
    /// A folder that cannot be read.
    pub fn of(folder: &Folder) -> Result<Self, Fault> {
        let said: Status =
            fs::read(folder.status()).ok().and_then(|told| serde_json::from_slice(&told).ok()).unwrap_or_default();
        let mut journalled = 0;
        for name in names(&folder.journals(), ".jnl")? {
            let held = spool::read(&folder.journals().join(name))?;
            journalled += held.map_or(0, |(_, measurements)| measurements.len() as u64);
        }
        let receipts = receipts::read(folder)?;
        let room_bytes = folder.room();
        Ok(Self {
            running: folder.is_held(),
            full: room_bytes.is_some_and(|room| room < said.reserve_bytes) || said.watches.iter().any(|one| one.full),
            room_bytes,
            journalled,
            waiting: names(&folder.outbox(), ".gjsp")?.len() as u64,
            acknowledged: receipts.len() as u64,
            last_sequence: receipts.iter().map(|receipt| receipt.sequence).max().unwrap_or(0),
            refused: names(&folder.refused(), ".gjsp")?.len() as u64,
            said,
        })
    }
}
