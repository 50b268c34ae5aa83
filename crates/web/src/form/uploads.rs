//! Workbooks that were uploaded for an act which is not done yet: kept under whoever uploaded them, let go of when it is done.
//!
//! An act on a case has one place for each person; a form that opens a case has one for each time it was opened, known by the form's
//! token, so that a list which somebody left behind never gets into another firm's application. What was typed beside the list is kept
//! with it, because the rules of its rows may look there.

use axum::response::Response;
use guiju_kernel::procedure::Person;
use guiju_kernel::procedure::definition::{Field, Procedure};
use guiju_kernel::time;
use guiju_office::{Office, Upload};
use guiju_store::Draft;

use super::workbook::{self, Asked};
use super::{Arrived, Posted};
use crate::WebState;
use crate::fault::Fault;
use crate::page::download;
use crate::portal::draft::{drop_field, files_of, keep_file};
use crate::visit::Visit;

const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// Where the uploads of one act lie.
pub struct Tray<'a> {
    office: &'a Office,
    owner: String,
}

impl<'a> Tray<'a> {
    /// For an act on a case.
    pub fn of_case(office: &'a Office, person: &Person, case: u64, act: &str) -> Tray<'a> {
        Tray { office, owner: format!("table:{}:{case}:{act}", person.id) }
    }

    /// For a form that opens a case, by the form's token.
    pub fn of_form(office: &'a Office, person: &Person, once: &str) -> Tray<'a> {
        Tray { office, owner: format!("table:{}:form:{once}", person.id) }
    }

    /// # Errors
    /// When the store cannot be read.
    pub async fn held(&self) -> Result<Vec<Upload>, Fault> {
        Ok(files_of(self.office, &self.owner).await?.into_iter().map(|file| file.upload).collect())
    }

    /// Keeps the workbooks among what arrived, apart from attachments; says whether there were any.
    ///
    /// # Errors
    /// When the store cannot keep them.
    pub async fn keep(&self, procedure: &Procedure, arrived: &mut Arrived) -> Result<bool, Fault> {
        let (tables, files): (Vec<_>, Vec<_>) =
            std::mem::take(&mut arrived.files).into_iter().partition(|file| workbook::fills_table(procedure, file));
        arrived.files = files;
        for table in &tables {
            self.drop(&table.field).await?;
            keep_file(self.office, &self.owner, table).await?;
        }
        Ok(!tables.is_empty())
    }

    /// # Errors
    /// When the store cannot forget it.
    pub async fn drop(&self, field: &str) -> Result<(), Fault> {
        drop_field(self.office, &self.owner, field).await
    }

    /// Lets go of everything: the act is done.
    ///
    /// # Errors
    /// When the store cannot forget it.
    pub async fn clear(&self) -> Result<(), Fault> {
        for table in self.held().await? {
            self.drop(&table.field).await?;
        }
        Ok(self.office.drop_draft(&self.note()).await?)
    }

    fn note(&self) -> String {
        format!("{}:typed", self.owner)
    }

    /// Keeps what was typed beside the workbooks.
    ///
    /// # Errors
    /// When the store cannot keep it.
    pub async fn keep_typed(&self, typed: &Posted) -> Result<(), Fault> {
        let data = serde_json::to_string(&typed.answers()).map_err(|error| Fault::Broken(error.to_string()))?;
        let updated = time::to_millis(self.office.now());
        let draft = Draft { id: self.note(), owner: self.note(), procedure: "typed".to_owned(), data, updated };
        Ok(self.office.put_draft(&draft).await?)
    }

    /// What was typed beside the workbooks; nothing if nothing was kept.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn typed(&self) -> Result<Posted, Fault> {
        let note = self.note();
        let kept = self.office.draft(&note, &note).await?;
        Ok(kept.and_then(|draft| serde_json::from_str(&draft.data).ok()).unwrap_or_default())
    }
}

fn missing(visit: &Visit) -> Fault {
    Fault::NotFound(visit.lang.say("这份表格", "this table").to_owned())
}

/// The empty workbook of a table field; `file` is its name with the ending.
///
/// # Errors
/// When the procedure has no such table.
pub fn template(state: &WebState, visit: &Visit, procedure: &Procedure, file: &str) -> Result<Response, Fault> {
    let name = file.strip_suffix(".xlsx").unwrap_or(file);
    let field = procedure.field(name).filter(|field| workbook::is_table(field)).ok_or_else(|| missing(visit))?;
    let bytes = state.office.table_template(field)?;
    let stem = visit.lang.text(&field.title);
    Ok(download(&format!("{stem}-{}.xlsx", visit.lang.say("模板", "template")), XLSX, bytes))
}

/// A workbook as it was uploaded, with every complaint at its cell.
///
/// # Errors
/// When none is held for the field.
pub async fn marked(
    state: &WebState,
    visit: &Visit,
    asked: &Asked<'_>,
    held: &[Upload],
    name: &str,
) -> Result<Response, Fault> {
    let upload = held.iter().find(|upload| upload.field == name).ok_or_else(|| missing(visit))?;
    let field: &Field = asked.procedure.field(name).ok_or_else(|| missing(visit))?;
    let read = state.office.judge_table(&asked.of(field), &upload.name, &upload.content).await?;
    let bytes = state.office.marked_workbook(&read)?;
    let stem = upload.name.rsplit_once('.').map_or(upload.name.as_str(), |(stem, _)| stem);
    Ok(download(&format!("{stem}-{}.xlsx", visit.lang.say("需改正", "to-mend")), XLSX, bytes))
}
