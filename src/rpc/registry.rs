//! The registry of agents, approvals that a program waits for, host events and tools.
//!
//! Calls and their parameters are in snake case; the objects in them (Agent, Approval, `HostEvent`, Tool) are those of the
//! HTTP API, in one spelling everywhere.

use serde::{Deserialize, Serialize};
use serde_json::{Value, value::RawValue};

use crate::domain::{
    ActionId, Agent, AgentId, Approval, ApprovalId, HostEvent, NewAction, NewTool, Resolution, Seq,
    UserId,
};

/// Where to begin.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Subscribe {
    /// The number of the last event that was seen; absent: with what happens after the snapshot.
    #[serde(default)]
    pub after: Option<Seq>,
}

/// How things are; what happens since comes as `host.event`.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Subscribed {
    /// The agents that the host's user knows of, by name: the first 500.
    pub agents: Vec<Agent>,
    /// What waits that this host asked.
    pub approvals: Vec<Approval>,
    /// The newest events, oldest first: at most 50.
    pub events: Vec<HostEvent>,
    /// The number of the newest event.
    pub sequence: Seq,
}

/// A page of a list.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ListPage {
    /// How many: 50 if absent, at most 200.
    #[serde(default)]
    pub limit: Option<i64>,
    /// `next_cursor` of the page before.
    #[serde(default)]
    pub cursor: Option<String>,
}

/// About one agent.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OfAgent {
    /// Which.
    pub agent_id: AgentId,
}

/// About one approval.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OfApproval {
    /// Which.
    pub approval_id: ApprovalId,
}

/// Something that a program asks; see [`NewAction`].
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ApprovalRequest {
    /// The program's own name for the request: asked again by this host, it is the same approval.
    #[serde(default)]
    pub request_id: Option<String>,
    /// The registered agent that asks.
    #[serde(default)]
    pub agent_id: Option<AgentId>,
    /// What is asked, in one line.
    pub action: String,
    /// What people should know before they answer: any JSON.
    #[serde(default)]
    pub details: Value,
    /// The answers that are offered; absent: `approve` and `deny`.
    #[serde(default)]
    pub options: Option<Vec<String>>,
    /// Which of them is the yes; absent: the first.
    #[serde(default)]
    pub approve_option: Option<String>,
    /// Whether people decide; else this host does.
    #[serde(default)]
    pub system_level: bool,
    /// How long the answer is waited for, in milliseconds; absent: 24 hours.
    #[serde(default)]
    pub timeout_ms: Option<u64>,
    /// Whether to be answered only once it is decided, or its time is up.
    #[serde(default)]
    pub wait: bool,
}

impl From<ApprovalRequest> for NewAction {
    fn from(it: ApprovalRequest) -> Self {
        Self {
            request_id: it.request_id,
            agent_id: it.agent_id,
            action: it.action,
            details: it.details,
            options: it.options,
            approve_option: it.approve_option,
            system_level: it.system_level,
            timeout_ms: it.timeout_ms,
        }
    }
}

/// What asking came to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Asked {
    /// The row.
    pub approval: Approval,
    /// Whether somebody can decide it now: people can at any time, a host while it is connected.
    pub answerable: bool,
    /// What was answered.
    #[serde(flatten)]
    pub resolution: Resolution,
}

/// What a host decides.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Resolve {
    /// What.
    pub approval_id: ApprovalId,
    /// One of the options.
    pub resolution: String,
    /// Why.
    #[serde(default)]
    pub reason: Option<String>,
}

/// What a person would choose.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct AnswerRequest {
    /// Where.
    pub approval_id: ApprovalId,
    /// One of the options.
    pub option: String,
    /// Why.
    pub reason: Option<String>,
    /// Who.
    pub user_id: Option<UserId>,
}

/// Tools of an agent.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tools {
    /// Whose.
    pub agent_id: AgentId,
    /// Which; others that it has stay.
    pub tools: Vec<NewTool>,
}

/// Tools of an agent, by name.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ToolNames {
    /// Whose.
    pub agent_id: AgentId,
    /// Which.
    pub names: Vec<String>,
}

/// A call of a tool.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Execute {
    /// Which call: for its cancellation.
    pub action_id: ActionId,
    /// Whose tool.
    pub agent_id: AgentId,
    /// Its name.
    pub tool: String,
    /// What the caller sent: any JSON.
    pub parameters: Box<RawValue>,
    /// How long the answer is waited for, in milliseconds.
    pub timeout_ms: u64,
}

/// What a tool answered: `{output}`, also a null one, or `{error}`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Output {
    /// What it gave.
    Output(Box<RawValue>),
    /// Why it gave nothing, in its own words.
    Error(String),
}
