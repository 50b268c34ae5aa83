//! Which sheets, texts and formats does an XLSX workbook hold?
//!
//! Reads ECMA-376 packages, transitional or strict, as Excel, WPS and LibreOffice write them. Its own reader, because
//! an upload from outside must never be able to ask for memory by a number in a file, one strange cell must not make
//! the whole workbook unreadable, and the digits of numbers must arrive as they are stored (ADR 0031).

use std::collections::BTreeMap;

use crate::book::{Book, Limits, Sheet, Source};
use crate::markup::{Step, walk, without_escapes};
use crate::number_format::{Look, built_in, of_code};
use crate::package::Package;
use crate::{SheetError, worksheet};

/// What the cells of all sheets share.
pub(crate) struct Shared {
    pub(crate) texts: Vec<String>,
    pub(crate) looks: Vec<Look>,
}

/// What may still be read before a limit is met, all sheets together.
pub(crate) struct Room {
    pub(crate) cells_left: u64,
    pub(crate) text_left: u64,
    limits: Limits,
}

impl Room {
    pub(crate) fn new(limits: &Limits) -> Self {
        Self { cells_left: limits.cells, text_left: limits.text_bytes, limits: limits.clone() }
    }

    pub(crate) fn take_cell(&mut self, text_bytes: usize) -> Result<(), SheetError> {
        let cells = SheetError::TooLarge { zh: "单元格数", en: "the number of cells", limit: self.limits.cells };
        self.cells_left = self.cells_left.checked_sub(1).ok_or(cells)?;
        self.take_text(text_bytes)
    }

    pub(crate) fn take_text(&mut self, bytes: usize) -> Result<(), SheetError> {
        let limit = self.limits.text_bytes;
        let text = SheetError::TooLarge { zh: "单元格文字字节数", en: "the text in cells in bytes", limit };
        self.text_left = self.text_left.checked_sub(bytes as u64).ok_or(text)?;
        Ok(())
    }
}

struct SheetEntry {
    name: String,
    hidden: bool,
    relation: String,
}

#[derive(Default)]
struct Contents {
    sheets: Vec<SheetEntry>,
    from_1904: bool,
}

pub(crate) fn read(bytes: &[u8], file_name: &str, limits: &Limits) -> Result<Book, SheetError> {
    let mut package = Package::open(bytes, limits)?;
    let workbook = relations(&mut package, "")?
        .into_values()
        .find(|relation| relation.kind == "officeDocument")
        .map_or_else(|| "xl/workbook.xml".to_owned(), |relation| relation.target);
    let contents = contents(&mut package, &workbook)?;
    if contents.sheets.is_empty() {
        return Err(SheetError::NoSheet);
    }
    if contents.sheets.len() as u64 > limits.sheets {
        return Err(SheetError::TooLarge { zh: "工作表数", en: "the number of sheets", limit: limits.sheets });
    }
    let relations = relations(&mut package, &workbook)?;
    let target = |kind: &str| relations.values().find(|r| r.kind == kind).map(|r| r.target.clone());
    let texts = target("sharedStrings").map_or(Ok(Vec::new()), |part| shared_texts(&mut package, &part, limits))?;
    let looks = target("styles").map_or(Ok(Vec::new()), |part| looks(&mut package, &part))?;
    let shared = Shared { texts, looks };
    let mut room = Room::new(limits);
    let mut sheets = Vec::new();
    for entry in contents.sheets {
        let Some(relation) = relations.get(&entry.relation).filter(|relation| relation.kind == "worksheet") else {
            continue; // Chart sheets and macro sheets hold no cells.
        };
        let part = package.part(&relation.target)?.ok_or_else(|| SheetError::damaged(&relation.target))?;
        let sheet = Sheet { name: entry.name, hidden: entry.hidden, ..Sheet::default() };
        sheets.push(worksheet::read(&relation.target, &part, sheet, &shared, &mut room)?);
    }
    if sheets.is_empty() {
        return Err(SheetError::NoSheet);
    }
    let from_1904 = contents.from_1904;
    Ok(Book { file_name: file_name.to_owned(), source: Source::Xlsx, sheets, from_1904, notes: Vec::new() })
}

struct Relation {
    /// The last word of the relationship's type, the same in the transitional and the strict edition.
    kind: String,
    /// The part it leads to, from the root of the package.
    target: String,
}

