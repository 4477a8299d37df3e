//! The registry of agents, approvals that a program waits for, host events and tools.
//!
//! Calls and their parameters are in snake case; the objects in them (Agent, Approval, `HostEvent`, Tool) are those of the
//! HTTP API, in one spelling everywhere.

use serde::{Deserialize, Serialize};
use serde_json::{Value, value::RawValue};
use utoipa::ToSchema;

use crate::domain::{
    ActionId, Agent, AgentId, Approval, ApprovalId, HostEvent, NewAction, NewTool, Resolution, Seq,
    Tool, UserId,
};

/// Where to begin.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"after": 41}))]
pub struct Subscribe {
    /// The number of the last event that was seen; absent: with what happens after the snapshot.
    #[serde(default)]
    pub after: Option<Seq>,
}

/// How things are; what happens since comes as `host.event`.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
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
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
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
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OfAgent {
    /// Which.
    pub agent_id: AgentId,
}

/// About one approval.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OfApproval {
    /// Which.
    pub approval_id: ApprovalId,
}

/// Something that a program asks; see [`NewAction`].
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"request_id": "release-7", "action": "Deploy release 7 to production?",
    "agent_id": "019aa5c3-6c1e-7d2b-8f60-0000d85677dd", "details": {"commit": "0dbc4f"},
    "options": ["yes", "later", "no"], "system_level": true, "timeout_ms": 600_000, "wait": true}))]
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
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(example = json!({"outcome": "approved", "option": "yes", "reason": null, "answerable": false, "approval": {
    "id": "019aa5c3-6c1e-7d2b-8f60-000093f5cc60", "kind": "action", "sharedSessionId": null, "agentSessionId": null,
    "participantId": null, "agentId": "019aa5c3-6c1e-7d2b-8f60-0000d85677dd",
    "hostId": "019aa5c3-6c1e-7d2b-8f60-000008bd57cd", "askedByUserId": "019aa5c3-6c1e-7d2b-8f60-0000557f0d3e",
    "systemLevel": true, "resolveRequest": null, "action": "Deploy release 7 to production?", "prompt": null,
    "editedPrompt": null, "details": {"commit": "0dbc4f"}, "options": [
        {"id": "yes", "label": "yes", "kind": "allow_once"}, {"id": "later", "label": "later", "kind": "reject_once"},
        {"id": "no", "label": "no", "kind": "reject_once"}],
    "digest": "edea8c7ae65bb1d00d81d180fcfbb6461c10ac2e5f2f6e4b30c1dd25377c1b65", "status": "approved",
    "createdAt": "2026-11-21T10:41:07.123Z", "expiresAt": "2026-11-21T10:51:07.123Z",
    "resolvedAt": "2026-11-21T10:42:31.004Z", "resolvedByParticipantId": null,
    "resolvedByUserId": "019aa5c3-6c1e-7d2b-8f60-0000557f0d3e", "optionId": "yes", "answer": null, "reason": null,
    "deliveredAt": null, "suggestions": [], "dispatch": null, "draft": null, "errorMessage": null}}))]
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
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"approval_id": "019aa5c3-6c1e-7d2b-8f60-000093f5cc60", "resolution": "yes", "reason": "the canary is fine"}))]
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
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[schema(example = json!({"approval_id": "019aa5c3-6c1e-7d2b-8f60-000093f5cc60", "option": "yes",
    "reason": null, "user_id": "019aa5c3-6c1e-7d2b-8f60-0000557f0d3e"}))]
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
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Tools {
    /// Whose.
    pub agent_id: AgentId,
    /// Which; others that it has stay.
    pub tools: Vec<NewTool>,
}

/// Tools of an agent, by name.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"agent_id": "019aa5c3-6c1e-7d2b-8f60-0000d85677dd", "names": ["roll_back"]}))]
pub struct ToolNames {
    /// Whose.
    pub agent_id: AgentId,
    /// Which.
    pub names: Vec<String>,
}

/// A call of a tool.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[schema(example = json!({"action_id": "019aa5c3-6c1e-7d2b-8f60-000074b241fb",
    "agent_id": "019aa5c3-6c1e-7d2b-8f60-0000d85677dd", "tool": "roll_back", "parameters": {"steps": 1}, "timeout_ms": 60_000}))]
pub struct Execute {
    /// Which call: for its cancellation.
    pub action_id: ActionId,
    /// Whose tool.
    pub agent_id: AgentId,
    /// Its name.
    pub tool: String,
    /// What the caller sent: any JSON.
    #[schema(value_type = Value)]
    pub parameters: Box<RawValue>,
    /// How long the answer is waited for, in milliseconds.
    pub timeout_ms: u64,
}

/// What a tool answered: `{output}`, also a null one, or `{error}`.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(example = json!({"output": {"release": 6}}))]
pub enum Output {
    /// What it gave.
    #[schema(value_type = Value)]
    Output(Box<RawValue>),
    /// Why it gave nothing, in its own words.
    Error(String),
}

/// One agent.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct OneAgent {
    /// As it is now.
    pub agent: Agent,
}

/// The tools of an agent.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct ToolList {
    /// All that it has, by name.
    pub tools: Vec<Tool>,
}

/// A notification is stored.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Notified {
    /// The number of its event.
    pub sequence: Seq,
}

/// A page of agents, by name.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct AgentPage {
    /// The agents.
    pub agents: Vec<Agent>,
    /// Where the next page begins, if there is one.
    pub next_cursor: Option<String>,
}

/// A page of approvals, newest first.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct ApprovalPage {
    /// The approvals.
    pub approvals: Vec<Approval>,
    /// Where the next page begins, if there is one.
    pub next_cursor: Option<String>,
}

/// A page of host events, newest first.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct EventPage {
    /// The events.
    pub events: Vec<HostEvent>,
    /// Where the next page begins, if there is one.
    pub next_cursor: Option<String>,
}
