//! Durable, numbered facts in a session's log: their public format, their chain and their frames.

use std::{fmt, str::FromStr};

use bytes::Bytes;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use sha2::{Digest, Sha256};
use utoipa::ToSchema;

use super::{
    Actor, AgentSession, Approval, ApprovalId, Artifact, Dispatch, DraftId, Host, Invite, Message,
    OutputStream, Participant, Session, SessionId, SessionStatus, Timestamp, approval::hex,
};
use crate::error::{Code, Error};

/// The position of an event in its session: 1, 2, 3, … without gaps.
pub type Seq = i64;

/// A link of a session's hash chain.
pub type Chain = [u8; 32];

/// What the first event of a session is linked to.
pub const GENESIS: Chain = [0; 32];

/// What happened. The serialised form is the event's `payload`: a stored and public format.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(untagged, rename_all_fields = "camelCase")]
#[expect(missing_docs, reason = "the fields are the objects they are named after")]
pub enum EventBody {
    /// The session began.
    SharedSessionCreated { session: Session },
    /// Its mode, title or expiry changed.
    SessionUpdated { session: Session },
    /// It ended; nothing but late events of a turn follows. By nobody: its time was up.
    SessionClosed {
        status: SessionStatus,
        #[schema(value_type = Option<Uuid>)]
        by: Option<Actor>,
    },
    /// Somebody came.
    ParticipantJoined { participant: Participant },
    /// Somebody left.
    ParticipantLeft { participant: Participant },
    /// A role or right changed.
    ParticipantUpdated { participant: Participant },
    /// The host removed somebody.
    ParticipantRemoved { participant: Participant },
    /// Somebody else is host now.
    HostChanged { participant: Participant },
    /// An invite was made.
    InviteCreated { invite: Invite },
    /// An invite was revoked.
    InviteRevoked { invite: Invite },
    /// Somebody commented.
    MessageCreated { message: Message, participant: Participant },
    /// Somebody's prompt waits for a yes.
    PromptPendingApproval { approval: Approval, message: Message, participant: Participant },
    /// A prompt may go to the agent. A direct one brings its message along.
    PromptApproved { approval: Approval, participant: Participant, message: Option<Message> },
    /// A prompt may not.
    PromptRejected { approval: Approval, participant: Participant },
    /// An agent asks.
    ApprovalRequested { approval: Approval },
    /// It was answered.
    ApprovalResolved { approval: Approval },
    /// Nobody answered in time, or what asked is gone.
    ApprovalExpired { approval: Approval },
    /// Its author took it back.
    ApprovalWithdrawn { approval: Approval },
    /// Somebody said what they would do.
    ApprovalSuggested { approval: Approval },
    /// It waits longer.
    ApprovalExtended { approval: Approval },
    /// A prompt is on its way to the agent: written with the intent, so at most once.
    #[schema(rename_all = "camelCase")]
    PromptDispatchStarted { approval_id: ApprovalId, dispatch: Dispatch },
    /// The agent ended its turn.
    #[schema(rename_all = "camelCase")]
    PromptDispatchCompleted { approval_id: ApprovalId, dispatch: Dispatch },
    /// It came to nothing.
    #[schema(rename_all = "camelCase")]
    PromptDispatchFailed { approval_id: ApprovalId, dispatch: Dispatch, error: Option<String> },
    /// It was stopped.
    #[schema(rename_all = "camelCase")]
    PromptDispatchCancelled { approval_id: ApprovalId, dispatch: Dispatch },
    /// Nobody can know.
    #[schema(rename_all = "camelCase")]
    PromptDispatchUnknown { approval_id: ApprovalId, dispatch: Dispatch },
    /// What nobody knew was settled by the host or by a late report; or it stays unknown and is tried again.
    #[schema(rename_all = "camelCase")]
    PromptDispatchSettled { approval_id: ApprovalId, dispatch: Dispatch, retry: Option<Dispatch> },
    /// What the agent said: the params of its own `session/update`, whole.
    HostSessionUpdate {
        #[schema(value_type = Object)]
        notification: Box<RawValue>,
    },
    /// So many of its updates before the session, the oldest, were not kept.
    UpdatesDropped { count: i64 },
    /// The agent session changed its life or status.
    #[schema(rename_all = "camelCase")]
    AgentSessionUpdated { agent_session: AgentSession },
    /// Artifacts are there to be reviewed; the approval came before.
    #[schema(rename_all = "camelCase")]
    DraftReady { draft_id: DraftId, summary: String, artifact_count: usize },
    /// Somebody said something about one artifact of a draft.
    #[schema(rename_all = "camelCase")]
    ArtifactDecided {
        draft_id: DraftId,
        approval_id: ApprovalId,
        artifact: Artifact,
        participant: Participant,
    },
    /// What the agent's process wrote, where its owner lets others see it.
    AgentOutput { stream: OutputStream, content: String },
    /// What the agent session works towards is reached.
    #[schema(rename_all = "camelCase")]
    GoalComplete { goal_id: String },
    /// The agent goes on when somebody says something.
    WaitingForInput { prompt: String },
    /// What the agent is doing, in a line.
    StatusUpdate { message: String },
    /// The host process is there.
    HostConnected { host: Host },
    /// The host process is away.
    HostDisconnected { host: Host },
}

