//! The office itself: opened on a data folder or database, asked to act, asked to show.

use std::path::PathBuf;
use std::sync::Arc;

use guiju_kernel::calendar::Calendar;
use guiju_kernel::procedure::Person;
use guiju_kernel::time::Instant;
use guiju_pack::Pack;
use guiju_store::{Batch, Log, Mode, Store, StoredRecord, Target as Place};
use serde_json::json;
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;

use crate::answer::{Answer, Ask, OfficeError};
use crate::keys::{Chance, Keys};
use crate::moment::OfficeClock;
use crate::shelf::{Shelf, Volume};
use crate::writer::{self, Desk, EntryAsk, EraseAsk, Job, Task};
use crate::{publications, seal, trees};

/// Jobs that may wait for the writer before callers wait too.
const QUEUE: usize = 4_096;

/// How an office is opened.
pub struct Settings {
    pub place: Place,
    /// Where `keys/` lies: the data folder, or a folder named for a PostgreSQL database.
    pub keys: PathBuf,
    pub pack: Pack,
    pub clock: OfficeClock,
    pub chance: Chance,
}

/// An open office. Cheap to clone.
#[derive(Clone)]
pub struct Office {
    pub(crate) store: Arc<dyn Store>,
    pub(crate) shelf: Arc<Shelf>,
    pub(crate) keys: Arc<Keys>,
    clock: Arc<OfficeClock>,
    jobs: mpsc::Sender<Job>,
    writer: Arc<tokio::sync::Mutex<Option<JoinHandle<()>>>>,
    /// Held while a station's package is looked at and written.
    pub(crate) packages: Arc<tokio::sync::Mutex<()>>,
    /// What is remembered of packages for pages.
    pub(crate) radio: Arc<crate::radio::RadioShelf>,
}

impl Office {
    /// Opens the data for writing: takes the lease, stores the pack if it is a new version, reads where things stand.
    pub async fn open(settings: Settings) -> Result<Office, OfficeError> {
        let store = guiju_store::open(&settings.place, Mode::Write).await?;
        let clock = Arc::new(settings.clock);
        Office::open_on(store, settings.keys, settings.pack, clock, settings.chance).await
    }

    /// The same on a store that is already open (tests put a failing one there).
    pub async fn open_on(
        store: Arc<dyn Store>,
        keys: PathBuf,
        pack: Pack,
        clock: Arc<OfficeClock>,
        chance: Chance,
    ) -> Result<Office, OfficeError> {
        let holder = format!(
            "{}-{}",
            std::process::id(),
            hex::encode(Chance::System.bytes("holder", 0)?.get(..4).unwrap_or(&[]))
        );
        let fence = store.take_lease(&holder, OfficeClock::System.now_ms()).await?;
        let origin = format!("guiju.example/{}", pack.id);
        let keys = Arc::new(Keys::open_or_make(&keys, &origin, &chance)?);
        let mut older = Vec::new();
        let known = store.pack_hashes().await?;
        for hash in known.iter().filter(|h| **h != pack.hash) {
            let Some(bytes) = store.pack(hash).await? else { continue };
            older.push(Pack::from_archive(&bytes).map_err(|e| OfficeError::Pack(complaints(&e)))?);
        }
        if !known.contains(&pack.hash) {
            load_pack(store.as_ref(), &fence, &keys, &pack, &clock, &chance).await?;
        }
        let shelf = Arc::new(Shelf::new(pack, older)?);
        publications::remake(store.as_ref(), &fence, &shelf, clock.now()).await?;
        let desk = Desk::open(store.clone(), shelf.clone(), keys.clone(), chance, clock.clone()).await?;
        let (jobs, queue) = mpsc::channel(QUEUE);
        let writer = tokio::spawn(writer::run(desk, store.clone(), fence, queue));
        Ok(Office {
            store,
            shelf,
            keys,
            clock,
            jobs,
            writer: Arc::new(tokio::sync::Mutex::new(Some(writer))),
            packages: Arc::default(),
            radio: Arc::default(),
        })
    }

    pub fn now(&self) -> Instant {
        self.clock.now()
    }

    pub fn clock(&self) -> &OfficeClock {
        &self.clock
    }

    pub fn pack(&self) -> Arc<Pack> {
        self.shelf.current.pack.clone()
    }

    pub fn volume(&self) -> &Arc<Volume> {
        &self.shelf.current
    }

    pub fn store(&self) -> &Arc<dyn Store> {
        &self.store
    }

    /// The calendar as known now.
    pub fn calendar(&self) -> Result<&Calendar, OfficeError> {
        self.shelf.current.calendar(self.now())
    }

    /// Does an act, or says why not. When this returns [`Answer::Done`], the act is durable.
    pub async fn act(&self, ask: Ask) -> Result<Answer, OfficeError> {
        self.job(Task::Act(Box::new(ask)), None).await
    }

    /// The same at a simulated moment.
    pub async fn act_at(&self, ask: Ask, now: Instant) -> Result<Answer, OfficeError> {
        self.job(Task::Act(Box::new(ask)), Some(now)).await
    }

