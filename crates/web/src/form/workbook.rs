//! A table field filled by a workbook: what the form offers, what was read, and every row that has to be mended.
//!
//! The upload is kept beside the draft (or, for an act on a case, under the person, case and act) until the act is done, so that
//! nothing is lost while a row is wrong. What the form says of it is derived from the pack's field: no table has code of its own.

use guiju_kernel::case::Case;
use guiju_kernel::procedure::definition::{Act, Field, FieldKind, Procedure};
use guiju_office::{OfficeError, TableAsk, Upload, whole_table};
use guiju_sheet::{Complaint, Severity};
use serde_json::{Map, Value};

use super::read::Faults;
use crate::acting::taken;
use crate::intake::FileRule;
use crate::lang::Lang;
use crate::visit::Visit;
use crate::{WebState, say, show};

/// The largest workbook of a table, in bytes.
const FILE_MAX: u64 = 16 * 1024 * 1024;
/// So many complaints are listed on the page; all of them are in the marked workbook.
const SHOWN: usize = 500;

/// What a table field offers besides its typed rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offer {
    pub field: String,
    /// Where the empty workbook is.
    pub template: String,
    /// The most rows, inclusive.
    pub most: u32,
    pub held: Option<Report>,
}

/// What was read from the workbook that is held.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    pub name: String,
    pub rows: usize,
    pub bad: usize,
    /// The file as a whole cannot be taken.
    pub refused: bool,
    pub said: Vec<Line>,
    /// Complaints beyond those shown.
    pub more: usize,
    pub marked: String,
    pub drop: String,
}

/// One complaint as the list shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    pub place: String,
    pub column: String,
    pub value: String,
    pub text: String,
}

/// What an act's table fields take as a file.
pub fn rules(procedure: &Procedure, act: &Act) -> Vec<FileRule> {
    tables(procedure, act)
        .map(|field| FileRule {
            field: field.name.clone(),
            types: ["xlsx", "csv"].map(str::to_owned).to_vec(),
            max_bytes: FILE_MAX,
            most: 1,
        })
        .collect()
}

fn tables<'p>(procedure: &'p Procedure, act: &'p Act) -> impl Iterator<Item = &'p Field> {
    taken(procedure, act).map(|(field, _)| field).filter(|field| is_table(field))
}

pub fn is_table(field: &Field) -> bool {
    matches!(field.kind, FieldKind::Table { .. })
}

/// Whether an upload fills a table of this procedure; it is then no attachment.
pub fn fills_table(procedure: &Procedure, upload: &Upload) -> bool {
    procedure.field(&upload.field).is_some_and(is_table)
}

/// Puts the rows of the workbooks among the given values; a workbook with anything wrong is a fault of its field.
pub fn fill(
    state: &WebState,
    lang: Lang,
    procedure: &Procedure,
    held: &[Upload],
    given: &mut Map<String, Value>,
    faults: &mut Faults,
) {
    for upload in held {
        let Some(field) = procedure.field(&upload.field) else { continue };
        match state.office.read_table(field, &upload.name, &upload.content) {
            Ok(read) => match whole_table(&read) {
                Some(rows) => {
                    faults.remove(&field.name);
                    given.insert(field.name.clone(), rows);
                }
                None => {
                    faults.insert(field.name.clone(), wrong(lang, field, read.preview.bad()));
                }
            },
            Err(error) => {
                faults.insert(field.name.clone(), unreadable(lang, &error));
            }
        }
    }
}

/// What the field's fault says while rows are wrong; the list stands below it.
pub fn wrong(lang: Lang, field: &Field, bad: usize) -> String {
    let title = lang.text(&field.title);
    say!(
        lang,
        "“{title}”的表格有 {bad} 行需要改正，整表没有收；全部问题列在下面，改好后重新上传",
        "the table `{title}` has {bad} rows to mend and was not taken; all of them are listed, mend them and upload again"
    )
}

fn unreadable(lang: Lang, error: &OfficeError) -> String {
    say!(
        lang,
        "这个文件读不出来：{error}；可以下载模板重新填写",
        "the file cannot be read: {error}; the template helps"
    )
}

