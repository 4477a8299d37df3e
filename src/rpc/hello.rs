//! How a connection begins.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::domain::{AgentOffer, AgentSessionId, DispatchId, HostId, InstanceId, RequestId};

/// Who connects, and what it still holds.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"protocol_version": 1, "host_id": "019aa5c3-6c1e-7d2b-8f60-000008bd57cd",
    "instance": "019aa5c3-6c1e-7d2b-8f60-0000c63d6999", "name": "build server", "version": "1.4", "agents": []}))]
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
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
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
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Welcome {
    /// The run of the server.
    pub server: InstanceId,
    /// Its version.
    pub version: String,
}
