//! What agents say: up to where it is stored, and what waits for somebody to share it.

use serde_json::value::RawValue;

use super::{Reads, Tx};
use crate::{
    domain::{AgentSessionId, HostId, InstanceId},
    error::{Code, Error, Result},
};

/// Up to where the updates of an agent session are stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UpdateCursor {
    /// The host process that numbered them.
    pub instance: Option<InstanceId>,
    /// The number of the newest.
    pub last: i64,
}

impl Tx {
    /// Moves the cursor of stored updates.
    pub async fn set_update_cursor(
        &mut self,
        id: AgentSessionId,
        instance: InstanceId,
        last: i64,
    ) -> Result<()> {
        let now = self.now();
        sqlx::query!(
            "update agent_sessions set update_instance = $2, last_update = $3, last_activity_at = $4 where id = $1",
            id,
            instance,
            last,
            now,
        )
        .execute(self.conn())
        .await?;
        Ok(())
    }

    /// Keeps what an agent said while nobody shares it.
    pub async fn keep_update(&mut self, id: AgentSessionId, update: &RawValue) -> Result<()> {
        let payload = update.get();
        sqlx::query!(
            "insert into unshared_updates (agent_session_id, payload) values ($1, $2)",
            id,
            payload,
        )
        .execute(self.conn())
        .await?;
        Ok(())
    }

    /// Takes what an agent said while nobody shared it, oldest first.
    pub async fn take_kept_updates(&mut self, id: AgentSessionId) -> Result<Vec<Box<RawValue>>> {
        let rows = sqlx::query_scalar!(
            "select payload from unshared_updates where agent_session_id = $1 order by n",
            id,
        )
        .fetch_all(self.conn())
        .await?;
        sqlx::query!("delete from unshared_updates where agent_session_id = $1", id)
            .execute(self.conn())
            .await?;
        rows.into_iter().map(|text| RawValue::from_string(text).map_err(Error::internal)).collect()
    }
}

impl Reads {
    /// Up to where the updates of an agent session are stored.
    ///
    /// # Errors
    /// `HOST_SESSION_NOT_FOUND`, also when it is at another host.
    pub async fn update_cursor(
        &mut self,
        id: AgentSessionId,
        host: HostId,
    ) -> Result<UpdateCursor> {
        let cursor = sqlx::query_as!(
            UpdateCursor,
            r#"select update_instance as "instance: InstanceId", last_update as last from agent_sessions
               where id = $1 and host_id = $2"#,
            id,
            host,
        );
        Ok(cursor.fetch_optional(self.conn()).await?.ok_or(Code::HostSessionNotFound)?)
    }
}
