//! The inbox: rows by true deadline in four bands, whose counts are exact, with filters that stand in the address.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use guiju_kernel::procedure::Person;
use guiju_kernel::time::{self, Instant};
use guiju_office::{Alarm, BandView, InboxAsk};
use guiju_store::{InboxCursor, InboxRow};

use crate::WebState;
use crate::fault::Fault;
use crate::form::Posted;
use crate::frame::Frame;
use crate::intake::percent_encoded;
use crate::page::{Query, page};
use crate::show;
use crate::visit::Visit;

const PAGE: u32 = 50;

/// A row as the table shows it.
pub struct Line {
    pub id: u64,
    pub number: String,
    pub headline: String,
    pub firm: String,
    pub procedure: String,
    pub state: String,
    pub person: String,
    pub due: String,
    pub left: String,
    pub late: bool,
    pub soon: bool,
}

/// A choice of a filter.
pub struct Pick {
    pub value: String,
    pub title: String,
    pub chosen: bool,
}

#[derive(Template)]
#[template(path = "work/inbox.html")]
struct InboxPage {
    f: Frame,
    unit: String,
    bands: Vec<(BandView, String, bool)>,
    all: (String, bool),
    rows: Vec<Line>,
    next: Option<String>,
    procedures: Vec<Pick>,
    states: Vec<Pick>,
    units: Vec<Pick>,
    band: String,
    mine: bool,
    export: String,
    filtered: bool,
    openings: Vec<(String, String)>,
    alarms: Vec<Alarm>,
}

fn total(bands: &[(BandView, String, bool)]) -> String {
    show::count(bands.iter().map(|(band, _, _)| band.count).sum())
}

/// Reads a filter from the address; what it does not know it leaves out.
pub fn ask_of(query: &Posted, limit: u32) -> InboxAsk {
    let text = |name: &str| query.first(name).filter(|text| !text.is_empty()).map(str::to_owned);
    let after = text("after").and_then(|after| {
        let mut parts = after.split('.');
        let (due, case, part) = (parts.next()?, parts.next()?, parts.next()?);
        Some(InboxCursor { due: due.parse().ok(), case_id: case.parse().ok()?, part: part.parse().ok()? })
    });
    InboxAsk {
        unit: text("unit"),
        band: text("band"),
        state: text("state"),
        procedure: text("procedure"),
        mine: query.has("mine"),
        after,
        limit,
    }
}

/// The address of the inbox with one thing of the filter changed.
fn address(ask: &InboxAsk, band: Option<&str>, after: Option<&str>) -> String {
    let mut parts = Vec::new();
    let mut put = |name: &str, value: Option<&str>| {
        if let Some(value) = value.filter(|value| !value.is_empty()) {
            parts.push(format!("{name}={}", percent_encoded(value)));
        }
    };
    put("unit", ask.unit.as_deref());
    put("procedure", ask.procedure.as_deref());
    put("state", ask.state.as_deref());
    put("mine", ask.mine.then_some("1"));
    put("band", band);
    put("after", after);
    if parts.is_empty() { "/work".to_owned() } else { format!("/work?{}", parts.join("&")) }
}

/// A row of the inbox for people.
///
/// # Errors
/// When the firm's name cannot be read.
pub async fn line(state: &WebState, visit: &Visit, row: &InboxRow) -> Result<Line, Fault> {
    let lang = visit.lang;
    let opened = time::from_millis(row.case.opened).unwrap_or(visit.now);
    let procedure = state.office.volume().procedure(&row.case.procedure, time::date_of(opened));
    let defined = procedure.as_ref().and_then(|procedure| procedure.state(&row.case.state));
    let firm = match &row.case.subject {
        Some(party) => state.office.party_name(party).await?.unwrap_or_else(|| party.clone()),
        None => String::new(),
    };
    let due = row.holding.due.and_then(|due| time::from_millis(due).ok());
    let soon = due.is_some_and(|due| due > visit.now && time::date_of(due) <= time::date_of(visit.now));
    Ok(Line {
        id: row.case.id,
        number: row.case.number.clone(),
        headline: row.case.headline.clone(),
        firm,
        procedure: procedure
            .as_ref()
            .map_or_else(|| row.case.procedure.clone(), |procedure| lang.text(&procedure.title).to_owned()),
        state: defined.map_or_else(|| row.case.state.clone(), |state| lang.text(&state.title).to_owned()),
        person: row.holding.person.clone().unwrap_or_default(),
        due: due.map_or_else(|| "—".to_owned(), |due| show::brief(due, visit.now)),
        left: due.map_or_else(String::new, |due| distance(visit, due)),
        late: due.is_some_and(|due| due <= visit.now),
        soon,
    })
}

/// How far the due moment is, by the wall clock: the case file counts in the clock's own unit.
fn distance(visit: &Visit, due: Instant) -> String {
    if due <= visit.now {
        let over = show::waited(visit.lang, due, visit.now);
        crate::say!(visit.lang, "超期 {over}", "{over} overdue")
    } else {
        let left = show::waited(visit.lang, visit.now, due);
        crate::say!(visit.lang, "{left}后", "in {left}")
    }
}

