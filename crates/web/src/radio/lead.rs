//! A finding becomes a lead: what the server knows is shown and attached by the server itself; the officer gives it a title and confirms.
//!
//! The asking bears the finding's own token, so that two clicks, or two officers, make one lead.

use askama::Template;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use guiju_kernel::procedure::definition::Act;
use guiju_kernel::procedure::{Person, Refusal};
use guiju_kernel::time::date_of;
use guiju_office::Answer;
use guiju_office::radio::LEAD;

use super::findings::{Row, kind_title, named, period, period_query, row};
use super::{mhz, reader};
use crate::WebState;
use crate::fault::Fault;
use crate::frame::Frame;
use crate::page::{Query, page};
use crate::visit::Visit;

#[derive(Template)]
#[template(path = "work/radio/lead.html")]
struct LeadPage {
    f: Frame,
    row: Row,
    query: String,
    title: String,
    place: String,
    basis: Vec<String>,
    act: String,
    packages: usize,
    /// The field that is wrong, and why.
    wrong: Option<(String, String)>,
    refusal: Option<Refusal>,
}

/// The act that registers a lead, as the pack has it now.
fn act(state: &WebState) -> Option<Act> {
    let procedure = state.office.volume().procedure(LEAD.0, date_of(state.office.now()))?;
    procedure.act(LEAD.1).cloned()
}

/// Whether this person registers leads.
pub(super) fn may_register(state: &WebState, person: &Person) -> bool {
    let may = |act: Act| act.by.iter().any(|rule| rule.role.as_ref().is_some_and(|role| person.roles.contains(role)));
    act(state).is_some_and(may)
}

/// What was typed, or what the page proposes.
struct Typed {
    title: String,
    place: String,
}

#[derive(Default)]
struct Said {
    wrong: Option<(String, String)>,
    refusal: Option<Refusal>,
}

async fn draw(
    state: &WebState,
    visit: &Visit,
    row: Row,
    query: String,
    typed: Typed,
    said: Said,
) -> Result<Response, Fault> {
    let act = act(state).ok_or_else(|| Fault::NotFound(LEAD.0.to_owned()))?;
    page(LeadPage {
        packages: row.found.packages.len(),
        row,
        query,
        title: typed.title,
        place: typed.place,
        basis: act.basis.clone(),
        act: visit.lang.text(&act.title).to_owned(),
        wrong: said.wrong,
        refusal: said.refusal,
        f: visit.frame(state, "/work/radio"),
    })
}

pub async fn form(State(state): State<WebState>, visit: Visit, Query(query): Query) -> Result<Response, Fault> {
    registers(&state, &visit)?;
    let (_, found) = named(&state, &visit, &query).await?;
    let row = row(&state, &visit, &found).await?;
    if let Some((case, _)) = &row.lead {
        return Ok(Redirect::to(&format!("/work/case/{case}")).into_response());
    }
    let kept = visit.kept(&state.office, &query).await?;
    let typed = |name: &str| kept.as_ref().and_then(|kept| kept.first(name)).map(str::to_owned);
    let title = typed("title")
        .unwrap_or_else(|| format!("{} {} MHz", kind_title(visit.lang, found.kind), mhz(found.finding.centre_hz)));
    let place = typed("place").or_else(|| row.place.clone()).unwrap_or_default();
    let asked = format!("{}&finding={}", period_query(period(&query, &visit)?), found.id);
    draw(&state, &visit, row, asked, Typed { title, place }, Said::default()).await
}

/// Those who register leads; overseers may look, and are told whose right it is.
fn registers<'v>(state: &WebState, visit: &'v Visit) -> Result<&'v Person, Fault> {
    let person = reader(state, visit)?;
    if may_register(state, person) {
        return Ok(person);
    }
    let pack = state.office.pack();
    let roles = act(state).into_iter().flat_map(|act| act.by).filter_map(|rule| rule.role);
    let titles: Vec<_> =
        roles.filter_map(|role| pack.role(&role).map(|role| visit.lang.text(&role.title).to_owned())).collect();
    Err(Fault::NotYours(titles.join(visit.lang.say("、", ", "))))
}

pub async fn submit(
    State(state): State<WebState>,
    visit: Visit,
    Query(query): Query,
    request: Request,
) -> Result<Response, Fault> {
    let page = visit.here.clone();
    let arrived = visit.receive(&state.office, request, &[], &page).await?;
    let person = registers(&state, &visit)?.clone();
    let (searched, found) = named(&state, &visit, &query).await?;
    let shown = row(&state, &visit, &found).await?;
    if let Some((case, _)) = &shown.lead {
        return Ok(Redirect::to(&format!("/work/case/{case}")).into_response());
    }
    let typed = |name: &str| arrived.typed.first(name).unwrap_or_default().trim().to_owned();
    let typed = Typed { title: typed("title"), place: typed("place") };
    let ask = state.office.ask_for_lead(&person, &searched, &found, (&typed.title, &typed.place)).await?;
    let said = match state.office.act(ask).await? {
        Answer::Done(done) => {
            return Ok(Redirect::to(&format!("/work/case/{}?done={}", done.case, done.seq)).into_response());
        }
        Answer::Refused(no) => match &no.field {
            Some(field) => {
                let wrong = Some((field.clone(), visit.lang.text(&no.why).to_owned()));
                Said { wrong, refusal: None }
            }
            None => Said { wrong: None, refusal: Some(*no) },
        },
    };
    let asked = format!("{}&finding={}", period_query(period(&query, &visit)?), found.id);
    let drawn = draw(&state, &visit, shown, asked, typed, said).await?;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, drawn).into_response())
}
