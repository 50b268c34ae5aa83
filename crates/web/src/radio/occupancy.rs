//! Occupancy by channel and hour of the day: a number and a shade, and 未监测 where nobody listened.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use guiju_office::radio::{Channel, ChannelUse, HourUse, Occupancy, OccupancyAsk};
use guiju_sheet::{ColumnKind, ListCell};

use super::picture::trimmed;
use super::spectrum::receivers;
use super::window::{Window, minute};
use super::{hours, looked, mhz, reader};
use crate::WebState;
use crate::fault::Fault;
use crate::form::Posted;
use crate::frame::Frame;
use crate::page::{Query, page};
use crate::visit::Visit;
use crate::work::export::{column, workbook as written};
use crate::work::inbox::Pick;

/// Shades of the heat table.
const SHADES: f64 = 5.0;
/// Channels of a raster, at most.
const RASTER_MOST: usize = 2_000;

/// One cell of the heat table.
struct Cell {
    text: String,
    shade: u8,
    unobserved: bool,
    hint: String,
}

/// One channel of the table.
struct Row {
    name: String,
    low: String,
    high: String,
    all: Cell,
    interval: String,
    observed: String,
    cells: Vec<Cell>,
    query: String,
}

struct Shown {
    title: String,
    from: String,
    until: String,
    low: String,
    high: String,
    query: String,
    rows: Vec<Row>,
    band: String,
    resource: String,
    over_floor_db: String,
    confidence: &'static str,
    revisit: String,
    /// Channels narrower than a bin cannot be told from their neighbours.
    coarse: Option<String>,
    packages: usize,
}

#[derive(Template)]
#[template(path = "work/radio/occupancy.html")]
struct OccupancyPage {
    f: Frame,
    receivers: Vec<Pick>,
    raster: bool,
    shown: Option<Shown>,
}

/// Whether the channels of the raster are asked for, instead of those assigned.
fn on_raster(query: &Posted) -> bool {
    query.first("channels") == Some("raster")
}

async fn channels(state: &WebState, visit: &Visit, window: &Window, raster: bool) -> Result<Vec<Channel>, Fault> {
    let person = reader(state, visit)?;
    if raster {
        let step = state.office.radio_rules()?.finding.raster_hz;
        let first = (window.low_hz / step).ceil();
        let centres = (0..=RASTER_MOST).map(|at| (first + at as f64) * step);
        let inside =
            centres.take_while(|hz| hz + step / 2.0 <= window.high_hz).filter(|hz| hz - step / 2.0 >= window.low_hz);
        return Ok(inside
            .map(|hz| Channel { name: trimmed(hz / 1e6), low_hz: hz - step / 2.0, high_hz: hz + step / 2.0 })
            .collect());
    }
    let assigned = state.office.radio_assignments(person, (window.low_hz, window.high_hz)).await?;
    let channel = |one: &guiju_office::radio::Assignment| Channel {
        name: format!("{} {}", one.id, one.name),
        low_hz: one.low_hz(),
        high_hz: one.high_hz(),
    };
    Ok(assigned.iter().map(channel).collect())
}

async fn counted(
    state: &WebState,
    visit: &Visit,
    query: &Posted,
) -> Result<(Vec<Pick>, Option<(Window, Occupancy)>), Fault> {
    let person = reader(state, visit)?;
    let stations = state.office.radio_health(person).await?;
    let window = Window::of(query, &stations, visit.lang)?;
    let receivers = receivers(&stations, window.as_ref());
    let Some(window) = window else { return Ok((receivers, None)) };
    let channels = channels(state, visit, &window, on_raster(query)).await?;
    let ask = OccupancyAsk { of: window.ask(1, 1), channels };
    let occupancy = state.office.radio_occupancy(person, &ask).await?;
    looked(state, person, &format!("occupancy {}", window.query())).await?;
    Ok((receivers, Some((window, occupancy))))
}

pub async fn occupancy(State(state): State<WebState>, visit: Visit, Query(query): Query) -> Result<Response, Fault> {
    let (receivers, counted) = counted(&state, &visit, &query).await?;
    let raster = on_raster(&query);
    let shown = counted.map(|(window, occupancy)| shown(&visit, window, &occupancy, raster));
    page(OccupancyPage { receivers, raster, shown, f: visit.frame(&state, "/work/radio") })
}

fn shown(visit: &Visit, window: Window, occupancy: &Occupancy, raster: bool) -> Shown {
    let lang = visit.lang;
    let share = |share: Option<f64>| share.map_or_else(|| lang.say("未监测", "not monitored").to_owned(), percent);
    let narrow = occupancy.channels.iter().any(|one| one.channel.high_hz - one.channel.low_hz < occupancy.bin_hz);
    Shown {
        title: format!("{} {}", window.station, window.receiver),
        from: minute(window.from_ms),
        until: minute(window.until_ms),
        low: mhz(window.low_hz),
        high: mhz(window.high_hz),
        query: format!("{}&channels={}", window.query(), if raster { "raster" } else { "assigned" }),
        rows: occupancy.channels.iter().map(|one| row(visit, &window, one, occupancy.quantile)).collect(),
        band: share(occupancy.band),
        resource: share(occupancy.resource),
        over_floor_db: trimmed(occupancy.over_floor_db),
        confidence: confidence(occupancy.quantile),
        revisit: trimmed(occupancy.revisit_ns as f64 / 60e9),
        coarse: narrow.then(|| trimmed(occupancy.bin_hz / 1e3)),
        packages: occupancy.packages,
    }
}

