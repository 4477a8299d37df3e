//! Carrying approved prompts to their agents.

use super::{Reads, Tx, codec::Json, unit::Notice};
use crate::{
    domain::{
        Actor, AgentSessionId, ApprovalId, Dispatch, DispatchId, DispatchState, HostId, InstanceId,
        ParticipantId, SessionId, Timestamp, UserId,
    },
    error::{Code, Result},
};

/// A dispatch with what only the server needs to know of it.
#[derive(Debug, Clone)]
pub struct DispatchRow {
    /// What everybody may see.
    pub dispatch: Dispatch,
    /// The host process it was claimed for.
    pub host_instance: Option<InstanceId>,
    /// How often it was claimed.
    pub leases: i64,
    /// When somebody asked to stop it.
    pub cancel_requested_at: Option<Timestamp>,
    /// When its turn is cancelled.
    pub deadline_at: Option<Timestamp>,
}

impl Tx {
    /// Adds a dispatch; the dispatcher is woken after COMMIT.
    pub async fn insert_dispatch(&mut self, new: &Dispatch) -> Result<()> {
        sqlx::query!(
            "insert into dispatches (id, approval_id, session_id, agent_session_id, state, queued_at, retry_of)
             values ($1, $2, $3, $4, $5, $6, $7)",
            new.id,
            new.approval_id,
            new.shared_session_id,
            new.agent_session_id,
            new.state,
            new.queued_at,
            new.retry_of,
        )
        .execute(self.conn())
        .await?;
        self.notify(Notice::Dispatch);
        Ok(())
    }

    /// Stores a step of the state machine; false if the row is not in the state `from` any more.
    pub async fn move_dispatch(&mut self, it: &Dispatch, from: DispatchState) -> Result<bool> {
        let done = sqlx::query!(
            "update dispatches set state = $2, sent_at = $3, started_at = $4, ended_at = $5, stop_reason = $6, error = $7
             where id = $1 and state = $8",
            it.id,
            it.state,
            it.sent_at,
            it.started_at,
            it.ended_at,
            it.stop_reason,
            it.error,
            from,
        );
        let moved = done.execute(self.conn()).await?.rows_affected() == 1;
        if moved && !it.state.is_in_flight() {
            self.notify(Notice::Dispatch);
        }
        Ok(moved)
    }

    /// Notes for which host process a dispatch was claimed.
    pub async fn lease_dispatch(&mut self, id: DispatchId, instance: InstanceId) -> Result<()> {
        let now = self.now();
        sqlx::query!(
            "update dispatches set host_instance = $2, leased_at = $3, leases = leases + 1 where id = $1",
            id,
            instance,
            now,
        )
        .execute(self.conn())
        .await?;
        Ok(())
    }

    /// Takes a claim back that came to nothing for no fault of the dispatch.
    pub async fn forgive_lease(&mut self, id: DispatchId) -> Result<()> {
        sqlx::query!("update dispatches set leases = max(leases - 1, 0) where id = $1", id)
            .execute(self.conn())
            .await?;
        Ok(())
    }

    /// Notes what is about to be sent, and until when the turn may run.
    pub async fn seal_dispatch(
        &mut self,
        id: DispatchId,
        digest: &str,
        deadline: Timestamp,
    ) -> Result<()> {
        sqlx::query!(
            "update dispatches set sent_digest = $2, deadline_at = $3 where id = $1",
            id,
            digest,
            deadline,
        )
        .execute(self.conn())
        .await?;
        self.notify(Notice::Deadline(deadline));
        Ok(())
    }

    /// Moves the deadlines of a turn that waited for a person.
    pub async fn set_dispatch_deadline(&mut self, id: DispatchId, at: Timestamp) -> Result<()> {
        sqlx::query!("update dispatches set deadline_at = $2 where id = $1", id, at)
            .execute(self.conn())
            .await?;
        self.notify(Notice::Deadline(at));
        Ok(())
    }

    /// Notes that somebody asked to stop it; the server itself, where that is nobody.
    pub async fn request_cancel(&mut self, id: DispatchId, by: Option<Actor>) -> Result<()> {
        let (now, by) = (self.now(), by.map(|by| by.to_string()));
        sqlx::query!(
            "update dispatches set cancel_requested_at = $2, cancel_requested_by = $3
             where id = $1 and cancel_requested_at is null",
            id,
            now,
            by,
        )
        .execute(self.conn())
        .await?;
        self.notify(Notice::Dispatch);
        Ok(())
    }
}

impl Reads {
    /// A dispatch.
    ///
    /// # Errors
    /// `NOT_FOUND`.
    pub async fn dispatch(&mut self, id: DispatchId) -> Result<DispatchRow> {
        Ok(self.dispatches_by_id(&[id]).await?.pop().ok_or(Code::NotFound)?)
    }

