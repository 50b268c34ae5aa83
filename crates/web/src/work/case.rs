//! The case file: what happened on the left, what may be done now on the right, and what may not, with the rule that says so.

use askama::Template;
use axum::extract::{Path, Request, State};
use axum::response::{Redirect, Response};
use guiju_kernel::clock::ClockKind;
use guiju_kernel::procedure::definition::{Procedure, Text, Visibility};
use guiju_kernel::procedure::{Refusal, RefusalKind};
use guiju_kernel::record::Origin;
use guiju_office::{CaseView, ClockView, Step};

use crate::WebState;
use crate::acting::Acting;
use crate::casefile::{self, StationView, courier, kind_name};
use crate::fault::Fault;
use crate::frame::Frame;
use crate::page::{Query, page};
use crate::visit::Visit;

const BASE: &str = "/work/case";

/// An act as a button.
struct Button {
    name: String,
    title: String,
    primary: bool,
}

#[derive(Template)]
#[template(path = "work/case.html")]
struct CasePage {
    f: Frame,
    base: &'static str,
    view: CaseView,
    over: Vec<ClockView>,
    courier: Vec<StationView>,
    steps: Vec<Step>,
    notes: Vec<Step>,
    can: Vec<Button>,
    cannot: Vec<(String, Refusal)>,
    done: Option<(String, u64)>,
    shown: Option<(String, String)>,
}

async fn draw(
    state: &WebState,
    visit: &Visit,
    id: u64,
    done: Option<u64>,
    shown: Option<(String, String)>,
) -> Result<Response, Fault> {
    visit.officer()?;
    let mut view = state.office.case_view(&visit.viewer(), id).await?;
    let over = casefile::clocks(&mut view, true);
    let (mut can, mut cannot) = (Vec::new(), Vec::new());
    for lawful in &view.lawful {
        let Some(act) = view.procedure.act(&lawful.act).filter(|act| !act.from.is_empty()) else { continue };
        let title = visit.lang.text(&act.title).to_owned();
        match &lawful.refusal {
            None => can.push(Button { name: act.name.clone(), title, primary: act.primary }),
            Some(refusal) => cannot.push((title, refusal.clone())),
        }
    }
    can.sort_by_key(|button| !button.primary);
    // What this person could do in another moment comes before what is never theirs.
    cannot.sort_by_key(|(_, refusal): &(String, Refusal)| refusal.kind == RefusalKind::Actor);
    let done = done.and_then(|seq| view.timeline.iter().find(|step| step.seq == seq));
    page(CasePage {
        base: BASE,
        courier: courier(&view.procedure, &view.case.state, visit.lang),
        notes: view.timeline.iter().rev().filter(|step| step.inner).cloned().collect(),
        steps: view.timeline.iter().rev().filter(|step| !step.inner).cloned().collect(),
        can,
        cannot,
        done: done.map(|step| (visit.lang.text(&step.title).to_owned(), step.seq)),
        shown,
        over,
        view,
        f: visit.frame(state, "/work"),
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
    let value = state.office.reveal(visit.officer()?, id, &field).await?;
    draw(&state, &visit, id, None, Some((field, value))).await
}

fn acting<'a>(state: &'a WebState, visit: &'a Visit, id: u64, act: &'a str) -> Acting<'a> {
    Acting { state, visit, base: BASE, nav: "/work", id, act }
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

/// The workbook that was uploaded for an act, with every complaint at its cell.
pub async fn marked(
    State(state): State<WebState>,
    visit: Visit,
    Path((id, act, field)): Path<(u64, String, String)>,
) -> Result<Response, Fault> {
    acting(&state, &visit, id, &act).marked(&field).await
}

/// Lets go of the workbook that was uploaded for an act.
pub async fn let_go(
    State(state): State<WebState>,
    visit: Visit,
    Path((id, act, field)): Path<(u64, String, String)>,
    request: Request,
) -> Result<Response, Fault> {
    acting(&state, &visit, id, &act).let_go(&field, request).await
}

/// The address of a removal that somebody loads again leads back to the form.
pub async fn back_to_act(Path((id, act, _)): Path<(u64, String, String)>) -> Redirect {
    Redirect::to(&format!("{BASE}/{id}/act/{act}"))
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

/// A state with the acts that lead out of it: the state diagram in words, which a screen reader reads as well.
struct Branch {
    state: Text,
    here: bool,
    end: bool,
    ways: Vec<(Text, Text, Vec<String>)>,
}

#[derive(Template)]
#[template(path = "work/law.html")]
struct LawPage {
    f: Frame,
    view: CaseView,
    branches: Vec<Branch>,
    clocks: Vec<(Text, String, String, Vec<String>)>,
}

fn branches(procedure: &Procedure, here: &str) -> Vec<Branch> {
    let title = |name: &str| {
        procedure
            .state(name)
            .map_or_else(|| Text { zh: name.to_owned(), en: name.to_owned() }, |state| state.title.clone())
    };
    procedure
        .states
        .iter()
        .map(|state| Branch {
            state: state.title.clone(),
            here: state.name == here,
            end: state.end.is_some(),
            ways: procedure
                .acts
                .iter()
                .filter(|act| act.from.iter().any(|(from, _)| *from == state.name))
                .map(|act| (act.title.clone(), title(act.to.as_deref().unwrap_or(&state.name)), act.basis.clone()))
                .collect(),
        })
        .collect()
}

/// The procedure as it binds this case: its states, who may lead where, its clocks and their sources.
pub async fn law(State(state): State<WebState>, visit: Visit, Path(id): Path<u64>) -> Result<Response, Fault> {
    visit.officer()?;
    let view = state.office.case_view(&visit.viewer(), id).await?;
    let clocks = view.procedure.clocks.iter().map(|clock| {
        let kind = crate::show::clock_kind(&visit.lang, &clock.kind).to_owned();
        (clock.title.clone(), kind, clock.limit.clone(), clock.basis.clone())
    });
    page(LawPage {
        branches: branches(&view.procedure, &view.case.state),
        clocks: clocks.collect(),
        view,
        f: visit.frame(&state, "/work"),
    })
}
