//! Records as the monitor needs them: of each only what some constraint can ask for.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use guiju_kernel::monitor::{Hand, Step, Told};
use guiju_kernel::procedure::definition::{Act, Procedure};
use guiju_kernel::record::{ActorKind, CaseStep, Doer, Origin};
use guiju_kernel::time::{self, Instant, date_of};
use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::{Map, Value};

use crate::answer::OfficeError;
use crate::imports::BATCH;
use crate::shelf::Volume;

/// One case so far.
pub(super) struct File {
    pub(super) procedure: Arc<Procedure>,
    pub(super) organ: String,
    pub(super) steps: Vec<Step>,
    state: String,
    batch: Option<String>,
}

impl File {
    pub(super) fn ended(&self) -> bool {
        self.procedure.state(&self.state).is_some_and(|state| state.end.is_some())
    }
}

/// All cases, and what the batches of history tell.
pub(super) struct Files {
    volumes: HashMap<String, Volume>,
    cases: BTreeMap<u64, File>,
    /// Batch and procedure -> what its columns tell of.
    told: HashMap<(String, String), Told>,
}

/// The members of a record that are read.
#[derive(Deserialize)]
struct Line {
    seq: u64,
    #[serde(with = "time::moment")]
    done: Instant,
    organ: String,
    origin: Origin,
    #[serde(default)]
    by: Vec<Doer>,
    act: String,
    #[serde(default)]
    tags: Vec<String>,
    #[serde(default)]
    basis: Vec<IgnoredAny>,
    pack: String,
    case: Option<CaseStep>,
    #[serde(default)]
    given: Map<String, Value>,
    #[serde(default)]
    personal: BTreeMap<String, IgnoredAny>,
    #[serde(default)]
    files: Vec<Filed>,
    #[serde(default)]
    effects: Vec<Change>,
}

#[derive(Deserialize)]
struct Filed {
    field: String,
}

#[derive(Deserialize)]
struct Change {
    t: String,
    p: Option<Patch>,
}

#[derive(Deserialize)]
struct Patch {
    doc: Option<Doc>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Doc {
    instruments: Option<BTreeMap<String, Option<IssuedPatch>>>,
    clocks: Option<BTreeMap<String, Option<ClockPatch>>>,
}

#[derive(Deserialize)]
struct IssuedPatch {
    /// There when the instrument is issued; a receipt changes only `received`.
    number: Option<IgnoredAny>,
}

#[derive(Deserialize)]
struct ClockPatch {
    pauses: Option<Vec<PausePatch>>,
}

#[derive(Deserialize)]
struct PausePatch {
    notice: String,
    until: Option<IgnoredAny>,
}

impl Files {
    pub(super) fn new(volumes: HashMap<String, Volume>) -> Self {
        Self { volumes, cases: BTreeMap::new(), told: HashMap::new() }
    }

    /// Takes the next record, in the order of the log.
    pub(super) fn take(&mut self, bytes: &str) -> Result<(), OfficeError> {
        let line: Line = serde_json::from_str(bytes).map_err(|e| OfficeError::Damaged(e.to_string()))?;
        let Some(at) = &line.case else {
            if line.act == BATCH {
                self.note_batch(&line.given);
            }
            return Ok(());
        };
        if !self.cases.contains_key(&at.id) {
            let file = self.opened(&line, at)?;
            self.cases.insert(at.id, file);
        }
        let Some(file) = self.cases.get_mut(&at.id) else { return Ok(()) };
        file.state.clone_from(&at.to);
        if let Origin::Mirror { batch, .. } = &line.origin {
            file.batch.get_or_insert_with(|| batch.clone());
        }
        // What the program does by itself (a reminder) bears no act of the procedure, though perhaps the same name.
        let Some(act) = file.procedure.act(&line.act).filter(|act| does(act, &line)) else { return Ok(()) };
        let step = step(&file.procedure, act, line);
        let place = file.steps.partition_point(|known| (known.done, known.seq) <= (step.done, step.seq));
        file.steps.insert(place, step);
        Ok(())
    }

    fn opened(&self, line: &Line, at: &CaseStep) -> Result<File, OfficeError> {
        let damaged = |what: &str| OfficeError::Damaged(format!("record {}: {what}", line.seq));
        let volume = self.volumes.get(&line.pack).ok_or_else(|| damaged("its pack is not in the store"))?;
        let procedure = volume.procedure(&at.procedure, date_of(line.done));
        let procedure = procedure.ok_or_else(|| damaged("its pack lacks the procedure"))?;
        Ok(File { procedure, organ: line.organ.clone(), steps: Vec::new(), state: String::new(), batch: None })
    }

    fn note_batch(&mut self, given: &Map<String, Value>) {
        let text = |name: &str| given.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
        let words = |name: &str| -> BTreeSet<String> {
            let list = given.get(name).and_then(Value::as_array).into_iter().flatten();
            list.filter_map(Value::as_str).map(str::to_owned).collect()
        };
        let told = Told { acts: words("acts"), fields: words("fields"), officers: words("officers") };
        self.told.insert((text("batch"), text("procedure")), told);
    }

    pub(super) fn cases(&self) -> impl Iterator<Item = (&u64, &File)> {
        self.cases.iter()
    }

    /// What the source of the case tells of, where it came from another platform and its batch says so.
    pub(super) fn told(&self, file: &File) -> Option<&Told> {
        self.told.get(&(file.batch.clone()?, file.procedure.id.clone()))
    }
}

/// Whether the record is of this act: timers only do acts that are theirs.
fn does(act: &Act, line: &Line) -> bool {
    let rings = line.by.first().is_some_and(|first| first.kind == ActorKind::Timer);
    !rings || act.by.iter().any(|rule| rule.timer)
}

fn step(procedure: &Procedure, act: &Act, line: Line) -> Step {
    let mirror = line.origin != Origin::Own;
    // The first of a mirrored act is the clerk or file by which it came in.
    let hands = line.by.into_iter().skip(usize::from(mirror)).map(|doer| Hand { kind: doer.kind, id: doer.id });
    let asked = |name: &String| procedure.terms.values().any(|field| field == name);
    let docs = || line.effects.iter().filter(|change| change.t == "cases").filter_map(|c| c.p.as_ref()?.doc.as_ref());
    let number = |issued: &Option<IssuedPatch>| issued.as_ref().is_some_and(|issued| issued.number.is_some());
    let issued = docs().filter_map(|doc| doc.instruments.as_ref()).flat_map(BTreeMap::values).any(number);
    let begun = |clock: &Option<ClockPatch>| {
        let last = clock.as_ref().and_then(|clock| clock.pauses.as_ref()).and_then(|pauses| pauses.last());
        last.is_some_and(|pause| pause.until.is_none() && pause.notice.trim().is_empty())
    };
    let silent = docs().filter_map(|doc| doc.clocks.as_ref()).flat_map(BTreeMap::values).any(begun);
    Step {
        seq: line.seq,
        done: line.done,
        act: act.name.clone(),
        tags: line.tags,
        mirror,
        by: hands.collect(),
        given: line.given.into_iter().filter(|(name, _)| asked(name)).collect(),
        sealed: line.personal.into_keys().filter(asked).collect(),
        files: line.files.into_iter().map(|file| file.field).collect(),
        rests: !line.basis.is_empty(),
        issued,
        silent,
    }
}
