//! The whole conversation of an agent session: a page of it, or all of it as a stream.

use std::io;

use axum::{
    body::Body,
    extract::State,
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};
use futures_util::{Stream, stream};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    Web,
    auth::Auth,
    extract::{Path, Query, limit},
    markdown::Markdown,
};
use crate::{
    app::{App, Caller},
    domain::{AgentSessionId, Frame, Position, SessionId},
    error::{Code, Error, Result},
};

/// How many events of a stream are held at once.
const PAGE: i64 = 256;

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
/// them in a `format`.
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
        let page = web.app.transcript(&auth.caller, id, after, limit).await?;
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
    // The first page comes before the answer, so that a refusal is one.
    let first = web.app.transcript(&auth.caller, id, after, PAGE).await?;
    let (app, caller) = (web.app.clone(), auth.caller);
    let body = Body::from_stream(whole(app, caller, id, first, format));
    Ok((typed(format), body).into_response())
}

fn typed(format: Format) -> [(header::HeaderName, HeaderValue); 1] {
    let kind = match format {
        Format::Md => "text/markdown; charset=utf-8",
        Format::Jsonl => "application/x-ndjson",
    };
    [(header::CONTENT_TYPE, HeaderValue::from_static(kind))]
}

type Page = Vec<(SessionId, Frame)>;

/// Where a stream is.
struct Whole {
    app: App,
    caller: Caller,
    id: AgentSessionId,
    /// What is read and not yet written; nothing behind the end.
    page: Option<Page>,
    markdown: Option<Markdown>,
}

/// All of a conversation, a page at a time.
fn whole(
    app: App,
    caller: Caller,
    id: AgentSessionId,
    first: Page,
    format: Format,
) -> impl Stream<Item = io::Result<Vec<u8>>> + Send + 'static {
    let markdown = (format == Format::Md).then(Markdown::default);
    let begin = Whole { app, caller, id, page: Some(first), markdown };
    stream::try_unfold(begin, async |mut it: Whole| {
        let Some(page) = it.page.take() else { return Ok(None) };
        let text = match (&mut it.markdown, page.is_empty()) {
            (None, _) => lines(&page),
            (Some(markdown), true) => markdown.end().into_bytes(),
            (Some(markdown), false) => {
                let text = page.iter().map(|(session, frame)| markdown.add(*session, frame.json()));
                text.collect::<String>().into_bytes()
            }
        };
        if let Some((session, last)) = page.last() {
            let after = Some((*session, Position::new(last.seq, &last.chain)));
            let next = it.app.transcript(&it.caller, it.id, after, PAGE).await;
            it.page = Some(next.map_err(io::Error::other)?);
        }
        Ok(Some((text, it)))
    })
}

fn lines(page: &Page) -> Vec<u8> {
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
