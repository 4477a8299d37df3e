//! Conversations with agents: made, shown, started again.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    App, Caller, Key, Once, Paged, once,
    opening::{OPEN_LIMIT, OpenFailed},
    status,
};
use crate::{
    domain::{
        AgentSession, AgentSessionId, AgentSessionStatus, Channel, DispatchState, HostId, Life,
        LifeTimes, SessionId, text,
    },
    error::{Code, Error, Result},
    hosts::CallError,
    rpc::calls::ServerCall,
    store::{AgentSessionRow, HostRow, Reads},
};

/// An agent session that is asked for.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(example = json!({"agent": "demo", "title": "Fix the flaky checkout test"}))]
pub struct NewAgentSession {
    /// The agent's name at its host.
    pub agent: String,
    /// Where; absent: the only connected host of the caller's, or the server's own, that offers it.
    pub host_id: Option<HostId>,
    /// The folder it works in; absent: the agent's first folder, or a fresh one.
    pub folder: Option<String>,
    /// The agent's own id of a conversation to take up; absent: a new one. On one's own machine, or by an admin: whose
    /// the conversations of the server's own agents are, nobody knows.
    pub resume: Option<String>,
    /// What people call it.
    pub title: Option<String>,
    /// What it works towards.
    pub goal_id: Option<String>,
    /// A label for filtering.
    pub workspace_id: Option<String>,
    /// Where it is made.
    #[serde(default)]
    pub channel: Channel,
    /// Whether its session may see what its agent's process writes.
    #[serde(default)]
    pub agent_output: bool,
}

/// An agent session as its owner sees it.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AgentSessionDetails {
    /// What everybody in its session sees.
    #[serde(flatten)]
    pub agent_session: AgentSession,
    /// How its agent ended last.
    pub exit_code: Option<i64>,
    /// The end of what its agent wrote to stderr then.
    pub stderr: Option<String>,
    /// The session that shares it, or shared it last.
    pub shared_session_id: Option<SessionId>,
    /// How long its agent may be idle before its process is closed; absent: for ever.
    pub idle_timeout_seconds: Option<u64>,
}

impl App {
    /// Makes an agent session and starts its agent. If the agent does not start, the agent session says why.
    ///
    /// # Errors
    /// `UNAUTHENTICATED` for guests, `AGENT_UNAVAILABLE` when no such agent is connected, `HOST_REQUIRED` for a folder that is not the
    /// agent's and for an old conversation on another's machine, `ALREADY_SHARED` for one that is shared, `INVALID_BODY`
    /// when several hosts offer it.
    pub async fn create_agent_session(
        &self,
        caller: &Caller,
        new: NewAgentSession,
        key: Option<Key>,
    ) -> Result<Once<AgentSession>> {
        let user = caller.user()?.clone();
        caller.check_runs_agents()?;
        let title = text::line(new.title.as_deref(), text::MAX_LINE)?;
        let workspace_id = text::line(new.workspace_id.as_deref(), text::MAX_LINE)?;
        let goal_id = text::line(new.goal_id.as_deref(), text::MAX_LINE)?;
        let resume = text::line(new.resume.as_deref(), text::MAX_LINE)?;
        let caller = caller.clone();
        let made = self
            .store
            .write(async move |tx| {
                if let Some(agent_session) = once::before::<AgentSession>(tx, key.as_ref()).await? {
                    return Ok(Once::again(agent_session));
                }
                let host = choose_host(tx, &caller, &new).await?;
                check_folder(tx, &caller, &host, &new).await?;
                if resume.is_some() && !is_own(&caller, &host) {
                    let text = "an old conversation is taken up on one's own machine only";
                    return Err(Error::with(Code::HostRequired, text));
                }
                if let Some(old) = &resume
                    && let Some(session) =
                        tx.sharing_of_conversation(user.id, &new.agent, old).await?
                {
                    let text = "that conversation is shared already";
                    return Err(Error::with(Code::AlreadyShared, text)
                        .hint(format!("it is shared as {session}")));
                }
                let now = tx.now();
                let agent_session = AgentSession {
                    id: AgentSessionId::new(),
                    agent: new.agent,
                    host_id: host.host.id,
                    title,
                    folder: new.folder,
                    life: Life::Active,
                    completing: false,
                    life_change: None,
                    status: AgentSessionStatus::Stopped,
                    allow_human_input: true,
                    agent_output: new.agent_output,
                    goal_id,
                    channel: new.channel,
                    capabilities: Vec::new(),
                    agent_name: None,
                    agent_version: None,
                    created_at: now,
                    ended_at: None,
                    elapsed_seconds: 0,
                    last_activity_at: now,
                };
                let row = AgentSessionRow {
                    agent_session: agent_session.clone(),
                    owner: user.id,
                    // In one that is taken up something was said: it is never silently begun anew.
                    turns: i64::from(resume.is_some()),
                    acp_session_id: resume,
                    open_instance: None,
                    problem: None,
                    waiting_since: None,
                    exit_code: None,
                    stderr: None,
                    workspace_id,
                    times: LifeTimes { paused_at: None, paused_ms: 0, ended_at: None },
                    idle_timeout: None,
                    idle_until: None,
                };
                tx.insert_agent_session(&row).await?;
                once::keep(tx, key.as_ref(), &agent_session).await?;
                Ok(Once::fresh(agent_session))
            })
            .await?;
        let (id, host) = (made.value.id, made.value.host_id);
        if !made.replayed
            && let Some(instance) = self.hosts.instance(host)
        {
            match self.open_agent(id, host, instance, false).await {
                Ok(_) | Err(OpenFailed::Away) => {}
                Err(
                    OpenFailed::Full(error)
                    | OpenFailed::Refused(error)
                    | OpenFailed::NotStored(error),
                ) => {
                    return Err(error);
                }
            }
        }
        let value = self.store.read().await?.agent_session(id).await?.agent_session;
        Ok(Once { value, replayed: made.replayed })
    }

