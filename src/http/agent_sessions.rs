//! Agents, hosts and agent sessions.

use axum::{
    Json,
    extract::State,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    Web,
    auth::Auth,
    error::{ErrorBody, replayed},
    extract::{Body, Page, Path, Query, limit},
};
use crate::{
    app::{AgentSessionDetails, NewAgentSession},
    domain::{Agent, AgentSession, AgentSessionId, Host, Position, SessionId},
    error::Result,
};

pub(super) fn routes() -> OpenApiRouter<Web> {
    OpenApiRouter::new()
        .routes(routes!(agents))
        .routes(routes!(hosts))
        .routes(routes!(list, create))
        .routes(routes!(show))
        .routes(routes!(restart))
        .routes(routes!(transcript))
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct AgentList {
    agents: Vec<Agent>,
    next_cursor: Option<String>,
}

#[derive(Serialize, ToSchema)]
struct HostList {
    hosts: Vec<Host>,
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
struct RestartRequest {
    /// Whether a new conversation may begin.
    #[serde(default)]
    fresh: bool,
}

#[derive(Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct TranscriptQuery {
    /// `<session id>:<position>`, as `x-next-after` of the page before has it.
    after: Option<String>,
    /// At most 500; 100 if absent.
    limit: Option<i64>,
}

/// What can be started, by name.
#[utoipa::path(get, path = "/api/agents", tag = "agents", params(Page),
    responses((status = 200, body = AgentList), (status = "4XX", body = ErrorBody)))]
async fn agents(
    State(web): State<Web>,
    auth: Auth,
    Query(query): Query<Page>,
) -> Result<Json<AgentList>> {
    let (after, limit) = query.bounds()?;
    let page = web.app.agents(&auth.caller, after, limit).await?;
    let next_cursor = page.next_cursor.map(|cursor| cursor.to_string());
    Ok(Json(AgentList { agents: page.items, next_cursor }))
}

/// The hosts that I may know of.
#[utoipa::path(get, path = "/api/hosts", tag = "agents",
    responses((status = 200, body = HostList), (status = "4XX", body = ErrorBody)))]
async fn hosts(State(web): State<Web>, auth: Auth) -> Result<Json<HostList>> {
    Ok(Json(HostList { hosts: web.app.hosts(&auth.caller).await? }))
}

/// My agent sessions, newest first.
#[utoipa::path(get, path = "/api/agent-sessions", tag = "agents", params(Page),
    responses((status = 200, body = AgentSessionList), (status = "4XX", body = ErrorBody)))]
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
#[utoipa::path(post, path = "/api/agent-sessions", tag = "agents", request_body = NewAgentSession,
    responses((status = 201, body = AgentSessionAnswer), (status = "4XX", body = ErrorBody)))]
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
#[utoipa::path(get, path = "/api/agent-sessions/{id}", tag = "agents", params(("id" = AgentSessionId, Path)),
    responses((status = 200, body = DetailsAnswer), (status = "4XX", body = ErrorBody)))]
async fn show(
    State(web): State<Web>,
    auth: Auth,
    Path(id): Path<AgentSessionId>,
) -> Result<Json<DetailsAnswer>> {
    Ok(Json(DetailsAnswer { agent_session: web.app.agent_session(&auth.caller, id).await? }))
}

/// Start its agent again: resumes, or begins anew with `{fresh: true}`.
#[utoipa::path(post, path = "/api/agent-sessions/{id}/restart", tag = "agents",
    params(("id" = AgentSessionId, Path)), request_body = RestartRequest,
    responses((status = 200, body = AgentSessionAnswer), (status = "4XX", body = ErrorBody)))]
async fn restart(
    State(web): State<Web>,
    auth: Auth,
    Path(id): Path<AgentSessionId>,
    body: Body<RestartRequest>,
) -> Result<Json<AgentSessionAnswer>> {
    let agent_session = web.app.restart_agent(&auth.caller, id, body.value.fresh).await?;
    Ok(Json(AgentSessionAnswer { agent_session }))
}

/// The whole conversation, as JSON lines: the events of the sessions that shared it, in order.
#[utoipa::path(get, path = "/api/agent-sessions/{id}/transcript", tag = "agents",
    params(("id" = AgentSessionId, Path), TranscriptQuery),
    responses((status = 200, content_type = "application/x-ndjson", body = String,
        headers(("x-next-after" = String, description = "The `after` of the next page; absent behind the end."))),
        (status = "4XX", body = ErrorBody)))]
async fn transcript(
    State(web): State<Web>,
    auth: Auth,
    Path(id): Path<AgentSessionId>,
    Query(query): Query<TranscriptQuery>,
) -> Result<Response> {
    let after = query.after.as_deref().map(place).transpose()?;
    let limit = limit(query.limit, 100, 500)?;
    let page = web.app.transcript(&auth.caller, id, after, limit).await?;
    let mut body = Vec::new();
    for (_, frame) in &page {
        body.extend_from_slice(frame.json());
        body.push(b'\n');
    }
    let kind = HeaderValue::from_static("application/x-ndjson");
    let mut answer = ([(header::CONTENT_TYPE, kind)], body).into_response();
    if let Some((session, last)) = page.last() {
        let next = format!("{session}:{}", Position::new(last.seq, &last.chain));
        if let Ok(value) = HeaderValue::from_str(&next) {
            answer.headers_mut().insert("x-next-after", value);
        }
    }
    Ok(answer)
}

fn place(text: &str) -> Result<(SessionId, Position)> {
    let malformed = || crate::error::Error::new(crate::error::Code::InvalidCursor);
    let (session, position) = text.split_once(':').ok_or_else(malformed)?;
    let session = session.parse().map_err(|error: uuid::Error| malformed().because(error))?;
    Ok((session, position.parse()?))
}
