//! The writer's memory: where the logs stand, the cases in hand, the timers to ring; and how a group is decided on top of it.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use guiju_kernel::case::Case;
use guiju_kernel::ledger::Tree;
use guiju_kernel::ledger::vault::VaultKey;
use guiju_kernel::procedure::definition::Procedure;
use guiju_kernel::procedure::{Context, Decided, Person, Proposal, Refusal, RefusalKind, decide};
use guiju_kernel::record::{ActorKind, Origin, Record, Table};
use guiju_kernel::time::{self, Instant, date_of};
use guiju_store::{Log, Store, StoredRecord, TileRow};
use serde_json::Value;

use super::facts::{Book, Entries, Miss, Numbers};
use super::pending::Pending;
use super::tokens::once_effect;
use super::{Job, Task};
use crate::answer::{Answer, Ask, Done, OfficeError, Target};
use crate::cases::case_of;
use crate::keys::{Chance, Keys};
use crate::moment::OfficeClock;
use crate::shelf::{Shelf, Volume};
use crate::trees;

/// Cases kept in memory; beyond this the desk forgets those it may.
const CASES: usize = 50_000;

/// Everything the writer remembers between groups. All of it can be read again from the store.
pub struct Desk {
    pub(super) store: Arc<dyn Store>,
    pub(super) shelf: Arc<Shelf>,
    pub(super) keys: Arc<Keys>,
    pub(super) chance: Chance,
    pub(super) clock: Arc<OfficeClock>,
    pub(super) events: Tree,
    pub(super) readings: Tree,
    pub(super) last: i64,
    pub(super) head: Option<(u64, String)>,
    pub(super) cases: HashMap<u64, Arc<Case>>,
    pub(super) numbers: Numbers,
    pub(super) entries: Entries,
    pub(super) once: HashMap<String, u64>,
    /// Tokens of waiting tasks that the store was asked for together, and did not have.
    pub(super) absent: HashSet<String>,
    /// Numbers of imported cases that may still be on their way to the disk.
    imported: HashSet<String>,
    pub(super) party_keys: HashMap<String, Arc<VaultKey>>,
    pub(super) timers: BTreeSet<(i64, u64, String)>,
    /// Cases and tokens of the group that may still be on its way to the disk: not to be forgotten, since the store may not have
    /// them yet.
    pub(super) fresh: (HashSet<u64>, HashSet<String>),
    /// Likewise the entries, by register and key.
    pub(super) fresh_entries: HashSet<(String, String)>,
}

impl Desk {
    pub async fn open(
        store: Arc<dyn Store>,
        shelf: Arc<Shelf>,
        keys: Arc<Keys>,
        chance: Chance,
        clock: Arc<OfficeClock>,
    ) -> Result<Desk, OfficeError> {
        let mut desk = Desk {
            store,
            shelf,
            keys,
            chance,
            clock,
            events: Tree::new(),
            readings: Tree::new(),
            last: i64::MIN,
            head: None,
            cases: HashMap::new(),
            numbers: HashMap::new(),
            entries: HashMap::new(),
            once: HashMap::new(),
            absent: HashSet::new(),
            imported: HashSet::new(),
            party_keys: HashMap::new(),
            timers: BTreeSet::new(),
            fresh: Default::default(),
            fresh_entries: HashSet::new(),
        };
        desk.reload().await?;
        Ok(desk)
    }

    /// Forgets everything and reads again where the store stands.
    pub async fn reload(&mut self) -> Result<(), OfficeError> {
        self.cases.clear();
        self.numbers.clear();
        self.entries.clear();
        self.once.clear();
        self.absent.clear();
        self.imported.clear();
        self.party_keys.clear();
        self.events = trees::restore(self.store.as_ref(), Log::Events).await?;
        self.readings = trees::restore(self.store.as_ref(), Log::Readings).await?;
        let position = self.store.position(Log::Events).await?;
        let reading = self.store.position(Log::Readings).await?;
        self.last = position.last_recorded.max(reading.last_recorded).unwrap_or(i64::MIN);
        self.head = self.store.head(Log::Events).await?;
        let due = self.store.timers_due(i64::MAX, u32::MAX).await?;
        self.timers = due.into_iter().collect();
        Ok(())
    }

    pub fn clock_ms(&self) -> i64 {
        self.clock.now_ms()
    }

