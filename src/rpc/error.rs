//! Why a call failed, as it goes over the wire.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::error::{Code, Error};

/// Why a call failed.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct RpcError {
    /// JSON-RPC's number: -32601 unknown method, -32602 bad parameters, -32603 internal, -32000 everything else.
    pub code: i32,
    /// One sentence for people.
    pub message: String,
    /// The stable code of [`Code`], and the cure; the server always sends it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub data: Option<ErrorData>,
}

/// What programs read of a failed call.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct ErrorData {
    /// The stable word.
    pub code: Code,
    /// The cure.
    #[serde(default)]
    pub hint: Option<String>,
    /// More for programs, such as the number to go on from.
    #[serde(default)]
    #[schema(value_type = Option<Object>)]
    pub details: Option<Box<serde_json::Value>>,
    /// What to wait before trying again, in seconds.
    #[serde(default)]
    pub retry_after: Option<u32>,
}

/// What helps against a refusal of a call where the one who refuses knows nothing better.
fn cure(code: Code) -> &'static str {
    match code {
        Code::InvalidBody | Code::InvalidOption => {
            "see docs/hosts.md and /api/host-calls.schema.json"
        }
        Code::InvalidCursor => "leave it out, and begin with the snapshot",
        Code::HostRequired => "speak of what is this host's own, over its own connection",
        Code::DecisionNotAllowed => "ask who may: the host that asked, or people in their inbox",
        Code::IdempotencyMismatch => "use a fresh request_id for each thing that is asked",
        code => code.cure(),
    }
}

impl From<&Error> for RpcError {
    fn from(error: &Error) -> Self {
        let code = match error.code {
            Code::Internal => -32603,
            Code::InvalidBody => -32602,
            _ => -32000,
        };
        let hint = error.hint.clone().unwrap_or_else(|| cure(error.code).to_owned());
        let data = ErrorData {
            code: error.code,
            hint: Some(hint),
            details: error.details.clone(),
            retry_after: error.retry_after,
        };
        Self { code, message: error.message.clone(), data: Some(data) }
    }
}

impl From<RpcError> for Error {
    fn from(error: RpcError) -> Self {
        let Some(data) = error.data else { return Self::with(Code::Internal, error.message) };
        let mut failed = Self::with(data.code, error.message);
        failed.hint = data.hint;
        failed.details = data.details;
        failed.retry_after = data.retry_after;
        failed
    }
}
