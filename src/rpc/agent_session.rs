//! What is said about agent sessions: updates, requests for people, drafts, and the process behind them.

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use utoipa::ToSchema;

use crate::domain::{
    AgentSessionId, DispatchId, DraftId, InstanceId, NewArtifact, RequestId, SessionEvent,
};

/// A batch of an agent's `session/update` notifications.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"agent_session_id": "019aa5c3-6c1e-7d2b-8f60-00006ed41379",
    "instance": "019aa5c3-6c1e-7d2b-8f60-0000c63d6999", "first": 7, "updates": [{"sessionId": "acp-1",
        "update": {"sessionUpdate": "agent_message_chunk", "content": {"type": "text", "text": "The test races with the payment."}}}]}))]
pub struct Updates {
    /// Whose agent.
    pub agent_session_id: AgentSessionId,
    /// The process that numbers them: it counts from 1 for each agent session, also when that is
    /// closed and opened again.
    pub instance: InstanceId,
    /// The number of the first one; the others follow without a gap.
    pub first: u64,
    /// The `params` of each notification as the agent wrote them; joined text chunks in the agent's own shape.
    #[schema(value_type = Vec<Object>)]
    pub updates: Vec<Box<RawValue>>,
}

/// `session/request_permission`, joined with what is known of its tool call.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"request_id": "019aa5c3-6c1e-7d2b-8f60-00002392f2a2",
    "agent_session_id": "019aa5c3-6c1e-7d2b-8f60-00006ed41379", "tool_call_id": "call-3",
    "tool_call": {"toolCallId": "call-3", "title": "cargo test", "kind": "execute", "rawInput": {"command": "cargo test"}},
    "options": [{"option_id": "once", "name": "Allow once", "kind": "allow_once"}, {"option_id": "no", "name": "No", "kind": "reject_once"}]}))]
pub struct PermissionRequest {
    /// Made by the host for this request; the same after a reconnect.
    pub request_id: RequestId,
    /// Whose agent asks.
    pub agent_session_id: AgentSessionId,
    /// The turn in which it asks, if one is running.
    #[serde(default)]
    pub dispatch_id: Option<DispatchId>,
    /// The agent's name for the tool call.
    pub tool_call_id: String,
    /// What the agent wrote about the tool call, the earlier `tool_call` joined with this request's.
    #[schema(value_type = Object)]
    pub tool_call: Box<RawValue>,
    /// The options, as the agent wrote them and in its order.
    pub options: Vec<RequestOption>,
}

/// One of the answers that an agent offers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RequestOption {
    /// The agent's own id for it.
    pub option_id: String,
    /// The agent's own label.
    pub name: String,
    /// `allow_once`, `allow_always`, `reject_once`, `reject_always`, or a word of the agent's own.
    pub kind: String,
}

/// `elicitation/create`: a question with a form.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"request_id": "019aa5c3-6c1e-7d2b-8f60-00002392f2a2",
    "agent_session_id": "019aa5c3-6c1e-7d2b-8f60-00006ed41379", "message": "Which database?",
    "request": {"mode": "form", "message": "Which database?", "requestedSchema": {"type": "object", "properties": {"name": {"type": "string"}}}}}))]
pub struct QuestionRequest {
    /// Made by the host for this request; the same after a reconnect.
    pub request_id: RequestId,
    /// Whose agent asks.
    pub agent_session_id: AgentSessionId,
    /// The turn in which it asks, if one is running.
    #[serde(default)]
    pub dispatch_id: Option<DispatchId>,
    /// What it asks, in its own words.
    pub message: String,
    /// The request as the agent wrote it, its form included.
    #[schema(value_type = Object)]
    pub request: Box<RawValue>,
}

/// Artifacts that are offered for review.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DraftOffer {
    /// Made by the host, or by the agent: offered again, it is the same draft.
    pub draft_id: DraftId,
    /// Whose agent offers them.
    pub agent_session_id: AgentSessionId,
    /// One line about them.
    pub summary: String,
    /// What is in it.
    pub artifacts: Vec<NewArtifact>,
}

/// Something that an agent session has to tell.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EventReport {
    /// Which.
    pub agent_session_id: AgentSessionId,
    /// The process that numbers them, as it does the updates and in one row with them.
    pub instance: InstanceId,
    /// Its number.
    pub number: u64,
    /// What it tells; the event's own fields as everywhere.
    pub event: SessionEvent,
}

/// How a request of an agent was decided.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum Outcome {
    /// One of the options.
    Selected {
        /// Its id.
        option_id: String,
    },
    /// A question was answered.
    Answered {
        /// The form's content.
        answer: serde_json::Value,
    },
    /// A question was declined.
    Declined,
    /// The turn was cancelled, or nothing that was offered fits.
    Cancelled,
}

/// The agent has a decision.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Delivered {
    /// Which request.
    pub request_id: RequestId,
    /// Whose agent.
    pub agent_session_id: AgentSessionId,
}

/// News about the process behind an agent session.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct StatusReport {
    /// Which.
    pub agent_session_id: AgentSessionId,
    /// What happened.
    #[serde(flatten)]
    pub status: AgentStatus,
}

/// What a host can say about the process behind an agent session.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(tag = "status", rename_all = "snake_case")]
pub enum AgentStatus {
    /// The agent wants a login before it works.
    NeedsLogin {
        /// What to run, in the agent's words.
        message: String,
    },
    /// The process has ended: by itself, or because it had to be killed. Not sent for a close.
    Exited {
        /// Its exit code, if it was not killed by a signal.
        exit_code: Option<i32>,
        /// The end of what it wrote to stderr, at most 4 KiB; for the host's owner only.
        stderr: String,
    },
}

/// Start or resume an agent.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Open {
    /// The agent session it is for.
    pub agent_session_id: AgentSessionId,
    /// The name in the host's configuration.
    pub agent: String,
    /// The folder it works in; absent: the agent's first folder, or a fresh one.
    #[serde(default)]
    pub folder: Option<String>,
    /// The agent's own id of the conversation to resume; absent: a new conversation.
    #[serde(default)]
    pub resume: Option<String>,
}
