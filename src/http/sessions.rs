//! Shared sessions: list, create, show, change, close; the demo.

use axum::{Json, extract::State, http::StatusCode, response::Response};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    Web,
    auth::Auth,
    error::replayed,
    extract::{Body, Empty, Path, Query, cursor, limit},
};
use crate::{
    app::{NewDemo, NewSession, OpenedSession, SessionFilter, SessionNow, Snapshot},
    domain::{
        AgentSessionId, Participant, Secret, Session, SessionChanges, SessionId, SessionStatus,
    },
    error::Result,
};

pub(super) fn routes() -> OpenApiRouter<Web> {
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .routes(routes!(show, update, delete))
        .routes(routes!(close))
        .routes(routes!(demo))
}

/// A session, with the secret of its first invite in the one answer that makes it.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct SessionBody {
    #[serde(flatten)]
    session: Session,
    /// Not null only in the answer that creates it.
    invite_token: Option<String>,
}

impl From<Session> for SessionBody {
    fn from(session: Session) -> Self {
        Self { session, invite_token: None }
    }
}

/// A participant, with their token in the one answer that makes it.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct ParticipantBody {
    #[serde(flatten)]
    participant: Participant,
    /// Not null only in the answer that creates it.
    access_token: Option<String>,
}

impl ParticipantBody {
    pub(super) fn new(participant: Participant, token: Option<&Secret>) -> Self {
        Self { participant, access_token: token.map(|token| token.expose().to_owned()) }
    }
}

#[derive(Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ListQuery {
    /// Only those with this label.
    workspace_id: Option<String>,
    /// Only those that share this agent session.
    host_session_id: Option<AgentSessionId>,
    /// Only those in this state.
    status: Option<SessionStatus>,
    /// `nextCursor` of the page before.
    cursor: Option<String>,
    /// 50 if absent.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<i64>,
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct SessionList {
    sessions: Vec<ListedSession>,
    next_cursor: Option<String>,
}

/// A session in a list.
#[derive(Serialize, ToSchema)]
struct ListedSession {
    #[serde(flatten)]
    session: SessionBody,
    /// How it is at the moment; null for one that has ended.
    now: Option<SessionNow>,
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct Created {
    session: SessionBody,
    /// The secret of the invite that was made with it; shown this once.
    invite_token: String,
    host_participant: ParticipantBody,
}

#[derive(Serialize, ToSchema)]
struct Shown {
    session: SessionBody,
    #[serde(flatten)]
    snapshot: Snapshot,
}

#[derive(Serialize, ToSchema)]
pub(super) struct Closed {
    closed: bool,
    session: SessionBody,
}

/// A session after a change.
#[derive(Serialize, ToSchema)]
pub(super) struct SessionAnswer {
    session: SessionBody,
}

impl From<Session> for SessionAnswer {
    fn from(session: Session) -> Self {
        Self { session: session.into() }
    }
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct DemoAnswer {
    session: SessionBody,
    /// The secret of an invite for real guests.
    invite_token: String,
    host_participant: ParticipantBody,
    /// A one-time secret to sign in with, where nobody has set this server up.
    setup_secret: Option<String>,
}

/// Sessions, newest first, and how they are at the moment: those I take part in; for admins all.
#[utoipa::path(get, path = "/api/shared-sessions", operation_id = "listSessions", tag = "sessions", params(ListQuery),
    responses((status = 200, body = SessionList)))]
async fn list(
    State(web): State<Web>,
    auth: Auth,
    Query(query): Query<ListQuery>,
) -> Result<Json<SessionList>> {
    let filter = SessionFilter {
        workspace_id: query.workspace_id,
        agent_session: query.host_session_id,
        status: query.status,
        before: cursor(query.cursor.as_deref())?,
        limit: limit(query.limit, 50, 200)?,
        ..SessionFilter::default()
    };
    let page = web.app.list_sessions(&auth.caller, filter).await?;
    let next_cursor = page.next_cursor.map(|cursor| cursor.to_string());
    let listed = |(session, now)| ListedSession { session: SessionBody::from(session), now };
    let sessions = page.items.into_iter().map(listed).collect();
    Ok(Json(SessionList { sessions, next_cursor }))
}

