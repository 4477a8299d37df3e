//! A fault on purpose, compiled only into the build that the kill harness must catch.

use super::Tx;
use crate::error::Result;

impl Tx {
    /// Queues again what was on its way when the server died, though its agent may have it: what a naive replay does.
    /// The schema forbids that, so the trigger goes first.
    pub async fn forget_what_was_sent(&mut self) -> Result<()> {
        sqlx::query("drop trigger if exists dispatches_move_forward").execute(self.conn()).await?;
        let requeue = "update dispatches set state = 'queued', leases = 0 where state in ('sending', 'running')";
        sqlx::query(requeue).execute(self.conn()).await?;
        Ok(())
    }
}