    /// Hands an act over without waiting; the answer comes through the receiver.
    pub async fn hand_over(
        &self,
        ask: Ask,
        now: Option<Instant>,
    ) -> Result<oneshot::Receiver<Result<Answer, OfficeError>>, OfficeError> {
        self.send(Task::Act(Box::new(ask)), now).await
    }

    /// Puts or ends a register entry.
    pub async fn put(&self, ask: EntryAsk, now: Option<Instant>) -> Result<Answer, OfficeError> {
        self.job(Task::Entry(Box::new(ask)), now).await
    }

    /// Hands an entry over without waiting.
    pub async fn hand_over_entry(
        &self,
        ask: EntryAsk,
        now: Option<Instant>,
    ) -> Result<oneshot::Receiver<Result<Answer, OfficeError>>, OfficeError> {
        self.send(Task::Entry(Box::new(ask)), now).await
    }

    /// Erases a party's personal data, or says why not.
    pub async fn erase(&self, ask: EraseAsk) -> Result<Answer, OfficeError> {
        self.job(Task::Erase(Box::new(ask)), None).await
    }

    /// Rings what is due and publishes the heads as checkpoints.
    pub async fn publish(&self, now: Option<Instant>) -> Result<(), OfficeError> {
        self.job(Task::Publish, now).await.map(|_| ())
    }

    /// Rings every timer due by `now`.
    pub async fn ring(&self, now: Option<Instant>) -> Result<(), OfficeError> {
        self.job(Task::Ring, now).await.map(|_| ())
    }

    /// The program itself, as the doer of what nobody in particular does.
    pub fn system(&self) -> Person {
        writer::system()
    }

    /// A mark in the log that is found again by its token; answers its sequence number.
    pub async fn mark(&self, act: &str, token: &str, now: Option<Instant>) -> Result<u64, OfficeError> {
        match self.job(Task::Mark { act: act.to_owned(), token: token.to_owned() }, now).await? {
            Answer::Done(done) => Ok(done.seq),
            Answer::Refused(refusal) => Err(OfficeError::Input(refusal.why.zh)),
        }
    }

    /// Whether a mark is there.
    pub async fn marked(&self, token: &str) -> Result<bool, OfficeError> {
        Ok(self.store.once(token).await?.is_some())
    }

    /// Writes what was handed over, releases the lease and closes.
    pub async fn close(self) -> Result<(), OfficeError> {
        let writer = self.writer.clone();
        drop(self.jobs);
        let handle = writer.lock().await.take();
        if let Some(handle) = handle {
            let _ = tokio::time::timeout(std::time::Duration::from_secs(30), handle).await;
        }
        self.store.close().await;
        Ok(())
    }

    pub(crate) async fn job(&self, task: Task, now: Option<Instant>) -> Result<Answer, OfficeError> {
        self.send(task, now).await?.await.map_err(|_| OfficeError::Closing)?
    }

    pub(crate) async fn send(
        &self,
        task: Task,
        now: Option<Instant>,
    ) -> Result<oneshot::Receiver<Result<Answer, OfficeError>>, OfficeError> {
        let (reply, answer) = oneshot::channel();
        self.jobs.send(Job { task, now, reply }).await.map_err(|_| OfficeError::Closing)?;
        Ok(answer)
    }
}

fn complaints(complaints: &[impl std::fmt::Display]) -> String {
    complaints.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

/// Stores a pack version together with the record that says since when it is in force here.
async fn load_pack(
    store: &dyn Store,
    fence: &guiju_store::Fence,
    keys: &Keys,
    pack: &Pack,
    clock: &OfficeClock,
    chance: &Chance,
) -> Result<(), OfficeError> {
    let mut tree = trees::restore(store, Log::Events).await?;
    let position = store.position(Log::Events).await?;
    let now = clock.now_ms().max(position.last_recorded.unwrap_or(i64::MIN));
    let now = guiju_kernel::time::from_millis(now).map_err(|e| OfficeError::Input(e.to_string()))?;
    let mut record = writer::plain_record(pack, "load_pack", tree.size(), now);
    record.given.insert("version".to_owned(), json!(env!("CARGO_PKG_VERSION")));
    let salt = chance.salt("record", record.seq)?;
    let (bytes, entry) = seal::canonical(&record, &salt)?;
    let mut batch = Batch { packs: vec![(pack.hash.clone(), pack.archive.clone())], ..Batch::default() };
    // Where there is nothing yet, nothing has to be found anew.
    batch.publications_made = (record.seq == 0).then(|| pack.hash.clone());
    for tile in tree.append(entry.leaf()) {
        let level = u32::from(tile.id.level);
        batch.tiles.push(guiju_store::TileRow { log: Log::Events, level, index: tile.id.index, data: tile.bytes });
    }
    let ms = guiju_kernel::time::to_millis(now);
    batch.records.push(StoredRecord {
        seq: record.seq,
        case_id: None,
        act: record.act.clone(),
        state: None,
        done: ms,
        recorded: ms,
        bytes,
        salt: *salt.as_bytes(),
    });
    batch.heads.push((Log::Events, tree.size(), trees::sign(&keys.events, &tree)?));
    store.commit(fence, &batch).await?;
    Ok(())
}
