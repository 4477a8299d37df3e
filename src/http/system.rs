//! Health and version.

use axum::{Json, extract::State};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::Web;
use crate::error::Result;

pub(super) fn routes() -> OpenApiRouter<Web> {
    OpenApiRouter::new().routes(routes!(livez)).routes(routes!(readyz)).routes(routes!(version))
}

/// What runs here.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Version)]
struct About {
    /// The program's version.
    version: &'static str,
    /// Where people reach this server.
    base_url: String,
    /// Whether somebody has set it up.
    is_set_up: bool,
}

#[derive(Debug, Serialize, ToSchema)]
struct Health {
    status: &'static str,
}

/// The process answers.
#[utoipa::path(get, path = "/livez", operation_id = "isLive", tag = "system", security(()), responses((status = 200, body = Health)))]
async fn livez() -> Json<Health> {
    Json(Health { status: "live" })
}

/// The writer writes.
#[utoipa::path(get, path = "/readyz", operation_id = "isReady", tag = "system", security(()),
    responses((status = 200, body = Health)))]
async fn readyz(State(web): State<Web>) -> Result<Json<Health>> {
    web.app.check_writer().await?;
    Ok(Json(Health { status: "ready" }))
}

/// What runs here.
#[utoipa::path(get, path = "/api/version", operation_id = "getVersion", tag = "system", security(()), responses((status = 200, body = About)))]
async fn version(State(web): State<Web>) -> Result<Json<About>> {
    let is_set_up = web.app.is_set_up().await?;
    let base_url = web.settings.base_url.clone();
    Ok(Json(About { version: env!("CARGO_PKG_VERSION"), base_url, is_set_up }))
}
