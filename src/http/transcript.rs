//! The whole conversation of an agent session: a page of it, or all of it as a stream.

use std::{io, time::Duration};

use axum::{
    body::Body,
    extract::State,
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};
use futures_util::Stream;
use serde::Deserialize;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    Web,
    auth::Auth,
    extract::{Path, Query, limit},
    markdown::Markdown,
    sse::about,
};
use crate::{
    app::{Download, Space, Told},
    domain::{AgentSessionId, Frame, Position, SessionId},
    error::{Code, Error, Result},
};

pub(super) fn routes() -> OpenApiRouter<Web> {
    OpenApiRouter::new().routes(routes!(transcript))
}

#[derive(Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct TranscriptQuery {
    /// `<session id>:<position>`, as `x-next-after` of the page before has it.
    after: Option<String>,
    /// 100 if absent. Not with `format`.
    #[param(minimum = 1, maximum = 500)]
    limit: Option<i64>,
    /// All of it in this format, from `after` on; absent: a page as JSON lines.
    #[param(inline)]
    format: Option<Format>,
}

/// How all of a conversation is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum Format {
    /// For people: Markdown in which what others wrote cannot pass for anything else.
    Md,
    /// For programs: a JSON line for each event.
    Jsonl,
}

/// The whole conversation: the events of the sessions that shared it, in order. A page of them as JSON lines, or all of
/// them in a `format`: a download, which is counted like a stream, and cut off where it cannot be told to its end. Of a
/// session that the caller left they are told what was said until then.
#[utoipa::path(get, path = "/api/agent-sessions/{id}/transcript", operation_id = "getTranscript", tag = "agents",
    params(("id" = AgentSessionId, Path), TranscriptQuery),
    responses((status = 200, content(
            (String = "application/x-ndjson"), (String = "text/markdown")),
        headers(("x-next-after" = String, description = "The `after` of the next page; absent behind the end.")))))]
async fn transcript(
    State(web): State<Web>,
    auth: Auth,
    Path(id): Path<AgentSessionId>,
    Query(query): Query<TranscriptQuery>,
) -> Result<Response> {
    let after = query.after.as_deref().map(place).transpose()?;
    let Some(format) = query.format else {
        let limit = limit(query.limit, 100, 500)?;
        let page = web.app.transcript(&auth.caller, id, after, Space::of(limit)).await?;
        let next = page.last().map(|(session, last)| next_after(*session, last));
        let mut answer = (typed(Format::Jsonl), lines(&page)).into_response();
        if let Some(next) = next.and_then(|next| HeaderValue::from_str(&next).ok()) {
            answer.headers_mut().insert("x-next-after", next);
        }
        return Ok(answer);
    };
    if query.limit.is_some() {
        return Err(Error::with(Code::InvalidBody, "a format gives all of it")
            .hint("leave out limit or format"));
    }
    let download = web.app.download(auth.caller, auth.secret, id, after).await?;
    let life = about(web.settings.stream_life);
    let body = Body::from_stream(whole(download, format, web.stop.clone(), life));
    Ok((typed(format), body).into_response())
}

fn typed(format: Format) -> [(header::HeaderName, HeaderValue); 1] {
    let kind = match format {
        Format::Md => "text/markdown; charset=utf-8",
        Format::Jsonl => "application/x-ndjson",
    };
    [(header::CONTENT_TYPE, HeaderValue::from_static(kind))]
}

/// All of a conversation, a page at a time. What ends before its end is cut off, so that nobody takes it for all of it.
fn whole(
    mut download: Download,
    format: Format,
    stop: CancellationToken,
    life: Duration,
) -> impl Stream<Item = io::Result<Vec<u8>>> + Send + 'static {
    let mut markdown = (format == Format::Md).then(Markdown::default);
    async_stream::stream! {
        let mut stopped = std::pin::pin!(stop.cancelled());
        let mut life = std::pin::pin!(sleep(life));
        loop {
            let page = tokio::select! {
                biased;
                () = &mut stopped => Err(io::Error::other("the server stops")),
                () = &mut life => Err(io::Error::other("it took too long")),
                page = download.next() => page.map_err(io::Error::other),
            };
            match page {
                Ok(Some(page)) => yield Ok(written(&page, markdown.as_mut())),
                Ok(None) => return,
                Err(error) => {
                    tracing::info!(%error, "a download was cut off");
                    yield Err(error);
                    return;
                }
            }
        }
    }
}

/// A page as it is written; an empty one is the end.
fn written(page: &Told, markdown: Option<&mut Markdown>) -> Vec<u8> {
    match markdown {
        None => lines(page),
        Some(markdown) if page.is_empty() => markdown.end().into_bytes(),
        Some(markdown) => {
            let text = page.iter().map(|(session, frame)| markdown.add(*session, frame.json()));
            text.collect::<String>().into_bytes()
        }
    }
}

fn lines(page: &Told) -> Vec<u8> {
    let mut body = Vec::new();
    for (_, frame) in page {
        body.extend_from_slice(frame.json());
        body.push(b'\n');
    }
    body
}

fn next_after(session: SessionId, last: &Frame) -> String {
    format!("{session}:{}", Position::new(last.seq, &last.chain))
}

fn place(text: &str) -> Result<(SessionId, Position)> {
    let malformed = || Error::new(Code::InvalidCursor);
    let (session, position) = text.split_once(':').ok_or_else(malformed)?;
    let session = session.parse().map_err(|error: uuid::Error| malformed().because(error))?;
    Ok((session, position.parse()?))
}
