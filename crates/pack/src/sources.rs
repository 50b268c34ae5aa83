//! The files of a pack, each read as the kind that its place says it is.
//!
//! Refused: files in places that mean nothing to a pack, and endings other than `.yaml` where a pack file is expected: somebody
//! believes that such a file is in force.

use std::cell::RefCell;
use std::collections::BTreeMap;

use serde::de::DeserializeOwned;
use serde_saphyr::DuplicateKeyPolicy;

use crate::complaint::{Complaint, Margin, Spot};
use crate::raw::bureau::{RawBureau, RawItems, RawRegister};
use crate::raw::calendar::RawCalendar;
use crate::raw::figure::RawFigures;
use crate::raw::law::RawStatute;
use crate::raw::platform::RawPlatform;
use crate::raw::procedure::RawProcedure;
use crate::raw::radio::RadioRules;
use crate::schema::{self, FileKind};
use crate::source::{node, shape, text};

/// One file: its path as complaints name it, and what it says.
pub(crate) struct File<T> {
    pub(crate) path: String,
    pub(crate) raw: T,
}

/// Every file of a pack that could be read.
#[derive(Default)]
pub(crate) struct Sources {
    pub(crate) bureau: Vec<File<RawBureau>>,
    pub(crate) calendar: Vec<File<RawCalendar>>,
    pub(crate) laws: Vec<File<RawStatute>>,
    pub(crate) items: Vec<File<RawItems>>,
    pub(crate) platforms: Vec<File<RawPlatform>>,
    pub(crate) procedures: Vec<File<RawProcedure>>,
    pub(crate) radio: Vec<File<RadioRules>>,
    pub(crate) registers: Vec<File<RawRegister>>,
    pub(crate) figures: Vec<File<RawFigures>>,
    pub(crate) years: BTreeMap<i16, String>,
    /// The texts that are in force, by their paths within the pack: what the archive holds.
    pub(crate) texts: BTreeMap<String, String>,
    /// Kinds of which at least one file could not be read.
    pub(crate) unread: Vec<FileKind>,
}

/// Reads the files (path within the pack -> bytes); `prefix` stands before each path in complaints.
pub(crate) fn read(prefix: &str, files: &BTreeMap<String, Vec<u8>>, notes: &RefCell<Vec<Complaint>>) -> Sources {
    let mut sources = Sources::default();
    for (within, bytes) in files {
        let path = format!("{prefix}{within}");
        let margin = Margin::new(&path, notes);
        let Some(kind) = FileKind::of(within) else {
            if !within.ends_with(".md") {
                margin.note(Spot::START, "法规包里没有这样的文件位置", "a pack has no place for such a file");
            }
            continue;
        };
        if kind == FileKind::Examples {
            continue;
        }
        let Some(text) = text::read(bytes, margin) else {
            sources.unread.push(kind);
            continue;
        };
        sources.take(kind, within, &path, &text, margin);
        sources.texts.insert(within.clone(), text);
    }
    if !files.contains_key("pack.yaml") {
        sources.unread.push(FileKind::Bureau);
        Margin::new(&format!("{prefix}pack.yaml"), notes).note(Spot::START, "没有这个文件", "the file is missing");
    }
    sources
}

impl Sources {
    fn take(&mut self, kind: FileKind, within: &str, path: &str, text: &str, margin: Margin<'_>) {
        let path = path.to_owned();
        let read = match kind {
            FileKind::Bureau => keep(&mut self.bureau, path, typed(kind, text, margin)),
            FileKind::Calendar => keep(&mut self.calendar, path, typed(kind, text, margin)),
            FileKind::Law => keep(&mut self.laws, path, typed(kind, text, margin)),
            FileKind::Items => keep(&mut self.items, path, typed(kind, text, margin)),
            FileKind::Platform => keep(&mut self.platforms, path, typed(kind, text, margin)),
            FileKind::Procedure => keep(&mut self.procedures, path, typed(kind, text, margin)),
            FileKind::Radio => keep(&mut self.radio, path, typed(kind, text, margin)),
            FileKind::Register => keep(&mut self.registers, path, typed(kind, text, margin)),
            FileKind::Figures => keep(&mut self.figures, path, typed(kind, text, margin)),
            FileKind::Year => {
                let stem = within.trim_start_matches("years/").trim_end_matches(".yaml");
                match stem.parse() {
                    Ok(year) => {
                        self.years.insert(year, text.to_owned());
                    }
                    Err(_) => {
                        margin.note(
                            Spot::START,
                            "文件名应是年份，如 2024.yaml",
                            "the file is named for its year, like 2024.yaml",
                        );
                    }
                }
                true
            }
            FileKind::Examples => true,
        };
        if !read {
            self.unread.push(kind);
        }
    }
}

fn keep<T>(files: &mut Vec<File<T>>, path: String, raw: Option<T>) -> bool {
    let read = raw.is_some();
    files.extend(raw.map(|raw| File { path, raw }));
    read
}

/// Reads one text as its kind: first the shape as a whole, then the values.
pub(crate) fn typed<T: DeserializeOwned>(kind: FileKind, text: &str, margin: Margin<'_>) -> Option<T> {
    let tree = node::parse(text, margin)?;
    if !shape::check(&tree, schema::of(kind)?, margin) {
        return None;
    }
    match serde_saphyr::from_str_with_options(text, node::options(DuplicateKeyPolicy::Error)) {
        Ok(raw) => Some(raw),
        Err(error) => {
            node::complain(&error, margin);
            None
        }
    }
}
