//! Drafts and their artifacts.

use std::collections::HashMap;

use super::{Notice, Reads, Tx, codec::Json};
use crate::{
    domain::{
        AgentSessionId, Approval, ApprovalId, Artifact, ArtifactDecision, Draft, DraftId,
        ParticipantId, SessionId, Timestamp, UserId,
    },
    error::{Error, Result},
};

impl Tx {
    /// Adds a draft, whose approval is there already.
    pub async fn insert_draft(&mut self, it: &Draft) -> Result<()> {
        let now = self.now();
        sqlx::query!(
            "insert into drafts (id, agent_session_id, summary, approval_id, created_at) values ($1, $2, $3, $4, $5)",
            it.id,
            it.agent_session_id,
            it.summary,
            it.approval_id,
            now,
        )
        .execute(self.conn())
        .await?;
        for (place, artifact) in (1_i64..).zip(&it.artifacts) {
            let diff = artifact.diff.as_deref().unwrap_or_default();
            sqlx::query!(
                "insert into artifacts (draft_id, place, uri, summary, diff) values ($1, $2, $3, $4, $5)",
                it.id,
                place,
                artifact.uri,
                artifact.summary,
                diff,
            )
            .execute(self.conn())
            .await?;
        }
        Ok(())
    }

    /// Gives the drafts of an agent session that wait for its owner to the session that shares it now, until `end`; oldest
    /// first.
    pub async fn share_drafts(
        &mut self,
        agent_session: AgentSessionId,
        session: SessionId,
        end: Timestamp,
    ) -> Result<Vec<Approval>> {
        let drafts = self.unshared_drafts(agent_session).await?;
        let ids = Json(drafts.iter().map(|it| it.id).collect::<Vec<_>>());
        sqlx::query!(
            "update approvals set session_id = $2, expires_at = $3 where id in (select value from json_each($1))",
            ids,
            session,
            end,
        )
        .execute(self.conn())
        .await?;
        if !drafts.is_empty() {
            self.notify(Notice::Deadline(end));
            self.notify(Notice::Unshared);
        }
        let shared =
            |it| Approval { shared_session_id: Some(session), expires_at: Some(end), ..it };
        Ok(drafts.into_iter().map(shared).collect())
    }

    /// Stores what was said about an artifact.
    pub async fn decide_artifact(&mut self, draft: DraftId, it: &Artifact) -> Result<()> {
        sqlx::query!(
            "update artifacts set decision = $3, reason = $4, decided_by = $5, decided_at = $6
             where draft_id = $1 and uri = $2",
            draft,
            it.uri,
            it.decision,
            it.reason,
            it.decided_by,
            it.decided_at,
        )
        .execute(self.conn())
        .await?;
        Ok(())
    }
}

impl Reads {
    /// The approval of a draft, and whose agent made it.
    pub async fn approval_of_draft(
        &mut self,
        id: DraftId,
    ) -> Result<Option<(ApprovalId, AgentSessionId)>> {
        let found = sqlx::query!(
            r#"select approval_id as "approval: ApprovalId", agent_session_id as "agent: AgentSessionId"
               from drafts where id = $1"#,
            id,
        )
        .fetch_optional(self.conn())
        .await?;
        Ok(found.map(|row| (row.approval, row.agent)))
    }

    /// The drafts of an agent session that wait for its owner, since no session has shared it; oldest first.
    pub async fn unshared_drafts(
        &mut self,
        agent_session: AgentSessionId,
    ) -> Result<Vec<Approval>> {
        let ids = sqlx::query_scalar!(
            r#"select id as "id: ApprovalId" from approvals
               where agent_session_id = $1 and status = 'pending' and kind <> 'prompt' and kind = 'draft'
                 and session_id is null"#,
            agent_session,
        )
        .fetch_all(self.conn())
        .await?;
        Ok(self.approvals_by_id(&ids).await?.into_iter().rev().map(|it| it.1).collect())
    }

    /// How many of them there are.
    pub async fn count_unshared_drafts(&mut self, agent_session: AgentSessionId) -> Result<i64> {
        let count = sqlx::query_scalar!(
            "select count(*) from approvals
             where agent_session_id = $1 and status = 'pending' and kind <> 'prompt' and kind = 'draft' and session_id is null",
            agent_session,
        );
        Ok(count.fetch_one(self.conn()).await?)
    }

