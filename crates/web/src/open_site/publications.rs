//! What was published (公示): licences, penalties and inspections as the law puts them before the public, newest first, to be read and
//! taken along by anybody. What of a case may be seen, and who is named, is the office's to decide.

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use guiju_kernel::time;
use guiju_office::publications::{PublicRecord, PublishedAsk, PublishedLine, Withdrawn};
use guiju_sheet::{ColumnKind, ListCell, ListColumn, ListSheet};
use guiju_store::PublicationCursor;
use tokio::sync::Semaphore;

use crate::WebState;
use crate::fault::Fault;
use crate::form::Posted;
use crate::frame::Frame;
use crate::intake::percent_encoded;
use crate::page::{Query, download, page};
use crate::visit::Visit;
use crate::work::inbox::Pick;

const PAGE: u32 = 50;
/// Years that the filter offers.
const YEARS: i16 = 10;
/// Rows of one file; a longer list says in its last row that it goes on.
const MOST: usize = 20_000;
const STEP: u32 = 500;
/// Characters of what is searched for.
const WORDS_MOST: usize = 100;
/// Names are looked for by two visitors at a time: each look goes through the whole register of firms.
static LOOKING: Semaphore = Semaphore::const_new(2);
/// Files are made one after the other: each may read many thousand cases, and anybody may ask.
static WRITING: Semaphore = Semaphore::const_new(1);

#[derive(Template)]
#[template(path = "public/publications.html")]
struct ListPage {
    f: Frame,
    words: String,
    kinds: Vec<Pick>,
    years: Vec<Pick>,
    filtered: bool,
    lines: Vec<PublishedLine>,
    more_firms: bool,
    withdrawn: Option<u64>,
    next: Option<String>,
    export: String,
}

/// A place in a list as it stands in an address: `moment.case.what`.
pub fn place_of(text: &str) -> Option<PublicationCursor> {
    let mut parts = text.splitn(3, '.');
    let (at, case, what) = (parts.next()?, parts.next()?, parts.next()?);
    Some(PublicationCursor { at: at.parse().ok()?, case_id: case.parse().ok()?, what: what.to_owned() })
}

pub fn place(cursor: &PublicationCursor) -> String {
    format!("{}.{}.{}", cursor.at, cursor.case_id, cursor.what)
}

/// Reads a filter from the address; what it does not know it leaves out.
fn ask_of(query: &Posted, limit: u32) -> PublishedAsk {
    let text = |name: &str| query.first(name).map(str::trim).filter(|text| !text.is_empty());
    PublishedAsk {
        kind: text("kind").map(str::to_owned),
        year: text("year").and_then(|year| year.parse().ok()),
        words: text("q").unwrap_or_default().chars().take(WORDS_MOST).collect(),
        after: text("after").and_then(place_of),
        limit,
    }
}

/// The address of a list with this filter.
fn address(path: &str, ask: &PublishedAsk, after: Option<&PublicationCursor>) -> String {
    let year = ask.year.map(|year| year.to_string());
    let after = after.map(place);
    let words = Some(ask.words.as_str()).filter(|words| !words.is_empty());
    let parts = [("kind", ask.kind.as_deref()), ("year", year.as_deref()), ("q", words), ("after", after.as_deref())];
    let parts = parts.into_iter().filter_map(|(name, value)| Some(format!("{name}={}", percent_encoded(value?))));
    let query = parts.collect::<Vec<_>>().join("&");
    if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") }
}

pub async fn list(State(state): State<WebState>, visit: Visit, Query(query): Query) -> Result<Response, Fault> {
    let ask = ask_of(&query, PAGE);
    let turn = if ask.words.is_empty() { None } else { Some(LOOKING.acquire().await) };
    let found = state.office.published(&ask).await?;
    drop(turn);
    let pack = state.office.pack();
    let kinds = pack.publications.kinds.iter().map(|kind| Pick {
        value: kind.id.clone(),
        title: visit.lang.text(&kind.title).to_owned(),
        chosen: ask.kind.as_ref() == Some(&kind.id),
    });
    let this_year = time::date_of(visit.now).year();
    let mut years: Vec<i16> = (0..YEARS).map(|back| this_year - back).collect();
    // An older year that somebody's address names stays chosen.
    years.extend(ask.year.filter(|year| !years.contains(year)));
    let years = years.into_iter().map(|year| Pick {
        value: year.to_string(),
        title: year.to_string(),
        chosen: ask.year == Some(year),
    });
    page(ListPage {
        kinds: kinds.collect(),
        years: years.collect(),
        filtered: ask.kind.is_some() || ask.year.is_some() || !ask.words.is_empty(),
        next: found.next.as_ref().map(|next| address("/public/publications", &ask, Some(next))),
        export: address("/public/publications.csv", &ask, None),
        lines: found.lines,
        more_firms: found.more_firms,
        withdrawn: found.withdrawn,
        words: ask.words,
        f: visit.frame(&state, "/public/publications"),
    })
}

