//! One act on several cases: choose, see what each case will say, do it. Each case is an act of its own, refused or done.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::{Request, State};
use axum::response::Response;
use guiju_kernel::procedure::definition::{Act, FieldKind, Procedure};
use guiju_kernel::record::Origin;
use guiju_office::{Answer, Ask, CaseView, Target};

use crate::WebState;
use crate::acting::taken;
use crate::fault::Fault;
use crate::form::Posted;
use crate::form::control::{Around, Form};
use crate::form::read::{self, Faults};
use crate::frame::Frame;
use crate::page::page;
use crate::show;
use crate::visit::{self, Visit};

/// Cases in one go: what fits a page and a minute.
const MOST: usize = 100;

/// A case in a bulk act and what becomes of it.
struct Item {
    id: u64,
    number: String,
    headline: String,
    version: u64,
    /// Why not, when it is refused.
    why_not: Option<String>,
}

#[derive(Template)]
#[template(path = "work/bulk_choose.html")]
struct Choose {
    f: Frame,
    items: Vec<Item>,
    acts: Vec<(String, String, usize)>,
}

#[derive(Template)]
#[template(path = "work/bulk_form.html")]
struct FormPage {
    f: Frame,
    act: String,
    title: String,
    form: Form,
    able: Vec<Item>,
    unable: Vec<Item>,
    once: String,
    /// What each case will say, once the form is filled.
    preview: Option<Vec<(String, String)>>,
    /// What was typed, carried along while the preview is shown.
    carried: Vec<(String, String)>,
}

#[derive(Template)]
#[template(path = "work/bulk_done.html")]
struct DonePage {
    f: Frame,
    title: String,
    done: Vec<Item>,
    refused: Vec<Item>,
}

async fn views(state: &WebState, visit: &Visit, typed: &Posted) -> Result<Vec<CaseView>, Fault> {
    let mut views = Vec::new();
    let ids: Vec<u64> = typed.all("case").iter().filter_map(|id| id.parse().ok()).collect();
    if ids.len() > MOST {
        return Err(Fault::Unreadable(crate::say!(visit.lang, "一次最多办 {MOST} 件", "at most {MOST} cases at once")));
    }
    for id in ids {
        views.push(state.office.case_view(&visit.viewer(), id).await?);
    }
    Ok(views)
}

/// Acts that can be done in bulk: no files, since each case would need its own.
fn fits_bulk(procedure: &Procedure, act: &Act) -> bool {
    !act.from.is_empty()
        && !taken(procedure, act).any(|(field, required)| required && matches!(field.kind, FieldKind::File { .. }))
}

fn item(view: &CaseView, why_not: Option<String>) -> Item {
    Item {
        id: view.case.id,
        number: view.case.number.clone(),
        headline: view.case.headline.clone(),
        version: view.case.version,
        why_not,
    }
}

/// Which acts can be done on how many of the selected cases.
pub async fn choose(State(state): State<WebState>, visit: Visit, request: Request) -> Result<Response, Fault> {
    let arrived = visit.receive(&state.office, request, &[], "/work").await?;
    visit.officer()?;
    let views = views(&state, &visit, &arrived.typed).await?;
    let mut acts: BTreeMap<String, (String, usize)> = BTreeMap::new();
    for view in &views {
        for lawful in view.lawful.iter().filter(|lawful| lawful.refusal.is_none()) {
            let Some(act) = view.procedure.act(&lawful.act).filter(|act| fits_bulk(&view.procedure, act)) else {
                continue;
            };
            let key = format!("{}/{}", view.procedure.id, act.name);
            acts.entry(key).or_insert_with(|| (visit.lang.text(&act.title).to_owned(), 0)).1 += 1;
        }
    }
    page(Choose {
        items: views.iter().map(|view| item(view, None)).collect(),
        acts: acts.into_iter().map(|(key, (title, count))| (key, title, count)).collect(),
        f: visit.frame(&state, "/work"),
    })
}

struct Bulk<'a> {
    state: &'a WebState,
    visit: &'a Visit,
    procedure: String,
    act: String,
    views: Vec<CaseView>,
    typed: Posted,
}

impl<'a> Bulk<'a> {
    fn defined(&self) -> Result<(std::sync::Arc<Procedure>, Act), Fault> {
        let missing = || Fault::NotFound(self.act.clone());
        let view = self.views.iter().find(|view| view.procedure.id == self.procedure).ok_or_else(missing)?;
        let act =
            view.procedure.act(&self.act).filter(|act| fits_bulk(&view.procedure, act)).cloned().ok_or_else(missing)?;
        Ok((view.procedure.clone(), act))
    }

