//! The first page of a firm: what it can do, what it began, where its matters stand.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use guiju_kernel::organ::Register;
use guiju_kernel::procedure::definition::{FieldKind, Validator, Visibility};
use guiju_kernel::rows::{CaseRow, EntryRow};
use guiju_kernel::time;

use super::draft::Filing;
use super::filing::{DraftLine, draft_line};
use super::{open_to_parties, opening};
use crate::WebState;
use crate::casefile::{StationView, courier};
use crate::fault::Fault;
use crate::frame::Frame;
use crate::page::{Query, page};
use crate::show;
use crate::visit::Visit;

/// Matters on one page of the list.
const PAGE: u32 = 20;

/// A task that the portal offers.
pub struct Task {
    pub href: String,
    pub title: String,
    pub note: String,
}

/// A matter in a list, with its courier line.
pub struct MatterLine {
    pub href: String,
    pub title: String,
    pub number: String,
    pub state: String,
    pub opened: String,
    pub courier: Vec<StationView>,
    pub waits_for_you: bool,
}

#[derive(Template)]
#[template(path = "portal/home.html")]
struct Home {
    f: Frame,
    asked: String,
    found: Vec<Task>,
    tasks: Vec<Task>,
    drafts: Vec<DraftLine>,
    matters: Vec<MatterLine>,
    more: bool,
    signed_in: bool,
    name: Option<String>,
}

pub async fn home(State(state): State<WebState>, visit: Visit, Query(query): Query) -> Result<Response, Fault> {
    let asked = query.first("q").unwrap_or_default().trim().to_owned();
    let person = visit.person.as_ref().filter(|person| person.party.is_some());
    let mut matters = Vec::new();
    let mut drafts = Vec::new();
    let mut name = None;
    if let Some(person) = person {
        matters = state.office.my_cases(person, None, 6).await?;
        drafts = Filing::all(&state.office, person).await?;
        if let Some(party) = &person.party {
            name = state.office.party_name(party).await?;
        }
    }
    let more = matters.len() > 5;
    page(Home {
        found: found(&state, &visit, &asked),
        tasks: tasks(&state, &visit),
        drafts: lines(&state, &visit, &drafts),
        matters: matters.iter().take(5).map(|row| matter_line(&state, &visit, row)).collect(),
        more,
        signed_in: person.is_some(),
        name,
        asked,
        f: visit.frame(&state, "/portal"),
    })
}

fn lines(state: &WebState, visit: &Visit, drafts: &[Filing]) -> Vec<DraftLine> {
    let open = open_to_parties(&state.office.pack(), visit.now);
    drafts
        .iter()
        .filter_map(|draft| {
            Some(draft_line(visit, open.iter().find(|procedure| procedure.id == draft.procedure)?, draft))
        })
        .collect()
}

fn tasks(state: &WebState, visit: &Visit) -> Vec<Task> {
    let lang = visit.lang;
    let open = open_to_parties(&state.office.pack(), visit.now);
    let mut tasks: Vec<_> = open
        .iter()
        .filter_map(|procedure| {
            let act = opening(procedure)?;
            Some(Task {
                href: format!("/portal/file/{}", procedure.id),
                title: lang.text(&act.title).to_owned(),
                note: lang.text(&procedure.title).to_owned(),
            })
        })
        .collect();
    tasks.push(Task {
        href: "/portal/matters".to_owned(),
        title: lang.say("查进度", "Check progress").to_owned(),
        note: lang.say("在谁手上、何时到期", "who holds it, when it is due").to_owned(),
    });
    if officer_register(&state.office.pack().registers).is_some() {
        tasks.push(Task {
            href: "/portal/officer".to_owned(),
            title: lang.say("我的服务专员", "My service officer").to_owned(),
            note: lang.say("姓名、单位、联系方式", "name, unit, how to reach them").to_owned(),
        });
    }
    if state.faces.public {
        tasks.push(Task {
            href: "/public".to_owned(),
            title: lang.say("服务承诺", "Service promise").to_owned(),
            note: lang.say("承诺什么、做到没有", "what is promised and whether it was kept").to_owned(),
        });
    }
    tasks
}

/// What fits the words: procedures by title, and types of matters by title and the words people use.
fn found(state: &WebState, visit: &Visit, asked: &str) -> Vec<Task> {
    const MOST: usize = 12;
    if asked.is_empty() {
        return Vec::new();
    }
    let wanted = asked.to_lowercase();
    let fits = |texts: &[&str]| {
        texts.iter().any(|text| {
            text.to_lowercase().contains(&wanted) || (text.chars().count() > 1 && wanted.contains(&text.to_lowercase()))
        })
    };
    let mut hits = Vec::new();
    for procedure in open_to_parties(&state.office.pack(), visit.now) {
        let Some(act) = opening(&procedure) else { continue };
        let title = visit.lang.text(&act.title).to_owned();
        let href = format!("/portal/file/{}", procedure.id);
        if fits(&[&procedure.title.zh, &procedure.title.en, &act.title.zh, &act.title.en]) {
            hits.push(Task {
                href: href.clone(),
                title: title.clone(),
                note: visit.lang.text(&procedure.title).to_owned(),
            });
        }
        for (field, _) in crate::acting::taken(&procedure, act) {
            let FieldKind::Enum { choices, .. } = &field.kind else { continue };
            for choice in choices {
                let words: Vec<_> = choice
                    .words
                    .iter()
                    .map(String::as_str)
                    .chain([choice.title.zh.as_str(), &choice.title.en])
                    .collect();
                if fits(&words) {
                    let kind = visit.lang.text(&choice.title);
                    let about = crate::intake::percent_encoded(&choice.value);
                    hits.push(Task {
                        href: format!("{href}?{}={about}", field.name),
                        title: kind.to_owned(),
                        note: title.clone(),
                    });
                }
            }
        }
    }
    hits.truncate(MOST);
    hits
}

