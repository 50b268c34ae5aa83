//! What was measured and not yet acknowledged: journals first, then packages.
//!
//! INVARIANT(durable-first): a measurement counts when its journal's sync has returned, not before. INVARIANT(one-package): a journal
//! becomes one package; the package's name bears the journal's, and it may be sent only once the journal is gone, so that a crash
//! between the two packs nothing twice. INVARIANT(numbers): a number is taken by a package's file being renamed into the outbox;
//! what leaves the outbox is in `sent.log` or `refused/` before, so that the highest number is always known and none is used twice.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use ed25519_dalek::SigningKey;
use guiju_spectrum::package::{self, ClockCheck, Content, Header, Measured, Moment};
use guiju_spectrum::read::sweep::Sweep;

use crate::fault::Fault;
use crate::folder::{Folder, Identity, names};
use crate::frames::{self, Frames};
use crate::receipts;
use crate::stretch::{Data, Heading, Measurement, Shape, Subject, by_days, day_of};

/// A journal of this many bytes is packed, so that its package stays within the format's limit.
const JOURNAL_MOST: u64 = 40 << 20;
/// A source that says nothing for this long beyond its time is silent.
const SILENCE: Duration = Duration::from_secs(2);
/// The software as packages name it.
const SOFTWARE: &str = concat!("guiju station ", env!("CARGO_PKG_VERSION"));

/// What a source measured.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Seen {
    /// One sweep with its time.
    Sweep { moment: Moment, sweep: Sweep },
    /// One scan of cells: rows without their heading.
    Scan { moment: Moment, heading: String, rows: String },
}

/// When journals are packed, and how much room is kept.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limits {
    /// The longest stretch, in time measured and in time passed.
    pub(crate) stretch: Duration,
    /// Room in bytes that is kept for packing.
    pub(crate) reserve: u64,
    /// A time service keeps the clock.
    pub(crate) ntp: bool,
}

/// Journals and packages of a folder that is held.
#[derive(Debug)]
pub(crate) struct Spool {
    folder: Folder,
    identity: Identity,
    key: SigningKey,
    limits: Limits,
    /// By receiver, task and plan.
    open: BTreeMap<(String, String, String), Journal>,
    next: u64,
    /// By how much the clock is known to be ahead of the server's, in ns.
    pub(crate) clock_offset_ns: Option<i64>,
}

#[derive(Debug)]
struct Journal {
    frames: Frames,
    name: String,
    heading: Heading,
    first_ns: i64,
    last: Measurement,
    opened: Instant,
}

impl Spool {
    /// Opens the spool and packs what an earlier run left in journals; what cannot be packed now stays and is tried again.
    pub(crate) fn open(folder: Folder, identity: Identity, limits: Limits) -> Result<Self, Fault> {
        let key = folder.key(&identity)?;
        let mut taken = receipts::highest(&folder)?;
        for place in [folder.outbox(), folder.refused()] {
            let numbers = names(&place, ".gjsp")?.into_iter().filter_map(|name| number_of(&name));
            taken = numbers.fold(taken, u64::max);
        }
        let open = BTreeMap::new();
        Ok(Self { folder, identity, key, limits, open, next: taken + 1, clock_offset_ns: None })
    }

    /// Takes a measurement in, durably. Gives the moments that count from now on: the measurement, cut at local midnights.
    ///
    /// # Errors
    /// No room, or a disk that fails: then the measurement does not count.
    pub(crate) fn record(&mut self, subject: &Subject, seen: &Seen) -> Result<Vec<Moment>, Fault> {
        if self.folder.room().is_some_and(|room| room < self.limits.reserve) {
            return Err(Fault::new(
                "磁盘已满，停止计入监测时间；请腾出空间，已写入的不受影响",
                "the disk is full, nothing more is counted; make room: what is written already is safe",
            ));
        }
        let slot = (subject.receiver.clone(), subject.task.clone(), subject.plan.clone());
        let known = self.open.get(&slot).map(|journal| &journal.heading.shape);
        let (shape, measurement) = shaped(seen, known).ok_or_else(|| {
            Fault::new(
                "一次扫描的频点宽度不一或者过多，无法打包，请检查扫频命令",
                "the bins of a sweep are of several widths or too many, so it cannot be packed; check the command",
            )
        })?;
        let mut counted = Vec::new();
        for part in by_days(measurement) {
            counted.push(part.moment);
            self.append(&slot, subject, &shape, part)?;
        }
        Ok(counted)
    }

