//! The limit of HTTP here: a bare axum that answers with what it was sent.

use axum::{Router, body::Bytes};

pub(super) fn router() -> Router {
    Router::new().fallback(async |body: Bytes| body)
}
