//! What is asked of the server from a view: each request is a task, so that the view never stands still.

use std::time::Duration;

use serde_json::{Value, json};
use tokio::{task::JoinSet, time::timeout};

use super::snapshot::Snapshot;
use crate::{
    cli::{
        api::Api,
        decide::{self, Choice},
        failure::Failure,
        restart, stop,
    },
    domain::{AgentSessionId, Approval, ApprovalId, Mode, Role, Seq, SessionId, Verdict},
};

/// How long what is on its way may take when the person leaves.
const LAST_WORDS: Duration = Duration::from_secs(5);
/// How long a new link lets somebody in, in minutes.
const INVITE: u32 = 24 * 60;

/// Requests that are on their way.
pub(super) struct Jobs {
    api: Api,
    session: SessionId,
    tasks: JoinSet<Done>,
}

/// The end of a request.
pub(super) enum Done {
    /// A decision was made, or refused.
    Decided(ApprovalId, Option<Failure>),
    /// Something that the stream will tell of.
    Sent(Option<Failure>),
    /// Something that is told in one line.
    Said(Result<String, Failure>),
    /// All of a card.
    Loaded(Result<Box<Approval>, Failure>),
    /// The newest event has this number.
    Head(Result<Seq, Failure>),
    /// A link to join was made: its role and secret.
    Invited(Role, Result<Value, Failure>),
}

impl Jobs {
    /// None yet.
    pub(super) fn new(api: &Api, session: SessionId) -> Self {
        Self { api: api.clone(), session, tasks: JoinSet::new() }
    }

    /// The next one that ends; none, where none is on its way.
    pub(super) async fn next(&mut self) -> Option<Done> {
        loop {
            match self.tasks.join_next().await? {
                Ok(done) => return Some(done),
                Err(error) => tracing::error!(%error, "a request was not made"),
            }
        }
    }

    /// Waits a little for what is on its way: who decides and leaves has decided.
    pub(super) async fn finish(&mut self) -> Vec<Failure> {
        let mut failures = Vec::new();
        let all = async {
            while let Some(done) = self.next().await {
                failures.extend(done.failure());
            }
        };
        let _too_long = timeout(LAST_WORDS, all).await;
        failures
    }

    /// Decides what `shown` is.
    pub(super) fn decide(&mut self, shown: Approval, action: Verdict, choice: Choice) {
        let api = self.api.clone();
        self.tasks.spawn(async move {
            let answer = decide::decide(&api, &shown, action, &choice).await;
            Done::Decided(shown.id, answer.err())
        });
    }

    /// Loads all of a card that was told without the diffs of its draft.
    pub(super) fn load(&mut self, card: ApprovalId) {
        let api = self.api.clone();
        self.tasks.spawn(async move { Done::Loaded(api.approval(card).await.map(Box::new)) });
    }

    /// Sends a comment.
    pub(super) fn comment(&mut self, text: &str) {
        self.send("messages", json!({ "text": text }));
    }

    /// Sends a prompt.
    pub(super) fn prompt(&mut self, text: &str) {
        self.send("prompts", json!({ "prompt": text }));
    }

    /// Stops the turn.
    pub(super) fn stop(&mut self) {
        let (api, session) = (self.api.clone(), self.session);
        self.tasks.spawn(async move {
            Done::Said(stop::turn(&api, session).await.map(|stopped| match stopped {
                Some(_) => "the agent was told to stop".into(),
                None => "nothing runs".into(),
            }))
        });
    }

    /// Starts the agent again.
    pub(super) fn restart(&mut self, agent: AgentSessionId, fresh: bool) {
        let api = self.api.clone();
        let how = if fresh { "with a new conversation" } else { "where it was" };
        self.tasks.spawn(async move {
            let answer = restart::agent(&api, agent, fresh).await;
            Done::Said(answer.map(|_| format!("✓ the agent goes on, {how}")))
        });
    }

    /// Asks for the number of the newest event.
    pub(super) fn head(&mut self) {
        let (api, session) = (self.api.clone(), self.session);
        self.tasks.spawn(async move {
            Done::Head(Snapshot::load(&api, session).await.map(|it| it.head()))
        });
    }

    /// Makes a link for one person.
    pub(super) fn invite(&mut self, role: Role) {
        let (api, path) = (self.api.clone(), self.path("invites"));
        self.tasks.spawn(async move {
            let body = json!({ "role": role, "maxUses": 1, "expiresInMinutes": INVITE });
            Done::Invited(role, api.post(&path, &body).await)
        });
    }

    /// Changes what people may do; the stream tells when it is so.
    pub(super) fn change_mode(&mut self, mode: Mode) {
        let api = self.api.clone();
        let path = format!("/api/shared-sessions/{}", self.session);
        self.tasks.spawn(async move {
            Done::Sent(api.patch::<Value>(&path, &json!({ "mode": mode })).await.err())
        });
    }

    fn send(&mut self, what: &str, body: Value) {
        let (api, path) = (self.api.clone(), self.path(what));
        self.tasks.spawn(async move { Done::Sent(api.post::<Value>(&path, &body).await.err()) });
    }

    fn path(&self, what: &str) -> String {
        format!("/api/shared-sessions/{}/{what}", self.session)
    }
}

impl Done {
    fn failure(self) -> Option<Failure> {
        match self {
            Self::Decided(_, failure) | Self::Sent(failure) => failure,
            Self::Said(said) => said.err(),
            Self::Head(_) | Self::Loaded(_) => None,
            Self::Invited(_, made) => made.err(),
        }
    }
}
