//! The other form of a participant's credential: `participantId` and `participantToken` in the body, for programs that
//! can set no header. Taken out of the body before any route sees it.

use std::fmt;

use axum::{
    body::{Body, Bytes},
    extract::{FromRequest, Request, State},
    http::{HeaderValue, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use serde::{
    Deserialize, Deserializer,
    de::{MapAccess, Visitor},
};
use serde_json::{Value, value::RawValue};

use super::{Web, auth::Auth, extract, messages::PROMPT_BODY};
use crate::{
    domain::{ParticipantId, Secret, SecretKind},
    error::{Code, Error, Result},
};

/// The field without which a body says nothing about who sends it.
const TOKEN: &str = "participantToken";

/// Reads who asks from the bodies of the routes of shared sessions. A credential in a header leaves the body alone.
pub(super) async fn take(State(web): State<Web>, request: Request, next: Next) -> Response {
    let path = request.uri().path();
    // Handing over names its receiver `participantId`: who asks must be in the header there.
    let may_hold = path.starts_with("/api/shared-sessions/") && !path.ends_with("/host");
    if !may_hold || request.headers().contains_key(header::AUTHORIZATION) {
        return next.run(request).await;
    }
    match taken(&web, request).await {
        Ok(request) => next.run(request).await,
        Err(error) => error.into_response(),
    }
}

async fn taken(web: &Web, request: Request) -> Result<Request> {
    let (mut parts, body) = request.into_parts();
    let mut whole = Request::new(body);
    // Each route has a limit of its own besides.
    axum::extract::DefaultBodyLimit::max(PROMPT_BODY).apply(&mut whole);
    let bytes = extract::arrived(web, Bytes::from_request(whole, web)).await?;
    if !std::str::from_utf8(&bytes).is_ok_and(|text| text.contains(TOKEN)) {
        return Ok(Request::from_parts(parts, Body::from(bytes)));
    }
    let Ok(Fields(mut fields)) = serde_json::from_slice(&bytes) else {
        // What is wrong with it the route says.
        return Ok(Request::from_parts(parts, Body::from(bytes)));
    };
    let Some(token) = take_field(&mut fields, TOKEN) else {
        return Ok(Request::from_parts(parts, Body::from(bytes)));
    };
    let auth = named(web, take_field(&mut fields, "participantId"), &token).await?;
    parts.extensions.insert(auth);
    let rest = Bytes::from(written(&fields));
    parts.headers.insert(header::CONTENT_LENGTH, HeaderValue::from(rest.len()));
    Ok(Request::from_parts(parts, Body::from(rest)))
}

/// Who they are, if the token is that participant's.
async fn named(web: &Web, id: Option<Value>, token: &Value) -> Result<Auth> {
    let id = id.as_ref().and_then(Value::as_str).ok_or_else(|| {
        Error::with(Code::InvalidBody, "participantToken goes with participantId")
    })?;
    let wrong = || {
        Error::new(Code::InvalidParticipantToken)
            .hint("send the participantId and the token that joining gave together")
    };
    let secret = Secret::parse(token.as_str().unwrap_or_default()).map_err(|_none| wrong())?;
    if secret.kind() != SecretKind::Participant {
        return Err(wrong());
    }
    let caller = web.app.authenticate(&secret).await.map_err(|error| match error.code {
        Code::Unauthenticated => wrong(),
        _ => error,
    })?;
    let is_theirs = |id: ParticipantId| caller.seats.iter().any(|seat| seat.participant == id);
    if !id.parse().is_ok_and(is_theirs) {
        return Err(wrong());
    }
    Ok(Auth { caller, secret: Some(secret) })
}

/// The fields of an object in their order, each as it was written: one that comes twice stays so, for the route to refuse.
struct Fields<'a>(Vec<(String, &'a RawValue)>);

impl<'de> Deserialize<'de> for Fields<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Collect;
        impl<'de> Visitor<'de> for Collect {
            type Value = Fields<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut fields = Vec::new();
                while let Some(field) = map.next_entry()? {
                    fields.push(field);
                }
                Ok(Fields(fields))
            }
        }
        deserializer.deserialize_map(Collect)
    }
}

fn take_field(fields: &mut Vec<(String, &RawValue)>, name: &str) -> Option<Value> {
    let at = fields.iter().position(|(key, _)| key == name)?;
    serde_json::from_str(fields.remove(at).1.get()).ok()
}

fn written(fields: &[(String, &RawValue)]) -> String {
    let field =
        |(key, value): &(String, &RawValue)| format!("{}:{value}", Value::from(key.as_str()));
    format!("{{{}}}", fields.iter().map(field).collect::<Vec<_>>().join(","))
}
