//! `GET /api/openapi.json`, `GET /api/events.schema.json` and `GET /api/host-calls.schema.json`, generated from the code: what each
//! route says of itself, what holds for many of them, what streams carry, and the calls of host connections.

mod calls;
mod codes;
mod examples;
mod frames;
mod promises;
mod reach;
mod refusals;

use std::sync::Arc;

use axum::{
    Extension,
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use serde_json::Value;
use utoipa::{
    OpenApi,
    openapi::{
        self,
        security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme},
    },
};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{Settings, Web, cookie, error::ErrorBody, sse::Control};
use crate::domain::{EventBody, HostEvent, HostEventBody, SignalBody};

/// What holds for every operation, so that it need not be said of each.
const DESCRIPTION: &str = "The team server for shared coding-agent sessions. Every answer has a header `x-request-id`, \
    every refusal an ErrorBody whose `code` never changes its meaning. The bodies of answers leave nothing out: what nobody \
    has set is null. Fields and kinds of events may be added. What people wrote, and what agents sent, is text and never \
    HTML.";

#[derive(OpenApi)]
#[openapi(
    info(title = "wardroom", description = DESCRIPTION),
    components(schemas(ErrorBody, EventBody, HostEvent, HostEventBody, SignalBody, Control<'static>)),
    security(("userToken" = []), ("participantToken" = []), ("cookie" = []))
)]
struct Document;

/// A router that gathers what its routes say of themselves.
pub(super) fn begin() -> OpenApiRouter<Web> {
    OpenApiRouter::with_openapi(Document::openapi())
        .routes(routes!(document))
        .routes(routes!(event_schema))
        .routes(routes!(host_calls))
}

/// What is published, encoded once.
#[derive(Clone)]
pub(super) struct Published(Arc<Texts>);

struct Texts {
    document: Bytes,
    event_schema: Bytes,
    host_calls: Bytes,
}

/// Makes of what the routes say what is published of a server with these settings.
pub(super) fn publish(mut document: openapi::OpenApi, settings: &Settings) -> Published {
    add_credentials(&mut document, settings);
    let mut document = serde_json::to_value(document).unwrap_or_default();
    frames::add(&mut document);
    reach::leave_nothing_out(&mut document);
    promises::add(&mut document);
    refusals::add(&mut document);
    examples::add(&mut document);
    let event_schema = frames::standalone(&document);
    let texts = [document, event_schema, calls::schema()].map(|it| Bytes::from(it.to_string()));
    let [document, event_schema, host_calls] = texts;
    Published(Arc::new(Texts { document, event_schema, host_calls }))
}

/// This document.
#[utoipa::path(get, path = "/api/openapi.json", operation_id = "getOpenApi", tag = "system", security(()),
    responses((status = 200, body = Object, example = json!({"openapi": "3.1.0"}))))]
async fn document(Extension(Published(texts)): Extension<Published>) -> Response {
    json_of(texts.document.clone())
}

/// The formats of events, of the frames of streams, of host events and of messages, as JSON Schema.
#[utoipa::path(get, path = "/api/events.schema.json", operation_id = "getEventSchema", tag = "system", security(()),
    responses((status = 200, body = Object,
        example = json!({"$schema": "https://json-schema.org/draft/2020-12/schema"}))))]
async fn event_schema(Extension(Published(texts)): Extension<Published>) -> Response {
    json_of(texts.event_schema.clone())
}

/// The calls of host connections, both ways, with examples, as JSON Schema.
#[utoipa::path(get, path = "/api/host-calls.schema.json", operation_id = "getHostCallSchema", tag = "system", security(()),
    responses((status = 200, body = Object,
        example = json!({"$schema": "https://json-schema.org/draft/2020-12/schema"}))))]
async fn host_calls(Extension(Published(texts)): Extension<Published>) -> Response {
    json_of(texts.host_calls.clone())
}

fn json_of(text: Bytes) -> Response {
    let kind = [(header::CONTENT_TYPE, HeaderValue::from_static("application/json"))];
    (kind, text).into_response()
}

fn add_credentials(document: &mut openapi::OpenApi, settings: &Settings) {
    let components = document.components.get_or_insert_default();
    let bearer = |text: &str| {
        let bearer = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).description(Some(text));
        SecurityScheme::Http(bearer.build())
    };
    let user = "A user token, `wr_usr_…`: an account. Its scope may be `full`, `host` (runs agents, decides nothing) or `read`.";
    components.add_security_scheme("userToken", bearer(user));
    let participant = "A participant token, `wr_par_…`: one participant of one session. Who can set no header puts \
        `participantId` and `participantToken` into the JSON body of what they change in their session.";
    components.add_security_scheme("participantToken", bearer(participant));
    let text = "The login cookie: wardroom-<port>, or __Host-wardroom where the base URL is https. It changes something only \
        with `Sec-Fetch-Site: same-origin`, or an `Origin` that is ours.";
    let cookie = ApiKeyValue::with_description(cookie::name(settings), text.to_owned());
    components.add_security_scheme("cookie", SecurityScheme::ApiKey(ApiKey::Cookie(cookie)));
}

/// Every operation, with its method and path.
fn operations(document: &mut Value) -> impl Iterator<Item = ((String, String), &mut Value)> {
    let paths = document["paths"].as_object_mut().into_iter().flatten();
    paths.flat_map(|(path, methods)| {
        let methods = methods.as_object_mut().into_iter().flatten();
        methods.map(|(method, operation)| ((method.clone(), path.clone()), operation))
    })
}
