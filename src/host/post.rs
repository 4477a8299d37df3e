//! The post between the agents and the server: the outbox and the turns, shared.
//!
//! Agents put in what happened and wait for room; the connection takes frames out and brings the
//! answers back. Locks are short and never held over an await.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde_json::value::RawValue;
use tokio::sync::Notify;

use super::{
    outbox::{Outbox, Settled},
    turns::Turns,
};
use crate::{
    Result,
    domain::{AgentSessionId, DispatchId, InstanceId, RequestId, SessionEvent},
    rpc::{
        RpcError,
        calls::{Delivered, HostCall, OpenWork, Report, TurnState},
    },
};

/// A handle to the post; clones share it.
#[derive(Clone)]
pub(super) struct Post {
    shared: Arc<Shared>,
}

struct Shared {
    instance: InstanceId,
    held: Mutex<Held>,
    /// Something may be ready to be sent.
    filled: Notify,
    /// Something was acknowledged.
    freed: Notify,
}

struct Held {
    outbox: Outbox,
    turns: Turns,
}

impl Post {
    pub(super) fn new(instance: InstanceId) -> Self {
        let held = Held { outbox: Outbox::new(instance), turns: Turns::default() };
        let (filled, freed) = (Notify::new(), Notify::new());
        Self { shared: Arc::new(Shared { instance, held: Mutex::new(held), filled, freed }) }
    }

    pub(super) fn instance(&self) -> InstanceId {
        self.shared.instance
    }

    /// An update of an agent.
    pub(super) fn update(&self, agent: AgentSessionId, update: Box<RawValue>) {
        self.held().outbox.update(agent, update);
        self.shared.filled.notify_one();
    }

    /// Any other call.
    pub(super) fn push(&self, call: HostCall) {
        self.held().outbox.push(call);
        self.shared.filled.notify_one();
    }

    /// The state of a turn that was seen before.
    pub(super) fn seen(&self, dispatch_id: DispatchId) -> Option<TurnState> {
        self.held().turns.seen(dispatch_id)
    }

    /// The agent session of a running turn.
    pub(super) fn running(&self, dispatch_id: DispatchId) -> Option<AgentSessionId> {
        self.held().turns.running(dispatch_id)
    }

    /// Whether an agent session is at a turn.
    pub(super) fn is_running(&self, agent: AgentSessionId) -> bool {
        self.held().turns.is_running(agent)
    }

    /// Something that an agent session has to tell besides what its agent says.
    pub(super) fn event(&self, agent: AgentSessionId, event: SessionEvent) {
        self.held().outbox.event(agent, event);
        self.shared.filled.notify_one();
    }

    /// Notes a new turn.
    ///
    /// # Errors
    /// `ILLEGAL_TRANSITION` when another turn of that agent session is running.
    pub(super) fn begin_turn(&self, dispatch: DispatchId, agent: AgentSessionId) -> Result<()> {
        self.held().turns.begin(dispatch, agent)
    }

    /// A turn has ended: remembered, and reported behind everything that the agent said in it.
    pub(super) fn end_turn(&self, dispatch_id: DispatchId, state: TurnState) {
        let instance = self.shared.instance;
        {
            let mut held = self.held();
            if let Some(agent_session_id) = held.turns.end(dispatch_id, &state) {
                let report = Report { dispatch_id, agent_session_id, instance, state };
                held.outbox.push(HostCall::Report(report));
            }
        }
        self.shared.filled.notify_one();
    }

    /// The agent does not wait for this request any longer.
    pub(super) fn withdraw(&self, agent_session_id: AgentSessionId, request_id: RequestId) {
        if self.held().outbox.withdraw(request_id) {
            self.push(HostCall::Delivered(Delivered { request_id, agent_session_id }));
        }
        self.shared.freed.notify_waiters();
    }

    /// Waits until this agent may be read any further.
    pub(super) async fn room(&self, agent: AgentSessionId) {
        self.until(|outbox| outbox.has_room(agent)).await;
    }

    /// Waits until everything is acknowledged but requests that wait for a decision.
    pub(super) async fn idle(&self) {
        self.until(Outbox::is_idle).await;
    }

    /// Waits until something may be ready to be sent.
    pub(super) async fn filled(&self) {
        self.shared.filled.notified().await;
    }

    /// The next frame to send.
    pub(super) fn next(&self) -> Option<String> {
        self.held().outbox.next()
    }

    /// Takes the answer to a call.
    pub(super) fn answered(&self, id: u64, result: Result<Box<RawValue>, RpcError>) -> Settled {
        let settled = {
            let mut held = self.held();
            let settled = held.outbox.answered(id, result);
            if let Settled::Reported(dispatch_id) = settled {
                held.turns.acknowledged(dispatch_id);
            }
            settled
        };
        self.shared.freed.notify_waiters();
        settled
    }

    /// The connection is gone.
    pub(super) fn disconnected(&self) {
        self.held().outbox.disconnected();
    }

    /// What to say in hello, `agent_sessions` being those whose agent is alive.
    pub(super) fn open_work(&self, agent_sessions: Vec<AgentSessionId>) -> OpenWork {
        let held = self.held();
        let dispatches = held.turns.unacknowledged();
        OpenWork { agent_sessions, dispatches, requests: held.outbox.requests() }
    }

    async fn until(&self, reached: impl Fn(&Outbox) -> bool) {
        loop {
            let mut freed = std::pin::pin!(self.shared.freed.notified());
            freed.as_mut().enable();
            if reached(&self.held().outbox) {
                return;
            }
            freed.await;
        }
    }

    fn held(&self) -> MutexGuard<'_, Held> {
        self.shared.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
