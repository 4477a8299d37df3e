//! Tools of registered agents: named by their host, called by its owner and whom the owner lets.

use std::time::Duration;

use serde::Serialize;
use serde_json::value::RawValue;
use utoipa::ToSchema;

use super::{App, Caller, host_access, paged::fitting, registry};
use crate::{
    app::admission::Occupancy,
    domain::{ActionId, Agent, AgentId, HostId, InstanceId, MAX_TOOLS, NewTool, Tool},
    error::{Code, Error, Result},
    hosts::CallError,
    rpc::{
        LIST_BYTES,
        calls::{Execute, Output, ServerCall},
    },
};

/// The most that a caller may send a tool, in bytes.
const MAX_PARAMETERS: usize = 512 * 1024;

/// What there is room for at the hosts, and what goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AdmissionState {
    /// Starts of agents.
    pub agent_starts: Occupancy,
    /// Calls of tools.
    pub tool_calls: Occupancy,
}

/// What a tool answered.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ToolAnswer {
    /// Which call it was.
    pub action_id: ActionId,
    /// What the tool gave, which may be null; null also where it failed.
    #[schema(value_type = Value)]
    pub output: Option<Box<RawValue>>,
    /// Why it failed, in its own words; null: it did not.
    pub error: Option<String>,
}

impl App {
    /// Stores tools of an agent of a host; all that it has then.
    ///
    /// # Errors
    /// `NOT_FOUND`; `HOST_REQUIRED` for another host's; `TOO_LARGE` for too many, and those of [`NewTool::checked`].
    pub(super) async fn register_tools(
        &self,
        host: HostId,
        agent: AgentId,
        new: Vec<NewTool>,
    ) -> Result<Vec<Tool>> {
        let new: Vec<_> = new.into_iter().map(NewTool::checked).collect::<Result<_>>()?;
        self.store
            .write(async move |tx| {
                registry::own(tx, host, agent).await?;
                for tool in &new {
                    tx.put_tool(agent, tool).await?;
                }
                let tools = tx.tools(agent).await?;
                if tools.len() > MAX_TOOLS {
                    let text = format!("an agent has at most {MAX_TOOLS} tools");
                    return Err(Error::with(Code::TooLarge, text));
                }
                if fitting(tools.iter(), LIST_BYTES) < tools.len() {
                    let text = format!(
                        "the tools of an agent are at most {} KiB of JSON",
                        LIST_BYTES / 1024
                    );
                    return Err(Error::with(Code::TooLarge, text).hint("shorten their schemas"));
                }
                Ok(tools)
            })
            .await
    }

    /// Removes tools of an agent of a host; all that it still has.
    ///
    /// # Errors
    /// `NOT_FOUND`; `HOST_REQUIRED` for another host's.
    pub(super) async fn unregister_tools(
        &self,
        host: HostId,
        agent: AgentId,
        names: Vec<String>,
    ) -> Result<Vec<Tool>> {
        self.store
            .write(async move |tx| {
                registry::own(tx, host, agent).await?;
                for name in &names {
                    tx.remove_tool(agent, name).await?;
                }
                tx.tools(agent).await
            })
            .await
    }

    /// The tools of an agent of a host.
    ///
    /// # Errors
    /// `NOT_FOUND`; `HOST_REQUIRED` for another host's.
    pub(super) async fn tools_of_host(&self, host: HostId, agent: AgentId) -> Result<Vec<Tool>> {
        self.store
            .write(async move |tx| {
                registry::own(tx, host, agent).await?;
                tx.tools(agent).await
            })
            .await
    }

    /// The tools of an agent that the caller may know of.
    ///
    /// # Errors
    /// `NOT_FOUND`.
    pub async fn tools(&self, caller: &Caller, agent: AgentId) -> Result<Vec<Tool>> {
        let mut reads = self.store.read().await?;
        let agent = reads.agent(agent).await?;
        host_access::seen(&mut reads, caller, agent.host_id).await?;
        reads.tools(agent.id).await
    }

