//! The registry of agents: what hosts say about programs of theirs that are no agents of ours to start.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::{AgentId, AgentState, HostId, Timestamp, UserId, text};
use crate::error::{Code, Error, Result};

/// The kind of the agents that a host can start; nobody registers one of it.
pub const STARTABLE: &str = "acp";
/// How many agents a host may register.
pub const MAX_AGENTS: i64 = 1000;
/// How many tools an agent may have.
pub const MAX_TOOLS: usize = 200;
/// How much JSON may be sent about an agent, an event or a tool, in bytes.
const MAX_JSON: usize = 64 * 1024;
/// How many capabilities an agent may have.
const MAX_CAPABILITIES: usize = 64;
/// The beginnings of kinds that only the server gives.
const RESERVED: [&str; 5] = ["agent.", "approval.", "host.", "tool.", "tools."];

/// An agent as its host registers it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"name": "deployer", "kind": "script", "project": "shop", "pid": 812, "capabilities": ["deploy"]}))]
pub struct NewAgent {
    /// Made by its host; absent: the server makes one. The same again: the agent is changed.
    #[serde(default)]
    pub id: Option<AgentId>,
    /// Its name, unlike that of any other agent of the host. The same again without an id: the agent is changed.
    pub name: String,
    /// What it is, in its host's word; `acp` is what hosts can start, and no word for this.
    pub kind: String,
    /// What it can do.
    #[serde(default)]
    pub capabilities: Vec<String>,
    /// What it works on.
    #[serde(default)]
    pub project: Option<String>,
    /// Its process there.
    #[serde(default)]
    pub pid: Option<u32>,
    /// How to show it.
    #[serde(default)]
    pub display: Display,
    /// What its host adds: a JSON object.
    #[serde(default)]
    pub metadata: Value,
}

/// How to show an agent.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Display {
    /// What people read instead of its name.
    #[serde(default)]
    pub label: Option<String>,
    /// One of the page's icons.
    #[serde(default)]
    pub icon: Option<String>,
    /// A colour, in its host's word.
    #[serde(default)]
    pub accent: Option<String>,
}

/// What an agent does now.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"agent_id": "019aa5c3-6c1e-7d2b-8f60-0000d85677dd", "status": "running", "current_task": "release 7"}))]
pub struct NewStatus {
    /// Which agent.
    pub agent_id: AgentId,
    /// What it does; that it waits for a person is for its approvals to say.
    pub status: AgentState,
    /// What it says it does; absent: nothing any more.
    #[serde(default)]
    pub current_task: Option<String>,
    /// For people.
    #[serde(default)]
    pub message: Option<String>,
    /// For programs: any JSON.
    #[serde(default)]
    pub payload: Value,
}

/// Something that a host tells whoever follows its events.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"kind": "deploy.finished", "agent_id": "019aa5c3-6c1e-7d2b-8f60-0000d85677dd",
    "message": "Release 7 is out", "payload": {"seconds": 41}}))]
pub struct Notification {
    /// What kind of thing, in its host's word.
    pub kind: String,
    /// About which agent, if about one.
    #[serde(default)]
    pub agent_id: Option<AgentId>,
    /// For people.
    #[serde(default)]
    pub message: Option<String>,
    /// For programs: any JSON.
    #[serde(default)]
    pub payload: Value,
}

/// A tool of an agent that people may call.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(example = json!({"name": "roll_back", "description": "Back to the release before", "parameters": {"type": "object"}, "timeoutMs": 60_000}))]
pub struct Tool {
    /// Its name at its agent.
    pub name: String,
    /// One line about it.
    pub description: String,
    /// A JSON Schema of its parameters.
    pub parameters: Value,
    /// How long a call may take, in milliseconds.
    pub timeout_ms: u64,
}

/// A tool as it is registered.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"name": "roll_back", "description": "Back to the release before", "parameters": {"type": "object"}}))]
pub struct NewTool {
    /// Its name at its agent; the same again: the tool is changed.
    pub name: String,
    /// One line about it.
    #[serde(default)]
    pub description: String,
    /// A JSON Schema of its parameters: for callers; nothing here checks them.
    #[serde(default)]
    pub parameters: Value,
    /// How long a call may take, in milliseconds: 60,000 if absent, at most an hour.
    #[serde(default)]
    pub timeout_ms: Option<u64>,
}

/// What the owner of a host allows somebody there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct HostGrant {
    /// Where.
    pub host_id: HostId,
    /// To whom.
    pub user_id: UserId,
    /// Their name.
    pub name: String,
    /// Whether they may decide what programs there ask.
    pub can_decide: bool,
    /// Whether they may call tools there.
    pub can_call_tools: bool,
    /// Since when.
    pub granted_at: Timestamp,
}

