//! The lives of agent sessions, and whose agents are to be closed.

use super::{Reads, Tx, codec::Json, unit::Notice};
use crate::{
    domain::{
        AgentSessionId, DispatchId, HostId, InstanceId, Life, LifeChange, LifeTimes, Timestamp,
    },
    error::Result,
    store::DispatchRow,
};

/// An agent that is alive and must not be any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Closable {
    /// Whose agent.
    pub id: AgentSessionId,
    /// Where.
    pub host: HostId,
    /// In which process.
    pub instance: InstanceId,
    /// Whether its agent session is over; else it was idle for too long.
    pub is_over: bool,
    /// Since when it was idle for too long.
    pub idle_until: Option<Timestamp>,
}

impl Tx {
    /// Stores how the life of an agent session goes on, and who wanted it.
    pub async fn set_life(
        &mut self,
        id: AgentSessionId,
        life: Life,
        completing: bool,
        change: Option<&LifeChange>,
        times: LifeTimes,
    ) -> Result<()> {
        let now = self.now();
        let (by, channel) = (change.and_then(|it| it.by.as_deref()), change.map(|it| it.channel));
        let (reason, at) = (change.and_then(|it| it.reason.as_deref()), change.map(|it| it.at));
        sqlx::query!(
            "update agent_sessions set life = $2, completing = $3, life_by = $4, life_channel = $5, life_reason = $6,
                life_at = $7, paused_at = $8, paused_ms = $9, ended_at = $10, last_activity_at = $11
             where id = $1",
            id,
            life,
            completing,
            by,
            channel,
            reason,
            at,
            times.paused_at,
            times.paused_ms,
            times.ended_at,
            now,
        )
        .execute(self.conn())
        .await?;
        self.notify(Notice::Dispatch);
        Ok(())
    }

    /// Stores when an idle agent is closed; nothing: it is not idle, or may be so for ever.
    pub async fn set_idle_until(
        &mut self,
        id: AgentSessionId,
        until: Option<Timestamp>,
    ) -> Result<()> {
        sqlx::query!("update agent_sessions set idle_until = $2 where id = $1", id, until)
            .execute(self.conn())
            .await?;
        if let Some(at) = until {
            self.notify(Notice::Deadline(at));
        }
        Ok(())
    }

    /// Stores that an agent was closed, unless it was opened again meanwhile.
    pub async fn agent_put_away(&mut self, it: Closable) -> Result<()> {
        sqlx::query!(
            "update agent_sessions set open_instance = null, idle_until = null
             where id = $1 and open_instance = $2 and (life in ('completed', 'aborted') or idle_until is $3)",
            it.id,
            it.instance,
            it.idle_until,
        )
        .execute(self.conn())
        .await?;
        Ok(())
    }

    /// Stores that an agent which counted as idle for too long has something to do after all: its time begins anew.
    pub async fn idle_anew(&mut self, it: Closable) -> Result<()> {
        let row = self.agent_session(it.id).await?;
        if row.idle_until != it.idle_until {
            return Ok(()); // It began anew already.
        }
        let now = self.now();
        self.set_idle_until(it.id, row.idle_timeout.map(|time| now.plus(time))).await
    }

    /// Stores which agents are alive in a process of a host, as it says itself.
    pub async fn agents_are_alive(
        &mut self,
        host: HostId,
        instance: InstanceId,
        ids: &[AgentSessionId],
    ) -> Result<()> {
        let ids = Json(ids);
        sqlx::query!(
            "update agent_sessions set open_instance = $2
             where id in (select value from json_each($3)) and host_id = $1 and open_instance is null",
            host,
            instance,
            ids,
        )
        .execute(self.conn())
        .await?;
        Ok(())
    }
}

impl Reads {
    /// What waits in the queue of an agent session, oldest first.
    pub async fn queued(&mut self, id: AgentSessionId) -> Result<Vec<DispatchRow>> {
        let ids = sqlx::query_scalar!(
            r#"select id as "id: DispatchId" from dispatches where agent_session_id = $1 and state = 'queued' order by n"#,
            id,
        )
        .fetch_all(self.conn())
        .await?;
        self.dispatches_by_id(&ids).await
    }

    /// Agents at connected hosts that must end at `now`: their agent session is over, or they were idle for as long as
    /// their settings say and nothing is queued for them. Of each host the first `most`, those that wait the longest first;
    /// `but` are left out.
    pub async fn closable(
        &mut self,
        now: Timestamp,
        but: &[AgentSessionId],
        most: usize,
    ) -> Result<Vec<Closable>> {
        let (but, most) = (Json(but), i64::try_from(most).unwrap_or(i64::MAX));
        let rows = sqlx::query!(
            r#"select id as "id: AgentSessionId", host_id as "host: HostId", open_instance as "instance!: InstanceId",
                      life as "life: Life", idle_until as "idle_until: Timestamp"
               from (select a.id, a.host_id, a.open_instance, a.life, a.idle_until, row_number() over (
                         partition by a.host_id order by coalesce(a.ended_at, a.idle_until), a.n) as place
                     from hosts h join agent_sessions a on a.host_id = h.id and a.open_instance is not null
                     where h.connected = 1 and a.open_instance = h.instance
                       and a.id not in (select value from json_each($2))
                       and (a.life in ('completed', 'aborted') or a.idle_until <= $1 and not exists (
                           select 1 from dispatches d where d.agent_session_id = a.id and d.state = 'queued') and not exists (
                           select 1 from dispatches d where d.agent_session_id = a.id
                             and d.state in ('leased', 'sending', 'running'))))
               where place <= $3 order by place"#,
            now,
            but,
            most,
        )
        .fetch_all(self.conn())
        .await?;
        let closable = |id, host, instance, life: Life, idle_until| {
            let is_over = life.is_over();
            Closable { id, host, instance, is_over, idle_until }
        };
        Ok(rows
            .into_iter()
            .map(|it| closable(it.id, it.host, it.instance, it.life, it.idle_until))
            .collect())
    }

    /// Whether an agent was idle for too long at `now`.
    pub async fn has_idle(&mut self, now: Timestamp) -> Result<bool> {
        let idle = sqlx::query_scalar!(
            "select n from agent_sessions where idle_until <= $1 limit 1",
            now,
        );
        Ok(idle.fetch_optional(self.conn()).await?.is_some())
    }
}
