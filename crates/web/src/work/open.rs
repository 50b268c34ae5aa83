//! A case that an officer opens: the same form that any opening act has, its tables filled by hand or by a workbook.

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
use crate::form::control::{Around, Form};
use crate::form::read::{self, Faults};
use crate::form::uploads::{self, Tray};
use crate::form::workbook::{self, Asked};
use crate::form::{Arrived, Posted};
use crate::frame::Frame;
use crate::page::{Query, page};
use crate::together::{self, Offer};
use crate::visit::{self, Visit};

/// Where the empty workbooks of tables stand on this face.
pub const TEMPLATES: &str = "/work/template";

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
}

/// The form by which one person opens a case, and where the workbooks of its tables lie meanwhile.
struct Opening<'a> {
    state: &'a WebState,
    visit: &'a Visit,
    procedure: std::sync::Arc<Procedure>,
    act: Act,
    /// The form's token: a case is opened once, and its workbooks are this form's alone.
    once: String,
}

impl Opening<'_> {
    fn path(&self) -> String {
        format!("/work/open/{}/{}", self.procedure.id, self.act.name)
    }

    fn tray(&self) -> Result<Tray<'_>, Fault> {
        Ok(Tray::of_form(&self.state.office, self.visit.officer()?, &self.once))
    }

    fn given(&self, typed: &Posted, files: &[String]) -> (Map<String, Value>, Faults) {
        read::read(self.visit.lang, taken(&self.procedure, &self.act), typed, files)
    }

    async fn tables(&self, typed: &Posted, faults: &mut Faults) -> Result<Vec<workbook::Offer>, Fault> {
        let (given, _) = self.given(typed, &[]);
        let base = format!("{}/table/{}", self.path(), self.once);
        let (procedure, act, templates) = (&self.procedure, &self.act, TEMPLATES);
        let asked = Asked { procedure, act, case: None, given: &given, templates, base: &base };
        Ok(workbook::offers(self.state, self.visit, &asked, &self.tray()?.held().await?, faults).await?)
    }

    async fn draw(&self, typed: &Posted, faults: &Faults, said: Said) -> Result<Response, Fault> {
        let (state, visit, act) = (self.state, self.visit, &self.act);
        let pack = state.office.pack();
        let mut faults = faults.clone();
        let tables = self.tables(typed, &mut faults).await?;
        let (organs, faults) = (&pack.organs, &faults);
        let around = Around { lang: visit.lang, organs, posted: typed, faults, held: &[], tables: &tables };
        page(OpenPage {
            offers: together::offers(state, visit.lang, visit.person.as_ref(), act, typed).await?,
            title: visit.lang.text(&act.title).to_owned(),
            procedure: visit.lang.text(&self.procedure.title).to_owned(),
            action: self.path(),
            basis: act.basis.clone(),
            form: Form::of(&self.procedure, act, &around),
            once: self.once.clone(),
            refusal: said.refusal,
            back_in: said.back_in,
            f: visit.frame(state, "/work"),
        })
    }

    /// Opens the case, or shows the form again with what is wrong.
    async fn submit(self, mut arrived: Arrived) -> Result<Response, Fault> {
        let person = self.visit.officer()?.clone();
        if let Some(case) = self.state.office.store().once(&self.once).await? {
            // Sent twice: its workbooks are let go of by now, and the case is there.
            return Ok(Redirect::to(&format!("/work/case/{case}?done={case}")).into_response());
        }
        let tray = self.tray()?;
        let looked = tray.keep(&self.procedure, &mut arrived).await? || arrived.typed.has("_look");
        let names: Vec<_> = arrived.files.iter().map(|file| file.field.clone()).collect();
        let (mut given, faults) = self.given(&arrived.typed, &names);
        let mut faults = all_faults(self.visit, faults, &arrived);
        let tables = tray.held().await?;
        workbook::fill(self.state, self.visit.lang, &self.procedure, &tables, &mut given, &mut faults);
        if looked {
            // Nothing is opened yet: the page shows what was read, with everything typed, and its button confirms.
            tray.keep_typed(&arrived.typed).await?;
            faults.retain(|field, _| arrived.refused.iter().any(|(refused, _)| refused == field));
            return self.draw(&arrived.typed, &faults, Said::default()).await;
        }
        let mut refusal = None;
        if faults.is_empty() {
            let ask = Ask {
                target: Target::New { procedure: self.procedure.id.clone(), subject: subject(&self.procedure, &given) },
                act: self.act.name.clone(),
                by: together::named(self.state, person, &self.act, &arrived.typed).await?,
                done: None,
                origin: Origin::Own,
                given,
                files: arrived.files,
                history: None,
                once: Some(self.once.clone()),
            };
            match self.state.office.act(ask).await? {
                Answer::Done(done) => {
                    tray.clear().await?;
                    return Ok(Redirect::to(&format!("/work/case/{}?done={}", done.case, done.seq)).into_response());
                }
                Answer::Refused(no) => {
                    if let Some(field) = &no.field {
                        faults.insert(field.clone(), self.visit.lang.text(&no.why).to_owned());
                    }
                    refusal = Some(*no);
                }
            }
        }
        let page = self.draw(&arrived.typed, &faults, Said { refusal, back_in: false }).await?;
        Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
    }
}

