//! What every request passes: language, face, origin check; and every answer: security headers, faults drawn as pages.
//!
//! Refuses a form that another site sent (Sec-Fetch-Site, or Origin against Host), and a face that this server does not show.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use askama::Template;
use axum::extract::{FromRequestParts, Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};

use crate::WebState;
use crate::face::Face;
use crate::fault::Fault;
use crate::frame::Frame;
use crate::intake;
use crate::lang::Lang;
use crate::visit::{self, Visit};

/// Scripts, styles and pictures come from here only, nothing is inline, and nobody may frame a page.
const CONTENT_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; \
    form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

const HEADERS: [(&str, &str); 6] = [
    ("content-security-policy", CONTENT_POLICY),
    ("x-content-type-options", "nosniff"),
    ("x-frame-options", "DENY"),
    ("referrer-policy", "same-origin"),
    ("cross-origin-opener-policy", "same-origin"),
    ("permissions-policy", "geolocation=(), microphone=(), payment=()"),
];

/// How many requests were answered, by class of status. Starts at zero with the process.
#[derive(Debug, Default)]
pub struct Tally {
    classes: [AtomicU64; 5],
}

impl Tally {
    fn note(&self, status: StatusCode) {
        let class = usize::from(status.as_u16() / 100).saturating_sub(1);
        if let Some(count) = self.classes.get(class) {
            count.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// The counters in the text format that Prometheus reads.
    pub fn text(&self) -> String {
        let mut out = String::from(
            "# HELP guiju_http_answers_total Answers since the process started.\n# TYPE guiju_http_answers_total counter\n",
        );
        for (class, count) in self.classes.iter().enumerate() {
            out.push_str(&format!(
                "guiju_http_answers_total{{class=\"{}xx\"}} {}\n",
                class + 1,
                count.load(Ordering::Relaxed)
            ));
        }
        out
    }
}

/// What the gate needs to know.
#[derive(Clone)]
pub struct Gate {
    pub state: WebState,
    pub tally: Arc<Tally>,
}

/// The layer around every route.
pub async fn pass(State(gate): State<Gate>, request: Request, next: Next) -> Response {
    let (mut parts, body) = request.into_parts();
    let asked =
        intake::urlencoded(parts.uri.query().unwrap_or_default().as_bytes()).first("lang").and_then(Lang::parse);
    let lang = asked.or_else(|| visit::cookie(&parts, "lang").and_then(Lang::parse)).unwrap_or_default();
    parts.extensions.insert(lang);
    let htmx = parts.headers.contains_key("hx-request");
    let path = parts.uri.path().to_owned();
    let outside =
        path.starts_with("/assets/") || path.starts_with("/public/log/") || path == "/healthz" || path == "/metrics";
    let visit = if outside { None } else { Visit::from_request_parts(&mut parts, &gate.state).await.ok() };
    if let Some(visit) = &visit {
        parts.extensions.insert(visit.clone());
    }
    let closed = Face::of(&path).is_some_and(|face| !gate.state.faces.has(face));
    let foreign = parts.method == Method::POST && !same_origin(&parts.headers);
    let response = if closed {
        Fault::FaceNotServed.into_response()
    } else if foreign {
        Fault::Foreign.into_response()
    } else {
        next.run(Request::from_parts(parts, body)).await
    };
    let mut response = if outside { response } else { drawn(&gate.state, visit, lang, htmx, response) };
    let headers = response.headers_mut();
    for (name, value) in HEADERS {
        headers.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
    }
    if !outside {
        headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    }
    if asked.is_some() {
        let cookie = format!("lang={}; Path=/; Max-Age=31536000; SameSite=Lax", lang.short());
        if let Ok(cookie) = HeaderValue::from_str(&cookie) {
            headers.append(header::SET_COOKIE, cookie);
        }
    }
    gate.tally.note(response.status());
    response
}

/// A browser says where a form comes from; a program that says nothing still needs the session's form token.
fn same_origin(headers: &HeaderMap) -> bool {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    if let Some(site) = text("sec-fetch-site") {
        return matches!(site, "same-origin" | "none");
    }
    match (text("origin"), text("host")) {
        (None, _) => true,
        (Some(origin), Some(host)) => origin.split_once("://").is_some_and(|(_, from)| from == host),
        (Some(_), None) => false,
    }
}

#[derive(Template)]
#[template(path = "fault.html")]
struct FaultPage {
    f: Frame,
    title: String,
    sentences: Vec<String>,
    kept: Option<String>,
}

/// Turns a fault into its page; an error without words (an unknown path, a wrong method) becomes one.
fn drawn(state: &WebState, visit: Option<Visit>, lang: Lang, htmx: bool, response: Response) -> Response {
    let status = response.status();
    let fault = match response.extensions().get::<Fault>() {
        Some(fault) => fault.clone(),
        None if response.headers().contains_key(header::CONTENT_TYPE) => return response,
        None if status == StatusCode::NOT_FOUND => Fault::NotFound(lang.say("这个页面", "such page").to_owned()),
        None if status == StatusCode::METHOD_NOT_ALLOWED || status == StatusCode::BAD_REQUEST => Fault::Unreadable(
            lang.say("这个地址不接受这样的请求", "this address does not take such a request").to_owned(),
        ),
        None => return response,
    };
    if let Fault::SignIn(path) = &fault {
        if htmx {
            let mut answer = StatusCode::NO_CONTENT.into_response();
            if let Ok(path) = HeaderValue::from_str(path) {
                answer.headers_mut().insert("hx-redirect", path);
            }
            return answer;
        }
        return Redirect::to(path).into_response();
    }
    if let Fault::Broken(why) | Fault::Unavailable(why) | Fault::Uncertain(why) = &fault {
        tracing::error!(why, "a page could not be served");
    }
    let visit = visit.unwrap_or_else(|| Visit {
        lang,
        face: None,
        here: "/".to_owned(),
        token: None,
        person: None,
        now: state.office.now(),
    });
    let kept = match &fault {
        Fault::TooLarge { kept, .. } => kept.clone(),
        _ => None,
    };
    let page =
        FaultPage { f: visit.frame(state, ""), title: fault.title(lang), sentences: fault.sentences(lang), kept };
    let status = if status.is_success() { fault.status() } else { status };
    match page.render() {
        Ok(html) => (status, axum::response::Html(html)).into_response(),
        Err(_) => (status, fault.title(lang)).into_response(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        pairs.iter().map(|(k, v)| (HeaderName::from_static(k), HeaderValue::from_static(v))).collect()
    }

    #[test]
    fn a_form_from_another_site_is_refused_whatever_its_browser_says() {
        assert!(same_origin(&headers(&[("sec-fetch-site", "same-origin")])));
        assert!(!same_origin(&headers(&[("sec-fetch-site", "cross-site")])));
        assert!(!same_origin(&headers(&[("sec-fetch-site", "same-site"), ("origin", "http://a"), ("host", "a")])));
        assert!(same_origin(&headers(&[("origin", "http://a:8080"), ("host", "a:8080")])));
        assert!(!same_origin(&headers(&[("origin", "http://b"), ("host", "a")])));
        assert!(!same_origin(&headers(&[("origin", "null"), ("host", "a")])));
    }

    #[test]
    fn answers_are_counted_by_class() {
        let tally = Tally::default();
        tally.note(StatusCode::OK);
        tally.note(StatusCode::NOT_FOUND);
        assert!(tally.text().contains("class=\"2xx\"} 1\n") && tally.text().contains("class=\"4xx\"} 1\n"));
    }
}
