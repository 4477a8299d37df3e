//! Hosts, what they offer, and the facts about them.

use serde_json::Value;

use super::{Reads, Tx, codec::Json};
use crate::{
    domain::{
        Agent, AgentId, AgentOffer, AgentState, Host, HostEventBody, HostEventId, HostId,
        InstanceId, Timestamp, UserId,
    },
    error::{Code, Result},
};

/// A host with what only the server needs to know of it.
#[derive(Debug, Clone)]
pub struct HostRow {
    /// What everybody may see who may see it.
    pub host: Host,
    /// Its process.
    pub instance: InstanceId,
    /// Whether it is the server's own.
    pub local: bool,
    /// Away: until then its turns may still go on.
    pub grace_until: Option<Timestamp>,
}

impl Tx {
    /// Notes that a host is connected, now with this process.
    pub async fn connect_host(
        &mut self,
        host: &Host,
        instance: InstanceId,
        local: bool,
    ) -> Result<()> {
        let now = self.now();
        sqlx::query!(
            "insert into hosts (id, user_id, local, name, version, instance, connected, since, created_at)
             values ($1, $2, $3, $4, $5, $6, 1, $7, $7)
             on conflict (id) do update set name = $4, version = $5, instance = $6, connected = 1, since = $7,
                grace_until = null",
            host.id,
            host.user_id,
            local,
            host.name,
            host.version,
            instance,
            now,
        )
        .execute(self.conn())
        .await?;
        Ok(())
    }

    /// Notes that a host is away; its turns may go on until `grace_until`.
    pub async fn disconnect_host(&mut self, id: HostId, grace_until: Timestamp) -> Result<()> {
        let now = self.now();
        sqlx::query!(
            "update hosts set connected = 0, since = $2, grace_until = $3 where id = $1",
            id,
            now,
            grace_until,
        )
        .execute(self.conn())
        .await?;
        self.notify(super::Notice::Deadline(grace_until));
        Ok(())
    }

    /// Notes that the grace of a host is over.
    pub async fn end_grace(&mut self, id: HostId) -> Result<()> {
        sqlx::query!("update hosts set grace_until = null where id = $1", id)
            .execute(self.conn())
            .await?;
        Ok(())
    }

    /// Stores what a host offers now.
    pub async fn offer_agents(&mut self, host: HostId, offers: &[AgentOffer]) -> Result<()> {
        sqlx::query!("update agents set offered = 0 where host_id = $1 and kind = 'acp'", host)
            .execute(self.conn())
            .await?;
        for offer in offers {
            let (id, now, folders) = (AgentId::new(), self.now(), Json(&offer.folders));
            sqlx::query!(
                "insert into agents (id, host_id, name, kind, description, folders, status, offered, updated_at)
                 values ($1, $2, $3, 'acp', $4, $5, 'idle', 1, $6)
                 on conflict (host_id, name) do update set description = $4, folders = $5, offered = 1, updated_at = $6",
                id,
                host,
                offer.name,
                offer.description,
                folders,
                now,
            )
            .execute(self.conn())
            .await?;
        }
        Ok(())
    }

    /// Records a fact about a host.
    pub async fn append_host_event(
        &mut self,
        host: HostId,
        body: &HostEventBody,
        message: Option<&str>,
    ) -> Result<()> {
        let (id, now, kind, payload) = (HostEventId::new(), self.now(), body.kind(), Json(body));
        sqlx::query!(
            "insert into host_events (id, at, kind, host_id, message, payload) values ($1, $2, $3, $4, $5, $6)",
            id,
            now,
            kind,
            host,
            message,
            payload,
        )
        .execute(self.conn())
        .await?;
        Ok(())
    }

    /// Notes the start of a run of the server.
    pub async fn insert_run(&mut self, id: InstanceId) -> Result<()> {
        let (now, version) = (self.now(), env!("CARGO_PKG_VERSION"));
        sqlx::query!(
            "insert into server_runs (id, version, started_at) values ($1, $2, $3)",
            id,
            version,
            now,
        )
        .execute(self.conn())
        .await?;
        Ok(())
    }

    /// Notes the orderly end of a run of the server.
    pub async fn end_run(&mut self, id: InstanceId) -> Result<()> {
        let now = self.now();
        sqlx::query!("update server_runs set stopped_at = $2 where id = $1", id, now)
            .execute(self.conn())
            .await?;
        Ok(())
    }
}

