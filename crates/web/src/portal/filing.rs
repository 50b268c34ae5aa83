//! Filing: one thing a page, saved at every step, submitted once.
//!
//! Works without scripts: each page posts, saves and leads on. With scripts the draft saves itself as one types. It says 尚未提交 on
//! every page until the receipt is there; the draft's id is the form's token, so that a double click files once.

use askama::Template;
use axum::extract::{Path, Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use guiju_kernel::procedure::definition::{FieldKind, Procedure, Text};
use guiju_office::Answer;

use super::desk::{Desk, Opened, opening_ask, party_of, procedure};
use super::draft::Filing;
use super::step::{self, StepName};
use crate::WebState;
use crate::acting::{all_faults, file_rules, taken};
use crate::fault::Fault;
use crate::form::Arrived;
use crate::form::read::{self, Faults};
use crate::form::workbook;
use crate::frame::Frame;
use crate::intake::FileFault;
use crate::page::{Query, page};
use crate::visit::Visit;
use crate::{say, show};

#[derive(Template)]
#[template(path = "portal/start.html")]
struct StartPage {
    f: Frame,
    procedure: String,
    title: String,
    promises: Vec<Text>,
    basis: Vec<String>,
    drafts: Vec<DraftLine>,
    steps: Vec<&'static str>,
    /// Answers that the way here already gave: a type found by its words.
    carried: Vec<(String, String)>,
}

/// A draft in a list.
pub struct DraftLine {
    pub href: String,
    pub title: String,
    pub age: String,
    pub drop: String,
}

/// How a draft is listed: by what its headline says so far.
pub fn draft_line(visit: &Visit, procedure: &Procedure, filing: &Filing) -> DraftLine {
    let typed = filing.typed.first(&procedure.headline).map(str::trim).filter(|text| !text.is_empty());
    let title =
        typed.map_or_else(|| visit.lang.text(&procedure.title).to_owned(), |text| text.chars().take(60).collect());
    DraftLine {
        href: format!("/portal/draft/{}/{}", filing.id, filing.reached.id()),
        title,
        age: show::age(visit.lang, filing.updated, visit.now),
        drop: format!("/portal/draft/{}/drop", filing.id),
    }
}

pub async fn start(
    State(state): State<WebState>,
    visit: Visit,
    Path(id): Path<String>,
    Query(query): Query,
) -> Result<Response, Fault> {
    let (procedure, act) = procedure(&state, &id)?;
    let (person, _) = party_of(&visit)?;
    let pack = state.office.pack();
    let items: Vec<_> = pack.items.iter().filter(|item| item.procedure == procedure.id).collect();
    let drafts = Filing::all(&state.office, person).await?;
    page(StartPage {
        procedure: procedure.id.clone(),
        title: visit.lang.text(&act.title).to_owned(),
        promises: items.iter().flat_map(|item| item.promises.iter().map(|(text, _)| text.clone())).collect(),
        basis: items.iter().flat_map(|item| item.basis.iter().cloned()).collect(),
        drafts: drafts
            .iter()
            .filter(|draft| draft.procedure == procedure.id)
            .map(|draft| draft_line(&visit, &procedure, draft))
            .collect(),
        steps: step::steps(&procedure, &act).into_iter().map(|step| step.title(visit.lang)).collect(),
        carried: query.0.into_iter().filter(|(name, _)| act.takes.iter().any(|take| take.field == *name)).collect(),
        f: visit.frame(&state, "/portal"),
    })
}

pub async fn begin(
    State(state): State<WebState>,
    visit: Visit,
    Path(id): Path<String>,
    request: Request,
) -> Result<Response, Fault> {
    let (procedure, _) = procedure(&state, &id)?;
    let arrived = visit.receive(&state.office, request, &[], &format!("/portal/file/{id}")).await?;
    let (person, party) = party_of(&visit)?;
    // Whoever starts and leaves before writing anything finds the same blank draft, not one more.
    let filled_in = |name: &str| procedure.field(name).is_some_and(|field| field.kind != FieldKind::Party);
    let untouched = |filing: &Filing| {
        filing.procedure == procedure.id
            && filing.typed.0.iter().all(|(name, text)| text.trim().is_empty() || !filled_in(name))
    };
    let again = Filing::all(&state.office, person).await?.into_iter().find(untouched);
    let mut filing = match again {
        Some(filing) => filing,
        None => Filing::begin(&state.office, person, &procedure).await?,
    };
    filing.typed = arrived.typed.answers();
    for field in procedure.fields.iter().filter(|field| field.kind == FieldKind::Party) {
        filing.typed.set(&field.name, party);
    }
    filing.save(&state.office).await?;
    Ok(Redirect::to(&format!("/portal/draft/{}/who", filing.id)).into_response())
}

pub async fn step(
    State(state): State<WebState>,
    visit: Visit,
    Path((draft, at)): Path<(String, String)>,
    Query(query): Query,
) -> Result<Response, Fault> {
    match Desk::open(&state, &visit, &draft, &at).await? {
        Opened::Filed(case) => Ok(Redirect::to(&format!("/portal/receipt/{case}")).into_response()),
        Opened::Here(mut desk) => {
            let kept = visit.kept(&state.office, &query).await?;
            let back_in = kept.is_some();
            if let Some(typed) = kept {
                desk.take(&Arrived { typed, ..Arrived::default() }).await?;
            }
            desk.draw(&Faults::new(), None, back_in).await
        }
    }
}

pub async fn save(
    State(state): State<WebState>,
    visit: Visit,
    Path((draft, at)): Path<(String, String)>,
    request: Request,
) -> Result<Response, Fault> {
    let page = format!("/portal/draft/{draft}/{at}");
    if visit.person.is_none() {
        visit.receive(&state.office, request, &[], &page).await?;
        return Err(Fault::SignIn(page));
    }
    let mut desk = match Desk::open(&state, &visit, &draft, &at).await? {
        Opened::Filed(case) => return Ok(Redirect::to(&format!("/portal/receipt/{case}")).into_response()),
        Opened::Here(desk) => desk,
    };
    let mut rules = file_rules(&desk.procedure, &desk.act);
    rules.extend(workbook::rules(&desk.procedure, &desk.act));
    let arrived = visit.receive(&state.office, request, &rules, &page).await?;
    if desk.at == StepName::Check {
        return desk.submit().await;
    }
    desk.take(&arrived).await?;
    if let Some(FileFault::TooLarge { limit, .. }) =
        arrived.refused.iter().map(|(_, fault)| fault).find(|fault| matches!(fault, FileFault::TooLarge { .. }))
    {
        return Err(Fault::TooLarge { limit: *limit, kept: Some(page) });
    }
    if arrived.refused.is_empty() && (arrived.typed.has("_look") || desk.filled_a_table(&arrived)) {
        // The same page again, now with what was read: going on from there is the confirmation.
        return Ok(Redirect::to(&format!("{}#step", desk.path(desk.at))).into_response());
    }
    let (files, tables) = desk.held_apart().await?;
    let held: Vec<_> = files.into_iter().map(|file| file.upload.field).collect();
    let (mut given, mut faults) =
        read::read(visit.lang, step::fields(&desk.procedure, &desk.act, desk.at), &desk.filing.typed, &held);
    let here: Vec<_> = tables.into_iter().filter(|table| desk.is_here(&table.field)).collect();
    workbook::fill(&state, visit.lang, &desk.procedure, &here, &mut given, &mut faults);
    let faults = all_faults(&visit, faults, &arrived);
    if !faults.is_empty() {
        let page = desk.draw(&faults, None, false).await?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    }
    let next = if arrived.typed.has("_stay") { desk.at } else { step::next(&desk.steps, desk.at) };
    Ok(Redirect::to(&desk.path(next)).into_response())
}

/// Saves what is typed without judging it, and says so in a line.
pub async fn autosave(
    State(state): State<WebState>,
    visit: Visit,
    Path((draft, at)): Path<(String, String)>,
    request: Request,
) -> Result<Response, Fault> {
    let page = format!("/portal/draft/{draft}/{at}");
    let arrived = visit.receive(&state.office, request, &[], &page).await?;
    match Desk::open(&state, &visit, &draft, &at).await? {
        Opened::Filed(_) => Ok(visit.lang.say("已提交", "Submitted").into_response()),
        Opened::Here(mut desk) => {
            desk.take(&arrived).await?;
            Ok(desk.saved().into_response())
        }
    }
}

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

/// Files everything in one form, for programs and for forms that a page of its own shows; `_once` is its token.
pub async fn all_at_once(
    State(state): State<WebState>,
    visit: Visit,
    Path(id): Path<String>,
    request: Request,
) -> Result<Response, Fault> {
    let (procedure, act) = procedure(&state, &id)?;
    let mut rules = file_rules(&procedure, &act);
    rules.extend(workbook::rules(&procedure, &act));
    let mut arrived = visit.receive(&state.office, request, &rules, &format!("/portal/file/{id}")).await?;
    let (person, party) = party_of(&visit)?;
    let names: Vec<_> = arrived.files.iter().map(|file| file.field.clone()).collect();
    let (mut given, mut faults) = read::read(visit.lang, taken(&procedure, &act), &arrived.typed, &names);
    let (tables, files) = arrived.files.into_iter().partition(|file| workbook::fills_table(&procedure, file));
    arrived.files = files;
    workbook::fill(&state, visit.lang, &procedure, &tables, &mut given, &mut faults);
    let faults = all_faults(&visit, faults, &arrived);
    if let Some((field, fault)) = faults.iter().next() {
        let title = procedure.field(field).map_or(field.as_str(), |field| visit.lang.text(&field.title));
        return Err(Fault::Unreadable(say!(visit.lang, "{title}：{fault}", "{title}: {fault}")));
    }
    let once = arrived.typed.first("_once").map(str::to_owned);
    match state.office.act(opening_ask(&procedure, &act, person, party, given, arrived.files, once)).await? {
        Answer::Done(done) => Ok(Redirect::to(&format!("/portal/receipt/{}", done.case)).into_response()),
        Answer::Refused(refusal) => {
            let (why, law) = (visit.lang.text(&refusal.why), visit.frame(&state, "").basis(&refusal.article));
            let law = if law.is_empty() { law } else { say!(visit.lang, "（依据：{law}）", " ({law})") };
            Err(Fault::Unreadable(format!("{why}{law}")))
        }
    }
}
