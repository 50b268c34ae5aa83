//! Scans of cells against the rules for pseudo base stations: each alarm with every rule that fired.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use guiju_office::radio::CellsFound;
use guiju_spectrum::cells::{Alarm, RULES};

use super::findings::{period, period_query};
use super::window::minute;
use super::{looked, moment, reader};
use crate::WebState;
use crate::fault::Fault;
use crate::frame::Frame;
use crate::page::{Query, page};
use crate::visit::Visit;

/// An alarm as the page shows it.
struct Row {
    carrier: u32,
    physical: u16,
    score: String,
    stations: String,
    identities: String,
    first: String,
    last: String,
    /// What the rule says, its name with its version, the value on which it fired, its weight.
    reasons: Vec<(&'static str, String, String, String)>,
}

#[derive(Template)]
#[template(path = "work/radio/cells.html")]
struct CellsPage {
    f: Frame,
    from: String,
    until: String,
    query: String,
    found: CellsFound,
    rows: Vec<Row>,
    registers: bool,
}

/// Identities that are spelt out; a station that changes them has many.
const IDENTITIES_MOST: usize = 6;

fn row(visit: &Visit, f: &Frame, alarm: &Alarm) -> Row {
    let told = |ns: i64| f.moment(&moment(ns.div_euclid(1_000_000)));
    let reasons = alarm.reasons.iter().map(|reason| {
        let said = RULES.iter().find(|rule| rule.id == reason.rule).map_or("", |rule| visit.lang.say(rule.zh, rule.en));
        (said, format!("{} v{}", reason.rule, reason.version), reason.value.clone(), format!("{:.1}", reason.weight))
    });
    let identity =
        |one: &guiju_spectrum::cells::Identity| format!("{}-{:02}-{}-{}", one.mcc, one.mnc, one.area, one.cell);
    let mut identities: Vec<String> = alarm.identities.iter().take(IDENTITIES_MOST).map(identity).collect();
    if alarm.identities.len() > IDENTITIES_MOST {
        identities.push("…".to_owned());
    }
    Row {
        carrier: alarm.carrier,
        physical: alarm.physical,
        score: format!("{:.1}", alarm.score),
        stations: alarm.stations.iter().cloned().collect::<Vec<_>>().join(visit.lang.say("、", ", ")),
        identities: identities.join(visit.lang.say("、", ", ")),
        first: told(alarm.first_ns),
        last: told(alarm.last_ns),
        reasons: reasons.collect(),
    }
}

pub async fn cells(State(state): State<WebState>, visit: Visit, Query(query): Query) -> Result<Response, Fault> {
    let person = reader(&state, &visit)?;
    let (from, until) = period(&query, &visit)?;
    let found = state.office.radio_cells(person, from, until).await?;
    looked(&state, person, &format!("cells {}", period_query((from, until)))).await?;
    let f = visit.frame(&state, "/work/radio");
    page(CellsPage {
        rows: found.alarms.iter().map(|alarm| row(&visit, &f, alarm)).collect(),
        from: minute(from),
        until: minute(until),
        query: period_query((from, until)),
        registers: super::lead::may_register(&state, person),
        found,
        f,
    })
}
