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

/// Plays the examples that the folder has of one procedure as the pack has it, such as one that was changed after loading.
///
/// # Errors
/// When the folder cannot be read.
pub fn examples_of(pack: &Pack, dir: &Path, procedure: &str) -> Result<Examples, Vec<Complaint>> {
    let mut files = archive::folder(dir)?;
    files.retain(|path, _| path.ends_with(&format!("/{procedure}.examples.yaml")));
    let mut examples = run(pack, "", &files);
    examples.failures.retain(|failure| failure.file.ends_with(&format!("/{procedure}.examples.yaml")));
    Ok(examples)
}

fn run(pack: &Pack, prefix: &str, files: &BTreeMap<String, Vec<u8>>) -> Examples {
    let notes = RefCell::new(Vec::new());
    let mut played = Vec::new();
    let mut shown: BTreeSet<String> = BTreeSet::new();
    match Almanac::new(pack.calendar_notices(), pack.working_hours()) {
        Ok(almanac) => {
            for (within, bytes) in files.iter().filter(|(path, _)| FileKind::of(path) == Some(FileKind::Examples)) {
                let path = format!("{prefix}{within}");
                let margin = Margin::new(&path, &notes);
                let Some(text) = text::read(bytes, margin) else { continue };
                let Some(raw) = sources::typed::<RawExamples>(FileKind::Examples, &text, margin) else { continue };
                shown.insert(raw.procedure.value.clone());
                played.extend(file(pack, &almanac, &raw, margin));
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
