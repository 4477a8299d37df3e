//! Invites, for the host.

use axum::{Json, extract::State, http::StatusCode, response::Response};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    Web,
    auth::Auth,
    error::replayed,
    extract::{Body, Page, Path, Query},
};
use crate::{
    app::NewInvite,
    domain::{Invite, InviteId, SessionId},
    error::Result,
};

pub(super) fn routes() -> OpenApiRouter<Web> {
    OpenApiRouter::new().routes(routes!(list, create)).routes(routes!(revoke))
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct InviteList {
    invites: Vec<Invite>,
    next_cursor: Option<String>,
}

#[derive(Serialize, ToSchema)]
struct InviteAnswer {
    invite: InviteBody,
}

#[derive(Serialize, ToSchema)]
struct InviteBody {
    #[serde(flatten)]
    invite: Invite,
    /// Not null only in the answer that creates it.
    token: Option<String>,
}

/// The invites of a session, newest first.
#[utoipa::path(get, path = "/api/shared-sessions/{id}/invites", operation_id = "listInvites", tag = "invites",
    params(("id" = SessionId, Path), Page),
    responses((status = 200, body = InviteList)))]
async fn list(
    State(web): State<Web>,
    auth: Auth,
    Path(id): Path<SessionId>,
    Query(query): Query<Page>,
) -> Result<Json<InviteList>> {
    let (before, limit) = query.bounds()?;
    let page = web.app.invites(&auth.caller, id, before, limit).await?;
    let next_cursor = page.next_cursor.map(|cursor| cursor.to_string());
    Ok(Json(InviteList { invites: page.items, next_cursor }))
}

/// Make an invite.
#[utoipa::path(post, path = "/api/shared-sessions/{id}/invites", operation_id = "createInvite", tag = "invites", params(("id" = SessionId, Path)),
    request_body = NewInvite, responses((status = 201, body = InviteAnswer)))]
async fn create(
    State(web): State<Web>,
    auth: Auth,
    Path(id): Path<SessionId>,
    body: Body<NewInvite>,
) -> Result<Response> {
    let key = body.key(&auth.caller)?;
    let made = web.app.create_invite(&auth.caller, id, body.value, key).await?;
    let token = Some(made.value.token.expose().to_owned());
    let answer = InviteAnswer { invite: InviteBody { invite: made.value.invite, token } };
    Ok(replayed(made.replayed, (StatusCode::CREATED, Json(answer))))
}

/// End an invite.
#[utoipa::path(delete, path = "/api/shared-sessions/{id}/invites/{invite}", operation_id = "revokeInvite", tag = "invites",
    params(("id" = SessionId, Path), ("invite" = InviteId, Path)),
    responses((status = 200, body = InviteAnswer)))]
async fn revoke(
    State(web): State<Web>,
    auth: Auth,
    Path((id, invite)): Path<(SessionId, InviteId)>,
) -> Result<Json<InviteAnswer>> {
    let invite = web.app.revoke_invite(&auth.caller, id, invite).await?;
    Ok(Json(InviteAnswer { invite: InviteBody { invite, token: None } }))
}
