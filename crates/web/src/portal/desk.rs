//! The desk at which a draft is written: which page it stands on, what that page shows, and its submission.
//!
//! Drawn from the pack: the pages are those that the opening act's fields call for. A draft that was submitted is gone; its
//! desk answers with the case that came of it.

use askama::Template;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use guiju_kernel::procedure::definition::{Act, FieldKind, Procedure, Subject};
use guiju_kernel::procedure::{Person, Refusal};
use guiju_kernel::record::Origin;
use guiju_office::{Answer, Ask, Target, Upload};

use super::draft::{DraftFile, Filing, drop_field, file_owner};
use super::opening;
use super::step::{self, StepName};
use crate::WebState;
use crate::acting::taken;
use crate::fault::Fault;
use crate::form::control::{Around, Form};
use crate::form::read::{self, Faults};
use crate::form::workbook;
use crate::form::{Arrived, Posted};
use crate::frame::Frame;
use crate::page::page;
use crate::visit::Visit;
use crate::{say, show};

/// Where the empty workbooks of tables stand on this face.
pub const TEMPLATES: &str = "/portal/template";

/// The procedure as it would be opened now.
pub fn procedure(state: &WebState, id: &str) -> Result<(std::sync::Arc<Procedure>, Act), Fault> {
    let missing = || Fault::NotFound(id.to_owned());
    let open = super::open_to_parties(&state.office.pack(), state.office.now());
    let procedure = open.into_iter().find(|procedure| procedure.id == id).ok_or_else(missing)?;
    let act = opening(&procedure).cloned().ok_or_else(missing)?;
    Ok((procedure, act))
}

/// Whoever files does so for a party.
pub fn party_of(visit: &Visit) -> Result<(&Person, &str), Fault> {
    let person = visit.signed_in()?;
    let holder = || Fault::NotYours(visit.lang.say("企业账号", "an enterprise account").to_owned());
    person.party.as_deref().map(|party| (person, party)).ok_or_else(holder)
}

/// Everything that a page of a filing is made from.
pub struct Desk<'a> {
    state: &'a WebState,
    visit: &'a Visit,
    pub procedure: std::sync::Arc<Procedure>,
    pub act: Act,
    pub filing: Filing,
    pub steps: Vec<StepName>,
    pub at: StepName,
}

#[derive(Template)]
#[template(path = "portal/step.html")]
struct StepPage {
    f: Frame,
    matter: String,
    title: &'static str,
    place: String,
    back: Option<String>,
    action: String,
    form: Form,
    saved: String,
    firm: Option<(String, String)>,
    held: Vec<(String, String, String)>,
    back_in: bool,
    autosave: bool,
    last: bool,
}

/// A line of the last page: the question, the answer, and where to change it.
struct Answered {
    id: String,
    name: String,
    text: String,
    change: String,
}

#[derive(Template)]
#[template(path = "portal/check.html")]
struct CheckPage {
    f: Frame,
    matter: String,
    title: &'static str,
    back: Option<String>,
    action: String,
    answers: Vec<Answered>,
    form: Form,
    refusal: Option<Refusal>,
    saved: String,
    submit: String,
    drop: String,
    confirm: Option<String>,
}

pub enum Opened<'a> {
    Here(Box<Desk<'a>>),
    /// The draft is gone because it was submitted: this case.
    Filed(u64),
}

