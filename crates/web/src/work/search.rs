//! Search over cases: newest first, "1,000+" beyond a thousand. A number that fits exactly leads straight to its case.

use askama::Template;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use guiju_kernel::rows::CaseRow;
use guiju_kernel::time;

use crate::WebState;
use crate::fault::Fault;
use crate::frame::Frame;
use crate::page::{Query, page};
use crate::show;
use crate::visit::Visit;

/// A hit as the table shows it.
pub struct Hit {
    pub id: u64,
    pub number: String,
    pub headline: String,
    pub state: String,
    pub opened: String,
}

#[derive(Template)]
#[template(path = "work/search.html")]
struct SearchPage {
    f: Frame,
    asked: String,
    counted: String,
    hits: Vec<Hit>,
    next: Option<u64>,
}

/// A case row for a list.
pub fn hit(state: &WebState, visit: &Visit, row: &CaseRow) -> Hit {
    let opened = time::from_millis(row.opened).unwrap_or(visit.now);
    let procedure = state.office.volume().procedure(&row.procedure, time::date_of(opened));
    let defined = procedure.as_ref().and_then(|procedure| procedure.state(&row.state));
    Hit {
        id: row.id,
        number: row.number.clone(),
        headline: row.headline.clone(),
        state: defined.map_or_else(|| row.state.clone(), |state| visit.lang.text(&state.title).to_owned()),
        opened: show::date(visit.lang, time::date_of(opened)),
    }
}

/// `1,000+` where counting stopped.
pub fn counted(counted: u32, more: bool) -> String {
    format!("{}{}", show::count(u64::from(counted)), if more { "+" } else { "" })
}

pub async fn search(State(state): State<WebState>, visit: Visit, Query(query): Query) -> Result<Response, Fault> {
    let person = visit.officer()?;
    let asked = query.first("q").unwrap_or_default().trim().to_owned();
    let before = query.first("before").and_then(|id| id.parse().ok());
    if !asked.is_empty()
        && let Some(id) = state.office.case_by_number(&asked).await?
    {
        return Ok(Redirect::to(&format!("/work/case/{id}")).into_response());
    }
    let hits = state.office.search(person, &asked, before).await?;
    page(SearchPage {
        counted: counted(hits.counted, hits.more_than_counted),
        next: hits.rows.last().filter(|_| hits.rows.len() >= 50).map(|row| row.id),
        hits: hits.rows.iter().map(|row| hit(&state, &visit, row)).collect(),
        asked,
        f: visit.frame(&state, "/work/search"),
    })
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_count_that_stopped_says_so() {
        assert_eq!(super::counted(1000, true), "1,000+");
        assert_eq!(super::counted(7, false), "7");
    }
}
