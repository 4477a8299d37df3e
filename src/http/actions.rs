//! What programs ask of people over HTTP, and tools that people call: for scripts and hooks.

use std::time::Duration;

use axum::{
    Json,
    extract::{DefaultBodyLimit, State},
    http::StatusCode,
    response::Response,
};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    Web,
    approvals::ApprovalAnswer,
    auth::Auth,
    error::replayed,
    extract::{Body, Page, Path, Query},
    messages::PROMPT_BODY,
};
use crate::{
    app::ToolAnswer,
    domain::{Agent, AgentId, Approval, ApprovalId, NewAction, Resolution, Tool},
    error::{Code, Error, Result},
};

/// The longest that one request waits.
const LONGEST: Duration = Duration::from_mins(1);
/// The largest body of a call of a tool.
const TOOL_BODY: usize = 2 * PROMPT_BODY;

pub(super) fn routes() -> OpenApiRouter<Web> {
    let tools = OpenApiRouter::new().routes(routes!(call)).layer(DefaultBodyLimit::max(TOOL_BODY));
    OpenApiRouter::new()
        .routes(routes!(agents))
        .routes(routes!(ask))
        .routes(routes!(withdraw))
        .routes(routes!(tools_of))
        .merge(tools)
        .layer(DefaultBodyLimit::max(PROMPT_BODY))
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct AgentList {
    agents: Vec<Agent>,
    next_cursor: Option<String>,
}

/// How long to wait for a decision.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct Wait {
    /// How long to wait until it is decided, such as `30s`: at most a minute, then ask again. Absent: not at all.
    #[param(example = "30s")]
    wait: Option<String>,
}

impl Wait {
    /// As long as somebody wants to wait, and may.
    ///
    /// # Errors
    /// `INVALID_BODY` for what is no time.
    pub(super) fn limit(&self) -> Result<Option<Duration>> {
        let Some(text) = &self.wait else { return Ok(None) };
        let seconds = text.parse().map(Duration::from_secs).ok();
        let time = seconds.or_else(|| humantime::parse_duration(text).ok()).ok_or_else(|| {
            Error::with(Code::InvalidBody, "wait is a time such as 30s").hint("at most 60s")
        })?;
        Ok(Some(time.min(LONGEST)))
    }
}

/// What asking came to.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct AskAnswer {
    approval: Approval,
    /// Whether somebody can decide it now.
    answerable: bool,
    /// What was answered, as the program that asked is told.
    resolution: Resolution,
}

#[derive(Serialize, ToSchema)]
struct ToolList {
    tools: Vec<Tool>,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"parameters": {"branch": "main"}}))]
struct ToolCall {
    /// What the tool is given: any JSON; an empty object if absent.
    #[serde(default)]
    #[schema(value_type = Object)]
    parameters: Option<Box<RawValue>>,
}

/// The agents that I may know of, by name: those that hosts can start, and those that they registered.
#[utoipa::path(get, path = "/api/agents", operation_id = "listAgents", tag = "agents", params(Page),
    responses((status = 200, body = AgentList)))]
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

/// Ask people something, as a program: 201 once it is asked, or 200 where it was asked before by the same `requestId`. It is
/// decided by those whose program it is, by whichever credential did not ask, and by admins.
#[utoipa::path(post, path = "/api/approvals", operation_id = "askPeople", tag = "approvals", params(Wait),
    request_body = NewAction,
    responses((status = 201, body = AskAnswer), (status = 200, body = AskAnswer)))]
async fn ask(
    State(web): State<Web>,
    auth: Auth,
    Query(wait): Query<Wait>,
    body: Body<NewAction>,
) -> Result<Response> {
    let limit = wait.limit()?;
    let key = body.key(&auth.caller)?;
    let asked = web.app.ask_people(&auth.caller, body.value, key).await?;
    let (id, mut answer) = (asked.value.approval.id, asked.value);
    if let Some(limit) = limit {
        let approval = decided(&web, &auth, id, limit).await?;
        answer = web.app.asked(approval);
    }
    let status = if asked.replayed { StatusCode::OK } else { StatusCode::CREATED };
    let (approval, answerable) = (answer.approval, answer.answerable);
    let body = AskAnswer { approval, answerable, resolution: answer.resolution };
    Ok(replayed(asked.replayed, (status, Json(body))))
}

/// Take back what a program of mine asked.
#[utoipa::path(delete, path = "/api/approvals/{id}", operation_id = "withdrawAction", tag = "approvals",
    params(("id" = ApprovalId, Path)),
    responses((status = 200, body = ApprovalAnswer)))]
async fn withdraw(
    State(web): State<Web>,
    auth: Auth,
    Path(id): Path<ApprovalId>,
) -> Result<Json<ApprovalAnswer>> {
    Ok(Json(ApprovalAnswer { approval: web.app.withdraw_action(&auth.caller, id).await? }))
}

/// The tools of an agent.
#[utoipa::path(get, path = "/api/agents/{id}/tools", operation_id = "listTools", tag = "agents", params(("id" = AgentId, Path)),
    responses((status = 200, body = ToolList)))]
async fn tools_of(
    State(web): State<Web>,
    auth: Auth,
    Path(id): Path<AgentId>,
) -> Result<Json<ToolList>> {
    Ok(Json(ToolList { tools: web.app.tools(&auth.caller, id).await? }))
}

/// Call a tool and wait for its answer. Who goes away has the call cancelled. `output` may be null; `error` is the tool's own.
#[utoipa::path(post, path = "/api/agents/{id}/tools/{tool}", operation_id = "callTool", tag = "agents",
    params(("id" = AgentId, Path), ("tool" = String, Path)), request_body = ToolCall,
    responses((status = 200, body = ToolAnswer)))]
async fn call(
    State(web): State<Web>,
    auth: Auth,
    Path((id, tool)): Path<(AgentId, String)>,
    body: Body<ToolCall>,
) -> Result<Json<ToolAnswer>> {
    let parameters = match body.value.parameters {
        Some(parameters) => parameters,
        None => RawValue::from_string("{}".to_owned()).map_err(Error::internal)?,
    };
    Ok(Json(web.app.call_tool(&auth.caller, id, &tool, parameters).await?))
}

/// An approval once it is pending no more; as it is when `limit` is over, or the server stops.
///
/// # Errors
/// `APPROVAL_NOT_FOUND`.
pub(super) async fn decided(
    web: &Web,
    auth: &Auth,
    id: ApprovalId,
    limit: Duration,
) -> Result<Approval> {
    let waited = web.stop.run_until_cancelled(web.app.wait_for_approval(&auth.caller, id, limit));
    match waited.await {
        Some(approval) => approval,
        None => web.app.approval(&auth.caller, id).await,
    }
}
