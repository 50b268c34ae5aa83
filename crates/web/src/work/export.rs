//! Any list as a workbook: the same rows, the same order, the same filter as the page shows, all of them up to a limit.

use axum::extract::{Path, State};
use axum::response::Response;
use guiju_kernel::time;
use guiju_office::InboxAsk;
use guiju_sheet::{ColumnKind, ListCell, ListColumn, ListSheet};
use guiju_store::EntryQuery;

use super::inbox::{ask_of, line};
use super::register::{cells, columns};
use crate::WebState;
use crate::fault::Fault;
use crate::page::{Query, download};
use crate::visit::Visit;

/// Rows of one workbook; a longer list says in its last row that it goes on.
const MOST: usize = 20_000;
const STEP: u32 = 200;
const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// A column of a list.
pub fn column(title: &str, kind: ColumnKind) -> ListColumn {
    ListColumn { title: title.to_owned(), kind, unit: None, width: None }
}

/// A list as a workbook to download; `cut` says that it goes on.
///
/// # Errors
/// When the workbook cannot be written.
pub fn workbook(
    visit: &Visit,
    title: &str,
    columns: Vec<ListColumn>,
    mut rows: Vec<Vec<ListCell>>,
    cut: bool,
) -> Result<Response, Fault> {
    if cut {
        let note = crate::say!(
            visit.lang,
            "只导出前 {MOST} 行，请缩小筛选范围",
            "only the first {MOST} rows; narrow the filter"
        );
        rows.push(vec![ListCell::Text(note)]);
    }
    let sheet = ListSheet { title: title.to_owned(), columns, rows };
    let bytes = guiju_sheet::write(&[sheet], visit.now).map_err(|error| Fault::Broken(error.to_string()))?;
    let day = time::date_of(visit.now);
    Ok(download(&format!("{title}-{day}.xlsx"), XLSX, bytes))
}

pub async fn inbox(State(state): State<WebState>, visit: Visit, Query(query): Query) -> Result<Response, Fault> {
    let person = visit.officer()?.clone();
    let lang = visit.lang;
    let mut ask = InboxAsk { after: None, ..ask_of(&query, STEP) };
    let mut rows = Vec::new();
    let mut more = true;
    while more && rows.len() < MOST {
        let view = state.office.inbox(&person, &ask).await?;
        for row in &view.rows {
            let shown = line(&state, &visit, row).await?;
            let due = row.holding.due.and_then(|due| time::from_millis(due).ok());
            rows.push(vec![
                ListCell::Text(shown.number),
                ListCell::Text(shown.headline),
                ListCell::Text(shown.firm),
                ListCell::Text(shown.procedure),
                ListCell::Text(shown.state),
                ListCell::Text(shown.person),
                due.map_or(ListCell::Empty, ListCell::Moment),
                ListCell::Text(shown.left),
            ]);
        }
        ask.after = view.rows.last().map(guiju_store::InboxRow::cursor);
        more = view.more;
    }
    let columns = vec![
        column(lang.say("编号", "Number"), ColumnKind::Code),
        column(lang.say("事项", "Matter"), ColumnKind::Text),
        column(lang.say("企业", "Firm"), ColumnKind::Text),
        column(lang.say("程序", "Procedure"), ColumnKind::Text),
        column(lang.say("状态", "State"), ColumnKind::Text),
        column(lang.say("经办", "Taken by"), ColumnKind::Text),
        column(lang.say("到期", "Due"), ColumnKind::Moment),
        column(lang.say("距到期", "Left"), ColumnKind::Text),
    ];
    workbook(&visit, lang.say("收件箱", "inbox"), columns, rows, more)
}

pub async fn search(State(state): State<WebState>, visit: Visit, Query(query): Query) -> Result<Response, Fault> {
    let person = visit.officer()?;
    let lang = visit.lang;
    let asked = query.first("q").unwrap_or_default();
    let mut rows = Vec::new();
    let mut before = None;
    loop {
        let hits = state.office.search(person, asked, before).await?;
        for row in &hits.rows {
            let shown = super::search::hit(&state, &visit, row);
            let opened = time::from_millis(row.opened).map_or(ListCell::Empty, |at| ListCell::Date(time::date_of(at)));
            rows.push(vec![
                ListCell::Text(shown.number),
                ListCell::Text(shown.headline),
                ListCell::Text(shown.state),
                opened,
            ]);
        }
        before = hits.rows.last().map(|row| row.id);
        if hits.rows.is_empty() || rows.len() >= MOST {
            break;
        }
    }
    let columns = vec![
        column(lang.say("编号", "Number"), ColumnKind::Code),
        column(lang.say("事项", "Matter"), ColumnKind::Text),
        column(lang.say("状态", "State"), ColumnKind::Text),
        column(lang.say("提交日期", "Filed"), ColumnKind::Date),
    ];
    let cut = rows.len() >= MOST;
    workbook(&visit, lang.say("查找结果", "search"), columns, rows, cut)
}

pub async fn register(
    State(state): State<WebState>,
    visit: Visit,
    Path(id): Path<String>,
    Query(query): Query,
) -> Result<Response, Fault> {
    let person = visit.officer()?;
    let register = state.office.registers_of(person).into_iter().find(|register| register.id == id);
    let register = register.ok_or_else(|| Fault::NotFound(id.clone()))?;
    let mut ask = EntryQuery {
        register: id,
        contains: query.first("q").filter(|asked| !asked.is_empty()).map(str::to_owned),
        after: None,
        limit: STEP,
    };
    let mut rows = Vec::new();
    let mut more = true;
    while more && rows.len() < MOST {
        let found = state.office.entries(person, &ask).await?;
        rows.extend(
            found
                .rows
                .iter()
                .map(|row| cells(&state, &visit, &register, row).into_iter().map(ListCell::Text).collect()),
        );
        ask.after = found.rows.last().map(|row| row.key.clone());
        more = found.more;
    }
    let titles =
        columns(&register).into_iter().map(|field| column(visit.lang.text(&field.title), ColumnKind::Text)).collect();
    workbook(&visit, visit.lang.text(&register.title), titles, rows, more)
}
