//! Events of a session: in pages, and live as server-sent events.

use std::{convert::Infallible, time::Duration};

use axum::{
    body::Body,
    extract::State,
    http::{HeaderMap, HeaderName, HeaderValue, header},
    response::{IntoResponse, Response},
};
use bytes::{Bytes, BytesMut};
use futures_util::Stream;
use serde::{Deserialize, Serialize};
use tokio::time::{Instant, sleep};
use tokio_util::sync::CancellationToken;
use utoipa::IntoParams;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    Web,
    auth::Auth,
    error::ErrorBody,
    extract::{Path, Query, limit},
};
use crate::{
    app::{Following, StreamEnd, StreamItem},
    domain::{Position, SessionId},
    error::{Error, Result},
};

/// How often a quiet stream shows that it lives.
const HEARTBEAT: Duration = Duration::from_secs(15);
/// How many bytes of frames that are ready go out in one write.
const BATCH: usize = 32 * 1024;

pub(super) fn routes() -> OpenApiRouter<Web> {
    OpenApiRouter::new().routes(routes!(events)).routes(routes!(stream))
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct EventsQuery {
    /// The position after which to begin; 0, if absent: the beginning.
    after: Option<String>,
    /// At most 500; 100 if absent.
    limit: Option<i64>,
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct StreamQuery {
    /// The position after which to begin; absent: with what happens next.
    after: Option<String>,
}

/// Events of a session, a page at a time.
#[utoipa::path(get, path = "/api/shared-sessions/{id}/events", tag = "events",
    params(("id" = SessionId, Path), EventsQuery),
    responses((status = 200, body = EventList), (status = "4XX", body = ErrorBody)))]
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
#[utoipa::path(get, path = "/api/shared-sessions/{id}/stream", tag = "events",
    params(("id" = SessionId, Path), StreamQuery,
        ("Last-Event-ID" = Option<String>, Header, description = "The id of the last frame that was seen; wins over `after`.")),
    responses((status = 200, content_type = "text/event-stream", body = String), (status = "4XX", body = ErrorBody),
        (status = 503, body = ErrorBody, description = "BUSY: too many streams are open. See Retry-After.")))]
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
    let body =
        Body::from_stream(frames(following, web.stop.clone(), life(web.settings.stream_life)));
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("text/event-stream")),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
        (HeaderName::from_static("x-accel-buffering"), HeaderValue::from_static("no")),
    ];
    Ok((headers, body).into_response())
}

/// The frames of a stream that have no place in the log: no id, so that they move no position.
#[derive(Serialize)]
#[serde(
    tag = "type",
    content = "payload",
    rename_all = "snake_case",
    rename_all_fields = "camelCase"
)]
enum Control {
    Connected {},
    Reset { reason: crate::app::ResetReason, as_of: Position },
    End { reason: StreamEnd },
}

fn control(frame: &Control) -> Bytes {
    let json = serde_json::to_string(frame).unwrap_or_else(|error| {
        tracing::error!(%error, "a control frame cannot be written as JSON");
        "{}".into()
    });
    Bytes::from(format!("data: {json}\n\n"))
}

fn frames(
    mut following: Following,
    stop: CancellationToken,
    life: Duration,
) -> impl Stream<Item = Result<Bytes, Infallible>> {
    async_stream::stream! {
        yield Ok(Bytes::from_static(b"retry: 2000\n"));
        yield Ok(control(&Control::Connected {}));
        // Made once and kept: to make one, or to set it anew, takes a lock that all streams share.
        let mut stopped = std::pin::pin!(stop.cancelled());
        let mut heartbeat = std::pin::pin!(sleep(HEARTBEAT));
        let mut life = std::pin::pin!(sleep(life));
        let mut last = Instant::now();
        loop {
            tokio::select! {
                biased;
                () = &mut stopped => {
                    yield Ok(control(&Control::End { reason: StreamEnd::Shutdown }));
                    return;
                }
                item = following.next() => match item {
                    Ok(Some(StreamItem::Frame(frame))) => {
                        last = Instant::now();
                        yield Ok(more(frame.bytes, &mut following).await);
                    }
                    Ok(Some(StreamItem::Reset { reason, as_of })) => {
                        yield Ok(control(&Control::Reset { reason, as_of }));
                        return;
                    }
                    Ok(Some(StreamItem::End(reason))) => {
                        yield Ok(control(&Control::End { reason }));
                        return;
                    }
                    Ok(None) => return,
                    Err(error) => {
                        failed(&error);
                        return;
                    }
                },
                () = &mut heartbeat => {
                    // A frame is a sign of life too.
                    if last.elapsed() >= HEARTBEAT {
                        yield Ok(Bytes::from_static(b":\n\n"));
                        last = Instant::now();
                    }
                    heartbeat.as_mut().reset(last + HEARTBEAT);
                }
                () = &mut life => return,
            }
        }
    }
}

/// A frame together with those that are ready behind it: one write instead of many.
async fn more(first: Bytes, following: &mut Following) -> Bytes {
    let mut batch: Option<BytesMut> = None;
    loop {
        let length = batch.as_ref().map_or(first.len(), BytesMut::len);
        if length >= BATCH {
            break;
        }
        match following.take_ready().await {
            Ok(Some(frame)) => {
                batch
                    .get_or_insert_with(|| BytesMut::from(&first[..]))
                    .extend_from_slice(&frame.bytes);
            }
            Ok(None) => break,
            Err(error) => {
                failed(&error);
                break;
            }
        }
    }
    batch.map_or(first, BytesMut::freeze)
}

/// The client comes back by its position.
fn failed(error: &Error) {
    tracing::error!(error = error as &dyn std::error::Error, "a stream was cut");
}

/// About as long as `settled`: streams that begin together do not end together.
fn life(settled: Duration) -> Duration {
    let mut random = [0];
    if let Err(error) = getrandom::fill(&mut random) {
        tracing::debug!(%error, "streams live equally long");
    }
    settled.mul_f64(0.9 + 0.2 * f64::from(random[0]) / 255.0)
}
