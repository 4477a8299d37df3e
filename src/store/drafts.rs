//! Drafts and their artifacts.

use std::collections::HashMap;

use super::{Reads, Tx, codec::Json};
use crate::{
    domain::{
        AgentSessionId, ApprovalId, Artifact, ArtifactDecision, Draft, DraftId, ParticipantId,
        Timestamp,
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
