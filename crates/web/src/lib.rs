//! Pages: what people see of the office, in four faces, derived from the pack.
//!
//! A procedure or register that is added as data has its forms, lists, case file, acts and history without Rust. Handlers load
//! through [`guiju_office::Office`], decide nothing, and draw templates; every page works without scripts. Refuses what the
//! office refuses, and says so in a sentence.

mod acting;
mod assets;
mod casefile;
mod counts;
mod demo;
mod door;
mod face;
mod fault;
mod form;
mod frame;
mod gate;
mod intake;
pub mod lang;
mod law;
mod lead;
mod nav;
mod open_site;
mod page;
mod portal;
mod radio;
mod show;
mod station;
mod together;
mod visit;
mod work;

use std::future::Future;
use std::sync::Arc;

use axum::extract::DefaultBodyLimit;
use axum::routing::{get, post};
use axum::{Extension, Router, middleware};
use guiju_office::Office;
use tower_http::compression::CompressionLayer;

pub use demo::{DemoAccount, DemoInfo};
pub use face::{Face, Faces};

/// What every page needs.
#[derive(Clone)]
pub struct WebState {
    pub office: Arc<Office>,
    pub faces: Faces,
    /// Present in a demonstration only.
    pub demo: Option<Arc<DemoInfo>>,
}

/// All routes of the faces that are served.
pub fn router(state: WebState) -> Router {
    let tally = Arc::new(gate::Tally::default());
    let gate = gate::Gate { state: state.clone(), tally: tally.clone() };
    let assets = Router::new().route("/assets/{version}/{*name}", get(assets::serve)).layer(CompressionLayer::new());
    Router::new()
        .route("/", get(door::start))
        .route("/sign-in", get(door::sign_in_page).post(door::sign_in))
        .route("/sign-out", post(door::sign_out))
        .route("/licences", get(door::licences))
        .route("/healthz", get(door::health))
        .route("/metrics", get(door::metrics))
        .merge(portal::routes())
        .merge(work::routes())
        .merge(radio::routes())
        .merge(open_site::routes())
        .merge(law::routes())
        .merge(lead::routes())
        .merge(station::routes())
        .merge(assets)
        .layer(Extension(tally))
        .layer(Extension(Arc::new(counts::Counts::default())))
        .layer(middleware::from_fn_with_state(gate, gate::pass))
        // Each form says itself how much it takes: `intake` stops reading at that.
        .layer(DefaultBodyLimit::disable())
        .with_state(state)
}

/// Serves until `stop` is done; then finishes what was begun.
///
/// # Errors
/// When the listener fails.
pub async fn serve(
    state: WebState,
    listener: tokio::net::TcpListener,
    stop: impl Future<Output = ()> + Send + 'static,
) -> std::io::Result<()> {
    axum::serve(listener, router(state)).with_graceful_shutdown(stop).await
}
