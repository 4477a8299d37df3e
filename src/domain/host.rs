//! Hosts, the agents they offer, and agent sessions: one conversation with one agent at one host.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::{AgentId, AgentSessionId, Display, HostId, Life, LifeChange, Timestamp, UserId};

/// A host process: it runs agents and is connected to the server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Host {
    /// Identifier, made once by the host.
    pub id: HostId,
    /// What people call it.
    pub name: String,
    /// Whose machine; absent: the server's own.
    pub user_id: Option<UserId>,
    /// Whether it is there now.
    pub connected: bool,
    /// Connected, or away, since then.
    pub since: Timestamp,
    /// The version of its program.
    pub version: String,
}

/// What a host can start, or registered.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Agent {
    /// Identifier.
    pub id: AgentId,
    /// Its name at its host.
    pub name: String,
    /// `acp`, or what its host calls it.
    pub kind: String,
    /// Where it runs.
    pub host_id: HostId,
    /// One line about it.
    pub description: String,
    /// What it can do.
    pub capabilities: Vec<String>,
    /// What it is doing.
    pub status: AgentState,
    /// What it says it does.
    pub current_task: Option<String>,
    /// What it works on, in its host's word.
    pub project: Option<String>,
    /// Its process there.
    pub pid: Option<u32>,
    /// How to show it.
    pub display: Display,
    /// When it changed last.
    pub updated_at: Timestamp,
    /// What its host adds.
    pub metadata: Value,
}

/// What a registered agent is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AgentState {
    /// Nothing.
    Idle,
    /// Working.
    Running,
    /// Waiting for a person.
    WaitingForApproval,
    /// Held.
    Paused,
    /// Done.
    Completed,
    /// Broken.
    Errored,
    /// Not there.
    Stopped,
}

/// One conversation with one agent at one host.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AgentSession {
    /// Identifier.
    pub id: AgentSessionId,
    /// The agent's name at its host.
    pub agent: String,
    /// Where it runs.
    pub host_id: HostId,
    /// What people call it.
    pub title: Option<String>,
    /// Where the agent works.
    pub folder: Option<String>,
    /// Where it is in its life.
    pub life: Life,
    /// Whether it is completed as soon as its queue is empty, and takes no prompts until then.
    pub completing: bool,
    /// Who changed its life last, and why.
    pub life_change: Option<LifeChange>,
    /// What it is doing.
    pub status: AgentSessionStatus,
    /// Whether people may prompt it; else they comment and decide.
    pub allow_human_input: bool,
    /// Whether its session may see what its agent's process writes.
    pub agent_output: bool,
    /// What it works towards, in the caller's words.
    pub goal_id: Option<String>,
    /// Where it was made.
    pub channel: Channel,
    /// What the agent can do besides prompting.
    pub capabilities: Vec<String>,
    /// What the agent calls itself.
    pub agent_name: Option<String>,
    /// Its version.
    pub agent_version: Option<String>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was completed or aborted.
    pub ended_at: Option<Timestamp>,
    /// How long it has lived, without pauses.
    pub elapsed_seconds: u64,
    /// When anything happened in it last.
    pub last_activity_at: Timestamp,
}

/// What an agent session is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AgentSessionStatus {
    /// Its agent waits for a prompt.
    Idle,
    /// A turn is running.
    Running,
    /// Its turn waits for a person.
    WaitingForApproval,
    /// Its agent wants a login.
    NeedsLogin,
    /// Its agent cannot work.
    Errored,
    /// Its agent is not running; the next prompt starts it.
    Stopped,
    /// Its host is not connected.
    Away,
}

/// Where something was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    /// In the browser.
    Page,
    /// In the terminal.
    Cli,
    /// By a program.
    #[default]
    Api,
    /// In an editor.
    Editor,
}

/// An agent that a host can start.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AgentOffer {
    /// The name in the host's configuration.
    pub name: String,
    /// One line about it.
    #[serde(default)]
    pub description: String,
    /// Folders that sessions of it may work in; the first is where they work by default.
    #[serde(default)]
    pub folders: Vec<String>,
    /// How long it may be idle before its process is closed, in milliseconds; absent: for ever.
    #[serde(default)]
    pub idle_timeout_ms: Option<u64>,
    /// Whether people may prompt it.
    #[serde(default = "yes")]
    pub allow_human_input: bool,
}

fn yes() -> bool {
    true
}

/// The agent is there.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[schema(example = json!({"acp_session_id": "acp-1", "folder": "/home/ana/shop", "agent_name": "Claude Agent",
    "agent_version": "0.100.0", "capabilities": ["load", "resume", "list", "close"]}))]
pub struct Opened {
    /// The agent's own id of the conversation.
    pub acp_session_id: String,
    /// The folder it works in.
    pub folder: String,
    /// What the agent calls itself.
    pub agent_name: String,
    /// Its version, as it says.
    pub agent_version: String,
    /// What it can do besides prompting: `load`, `resume`, `list`, `close`, `image`, ….
    pub capabilities: Vec<String>,
}
