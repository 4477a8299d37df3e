//! Tools of registered agents, and what owners of hosts allow others there.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Reads, Tx, codec::Json};
use crate::{
    domain::{AgentId, HostGrant, HostId, Timestamp, Tool, UserId},
    error::{Code, Result},
};

/// What is kept of a tool as one value.
#[derive(Debug, Serialize, Deserialize)]
struct About {
    #[serde(default)]
    description: String,
    #[serde(default)]
    parameters: Value,
}

impl Tx {
    /// Stores a tool of an agent; one of that name is changed.
    pub async fn put_tool(&mut self, agent: AgentId, tool: &Tool) -> Result<()> {
        let (now, timeout) = (self.now(), i64::try_from(tool.timeout_ms).unwrap_or(i64::MAX));
        let (description, parameters) = (tool.description.clone(), tool.parameters.clone());
        let about = Json(About { description, parameters });
        sqlx::query!(
            "insert into tools (agent_id, name, about, timeout_ms, created_at) values ($1, $2, $3, $4, $5)
             on conflict (agent_id, name) do update set about = $3, timeout_ms = $4",
            agent,
            tool.name,
            about,
            timeout,
            now,
        )
        .execute(self.conn())
        .await?;
        Ok(())
    }

    /// Removes a tool of an agent, if it has it.
    pub async fn remove_tool(&mut self, agent: AgentId, name: &str) -> Result<()> {
        sqlx::query!("delete from tools where agent_id = $1 and name = $2", agent, name)
            .execute(self.conn())
            .await?;
        Ok(())
    }

    /// Stores what the owner of a host allows somebody there; nothing of both: it is taken back.
    pub async fn put_grant(&mut self, it: &HostGrant) -> Result<()> {
        if !it.can_decide && !it.can_call_tools {
            sqlx::query!(
                "delete from host_grants where host_id = $1 and user_id = $2",
                it.host_id,
                it.user_id,
            )
            .execute(self.conn())
            .await?;
            return Ok(());
        }
        sqlx::query!(
            "insert into host_grants (host_id, user_id, can_decide, can_call_tools, granted_at) values ($1, $2, $3, $4, $5)
             on conflict (host_id, user_id) do update set can_decide = $3, can_call_tools = $4, granted_at = $5",
            it.host_id,
            it.user_id,
            it.can_decide,
            it.can_call_tools,
            it.granted_at,
        )
        .execute(self.conn())
        .await?;
        Ok(())
    }
}

impl Reads {
    /// The tools of an agent, by name.
    pub async fn tools(&mut self, agent: AgentId) -> Result<Vec<Tool>> {
        let rows = sqlx::query!(
            r#"select name, about as "about: Json<About>", timeout_ms from tools where agent_id = $1 order by name"#,
            agent,
        )
        .fetch_all(self.conn())
        .await?;
        let tools = rows.into_iter().map(|row| Tool {
            name: row.name,
            description: row.about.0.description,
            parameters: row.about.0.parameters,
            timeout_ms: row.timeout_ms.unsigned_abs(),
        });
        Ok(tools.collect())
    }

    /// A tool of an agent.
    ///
    /// # Errors
    /// `NOT_FOUND`.
    pub async fn tool(&mut self, agent: AgentId, name: &str) -> Result<Tool> {
        let tools = self.tools(agent).await?;
        Ok(tools.into_iter().find(|tool| tool.name == name).ok_or(Code::NotFound)?)
    }

    /// What the owner of a host allows others there.
    pub async fn grants(&mut self, host: HostId) -> Result<Vec<HostGrant>> {
        let rows = sqlx::query!(
            r#"select g.host_id as "host_id: HostId", g.user_id as "user_id: UserId", u.name,
                      g.can_decide as "can_decide: bool", g.can_call_tools as "can_call_tools: bool",
                      g.granted_at as "granted_at: Timestamp"
               from host_grants g join users u on u.id = g.user_id where g.host_id = $1 order by g.user_id"#,
            host,
        )
        .fetch_all(self.conn())
        .await?;
        let grants = rows.into_iter().map(|row| HostGrant {
            host_id: row.host_id,
            user_id: row.user_id,
            name: row.name,
            can_decide: row.can_decide,
            can_call_tools: row.can_call_tools,
            granted_at: row.granted_at,
        });
        Ok(grants.collect())
    }

    /// What somebody may do at a host that is not theirs: decide, and call tools; nothing where they were granted nothing.
    pub async fn grant(&mut self, host: HostId, user: UserId) -> Result<Option<(bool, bool)>> {
        let row = sqlx::query!(
            r#"select can_decide as "can_decide: bool", can_call_tools as "can_call_tools: bool"
               from host_grants where host_id = $1 and user_id = $2"#,
            host,
            user,
        );
        let row = row.fetch_optional(self.conn()).await?;
        Ok(row.map(|row| (row.can_decide, row.can_call_tools)))
    }

    /// Whether somebody takes part in a session whose agent runs at this host.
    pub async fn shares_with(&mut self, host: HostId, user: UserId) -> Result<bool> {
        let count = sqlx::query_scalar!(
            "select count(*) from participants p join sessions s on s.id = p.session_id
                 join agent_sessions g on g.id = s.agent_session_id
             where p.user_id = $2 and p.left_at is null and g.host_id = $1",
            host,
            user,
        );
        Ok(count.fetch_one(self.conn()).await? > 0)
    }
}