impl Reads {
    /// A host.
    ///
    /// # Errors
    /// `NOT_FOUND`.
    pub async fn host(&mut self, id: HostId) -> Result<HostRow> {
        Ok(self.hosts_where(Some(id)).await?.pop().ok_or(Code::NotFound)?)
    }

    /// Every host, oldest first.
    pub async fn hosts(&mut self) -> Result<Vec<HostRow>> {
        self.hosts_where(None).await
    }

    async fn hosts_where(&mut self, id: Option<HostId>) -> Result<Vec<HostRow>> {
        let rows = sqlx::query!(
            r#"select id as "id: HostId", name, user_id as "user_id: UserId", connected as "connected: bool",
                      since as "since: Timestamp", version, instance as "instance: InstanceId", local as "local: bool",
                      grace_until as "grace_until: Timestamp"
               from hosts where ($1 is null or id = $1) order by n"#,
            id,
        )
        .fetch_all(self.conn())
        .await?;
        Ok(rows
            .into_iter()
            .map(|row| HostRow {
                host: Host {
                    id: row.id,
                    name: row.name,
                    user_id: row.user_id,
                    connected: row.connected,
                    since: row.since,
                    version: row.version,
                },
                instance: row.instance,
                local: row.local,
                grace_until: row.grace_until,
            })
            .collect())
    }

    /// Whether an agent is alive at the server's own host, as far as is known.
    pub async fn has_open_agents(&mut self) -> Result<bool> {
        let open = sqlx::query_scalar!(
            "select count(*) from agent_sessions a join hosts h on h.id = a.host_id
             where h.local = 1 and h.connected = 1 and a.open_instance = h.instance",
        );
        Ok(open.fetch_one(self.conn()).await? > 0)
    }

    /// Hosts that stayed away past their grace.
    pub async fn hosts_gone(&mut self, now: Timestamp) -> Result<Vec<HostId>> {
        let gone = sqlx::query_scalar!(
            r#"select id as "id: HostId" from hosts where grace_until <= $1 and connected = 0"#,
            now,
        );
        Ok(gone.fetch_all(self.conn()).await?)
    }

    /// What can be started, by name, each with its cursor: at hosts of this user and at the server's own; `all`: at every
    /// host. Those that come after `after`, at most `limit`.
    pub async fn agents(
        &mut self,
        user: Option<UserId>,
        all: bool,
        after: Option<i64>,
        limit: i64,
    ) -> Result<Vec<(i64, Agent)>> {
        let rows = sqlx::query!(
            r#"select agents.n, agents.id as "id: AgentId", agents.name, agents.kind, agents.host_id as "host_id: HostId", agents.description,
                      agents.capabilities as "capabilities: Json<Vec<String>>", agents.status as "status: AgentState", agents.current_task,
                      agents.display as "display: Json<Value>", agents.updated_at as "updated_at: Timestamp",
                      agents.metadata as "metadata: Json<Value>", h.connected as "connected: bool"
               from agents join hosts h on h.id = agents.host_id
               where agents.offered = 1 and ($2 or h.local = 1 or h.user_id = $1)
                 and ($3 is null or (agents.name, agents.n) > (select last.name, last.n from agents last where last.n = $3))
               order by agents.name, agents.n limit $4"#,
            user,
            all,
            after,
            limit,
        )
        .fetch_all(self.conn())
        .await?;
        Ok(rows
            .into_iter()
            .map(|row| {
                let agent = Agent {
                    id: row.id,
                    name: row.name,
                    kind: row.kind,
                    host_id: row.host_id,
                    description: row.description,
                    capabilities: row.capabilities.0,
                    status: if row.connected { row.status } else { AgentState::Stopped },
                    current_task: row.current_task,
                    display: row.display.0,
                    updated_at: row.updated_at,
                    metadata: row.metadata.0,
                };
                (row.n, agent)
            })
            .collect())
    }

    /// The folders of an agent that a host offers now.
    ///
    /// # Errors
    /// `AGENT_UNAVAILABLE` when it offers none of that name.
    pub async fn agent_folders(&mut self, host: HostId, name: &str) -> Result<Vec<String>> {
        let folders = sqlx::query_scalar!(
            r#"select folders as "folders: Json<Vec<String>>" from agents where host_id = $1 and name = $2 and offered = 1"#,
            host,
            name,
        );
        let folders = folders.fetch_optional(self.conn()).await?;
        Ok(folders.ok_or(Code::AgentUnavailable)?.0)
    }
}
