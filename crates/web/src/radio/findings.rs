//! What was found in a period over all stations, each with its reasons, what it rests on, and the way to make a lead of it.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use guiju_kernel::time::{civil_of, midnight, to_millis};
use guiju_office::radio::{Findings, Found, FoundKind, Searched};

use super::map::{Map, SIDE};
use super::picture::trimmed;
use super::window::{Window, minute, time};
use super::{hours, looked, mhz, moment, reader};
use crate::WebState;
use crate::fault::Fault;
use crate::form::Posted;
use crate::frame::Frame;
use crate::intake::percent_encoded;
use crate::lang::Lang;
use crate::page::{Query, download, page};
use crate::show;
use crate::visit::Visit;

/// The period that is shown where none is asked for, in ms: a week.
const WEEK_MS: i64 = 7 * 86_400_000;
/// How far around a finding its spectrum reaches, in bandwidths.
const AROUND: f64 = 3.0;

/// A finding as the page shows it.
pub(super) struct Row {
    pub found: Found,
    pub kind: &'static str,
    pub outcome: String,
    pub first: String,
    pub last: String,
    pub schedule: String,
    /// Reason and points.
    pub reasons: Vec<(String, u32)>,
    /// Receiver, signal over noise in dB, hours on, hours watched, the query of its spectrum.
    pub views: Vec<(String, String, String, String, String)>,
    pub place: Option<String>,
    pub doubt: Vec<String>,
    /// The lead that it is already: case and number.
    pub lead: Option<(u64, String)>,
}

#[derive(Template)]
#[template(path = "work/radio/findings.html")]
struct FindingsPage {
    f: Frame,
    from: String,
    until: String,
    query: String,
    again: String,
    computing: Option<(usize, usize)>,
    searched: Option<Arc<Searched>>,
    leads: Vec<Row>,
    others: Vec<Row>,
    watched: Vec<(String, String)>,
    map: Option<Map>,
    side: f64,
    registers: bool,
}

/// A finding's kind for people.
pub(super) fn kind_title(lang: Lang, kind: FoundKind) -> &'static str {
    match kind {
        FoundKind::BlackBroadcast => lang.say("疑似黑广播", "Suspected illegal broadcasting"),
        FoundKind::Unlicensed => lang.say("没有指配的信号", "Signal without assignment"),
        FoundKind::Deviating => lang.say("偏离指配", "Deviates from its assignment"),
    }
}

/// The period of an address, in ms since 1970 UTC, half-open; the last week where it names none.
pub(super) fn period(query: &Posted, visit: &Visit) -> Result<(i64, i64), Fault> {
    let today = to_millis(midnight(civil_of(visit.now).date()));
    let until = time(query, "until", visit.lang)?;
    Ok(match (time(query, "from", visit.lang)?, until) {
        (Some(from), Some(until)) => (from, until),
        (Some(from), None) => (from, from.saturating_add(WEEK_MS)),
        (None, until) => {
            let until = until.unwrap_or(today);
            (until.saturating_sub(WEEK_MS), until)
        }
    })
}

/// The query of an address that asks for the period.
pub(super) fn period_query((from, until): (i64, i64)) -> String {
    format!("from={}&until={}", percent_encoded(&minute(from)), percent_encoded(&minute(until)))
}

pub async fn findings(State(state): State<WebState>, visit: Visit, Query(query): Query) -> Result<Response, Fault> {
    let person = reader(&state, &visit)?;
    let (from, until) = period(&query, &visit)?;
    let (searched, computing) = match state.office.radio_findings(person, from, until).await? {
        Findings::Ready(searched) => (Some(searched), None),
        Findings::Computing { done, all } => (None, Some((done, all))),
    };
    let mut rows = Vec::new();
    if let Some(searched) = &searched {
        looked(&state, person, &format!("findings {}", period_query((from, until)))).await?;
        for found in &searched.found {
            rows.push(row(&state, &visit, found).await?);
        }
    }
    let map = searched.as_ref().and_then(|searched| map(&visit, searched));
    let watched = searched.iter().flat_map(|searched| &searched.watched);
    let (leads, others) = rows.into_iter().partition(|row| row.found.finding.lead);
    let query = period_query((from, until));
    page(FindingsPage {
        from: minute(from),
        until: minute(until),
        again: format!("/work/radio/findings?{query}"),
        query,
        computing,
        watched: watched.map(|(name, s)| (name.clone(), hours(i64::try_from(*s).unwrap_or(i64::MAX)))).collect(),
        searched,
        leads,
        others,
        map,
        side: SIDE,
        registers: super::lead::may_register(&state, person),
        f: visit.frame(&state, "/work/radio"),
    })
}

fn map(visit: &Visit, searched: &Searched) -> Option<Map> {
    let places: Vec<_> = searched
        .found
        .iter()
        .filter(|found| found.finding.lead)
        .filter_map(|found| {
            let title = format!("{} {} MHz", kind_title(visit.lang, found.kind), mhz(found.finding.centre_hz));
            Some((found.located.as_ref()?, format!("#f-{}", found.id), title))
        })
        .collect();
    Map::of(&searched.stations, &places)
}

