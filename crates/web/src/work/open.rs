//! A case that an officer opens: the same form that any opening act has.

use askama::Template;
use axum::extract::{Path, Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use guiju_kernel::procedure::Refusal;
use guiju_kernel::procedure::definition::{Act, FieldKind, Procedure, Subject};
use guiju_kernel::record::Origin;
use guiju_kernel::time::date_of;
use guiju_office::{Answer, Ask, Target};
use serde_json::{Map, Value};

use crate::WebState;
use crate::acting::{all_faults, file_rules, taken};
use crate::fault::Fault;
use crate::form::Posted;
use crate::form::control::{Around, Form};
use crate::form::read::{self, Faults};
use crate::frame::Frame;
use crate::page::{Query, page};
use crate::together::{self, Offer};
use crate::visit::{self, Visit};

#[derive(Template)]
#[template(path = "work/open.html")]
struct OpenPage {
    f: Frame,
    title: String,
    procedure: String,
    action: String,
    basis: Vec<String>,
    form: Form,
    offers: Vec<Offer>,
    once: String,
    refusal: Option<Refusal>,
    back_in: bool,
}

fn find(state: &WebState, procedure: &str, act: &str) -> Result<(std::sync::Arc<Procedure>, Act), Fault> {
    let missing = || Fault::NotFound(procedure.to_owned());
    let found = state.office.volume().procedure(procedure, date_of(state.office.now())).ok_or_else(missing)?;
    let act = found.act(act).filter(|act| act.from.is_empty() && !act.records_history).cloned().ok_or_else(missing)?;
    Ok((found, act))
}

/// What there is to say besides the form itself.
#[derive(Default)]
struct Said {
    refusal: Option<Refusal>,
    back_in: bool,
    once: Option<String>,
}

async fn draw(
    state: &WebState,
    visit: &Visit,
    of: (&Procedure, &Act),
    typed: &Posted,
    faults: &Faults,
    said: Said,
) -> Result<Response, Fault> {
    let (procedure, act) = of;
    let pack = state.office.pack();
    let around = Around { lang: visit.lang, organs: &pack.organs, posted: typed, faults, held: &[], tables: &[] };
    let offers = together::offers(state, visit.lang, visit.person.as_ref(), act, typed).await?;
    page(OpenPage {
        offers,
        title: visit.lang.text(&act.title).to_owned(),
        procedure: visit.lang.text(&procedure.title).to_owned(),
        action: format!("/work/open/{}/{}", procedure.id, act.name),
        basis: act.basis.clone(),
        form: Form::of(procedure, act, &around),
        once: match said.once {
            Some(once) => once,
            None => visit::random_hex(16)?,
        },
        refusal: said.refusal,
        back_in: said.back_in,
        f: visit.frame(state, "/work"),
    })
}

pub async fn form(
    State(state): State<WebState>,
    visit: Visit,
    Path((procedure, act)): Path<(String, String)>,
    Query(query): Query,
) -> Result<Response, Fault> {
    visit.officer()?;
    let (procedure, act) = find(&state, &procedure, &act)?;
    let kept = visit.kept(&state.office, &query).await?;
    let said = Said { back_in: kept.is_some(), ..Said::default() };
    draw(&state, &visit, (&procedure, &act), &kept.unwrap_or_else(|| query.answers()), &Faults::new(), said).await
}

pub async fn submit(
    State(state): State<WebState>,
    visit: Visit,
    Path((procedure, act)): Path<(String, String)>,
    request: Request,
) -> Result<Response, Fault> {
    let path = format!("/work/open/{procedure}/{act}");
    let (procedure, act) = find(&state, &procedure, &act)?;
    let arrived = visit.receive(&state.office, request, &file_rules(&procedure, &act), &path).await?;
    let person = visit.officer()?.clone();
    let names: Vec<_> = arrived.files.iter().map(|file| file.field.clone()).collect();
    let (given, faults) = read::read(visit.lang, taken(&procedure, &act), &arrived.typed, &names);
    let mut faults = all_faults(&visit, faults, &arrived);
    let once = arrived.typed.first("_once").map(str::to_owned);
    let mut refusal = None;
    if faults.is_empty() {
        let target = Target::New { procedure: procedure.id.clone(), subject: subject(&procedure, &given) };
        let ask = Ask {
            target,
            act: act.name.clone(),
            by: together::named(&state, person, &act, &arrived.typed).await?,
            done: None,
            origin: Origin::Own,
            given,
            files: arrived.files,
            history: None,
            once: once.clone(),
        };
        match state.office.act(ask).await? {
            Answer::Done(done) => {
                return Ok(Redirect::to(&format!("/work/case/{}?done={}", done.case, done.seq)).into_response());
            }
            Answer::Refused(no) => {
                if let Some(field) = &no.field {
                    faults.insert(field.clone(), visit.lang.text(&no.why).to_owned());
                }
                refusal = Some(*no);
            }
        }
    }
    let once = once.filter(|_| refusal.as_ref().is_none_or(|no| no.field.is_some()));
    let page =
        draw(&state, &visit, (&procedure, &act), &arrived.typed, &faults, Said { refusal, once, back_in: false })
            .await?;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
}

/// Whom a case that an officer opens is about: the party or entry that the form names.
fn subject(procedure: &Procedure, given: &Map<String, Value>) -> Option<String> {
    let field = procedure.fields.iter().find(|field| match (&procedure.subject, &field.kind) {
        (Subject::Party, FieldKind::Party) => true,
        (Subject::Entry(of), FieldKind::Entry { register }) => of == register,
        _ => false,
    })?;
    given.get(&field.name).and_then(Value::as_str).map(str::to_owned)
}
