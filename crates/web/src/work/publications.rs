//! What this officer's organ still owes the public, the most urgent first: due moment, what is left of it, and what is overdue.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use guiju_office::publications::OwedLine;

use crate::WebState;
use crate::fault::Fault;
use crate::frame::Frame;
use crate::open_site::publications::{place, place_of};
use crate::page::{Query, page};
use crate::visit::Visit;

const PAGE: u32 = 50;

#[derive(Template)]
#[template(path = "work/publications.html")]
struct OwedPage {
    f: Frame,
    lines: Vec<OwedLine>,
    overdue: usize,
    next: Option<String>,
}

pub async fn owed(State(state): State<WebState>, visit: Visit, Query(query): Query) -> Result<Response, Fault> {
    let person = visit.officer()?;
    let after = query.first("after").and_then(place_of);
    let found = state.office.owed(person, after, PAGE).await?;
    page(OwedPage {
        overdue: found.lines.iter().filter(|line| line.clock.overdue).count(),
        next: found.next.as_ref().map(place),
        lines: found.lines,
        f: visit.frame(&state, "/work/publications"),
    })
}
