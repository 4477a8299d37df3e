//! Ending agents that must not be alive any more: their agent session is over, or they were idle for as long as their
//! settings say. The next prompt of an idle one starts it again, where it was.

use std::{
    collections::HashSet,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::time::sleep;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use super::{App, agent_sessions::OPEN_LIMIT, status};
use crate::{
    domain::AgentSessionId,
    error::Result,
    hosts::CallError,
    rpc::calls::ServerCall,
    store::{Closable, Tx},
};

/// How long to wait before a host is asked again.
const PAUSE: Duration = Duration::from_secs(1);

/// The agents that are being closed now.
#[derive(Debug, Clone, Default)]
pub(super) struct Closing(Arc<Mutex<HashSet<AgentSessionId>>>);

impl Closing {
    fn lock(&self) -> MutexGuard<'_, HashSet<AgentSessionId>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl App {
    /// Begins to close every agent that must end.
    pub(super) async fn close_ready(
        &self,
        closing: &Closing,
        stop: &CancellationToken,
        tasks: &TaskTracker,
    ) -> Result<()> {
        let mut reads = self.store.read().await?;
        let now = reads.now();
        let closable = reads.closable(now).await?;
        drop(reads);
        for it in closable {
            if closing.lock().insert(it.id) {
                let (app, stop, closing) = (self.clone(), stop.clone(), closing.clone());
                tasks.spawn(async move {
                    stop.run_until_cancelled(app.close(it, &closing)).await;
                });
            }
        }
        Ok(())
    }

    async fn close(&self, it: Closable, closing: &Closing) {
        // The host alone knows whether a prompt came meanwhile.
        let call = ServerCall::Close { agent_session_id: it.id, if_idle: !it.is_over };
        let closed: Result<(), _> = self.hosts.call(it.host, it.instance, call, OPEN_LIMIT).await;
        match closed {
            Ok(()) => {
                let unit = || {
                    async move |tx: &mut Tx| {
                        tx.agent_put_away(it).await?;
                        status::refresh(tx, it.id).await
                    }
                };
                self.persist("an agent is closed", unit).await;
            }
            Err(CallError::Refused(error)) if !it.is_over => {
                tracing::debug!(agent_session = %it.id, %error, "an idle agent has something to do");
            }
            // Where its host is gone, its coming back is waited for.
            Err(error) if self.hosts.instance(it.host) == Some(it.instance) => {
                tracing::warn!(agent_session = %it.id, ?error, "an agent is not closed yet");
                sleep(PAUSE).await;
                self.wake.dispatcher.notify_one();
            }
            Err(_) => {}
        }
        closing.lock().remove(&it.id);
    }
}
