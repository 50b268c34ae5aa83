//! One matter as its firm follows it: where it is, who holds it, what runs, what was said, what may be done now.

use askama::Template;
use axum::extract::{Path, Request, State};
use axum::response::Response;
use guiju_kernel::clock::ClockKind;
use guiju_kernel::procedure::definition::{Choice, FieldKind};
use guiju_kernel::record::Origin;
use guiju_office::{CaseView, ClockView, Step};

use crate::WebState;
use crate::acting::Acting;
use crate::casefile::{self, StationView, courier, kind_name};
use crate::fault::Fault;
use crate::form::control::few;
use crate::frame::Frame;
use crate::page::{Query, page};
use crate::visit::{self, Visit};

const BASE: &str = "/portal/matter";

/// An act that the party may do: a button that leads to its form, or choices to tap when it asks for one choice only.
struct Offer {
    name: String,
    title: String,
    primary: bool,
    taps: Option<(String, Vec<(String, String)>)>,
}

#[derive(Template)]
#[template(path = "portal/matter.html")]
struct MatterPage {
    f: Frame,
    base: &'static str,
    view: CaseView,
    over: Vec<ClockView>,
    courier: Vec<StationView>,
    steps: Vec<Step>,
    offers: Vec<Offer>,
    once: String,
    done: Option<String>,
    shown: Option<(String, String)>,
    /// How many licences the case has brought.
    licences: usize,
}

#[derive(Template)]
#[template(path = "portal/receipt.html")]
struct ReceiptPage {
    f: Frame,
    view: CaseView,
    seq: u64,
    running: Vec<ClockView>,
    next: Option<String>,
}

fn offers(view: &CaseView, visit: &Visit) -> Vec<Offer> {
    let lawful = view.lawful.iter().filter(|lawful| lawful.refusal.is_none());
    lawful
        .filter_map(|lawful| view.procedure.act(&lawful.act))
        .filter(|act| !act.from.is_empty())
        .map(|act| Offer {
            name: act.name.clone(),
            title: visit.lang.text(&act.title).to_owned(),
            primary: act.primary,
            taps: taps(view, act, visit),
        })
        .collect()
}

/// The choices of an act whose only required field is one choice of at most six.
fn taps(
    view: &CaseView,
    act: &guiju_kernel::procedure::definition::Act,
    visit: &Visit,
) -> Option<(String, Vec<(String, String)>)> {
    let mut required = act.takes.iter().filter(|take| take.required);
    let (only, None) = (required.next()?, required.next()) else { return None };
    let field = view.procedure.field(&only.field)?;
    let shown = |choice: &Choice| (choice.value.clone(), visit.lang.text(&choice.title).to_owned());
    let choices = match &field.kind {
        FieldKind::Enum { choices, most: 0 | 1 } if choices.len() <= 6 => choices.iter().map(shown).collect(),
        FieldKind::Integer { min: Some(min), max: Some(max) } if few(*min, *max) => {
            (*min..=*max).rev().map(|n| (n.to_string(), n.to_string())).collect()
        }
        _ => return None,
    };
    Some((field.name.clone(), choices))
}

async fn draw(
    state: &WebState,
    visit: &Visit,
    id: u64,
    done: Option<u64>,
    shown: Option<(String, String)>,
) -> Result<Response, Fault> {
    visit.signed_in()?;
    let mut view = state.office.case_view(&visit.viewer(), id).await?;
    let over = casefile::clocks(&mut view, false);
    let done = done.and_then(|seq| view.timeline.iter().find(|step| step.seq == seq));
    let licences = state.office.licences_of_case(&visit.viewer(), id).await?.len();
    page(MatterPage {
        licences,
        base: BASE,
        courier: courier(&view.procedure, &view.case.state, visit.lang),
        steps: view.timeline.iter().rev().filter(|step| !step.inner).cloned().collect(),
        offers: offers(&view, visit),
        once: visit::random_hex(16)?,
        done: done.map(|step| visit.lang.text(&step.title).to_owned()),
        shown,
        over,
        view,
        f: visit.frame(state, "/portal/matters"),
    })
}

pub async fn show(
    State(state): State<WebState>,
    visit: Visit,
    Path(id): Path<u64>,
    Query(query): Query,
) -> Result<Response, Fault> {
    draw(&state, &visit, id, query.first("done").and_then(|seq| seq.parse().ok()), None).await
}

/// Shows one personal value in clear, on the page itself and never in an address.
pub async fn reveal(
    State(state): State<WebState>,
    visit: Visit,
    Path(id): Path<u64>,
    request: Request,
) -> Result<Response, Fault> {
    let arrived = visit.receive(&state.office, request, &[], &format!("{BASE}/{id}")).await?;
    let field = arrived.typed.first("field").unwrap_or_default().to_owned();
    let value = state.office.reveal(visit.signed_in()?, id, &field).await?;
    draw(&state, &visit, id, None, Some((field, value))).await
}

/// The receipt of a filing that was just submitted.
pub async fn receipt_page(State(state): State<WebState>, visit: Visit, Path(id): Path<u64>) -> Result<Response, Fault> {
    visit.signed_in()?;
    let view = state.office.case_view(&visit.viewer(), id).await?;
    let here = courier(&view.procedure, &view.case.state, visit.lang);
    let next = here.iter().skip_while(|station| station.class != "here").nth(1).map(|station| station.title.clone());
    page(ReceiptPage {
        seq: view.case.id,
        running: view
            .clocks
            .iter()
            .filter(|clock| clock.stopped.is_none() && clock.due.is_some() && clock.kind != ClockKind::Internal)
            .cloned()
            .collect(),
        next,
        view,
        f: visit.frame(&state, "/portal/matters"),
    })
}

pub fn acting<'a>(state: &'a WebState, visit: &'a Visit, id: u64, act: &'a str) -> Acting<'a> {
    Acting { state, visit, base: BASE, nav: "/portal/matters", id, act }
}

pub async fn act_form(
    State(state): State<WebState>,
    visit: Visit,
    Path((id, act)): Path<(u64, String)>,
    Query(query): Query,
) -> Result<Response, Fault> {
    acting(&state, &visit, id, &act).show(&query).await
}

pub async fn act(
    State(state): State<WebState>,
    visit: Visit,
    Path((id, act)): Path<(u64, String)>,
    request: Request,
) -> Result<Response, Fault> {
    acting(&state, &visit, id, &act).submit(request).await
}

pub async fn file(
    State(state): State<WebState>,
    visit: Visit,
    Path((id, stored)): Path<(u64, String)>,
) -> Result<Response, Fault> {
    casefile::file(&state, &visit, id, &stored).await
}

pub async fn receipt(
    State(state): State<WebState>,
    visit: Visit,
    Path((id, seq)): Path<(u64, u64)>,
) -> Result<Response, Fault> {
    casefile::receipt(&state, &visit, id, seq).await
}
