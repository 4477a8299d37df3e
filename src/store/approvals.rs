//! Requests for a human decision.

use super::{Reads, Tx, codec::Json, unit::Notice};
use crate::{
    domain::{
        AgentSessionId, Approval, ApprovalId, ApprovalKind, ApprovalStatus, DispatchId, HostId,
        InstanceId, ParticipantId, RequestId, SessionId, Suggestion, SuggestionId, Timestamp,
        UserId,
    },
    error::{Code, Error, Result},
};

/// An approval that is made, with what only the server needs to know of it.
#[derive(Debug, Clone)]
pub struct NewApproval<'a> {
    /// What is asked.
    pub approval: &'a Approval,
    /// The host process that waits for the answer.
    pub waiting: Option<Waiting>,
    /// The turn in which an agent asks.
    pub dispatch: Option<DispatchId>,
    /// The agent's id of the tool call it is about.
    pub tool_call: Option<&'a str>,
}

/// A host process that waits for an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Waiting {
    /// Which host.
    pub host: HostId,
    /// Which process of it.
    pub instance: InstanceId,
}

/// Which approvals of a session to list.
#[derive(Debug, Clone, Copy, Default)]
pub struct ApprovalFilter {
    /// Only those in this state.
    pub status: Option<ApprovalStatus>,
    /// Only those of this kind.
    pub kind: Option<ApprovalKind>,
    /// Only those that came before this one.
    pub before: Option<i64>,
    /// How many at most.
    pub limit: i64,
}

