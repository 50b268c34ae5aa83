//! One checked pack version, and how one looks things up in it.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use guiju_kernel::calendar::{Notice, WorkingHours};
use guiju_kernel::constraint::Constraint;
use guiju_kernel::figure::definition::Figure;
use guiju_kernel::organ::{Item, Organ, Publications, Register, Role, Unit};
use guiju_kernel::procedure::ParamValue;
use guiju_kernel::procedure::definition::{FieldKind, InForce, Procedure, Text};
use guiju_kernel::procedure::guard::Guard;
use guiju_kernel::time::{Instant, date_of};
use jiff::civil::Date;

use crate::archive;
use crate::check::known::Known;
use crate::check::{bureau, calendar, figure, law, platform, procedure, publications};
use crate::complaint::{Complaint, Kind, Margin};
use crate::platform::Platform;
use crate::raw::radio::RadioRules;
use crate::source::at::At;
use crate::sources::{self, File, Sources};

/// The parameter that says when the office is open; needed only where a clock counts working hours.
const OFFICE_HOURS: &str = "office.hours";

/// One checked pack version.
#[derive(Debug, Clone)]
pub struct Pack {
    /// Hex SHA-256 of the canonical archive of its files: what records name.
    pub hash: String,
    /// The canonical archive (paths and texts, sorted): what the store keeps.
    pub archive: Vec<u8>,
    pub id: String,
    pub title: Text,
    /// In the order of the file; exactly one is `own`.
    pub organs: Vec<Organ>,
    pub roles: Vec<Role>,
    pub notices: Vec<Notice>,
    pub statutes: Vec<Statute>,
    /// Every version of every procedure, by id and then by date in force.
    pub procedures: Vec<Arc<Procedure>>,
    pub registers: Vec<Register>,
    pub items: Vec<Item>,
    pub figures: Vec<Figure>,
    /// Other platforms whose exports can be imported.
    pub platforms: Vec<Platform>,
    /// How signals are found, matched and scored, where the organ monitors radio.
    pub radio: Option<RadioRules>,
    /// Dated parameters by name, each list sorted by `from` and without overlap.
    pub params: BTreeMap<String, Vec<Param>>,
    /// Demonstration plans by year, as their text.
    pub years: BTreeMap<i16, String>,
    /// Words of the interface that the pack may set (portal name, footer lines …).
    pub words: BTreeMap<String, Text>,
    /// What becomes public, and by which acts.
    pub publications: Publications,
}

/// One dated value of a parameter.
#[derive(Debug, Clone, PartialEq)]
pub struct Param {
    /// A period in words or as a whole clock rule, an integer (fen for money), a text, or a list of openings.
    pub value: serde_json::Value,
    /// In force from the beginning of this day in Beijing.
    pub from: Date,
    /// Exclusive.
    pub until: Option<Date>,
    pub article: Option<String>,
    /// Id of the statute or file that sets it.
    pub source: String,
    /// The demonstration needs a value and the law leaves it to the organ: shown as such.
    pub fictional: bool,
}

/// A statute, or a published promise of the organ, as far as the pack speaks of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Statute {
    pub id: String,
    pub title: Text,
    pub in_force: InForce,
    /// What each article says, in the pack's own words.
    pub articles: BTreeMap<String, Text>,
    /// What it calls acts.
    pub tags: BTreeMap<String, Text>,
    /// Tag -> the articles that speak of such an act, as acts cite them (`statute#article`).
    pub rests_on: BTreeMap<String, Vec<String>>,
    /// Its facts as conditions over its terms.
    pub facts: BTreeMap<String, Guard>,
    /// What people call its facts, where it says so.
    pub fact_titles: BTreeMap<String, Text>,
    /// Its terms, each with the kind of field that can speak for it.
    pub terms: BTreeMap<String, FieldKind>,
    /// Kinds of procedure that it speaks of, each with the tags that such a procedure must bear.
    pub realizations: BTreeMap<String, Vec<String>>,
    /// What it demands of procedures, in the order of the file.
    pub constraints: Vec<Constraint>,
}

impl Pack {
    /// What stands before the paths of the pack inside the program when they are told.
    pub const SHIPPED: &'static str = archive::SHIPPED;

    /// Loads the pack in a folder.
    ///
    /// # Errors
    /// Everything that is wrong with it, by file and place; never empty.
    pub fn load(dir: &Path) -> Result<Self, Vec<Complaint>> {
        let prefix = dir.display().to_string();
        let prefix = if prefix.is_empty() { prefix } else { format!("{}/", prefix.trim_end_matches('/')) };
        Self::from_files(&prefix, &archive::folder(dir)?)
    }

    /// Loads the pack that is shipped inside the program.
    ///
    /// # Errors
    /// As [`Pack::load`]; a test sees to it that a released program has none.
    pub fn embedded() -> Result<Self, Vec<Complaint>> {
        Self::from_files(archive::SHIPPED, &archive::shipped())
    }

