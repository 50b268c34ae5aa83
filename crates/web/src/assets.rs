//! Style sheets, scripts and pictures: embedded in the program, served under a path that names their content.
//!
//! All files share one hash (`/assets/<hash>/app.js`), so that a script finds its neighbour by a relative path and every answer
//! may be kept for ever by browsers. Any other hash is 404: a stale page asks again instead of mixing versions.

use std::sync::OnceLock;

use axum::body::Body;
use axum::extract::Path;
use axum::http::{Response, StatusCode, header};
use rust_embed::RustEmbed;
use sha2::{Digest, Sha256};

#[derive(RustEmbed)]
#[folder = "$CARGO_MANIFEST_DIR/assets"]
struct Files;

/// The first twelve hex digits of SHA-256 over names and contents of all files, in order of name.
pub fn version() -> &'static str {
    static VERSION: OnceLock<String> = OnceLock::new();
    VERSION.get_or_init(|| {
        let mut names: Vec<_> = Files::iter().collect();
        names.sort();
        let mut hash = Sha256::new();
        for name in names {
            hash.update(name.as_bytes());
            if let Some(file) = Files::get(&name) {
                hash.update(file.metadata.sha256_hash());
            }
        }
        hex::encode(hash.finalize()).chars().take(12).collect()
    })
}

/// The path under which a page links a file.
pub fn path(name: &str) -> String {
    format!("/assets/{}/{name}", version())
}

fn media(name: &str) -> &'static str {
    match name.rsplit('.').next() {
        Some("css") => "text/css; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("svg") => "image/svg+xml",
        Some("md" | "txt") => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

/// The text of a file, for pages that show it (licences).
pub fn text(name: &str) -> Option<String> {
    Files::get(name).and_then(|file| String::from_utf8(file.data.into_owned()).ok())
}

/// Serves one file; the vendored ones lie beside our own so that relative imports find them.
pub async fn serve(Path((wanted, name)): Path<(String, String)>) -> Response<Body> {
    let file =
        if wanted == version() { Files::get(&name).or_else(|| Files::get(&format!("vendor/{name}"))) } else { None };
    let mut response = Response::new(Body::empty());
    match file {
        Some(file) => {
            let headers = response.headers_mut();
            headers.insert(header::CONTENT_TYPE, header::HeaderValue::from_static(media(&name)));
            headers
                .insert(header::CACHE_CONTROL, header::HeaderValue::from_static("public, max-age=31536000, immutable"));
            *response.body_mut() = Body::from(file.data.into_owned());
        }
        None => *response.status_mut() = StatusCode::NOT_FOUND,
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_licensed_typeface_and_the_crown_are_gone_from_the_base() {
        let css = text("vendor/govuk-frontend.css").unwrap();
        assert!(!css.contains("GDS Transport") && !css.contains("@font-face") && !css.contains("govuk-crest"));
        assert!(css.contains("--g-font"));
    }

    #[test]
    fn every_vendored_file_is_the_one_that_the_list_names() {
        let list = text("vendor/VENDOR.md").unwrap();
        for name in Files::iter().filter(|name| name.ends_with(".js") || name.ends_with(".css")) {
            let Some(short) = name.strip_prefix("vendor/") else { continue };
            let hash = hex::encode(Files::get(&name).unwrap().metadata.sha256_hash());
            let row = list.lines().find(|line| line.starts_with(&format!("| {short} |"))).unwrap_or_default();
            assert!(row.ends_with(&format!("| {hash} |")), "{short} differs from VENDOR.md");
        }
    }
}
