//! A table of a case in full: page by page, and as a workbook. The case file itself shows only how it begins.

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use guiju_kernel::procedure::definition::{Field, FieldKind};
use guiju_office::{CaseView, lists};
use serde_json::Value;

use crate::WebState;
use crate::fault::Fault;
use crate::frame::Frame;
use crate::page::{Query, download, page};
use crate::show;
use crate::visit::Visit;

/// Rows on one page.
const STEP: usize = 200;
const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

#[derive(Template)]
#[template(path = "work/rows.html")]
struct RowsPage {
    f: Frame,
    case: u64,
    number: String,
    field: String,
    title: String,
    columns: Vec<String>,
    /// Row numbers, from 1, with their cells.
    rows: Vec<(usize, Vec<String>)>,
    all: u64,
    /// Where the pages before and behind begin.
    before: Option<usize>,
    behind: Option<usize>,
}

/// Columns and rows of a table that this viewer sees on the case file.
fn table<'v>(view: &'v CaseView, name: &str) -> Option<(&'v Field, &'v [Field], &'v [Value])> {
    let seen = view.fields.iter().any(|(field, ..)| field == name);
    let field = view.procedure.field(name).filter(|_| seen)?;
    let FieldKind::Table { columns, .. } = &field.kind else { return None };
    Some((field, columns, view.case.detail.fields.get(name)?.as_array()?))
}

/// How many rows a table of the case file has; `None` for any other field.
pub fn count(view: &CaseView, name: &str) -> Option<usize> {
    table(view, name).map(|(_, _, rows)| rows.len())
}

fn missing(visit: &Visit) -> Fault {
    Fault::NotFound(visit.lang.say("这份表格", "this table").to_owned())
}

pub async fn of_case(
    State(state): State<WebState>,
    visit: Visit,
    Path((id, name)): Path<(u64, String)>,
    Query(query): Query,
) -> Result<Response, Fault> {
    visit.officer()?;
    let view = state.office.case_view(&visit.viewer(), id).await?;
    let (field, columns, rows) = table(&view, &name).ok_or_else(|| missing(&visit))?;
    let lang = visit.lang;
    let from = query.first("from").and_then(|from| from.parse::<usize>().ok()).unwrap_or(1).clamp(1, rows.len().max(1));
    let cells = |row: &Value| {
        columns.iter().map(|of| show::value(lang, of, row.get(&of.name).unwrap_or(&Value::Null))).collect()
    };
    let behind = from.saturating_add(STEP);
    page(RowsPage {
        case: id,
        number: view.case.number.clone(),
        field: name,
        title: lang.text(&field.title).to_owned(),
        columns: columns.iter().map(|of| lang.text(&of.title).to_owned()).collect(),
        rows: (1..).zip(rows).skip(from - 1).take(STEP).map(|(number, row)| (number, cells(row))).collect(),
        all: rows.len() as u64,
        before: (from > 1).then(|| from.saturating_sub(STEP).max(1)),
        behind: (behind <= rows.len()).then_some(behind),
        f: visit.frame(&state, "/work"),
    })
}

pub async fn workbook(
    State(state): State<WebState>,
    visit: Visit,
    Path((id, name)): Path<(u64, String)>,
) -> Result<Response, Fault> {
    visit.officer()?;
    let view = state.office.case_view(&visit.viewer(), id).await?;
    let (field, columns, rows) = table(&view, &name).ok_or_else(|| missing(&visit))?;
    let sheet = lists::of_table(&field.title.zh, columns, rows, state.office.volume());
    let bytes = guiju_sheet::write(&[sheet], visit.now).map_err(|error| Fault::Broken(error.to_string()))?;
    Ok(download(&format!("{}-{}.xlsx", view.case.number, visit.lang.text(&field.title)), XLSX, bytes))
}
