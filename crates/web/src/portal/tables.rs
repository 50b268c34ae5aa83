//! Workbooks of a table: the empty one, the marked one, and letting go of what was uploaded; of a draft and of an act on a case.

use axum::extract::{Path, Request, State};
use axum::response::{IntoResponse, Redirect, Response};
use guiju_office::Upload;

use super::desk::{Desk, Opened, procedure};
use super::draft::{drop_field, file_owner, files_of};
use crate::WebState;
use crate::acting::taken;
use crate::fault::Fault;
use crate::form::read;
use crate::form::workbook::{self, Asked};
use crate::page::download;
use crate::visit::Visit;

const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

fn missing(visit: &Visit) -> Fault {
    Fault::NotFound(visit.lang.say("这份表格", "this table").to_owned())
}

/// The empty workbook of a table field, for whoever may file.
pub async fn template(
    State(state): State<WebState>,
    visit: Visit,
    Path((id, file)): Path<(String, String)>,
) -> Result<Response, Fault> {
    visit.signed_in()?;
    let (procedure, _) = procedure(&state, &id)?;
    let name = file.strip_suffix(".xlsx").unwrap_or(&file);
    let field = procedure.field(name).filter(|field| workbook::is_table(field)).ok_or_else(|| missing(&visit))?;
    let bytes = state.office.table_template(field)?;
    let stem = visit.lang.text(&field.title);
    Ok(download(&format!("{stem}-{}.xlsx", visit.lang.say("模板", "template")), XLSX, bytes))
}

/// The workbook as it was uploaded to a draft, with every complaint at its cell.
pub async fn marked(
    State(state): State<WebState>,
    visit: Visit,
    Path((draft, field)): Path<(String, String)>,
) -> Result<Response, Fault> {
    let Opened::Here(desk) = Desk::open(&state, &visit, &draft, "describe").await? else {
        return Err(missing(&visit));
    };
    let (_, held) = desk.held_apart().await?;
    let (given, _) = read::read(visit.lang, taken(&desk.procedure, &desk.act), &desk.filing.typed, &[]);
    let base = desk.tables_base();
    let asked = Asked { procedure: &desk.procedure, act: &desk.act, case: None, given: &given, base: &base };
    give_back(&state, &visit, &asked, &held, &field).await
}

async fn give_back(
    state: &WebState,
    visit: &Visit,
    asked: &Asked<'_>,
    held: &[Upload],
    name: &str,
) -> Result<Response, Fault> {
    let upload = held.iter().find(|upload| upload.field == name).ok_or_else(|| missing(visit))?;
    let field = asked.procedure.field(name).ok_or_else(|| missing(visit))?;
    let read = state.office.judge_table(&asked.of(field), &upload.name, &upload.content).await?;
    let bytes = state.office.marked_workbook(&read)?;
    let stem = upload.name.rsplit_once('.').map_or(upload.name.as_str(), |(stem, _)| stem);
    Ok(download(&format!("{stem}-{}.xlsx", visit.lang.say("需改正", "to-mend")), XLSX, bytes))
}

/// Lets go of a draft's workbook; its page then takes typed rows. What else the page sent is kept.
pub async fn drop(
    State(state): State<WebState>,
    visit: Visit,
    Path((draft, field)): Path<(String, String)>,
    request: Request,
) -> Result<Response, Fault> {
    let arrived = visit.receive(&state.office, request, &[], "/portal").await?;
    let Opened::Here(mut desk) = Desk::open(&state, &visit, &draft, "describe").await? else {
        return Err(missing(&visit));
    };
    desk.take(&arrived).await?;
    drop_field(&state.office, &file_owner(&desk.filing.id), &field).await?;
    Ok(Redirect::to(&format!("/portal/draft/{draft}/describe#f-{field}-table")).into_response())
}

/// The workbook as it was uploaded for an act on a case, with every complaint at its cell.
pub async fn marked_of_act(
    State(state): State<WebState>,
    visit: Visit,
    Path((id, act, field)): Path<(u64, String, String)>,
) -> Result<Response, Fault> {
    let view = state.office.case_view(&visit.viewer(), id).await?;
    let found = view.procedure.act(&act).ok_or_else(|| missing(&visit))?;
    let held = held_of_act(&state, &visit, id, &act).await?;
    let given = serde_json::Map::new();
    let asked = Asked { procedure: &view.procedure, act: found, case: Some(&view.case), given: &given, base: "" };
    give_back(&state, &visit, &asked, &held, &field).await
}

async fn held_of_act(state: &WebState, visit: &Visit, id: u64, act: &str) -> Result<Vec<Upload>, Fault> {
    let owner = workbook::owner(visit.signed_in()?, id, act);
    Ok(files_of(&state.office, &owner).await?.into_iter().map(|file| file.upload).collect())
}

/// Lets go of the workbook that was uploaded for an act on a case.
pub async fn drop_of_act(
    State(state): State<WebState>,
    visit: Visit,
    Path((id, act, field)): Path<(u64, String, String)>,
    request: Request,
) -> Result<Response, Fault> {
    let page = format!("/portal/matter/{id}/act/{act}");
    visit.receive(&state.office, request, &[], &page).await?;
    drop_field(&state.office, &workbook::owner(visit.signed_in()?, id, &act), &field).await?;
    Ok(Redirect::to(&page).into_response())
}
