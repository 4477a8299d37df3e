//! Events of a session: in pages, and live as server-sent events; and what people do at the moment.

use axum::{
    extract::State,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use bytes::{Bytes, BytesMut};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    Web,
    auth::Auth,
    extract::{Body, Path, Query, limit},
    sse::{self, Batch, Control, Piece, Source, control},
};
use crate::{
    app::{Following, StreamItem},
    domain::{Position, Presence, SessionId},
    error::Result,
};

pub(super) fn routes() -> OpenApiRouter<Web> {
    OpenApiRouter::new().routes(routes!(events)).routes(routes!(stream)).routes(routes!(signal))
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct EventsQuery {
    /// The position after which to begin; 0, if absent: the beginning.
    after: Option<String>,
    /// 100 if absent.
    #[param(minimum = 1, maximum = 500)]
    limit: Option<i64>,
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct StreamQuery {
    /// The position after which to begin; absent: with what happens next.
    after: Option<String>,
}

/// Events of a session, a page at a time: at most `limit`, and none any more behind about 1 MiB of them.
#[utoipa::path(get, path = "/api/shared-sessions/{id}/events", operation_id = "listEvents", tag = "events",
    params(("id" = SessionId, Path), EventsQuery),
    responses((status = 200, body = EventList)))]
async fn events(
    State(web): State<Web>,
    auth: Auth,
    Path(id): Path<SessionId>,
    Query(query): Query<EventsQuery>,
) -> Result<Response> {
    let after = query.after.as_deref().map(str::parse).transpose()?;
    let limit = limit(query.limit, 100, 500)?;
    let (frames, next) = web.app.events(&auth.caller, id, after, limit).await?;
    // The events are encoded already: put together, not encoded again.
    let mut body = BytesMut::from(&b"{\"events\":["[..]);
    for (n, frame) in frames.iter().enumerate() {
        if n > 0 {
            body.extend_from_slice(b",");
        }
        body.extend_from_slice(frame.json());
    }
    body.extend_from_slice(format!("],\"nextAfter\":\"{next}\"}}").as_bytes());
    let json = [(header::CONTENT_TYPE, HeaderValue::from_static("application/json"))];
    Ok((json, body.freeze()).into_response())
}

/// A page of events: documentation of what is put together by hand above.
#[derive(Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
struct EventList {
    events: Vec<crate::domain::Event<'static>>,
    /// The position behind the last of them.
    #[schema(value_type = String)]
    next_after: Position,
}

/// Events of a session, live: `text/event-stream`, resumed by `Last-Event-ID`.
#[utoipa::path(get, path = "/api/shared-sessions/{id}/stream", operation_id = "streamSession", tag = "events",
    params(("id" = SessionId, Path), StreamQuery,
        ("Last-Event-ID" = Option<String>, Header, description = "The id of the last frame that was seen; wins over `after`.")),
    responses((status = 200, content_type = "text/event-stream", body = String)))]
async fn stream(
    State(web): State<Web>,
    auth: Auth,
    Path(id): Path<SessionId>,
    Query(query): Query<StreamQuery>,
    headers: HeaderMap,
) -> Result<Response> {
    let last = headers.get("last-event-id").map(|value| value.to_str().unwrap_or("?"));
    // An EventSource that has seen nothing yet sends an empty one.
    let last = last.filter(|last| !last.is_empty());
    let from = last.or(query.after.as_deref()).map(str::parse).transpose()?;
    let following = web.app.follow(&auth.caller, auth.secret, id, from).await?;
    Ok(sse::answer(following, &web))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct SignalRequest {
    state: Presence,
}

/// Tell who follows the session what I do at the moment: a frame without id, `type: presence`. More than one a second is
/// told to nobody.
#[utoipa::path(post, path = "/api/shared-sessions/{id}/signals", operation_id = "sendSignal", tag = "events", params(("id" = SessionId, Path)),
    request_body = SignalRequest, responses((status = 204)))]
async fn signal(
    State(web): State<Web>,
    auth: Auth,
    Path(id): Path<SessionId>,
    body: Body<SignalRequest>,
) -> Result<StatusCode> {
    web.app.signal(&auth.caller, id, body.value.state).await?;
    Ok(StatusCode::NO_CONTENT)
}

impl Source for Following {
    async fn next(&mut self) -> Result<Option<Piece>> {
        let item = Following::next(self).await?;
        Ok(item.map(|item| match item {
            StreamItem::Frame(frame) => Piece::More(frame.bytes),
            StreamItem::Signal(signal) => Piece::More(signal.bytes),
            StreamItem::Reset { reason, as_of } => {
                Piece::Last(control(&Control::Reset { reason, as_of }))
            }
            StreamItem::End(reason) => Piece::Last(control(&Control::End { reason })),
        }))
    }

    async fn more(&mut self, first: Bytes) -> Bytes {
        let mut batch = Batch::of(first);
        while !batch.is_full() {
            match self.take_ready().await {
                Ok(Some(StreamItem::Frame(frame))) => batch.add(&frame.bytes),
                Ok(Some(StreamItem::Signal(signal))) => batch.add(&signal.bytes),
                // What is last is never given out as ready.
                Ok(_) => break,
                Err(error) => {
                    sse::failed(&error);
                    break;
                }
            }
        }
        batch.freeze()
    }
}
