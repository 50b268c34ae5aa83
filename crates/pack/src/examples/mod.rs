//! Does a procedure do what the examples beside it say?
//!
//! An example is a list of steps: who does what and when, and what must come of it (a state, deadlines, desks, permitted acts, or a
//! refusal with its rule). The steps go through the engine as in the office; timers ring by themselves in between. Each failure names
//! the place in the examples file. Refused: a procedure without examples, names that do not exist.

mod audit;
mod expect;
mod needs;
mod play;
mod stage;

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use guiju_kernel::calendar::Almanac;
use guiju_kernel::procedure::definition::Text;

use crate::archive;
use crate::complaint::{Complaint, Kind, Margin, Spot};
use crate::pack::Pack;
use crate::raw::examples::RawExamples;
use crate::schema::FileKind;
use crate::source::text;
use crate::sources;

/// What became of the examples of a pack.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Examples {
    /// What was played: the procedure and what the example shows, in the order of the files.
    pub played: Vec<(String, Text)>,
    /// What did not come out as an example says, or could not be played; sorted by file and place.
    pub failures: Vec<Complaint>,
}

/// Loads the pack in a folder and plays all its examples.
///
/// # Errors
/// What is wrong with the pack itself, as [`Pack::load`].
pub fn run_examples(dir: &Path) -> Result<Examples, Vec<Complaint>> {
    let pack = Pack::load(dir)?;
    let prefix = format!("{}/", dir.display());
    Ok(run(&pack, &prefix, &archive::folder(dir)?))
}

/// Examples read from a folder once, to be played against many versions of its pack, such as procedures that were changed after
/// loading.
pub struct Scripts {
    files: Vec<(String, RawExamples)>,
    almanac: Almanac,
}

impl Scripts {
    /// Reads the examples that lie in the folder of `pack`.
    ///
    /// # Errors
    /// When the folder or one of the files cannot be read, or the holidays of the pack make no calendar.
    pub fn read(pack: &Pack, dir: &Path) -> Result<Self, Vec<Complaint>> {
        let notes = RefCell::new(Vec::new());
        let almanac = Almanac::new(pack.calendar_notices(), pack.working_hours());
        let almanac = almanac.map_err(|error| Margin::new("", &notes).repeat(Spot::START, &error)).ok();
        let files = raw(&archive::folder(dir)?, "", &notes);
        match almanac {
            Some(almanac) if notes.borrow().is_empty() => Ok(Self { files, almanac }),
            _ => Err(notes.into_inner()),
        }
    }

    /// Plays the examples of one procedure as the pack has it; says what does not come out as told.
    pub fn play(&self, pack: &Pack, procedure: &str) -> Vec<Complaint> {
        let notes = RefCell::new(Vec::new());
        for (path, raw) in self.files.iter().filter(|(_, raw)| raw.procedure.as_str() == procedure) {
            file(pack, &self.almanac, raw, Margin::new(path, &notes));
        }
        notes.into_inner()
    }
}

/// Every examples file that can be read, with its path.
fn raw(files: &BTreeMap<String, Vec<u8>>, prefix: &str, notes: &RefCell<Vec<Complaint>>) -> Vec<(String, RawExamples)> {
    let read = |(within, bytes): (&String, &Vec<u8>)| {
        let path = format!("{prefix}{within}");
        let margin = Margin::new(&path, notes);
        let text = text::read(bytes, margin)?;
        let raw = sources::typed::<RawExamples>(FileKind::Examples, &text, margin)?;
        Some((path, raw))
    };
    files.iter().filter(|(path, _)| FileKind::of(path) == Some(FileKind::Examples)).filter_map(read).collect()
}

fn run(pack: &Pack, prefix: &str, files: &BTreeMap<String, Vec<u8>>) -> Examples {
    let notes = RefCell::new(Vec::new());
    let mut played = Vec::new();
    let mut shown: BTreeSet<String> = BTreeSet::new();
    match Almanac::new(pack.calendar_notices(), pack.working_hours()) {
        Ok(almanac) => {
            for (path, raw) in raw(files, prefix, &notes) {
                shown.insert(raw.procedure.value.clone());
                played.extend(file(pack, &almanac, &raw, Margin::new(&path, &notes)));
            }
        }
        Err(error) => Margin::new(prefix, &notes).repeat(Spot::START, &error),
    }
    for procedure in pack.procedures.iter().filter(|procedure| !shown.contains(&procedure.id)) {
        let beside = files.keys().find_map(|path| path.strip_suffix(&format!("/{}.yaml", procedure.id)));
        let missing = format!("{prefix}{}/{}.examples.yaml", beside.unwrap_or("procedures"), procedure.id);
        Margin::new(&missing, &notes).note(
            Spot::START,
            format!("程序 `{}` 没有例子", procedure.id),
            format!("the procedure `{}` has no examples", procedure.id),
        );
    }
    let mut failures = notes.into_inner();
    failures.sort();
    Examples { played, failures }
}

fn file(pack: &Pack, almanac: &Almanac, raw: &RawExamples, margin: Margin<'_>) -> Vec<(String, Text)> {
    if pack.procedure(&raw.procedure).is_none() {
        margin.unknown(
            raw.procedure.spot,
            Kind::PROCEDURE,
            &raw.procedure,
            pack.procedures.iter().map(|p| p.id.as_str()),
        );
        return Vec::new();
    }
    let stage = stage::Stage::new(pack, almanac, raw, margin);
    for example in &raw.examples {
        play::example(&stage, example, margin);
    }
    let shows = |zh: &str, en: &str| Text { zh: zh.to_owned(), en: en.to_owned() };
    raw.examples.iter().map(|example| (raw.procedure.value.clone(), shows(&example.zh, &example.en))).collect()
}
