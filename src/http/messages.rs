//! Comments and prompts.

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
    auth::Auth,
    error::replayed,
    extract::{Body, Path, Query, cursor, limit},
};
use crate::{
    app::NewMessage,
    domain::{Approval, ApprovalStatus, Message, SessionId},
    error::Result,
};

/// The largest body with a comment in it: 64 KiB of text, with room for what JSON escapes.
const COMMENT_BODY: usize = 256 * 1024;
/// The largest body with a prompt in it: 256 KiB of text, with room for what JSON escapes.
pub(super) const PROMPT_BODY: usize = 1024 * 1024;

pub(super) fn routes() -> OpenApiRouter<Web> {
    let comments =
        OpenApiRouter::new().routes(routes!(list, post)).layer(DefaultBodyLimit::max(COMMENT_BODY));
    let prompts =
        OpenApiRouter::new().routes(routes!(prompt)).layer(DefaultBodyLimit::max(PROMPT_BODY));
    comments.merge(prompts)
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct MessagesQuery {
    /// `nextCursor` of the page before.
    cursor: Option<String>,
    /// 100 if absent.
    #[param(minimum = 1, maximum = 500)]
    limit: Option<i64>,
    /// `asc` (oldest first, if absent) or `desc`.
    #[param(inline)]
    order: Option<Order>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum Order {
    Asc,
    Desc,
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct MessageList {
    messages: Vec<Message>,
    next_cursor: Option<String>,
}

#[derive(Serialize, ToSchema)]
struct MessageAnswer {
    message: Message,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct PromptRequest {
    /// What to ask of the agent, at most 256 KiB.
    #[schema(max_length = 262_144)]
    prompt: String,
}

#[derive(Serialize, ToSchema)]
struct PromptAnswer {
    /// `pending`: it waits for a yes; `approved`: it goes to the agent.
    status: ApprovalStatus,
    approval: Approval,
}

/// Messages of a session, a page at a time.
#[utoipa::path(get, path = "/api/shared-sessions/{id}/messages", operation_id = "listMessages", tag = "messages",
    params(("id" = SessionId, Path), MessagesQuery),
    responses((status = 200, body = MessageList)))]
async fn list(
    State(web): State<Web>,
    auth: Auth,
    Path(id): Path<SessionId>,
    Query(query): Query<MessagesQuery>,
) -> Result<Json<MessageList>> {
    let (from, limit) = (cursor(query.cursor.as_deref())?, limit(query.limit, 100, 500)?);
    let newest_first = query.order == Some(Order::Desc);
    let page = web.app.messages(&auth.caller, id, from, newest_first, limit).await?;
    let next_cursor = page.next_cursor.map(|cursor| cursor.to_string());
    Ok(Json(MessageList { messages: page.items, next_cursor }))
}

/// Write a comment.
#[utoipa::path(post, path = "/api/shared-sessions/{id}/messages", operation_id = "postMessage", tag = "messages", params(("id" = SessionId, Path)),
    request_body = NewMessage, responses((status = 201, body = MessageAnswer)))]
async fn post(
    State(web): State<Web>,
    auth: Auth,
    Path(id): Path<SessionId>,
    body: Body<NewMessage>,
) -> Result<Response> {
    let key = body.key(&auth.caller)?;
    let posted = web.app.post_message(&auth.caller, id, body.value, key).await?;
    let answer = (StatusCode::CREATED, Json(MessageAnswer { message: posted.value }));
    Ok(replayed(posted.replayed, answer))
}

/// Send a prompt: it waits for a yes (202), or goes to the agent at once (200).
#[utoipa::path(post, path = "/api/shared-sessions/{id}/prompts", operation_id = "sendPrompt", tag = "messages", params(("id" = SessionId, Path)),
    request_body = PromptRequest,
    responses((status = 200, body = PromptAnswer), (status = 202, body = PromptAnswer)))]
async fn prompt(
    State(web): State<Web>,
    auth: Auth,
    Path(id): Path<SessionId>,
    body: Body<PromptRequest>,
) -> Result<Response> {
    let key = body.key(&auth.caller)?;
    let sent = web.app.submit_prompt(&auth.caller, id, &body.value.prompt, key).await?;
    let (status, approval) = (sent.value.status, sent.value);
    let code = match status {
        ApprovalStatus::Pending => StatusCode::ACCEPTED,
        _ => StatusCode::OK,
    };
    Ok(replayed(sent.replayed, (code, Json(PromptAnswer { status, approval }))))
}
