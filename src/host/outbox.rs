//! What the host has to tell the server, in the order in which it happened, until it is acknowledged.
//!
//! An agent session has one call open at a time, besides requests that wait for people: so what it
//! says is stored in order also when the server refuses a call and takes it later, and what happens
//! meanwhile gathers in one batch. The calls of several agent sessions do not wait for each other.
//!
//! A plain data structure: it knows no sockets and no time. [`Post`](super::post::Post) shares it
//! between the agents, which fill it, and the connection, which empties it.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use serde_json::value::RawValue;

use crate::{
    Code, Error,
    domain::{AgentSessionId, DispatchId, InstanceId, NewArtifact, RequestId, SessionEvent},
    rpc::{
        Envelope, MAX_IN_FLIGHT, RpcError,
        calls::{EventReport, HostCall, Outcome, Updates},
    },
};

/// An agent that has more than this waiting is not read any further, in calls.
const MAX_CALLS: usize = 512;
/// An agent that has more than this waiting is not read any further, in bytes.
const MAX_BYTES: usize = 8 * 1024 * 1024;
/// A batch of updates is closed when it holds this much, in bytes.
const BATCH_BYTES: usize = 256 * 1024;
/// A batch of updates is closed when it holds this many.
const BATCH_UPDATES: usize = 256;
/// What a call weighs beside the JSON it carries: about its ids.
const OVERHEAD: usize = 256;

/// The calls that are not yet acknowledged.
pub(super) struct Outbox {
    instance: InstanceId,
    entries: BTreeMap<u64, Entry>,
    unsent: BTreeSet<u64>,
    /// The entry of each open call; open calls live and die with a connection.
    open: HashMap<u64, u64>,
    /// The agent sessions with an open call that does not wait for a person.
    busy: HashSet<AgentSessionId>,
    /// The id of the last call; 0 is for hello.
    last_id: u64,
    last_entry: u64,
    agents: HashMap<AgentSessionId, Waiting>,
}

struct Entry {
    agent: AgentSessionId,
    call: HostCall,
    bytes: usize,
    /// Sent at least once, so that the server may know it.
    sent: bool,
}

/// What waits for one agent session. Kept for good: the numbers of its updates never start again.
#[derive(Default)]
struct Waiting {
    numbered: u64,
    last_entry: u64,
    calls: usize,
    bytes: usize,
}

/// What the answer to a call means for the host.
#[derive(Debug, PartialEq)]
pub(super) enum Settled {
    /// Nothing further.
    Done,
    /// The server could not take it just now: it goes out again, after a pause.
    Again,
    /// The server knows the end of a turn.
    Reported(DispatchId),
    /// A request of an agent is decided.
    Decided(AgentSessionId, RequestId, Outcome),
}

impl Outbox {
    pub(super) fn new(instance: InstanceId) -> Self {
        Self {
            instance,
            entries: BTreeMap::new(),
            unsent: BTreeSet::new(),
            open: HashMap::new(),
            busy: HashSet::new(),
            last_id: 0,
            last_entry: 0,
            agents: HashMap::new(),
        }
    }

    /// Adds an update of an agent: to the batch that waits, if it can still grow, or as a new one.
    pub(super) fn update(&mut self, agent_session_id: AgentSessionId, update: Box<RawValue>) {
        let agent = self.agents.entry(agent_session_id).or_default();
        agent.numbered += 1;
        let bytes = update.get().len();
        if let Some(entry) = self.entries.get_mut(&agent.last_entry)
            && let HostCall::Update(batch) = &mut entry.call
            && !entry.sent
            && batch.updates.len() < BATCH_UPDATES
            && entry.bytes + bytes <= BATCH_BYTES
        {
            batch.updates.push(update);
            entry.bytes += bytes;
            agent.bytes += bytes;
            return;
        }
        let first = agent.numbered;
        let instance = self.instance;
        let updates = vec![update];
        self.push(HostCall::Update(Updates { agent_session_id, instance, first, updates }));
    }

    /// Adds an event of an agent session, numbered in one row with its updates.
    pub(super) fn event(&mut self, agent_session_id: AgentSessionId, event: SessionEvent) {
        let agent = self.agents.entry(agent_session_id).or_default();
        agent.numbered += 1;
        let (instance, number) = (self.instance, agent.numbered);
        self.push(HostCall::Event(EventReport { agent_session_id, instance, number, event }));
    }

    /// Adds a call. Hello, which is of no agent session, never comes here.
    pub(super) fn push(&mut self, call: HostCall) {
        let Some(agent) = agent_session(&call) else { return };
        self.last_entry += 1;
        let bytes = weight(&call);
        let waiting = self.agents.entry(agent).or_default();
        waiting.last_entry = self.last_entry;
        waiting.calls += 1;
        waiting.bytes += bytes;
        self.entries.insert(self.last_entry, Entry { agent, call, bytes, sent: false });
        self.unsent.insert(self.last_entry);
    }

    /// The next frame to send; `None` when nothing waits that may go out now.
    pub(super) fn next(&mut self) -> Option<String> {
        loop {
            let free = |key: &&u64| self.entries.get(key).is_some_and(|entry| self.may_go(entry));
            let key = *self.unsent.iter().find(free)?;
            let entry = self.entries.get_mut(&key)?;
            self.unsent.remove(&key);
            self.last_id += 1;
            match Envelope::call(self.last_id, &entry.call) {
                Ok(frame) => {
                    entry.sent = true;
                    self.open.insert(self.last_id, key);
                    if request(&entry.call).is_none() {
                        self.busy.insert(entry.agent);
                    }
                    return Some(frame);
                }
                Err(error) => {
                    tracing::error!(%error, "a call cannot be written");
                    self.remove(key);
                }
            }
        }
    }

