//! Server-sent events: what holds for every stream, whatever it is a stream of.

use std::{convert::Infallible, future::ready, time::Duration};

use axum::{
    body::Body,
    http::{HeaderName, HeaderValue, header},
    response::{IntoResponse, Response},
};
use bytes::{Bytes, BytesMut};
use futures_util::Stream;
use serde::Serialize;
use tokio::time::{Instant, sleep};
use tokio_util::sync::CancellationToken;
use utoipa::ToSchema;

use super::Web;
use crate::{
    app::{InboxChange, InboxPart, ResetReason, StreamEnd},
    domain::Position,
    error::{Error, Result},
};

/// How often a quiet stream shows that it lives.
const HEARTBEAT: Duration = Duration::from_secs(15);

/// What a stream carries.
pub(super) trait Source: Send + 'static {
    /// What goes by next; nothing where the client is to come back. Safe to drop and call again.
    fn next(&mut self) -> impl Future<Output = Result<Option<Piece>>> + Send;

    /// What goes by next together with what is ready behind it: one write instead of many. Not to be dropped.
    fn more(&mut self, first: Bytes) -> impl Future<Output = Bytes> + Send {
        ready(first)
    }
}

/// One write of a stream.
pub(super) enum Piece {
    /// There may be more.
    More(Bytes),
    /// The last one.
    Last(Bytes),
}

/// How many bytes of frames that are ready go out in one write.
const BATCH: usize = 32 * 1024;

/// Frames for one write; a single one is not copied.
pub(super) struct Batch {
    first: Bytes,
    all: Option<BytesMut>,
}

impl Batch {
    /// A batch that begins with this frame.
    pub(super) fn of(first: Bytes) -> Self {
        Self { first, all: None }
    }

    /// Whether it is as much as is written at once.
    pub(super) fn is_full(&self) -> bool {
        self.all.as_ref().map_or(self.first.len(), BytesMut::len) >= BATCH
    }

    /// Adds a frame.
    pub(super) fn add(&mut self, frame: &[u8]) {
        let all = self.all.get_or_insert_with(|| BytesMut::from(&self.first[..]));
        all.extend_from_slice(frame);
    }

    /// All of it.
    pub(super) fn freeze(self) -> Bytes {
        self.all.map_or(self.first, BytesMut::freeze)
    }
}

/// The frames of a stream that have no place in a log: no id, so that they move no position.
#[derive(Serialize, ToSchema)]
#[schema(as = Control)]
#[serde(
    tag = "type",
    content = "payload",
    rename_all = "snake_case",
    rename_all_fields = "camelCase"
)]
pub(super) enum Control<'a> {
    /// The stream lives: the first frame.
    Connected {},
    /// A part of an inbox; with the one that says `complete` all of it is told.
    Inbox(&'a InboxPart),
    /// What changed in it.
    InboxChanged(&'a InboxChange),
    /// The last frame: load the snapshot, and go on from `asOf`.
    #[schema(rename_all = "camelCase")]
    Reset {
        reason: ResetReason,
        #[schema(value_type = String)]
        as_of: Position,
    },
    /// The last frame; come back only after `shutdown`.
    End { reason: StreamEnd },
}

/// Such a frame.
pub(super) fn control(frame: &Control<'_>) -> Bytes {
    let json = serde_json::to_string(frame).unwrap_or_else(|error| {
        tracing::error!(%error, "a control frame cannot be written as JSON");
        "{}".into()
    });
    Bytes::from(format!("data: {json}\n\n"))
}

/// The answer that streams a source until it ends, or the server stops.
pub(super) fn answer(source: impl Source, web: &Web) -> Response {
    let life = about(web.settings.stream_life);
    let body = Body::from_stream(frames(source, web.stop.clone(), life));
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("text/event-stream")),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
        (HeaderName::from_static("x-accel-buffering"), HeaderValue::from_static("no")),
    ];
    (headers, body).into_response()
}

fn frames(
    mut source: impl Source,
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
                piece = source.next() => match piece {
                    Ok(Some(Piece::More(bytes))) => {
                        last = Instant::now();
                        yield Ok(source.more(bytes).await);
                    }
                    Ok(Some(Piece::Last(bytes))) => {
                        yield Ok(bytes);
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

/// The client comes back.
pub(super) fn failed(error: &Error) {
    tracing::error!(error = error as &dyn std::error::Error, "a stream was cut");
}

/// Give or take a tenth: streams that begin together do not end together.
pub(super) fn about(life: Duration) -> Duration {
    let mut random = [0];
    if let Err(error) = getrandom::fill(&mut random) {
        tracing::debug!(%error, "streams live equally long");
    }
    life.mul_f64(0.9 + 0.2 * f64::from(random[0]) / 255.0)
}
