//! The log gathered into cases, and what the batches of mirrored history say of themselves.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use guiju_kernel::monitor::{Line, Step, Told};
use guiju_kernel::procedure::definition::Procedure;
use guiju_kernel::record::{CaseStep, Origin};
use guiju_kernel::time::{Instant, date_of};
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
    /// What was done from this moment on is not looked at.
    until: Option<Instant>,
    cases: BTreeMap<u64, File>,
    /// Batch and procedure -> what its columns tell of.
    told: HashMap<(String, String), Told>,
}

impl Files {
    pub(super) fn new(volumes: HashMap<String, Volume>, until: Option<Instant>) -> Self {
        Self { volumes, until, cases: BTreeMap::new(), told: HashMap::new() }
    }

    /// Takes the next record, in the order of the log.
    pub(super) fn take(&mut self, bytes: &str) -> Result<(), OfficeError> {
        let line = Line::read(bytes).map_err(|e| OfficeError::Damaged(e.to_string()))?;
        let Some(at) = &line.case else {
            if line.act == BATCH {
                self.note_batch(&line.given);
            }
            return Ok(());
        };
        if self.until.is_some_and(|until| line.done >= until) {
            return Ok(());
        }
        if !self.cases.contains_key(&at.id) {
            let file = self.opened(&line, at)?;
            self.cases.insert(at.id, file);
        }
        let Some(file) = self.cases.get_mut(&at.id) else { return Ok(()) };
        file.state.clone_from(&at.to);
        if let Origin::Mirror { batch, .. } = &line.origin {
            file.batch.get_or_insert_with(|| batch.clone());
        }
        let Some(step) = line.step(&file.procedure) else { return Ok(()) };
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
