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
use utoipa::ToSchema;

pub use super::{
    agent_session::{
        AgentStatus, Delivered, DraftOffer, EventReport, Open, Outcome, PermissionRequest,
        QuestionRequest, RequestOption, StatusReport, Updates,
    },
    hello::{Hello, OpenWork, Welcome},
    registry::{
        AgentPage, AnswerRequest, ApprovalPage, ApprovalRequest, Asked, EventPage, Execute,
        ListPage, Notified, OfAgent, OfApproval, OneAgent, Output, Resolve, Subscribe, Subscribed,
        ToolList, ToolNames, Tools,
    },
    turn::{Accepted, Prompt, Report, TurnState},
};
use crate::domain::{ActionId, AgentSessionId, DispatchId, HostEvent};
pub use crate::domain::{AgentOffer, NewAgent, NewStatus, NewTool, Notification, Opened};

/// What a host asks of the server.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
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
    /// Tell this connection what happens at the hosts that its user knows of. Answered by [`Subscribed`]; then `host.event`
    /// notifications follow, without a gap.
    #[serde(rename = "host.subscribe")]
    Subscribe(Subscribe),
    /// No more of that. Answered by `null`.
    #[serde(rename = "host.unsubscribe")]
    Unsubscribe {},
    /// The agents that the host's user knows of, by name. Answered by `{agents, next_cursor}`.
    #[serde(rename = "host.agents")]
    Agents(ListPage),
    /// What programs at this host asked, newest first. Answered by `{approvals, next_cursor}`.
    #[serde(rename = "host.approvals")]
    Approvals(ListPage),
    /// What happened at the hosts that the host's user knows of, newest first. Answered by `{events, next_cursor}`.
    #[serde(rename = "host.events")]
    Events(ListPage),
    /// Here is an agent, or it has changed. Answered by `{agent}`.
    #[serde(rename = "host.register_agent")]
    RegisterAgent(NewAgent),
    /// It is gone; what it asked and nobody answered expires. Answered by `null`.
    #[serde(rename = "host.unregister_agent")]
    UnregisterAgent(OfAgent),
    /// What it does now. Answered by `{agent}`.
    #[serde(rename = "host.set_status")]
    SetStatus(NewStatus),
    /// Tell something to whoever follows. Answered by `{sequence}`.
    #[serde(rename = "host.notify")]
    Notify(Notification),
    /// Ask people, or have a question of one's own kept. Answered by [`Asked`]: at once, or with `wait` once it is decided.
    #[serde(rename = "host.request_approval")]
    RequestApproval(ApprovalRequest),
    /// Decide what belongs to this host. Answered by [`Asked`].
    #[serde(rename = "host.resolve_approval")]
    ResolveApproval(Resolve),
    /// Take back what this host asked. Answered by [`Asked`].
    #[serde(rename = "host.withdraw_approval")]
    WithdrawApproval(OfApproval),
    /// Here are tools of an agent, or they have changed. Answered by `{tools}`, all that it has.
    #[serde(rename = "tools.register")]
    RegisterTools(Tools),
    /// They are gone. Answered by `{tools}`, all that it still has.
    #[serde(rename = "tools.unregister")]
    UnregisterTools(ToolNames),
    /// The tools of an agent of this host. Answered by `{tools}`.
    #[serde(rename = "tools.list")]
    ListTools(OfAgent),
}

/// What the server asks of a host.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
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
    /// A person says what they would choose where only the host decides; it does so by `host.resolve_approval`. Answered by
    /// `null`: the host has heard.
    #[serde(rename = "host.answer_request")]
    AnswerRequest(AnswerRequest),
    /// Somebody calls a tool. Answered by [`Output`], in time; an error is the tool's own.
    #[serde(rename = "tools.execute")]
    Execute(Execute),
    /// What happened at a host, in order and each once; only to who asked for it by `host.subscribe`, and not to be answered.
    #[serde(rename = "host.event")]
    HostEvent(HostEvent),
    /// Nobody waits for that call any more: its time is up, or who called has gone. Answered by `null`.
    #[serde(rename = "tools.cancel")]
    CancelTool {
        /// Which call.
        action_id: ActionId,
        /// `timeout`, or `caller_gone`.
        reason: String,
    },
}