    fn may_go(&self, entry: &Entry) -> bool {
        let room = self.busy.len() < MAX_IN_FLIGHT || request(&entry.call).is_some();
        room && !self.busy.contains(&entry.agent)
    }

    /// Takes the answer to a call.
    pub(super) fn answered(&mut self, id: u64, result: Result<Box<RawValue>, RpcError>) -> Settled {
        let Some(key) = self.close(id) else { return Settled::Done };
        if let Err(error) = &result
            && may_pass(error)
        {
            self.unsent.insert(key);
            return Settled::Again;
        }
        let Some(entry) = self.remove(key) else { return Settled::Done };
        if let Err(error) = &result {
            let error = Error::from(error.clone());
            tracing::error!(code = %error.code, %error, "the server refuses a call; it is dropped");
        }
        match (request(&entry.call), entry.call) {
            (Some(request_id), _) => Settled::Decided(entry.agent, request_id, outcome(result)),
            (None, HostCall::Report(report)) => Settled::Reported(report.dispatch_id),
            (None, _) => Settled::Done,
        }
    }

    /// Forgets a request that its agent does not wait for any longer; true if the server may know it.
    pub(super) fn withdraw(&mut self, request_id: RequestId) -> bool {
        let found = self.entries.iter().find(|(_, entry)| request(&entry.call) == Some(request_id));
        let Some(key) = found.map(|(key, _)| *key) else { return false };
        self.open.retain(|_, entry| *entry != key);
        self.remove(key).is_some_and(|entry| entry.sent)
    }

    /// The connection is gone: everything that is not answered will be sent again, in the old order.
    pub(super) fn disconnected(&mut self) {
        self.open.clear();
        self.busy.clear();
        self.unsent = self.entries.keys().copied().collect();
    }

    /// Whether this agent may be read any further.
    pub(super) fn has_room(&self, agent: AgentSessionId) -> bool {
        self.agents.get(&agent).is_none_or(|w| w.calls <= MAX_CALLS && w.bytes <= MAX_BYTES)
    }

    /// The requests that wait for a decision.
    pub(super) fn requests(&self) -> Vec<RequestId> {
        self.entries.values().filter_map(|entry| request(&entry.call)).collect()
    }

    /// Whether nothing waits but requests for a decision.
    pub(super) fn is_idle(&self) -> bool {
        self.entries.values().all(|entry| request(&entry.call).is_some())
    }

    fn close(&mut self, id: u64) -> Option<u64> {
        let key = self.open.remove(&id)?;
        if let Some(entry) = self.entries.get(&key)
            && request(&entry.call).is_none()
        {
            self.busy.remove(&entry.agent);
        }
        Some(key)
    }

    fn remove(&mut self, key: u64) -> Option<Entry> {
        let entry = self.entries.remove(&key)?;
        self.unsent.remove(&key);
        if let Some(agent) = self.agents.get_mut(&entry.agent) {
            agent.calls -= 1;
            agent.bytes -= entry.bytes;
        }
        Some(entry)
    }
}

/// Whether a refusal is about the moment and not about the call.
fn may_pass(error: &RpcError) -> bool {
    match &error.data {
        Some(data) => matches!(data.code, Code::Busy | Code::DiskFull | Code::Internal),
        None => error.code == -32603,
    }
}

/// What a request came to; one that the server does not take is as good as cancelled.
fn outcome(result: Result<Box<RawValue>, RpcError>) -> Outcome {
    let Ok(value) = result else { return Outcome::Cancelled };
    serde_json::from_str(value.get()).unwrap_or_else(|error| {
        tracing::error!(%error, "the server's decision cannot be read; taken as cancelled");
        Outcome::Cancelled
    })
}

fn request(call: &HostCall) -> Option<RequestId> {
    match call {
        HostCall::Permission(request) => Some(request.request_id),
        HostCall::Question(request) => Some(request.request_id),
        _ => None,
    }
}

fn agent_session(call: &HostCall) -> Option<AgentSessionId> {
    match call {
        HostCall::Update(call) => Some(call.agent_session_id),
        HostCall::Permission(call) => Some(call.agent_session_id),
        HostCall::Question(call) => Some(call.agent_session_id),
        HostCall::Draft(call) => Some(call.agent_session_id),
        HostCall::Event(call) => Some(call.agent_session_id),
        HostCall::Delivered(call) => Some(call.agent_session_id),
        HostCall::Status(call) => Some(call.agent_session_id),
        HostCall::Report(call) => Some(call.agent_session_id),
        // What programs say of the registry does not go through here.
        _ => None,
    }
}

fn weight(call: &HostCall) -> usize {
    OVERHEAD
        + match call {
            HostCall::Update(batch) => batch.updates.iter().map(|update| update.get().len()).sum(),
            HostCall::Permission(request) => request.tool_call.get().len(),
            HostCall::Question(request) => request.request.get().len(),
            HostCall::Event(it) => serde_json::to_string(&it.event).map_or(0, |text| text.len()),
            HostCall::Draft(draft) => {
                let size = |it: &NewArtifact| it.uri.len() + it.summary.len() + it.diff.len();
                draft.artifacts.iter().map(size).sum()
            }
            _ => 0,
        }
}

#[cfg(test)]
mod tests;
