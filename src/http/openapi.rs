//! `GET /api/openapi.json`, generated from the code.

use axum::{Json, Router, routing::get};
use utoipa::{
    Modify, OpenApi,
    openapi::{
        self,
        security::{ApiKey, ApiKeyValue, Http, HttpAuthScheme, SecurityScheme},
    },
};
use utoipa_axum::router::OpenApiRouter;

use super::{Web, error::ErrorBody};

#[derive(OpenApi)]
#[openapi(
    info(title = "wardroom", description = "The team server for shared coding-agent sessions."),
    components(schemas(ErrorBody)),
    modifiers(&Credentials),
    security(("bearer" = []), ("cookie" = []))
)]
struct Document;

struct Credentials;

impl Modify for Credentials {
    fn modify(&self, document: &mut openapi::OpenApi) {
        let components = document.components.get_or_insert_default();
        let bearer = SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer));
        let cookie = SecurityScheme::ApiKey(ApiKey::Cookie(ApiKeyValue::new("wardroom")));
        components.add_security_scheme("bearer", bearer);
        components.add_security_scheme("cookie", cookie);
    }
}

/// A router that gathers what its routes say of themselves.
pub(super) fn begin() -> OpenApiRouter<Web> {
    OpenApiRouter::with_openapi(Document::openapi())
}

/// The document itself.
pub(super) fn routes(document: openapi::OpenApi) -> Router<Web> {
    Router::new().route("/api/openapi.json", get(async move || Json(document.clone())))
}