/// A finding for people.
///
/// # Errors
/// When the leads cannot be read.
pub(super) async fn row(state: &WebState, visit: &Visit, found: &Found) -> Result<Row, Fault> {
    let lang = visit.lang;
    let finding = &found.finding;
    let (first, last) = found.time_ms();
    let title = finding.outcome.title();
    Ok(Row {
        kind: kind_title(lang, found.kind),
        outcome: lang.say(title.0, title.1).to_owned(),
        first: show::moment(lang, moment(first)),
        last: show::moment(lang, moment(last)),
        schedule: if lang.is_zh() { finding.schedule.zh() } else { finding.schedule.en() },
        reasons: reasons(lang, found),
        views: finding.views.iter().map(|view| view_of(found, view)).collect(),
        place: found.located.as_ref().map(|at| {
            let (north, east) = (at.latitude, at.longitude);
            let (major, minor) = (at.major_m.round(), at.minor_m.round());
            crate::say!(
                lang,
                "北纬 {north:.4}°、东经 {east:.4}°，95% 椭圆半轴 {major} × {minor} 米",
                "{north:.4}° N, {east:.4}° E, 95 % ellipse of {major} by {minor} m"
            )
        }),
        doubt: doubts(lang, found),
        lead: state.office.lead_of(found).await?,
        found: found.clone(),
    })
}

fn reasons(lang: Lang, found: &Found) -> Vec<(String, u32)> {
    use guiju_spectrum::matching::Outcome;
    let mut told: Vec<(String, u32)> = Vec::new();
    if let Outcome::Deviating { best, .. } = &found.finding.outcome {
        let deviations = best.deviations.iter();
        told.extend(deviations.map(|one| (if lang.is_zh() { one.zh() } else { one.en() }, 0)));
    }
    let reasons = found.finding.reasons.iter();
    told.extend(reasons.map(|one| (if lang.is_zh() { one.zh() } else { one.en() }, one.points())));
    told
}

fn view_of(found: &Found, view: &guiju_spectrum::finding::View) -> (String, String, String, String, String) {
    let (station, receiver) = view.station.split_once('/').unwrap_or((&view.station, ""));
    let around = (found.finding.bandwidth_hz * AROUND).max(200_000.0);
    let (first, last) = found.time_ms();
    let window = Window {
        station: station.to_owned(),
        receiver: receiver.to_owned(),
        from_ms: first,
        until_ms: last,
        low_hz: (view.centre_hz - around).max(0.0),
        high_hz: view.centre_hz + around,
    };
    let told = |seconds: u64| hours(i64::try_from(seconds).unwrap_or(i64::MAX));
    let snr = format!("{:.1}", view.snr_db);
    (view.station.clone(), snr, told(view.on_seconds), told(view.observed_seconds), window.query())
}

/// What a reader has to know before believing the place or the levels.
fn doubts(lang: Lang, found: &Found) -> Vec<String> {
    let mut doubts = Vec::new();
    if found.unit != "dBm" {
        let said = (
            "各站未校准，电平是相对值，站间比较和定位只作参考",
            "the receivers are not calibrated: levels are relative, and comparing stations or locating is a hint only",
        );
        doubts.push(lang.say(said.0, said.1).to_owned());
    }
    if let Some(at) = &found.located {
        if at.at_edge {
            let said = (
                "估计位置在搜索范围的边上，可能在范围之外",
                "the place lies at the edge of the search area and may be beyond it",
            );
            doubts.push(lang.say(said.0, said.1).to_owned());
        }
        if !at.alternatives.is_empty() {
            let other = at.alternatives.len();
            doubts.push(crate::say!(lang, "另有 {other} 处同样说得通", "{other} other places fit as well"));
        }
    }
    let resolution = trimmed(found.resolution_hz / 1e3);
    doubts.push(crate::say!(lang, "频率分辨率 {resolution} kHz", "frequencies are known to {resolution} kHz"));
    doubts
}

/// A finding of a period, by its id.
///
/// # Errors
/// [`Fault::NotFound`] where the period holds no such finding; [`Fault::Unavailable`] while it is still being looked through.
pub(super) async fn named(state: &WebState, visit: &Visit, query: &Posted) -> Result<(Arc<Searched>, Found), Fault> {
    let person = reader(state, visit)?;
    let (from, until) = period(query, visit)?;
    let asked = query.first("finding").unwrap_or_default();
    match state.office.radio_findings(person, from, until).await? {
        Findings::Computing { done, all } => Err(Fault::Unavailable(crate::say!(
            visit.lang,
            "这段时间的数据还在分析（{done} / {all}），请稍后再试",
            "this period is still being looked through ({done} of {all}); try again shortly"
        ))),
        Findings::Ready(searched) => {
            let found = searched.found.iter().find(|found| found.id == asked).cloned();
            let missing = || Fault::NotFound(crate::say!(visit.lang, "发现「{asked}」", "finding “{asked}”"));
            found.map(|found| (searched.clone(), found)).ok_or_else(missing)
        }
    }
}

/// The evidence of a finding, as it would be attached to a lead.
pub async fn evidence(State(state): State<WebState>, visit: Visit, Query(query): Query) -> Result<Response, Fault> {
    let person = reader(&state, &visit)?;
    let (searched, found) = named(&state, &visit, &query).await?;
    looked(&state, person, &format!("evidence {}", found.id)).await?;
    let content = state.office.radio_evidence(person, &searched, &found).await?;
    Ok(download(&format!("evidence-{}.json", found.id), "application/json", content))
}
