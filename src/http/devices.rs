//! Where I am signed in, and by what password.

use axum::{Json, extract::State, http::StatusCode};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    Web,
    auth::Auth,
    error::ErrorBody,
    extract::{Body, Path, Query, cursor, limit},
};
use crate::{
    domain::{Device, LoginId, Password},
    error::Result,
};

pub(super) fn routes() -> OpenApiRouter<Web> {
    OpenApiRouter::new()
        .routes(routes!(devices))
        .routes(routes!(sign_out))
        .routes(routes!(set_password))
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct DevicesQuery {
    /// `nextCursor` of the page before.
    cursor: Option<String>,
    /// At most 200; 50 if absent.
    limit: Option<i64>,
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
#[utoipa::path(get, path = "/api/me/devices", tag = "identity", params(DevicesQuery),
    responses((status = 200, body = DeviceList), (status = "4XX", body = ErrorBody)))]
async fn devices(
    State(web): State<Web>,
    auth: Auth,
    Query(query): Query<DevicesQuery>,
) -> Result<Json<DeviceList>> {
    let (before, limit) = (cursor(query.cursor.as_deref())?, limit(query.limit, 50, 200)?);
    let page = web.app.devices(&auth.caller, before, limit).await?;
    let next_cursor = page.next_cursor.map(|cursor| cursor.to_string());
    Ok(Json(DeviceList { devices: page.items, next_cursor }))
}

/// Sign one of my browsers out.
#[utoipa::path(delete, path = "/api/me/devices/{id}", tag = "identity", params(("id" = LoginId, Path)),
    responses((status = 204), (status = "4XX", body = ErrorBody)))]
async fn sign_out(
    State(web): State<Web>,
    auth: Auth,
    Path(id): Path<LoginId>,
) -> Result<StatusCode> {
    web.app.sign_out(&auth.caller, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Choose a password, or another one; my other browsers are signed out.
#[utoipa::path(post, path = "/api/me/password", tag = "identity", request_body = PasswordRequest,
    responses((status = 204), (status = "4XX", body = ErrorBody)))]
async fn set_password(
    State(web): State<Web>,
    auth: Auth,
    body: Body<PasswordRequest>,
) -> Result<StatusCode> {
    let PasswordRequest { current, password } = body.value;
    web.app.set_own_password(&auth.caller, current, password).await?;
    Ok(StatusCode::NO_CONTENT)
}
