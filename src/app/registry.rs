//! The registry: what hosts say about agents of theirs that are not ours to start.

use super::{App, requests};
use crate::{
    domain::{
        Agent, AgentId, ApprovalStatus, HostEventBody, HostId, MAX_AGENTS, NewAgent, NewStatus,
        Notification, STARTABLE, Seq,
    },
    error::{Code, Error, Result},
    store::{About, Tx},
};

impl App {
    /// Registers an agent of a host, or changes it; registered as it is, nothing happens.
    ///
    /// # Errors
    /// `HOST_REQUIRED` for another host's agent, `INVALID_BODY`, `RATE_LIMITED` for too many, and those of [`NewAgent::checked`].
    pub(super) async fn register_agent(&self, host: HostId, new: NewAgent) -> Result<Agent> {
        let new = new.checked()?;
        self.store
            .write(async move |tx| {
                let known = known(tx, host, &new).await?;
                let before = match known {
                    Some(id) => tx.agent(id).await.ok(),
                    None => None,
                };
                if let Some(agent) = &before
                    && is_same(agent, &new)
                {
                    return Ok(agent.clone());
                }
                if before.is_none() && tx.count_registered(host).await? >= MAX_AGENTS {
                    let text = format!("a host registers at most {MAX_AGENTS} agents");
                    return Err(Error::with(Code::RateLimited, text).hint("unregister some first"));
                }
                let id = known.or(new.id).unwrap_or_else(AgentId::new);
                tx.register_agent(host, id, &new).await?;
                let agent = tx.agent(id).await?;
                let event = HostEventBody::AgentRegistered { agent: agent.clone() };
                tx.append_host_event(host, &event, about(id)).await?;
                Ok(agent)
            })
            .await
    }

    /// Removes an agent of a host: its tools go, and what it asked and nobody answered expires.
    ///
    /// # Errors
    /// `NOT_FOUND`; `HOST_REQUIRED` for another host's.
    pub(super) async fn unregister_agent(&self, host: HostId, id: AgentId) -> Result<()> {
        self.store
            .write(async move |tx| {
                let agent = own(tx, host, id).await?;
                let asked = tx.pending_actions_of(id).await?;
                tx.unregister_agent(id).await?;
                requests::end_all(tx, asked, ApprovalStatus::Expired, "agent_gone").await?;
                let event = HostEventBody::AgentUnregistered { agent };
                tx.append_host_event(host, &event, about(id)).await.map(drop)
            })
            .await
    }

    /// Stores what an agent of a host does.
    ///
    /// # Errors
    /// `NOT_FOUND`; `HOST_REQUIRED` for another host's; those of [`NewStatus::checked`].
    pub(super) async fn set_agent_status(&self, host: HostId, new: NewStatus) -> Result<Agent> {
        let new = new.checked()?;
        self.store
            .write(async move |tx| {
                let id = new.agent_id;
                let before = own(tx, host, id).await?;
                tx.set_agent_status(id, new.status, new.current_task.as_deref()).await?;
                let agent = tx.agent(id).await?;
                let changed = agent.status != before.status
                    || agent.current_task != before.current_task
                    || new.message.is_some()
                    || !new.payload.is_null();
                if changed {
                    let (former, payload) = (before.status, new.payload);
                    let agent = agent.clone();
                    let event = HostEventBody::AgentStatusChanged { agent, former, payload };
                    let about = About { message: new.message.as_deref(), ..about(id) };
                    tx.append_host_event(host, &event, about).await?;
                }
                Ok(agent)
            })
            .await
    }

    /// Records what a host tells; the number of that event.
    ///
    /// # Errors
    /// `NOT_FOUND` and `HOST_REQUIRED` for the agent that it names; those of [`Notification::checked`].
    pub(super) async fn notify_of_host(&self, host: HostId, it: Notification) -> Result<Seq> {
        let it = it.checked()?;
        self.store
            .write(async move |tx| {
                if let Some(agent) = it.agent_id {
                    own(tx, host, agent).await?;
                }
                let event = HostEventBody::Notification { kind: it.kind, payload: it.payload };
                let about = About { agent: it.agent_id, message: it.message.as_deref() };
                tx.append_host_event(host, &event, about).await
            })
            .await
    }
}

pub(super) fn about(agent: AgentId) -> About<'static> {
    About { agent: Some(agent), message: None }
}

/// An agent that this host registered.
///
/// # Errors
/// `NOT_FOUND`, also for one that is gone; `HOST_REQUIRED` for another host's, and for one that the host only offers.
pub(super) async fn own(tx: &mut Tx, host: HostId, id: AgentId) -> Result<Agent> {
    let owner = tx.host_of_agent(id).await?.ok_or_else(no_agent)?;
    if owner != host {
        return Err(not_own());
    }
    let agent = tx.agent(id).await.map_err(|error| match error.code {
        Code::NotFound => no_agent(),
        _ => error,
    })?;
    if agent.kind == STARTABLE {
        let text = "agents that a host can start are changed by its configuration";
        return Err(Error::with(Code::HostRequired, text));
    }
    Ok(agent)
}

fn no_agent() -> Error {
    Error::with(Code::NotFound, "there is no such agent").hint("register it: host.register_agent")
}

fn not_own() -> Error {
    Error::with(Code::HostRequired, "owned by another host")
}

/// The agent of a host that is meant, if it is known: by its id, or else by its name.
async fn known(tx: &mut Tx, host: HostId, new: &NewAgent) -> Result<Option<AgentId>> {
    let named = tx.agent_named(host, &new.name).await?;
    if named.as_ref().is_some_and(|(_, kind)| kind == STARTABLE) {
        let text = "an agent that this host can start has that name";
        return Err(Error::with(Code::InvalidBody, text).hint("choose another name"));
    }
    let Some(id) = new.id else { return Ok(named.map(|(id, _)| id)) };
    match tx.host_of_agent(id).await? {
        Some(owner) if owner != host => Err(not_own()),
        Some(_) => Ok(Some(id)),
        None => Ok(None),
    }
}

/// Whether registering it would change nothing.
fn is_same(agent: &Agent, new: &NewAgent) -> bool {
    let NewAgent { id: _, name, kind, capabilities, project, pid, display, metadata } = new;
    agent.name == *name
        && agent.kind == *kind
        && agent.capabilities == *capabilities
        && agent.project == *project
        && agent.pid == *pid
        && agent.display == *display
        && agent.metadata == *metadata
}
