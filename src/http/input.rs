//! What people say to agent sessions, and what those have to tell besides what their agents say.

use axum::{
    Json,
    extract::{DefaultBodyLimit, State},
    http::StatusCode,
    response::Response,
};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    Web,
    auth::Auth,
    error::replayed,
    extract::{Body, Page, Path, Query},
    messages::PROMPT_BODY,
};
use crate::{
    app::{Input, Taken},
    domain::{
        AgentSession, AgentSessionId, Approval, ApprovalStatus, Draft, NewDraft, SessionEvent,
    },
    error::Result,
};

pub(super) fn routes() -> OpenApiRouter<Web> {
    OpenApiRouter::new()
        .routes(routes!(input))
        .routes(routes!(drafts, draft))
        .routes(routes!(event))
        .layer(DefaultBodyLimit::max(PROMPT_BODY))
}

#[derive(Default, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct InputAnswer {
    /// Of a prompt: `pending`, it waits for a yes; `approved`, it goes to the agent. Of a draft: how far it is decided.
    status: Option<ApprovalStatus>,
    /// The prompt, or the draft with its artifacts.
    approval: Option<Approval>,
    /// The agent session that was aborted.
    agent_session: Option<AgentSession>,
}

#[derive(Serialize, ToSchema)]
struct DraftAnswer {
    draft: Draft,
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct DraftList {
    /// Each with its artifacts, as `draft`.
    approvals: Vec<Approval>,
    next_cursor: Option<String>,
}

#[derive(Serialize, ToSchema)]
struct EventAnswer {
    /// Always true.
    added: bool,
}

/// Say something to one: a prompt (200, or 202 where it waits for a yes), a decision on a draft, or the end.
#[utoipa::path(post, path = "/api/agent-sessions/{id}/input", operation_id = "sendInput", tag = "agents", params(("id" = AgentSessionId, Path)),
    request_body = Input,
    responses((status = 200, body = InputAnswer), (status = 202, body = InputAnswer)))]
async fn input(
    State(web): State<Web>,
    auth: Auth,
    Path(id): Path<AgentSessionId>,
    body: Body<Input>,
) -> Result<Response> {
    let key = body.key(&auth.caller)?;
    let taken = web.app.take_input(&auth.caller, id, body.value, key).await?;
    let (code, answer) = match taken.value {
        Taken::Prompt(approval) => {
            let waits = approval.status == ApprovalStatus::Pending;
            let code = if waits { StatusCode::ACCEPTED } else { StatusCode::OK };
            (code, of(approval))
        }
        Taken::Decision(approval) => (StatusCode::OK, of(approval)),
        Taken::AgentSession(it) => {
            (StatusCode::OK, InputAnswer { agent_session: Some(it), ..InputAnswer::default() })
        }
    };
    Ok(replayed(taken.replayed, (code, Json(answer))))
}

fn of(approval: Approval) -> InputAnswer {
    let status = Some(approval.status);
    InputAnswer { status, approval: Some(approval), agent_session: None }
}

/// What one of mine offered for review, newest first: the approvals that its drafts are. Those that no session has shared
/// have no `sharedSessionId`: they wait for me alone, and are shown in the next session.
#[utoipa::path(get, path = "/api/agent-sessions/{id}/drafts", operation_id = "listDrafts", tag = "agents",
    params(("id" = AgentSessionId, Path), Page),
    responses((status = 200, body = DraftList)))]
async fn drafts(
    State(web): State<Web>,
    auth: Auth,
    Path(id): Path<AgentSessionId>,
    Query(query): Query<Page>,
) -> Result<Json<DraftList>> {
    let (before, limit) = query.bounds()?;
    let page = web.app.drafts(&auth.caller, id, before, limit).await?;
    let next_cursor = page.next_cursor.map(|cursor| cursor.to_string());
    Ok(Json(DraftList { approvals: page.items, next_cursor }))
}

/// Offer artifacts of one of mine for review. Offered twice by one `draftId`, it is the same draft.
#[utoipa::path(post, path = "/api/agent-sessions/{id}/drafts", operation_id = "offerDraft", tag = "agents", params(("id" = AgentSessionId, Path)),
    request_body = NewDraft,
    responses((status = 201, body = DraftAnswer)))]
async fn draft(
    State(web): State<Web>,
    auth: Auth,
    Path(id): Path<AgentSessionId>,
    body: Body<NewDraft>,
) -> Result<Response> {
    let key = body.key(&auth.caller)?;
    let offered = web.app.offer_draft(&auth.caller, id, body.value, key).await?;
    let answer = (StatusCode::CREATED, Json(DraftAnswer { draft: offered.value }));
    Ok(replayed(offered.replayed, answer))
}

/// Tell the session that shares one of mine something.
#[utoipa::path(post, path = "/api/agent-sessions/{id}/events", operation_id = "tellEvent", tag = "agents", params(("id" = AgentSessionId, Path)),
    request_body = SessionEvent,
    responses((status = 201, body = EventAnswer)))]
async fn event(
    State(web): State<Web>,
    auth: Auth,
    Path(id): Path<AgentSessionId>,
    body: Body<SessionEvent>,
) -> Result<Response> {
    let key = body.key(&auth.caller)?;
    let told = web.app.tell_event(&auth.caller, id, body.value, key).await?;
    Ok(replayed(told.replayed, (StatusCode::CREATED, Json(EventAnswer { added: true }))))
}
