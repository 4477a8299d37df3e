//! Approvals, the inbox, and what people do about dispatches.

use axum::{
    Json,
    extract::{DefaultBodyLimit, State},
    http::StatusCode,
    response::Response,
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    Web,
    actions::{Wait, decided},
    auth::Auth,
    error::replayed,
    extract::{Body, Path, Query, cursor, limit},
    messages::PROMPT_BODY,
};
use crate::{
    app::{ActionFacts, ApprovalFilter, Inbox, NewSuggestion},
    domain::{
        Approval, ApprovalId, ApprovalKind, ApprovalStatus, Decision, Dispatch, DispatchAction,
        DispatchId, Lifetime, SessionId,
    },
    error::Result,
};

pub(super) fn routes() -> OpenApiRouter<Web> {
    OpenApiRouter::new()
        .routes(routes!(inbox))
        .routes(routes!(show, decide, extend))
        .routes(routes!(list))
        .routes(routes!(decide_in_session, withdraw))
        .routes(routes!(suggest))
        .routes(routes!(act))
        .layer(DefaultBodyLimit::max(PROMPT_BODY))
}

/// Which part of an inbox.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum InboxStatus {
    /// What waits for me.
    Pending,
    /// What waits for others, in the sessions in which I take part.
    Others,
    /// What waits no more.
    Resolved,
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct InboxQuery {
    /// `pending`, if absent: what waits for me, oldest first. `others`: what waits for others where I take part, my own
    /// prompts too, oldest first. `resolved`: what was decided or ended undecided, newest first.
    #[param(inline)]
    status: Option<InboxStatus>,
    /// `nextCursor` of the page before.
    cursor: Option<String>,
    /// 50 if absent.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<i64>,
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ListQuery {
    /// Only those in this state.
    status: Option<ApprovalStatus>,
    /// Only those of this kind.
    kind: Option<ApprovalKind>,
    /// `nextCursor` of the page before.
    cursor: Option<String>,
    /// 50 if absent.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<i64>,
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct ApprovalList {
    approvals: Vec<Approval>,
    next_cursor: Option<String>,
}

/// One approval.
#[derive(Serialize, ToSchema)]
pub(super) struct ApprovalAnswer {
    /// As it is now.
    pub(super) approval: Approval,
}

/// One approval, and what there is to know of it.
#[derive(Serialize, ToSchema)]
struct ApprovalShown {
    /// As it is now.
    approval: Approval,
    /// Who asks and who may decide; only of what a program asks.
    facts: Option<ActionFacts>,
}

#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(example = json!({"expiresInMinutes": 1440}))]
struct ExtendRequest {
    /// How long it waits from now on, but no longer than its session lives; absent: 24 hours.
    #[serde(default)]
    #[schema(value_type = Option<i64>, minimum = 0, maximum = 525_600)]
    expires_in_minutes: Lifetime,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct DispatchRequest {
    action: DispatchAction,
}

#[derive(Serialize, ToSchema)]
struct DispatchAnswer {
    dispatch: Dispatch,
}

/// My inbox: what I may decide, and what nobody knows the outcome of; or what others decide in my sessions; or what I might
/// have decided. Drafts are without
/// their diffs. A page may hold less than its limit though there is more: go on until `nextCursor` is null.
#[utoipa::path(get, path = "/api/approvals", operation_id = "getInbox", tag = "approvals", params(InboxQuery),
    responses((status = 200, body = Inbox)))]
async fn inbox(
    State(web): State<Web>,
    auth: Auth,
    Query(query): Query<InboxQuery>,
) -> Result<Json<Inbox>> {
    let (from, limit) = (cursor(query.cursor.as_deref())?, limit(query.limit, 50, 200)?);
    Ok(Json(match query.status.unwrap_or(InboxStatus::Pending) {
        InboxStatus::Pending => web.app.inbox(&auth.caller, from, limit).await?,
        InboxStatus::Others => web.app.waits_for_others(&auth.caller, from, limit).await?,
        InboxStatus::Resolved => web.app.resolved(&auth.caller, from, limit).await?,
    }))
}

/// One approval, and all of it: a draft with its diffs, and of what a program asks who may decide. With `wait`, once it is
/// decided.
#[utoipa::path(get, path = "/api/approvals/{id}", operation_id = "getApproval", tag = "approvals",
    params(("id" = ApprovalId, Path), Wait),
    responses((status = 200, body = ApprovalShown)))]
async fn show(
    State(web): State<Web>,
    auth: Auth,
    Path(id): Path<ApprovalId>,
    Query(wait): Query<Wait>,
) -> Result<Json<ApprovalShown>> {
    let approval = match wait.limit()? {
        Some(limit) => decided(&web, &auth, id, limit).await?,
        None => web.app.approval(&auth.caller, id).await?,
    };
    let facts = web.app.action_facts(&auth.caller, &approval).await?;
    Ok(Json(ApprovalShown { approval, facts }))
}

/// Decide an approval. 202 where only the host that asks decides: it was told what I would choose, and the approval is
/// pending still.
#[utoipa::path(post, path = "/api/approvals/{id}", operation_id = "decideApproval", tag = "approvals", params(("id" = ApprovalId, Path)),
    request_body = Decision,
    responses((status = 200, body = ApprovalAnswer),
        (status = 202, body = ApprovalAnswer, description = "The host that decides was told.")))]
