//! One form, one act: how anybody does anything to a case, on every face.
//!
//! The form is drawn from what the act takes. A refusal comes back as a sentence beside everything that was typed; when somebody
//! else moved the case meanwhile, the page says what changed. Each form carries a token: sent twice, it is done once.

use askama::Template;
use axum::extract::Request;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use guiju_kernel::procedure::definition::{Act, Field, FieldKind, Procedure};
use guiju_kernel::procedure::{Person, Refusal, RefusalKind};
use guiju_kernel::record::Origin;
use guiju_kernel::time;
use guiju_office::{Answer, Ask, CaseView, Done, Step, Target};

use crate::WebState;
use crate::fault::Fault;
use crate::form::control::{Around, Form};
use crate::form::read::{self, Faults};
use crate::form::uploads::{self, Tray};
use crate::form::workbook::{self, Offer as TableOffer};
use crate::form::{Arrived, Posted};
use crate::frame::Frame;
use crate::intake::FileRule;
use crate::page::page;
use crate::portal::TEMPLATES;
use crate::together::{self, Offer};
use crate::visit::{self, Visit};

/// The act page of one case on one face.
pub struct Acting<'a> {
    pub state: &'a WebState,
    pub visit: &'a Visit,
    /// Where this face shows cases: `/portal/matter` or `/work/case`.
    pub base: &'static str,
    /// The navigation entry that the page belongs to.
    pub nav: &'static str,
    pub id: u64,
    pub act: &'a str,
}

#[derive(Template)]
#[template(path = "act.html")]
struct ActPage {
    f: Frame,
    title: String,
    number: String,
    headline: String,
    back: String,
    action: String,
    basis: Vec<String>,
    form: Form,
    offers: Vec<Offer>,
    once: String,
    seen: Option<u64>,
    confirm: Option<String>,
    refusal: Option<Refusal>,
    changes: Vec<Step>,
    possible: bool,
    earlier: bool,
    done: String,
    back_in: bool,
    typed: Vec<(String, String)>,
}

/// The file rules of an act's file fields.
pub fn file_rules(procedure: &Procedure, act: &Act) -> Vec<FileRule> {
    act.takes
        .iter()
        .filter_map(|take| {
            let field = procedure.field(&take.field)?;
            let FieldKind::File { types, max_bytes, most } = &field.kind else { return None };
            Some(FileRule { field: field.name.clone(), types: types.clone(), max_bytes: *max_bytes, most: *most })
        })
        .collect()
}

/// The fields an act takes, with whether each is required.
pub fn taken<'p>(procedure: &'p Procedure, act: &'p Act) -> impl Iterator<Item = (&'p Field, bool)> {
    act.takes.iter().filter_map(|take| procedure.field(&take.field).map(|field| (field, take.required)))
}

/// Faults of refused files by field, with those of the typed answers.
pub fn all_faults(visit: &Visit, mut faults: Faults, arrived: &Arrived) -> Faults {
    for (field, fault) in &arrived.refused {
        faults.insert(field.clone(), fault.sentence(visit.lang));
    }
    faults
}

/// What there is to say besides the form itself.
#[derive(Default)]
struct Said {
    refusal: Option<Refusal>,
    changes: Vec<Step>,
    back_in: bool,
    once: Option<String>,
}

