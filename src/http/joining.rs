//! Joining by an invite, and leaving.

use axum::{
    Json,
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    Web,
    auth::Auth,
    cookie,
    error::replayed,
    extract::{Body, Path},
    identity::device,
    limits::Client,
    sessions::{ParticipantBody, SessionBody},
};
use crate::{
    app::{Caller, JoinRequest, Preview},
    domain::{Participant, SessionId, hex},
    error::Result,
};

pub(super) fn routes() -> OpenApiRouter<Web> {
    OpenApiRouter::new()
        .routes(routes!(preview))
        .routes(routes!(join))
        .routes(routes!(leave))
        .routes(routes!(participants))
}

#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct PreviewRequest {
    /// The secret of the invite.
    invite_token: String,
}

#[derive(Serialize, ToSchema)]
struct JoinedAnswer {
    session: SessionBody,
    participant: ParticipantBody,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"close": false}))]
struct LeaveRequest {
    /// Whether a host who leaves closes the session.
    #[serde(default)]
    close: bool,
}

/// A participant after a change.
#[derive(Serialize, ToSchema)]
pub(super) struct ParticipantAnswer {
    participant: ParticipantBody,
}

impl From<Participant> for ParticipantAnswer {
    fn from(participant: Participant) -> Self {
        Self { participant: ParticipantBody::new(participant, None) }
    }
}

#[derive(Serialize, ToSchema)]
struct ParticipantList {
    participants: Vec<Participant>,
}

/// What an invite leads to; uses nothing up.
#[utoipa::path(post, path = "/api/shared-sessions/{id}/invites/preview", operation_id = "previewInvite", tag = "joining", security(()),
    params(("id" = SessionId, Path)), request_body = PreviewRequest,
    responses((status = 200, body = Preview)))]
async fn preview(
    State(web): State<Web>,
    auth: Option<Auth>,
    Path(id): Path<SessionId>,
    client: Client,
    body: Body<PreviewRequest>,
) -> Result<Json<Preview>> {
    let caller = newcomer(auth);
    let preview = web.app.preview_invite(caller.as_ref(), id, &body.value.invite_token);
    Ok(Json(web.limits.join(client, id, web.app.now(), preview).await?))
}

/// Who somebody at the door is. The socket is for the person at this machine: who joins over it is still a guest.
fn newcomer(auth: Option<Auth>) -> Option<Caller> {
    auth.map(|auth| auth.caller).filter(|caller| !caller.local)
}

/// Join by an invite, with the role that it gives.
#[utoipa::path(post, path = "/api/shared-sessions/{id}/join", operation_id = "joinSession", tag = "joining", security(()),
    params(("id" = SessionId, Path)), request_body = JoinRequest,
    responses((status = 201, body = JoinedAnswer)))]
async fn join(
    State(web): State<Web>,
    auth: Option<Auth>,
    Path(id): Path<SessionId>,
    client: Client,
    headers: HeaderMap,
    body: Body<JoinRequest>,
) -> Result<Response> {
    let caller = newcomer(auth);
    // Whoever holds the invite may repeat their own request, and nobody else's. A guest has nothing else to show.
    let invite = hex(&Sha256::digest(body.value.invite_token.as_bytes()));
    let user = caller.as_ref().filter(|it| it.user.is_some()).map_or(String::new(), Caller::key);
    let key = body.key_of(format!("join:{id}:{invite}:{user}"))?;
    let joining = web.app.join(caller.as_ref(), id, body.value, device(&headers), key);
    let joined = web.limits.join(client, id, web.app.now(), joining).await?;
    let value = joined.value;
    let answer = JoinedAnswer {
        session: value.session.into(),
        participant: ParticipantBody::new(value.participant, value.access_token.as_ref()),
    };
    let mut answer = (StatusCode::CREATED, Json(answer)).into_response();
    if let Some(secret) = value.cookie {
        answer.headers_mut().insert(header::SET_COOKIE, cookie::set(&web.settings, &secret)?);
    }
    Ok(replayed(joined.replayed, answer))
}

/// Leave a session.
#[utoipa::path(post, path = "/api/shared-sessions/{id}/leave", operation_id = "leaveSession", tag = "joining", params(("id" = SessionId, Path)),
    request_body = LeaveRequest,
    responses((status = 200, body = ParticipantAnswer)))]
async fn leave(
    State(web): State<Web>,
    auth: Auth,
    Path(id): Path<SessionId>,
    body: Body<LeaveRequest>,
) -> Result<Json<ParticipantAnswer>> {
    let participant = web.app.leave(&auth.caller, id, body.value.close).await?;
    Ok(Json(participant.into()))
}

/// Everybody who takes part, or did when it ended, and the newest of those who went before, in order of joining.
#[utoipa::path(get, path = "/api/shared-sessions/{id}/participants", operation_id = "listParticipants", tag = "joining",
    params(("id" = SessionId, Path)),
    responses((status = 200, body = ParticipantList)))]
async fn participants(
    State(web): State<Web>,
    auth: Auth,
    Path(id): Path<SessionId>,
) -> Result<Json<ParticipantList>> {
    Ok(Json(ParticipantList { participants: web.app.participants(&auth.caller, id).await? }))
}
