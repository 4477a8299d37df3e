//! What programs ask of people: approvals of kind action.

use super::{Reads, Tx};
use crate::{
    domain::{AgentId, Approval, ApprovalId, HostId, UserId},
    error::Result,
};

impl Tx {
    /// Keeps on a pending approval what a person told its host that they would choose.
    pub async fn put_resolve_request(&mut self, it: &Approval) -> Result<()> {
        let Some(wish) = &it.resolve_request else { return Ok(()) };
        sqlx::query!(
            "update approvals set resolve_requested_at = $2, resolve_requested_by = $3, resolve_requested_option = $4,
                resolve_requested_reason = $5
             where id = $1 and status = 'pending'",
            it.id,
            wish.at,
            wish.by_user_id,
            wish.option_id,
            wish.reason,
        )
        .execute(self.conn())
        .await?;
        Ok(())
    }

    /// Notes that who asked has been told how it ended.
    pub async fn mark_action_delivered(&mut self, id: ApprovalId) -> Result<()> {
        let now = self.now();
        sqlx::query!(
            "update approvals set delivered_at = $2 where id = $1 and delivered_at is null and status <> 'pending'",
            id,
            now,
        )
        .execute(self.conn())
        .await?;
        Ok(())
    }
}

impl Reads {
    /// By which credential something was asked.
    pub async fn asked_by(&mut self, id: ApprovalId) -> Result<Option<String>> {
        let asked = sqlx::query_scalar!("select asked_by from approvals where id = $1", id);
        Ok(asked.fetch_optional(self.conn()).await?.flatten())
    }

    /// What an agent asked and nobody answered yet.
    pub async fn pending_actions_of(&mut self, agent: AgentId) -> Result<Vec<Approval>> {
        let ids = sqlx::query_scalar!(
            r#"select id as "id: ApprovalId" from approvals
               where agent_id = $1 and agent_id is not null and status = 'pending' order by n"#,
            agent,
        )
        .fetch_all(self.conn())
        .await?;
        Ok(self.approvals_by_id(&ids).await?.into_iter().rev().map(|it| it.1).collect())
    }

    /// How much waits that a host asked, or else a user's programs without one, or else those that came over the socket.
    pub async fn count_actions(
        &mut self,
        host: Option<HostId>,
        user: Option<UserId>,
    ) -> Result<i64> {
        let count = sqlx::query_scalar!(
            "select count(*) from approvals where host_id = $1 and status = 'pending' and kind = 'action'",
            host,
        );
        if host.is_some() {
            return Ok(count.fetch_one(self.conn()).await?);
        }
        let count = sqlx::query_scalar!(
            "select count(*) from approvals
             where asked_by_user_id is $1 and host_id is null and status = 'pending' and kind = 'action'",
            user,
        );
        Ok(count.fetch_one(self.conn()).await?)
    }

    /// What waits for a user that no session is asked: what programs of theirs ask, and of hosts that are theirs or whose
    /// owner lets them decide; for admins also what nobody's programs ask. Oldest first, after a cursor.
    pub async fn actions_for(
        &mut self,
        user: UserId,
        is_admin: bool,
        after: i64,
        limit: i64,
    ) -> Result<Vec<(i64, Approval)>> {
        let now = self.now();
        // Crossed, so that what is asked is looked for by its host and never the other way round.
        let ids = sqlx::query_scalar!(
            r#"select id as "id: ApprovalId" from approvals where n in (
                   select a.n from hosts cross join approvals a
                   where hosts.user_id = $1 and a.host_id = hosts.id and a.status = 'pending' and a.kind = 'action'
                   union select a.n from host_grants g cross join approvals a
                       where g.user_id = $1 and g.can_decide = 1
                           and a.host_id = g.host_id and a.status = 'pending' and a.kind = 'action'
                   union select n from approvals where asked_by_user_id = $1 and status = 'pending' and kind = 'action'
                   union select n from approvals
                       where $2 and asked_by_user_id is null and status = 'pending' and kind = 'action')
                 and n > $3 and expires_at > $4 order by n limit $5"#,
            user,
            is_admin,
            after,
            now,
            limit,
        )
        .fetch_all(self.conn())
        .await?;
        let mut found = self.approvals_by_id(&ids).await?;
        found.reverse();
        Ok(found)
    }

    /// What waits that programs ask at hosts of which a user knows, and where they do not decide. Oldest first, after a cursor.
    pub async fn actions_seen_by(
        &mut self,
        user: UserId,
        after: i64,
        limit: i64,
    ) -> Result<Vec<(i64, Approval)>> {
        let now = self.now();
        let ids = sqlx::query_scalar!(
            r#"select a.id as "id: ApprovalId" from host_grants g cross join approvals a
               where g.user_id = $1 and g.can_decide = 0 and a.host_id = g.host_id and a.status = 'pending' and a.kind = 'action'
                 and a.n > $2 and a.expires_at > $3 order by a.n limit $4"#,
            user,
            after,
            now,
            limit,
        )
        .fetch_all(self.conn())
        .await?;
        let mut found = self.approvals_by_id(&ids).await?;
        found.reverse();
        Ok(found)
    }

    /// What programs at a host asked and nobody answered yet, oldest first.
    pub async fn pending_actions_of_host(
        &mut self,
        host: HostId,
        limit: i64,
    ) -> Result<Vec<Approval>> {
        let ids = sqlx::query_scalar!(
            r#"select id as "id: ApprovalId" from approvals
               where host_id = $1 and status = 'pending' and kind = 'action' order by n limit $2"#,
            host,
            limit,
        )
        .fetch_all(self.conn())
        .await?;
        Ok(self.approvals_by_id(&ids).await?.into_iter().rev().map(|it| it.1).collect())
    }

    /// What programs at a host asked, newest first, before a cursor.
    pub async fn actions_of_host(
        &mut self,
        host: HostId,
        before: i64,
        limit: i64,
    ) -> Result<Vec<(i64, Approval)>> {
        let ids = sqlx::query_scalar!(
            r#"select id as "id: ApprovalId" from approvals where host_id = $1 and kind = 'action' and n < $2
               order by n desc limit $3"#,
            host,
            before,
            limit,
        )
        .fetch_all(self.conn())
        .await?;
        self.approvals_by_id(&ids).await
    }
}
