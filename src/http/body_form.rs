//! The credential of a participant in the body of a request: `participantId` and `participantToken`, for programs that
//! can set no header.

use std::fmt;

use axum::{
    body::{Body, Bytes},
    extract::{FromRequest, Request, State},
    http::{Method, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use serde::{
    Deserialize, Deserializer,
    de::{MapAccess, Visitor},
};
use serde_json::value::RawValue;

use super::{Web, cookie, extract::arrived, guard::is_json};
use crate::{
    app::Caller,
    domain::{ParticipantId, Secret, SecretKind},
    error::{Code, Error, Result},
};

/// Who a body says that they are; put on the request for [`Auth`](super::auth::Auth).
#[derive(Clone)]
pub(super) struct FromBody {
    pub(super) caller: Caller,
    pub(super) secret: Secret,
}

/// Takes the credential out of the body of a request that has no other.
pub(super) async fn take(State(web): State<Web>, request: Request, next: Next) -> Response {
    if !may_carry(&web, &request) {
        return next.run(request).await;
    }
    match taken(&web, request).await {
        Ok(request) => next.run(request).await,
        Err(error) => error.into_response(),
    }
}

/// Whether a route looks for it.
pub(super) fn is_taken(method: &Method, path: &str) -> bool {
    matches!(*method, Method::POST | Method::PATCH | Method::DELETE)
        && (path.starts_with("/api/shared-sessions/") || path.starts_with("/api/approvals/"))
        // There it names the one who is to be host.
        && !path.ends_with("/host")
}

fn may_carry(web: &Web, request: &Request) -> bool {
    is_taken(request.method(), request.uri().path())
        // Of what is refused in any case nothing is read.
        && (request.method() == Method::DELETE || is_json(request))
        && !request.headers().contains_key(header::AUTHORIZATION)
        && cookie::read(&web.settings, request.headers()).is_none()
}

async fn taken(web: &Web, request: Request) -> Result<Request> {
    let (mut parts, body) = request.into_parts();
    let whole = Request::from_parts(parts.clone(), body);
    let mut bytes = arrived(web, Bytes::from_request(whole, web)).await?;
    // What is no object, or has not both fields, is for the route to refuse.
    if let Ok(Fields(fields)) = serde_json::from_slice(&bytes)
        && let Some(id) = text(&fields, ID)
        && let Some(token) = text(&fields, TOKEN)
    {
        parts.extensions.insert(authenticated(web, &id, &token).await?);
        let rest = without_credential(&fields);
        parts.headers.insert(header::CONTENT_LENGTH, rest.len().into());
        bytes = rest.into();
    }
    Ok(Request::from_parts(parts, Body::from(bytes)))
}

async fn authenticated(web: &Web, id: &str, token: &str) -> Result<FromBody> {
    let wrong = || Error::new(Code::InvalidParticipantToken);
    let secret = Secret::parse(token.trim()).ok().filter(|it| it.kind() == SecretKind::Participant);
    let secret = secret.ok_or_else(wrong)?;
    let caller = match web.app.authenticate(&secret).await {
        Err(error) if error.code == Code::Unauthenticated => return Err(wrong()),
        found => found?,
    };
    let id: Option<ParticipantId> = id.parse().ok();
    if id.is_none_or(|id| caller.seats.iter().all(|seat| seat.participant != id)) {
        return Err(wrong());
    }
    Ok(FromBody { caller, secret })
}

const ID: &str = "participantId";
const TOKEN: &str = "participantToken";

/// The fields of an object in their order, each as it was written, also one that comes twice.
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

/// The text of a field, where it is there once and a text.
fn text(fields: &[(String, &RawValue)], name: &str) -> Option<String> {
    let mut found = fields.iter().filter(|(key, _)| key == name);
    let (_, value) = found.next()?;
    serde_json::from_str(value.get()).ok().filter(|_| found.next().is_none())
}

fn without_credential(fields: &[(String, &RawValue)]) -> String {
    let rest = fields.iter().filter(|(key, _)| key != ID && key != TOKEN);
    let rest = rest.map(|(key, value)| {
        let key = serde_json::Value::String(key.clone());
        format!("{key}:{value}")
    });
    format!("{{{}}}", rest.collect::<Vec<_>>().join(","))
}