async fn decide(
    State(web): State<Web>,
    auth: Auth,
    Path(id): Path<ApprovalId>,
    body: Body<Decision>,
) -> Result<Response> {
    let key = body.key(&auth.caller)?;
    let decided = web.app.decide(&auth.caller, None, id, body.value, key).await?;
    let is_told =
        decided.value.resolve_request.is_some() && decided.value.status == ApprovalStatus::Pending;
    let status = if is_told { StatusCode::ACCEPTED } else { StatusCode::OK };
    let answer = (status, Json(ApprovalAnswer { approval: decided.value }));
    Ok(replayed(decided.replayed, answer))
}

/// Give an approval more time.
#[utoipa::path(patch, path = "/api/approvals/{id}", operation_id = "extendApproval", tag = "approvals", params(("id" = ApprovalId, Path)),
    request_body = ExtendRequest,
    responses((status = 200, body = ApprovalAnswer)))]
async fn extend(
    State(web): State<Web>,
    auth: Auth,
    Path(id): Path<ApprovalId>,
    body: Body<ExtendRequest>,
) -> Result<Json<ApprovalAnswer>> {
    let life = body.value.expires_in_minutes;
    let approval = web.app.extend_approval(&auth.caller, id, life).await?;
    Ok(Json(ApprovalAnswer { approval }))
}

/// Approvals of a session, newest first. Drafts are without their diffs. A page may hold less than its limit though there
/// is more: go on until `nextCursor` is null.
#[utoipa::path(get, path = "/api/shared-sessions/{id}/approvals", operation_id = "listApprovals", tag = "approvals",
    params(("id" = SessionId, Path), ListQuery),
    responses((status = 200, body = ApprovalList)))]
async fn list(
    State(web): State<Web>,
    auth: Auth,
    Path(id): Path<SessionId>,
    Query(query): Query<ListQuery>,
) -> Result<Json<ApprovalList>> {
    let filter = ApprovalFilter {
        status: query.status,
        kind: query.kind,
        before: cursor(query.cursor.as_deref())?,
        limit: limit(query.limit, 50, 200)?,
    };
    let page = web.app.approvals(&auth.caller, id, filter).await?;
    let next_cursor = page.next_cursor.map(|cursor| cursor.to_string());
    Ok(Json(ApprovalList { approvals: page.items, next_cursor }))
}

/// Decide an approval of a session.
#[utoipa::path(post, path = "/api/shared-sessions/{id}/approvals/{approval}", operation_id = "decideApprovalInSession", tag = "approvals",
    params(("id" = SessionId, Path), ("approval" = ApprovalId, Path)), request_body = Decision,
    responses((status = 200, body = ApprovalAnswer)))]
async fn decide_in_session(
    State(web): State<Web>,
    auth: Auth,
    Path((id, approval)): Path<(SessionId, ApprovalId)>,
    body: Body<Decision>,
) -> Result<Response> {
    let key = body.key(&auth.caller)?;
    let decided = web.app.decide(&auth.caller, Some(id), approval, body.value, key).await?;
    Ok(replayed(decided.replayed, Json(ApprovalAnswer { approval: decided.value })))
}

/// Take back one's own pending prompt.
#[utoipa::path(delete, path = "/api/shared-sessions/{id}/approvals/{approval}", operation_id = "withdrawApproval", tag = "approvals",
    params(("id" = SessionId, Path), ("approval" = ApprovalId, Path)),
    responses((status = 200, body = ApprovalAnswer)))]
async fn withdraw(
    State(web): State<Web>,
    auth: Auth,
    Path((id, approval)): Path<(SessionId, ApprovalId)>,
) -> Result<Json<ApprovalAnswer>> {
    let approval = web.app.withdraw(&auth.caller, id, approval).await?;
    Ok(Json(ApprovalAnswer { approval }))
}

/// Say what I would do about an approval; it replaces what I said before.
#[utoipa::path(post, path = "/api/shared-sessions/{id}/approvals/{approval}/suggestions", operation_id = "suggestDecision", tag = "approvals",
    params(("id" = SessionId, Path), ("approval" = ApprovalId, Path)), request_body = NewSuggestion,
    responses((status = 200, body = ApprovalAnswer)))]
async fn suggest(
    State(web): State<Web>,
    auth: Auth,
    Path((id, approval)): Path<(SessionId, ApprovalId)>,
    body: Body<NewSuggestion>,
) -> Result<Json<ApprovalAnswer>> {
    let approval = web.app.suggest(&auth.caller, id, approval, body.value).await?;
    Ok(Json(ApprovalAnswer { approval }))
}

/// Stop a turn, or say what to do about one whose outcome nobody knows.
#[utoipa::path(post, path = "/api/shared-sessions/{id}/dispatches/{dispatch}", operation_id = "actOnDispatch", tag = "approvals",
    params(("id" = SessionId, Path), ("dispatch" = DispatchId, Path)), request_body = DispatchRequest,
    responses((status = 200, body = DispatchAnswer)))]
async fn act(
    State(web): State<Web>,
    auth: Auth,
    Path((id, dispatch)): Path<(SessionId, DispatchId)>,
    body: Body<DispatchRequest>,
) -> Result<Response> {
    let (key, action) = (body.key(&auth.caller)?, body.value.action);
    let done = web.app.act_on_dispatch(&auth.caller, id, dispatch, action, key).await?;
    Ok(replayed(done.replayed, Json(DispatchAnswer { dispatch: done.value })))
}
