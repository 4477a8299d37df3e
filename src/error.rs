//! The one error type that crosses a module boundary, and the exhaustive list of its stable codes.

mod cure;

use std::{error::Error as StdError, fmt, time::Duration};

use serde::{Deserialize, Serialize};

/// `Result` with the crate's [`Error`].
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Declares the codes with the text each one gets when nothing better is known.
macro_rules! codes {
    ($($name:ident $wire:literal $text:literal;)*) => {
        /// A stable word for what went wrong: part of the public contract, never renamed.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
        #[schema(rename_all = "SCREAMING_SNAKE_CASE")]
        pub enum Code {$(
            #[doc = $text]
            #[serde(rename = $wire)]
            $name,
        )*}

        impl Code {
            /// Every code.
            pub const ALL: &[Self] = &[$(Self::$name),*];

            /// The word on the wire.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$name => $wire),* }
            }

            /// What it says to people where nothing better is known.
            pub fn text(self) -> &'static str {
                match self { $(Self::$name => $text),* }
            }
        }
    };
}

codes! {
    MissingHostSessionId "MISSING_HOST_SESSION_ID" "hostSessionId is missing";
    EmptyMessage "EMPTY_MESSAGE" "the message is empty";
    EmptyPrompt "EMPTY_PROMPT" "the prompt is empty";
    InvalidAction "INVALID_ACTION" "there is no such action here";
    InvalidOption "INVALID_OPTION" "that option is not offered";
    InvalidExpiry "INVALID_EXPIRY" "expiresInMinutes must be 1 to 525600";
    InvalidCursor "INVALID_CURSOR" "that position or cursor is malformed";
    InvalidBody "INVALID_BODY" "the request does not have the expected shape";
    TokenInUrl "TOKEN_IN_URL" "a secret must not travel in a URL";
    TextNotAllowed "TEXT_NOT_ALLOWED" "the text has characters that are not allowed";
    MissingIdempotencyKey "MISSING_IDEMPOTENCY_KEY" "an Idempotency-Key header is needed here";
    Unauthenticated "UNAUTHENTICATED" "missing or invalid credentials";
    HostRequired "HOST_REQUIRED" "only the host of the session may do this";
    InvalidInviteToken "INVALID_INVITE_TOKEN" "this invite is not valid here";
    InviteExpired "INVITE_EXPIRED" "this invite has expired";
    InviteUsedUp "INVITE_USED_UP" "this invite has been used as often as it may";
    InviteRevoked "INVITE_REVOKED" "this invite was revoked";
    InvalidParticipantToken "INVALID_PARTICIPANT_TOKEN" "the participant token does not belong to this participant";
    CommentNotAllowed "COMMENT_NOT_ALLOWED" "you may not comment here";
    PromptNotAllowed "PROMPT_NOT_ALLOWED" "you may not prompt the agent here";
    DecisionNotAllowed "DECISION_NOT_ALLOWED" "you may not decide this";
    AdminRequired "ADMIN_REQUIRED" "only an admin may do this";
    SessionNotFound "SESSION_NOT_FOUND" "there is no such session";
    ParticipantNotFound "PARTICIPANT_NOT_FOUND" "there is no such participant";
    ApprovalNotFound "APPROVAL_NOT_FOUND" "there is no such approval";
    HostSessionNotFound "HOST_SESSION_NOT_FOUND" "there is no such agent session";
    NotFound "NOT_FOUND" "there is nothing here";
    SessionInactive "SESSION_INACTIVE" "the session has ended";
    ParticipantInactive "PARTICIPANT_INACTIVE" "this participant no longer takes part";
    ApprovalAlreadyResolved "APPROVAL_ALREADY_RESOLVED" "somebody was first: the approval is already resolved";
    DigestMismatch "DIGEST_MISMATCH" "what you saw is not what is stored; look again";
    DispatchNotUnknown "DISPATCH_NOT_UNKNOWN" "the outcome of this dispatch is not in doubt";
    AgentUnavailable "AGENT_UNAVAILABLE" "the agent cannot be reached";
    HostMustHandOver "HOST_MUST_HAND_OVER" "the host cannot leave without handing over or closing";
    IllegalTransition "ILLEGAL_TRANSITION" "that is not possible in the present state";
    AlreadyShared "ALREADY_SHARED" "the agent session is already shared";
    NotShared "NOT_SHARED" "the agent session is not shared";
    TokenAlreadyUsed "TOKEN_ALREADY_USED" "the secret has been used already";
    MethodNotAllowed "METHOD_NOT_ALLOWED" "this path does not take that method";
    TooLarge "TOO_LARGE" "that is too large";
    UnsupportedMediaType "UNSUPPORTED_MEDIA_TYPE" "send content-type: application/json";
    WrongHost "WRONG_HOST" "this server is not known by that name";
    IdempotencyMismatch "IDEMPOTENCY_MISMATCH" "this Idempotency-Key was used for another request";
    RateLimited "RATE_LIMITED" "too many requests";
    Internal "INTERNAL" "something went wrong here";
    Busy "BUSY" "too much is waiting to be written; try again";
    DiskFull "DISK_FULL" "the disk is full; reading goes on";
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Why something did not happen: what programs read (`code`), what people read, and the cure.
///
/// The source is for the log and is never sent to anyone.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub struct Error {
    /// The stable word.
    pub code: Code,
    /// One sentence for people.
    pub message: String,
    /// The cure, where there is one.
    pub hint: Option<String>,
    /// More for programs: a JSON value, such as the row that was in the way.
    pub details: Option<Box<serde_json::Value>>,
    /// What to wait before trying again, in seconds.
    pub retry_after: Option<u32>,
    /// What it comes from.
    #[source]
    source: Option<Box<dyn StdError + Send + Sync>>,
}

impl Error {
    /// An error with the code's own text.
    pub fn new(code: Code) -> Self {
        Self::with(code, code.text())
    }

    /// An error with a text of its own.
    pub fn with(code: Code, message: impl Into<String>) -> Self {
        let message = message.into();
        Self { code, message, hint: None, details: None, retry_after: None, source: None }
    }

    /// A bug or a broken dependency: logged, and told to nobody in detail.
    pub fn internal(source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        Self { source: Some(source.into()), ..Self::new(Code::Internal) }
    }

    /// Too much of something: there is room again after `wait`.
    pub fn too_often(message: &str, wait: Duration) -> Self {
        let seconds = u32::try_from(wait.as_millis().div_ceil(1000)).unwrap_or(u32::MAX);
        let error = Self::with(Code::RateLimited, message).retry_after(seconds);
        error.hint(format!("try again in {seconds} s"))
    }

    /// Names the cure.
    #[must_use]
    pub fn hint(self, hint: impl Into<String>) -> Self {
        Self { hint: Some(hint.into()), ..self }
    }

    /// Adds what a program may want to see.
    #[must_use]
    pub fn details(self, details: &impl Serialize) -> Self {
        Self { details: serde_json::to_value(details).ok().map(Box::new), ..self }
    }

    /// Says how many seconds to wait before trying again.
    #[must_use]
    pub fn retry_after(self, seconds: u32) -> Self {
        Self { retry_after: Some(seconds), ..self }
    }

    /// Keeps what it comes from, for the log.
    #[must_use]
    pub fn because(self, source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        Self { source: Some(source.into()), ..self }
    }
}

impl From<Code> for Error {
    fn from(code: Code) -> Self {
        Self::new(code)
    }
}
