//! The server's end of host connections: which hosts are there, and calls to them.
//!
//! What hosts have to say goes to a handler that the caller brings; nothing here knows use cases, or sockets.

mod connection;
mod hello;

use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

pub use connection::{Ending, Feed, Frames, Reply, serve};
pub use hello::{answer_hello, read_hello};
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;
use tokio::{
    sync::{mpsc, oneshot},
    time::timeout,
};
use tokio_util::sync::CancellationToken;

use crate::{
    domain::{DispatchId, HostId, InstanceId},
    error::{Code, Error, Result},
    rpc::{MAX_IN_FLIGHT, calls::ServerCall},
};

/// The hosts that are connected. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct Hosts(Arc<Mutex<HashMap<HostId, Link>>>);

/// The way to one connected host.
#[derive(Debug, Clone)]
struct Link {
    instance: InstanceId,
    /// The turns that it had when it connected and whose end it has not told yet.
    turns: HashSet<DispatchId>,
    calls: mpsc::Sender<Outgoing>,
    end: CancellationToken,
}

/// Why a call to a host came to nothing.
#[derive(Debug)]
pub enum CallError {
    /// It cannot be known whether the host heard of it.
    Away,
    /// It is there, and did not answer in time.
    Late,
    /// The host heard of it and refused.
    Refused(Error),
}

impl From<CallError> for Error {
    fn from(error: CallError) -> Self {
        match error {
            CallError::Refused(error) => error,
            CallError::Away => Self::with(Code::AgentUnavailable, "the host is not connected"),
            CallError::Late => Self::with(Code::AgentUnavailable, "the host does not answer"),
        }
    }
}

/// A call on its way to a host.
#[derive(Debug)]
pub struct Outgoing {
    call: ServerCall,
    answer: oneshot::Sender<Result<Box<RawValue>>>,
}

/// A connection's place among the hosts; given up when dropped, unless a newer connection took it.
#[derive(Debug)]
pub struct Place {
    hosts: Hosts,
    host: HostId,
    instance: InstanceId,
    /// The calls for this connection.
    pub calls: mpsc::Receiver<Outgoing>,
    /// Cancelled when a newer connection of the same host takes over.
    pub end: CancellationToken,
}

impl Hosts {
    /// Makes a connection the way to its host, which has these turns in hand; a former connection of it ends at once.
    pub fn connect(&self, host: HostId, instance: InstanceId, turns: &[DispatchId]) -> Place {
        let (sender, calls) = mpsc::channel(MAX_IN_FLIGHT);
        let end = CancellationToken::new();
        let turns = turns.iter().copied().collect();
        let link = Link { instance, turns, calls: sender, end: end.clone() };
        if let Some(former) = self.lock().insert(host, link) {
            former.end.cancel();
        }
        Place { hosts: self.clone(), host, instance, calls, end }
    }

    /// The process of a host, if it is connected.
    pub fn instance(&self, host: HostId) -> Option<InstanceId> {
        self.lock().get(&host).map(|link| link.instance)
    }

    /// The turns that a host had when it connected and whose end it has not told yet.
    pub fn open_turns(&self, host: HostId) -> Vec<DispatchId> {
        self.lock().get(&host).map_or_else(Vec::new, |link| link.turns.iter().copied().collect())
    }

    /// Notes that a host has told the end of a turn; whether that was one that it had when it connected.
    pub fn turn_ended(&self, host: HostId, turn: DispatchId) -> bool {
        self.lock().get_mut(&host).is_some_and(|link| link.turns.remove(&turn))
    }

    /// Calls a host's process and waits for its answer.
    ///
    /// # Errors
    /// [`CallError::Away`] when that process is not connected or goes away meanwhile, [`CallError::Late`] when it does not
    /// answer in time: it may or may not have heard. [`CallError::Refused`] with what it answered.
    pub async fn call<T: DeserializeOwned>(
        &self,
        host: HostId,
        instance: InstanceId,
        call: ServerCall,
        limit: Duration,
    ) -> Result<T, CallError> {
        let link = self.lock().get(&host).cloned().filter(|link| link.instance == instance);
        let Some(link) = link else { return Err(CallError::Away) };
        let (answer, answered) = oneshot::channel();
        if link.calls.try_send(Outgoing { call, answer }).is_err() {
            return Err(CallError::Away);
        }
        match timeout(limit, answered).await {
            Err(_) => Err(CallError::Late),
            Ok(Err(_)) => Err(CallError::Away),
            Ok(Ok(Err(error))) => Err(CallError::Refused(error)),
            Ok(Ok(Ok(raw))) => serde_json::from_str(raw.get()).map_err(|error| {
                let text = "the host answered something else";
                CallError::Refused(Error::with(Code::AgentUnavailable, text).because(error))
            }),
        }
    }

    /// Calls a host's process, if it is connected, and does not wait for its answer.
    pub fn tell(&self, host: HostId, instance: InstanceId, call: ServerCall) {
        let link = self.lock().get(&host).cloned().filter(|link| link.instance == instance);
        let Some(link) = link else { return };
        if link.calls.try_send(Outgoing { call, answer: oneshot::channel().0 }).is_err() {
            tracing::warn!(%host, "a host takes no more calls; it is not told");
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<HostId, Link>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Place {
    /// Whether the place is now that of another process of the same host.
    fn is_anothers(&self) -> bool {
        self.hosts.instance(self.host).is_some_and(|instance| instance != self.instance)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut hosts = self.hosts.lock();
        // A newer connection has cancelled our token and put its own link there.
        if !self.end.is_cancelled() {
            hosts.remove(&self.host);
        }
    }
}
