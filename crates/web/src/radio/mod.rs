//! The radio pages of the workbench: stations, spectra, occupancy, findings. For those who keep what stations hand in, and overseers.
//!
//! Levels by time and frequency and what was computed from them; nothing here plays or shows what is said. Each page works without scripts;
//! the waterfall is what a script adds to the spectrum that the server draws.

mod cells;
mod findings;
mod lead;
mod map;
mod occupancy;
mod overview;
mod picture;
mod spectrum;
mod window;

use axum::Router;
use axum::routing::get;
use guiju_kernel::procedure::Person;
use guiju_kernel::time::Instant;

use crate::WebState;
use crate::fault::Fault;
use crate::lang::Lang;
use crate::visit::Visit;

pub fn routes() -> Router<WebState> {
    Router::new()
        .route("/work/radio", get(overview::overview))
        .route("/work/radio/spectrum", get(spectrum::spectrum))
        .route("/work/radio/tile", get(spectrum::tile))
        .route("/work/radio/occupancy", get(occupancy::occupancy))
        .route("/work/radio/occupancy.xlsx", get(occupancy::workbook))
        .route("/work/radio/findings", get(findings::findings))
        .route("/work/radio/cells", get(cells::cells))
        .route("/work/radio/evidence.json", get(findings::evidence))
        .route("/work/radio/lead", get(lead::form).post(lead::submit))
}

/// Whoever may see what stations measured; others are told whose right it is.
fn reader<'v>(state: &WebState, visit: &'v Visit) -> Result<&'v Person, Fault> {
    let person = visit.officer()?;
    state.office.radio_reader(person)?;
    Ok(person)
}

/// Notes in the operations log that somebody looked at what stations measured: parameters of stations are work secrets.
async fn looked(state: &WebState, person: &Person, what: &str) -> Result<(), Fault> {
    Ok(state.office.log_operation("radio.view", Some(&person.id), what).await?)
}

/// `98.600 MHz`, as exact as a hundred Hz.
fn mhz(hz: f64) -> String {
    format!("{:.4}", hz / 1e6)
}

/// Milliseconds as a moment.
fn moment(ms: i64) -> Instant {
    guiju_office::cases::moment(ms)
}

/// Seconds as hours with one decimal, rounded down.
fn hours(seconds: i64) -> String {
    let tenths = seconds.max(0) / 360;
    format!("{}.{}", crate::show::count(u64::try_from(tenths / 10).unwrap_or(0)), tenths % 10)
}

/// The title of a task, by the register's own words.
fn task_title(state: &WebState, lang: Lang, task: &str) -> String {
    use guiju_kernel::procedure::definition::FieldKind;
    let pack = state.office.pack();
    let field = pack
        .register(guiju_office::stations::PACKAGES)
        .and_then(|register| register.fields.iter().find(|field| field.name == "task").cloned());
    let Some(FieldKind::Enum { choices, .. }) = field.map(|field| field.kind) else { return task.to_owned() };
    let choice = choices.iter().find(|choice| choice.value == task);
    choice.map_or_else(|| task.to_owned(), |choice| lang.text(&choice.title).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hours_are_rounded_down_and_frequencies_keep_a_hundred_hertz() {
        assert_eq!((hours(3_599), hours(3_600), hours(47_174_400)), ("0.9".into(), "1.0".into(), "13,104.0".into()));
        assert_eq!(mhz(91_195_000.0), "91.1950");
    }
}
