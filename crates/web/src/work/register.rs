//! Registers: list, entry, its history as differences, and the form to change it. Derived from the register's fields.

use askama::Template;
use axum::extract::{Path, Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use guiju_kernel::organ::Register;
use guiju_kernel::procedure::definition::{Field, FieldKind, Visibility};
use guiju_kernel::procedure::{Person, Refusal, RefusalKind};
use guiju_kernel::rows::EntryRow;
use guiju_kernel::time;
use guiju_office::Answer;
use guiju_store::EntryQuery;
use serde_json::Value;

use crate::WebState;
use crate::fault::Fault;
use crate::form::Posted;
use crate::form::control::{Around, Form};
use crate::form::read::{self, Faults};
use crate::frame::Frame;
use crate::intake::percent_encoded;
use crate::page::{Query, page};
use crate::visit::{self, Visit};

const PAGE: u32 = 50;

#[derive(Template)]
#[template(path = "work/registers.html")]
struct Index {
    f: Frame,
    registers: Vec<Register>,
}

pub async fn index(State(state): State<WebState>, visit: Visit) -> Result<Response, Fault> {
    let registers = state.office.registers_of(visit.officer()?);
    page(Index { registers, f: visit.frame(&state, "/work/registers") })
}

fn find(state: &WebState, person: &Person, id: &str) -> Result<Register, Fault> {
    state.office.registers_of(person).into_iter().find(|register| register.id == id).ok_or_else(|| {
        let pack = state.office.pack();
        match pack.registers.iter().find(|register| register.id == id) {
            None => Fault::NotFound(id.to_owned()),
            Some(register) => {
                let roles = pack.roles.iter().filter(|role| register.kept_by.contains(&role.id));
                Fault::NotYours(roles.map(|role| role.title.zh.clone()).collect::<Vec<_>>().join("、"))
            }
        }
    })
}

fn keeps(person: &Person, register: &Register) -> bool {
    register.kept_by.iter().any(|role| person.roles.contains(role))
}

/// The columns of a list: the first fields that are not personal.
pub fn columns(register: &Register) -> Vec<&Field> {
    const MOST: usize = 6;
    let shown = register.fields.iter().filter(|field| field.visible != Visibility::Personal);
    shown.filter(|field| !matches!(field.kind, FieldKind::Table { .. } | FieldKind::File { .. })).take(MOST).collect()
}

/// A row of a list: its key and the shown columns.
pub fn cells(state: &WebState, visit: &Visit, register: &Register, row: &EntryRow) -> Vec<String> {
    let lines = state.office.entry_lines(register, row);
    let shown = columns(register).into_iter().map(|field| {
        let line = lines.iter().find(|(name, ..)| *name == field.name);
        line.map(|(_, _, value)| visit.lang.text(value).to_owned()).unwrap_or_default()
    });
    shown.collect()
}

#[derive(Template)]
#[template(path = "work/register.html")]
struct List {
    f: Frame,
    register: Register,
    columns: Vec<String>,
    rows: Vec<(String, Vec<String>)>,
    asked: String,
    next: Option<String>,
    keeper: bool,
}

pub async fn list(
    State(state): State<WebState>,
    visit: Visit,
    Path(id): Path<String>,
    Query(query): Query,
) -> Result<Response, Fault> {
    let person = visit.officer()?;
    let register = find(&state, person, &id)?;
    let asked = query.first("q").unwrap_or_default().trim().to_owned();
    let ask = EntryQuery {
        register: id,
        contains: Some(asked.clone()).filter(|asked| !asked.is_empty()),
        after: query.first("after").filter(|after| !after.is_empty()).map(str::to_owned),
        limit: PAGE,
    };
    let found = state.office.entries(person, &ask).await?;
    page(List {
        columns: columns(&register).into_iter().map(|field| visit.lang.text(&field.title).to_owned()).collect(),
        rows: found.rows.iter().map(|row| (percent_encoded(&row.key), cells(&state, &visit, &register, row))).collect(),
        next: found.rows.last().filter(|_| found.more).map(|row| percent_encoded(&row.key)),
        keeper: keeps(person, &register),
        asked,
        register,
        f: visit.frame(&state, "/work/registers"),
    })
}

/// One version of an entry beside the one before it.
struct Version {
    number: u32,
    since: i64,
    until: Option<i64>,
    seq: u64,
    ended: bool,
    changes: Vec<(String, String, String)>,
}

#[derive(Template)]
#[template(path = "work/entry.html")]
struct EntryPage {
    f: Frame,
    register: Register,
    title: String,
    key: String,
    plain_key: String,
    lines: Vec<(String, String, String, bool)>,
    versions: Vec<Version>,
    form: Option<Form>,
    once: String,
    seen: Option<u32>,
    shown: Option<(String, String)>,
    refusal: Option<Refusal>,
    done: bool,
    back_in: bool,
}

fn versions(state: &WebState, visit: &Visit, register: &Register, history: &[EntryRow]) -> Vec<Version> {
    let lines = |row: &EntryRow| -> Vec<(String, String)> {
        let lines = state.office.entry_lines(register, row).into_iter();
        lines
            .map(|(_, title, value)| (visit.lang.text(&title).to_owned(), visit.lang.text(&value).to_owned()))
            .collect()
    };
    let mut versions = Vec::new();
    let mut before: Vec<(String, String)> = Vec::new();
    for row in history {
        let now = lines(row);
        let value = |lines: &[(String, String)], title: &str| {
            lines.iter().find(|(name, _)| name == title).map(|(_, value)| value.clone()).unwrap_or_default()
        };
        let mut titles: Vec<_> = now.iter().map(|(title, _)| title.clone()).collect();
        titles.extend(
            before.iter().map(|(title, _)| title.clone()).filter(|title| !now.iter().any(|(name, _)| name == title)),
        );
        let ended = row.until == Some(row.since);
        let changes = titles
            .into_iter()
            .map(|title| (value(&before, &title), value(&now, &title), title))
            .filter(|(old, new, _)| old != new && !ended)
            .map(|(old, new, title)| (title, old, new))
            .collect();
        versions.push(Version {
            number: row.version,
            since: row.since,
            until: row.until,
            seq: row.seq,
            ended,
            changes,
        });
        if !ended {
            before = now;
        }
    }
    versions.reverse();
    versions
}

/// What an entry's form starts from: its values as one would type them.
fn typed_of(register: &Register, row: &EntryRow) -> Posted {
    let mut typed = Posted::default();
    let empty = Value::Null;
    let fields = row.doc.get("fields").unwrap_or(&empty);
    for field in &register.fields {
        let Some(value) = fields.get(&field.name) else { continue };
        match (&field.kind, value) {
            (FieldKind::Money, Value::Number(fen)) => {
                let fen = fen.as_i64().unwrap_or(0);
                typed.set(&field.name, format!("{}.{:02}", fen / 100, fen.rem_euclid(100)));
            }
            (FieldKind::Flag, Value::Bool(false)) => {}
            (FieldKind::List { .. }, Value::Array(items)) => {
                let lines: Vec<_> =
                    items.iter().map(|item| item.as_str().map_or_else(|| item.to_string(), str::to_owned)).collect();
                typed.set(&field.name, lines.join("\n"));
            }
            (FieldKind::Table { .. }, Value::Array(rows)) => {
                for (at, row) in rows.iter().enumerate() {
                    for (name, cell) in row.as_object().into_iter().flatten() {
                        let text = cell.as_str().map_or_else(|| cell.to_string(), str::to_owned);
                        typed.0.push((format!("{}.{at}.{name}", field.name), text));
                    }
                }
            }
            (FieldKind::DateTime, Value::String(text)) => {
                let shown: String = text.chars().take(16).collect();
                typed.set(&field.name, shown.replace('T', " "));
            }
            (_, Value::Array(items)) => {
                typed.0.extend(items.iter().filter_map(|item| Some((field.name.clone(), item.as_str()?.to_owned()))));
            }
            (_, Value::String(text)) => typed.set(&field.name, text.clone()),
            (_, other) => typed.set(&field.name, other.to_string()),
        }
    }
    typed
}

#[derive(Default)]
struct Said {
    faults: Faults,
    refusal: Option<Refusal>,
    shown: Option<(String, String)>,
    typed: Option<Posted>,
    once: Option<String>,
    done: bool,
    back_in: bool,
}

/// Fields of the form in order; a personal field that is left empty keeps what it has.
fn asked(register: &Register) -> Vec<(&Field, bool)> {
    register.fields.iter().map(|field| (field, field.name == register.key)).collect()
}

async fn draw(
    state: &WebState,
    visit: &Visit,
    register: Register,
    key: Option<&str>,
    said: Said,
) -> Result<Response, Fault> {
    let person = visit.officer()?;
    let lang = visit.lang;
    let row = match key {
        Some(key) => {
            Some(state.office.entry(person, &register.id, key).await?.ok_or_else(|| Fault::NotFound(key.to_owned()))?)
        }
        None => None,
    };
    let history = match key {
        Some(key) => state.office.entry_history(person, &register.id, key).await?,
        None => Vec::new(),
    };
    let typed = said.typed.unwrap_or_else(|| row.as_ref().map(|row| typed_of(&register, row)).unwrap_or_default());
    let pack = state.office.pack();
    let around = Around { lang, organs: &pack.organs, posted: &typed, faults: &said.faults, held: &[], tables: &[] };
    let form = keeps(person, &register).then(|| Form::from_fields(asked(&register), &around));
    let lines: Vec<_> = row
        .as_ref()
        .map(|row| {
            let lines = state.office.entry_lines(&register, row).into_iter();
            lines
                .map(|(name, title, value)| {
                    let personal = register.fields.iter().any(|f| f.name == name && f.visible == Visibility::Personal);
                    (name, lang.text(&title).to_owned(), lang.text(&value).to_owned(), personal)
                })
                .collect()
        })
        .unwrap_or_default();
    let headline = lines.iter().find(|(name, ..)| *name == register.headline).map(|(_, _, value, _)| value.clone());
    page(EntryPage {
        title: headline.or_else(|| key.map(str::to_owned)).unwrap_or_else(|| lang.say("新增", "New entry").to_owned()),
        key: key.map(percent_encoded).unwrap_or_default(),
        plain_key: key.unwrap_or_default().to_owned(),
        lines,
        versions: versions(state, visit, &register, &history),
        form,
        once: match said.once {
            Some(once) => once,
            None => visit::random_hex(16)?,
        },
        seen: row.map(|row| row.version),
        shown: said.shown,
        refusal: said.refusal,
        done: said.done,
        back_in: said.back_in,
        register,
        f: visit.frame(state, "/work/registers"),
    })
}

pub async fn entry(
    State(state): State<WebState>,
    visit: Visit,
    Path(id): Path<String>,
    Query(query): Query,
) -> Result<Response, Fault> {
    let register = find(&state, visit.officer()?, &id)?;
    let key = query.first("key").unwrap_or_default().to_owned();
    let typed = visit.kept(&state.office, &query).await?;
    let said = Said { back_in: typed.is_some(), typed, done: query.has("done"), ..Said::default() };
    draw(&state, &visit, register, Some(&key), said).await
}

pub async fn new(
    State(state): State<WebState>,
    visit: Visit,
    Path(id): Path<String>,
    Query(query): Query,
) -> Result<Response, Fault> {
    let person = visit.officer()?;
    let register = find(&state, person, &id)?;
    if !keeps(person, &register) {
        return Err(Fault::NotYours(register.kept_by.join("、")));
    }
    let typed = visit.kept(&state.office, &query).await?;
    draw(&state, &visit, register, None, Said { back_in: typed.is_some(), typed, ..Said::default() }).await
}

pub async fn put(
    State(state): State<WebState>,
    visit: Visit,
    Path(id): Path<String>,
    Query(query): Query,
    request: Request,
) -> Result<Response, Fault> {
    let key = query.first("key").unwrap_or_default().to_owned();
    let page = format!("/work/register/{id}/entry?key={}", percent_encoded(&key));
    save(&state, &visit, &id, Some(key), &page, request).await
}

pub async fn put_new(
    State(state): State<WebState>,
    visit: Visit,
    Path(id): Path<String>,
    request: Request,
) -> Result<Response, Fault> {
    let page = format!("/work/register/{id}/new");
    save(&state, &visit, &id, None, &page, request).await
}

async fn save(
    state: &WebState,
    visit: &Visit,
    id: &str,
    key: Option<String>,
    page: &str,
    request: Request,
) -> Result<Response, Fault> {
    let arrived = visit.receive(&state.office, request, &[], page).await?;
    let person = visit.officer()?.clone();
    let register = find(state, &person, id)?;
    let (given, faults) = read::read(visit.lang, asked(&register), &arrived.typed, &[]);
    let once = arrived.typed.first("_once").map(str::to_owned);
    let again =
        |faults, refusal, once| Said { faults, refusal, once, typed: Some(arrived.typed.answers()), ..Said::default() };
    let said = if faults.is_empty() {
        let entry_key = match &key {
            Some(key) => key.clone(),
            None => given.get(&register.key).and_then(Value::as_str).unwrap_or_default().to_owned(),
        };
        let seen = arrived.typed.first("_seen").and_then(|seen| seen.parse().ok());
        match state.office.put_entry(&person, id, &entry_key, given, seen, once.clone()).await? {
            Answer::Done(_) => {
                let to = format!("/work/register/{id}/entry?key={}&done=1", percent_encoded(&entry_key));
                return Ok(Redirect::to(&to).into_response());
            }
            Answer::Refused(refusal) => match &refusal.field {
                Some(field) => {
                    let faults = Faults::from([(field.clone(), visit.lang.text(&refusal.why).to_owned())]);
                    again(faults, None, once)
                }
                None => again(Faults::new(), Some(*refusal), None),
            },
        }
    } else {
        again(faults, None, once)
    };
    let conflict = said.refusal.as_ref().is_some_and(|refusal| refusal.kind == RefusalKind::Conflict);
    let status = if conflict { StatusCode::CONFLICT } else { StatusCode::UNPROCESSABLE_ENTITY };
    let page = draw(state, visit, register, key.as_deref(), said).await?;
    Ok((status, page).into_response())
}

/// Shows one personal value of an entry in clear; the reading is recorded first.
pub async fn reveal(
    State(state): State<WebState>,
    visit: Visit,
    Path(id): Path<String>,
    request: Request,
) -> Result<Response, Fault> {
    let arrived = visit.receive(&state.office, request, &[], &format!("/work/register/{id}")).await?;
    let person = visit.officer()?;
    let register = find(&state, person, &id)?;
    let key = arrived.typed.first("key").unwrap_or_default().to_owned();
    let field = arrived.typed.first("field").unwrap_or_default().to_owned();
    let value = state.office.reveal_entry(person, &id, &key, &field).await?;
    draw(&state, &visit, register, Some(&key), Said { shown: Some((field, value)), ..Said::default() }).await
}

/// The cells of a row with their columns' titles, which a phone shows beside them.
fn labelled<'a>(columns: &'a [String], cells: &'a [String]) -> impl Iterator<Item = (&'a String, &'a String)> {
    columns.iter().zip(cells)
}

/// Since when a version holds, for the template.
fn moment_of(frame: &Frame, ms: &i64) -> String {
    time::from_millis(*ms).map_or_else(|_| String::new(), |at| frame.moment(&at))
}
