//! The pages that all faces share: the demonstration's start, sign-in and out, licences, health.

use std::sync::Arc;

use askama::Template;
use axum::Extension;
use axum::extract::{Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use guiju_kernel::procedure::definition::Text;

use crate::WebState;
use crate::assets;
use crate::demo::DemoAccount;
use crate::face::Face;
use crate::fault::Fault;
use crate::frame::Frame;
use crate::gate::Tally;
use crate::intake;
use crate::lang::Lang;
use crate::page::{Query, page};
use crate::visit::{self, Visit};

#[derive(Template)]
#[template(path = "start.html")]
struct Start {
    f: Frame,
    about: Text,
    faces: Vec<(Face, &'static str)>,
    accounts: Vec<DemoAccount>,
    next: String,
}

/// In a demonstration: who you may be. In service: the first face that is served.
pub async fn start(State(state): State<WebState>, visit: Visit) -> Result<Response, Fault> {
    let Some(demo) = &state.demo else {
        let first = state.faces.list().first().map_or("/sign-in", |face| face.home());
        return Ok(Redirect::to(first).into_response());
    };
    let note = |face: Face, lang: Lang| match face {
        Face::Portal => lang.say("提诉求、看进度、评价", "file, follow and rate"),
        Face::Workbench => lang.say("派单、办理、答复、回访", "dispatch, handle, answer, call back"),
        Face::Public => lang.say("承诺、统计、验证回执", "promise, statistics, receipts"),
        Face::Leadership => lang.say("今天什么事需要我", "what needs me today"),
        Face::Station => lang.say("监测站上送数据", "where stations hand in data"),
    };
    page(Start {
        about: demo.about.clone(),
        faces: state.faces.list().into_iter().map(|face| (face, note(face, visit.lang))).collect(),
        accounts: served(&state, None),
        next: "/".to_owned(),
        f: visit.frame(&state, ""),
    })
}

/// Demonstration accounts whose face is served (and wanted, when the next page says which).
fn served(state: &WebState, wanted: Option<Face>) -> Vec<DemoAccount> {
    let Some(demo) = &state.demo else { return Vec::new() };
    let fits = |account: &&DemoAccount| {
        state.faces.has(account.face)
            && wanted.is_none_or(|face| (face == Face::Portal) == (account.face == Face::Portal))
    };
    demo.accounts.iter().filter(fits).cloned().collect()
}

#[derive(Template)]
#[template(path = "sign_in.html")]
struct SignIn {
    f: Frame,
    next: String,
    kept: Option<String>,
    account: String,
    wrong: bool,
    accounts: Vec<DemoAccount>,
}

pub async fn sign_in_page(State(state): State<WebState>, visit: Visit, Query(query): Query) -> Result<Response, Fault> {
    let kept = match query.first("kept") {
        Some(id) => visit::find_kept(&state.office, id).await?.map(|kept| (id.to_owned(), kept.to)),
        None => None,
    };
    let next = match &kept {
        Some((_, to)) => local(to),
        None => local(query.first("next").unwrap_or("/")),
    };
    page(SignIn {
        accounts: served(&state, Face::of(&next)),
        f: visit.frame(&state, ""),
        next,
        kept: kept.map(|(id, _)| id),
        account: String::new(),
        wrong: false,
    })
}

/// Only paths of this site: a link that leads elsewhere after sign-in is not followed.
fn local(next: &str) -> String {
    let inside = next.starts_with('/') && !next.starts_with("//") && !next.contains(['\\', '\n', '\r']);
    if inside { next.to_owned() } else { "/".to_owned() }
}

pub async fn sign_in(State(state): State<WebState>, visit: Visit, request: Request) -> Result<Response, Fault> {
    let typed = intake::read(request, &[]).await?.typed;
    let account = typed.first("account").unwrap_or_default().trim().to_owned();
    let password = typed.first("password").unwrap_or_default();
    let mut next = local(typed.first("next").unwrap_or("/"));
    let kept = typed.first("kept").filter(|id| id.bytes().all(|byte| byte.is_ascii_hexdigit())).map(str::to_owned);
    let Some(person) = state.office.sign_in(&account, password).await? else {
        let accounts = served(&state, Face::of(&next));
        let body = page(SignIn { f: visit.frame(&state, ""), next, kept, account, wrong: true, accounts })?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, body).into_response());
    };
    visit.close_session(&state.office).await?;
    let token = Visit::open_session(&state.office, &person.id).await?;
    if next == "/" {
        next = if person.party.is_some() { Face::Portal } else { Face::Workbench }.home().to_owned();
    }
    if let Some(id) = kept {
        next = format!("{next}{}kept={id}", if next.contains('?') { '&' } else { '?' });
    }
    let mut response = Redirect::to(&next).into_response();
    let cookie =
        format!("{}={token}; Path=/; HttpOnly; SameSite=Lax; Max-Age={}", visit::COOKIE, visit::COOKIE_SECONDS);
    set_cookie(&mut response, &cookie);
    Ok(response)
}

pub async fn sign_out(State(state): State<WebState>, visit: Visit, request: Request) -> Result<Response, Fault> {
    let typed = intake::read(request, &[]).await?.typed;
    if visit.person.is_some() && typed.first("_csrf") != Some(visit.csrf().as_str()) {
        return Err(Fault::Foreign);
    }
    visit.close_session(&state.office).await?;
    // The cookie stays: its session is gone, and a form that is open in another tab still needs it for its text to be kept.
    Ok(Redirect::to("/").into_response())
}

fn set_cookie(response: &mut Response, cookie: &str) {
    if let Ok(cookie) = HeaderValue::from_str(cookie) {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
}

#[derive(Template)]
#[template(path = "licences.html")]
struct Licences {
    f: Frame,
    licences: Vec<(&'static str, String)>,
}

pub async fn licences(State(state): State<WebState>, visit: Visit) -> Result<Response, Fault> {
    let texts = [
        ("govuk-frontend", "vendor/LICENCE.govuk-frontend.txt"),
        ("htmx", "vendor/LICENCE.htmx.txt"),
        ("VENDOR.md", "vendor/VENDOR.md"),
    ];
    let licences = texts.into_iter().filter_map(|(name, file)| Some((name, assets::text(file)?))).collect();
    page(Licences { f: visit.frame(&state, ""), licences })
}

/// Whether the store answers; for load balancers.
pub async fn health(State(state): State<WebState>) -> Response {
    match state.office.store().position(guiju_store::Log::Events).await {
        Ok(position) => format!("ok {}\n", position.size).into_response(),
        Err(error) => (StatusCode::SERVICE_UNAVAILABLE, format!("{error}\n")).into_response(),
    }
}

pub async fn metrics(State(state): State<WebState>, Extension(tally): Extension<Arc<Tally>>) -> Response {
    let records = state.office.store().position(guiju_store::Log::Events).await.map_or(0, |position| position.size);
    let text = format!(
        "{}# HELP guiju_records_total Records in the ledger.\n# TYPE guiju_records_total counter\nguiju_records_total {records}\n",
        tally.text()
    );
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], text).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sign_in_never_leads_to_another_site() {
        for outside in ["//evil.example", "https://evil.example", "/\\evil.example", "evil", "/a\r\nSet-Cookie: x"] {
            assert_eq!(local(outside), "/", "{outside}");
        }
        assert_eq!(local("/work?band=today"), "/work?band=today");
    }
}
