//! Conversations with agents.

use std::time::Duration;

use super::{Reads, Tx, codec::Json};
use crate::{
    domain::{
        AgentSession, AgentSessionId, AgentSessionStatus, Channel, HostId, InstanceId, Life,
        LifeChange, LifeTimes, Opened, SessionId, Timestamp, UserId,
    },
    error::{Code, Result},
};

/// An agent session with what only the server and its owner need to know of it.
#[derive(Debug, Clone)]
pub struct AgentSessionRow {
    /// What everybody in its session may see.
    pub agent_session: AgentSession,
    /// Who may share it.
    pub owner: UserId,
    /// The agent's own id of the conversation.
    pub acp_session_id: Option<String>,
    /// How many prompts were sent.
    pub turns: i64,
    /// The host process in which its agent is alive.
    pub open_instance: Option<InstanceId>,
    /// What keeps it from working.
    pub problem: Option<AgentSessionStatus>,
    /// Since when its turn waits for a person.
    pub waiting_since: Option<Timestamp>,
    /// How its agent ended last.
    pub exit_code: Option<i64>,
    /// The end of what its agent wrote to stderr.
    pub stderr: Option<String>,
    /// A label for filtering.
    pub workspace_id: Option<String>,
    /// The times of its life.
    pub times: LifeTimes,
    /// How long its agent may be idle.
    pub idle_timeout: Option<Duration>,
    /// When its agent is closed if nothing comes.
    pub idle_until: Option<Timestamp>,
}

impl AgentSessionRow {
    /// Whether its agent can be closed and taken up again where it was: nothing was said yet, or it can resume.
    pub fn can_be_closed(&self) -> bool {
        let can = |what: &str| self.agent_session.capabilities.iter().any(|it| it == what);
        self.turns == 0 || can("resume") || can("load")
    }
}

impl Tx {
    /// Adds an agent session.
    pub async fn insert_agent_session(&mut self, row: &AgentSessionRow) -> Result<()> {
        let it = &row.agent_session;
        let capabilities = Json(&it.capabilities);
        sqlx::query!(
            "insert into agent_sessions (id, host_id, agent, owner_user_id, title, workspace_id, folder, life, status, goal_id,
                channel, capabilities, agent_output, acp_session_id, turns, created_at, last_activity_at)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $16)",
            it.id,
            it.host_id,
            it.agent,
            row.owner,
            it.title,
            row.workspace_id,
            it.folder,
            it.life,
            it.status,
            it.goal_id,
            it.channel,
            capabilities,
            it.agent_output,
            row.acp_session_id,
            row.turns,
            it.created_at,
        )
        .execute(self.conn())
        .await?;
        Ok(())
    }

    /// Stores that the agent is alive in a host process.
    pub async fn agent_opened(
        &mut self,
        id: AgentSessionId,
        instance: InstanceId,
        opened: &Opened,
    ) -> Result<()> {
        let (now, capabilities) = (self.now(), Json(&opened.capabilities));
        sqlx::query!(
            "update agent_sessions set open_instance = $2, acp_session_id = $3, folder = $4, agent_name = $5,
                agent_version = $6, capabilities = $7, problem = null, exit_code = null, stderr = null,
                idle_until = null, last_activity_at = $8
             where id = $1",
            id,
            instance,
            opened.acp_session_id,
            opened.folder,
            opened.agent_name,
            opened.agent_version,
            capabilities,
            now,
        )
        .execute(self.conn())
        .await?;
        Ok(())
    }

    /// Forgets the conversation: the next start begins a new one.
    pub async fn forget_conversation(&mut self, id: AgentSessionId) -> Result<()> {
        sqlx::query!(
            "update agent_sessions set acp_session_id = null, turns = 0 where id = $1",
            id
        )
        .execute(self.conn())
        .await?;
        Ok(())
    }

    /// Stores that the agent is not alive any more, and what keeps it from working.
    pub async fn agent_closed(
        &mut self,
        id: AgentSessionId,
        problem: Option<AgentSessionStatus>,
        exit: Option<(Option<i64>, &str)>,
    ) -> Result<()> {
        let now = self.now();
        let (exit_code, stderr) = exit.map_or((None, None), |it| (it.0, Some(it.1)));
        sqlx::query!(
            "update agent_sessions set open_instance = null, idle_until = null, problem = $2, exit_code = coalesce($3, exit_code),
                stderr = coalesce($4, stderr), last_activity_at = $5
             where id = $1",
            id,
            problem,
            exit_code,
            stderr,
            now,
        )
        .execute(self.conn())
        .await?;
        Ok(())
    }

    /// Stores what keeps an agent session from working, or that nothing does.
    pub async fn set_problem(
        &mut self,
        id: AgentSessionId,
        problem: Option<AgentSessionStatus>,
    ) -> Result<()> {
        sqlx::query!("update agent_sessions set problem = $2 where id = $1", id, problem)
            .execute(self.conn())
            .await?;
        Ok(())
    }

    /// Stores what an agent session is doing.
    pub async fn set_agent_session_status(
        &mut self,
        id: AgentSessionId,
        status: AgentSessionStatus,
        waiting_since: Option<Timestamp>,
    ) -> Result<()> {
        let now = self.now();
        sqlx::query!(
            "update agent_sessions set status = $2, waiting_since = $3, last_activity_at = $4 where id = $1",
            id,
            status,
            waiting_since,
            now,
        )
        .execute(self.conn())
        .await?;
        Ok(())
    }

    /// Notes what the session that shares an agent session was told of its host.
    pub async fn set_host_known(&mut self, id: AgentSessionId, known: bool) -> Result<()> {
        sqlx::query!("update agent_sessions set host_known = $2 where id = $1", id, known)
            .execute(self.conn())
            .await?;
        Ok(())
    }

    /// Stores that no agent is alive in other processes of a host than this one.
    pub async fn forget_open_agents(&mut self, host: HostId, instance: InstanceId) -> Result<()> {
        sqlx::query!(
            "update agent_sessions set open_instance = null
             where host_id = $1 and open_instance is not null and open_instance <> $2",
            host,
            instance,
        )
        .execute(self.conn())
        .await?;
        Ok(())
    }

    /// Counts a prompt that is sent.
    pub async fn count_turn(&mut self, id: AgentSessionId) -> Result<()> {
        sqlx::query!("update agent_sessions set turns = turns + 1 where id = $1", id)
            .execute(self.conn())
            .await?;
        Ok(())
    }
}

