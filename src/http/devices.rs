//! Where I am signed in, and by what password.

use axum::{Json, extract::State, http::StatusCode};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    Web,
    auth::Auth,
    extract::{Body, Page, Path, Query},
    limits::Client,
};
use crate::{
    domain::{Device, LoginId, Password},
    error::{Code, Result},
};

pub(super) fn routes() -> OpenApiRouter<Web> {
    OpenApiRouter::new()
        .routes(routes!(devices))
        .routes(routes!(sign_out))
        .routes(routes!(set_password))
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct DeviceList {
    devices: Vec<Device>,
    next_cursor: Option<String>,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct PasswordRequest {
    /// The one I have, if I have one.
    current: Option<Password>,
    /// The one I want: 8 characters at least.
    password: Password,
}

/// The browsers in which I am signed in, newest first.
#[utoipa::path(get, path = "/api/me/devices", operation_id = "listDevices", tag = "identity", params(Page),
    responses((status = 200, body = DeviceList)))]
async fn devices(
    State(web): State<Web>,
    auth: Auth,
    Query(query): Query<Page>,
) -> Result<Json<DeviceList>> {
    let (before, limit) = query.bounds()?;
    let page = web.app.devices(&auth.caller, before, limit).await?;
    let next_cursor = page.next_cursor.map(|cursor| cursor.to_string());
    Ok(Json(DeviceList { devices: page.items, next_cursor }))
}

/// Sign one of my browsers out.
#[utoipa::path(delete, path = "/api/me/devices/{id}", operation_id = "signOutDevice", tag = "identity", params(("id" = LoginId, Path)),
    responses((status = 204)))]
async fn sign_out(
    State(web): State<Web>,
    auth: Auth,
    Path(id): Path<LoginId>,
) -> Result<StatusCode> {
    web.app.sign_out(&auth.caller, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Choose a password, or another one; my other browsers are signed out.
#[utoipa::path(post, path = "/api/me/password", operation_id = "setPassword", tag = "identity", request_body = PasswordRequest,
    responses((status = 204)))]
async fn set_password(
    State(web): State<Web>,
    auth: Auth,
    client: Client,
    body: Body<PasswordRequest>,
) -> Result<StatusCode> {
    let PasswordRequest { current, password } = body.value;
    let known = web.app.know_own_password(&auth.caller, current);
    // A wrong one is a guess, as at signing in.
    let known = web.limits.login(client, web.app.now(), Code::InvalidBody, known).await?;
    web.app.set_own_password(&auth.caller, known, password).await?;
    Ok(StatusCode::NO_CONTENT)
}
