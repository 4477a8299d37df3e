//! What a script can do in a turn: say something, plan, and wait.
//!
//! Whatever is sent is kept first, so that a load tells it again. A turn that is cancelled is dropped where it stands.

use std::sync::{Arc, atomic::Ordering};

use agent_client_protocol::{
    Client, Error,
    v1::{
        ConnectionTo,
        schema::{
            ContentBlock, ContentChunk, Cost, Plan, PlanEntry, PlanEntryPriority, PlanEntryStatus,
            PromptResponse, SessionNotification, SessionUpdate, StopReason, ToolCallId,
            UsageUpdate,
        },
    },
};
use tokio::select;

use super::{agent::DemoAgent, pace::Pace, session::Session, words};

/// One prompt being answered.
pub(super) struct Turn {
    pub(super) agent: Arc<DemoAgent>,
    pub(super) session: Arc<Session>,
    pub(super) client: ConnectionTo<Client>,
    /// The tool call that has not ended.
    pub(super) open: Option<ToolCallId>,
    pace: Pace,
    number: u32,
    ids: u32,
}

/// Why a turn ends before its script does.
pub(super) enum Halt {
    Cancelled,
    Failed(Error),
}

impl From<Error> for Halt {
    fn from(error: Error) -> Self {
        Self::Failed(error)
    }
}

impl From<std::io::Error> for Halt {
    fn from(error: std::io::Error) -> Self {
        Self::Failed(Error::into_internal_error(error))
    }
}

/// What a step of a script comes to.
pub(super) type Step<T = ()> = Result<T, Halt>;

impl Turn {
    pub(super) fn new(
        agent: Arc<DemoAgent>,
        session: Arc<Session>,
        client: ConnectionTo<Client>,
        number: u32,
    ) -> Self {
        let pace = Pace::new(&agent.options, number);
        Self { agent, session, client, open: None, pace, number, ids: 0 }
    }

    /// Answers the prompt `text`, unless it is `cancelled` first.
    pub(super) async fn run(
        mut self,
        text: &str,
        cancelled: impl Future<Output = ()>,
    ) -> Result<PromptResponse, Error> {
        let end = select! {
            biased;
            () = cancelled, if !words::is_deaf(text) => Err(Halt::Cancelled),
            end = words::obey(&mut self, text) => end,
        };
        let closed = self.abandon_tool();
        self.session.end();
        closed?;
        match end {
            Ok(()) => Ok(PromptResponse::new(StopReason::EndTurn)),
            Err(Halt::Cancelled) => Ok(PromptResponse::new(StopReason::Cancelled)),
            Err(Halt::Failed(error)) => Err(error),
        }
    }

    /// Waits about this many seconds of script time.
    pub(super) async fn wait(&mut self, seconds: f64) {
        self.pace.wait(seconds).await;
    }

    /// Keeps an update and sends it.
    pub(super) fn send(&self, update: SessionUpdate) -> Result<(), Error> {
        self.session.keep(&update)?;
        self.client.send_notification(SessionNotification::new(self.session.id.clone(), update))
    }

    /// An id that no other thing of this conversation has.
    pub(super) fn next_id(&mut self, kind: &str) -> String {
        self.ids += 1;
        format!("{kind}-{}-{}", self.number, self.ids)
    }

    /// Whether the client can show forms.
    pub(super) fn can_ask_forms(&self) -> bool {
        self.agent.forms.load(Ordering::Relaxed)
    }

    /// Streams a message.
    pub(super) async fn say(&mut self, text: &str) -> Step {
        self.stream(text, SessionUpdate::AgentMessageChunk).await
    }

    /// Streams a thought.
    pub(super) async fn think(&mut self, text: &str) -> Step {
        self.stream(text, SessionUpdate::AgentThoughtChunk).await
    }

    async fn stream(&mut self, text: &str, kind: fn(ContentChunk) -> SessionUpdate) -> Step {
        let id = self.next_id("message");
        let words: Vec<&str> = text.split_inclusive(' ').collect();
        let mut rest = &words[..];
        while !rest.is_empty() {
            let (chunk, after) = rest.split_at(rest.len().min(1 + self.pace.below(5)));
            self.send(kind(chunk_of(&chunk.concat(), &id)))?;
            self.wait(0.12).await;
            rest = after;
        }
        Ok(())
    }

    /// Says something at once, as part of message `id`.
    pub(super) fn say_chunk(&self, text: &str, id: &str) -> Step {
        Ok(self.send(SessionUpdate::AgentMessageChunk(chunk_of(text, id)))?)
    }

    /// Shows the plan with its first `done` entries completed and the next one under way.
    pub(super) fn plan(&self, entries: &[&str], done: usize) -> Step {
        let entry = |(place, text): (usize, &&str)| {
            let status = match place {
                place if place < done => PlanEntryStatus::Completed,
                place if place == done => PlanEntryStatus::InProgress,
                _ => PlanEntryStatus::Pending,
            };
            PlanEntry::new(*text, PlanEntryPriority::Medium, status)
        };
        let plan = Plan::new(entries.iter().enumerate().map(entry).collect());
        Ok(self.send(SessionUpdate::Plan(plan))?)
    }

    /// Says what the conversation has used so far.
    pub(super) fn usage(&self, used: u64, size: u64, dollars: f64) -> Step {
        let usage = UsageUpdate::new(used, size).cost(Cost::new(dollars, "USD"));
        Ok(self.send(SessionUpdate::UsageUpdate(usage))?)
    }
}

/// The text of a prompt.
pub(super) fn text(prompt: &[ContentBlock]) -> String {
    prompt
        .iter()
        .filter_map(|block| match block {
            ContentBlock::Text(text) => Some(text.text.as_str()),
            _ => None,
        })
        .collect()
}

/// A piece of message `id`.
pub(super) fn chunk_of(text: &str, id: &str) -> ContentChunk {
    ContentChunk::new(text.into()).message_id(id)
}
