//! Errors as answers: `{error, code, requestId, hint, details?}` for every rejection there is.

use std::any::Any;

use axum::{
    Json,
    http::{HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::guard::request_id;
use crate::error::{Code, Error};

/// The body of every answer that is not a success.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct ErrorBody {
    /// One sentence for people.
    error: String,
    /// The stable word.
    code: Code,
    /// Names this request in the log.
    request_id: String,
    /// The cure.
    hint: String,
    /// More for programs.
    #[serde(skip_serializing_if = "Option::is_none")]
    details: Option<Box<Value>>,
}

/// The status of each code.
pub(super) fn status(code: Code) -> StatusCode {
    match code {
        Code::MissingHostSessionId
        | Code::EmptyMessage
        | Code::EmptyPrompt
        | Code::InvalidAction
        | Code::InvalidOption
        | Code::InvalidExpiry
        | Code::InvalidCursor
        | Code::InvalidBody
        | Code::TokenInUrl
        | Code::TextNotAllowed
        | Code::MissingIdempotencyKey => StatusCode::BAD_REQUEST,
        Code::Unauthenticated => StatusCode::UNAUTHORIZED,
        Code::HostRequired
        | Code::InvalidInviteToken
        | Code::InviteExpired
        | Code::InviteUsedUp
        | Code::InviteRevoked
        | Code::InvalidParticipantToken
        | Code::CommentNotAllowed
        | Code::PromptNotAllowed
        | Code::DecisionNotAllowed
        | Code::AdminRequired => StatusCode::FORBIDDEN,
        Code::SessionNotFound
        | Code::ParticipantNotFound
        | Code::ApprovalNotFound
        | Code::HostSessionNotFound
        | Code::NotFound => StatusCode::NOT_FOUND,
        Code::SessionInactive
        | Code::ParticipantInactive
        | Code::ApprovalAlreadyResolved
        | Code::DigestMismatch
        | Code::DispatchNotUnknown
        | Code::AgentUnavailable
        | Code::HostMustHandOver
        | Code::IllegalTransition
        | Code::AlreadyShared
        | Code::NotShared
        | Code::TokenAlreadyUsed => StatusCode::CONFLICT,
        Code::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
        Code::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
        Code::UnsupportedMediaType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
        Code::WrongHost => StatusCode::MISDIRECTED_REQUEST,
        Code::IdempotencyMismatch => StatusCode::UNPROCESSABLE_ENTITY,
        Code::RateLimited => StatusCode::TOO_MANY_REQUESTS,
        Code::Internal => StatusCode::INTERNAL_SERVER_ERROR,
        Code::Busy => StatusCode::SERVICE_UNAVAILABLE,
        Code::DiskFull => StatusCode::INSUFFICIENT_STORAGE,
    }
}

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        if self.code == Code::Internal {
            tracing::error!(error = &self as &dyn std::error::Error, "a request failed");
        }
        let retry_after = self.retry_after;
        let body = ErrorBody {
            error: self.message,
            code: self.code,
            request_id: request_id(),
            hint: self.hint.unwrap_or_else(|| self.code.cure().to_owned()),
            details: self.details,
        };
        let mut answer = (status(self.code), Json(body)).into_response();
        let headers = answer.headers_mut();
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if let Some(seconds) = retry_after {
            headers.insert(header::RETRY_AFTER, seconds.into());
        }
        if self.code == Code::Unauthenticated {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        answer
    }
}

/// For paths that lead nowhere.
pub(super) async fn not_found() -> Error {
    Error::with(Code::NotFound, "there is nothing at this path").hint("see /api/openapi.json")
}

/// For methods that a path does not take.
pub(super) async fn method_not_allowed() -> Error {
    Code::MethodNotAllowed.into()
}

/// For handlers that panicked, which is a bug.
#[expect(clippy::needless_pass_by_value, reason = "the layer's signature")]
pub(super) fn panicked(panic: Box<dyn Any + Send>) -> Response {
    let text = panic
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| panic.downcast_ref::<&str>().copied())
        .unwrap_or("a panic without a text");
    Error::internal(text.to_owned()).into_response()
}

/// Marks the answer to a request that had been answered before.
pub(super) fn replayed(replayed: bool, answer: impl IntoResponse) -> Response {
    let mut answer = answer.into_response();
    if replayed {
        let name = HeaderName::from_static("idempotent-replay");
        answer.headers_mut().insert(name, HeaderValue::from_static("true"));
    }
    answer
}
