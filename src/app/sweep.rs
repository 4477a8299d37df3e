//! Everything with a deadline. One task that needs no traffic.

use std::time::Duration;

use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

use super::{App, requests, sessions, turns};
use crate::{
    domain::{DispatchState, HostId},
    error::Result,
};

/// The longest sleep: clocks jump.
const NAP: Duration = Duration::from_mins(1);
/// The shortest: a deadline that cannot be met must not keep a core busy.
const BLINK: Duration = Duration::from_millis(20);

impl App {
    /// Runs until `stop`: sleeps until the next deadline, at most a minute.
    pub async fn run_sweeper(&self, stop: CancellationToken) {
        loop {
            let nap = match self.sweep_and_look_ahead().await {
                Ok(nap) => nap,
                Err(error) => {
                    tracing::warn!(%error, "the sweeper tries again");
                    Duration::from_secs(1)
                }
            };
            tokio::select! {
                () = stop.cancelled() => return,
                () = self.wake.sweeper.notified() => {}
                () = sleep(nap) => {}
            }
        }
    }

    async fn sweep_and_look_ahead(&self) -> Result<Duration> {
        self.sweep().await?;
        let mut reads = self.store.read().await?;
        let now = reads.now();
        let next = reads.next_deadline(now).await?;
        Ok(next.map_or(NAP, |at| at.since(now).clamp(BLINK, NAP)))
    }

    /// Ends everything whose time has passed.
    ///
    /// # Errors
    /// What keeps it from being stored; what was ended before stays so.
    pub async fn sweep(&self) -> Result<()> {
        let now = self.now();
        loop {
            let due = self.store.read().await?.sessions_due(now).await?;
            for id in &due {
                let id = *id;
                self.store.write(async move |tx| sessions::expire(tx, id).await).await?;
            }
            if due.is_empty() {
                break;
            }
        }
        loop {
            let due = self.store.read().await?.approvals_due(now).await?;
            for id in &due {
                let id = *id;
                self.store.write(async move |tx| requests::expire(tx, id).await).await?;
            }
            if due.is_empty() {
                break;
            }
        }
        let due = self.store.read().await?.turns_due(now).await?;
        for id in due {
            self.store.write(async move |tx| turns::time_out(tx, id).await).await?;
        }
        let gone = self.store.read().await?.hosts_gone(now).await?;
        for id in gone {
            self.give_up(id).await?;
        }
        self.store.write(async |tx| tx.forget_answers().await).await
    }

    /// A host stayed away past its grace: what its process had in hand cannot be known any more.
    async fn give_up(&self, id: HostId) -> Result<()> {
        self.store
            .write(async move |tx| {
                let row = tx.host(id).await?;
                if row.host.connected || row.grace_until.is_none_or(|end| end > tx.now()) {
                    return Ok(());
                }
                tx.end_grace(id).await?;
                for turn in tx.dispatches_in_flight(Some(id)).await? {
                    match turn.dispatch.state {
                        DispatchState::Leased => {
                            turns::release(tx, turn.dispatch.id, false).await?;
                        }
                        _ => {
                            turns::settle(tx, turn.dispatch, DispatchState::Unknown, None, None)
                                .await?;
                        }
                    }
                }
                Ok(())
            })
            .await?;
        self.announce(id).await;
        Ok(())
    }
}
