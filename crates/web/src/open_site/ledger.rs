//! The ledger's public side: the page that explains it, and the C2SP tlog-tiles endpoints that other programs read.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use guiju_store::Log;

use crate::WebState;
use crate::fault::Fault;
use crate::frame::Frame;
use crate::page::page;
use crate::show;
use crate::visit::Visit;

#[derive(Template)]
#[template(path = "public/ledger.html")]
struct LedgerPage {
    f: Frame,
    events: Option<(String, String)>,
    readings: Option<(String, String)>,
    vkeys: (String, String),
}

pub async fn page_of(State(state): State<WebState>, visit: Visit) -> Result<Response, Fault> {
    let shown = |found: Option<(u64, String)>| found.map(|(size, note)| (show::count(size), note));
    page(LedgerPage {
        events: shown(state.office.checkpoint(Log::Events).await?),
        readings: shown(state.office.checkpoint(Log::Readings).await?),
        vkeys: state.office.vkeys(),
        f: visit.frame(&state, "/public/ledger"),
    })
}

fn log_of(name: &str) -> Option<Log> {
    match name {
        "events" => Some(Log::Events),
        "readings" => Some(Log::Readings),
        _ => None,
    }
}

fn not_found() -> Response {
    (StatusCode::NOT_FOUND, "not found\n").into_response()
}

fn unavailable(error: &guiju_office::OfficeError) -> Response {
    tracing::error!(%error, "the public log could not be read");
    (StatusCode::SERVICE_UNAVAILABLE, "unavailable\n").into_response()
}

/// The latest signed head; kept by nobody for more than a few seconds.
pub async fn checkpoint(State(state): State<WebState>, Path(log): Path<String>) -> Response {
    let Some(log) = log_of(&log) else { return not_found() };
    match state.office.checkpoint(log).await {
        Ok(Some((_, note))) => {
            let headers = [(header::CONTENT_TYPE, "text/plain; charset=utf-8"), (header::CACHE_CONTROL, "max-age=5")];
            (headers, note).into_response()
        }
        Ok(None) => not_found(),
        Err(error) => unavailable(&error),
    }
}

/// A tile or entry bundle: immutable once it is there.
pub async fn tile(State(state): State<WebState>, Path((log, path)): Path<(String, String)>) -> Response {
    let Some(log) = log_of(&log) else { return not_found() };
    match state.office.tile(log, &format!("tile/{path}")).await {
        Ok(Some(bytes)) => {
            let mut response = bytes.into_response();
            let headers = response.headers_mut();
            headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/octet-stream"));
            headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=31536000, immutable"));
            response
        }
        Ok(None) => not_found(),
        Err(error) => unavailable(&error),
    }
}
