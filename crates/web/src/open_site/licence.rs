//! Is this licence genuine? Anybody who holds its full number sees the few fields that answer that, and nothing else.
//!
//! No list, no search, no positions or frequencies (无线电管理条例 69, 台站管理规定 19): what is shown is what the pack's register
//! names under `verifies`. A partial number, or one whose check digits are wrong, is not looked up.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use guiju_kernel::time;

use crate::WebState;
use crate::fault::Fault;
use crate::frame::Frame;
use crate::page::{Query, page};
use crate::show;
use crate::visit::Visit;

/// The longest number that is looked at, in characters.
const NUMBER_MOST: usize = 60;

/// What is known of a number.
struct Known {
    title: String,
    lines: Vec<(String, String)>,
    /// When it ended, if it did.
    ended: Option<String>,
}

#[derive(Template)]
#[template(path = "public/licence.html")]
struct LicencePage {
    f: Frame,
    number: String,
    known: Option<Known>,
    asked: bool,
}

pub async fn licence(State(state): State<WebState>, visit: Visit, Query(query): Query) -> Result<Response, Fault> {
    let typed = query.first("number").unwrap_or_default();
    let number: String = typed.trim().chars().take(NUMBER_MOST).collect();
    let found = if number.is_empty() { None } else { state.office.verify_number(&number).await? };
    let lang = visit.lang;
    let known = found.map(|(register, row)| {
        let lines = state.office.entry_lines(&register, &row).into_iter();
        let shown = lines.filter(|(name, _, _)| register.verifies.contains(name));
        Known {
            title: lang.text(&register.title).to_owned(),
            lines: shown
                .map(|(_, title, value)| (lang.text(&title).to_owned(), lang.text(&value).to_owned()))
                .collect(),
            ended: row.until.and_then(|until| time::from_millis(until).ok()).map(|until| show::moment(lang, until)),
        }
    });
    let asked = !number.is_empty();
    let missed = asked && known.is_none();
    let drawn = page(LicencePage { number, known, asked, f: visit.frame(&state, "/licence") })?;
    Ok(if missed { (StatusCode::NOT_FOUND, drawn).into_response() } else { drawn })
}