/// The form's token, which stands in addresses too; a form without one, or with something that no page gives out, gets a new one.
fn token(said: Option<&str>) -> Result<String, Fault> {
    let fits = |said: &&str| {
        (1..=64).contains(&said.len()) && said.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
    };
    said.filter(fits).map_or_else(|| visit::random_hex(16), |said| Ok(said.to_owned()))
}

fn opening<'a>(
    state: &'a WebState,
    visit: &'a Visit,
    (procedure, act): (&str, &str),
    once: Option<&str>,
) -> Result<Opening<'a>, Fault> {
    let (procedure, act) = find(state, procedure, act)?;
    Ok(Opening { state, visit, procedure, act, once: token(once)? })
}

pub async fn form(
    State(state): State<WebState>,
    visit: Visit,
    Path((procedure, act)): Path<(String, String)>,
    Query(query): Query,
) -> Result<Response, Fault> {
    visit.officer()?;
    let opening = opening(&state, &visit, (&procedure, &act), None)?;
    let kept = visit.kept(&state.office, &query).await?;
    let said = Said { back_in: kept.is_some(), ..Said::default() };
    opening.draw(&kept.unwrap_or_else(|| query.answers()), &Faults::new(), said).await
}

pub async fn submit(
    State(state): State<WebState>,
    visit: Visit,
    Path((procedure, act)): Path<(String, String)>,
    request: Request,
) -> Result<Response, Fault> {
    let path = format!("/work/open/{procedure}/{act}");
    let (found, found_act) = find(&state, &procedure, &act)?;
    let mut rules = file_rules(&found, &found_act);
    rules.extend(workbook::rules(&found, &found_act));
    let arrived = visit.receive(&state.office, request, &rules, &path).await?;
    let once = arrived.typed.first("_once").map(str::to_owned);
    opening(&state, &visit, (&procedure, &act), once.as_deref())?.submit(arrived).await
}

/// The empty workbook of a table field.
pub async fn template(
    State(state): State<WebState>,
    visit: Visit,
    Path((id, file)): Path<(String, String)>,
) -> Result<Response, Fault> {
    visit.officer()?;
    let Some(procedure) = state.office.volume().procedure(&id, date_of(state.office.now())) else {
        return Err(Fault::NotFound(id));
    };
    uploads::template(&state, &visit, &procedure, &file)
}

/// A workbook as it was uploaded to the form, with every complaint at its cell.
pub async fn marked(
    State(state): State<WebState>,
    visit: Visit,
    Path((procedure, act, once, field)): Path<(String, String, String, String)>,
) -> Result<Response, Fault> {
    let opening = opening(&state, &visit, (&procedure, &act), Some(&once))?;
    let tray = opening.tray()?;
    let (given, _) = opening.given(&tray.typed().await?, &[]);
    let (procedure, act) = (&opening.procedure, &opening.act);
    let asked = Asked { procedure, act, case: None, given: &given, templates: TEMPLATES, base: "" };
    uploads::marked(&state, &visit, &asked, &tray.held().await?, &field).await
}

/// Lets go of a workbook and shows the form again with everything typed.
pub async fn let_go(
    State(state): State<WebState>,
    visit: Visit,
    Path((procedure, act, once, field)): Path<(String, String, String, String)>,
    request: Request,
) -> Result<Response, Fault> {
    let arrived = visit.receive(&state.office, request, &[], &format!("/work/open/{procedure}/{act}")).await?;
    let opening = opening(&state, &visit, (&procedure, &act), Some(&once))?;
    opening.tray()?.drop(&field).await?;
    opening.draw(&arrived.typed, &Faults::new(), Said::default()).await
}

/// The address of a removal that somebody loads again leads back to the form.
pub async fn back(Path((procedure, act, _, _)): Path<(String, String, String, String)>) -> Redirect {
    Redirect::to(&format!("/work/open/{procedure}/{act}"))
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
