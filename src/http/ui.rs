//! The page, embedded in the program: one document for every path that people open, and the files it is made of.
//!
//! The files stand below a name that is made of their content, so that a browser may keep them for ever and still never
//! mixes those of two versions. The document, which names that place, is asked for again each time. A debug build reads
//! the files from where they were written: a change is there at the next load.

use std::borrow::Cow;

use axum::{
    Router,
    body::Bytes,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};
use rust_embed::RustEmbed;
use sha2::{Digest, Sha256};
use tower_http::compression::CompressionLayer;

use super::{Web, extract::Path};
use crate::{
    domain::hex,
    error::{Code, Result},
};

/// What the page may do: its own scripts and styles, its own server, nothing else; and no text becomes code, or HTML but
/// through the one module that sanitises it.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; \
    manifest-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; \
    require-trusted-types-for 'script'; trusted-types dompurify";

/// What the browser loads, by its path below `src/ui`.
#[derive(RustEmbed)]
#[folder = "src/ui"]
struct Files;

/// What people open: the document shows what belongs there.
const PAGES: [&str; 7] = ["/", "/setup", "/s/{id}", "/join/{id}", "/history", "/hosts", "/me"];

pub(super) fn routes() -> Router<Web> {
    // What is embedded does not change while the program runs.
    let kept = (!cfg!(debug_assertions)).then(build);
    let build = move || kept.clone().unwrap_or_else(build);
    let page = get({
        let build = build.clone();
        async move |headers: HeaderMap| page(&headers, &build())
    });
    let file = get(
        async move |Path((of, path)): Path<(String, String)>| {
            if of == build() { file(&path) } else { Err(Code::NotFound.into()) }
        },
    );
    PAGES
        .into_iter()
        .fold(Router::new(), |router, path| router.route(path, page.clone()))
        .route("/assets/{build}/{*path}", file)
        .layer(CompressionLayer::new())
}

/// A name for these files and no others.
fn build() -> String {
    let mut hash = Sha256::new();
    for name in Files::iter() {
        hash.update(name.as_bytes());
        hash.update(Files::get(&name).map(|it| it.metadata.sha256_hash()).unwrap_or_default());
    }
    hex(&hash.finalize()[..8])
}

/// The document, unless the browser has it still.
fn page(headers: &HeaderMap, build: &str) -> Response {
    let tag = format!("\"{build}\"");
    let kept = headers.get(header::IF_NONE_MATCH).and_then(|value| value.to_str().ok());
    // A proxy that compresses makes a weak tag of it.
    let is_kept = kept
        .is_some_and(|kept| kept.split(',').any(|it| it.trim().trim_start_matches("W/") == tag));
    let headers = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::CACHE_CONTROL, "no-cache"),
        (header::ETAG, &tag),
    ];
    if is_kept {
        return (StatusCode::NOT_MODIFIED, headers).into_response();
    }
    let text = Files::get("index.html").map(|it| it.data).unwrap_or_default();
    (headers, String::from_utf8_lossy(&text).replace("{build}", build)).into_response()
}

fn file(path: &str) -> Result<Response> {
    let file = Files::get(path).ok_or(Code::NotFound)?;
    let extension = path.rsplit('.').next();
    let kind = match extension {
        Some("js") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("svg") => "image/svg+xml",
        _ => "text/plain; charset=utf-8",
    };
    let headers = [
        (header::CONTENT_TYPE, kind),
        (header::CACHE_CONTROL, "public, max-age=31536000, immutable"),
    ];
    // The bytes have a type of their own in an answer, which these replace.
    let ours = extension == Some("js") && !path.starts_with("vendor/");
    let bytes = match file.data {
        text if ours => without_comments(&String::from_utf8_lossy(&text)).into(),
        Cow::Borrowed(embedded) => Bytes::from_static(embedded),
        Cow::Owned(read) => read.into(),
    };
    Ok((headers, bytes).into_response())
}

/// A module of ours without what is for its readers: lines that are comments, and what the types say, which is a third of it.
/// Lines stay what they are, so that an error names the line that it is on.
fn without_comments(module: &str) -> String {
    let mut is_comment = false;
    let mut lines = String::with_capacity(module.len());
    for line in module.lines() {
        let begins = line.trim_start();
        let rest = if is_comment || begins.starts_with("/**") {
            let end = begins.find("*/");
            is_comment = end.is_none();
            end.map_or("", |at| begins[at + 2..].trim_start())
        } else if begins.starts_with("//") {
            ""
        } else {
            line
        };
        lines.push_str(rest);
        lines.push('\n');
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::without_comments;

    #[test]
    fn only_what_stands_alone_as_a_comment_is_left_out() {
        let module = "// why\n/** @param {string} it */\nconst a = 1 // one\n/**\n * many\n */\n  /** @type {any} */ (a).b = 'https://c'\n";
        let served = "\n\nconst a = 1 // one\n\n\n\n(a).b = 'https://c'\n";
        assert_eq!(without_comments(module), served);
    }
}