impl Reads {
    /// An agent session.
    ///
    /// # Errors
    /// `HOST_SESSION_NOT_FOUND`.
    pub async fn agent_session(&mut self, id: AgentSessionId) -> Result<AgentSessionRow> {
        let found = self.agent_sessions_by_id(&[id]).await?.pop();
        Ok(found.ok_or(Code::HostSessionNotFound)?.1)
    }

    /// Agent sessions of an owner, or all, newest first, each with its cursor.
    pub async fn agent_sessions(
        &mut self,
        owner: Option<UserId>,
        before: Option<i64>,
        limit: i64,
    ) -> Result<Vec<(i64, AgentSessionRow)>> {
        let before = before.unwrap_or(i64::MAX);
        let ids = sqlx::query_scalar!(
            r#"select id as "id: AgentSessionId" from agent_sessions
               where ($1 is null or owner_user_id = $1) and n < $2 order by n desc limit $3"#,
            owner,
            before,
            limit,
        )
        .fetch_all(self.conn())
        .await?;
        self.agent_sessions_by_id(&ids).await
    }

    /// The agent sessions of a host that are shared now, in order: cursor, session, agent session, and whether that
    /// session was told last that the host is there.
    pub async fn shared_agent_sessions(
        &mut self,
        host: HostId,
        after: i64,
        limit: i64,
    ) -> Result<Vec<(i64, SessionId, AgentSessionId, bool)>> {
        let rows = sqlx::query!(
            r#"select s.n, s.id as "session: SessionId", a.id as "agent: AgentSessionId", a.host_known as "known: bool"
               from sessions s join agent_sessions a on a.id = s.agent_session_id
               where s.status = 'active' and a.host_id = $1 and s.n > $2 order by s.n limit $3"#,
            host,
            after,
            limit,
        )
        .fetch_all(self.conn())
        .await?;
        Ok(rows.into_iter().map(|row| (row.n, row.session, row.agent, row.known)).collect())
    }

