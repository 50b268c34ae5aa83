//! Records as the monitor needs them.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::{Map, Value};

use super::history::{Hand, Step};
use crate::procedure::definition::{Act, Procedure};
use crate::record::{ActorKind, CaseStep, Doer, Origin};
use crate::time::{self, Instant};

/// A record, as far as some constraint can ask for it. Reading one costs little: most of its effects are passed over.
#[derive(Deserialize)]
pub struct Line {
    pub seq: u64,
    #[serde(with = "time::moment")]
    pub done: Instant,
    pub organ: String,
    pub origin: Origin,
    #[serde(default)]
    by: Vec<Doer>,
    pub act: String,
    #[serde(default)]
    tags: Vec<String>,
    #[serde(default)]
    basis: Vec<IgnoredAny>,
    pub pack: String,
    pub case: Option<CaseStep>,
    #[serde(default)]
    pub given: Map<String, Value>,
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

impl Line {
    /// Reads the canonical bytes of a record.
    ///
    /// # Errors
    /// When the bytes are not a record of this program.
    pub fn read(bytes: &str) -> Result<Self, serde_json::Error> {
        serde_json::from_str(bytes)
    }

    /// The record as a step of its case; nothing for what the program does by itself (a reminder), which bears no act of the
    /// procedure, though perhaps the name of one.
    pub fn step(self, procedure: &Procedure) -> Option<Step> {
        let act = procedure.act(&self.act).filter(|act| self.does(act))?;
        Some(step(procedure, act, self))
    }

    /// Whether the record is of this act: timers only do acts that are theirs.
    fn does(&self, act: &Act) -> bool {
        let rings = self.by.first().is_some_and(|first| first.kind == ActorKind::Timer);
        !rings || act.by.iter().any(|rule| rule.timer)
    }
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
