//! What helps against each refusal where the one who refuses knows nothing better.

use super::Code;

impl Code {
    /// One sentence for people: what to do about it.
    pub fn cure(self) -> &'static str {
        match self {
            Code::MissingHostSessionId => "make an agent session first: POST /api/agent-sessions",
            Code::EmptyMessage | Code::EmptyPrompt => "write something",
            Code::InvalidAction
            | Code::InvalidOption
            | Code::InvalidBody
            | Code::InvalidExpiry
            | Code::MethodNotAllowed
            | Code::NotFound => "see /api/openapi.json",
            Code::InvalidCursor => {
                "take the position or cursor as an answer gave it, or leave it out"
            }
            Code::TokenInUrl => "use the Authorization header",
            Code::TextNotAllowed => "remove control, tag and direction characters",
            Code::MissingIdempotencyKey => "send one of 8 to 128 printable ASCII characters",
            Code::Unauthenticated => "sign in again, or use a token that is still valid",
            Code::HostRequired
            | Code::CommentNotAllowed
            | Code::PromptNotAllowed
            | Code::DecisionNotAllowed => "ask the host of the session",
            Code::AdminRequired => "ask an admin",
            Code::InvalidInviteToken
            | Code::InviteExpired
            | Code::InviteUsedUp
            | Code::InviteRevoked => "ask the host for a new link",
            Code::InvalidParticipantToken | Code::ParticipantInactive => "join again by an invite",
            Code::SessionNotFound
            | Code::ParticipantNotFound
            | Code::ApprovalNotFound
            | Code::HostSessionNotFound => "check the id, and as whom you ask",
            Code::SessionInactive => "it stays readable; share the agent again",
            Code::ApprovalAlreadyResolved => "details hold the decision; nothing is left to do",
            Code::DigestMismatch => "load it again and compare",
            Code::DispatchNotUnknown | Code::IllegalTransition => "load it again: it has gone on",
            Code::AgentUnavailable => "see to it that its host runs and is connected",
            Code::HostMustHandOver => "hand over to somebody, or send {close: true}",
            Code::AlreadyShared => "use the session that shares it, or close that one",
            Code::NotShared => "share it first: POST /api/shared-sessions",
            Code::TokenAlreadyUsed => "ask for another with a fresh key",
            Code::TooLarge => "send less, or in several parts",
            Code::UnsupportedMediaType => {
                "set content-type: application/json, also for an empty body"
            }
            Code::WrongHost => "start the server with --base-url or --allowed-host",
            Code::IdempotencyMismatch => "use a fresh key for each request",
            Code::RateLimited | Code::Busy => "wait a little and try again",
            Code::Internal => "the server's log says more at this requestId",
            Code::DiskFull => "free some space; nothing was stored",
        }
    }
}