/// The same list as a file.
pub async fn export(State(state): State<WebState>, visit: Visit, Query(query): Query) -> Result<Response, Fault> {
    let lang = visit.lang;
    let _turn = WRITING.acquire().await.map_err(|error| Fault::Broken(error.to_string()))?;
    let mut ask = PublishedAsk { after: None, ..ask_of(&query, STEP) };
    let mut rows = Vec::new();
    loop {
        let found = state.office.published(&ask).await?;
        rows.extend(found.lines.iter().map(|line| cells(&visit, line)));
        ask.after = found.next;
        if ask.after.is_none() {
            break;
        }
        if rows.len() >= MOST {
            let note = crate::say!(
                lang,
                "只导出前 {MOST} 条，请缩小筛选范围",
                "only the first {MOST} rows; narrow the filter"
            );
            rows.push(vec![ListCell::Text(note)]);
            break;
        }
    }
    let column = |zh, en, kind| ListColumn { title: lang.say(zh, en).to_owned(), kind, unit: None, width: None };
    let columns = vec![
        column("种类", "Kind", ColumnKind::Text),
        column("程序", "Procedure", ColumnKind::Text),
        column("编号", "Number", ColumnKind::Code),
        column("事由", "What it is about", ColumnKind::Text),
        column("当事人", "Party", ColumnKind::Text),
        column("统一社会信用代码", "Unified social credit code", ColumnKind::Code),
        column("决定时间", "Decided", ColumnKind::Moment),
        column("公示期限（此前）", "To be published before", ColumnKind::Moment),
        column("公示时间", "Published", ColumnKind::Moment),
    ];
    let title = lang.say("公示", "publications");
    let sheet = ListSheet { title: title.to_owned(), columns, rows };
    let bytes = guiju_sheet::write_csv(&sheet).map_err(|error| Fault::Broken(error.to_string()))?;
    let day = time::date_of(visit.now);
    Ok(download(&format!("{title}-{day}.csv"), "text/csv; charset=utf-8", bytes))
}

fn cells(visit: &Visit, line: &PublishedLine) -> Vec<ListCell> {
    let text = |text: &str| ListCell::Text(text.to_owned());
    let party = line.party.as_ref();
    vec![
        text(visit.lang.text(&line.kind)),
        text(visit.lang.text(&line.procedure)),
        text(&line.number),
        text(line.headline.as_deref().unwrap_or_default()),
        text(party.map_or("", |party| visit.lang.text(&party.name))),
        text(party.and_then(|party| party.code.as_deref()).unwrap_or_default()),
        line.decided.map_or(ListCell::Empty, ListCell::Moment),
        line.due.map_or(ListCell::Empty, ListCell::Moment),
        ListCell::Moment(line.published),
    ]
}

#[derive(Template)]
#[template(path = "public/publication.html")]
struct RecordPage {
    f: Frame,
    number: String,
    records: Vec<PublicRecord>,
    withdrawn: Vec<Withdrawn>,
}

/// One record. A case that is not the public's business is answered as one that does not exist.
pub async fn record(State(state): State<WebState>, visit: Visit, Path(id): Path<String>) -> Result<Response, Fault> {
    let unknown = || Fault::NotFound(id.clone());
    let case = id.parse().map_err(|_| unknown())?;
    let (records, withdrawn) = state.office.published_case(case).await?;
    let numbers = records.iter().map(|record| &record.line.number).chain(withdrawn.iter().map(|gone| &gone.number));
    let number = numbers.into_iter().next().ok_or_else(unknown)?.clone();
    page(RecordPage { number, records, withdrawn, f: visit.frame(&state, "/public/publications") })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_in_an_address_is_read_as_it_was_written_and_nothing_else_is() {
        let cursor = PublicationCursor { at: -1, case_id: 7, what: "penalty-decision.2".into() };
        assert_eq!(place_of(&place(&cursor)), Some(cursor));
        for wrong in ["", "1", "1.2", "x.2.it", "1.-2.it", "1.99999999999999999999.it"] {
            assert_eq!(place_of(wrong), None, "{wrong}");
        }
    }
}