/// Declares the public names of the variants of an enum, in their order.
macro_rules! kinds {
    ($of:ident: $($variant:ident $kind:literal;)*) => {
        impl $of {
            /// The public names, in the order of the variants.
            pub const KINDS: &[&str] = &[$($kind),*];

            /// The event's public name.
            pub fn kind(&self) -> &'static str {
                match self { $(Self::$variant { .. } => $kind),* }
            }
        }
    };
}
pub(super) use kinds;

kinds! { EventBody:
    SharedSessionCreated "shared_session_created";
    SessionUpdated "session_updated";
    SessionClosed "session_closed";
    ParticipantJoined "participant_joined";
    ParticipantLeft "participant_left";
    ParticipantUpdated "participant_updated";
    ParticipantRemoved "participant_removed";
    HostChanged "host_changed";
    InviteCreated "invite_created";
    InviteRevoked "invite_revoked";
    MessageCreated "message_created";
    PromptPendingApproval "prompt_pending_approval";
    PromptApproved "prompt_approved";
    PromptRejected "prompt_rejected";
    ApprovalRequested "approval_requested";
    ApprovalResolved "approval_resolved";
    ApprovalExpired "approval_expired";
    ApprovalWithdrawn "approval_withdrawn";
    ApprovalSuggested "approval_suggested";
    ApprovalExtended "approval_extended";
    PromptDispatchStarted "prompt_dispatch_started";
    PromptDispatchCompleted "prompt_dispatch_completed";
    PromptDispatchFailed "prompt_dispatch_failed";
    PromptDispatchCancelled "prompt_dispatch_cancelled";
    PromptDispatchUnknown "prompt_dispatch_unknown";
    PromptDispatchSettled "prompt_dispatch_settled";
    HostSessionUpdate "host_session_update";
    UpdatesDropped "updates_dropped";
    AgentSessionUpdated "agent_session_updated";
    DraftReady "draft_ready";
    ArtifactDecided "artifact_decided";
    AgentOutput "agent_output";
    GoalComplete "goal_complete";
    WaitingForInput "waiting_for_input";
    StatusUpdate "status_update";
    HostConnected "host_connected";
    HostDisconnected "host_disconnected";
}

/// The next link of the chain: SHA-256 over the previous one, number, time, type and payload, each preceded by its length.
pub fn link(previous: &Chain, seq: Seq, at: &str, kind: &str, payload: &str) -> Chain {
    let mut sha = Sha256::new();
    for part in [
        previous.as_slice(),
        &seq.to_be_bytes(),
        at.as_bytes(),
        kind.as_bytes(),
        payload.as_bytes(),
    ] {
        sha.update((part.len() as u64).to_be_bytes());
        sha.update(part);
    }
    sha.finalize().into()
}

/// An event as the API lists it.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Event)]
pub struct Event<'a> {
    /// Its position in the session.
    #[schema(value_type = i64, minimum = 1)]
    pub seq: Seq,
    /// Its public name.
    #[schema(value_type = String)]
    pub r#type: &'a str,
    /// The session.
    pub shared_session_id: SessionId,
    /// When it happened.
    #[schema(value_type = Timestamp)]
    pub timestamp: &'a str,
    /// What happened.
    #[schema(value_type = Object)]
    pub payload: &'a RawValue,
}

