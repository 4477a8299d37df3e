//! Approvals as they are shown: their rows, with their newest dispatch and what people suggest.

use serde_json::Value;

use super::{Reads, codec::Json};
use crate::{
    domain::{
        AgentId, AgentSessionId, Approval, ApprovalId, ApprovalKind, ApprovalOption,
        ApprovalStatus, HostId, ParticipantId, RequestId, ResolveRequest, SessionId, Suggestion,
        Timestamp, UserId, Verdict,
    },
    error::Result,
};

impl Reads {
    /// These approvals, newest first, each with its cursor; drafts without their diffs.
    pub(super) async fn approvals_by_id(
        &mut self,
        ids: &[ApprovalId],
    ) -> Result<Vec<(i64, Approval)>> {
        self.approval_rows(ids, false).await
    }

    /// One approval, and all of it.
    pub(super) async fn whole_approval(&mut self, id: ApprovalId) -> Result<Option<Approval>> {
        Ok(self.approval_rows(&[id], true).await?.pop().map(|row| row.1))
    }

    async fn approval_rows(
        &mut self,
        ids: &[ApprovalId],
        with_diffs: bool,
    ) -> Result<Vec<(i64, Approval)>> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let ids = Json(ids);
        let rows = sqlx::query!(
            r#"select n, id as "id: ApprovalId", kind as "kind: ApprovalKind", session_id as "session_id: SessionId",
                      agent_session_id as "agent_session_id: AgentSessionId",
                      participant_id as "participant_id: ParticipantId", agent_id as "agent_id: AgentId",
                      request_id as "request_id: RequestId", action, prompt, edited_prompt,
                      details as "details: Json<Value>", options as "options: Json<Vec<ApprovalOption>>", shown_digest,
                      status as "status: ApprovalStatus", created_at as "created_at: Timestamp",
                      expires_at as "expires_at: Timestamp", resolved_at as "resolved_at: Timestamp",
                      resolved_by_participant_id as "resolved_by_participant_id: ParticipantId",
                      resolved_by_user_id as "resolved_by_user_id: UserId", option_id,
                      host_id as "host_id: HostId", asked_by_user_id as "asked_by_user_id: UserId",
                      system_level as "system_level: bool", resolve_requested_at as "resolve_requested_at: Timestamp",
                      resolve_requested_by as "resolve_requested_by: UserId", resolve_requested_option,
                      resolve_requested_reason, answer as "answer: Json<Value>", reason, delivered_at as "delivered_at: Timestamp"
               from approvals where id in (select value from json_each($1)) order by n desc"#,
            ids,
        )
        .fetch_all(self.conn())
        .await?;
        let mut approvals = Vec::with_capacity(rows.len());
        for row in rows {
            let is_action = row.kind == ApprovalKind::Action;
            let resolve_request = row.resolve_requested_at.map(|at| ResolveRequest {
                at,
                by_user_id: row.resolve_requested_by,
                option_id: row.resolve_requested_option.unwrap_or_default(),
                reason: row.resolve_requested_reason,
            });
            let approval = Approval {
                id: row.id,
                kind: row.kind,
                shared_session_id: row.session_id,
                agent_session_id: row.agent_session_id,
                participant_id: row.participant_id,
                agent_id: row.agent_id,
                // Which host waits for an agent's answer is nobody's business but the server's.
                host_id: row.host_id.filter(|_| is_action),
                asked_by_user_id: row.asked_by_user_id,
                system_level: row.system_level,
                resolve_request,
                action: row.action,
                prompt: row.prompt,
                edited_prompt: row.edited_prompt,
                details: row.details.0,
                options: row.options.0,
                digest: row.shown_digest,
                status: row.status,
                created_at: row.created_at,
                expires_at: row.expires_at,
                resolved_at: row.resolved_at,
                resolved_by_participant_id: row.resolved_by_participant_id,
                resolved_by_user_id: row.resolved_by_user_id,
                option_id: row.option_id,
                answer: row.answer.map(|answer| answer.0),
                reason: row.reason,
                delivered_at: row.delivered_at,
                suggestions: Vec::new(),
                dispatch: None,
                draft: None,
                error_message: None,
                request_id: row.request_id,
            };
            approvals.push((row.n, approval));
        }
        self.add_dispatches(&mut approvals).await?;
        self.add_drafts(&mut approvals, with_diffs).await?;
        self.add_suggestions(&mut approvals).await?;
        Ok(approvals)
    }

    async fn add_dispatches(&mut self, approvals: &mut [(i64, Approval)]) -> Result<()> {
        let decided = |it: &&(i64, Approval)| {
            it.1.kind == ApprovalKind::Prompt && it.1.status == ApprovalStatus::Approved
        };
        let ids: Vec<_> = approvals.iter().filter(decided).map(|it| it.1.id).collect();
        for dispatch in self.outcomes(&ids).await? {
            if let Some((_, it)) = approvals.iter_mut().find(|it| it.1.id == dispatch.approval_id) {
                *it = it.clone().with_dispatch(Some(dispatch));
            }
        }
        Ok(())
    }

    async fn add_drafts(
        &mut self,
        approvals: &mut [(i64, Approval)],
        with_diffs: bool,
    ) -> Result<()> {
        let is_draft = |it: &&(i64, Approval)| it.1.kind == ApprovalKind::Draft;
        let ids: Vec<_> = approvals.iter().filter(is_draft).map(|it| it.1.id).collect();
        for draft in self.drafts_of(&ids, with_diffs).await? {
            if let Some((_, it)) = approvals.iter_mut().find(|it| it.1.id == draft.approval_id) {
                it.draft = Some(draft);
            }
        }
        Ok(())
    }

    async fn add_suggestions(&mut self, approvals: &mut [(i64, Approval)]) -> Result<()> {
        let ids = Json(approvals.iter().map(|it| it.1.id).collect::<Vec<_>>());
        let rows = sqlx::query!(
            r#"select approval_id as "approval_id: ApprovalId", participant_id as "participant_id: ParticipantId",
                      action as "action: Verdict", note, at as "at: Timestamp"
               from suggestions where approval_id in (select value from json_each($1)) order by n"#,
            ids,
        )
        .fetch_all(self.conn())
        .await?;
        for row in rows {
            let suggestion = Suggestion {
                participant_id: row.participant_id,
                action: row.action,
                note: row.note,
                at: row.at,
            };
            if let Some((_, it)) = approvals.iter_mut().find(|it| it.1.id == row.approval_id) {
                it.suggestions.push(suggestion);
            }
        }
        Ok(())
    }
}