    fn split(&self) -> (Vec<Item>, Vec<Item>) {
        let judged = self.views.iter().map(|view| {
            let lawful =
                view.lawful.iter().find(|lawful| lawful.act == self.act && view.procedure.id == self.procedure);
            let why_not = match lawful {
                None => Some(self.visit.lang.say("这件事没有这个环节", "this case has no such act").to_owned()),
                Some(lawful) => lawful.refusal.as_ref().map(|refusal| self.visit.lang.text(&refusal.why).to_owned()),
            };
            item(view, why_not)
        });
        judged.partition(|item| item.why_not.is_none())
    }

    fn form(&self, faults: &Faults, preview: Option<Vec<(String, String)>>) -> Result<Response, Fault> {
        let (procedure, act) = self.defined()?;
        let pack = self.state.office.pack();
        let around =
            Around { lang: self.visit.lang, organs: &pack.organs, posted: &self.typed, faults, held: &[], tables: &[] };
        let fields = taken(&procedure, &act).filter(|(field, _)| !matches!(field.kind, FieldKind::File { .. }));
        let names: Vec<_> = act.takes.iter().map(|take| take.field.as_str()).collect();
        let carried = self.typed.0.iter().filter(|(name, _)| {
            names
                .iter()
                .any(|field| name == field || name.strip_prefix(*field).is_some_and(|rest| rest.starts_with('.')))
        });
        let (able, unable) = self.split();
        page(FormPage {
            act: format!("{}/{}", self.procedure, self.act),
            title: self.visit.lang.text(&act.title).to_owned(),
            form: Form::from_fields(fields, &around),
            able,
            unable,
            once: self.typed.first("_once").map_or_else(|| visit::random_hex(16), |once| Ok(once.to_owned()))?,
            carried: carried.cloned().collect(),
            preview,
            f: self.visit.frame(self.state, "/work"),
        })
    }

    async fn run(self) -> Result<Response, Fault> {
        let (procedure, act) = self.defined()?;
        let (given, faults) = self.given(&procedure, &act);
        if !faults.is_empty() {
            return self.form(&faults, None);
        }
        let person = self.visit.officer()?.clone();
        let once = self.typed.first("_once").unwrap_or_default().to_owned();
        let (able, mut refused) = self.split();
        let mut done = Vec::new();
        for mut item in able {
            let seen = self.typed.first(&format!("_seen.{}", item.id)).and_then(|seen| seen.parse().ok());
            let ask = Ask {
                target: Target::Case { id: item.id, seen },
                act: act.name.clone(),
                by: vec![person.clone()],
                done: None,
                origin: Origin::Own,
                given: given.clone(),
                files: Vec::new(),
                history: None,
                once: Some(format!("{once}-{}", item.id)),
            };
            match self.state.office.act(ask).await? {
                Answer::Done(_) => done.push(item),
                Answer::Refused(refusal) => {
                    item.why_not = Some(self.visit.lang.text(&refusal.why).to_owned());
                    refused.push(item);
                }
            }
        }
        page(DonePage {
            title: self.visit.lang.text(&act.title).to_owned(),
            done,
            refused,
            f: self.visit.frame(self.state, "/work"),
        })
    }

    fn given(&self, procedure: &Procedure, act: &Act) -> (serde_json::Map<String, serde_json::Value>, Faults) {
        let fields = taken(procedure, act).filter(|(field, _)| !matches!(field.kind, FieldKind::File { .. }));
        read::read(self.visit.lang, fields, &self.typed, &[])
    }

    fn preview(&self) -> Result<Response, Fault> {
        let (procedure, act) = self.defined()?;
        let (given, faults) = self.given(&procedure, &act);
        if !faults.is_empty() {
            return self.form(&faults, None);
        }
        let lang = self.visit.lang;
        let said = taken(&procedure, &act)
            .filter_map(|(field, _)| {
                Some((lang.text(&field.title).to_owned(), show::value(lang, field, given.get(&field.name)?)))
            })
            .collect();
        self.form(&Faults::new(), Some(said))
    }
}

/// Shows the form, then what each case will say, then does it: `_step` says which.
pub async fn act(State(state): State<WebState>, visit: Visit, request: Request) -> Result<Response, Fault> {
    let arrived = visit.receive(&state.office, request, &[], "/work").await?;
    visit.officer()?;
    let named = arrived.typed.first("_act").unwrap_or_default().to_owned();
    let (procedure, act) = named.split_once('/').ok_or_else(|| Fault::NotFound(named.clone()))?;
    let bulk = Bulk {
        state: &state,
        visit: &visit,
        procedure: procedure.to_owned(),
        act: act.to_owned(),
        views: views(&state, &visit, &arrived.typed).await?,
        typed: arrived.typed,
    };
    match bulk.typed.first("_step") {
        Some("do") => bulk.run().await,
        Some("preview") => bulk.preview(),
        _ => bulk.form(&Faults::new(), None),
    }
}