    /// Loads a pack version that the store kept.
    ///
    /// # Errors
    /// As [`Pack::load`], and when the bytes are not a canonical archive.
    pub fn from_archive(archive: &[u8]) -> Result<Self, Vec<Complaint>> {
        Self::from_files("", &archive::unpack(archive)?)
    }

    pub(crate) fn from_files(prefix: &str, files: &BTreeMap<String, Vec<u8>>) -> Result<Self, Vec<Complaint>> {
        let notes = RefCell::new(Vec::new());
        let sources = sources::read(prefix, files, &notes);
        let pack = checked(&sources, &notes);
        let mut complaints = notes.into_inner();
        if complaints.is_empty()
            && let Some(pack) = pack
        {
            return Ok(pack);
        }
        complaints.sort();
        complaints.dedup();
        Err(complaints)
    }

    /// The latest version of a procedure.
    pub fn procedure(&self, id: &str) -> Option<&Arc<Procedure>> {
        self.procedures.iter().filter(|procedure| procedure.id == id).max_by_key(|procedure| procedure.in_force.from)
    }

    /// The version of a procedure that a case opened on this day follows.
    pub fn procedure_at(&self, id: &str, date: Date) -> Option<&Arc<Procedure>> {
        self.procedures.iter().find(|procedure| {
            let InForce { from, until } = procedure.in_force;
            procedure.id == id && from <= date && until.is_none_or(|until| date < until)
        })
    }

    pub fn register(&self, id: &str) -> Option<&Register> {
        self.registers.iter().find(|register| register.id == id)
    }

    pub fn role(&self, id: &str) -> Option<&Role> {
        self.roles.iter().find(|role| role.id == id)
    }

    pub fn item(&self, id: &str) -> Option<&Item> {
        self.items.iter().find(|item| item.id == id)
    }

    /// In whose names the item list says that a procedure decides: `None` where no item is handled by it.
    pub fn authorities(&self, procedure: &str) -> Option<Vec<Text>> {
        let mut items = self.items.iter().filter(|item| item.procedure == procedure).peekable();
        items.peek()?;
        Some(items.filter_map(|item| item.authority.as_ref()).map(|authority| authority.title.clone()).collect())
    }

    pub fn figure(&self, id: &str) -> Option<&Figure> {
        self.figures.iter().find(|figure| figure.id == id)
    }

    pub fn platform(&self, id: &str) -> Option<&Platform> {
        self.platforms.iter().find(|platform| platform.id == id)
    }

    pub fn statute(&self, id: &str) -> Option<&Statute> {
        self.statutes.iter().find(|statute| statute.id == id)
    }

    /// What an article cited as `statute#article` says, in the pack's words.
    pub fn article(&self, basis: &str) -> Option<(&Statute, &Text)> {
        let (statute, article) = basis.split_once('#')?;
        let statute = self.statute(statute)?;
        statute.articles.get(article).map(|text| (statute, text))
    }

    pub fn organ(&self, id: &str) -> Option<&Organ> {
        self.organs.iter().find(|organ| organ.id == id)
    }

    /// The organ whose pack this is.
    pub fn own(&self) -> Option<&Organ> {
        self.organs.iter().find(|organ| organ.own)
    }

    /// A unit by its path `organ/unit`.
    pub fn unit(&self, path: &str) -> Option<(&Organ, &Unit)> {
        let (organ, unit) = path.split_once('/')?;
        let organ = self.organ(organ)?;
        organ.units.iter().find(|known| known.id == unit).map(|unit| (organ, unit))
    }

    /// The value of a parameter in force at a moment.
    pub fn param(&self, name: &str, at: Instant) -> Option<&Param> {
        let day = date_of(at);
        self.params.get(name)?.iter().find(|param| param.from <= day && param.until.is_none_or(|until| day < until))
    }

    /// The same as the engine asks for it, with `statute#article` as its source.
    pub fn param_value(&self, name: &str, at: Instant) -> Option<ParamValue> {
        self.param(name, at).map(|param| ParamValue {
            value: param.value.clone(),
            article: param.article.clone(),
            source: match &param.article {
                Some(article) => format!("{}#{article}", param.source),
                None => param.source.clone(),
            },
            fictional: param.fictional,
        })
    }

    /// What a statute in force at a moment means by one of its facts.
    pub fn fact(&self, name: &str, at: Instant) -> Option<&Guard> {
        self.statutes_at(at).find_map(|statute| statute.facts.get(name))
    }

    /// What people call a fact of a statute in force at a moment.
    pub fn fact_title(&self, name: &str, at: Instant) -> Option<&Text> {
        self.statutes_at(at).find_map(|statute| statute.fact_titles.get(name))
    }

    fn statutes_at(&self, at: Instant) -> impl Iterator<Item = &Statute> {
        let day = date_of(at);
        let in_force = move |range: &InForce| range.from <= day && range.until.is_none_or(|until| day < until);
        self.statutes.iter().filter(move |statute| in_force(&statute.in_force))
    }

    /// The notices of holidays, in the order of the files: what an `Almanac` is built from.
    pub fn calendar_notices(&self) -> &[Notice] {
        &self.notices
    }