impl Tx {
    /// Adds an approval.
    pub async fn insert_approval(&mut self, new: NewApproval<'_>) -> Result<()> {
        let it = new.approval;
        let (host, instance) = (new.waiting.map(|it| it.host), new.waiting.map(|it| it.instance));
        let (details, options) = (Json(&it.details), Json(&it.options));
        let decided_digest = it.decided_digest();
        sqlx::query!(
            "insert into approvals (id, kind, session_id, agent_session_id, participant_id, agent_id, host_id,
                host_instance, request_id, dispatch_id, tool_call_id, asked_before, action, prompt, details, options,
                shown_digest, status, created_at, expires_at, decided_digest, resolved_at, resolved_by_participant_id,
                resolved_by_user_id)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11,
                (select max(id) from approvals where agent_session_id = $4 and tool_call_id = $11
                    and (status = 'expired' or status <> 'pending' and delivered_at is null)),
                $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23)",
            it.id,
            it.kind,
            it.shared_session_id,
            it.agent_session_id,
            it.participant_id,
            it.agent_id,
            host,
            instance,
            it.request_id,
            new.dispatch,
            new.tool_call,
            it.action,
            it.prompt,
            details,
            options,
            it.digest,
            it.status,
            it.created_at,
            it.expires_at,
            decided_digest,
            it.resolved_at,
            it.resolved_by_participant_id,
            it.resolved_by_user_id,
        )
        .execute(self.conn())
        .await?;
        if let Some(at) = it.expires_at {
            self.notify(Notice::Deadline(at));
        }
        Ok(())
    }

    /// Stores how a pending approval ended; whoever waits for it is told after COMMIT.
    ///
    /// # Errors
    /// `APPROVAL_ALREADY_RESOLVED` when it is not pending any more.
    pub async fn resolve_approval(&mut self, it: &Approval) -> Result<()> {
        let (answer, decided_digest) = (it.answer.as_ref().map(Json), it.decided_digest());
        let done = sqlx::query!(
            "update approvals set status = $2, resolved_at = $3, resolved_by_participant_id = $4, resolved_by_user_id = $5,
                option_id = $6, edited_prompt = $7, answer = $8, reason = $9, decided_digest = $10
             where id = $1 and status = 'pending'",
            it.id,
            it.status,
            it.resolved_at,
            it.resolved_by_participant_id,
            it.resolved_by_user_id,
            it.option_id,
            it.edited_prompt,
            answer,
            it.reason,
            decided_digest,
        )
        .execute(self.conn())
        .await?;
        if done.rows_affected() == 0 {
            return Err(Error::new(Code::ApprovalAlreadyResolved));
        }
        self.notify(Notice::Resolved(it.id));
        Ok(())
    }

    /// Stores until when a pending approval waits.
    pub async fn extend_approval(&mut self, it: &Approval) -> Result<()> {
        sqlx::query!(
            "update approvals set expires_at = $2 where id = $1 and status = 'pending'",
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

    /// Adds what somebody says about an approval; what they said before goes.
    pub async fn put_suggestion(&mut self, approval: ApprovalId, new: &Suggestion) -> Result<()> {
        sqlx::query!(
            "delete from suggestions where approval_id = $1 and participant_id = $2",
            approval,
            new.participant_id,
        )
        .execute(self.conn())
        .await?;
        let id = SuggestionId::new();
        sqlx::query!(
            "insert into suggestions (id, approval_id, participant_id, action, note, at) values ($1, $2, $3, $4, $5, $6)",
            id,
            approval,
            new.participant_id,
            new.action,
            new.note,
            new.at,
        )
        .execute(self.conn())
        .await?;
        Ok(())
    }

    /// Notes that a decision reached whoever waited for it.
    pub async fn mark_delivered(&mut self, request: RequestId) -> Result<()> {
        let now = self.now();
        sqlx::query!(
            "update approvals set delivered_at = $2 where request_id = $1 and delivered_at is null and status <> 'pending'",
            request,
            now,
        )
        .execute(self.conn())
        .await?;
        Ok(())
    }
}

impl Reads {
    /// An approval, as it is shown.
    ///
    /// # Errors
    /// `APPROVAL_NOT_FOUND`.
    pub async fn approval(&mut self, id: ApprovalId) -> Result<Approval> {
        let mut found = self.approvals_by_id(&[id]).await?;
        Ok(found.pop().ok_or(Code::ApprovalNotFound)?.1)
    }

    /// The approval that a request of an agent became.
    pub async fn approval_of_request(&mut self, request: RequestId) -> Result<Option<Approval>> {
        let id = sqlx::query_scalar!(
            r#"select id as "id: ApprovalId" from approvals where request_id = $1"#,
            request,
        )
        .fetch_optional(self.conn())
        .await?;
        match id {
            Some(id) => self.approval(id).await.map(Some),
            None => Ok(None),
        }
    }

    /// Approvals of a session, newest first, each with its cursor.
    pub async fn approvals(
        &mut self,
        session: SessionId,
        filter: ApprovalFilter,
    ) -> Result<Vec<(i64, Approval)>> {
        let (now, before) = (self.now(), filter.before.unwrap_or(i64::MAX));
        // Failed is stored as approved: what became of it makes the difference.
        let (status, failed) = match filter.status {
            Some(ApprovalStatus::Failed) => (Some(ApprovalStatus::Approved), Some(true)),
            Some(ApprovalStatus::Approved) => (filter.status, Some(false)),
            other => (other, None),
        };
        let ids = sqlx::query_scalar!(
            r#"select id as "id: ApprovalId" from approvals
               where session_id = $1 and n < $2 and ($4 is null or kind = $4)
                 and ($3 is null or case when status = 'pending' and expires_at <= $7 then 'expired' else status end = $3)
                 and ($5 is null or $5 = exists (
                     select 1 from v_outcomes o where o.approval_id = approvals.id and o.state = 'failed'))
               order by n desc limit $6"#,
            session,
            before,
            status,
            filter.kind,
            failed,
            filter.limit,
            now,
        )
        .fetch_all(self.conn())
        .await?;
        self.approvals_by_id(&ids).await
    }

    /// What a snapshot of a session shows: the pending approvals and the newest 50, newest first.
    pub async fn current_approvals(&mut self, session: SessionId) -> Result<Vec<Approval>> {
        let ids = sqlx::query_scalar!(
            r#"select id as "id: ApprovalId" from (
                   select id from (select id, n from approvals where session_id = $1 order by n desc limit 50)
                   union select id from approvals where session_id = $1 and status = 'pending')"#,
            session,
        )
        .fetch_all(self.conn())
        .await?;
        Ok(self.approvals_by_id(&ids).await?.into_iter().map(|it| it.1).collect())
    }

    /// What waits for the decision of a user or of these participants, oldest first, each with its cursor; also the drafts
    /// of the user's agent sessions that no session has shared.
    pub async fn inbox(
        &mut self,
        user: Option<UserId>,
        participants: &[ParticipantId],
        after: i64,
        limit: i64,
    ) -> Result<Vec<(i64, Approval)>> {
        let (now, participants) = (self.now(), Json(participants));
        let ids = sqlx::query_scalar!(
            r#"select id as "id: ApprovalId" from (
                   select a.id, a.n from participants p
                   join approvals a on a.session_id = p.session_id and a.status = 'pending'
                   where (p.user_id = $1 or p.id in (select value from json_each($2)))
                     and p.left_at is null and a.n > $3 and (a.expires_at is null or a.expires_at > $5)
                     and (p.role = 'host' or (p.role = 'collaborator' and p.can_decide = 1 and a.participant_id is not p.id))
                   union all
                   select a.id, a.n from agent_sessions g
                   join approvals a on a.agent_session_id = g.id and a.status = 'pending' and a.kind <> 'prompt'
                   where g.owner_user_id = $1 and a.kind = 'draft' and a.session_id is null and a.n > $3)
               order by n limit $4"#,
            user,
            participants,
            after,
            limit,
            now,
        )
        .fetch_all(self.conn())
        .await?;
        let mut found = self.approvals_by_id(&ids).await?;
        found.reverse();
        Ok(found)
    }

    /// What a user or these participants might have decided and waits no more, newest first, each with its cursor; also
    /// of sessions that have ended.
    pub async fn resolved(
        &mut self,
        user: Option<UserId>,
        participants: &[ParticipantId],
        before: Option<i64>,
        limit: i64,
    ) -> Result<Vec<(i64, Approval)>> {
        let (now, participants) = (self.now(), Json(participants));
        let before = before.unwrap_or(i64::MAX);
        let ids = sqlx::query_scalar!(
            r#"select id as "id: ApprovalId" from (
                   select a.id, a.n from participants p
                   join approvals a on a.session_id = p.session_id
                   where (p.user_id = $1 or p.id in (select value from json_each($2)))
                     and (p.left_at is null or p.left_reason = 'ended')
                     and a.n < $3 and (a.status <> 'pending' or a.expires_at <= $5)
                     and (p.role = 'host' or (p.role = 'collaborator' and p.can_decide = 1 and a.participant_id is not p.id))
                   union all
                   select a.id, a.n from agent_sessions g
                   join drafts d on d.agent_session_id = g.id join approvals a on a.id = d.approval_id
                   where g.owner_user_id = $1 and a.status <> 'pending' and a.session_id is null and a.n < $3)
               order by n desc limit $4"#,
            user,
            participants,
            before,
            limit,
            now,
        )
        .fetch_all(self.conn())
        .await?;
        self.approvals_by_id(&ids).await
    }

    /// Pending approvals of a session.
    pub async fn pending_approvals(&mut self, session: SessionId) -> Result<Vec<Approval>> {
        let ids = sqlx::query_scalar!(
            r#"select id as "id: ApprovalId" from approvals where session_id = $1 and status = 'pending' order by n"#,
            session,
        )
        .fetch_all(self.conn())
        .await?;
        Ok(self.approvals_by_id(&ids).await?.into_iter().rev().map(|it| it.1).collect())
    }

    /// Pending requests of an agent that it waits for; `turn`: only those of that turn.
    pub async fn pending_requests(
        &mut self,
        agent_session: AgentSessionId,
        turn: Option<DispatchId>,
    ) -> Result<Vec<Approval>> {
        let ids = sqlx::query_scalar!(
            r#"select id as "id: ApprovalId" from approvals
               where agent_session_id = $1 and status = 'pending' and kind <> 'prompt' and kind <> 'draft'
                 and ($2 is null or dispatch_id = $2) order by n"#,
            agent_session,
            turn,
        )
        .fetch_all(self.conn())
        .await?;
        Ok(self.approvals_by_id(&ids).await?.into_iter().rev().map(|it| it.1).collect())
    }

    /// Pending requests of agents that another process of their host waited for.
    pub async fn requests_of_other_instances(
        &mut self,
        host: HostId,
        instance: InstanceId,
    ) -> Result<Vec<Approval>> {
        let ids = sqlx::query_scalar!(
            r#"select id as "id: ApprovalId" from approvals
               where status = 'pending' and host_id = $1 and host_instance is not $2"#,
            host,
            instance,
        )
        .fetch_all(self.conn())
        .await?;
        Ok(self.approvals_by_id(&ids).await?.into_iter().rev().map(|it| it.1).collect())
    }

    /// Pending approvals whose time has passed.
    pub async fn approvals_due(&mut self, now: Timestamp) -> Result<Vec<ApprovalId>> {
        let ids = sqlx::query_scalar!(
            r#"select id as "id: ApprovalId" from approvals where status = 'pending' and expires_at <= $1
               order by expires_at limit 100"#,
            now,
        );
        Ok(ids.fetch_all(self.conn()).await?)
    }

    /// How many approvals wait: those that `author` asked for, and all of the session.
    pub async fn count_pending(
        &mut self,
        session: SessionId,
        author: ParticipantId,
    ) -> Result<(i64, i64)> {
        let row = sqlx::query!(
            r#"select count(*) as "all!", coalesce(sum(participant_id = $2), 0) as "own!: i64"
               from approvals where session_id = $1 and status = 'pending'"#,
            session,
            author,
        )
        .fetch_one(self.conn())
        .await?;
        Ok((row.own, row.all))
    }
}