fn units(state: &WebState, visit: &Visit, person: &Person, chosen: Option<&str>) -> Vec<Pick> {
    if !guiju_office::cases::oversees(person) {
        return Vec::new();
    }
    let pack = state.office.pack();
    let organ = pack.organs.iter().find(|organ| Some(&organ.id) == person.organ.as_ref());
    organ
        .map(|organ| {
            organ
                .units
                .iter()
                .map(|unit| {
                    let value = format!("{}/{}", organ.id, unit.id);
                    let own = person.unit.as_ref() == Some(&unit.id);
                    let picked = chosen.map_or(own, |chosen| chosen == value);
                    Pick { title: visit.lang.text(&unit.title).to_owned(), chosen: picked, value }
                })
                .collect()
        })
        .unwrap_or_default()
}

/// Acts by which this person opens cases.
fn openings(state: &WebState, visit: &Visit, person: &Person) -> Vec<(String, String)> {
    let day = time::date_of(visit.now);
    let pack = state.office.pack();
    let in_force =
        pack.procedures.iter().filter(|p| p.in_force.from <= day && p.in_force.until.is_none_or(|until| day < until));
    in_force
        .flat_map(|procedure| procedure.acts.iter().map(move |act| (procedure, act)))
        .filter(|(_, act)| act.from.is_empty() && !act.records_history)
        .filter(|(_, act)| act.by.iter().any(|rule| rule.role.as_ref().is_some_and(|role| person.roles.contains(role))))
        .map(|(procedure, act)| {
            let title = format!("{}：{}", visit.lang.text(&procedure.title), visit.lang.text(&act.title));
            (format!("/work/open/{}/{}", procedure.id, act.name), title)
        })
        .collect()
}

pub async fn inbox(State(state): State<WebState>, visit: Visit, Query(query): Query) -> Result<Response, Fault> {
    let person = visit.officer()?.clone();
    let ask = ask_of(&query, PAGE);
    let view = state.office.inbox(&person, &ask).await?;
    let mut rows = Vec::with_capacity(view.rows.len());
    for row in &view.rows {
        rows.push(line(&state, &visit, row).await?);
    }
    let next = view.rows.last().filter(|_| view.more).map(|row| {
        let InboxCursor { due, case_id, part } = row.cursor();
        let due = due.map_or_else(|| "x".to_owned(), |due| due.to_string());
        address(&ask, ask.band.as_deref(), Some(&format!("{due}.{case_id}.{part}")))
    });
    let pack = state.office.pack();
    let procedures = pack.procedures.iter().map(|procedure| Pick {
        value: procedure.id.clone(),
        title: visit.lang.text(&procedure.title).to_owned(),
        chosen: ask.procedure.as_ref() == Some(&procedure.id),
    });
    let of_procedure = pack.procedures.iter().find(|procedure| Some(&procedure.id) == ask.procedure.as_ref());
    let states = of_procedure
        .map(|procedure| {
            procedure
                .states
                .iter()
                .filter(|state| state.end.is_none())
                .map(|defined| Pick {
                    value: defined.name.clone(),
                    title: visit.lang.text(&defined.title).to_owned(),
                    chosen: ask.state.as_ref() == Some(&defined.name),
                })
                .collect::<Vec<_>>()
        })
        .unwrap_or_default();
    let unit = ask.unit.clone().or_else(|| Some(format!("{}/{}", person.organ.as_ref()?, person.unit.as_ref()?)));
    page(InboxPage {
        unit: unit.map_or_else(String::new, |unit| visit.lang.text(&state.office.unit_title(&unit)).to_owned()),
        all: (address(&ask, None, None), ask.band.is_none()),
        bands: view
            .bands
            .into_iter()
            .map(|band| {
                let chosen = ask.band.as_ref() == Some(&band.id);
                (band.clone(), address(&ask, Some(&band.id), None), chosen)
            })
            .collect(),
        rows,
        next,
        procedures: procedures.collect(),
        states,
        units: units(&state, &visit, &person, ask.unit.as_deref()),
        band: ask.band.clone().unwrap_or_default(),
        mine: ask.mine,
        export: address(&ask, ask.band.as_deref(), None).replacen("/work", "/work/inbox.xlsx", 1),
        filtered: ask.mine || ask.state.is_some() || ask.procedure.is_some() || ask.band.is_some(),
        openings: openings(&state, &visit, &person),
        alarms: state.office.alarms(&person).await?,
        f: visit.frame(&state, "/work"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_filter_can_be_shared_as_an_address() {
        let query = crate::intake::urlencoded(b"unit=a%2Fb&band=today&mine=1&after=1700000000000.42.1");
        let ask = ask_of(&query, 50);
        assert_eq!(ask.after, Some(InboxCursor { due: Some(1_700_000_000_000), case_id: 42, part: 1 }));
        assert_eq!(address(&ask, ask.band.as_deref(), None), "/work?unit=a%2Fb&mine=1&band=today");
        assert_eq!(
            ask_of(&crate::intake::urlencoded(b"after=x.7.0"), 50).after,
            Some(InboxCursor { due: None, case_id: 7, part: 0 })
        );
    }
}
