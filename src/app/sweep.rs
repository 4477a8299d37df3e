//! Everything with a deadline. One task that needs no traffic.

use std::time::Duration;

use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

use super::{App, requests, sessions, turns};
use crate::{
    domain::{DispatchState, HostId, Timestamp},
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
        let next = next.into_iter().chain(self.live.watchers().next_end()).min();
        Ok(next.map_or(NAP, |at| at.since(now).clamp(BLINK, NAP)))
    }

    /// Ends everything whose time has passed. What cannot be ended keeps nothing else from it.
    ///
    /// # Errors
    /// What kept something from being ended, or from being found.
    pub async fn sweep(&self) -> Result<()> {
        self.sweep_streams();
        let sessions = self.sweep_sessions().await;
        let approvals = self.sweep_approvals().await;
        let turns = self.sweep_turns().await;
        let hosts = self.sweep_hosts().await;
        let idle = self.sweep_idle().await;
        let answers = self.store.write(async |tx| tx.forget_answers().await).await;
        let events = self.sweep_host_events().await;
        sessions.and(approvals).and(turns).and(hosts).and(idle).and(answers).and(events)
    }

    /// Streams sleep until somebody tells them to look: also whether their credential is still valid.
    fn sweep_streams(&self) {
        if self.live.watchers().take_ended(self.now()) {
            self.live.access_changed();
        }
    }

    /// Sees to it that the sweeper is awake at `end`: it looks for itself at what is further away than its longest nap.
    pub(super) fn sweep_at(&self, end: Timestamp) {
        if end.since(self.now()) < NAP {
            self.wake.sweeper.notify_one();
        }
    }

    async fn sweep_sessions(&self) -> Result<()> {
        let mut swept = Ok(());
        loop {
            // Looked at anew each time: once the clock is set back, what was due is not.
            let due = self.store.read().await?.sessions_due(self.now()).await?;
            if due.is_empty() || swept.is_err() {
                return swept;
            }
            for id in due {
                let ended = self.store.write(async move |tx| sessions::expire(tx, id).await).await;
                swept = swept.and(ended);
            }
        }
    }

    async fn sweep_approvals(&self) -> Result<()> {
        let mut swept = Ok(());
        loop {
            let due = self.store.read().await?.approvals_due(self.now()).await?;
            if due.is_empty() || swept.is_err() {
                return swept;
            }
            for id in due {
                let ended = self.store.write(async move |tx| requests::expire(tx, id).await).await;
                swept = swept.and(ended);
            }
        }
    }

    async fn sweep_turns(&self) -> Result<()> {
        let mut swept = Ok(());
        loop {
            let due = self.store.read().await?.turns_due(self.now()).await?;
            if due.is_empty() || swept.is_err() {
                return swept;
            }
            for id in due {
                let ended = self.store.write(async move |tx| turns::time_out(tx, id).await).await;
                swept = swept.and(ended);
            }
        }
    }

    /// The dispatcher closes idle agents, since it knows what is on its way to them.
    async fn sweep_idle(&self) -> Result<()> {
        if self.store.read().await?.has_idle(self.now()).await? {
            self.wake.dispatcher.notify_one();
        }
        Ok(())
    }

    async fn sweep_hosts(&self) -> Result<()> {
        let mut swept = Ok(());
        for id in self.store.read().await?.hosts_gone(self.now()).await? {
            swept = swept.and(self.give_up(id).await);
        }
        swept
    }

    /// A host stayed away past its grace: what its process had in hand cannot be known any more. What its agents ask stays
    /// open: a laptop that slept still waits for the answer, and another process of the host will end it.
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