    /// How long the writer may sleep before a timer rings; at most a minute.
    pub fn until_next_timer(&self) -> Duration {
        const MOST: i64 = 60_000;
        let wait = self.timers.first().map_or(MOST, |(at, ..)| at.saturating_sub(self.clock_ms()).clamp(0, MOST));
        // A simulated clock only moves when its owner says so: its timers ring when the owner acts.
        let wait = if matches!(*self.clock, OfficeClock::Set(_)) { MOST } else { wait };
        Duration::from_millis(u64::try_from(wait).unwrap_or(0))
    }

    /// Opens a group.
    pub fn begin_group(&mut self) -> Pending {
        self.make_room();
        // What memory has forgotten the store knows by now: nothing may be taken for absent any more.
        self.absent.clear();
        Pending::default()
    }

    /// Decides one task of a group. Whatever happens to it leaves the others as they are.
    pub async fn serve(&mut self, job: Job, pending: &mut Pending) {
        self.ring(self.now(job.now), pending).await;
        // Bells that rang late were recorded while the clock went on: the task's own moment comes after them.
        let now = self.now(job.now);
        match job.task {
            Task::Import(import) => self.import(*import, now, job.reply, pending).await,
            task => {
                let answer = self.one(task, now, pending).await;
                pending.reply(job.reply, answer);
            }
        }
    }

    /// Signs the group's head and turns what it touched into rows.
    pub fn end_group(&mut self, pending: &mut Pending) {
        if let Err(fault) = self.sign(pending) {
            tracing::error!(%fault, "the head could not be signed");
        }
        let (shelf, now) = (self.shelf.clone(), self.now(None));
        let publications = |case: &Case| crate::publications::rows_of(case, &shelf, now);
        if let Err(fault) = pending.close(crate::words::tokens_of, publications) {
            tracing::error!(%fault, "a group could not be written as rows");
            pending.spoil();
        }
    }

    async fn one(&mut self, task: Task, now: Instant, pending: &mut Pending) -> Result<Answer, OfficeError> {
        match task {
            Task::Act(ask) => self.act(*ask, now, pending).await,
            Task::Entry(ask) => self.put_entry(*ask, now, pending).await,
            Task::Reading(ask) => self.read_personal(*ask, now, pending).await,
            Task::Erase(ask) => self.erase(*ask, now, pending).await,
            Task::Mark { act, token } => self.mark(&act, token, now, pending).await,
            Task::Publish => {
                self.publish(pending)?;
                Ok(nothing_new(self.events.size()))
            }
            Task::Import(_) | Task::Ring => Ok(nothing_new(self.events.size())),
        }
    }

    /// The moment a task is decided at: never before the latest record.
    pub(super) fn now(&self, asked: Option<Instant>) -> Instant {
        let now = asked.map_or_else(|| self.clock_ms(), time::to_millis).max(self.last);
        time::from_millis(now).unwrap_or(Instant::UNIX_EPOCH)
    }

    pub(super) async fn act(
        &mut self,
        mut ask: Ask,
        now: Instant,
        pending: &mut Pending,
    ) -> Result<Answer, OfficeError> {
        if let Some(token) = &ask.once
            && let Some(seq) = self.once_of(token).await?
        {
            return self.again(seq).await;
        }
        self.equip_all(&mut ask.by).await?;
        let before = match &ask.target {
            Target::New { .. } => None,
            Target::Case { id, .. } => Some(self.case(*id).await?),
            Target::Opened { once } => Some(self.case_opened_by(once).await?),
        };
        let volume = match &before {
            Some(case) => self.shelf.volume(&case.pack)?.clone(),
            None => self.shelf.current.clone(),
        };
        let (id, opened) = match (&ask.target, &before) {
            (Target::New { procedure, .. }, _) => (procedure.clone(), ask.done.unwrap_or(now)),
            (_, Some(case)) => (case.procedure.clone(), case.opened),
            (_, None) => return Err(OfficeError::NoSuchCase(String::new())),
        };
        let Some(procedure) = volume.procedure(&id, date_of(opened)) else {
            return Err(no_procedure(&id));
        };
        if let Some(number) = new_number(&ask)
            && self.number_taken(number).await?
        {
            return Ok(Answer::Refused(number_twice(number)));
        }
        if !ask.files.is_empty() {
            // Judged before anything is sealed, so that a refused act leaves neither a file nor a key.
            let marks = match super::seal::marks_before_sealing(&ask) {
                Ok(marks) => marks,
                Err(refusal) => return Ok(Answer::Refused(refusal)),
            };
            let proposal = proposal(&ask, marks, now, &volume);
            let judged = self.decide_with_spawned(&volume, &procedure, before.as_deref(), &proposal, now).await?;
            if let Err(refusal) = judged {
                return Ok(Answer::Refused(refusal));
            }
        }
        let files = self.seal_files(&ask, before.as_deref(), pending).await?;
        let (marks, rows): (Vec<_>, Vec<_>) = files.into_iter().unzip();
        let proposal = proposal(&ask, marks, now, &volume);
        match self.decide_with_spawned(&volume, &procedure, before.as_deref(), &proposal, now).await? {
            Err(refusal) => Ok(Answer::Refused(refusal)),
            Ok(mut decided) => {
                pending.batch_mut().files.extend(rows);
                let spawned = std::mem::take(&mut decided.spawn);
                let answer = self.accept(decided, before, ask.once, pending).await?;
                self.open_spawned(spawned, now, pending).await?;
                Ok(answer)
            }
        }
    }