    /// One's own agent sessions, or all for admins; newest first.
    ///
    /// # Errors
    /// `UNAUTHENTICATED` for guests.
    pub async fn agent_sessions(
        &self,
        caller: &Caller,
        before: Option<i64>,
        limit: i64,
    ) -> Result<Paged<AgentSession>> {
        let user = caller.user()?.id;
        let owner = if caller.is_admin() { None } else { Some(user) };
        let found = self.store.read().await?.agent_sessions(owner, before, limit + 1).await?;
        Ok(Paged::cut(found, limit).map(|row| row.agent_session))
    }

    /// One agent session, as its owner sees it.
    ///
    /// # Errors
    /// `HOST_SESSION_NOT_FOUND`, also for what is another's.
    pub async fn agent_session(
        &self,
        caller: &Caller,
        id: AgentSessionId,
    ) -> Result<AgentSessionDetails> {
        let mut reads = self.store.read().await?;
        let row = own(&mut reads, caller, id).await?;
        let shared_session_id = reads.session_of_agent(id).await?;
        Ok(AgentSessionDetails {
            agent_session: row.agent_session,
            exit_code: row.exit_code,
            stderr: row.stderr,
            shared_session_id,
            idle_timeout_seconds: row.idle_timeout.map(|it| it.as_secs()),
        })
    }

    /// Starts an agent again: resumes where it can; a new conversation only if `fresh`.
    ///
    /// # Errors
    /// `HOST_SESSION_NOT_FOUND`, `HOST_REQUIRED` for anybody but its owner, `ILLEGAL_TRANSITION` while a turn runs or after its end, `AGENT_UNAVAILABLE`.
    pub async fn restart_agent(
        &self,
        caller: &Caller,
        id: AgentSessionId,
        fresh: bool,
    ) -> Result<AgentSession> {
        let row = own(&mut self.store.read().await?, caller, id).await?;
        caller.check_full(Code::HostRequired)?;
        if caller.user_id() != Some(row.owner) {
            return Err(Error::with(Code::HostRequired, "only its owner starts it again"));
        }
        let host = row.agent_session.host_id;
        let instance = self.hosts.instance(host);
        let instance = instance.ok_or_else(|| Error::from(OpenFailed::Away))?;
        check_idle(&mut self.store.read().await?, &row.agent_session).await?;
        if row.open_instance == Some(instance) {
            let call = ServerCall::Close { agent_session_id: id, if_idle: false };
            let closed: Result<(), CallError> =
                self.hosts.call(host, instance, call, OPEN_LIMIT).await;
            closed.map_err(Error::from)?;
        }
        self.store
            .write(async move |tx| {
                tx.agent_closed(id, None, None).await?;
                if fresh {
                    tx.forget_conversation(id).await?;
                }
                status::refresh(tx, id).await
            })
            .await?;
        self.open_agent(id, host, instance, fresh).await?;
        Ok(self.store.read().await?.agent_session(id).await?.agent_session)
    }
}

