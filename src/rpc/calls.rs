//! The calls each way, as two enums: what a host asks of the server, what the server asks of a host.
//!
//! The host sends its calls in the order in which things happened and keeps each one until it is
//! answered; after a reconnect it sends again, in the same order, what was not answered. The server
//! answers after COMMIT and takes everything twice without harm: updates by their number, requests by
//! their id, reports by the state of the dispatch.
//!
//! A server that cannot take a call just now answers BUSY, `DISK_FULL` or INTERNAL: it comes again. Any
//! other error is final. So is a refused hello, but for those three and `RATE_LIMITED`: the host ends.
//! A host has one call open for each agent session, besides requests that wait for people: what an
//! agent session says arrives in order, and a report behind everything that was said in its turn.

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

pub use crate::domain::{AgentOffer, Opened};
use crate::domain::{
    AgentSessionId, DispatchId, DraftId, HostId, InstanceId, NewArtifact, RequestId, SessionEvent,
};

/// What a host asks of the server.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "method", content = "params")]
pub enum HostCall {
    /// The first call on every connection. Answered by [`Welcome`].
    #[serde(rename = "host.hello")]
    Hello(Hello),
    /// What an agent said, numbered. Answered by `null` once it is stored.
    #[serde(rename = "agent_session.update")]
    Update(Updates),
    /// An agent asks for permission. Answered by [`Outcome`] once it is decided, however long that takes.
    #[serde(rename = "agent_session.permission")]
    Permission(PermissionRequest),
    /// An agent asks a question. Answered by [`Outcome`] once it is decided.
    #[serde(rename = "agent_session.question")]
    Question(QuestionRequest),
    /// An agent offers artifacts for review. Answered by `null` once it is stored.
    #[serde(rename = "agent_session.draft")]
    Draft(DraftOffer),
    /// An agent session has something to tell besides what its agent says. Answered by `null` once it is stored.
    #[serde(rename = "agent_session.event")]
    Event(EventReport),
    /// The agent has the decision (or cannot take it any more). Answered by `null`.
    #[serde(rename = "agent_session.delivered")]
    Delivered(Delivered),
    /// Something changed about an agent session. Answered by `null`.
    #[serde(rename = "agent_session.status")]
    Status(StatusReport),
    /// How far a dispatch has come. Answered by `null`; kept by the host until then.
    #[serde(rename = "dispatch.report")]
    Report(Report),
}

/// What the server asks of a host.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "method", content = "params")]
pub enum ServerCall {
    /// Start or resume an agent; does nothing if the agent session is open already. Answered by [`Opened`].
    #[serde(rename = "agent_session.open")]
    Open(Open),
    /// End the agent of an agent session. Answered by `null` when its process is gone.
    #[serde(rename = "agent_session.close")]
    Close {
        /// Which.
        agent_session_id: AgentSessionId,
        /// Only if no turn is running; else it is refused with `ILLEGAL_TRANSITION`.
        #[serde(default)]
        if_idle: bool,
    },
    /// Hand a prompt to the agent, once. Answered by [`Accepted`]: at once, not at the turn's end.
    #[serde(rename = "agent.prompt")]
    Prompt(Prompt),
    /// Cancel a turn: `session/cancel`, ten seconds, then the agent is killed. Answered by `null` at once.
    #[serde(rename = "agent.cancel")]
    Cancel {
        /// Which turn.
        dispatch_id: DispatchId,
    },
    /// Sent to the local host when the server is told to end everything. Answered by `null`.
    #[serde(rename = "host.end")]
    End {
        /// Whether agents are to be ended too; otherwise the host lingers.
        agents: bool,
    },
}

/// Who connects, and what it still holds.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Hello {
    /// [`PROTOCOL_VERSION`](super::PROTOCOL_VERSION).
    pub protocol_version: u32,
    /// Made once by the host and stored with it.
    pub host_id: HostId,
    /// New for each process: agents live and die with it.
    pub instance: InstanceId,
    /// What people call this host, such as the name of the machine.
    pub name: String,
    /// The version of the program.
    pub version: String,
    /// Whether this is the server's own host, which every account may use; only over its socket.
    #[serde(default)]
    pub local: bool,
    /// What can be started here.
    pub agents: Vec<AgentOffer>,
    /// What this instance still holds.
    #[serde(default)]
    pub open: OpenWork,
}

/// What a host instance still holds when it connects.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OpenWork {
    /// Agent sessions whose agent is alive.
    #[serde(default)]
    pub agent_sessions: Vec<AgentSessionId>,
    /// Dispatches it has seen and not yet seen the end of acknowledged.
    #[serde(default)]
    pub dispatches: Vec<DispatchId>,
    /// Requests of agents that still wait.
    #[serde(default)]
    pub requests: Vec<RequestId>,
}

/// The answer to hello.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Welcome {
    /// The run of the server.
    pub server: InstanceId,
    /// Its version.
    pub version: String,
}

/// A batch of an agent's `session/update` notifications.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Updates {
    /// Whose agent.
    pub agent_session_id: AgentSessionId,
    /// The process that numbers them: it counts from 1 for each agent session, also when that is
    /// closed and opened again.
    pub instance: InstanceId,
    /// The number of the first one; the others follow without a gap.
    pub first: u64,
    /// The `params` of each notification as the agent wrote them; joined text chunks in the agent's own shape.
    pub updates: Vec<Box<RawValue>>,
}

/// `session/request_permission`, joined with what is known of its tool call.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
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
    pub tool_call: Box<RawValue>,
    /// The options, as the agent wrote them and in its order.
    pub options: Vec<RequestOption>,
}

/// One of the answers that an agent offers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RequestOption {
    /// The agent's own id for it.
    pub option_id: String,
    /// The agent's own label.
    pub name: String,
    /// `allow_once`, `allow_always`, `reject_once`, `reject_always`, or a word of the agent's own.
    pub kind: String,
}

/// `elicitation/create`: a question with a form.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
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
    pub request: Box<RawValue>,
}

/// Artifacts that are offered for review.
#[derive(Debug, Clone, Serialize, Deserialize)]
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
#[derive(Debug, Clone, Serialize, Deserialize)]
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
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
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
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Delivered {
    /// Which request.
    pub request_id: RequestId,
    /// Whose agent.
    pub agent_session_id: AgentSessionId,
}

/// News about the process behind an agent session.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct StatusReport {
    /// Which.
    pub agent_session_id: AgentSessionId,
    /// What happened.
    #[serde(flatten)]
    pub status: AgentStatus,
}

/// What a host can say about the process behind an agent session.
#[derive(Debug, Clone, Serialize, Deserialize)]
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
#[derive(Debug, Clone, Serialize, Deserialize)]
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

/// A prompt for an agent.
#[derive(Debug, Clone, Serialize, Deserialize)]
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
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Accepted {
    /// `running`, or the end of a turn that ended already.
    #[serde(flatten)]
    pub state: TurnState,
}

/// How far a dispatch has come.
#[derive(Debug, Clone, Serialize, Deserialize)]
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
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
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
