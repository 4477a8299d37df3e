//! What an agent writes, on its way to the ACP connection.
//!
//! `session/update` goes no further: it is taken here, from the raw line, because typed parsing
//! drops unknown kinds and fields. Everything else passes on. The next line is read when the
//! server has taken enough of the earlier ones, so a flood stops at the agent's own pipe.

use std::{
    borrow::Cow,
    collections::HashSet,
    io,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use futures_util::{Stream, stream};
use serde::Deserialize;
use serde_json::{Map, Value, value::RawValue};
use tokio::{
    io::AsyncRead,
    sync::Notify,
    time::{Instant, sleep_until},
};

use super::{
    chunks::Chunks, extension::Extension, fit, lines::Lines, post::Post, tool_calls::ToolCalls,
};
use crate::domain::AgentSessionId;

/// How much an agent may write from one prompt to the next, in bytes.
const LARGEST_TURN: usize = 64 * 1024 * 1024;
/// An agent with more requests than this whose answers it has not taken is not read any further: what is to be
/// written to it has no other bound.
const MAX_UNANSWERED: usize = 1024;

/// What was heard of an agent; shared between its tap and its conversation.
#[derive(Clone, Default)]
pub(super) struct Heard {
    shared: Arc<Mutex<State>>,
    /// The agent took an answer.
    answered: Arc<Notify>,
}

#[derive(Default)]
pub(super) struct State {
    /// The tool calls of the current turn.
    pub(super) tool_calls: ToolCalls,
    /// Updates are dropped until the next answer: the agent is telling an old conversation again.
    pub(super) replaying: bool,
    /// Read since the last prompt, in bytes.
    pub(super) bytes: usize,
    /// Why the agent is not read any further.
    pub(super) fault: Option<&'static str>,
    /// The first line that was not JSON.
    pub(super) noise: Option<String>,
    /// Requests of the agent whose answers it has not taken.
    unanswered: usize,
    /// The ids of what the agent was asked and has not answered.
    asked: HashSet<String>,
}

impl Heard {
    pub(super) fn lock(&self) -> MutexGuard<'_, State> {
        self.shared.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The agent is about to be told a line; it may answer it if it is a request.
    pub(super) fn telling(&self, line: &str) {
        if let Ok(Head { method: Some(_), id: Some(id), .. }) = serde_json::from_str(line) {
            self.lock().asked.insert(id.to_string());
        }
    }

    /// The agent took a line; an answer makes room for its next request.
    pub(super) fn took(&self, line: &str) {
        if serde_json::from_str::<Head<'_>>(line).is_ok_and(|head| head.method.is_none()) {
            let mut heard = self.lock();
            heard.unanswered = heard.unanswered.saturating_sub(1);
            self.answered.notify_one();
        }
    }

    /// Waits until the agent may ask any further.
    async fn room(&self) {
        while self.lock().unanswered >= MAX_UNANSWERED {
            self.answered.notified().await;
        }
    }
}

/// Stands between an agent's stdout and its ACP connection.
struct Tap<R> {
    lines: Lines<R>,
    agent: AgentSessionId,
    post: Post,
    heard: Heard,
    chunks: Chunks,
}

/// The lines that are for the ACP connection; it ends with the pipe, or at a fault.
pub(super) fn tap<R: AsyncRead + Unpin + Send + 'static>(
    stdout: R,
    agent: AgentSessionId,
    post: Post,
    heard: Heard,
) -> impl Stream<Item = io::Result<String>> + Send + 'static {
    let tap = Tap { lines: Lines::new(stdout), agent, post, heard, chunks: Chunks::default() };
    stream::unfold(tap, async |mut tap| tap.next().await.map(|line| (Ok(line), tap)))
}

impl<R: AsyncRead + Unpin> Tap<R> {
    async fn next(&mut self) -> Option<String> {
        loop {
            let line = tokio::select! {
                line = async {
                    self.post.room(self.agent).await;
                    self.heard.room().await;
                    self.lines.next().await
                } => line,
                () = due(self.chunks.due()) => {
                    self.flush();
                    continue;
                }
            };
            match line {
                Ok(Some(line)) => {
                    if self.count(line.len()) {
                        return None;
                    }
                    if let Some(line) = self.take(line) {
                        return Some(line);
                    }
                }
                Ok(None) => return None,
                Err(error) => {
                    if error.kind() == io::ErrorKind::InvalidData {
                        self.heard.lock().fault = Some("the agent wrote a line of more than 4 MiB");
                    }
                    return None;
                }
            }
        }
    }

