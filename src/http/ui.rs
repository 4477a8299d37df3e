//! The page, embedded in the program.

use axum::{
    Router,
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
    routing::get,
};

use super::Web;

/// What the page may do: its own script and style, its own server, nothing else.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; \
    base-uri 'none'; form-action 'self'; frame-ancestors 'none'; require-trusted-types-for 'script'";

pub(super) fn routes() -> Router<Web> {
    Router::new()
        .route("/", get(page))
        .route("/setup", get(page))
        .route("/s/{id}", get(page))
        .route("/join/{id}", get(page))
        .route("/assets/app.js", get(script))
        .route("/assets/app.css", get(style))
}

async fn page() -> Response {
    asset("text/html; charset=utf-8", include_str!("../ui/index.html"))
}

async fn script() -> Response {
    asset("text/javascript; charset=utf-8", include_str!("../ui/app.js"))
}

async fn style() -> Response {
    asset("text/css; charset=utf-8", include_str!("../ui/app.css"))
}

fn asset(kind: &'static str, text: &'static str) -> Response {
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(kind)),
        (header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY)),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-cache")),
    ];
    (headers, text).into_response()
}
