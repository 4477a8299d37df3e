//! How sessions are at the moment: how much waits in them, and who takes part.

use std::collections::HashMap;

use super::{Reads, codec::Json};
use crate::{
    domain::{ParticipantId, SessionId},
    error::Result,
};

/// How many of those who take part one read of a list looks at.
const LOOKED_AT: i64 = 2000;

impl Reads {
    /// How many approvals wait in each of some sessions, where any do.
    pub async fn count_pending(&mut self, ids: &[SessionId]) -> Result<HashMap<SessionId, i64>> {
        let (now, ids) = (self.now(), Json(ids));
        let rows = sqlx::query!(
            r#"select session_id as "id!: SessionId", count(*) as "count!: i64" from approvals
               where status = 'pending' and session_id in (select value from json_each($1))
                 and (expires_at is null or expires_at > $2)
               group by session_id"#,
            ids,
            now,
        );
        let rows = rows.fetch_all(self.conn()).await?;
        Ok(rows.into_iter().map(|row| (row.id, row.count)).collect())
    }

    /// Who takes part in some sessions, with what the others see of them, in order of joining; of many, some.
    pub async fn present_in(
        &mut self,
        ids: &[SessionId],
    ) -> Result<Vec<(SessionId, ParticipantId, Option<String>)>> {
        let ids = Json(ids);
        let rows = sqlx::query!(
            r#"select session_id as "session: SessionId", id as "id: ParticipantId", display_name from participants
               where session_id in (select value from json_each($1)) and left_at is null order by n limit $2"#,
            ids,
            LOOKED_AT,
        );
        let rows = rows.fetch_all(self.conn()).await?;
        Ok(rows.into_iter().map(|row| (row.session, row.id, row.display_name)).collect())
    }
}