#[derive(Template)]
#[template(path = "portal/found.html")]
struct Found {
    f: Frame,
    asked: String,
    found: Vec<Task>,
}

/// The hits alone, while somebody types.
pub async fn find(State(state): State<WebState>, visit: Visit, Query(query): Query) -> Result<Response, Fault> {
    let asked = query.first("q").unwrap_or_default().trim().to_owned();
    page(Found { found: found(&state, &visit, &asked), asked, f: visit.frame(&state, "/portal") })
}

fn matter_line(state: &WebState, visit: &Visit, row: &CaseRow) -> MatterLine {
    let opened = time::from_millis(row.opened).unwrap_or(visit.now);
    let procedure = state.office.volume().procedure(&row.procedure, time::date_of(opened));
    let defined = procedure.as_ref().and_then(|procedure| procedure.state(&row.state));
    let yours = defined.is_some_and(|state| state.holder == Some(guiju_kernel::procedure::definition::Holder::Party));
    MatterLine {
        href: format!("/portal/matter/{}", row.id),
        title: row.headline.clone(),
        number: row.number.clone(),
        state: defined.map_or_else(|| row.state.clone(), |state| visit.lang.text(&state.title).to_owned()),
        opened: show::date(visit.lang, time::date_of(opened)),
        courier: procedure.map(|procedure| courier(&procedure, &row.state, visit.lang)).unwrap_or_default(),
        waits_for_you: yours,
    }
}

#[derive(Template)]
#[template(path = "portal/matters.html")]
struct Matters {
    f: Frame,
    matters: Vec<MatterLine>,
    next: Option<u64>,
    first: bool,
}

pub async fn matters(State(state): State<WebState>, visit: Visit, Query(query): Query) -> Result<Response, Fault> {
    let person = visit.signed_in()?;
    let before = query.first("before").and_then(|id| id.parse().ok());
    let rows = state.office.my_cases(person, before, PAGE + 1).await?;
    let shown = usize::try_from(PAGE).unwrap_or(20);
    page(Matters {
        next: rows.get(shown).and_then(|_| rows.get(shown - 1)).map(|row| row.id),
        first: before.is_none(),
        matters: rows.iter().take(shown).map(|row| matter_line(&state, &visit, row)).collect(),
        f: visit.frame(&state, "/portal/matters"),
    })
}

/// The register that names somebody for each firm: keyed by firms, with a field that points into a register of people.
fn officer_register(registers: &[Register]) -> Option<&Register> {
    let is_firms = |id: &str| {
        let register = registers.iter().find(|register| register.id == id);
        let key = register.and_then(|register| register.fields.iter().find(|field| field.name == register.key));
        key.is_some_and(|key| key.kind == FieldKind::Party || key.validate.contains(&Validator::CreditCode))
    };
    registers.iter().find(|register| {
        let keyed = register.fields.iter().any(|field| {
            field.name == register.key
                && match &field.kind {
                    FieldKind::Party => true,
                    FieldKind::Entry { register } => is_firms(register),
                    _ => false,
                }
        });
        keyed && people_field(register).is_some()
    })
}

/// The field that points to whoever serves the firm.
fn people_field(register: &Register) -> Option<(&str, &str)> {
    register.fields.iter().filter(|field| field.name != register.key).find_map(|field| match &field.kind {
        FieldKind::Entry { register } => Some((field.name.as_str(), register.as_str())),
        _ => None,
    })
}

#[derive(Template)]
#[template(path = "portal/officer.html")]
struct Officer {
    f: Frame,
    lines: Vec<(String, String)>,
}

/// What a party may read of an entry, by the office's own words for it.
fn open_lines(state: &WebState, visit: &Visit, register: &Register, row: &EntryRow) -> Vec<(String, String)> {
    let open = |name: &str| {
        register.fields.iter().any(|field| {
            field.name == name && field.visible <= Visibility::Party && !matches!(field.kind, FieldKind::Entry { .. })
        })
    };
    let lines = state.office.entry_lines(register, row).into_iter();
    lines
        .filter(|(name, ..)| open(name))
        .map(|(_, title, value)| (visit.lang.text(&title).to_owned(), visit.lang.text(&value).to_owned()))
        .collect()
}

pub async fn officer(State(state): State<WebState>, visit: Visit) -> Result<Response, Fault> {
    let person = visit.signed_in()?;
    let pack = state.office.pack();
    let mut lines = Vec::new();
    // Two registers name the officer of a firm; the firm may read its own line of each, which the registers' pages would refuse.
    if let (Some(register), Some(party)) = (officer_register(&pack.registers), &person.party)
        && let Some((field, people)) = people_field(register)
        && let Some(row) = state.office.store().entry(&register.id, party).await?
    {
        let officer =
            row.doc.get("fields").and_then(|fields| fields.get(field)).and_then(|key| key.as_str()).map(str::to_owned);
        if let (Some(officer), Some(people)) = (officer, pack.registers.iter().find(|register| register.id == people))
            && let Some(row) = state.office.store().entry(&people.id, &officer).await?
        {
            lines = open_lines(&state, &visit, people, &row);
        }
        lines.extend(open_lines(&state, &visit, register, &row));
    }
    page(Officer { lines, f: visit.frame(&state, "/portal") })
}
