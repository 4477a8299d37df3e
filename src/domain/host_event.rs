//! Durable, numbered facts about agents and hosts, and their frames.

use bytes::Bytes;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::{
    Agent, AgentId, AgentState, Approval, HostEventId, HostId, InstanceId, Seq, Timestamp,
    event::kinds,
};

/// What happened to an agent or a host. The serialised form is the event's `payload`: a stored and public format.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[serde(untagged, rename_all_fields = "camelCase")]
pub enum HostEventBody {
    /// A process of the host is there.
    Connected {
        /// Which process.
        instance: InstanceId,
    },
    /// It is away.
    Disconnected {},
    /// The host tells something.
    Notification {
        /// What kind of thing, in the host's word.
        kind: String,
        /// For programs.
        payload: Value,
    },
    /// An agent was registered, or changed.
    AgentRegistered {
        /// The agent.
        agent: Agent,
    },
    /// It is gone.
    AgentUnregistered {
        /// The agent, as it was last.
        agent: Agent,
    },
    /// It does something else.
    AgentStatusChanged {
        /// The agent.
        agent: Agent,
        /// What it did before.
        former: AgentState,
        /// What its host says besides.
        payload: Value,
    },
    /// A program asks.
    ApprovalRequested {
        /// What.
        approval: Approval,
    },
    /// It was answered, or ended without an answer.
    ApprovalResolved {
        /// With how it ended.
        approval: Approval,
    },
    /// A person told the host that decides what they would choose.
    ApprovalResolveRequested {
        /// With what they said.
        approval: Approval,
    },
}

kinds! { HostEventBody:
    Connected "host.connected";
    Disconnected "host.disconnected";
    Notification "host.notification";
    AgentRegistered "agent.registered";
    AgentUnregistered "agent.unregistered";
    AgentStatusChanged "agent.status_changed";
    ApprovalRequested "approval.requested";
    ApprovalResolved "approval.resolved";
    ApprovalResolveRequested "approval.resolve_requested";
}

/// A durable, numbered fact about agents and hosts.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct HostEvent {
    /// Its number.
    #[schema(value_type = i64, minimum = 1)]
    pub seq: Seq,
    /// Identifier.
    pub id: HostEventId,
    /// When it happened.
    pub timestamp: Timestamp,
    /// What happened, such as `host.connected`.
    pub kind: String,
    /// Where.
    pub host_id: HostId,
    /// To which agent.
    pub agent_id: Option<AgentId>,
    /// For people.
    pub message: Option<String>,
    /// For programs.
    pub payload: Value,
}

impl HostEvent {
    /// Whether it only says whether a host is there: what more people are told than those whose host it is.
    pub fn is_presence(&self) -> bool {
        matches!(self.kind.as_str(), "host.connected" | "host.disconnected")
    }
}

/// A host event as it goes over the wire, encoded once however many follow. Cheap to clone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HostFrame {
    /// Its number.
    pub seq: Seq,
    /// Where it happened.
    pub host: HostId,
    /// See [`HostEvent::is_presence`].
    pub is_presence: bool,
    /// Its line of the stream: `id: …`, `data: …` and the empty line.
    pub bytes: Bytes,
}

impl HostFrame {
    /// The same bytes for the same row, whether it is just being written or read back later.
    ///
    /// # Errors
    /// When its payload is no JSON, which it always is.
    pub fn encode(event: &HostEvent) -> serde_json::Result<Self> {
        let mut bytes = format!("id: {}\ndata: ", event.seq).into_bytes();
        serde_json::to_writer(&mut bytes, event)?;
        bytes.extend_from_slice(b"\n\n");
        let is_presence = event.is_presence();
        Ok(Self { seq: event.seq, host: event.host_id, is_presence, bytes: bytes.into() })
    }

    /// The JSON of the event.
    pub fn json(&self) -> &[u8] {
        super::event::json(&self.bytes)
    }
}
