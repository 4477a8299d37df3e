//! How much waits in a session, and whether an agent was told why something did not go on.

use super::{Reads, codec::Json};
use crate::{
    domain::{AgentSessionId, Approval, ParticipantId, SessionId},
    error::Result,
};

impl Reads {
    /// How much waits: what these participants asked for, and all of the session. Approvals wait for a decision, and
    /// approved prompts for their turn in the queue of the agent session.
    pub async fn count_waiting(
        &mut self,
        session: SessionId,
        agent_session: AgentSessionId,
        authors: &[ParticipantId],
    ) -> Result<(i64, i64)> {
        let authors = Json(authors);
        // The list of states is the condition of the index of what is in flight, which SQLite uses only where that stands.
        let row = sqlx::query!(
            r#"select count(*) as "all!: i64",
                      coalesce(sum(author in (select value from json_each($3))), 0) as "own!: i64"
               from (select participant_id as author from approvals where session_id = $1 and status = 'pending'
                   union all select a.participant_id from dispatches d join approvals a on a.id = d.approval_id
                       where d.agent_session_id = $2 and d.state = 'queued'
                   union all select a.participant_id from dispatches d join approvals a on a.id = d.approval_id
                       where d.agent_session_id = $2 and d.state in ('leased', 'sending', 'running') and d.state = 'leased')"#,
            session,
            agent_session,
            authors,
        )
        .fetch_one(self.conn())
        .await?;
        Ok((row.own, row.all))
    }

    /// Whether somebody prompted the agent with this text at the moment at which they decided an approval.
    pub async fn has_told_agent(&mut self, decided: &Approval) -> Result<bool> {
        let told = sqlx::query_scalar!(
            "select count(*) from approvals where session_id = $1 and n > (select n from approvals where id = $2)
             and kind = 'prompt' and participant_id = $3 and created_at = $4 and prompt = $5",
            decided.shared_session_id,
            decided.id,
            decided.resolved_by_participant_id,
            decided.resolved_at,
            decided.reason,
        );
        Ok(told.fetch_one(self.conn()).await? > 0)
    }
}
