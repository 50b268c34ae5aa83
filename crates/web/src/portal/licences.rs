//! The licences that a case has brought its applicant, and each as a paper to print with the code that leads to its verification.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use guiju_office::licences::stands_on_paper;

use crate::WebState;
use crate::fault::Fault;
use crate::frame::Frame;
use crate::intake::percent_encoded;
use crate::page::{Query, page};
use crate::visit::Visit;
use crate::work::paper::PaperPage;

#[derive(Template)]
#[template(path = "portal/licences.html")]
struct LicencesPage {
    f: Frame,
    back: String,
    matter: String,
    /// Number, and the number as it stands in an address.
    numbers: Vec<(String, String)>,
}

pub async fn list(State(state): State<WebState>, visit: Visit, Path(id): Path<u64>) -> Result<Response, Fault> {
    visit.signed_in()?;
    let numbers = state.office.licences_of_case(&visit.viewer(), id).await?;
    let case = state.office.case(id).await?;
    page(LicencesPage {
        back: format!("/portal/matter/{id}"),
        matter: case.number,
        numbers: numbers.into_iter().map(|number| (number.clone(), percent_encoded(&number))).collect(),
        f: visit.frame(&state, "/portal/matters"),
    })
}

pub async fn paper(
    State(state): State<WebState>,
    visit: Visit,
    headers: HeaderMap,
    Query(query): Query,
) -> Result<Response, Fault> {
    let person = visit.signed_in()?;
    let number = query.first("number").unwrap_or_default();
    let missing = || Fault::NotFound(visit.lang.say("贵公司的这个证照", "this licence of your company").to_owned());
    let (register, row) = state.office.licence_of_holder(person, number).await?.ok_or_else(missing)?;
    let shown = |name: &str| register.fields.iter().any(|field| field.name == name && stands_on_paper(field.visible));
    let lines = state.office.entry_lines(&register, &row).into_iter().filter(|(name, _, _)| shown(name));
    let lines = lines.map(|(_, title, value)| (visit.lang.text(&title).to_owned(), visit.lang.text(&value).to_owned()));
    let lines = lines.collect();
    let title = visit.lang.text(&register.title).to_owned();
    let f = visit.frame(&state, "/portal/matters");
    page(PaperPage::of(f, "/portal/matters".to_owned(), title, number.to_owned(), lines, &headers))
}
