//! Agents: what hosts can start, and what they registered.

use serde_json::Value;

use super::{Reads, Tx, codec::Json};
use crate::{
    domain::{
        Agent, AgentId, AgentOffer, AgentState, Display, HostId, NewAgent, Timestamp, UserId,
    },
    error::{Code, Error, Result},
};

/// An agent as it is stored.
struct Row {
    n: i64,
    id: AgentId,
    name: String,
    kind: String,
    host_id: HostId,
    description: String,
    capabilities: Json<Vec<String>>,
    status: AgentState,
    current_task: Option<String>,
    project: Option<String>,
    pid: Option<i64>,
    display: Json<Display>,
    updated_at: Timestamp,
    metadata: Json<Value>,
    connected: bool,
}

impl Row {
    /// As it is shown: what its host can start is not there while the host is away.
    fn agent(self) -> Agent {
        let is_there = self.connected || self.kind != crate::domain::STARTABLE;
        Agent {
            id: self.id,
            name: self.name,
            kind: self.kind,
            host_id: self.host_id,
            description: self.description,
            capabilities: self.capabilities.0,
            status: if is_there { self.status } else { AgentState::Stopped },
            current_task: self.current_task,
            project: self.project,
            pid: self.pid.and_then(|pid| u32::try_from(pid).ok()),
            display: self.display.0,
            updated_at: self.updated_at,
            metadata: self.metadata.0,
        }
    }
}

impl Tx {
    /// Stores what a host offers now: agents that it can start. Those that it registered stay.
    pub async fn offer_agents(&mut self, host: HostId, offers: &[AgentOffer]) -> Result<()> {
        sqlx::query!("update agents set offered = 0 where host_id = $1 and kind = 'acp'", host)
            .execute(self.conn())
            .await?;
        for offer in offers {
            let (id, now, folders) = (AgentId::new(), self.now(), Json(&offer.folders));
            // None is no limit, and so is one that nobody lives to see.
            let idle = offer.idle_timeout_ms.filter(|ms| *ms > 0);
            let idle = idle.and_then(|ms| i64::try_from(ms).ok());
            sqlx::query!(
                "insert into agents (id, host_id, name, kind, description, folders, status, offered, updated_at,
                    idle_timeout_ms, allow_human_input)
                 values ($1, $2, $3, 'acp', $4, $5, 'idle', 1, $6, $7, $8)
                 on conflict (host_id, name) do update set description = $4, folders = $5, offered = 1, updated_at = $6,
                    idle_timeout_ms = $7, allow_human_input = $8",
                id,
                host,
                offer.name,
                offer.description,
                folders,
                now,
                idle,
                offer.allow_human_input,
            )
            .execute(self.conn())
            .await?;
        }
        Ok(())
    }

    /// Stores what a host registered, as `id`, which is new or one of its agents.
    ///
    /// # Errors
    /// `INVALID_BODY` when another of its agents has the name.
    pub async fn register_agent(
        &mut self,
        host: HostId,
        id: AgentId,
        new: &NewAgent,
    ) -> Result<()> {
        let taken = sqlx::query_scalar!(
            "select count(*) from agents where host_id = $1 and name = $2 and id <> $3",
            host,
            new.name,
            id,
        );
        if taken.fetch_one(self.conn()).await? > 0 {
            let text = "another agent of this host has that name";
            return Err(Error::with(Code::InvalidBody, text).hint("give each a name of its own"));
        }
        let now = self.now();
        let (capabilities, display) = (Json(&new.capabilities), Json(&new.display));
        let metadata = Json(&new.metadata);
        sqlx::query!(
            "insert into agents (id, host_id, name, kind, capabilities, project, pid, display, metadata, status, offered,
                updated_at)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'idle', 1, $10)
             on conflict (id) do update set name = $3, kind = $4, capabilities = $5, project = $6, pid = $7, display = $8,
                metadata = $9, offered = 1, updated_at = $10,
                status = case when offered = 1 then status else 'idle' end",
            id,
            host,
            new.name,
            new.kind,
            capabilities,
            new.project,
            new.pid,
            display,
            metadata,
            now,
        )
        .execute(self.conn())
        .await?;
        Ok(())
    }

    /// Notes that an agent is not there any more; its row stays for what it asked.
    pub async fn unregister_agent(&mut self, id: AgentId) -> Result<()> {
        let now = self.now();
        sqlx::query!(
            "update agents set offered = 0, status = 'stopped', status_before = null, current_task = null, updated_at = $2
             where id = $1",
            id,
            now,
        )
        .execute(self.conn())
        .await?;
        sqlx::query!("delete from tools where agent_id = $1", id).execute(self.conn()).await?;
        Ok(())
    }

    /// Stores what an agent does; while it waits for a person that is what it goes back to.
    pub async fn set_agent_status(
        &mut self,
        id: AgentId,
        status: AgentState,
        task: Option<&str>,
    ) -> Result<()> {
        let now = self.now();
        sqlx::query!(
            "update agents set current_task = $3, updated_at = $4,
                status_before = case when status = 'waiting_for_approval' then $2 end,
                status = case when status = 'waiting_for_approval' then status else $2 end
             where id = $1",
            id,
            status,
            task,
            now,
        )
        .execute(self.conn())
        .await?;
        Ok(())
    }

    /// Stores whether an agent waits for a person, as its pending approvals say; whether that has changed.
    pub async fn refresh_agent_waiting(&mut self, id: AgentId) -> Result<bool> {
        let now = self.now();
        let waits = sqlx::query_scalar!(
            "select count(*) from approvals where agent_id = $1 and agent_id is not null and status = 'pending'",
            id,
        );
        let waits = waits.fetch_one(self.conn()).await? > 0;
        let changed = sqlx::query!(
            "update agents set updated_at = $3,
                status_before = case when $2 then status end,
                status = case when $2 then 'waiting_for_approval' else coalesce(status_before, 'idle') end
             where id = $1 and offered = 1 and $2 <> (status = 'waiting_for_approval')",
            id,
            waits,
            now,
        )
        .execute(self.conn())
        .await?;
        Ok(changed.rows_affected() > 0)
    }
}

