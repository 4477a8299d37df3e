//! The words of the product and their rules. No I/O, nothing async; time and randomness are given.

mod approval;
mod decision;
mod dispatch;
mod event;
mod host;
mod id;
mod message;
mod participant;
mod password;
mod session;
mod signal;
pub mod text;
mod time;
mod token;
mod user;
mod waiting;
mod window;

pub use approval::{
    Approval, ApprovalKind, ApprovalOption, ApprovalStatus, Ask, OptionKind, Suggestion, Verdict,
    decided_digest, hex, shown_digest,
};
pub use decision::{Decided, Decider, Decision};
pub use dispatch::{Dispatch, DispatchAction, DispatchState, MAX_LEASES, TURN_LIMIT};
pub use event::{Chain, Event, EventBody, ForInbox, Frame, GENESIS, Position, Seq, link};
pub use host::{
    Agent, AgentOffer, AgentSession, AgentSessionStatus, AgentState, Channel, Host, HostEvent,
    HostEventBody, Life, Opened,
};
pub use id::{
    AgentId, AgentSessionId, ApprovalId, DispatchId, HostEventId, HostId, InstanceId, InviteId,
    LoginId, MessageId, ParticipantId, RequestId, SessionId, SuggestionId, TokenId, UserId,
};
pub use message::{Anchor, Message, MessageKind};
pub use participant::{Actor, Invite, LeftReason, Participant, ParticipantChanges, UserRef};
pub use password::Password;
pub use session::{
    Action, DEFAULT_LIFE, Lifetime, Mode, Right, Role, Session, SessionChanges, SessionStatus,
    right,
};
pub use signal::{Presence, Signal};
pub use time::{Clock, Timestamp};
pub use token::{Secret, SecretHash, SecretKind, looks_like_secret};
pub use user::{Device, Scope, Token, User};
pub use window::SlidingWindow;
