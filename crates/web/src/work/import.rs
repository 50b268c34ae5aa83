//! Import in three steps: upload, look at what would happen, confirm. Nothing is written before the third.
//!
//! Between the steps the file lies in a draft of the person who uploaded it; it is read and judged anew when it is confirmed, so
//! that what is written is what the rules say then.

use askama::Template;
use axum::extract::{Path, Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use guiju_kernel::procedure::Person;
use guiju_kernel::time;
use guiju_office::{Read, What};
use guiju_sheet::{Complaint, Severity};
use guiju_store::Draft;
use serde::{Deserialize, Serialize};

use crate::WebState;
use crate::fault::Fault;
use crate::frame::Frame;
use crate::intake::{FileFault, FileRule};
use crate::page::{Query, download, page};
use crate::visit::{Visit, random_hex};

/// What a bureau's largest workbook weighs, and some more.
const FILE_MAX: u64 = 32 * 1024 * 1024;
/// Complaints shown on the page; the marked workbook has all of them.
const SHOWN: usize = 200;
const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// Something that may be imported.
struct Target {
    id: String,
    title: String,
    note: &'static str,
}

#[derive(Template)]
#[template(path = "work/imports.html")]
struct Index {
    f: Frame,
    targets: Vec<Target>,
}

/// `enterprises` (a register), `requests`, `history:procedure`, or `export:platform:procedure`.
fn what_of(id: &str) -> What {
    if let Some((platform, procedure)) = id.strip_prefix("export:").and_then(|rest| rest.split_once(':')) {
        return What::Export { platform: platform.to_owned(), procedure: procedure.to_owned() };
    }
    match id.strip_prefix("history:") {
        Some(procedure) => What::History(procedure.to_owned()),
        None if id == "requests" => What::Requests,
        None => What::Register(id.to_owned()),
    }
}

/// What this person may import, by the roles that the pack gives its registers and opening acts.
fn targets(state: &WebState, visit: &Visit, person: &Person) -> Vec<Target> {
    let pack = state.office.pack();
    let lang = visit.lang;
    let may = |roles: &[String]| roles.iter().any(|role| person.roles.contains(role));
    let mut targets: Vec<_> = pack
        .registers
        .iter()
        .filter(|register| may(&register.kept_by))
        .map(|register| Target {
            id: register.id.clone(),
            title: lang.text(&register.title).to_owned(),
            note: lang.say("台账条目：新增或更新", "entries: added or changed"),
        })
        .collect();
    for procedure in &pack.procedures {
        for act in procedure.acts.iter().filter(|act| act.from.is_empty()) {
            if !act.by.iter().any(|rule| rule.role.as_ref().is_some_and(|role| person.roles.contains(role))) {
                continue;
            }
            let title = lang.text(&procedure.title).to_owned();
            if act.records_history {
                let note =
                    lang.say("历史办件：保留原编号、日期和环节", "old cases with their numbers, dates and steps");
                targets.push(Target { id: format!("history:{}", procedure.id), title, note });
                for platform in pack.platforms.iter().filter(|one| one.exports.contains_key(&procedure.id)) {
                    let (title, of) = (lang.text(&procedure.title), lang.text(&platform.title));
                    let note = lang.say("其他平台导出的办件", "cases exported by another platform");
                    let id = format!("export:{}:{}", platform.id, procedure.id);
                    targets.push(Target { id, title: format!("{title} – {of}"), note });
                }
            } else if procedure.id == "enterprise-request" {
                let note = lang.say("新诉求：代企业登记", "new requests on firms' behalf");
                targets.push(Target { id: "requests".to_owned(), title, note });
            }
        }
    }
    targets
}

fn target(state: &WebState, visit: &Visit, person: &Person, id: &str) -> Result<Target, Fault> {
    let holder = || Fault::NotYours(visit.lang.say("该台账的管理员", "whoever keeps that register").to_owned());
    targets(state, visit, person).into_iter().find(|target| target.id == id).ok_or_else(holder)
}

pub async fn index(State(state): State<WebState>, visit: Visit) -> Result<Response, Fault> {
    let targets = targets(&state, &visit, visit.officer()?);
    page(Index { targets, f: visit.frame(&state, "/work/import") })
}

#[derive(Template)]
#[template(path = "work/import_upload.html")]
struct UploadPage {
    f: Frame,
    target: Target,
    columns: Vec<(String, bool, String)>,
    error: Option<String>,
}

fn draw_upload(state: &WebState, visit: &Visit, target: Target, error: Option<String>) -> Result<Response, Fault> {
    let wanted = state.office.wanted(&what_of(&target.id))?;
    let columns = wanted.columns.iter().map(|column| {
        let title = visit.lang.say(&column.zh, &column.en).to_owned();
        (title, column.required, column.also.join(visit.lang.say("、", ", ")))
    });
    page(UploadPage { columns: columns.collect(), target, error, f: visit.frame(state, "/work/import") })
}

pub async fn upload_page(
    State(state): State<WebState>,
    visit: Visit,
    Path(id): Path<String>,
) -> Result<Response, Fault> {
    let target = target(&state, &visit, visit.officer()?, &id)?;
    draw_upload(&state, &visit, target, None)
}

pub async fn template(State(state): State<WebState>, visit: Visit, Path(id): Path<String>) -> Result<Response, Fault> {
    let target = target(&state, &visit, visit.officer()?, &id)?;
    let bytes = state.office.template(&what_of(&id))?;
    Ok(download(&format!("{}.xlsx", target.title), XLSX, bytes))
}

/// The uploaded file between the steps.
#[derive(Serialize, Deserialize)]
struct Held {
    name: String,
    content: String,
}

fn held_kind(id: &str) -> String {
    format!("import:{id}")
}

async fn hold(state: &WebState, person: &Person, id: &str, name: &str, content: &[u8]) -> Result<String, Fault> {
    let data = Held { name: name.to_owned(), content: STANDARD.encode(content) };
    let draft = Draft {
        id: random_hex(16)?,
        owner: held_owner(person),
        procedure: held_kind(id),
        data: serde_json::to_string(&data).map_err(|error| Fault::Broken(error.to_string()))?,
        updated: time::to_millis(state.office.now()),
    };
    // Only the latest upload is of use: earlier ones that were never confirmed go.
    for old in state.office.drafts_of(&draft.owner).await? {
        state.office.drop_draft(&old.id).await?;
    }
    state.office.put_draft(&draft).await?;
    Ok(draft.id)
}

fn held_owner(person: &Person) -> String {
    format!("import:{}", person.id)
}

async fn held(state: &WebState, visit: &Visit, person: &Person, id: &str, file: &str) -> Result<(String, Read), Fault> {
    let gone = || Fault::NotFound(visit.lang.say("这次上传的文件", "the uploaded file").to_owned());
    let draft = state.office.draft(&held_owner(person), file).await?;
    let draft = draft.filter(|draft| draft.procedure == held_kind(id)).ok_or_else(gone)?;
    let data: Held = serde_json::from_str(&draft.data).map_err(|_| gone())?;
    let content = STANDARD.decode(&data.content).map_err(|_| gone())?;
    let read = state.office.import_preview(person, &what_of(id), &data.name, &content).await?;
    Ok((data.name, read))
}

/// A complaint as the table shows it.
struct Said {
    place: String,
    column: String,
    value: String,
    text: String,
    refused: bool,
}

#[derive(Template)]
#[template(path = "work/import_preview.html")]
struct PreviewPage {
    f: Frame,
    target: Target,
    name: String,
    source: String,
    file: String,
    good: usize,
    bad: usize,
    skipped: usize,
    refused: bool,
    said: Vec<Said>,
    more: usize,
    sheets: Vec<(String, String, String)>,
    rows: Vec<(u32, String, bool)>,
}

fn said(visit: &Visit, complaint: &Complaint) -> Said {
    let place = match (&complaint.cell, complaint.row) {
        (Some(cell), _) => format!("{} {cell}", complaint.sheet),
        (None, Some(row)) => crate::say!(visit.lang, "{} 第 {row} 行", "{} row {row}", complaint.sheet),
        (None, None) => complaint.sheet.clone(),
    };
    Said {
        place,
        column: complaint.column_title.clone().unwrap_or_default(),
        value: complaint.value.clone(),
        text: visit.lang.say(&complaint.zh, &complaint.en).to_owned(),
        refused: complaint.severity == Severity::Refused,
    }
}

/// Reads the file, says what would happen, writes nothing.
pub async fn preview(
    State(state): State<WebState>,
    visit: Visit,
    Path(id): Path<String>,
    request: Request,
) -> Result<Response, Fault> {
    let rule = FileRule {
        field: "file".to_owned(),
        types: ["xlsx", "csv", "txt"].map(str::to_owned).to_vec(),
        max_bytes: FILE_MAX,
        most: 1,
    };
    let arrived = visit.receive(&state.office, request, &[rule], &format!("/work/import/{id}")).await?;
    let person = visit.officer()?.clone();
    let target = target(&state, &visit, &person, &id)?;
    if let Some((_, fault)) = arrived.refused.first() {
        let status = if matches!(fault, FileFault::TooLarge { .. }) {
            StatusCode::PAYLOAD_TOO_LARGE
        } else {
            StatusCode::UNPROCESSABLE_ENTITY
        };
        return Ok((status, draw_upload(&state, &visit, target, Some(fault.sentence(visit.lang)))?).into_response());
    }
    let Some(upload) = arrived.files.first() else {
        let error = visit.lang.say("请先选择文件", "choose a file first").to_owned();
        return Ok(
            (StatusCode::UNPROCESSABLE_ENTITY, draw_upload(&state, &visit, target, Some(error))?).into_response()
        );
    };
    let read = match state.office.import_preview(&person, &what_of(&id), &upload.name, &upload.content).await {
        Ok(read) => read,
        Err(error) => {
            let page = draw_upload(&state, &visit, target, Some(error.to_string()))?;
            return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
        }
    };
    let file = hold(&state, &person, &id, &upload.name, &upload.content).await?;
    draw_preview(&state, &visit, target, &upload.name, file, &read)
}

fn draw_preview(
    state: &WebState,
    visit: &Visit,
    target: Target,
    name: &str,
    file: String,
    read: &Read,
) -> Result<Response, Fault> {
    const ROWS: usize = 20;
    let preview = &read.preview;
    let all = preview.complaints().count();
    let columns = |sheet: &guiju_sheet::SheetUse| {
        let shown: Vec<_> = sheet.columns.values().map(|(letters, title)| format!("{letters} {title}")).collect();
        shown.join(visit.lang.say("、", ", "))
    };
    let row = |row: &guiju_sheet::Row| {
        let values: Vec<_> = row.values.values().map(guiju_sheet::Value::plain).collect();
        (row.number, values.join("　"), row.is_good())
    };
    page(PreviewPage {
        target,
        name: name.to_owned(),
        source: if visit.lang.is_zh() { preview.source.zh() } else { preview.source.en() },
        file,
        good: preview.good(),
        bad: preview.bad(),
        skipped: preview.skipped.len(),
        refused: preview.is_refused(),
        said: preview.complaints().take(SHOWN).map(|complaint| said(visit, complaint)).collect(),
        more: all.saturating_sub(SHOWN),
        sheets: preview
            .sheets
            .iter()
            .map(|sheet| (sheet.name.clone(), columns(sheet), sheet.ignored.join(visit.lang.say("、", ", "))))
            .collect(),
        rows: preview.rows.iter().take(ROWS).map(row).collect(),
        f: visit.frame(state, "/work/import"),
    })
}

/// The user's own workbook with every complaint at its cell.
pub async fn marked(
    State(state): State<WebState>,
    visit: Visit,
    Path(id): Path<String>,
    Query(query): Query,
) -> Result<Response, Fault> {
    let person = visit.officer()?;
    let (name, read) = held(&state, &visit, person, &id, query.first("file").unwrap_or_default()).await?;
    let bytes = state.office.marked_workbook(&read)?;
    let stem = name.rsplit_once('.').map_or(name.as_str(), |(stem, _)| stem);
    Ok(download(&format!("{stem}-{}.xlsx", visit.lang.say("需改正", "to-mend")), XLSX, bytes))
}

#[derive(Template)]
#[template(path = "work/import_done.html")]
struct DonePage {
    f: Frame,
    target: Target,
    written: usize,
    unchanged: usize,
    refused: Vec<(u32, String)>,
}

pub async fn commit(
    State(state): State<WebState>,
    visit: Visit,
    Path(id): Path<String>,
    request: Request,
) -> Result<Response, Fault> {
    let arrived = visit.receive(&state.office, request, &[], &format!("/work/import/{id}")).await?;
    let person = visit.officer()?.clone();
    let target = target(&state, &visit, &person, &id)?;
    let file = arrived.typed.first("file").unwrap_or_default().to_owned();
    let skip_bad = arrived.typed.first("how") == Some("skip");
    let (name, mut read) = match held(&state, &visit, &person, &id, &file).await {
        Ok(held) => held,
        Err(Fault::NotFound(_)) => return Ok(Redirect::to(&format!("/work/import/{id}")).into_response()),
        Err(fault) => return Err(fault),
    };
    if read.preview.is_refused() || (read.preview.bad() > 0 && !skip_bad) {
        let page = draw_preview(&state, &visit, target, &name, file, &read)?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    }
    let outcome = state.office.import_commit(&person, &what_of(&id), &mut read, skip_bad).await?;
    if !outcome.written.is_empty() || !outcome.unchanged.is_empty() {
        state.office.drop_draft(&file).await?;
    }
    let row = |at: usize| read.preview.rows.get(at).map_or(0, |row| row.number);
    page(DonePage {
        target,
        written: outcome.written.len(),
        unchanged: outcome.unchanged.len(),
        refused: outcome.refused.into_iter().map(|(at, why)| (row(at), visit.lang.text(&why.why).to_owned())).collect(),
        f: visit.frame(&state, "/work/import"),
    })
}
