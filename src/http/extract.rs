//! Extractors whose rejections are our own errors.

use axum::{
    body::Bytes,
    extract::{FromRequest, FromRequestParts, Request, rejection::BytesRejection},
    http::{HeaderMap, request::Parts},
};
use serde::{Deserialize, de::DeserializeOwned};
use tokio::time::timeout;
use utoipa::{IntoParams, ToSchema};

use super::Web;
use crate::{
    app::{Caller, Key},
    domain::SessionId,
    error::{Code, Error, Result},
};

/// How deep arrays and objects may stand in each other: so that what was taken can be read again wherever it is sent
/// on as a part of something larger.
const MAX_DEPTH: usize = 64;

/// A JSON body of a known shape.
pub(super) struct Body<T> {
    /// What it says.
    pub(super) value: T,
    /// As it came, and what else belongs to idempotency.
    bytes: Bytes,
    key: Option<String>,
    route: String,
}

impl<T: DeserializeOwned + Send> FromRequest<Web> for Body<T> {
    type Rejection = Error;

    async fn from_request(request: Request, web: &Web) -> Result<Self> {
        let key = idempotency_key(request.headers())?;
        let route = format!("{} {}", request.method(), request.uri().path());
        let bytes = arrived(web, Bytes::from_request(request, web)).await?;
        // Routes whose fields are all optional take an empty body too.
        let json: &[u8] = if bytes.is_empty() { b"{}" } else { &bytes };
        if depth(json) > MAX_DEPTH {
            return Err(Error::with(Code::InvalidBody, "the body is nested too deep")
                .hint(format!("at most {MAX_DEPTH} arrays and objects in each other")));
        }
        let value = serde_json::from_slice(json).map_err(|error| malformed(&error))?;
        Ok(Self { value, bytes, key, route })
    }
}

impl<T> Body<T> {
    /// The idempotency key of `caller` for this request, if one was sent.
    pub(super) fn key(&self, caller: &Caller) -> Result<Option<Key>> {
        self.key_of(caller.key())
    }

    /// The same for somebody who is nobody yet.
    pub(super) fn key_of(&self, caller: String) -> Result<Option<Key>> {
        let key = self.key.as_deref();
        key.map(|key| Key::new(caller, key, &self.route, &self.bytes)).transpose()
    }
}

fn idempotency_key(headers: &HeaderMap) -> Result<Option<String>> {
    let Some(value) = headers.get("idempotency-key") else { return Ok(None) };
    let text = value.to_str().map_err(|error| {
        Error::with(Code::InvalidBody, "Idempotency-Key is malformed").because(error)
    })?;
    Ok(Some(text.to_owned()))
}

/// A body when it is here, and in time.
pub(super) async fn arrived(
    web: &Web,
    arriving: impl Future<Output = Result<Bytes, BytesRejection>>,
) -> Result<Bytes> {
    timeout(web.settings.body_arrival, arriving).await.map_err(late)?.map_err(unread)
}

fn late(elapsed: tokio::time::error::Elapsed) -> Error {
    Error::with(Code::InvalidBody, "the body did not arrive in time")
        .hint("send it again")
        .because(elapsed)
}

fn unread(rejection: BytesRejection) -> Error {
    if rejection.status() == axum::http::StatusCode::PAYLOAD_TOO_LARGE {
        return Error::with(Code::TooLarge, "the body is too large").because(rejection);
    }
    Error::with(Code::InvalidBody, "the body did not arrive whole").because(rejection)
}

/// How deep arrays and objects stand in each other. Brackets in texts do not count.
fn depth(json: &[u8]) -> usize {
    let (mut depth, mut deepest) = (0_usize, 0);
    let (mut in_text, mut is_escaped) = (false, false);
    for byte in json {
        match byte {
            _ if is_escaped => is_escaped = false,
            b'\\' => is_escaped = in_text,
            b'"' => in_text = !in_text,
            b'[' | b'{' if !in_text => {
                depth += 1;
                deepest = deepest.max(depth);
            }
            b']' | b'}' if !in_text => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    deepest
}

/// serde's text names the field and the place, and holds nothing of ours.
fn malformed(error: &serde_json::Error) -> Error {
    Error::with(Code::InvalidBody, format!("the body is not what is expected: {error}"))
        .hint("see /api/openapi.json")
}

/// The parts of the path.
pub(super) struct Path<T>(pub(super) T);

impl<T: DeserializeOwned + Send> FromRequestParts<Web> for Path<T> {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<Self> {
        let path = axum::extract::Path::<T>::from_request_parts(parts, web).await;
        // An id that is none leads nowhere, as an unknown one does.
        let code = leads_nowhere(parts.uri.path());
        Ok(Self(path.map_err(|rejection| Error::new(code).because(rejection))?.0))
    }
}

/// What is said of a path in which an id is none.
fn leads_nowhere(path: &str) -> Code {
    let mut words = path.trim_start_matches("/api/").split('/');
    match (words.next(), words.next(), words.next()) {
        (Some("agent-sessions"), ..) => Code::HostSessionNotFound,
        (Some("shared-sessions"), Some(id), _) if id.parse::<SessionId>().is_err() => {
            Code::SessionNotFound
        }
        (Some("approvals"), ..) | (Some("shared-sessions"), _, Some("approvals")) => {
            Code::ApprovalNotFound
        }
        (Some("shared-sessions"), _, Some("participants")) => Code::ParticipantNotFound,
        _ => Code::NotFound,
    }
}

/// The query.
pub(super) struct Query<T>(pub(super) T);

impl<T: DeserializeOwned + Send> FromRequestParts<Web> for Query<T> {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<Self> {
        let query = axum::extract::Query::<T>::from_request_parts(parts, web).await;
        let query = query.map_err(|rejection| {
            let text = format!("the query is not what is expected: {}", rejection.body_text());
            Error::with(Code::InvalidBody, text).hint("see /api/openapi.json")
        })?;
        Ok(Self(query.0))
    }
}

/// The body of what needs no words.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Empty {}

/// Which page of a list.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct Page {
    /// `nextCursor` of the page before.
    cursor: Option<String>,
    /// 50 if absent.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<i64>,
}

impl Page {
    /// Behind which row it begins, and how many rows it has at most.
    pub(super) fn bounds(&self) -> Result<(Option<i64>, i64)> {
        Ok((cursor(self.cursor.as_deref())?, limit(self.limit, 50, 200)?))
    }
}

/// Reads a cursor of a list.
pub(super) fn cursor(text: Option<&str>) -> Result<Option<i64>> {
    let Some(text) = text else { return Ok(None) };
    let cursor = text.parse().ok().filter(|cursor: &i64| *cursor >= 0);
    cursor.map(Some).ok_or_else(|| {
        Error::new(Code::InvalidCursor).hint("take nextCursor as it came, or leave it out")
    })
}

/// Reads how many are wanted.
pub(super) fn limit(wanted: Option<i64>, default: i64, most: i64) -> Result<i64> {
    match wanted {
        None => Ok(default),
        Some(limit) if (1..=most).contains(&limit) => Ok(limit),
        Some(_) => Err(Error::with(Code::InvalidBody, format!("limit must be 1 to {most}"))),
    }
}
