//! The public site: the promise and how it was kept, publications, statistics, receipts and licences that anybody may verify, draws that anybody may
//! run again, the ledger's public side.

pub mod draw;
pub mod ledger;
pub mod licence;
pub mod promise;
pub mod publications;
pub mod statistics;
pub mod verify;

use axum::Router;
use axum::routing::get;

use crate::WebState;

pub fn routes() -> Router<WebState> {
    Router::new()
        .route("/public", get(promise::promise))
        .route("/public/complain", get(promise::complain))
        .route("/public/publications", get(publications::list))
        .route("/public/publications.csv", get(publications::export))
        .route("/public/publication/{id}", get(publications::record))
        .route("/public/statistics", get(statistics::statistics))
        .route("/public/figure/{id}", get(statistics::figure))
        .route("/public/verify", get(verify::form).post(verify::verify))
        .route("/draw", get(draw::form).post(draw::check))
        .route("/draw/example.json", get(draw::example))
        .route("/licence", get(licence::licence))
        .route("/public/ledger", get(ledger::page_of))
        .route("/public/log/{log}/checkpoint", get(ledger::checkpoint))
        .route("/public/log/{log}/tile/{*path}", get(ledger::tile))
}