    /// The same of all agent sessions of their owner.
    pub async fn unshared_drafts_of(&mut self, owner: UserId) -> Result<Vec<Approval>> {
        let ids = sqlx::query_scalar!(
            r#"select a.id as "id: ApprovalId" from agent_sessions g
               join approvals a on a.agent_session_id = g.id and a.status = 'pending' and a.kind <> 'prompt'
               where g.owner_user_id = $1 and a.kind = 'draft' and a.session_id is null"#,
            owner,
        )
        .fetch_all(self.conn())
        .await?;
        Ok(self.approvals_by_id(&ids).await?.into_iter().rev().map(|it| it.1).collect())
    }

    /// The approvals of all drafts of an agent session, newest first, each with its cursor.
    pub async fn approvals_of_drafts(
        &mut self,
        agent_session: AgentSessionId,
        before: Option<i64>,
        limit: i64,
    ) -> Result<Vec<(i64, Approval)>> {
        // A draft and its approval are stored together, so both orders are one.
        let ids = sqlx::query_scalar!(
            r#"select approval_id as "id: ApprovalId" from drafts
               where agent_session_id = $1 and n < coalesce(
                   (select d.n from approvals a join drafts d on d.approval_id = a.id where a.n = $2), 9223372036854775807)
               order by n desc limit $3"#,
            agent_session,
            before,
            limit,
        )
        .fetch_all(self.conn())
        .await?;
        self.approvals_by_id(&ids).await
    }

    /// The drafts of these approvals, with their diffs or without.
    pub(super) async fn drafts_of(
        &mut self,
        approvals: &[ApprovalId],
        with_diffs: bool,
    ) -> Result<Vec<Draft>> {
        if approvals.is_empty() {
            return Ok(Vec::new());
        }
        let approvals = Json(approvals);
        let rows = sqlx::query!(
            r#"select id as "id: DraftId", agent_session_id as "agent: AgentSessionId", summary,
                      approval_id as "approval: ApprovalId"
               from drafts where approval_id in (select value from json_each($1))"#,
            approvals,
        )
        .fetch_all(self.conn())
        .await?;
        let ids: Vec<_> = rows.iter().map(|row| row.id).collect();
        let mut artifacts = self.artifacts(&ids, with_diffs).await?;
        let mut drafts = Vec::with_capacity(rows.len());
        for row in rows {
            let artifacts = artifacts.remove(&row.id).unwrap_or_default();
            let (id, agent_session_id, approval_id) = (row.id, row.agent, row.approval);
            let summary = row.summary;
            drafts.push(Draft { id, agent_session_id, summary, artifacts, approval_id });
        }
        Ok(drafts)
    }

    /// What is in these drafts, in order.
    async fn artifacts(
        &mut self,
        drafts: &[DraftId],
        with_diffs: bool,
    ) -> Result<HashMap<DraftId, Vec<Artifact>>> {
        let drafts = Json(drafts);
        let rows = sqlx::query!(
            r#"select draft_id as "draft: DraftId", uri, summary, case when $2 then diff end as "diff: String",
                      octet_length(diff) as "bytes!: i64", decision as "decision: ArtifactDecision",
                      reason, decided_by as "decided_by: ParticipantId", decided_at as "decided_at: Timestamp"
               from artifacts where draft_id in (select value from json_each($1)) order by draft_id, place"#,
            drafts,
            with_diffs,
        )
        .fetch_all(self.conn())
        .await?;
        let mut artifacts = HashMap::<_, Vec<_>>::new();
        for row in rows {
            artifacts.entry(row.draft).or_default().push(Artifact {
                uri: row.uri,
                summary: row.summary,
                diff: row.diff,
                diff_bytes: usize::try_from(row.bytes).map_err(Error::internal)?,
                decision: row.decision,
                reason: row.reason,
                decided_by: row.decided_by,
                decided_at: row.decided_at,
            });
        }
        Ok(artifacts)
    }
}