    fn append(
        &mut self,
        slot: &(String, String, String),
        subject: &Subject,
        shape: &Shape,
        part: Measurement,
    ) -> Result<(), Fault> {
        let day = day_of(part.moment.start_ns);
        let mut carried = None;
        if let Some(journal) = self.open.get_mut(slot) {
            let goes_on = journal.heading.shape == *shape
                && journal.heading.day == day
                && journal.heading.subject == *subject
                && journal.last.moment.start_ns <= part.moment.start_ns;
            if goes_on && journal.has_room(self.limits.stretch, part.moment.start_ns) {
                journal.frames.append(&[part.write()])?;
                journal.last = part;
                return Ok(());
            }
            // The next package begins with this one's last measurement, so that the time between the two stays backed.
            carried = goes_on.then(|| journal.last.clone());
        }
        let heading = Heading {
            subject: subject.clone(),
            shape: shape.clone(),
            day,
            clock_offset_ns: self.clock_offset_ns,
            ntp: self.limits.ntp,
        };
        let journal = self.begin(heading, carried, part)?;
        // The journal before is packed by `pack`, which takes every journal that is not open.
        self.open.insert(slot.clone(), journal);
        Ok(())
    }

    /// Begins a journal. A crash on the way leaves one without measurements, which is removed, or a whole one.
    fn begin(&self, heading: Heading, carried: Option<Measurement>, part: Measurement) -> Result<Journal, Fault> {
        let mut name = [0u8; 8];
        getrandom::fill(&mut name).map_err(|fault| {
            Fault::new(format!("系统取不到随机数（{fault}）"), format!("the system gives no random numbers ({fault})"))
        })?;
        let name = hex::encode(name);
        let path = journal_path(&self.folder, &name);
        let told = serde_json::to_vec(&heading).unwrap_or_default();
        let first_ns = carried.as_ref().map_or(part.moment.start_ns, |carried| carried.moment.start_ns);
        let mut records = vec![told];
        records.extend(carried.map(|carried| carried.write()));
        records.push(part.write());
        let (mut frames, _) = Frames::open(&path)?;
        if let Err(fault) = frames.append(&records) {
            // Nothing in it counts; where the file cannot be removed, packing finds it empty and removes it later.
            let _ = fs::remove_file(&path);
            return Err(fault);
        }
        Ok(Journal { frames, name, heading, first_ns, last: part, opened: Instant::now() })
    }

    /// Closes the journals whose source fell silent. While it speaks, the next measurement closes them, and the one before is carried on.
    pub(crate) fn close_silent(&mut self) {
        let stretch = self.limits.stretch;
        self.open.retain(|_, journal| {
            let revisit = Duration::from_nanos(u64::try_from(journal.heading.subject.revisit_ns).unwrap_or(0));
            journal.opened.elapsed() < stretch + 2 * revisit + SILENCE
        });
    }

    /// Closes all journals: the run ends, or the clock was set.
    pub(crate) fn close_all(&mut self) {
        self.open.clear();
    }

    /// Makes a package of every journal that is closed. Gives how many.
    ///
    /// # Errors
    /// The first that could not be packed for want of room; it stays, and is tried again.
    pub(crate) fn pack(&mut self) -> Result<usize, Fault> {
        let mut packed = 0;
        for file in names(&self.folder.journals(), ".jnl")? {
            let name = file.trim_end_matches(".jnl").to_owned();
            if self.open.values().all(|journal| journal.name != name) && self.pack_one(&name)? {
                packed += 1;
            }
        }
        Ok(packed)
    }

    fn pack_one(&mut self, name: &str) -> Result<bool, Fault> {
        let path = journal_path(&self.folder, name);
        if self.is_packed(name)? {
            // A crash or a fault came between package and journal: the package holds all of it.
            frames::sync_folder(&self.folder.outbox().join(name))?;
            remove(&path)?;
            return Ok(false);
        }
        let Some((heading, measurements)) = read(&path)? else {
            remove(&path)?;
            return Ok(false);
        };
        let (header, measured) = self.package(&heading, measurements);
        match package::build(header, &measured, &self.key) {
            Ok(bytes) => {
                frames::replace(&self.folder.outbox().join(format!("{:08}.{name}.gjsp", self.next)), &bytes)?;
                self.next += 1;
                remove(&path)?;
                Ok(true)
            }
            Err(complaint) => {
                // It is kept for people to look at, and no number is spent on it.
                let aside = self.folder.refused().join(format!("{name}.jnl"));
                let why = format!("{}\n{complaint}\n", complaint.zh());
                frames::replace(&aside.with_extension("txt"), why.as_bytes())?;
                fs::rename(&path, &aside).map_err(|fault| Fault::file(&path, &fault))?;
                Err(complaint.into())
            }
        }
    }

    /// Whether there is a package of this journal, waiting, sent or refused.
    fn is_packed(&self, name: &str) -> Result<bool, Fault> {
        let of_it = |file: &String| journal_of(file) == Some(name);
        Ok(names(&self.folder.outbox(), ".gjsp")?.iter().any(of_it)
            || names(&self.folder.refused(), ".gjsp")?.iter().any(of_it)
            || receipts::read(&self.folder)?.iter().any(|receipt| receipt.journal == name))
    }