impl<'a> Desk<'a> {
    pub async fn open(state: &'a WebState, visit: &'a Visit, draft: &str, at: &str) -> Result<Opened<'a>, Fault> {
        let (person, _) = party_of(visit)?;
        let Some(filing) = Filing::load(&state.office, person, draft).await? else {
            return match state.office.store().once(draft).await? {
                Some(seq) => Ok(Opened::Filed(seq)),
                None => Err(Fault::NotFound(visit.lang.say("这份草稿", "this draft").to_owned())),
            };
        };
        let (procedure, act) = procedure(state, &filing.procedure)?;
        let at = StepName::of(at).ok_or_else(|| Fault::NotFound(at.to_owned()))?;
        let steps = step::steps(&procedure, &act);
        Ok(Opened::Here(Box::new(Desk { state, visit, procedure, act, filing, steps, at })))
    }

    pub fn path(&self, step: StepName) -> String {
        format!("/portal/draft/{}/{}", self.filing.id, step.id())
    }

    pub fn saved(&self) -> String {
        saved_line(self.visit, &self.filing)
    }

    pub async fn draw(&self, faults: &Faults, refusal: Option<Refusal>, back_in: bool) -> Result<Response, Fault> {
        if self.at == StepName::Check {
            return self.draw_check(faults, refusal).await;
        }
        let lang = self.visit.lang;
        let (files, _) = self.held_apart().await?;
        let mut shown = self.filing.typed.clone();
        self.prefill(&mut shown);
        let pack = self.state.office.pack();
        let mut faults = faults.clone();
        let tables = self.offers(&mut faults).await?;
        let around = Around { lang, organs: &pack.organs, posted: &shown, faults: &faults, held: &[], tables: &tables };
        let form = Form::from_fields(step::fields(&self.procedure, &self.act, self.at), &around).heading_on_single();
        let at = self.steps.iter().position(|step| *step == self.at).unwrap_or(0) + 1;
        let of = self.steps.len();
        let firm = match (&self.at, self.visit.person.as_ref().and_then(|person| person.party.clone())) {
            (StepName::Who, Some(party)) => {
                let name = self.state.office.party_name(&party).await?.unwrap_or_default();
                Some((name, party))
            }
            _ => None,
        };
        page(StepPage {
            matter: lang.text(&self.act.title).to_owned(),
            title: self.at.title(lang),
            place: say!(lang, "第 {at} 步，共 {of} 步", "Step {at} of {of}"),
            back: step::previous(&self.steps, self.at).map(|step| self.path(step)),
            action: self.path(self.at),
            saved: self.saved(),
            firm,
            held: files.iter().filter(|_| self.at == StepName::Attach).map(|file| self.held(file)).collect(),
            back_in,
            autosave: !form.multipart,
            last: step::next(&self.steps, self.at) == StepName::Check,
            form,
            f: self.visit.frame(self.state, "/portal"),
        })
    }

    /// The files of the draft: attachments, and apart from them the workbooks that fill tables.
    pub async fn held_apart(&self) -> Result<(Vec<DraftFile>, Vec<Upload>), Fault> {
        let held = self.filing.files(&self.state.office).await?;
        let (tables, files): (Vec<_>, Vec<_>) =
            held.into_iter().partition(|file| workbook::fills_table(&self.procedure, &file.upload));
        Ok((files, tables.into_iter().map(|file| file.upload).collect()))
    }

    /// Whether a field stands on the page at hand.
    pub fn is_here(&self, field: &str) -> bool {
        step::page_of(&self.procedure, field) == Some(self.at)
    }

    /// Whether a workbook for a table has just arrived.
    pub fn filled_a_table(&self, arrived: &Arrived) -> bool {
        arrived.files.iter().any(|file| workbook::fills_table(&self.procedure, file))
    }

    /// What the tables of this page offer; those of other pages are not judged here.
    async fn offers(&self, faults: &mut Faults) -> Result<Vec<workbook::Offer>, Fault> {
        if !step::fields(&self.procedure, &self.act, self.at).iter().any(|(field, _)| workbook::is_table(field)) {
            return Ok(Vec::new());
        }
        let (_, held) = self.held_apart().await?;
        let (given, _) = read::read(self.visit.lang, taken(&self.procedure, &self.act), &self.filing.typed, &[]);
        let (procedure, act, base) = (&self.procedure, &self.act, self.tables_base());
        let asked = workbook::Asked { procedure, act, case: None, given: &given, templates: TEMPLATES, base: &base };
        Ok(workbook::offers(self.state, self.visit, &asked, &held, faults).await?)
    }

    /// Under which address the workbooks of this draft stand.
    pub fn tables_base(&self) -> String {
        format!("/portal/draft/{}/table", self.filing.id)
    }

    fn held(&self, file: &DraftFile) -> (String, String, String) {
        let size = show::bytes(u64::try_from(file.upload.content.len()).unwrap_or(u64::MAX));
        (file.upload.name.clone(), size, format!("/portal/draft/{}/file/{}/drop", self.filing.id, file.id))
    }

    /// The chosen type's own template stands in the text until somebody writes over it.
    fn prefill(&self, shown: &mut Posted) {
        let lang = self.visit.lang;
        let template = self.procedure.fields.iter().find_map(|field| {
            let FieldKind::Enum { choices, .. } = &field.kind else { return None };
            let chosen = shown.all(&field.name);
            choices.iter().filter(|choice| chosen.contains(&choice.value)).find_map(|choice| choice.template.as_ref())
        });
        let long = step::fields(&self.procedure, &self.act, StepName::Describe)
            .into_iter()
            .find(|(field, _)| matches!(field.kind, FieldKind::Text { lines, .. } if lines > 1));
        if let (Some(template), Some((field, _))) = (template, long)
            && !shown.has(&field.name)
        {
            shown.set(&field.name, lang.text(template));
        }
    }

    async fn draw_check(&self, faults: &Faults, refusal: Option<Refusal>) -> Result<Response, Fault> {
        let lang = self.visit.lang;
        let (files, tables) = self.held_apart().await?;
        let names: Vec<_> = files.iter().map(|file| file.upload.field.clone()).collect();
        let (mut given, mut found) = read::read(lang, taken(&self.procedure, &self.act), &self.filing.typed, &names);
        workbook::fill(self.state, lang, &self.procedure, &tables, &mut given, &mut found);
        found.extend(faults.clone());
        let mut answers = Vec::new();
        let mut errors = Vec::new();
        for (field, _) in taken(&self.procedure, &self.act) {
            let step = step::page_of(&self.procedure, &field.name).unwrap_or(StepName::Describe);
            let change = format!("{}#f-{}", self.path(step), field.name);
            let shown = match &field.kind {
                FieldKind::File { .. } => {
                    let held = files.iter().filter(|file| file.upload.field == field.name);
                    held.map(|file| file.upload.name.clone()).collect::<Vec<_>>().join("\n")
                }
                FieldKind::Table { .. } if tables.iter().any(|table| table.field == field.name) => {
                    let rows = given.get(&field.name).and_then(|rows| rows.as_array()).map_or(0, Vec::len);
                    say!(lang, "共 {rows} 行，来自上传的表格", "{rows} rows from the workbook")
                }
                _ => given.get(&field.name).map(|value| show::value(lang, field, value)).unwrap_or_default(),
            };
            if let Some(fault) = found.get(&field.name) {
                errors.push((format!("a-{}", field.name), fault.clone()));
            }
            let (id, name) = (format!("a-{}", field.name), lang.text(&field.title).to_owned());
            answers.push(Answered { id, name, text: shown, change });
        }
        page(CheckPage {
            matter: lang.text(&self.act.title).to_owned(),
            title: StepName::Check.title(lang),
            back: step::previous(&self.steps, StepName::Check).map(|step| self.path(step)),
            action: self.path(StepName::Check),
            answers,
            form: Form { errors, ..Form::default() },
            refusal,
            saved: self.saved(),
            submit: lang.text(&self.act.title).to_owned(),
            drop: format!("/portal/draft/{}/drop", self.filing.id),
            confirm: self.act.confirm.as_ref().map(|confirm| lang.text(confirm).to_owned()),
            f: self.visit.frame(self.state, "/portal"),
        })
    }

    /// Takes over what a page posted; a draft remembers the furthest page.
    pub async fn take(&mut self, arrived: &Arrived) -> Result<(), Fault> {
        let names: Vec<_> = step::fields(&self.procedure, &self.act, self.at)
            .into_iter()
            .map(|(field, _)| field.name.as_str())
            .collect();
        self.filing.typed.replace(&names, &arrived.typed);
        self.filing.reached = self.filing.reached.max(self.at);
        self.filing.updated = self.state.office.now();
        self.filing.save(&self.state.office).await?;
        for file in &arrived.files {
            if workbook::fills_table(&self.procedure, file) {
                drop_field(&self.state.office, &file_owner(&self.filing.id), &file.field).await?;
            }
            self.filing.add_file(&self.state.office, file).await?;
        }
        Ok(())
    }

    /// Submits the whole draft.
    pub async fn submit(mut self) -> Result<Response, Fault> {
        let (person, party) = party_of(self.visit)?;
        let (files, tables) = self.held_apart().await?;
        let files: Vec<_> = files.into_iter().map(|file| file.upload).collect();
        let names: Vec<_> = files.iter().map(|file| file.field.clone()).collect();
        let (mut given, mut faults) =
            read::read(self.visit.lang, taken(&self.procedure, &self.act), &self.filing.typed, &names);
        workbook::fill(self.state, self.visit.lang, &self.procedure, &tables, &mut given, &mut faults);
        if !faults.is_empty() {
            let page = self.draw_check(&faults, None).await?;
            return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
        }
        let ask = opening_ask(&self.procedure, &self.act, person, party, given, files, Some(self.filing.id.clone()));
        match self.state.office.act(ask).await? {
            Answer::Done(done) => {
                self.filing.drop(&self.state.office).await?;
                Ok(Redirect::to(&format!("/portal/receipt/{}", done.case)).into_response())
            }
            Answer::Refused(refusal) => {
                let mut faults = Faults::new();
                if let Some(field) = &refusal.field {
                    faults.insert(field.clone(), self.visit.lang.text(&refusal.why).to_owned());
                }
                self.at = StepName::Check;
                let page = self.draw_check(&faults, Some(*refusal)).await?;
                Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
            }
        }
    }
}

pub fn opening_ask(
    procedure: &Procedure,
    act: &Act,
    person: &Person,
    party: &str,
    given: serde_json::Map<String, serde_json::Value>,
    files: Vec<Upload>,
    once: Option<String>,
) -> Ask {
    let subject = (procedure.subject == Subject::Party).then(|| party.to_owned());
    Ask {
        target: Target::New { procedure: procedure.id.clone(), subject },
        act: act.name.clone(),
        by: vec![person.clone()],
        done: None,
        origin: Origin::Own,
        given,
        files,
        history: None,
        once,
    }
}

fn saved_line(visit: &Visit, filing: &Filing) -> String {
    let at = guiju_kernel::time::civil_of(filing.updated);
    let (hour, minute) = (at.hour(), at.minute());
    say!(
        visit.lang,
        "尚未提交，草稿已于 {hour:02}:{minute:02} 保存",
        "Not submitted yet; draft saved at {hour:02}:{minute:02}"
    )
}
