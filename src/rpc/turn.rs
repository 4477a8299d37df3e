//! Turns: a prompt on its way to an agent, and how far it has come.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::domain::{AgentSessionId, DispatchId, InstanceId};

/// A prompt for an agent.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Prompt {
    /// Which dispatch: a host that has seen it before does not prompt again.
    pub dispatch_id: DispatchId,
    /// Whose agent.
    pub agent_session_id: AgentSessionId,
    /// The text.
    pub text: String,
    /// SHA-256 of what was decided, in hex; the host compares it.
    pub digest: String,
}

/// A host's answer to a prompt: what it knows of that dispatch.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Accepted {
    /// `running`, or the end of a turn that ended already.
    #[serde(flatten)]
    pub state: TurnState,
}

/// How far a dispatch has come.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Report {
    /// Which.
    pub dispatch_id: DispatchId,
    /// Whose agent.
    pub agent_session_id: AgentSessionId,
    /// The process that ran it.
    pub instance: InstanceId,
    /// How far.
    #[serde(flatten)]
    pub state: TurnState,
}

/// How far a turn has come, as its host knows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum TurnState {
    /// The agent has the prompt.
    Running,
    /// The agent ended its turn.
    Succeeded {
        /// ACP's stop reason, in the agent's word.
        stop_reason: String,
    },
    /// The turn was cancelled, by us or by the agent.
    Cancelled {
        /// ACP's stop reason, or `killed`.
        stop_reason: String,
    },
    /// The turn came to nothing.
    Failed {
        /// Why, for everybody in the session: no stderr, no paths.
        error: String,
    },
}
