//! The door for monitoring stations: packages in, receipts out (docs/formats/station-package.md). No pages, no sign-in: a package bears
//! its station's signature, and the office knows the key.
//!
//! Refuses larger bodies than a package may have before reading them to their end.

use axum::Router;
use axum::body::to_bytes;
use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use guiju_kernel::time::to_millis;
use guiju_office::stations::Received;
use guiju_spectrum::package::BYTES_MOST;
use serde_json::{Value, json};

use crate::WebState;

pub fn routes() -> Router<WebState> {
    Router::new().route("/station/packages", post(packages))
}

/// Takes in a package. 200: stored durably. 422: it never will be, and why. Anything else: try again later.
async fn packages(State(state): State<WebState>, request: Request) -> Response {
    let now = to_millis(state.office.now());
    let Ok(body) = to_bytes(request.into_body(), BYTES_MOST).await else {
        let (zh, en) = ("数据包过大或者没有传完", "the package is too large, or did not arrive whole");
        return answer(StatusCode::PAYLOAD_TOO_LARGE, &json!({"zh": zh, "en": en, "now": now}));
    };
    match state.office.receive_package(body.to_vec()).await {
        Ok(Received::Stored { sequence, sha256, again }) => {
            answer(StatusCode::OK, &json!({"sequence": sequence, "sha256": sha256, "again": again, "now": now}))
        }
        Ok(Received::Refused { zh, en }) => {
            tracing::warn!(zh, en, "a station's package was refused");
            answer(StatusCode::UNPROCESSABLE_ENTITY, &json!({"zh": zh, "en": en, "now": now}))
        }
        Err(fault) => {
            tracing::error!(%fault, "a station's package could not be stored");
            let (zh, en) = ("暂时存不下，请稍后再送", "it cannot be stored now; send it again later");
            answer(StatusCode::SERVICE_UNAVAILABLE, &json!({"zh": zh, "en": en, "now": now}))
        }
    }
}

fn answer(status: StatusCode, body: &Value) -> Response {
    (status, [(header::CONTENT_TYPE, "application/json")], format!("{body}\n")).into_response()
}
