//! Who asks: a bearer token, the login cookie, a participant by the body, or the person at this machine over the socket.

use axum::{
    extract::{FromRequestParts, OptionalFromRequestParts},
    http::{HeaderMap, Method, header, request::Parts},
};

use super::{Connection, Web, body_form::FromBody, cookie, guard};
use crate::{
    app::Caller,
    domain::Secret,
    error::{Code, Error, Result},
};

/// The authenticated caller of a route.
#[derive(Clone)]
pub(super) struct Auth {
    /// Who.
    pub(super) caller: Caller,
    /// The secret they showed, for streams that look again later.
    pub(super) secret: Option<Secret>,
}

impl FromRequestParts<Web> for Auth {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<Self> {
        authenticate(parts, web).await?.ok_or_else(|| {
            Error::new(Code::Unauthenticated).hint("send Authorization: Bearer, or sign in")
        })
    }
}

impl OptionalFromRequestParts<Web> for Auth {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<Option<Self>> {
        authenticate(parts, web).await
    }
}

async fn authenticate(parts: &Parts, web: &Web) -> Result<Option<Auth>> {
    let found = look(parts, web).await?;
    if let Some(auth) = &found {
        guard::note_caller(&auth.caller);
    }
    Ok(found)
}

async fn look(parts: &Parts, web: &Web) -> Result<Option<Auth>> {
    if let Some(FromBody { caller, secret }) = parts.extensions.get().cloned() {
        return Ok(Some(Auth { caller, secret: Some(secret) }));
    }
    if let Some(value) = parts.headers.get(header::AUTHORIZATION) {
        let text = value.to_str().ok().and_then(|value| value.split_once(' '));
        let token = text.filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"));
        let (_, token) = token.ok_or_else(|| {
            Error::new(Code::Unauthenticated).hint("the header is Authorization: Bearer <token>")
        })?;
        let secret = Secret::parse(token.trim())?;
        let caller = web.app.authenticate(&secret).await?;
        return Ok(Some(Auth { caller, secret: Some(secret) }));
    }
    if let Some(value) = cookie::read(&web.settings, &parts.headers) {
        check_same_site(&parts.method, &parts.headers, web)?;
        return match by_cookie(value, web).await {
            // A cookie that no longer counts is none: it must not keep anybody from joining.
            Err(error) if error.code == Code::Unauthenticated => Ok(None),
            found => found.map(Some),
        };
    }
    if Connection::is_local(&parts.extensions) {
        let caller = web.app.local_caller().await?;
        return Ok(Some(Auth { caller, secret: None }));
    }
    Ok(None)
}

async fn by_cookie(value: &str, web: &Web) -> Result<Auth> {
    let secret = Secret::parse(value)?;
    let caller = web.app.authenticate(&secret).await?;
    Ok(Auth { caller, secret: Some(secret) })
}

/// That a request with a cookie which changes something was made by our own page.
fn check_same_site(method: &Method, headers: &HeaderMap, web: &Web) -> Result<()> {
    if method.is_safe() {
        return Ok(());
    }
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    if let Some(site) = text("sec-fetch-site") {
        return if site == "same-origin" { Ok(()) } else { Err(other_site()) };
    }
    let origin = text("origin").ok_or_else(other_site)?;
    let host = text("host").unwrap_or_default();
    let own = [format!("http://{host}"), format!("https://{host}"), web.settings.base_url.clone()];
    if own.iter().any(|own| own == origin) { Ok(()) } else { Err(other_site()) }
}

fn other_site() -> Error {
    Error::with(Code::Unauthenticated, "the login cookie counts only for requests of our own page")
        .hint("programs use Authorization: Bearer")
}
