//! One number and everything behind it: definition, kind, scope, the records it counts, and the head they were counted under.

use std::sync::Arc;

use askama::Template;
use axum::Extension;
use axum::extract::{Path, State};
use axum::response::Response;
use guiju_kernel::figure::{Row, RowOf, Value};
use guiju_kernel::time::date_of;
use guiju_office::figures::Counted;
use guiju_sheet::{ColumnKind, ListCell, ListColumn, ListSheet};

use super::overseer;
use crate::WebState;
use crate::counts::{Counts, Days, Shown, kind, shown};
use crate::fault::Fault;
use crate::frame::Frame;
use crate::intake::percent_encoded;
use crate::page::{Query, download, page};
use crate::show;
use crate::visit::Visit;

/// Rows on one page.
const PAGE: usize = 100;

/// A counted record as the table shows it.
struct Line {
    href: String,
    number: String,
    headline: String,
    at: String,
    what: String,
    kind: &'static str,
    amount: String,
    met: Option<bool>,
}

#[derive(Template)]
#[template(path = "lead/figure.html")]
struct FigurePage {
    f: Frame,
    figure: Shown,
    period: String,
    query: String,
    upto: String,
    checkpoint: String,
    made_of: Vec<Shown>,
    rows: Vec<Line>,
    from: usize,
    total: usize,
    next: Option<usize>,
    previous: Option<usize>,
    amounts: bool,
}

fn find<'c>(counted: &'c Counted, id: &str) -> Result<&'c Value, Fault> {
    counted.figures.iter().find(|value| value.id == id).ok_or_else(|| Fault::NotFound(id.to_owned()))
}

fn row(state: &WebState, visit: &Visit, row: &Row) -> Line {
    let pack = state.office.pack();
    let (href, what) = match &row.of {
        RowOf::Case { procedure, id } => {
            let procedure = pack.procedures.iter().find(|other| other.id == *procedure);
            let act = procedure.and_then(|procedure| procedure.act(&row.what)).map(|act| &act.title);
            let title =
                act.or_else(|| procedure.and_then(|procedure| procedure.state(&row.what)).map(|state| &state.title));
            (
                format!("/work/case/{id}"),
                title.map_or_else(|| row.what.clone(), |title| visit.lang.text(title).to_owned()),
            )
        }
        RowOf::Entry { register, key, version } => {
            let what = crate::say!(visit.lang, "第 {version} 版", "version {version}");
            (format!("/work/register/{register}/entry?key={}", percent_encoded(key)), what)
        }
        RowOf::Item { .. } => ("/public".to_owned(), crate::say!(visit.lang, "公布的事项", "published item")),
    };
    Line {
        href,
        number: row.number.clone(),
        headline: row.headline.clone(),
        at: show::moment(visit.lang, row.at),
        what,
        kind: kind(visit.lang, row.kind),
        amount: row.amount.map(|amount| amount.to_string()).unwrap_or_default(),
        met: row.met,
    }
}

pub async fn figure(
    State(state): State<WebState>,
    Extension(counts): Extension<Arc<Counts>>,
    visit: Visit,
    Path(id): Path<String>,
    Query(query): Query,
) -> Result<Response, Fault> {
    overseer(&visit)?;
    let days = Days::asked(&query, visit.now);
    let counted = counts.of(&state.office, days).await?;
    let value = find(&counted, &id)?;
    let from = query.first("at").and_then(|at| at.parse::<usize>().ok()).unwrap_or(0).min(value.rows.len());
    let rows: Vec<_> = value.rows.iter().skip(from).take(PAGE).map(|found| row(&state, &visit, found)).collect();
    page(FigurePage {
        figure: shown(visit.lang, value),
        made_of: value
            .made_of
            .iter()
            .filter_map(|id| find(&counted, id).ok())
            .map(|value| shown(visit.lang, value))
            .collect(),
        upto: show::count(value.upto_seq),
        checkpoint: counted.checkpoint.clone(),
        amounts: rows.iter().any(|row| !row.amount.is_empty()),
        rows,
        from,
        total: value.rows.len(),
        next: Some(from + PAGE).filter(|next| *next < value.rows.len()),
        previous: from.checked_sub(PAGE).or(Some(0)).filter(|_| from > 0),
        period: days.sentence(visit.lang),
        query: days.query(),
        f: visit.frame(&state, "/lead"),
    })
}

/// All rows as a workbook.
pub async fn rows(
    State(state): State<WebState>,
    Extension(counts): Extension<Arc<Counts>>,
    visit: Visit,
    Path(id): Path<String>,
    Query(query): Query,
) -> Result<Response, Fault> {
    overseer(&visit)?;
    let days = Days::asked(&query, visit.now);
    let counted = counts.of(&state.office, days).await?;
    let value = find(&counted, &id)?;
    let lang = visit.lang;
    let column = |title: &str, kind| ListColumn { title: title.to_owned(), kind, unit: None, width: None };
    let rows = value.rows.iter().map(|found| {
        let line = row(&state, &visit, found);
        let met = line.met.map(|met| if met { lang.say("是", "yes") } else { lang.say("否", "no") }.to_owned());
        vec![
            ListCell::Text(line.number),
            ListCell::Text(line.headline),
            ListCell::Text(line.what),
            ListCell::Moment(found.at),
            ListCell::Text(line.kind.to_owned()),
            found.amount.map_or(ListCell::Empty, ListCell::Integer),
            met.map_or(ListCell::Empty, ListCell::Text),
        ]
    });
    let sheet = ListSheet {
        title: lang.text(&value.title).to_owned(),
        columns: vec![
            column(lang.say("编号", "Number"), ColumnKind::Code),
            column(lang.say("事项", "Matter"), ColumnKind::Text),
            column(lang.say("因何计入", "Counted for"), ColumnKind::Text),
            column(lang.say("时间", "When"), ColumnKind::Moment),
            column(lang.say("来源", "Kind"), ColumnKind::Text),
            column(lang.say("数量", "Amount"), ColumnKind::Integer),
            column(lang.say("符合", "Met"), ColumnKind::Text),
        ],
        rows: rows.collect(),
    };
    let bytes = guiju_sheet::write(&[sheet], visit.now).map_err(|error| Fault::Broken(error.to_string()))?;
    let media = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
    Ok(download(&format!("{id}-{}.xlsx", date_of(visit.now)), media, bytes))
}
