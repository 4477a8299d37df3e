//! Which codes each operation can answer. What follows from its shape is worked out; what only its use case knows is
//! listed. The stories of the tests check every answer they get against the document that is made of this.

use crate::error::Code;

/// What is known of an operation from its description.
#[derive(Debug, Clone, Copy, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact about the operation")]
pub(super) struct Facts<'a> {
    /// In lower case.
    pub(super) method: &'a str,
    /// As a template.
    pub(super) path: &'a str,
    /// Its `operationId`.
    pub(super) id: &'a str,
    /// Whether it answers to nobody unknown.
    pub(super) needs_credential: bool,
    /// Whether it reads a body.
    pub(super) takes_body: bool,
    /// Whether it has parameters in the query.
    pub(super) takes_query: bool,
    /// Whether one of them says where to begin.
    pub(super) takes_position: bool,
    /// Whether it takes an idempotency key.
    pub(super) takes_key: bool,
    /// Whether the credential of a participant may be in its body.
    pub(super) takes_body_form: bool,
}

impl Facts<'_> {
    /// Every code that the operation can answer.
    pub(super) fn codes(&self) -> Vec<Code> {
        use Code as C;
        let mut codes = vec![C::TokenInUrl];
        if self.path.starts_with("/api/") {
            codes.push(C::WrongHost);
        }
        let mut add = |holds: bool, more: &[Code]| {
            if holds {
                codes.extend_from_slice(more);
            }
        };
        add(self.needs_credential, &[C::Unauthenticated]);
        add(matches!(self.method, "post" | "patch"), &[C::UnsupportedMediaType]);
        add(self.takes_body || self.takes_body_form, &[C::InvalidBody, C::TooLarge]);
        add(self.takes_body_form, &[C::InvalidParticipantToken]);
        add(self.takes_query, &[C::InvalidBody]);
        add(self.takes_position, &[C::InvalidCursor]);
        add(self.takes_key, &[C::InvalidBody, C::IdempotencyMismatch]);
        // What only says what is compiled in needs no database.
        let reads = !matches!(self.id, "isLive" | "getOpenApi" | "getEventSchema");
        add(reads, &[C::Internal, C::Busy]);
        add(self.method != "get", &[C::DiskFull]);
        codes.extend_from_slice(self.of_path());
        codes.extend_from_slice(own(self.id));
        codes.sort_by_key(|code| Code::ALL.iter().position(|it| it == code));
        codes.dedup();
        codes
    }

    /// What is said where the path names something that is not there, or not for this caller.
    fn of_path(&self) -> &'static [Code] {
        use Code as C;
        let words: Vec<_> = self.path.trim_start_matches("/api/").split('/').collect();
        match words[..] {
            ["shared-sessions", "{id}", "invites", "preview"]
            | ["shared-sessions", "{id}", "join"] => &[C::SessionNotFound],
            ["shared-sessions", "{id}", "approvals", "{approval}", ..] => {
                &[C::SessionNotFound, C::ParticipantInactive, C::ApprovalNotFound]
            }
            ["shared-sessions", "{id}", "participants", "{participant}"] => {
                &[C::SessionNotFound, C::ParticipantInactive, C::ParticipantNotFound]
            }
            ["shared-sessions", "{id}", "invites", "{invite}"]
            | ["shared-sessions", "{id}", "dispatches", "{dispatch}"] => {
                &[C::SessionNotFound, C::ParticipantInactive, C::NotFound]
            }
            ["shared-sessions", "{id}", ..] => &[C::SessionNotFound, C::ParticipantInactive],
            ["approvals", "{id}"] => &[C::ApprovalNotFound],
            ["agent-sessions", "{id}", ..] => &[C::HostSessionNotFound],
            ["agents" | "hosts", "{id}", ..] | [.., "{id}"] => &[C::NotFound],
            _ => &[],
        }
    }
}