impl Acting<'_> {
    fn page_path(&self) -> String {
        format!("{}/{}/act/{}", self.base, self.id, self.act)
    }

    fn find<'v>(&self, view: &'v CaseView) -> Result<&'v Act, Fault> {
        view.procedure
            .act(self.act)
            .filter(|act| !act.from.is_empty())
            .ok_or_else(|| Fault::NotFound(self.act.to_owned()))
    }

    /// Shows the form, or why the act is not possible now.
    ///
    /// # Errors
    /// When the case cannot be shown to this visitor.
    pub async fn show(&self, query: &Posted) -> Result<Response, Fault> {
        self.visit.signed_in()?;
        let view = self.state.office.case_view(&self.visit.viewer(), self.id).await?;
        self.find(&view)?;
        let kept = self.visit.kept(&self.state.office, query).await?;
        let back_in = kept.is_some();
        let typed = kept.unwrap_or_else(|| query.answers());
        let refusal = self.refused_now(&view);
        self.draw(&view, &typed, &Faults::new(), Said { refusal, back_in, ..Said::default() }).await
    }

    /// Does the act, or shows the form again with what is wrong.
    ///
    /// # Errors
    /// When the office cannot decide (no right to see the case, disk full …): nothing was recorded.
    pub async fn submit(&self, request: Request) -> Result<Response, Fault> {
        let rules = match self.state.office.case_view(&self.visit.viewer(), self.id).await {
            Ok(view) => self.find(&view).map(|act| {
                let mut rules = file_rules(&view.procedure, act);
                rules.extend(workbook::rules(&view.procedure, act));
                rules
            })?,
            // Whoever is not signed in any more gets their typed text kept before they are asked to sign in.
            Err(_) if self.visit.person.is_none() => Vec::new(),
            Err(error) => return Err(error.into()),
        };
        let mut arrived = self.visit.receive(&self.state.office, request, &rules, &self.page_path()).await?;
        let person = self.visit.signed_in()?.clone();
        let view = self.state.office.case_view(&self.visit.viewer(), self.id).await?;
        let act = self.find(&view)?;
        let by = together::named(self.state, person, act, &arrived.typed).await?;
        let tray = self.tray()?;
        let looked = tray.keep(&view.procedure, &mut arrived).await? || arrived.typed.has("_look");
        let (mut ask, mut faults) = self.ask(&view, act, by, &arrived);
        let tables = tray.held().await?;
        workbook::fill(self.state, self.visit.lang, &view.procedure, &tables, &mut ask.given, &mut faults);
        if looked {
            tray.keep_typed(&arrived.typed).await?;
            // Nothing is done yet: the page shows what was read, with everything typed, and its button confirms.
            faults.retain(|field, _| arrived.refused.iter().any(|(refused, _)| refused == field));
            let once = arrived.typed.first("_once").map(str::to_owned);
            return self.draw(&view, &arrived.typed, &faults, Said { once, ..Said::default() }).await;
        }
        if !faults.is_empty() && self.done_before(&arrived.typed).await? {
            // Sent twice: its workbooks are let go of by now.
            return Ok(Redirect::to(&format!("{}/{}", self.base, self.id)).into_response());
        }
        if !faults.is_empty() {
            let once = arrived.typed.first("_once").map(str::to_owned);
            let page = self.draw(&view, &arrived.typed, &faults, Said { once, ..Said::default() }).await?;
            let large =
                arrived.refused.iter().any(|(_, fault)| matches!(fault, crate::intake::FileFault::TooLarge { .. }));
            let status = if large { StatusCode::PAYLOAD_TOO_LARGE } else { StatusCode::UNPROCESSABLE_ENTITY };
            return Ok((status, page).into_response());
        }
        let seen = match &ask.target {
            Target::Case { seen, .. } => *seen,
            Target::New { .. } | Target::Opened { .. } => None,
        };
        match self.state.office.act(ask).await? {
            Answer::Done(Done { seq, .. }) => {
                if !tables.is_empty() {
                    tray.clear().await?;
                }
                // The dispatch board sends people back to itself, and nothing sends them anywhere else.
                let board = arrived.typed.first("_back") == Some("/work/dispatch");
                let to =
                    if board { "/work/dispatch".to_owned() } else { format!("{}/{}?done={seq}", self.base, self.id) };
                Ok(Redirect::to(&to).into_response())
            }
            Answer::Refused(refusal) => self.refused(*refusal, seen, &arrived.typed).await,
        }
    }

    /// Whether the form was sent before, and done.
    async fn done_before(&self, typed: &Posted) -> Result<bool, Fault> {
        let Some(once) = typed.first("_once") else { return Ok(false) };
        Ok(self.state.office.store().once(once).await?.is_some())
    }

    /// Where the workbooks that were uploaded for this act lie.
    fn tray(&self) -> Result<Tray<'_>, Fault> {
        Ok(Tray::of_case(&self.state.office, self.visit.signed_in()?, self.id, self.act))
    }

    /// An uploaded workbook with every complaint at its cell.
    ///
    /// # Errors
    /// When the case is not theirs, or nothing is held for the field.
    pub async fn marked(&self, field: &str) -> Result<Response, Fault> {
        let tray = self.tray()?;
        let (held, typed) = (tray.held().await?, tray.typed().await?);
        let view = self.state.office.case_view(&self.visit.viewer(), self.id).await?;
        let (procedure, act, case) = (&view.procedure, self.find(&view)?, Some(&view.case));
        let (given, _) = read::read(self.visit.lang, taken(procedure, act), &typed, &[]);
        let asked = workbook::Asked { procedure, act, case, given: &given, templates: "", base: "" };
        uploads::marked(self.state, self.visit, &asked, &held, field).await
    }

    /// Lets go of an uploaded workbook and shows the form again with everything typed.
    ///
    /// # Errors
    /// When the case is not theirs, or the store cannot forget the workbook.
    pub async fn let_go(&self, field: &str, request: Request) -> Result<Response, Fault> {
        let arrived = self.visit.receive(&self.state.office, request, &[], &self.page_path()).await?;
        let view = self.state.office.case_view(&self.visit.viewer(), self.id).await?;
        self.tray()?.drop(field).await?;
        let once = arrived.typed.first("_once").map(str::to_owned);
        self.draw(&view, &arrived.typed, &Faults::new(), Said { once, ..Said::default() }).await
    }

    async fn offers(&self, view: &CaseView, typed: &Posted, faults: &mut Faults) -> Result<Vec<TableOffer>, Fault> {
        let act = self.find(view)?;
        let (given, _) = read::read(self.visit.lang, taken(&view.procedure, act), typed, &[]);
        let base = format!("{}/table", self.page_path());
        let templates = if self.base == "/work/case" { crate::work::open::TEMPLATES } else { TEMPLATES };
        let (procedure, case) = (&view.procedure, Some(&view.case));
        let asked = workbook::Asked { procedure, act, case, given: &given, templates, base: &base };
        let held = self.tray()?.held().await?;
        Ok(workbook::offers(self.state, self.visit, &asked, &held, faults).await?)
    }

    fn ask(&self, view: &CaseView, act: &Act, by: Vec<Person>, arrived: &Arrived) -> (Ask, Faults) {
        let lang = self.visit.lang;
        let posted = &arrived.typed;
        let names: Vec<_> = arrived.files.iter().map(|file| file.field.clone()).collect();
        let (given, faults) = read::read(lang, taken(&view.procedure, act), posted, &names);
        let mut faults = all_faults(self.visit, faults, arrived);
        let done = match posted.first("_done").map(str::trim).filter(|text| !text.is_empty()) {
            None => None,
            Some(text) => match read::moment_of(lang, text) {
                Ok(at) => Some(at),
                Err(fault) => {
                    faults.insert("_done".to_owned(), fault);
                    None
                }
            },
        };
        let seen = posted.first("_seen").and_then(|seen| seen.parse().ok());
        let ask = Ask {
            target: Target::Case { id: self.id, seen },
            act: act.name.clone(),
            by,
            done,
            origin: Origin::Own,
            given,
            files: arrived.files.clone(),
            history: None,
            once: posted.first("_once").map(str::to_owned),
        };
        (ask, faults)
    }

    /// The form again, with the refusal at its field or above the form; a conflict says what changed.
    async fn refused(&self, refusal: Refusal, seen: Option<u64>, typed: &Posted) -> Result<Response, Fault> {
        let view = self.state.office.case_view(&self.visit.viewer(), self.id).await?;
        let mut faults = Faults::new();
        if let Some(field) = &refusal.field {
            faults.insert(field.clone(), self.visit.lang.text(&refusal.why).to_owned());
        }
        let conflict = refusal.kind == RefusalKind::Conflict;
        let changes = match seen {
            Some(seen) if conflict => view.timeline.iter().filter(|step| step.seq > seen).cloned().collect(),
            _ => Vec::new(),
        };
        let status = if conflict { StatusCode::CONFLICT } else { StatusCode::UNPROCESSABLE_ENTITY };
        let refusal = if conflict { self.refused_now(&view) } else { Some(refusal) };
        let page = self.draw(&view, typed, &faults, Said { refusal, changes, ..Said::default() }).await?;
        Ok((status, page).into_response())
    }

    fn refused_now(&self, view: &CaseView) -> Option<Refusal> {
        view.lawful.iter().find(|lawful| lawful.act == self.act).and_then(|lawful| lawful.refusal.clone())
    }

    async fn draw(&self, view: &CaseView, typed: &Posted, faults: &Faults, said: Said) -> Result<Response, Fault> {
        let act = self.find(view)?;
        let lang = self.visit.lang;
        let pack = self.state.office.pack();
        let mut faults = faults.clone();
        let tables = self.offers(view, typed, &mut faults).await?;
        let around = Around { lang, organs: &pack.organs, posted: typed, faults: &faults, held: &[], tables: &tables };
        let mut form = Form::of(&view.procedure, act, &around);
        if let Some(fault) = faults.get("_done") {
            form.errors.push(("f-_done".to_owned(), fault.clone()));
        }
        let possible = self.refused_now(view).is_none();
        let kept = taken(&view.procedure, act).filter(|_| !possible).flat_map(|(field, _)| {
            typed.all(&field.name).into_iter().map(|text| (lang.text(&field.title).to_owned(), text))
        });
        let offers = together::offers(self.state, lang, self.visit.person.as_ref(), act, typed).await?;
        page(ActPage {
            offers,
            title: lang.text(&act.title).to_owned(),
            number: view.case.number.clone(),
            headline: view.case.headline.clone(),
            back: format!("{}/{}", self.base, self.id),
            action: self.page_path(),
            basis: act.basis.clone(),
            typed: kept.filter(|(_, text)| !text.trim().is_empty()).collect(),
            form,
            once: match said.once {
                Some(once) => once,
                None => visit::random_hex(16)?,
            },
            seen: Some(view.case.version),
            confirm: act.confirm.as_ref().map(|confirm| lang.text(confirm).to_owned()),
            refusal: said.refusal,
            changes: said.changes,
            possible,
            earlier: self.base == "/work/case",
            done: typed.first("_done").unwrap_or_default().to_owned(),
            back_in: said.back_in,
            f: self.visit.frame(self.state, self.nav),
        })
    }
}

/// Whether two moments are far enough apart to be shown as two: an act recorded more than a minute after it was done.
pub fn recorded_later(step: &Step) -> bool {
    time::to_millis(step.recorded).saturating_sub(time::to_millis(step.done)) > 60_000
}
