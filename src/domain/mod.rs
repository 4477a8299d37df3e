//! The words of the product and their rules. No I/O, nothing async; time and randomness are given.

mod action;
mod approval;
mod decision;
mod dispatch;
mod draft;
mod event;
mod host;
mod host_event;
mod id;
mod life;
mod line;
mod message;
mod participant;
mod password;
mod registry;
mod session;
mod session_event;
mod signal;
pub mod text;
mod time;
mod token;
mod user;
mod visible;
mod waiting;
mod window;

pub use action::{Asker, Credential, NewAction, Resolution, ResolveRequest, request_id};
pub use approval::{
    Approval, ApprovalKind, ApprovalOption, ApprovalStatus, Ask, OptionKind, Suggestion, Verdict,
    decided_digest, hex, shown_digest,
};
pub use decision::{Decided, Decider, Decision, DecisionAction};
pub use dispatch::{Dispatch, DispatchAction, DispatchState, MAX_LEASES, TURN_LIMIT};
pub use draft::{
    Artifact, ArtifactDecision, Draft, MAX_ARTIFACTS, MAX_DRAFT, NewArtifact, NewDraft,
};
pub use event::{Chain, Event, EventBody, ForInbox, Frame, GENESIS, Position, Seq, link};
pub use host::{
    Agent, AgentOffer, AgentSession, AgentSessionStatus, AgentState, Channel, Host, Opened,
};
pub use host_event::{HostEvent, HostEventBody, HostFrame};
pub use id::{
    ActionId, AgentId, AgentSessionId, ApprovalId, DispatchId, DraftId, HostEventId, HostId,
    InstanceId, InviteId, LoginId, MessageId, ParticipantId, RequestId, SessionId, SuggestionId,
    TokenId, UserId,
};
pub use life::{Life, LifeChange, LifeTimes};
pub use line::Line;
pub use message::{Anchor, Message, MessageKind};
pub use participant::{Actor, Invite, LeftReason, Participant, ParticipantChanges, UserRef};
pub use password::Password;
pub use registry::{
    Display, HostGrant, MAX_AGENTS, MAX_TOOLS, NewAgent, NewStatus, NewTool, Notification,
    STARTABLE, Tool,
};
pub use session::{
    Action, DEFAULT_LIFE, Lifetime, Mode, Right, Role, Session, SessionChanges, SessionStatus,
    right,
};
pub use session_event::{OutputStream, SessionEvent};
pub use signal::{Presence, Signal, SignalBody};
pub use time::{Clock, Timestamp};
pub use token::{Secret, SecretHash, SecretKind, looks_like_secret};
pub use user::{Device, Scope, Token, User};
pub use visible::{has_hidden, visible};
pub use window::SlidingWindow;