/// Reads the relations of a part (of the package itself for an empty name); none when there is no such part.
fn relations(package: &mut Package<'_>, of: &str) -> Result<BTreeMap<String, Relation>, SheetError> {
    let (folder, file) = of.rsplit_once('/').unwrap_or(("", of));
    let part = if folder.is_empty() { format!("_rels/{file}.rels") } else { format!("{folder}/_rels/{file}.rels") };
    let mut found = BTreeMap::new();
    let Some(bytes) = package.part(&part)? else {
        return Ok(found);
    };
    walk(&part, &bytes, |step| {
        if let Step::Begin(element) = step
            && element.name() == "Relationship"
            && let (Some(id), Some(kind), Some(target)) =
                (element.attribute("Id"), element.attribute("Type"), element.attribute("Target"))
        {
            let kind = kind.rsplit('/').next().unwrap_or_default().to_owned();
            found.insert(id, Relation { kind, target: resolved(folder, &target) });
        }
        Ok(())
    })?;
    Ok(found)
}

/// Resolves a target against the folder of the part that names it.
fn resolved(folder: &str, target: &str) -> String {
    let target = target.replace('\\', "/");
    let start = if target.starts_with('/') { "" } else { folder };
    let mut path: Vec<&str> = Vec::new();
    for step in start.split('/').chain(target.split('/')) {
        match step {
            "" | "." => {}
            ".." => {
                path.pop();
            }
            name => path.push(name),
        }
    }
    path.join("/")
}

fn contents(package: &mut Package<'_>, part: &str) -> Result<Contents, SheetError> {
    let bytes = package.part(part)?.ok_or_else(|| SheetError::damaged(part))?;
    let mut contents = Contents::default();
    walk(part, &bytes, |step| {
        let Step::Begin(element) = step else {
            return Ok(());
        };
        match element.name().as_str() {
            "workbookPr" => contents.from_1904 = element.yes("date1904"),
            "sheet" => contents.sheets.push(SheetEntry {
                name: element.attribute("name").unwrap_or_default(),
                hidden: matches!(element.attribute("state").as_deref(), Some("hidden" | "veryHidden")),
                relation: relation_id(&element),
            }),
            _ => {}
        }
        Ok(())
    })?;
    Ok(contents)
}

/// The sheet's `r:id`; its `sheetId` has another local name, so that the two are not confused.
fn relation_id(element: &crate::markup::Element<'_>) -> String {
    element.attribute("id").unwrap_or_default()
}

fn shared_texts(package: &mut Package<'_>, part: &str, limits: &Limits) -> Result<Vec<String>, SheetError> {
    let mut texts = Vec::new();
    let Some(bytes) = package.part(part)? else {
        return Ok(texts);
    };
    let mut room = Room::new(limits);
    let mut text = String::new();
    let (mut in_text, mut phonetic) = (false, false);
    walk(part, &bytes, |step| {
        match step {
            Step::Begin(element) => match element.name().as_str() {
                "si" => text.clear(),
                "t" => in_text = !phonetic,
                "rPh" => phonetic = true,
                _ => {}
            },
            Step::Text(piece) if in_text => text.push_str(&piece),
            Step::Text(_) => {}
            Step::End(name) => match name.as_str() {
                "t" => in_text = false,
                "rPh" => phonetic = false,
                "si" => {
                    room.take_cell(text.len())?;
                    texts.push(without_escapes(&text));
                }
                _ => {}
            },
        }
        Ok(())
    })?;
    Ok(texts)
}

/// Reads how each cell format shows numbers.
fn looks(package: &mut Package<'_>, part: &str) -> Result<Vec<Look>, SheetError> {
    let mut looks = Vec::new();
    let Some(bytes) = package.part(part)? else {
        return Ok(looks);
    };
    let mut codes: BTreeMap<u32, Look> = BTreeMap::new();
    let mut in_cell_formats = false;
    walk(part, &bytes, |step| {
        match step {
            Step::Begin(element) => match element.name().as_str() {
                "numFmt" => {
                    if let (Some(id), Some(code)) = (element.number("numFmtId"), element.attribute("formatCode")) {
                        codes.insert(id, of_code(&code));
                    }
                }
                "cellXfs" => in_cell_formats = true,
                "xf" if in_cell_formats => {
                    let id = element.number("numFmtId").unwrap_or(0);
                    looks.push(codes.get(&id).copied().unwrap_or_else(|| built_in(id)));
                }
                _ => {}
            },
            Step::End(name) if name == "cellXfs" => in_cell_formats = false,
            _ => {}
        }
        Ok(())
    })?;
    Ok(looks)
}
