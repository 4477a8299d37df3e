//! Agent sessions.

use axum::{Json, extract::State, http::StatusCode, response::Response};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    Web,
    auth::Auth,
    error::replayed,
    extract::{Body, Page, Path, Query},
};
use crate::{
    app::{AgentSessionDetails, ChangeLife, NewAgentSession},
    domain::{AgentSession, AgentSessionId},
    error::Result,
};

pub(super) fn routes() -> OpenApiRouter<Web> {
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .routes(routes!(show, change))
        .routes(routes!(restart))
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct AgentSessionList {
    agent_sessions: Vec<AgentSession>,
    next_cursor: Option<String>,
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct AgentSessionAnswer {
    agent_session: AgentSession,
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct DetailsAnswer {
    agent_session: AgentSessionDetails,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"fresh": true}))]
struct RestartRequest {
    /// Whether a new conversation may begin.
    #[serde(default)]
    fresh: bool,
}

/// My agent sessions, newest first.
#[utoipa::path(get, path = "/api/agent-sessions", operation_id = "listAgentSessions", tag = "agents", params(Page),
    responses((status = 200, body = AgentSessionList)))]
async fn list(
    State(web): State<Web>,
    auth: Auth,
    Query(query): Query<Page>,
) -> Result<Json<AgentSessionList>> {
    let (before, limit) = query.bounds()?;
    let page = web.app.agent_sessions(&auth.caller, before, limit).await?;
    let next_cursor = page.next_cursor.map(|cursor| cursor.to_string());
    Ok(Json(AgentSessionList { agent_sessions: page.items, next_cursor }))
}

/// Begin a conversation with an agent.
#[utoipa::path(post, path = "/api/agent-sessions", operation_id = "createAgentSession", tag = "agents", request_body = NewAgentSession,
    responses((status = 201, body = AgentSessionAnswer)))]
async fn create(
    State(web): State<Web>,
    auth: Auth,
    body: Body<NewAgentSession>,
) -> Result<Response> {
    let key = body.key(&auth.caller)?;
    let made = web.app.create_agent_session(&auth.caller, body.value, key).await?;
    let answer = (StatusCode::CREATED, Json(AgentSessionAnswer { agent_session: made.value }));
    Ok(replayed(made.replayed, answer))
}

/// One of my agent sessions.
#[utoipa::path(get, path = "/api/agent-sessions/{id}", operation_id = "getAgentSession", tag = "agents", params(("id" = AgentSessionId, Path)),
    responses((status = 200, body = DetailsAnswer)))]
async fn show(
    State(web): State<Web>,
    auth: Auth,
    Path(id): Path<AgentSessionId>,
) -> Result<Json<DetailsAnswer>> {
    Ok(Json(DetailsAnswer { agent_session: web.app.agent_session(&auth.caller, id).await? }))
}

/// Pause, resume, complete or abort one.
#[utoipa::path(patch, path = "/api/agent-sessions/{id}", operation_id = "changeAgentSession", tag = "agents", params(("id" = AgentSessionId, Path)),
    request_body = ChangeLife,
    responses((status = 200, body = AgentSessionAnswer)))]
async fn change(
    State(web): State<Web>,
    auth: Auth,
    Path(id): Path<AgentSessionId>,
    body: Body<ChangeLife>,
) -> Result<Json<AgentSessionAnswer>> {
    let agent_session = web.app.change_life(&auth.caller, id, body.value).await?;
    Ok(Json(AgentSessionAnswer { agent_session }))
}

/// Start its agent again: resumes, or begins anew with `{fresh: true}`.
#[utoipa::path(post, path = "/api/agent-sessions/{id}/restart", operation_id = "restartAgent", tag = "agents",
    params(("id" = AgentSessionId, Path)), request_body = RestartRequest,
    responses((status = 200, body = AgentSessionAnswer)))]
async fn restart(
    State(web): State<Web>,
    auth: Auth,
    Path(id): Path<AgentSessionId>,
    body: Body<RestartRequest>,
) -> Result<Json<AgentSessionAnswer>> {
    let agent_session = web.app.restart_agent(&auth.caller, id, body.value.fresh).await?;
    Ok(Json(AgentSessionAnswer { agent_session }))
}