impl NewAgent {
    /// The same, with its texts checked and trimmed.
    ///
    /// # Errors
    /// `INVALID_BODY` without a name or kind, for the kind `acp` and for metadata that is no object; `TOO_LARGE`, `TEXT_NOT_ALLOWED`.
    pub fn checked(self) -> Result<Self> {
        let name = needed(&self.name, "an agent has a name")?;
        let kind = needed(&self.kind, "an agent has a kind")?;
        if kind == STARTABLE {
            let text = "agents of kind acp are those that a host can start";
            return Err(Error::with(Code::InvalidBody, text).hint("offer them in host.hello"));
        }
        if self.capabilities.len() > MAX_CAPABILITIES {
            let text = format!("at most {MAX_CAPABILITIES} capabilities");
            return Err(Error::with(Code::TooLarge, text));
        }
        let words = self.capabilities.iter().map(|it| needed(it, "a capability is a word"));
        let line = |text: Option<&str>| text::line(text, text::MAX_NAME);
        let display = Display {
            label: line(self.display.label.as_deref())?,
            icon: line(self.display.icon.as_deref())?,
            accent: line(self.display.accent.as_deref())?,
        };
        Ok(Self {
            id: self.id,
            name,
            kind,
            capabilities: words.collect::<Result<_>>()?,
            project: text::line(self.project.as_deref(), text::MAX_LINE)?,
            pid: self.pid.filter(|pid| *pid > 0),
            display,
            metadata: object(self.metadata)?,
        })
    }
}

impl NewStatus {
    /// The same, with its texts checked and trimmed.
    ///
    /// # Errors
    /// `INVALID_BODY` for `waiting_for_approval`, which only an approval brings about; `TOO_LARGE`, `TEXT_NOT_ALLOWED`.
    pub fn checked(self) -> Result<Self> {
        if self.status == AgentState::WaitingForApproval {
            let text = "an agent waits for an approval as long as one of its own is pending";
            return Err(Error::with(Code::InvalidBody, text).hint("ask: host.request_approval"));
        }
        Ok(Self {
            current_task: text::line(self.current_task.as_deref(), text::MAX_LINE)?,
            message: text::line(self.message.as_deref(), text::MAX_LINE)?,
            payload: small(self.payload)?,
            ..self
        })
    }
}

impl Notification {
    /// The same, with its texts checked and trimmed.
    ///
    /// # Errors
    /// `INVALID_BODY` for a kind that only the server gives, or none; `TOO_LARGE`, `TEXT_NOT_ALLOWED`.
    pub fn checked(self) -> Result<Self> {
        let kind = needed(&self.kind, "a notification has a kind")?;
        if RESERVED.iter().any(|it| kind.starts_with(it)) {
            let text =
                format!("kinds that begin with {} are the server's own", RESERVED.join(", "));
            return Err(Error::with(Code::InvalidBody, text).hint("use a word of your own"));
        }
        let message = text::line(self.message.as_deref(), text::MAX_LINE)?;
        Ok(Self { kind, message, payload: small(self.payload)?, ..self })
    }
}

impl NewTool {
    /// The tool that this becomes.
    ///
    /// # Errors
    /// `INVALID_BODY` without a name or for a time that cannot be waited; `TOO_LARGE`, `TEXT_NOT_ALLOWED`.
    pub fn checked(self) -> Result<Tool> {
        let name = needed(&self.name, "a tool has a name")?;
        if name.contains('/') {
            return Err(Error::with(Code::InvalidBody, "the name of a tool has no slash"));
        }
        let timeout_ms = self.timeout_ms.unwrap_or(60_000);
        if !(1..=3_600_000).contains(&timeout_ms) {
            return Err(Error::with(Code::InvalidBody, "timeout_ms is 1 to 3600000"));
        }
        let description = text::line(Some(&self.description), text::MAX_LINE)?.unwrap_or_default();
        Ok(Tool { name, description, parameters: object(self.parameters)?, timeout_ms })
    }
}

fn needed(text: &str, missing: &str) -> Result<String> {
    text::line(Some(text), text::MAX_NAME)?.ok_or_else(|| Error::with(Code::InvalidBody, missing))
}

/// A JSON object of a bearable size; null is an empty one.
fn object(value: Value) -> Result<Value> {
    match small(value)? {
        Value::Null => Ok(Value::Object(<_>::default())),
        value @ Value::Object(_) => Ok(value),
        _ => Err(Error::with(Code::InvalidBody, "metadata and schemas are JSON objects")),
    }
}

fn small(value: Value) -> Result<Value> {
    if value.to_string().len() > MAX_JSON {
        return Err(Error::with(
            Code::TooLarge,
            format!("at most {} KiB of JSON", MAX_JSON / 1024),
        ));
    }
    Ok(value)
}
