//! The leadership page: what needs me today, the year's figures, and everything behind each number.

pub mod figure;
pub mod today;

use axum::Router;
use axum::routing::get;
use guiju_kernel::procedure::Person;

use crate::WebState;
use crate::fault::Fault;
use crate::visit::Visit;

pub fn routes() -> Router<WebState> {
    Router::new()
        .route("/lead", get(today::today))
        .route("/lead/report", get(today::latest_report))
        .route("/lead/report/{year}", get(today::report))
        .route("/lead/figure/{id}", get(figure::figure))
        .route("/lead/figure/{id}/rows.xlsx", get(figure::rows))
}

/// Those who oversee the organ; others are told whose page this is.
fn overseer(visit: &Visit) -> Result<&Person, Fault> {
    let person = visit.officer()?;
    if guiju_office::cases::oversees(person) {
        return Ok(person);
    }
    Err(Fault::NotYours(visit.lang.say("局领导、督办员等统管人员", "the leadership and those who oversee").to_owned()))
}
