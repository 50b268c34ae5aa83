//! The enterprise portal: file, follow, answer, rate. Drawn from every procedure that a party may open.

mod desk;
pub mod draft;
pub mod filing;
pub mod home;
mod licences;
pub mod matter;
mod step;
mod tables;

use std::sync::Arc;

use axum::Router;
use axum::routing::{get, post};
use guiju_kernel::procedure::definition::{Act, Procedure};
use guiju_kernel::time::{Instant, date_of};
use guiju_pack::Pack;

use crate::WebState;
pub use desk::TEMPLATES;

pub fn routes() -> Router<WebState> {
    Router::new()
        .route("/portal", get(home::home))
        .route("/portal/find", get(home::find))
        .route("/portal/matters", get(home::matters))
        .route("/portal/officer", get(home::officer))
        .route("/portal/file/{procedure}", get(filing::start).post(filing::begin))
        .route("/portal/file/{procedure}/all", post(filing::all_at_once))
        .route("/portal/draft/{draft}/{step}", get(filing::step).post(filing::save))
        .route("/portal/draft/{draft}/{step}/keep", post(filing::autosave))
        .route("/portal/draft/{draft}/drop", post(filing::drop))
        .route("/portal/draft/{draft}/file/{file}/drop", post(filing::drop_file))
        .route("/portal/licence", get(licences::paper))
        .route("/portal/matter/{case}/licences", get(licences::list))
        .route("/portal/template/{procedure}/{file}", get(tables::template))
        .route("/portal/draft/{draft}/table/{field}/marked.xlsx", get(tables::marked))
        .route("/portal/draft/{draft}/table/{field}/drop", post(tables::drop))
        .route("/portal/matter/{case}/act/{act}/table/{field}/marked.xlsx", get(tables::marked_of_act))
        .route("/portal/matter/{case}/act/{act}/table/{field}/drop", get(tables::back_to_act).post(tables::drop_of_act))
        .route("/portal/receipt/{case}", get(matter::receipt_page))
        .route("/portal/matter/{case}", get(matter::show))
        .route("/portal/matter/{case}/act/{act}", get(matter::act_form).post(matter::act))
        .route("/portal/matter/{case}/file/{stored}", get(matter::file))
        .route("/portal/matter/{case}/receipt/{seq}", get(matter::receipt))
        .route("/portal/matter/{case}/reveal", post(matter::reveal))
}

/// The act by which a party opens a case of this procedure.
pub fn opening(procedure: &Procedure) -> Option<&Act> {
    procedure
        .acts
        .iter()
        .find(|act| act.from.is_empty() && !act.records_history && act.by.iter().any(|rule| rule.party))
}

/// Procedures in force that a party may open, in the pack's order.
pub fn open_to_parties(pack: &Pack, now: Instant) -> Vec<Arc<Procedure>> {
    let day = date_of(now);
    pack.procedures
        .iter()
        .filter(|procedure| procedure.in_force.from <= day && procedure.in_force.until.is_none_or(|until| day < until))
        .filter(|procedure| opening(procedure).is_some())
        .cloned()
        .collect()
}
