//! The first radio page: how the stations are, what is open, which plans run and which warnings set off duty.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use guiju_kernel::clock::ClockKind;
use guiju_office::radio::{RadioCase, RadioDesk, StationHealth, StationPoint, Warning};
use serde_json::Value;

use super::map::{Map, SIDE};
use super::{hours, moment, reader, task_title};
use crate::WebState;
use crate::fault::Fault;
use crate::frame::Frame;
use crate::intake::percent_encoded;
use crate::page::page;
use crate::show;
use crate::visit::Visit;

/// One station as the table shows it.
struct Row {
    station: String,
    key: String,
    name: String,
    receivers: Vec<(String, String, Option<String>)>,
    last: Option<(String, String)>,
    silent: bool,
    clock: Option<String>,
    clock_off: bool,
    missing: u64,
    missing_first: String,
    hours: Vec<(String, String, String)>,
}

/// A plan of protective monitoring.
struct Plan {
    case: RadioCase,
    service: String,
    days: String,
    channels: usize,
    duty: bool,
}

#[derive(Template)]
#[template(path = "work/radio/overview.html")]
struct OverviewPage {
    f: Frame,
    rows: Vec<Row>,
    leads: Vec<RadioCase>,
    complaints: Vec<RadioCase>,
    plans: Vec<Plan>,
    warnings: Vec<Warning>,
    map: Option<Map>,
    side: f64,
}

pub async fn overview(State(state): State<WebState>, visit: Visit) -> Result<Response, Fault> {
    let person = reader(&state, &visit)?;
    let stations = state.office.radio_health(person).await?;
    let RadioDesk { leads, complaints, plans, warnings } = state.office.radio_desk(person).await?;
    page(OverviewPage {
        map: Map::of(&points(&stations), &[]),
        rows: stations.into_iter().map(|station| row(&state, &visit, station)).collect(),
        leads,
        complaints,
        plans: plans.into_iter().map(|case| plan(&state, &visit, case)).collect(),
        warnings,
        side: SIDE,
        f: visit.frame(&state, "/work/radio"),
    })
}

/// The stations whose place is known.
pub(super) fn points(stations: &[StationHealth]) -> Vec<StationPoint> {
    let point = |one: &StationHealth| {
        let (latitude, longitude) = one.degrees?;
        Some(StationPoint { station: one.station.clone(), name: one.name.clone(), latitude, longitude })
    };
    stations.iter().filter_map(point).collect()
}

fn row(state: &WebState, visit: &Visit, station: StationHealth) -> Row {
    let lang = visit.lang;
    let clock = station.last.as_ref().map(|meta| {
        let ms = meta.clock_offset_ms;
        crate::say!(lang, "{:+}.{:03} 秒", "{:+}.{:03} s", ms / 1_000, ms.abs() % 1_000)
    });
    let receivers = station.receivers.iter().map(|one| {
        let query =
            format!("station={}&receiver={}", percent_encoded(&station.station), percent_encoded(&one.receiver));
        let last = one.last.as_ref().map_or_else(
            || lang.say("没有数据", "no data").to_owned(),
            |meta| show::age(lang, moment(meta.until_ms), visit.now),
        );
        (one.receiver.clone(), last, one.last_sweeps.as_ref().map(|_| query))
    });
    let told = |number: &u64| number.to_string();
    Row {
        key: percent_encoded(&station.station),
        receivers: receivers.collect(),
        last: station.last.as_ref().map(|meta| {
            let until = moment(meta.until_ms);
            (show::moment(lang, until), show::age(lang, until, visit.now))
        }),
        silent: station.silent,
        clock,
        clock_off: station.clock_off,
        missing: station.missing,
        missing_first: station.missing_first.iter().map(told).collect::<Vec<_>>().join(lang.say("、", ", ")),
        hours: station
            .hours
            .iter()
            .map(|one| (task_title(state, lang, &one.task), hours(one.today_s), hours(one.month_s)))
            .collect(),
        name: station.name,
        station: station.station,
    }
}

fn plan(state: &WebState, visit: &Visit, case: RadioCase) -> Plan {
    let lang = visit.lang;
    let fields = &case.case.detail.fields;
    let text = |name: &str| fields.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    let procedure = state.office.procedure_of(&case.case).ok();
    let service = procedure
        .as_ref()
        .and_then(|procedure| procedure.field("service"))
        .map(|field| show::value(lang, field, fields.get("service").unwrap_or(&Value::Null)));
    Plan {
        service: service.unwrap_or_default(),
        days: format!("{}{}{}", text("from_day"), lang.say(" 至 ", " to "), text("until_day")),
        channels: fields.get("channels").and_then(Value::as_array).map_or(0, Vec::len),
        // On duty, or called to it: the clocks of duty run, or the state says that somebody is there.
        duty: ["warned", "on_duty"].contains(&case.state_id.as_str()),
        case,
    }
}