    /// Counts what was read; true when it is too much.
    fn count(&self, bytes: usize) -> bool {
        let mut heard = self.heard.lock();
        heard.bytes += bytes;
        if heard.bytes > LARGEST_TURN {
            heard.fault = Some("the agent wrote more than 64 MiB in one turn");
        }
        heard.fault.is_some()
    }

    /// Takes a line; returns it if it is for the ACP connection: a request, or an answer that is waited for.
    ///
    /// To anything else the SDK answers with an error or complains in the log, however much of it there is.
    fn take(&mut self, line: String) -> Option<String> {
        let Ok(head) = serde_json::from_str::<Head<'_>>(&line) else {
            self.noise(line);
            return None;
        };
        if head.method.as_deref() == Some("session/update") && head.id.is_none() {
            if let Some(params) = head.params {
                self.update(params);
            }
            return None;
        }
        self.flush();
        match (&head.method, &head.id) {
            (Some(_), Some(_)) => self.heard.lock().unanswered += 1,
            (Some(method), None) => {
                if let (Some(extension), Some(params)) = (Extension::of(method), head.params) {
                    extension.tell(self.agent, params, &self.post);
                }
                return None;
            }
            (None, id) => {
                let mut state = self.heard.lock();
                if !id.as_ref().is_some_and(|id| state.asked.remove(&id.to_string())) {
                    drop(state);
                    self.noise(line);
                    return None;
                }
                state.replaying = false;
            }
        }
        Some(line)
    }

    fn noise(&self, line: String) {
        if line.trim().is_empty() {
            return;
        }
        tracing::debug!(agent_session = %self.agent, line, "not JSON on the agent's stdout");
        self.heard.lock().noise.get_or_insert(line);
    }

    fn update(&mut self, params: &RawValue) {
        if self.heard.lock().replaying {
            return;
        }
        if fit::is_too_deep(params.get()) {
            tracing::error!(agent_session = %self.agent, "an update nests too deep; it is left out");
            return;
        }
        let kind = serde_json::from_str::<Params<'_>>(params.get()).ok();
        let kind = kind.map(|params| params.update.kind).unwrap_or_default();
        let mut ready = Vec::new();
        if !self.chunks.take(&kind, params, Instant::now(), &mut ready) {
            self.chunks.flush(&mut ready);
            if kind == "tool_call" || kind == "tool_call_update" {
                self.note_tool_call(params);
            }
            match fit::update(params) {
                Some(update) => ready.push(update),
                None => {
                    tracing::error!(agent_session = %self.agent, "an update is too large; it is left out");
                }
            }
        }
        self.send(ready);
    }

    fn note_tool_call(&self, params: &RawValue) {
        if let Ok(call) = serde_json::from_str::<ToolCall<'_>>(params.get()) {
            self.heard.lock().tool_calls.note(&call.session_id, call.update);
        }
    }

    fn flush(&mut self) {
        let mut ready = Vec::new();
        self.chunks.flush(&mut ready);
        self.send(ready);
    }

    fn send(&self, updates: Vec<Box<RawValue>>) {
        for update in updates {
            self.post.update(self.agent, update);
        }
    }
}

impl<R> Drop for Tap<R> {
    /// What was heard last is not lost when the connection ends.
    fn drop(&mut self) {
        let mut ready = Vec::new();
        self.chunks.flush(&mut ready);
        for update in ready {
            self.post.update(self.agent, update);
        }
    }
}

async fn due(at: Option<Instant>) {
    match at {
        Some(at) => sleep_until(at).await,
        None => std::future::pending().await,
    }
}

/// As much of a line as tells what it is.
#[derive(Deserialize)]
struct Head<'a> {
    #[serde(borrow, default)]
    method: Option<Cow<'a, str>>,
    #[serde(default)]
    id: Option<Value>,
    #[serde(borrow, default)]
    params: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct Params<'a> {
    #[serde(borrow)]
    update: Kind<'a>,
}

#[derive(Deserialize)]
struct Kind<'a> {
    #[serde(borrow, rename = "sessionUpdate")]
    kind: Cow<'a, str>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ToolCall<'a> {
    #[serde(borrow)]
    session_id: Cow<'a, str>,
    update: Map<String, Value>,
}

#[cfg(test)]
mod tests;
