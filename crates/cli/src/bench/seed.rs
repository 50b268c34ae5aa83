//! Fills a data folder with an invented town's cases, past the office but by the kernel's rules: quick, and `verify` passes on it.
//!
//! Every record is decided by the kernel, sealed, hashed into the tree and folded as the office would; what is left out is asking the
//! database between acts, which is what takes time. One case is finished before the next begins, so all were recorded at one moment,
//! as paper files are when they are entered later, and done at moments of their own.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use guiju_kernel::canon;
use guiju_kernel::case::Case;
use guiju_kernel::ledger::vault::{Place, VaultKey};
use guiju_kernel::ledger::{Entry, Salt, Tree, checkpoint, entry};
use guiju_kernel::procedure::definition::{Procedure, Text};
use guiju_kernel::procedure::guard::Guard;
use guiju_kernel::procedure::{Claim, Context, Decided, Facts, ParamValue, Proposal, Refusal, decide, ring};
use guiju_kernel::record::{ActorKind, Origin, Record, Table};
use guiju_kernel::rows::{self, EntryRow, NumberRow};
use guiju_kernel::time::{Instant, date_of, from_millis, to_millis};
use guiju_office::Keys;
use guiju_office::shelf::Volume;
use guiju_store::{Batch, Fence, KeyRow, Log, RowChange, SearchDoc, Store, StoredRecord, TileRow, VaultRow};
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::spot;
use super::town::{Matter, Stage, Town};
use super::work::{ACTS, PROCEDURE, person};
use crate::Fault;

/// Records a commit holds about.
const GROUP: usize = 2_000;

/// Writes cases one after the other.
pub struct Seeder {
    store: Arc<dyn Store>,
    fence: Fence,
    keys: Keys,
    volume: Arc<Volume>,
    requests: Arc<Procedure>,
    penalties: Arc<Procedure>,
    organ: String,
    now: Instant,
    tree: Tree,
    numbers: HashMap<String, u64>,
    parties: HashMap<String, VaultKey>,
    batch: Batch,
    writing: Option<tokio::task::JoinHandle<Result<(), guiju_store::StoreError>>>,
}

impl Seeder {
    /// Goes on where the log stands; every act is recorded at `now`.
    pub async fn open(
        store: Arc<dyn Store>,
        fence: Fence,
        keys: Keys,
        volume: Arc<Volume>,
        now: Instant,
    ) -> Result<Seeder, Fault> {
        let procedure =
            |id: &str| volume.procedure(id, date_of(now)).ok_or(format!("the pack has no procedure `{id}`"));
        let (requests, penalties) = (procedure(PROCEDURE)?, procedure(spot::PROCEDURE)?);
        let organ = volume.pack.organs.iter().find(|o| o.own).map(|o| o.id.clone()).ok_or("the pack has no organ")?;
        let mut tree = Tree::new();
        let size = store.position(Log::Events).await?.size;
        for from in (0..size).step_by(1_000) {
            for record in store.records(Log::Events, from, size.min(from + 1_000)).await? {
                tree.append(Entry::commit(&Salt::new(record.salt), record.bytes.as_bytes()).leaf());
            }
        }
        let (numbers, parties) = (HashMap::new(), HashMap::new());
        let batch = Batch::default();
        let writing = None;
        Ok(Seeder {
            store,
            fence,
            keys,
            volume,
            requests,
            penalties,
            organ,
            now,
            tree,
            numbers,
            parties,
            batch,
            writing,
        })
    }

    /// Does all acts of one case and takes it into the next commit.
    pub async fn case(&mut self, matter: &Matter) -> Result<(), Fault> {
        let case = match matter.stage {
            Stage::Old => self.old(matter).await?,
            Stage::Settled => self.acted(matter, ACTS.len()).await?,
            Stage::Open(acts) => self.acted(matter, acts).await?,
            Stage::Published => self.published(matter).await?,
        };
        let case = self.rung(case).await?;
        let rows = rows::of_case(&case)?;
        for row in &rows.holdings {
            self.batch.count_holding(None, Some(row));
        }
        self.batch.search.push(SearchDoc { case_id: case.id, tokens: Some(guiju_office::tokens_of(&case)) });
        self.batch.rows.push(RowChange::Case(Box::new(rows.case)));
        self.batch.rows.extend(rows.holdings.into_iter().map(RowChange::Holding));
        self.batch.rows.extend(rows.timers.into_iter().map(|row| RowChange::Timer {
            case_id: row.case_id,
            name: row.name.clone(),
            row: Some(row),
        }));
        if self.batch.records.len() >= GROUP { self.flush().await } else { Ok(()) }
    }

    /// Writes what is left and waits for it. The index of publications is left to the office, which makes it when it opens.
    pub async fn finish(mut self) -> Result<(), Fault> {
        self.batch.publications_made = Some(String::new());
        self.flush().await?;
        self.written().await
    }

