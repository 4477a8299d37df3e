//! What holds for every request, before any route: its id and log line, the allowed hosts, no secrets in URLs, and the
//! headers of every answer; and for every route, the content type.

use std::{cell::RefCell, net::IpAddr, time::Instant};

use axum::{
    extract::{MatchedPath, Request, State},
    http::{Extensions, HeaderName, HeaderValue, Method, Uri, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use tokio::task_local;
use tracing::Level;
use uuid::Uuid;

use super::Web;
use crate::{
    app::{Caller, SeatOf},
    domain::{ParticipantId, SessionId, UserId, looks_like_secret},
    error::{Code, Error},
};

/// How a request came in; put on each request by the server's accept loop.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Connection {
    /// Over the 0600 socket of the data directory: as the admin of this machine.
    Local,
    /// Over the network, from this address.
    Network(IpAddr),
}

impl Connection {
    /// Whether a request came over the socket of the data directory.
    pub(super) fn is_local(extensions: &Extensions) -> bool {
        extensions.get() == Some(&Self::Local)
    }
}

/// What the log says of a request.
#[derive(Debug, Clone, Default)]
struct Known {
    id: String,
    session: Option<SessionId>,
    participant: Option<ParticipantId>,
    user: Option<UserId>,
}

task_local! {
    static REQUEST: RefCell<Known>;
}

/// The id of the request that this task answers.
pub(super) fn request_id() -> String {
    REQUEST.try_with(|it| it.borrow().id.clone()).unwrap_or_default()
}

/// Notes who makes the request that this task answers.
pub(super) fn note_caller(caller: &Caller) {
    let note = |it: &RefCell<Known>| {
        let mut it = it.borrow_mut();
        let here = |seat: &&SeatOf| it.session.is_none_or(|session| seat.session == session);
        it.participant = caller.seats.iter().find(here).map(|seat| seat.participant);
        it.user = caller.user_id();
    };
    // Nobody is waiting for a line where there is no request.
    REQUEST.try_with(note).unwrap_or_default();
}

/// Gives the request an id, and writes its one line of the log: the route, never the path or the query, no text of
/// people. A server writes those of refusals and failures; the others, when it is told to say more.
pub(super) async fn log(request: Request, next: Next) -> Response {
    let id = Uuid::now_v7().simple().to_string();
    let id = id[12..].to_owned();
    let (method, start) = (request.method().clone(), Instant::now());
    let route = request.extensions().get::<MatchedPath>().map(|path| path.as_str().to_owned());
    let known = Known { id: id.clone(), session: session(request.uri()), ..Known::default() };
    let answering = async {
        let answer = next.run(request).await;
        (answer, REQUEST.with(|it| it.borrow().clone()))
    };
    let (mut answer, known) = REQUEST.scope(RefCell::new(known), answering).await;
    macro_rules! line {
        ($level:expr) => {
            tracing::event!(
                $level,
                request_id = id,
                session = known.session.map(tracing::field::display),
                participant = known.participant.map(tracing::field::display),
                user = known.user.map(tracing::field::display),
                %method,
                route = route.as_deref().unwrap_or("-"),
                status = answer.status().as_u16(),
                duration_ms = start.elapsed().as_millis(),
                "request"
            )
        };
    }
    if answer.status().as_u16() >= 400 {
        line!(Level::INFO);
    } else {
        line!(Level::DEBUG);
    }
    if let Ok(value) = HeaderValue::from_str(&id) {
        answer.headers_mut().insert(HeaderName::from_static("x-request-id"), value);
    }
    answer
}

/// The session that a path names.
fn session(uri: &Uri) -> Option<SessionId> {
    let rest = uri.path().strip_prefix("/api/shared-sessions/")?;
    rest.split('/').next()?.parse().ok()
}

/// Refuses what no route should see, and puts the headers on that every answer has.
pub(super) async fn check(State(web): State<Web>, request: Request, next: Next) -> Response {
    let mut answer = match refuse(&web, &request) {
        Some(error) => error.into_response(),
        None => next.run(request).await,
    };
    let headers = answer.headers_mut();
    for (name, value) in [
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::X_FRAME_OPTIONS, "DENY"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    if !headers.contains_key(header::CONTENT_SECURITY_POLICY) {
        let nothing = "default-src 'none'; frame-ancestors 'none'";
        headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(nothing));
    }
    if !headers.contains_key(header::CACHE_CONTROL) {
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
    answer
}

fn refuse(web: &Web, request: &Request) -> Option<Error> {
    let path = request.uri().path();
    let is_local = Connection::is_local(request.extensions());
    let is_probe = matches!(path, "/livez" | "/readyz");
    if !is_local && !is_probe && !is_allowed_host(web, request) {
        return Some(
            Error::new(Code::WrongHost).hint("start the server with --base-url or --allowed-host"),
        );
    }
    if carries_secret(request.uri()) {
        return Some(Error::new(Code::TokenInUrl).hint("use the Authorization header"));
    }
    None
}

/// Refuses what a form of another site could send, at each route that takes a body. A path that leads nowhere, and a
/// method that a path does not take, are told first: nothing is done there.
pub(super) async fn check_media(request: Request, next: Next) -> Response {
    let has_body = matches!(*request.method(), Method::POST | Method::PUT | Method::PATCH);
    if has_body && !is_json(&request) {
        return Error::new(Code::UnsupportedMediaType).into_response();
    }
    next.run(request).await
}

/// Whether it names this server, and no other besides: in its header, and in its target if that has a name.
fn is_allowed_host(web: &Web, request: &Request) -> bool {
    let headers = request.headers().get_all(header::HOST).iter().map(|value| value.to_str().ok());
    let target = request.uri().authority().map(|it| Some(it.as_str()));
    let mut hosts = headers.chain(target).peekable();
    let is_ours = |name: &str| web.settings.allowed_hosts.contains(&name.to_ascii_lowercase());
    hosts.peek().is_some() && hosts.all(|host| host.and_then(host_name).is_some_and(is_ours))
}

/// The name in a `Host` header: without the port, and without the brackets of an IPv6 address.
fn host_name(host: &str) -> Option<&str> {
    let (name, port) = match host.strip_prefix('[') {
        Some(rest) => rest.split_once(']').filter(|(name, _)| name.contains(':'))?,
        None => host.split_at(host.find(':').unwrap_or(host.len())),
    };
    let is_number = |text: &str| {
        text.is_empty()
            || (text.bytes().all(|it| it.is_ascii_digit()) && text.parse::<u16>().is_ok())
    };
    let is_port = port.is_empty() || port.strip_prefix(':').is_some_and(is_number);
    is_port.then_some(name)
}

/// Whether the path or the query holds a secret, also when it is percent-encoded.
fn carries_secret(uri: &Uri) -> bool {
    let text = uri.path_and_query().map_or("", |it| it.as_str());
    looks_like_secret(text) || looks_like_secret(&decoded(text))
}

/// The text without its percent-encoding.
fn decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, tail @ ..] = rest {
        let hex = tail.get(..2).filter(|_| *first == b'%').map(std::str::from_utf8);
        let byte = hex.and_then(|hex| u8::from_str_radix(hex.ok()?, 16).ok());
        bytes.push(byte.unwrap_or(*first));
        rest = if byte.is_some() { &tail[2..] } else { tail };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

pub(super) fn is_json(request: &Request) -> bool {
    let value = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let media = value.and_then(|value| value.split(';').next()).map(str::trim);
    media.is_some_and(|media| media.eq_ignore_ascii_case("application/json"))
}
