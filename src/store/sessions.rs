//! Shared sessions.

use super::{PAGE, Reads, Tx, codec::Json, rows, unit::Notice};
use crate::{
    domain::{
        Actor, AgentSessionId, GENESIS, Mode, ParticipantId, Session, SessionId, SessionStatus,
        Timestamp, UserId, UserRef,
    },
    error::{Code, Result},
};

/// Which sessions to list.
#[derive(Debug, Clone, Default)]
pub struct SessionFilter {
    /// Only those in which this user takes part, or did when it ended.
    pub user: Option<UserId>,
    /// Only those in which one of these participants takes part, or did when it ended.
    pub participants: Vec<ParticipantId>,
    /// Whether to list every session, whoever takes part.
    pub all: bool,
    /// Only those with this label.
    pub workspace_id: Option<String>,
    /// Only those that share this agent session.
    pub agent_session: Option<AgentSessionId>,
    /// Only those in this state; a session whose time has passed counts as expired.
    pub status: Option<SessionStatus>,
    /// Only those that came before this one.
    pub before: Option<i64>,
    /// How many at most.
    pub limit: i64,
}

impl Tx {
    /// Adds a session.
    pub async fn insert_session(&mut self, new: &Session) -> Result<()> {
        let genesis = GENESIS.as_slice();
        sqlx::query!(
            "insert into sessions (id, workspace_id, title, host_user_id, agent_session_id, mode, status, created_at,
                                   expires_at, head_chain, floor_chain)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $10)",
            new.id,
            new.workspace_id,
            new.title,
            new.host_user_id,
            new.host_session_id,
            new.mode,
            new.status,
            new.created_at,
            new.expires_at,
            genesis,
        )
        .execute(self.conn())
        .await?;
        Ok(())
    }

    /// Stores what the host changed about a session. What is pending in it lives no longer than it.
    pub async fn update_session(&mut self, it: &Session) -> Result<()> {
        sqlx::query!(
            "update sessions set mode = $2, title = $3, expires_at = $4 where id = $1",
            it.id,
            it.mode,
            it.title,
            it.expires_at,
        )
        .execute(self.conn())
        .await?;
        sqlx::query!(
            "update approvals set expires_at = $2 where session_id = $1 and status = 'pending' and (expires_at is null or expires_at > $2)",
            it.id,
            it.expires_at,
        )
        .execute(self.conn())
        .await?;
        if let Some(at) = it.expires_at {
            self.notify(Notice::Deadline(at));
        }
        Ok(())
    }

    /// Stores who is host of a session; their row says so too.
    pub async fn set_host(&mut self, id: SessionId, host: UserRef) -> Result<()> {
        sqlx::query!("update sessions set host_user_id = $2 where id = $1", id, host)
            .execute(self.conn())
            .await?;
        Ok(())
    }

    /// Ends a session, once nothing in it is pending or queued.
    pub async fn end_session(
        &mut self,
        id: SessionId,
        status: SessionStatus,
        by: Option<Actor>,
    ) -> Result<()> {
        let (now, by) = (self.now(), by.map(|by| by.to_string()));
        sqlx::query!(
            "update sessions set status = $2, closed_at = $3, closed_by = $4 where id = $1",
            id,
            status,
            now,
            by,
        )
        .execute(self.conn())
        .await?;
        sqlx::query!(
            "update participants set left_at = $2, left_reason = 'ended' where session_id = $1 and left_at is null",
            id,
            now,
        )
        .execute(self.conn())
        .await?;
        Ok(())
    }
}

impl Reads {
    /// A session as its row has it; see [`Session::at`].
    ///
    /// # Errors
    /// `SESSION_NOT_FOUND`.
    pub async fn session(&mut self, id: SessionId) -> Result<Session> {
        let mut sessions = self.sessions_by_id(&[id]).await?;
        Ok(sessions.pop().ok_or(Code::SessionNotFound)?.1)
    }