/// The confidence that a quantile stands for, for people.
fn confidence(quantile: f64) -> &'static str {
    match quantile {
        quantile if quantile < 1.8 => "90 %",
        quantile if quantile < 2.3 => "95 %",
        _ => "99 %",
    }
}

fn row(visit: &Visit, window: &Window, of: &ChannelUse, quantile: f64) -> Row {
    let interval = of.all.interval(quantile);
    // A link to the spectrum shows the channel with its neighbours.
    let around = (of.channel.high_hz - of.channel.low_hz) * 2.0;
    let near = Window {
        low_hz: (of.channel.low_hz - around).max(0.0),
        high_hz: of.channel.high_hz + around,
        ..window.clone()
    };
    Row {
        name: of.channel.name.clone(),
        low: mhz(of.channel.low_hz),
        high: mhz(of.channel.high_hz),
        all: cell(visit, &of.all, quantile),
        interval: interval.map_or_else(String::new, |(low, high)| format!("{}–{}", percent(low), percent(high))),
        observed: hours(of.all.observed_ns / 1_000_000_000),
        cells: of.hours.iter().map(|hour| cell(visit, hour, quantile)).collect(),
        query: near.query(),
    }
}

fn cell(visit: &Visit, of: &HourUse, quantile: f64) -> Cell {
    let lang = visit.lang;
    let Some(share) = of.share() else {
        return Cell {
            text: lang.say("未监测", "not monitored").to_owned(),
            shade: 0,
            unobserved: true,
            hint: String::new(),
        };
    };
    let observed = hours(of.observed_ns / 1_000_000_000);
    let (low, high) = of.interval(quantile).unwrap_or((0.0, 1.0));
    let (low, high) = (percent(low), percent(high));
    Cell {
        text: percent(share),
        shade: (share * SHADES).ceil().clamp(0.0, SHADES) as u8,
        unobserved: false,
        hint: crate::say!(lang, "{low}至{high}，监测 {observed} 小时", "{low} to {high}, {observed} h monitored"),
    }
}

/// A share in per cent, to the tenth below ten.
fn percent(share: f64) -> String {
    let percent = share * 100.0;
    if percent > 0.0 && percent < 9.95 { format!("{percent:.1}%") } else { format!("{percent:.0}%") }
}

pub async fn workbook(State(state): State<WebState>, visit: Visit, Query(query): Query) -> Result<Response, Fault> {
    let (_, counted) = counted(&state, &visit, &query).await?;
    let lang = visit.lang;
    let missing = || Fault::NotFound(lang.say("频谱数据", "spectra").to_owned());
    let (_, occupancy) = counted.ok_or_else(missing)?;
    let mut columns = vec![
        column(lang.say("信道", "Channel"), ColumnKind::Text),
        column(lang.say("下限（MHz）", "Low, MHz"), ColumnKind::Text),
        column(lang.say("上限（MHz）", "High, MHz"), ColumnKind::Text),
        column(lang.say("占用度（万分之一）", "Occupancy, 1/10,000"), ColumnKind::Integer),
        column(lang.say("区间下限（万分之一）", "Interval from, 1/10,000"), ColumnKind::Integer),
        column(lang.say("区间上限（万分之一）", "Interval until, 1/10,000"), ColumnKind::Integer),
        column(lang.say("监测（秒）", "Monitored, s"), ColumnKind::Integer),
    ];
    columns.extend((0..24).map(|hour| {
        let title = crate::say!(lang, "{hour}时（万分之一）", "{hour}:00, 1/10,000");
        column(&title, ColumnKind::Integer)
    }));
    let share = |share: Option<f64>| {
        share.map_or_else(
            || ListCell::Text(lang.say("未监测", "not monitored").to_owned()),
            |share| ListCell::Integer((share * 10_000.0).round() as i64),
        )
    };
    let line = |of: &ChannelUse| {
        let interval = of.all.interval(occupancy.quantile);
        let mut cells = vec![
            ListCell::Text(of.channel.name.clone()),
            ListCell::Text(mhz(of.channel.low_hz)),
            ListCell::Text(mhz(of.channel.high_hz)),
            share(of.all.share()),
            share(interval.map(|(low, _)| low)),
            share(interval.map(|(_, high)| high)),
            ListCell::Integer(of.all.observed_ns / 1_000_000_000),
        ];
        cells.extend(of.hours.iter().map(|hour| share(hour.share())));
        cells
    };
    let rows = occupancy.channels.iter().map(line).collect();
    written(&visit, lang.say("信道占用度", "occupancy"), columns, rows, false)
}
