//! The audit: every case's recorded history, own and mirrored, held against the constraints of the statutes.
//!
//! Reads only. What is looked up (cards, roles, qualifications) is looked up as it was when the act was done, by the registers'
//! own history. Reads every record once, in order; what a case needs of it is kept, which is little.

mod people;
mod reading;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use guiju_kernel::constraint::Constraint;
use guiju_kernel::monitor::{self, History, Weight};
use guiju_kernel::procedure::definition::{Procedure, Text};
use guiju_kernel::time::{Instant, from_millis};
use guiju_pack::Pack;
use guiju_store::{Log, Store};

use crate::answer::OfficeError;
use crate::office::Office;
use crate::shelf::Volume;
use people::Registers;
use reading::{File, Files};

/// Records read at once.
const PAGE: u64 = 5_000;

/// What the audit found, as of one moment, in the records up to one signed head.
#[derive(Debug, Clone)]
pub struct Audit {
    /// What is owed and not done by this moment is late.
    pub at: Instant,
    /// The signed note.
    pub checkpoint: String,
    pub cases: u64,
    /// How many times a demand was met and judged.
    pub judged: u64,
    /// Breaches of law first, then overrun promises; of each by case and moment.
    pub findings: Vec<Found>,
    /// Demands of which the records do not tell whether they were kept.
    pub unknown: Vec<Unknown>,
}

/// One demand that a case did not keep.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    pub case: u64,
    pub number: String,
    pub procedure: String,
    /// Whether any of it was done on another platform.
    pub mirror: bool,
    pub weight: Weight,
    pub constraint: String,
    pub title: Text,
    pub statute: String,
    pub statute_title: Text,
    pub article: String,
    pub why: Text,
    pub acts: Vec<FoundAct>,
}

/// One record that breaks it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundAct {
    /// Sequence number.
    pub record: u64,
    pub act: String,
    pub title: Text,
    pub when: Instant,
}

/// Why a demand could not be judged is always the same: the history is silent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unknown {
    pub constraint: String,
    pub title: Text,
    pub times: u64,
}

impl Office {
    /// Audits all cases by the pack in force, as of a moment.
    ///
    /// # Errors
    /// [`OfficeError`] when the data cannot be read.
    pub async fn audit(&self, at: Option<Instant>) -> Result<Audit, OfficeError> {
        audit(self.store.as_ref(), &self.pack(), at).await
    }
}

/// The same on a store that is open for reading only. Without a moment: as of the latest record; with one, only what was done before
/// it is looked at.
///
/// # Errors
/// [`OfficeError`] when the data cannot be read, or lack a pack that a case is pinned to.
pub async fn audit(store: &dyn Store, law: &Pack, at: Option<Instant>) -> Result<Audit, OfficeError> {
    let (size, checkpoint) = store.head(Log::Events).await?.unwrap_or_default();
    let mut files = Files::new(volumes(store, law).await?, at);
    let mut from = 0;
    while from < size {
        let until = size.min(from + PAGE);
        for stored in store.records(Log::Events, from, until).await? {
            files.take(&stored.bytes)?;
        }
        from = until;
    }
    let latest = store.position(Log::Events).await?.last_recorded.unwrap_or_default();
    let latest = from_millis(latest).map_err(|e| OfficeError::Damaged(e.to_string()))?;
    let at = at.unwrap_or(latest);
    let volume = Volume::new(Arc::new(law.clone()))?;
    let people = Registers::read(store, &volume, at, size).await?;
    let mut audit = Audit { at, checkpoint, cases: 0, judged: 0, findings: Vec::new(), unknown: Vec::new() };
    judge_all(&mut audit, law, &people, &files);
    name_cases(store, &mut audit.findings).await?;
    audit.findings.sort_by(|a, b| (a.weight, a.case, &a.constraint).cmp(&(b.weight, b.case, &b.constraint)));
    Ok(audit)
}