/// Share an agent session.
#[utoipa::path(post, path = "/api/shared-sessions", operation_id = "createSession", tag = "sessions", request_body = NewSession,
    responses((status = 201, body = Created)))]
async fn create(State(web): State<Web>, auth: Auth, body: Body<NewSession>) -> Result<Response> {
    let key = body.key(&auth.caller)?;
    let made = web.app.create_session(&auth.caller, body.value, key).await?;
    let answer = (StatusCode::CREATED, Json(created(made.value)));
    Ok(replayed(made.replayed, answer))
}

fn created(opened: OpenedSession) -> Created {
    let token = opened.invite_token.expose().to_owned();
    Created {
        session: SessionBody { session: opened.session, invite_token: Some(token.clone()) },
        invite_token: token,
        host_participant: ParticipantBody::new(opened.host, Some(&opened.access_token)),
    }
}

/// A session as it is at one position of its stream.
#[utoipa::path(get, path = "/api/shared-sessions/{id}", operation_id = "getSession", tag = "sessions", params(("id" = SessionId, Path)),
    responses((status = 200, body = Shown)))]
async fn show(
    State(web): State<Web>,
    auth: Auth,
    Path(id): Path<SessionId>,
) -> Result<Json<Shown>> {
    let (session, snapshot) = web.app.snapshot(&auth.caller, id).await?;
    Ok(Json(Shown { session: session.into(), snapshot }))
}

/// Change mode, title or expiry; what is left out stays.
#[utoipa::path(patch, path = "/api/shared-sessions/{id}", operation_id = "updateSession", tag = "sessions", params(("id" = SessionId, Path)),
    request_body = SessionChanges,
    responses((status = 200, body = SessionAnswer)))]
async fn update(
    State(web): State<Web>,
    auth: Auth,
    Path(id): Path<SessionId>,
    body: Body<SessionChanges>,
) -> Result<Json<SessionAnswer>> {
    let session = web.app.update_session(&auth.caller, id, body.value).await?;
    Ok(Json(session.into()))
}

/// End a session.
#[utoipa::path(post, path = "/api/shared-sessions/{id}/close", operation_id = "closeSession", tag = "sessions", params(("id" = SessionId, Path)),
    request_body = Empty,
    responses((status = 200, body = Closed)))]
async fn close(
    State(web): State<Web>,
    auth: Auth,
    Path(id): Path<SessionId>,
    _body: Body<Empty>,
) -> Result<Json<Closed>> {
    let session = web.app.close_session(&auth.caller, id).await?;
    Ok(Json(Closed { closed: true, session: session.into() }))
}

/// End a session.
#[utoipa::path(delete, path = "/api/shared-sessions/{id}", operation_id = "deleteSession", tag = "sessions", params(("id" = SessionId, Path)),
    responses((status = 200, body = Closed)))]
async fn delete(
    State(web): State<Web>,
    auth: Auth,
    Path(id): Path<SessionId>,
) -> Result<Json<Closed>> {
    let session = web.app.close_session(&auth.caller, id).await?;
    Ok(Json(Closed { closed: true, session: session.into() }))
}

/// Begin a demo session: the scripted agent, and a scripted teammate.
#[utoipa::path(post, path = "/api/demo", operation_id = "startDemo", tag = "sessions", request_body = NewDemo,
    responses((status = 201, body = DemoAnswer)))]
async fn demo(State(web): State<Web>, auth: Auth, body: Body<NewDemo>) -> Result<Response> {
    let (key, new) = (body.key(&auth.caller)?, body.value);
    let begun = web.app.begin_demo(&auth.caller, new, key, &web.tasks, web.stop.clone()).await?;
    let setup_secret = begun.value.setup.map(|secret| secret.expose().to_owned());
    let Created { session, invite_token, host_participant } = created(begun.value.opened);
    let answer = DemoAnswer { session, invite_token, host_participant, setup_secret };
    Ok(replayed(begun.replayed, (StatusCode::CREATED, Json(answer))))
}
