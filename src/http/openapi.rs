//! `GET /api/openapi.json`, generated from the code: what each route says of itself, and what holds for many of them.

use axum::{Json, Router, routing::get};
use utoipa::{
    OpenApi,
    openapi::{
        self, Content, HeaderBuilder, ObjectBuilder, Ref, RefOr, Response, Type,
        path::{Operation, ParameterBuilder, ParameterIn},
        security::{ApiKey, ApiKeyValue, Http, HttpAuthScheme, SecurityScheme},
    },
};
use utoipa_axum::router::OpenApiRouter;

use super::{Settings, Web, cookie, error::ErrorBody};

#[derive(OpenApi)]
#[openapi(
    info(title = "wardroom", description = "The team server for shared coding-agent sessions. \
        A participant who sends neither a bearer token nor a cookie may put participantId and participantToken into the \
        JSON body of what they change in their session; not where a host hands over, whose participantId is another's."),
    components(schemas(ErrorBody)),
    security(("bearer" = []), ("cookie" = []))
)]
struct Document;

/// A router that gathers what its routes say of themselves.
pub(super) fn begin() -> OpenApiRouter<Web> {
    OpenApiRouter::with_openapi(Document::openapi())
}

/// The document itself, of a server with these settings.
pub(super) fn routes(mut document: openapi::OpenApi, settings: &Settings) -> Router<Web> {
    add_credentials(&mut document, settings);
    for path in document.paths.paths.values_mut() {
        for write in [&mut path.post, &mut path.patch, &mut path.delete].into_iter().flatten() {
            add_failures(write);
        }
        if let Some(post) = &mut path.post
            && is_creating(post)
        {
            add_idempotency(post);
        }
    }
    Router::new().route("/api/openapi.json", get(async move || Json(document.clone())))
}

fn add_credentials(document: &mut openapi::OpenApi, settings: &Settings) {
    let components = document.components.get_or_insert_default();
    let bearer = SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer));
    let text = "The login cookie: wardroom-<port>, or __Host-wardroom where the base URL is https."
        .to_owned();
    let cookie = ApiKeyValue::with_description(cookie::name(settings), text);
    components.add_security_scheme("bearer", bearer);
    components.add_security_scheme("cookie", SecurityScheme::ApiKey(ApiKey::Cookie(cookie)));
}

/// Whether it makes something: those take an idempotency key.
fn is_creating(post: &Operation) -> bool {
    ["201", "202"].iter().any(|status| post.responses.responses.contains_key(*status))
}

fn text_schema() -> ObjectBuilder {
    ObjectBuilder::new().schema_type(Type::String)
}

fn add_idempotency(post: &mut Operation) {
    let text = "8 to 128 printable ASCII characters, fresh for each request: the same request with the same key is done \
                once, and answered again for 7 days.";
    let schema = text_schema().min_length(Some(8)).max_length(Some(128));
    let key = ParameterBuilder::new()
        .name("Idempotency-Key")
        .parameter_in(ParameterIn::Header)
        .description(Some(text))
        .schema(Some(schema));
    post.parameters.get_or_insert_default().push(key.build().into());
    for (status, response) in &mut post.responses.responses {
        if let RefOr::T(response) = response
            && status.starts_with('2')
        {
            let text = "`true` where the answer repeats an earlier one; else absent.";
            let header = HeaderBuilder::new().description(Some(text)).schema(Some(text_schema()));
            response.headers.insert("Idempotent-Replay".into(), header.build().into());
        }
    }
}

/// What may keep anything from being written.
fn add_failures(write: &mut Operation) {
    for (status, text) in [
        ("503", "BUSY: too much waits to be written; nothing was done. See Retry-After."),
        ("507", "DISK_FULL: nothing was done; reading goes on."),
    ] {
        let body = Content::new(Some(Ref::from_schema_name("ErrorBody")));
        let mut response = Response::new(text);
        response.content.insert("application/json".into(), body.into());
        write.responses.responses.insert(status.into(), response.into());
    }
}