    /// The active session in which somebody shares this conversation of an agent already.
    pub async fn sharing_of_conversation(
        &mut self,
        owner: UserId,
        agent: &str,
        acp_session_id: &str,
    ) -> Result<Option<SessionId>> {
        let now = self.now();
        let session = sqlx::query_scalar!(
            r#"select s.id as "id: SessionId" from agent_sessions a
               join sessions s on s.agent_session_id = a.id and s.status = 'active'
               where a.owner_user_id = $1 and a.agent = $2 and a.acp_session_id = $3
                 and a.life in ('active', 'paused') and (s.expires_at is null or s.expires_at > $4)"#,
            owner,
            agent,
            acp_session_id,
            now,
        );
        Ok(session.fetch_optional(self.conn()).await?)
    }

    /// These agent sessions, newest first, each with its cursor.
    pub async fn agent_sessions_by_id(
        &mut self,
        ids: &[AgentSessionId],
    ) -> Result<Vec<(i64, AgentSessionRow)>> {
        let (ids, now) = (Json(ids), self.now());
        let rows = sqlx::query!(
            r#"select s.n, s.id as "id: AgentSessionId", s.host_id as "host_id: HostId", s.agent,
                      s.owner_user_id as "owner: UserId", s.title, s.workspace_id, s.folder, s.life as "life: Life",
                      s.status as "status: AgentSessionStatus", s.problem as "problem: AgentSessionStatus", s.goal_id,
                      s.channel as "channel: Channel", s.capabilities as "capabilities: Json<Vec<String>>", s.agent_name,
                      s.agent_version, s.acp_session_id, s.turns, s.open_instance as "open_instance: InstanceId",
                      s.waiting_since as "waiting_since: Timestamp", s.exit_code, s.stderr,
                      s.agent_output as "agent_output: bool", s.completing as "completing: bool",
                      s.idle_until as "idle_until: Timestamp", s.life_reason, s.life_by,
                      s.life_channel as "life_channel: Channel", s.life_at as "life_at: Timestamp",
                      s.created_at as "created_at: Timestamp", s.paused_at as "paused_at: Timestamp", s.paused_ms,
                      s.ended_at as "ended_at: Timestamp", s.last_activity_at as "last_activity_at: Timestamp",
                      a.idle_timeout_ms as "idle_timeout_ms?", a.allow_human_input as "allow_human_input?: bool"
               from agent_sessions s left join agents a on a.host_id = s.host_id and a.name = s.agent
               where s.id in (select value from json_each($1)) order by s.n desc"#,
            ids,
        )
        .fetch_all(self.conn())
        .await?;
        Ok(rows
            .into_iter()
            .map(|row| {
                let (paused_at, paused_ms, ended_at) = (row.paused_at, row.paused_ms, row.ended_at);
                let times = LifeTimes { paused_at, paused_ms, ended_at };
                let (by, reason, channel) = (row.life_by, row.life_reason, row.life_channel);
                let life_change = row.life_at.map(|at| {
                    let channel = channel.unwrap_or_default();
                    LifeChange { by, channel, reason, at }
                });
                let agent_session = AgentSession {
                    id: row.id,
                    agent: row.agent,
                    host_id: row.host_id,
                    title: row.title,
                    folder: row.folder,
                    life: row.life,
                    completing: row.completing,
                    life_change,
                    status: row.status,
                    allow_human_input: row.allow_human_input.unwrap_or(true),
                    agent_output: row.agent_output,
                    goal_id: row.goal_id,
                    channel: row.channel,
                    capabilities: row.capabilities.0,
                    agent_name: row.agent_name,
                    agent_version: row.agent_version,
                    created_at: row.created_at,
                    ended_at,
                    elapsed_seconds: times.elapsed(row.created_at, now),
                    last_activity_at: row.last_activity_at,
                };
                let n = row.n;
                let row = AgentSessionRow {
                    agent_session,
                    owner: row.owner,
                    acp_session_id: row.acp_session_id,
                    turns: row.turns,
                    open_instance: row.open_instance,
                    problem: row.problem,
                    waiting_since: row.waiting_since,
                    exit_code: row.exit_code,
                    stderr: row.stderr,
                    workspace_id: row.workspace_id,
                    times,
                    idle_timeout: row
                        .idle_timeout_ms
                        .and_then(|ms| u64::try_from(ms).ok())
                        .map(Duration::from_millis),
                    idle_until: row.idle_until,
                };
                (n, row)
            })
            .collect())
    }
}
