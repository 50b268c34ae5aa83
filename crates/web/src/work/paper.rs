//! A licence as a paper to print: the entry's fields, and a square code that leads to where anybody may verify it.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use qrcode::render::svg;
use qrcode::{EcLevel, QrCode};

use crate::WebState;
use crate::fault::Fault;
use crate::frame::Frame;
use crate::intake::percent_encoded;
use crate::page::{Query, page};
use crate::visit::Visit;

/// Pixels of the code's side at least, quiet zone included.
const SIDE: u32 = 220;

#[derive(Template)]
#[template(path = "work/paper.html")]
pub struct PaperPage {
    f: Frame,
    /// Where the way back leads.
    back: String,
    title: String,
    number: String,
    lines: Vec<(String, String)>,
    address: String,
    code: String,
}

impl PaperPage {
    /// The paper of one licence; its code leads to where anybody verifies the number, at the host that was asked.
    pub fn of(
        f: Frame,
        back: String,
        title: String,
        number: String,
        lines: Vec<(String, String)>,
        headers: &HeaderMap,
    ) -> PaperPage {
        let address = address(headers, &number);
        PaperPage { code: code(&address).unwrap_or_default(), f, back, title, number, lines, address }
    }
}

pub async fn paper(
    State(state): State<WebState>,
    visit: Visit,
    headers: HeaderMap,
    Path(id): Path<String>,
    Query(query): Query,
) -> Result<Response, Fault> {
    let person = visit.officer()?;
    let key = query.first("key").unwrap_or_default().to_owned();
    let pack = state.office.pack();
    let verified = pack.register(&id).filter(|register| !register.verifies.is_empty());
    let register = verified.ok_or_else(|| Fault::NotFound(id.clone()))?;
    let row = state.office.entry(person, &id, &key).await?.ok_or_else(|| Fault::NotFound(key.clone()))?;
    let lines = state.office.entry_lines(register, &row).into_iter();
    let lines = lines.map(|(_, title, value)| (visit.lang.text(&title).to_owned(), visit.lang.text(&value).to_owned()));
    let back = format!("/work/register/{id}/entry?key={}", percent_encoded(&key));
    let title = visit.lang.text(&register.title).to_owned();
    page(PaperPage::of(visit.frame(&state, "/work/registers"), back, title, key, lines.collect(), &headers))
}

/// Where anybody verifies the number: at the host that the officer's browser asked, as the proxy before us says how.
fn address(headers: &HeaderMap, number: &str) -> String {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let host = text("host");
    let local = host.starts_with("localhost") || host.starts_with("127.0.0.1") || host.is_empty();
    let scheme = match text("x-forwarded-proto") {
        "http" => "http",
        "https" => "https",
        _ if local => "http",
        _ => "https",
    };
    format!("{scheme}://{host}/licence?number={}", percent_encoded(number))
}

/// The square code as an SVG element; `None` where the text is too long for one.
fn code(text: &str) -> Option<String> {
    let drawn = QrCode::with_error_correction_level(text, EcLevel::M).ok()?;
    let drawn = drawn.render::<svg::Color<'_>>().min_dimensions(SIDE, SIDE).build();
    // The page is HTML: an XML declaration does not belong inside it.
    let from = drawn.find("<svg")?;
    drawn.get(from..).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderMap;

    use super::{address, code};

    #[test]
    fn the_code_is_an_element_of_the_page_and_leads_to_the_whole_number() {
        let mut headers = HeaderMap::new();
        headers.insert("host", "radio.example".parse().unwrap());
        let led = address(&headers, "粤江台2024-000001-22");
        assert!(led.starts_with("https://radio.example/licence?number=%"), "{led}");
        assert!(led.ends_with("2024-000001-22"), "{led}");
        let drawn = code(&led).unwrap();
        assert!(drawn.starts_with("<svg") && drawn.contains("<path"), "{drawn}");
        assert!(code(&"x".repeat(4000)).is_none());
        headers.insert("host", "localhost:8080".parse().unwrap());
        assert!(address(&headers, "1").starts_with("http://localhost:8080/"));
    }
}
