//! The API as a page for people: Swagger UI over the published document. All of it comes with the program.

use std::sync::Arc;

use axum::{
    Router,
    http::header,
    response::{IntoResponse, Redirect, Response},
    routing::get,
};
use tower_http::compression::CompressionLayer;
use utoipa_swagger_ui::Config;

use super::{Web, extract::Path};
use crate::error::{Code, Error, Result};

/// Its scripts are files of ours; it styles what it draws by attributes, and has small pictures in its style sheet.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; \
    connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

pub(super) fn routes() -> Router<Web> {
    let config = Config::from("/api/openapi.json").validator_url("none").try_it_out_enabled(true);
    let config = Arc::new(config);
    let file = {
        let config = Arc::clone(&config);
        get(async move |Path(path): Path<String>| file(&path, config))
    };
    // What the page names stands beside it, below this path and its slash.
    Router::new()
        .route("/api/docs", get(async || Redirect::permanent("/api/docs/")))
        .route("/api/docs/", get(async move || self::file("index.html", config)))
        .route("/api/docs/{*path}", file)
        .layer(CompressionLayer::new())
}

fn file(path: &str, config: Arc<Config<'static>>) -> Result<Response> {
    let file = utoipa_swagger_ui::serve(path, config)
        .map_err(|source| Error::internal(source.to_string()))?
        .ok_or(Code::NotFound)?;
    let headers = [
        (header::CONTENT_TYPE, file.content_type),
        (header::CONTENT_SECURITY_POLICY, POLICY.to_owned()),
        (header::CACHE_CONTROL, "no-cache".to_owned()),
    ];
    Ok((headers, file.bytes.into_owned()).into_response())
}