    /// How much goes on at the hosts, and how much waits for room.
    ///
    /// # Errors
    /// `UNAUTHENTICATED` for guests.
    pub fn admission(&self, caller: &Caller) -> Result<AdmissionState> {
        caller.user()?;
        Ok(AdmissionState {
            agent_starts: self.admission.agent_starts.occupancy(),
            tool_calls: self.admission.tool_calls.occupancy(),
        })
    }

    /// Calls a tool and waits for its answer; its host is told when nobody waits any more.
    ///
    /// # Errors
    /// `NOT_FOUND`; `HOST_REQUIRED` for who may not call tools there; `TOO_LARGE`; `BUSY`; `AGENT_UNAVAILABLE` when the host is not
    /// connected, goes away or does not answer in time.
    pub async fn call_tool(
        &self,
        caller: &Caller,
        agent: AgentId,
        name: &str,
        parameters: Box<RawValue>,
    ) -> Result<ToolAnswer> {
        let (agent, tool) = self.callable(caller, agent, name).await?;
        if parameters.get().len() > MAX_PARAMETERS {
            let text = format!("at most {} KiB of parameters", MAX_PARAMETERS / 1024);
            return Err(Error::with(Code::TooLarge, text));
        }
        let limit = Duration::from_millis(tool.timeout_ms);
        let _place = self.admission.tool_calls.enter(caller.user_id()).await?;
        // While this one waited, what it may, or the tool, may have been taken away.
        let caller = caller.as_now(&mut self.store.read().await?).await?;
        self.callable(&caller, agent.id, &tool.name).await?;
        let host = agent.host_id;
        let instance = self.hosts.instance(host).ok_or(CallError::Away)?;
        let action_id = ActionId::new();
        let mut running =
            Running { call: Some(Call { app: self.clone(), host, instance, action_id }) };
        let execute = ServerCall::Execute(Execute {
            action_id,
            agent_id: agent.id,
            tool: tool.name,
            parameters,
            timeout_ms: tool.timeout_ms,
        });
        tracing::info!(agent = %agent.id, %action_id, "a tool is called");
        let answered = self.hosts.call(host, instance, execute, limit).await;
        let (output, error) = match answered {
            Ok(Output::Output(output)) => (Some(output), None),
            Ok(Output::Error(error)) => (None, Some(error)),
            Err(CallError::Refused(error)) => (None, Some(error.message)),
            Err(CallError::Late) => {
                running.cancel("timeout");
                let text = format!("the tool did not answer in {} ms", tool.timeout_ms);
                return Err(Error::with(Code::AgentUnavailable, text).hint("it was told to stop"));
            }
            Err(CallError::Away) => {
                // A newer connection of the same process is told; another process knows nothing of the call.
                running.cancel("caller_gone");
                return Err(CallError::Away.into());
            }
        };
        running.call = None;
        Ok(ToolAnswer { action_id, output, error })
    }

    /// A tool that the caller may call, and its agent.
    async fn callable(&self, caller: &Caller, id: AgentId, name: &str) -> Result<(Agent, Tool)> {
        let mut reads = self.store.read().await?;
        let agent = reads.agent(id).await?;
        let at = host_access::seen(&mut reads, caller, agent.host_id).await?;
        let tool = reads.tool(id, name).await?;
        if !at.calls_tools() {
            let text = "only the owner of a host, and whom they let, calls tools there";
            return Err(Error::with(Code::HostRequired, text));
        }
        caller.check_full(Code::HostRequired)?;
        Ok((agent, tool))
    }
}

/// A call that is open at a host: whoever stops waiting for it has it cancelled.
struct Running {
    call: Option<Call>,
}

struct Call {
    app: App,
    host: HostId,
    instance: InstanceId,
    action_id: ActionId,
}

impl Running {
    fn cancel(&mut self, reason: &'static str) {
        let Some(Call { app, host, instance, action_id }) = self.call.take() else { return };
        let call = ServerCall::CancelTool { action_id, reason: reason.to_owned() };
        app.hosts.tell(host, instance, call);
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.cancel("caller_gone");
    }
}