    /// Asks the kernel, loading what it asks for until it has had every answer.
    pub(super) async fn decide(
        &mut self,
        volume: &Volume,
        procedure: &Procedure,
        before: Option<&Case>,
        proposal: &Proposal,
        now: Instant,
    ) -> Result<Result<Decided, Box<Refusal>>, OfficeError> {
        let calendar = volume.calendar(now)?;
        loop {
            let (outcome, missed) = {
                let book = Book::new(volume, &self.shelf.current, &self.numbers, &self.entries);
                let pack = self.shelf.current.pack.hash.as_str();
                let next_seq = self.events.size();
                let ctx = Context { now, calendar, facts: &book, next_seq, pack };
                let outcome = decide(procedure, before, proposal, &ctx);
                (outcome, book.into_missed())
            };
            if missed.is_empty() {
                return Ok(outcome);
            }
            self.learn(missed).await?;
        }
    }

    pub(super) async fn learn(&mut self, missed: Vec<Miss>) -> Result<(), OfficeError> {
        super::learn(self.store.as_ref(), missed, &mut self.numbers, &mut self.entries).await
    }

    /// Takes a decision into the group: seals what is personal, appends the record, folds the case.
    pub(super) async fn accept(
        &mut self,
        decided: Decided,
        before: Option<Arc<Case>>,
        once: Option<String>,
        pending: &mut Pending,
    ) -> Result<Answer, OfficeError> {
        let Decided { mut record, case, personal, .. } = decided;
        self.seal_personal(&mut record, &case, personal, pending).await?;
        if let Some(token) = once {
            record.effects.push(once_effect(&token, record.seq));
            pending.once(token.clone(), record.seq);
            self.remember_once(token, record.seq);
        }
        for effect in record.effects.iter().filter(|e| e.table == Table::Numbers) {
            if let Some(last) = effect.patch.as_ref().and_then(|p| p.get("last")).and_then(Value::as_u64) {
                self.numbers.insert(effect.key.clone(), last);
            }
        }
        self.note_entries(&record, pending);
        let case = Arc::new(case);
        self.append(&record, pending)?;
        pending.note(&record.effects, before.as_ref(), Some(&case));
        self.move_timers(before.as_deref(), &case);
        if before.is_none() && case.origin != Origin::Own {
            self.imported.insert(case.number.clone());
        }
        let done = Done {
            seq: record.seq,
            case: case.id,
            number: case.number.clone(),
            state: case.state.clone(),
            again: false,
        };
        self.fresh.0.insert(case.id);
        self.cases.insert(case.id, case);
        Ok(Answer::Done(done))
    }

    /// Appends a finished record to the tree and the batch. From here on it bears the next sequence number.
    pub(super) fn append(&mut self, record: &Record, pending: &mut Pending) -> Result<(), OfficeError> {
        let salt = self.chance.salt("record", record.seq)?;
        let (bytes, entry) = crate::seal::canonical(record, &salt)?;
        let recorded = time::to_millis(record.recorded);
        self.daily(recorded, pending);
        for tile in self.events.append(entry.leaf()) {
            pending.batch_mut().tiles.push(TileRow {
                log: Log::Events,
                level: u32::from(tile.id.level),
                index: tile.id.index,
                data: tile.bytes,
            });
        }
        self.last = recorded;
        pending.batch_mut().records.push(StoredRecord {
            seq: record.seq,
            case_id: record.case.as_ref().map(|c| c.id),
            act: record.act.clone(),
            state: record.case.as_ref().map(|c| c.to.clone()),
            done: time::to_millis(record.done),
            recorded,
            bytes,
            salt: *salt.as_bytes(),
        });
        Ok(())
    }