    async fn old(&mut self, matter: &Matter) -> Result<Case, Fault> {
        let importer = person(ActorKind::Import, "bench-history", None, &[], None);
        let number = format!("OLD-{}", matter.n);
        let mut proposal = self.proposal(matter, "record_history", matter.age, None);
        proposal.by = vec![importer];
        proposal.origin =
            Origin::Mirror { system: "old-platform".into(), number: number.clone(), batch: "0".repeat(64) };
        proposal.number = Some(number);
        proposal.claim = Some(Claim { act: None, state: "settled".into() });
        self.act(None, &proposal).await
    }

    async fn acted(&mut self, matter: &Matter, acts: usize) -> Result<Case, Fault> {
        let mut case = None;
        for (step, act) in ACTS.iter().enumerate().take(acts.max(1)) {
            let ago = matter.age - matter.after(step);
            let proposal = self.proposal(matter, act, ago, case.as_ref());
            case = Some(self.act(case.as_ref(), &proposal).await?);
        }
        case.ok_or_else(|| "a case has at least one act".into())
    }

    /// A penalty on the spot: found, told, decided and handed over within an hour, and published.
    async fn published(&mut self, matter: &Matter) -> Result<Case, Fault> {
        const QUARTER: i64 = 900_000;
        let mut case = None;
        for (step, act) in (0..).zip(spot::ACTS) {
            let mut proposal = self.proposal(matter, act, matter.age - step * QUARTER, case.as_ref());
            (proposal.by, proposal.given) = (spot::who(act), spot::given(act, matter));
            let decided =
                self.decided(&self.penalties, |procedure, ctx| decide(procedure, case.as_ref(), &proposal, ctx));
            case = Some(self.take(decided?).await?);
        }
        case.ok_or_else(|| "a case has at least one act".into())
    }

    fn proposal(&self, matter: &Matter, act: &str, ago: i64, case: Option<&Case>) -> Proposal {
        Proposal {
            act: act.to_owned(),
            by: vec![matter.who(act)],
            done: from_millis(to_millis(self.now) - ago.max(0)).unwrap_or(self.now),
            origin: Origin::Own,
            given: matter.given(act),
            files: Vec::new(),
            subject: case.is_none().then(|| matter.party.clone()),
            organ: self.organ.clone(),
            seen: None,
            number: None,
            claim: None,
            links: Vec::new(),
        }
    }

    /// Rings whatever would have rung by now.
    async fn rung(&mut self, mut case: Case) -> Result<Case, Fault> {
        while let Some(name) =
            case.timers.iter().filter(|(_, at)| **at <= self.now).min_by_key(|(_, at)| **at).map(|(n, _)| n.clone())
        {
            let procedure = if case.procedure == spot::PROCEDURE { &self.penalties } else { &self.requests };
            let decided = self.decided(procedure, |procedure, ctx| ring(procedure, &case, &name, ctx))?;
            case = self.take(decided).await?;
        }
        Ok(case)
    }

    async fn act(&mut self, case: Option<&Case>, proposal: &Proposal) -> Result<Case, Fault> {
        let decided = self.decided(&self.requests, |procedure, ctx| decide(procedure, case, proposal, ctx))?;
        self.take(decided).await
    }

