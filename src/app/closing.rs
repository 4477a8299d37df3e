//! Ending agents that must not be alive any more: their agent session is over, or they were idle for as long as their
//! settings say. The next prompt of an idle one starts it again, where it was.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::time::sleep;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use super::{App, opening::OPEN_LIMIT, status};
use crate::{
    domain::{AgentSessionId, HostId},
    error::Result,
    hosts::CallError,
    rpc::calls::ServerCall,
    store::{Closable, Tx},
};

/// How long to wait before a host is asked again.
const PAUSE: Duration = Duration::from_secs(1);
/// How many agents a host closes at once.
const AT_ONCE: usize = 4;

/// The agents that are being closed now.
#[derive(Debug, Clone, Default)]
pub(super) struct Closing(Arc<Mutex<HashMap<AgentSessionId, Stage>>>);

/// How far an agent is that is being closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    /// This host was asked to.
    Asked(HostId),
    /// It could not, and is not asked again at once: others come first.
    Resting,
}

impl Closing {
    /// Notes that a host is asked to close an agent, unless that agent is being closed or the host has enough to do.
    fn begin(&self, it: &Closable) -> bool {
        let (mut all, asked) = (self.lock(), Stage::Asked(it.host));
        let is_free = all.values().filter(|stage| **stage == asked).count() < AT_ONCE;
        let begins = is_free && !all.contains_key(&it.id);
        if begins {
            all.insert(it.id, asked);
        }
        begins
    }

    fn rest(&self, id: AgentSessionId) {
        self.lock().insert(id, Stage::Resting);
    }

    fn end(&self, id: AgentSessionId) {
        self.lock().remove(&id);
    }

    fn ids(&self) -> Vec<AgentSessionId> {
        self.lock().keys().copied().collect()
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<AgentSessionId, Stage>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl App {
    /// Begins to close agents that must end: a few at each host, the others as those are done.
    pub(super) async fn close_ready(
        &self,
        closing: &Closing,
        stop: &CancellationToken,
        tasks: &TaskTracker,
    ) -> Result<()> {
        let mut reads = self.store.read().await?;
        let now = reads.now();
        let closable = reads.closable(now, &closing.ids(), AT_ONCE).await?;
        drop(reads);
        for it in closable {
            if closing.begin(&it) {
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
        let done = match closed {
            Ok(()) => {
                let unit = || {
                    async move |tx: &mut Tx| {
                        tx.agent_put_away(it).await?;
                        status::refresh(tx, it.id).await
                    }
                };
                self.persist("an agent is closed", unit).await
            }
            Err(CallError::Refused(error)) if !it.is_over => {
                tracing::debug!(agent_session = %it.id, %error, "an idle agent has something to do");
                let unit = || async move |tx: &mut Tx| tx.idle_anew(it).await;
                self.persist("an agent is idle anew", unit).await
            }
            Err(error) if self.hosts.instance(it.host) == Some(it.instance) => {
                tracing::warn!(agent_session = %it.id, ?error, "an agent is not closed yet");
                None
            }
            // Its host is gone, and its coming back is waited for.
            Err(_) => return closing.end(it.id),
        };
        if done.is_none() {
            closing.rest(it.id);
            self.wake.dispatcher.notify_one();
            sleep(PAUSE).await;
        }
        closing.end(it.id);
        self.wake.dispatcher.notify_one();
    }
}