    pub(super) async fn case(&mut self, id: u64) -> Result<Arc<Case>, OfficeError> {
        if let Some(case) = self.cases.get(&id) {
            return Ok(case.clone());
        }
        let Some(stored) = self.store.case(id).await? else { return Err(OfficeError::NoSuchCase(id.to_string())) };
        let case = Arc::new(case_of(stored)?);
        self.cases.insert(id, case.clone());
        Ok(case)
    }

    /// Whether a case bears this number: a number stands for one run of a procedure, wherever it was given.
    pub(super) async fn number_taken(&self, number: &str) -> Result<bool, OfficeError> {
        Ok(self.imported.contains(number) || self.store.case_by_number(number).await?.is_some())
    }

    /// Keeps memory bounded between groups: what is forgotten is read again when needed.
    fn make_room(&mut self) {
        let (cases, tokens) = std::mem::take(&mut self.fresh);
        let entries = std::mem::take(&mut self.fresh_entries);
        if self.entries.len() > 4 * CASES {
            self.entries.retain(|slot, _| entries.contains(slot));
        }
        if self.cases.len() > CASES {
            self.cases.retain(|id, case| case.ended.is_none() || cases.contains(id));
            if self.cases.len() > CASES {
                self.cases.retain(|id, _| cases.contains(id));
            }
        }
        if self.imported.len() > 4 * CASES {
            let cases_in_hand: HashSet<&str> =
                cases.iter().filter_map(|id| self.cases.get(id)).map(|case| case.number.as_str()).collect();
            self.imported.retain(|number| cases_in_hand.contains(number.as_str()));
        }
        if self.once.len() > 4 * CASES {
            self.once.retain(|token, _| tokens.contains(token));
        }
    }
}

/// What the act is asked as, with everything the rules may ask about whoever acts.
pub(super) fn proposal(
    ask: &Ask,
    files: Vec<guiju_kernel::record::FileMark>,
    now: Instant,
    volume: &Volume,
) -> Proposal {
    let (subject, seen) = match &ask.target {
        Target::New { subject, .. } => (subject.clone(), None),
        Target::Case { seen, .. } => (None, *seen),
        Target::Opened { .. } => (None, None),
    };
    let organ = volume.pack.organs.iter().find(|o| o.own).map(|o| o.id.clone()).unwrap_or_default();
    Proposal {
        act: ask.act.clone(),
        by: ask.by.clone(),
        done: ask.done.unwrap_or(now),
        origin: ask.origin.clone(),
        given: ask.given.clone(),
        files,
        subject,
        organ,
        seen,
        number: ask.history.as_ref().and_then(|h| h.number.clone()),
        claim: ask.history.as_ref().map(|h| h.claim.clone()),
        links: Vec::new(),
    }
}

/// The foreign number under which a case is to be opened.
pub(super) fn new_number(ask: &Ask) -> Option<&str> {
    match &ask.target {
        Target::New { .. } => ask.history.as_ref()?.number.as_deref(),
        Target::Case { .. } | Target::Opened { .. } => None,
    }
}

pub(super) fn number_twice(number: &str) -> Box<Refusal> {
    let zh = format!("编号“{number}”已有办件，没有重复导入");
    let en = format!("there is a case `{number}` already; it was not taken twice");
    let mut refusal = conflict("case.number", &zh, &en);
    refusal.field = Some("number@".to_owned());
    Box::new(refusal)
}

pub(super) fn no_procedure(id: &str) -> OfficeError {
    OfficeError::Input(format!("没有程序 `{id}` / there is no procedure `{id}`"))
}

fn nothing_new(seq: u64) -> Answer {
    Answer::Done(Done { seq, case: 0, number: String::new(), state: String::new(), again: true })
}

/// The program itself, as the doer of what nobody in particular does.
pub fn system() -> Person {
    Person::plain(ActorKind::System, "guiju")
}

pub(super) fn conflict(rule: &str, zh: &str, en: &str) -> Refusal {
    Refusal {
        kind: RefusalKind::Conflict,
        rule: rule.to_owned(),
        article: Vec::new(),
        why: guiju_kernel::procedure::definition::Text { zh: zh.to_owned(), en: en.to_owned() },
        mend: None,
        field: None,
        cells: Vec::new(),
    }
}
