//! Hosts, and the runs of the server.

use super::{Reads, Tx};
use crate::{
    domain::{Host, HostId, InstanceId, Timestamp, UserId},
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

/// A host as it is stored.
struct Row {
    id: HostId,
    name: String,
    user_id: Option<UserId>,
    connected: bool,
    since: Timestamp,
    version: String,
    instance: InstanceId,
    local: bool,
    grace_until: Option<Timestamp>,
}

impl Row {
    fn host(self) -> HostRow {
        HostRow {
            host: Host {
                id: self.id,
                name: self.name,
                user_id: self.user_id,
                connected: self.connected,
                since: self.since,
                version: self.version,
            },
            instance: self.instance,
            local: self.local,
            grace_until: self.grace_until,
        }
    }
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
        let row = sqlx::query_as!(
            Row,
            r#"select id as "id: HostId", name, user_id as "user_id: UserId", connected as "connected: bool",
                      since as "since: Timestamp", version, instance as "instance: InstanceId", local as "local: bool",
                      grace_until as "grace_until: Timestamp"
               from hosts where id = $1"#,
            id,
        );
        Ok(row.fetch_optional(self.conn()).await?.ok_or(Code::NotFound)?.host())
    }

    /// The hosts that a user knows of, oldest first: their own and the server's, where somebody granted them something, and
    /// where a session runs that they take part in.
    pub async fn hosts_known_to(&mut self, user: UserId) -> Result<Vec<HostRow>> {
        let known = sqlx::query_scalar!(
            r#"select id as "id: HostId" from hosts where local = 1 or user_id = $1
               union select host_id from host_grants where user_id = $1
               union select g.host_id from participants p join sessions s on s.id = p.session_id
                   join agent_sessions g on g.id = s.agent_session_id
                   where p.user_id = $1 and p.left_at is null"#,
            user,
        )
        .fetch_all(self.conn())
        .await?;
        let mut hosts = self.hosts().await?;
        hosts.retain(|row| known.contains(&row.host.id));
        Ok(hosts)
    }

    /// Every host, oldest first.
    pub async fn hosts(&mut self) -> Result<Vec<HostRow>> {
        let rows = sqlx::query_as!(
            Row,
            r#"select id as "id: HostId", name, user_id as "user_id: UserId", connected as "connected: bool",
                      since as "since: Timestamp", version, instance as "instance: InstanceId", local as "local: bool",
                      grace_until as "grace_until: Timestamp"
               from hosts order by n"#,
        );
        Ok(rows.fetch_all(self.conn()).await?.into_iter().map(Row::host).collect())
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
}
