//! Spectrum and waterfall of one receiver: the server draws the spectrum, a script draws the waterfall from tiles of levels.

use askama::Template;
use axum::extract::State;
use axum::http::{HeaderName, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use guiju_office::radio::{Assignment, Peak, SpectraView, StationHealth};

use super::picture::{HEIGHT, Marked, Picture, WIDTH};
use super::window::{Window, minute};
use super::{looked, mhz, reader};
use crate::WebState;
use crate::fault::Fault;
use crate::form::Posted;
use crate::frame::Frame;
use crate::page::{Query, page};
use crate::visit::Visit;
use crate::work::inbox::Pick;

/// Points of the server's own line.
const LINE: usize = 700;
/// The most points of a tile on each side.
const TILE_MOST: usize = 2_048;

/// What the page shows when there is a receiver with spectra.
struct Shown {
    window: Window,
    title: String,
    from: String,
    until: String,
    low: String,
    high: String,
    query: String,
    view: SpectraView,
    picture: Picture,
    peaks: Vec<Peak>,
    assignments: Vec<Assignment>,
    marks: Vec<Marked>,
}

#[derive(Template)]
#[template(path = "work/radio/spectrum.html")]
struct SpectrumPage {
    f: Frame,
    receivers: Vec<Pick>,
    shown: Option<Shown>,
    width: f64,
    height: f64,
}

/// Receivers that a form offers.
pub(super) fn receivers(stations: &[StationHealth], window: Option<&Window>) -> Vec<Pick> {
    let chosen = window.map(|window| format!("{}/{}", window.station, window.receiver));
    let all = stations.iter().flat_map(|station| {
        station.receivers.iter().filter(|one| one.last_sweeps.is_some()).map(move |one| {
            let value = format!("{}/{}", station.station, one.receiver);
            (format!("{} {} {}", station.station, station.name, one.receiver), value)
        })
    });
    all.map(|(title, value)| Pick { title, chosen: chosen.as_ref() == Some(&value), value }).collect()
}

pub async fn spectrum(State(state): State<WebState>, visit: Visit, Query(query): Query) -> Result<Response, Fault> {
    let person = reader(&state, &visit)?;
    let stations = state.office.radio_health(person).await?;
    let window = Window::of(&query, &stations, visit.lang)?;
    let receivers = receivers(&stations, window.as_ref());
    let shown = match window {
        Some(window) => {
            let name = stations.iter().find(|one| one.station == window.station).map(|one| one.name.clone());
            Some(shown(&state, &visit, window, name.unwrap_or_default()).await?)
        }
        None => None,
    };
    page(SpectrumPage { receivers, shown, width: WIDTH, height: HEIGHT, f: visit.frame(&state, "/work/radio") })
}

async fn shown(state: &WebState, visit: &Visit, window: Window, name: String) -> Result<Shown, Fault> {
    let person = reader(state, visit)?;
    // A line needs no rows; one row is the least that a tile has.
    let ask = window.ask(LINE, 1);
    let view = state.office.radio_spectra(person, &ask).await?;
    let band = (window.low_hz, window.high_hz);
    let assignments = state.office.radio_assignments(person, band).await?;
    let peaks = state.office.radio_peaks(&ask, &view.line)?;
    let marks = marks(state, visit, &window).await?;
    looked(state, person, &format!("spectrum {}", window.query())).await?;
    Ok(Shown {
        title: format!("{} {} {}", window.station, name, window.receiver),
        from: minute(window.from_ms),
        until: minute(window.until_ms),
        low: mhz(window.low_hz),
        high: mhz(window.high_hz),
        query: window.query(),
        picture: Picture::of(band, &view.line, &assignments, &marks),
        view,
        peaks,
        assignments,
        marks,
        window,
    })
}

/// What can be opened from the picture: open leads, and what searches have found here.
async fn marks(state: &WebState, visit: &Visit, window: &Window) -> Result<Vec<Marked>, Fault> {
    let person = reader(state, visit)?;
    let mut marks = Vec::new();
    for lead in state.office.radio_desk(person).await?.leads {
        let hz = lead.case.detail.fields.get("frequency_hz").and_then(serde_json::Value::as_i64);
        if let Some(hz) = hz.map(|hz| hz as f64).filter(|hz| (window.low_hz..window.high_hz).contains(hz)) {
            marks.push((hz, format!("/work/case/{}", lead.id), format!("{} {}", lead.number, lead.headline)));
        }
    }
    let time = (window.from_ms, window.until_ms);
    for (searched, found) in state.office.radio_found_lately(person, time, (window.low_hz, window.high_hz))? {
        let (from, until) = (minute(searched.from_ms), minute(searched.until_ms));
        let encoded = crate::intake::percent_encoded;
        let href = format!("/work/radio/findings?from={}&until={}#f-{}", encoded(&from), encoded(&until), found.id);
        let title = super::findings::kind_title(visit.lang, found.kind);
        marks.push((found.finding.centre_hz, href, format!("{title} {} MHz", mhz(found.finding.centre_hz))));
    }
    Ok(marks)
}

/// One tile of levels: `w` × `h` whole numbers of 16 bits, little-endian, in quarters of a decibel, row by row from the earliest; then the
/// mean and the greatest level of each column in the same unit. -32768 is where nothing was measured.
pub async fn tile(State(state): State<WebState>, visit: Visit, Query(query): Query) -> Result<Response, Fault> {
    let person = reader(&state, &visit)?;
    let stations = state.office.radio_health(person).await?;
    let missing = || Fault::NotFound(visit.lang.say("频谱数据", "spectra").to_owned());
    let window = Window::of(&query, &stations, visit.lang)?.ok_or_else(missing)?;
    let (width, height) = (side(&query, "w", &visit)?, side(&query, "h", &visit)?);
    let view = state.office.radio_spectra(person, &window.ask(width, height)).await?;
    let step = |db: f32| guiju_spectrum::package::step_of(db);
    let hole = guiju_spectrum::package::HOLE;
    let mean = view.line.iter().map(|level| level.map_or(hole, |(mean, _)| step(mean)));
    let most = view.line.iter().map(|level| level.map_or(hole, |(_, most)| step(most)));
    let levels = view.tile.levels.iter().copied().chain(mean).chain(most);
    let bytes: Vec<u8> = levels.flat_map(i16::to_le_bytes).collect();
    let mut response = bytes.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/octet-stream"));
    headers.insert(HeaderName::from_static("x-unit"), HeaderValue::from_static(view.unit));
    for (name, number) in [
        ("x-width", view.tile.width),
        ("x-height", view.tile.height),
        ("x-pending", view.pending),
        ("x-packages", view.packages),
    ] {
        headers.insert(HeaderName::from_static(name), HeaderValue::from(number));
    }
    Ok(response)
}

fn side(query: &Posted, name: &str, visit: &Visit) -> Result<usize, Fault> {
    let said = query.first(name).unwrap_or("512");
    said.parse().ok().filter(|side| (1..=TILE_MOST).contains(side)).ok_or_else(|| {
        Fault::Unreadable(crate::say!(
            visit.lang,
            "`{name}` 应为 1 到 {TILE_MOST} 的整数",
            "`{name}` is a whole number from 1 to {TILE_MOST}"
        ))
    })
}