    /// When the office is open on a working day, as lately set; `None` when the pack does not say.
    pub fn working_hours(&self) -> Option<WorkingHours> {
        let latest = self.params.get(OFFICE_HOURS)?.last()?;
        serde_json::from_value(latest.value.clone()).ok()
    }
}

/// Checks all files against each other; `None` only when there is no `pack.yaml` to begin with, which is noted already.
fn checked(sources: &Sources, notes: &RefCell<Vec<Complaint>>) -> Option<Pack> {
    let known = Known::of(sources);
    complain_of_twins(sources, notes);
    let params = law::params(&sources.laws, notes);
    let notices = calendar::notices(&sources.calendar, notes);
    procedure::versions(&sources.procedures, notes);
    let mut procedures: Vec<Arc<Procedure>> = Vec::new();
    for file in &sources.procedures {
        let margin = Margin::new(&file.path, notes);
        procedures.push(Arc::new(procedure::procedure(file, &known, margin)));
        procedure::limits(file, &params, margin);
    }
    procedures.sort_by(|a, b| (&a.id, a.in_force.from).cmp(&(&b.id, b.in_force.from)));
    let statutes = sources.laws.iter().map(|file| law::statute(file, &known, Margin::new(&file.path, notes))).collect();
    let registers = sources
        .registers
        .iter()
        .map(|file| bureau::register(&file.raw, &known, Margin::new(&file.path, notes)))
        .collect();
    let items = sources
        .items
        .iter()
        .flat_map(|file| bureau::items(&file.raw, &known, Margin::new(&file.path, notes)))
        .collect();
    let figures = figure::figures(&sources.figures, &known, notes);
    let of = |file: &File<_>| platform::platform(&file.raw, &known, Margin::new(&file.path, notes));
    let platforms = sources.platforms.iter().map(of).collect();
    let file = sources.bureau.first()?;
    let margin = Margin::new(&file.path, notes);
    let archive = archive::pack(&sources.texts);
    let pack = Pack {
        hash: archive::hash(&archive),
        archive,
        id: file.raw.id.value.clone(),
        title: (&file.raw.title).into(),
        organs: bureau::organs(&file.raw, margin),
        roles: bureau::roles(&file.raw, margin),
        notices,
        statutes,
        procedures,
        registers,
        items,
        figures,
        platforms,
        radio: sources.radio.first().map(|file| file.raw.clone()),
        params,
        years: sources.years.clone(),
        words: file.raw.words.iter().map(|(name, words)| (name.value.clone(), words.into())).collect(),
        publications: publications::publications(&file.raw.publications, &known, margin),
    };
    publications::duties(&sources.procedures, &file.raw.publications, &known, notes);
    bureau::address_name(&file.raw.id, margin);
    calendar::together(&pack.notices, pack.working_hours(), &sources.calendar, notes);
    Some(pack)
}

/// Names that stand in two files: which of them would be meant? (Twins within one file are told by the shape check.)
fn complain_of_twins(sources: &Sources, notes: &RefCell<Vec<Complaint>>) {
    let laws = || sources.laws.iter();
    twins(Kind::STATUTE, laws().map(|file| (&file.path, &file.raw.id)), notes);
    twins(Kind::TERM, laws().flat_map(|file| with_path(file, file.raw.terms.iter())), notes);
    twins(Kind::TAG, laws().flat_map(|file| with_path(file, file.raw.tags.iter())), notes);
    twins(Kind::FACT, laws().flat_map(|file| with_path(file, file.raw.facts.iter())), notes);
    twins(Kind::CONSTRAINT, laws().flat_map(|file| with_path(file, file.raw.constraints.iter())), notes);
    twins(Kind::REGISTER, sources.registers.iter().map(|file| (&file.path, &file.raw.id)), notes);
    twins(Kind::PLATFORM, sources.platforms.iter().map(|file| (&file.path, &file.raw.id)), notes);
    twins(Kind::FIGURE, sources.figures.iter().flat_map(|file| with_path(file, file.raw.iter())), notes);
    twins(Kind::ITEM, sources.items.iter().flat_map(|file| with_path(file, file.raw.iter())), notes);
}

fn with_path<'a, F, T: 'a>(
    file: &'a File<F>,
    named: impl Iterator<Item = (&'a At<String>, &'a T)>,
) -> impl Iterator<Item = (&'a String, &'a At<String>)> {
    named.map(|(name, _)| (&file.path, name))
}

fn twins<'a>(kind: Kind, names: impl Iterator<Item = (&'a String, &'a At<String>)>, notes: &RefCell<Vec<Complaint>>) {
    let mut first: BTreeMap<&str, (&String, u32)> = BTreeMap::new();
    for (path, name) in names {
        if let Some((other, line)) = first.get(name.as_str()) {
            Margin::new(path, notes).note(
                name.spot,
                format!("{} `{}` 重复，另一个在 {other}:{line}", kind.zh, name.as_str()),
                format!("{} `{}` stands twice; the other is at {other}:{line}", kind.en, name.as_str()),
            );
        } else {
            first.insert(name.as_str(), (path, name.spot.line));
        }
    }
}