/// An agent session of the caller's; admins may see all.
pub(super) async fn own(
    reads: &mut Reads,
    caller: &Caller,
    id: AgentSessionId,
) -> Result<AgentSessionRow> {
    let user = caller.user()?.id;
    let row = reads.agent_session(id).await?;
    if row.owner == user || caller.is_admin() {
        Ok(row)
    } else {
        Err(Code::HostSessionNotFound.into())
    }
}

/// That nothing runs in an agent session that has not ended.
async fn check_idle(reads: &mut Reads, it: &AgentSession) -> Result<()> {
    if it.ended_at.is_some() {
        return Err(Error::with(Code::IllegalTransition, "the agent session has ended"));
    }
    match reads.dispatch_in_flight(it.id).await? {
        Some(turn) if turn.dispatch.state != DispatchState::Leased => {
            Err(Error::with(Code::IllegalTransition, "a turn is running").hint("stop it first"))
        }
        _ => Ok(()),
    }
}

async fn choose_host(reads: &mut Reads, caller: &Caller, new: &NewAgentSession) -> Result<HostRow> {
    let unavailable = || {
        Error::with(
            Code::AgentUnavailable,
            format!("no connected host offers the agent {}", new.agent),
        )
        .hint("see GET /api/agents, or share it from your own machine: wardroom share")
    };
    let mut offering = Vec::new();
    for row in reads.hosts().await? {
        let own = row.host.user_id.is_some() && row.host.user_id == caller.user_id();
        let wanted = new.host_id.is_none_or(|id| id == row.host.id);
        if row.host.connected
            && wanted
            && (row.local || own)
            && reads.agent_folders(row.host.id, &new.agent).await.is_ok()
        {
            offering.push(row);
        }
    }
    match offering.len() {
        0 => Err(unavailable()),
        1 => Ok(offering.remove(0)),
        // The server's own is what people mean who name none.
        _ => offering.into_iter().find(|row| row.local).ok_or_else(|| {
            Error::with(Code::InvalidBody, "several hosts offer that agent")
                .hint("name one by hostId")
        }),
    }
}

/// Whether a host is the caller's own machine; all are an admin's.
fn is_own(caller: &Caller, host: &HostRow) -> bool {
    let own = host.host.user_id.is_some() && host.host.user_id == caller.user_id();
    own || caller.is_admin()
}

/// A folder lies under those of the agent, unless an admin names it, or somebody on their own machine.
async fn check_folder(
    reads: &mut Reads,
    caller: &Caller,
    host: &HostRow,
    new: &NewAgentSession,
) -> Result<()> {
    let Some(folder) = &new.folder else { return Ok(()) };
    let path = std::path::Path::new(folder);
    let plain = path.is_absolute()
        && !path.components().any(|part| part == std::path::Component::ParentDir);
    if !plain {
        return Err(Error::with(Code::InvalidBody, "folder is an absolute path without .."));
    }
    if is_own(caller, host) {
        return Ok(());
    }
    let folders = reads.agent_folders(host.host.id, &new.agent).await?;
    if folders.iter().any(|allowed| path.starts_with(allowed)) {
        return Ok(());
    }
    let own = if folders.is_empty() { "leave folder out".into() } else { folders.join(", ") };
    Err(Error::with(Code::HostRequired, "that folder is not one of the agent's").hint(own))
}
