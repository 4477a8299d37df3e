//! What the server does about the past when it starts: nothing is lost and nothing is done twice.

use super::{App, turns};
use crate::{
    domain::{DispatchState, HostEventBody},
    error::Result,
    store::About,
};

impl App {
    /// Brings the rows up to what is true of a server that has just started: no host is connected yet, what was
    /// claimed is queued again, what was on its way waits for its host, what is overdue has ended.
    pub async fn recover(&self) -> Result<()> {
        let (run, settings) = (self.run, self.settings.clone());
        self.store
            .write(async move |tx| {
                tx.insert_run(run).await?;
                #[cfg(feature = "blind-resend")]
                tx.forget_what_was_sent().await?;
                for row in tx.dispatches_in_flight(None).await? {
                    if row.dispatch.state == DispatchState::Leased {
                        // That the server ended is not the prompt's fault.
                        turns::release(tx, row.dispatch.id, false).await?;
                    }
                }
                for row in tx.hosts().await? {
                    // It may come back, and its turns go on until then; no session is told meanwhile. The time when
                    // there was no server to come back to does not count.
                    let grace =
                        if row.local { settings.local_grace } else { settings.remote_grace };
                    if row.host.connected || row.grace_until.is_some() {
                        tx.disconnect_host(row.host.id, tx.now().plus(grace)).await?;
                    }
                    if row.host.connected {
                        let away = HostEventBody::Disconnected {};
                        tx.append_host_event(row.host.id, &away, About::default()).await?;
                    }
                }
                Ok(())
            })
            .await?;
        if let Err(error) = self.sweep().await {
            // The sweeper will try again; what cannot be ended keeps nobody from the rest.
            tracing::error!(
                error = &error as &dyn std::error::Error,
                "not everything overdue has ended"
            );
        }
        Ok(())
    }

    /// Notes the orderly end of this run.
    pub async fn note_stop(&self) -> Result<()> {
        let run = self.run;
        self.store.write(async move |tx| tx.end_run(run).await).await
    }
}
