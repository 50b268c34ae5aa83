//! Throwing away: a draft, or one file of it. Nothing that was submitted can be thrown away.

use axum::extract::{Path, Request, State};
use axum::response::{IntoResponse, Redirect, Response};

use super::draft::Filing;
use super::filing::party_of;
use crate::WebState;
use crate::fault::Fault;
use crate::visit::Visit;

/// Throws a draft away.
pub async fn drop(
    State(state): State<WebState>,
    visit: Visit,
    Path(draft): Path<String>,
    request: Request,
) -> Result<Response, Fault> {
    visit.receive(&state.office, request, &[], "/portal").await?;
    let (person, _) = party_of(&visit)?;
    if let Some(filing) = Filing::load(&state.office, person, &draft).await? {
        filing.drop(&state.office).await?;
    }
    Ok(Redirect::to("/portal").into_response())
}

/// Takes one file out of a draft.
pub async fn drop_file(
    State(state): State<WebState>,
    visit: Visit,
    Path((draft, file)): Path<(String, String)>,
    request: Request,
) -> Result<Response, Fault> {
    let page = format!("/portal/draft/{draft}/attach");
    visit.receive(&state.office, request, &[], &page).await?;
    let (person, _) = party_of(&visit)?;
    if let Some(filing) = Filing::load(&state.office, person, &draft).await? {
        filing.drop_file(&state.office, &file).await?;
    }
    Ok(Redirect::to(&page).into_response())
}