/// For which act the offers are made.
pub struct Asked<'a> {
    pub procedure: &'a Procedure,
    pub act: &'a Act,
    pub case: Option<&'a Case>,
    pub given: &'a Map<String, Value>,
    /// The address under which the empty workbooks of this face stand: `/portal/template` or `/work/template`.
    pub templates: &'a str,
    /// The address under which marked workbook and removal stand, without a slash at its end.
    pub base: &'a str,
}

/// What the act's tables offer, with a full judgement of what is held; adds the faults of wrong tables.
///
/// # Errors
/// When the store cannot be read.
pub async fn offers(
    state: &WebState,
    visit: &Visit,
    asked: &Asked<'_>,
    held: &[Upload],
    faults: &mut Faults,
) -> Result<Vec<Offer>, OfficeError> {
    let mut offers = Vec::new();
    for field in tables(asked.procedure, asked.act) {
        let FieldKind::Table { most, .. } = field.kind else { continue };
        let template = format!("{}/{}/{}.xlsx", asked.templates, asked.procedure.id, field.name);
        let mut offer = Offer { field: field.name.clone(), template, most, held: None };
        if let Some(upload) = held.iter().find(|upload| upload.field == field.name) {
            offer.held = Some(report(state, visit, asked, field, upload, faults).await?);
        }
        offers.push(offer);
    }
    Ok(offers)
}

async fn report(
    state: &WebState,
    visit: &Visit,
    asked: &Asked<'_>,
    field: &Field,
    upload: &Upload,
    faults: &mut Faults,
) -> Result<Report, OfficeError> {
    let lang = visit.lang;
    let base = format!("{}/{}", asked.base, field.name);
    let mut report = Report {
        name: upload.name.clone(),
        rows: 0,
        bad: 0,
        refused: true,
        said: Vec::new(),
        more: 0,
        marked: format!("{base}/marked.xlsx"),
        drop: format!("{base}/drop"),
    };
    let ask = asked.of(field);
    let read = match state.office.judge_table(&ask, &upload.name, &upload.content).await {
        Ok(read) => read.preview,
        Err(error @ OfficeError::Input(_)) => {
            faults.insert(field.name.clone(), unreadable(lang, &error));
            return Ok(report);
        }
        Err(error) => return Err(error),
    };
    let refused = || read.complaints().filter(|complaint| complaint.severity == Severity::Refused);
    report.rows = read.rows.len();
    report.bad = read.bad();
    report.refused = read.is_refused();
    report.said = refused().take(SHOWN).map(|complaint| line(lang, complaint)).collect();
    report.more = refused().count().saturating_sub(SHOWN);
    if report.bad > 0 || report.refused {
        faults.insert(field.name.clone(), wrong(lang, field, report.bad));
    }
    Ok(report)
}

impl Asked<'_> {
    /// The same for one of its tables.
    pub fn of<'s>(&'s self, field: &'s Field) -> TableAsk<'s> {
        TableAsk { procedure: self.procedure, act: self.act, case: self.case, field, given: self.given }
    }
}

fn line(lang: Lang, complaint: &Complaint) -> Line {
    let row = complaint.row.map(|row| say!(lang, "第 {row} 行", "row {row}"));
    let place = match (row, &complaint.cell) {
        (Some(row), Some(cell)) => format!("{row} {cell}"),
        (Some(row), None) => row,
        (None, _) => complaint.sheet.clone(),
    };
    Line {
        place,
        column: complaint.column_title.clone().unwrap_or_default(),
        value: complaint.value.clone(),
        text: lang.say(&complaint.zh, &complaint.en).to_owned(),
    }
}

impl Report {
    /// How many rows were read and how they stand, in a sentence.
    pub fn sentence(&self, lang: Lang) -> String {
        let (rows, bad) = (show::count(self.rows as u64), show::count(self.bad as u64));
        if self.refused {
            return say!(lang, "这个文件不能用", "this file cannot be used");
        }
        if self.bad == 0 {
            return say!(lang, "读到 {rows} 行，没有发现问题", "{rows} rows read, nothing wrong");
        }
        say!(lang, "读到 {rows} 行，其中 {bad} 行需要改正", "{rows} rows read, {bad} to mend")
    }
}
