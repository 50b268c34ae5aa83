//! Workbooks of a table in a draft: the empty one, the marked one, and letting go of what was uploaded; the same of an act on a matter.

use axum::extract::{Path, Request, State};
use axum::response::{IntoResponse, Redirect, Response};

use super::desk::{Desk, Opened, TEMPLATES, procedure};
use super::draft::{drop_field, file_owner};
use super::matter::acting;
use crate::WebState;
use crate::acting::taken;
use crate::fault::Fault;
use crate::form::workbook::Asked;
use crate::form::{read, uploads};
use crate::visit::Visit;

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
    uploads::template(&state, &visit, &procedure, &file)
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
    let (procedure, act, base) = (&desk.procedure, &desk.act, desk.tables_base());
    let asked = Asked { procedure, act, case: None, given: &given, templates: TEMPLATES, base: &base };
    uploads::marked(&state, &visit, &asked, &held, &field).await
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

/// The workbook as it was uploaded for an act on a matter, with every complaint at its cell.
pub async fn marked_of_act(
    State(state): State<WebState>,
    visit: Visit,
    Path((id, act, field)): Path<(u64, String, String)>,
) -> Result<Response, Fault> {
    acting(&state, &visit, id, &act).marked(&field).await
}

/// Lets go of the workbook that was uploaded for an act on a matter.
pub async fn drop_of_act(
    State(state): State<WebState>,
    visit: Visit,
    Path((id, act, field)): Path<(u64, String, String)>,
    request: Request,
) -> Result<Response, Fault> {
    acting(&state, &visit, id, &act).let_go(&field, request).await
}

/// The address of a removal that somebody loads again leads back to the form.
pub async fn back_to_act(Path((id, act, _)): Path<(u64, String, String)>) -> Redirect {
    Redirect::to(&format!("/portal/matter/{id}/act/{act}"))
}
