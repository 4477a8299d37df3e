//! The page, embedded in the program: one document for every path that people open, and the files it is made of.
//!
//! The files stand below a name that is made of their content, so that a browser may keep them for ever and still never
//! mixes those of two versions. The document, which names that place, is asked for again each time.

use axum::{
    Router,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};
use sha2::{Digest, Sha256};

use super::{Web, extract::Path};
use crate::{
    domain::hex,
    error::{Code, Result},
};

/// What the page may do: its own scripts and styles, its own server, nothing else; and no text becomes code or HTML.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; \
    base-uri 'none'; form-action 'self'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'";

/// Embeds files of `src/ui` under their names.
macro_rules! files {
    ($($name:literal)*) => { &[$(($name, include_str!(concat!("../ui/", $name)))),*] };
}

/// What the document loads.
const FILES: &[(&str, &str)] = files!(
    "icon.svg" "base.css" "card.css" "session.css"
    "agent.js" "api.js" "asked.js" "card.js" "composer.js" "dom.js" "draft.js" "field.js" "forms.js" "inbox.js" "join.js" "main.js"
    "room.js" "scroll.js" "session.js" "setup.js" "sharing.js" "stream.js" "text.js" "timeline.js" "tools.js"
);

const DOCUMENT: &str = include_str!("../ui/index.html");

pub(super) fn routes() -> Router<Web> {
    let build = build();
    let document = DOCUMENT.replace("{build}", &build);
    let tag = format!("\"{build}\"");
    let page = get(async move |headers: HeaderMap| page(&headers, &tag, document));
    let file = get(
        async move |Path((of, name)): Path<(String, String)>| {
            if of == build { file(&name) } else { Err(Code::NotFound.into()) }
        },
    );
    Router::new()
        .route("/", page.clone())
        .route("/setup", page.clone())
        .route("/s/{id}", page.clone())
        .route("/join/{id}", page)
        .route("/assets/{build}/{name}", file)
}

/// A name for these files and no others.
fn build() -> String {
    let mut hash = Sha256::new_with_prefix(DOCUMENT);
    for (name, text) in FILES {
        hash.update(name);
        hash.update(text);
    }
    hex(&hash.finalize()[..8])
}

/// The document, unless the browser has it still.
fn page(headers: &HeaderMap, tag: &str, document: String) -> Response {
    let kept = headers.get(header::IF_NONE_MATCH).and_then(|value| value.to_str().ok());
    let is_kept = kept.is_some_and(|kept| kept.split(',').any(|it| it.trim() == tag));
    let headers = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::CACHE_CONTROL, "no-cache"),
        (header::ETAG, tag),
    ];
    if is_kept {
        return (StatusCode::NOT_MODIFIED, headers).into_response();
    }
    (headers, document).into_response()
}

fn file(name: &str) -> Result<Response> {
    let (_, text) = FILES.iter().find(|(known, _)| *known == name).ok_or(Code::NotFound)?;
    let kind = match name.rsplit('.').next() {
        Some("js") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        _ => "image/svg+xml",
    };
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(kind)),
        (header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=31536000, immutable")),
    ];
    Ok((headers, *text).into_response())
}
