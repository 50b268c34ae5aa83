//! How a template becomes an answer, and a query string a form.

use std::convert::Infallible;

use askama::Template;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderValue, header};
use axum::response::{Html, IntoResponse, Response};

use crate::fault::Fault;
use crate::form::Posted;
use crate::intake;

/// Draws a page.
///
/// # Errors
/// When the template cannot be rendered.
pub fn page(template: impl Template) -> Result<Response, Fault> {
    Ok(Html(template.render()?).into_response())
}

/// Gives a file to download under a name that may be Chinese (RFC 6266).
pub fn download(name: &str, media: &str, content: Vec<u8>) -> Response {
    let mut response = content.into_response();
    let headers = response.headers_mut();
    if let Ok(media) = HeaderValue::from_str(media) {
        headers.insert(header::CONTENT_TYPE, media);
    }
    let disposition = format!("attachment; filename*=UTF-8''{}", intake::percent_encoded(name));
    if let Ok(disposition) = HeaderValue::from_str(&disposition) {
        headers.insert(header::CONTENT_DISPOSITION, disposition);
    }
    response
}

/// The query string, read like a form.
pub struct Query(pub Posted);

impl<S: Send + Sync> FromRequestParts<S> for Query {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Query, Infallible> {
        Ok(Query(intake::urlencoded(parts.uri.query().unwrap_or_default().as_bytes())))
    }
}
