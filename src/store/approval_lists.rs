//! Lists of approvals: in the order of an index, and bounded in what one read looks at.

use super::{Reads, codec::Json};
use crate::{
    domain::{
        Approval, ApprovalId, ApprovalKind, ApprovalStatus, ParticipantId, SessionId, UserId,
    },
    error::Result,
};

/// How many approvals one read of a list looks at: what few of many are is found in several.
const LOOKED_AT: i64 = 2000;

/// Approvals, newest first, each with its cursor, and from where on it was not looked, if there is more.
pub type Looked = (Vec<(i64, Approval)>, Option<i64>);

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

impl Reads {
    /// Approvals of a session, newest first: of so many as one read looks at.
    pub async fn approvals(
        &mut self,
        session: SessionId,
        filter: ApprovalFilter,
    ) -> Result<Looked> {
        let (now, before) = (self.now(), filter.before.unwrap_or(i64::MAX));
        let looked = sqlx::query!(
            r#"select count(*) as "count: i64", coalesce(min(n), 0) as "floor: i64" from (
                   select n from approvals where session_id = $1 and n < $2 order by n desc limit $3)"#,
            session,
            before,
            LOOKED_AT,
        )
        .fetch_one(self.conn())
        .await?;
        // Failed is stored as approved: what became of it makes the difference.
        let (status, failed) = match filter.status {
            Some(ApprovalStatus::Failed) => (Some(ApprovalStatus::Approved), Some(true)),
            Some(ApprovalStatus::Approved) => (filter.status, Some(false)),
            other => (other, None),
        };
        let ids = sqlx::query_scalar!(
            r#"select id as "id: ApprovalId" from approvals
               where session_id = $1 and n < $2 and n >= $8 and ($4 is null or kind = $4)
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
            looked.floor,
        )
        .fetch_all(self.conn())
        .await?;
        let rest = (looked.count == LOOKED_AT).then_some(looked.floor);
        Ok((self.approvals_by_id(&ids).await?, rest))
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

    /// What waits where a user or these participants take part, oldest first, each with its cursor. For them: what they
    /// decide, also the drafts of the user's agent sessions that no session has shared. Else what others decide.
    pub async fn inbox(
        &mut self,
        user: Option<UserId>,
        participants: &[ParticipantId],
        for_them: bool,
        after: i64,
        limit: i64,
    ) -> Result<Vec<(i64, Approval)>> {
        let (now, participants) = (self.now(), Json(participants));
        let ids = sqlx::query_scalar!(
            r#"select id as "id: ApprovalId" from (
               select a.id, a.n from participants p
               join approvals a on a.session_id = p.session_id and a.status = 'pending'
               where p.n in (select n from participants where user_id = $1 and left_at is null
                             union all select q.n from json_each($2) j join participants q on q.id = j.value)
                 and p.left_at is null and a.n > $3 and (a.expires_at is null or a.expires_at > $5)
                 and $6 = (p.role = 'host' or (p.role = 'collaborator' and p.can_decide = 1 and not exists (
                     select 1 from participants author where author.id = a.participant_id and (author.id = p.id
                         or author.user_id = p.user_id or author.id in (select value from json_each($2))))))
               union all
               select a.id, a.n from agent_sessions g
               join approvals a on a.agent_session_id = g.id and a.status = 'pending' and a.kind <> 'prompt'
               where $6 and g.owner_user_id = $1 and a.kind = 'draft' and a.session_id is null and a.n > $3)
               order by n limit $4"#,
            user,
            participants,
            after,
            limit,
            now,
            for_them,
        )
        .fetch_all(self.conn())
        .await?;
        let mut found = self.approvals_by_id(&ids).await?;
        found.reverse();
        Ok(found)
    }

    /// What a user or these participants might have decided and waits no more, newest first, also of sessions that have
    /// ended: of so many as one read looks at. Approvals stay, so their cursors have no gaps.
    pub async fn resolved(
        &mut self,
        user: Option<UserId>,
        participants: &[ParticipantId],
        before: Option<i64>,
        limit: i64,
    ) -> Result<Looked> {
        let (now, participants) = (self.now(), Json(participants));
        let newest =
            sqlx::query_scalar!(r#"select coalesce(max(n), 0) as "n: i64" from approvals"#);
        let newest = newest.fetch_one(self.conn()).await?;
        let before = before.unwrap_or(i64::MAX).min(newest + 1);
        let floor = before - LOOKED_AT;
        let ids = sqlx::query_scalar!(
            r#"select a.id as "id: ApprovalId" from approvals a
               where a.n < $3 and a.n >= $6 and (a.status <> 'pending' or a.expires_at <= $5)
                 and (a.session_id is null and a.kind = 'draft' and $1 = (
                         select owner_user_id from agent_sessions where id = a.agent_session_id)
                     or a.kind = 'action' and (a.asked_by_user_id = $1
                         or exists (select 1 from hosts h where h.id = a.host_id and h.user_id = $1)
                         or exists (select 1 from host_grants g
                             where g.host_id = a.host_id and g.user_id = $1 and g.can_decide = 1))
                     or exists (
                     select 1 from participants p
                     where p.n in (select n from participants where session_id = a.session_id and user_id = $1
                                   union all select q.n from json_each($2) j join participants q on q.id = j.value
                                   where q.session_id = a.session_id)
                       and (p.left_at is null or p.left_reason = 'ended')
                       and (p.role = 'host' or (p.role = 'collaborator' and p.can_decide = 1 and not exists (
                           select 1 from participants author where author.id = a.participant_id and (author.id = p.id
                               or author.user_id = p.user_id or author.id in (select value from json_each($2))))))))
               order by a.n desc limit $4"#,
            user,
            participants,
            before,
            limit,
            now,
            floor,
        )
        .fetch_all(self.conn())
        .await?;
        Ok((self.approvals_by_id(&ids).await?, (floor > 1).then_some(floor)))
    }
}
