//! What the host does about those who take part.

use axum::{Json, extract::State};
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    Web,
    auth::Auth,
    extract::{Body, Path},
    joining::ParticipantAnswer,
    sessions::SessionAnswer,
};
use crate::{
    domain::{ParticipantChanges, ParticipantId, SessionId},
    error::Result,
};

pub(super) fn routes() -> OpenApiRouter<Web> {
    OpenApiRouter::new().routes(routes!(update, remove)).routes(routes!(hand_over))
}

#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct HandOverRequest {
    /// Who is host from now on: anybody who takes part.
    participant_id: ParticipantId,
}

/// Change what somebody is and may do.
#[utoipa::path(patch, path = "/api/shared-sessions/{id}/participants/{participant}", operation_id = "updateParticipant", tag = "joining",
    params(("id" = SessionId, Path), ("participant" = ParticipantId, Path)), request_body = ParticipantChanges,
    responses((status = 200, body = ParticipantAnswer)))]
async fn update(
    State(web): State<Web>,
    auth: Auth,
    Path((id, participant)): Path<(SessionId, ParticipantId)>,
    body: Body<ParticipantChanges>,
) -> Result<Json<ParticipantAnswer>> {
    let changed = web.app.update_participant(&auth.caller, id, participant, body.value).await?;
    Ok(Json(changed.into()))
}

/// Remove somebody; the invite they came by is revoked.
#[utoipa::path(delete, path = "/api/shared-sessions/{id}/participants/{participant}", operation_id = "removeParticipant", tag = "joining",
    params(("id" = SessionId, Path), ("participant" = ParticipantId, Path)),
    responses((status = 200, body = ParticipantAnswer)))]
async fn remove(
    State(web): State<Web>,
    auth: Auth,
    Path((id, participant)): Path<(SessionId, ParticipantId)>,
) -> Result<Json<ParticipantAnswer>> {
    let removed = web.app.remove_participant(&auth.caller, id, participant).await?;
    Ok(Json(removed.into()))
}

/// Make somebody else host; I stay as a collaborator.
#[utoipa::path(post, path = "/api/shared-sessions/{id}/host", operation_id = "handOver", tag = "joining", params(("id" = SessionId, Path)),
    request_body = HandOverRequest,
    responses((status = 200, body = SessionAnswer)))]
async fn hand_over(
    State(web): State<Web>,
    auth: Auth,
    Path(id): Path<SessionId>,
    body: Body<HandOverRequest>,
) -> Result<Json<SessionAnswer>> {
    let session = web.app.hand_over(&auth.caller, id, body.value.participant_id).await?;
    Ok(Json(session.into()))
}