impl Reads {
    /// An agent that is there, and whether its host is connected.
    ///
    /// # Errors
    /// `NOT_FOUND`, also for one that is gone.
    pub async fn agent(&mut self, id: AgentId) -> Result<Agent> {
        let row = sqlx::query_as!(
            Row,
            r#"select a.n, a.id as "id: AgentId", a.name, a.kind, a.host_id as "host_id: HostId", a.description,
                      a.capabilities as "capabilities: Json<Vec<String>>", a.status as "status: AgentState", a.current_task,
                      a.project, a.pid, a.display as "display: Json<Display>", a.updated_at as "updated_at: Timestamp",
                      a.metadata as "metadata: Json<Value>", h.connected as "connected: bool"
               from agents a join hosts h on h.id = a.host_id where a.id = $1 and a.offered = 1"#,
            id,
        );
        let row = row.fetch_optional(self.conn()).await?;
        Ok(row.ok_or(Code::NotFound)?.agent())
    }

    /// Whose an agent is, gone or not.
    pub async fn host_of_agent(&mut self, id: AgentId) -> Result<Option<HostId>> {
        let host =
            sqlx::query_scalar!(r#"select host_id as "id: HostId" from agents where id = $1"#, id,);
        Ok(host.fetch_optional(self.conn()).await?)
    }

    /// The agent of a host that has this name, gone or not, and its kind.
    pub async fn agent_named(
        &mut self,
        host: HostId,
        name: &str,
    ) -> Result<Option<(AgentId, String)>> {
        let row = sqlx::query!(
            r#"select id as "id: AgentId", kind from agents where host_id = $1 and name = $2"#,
            host,
            name,
        );
        Ok(row.fetch_optional(self.conn()).await?.map(|row| (row.id, row.kind)))
    }

    /// How many agents a host has registered.
    pub async fn count_registered(&mut self, host: HostId) -> Result<i64> {
        let count = sqlx::query_scalar!(
            "select count(*) from agents where host_id = $1 and kind <> 'acp' and offered = 1",
            host,
        );
        Ok(count.fetch_one(self.conn()).await?)
    }

    /// Agents that are there, by name, each with its cursor: those of this user's hosts, of the server's own, of hosts that
    /// granted them something, and of sessions that they take part in; `all`: every one. Those that come after `after`, at
    /// most `limit`.
    pub async fn agents(
        &mut self,
        user: Option<UserId>,
        all: bool,
        after: Option<i64>,
        limit: i64,
    ) -> Result<Vec<(i64, Agent)>> {
        let rows = sqlx::query_as!(
            Row,
            r#"select agents.n, agents.id as "id: AgentId", agents.name, agents.kind, agents.host_id as "host_id: HostId", agents.description,
                      agents.capabilities as "capabilities: Json<Vec<String>>", agents.status as "status: AgentState", agents.current_task,
                      agents.project, agents.pid, agents.display as "display: Json<Display>", agents.updated_at as "updated_at: Timestamp",
                      agents.metadata as "metadata: Json<Value>", h.connected as "connected: bool"
               from agents join hosts h on h.id = agents.host_id
               where agents.offered = 1
                 and ($2 or (h.local = 1 and agents.kind = 'acp') or h.user_id = $1
                     or exists (select 1 from host_grants g where g.host_id = h.id and g.user_id = $1)
                     or exists (select 1 from participants p join sessions s on s.id = p.session_id
                         join agent_sessions shared on shared.id = s.agent_session_id
                         where p.user_id = $1 and p.left_at is null and shared.host_id = h.id and shared.agent = agents.name))
                 and ($3 is null or (agents.name, agents.n) > (select last.name, last.n from agents last where last.n = $3))
               order by agents.name, agents.n limit $4"#,
            user,
            all,
            after,
            limit,
        )
        .fetch_all(self.conn())
        .await?;
        Ok(rows.into_iter().map(|row| (row.n, row.agent())).collect())
    }

    /// The folders of an agent that a host offers now.
    ///
    /// # Errors
    /// `AGENT_UNAVAILABLE` when it offers none of that name.
    pub async fn agent_folders(&mut self, host: HostId, name: &str) -> Result<Vec<String>> {
        let folders = sqlx::query_scalar!(
            r#"select folders as "folders: Json<Vec<String>>" from agents where host_id = $1 and name = $2 and offered = 1 and kind = 'acp'"#,
            host,
            name,
        );
        let folders = folders.fetch_optional(self.conn()).await?;
        Ok(folders.ok_or(Code::AgentUnavailable)?.0)
    }
}
