//! What ends together: in one statement, however much it is. Everybody waits for a unit of work, so it must not grow.

use super::{Tx, codec::Json, unit::Notice};
use crate::{
    domain::{ApprovalId, ApprovalStatus, DispatchId},
    error::{Code, Error, Result},
};

impl Tx {
    /// Stores that pending approvals ended without a decision; whoever waits for them is told after COMMIT.
    ///
    /// # Errors
    /// `APPROVAL_ALREADY_RESOLVED` when one of them is not pending any more.
    pub async fn end_approvals(
        &mut self,
        ids: &[ApprovalId],
        status: ApprovalStatus,
        reason: &str,
    ) -> Result<()> {
        if ids.is_empty() {
            return Ok(());
        }
        let (now, listed) = (self.now(), Json(ids));
        let done = sqlx::query!(
            "update approvals set status = $2, resolved_at = $3, reason = $4
             where id in (select value from json_each($1)) and status = 'pending'",
            listed,
            status,
            now,
            reason,
        )
        .execute(self.conn())
        .await?;
        if usize::try_from(done.rows_affected()).ok() != Some(ids.len()) {
            return Err(Error::new(Code::ApprovalAlreadyResolved));
        }
        for id in ids {
            self.notify(Notice::Resolved(*id));
        }
        Ok(())
    }

    /// Stores that dispatches were cancelled before they were sent; false if one of them was sent, or has ended.
    pub async fn cancel_dispatches(&mut self, ids: &[DispatchId]) -> Result<bool> {
        let (now, listed) = (self.now(), Json(ids));
        let done = sqlx::query!(
            "update dispatches set state = 'cancelled', ended_at = $2
             where id in (select value from json_each($1)) and state in ('queued', 'leased')",
            listed,
            now,
        );
        let cancelled = done.execute(self.conn()).await?.rows_affected();
        self.notify(Notice::Dispatch);
        Ok(usize::try_from(cancelled).ok() == Some(ids.len()))
    }
}
