//! The whole conversation of an agent session: a page of it, or all of it as a stream.

use axum::{
    extract::State,
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    Web,
    auth::Auth,
    error::ErrorBody,
    extract::{Path, Query, limit},
};
use crate::{
    domain::{AgentSessionId, Position, SessionId},
    error::Result,
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
    /// At most 500; 100 if absent.
    limit: Option<i64>,
}

/// The whole conversation, as JSON lines: the events of the sessions that shared it, in order.
#[utoipa::path(get, path = "/api/agent-sessions/{id}/transcript", tag = "agents",
    params(("id" = AgentSessionId, Path), TranscriptQuery),
    responses((status = 200, content_type = "application/x-ndjson", body = String,
        headers(("x-next-after" = String, description = "The `after` of the next page; absent behind the end."))),
        (status = "4XX", body = ErrorBody)))]
async fn transcript(
    State(web): State<Web>,
    auth: Auth,
    Path(id): Path<AgentSessionId>,
    Query(query): Query<TranscriptQuery>,
) -> Result<Response> {
    let after = query.after.as_deref().map(place).transpose()?;
    let limit = limit(query.limit, 100, 500)?;
    let page = web.app.transcript(&auth.caller, id, after, limit).await?;
    let mut body = Vec::new();
    for (_, frame) in &page {
        body.extend_from_slice(frame.json());
        body.push(b'\n');
    }
    let kind = HeaderValue::from_static("application/x-ndjson");
    let mut answer = ([(header::CONTENT_TYPE, kind)], body).into_response();
    if let Some((session, last)) = page.last() {
        let next = format!("{session}:{}", Position::new(last.seq, &last.chain));
        if let Ok(value) = HeaderValue::from_str(&next) {
            answer.headers_mut().insert("x-next-after", value);
        }
    }
    Ok(answer)
}

fn place(text: &str) -> Result<(SessionId, Position)> {
    let malformed = || crate::error::Error::new(crate::error::Code::InvalidCursor);
    let (session, position) = text.split_once(':').ok_or_else(malformed)?;
    let session = session.parse().map_err(|error: uuid::Error| malformed().because(error))?;
    Ok((session, position.parse()?))
}
