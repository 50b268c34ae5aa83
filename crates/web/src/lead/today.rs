//! What needs the leadership today: clocks beyond or near their limit, unit by unit; below it the year in figures.

use std::sync::Arc;

use askama::Template;
use axum::Extension;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use guiju_kernel::time::{date_of, to_millis};
use guiju_office::InboxAsk;

use super::overseer;
use crate::WebState;
use crate::counts::{Counts, Days, Shown, shown};
use crate::fault::Fault;
use crate::frame::Frame;
use crate::intake::percent_encoded;
use crate::page::page;
use crate::show;
use crate::visit::Visit;
use crate::work::inbox::{Line, line};

/// Cases named on the page.
const WORST: usize = 10;

/// One unit's desk by band.
struct Desk {
    unit: String,
    path: String,
    counts: Vec<(String, u64)>,
    /// Of the widest desk, in thousandths, by band.
    bars: Vec<(String, u64, u64)>,
    total: u64,
}

#[derive(Template)]
#[template(path = "lead/today.html")]
struct TodayPage {
    f: Frame,
    when: String,
    bands: Vec<String>,
    desks: Vec<Desk>,
    quiet: usize,
    overdue: u64,
    today: u64,
    worst: Vec<(Line, String)>,
    figures: Vec<Shown>,
    period: String,
    query: String,
}

pub async fn today(
    State(state): State<WebState>,
    Extension(counts): Extension<Arc<Counts>>,
    visit: Visit,
) -> Result<Response, Fault> {
    let person = overseer(&visit)?.clone();
    let pack = state.office.pack();
    let organ = pack.organs.iter().find(|organ| Some(&organ.id) == person.organ.as_ref());
    let mut desks = Vec::new();
    let mut worst = Vec::new();
    let (mut overdue, mut due_today) = (0, 0);
    let mut bands = Vec::new();
    for unit in organ.map(|organ| organ.units.as_slice()).unwrap_or_default() {
        let path = format!("{}/{}", person.organ.as_deref().unwrap_or_default(), unit.id);
        let ask = InboxAsk {
            unit: Some(path.clone()),
            band: Some("overdue".to_owned()),
            limit: u32::try_from(WORST).unwrap_or(10),
            ..InboxAsk::default()
        };
        let view = state.office.inbox(&person, &ask).await?;
        let title = visit.lang.text(&unit.title).to_owned();
        let count = |id: &str| view.bands.iter().find(|band| band.id == id).map_or(0, |band| band.count);
        overdue += count("overdue");
        due_today += count("today");
        bands = view.bands.iter().map(|band| visit.lang.text(&band.name).to_owned()).collect();
        for row in view.rows.iter().filter(|row| row.holding.due.is_some_and(|due| due <= to_millis(visit.now))) {
            worst.push((row.holding.due, line(&state, &visit, row).await?, title.clone()));
        }
        desks.push(Desk {
            unit: title,
            path: percent_encoded(&path),
            total: view.bands.iter().map(|band| band.count).sum(),
            counts: view.bands.iter().map(|band| (band.id.clone(), band.count)).collect(),
            bars: Vec::new(),
        });
    }
    worst.sort_by_key(|(due, ..)| *due);
    worst.truncate(WORST);
    let all = desks.len();
    desks.retain(|desk| desk.total > 0);
    desks.sort_by_key(|desk| std::cmp::Reverse(desk.counts.first().map_or(0, |(_, count)| *count)));
    let widest = desks.iter().map(|desk| desk.total).max().unwrap_or(1).max(1);
    for desk in &mut desks {
        let mut at = 0;
        for (band, count) in &desk.counts {
            let width = count * 1000 / widest;
            desk.bars.push((band.clone(), at, width));
            at += width;
        }
    }
    let days = Days::this_year(visit.now);
    let counted = counts.of(&state.office, days).await?;
    page(TodayPage {
        when: show::moment(visit.lang, visit.now),
        bands,
        quiet: all - desks.len(),
        desks,
        overdue,
        today: due_today,
        worst: worst.into_iter().map(|(_, line, unit)| (line, unit)).collect(),
        figures: counted.figures.iter().map(|value| shown(visit.lang, value)).collect(),
        period: days.sentence(visit.lang),
        query: days.query(),
        f: visit.frame(&state, "/lead"),
    })
}

/// One area of the report.
struct Area {
    title: String,
    figures: Vec<Shown>,
}

#[derive(Template)]
#[template(path = "lead/report.html")]
struct ReportPage {
    f: Frame,
    year: i16,
    period: String,
    query: String,
    whole: bool,
    areas: Vec<Area>,
    checkpoint: String,
    years: Vec<i16>,
}

/// The year that is running.
pub async fn latest_report(visit: Visit) -> Result<Response, Fault> {
    overseer(&visit)?;
    let year = Days::this_year(visit.now).from.year();
    Ok(Redirect::to(&format!("/lead/report/{year}")).into_response())
}

/// Areas of the yearly report, by the first part of a figure's id.
fn area_title(visit: &Visit, area: &str) -> String {
    match area {
        "requests" => visit.lang.say("企业诉求", "Enterprise requests"),
        "service" => visit.lang.say("企业服务", "Services to enterprises"),
        "funds" => visit.lang.say("资金兑现", "Support funds"),
        "loans" => visit.lang.say("融资支持", "Loans"),
        "licensing" => visit.lang.say("行政许可", "Licensing"),
        "radio" => visit.lang.say("无线电", "Radio"),
        "inspection" | "penalty" => visit.lang.say("执法监督", "Enforcement"),
        "review" => visit.lang.say("复议诉讼", "Review and litigation"),
        "documents" => visit.lang.say("文件审查", "Documents"),
        "learning" => visit.lang.say("学法普法", "Legal learning"),
        other => other,
    }
    .to_owned()
}

pub async fn report(
    State(state): State<WebState>,
    Extension(counts): Extension<Arc<Counts>>,
    visit: Visit,
    Path(year): Path<i16>,
) -> Result<Response, Fault> {
    overseer(&visit)?;
    let days = Days::year(year, visit.now).ok_or_else(|| Fault::NotFound(year.to_string()))?;
    let counted = counts.of(&state.office, days).await?;
    let mut areas: Vec<Area> = Vec::new();
    for value in &counted.figures {
        let figure = shown(visit.lang, value);
        let title = area_title(&visit, &figure.area);
        match areas.iter_mut().find(|area| area.title == title) {
            Some(area) => area.figures.push(figure),
            None => areas.push(Area { title, figures: vec![figure] }),
        }
    }
    let this = date_of(visit.now).year();
    page(ReportPage {
        year,
        period: days.sentence(visit.lang),
        query: days.query(),
        whole: days.until.year() > year,
        areas,
        checkpoint: counted.checkpoint.clone(),
        years: (this - 2..=this).rev().filter(|other| *other != year).collect(),
        f: visit.frame(&state, "/lead/report"),
    })
}