    /// Agent sessions whose next dispatch can be claimed now: none in flight, agent well, host connected. Some of them, those
    /// that wait the longest first, each with its cursor.
    pub async fn dispatchable(&mut self, after: i64) -> Result<Vec<(i64, AgentSessionId)>> {
        // While no host is there, as at the start, the queue is not looked at.
        let ready = sqlx::query!(
            r#"select min(d.n) as "n!: i64", d.agent_session_id as "id!: AgentSessionId" from dispatches d
               join agent_sessions a on a.id = d.agent_session_id
               join hosts h on h.id = a.host_id
               where exists (select 1 from hosts where connected = 1)
                 and d.state = 'queued' and a.life = 'active' and a.problem is null and h.connected = 1
                 and not exists (select 1 from dispatches f where f.agent_session_id = d.agent_session_id
                                 and f.state in ('leased', 'sending', 'running'))
               group by d.agent_session_id having min(d.n) > $1 order by min(d.n) limit 100"#,
            after,
        );
        Ok(ready.fetch_all(self.conn()).await?.into_iter().map(|row| (row.n, row.id)).collect())
    }

    /// The first dispatch in the queue of an active agent session, unless one is in flight.
    pub async fn next_dispatch(
        &mut self,
        agent_session: AgentSessionId,
    ) -> Result<Option<DispatchRow>> {
        let id = sqlx::query_scalar!(
            r#"select id as "id: DispatchId" from dispatches d where agent_session_id = $1 and state = 'queued'
                 and exists (select 1 from agent_sessions a where a.id = d.agent_session_id and a.life = 'active')
                 and not exists (select 1 from dispatches f where f.agent_session_id = d.agent_session_id
                                 and f.state in ('leased', 'sending', 'running'))
               order by n limit 1"#,
            agent_session,
        )
        .fetch_optional(self.conn())
        .await?;
        match id {
            Some(id) => self.dispatch(id).await.map(Some),
            None => Ok(None),
        }
    }

    /// The dispatch that an agent session is working on.
    pub async fn dispatch_in_flight(
        &mut self,
        agent_session: AgentSessionId,
    ) -> Result<Option<DispatchRow>> {
        let id = sqlx::query_scalar!(
            r#"select id as "id: DispatchId" from dispatches
               where agent_session_id = $1 and state in ('leased', 'sending', 'running')"#,
            agent_session,
        )
        .fetch_optional(self.conn())
        .await?;
        match id {
            Some(id) => self.dispatch(id).await.map(Some),
            None => Ok(None),
        }
    }

    /// Everything in flight, or in flight at one host, oldest first.
    pub async fn dispatches_in_flight(&mut self, host: Option<HostId>) -> Result<Vec<DispatchRow>> {
        // The sign keeps the planner from walking through all dispatches just to have them in order.
        let ids = sqlx::query_scalar!(
            r#"select d.id as "id: DispatchId" from dispatches d join agent_sessions a on a.id = d.agent_session_id
               where d.state in ('leased', 'sending', 'running') and ($1 is null or a.host_id = $1) order by +d.n"#,
            host,
        )
        .fetch_all(self.conn())
        .await?;
        self.dispatches_by_id(&ids).await
    }

    /// What of a session is queued or in flight, oldest first.
    pub async fn open_dispatches(&mut self, session: SessionId) -> Result<Vec<DispatchRow>> {
        let ids = sqlx::query_scalar!(
            r#"select id as "id: DispatchId" from dispatches
               where session_id = $1 and state in ('queued', 'leased', 'sending', 'running') order by n"#,
            session,
        )
        .fetch_all(self.conn())
        .await?;
        self.dispatches_by_id(&ids).await
    }

    /// Turns whose time is up and that do not wait for a person.
    pub async fn turns_due(&mut self, now: Timestamp) -> Result<Vec<DispatchId>> {
        let ids = sqlx::query_scalar!(
            r#"select d.id as "id: DispatchId" from dispatches d join agent_sessions a on a.id = d.agent_session_id
               where d.state in ('sending', 'running') and d.deadline_at <= $1 and a.waiting_since is null
                 and d.cancel_requested_at is null limit 100"#,
            now,
        );
        Ok(ids.fetch_all(self.conn()).await?)
    }

    /// The dispatch that tries an unknown one again.
    pub async fn retry_of(&mut self, id: DispatchId) -> Result<Option<DispatchId>> {
        let retry = sqlx::query_scalar!(
            r#"select id as "id: DispatchId" from dispatches where retry_of = $1"#,
            id,
        );
        Ok(retry.fetch_optional(self.conn()).await?)
    }

