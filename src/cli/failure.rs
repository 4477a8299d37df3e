//! Why a command failed, and the exit code that tells scripts so.

use std::fmt;

use serde_json::Value;

use crate::{config::ConfigError, error::Code};

/// What the process ends with; part of the public contract.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Exit {
    /// It failed, in none of the ways below.
    Failure = 1,
    /// It was called wrongly.
    Usage = 2,
    /// There is no such thing.
    NotFound = 3,
    /// It is not allowed, or nobody is logged in.
    Denied = 4,
    /// It was decided already, or the session has ended.
    Conflict = 5,
    /// Its time is up.
    Expired = 6,
    /// The server cannot be reached.
    Unreachable = 7,
    /// The agent failed, or wants a login.
    Agent = 8,
    /// Somebody said no.
    Rejected = 9,
    /// The storage failed.
    Storage = 70,
    /// The database is damaged.
    Damaged = 74,
    /// Another process holds the data directory.
    Held = 75,
    /// The configuration is wrong.
    Configuration = 78,
    /// Somebody interrupted it.
    Interrupted = 130,
}

/// A failure with its cure and its exit code.
#[derive(Debug)]
pub(super) struct Failure {
    /// What the process ends with.
    pub(super) exit: Exit,
    /// One sentence for people.
    pub(super) message: String,
    /// The cure, where there is one.
    pub(super) hint: Option<String>,
    /// What the server said, if it was the server.
    pub(super) refusal: Option<Box<Refusal>>,
}

/// What a server says for programs when it refuses.
#[derive(Debug)]
pub(super) struct Refusal {
    /// The stable word.
    pub(super) code: String,
    /// What finds it in the server's log.
    pub(super) request_id: Option<String>,
    /// More, such as the row that was in the way.
    pub(super) details: Value,
}

impl Failure {
    /// A failure of our own.
    pub(super) fn new(exit: Exit, message: impl Into<String>) -> Self {
        let message = message.into();
        Self { exit, message, hint: None, refusal: None }
    }

    /// Names the cure.
    #[must_use]
    pub(super) fn hint(self, hint: impl Into<String>) -> Self {
        Self { hint: Some(hint.into()), ..self }
    }

    /// Whether the server gave this stable word.
    pub(super) fn is(&self, code: Code) -> bool {
        self.refusal.as_ref().is_some_and(|it| it.code == code.as_str())
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Failure {}

impl From<crate::Error> for Failure {
    fn from(error: crate::Error) -> Self {
        let refusal = Refusal {
            code: error.code.to_string(),
            request_id: None,
            details: error.details.map_or(Value::Null, |it| *it),
        };
        Self {
            exit: exit_of(Some(error.code), 500),
            message: error.message,
            hint: error.hint,
            refusal: Some(Box::new(refusal)),
        }
    }
}

impl From<anyhow::Error> for Failure {
    /// A failure of ours as it is; anything else with everything it comes from.
    fn from(error: anyhow::Error) -> Self {
        let error = match error.downcast::<ConfigError>() {
            Ok(error) => return Self::new(Exit::Configuration, error.to_string()),
            Err(other) => other,
        };
        error.downcast().unwrap_or_else(|other| Self::new(Exit::Failure, format!("{other:#}")))
    }
}

/// The exit code of an answer of the API: by its stable word, and by its status where the word is new.
pub(super) fn exit_of(code: Option<Code>, status: u16) -> Exit {
    match (code, status) {
        (Some(code), _) => exit_of_code(code),
        (None, 401 | 403) => Exit::Denied,
        (None, 404) => Exit::NotFound,
        (None, 409) => Exit::Conflict,
        (None, 400 | 413 | 415 | 422) => Exit::Usage,
        (None, 502 | 504) => Exit::Unreachable,
        (None, _) => Exit::Failure,
    }
}

/// Exhaustive, so that nobody adds a word without saying what scripts make of it.
fn exit_of_code(code: Code) -> Exit {
    match code {
        Code::AgentUnavailable => Exit::Agent,
        Code::InviteExpired => Exit::Expired,
        Code::EmptyMessage
        | Code::EmptyPrompt
        | Code::IdempotencyMismatch
        | Code::InvalidAction
        | Code::InvalidBody
        | Code::InvalidCursor
        | Code::InvalidExpiry
        | Code::InvalidOption
        | Code::MissingHostSessionId
        | Code::MissingIdempotencyKey
        | Code::TextNotAllowed
        | Code::TokenInUrl
        | Code::TooLarge
        | Code::UnsupportedMediaType => Exit::Usage,
        Code::Unauthenticated
        | Code::HostRequired
        | Code::InvalidInviteToken
        | Code::InviteUsedUp
        | Code::InviteRevoked
        | Code::InvalidParticipantToken
        | Code::CommentNotAllowed
        | Code::PromptNotAllowed
        | Code::DecisionNotAllowed
        | Code::AdminRequired
        | Code::WrongHost => Exit::Denied,
        Code::SessionNotFound
        | Code::ParticipantNotFound
        | Code::ApprovalNotFound
        | Code::HostSessionNotFound
        | Code::NotFound => Exit::NotFound,
        Code::SessionInactive
        | Code::ParticipantInactive
        | Code::ApprovalAlreadyResolved
        | Code::DigestMismatch
        | Code::DispatchNotUnknown
        | Code::HostMustHandOver
        | Code::IllegalTransition
        | Code::AlreadyShared
        | Code::NotShared
        | Code::TokenAlreadyUsed => Exit::Conflict,
        // Neither the caller nor what they asked for is wrong.
        Code::MethodNotAllowed
        | Code::RateLimited
        | Code::Internal
        | Code::Busy
        | Code::DiskFull => Exit::Failure,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_refusal_has_the_exit_code_of_the_manual() {
        let exit = |code, status| exit_of(code, status) as i32;
        assert_eq!(exit(Some(Code::ApprovalNotFound), 404), 3);
        assert_eq!(exit(Some(Code::Unauthenticated), 401), 4);
        assert_eq!(exit(Some(Code::DecisionNotAllowed), 403), 4);
        assert_eq!(exit(Some(Code::ApprovalAlreadyResolved), 409), 5);
        assert_eq!(exit(Some(Code::InviteExpired), 403), 6);
        assert_eq!(exit(Some(Code::AgentUnavailable), 409), 8);
        assert_eq!(exit(Some(Code::EmptyPrompt), 400), 2);
        assert_eq!(exit(Some(Code::Internal), 500), 1);
        assert_eq!(exit(Some(Code::InvalidBody), 500), 2, "offline there is no status");
        assert_eq!(exit(Some(Code::InvalidAction), 500), 2, "nor is there for what is rare");
        assert_eq!(exit(Some(Code::RateLimited), 429), 1);
        assert_eq!(exit(None, 404), 3);
        assert_eq!(exit(None, 409), 5);
        assert_eq!(exit(None, 502), 7);
    }
}