/// An event as it goes over the wire, encoded once however many follow. Cheap to clone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Frame {
    /// Its position in the session.
    pub seq: Seq,
    /// The chain up to it.
    pub chain: Chain,
    /// Its line of the stream: `id: …`, `data: …` and the empty line.
    pub bytes: Bytes,
    /// Whether somebody may have lost access by it: streams look again once they have sent it.
    pub changes_access: bool,
    /// What it may mean for somebody's inbox.
    pub for_inbox: ForInbox,
}

/// What an event may mean for the inboxes of those who take part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ForInbox {
    /// Nothing.
    Nothing,
    /// Something waits, or waits no more, or is another thing now.
    Rows,
    /// Somebody may decide who could not before, or may no more.
    People,
}

impl ForInbox {
    fn of(kind: &str) -> Self {
        match kind {
            "participant_joined"
            | "participant_left"
            | "participant_updated"
            | "participant_removed"
            | "host_changed"
            | "session_closed" => Self::People,
            "prompt_pending_approval"
            | "prompt_approved"
            | "prompt_rejected"
            | "prompt_dispatch_unknown"
            | "prompt_dispatch_settled"
            | "artifact_decided"
            // It may have less time, and what waits in it too.
            | "session_updated" => Self::Rows,
            _ if kind.starts_with("approval_") => Self::Rows,
            _ => Self::Nothing,
        }
    }
}

impl Frame {
    /// The same bytes for the same row, whether it is just being written or read back later.
    pub fn encode(event: &Event<'_>, chain: Chain) -> serde_json::Result<Self> {
        let position = Position { seq: event.seq, chain: Some(short(&chain)) };
        let mut bytes = format!("id: {position}\ndata: ").into_bytes();
        serde_json::to_writer(&mut bytes, event)?;
        bytes.extend_from_slice(b"\n\n");
        let changes_access =
            matches!(event.r#type, "session_closed" | "participant_left" | "participant_removed");
        let for_inbox = ForInbox::of(event.r#type);
        Ok(Self { seq: event.seq, chain, bytes: bytes.into(), changes_access, for_inbox })
    }

    /// The JSON of the event.
    pub fn json(&self) -> &[u8] {
        json(&self.bytes)
    }
}

/// The JSON in the line of a stream.
pub(super) fn json(line: &[u8]) -> &[u8] {
    let start = line.windows(6).position(|it| it == b"data: ").map_or(0, |at| at + 6);
    line[start..].trim_ascii_end()
}

/// A position in a session's log, as streams and snapshots name it: `<seq>` or `<seq>.<16 hex digits of the chain>`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Position {
    /// The last event seen; 0: none.
    pub seq: Seq,
    /// The beginning of the chain up to there, if it is known.
    pub chain: Option<[u8; 8]>,
}

impl Position {
    /// The position behind the event `seq` whose chain is `chain`.
    pub fn new(seq: Seq, chain: &Chain) -> Self {
        Self { seq, chain: Some(short(chain)) }
    }
}

fn short(chain: &Chain) -> [u8; 8] {
    let mut short = [0; 8];
    short.copy_from_slice(&chain[..8]);
    short
}

impl From<Seq> for Position {
    fn from(seq: Seq) -> Self {
        Self { seq, chain: None }
    }
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.chain {
            Some(chain) => write!(f, "{}.{}", self.seq, hex(chain)),
            None => write!(f, "{}", self.seq),
        }
    }
}

impl FromStr for Position {
    type Err = Error;

    fn from_str(s: &str) -> Result<Self, Error> {
        let malformed = || Error::new(Code::InvalidCursor).hint("<seq> or <seq>.<16 hex digits>");
        let (seq, chain) = match s.split_once('.') {
            Some((seq, chain)) => (seq, Some(chain)),
            None => (s, None),
        };
        if seq.is_empty() || seq.len() > 18 || !seq.bytes().all(|digit| digit.is_ascii_digit()) {
            return Err(malformed());
        }
        let chain = match chain {
            None => None,
            Some(hex) if hex.len() == 16 && hex.bytes().all(|it| it.is_ascii_hexdigit()) => {
                Some(u64::from_str_radix(hex, 16).map_err(|error| malformed().because(error))?)
            }
            Some(_) => return Err(malformed()),
        };
        let seq =
            seq.parse().map_err(|error: std::num::ParseIntError| malformed().because(error))?;
        Ok(Self { seq, chain: chain.map(u64::to_be_bytes) })
    }
}

impl Serialize for Position {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Position {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}