    fn package(&self, heading: &Heading, measurements: Vec<Measurement>) -> (Header, Measured) {
        let from_ns = measurements.first().map_or(0, |first| first.moment.start_ns);
        let until_ns = measurements.iter().map(Measurement::end_ns).max().unwrap_or(0).max(from_ns + 1);
        let (low_hz, bin_hz, bins) = match heading.shape {
            Shape::Grid { low_hz, bin_hz, bins } => (low_hz, bin_hz, u32::try_from(bins).unwrap_or(u32::MAX)),
            Shape::Cells { .. } => (0.0, 0.0, 0),
        };
        let clock_check = match (heading.clock_offset_ns, heading.ntp) {
            (Some(_), _) => ClockCheck::Server,
            (None, true) => ClockCheck::Ntp,
            (None, false) => ClockCheck::Unchecked,
        };
        let subject = &heading.subject;
        let header = Header {
            version: 1,
            station: self.identity.station.clone(),
            sequence: self.next,
            receiver: subject.receiver.clone(),
            task: subject.task.clone(),
            plan: subject.plan.clone(),
            // The content, counts, sizes and the hash are filled in by `build`.
            content: Content::Sweeps,
            from_ns,
            until_ns,
            revisit_ns: subject.revisit_ns,
            low_hz,
            bin_hz,
            bins,
            measurements: 0,
            calibration: None,
            clock_offset_ns: heading.clock_offset_ns,
            clock_check,
            software: SOFTWARE.to_owned(),
            raw_bytes: 0,
            payload_bytes: 0,
            payload_sha256: String::new(),
        };
        (header, measured(&heading.shape, measurements))
    }
}

impl Journal {
    fn has_room(&self, stretch: Duration, start_ns: i64) -> bool {
        let most_ns = i64::try_from(stretch.as_nanos()).unwrap_or(i64::MAX);
        self.frames.len() < JOURNAL_MOST
            && start_ns.saturating_sub(self.first_ns) < most_ns
            && self.opened.elapsed() < stretch
    }
}

fn measured(shape: &Shape, measurements: Vec<Measurement>) -> Measured {
    match shape {
        Shape::Grid { .. } => {
            let rows = measurements.into_iter().filter_map(|one| match one.data {
                Data::Levels(levels) => Some((one.moment, levels)),
                Data::Rows(_) => None,
            });
            Measured::Sweeps(rows.collect())
        }
        Shape::Cells { heading } => {
            let mut text = format!("{heading}\n");
            let moments = measurements.iter().map(|one| one.moment).collect();
            for one in &measurements {
                if let Data::Rows(rows) = &one.data {
                    text.push_str(rows);
                }
            }
            Measured::Cells(moments, text)
        }
    }
}

/// The shape of what was seen, that of the open journal where it fits.
fn shaped(seen: &Seen, known: Option<&Shape>) -> Option<(Shape, Measurement)> {
    match seen {
        Seen::Sweep { moment, sweep } => {
            let fits = known.and_then(|shape| Some((shape.clone(), shape.levels(sweep)?)));
            let own = || Shape::of(sweep).and_then(|shape| shape.levels(sweep).map(|levels| (shape, levels)));
            let (shape, levels) = fits.or_else(own)?;
            Some((shape, Measurement { moment: *moment, data: Data::Levels(levels) }))
        }
        Seen::Scan { moment, heading, rows } => {
            let shape = Shape::Cells { heading: heading.clone() };
            Some((shape, Measurement { moment: *moment, data: Data::Rows(rows.clone()) }))
        }
    }
}

/// What a journal holds; `None` when no measurement in it is whole.
pub(crate) fn read(path: &Path) -> Result<Option<(Heading, Vec<Measurement>)>, Fault> {
    let records = frames::records(path)?;
    let Some((told, rest)) = records.split_first() else { return Ok(None) };
    let Ok(heading) = serde_json::from_slice::<Heading>(told) else { return Ok(None) };
    let measurements: Vec<_> = rest.iter().map_while(|record| Measurement::read(record, &heading.shape)).collect();
    Ok((!measurements.is_empty()).then_some((heading, measurements)))
}

fn journal_path(folder: &Folder, name: &str) -> PathBuf {
    folder.journals().join(format!("{name}.jnl"))
}

/// The number in a package's file name.
pub(crate) fn number_of(file: &str) -> Option<u64> {
    file.split('.').next()?.parse().ok()
}

/// The journal in a package's file name.
pub(crate) fn journal_of(file: &str) -> Option<&str> {
    file.split('.').nth(1)
}

/// Removes a file, durably.
pub(crate) fn remove(path: &Path) -> Result<(), Fault> {
    match fs::remove_file(path) {
        Ok(()) => frames::sync_folder(path),
        Err(fault) if fault.kind() == std::io::ErrorKind::NotFound => Ok(()),
        Err(fault) => Err(Fault::file(path, &fault)),
    }
}