/// What only the use case knows.
fn own(id: &str) -> &'static [Code] {
    use Code as C;
    match id {
        "setUp" => &[C::TextNotAllowed, C::Unauthenticated, C::RateLimited, C::Internal],
        "signIn" => &[C::Unauthenticated, C::RateLimited],
        "listUsers" | "revokeToken" | "signOutDevice" => &[C::AdminRequired],
        "setPassword" => &[C::AdminRequired, C::RateLimited],
        "createUser" => &[C::TextNotAllowed, C::AdminRequired, C::TokenAlreadyUsed],
        "updateUser" => &[C::AdminRequired, C::IllegalTransition, C::RateLimited],
        "createToken" => {
            &[C::InvalidExpiry, C::TextNotAllowed, C::AdminRequired, C::TokenAlreadyUsed]
        }
        "createSession" => &[
            C::MissingHostSessionId,
            C::InvalidExpiry,
            C::TextNotAllowed,
            C::HostRequired,
            C::HostSessionNotFound,
            C::AlreadyShared,
            C::IllegalTransition,
            C::TokenAlreadyUsed,
        ],
        "startDemo" => &[
            C::HostRequired,
            C::AlreadyShared,
            C::IllegalTransition,
            C::AgentUnavailable,
            C::TokenAlreadyUsed,
            C::SessionInactive,
        ],
        "updateSession" => {
            &[C::InvalidExpiry, C::TextNotAllowed, C::HostRequired, C::SessionInactive]
        }
        "closeSession" | "deleteSession" | "revokeInvite" => &[C::HostRequired, C::SessionInactive],
        "listInvites" => &[C::HostRequired],
        "createInvite" => {
            &[C::InvalidExpiry, C::HostRequired, C::SessionInactive, C::TokenAlreadyUsed]
        }
        "previewInvite" => STRANGERS,
        "joinSession" => JOINING,
        "leaveSession" => &[C::HostRequired, C::SessionInactive, C::HostMustHandOver],
        "updateParticipant" | "removeParticipant" => {
            &[C::HostRequired, C::SessionInactive, C::HostMustHandOver]
        }
        "handOver" => &[C::HostRequired, C::ParticipantNotFound, C::SessionInactive],
        "postMessage" => &[
            C::EmptyMessage,
            C::TextNotAllowed,
            C::CommentNotAllowed,
            C::NotFound,
            C::SessionInactive,
        ],
        "sendPrompt" => PROMPTING,
        "decideApproval" | "decideApprovalInSession" => DECIDING,
        "extendApproval" => &[
            C::InvalidExpiry,
            C::DecisionNotAllowed,
            C::ParticipantInactive,
            C::SessionInactive,
            C::ApprovalAlreadyResolved,
            C::RateLimited,
        ],
        "getApproval" => &[C::ParticipantInactive],
        "withdrawApproval" => {
            &[C::DecisionNotAllowed, C::SessionInactive, C::ApprovalAlreadyResolved]
        }
        "suggestDecision" => &[
            C::TextNotAllowed,
            C::CommentNotAllowed,
            C::SessionInactive,
            C::ApprovalAlreadyResolved,
            C::RateLimited,
        ],
        "actOnDispatch" => &[
            C::HostRequired,
            C::SessionInactive,
            C::DispatchNotUnknown,
            C::IllegalTransition,
            C::AgentUnavailable,
        ],
        "sendSignal" => &[C::SessionInactive],
        "streamSession" | "streamInbox" | "getTranscript" => &[C::RateLimited],
        "createAgentSession" => &[C::TextNotAllowed, C::HostRequired, C::AgentUnavailable],
        "changeAgentSession" => &[C::TextNotAllowed, C::HostRequired, C::IllegalTransition],
        "restartAgent" => &[C::HostRequired, C::AgentUnavailable, C::IllegalTransition],
        "sendInput" => INPUT,
        "offerDraft" => &[C::TextNotAllowed, C::HostRequired, C::NotShared, C::RateLimited],
        "tellEvent" => &[C::TextNotAllowed, C::HostRequired, C::NotShared, C::IllegalTransition],
        "connectHost" => &[C::InvalidBody, C::HostRequired],
        _ => of_hosts(id),
    }
}

/// The same of what programs at hosts ask and tell, and of their tools.
fn of_hosts(id: &str) -> &'static [Code] {
    use Code as C;
    match id {
        "askPeople" => &[
            C::InvalidOption,
            C::TextNotAllowed,
            C::HostRequired,
            C::NotFound,
            C::IdempotencyMismatch,
            C::RateLimited,
        ],
        "withdrawAction" => &[C::HostRequired, C::DecisionNotAllowed, C::ApprovalAlreadyResolved],
        "listHostGrants" => &[C::HostRequired],
        "grantAtHost" => &[C::TextNotAllowed, C::HostRequired],
        "callTool" => &[C::HostRequired, C::AgentUnavailable],
        "listHostEvents" => &[C::InvalidCursor],
        "streamHostEvents" => &[C::InvalidCursor, C::RateLimited],
        _ => &[],
    }
}

const STRANGERS: &[Code] = &[
    Code::Unauthenticated,
    Code::InvalidInviteToken,
    Code::InviteExpired,
    Code::InviteUsedUp,
    Code::InviteRevoked,
    Code::SessionInactive,
    Code::RateLimited,
];

const JOINING: &[Code] = &[
    Code::TextNotAllowed,
    Code::Unauthenticated,
    Code::HostRequired,
    Code::InvalidInviteToken,
    Code::InviteExpired,
    Code::InviteUsedUp,
    Code::InviteRevoked,
    Code::SessionInactive,
    Code::TokenAlreadyUsed,
    Code::RateLimited,
];

const PROMPTING: &[Code] = &[
    Code::EmptyPrompt,
    Code::TextNotAllowed,
    Code::PromptNotAllowed,
    Code::SessionInactive,
    Code::IllegalTransition,
    Code::RateLimited,
];

const DECIDING: &[Code] = &[
    Code::EmptyPrompt,
    Code::InvalidAction,
    Code::InvalidOption,
    Code::TextNotAllowed,
    Code::PromptNotAllowed,
    Code::DecisionNotAllowed,
    Code::NotFound,
    Code::SessionInactive,
    Code::ParticipantInactive,
    Code::ApprovalAlreadyResolved,
    Code::DigestMismatch,
    Code::IllegalTransition,
    Code::AgentUnavailable,
    Code::RateLimited,
];

/// Those of prompts and of decisions, told of the agent session instead of the session.
const INPUT: &[Code] = &[
    Code::EmptyPrompt,
    Code::InvalidAction,
    Code::TextNotAllowed,
    Code::HostRequired,
    Code::PromptNotAllowed,
    Code::DecisionNotAllowed,
    Code::ApprovalNotFound,
    Code::NotFound,
    Code::SessionInactive,
    Code::ParticipantInactive,
    Code::ApprovalAlreadyResolved,
    Code::DigestMismatch,
    Code::IllegalTransition,
    Code::NotShared,
    Code::RateLimited,
];
