//! The agent sessions of this host, and the way to each of them.

use std::{
    collections::{BTreeMap, HashMap},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use tokio::sync::{mpsc, watch};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use super::{
    AgentSettings,
    agent::{Agent, Opening},
    conversation::Command,
    ending::AgentEnd,
    keeper::Keeper,
    post::Post,
};
use crate::{
    Code, Error,
    domain::AgentSessionId,
    rpc::calls::{Open, Opened},
};

/// Every agent session of this host.
pub(super) struct Agents {
    settings: BTreeMap<String, AgentSettings>,
    post: Post,
    keeper: Keeper,
    ended: mpsc::UnboundedSender<AgentEnd>,
    slots: Mutex<HashMap<AgentSessionId, Slot>>,
    tracker: TaskTracker,
    stop: CancellationToken,
}

#[derive(Clone)]
struct Slot {
    /// Unbounded, and yet bounded by the calls that the server may have open.
    commands: mpsc::UnboundedSender<Command>,
    opening: watch::Receiver<Opening>,
    stop: CancellationToken,
}

impl Agents {
    pub(super) fn new(
        settings: BTreeMap<String, AgentSettings>,
        post: Post,
        keeper: Keeper,
        ended: mpsc::UnboundedSender<AgentEnd>,
    ) -> Arc<Self> {
        Arc::new(Self {
            settings,
            post,
            keeper,
            ended,
            slots: Mutex::default(),
            tracker: TaskTracker::new(),
            stop: CancellationToken::new(),
        })
    }

    /// Starts an agent, or joins the start of one that was asked for before.
    ///
    /// # Errors
    /// `AGENT_UNAVAILABLE` with the cause and the cure.
    pub(super) async fn open(self: &Arc<Self>, open: Open) -> Result<Opened, Arc<Error>> {
        loop {
            let mut slot = self.slot(&open)?;
            let opening = slot.opening.wait_for(|opening| !matches!(opening, Opening::Pending));
            match opening.await.as_deref() {
                Ok(Opening::Open(opened)) if !slot.stop.is_cancelled() => return Ok(opened.clone()),
                Ok(Opening::Failed(error)) => return Err(error.clone()),
                _ => {}
            }
            slot.gone().await;
        }
    }

    /// The slot of an agent session; a new one, with its agent being started, if there is none.
    fn slot(self: &Arc<Self>, open: &Open) -> Result<Slot, Arc<Error>> {
        let mut slots = self.slots();
        if let Some(slot) = slots.get(&open.agent_session_id) {
            return Ok(slot.clone());
        }
        if self.stop.is_cancelled() {
            return Err(unavailable("this host is about to end"));
        }
        let Some(settings) = self.settings.get(&open.agent).cloned() else {
            let text = format!("this host has no agent named {}", open.agent);
            let cure = format!("name it in the host's configuration: [agents.{}]", open.agent);
            return Err(Arc::new(Error::with(Code::AgentUnavailable, text).hint(cure)));
        };
        let (send, commands) = mpsc::unbounded_channel();
        let (opening, watch) = watch::channel(Opening::Pending);
        let stop = self.stop.child_token();
        let slot = Slot { commands: send, opening: watch, stop: stop.clone() };
        let (id, post) = (open.agent_session_id, self.post.clone());
        let agent = Agent {
            open: open.clone(),
            settings,
            post,
            keeper: self.keeper.clone(),
            ended: self.ended.clone(),
            commands,
            opening: opening.clone(),
            stop,
        };
        let agents = self.clone();
        self.tracker.spawn(async move {
            agent.run().await;
            agents.slots().remove(&id);
            drop(opening);
        });
        slots.insert(id, slot.clone());
        Ok(slot)
    }

    /// Begins to end an agent: it is told nothing any more.
    pub(super) fn stop(&self, id: AgentSessionId) {
        if let Some(slot) = self.slots().get(&id) {
            slot.stop.cancel();
        }
    }

    /// Ends an agent; returns when its process is gone.
    pub(super) async fn close(&self, id: AgentSessionId) {
        let slot = self.slots().get(&id).cloned();
        if let Some(mut slot) = slot {
            slot.stop.cancel();
            slot.gone().await;
        }
    }

    /// Whether an agent session can be told something.
    ///
    /// # Errors
    /// `AGENT_UNAVAILABLE` when it is not running.
    pub(super) fn ready(&self, id: AgentSessionId) -> Result<(), Error> {
        let ready = self.slots().get(&id).is_some_and(Slot::is_open);
        if ready { Ok(()) } else { Err(not_running()) }
    }

    /// Tells an agent session something.
    ///
    /// # Errors
    /// `AGENT_UNAVAILABLE` when it is not running.
    pub(super) fn tell(&self, id: AgentSessionId, command: Command) -> Result<(), Error> {
        let slots = self.slots();
        let slot = slots.get(&id).filter(|slot| slot.is_open()).ok_or_else(not_running)?;
        slot.commands.send(command).map_err(|_gone| not_running())
    }

    /// The agent sessions whose agent is alive.
    pub(super) fn alive(&self) -> Vec<AgentSessionId> {
        self.slots().iter().filter(|(_, slot)| slot.is_open()).map(|(id, _)| *id).collect()
    }

    /// Ends every agent; returns when all processes are gone. None is started after that.
    pub(super) async fn end(&self) {
        self.stop.cancel();
        self.tracker.close();
        self.tracker.wait().await;
    }

    fn slots(&self) -> MutexGuard<'_, HashMap<AgentSessionId, Slot>> {
        self.slots.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Slot {
    fn is_open(&self) -> bool {
        !self.stop.is_cancelled() && matches!(*self.opening.borrow(), Opening::Open(_))
    }

    async fn gone(&mut self) {
        while self.opening.changed().await.is_ok() {}
    }
}

fn not_running() -> Error {
    Error::with(Code::AgentUnavailable, "the agent is not running")
}

fn unavailable(message: impl Into<String>) -> Arc<Error> {
    Arc::new(Error::with(Code::AgentUnavailable, message))
}