    /// Sessions, newest first, each with its cursor.
    pub async fn sessions(&mut self, filter: &SessionFilter) -> Result<Vec<(i64, Session)>> {
        let (now, before) = (self.now(), filter.before.unwrap_or(i64::MAX));
        let participants = Json(&filter.participants);
        // One way in for each kind of caller, so that each uses its index.
        let ids: Vec<SessionId> = if filter.all {
            sqlx::query_scalar!(
                r#"select id as "id: SessionId" from sessions
                   where n < $1 and ($2 is null or workspace_id = $2) and ($3 is null or agent_session_id = $3)
                     and ($4 is null or case when status = 'active' and expires_at <= $6 then 'expired' else status end = $4)
                   order by n desc limit $5"#,
                before,
                filter.workspace_id,
                filter.agent_session,
                filter.status,
                filter.limit,
                now,
            )
            .fetch_all(self.conn())
            .await?
        } else {
            sqlx::query_scalar!(
                r#"select id as "id: SessionId" from sessions
                   where n in (select s.n from participants p join sessions s on s.id = p.session_id
                               where p.user_id = $7 and (p.left_at is null or p.left_reason = 'ended')
                               union
                               select s.n from json_each($8) j join participants p on p.id = j.value
                               join sessions s on s.id = p.session_id
                               where p.left_at is null or p.left_reason = 'ended')
                     and n < $1 and ($2 is null or workspace_id = $2) and ($3 is null or agent_session_id = $3)
                     and ($4 is null or case when status = 'active' and expires_at <= $6 then 'expired' else status end = $4)
                   order by n desc limit $5"#,
                before,
                filter.workspace_id,
                filter.agent_session,
                filter.status,
                filter.limit,
                now,
                filter.user,
                participants,
            )
            .fetch_all(self.conn())
            .await?
        };
        self.sessions_by_id(&ids).await
    }

    async fn sessions_by_id(&mut self, ids: &[SessionId]) -> Result<Vec<(i64, Session)>> {
        let ids = Json(ids);
        let rows = sqlx::query!(
            r#"select n, id as "id: SessionId", workspace_id, title, host_user_id,
                      agent_session_id as "agent_session_id: AgentSessionId", mode as "mode: Mode",
                      status as "status: SessionStatus", created_at as "created_at: Timestamp",
                      expires_at as "expires_at: Timestamp", closed_at as "closed_at: Timestamp", last_seq
               from sessions where id in (select value from json_each($1)) order by n desc"#,
            ids,
        )
        .fetch_all(self.conn())
        .await?;
        Ok(rows
            .into_iter()
            .map(|row| {
                let last_seq = self.last_seq(row.id, row.last_seq);
                (row.n, rows::session!(row, last_seq))
            })
            .collect())
    }

    /// The session that shares an agent session now, else the newest that did.
    pub async fn session_of_agent(&mut self, id: AgentSessionId) -> Result<Option<SessionId>> {
        let found = sqlx::query_scalar!(
            r#"select id as "id: SessionId" from sessions where agent_session_id = $1
               order by (status = 'active') desc, n desc limit 1"#,
            id,
        );
        Ok(found.fetch_optional(self.conn()).await?)
    }

    /// The sessions that share or shared an agent session, oldest first, from one of them on. So many of them that
    /// they hold more events than anybody is given at once: each has at least two.
    pub async fn sessions_of_agent(
        &mut self,
        id: AgentSessionId,
        from: Option<SessionId>,
    ) -> Result<Vec<SessionId>> {
        let found = sqlx::query_scalar!(
            r#"select id as "id: SessionId" from sessions
               where agent_session_id = $1 and n >= coalesce((select n from sessions where id = $2), 0)
               order by n limit $3"#,
            id,
            from,
            PAGE,
        );
        Ok(found.fetch_all(self.conn()).await?)
    }

    /// Active sessions whose time has passed.
    pub async fn sessions_due(&mut self, now: Timestamp) -> Result<Vec<SessionId>> {
        let due = sqlx::query_scalar!(
            r#"select id as "id: SessionId" from sessions where status = 'active' and expires_at <= $1 order by expires_at limit 100"#,
            now,
        );
        Ok(due.fetch_all(self.conn()).await?)
    }
}
