//! A table of an application from a workbook: read, judged row by row with all rules that the act itself will ask, kept nowhere.
//!
//! The columns come from the pack's field. What is wrong stands at its cell: what the file itself shows (a missing value, a date
//! that is none), and what registers and dated parameters say of a row (a call sign that is taken). One answer names all of it.

use guiju_kernel::case::Case;
use guiju_kernel::procedure::definition::{Act, Field, FieldKind, Procedure};
use guiju_kernel::procedure::{CellFault, Context, Refusal, foresee};
use guiju_sheet::{Limits, Severity};
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

use super::{Read, columns, values};
use crate::answer::OfficeError;
use crate::office::Office;
use crate::writer::Book;

/// For which act a table is handed in, and what else was typed into the form by then.
pub struct TableAsk<'a> {
    pub procedure: &'a Procedure,
    pub act: &'a Act,
    /// `None` while the act would open the case.
    pub case: Option<&'a Case>,
    pub field: &'a Field,
    pub given: &'a Map<String, Value>,
}

impl Office {
    /// An empty workbook for a table field, with what each column takes.
    ///
    /// # Errors
    /// [`OfficeError::Input`] when the field is no table or the workbook cannot be written.
    pub fn table_template(&self, field: &Field) -> Result<Vec<u8>, OfficeError> {
        let wanted = columns::of_table(field, columns_of(field)?.0, &self.pack());
        guiju_sheet::template(&wanted, self.now()).map_err(|e| OfficeError::Input(e.to_string()))
    }

    /// Reads a workbook as rows of a table field and complains about what the file itself shows to be wrong.
    ///
    /// # Errors
    /// [`OfficeError::Input`] when the file is no workbook or list, or the field no table.
    pub fn read_table(&self, field: &Field, file_name: &str, bytes: &[u8]) -> Result<Read, OfficeError> {
        let (columns, most) = columns_of(field)?;
        let wanted = columns::of_table(field, columns, &self.pack());
        let book =
            guiju_sheet::read(bytes, file_name, &Limits::default()).map_err(|e| OfficeError::Input(e.to_string()))?;
        let mut preview = guiju_sheet::preview(&book, &wanted);
        let count = preview.rows.len();
        if count > usize::try_from(most).unwrap_or(usize::MAX) {
            let zh = format!("一次最多 {most} 行，文件里有 {count} 行；请分成几次申请");
            let en = format!("at most {most} rows are taken at once and the file has {count}; split it");
            preview.refuse(&zh, &en);
        }
        Ok(Read { book, preview, batch: hex::encode(Sha256::digest(bytes)) })
    }

    /// Reads a workbook and adds what the rules say of each row that the file shows no fault in. Writes nothing.
    ///
    /// # Errors
    /// As [`Office::read_table`]; or the store cannot be read.
    pub async fn judge_table(&self, ask: &TableAsk<'_>, name: &str, bytes: &[u8]) -> Result<Read, OfficeError> {
        let mut read = self.read_table(ask.field, name, bytes)?;
        if read.preview.is_refused() {
            return Ok(read);
        }
        let (places, rows): (Vec<usize>, Vec<Value>) = good_rows(&read).unzip();
        let mut given = ask.given.clone();
        given.insert(ask.field.name.clone(), Value::Array(rows));
        if let Err(refusal) = self.foreseen(ask, &given).await? {
            self.complain_of_cells(&mut read, &places, &refusal);
        }
        Ok(read)
    }

    async fn foreseen(
        &self,
        ask: &TableAsk<'_>,
        given: &Map<String, Value>,
    ) -> Result<Result<(), Box<Refusal>>, OfficeError> {
        let (volume, now) = (self.volume(), self.now());
        let (mut numbers, mut entries) = Default::default();
        loop {
            let (outcome, missed) = {
                let book = Book::new(volume, &self.shelf.current, &numbers, &entries);
                let pack = volume.pack.hash.as_str();
                let ctx = Context { now, calendar: volume.calendar(now)?, facts: &book, next_seq: u64::MAX, pack };
                let outcome = foresee(ask.procedure, ask.act, ask.case, &ask.field.name, given, &ctx);
                (outcome, book.into_missed())
            };
            if missed.is_empty() {
                return Ok(outcome);
            }
            crate::writer::learn(self.store.as_ref(), missed, &mut numbers, &mut entries).await?;
        }
    }

    fn complain_of_cells(&self, read: &mut Read, places: &[usize], refusal: &Refusal) {
        if refusal.cells.is_empty() {
            read.preview.refuse(&refusal.why.zh, &refusal.why.en);
        }
        for fault in &refusal.cells {
            let at = usize::try_from(fault.row).unwrap_or(usize::MAX).saturating_sub(1);
            let Some(place) = places.get(at) else { continue };
            let (zh, en) = self.with_articles(fault);
            read.preview.complain(*place, &[&fault.column], Severity::Refused, &zh, &en);
        }
    }

    /// What is wrong with a cell, and the articles that say so.
    fn with_articles(&self, fault: &CellFault) -> (String, String) {
        let pack = self.pack();
        let (mut zh, mut en) = (Vec::new(), Vec::new());
        for basis in &fault.article {
            let number = basis.split_once('#').map_or(basis.as_str(), |(_, number)| number);
            if let Some((statute, _)) = pack.article(basis) {
                zh.push(format!("《{}》第{number}条", statute.title.zh));
                en.push(format!("{}, article {number}", statute.title.en));
            }
        }
        if zh.is_empty() {
            return (fault.why.zh.clone(), fault.why.en.clone());
        }
        (format!("{}（{}）", fault.why.zh, zh.join("、")), format!("{} ({})", fault.why.en, en.join("; ")))
    }
}

/// The rows that nothing is wrong with, each with its place in the preview.
fn good_rows(read: &Read) -> impl Iterator<Item = (usize, Value)> + '_ {
    let good = read.preview.rows.iter().enumerate().filter(|(_, row)| row.is_good());
    good.map(|(at, row)| (at, Value::Object(values(row))))
}

/// The rows of a file in which nothing is wrong, as the field's value; `None` while anything is.
pub fn whole_table(read: &Read) -> Option<Value> {
    let sound = !read.preview.is_refused() && read.preview.bad() == 0;
    sound.then(|| Value::Array(good_rows(read).map(|(_, row)| row).collect()))
}

fn columns_of(field: &Field) -> Result<(&[Field], u32), OfficeError> {
    match &field.kind {
        FieldKind::Table { columns, most } => Ok((columns, *most)),
        _ => Err(OfficeError::Input(format!("`{}` 不是表格 / `{}` is no table", field.name, field.name))),
    }
}