/// Every pack version that a case may be pinned to.
async fn volumes(store: &dyn Store, law: &Pack) -> Result<HashMap<String, Volume>, OfficeError> {
    let mut volumes = HashMap::new();
    for hash in store.pack_hashes().await? {
        let pack = if hash == law.hash {
            law.clone()
        } else {
            let Some(bytes) = store.pack(&hash).await? else { continue };
            let told = |faults: Vec<guiju_pack::Complaint>| {
                OfficeError::Pack(faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))
            };
            Pack::from_archive(&bytes).map_err(told)?
        };
        volumes.insert(hash, Volume::new(Arc::new(pack))?);
    }
    Ok(volumes)
}

fn judge_all(audit: &mut Audit, law: &Pack, people: &Registers<'_>, files: &Files) {
    let mut binding: HashMap<*const Procedure, Vec<&Constraint>> = HashMap::new();
    let mut unknown: BTreeMap<String, u64> = BTreeMap::new();
    for (id, file) in files.cases() {
        audit.cases += 1;
        let procedure = file.procedure.as_ref();
        let constraints = binding.entry(Arc::as_ptr(&file.procedure)).or_insert_with(|| constraints_on(law, procedure));
        let history =
            History { procedure, organ: &file.organ, ended: file.ended(), steps: &file.steps, told: files.told(file) };
        let judged = monitor::judge(&history, constraints, people, audit.at);
        audit.judged += judged.judged;
        for (constraint, times) in judged.unknown {
            *unknown.entry(constraint).or_default() += u64::from(times);
        }
        let found = judged.findings.into_iter().filter_map(|finding| found(law, constraints, *id, file, finding));
        audit.findings.extend(found);
    }
    let title = |id: &str| law.constraints().find(|one| one.id == id).map(|one| one.title.clone()).unwrap_or_default();
    audit.unknown = unknown
        .into_iter()
        .map(|(constraint, times)| Unknown { title: title(&constraint), constraint, times })
        .collect();
}

/// The constraints on procedures of this kind that speak of a tag which one of its acts bears.
fn constraints_on<'p>(law: &'p Pack, procedure: &Procedure) -> Vec<&'p Constraint> {
    let borne: BTreeSet<&str> = procedure.acts.iter().flat_map(|act| &act.tags).map(String::as_str).collect();
    let kind = procedure.realizes.as_deref();
    let binds = |one: &&Constraint| one.binds_kind(kind) && one.demand.tags().iter().any(|tag| borne.contains(tag));
    law.constraints().filter(binds).collect()
}

fn found(law: &Pack, constraints: &[&Constraint], case: u64, file: &File, finding: monitor::Finding) -> Option<Found> {
    let constraint = constraints.iter().find(|one| one.id == finding.constraint)?;
    let act = |place: &usize| {
        let step = file.steps.get(*place)?;
        let title = file.procedure.act(&step.act).map(|act| act.title.clone()).unwrap_or_default();
        Some(FoundAct { record: step.seq, act: step.act.clone(), title, when: step.done })
    };
    Some(Found {
        case,
        number: String::new(),
        procedure: file.procedure.id.clone(),
        mirror: finding.steps.iter().any(|place| file.steps.get(*place).is_some_and(|step| step.mirror)),
        weight: finding.weight,
        constraint: finding.constraint,
        title: constraint.title.clone(),
        statute: constraint.statute.clone(),
        statute_title: law.statute(&constraint.statute).map(|statute| statute.title.clone()).unwrap_or_default(),
        article: constraint.article.clone(),
        why: finding.why,
        acts: finding.steps.iter().filter_map(act).collect(),
    })
}

async fn name_cases(store: &dyn Store, findings: &mut [Found]) -> Result<(), OfficeError> {
    let ids: Vec<u64> = findings.iter().map(|found| found.case).collect::<BTreeSet<_>>().into_iter().collect();
    let mut numbers: HashMap<u64, String> = HashMap::new();
    for some in ids.chunks(500) {
        numbers.extend(store.cases(some).await?.into_iter().map(|case| (case.row.id, case.row.number)));
    }
    for found in findings {
        found.number = numbers.get(&found.case).cloned().unwrap_or_default();
    }
    Ok(())
}