    fn decided(
        &self,
        procedure: &Procedure,
        decide: impl FnOnce(&Procedure, &Context<'_>) -> Result<Decided, Box<Refusal>>,
    ) -> Result<Decided, Fault> {
        let lore = Lore { volume: &self.volume, numbers: &self.numbers };
        let calendar = self.volume.calendar(self.now)?;
        let pack = self.volume.pack.hash.as_str();
        let ctx = Context { now: self.now, calendar, facts: &lore, next_seq: self.tree.size(), pack };
        decide(procedure, &ctx)
            .map_err(|refusal| format!("the seeding was refused: {}: {}", refusal.rule, refusal.why.zh).into())
    }

    /// Seals, hashes and appends one record.
    async fn take(&mut self, decided: Decided) -> Result<Case, Fault> {
        let Decided { mut record, case, personal, .. } = decided;
        self.seal(&mut record, &case, personal).await?;
        for effect in record.effects.iter().filter(|effect| effect.table == Table::Numbers) {
            if let Some(last) = effect.patch.as_ref().and_then(|patch| patch.get("last")).and_then(|last| last.as_u64())
            {
                self.numbers.insert(effect.key.clone(), last);
            }
        }
        // Each entry is new: no case here writes another one's.
        for effect in record.effects.iter().filter(|effect| effect.table == Table::Entries) {
            let row = effect.patch.clone().ok_or("an entry was dropped")?;
            self.batch.rows.push(RowChange::Entry(serde_json::from_value(Value::Object(row))?));
        }
        let salt = salt("record", record.seq);
        let bytes = canon::to_bytes(&serde_json::to_value(&record)?)?;
        let leaf = Entry::commit(&salt, &bytes).leaf();
        for tile in self.tree.append(leaf) {
            let level = u32::from(tile.id.level);
            self.batch.tiles.push(TileRow { log: Log::Events, level, index: tile.id.index, data: tile.bytes });
        }
        self.batch.records.push(StoredRecord {
            seq: record.seq,
            case_id: Some(case.id),
            act: record.act.clone(),
            state: record.case.as_ref().map(|step| step.to.clone()),
            done: to_millis(record.done),
            recorded: to_millis(record.recorded),
            bytes: String::from_utf8(bytes)?,
            salt: *salt.as_bytes(),
        });
        Ok(case)
    }

    async fn seal(
        &mut self,
        record: &mut Record,
        case: &Case,
        personal: BTreeMap<String, String>,
    ) -> Result<(), Fault> {
        let Some(party) = case.subject.clone().filter(|_| !personal.is_empty()) else { return Ok(()) };
        if !self.parties.contains_key(&party) {
            let key = match self.store.party_key(&party).await? {
                Some(wrapped) => self.keys.master.unwrap_key(&party, &wrapped)?,
                None => {
                    let key = VaultKey::new(*salt(&format!("party/{party}"), 0).as_bytes())?;
                    let wrapped = Some(self.keys.master.wrap(&party, &key)?);
                    self.batch.keys.push(KeyRow { party: party.clone(), wrapped });
                    key
                }
            };
            self.parties.insert(party.clone(), key);
        }
        let Some(key) = self.parties.get(&party) else { return Ok(()) };
        for (field, value) in &personal {
            let salt = salt(&format!("personal/{field}"), record.seq);
            let sealed = key.seal(&Place { log: "events", seq: record.seq, field }, &salt, value.as_bytes())?;
            record.personal.insert(field.clone(), entry::personal_hash(&salt, value.as_bytes()).to_hex());
            self.batch.vault.push(VaultRow { seq: record.seq, field: field.clone(), party: party.clone(), sealed });
        }
        record.party = Some(party);
        Ok(())
    }

    /// Hands a commit to the store; the next is decided while it is written.
    async fn flush(&mut self) -> Result<(), Fault> {
        self.written().await?;
        let mut batch = std::mem::take(&mut self.batch);
        if batch.records.is_empty() && batch.publications_made.is_none() {
            return Ok(());
        }
        let numbers = self.numbers.iter().map(|(series, last)| NumberRow { series: series.clone(), last: *last });
        batch.rows.extend(numbers.map(RowChange::Number));
        let key = &self.keys.events;
        let head = checkpoint::sign(key.verifier().name(), self.tree.size(), &self.tree.root(), key)?;
        batch.heads.push((Log::Events, self.tree.size(), head));
        let (store, fence) = (self.store.clone(), self.fence.clone());
        self.writing = Some(tokio::spawn(async move { store.commit(&fence, &batch).await }));
        Ok(())
    }

    async fn written(&mut self) -> Result<(), Fault> {
        if let Some(writing) = self.writing.take() {
            writing.await??;
        }
        Ok(())
    }
}

/// Salts that repeat: whoever measures wants the same data every time.
fn salt(purpose: &str, n: u64) -> Salt {
    let mut hash = Sha256::new();
    hash.update(b"guiju/bench/v1\0");
    hash.update(n.to_be_bytes());
    hash.update(purpose.as_bytes());
    Salt::new(hash.finalize().into())
}

/// The facts that requests and penalties ask for: parameters and units from the pack, numbers from memory.
struct Lore<'a> {
    volume: &'a Volume,
    numbers: &'a HashMap<String, u64>,
}

impl Facts for Lore<'_> {
    fn param(&self, name: &str, at: Instant) -> Option<ParamValue> {
        self.volume.pack.param_value(name, at)
    }
    fn last_number(&self, series: &str) -> u64 {
        self.numbers.get(series).copied().unwrap_or(0)
    }
    fn unit_exists(&self, path: &str) -> bool {
        self.volume.pack.unit(path).is_some()
    }
    /// No act of a request looks at an entry, and a published penalty makes a new one; an act that began to look at one would be refused
    /// here, and the seeding would say so.
    fn entry(&self, _register: &str, _key: &str) -> Option<EntryRow> {
        None
    }
    fn fact(&self, name: &str, at: Instant) -> Option<Guard> {
        self.volume.pack.fact(name, at).cloned()
    }
    fn unit_title(&self, path: &str) -> Option<Text> {
        self.volume.unit_title(path)
    }
}

/// Whether the town of this many cases is complete is said by a mark of this name.
pub fn mark(cases: u64) -> String {
    format!("bench-town-{cases}")
}

/// Seeds the whole town; `told` hears how many cases are done.
pub async fn town(seeder: &mut Seeder, town: &Town, cases: u64, told: &dyn Fn(u64)) -> Result<(), Fault> {
    for n in 0..cases {
        seeder.case(&town.matter(n, cases)).await?;
        if n % 1_000 == 0 {
            told(n);
        }
    }
    Ok(())
}