    /// The next moment after `now` at which something ends by itself.
    pub async fn next_deadline(&mut self, now: Timestamp) -> Result<Option<Timestamp>> {
        let next = sqlx::query_scalar!(
            r#"select min(at) as "at?: Timestamp" from (
                   select min(expires_at) as at from sessions where status = 'active' and expires_at > $1
                   union all select min(expires_at) from approvals where status = 'pending' and expires_at > $1
                   union all select min(deadline_at) from dispatches where state in ('sending', 'running') and deadline_at > $1
                   union all select min(idle_until) from agent_sessions where idle_until > $1
                   union all select min(grace_until) from hosts where grace_until > $1)"#,
            now,
        );
        Ok(next.fetch_one(self.conn()).await?)
    }

    /// Whose outcome nobody knows, of sessions whose host is this user or one of these participants; not yet tried again.
    pub async fn unknown_dispatches(
        &mut self,
        user: Option<UserId>,
        participants: &[ParticipantId],
    ) -> Result<Vec<Dispatch>> {
        let participants = Json(participants);
        let ids = sqlx::query_scalar!(
            r#"select d.id as "id: DispatchId" from participants p
               join dispatches d on d.session_id = p.session_id and d.state = 'unknown'
               where p.role = 'host' and (p.user_id = $1 or p.id in (select value from json_each($2)))
                 and (p.left_at is null or p.left_reason = 'ended')
                 and not exists (select 1 from dispatches later where later.retry_of = d.id)
               order by d.n limit 200"#,
            user,
            participants,
        )
        .fetch_all(self.conn())
        .await?;
        Ok(self.dispatches_by_id(&ids).await?.into_iter().map(|it| it.dispatch).collect())
    }

    /// The dispatches of a session whose outcome nobody knows, oldest first.
    pub async fn unknown_dispatches_of(&mut self, session: SessionId) -> Result<Vec<Dispatch>> {
        let ids = sqlx::query_scalar!(
            r#"select id as "id: DispatchId" from dispatches d where session_id = $1 and state = 'unknown'
               and not exists (select 1 from dispatches later where later.retry_of = d.id) order by n limit 200"#,
            session,
        )
        .fetch_all(self.conn())
        .await?;
        Ok(self.dispatches_by_id(&ids).await?.into_iter().map(|it| it.dispatch).collect())
    }

    /// What became of each of these approvals: the dispatch that counts.
    pub(super) async fn outcomes(&mut self, approvals: &[ApprovalId]) -> Result<Vec<Dispatch>> {
        if approvals.is_empty() {
            return Ok(Vec::new());
        }
        let approvals = Json(approvals);
        let ids = sqlx::query_scalar!(
            r#"select id as "id!: DispatchId" from v_outcomes where approval_id in (select value from json_each($1))"#,
            approvals,
        )
        .fetch_all(self.conn())
        .await?;
        Ok(self.dispatches_by_id(&ids).await?.into_iter().map(|it| it.dispatch).collect())
    }

    pub(super) async fn dispatches_by_id(
        &mut self,
        ids: &[DispatchId],
    ) -> Result<Vec<DispatchRow>> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let ids = Json(ids);
        let rows = sqlx::query!(
            r#"select id as "id: DispatchId", approval_id as "approval_id: ApprovalId",
                      session_id as "session_id: SessionId", agent_session_id as "agent_session_id: AgentSessionId",
                      state as "state: DispatchState", queued_at as "queued_at: Timestamp",
                      sent_at as "sent_at: Timestamp", started_at as "started_at: Timestamp",
                      ended_at as "ended_at: Timestamp", stop_reason, error, retry_of as "retry_of: DispatchId",
                      host_instance as "host_instance: InstanceId", leases,
                      cancel_requested_at as "cancel_requested_at: Timestamp", deadline_at as "deadline_at: Timestamp"
               from dispatches where id in (select value from json_each($1)) order by n"#,
            ids,
        )
        .fetch_all(self.conn())
        .await?;
        Ok(rows
            .into_iter()
            .map(|row| DispatchRow {
                dispatch: Dispatch {
                    id: row.id,
                    approval_id: row.approval_id,
                    shared_session_id: row.session_id,
                    agent_session_id: row.agent_session_id,
                    state: row.state,
                    queued_at: row.queued_at,
                    sent_at: row.sent_at,
                    started_at: row.started_at,
                    ended_at: row.ended_at,
                    stop_reason: row.stop_reason,
                    error: row.error,
                    retry_of: row.retry_of,
                },
                host_instance: row.host_instance,
                leases: row.leases,
                cancel_requested_at: row.cancel_requested_at,
                deadline_at: row.deadline_at,
            })
            .collect())
    }
}
