//! Requests for a human decision.

use super::{Reads, Tx, codec::Json, unit::Notice};
use crate::{
    domain::{
        AgentSessionId, Approval, ApprovalId, DispatchId, HostId, InstanceId, RequestId, SessionId,
        Suggestion, SuggestionId, Timestamp,
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
    /// The credential that asked.
    pub asked_by: Option<&'a str>,
}

impl<'a> NewApproval<'a> {
    /// An approval of which the server need not know more.
    pub fn of(approval: &'a Approval) -> Self {
        Self { approval, waiting: None, dispatch: None, tool_call: None, asked_by: None }
    }
}

/// A host process that waits for an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Waiting {
    /// Which host.
    pub host: HostId,
    /// Which process of it.
    pub instance: InstanceId,
}

impl Tx {
    /// Adds an approval.
    pub async fn insert_approval(&mut self, new: NewApproval<'_>) -> Result<()> {
        let it = new.approval;
        let (host, instance) = match new.waiting {
            Some(Waiting { host, instance }) => (Some(host), Some(instance)),
            None => (it.host_id, None),
        };
        let (details, options) = (Json(&it.details), Json(&it.options));
        let decided_digest = it.decided_digest();
        sqlx::query!(
            "insert into approvals (id, kind, session_id, agent_session_id, participant_id, agent_id, host_id,
                host_instance, request_id, dispatch_id, tool_call_id, asked_before, action, prompt, details, options,
                shown_digest, status, created_at, expires_at, decided_digest, resolved_at, resolved_by_participant_id,
                resolved_by_user_id, asked_by_user_id, asked_by, system_level)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11,
                (select max(id) from approvals where agent_session_id = $4 and tool_call_id = $11
                    and (status = 'expired' or status <> 'pending' and delivered_at is null)),
                $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26)",
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
            it.asked_by_user_id,
            new.asked_by,
            it.system_level,
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
    /// An approval, as it is shown to who asks for it: all of it. Lists have drafts without their diffs.
    ///
    /// # Errors
    /// `APPROVAL_NOT_FOUND`.
    pub async fn approval(&mut self, id: ApprovalId) -> Result<Approval> {
        Ok(self.whole_approval(id).await?.ok_or(Code::ApprovalNotFound)?)
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
               where status = 'pending' and kind <> 'action' and host_id = $1 and host_instance is not $2"#,
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

    /// How many requests of an agent wait.
    pub async fn count_requests(&mut self, agent_session: AgentSessionId) -> Result<i64> {
        let count = sqlx::query_scalar!(
            "select count(*) from approvals
             where agent_session_id = $1 and status = 'pending' and kind <> 'prompt' and kind <> 'draft'",
            agent_session,
        );
        Ok(count.fetch_one(self.conn()).await?)
    }
}
