//! One conversation with a running agent: its turns, its requests, and how it comes to an end.

use std::{path::PathBuf, pin::pin, time::Duration};

use futures_util::future::{BoxFuture, pending};
use tokio::{
    sync::mpsc,
    time::{Instant, sleep_until, timeout},
};
use tokio_util::sync::CancellationToken;

use super::{
    acp::{Acp, Asked, Known, Refusal},
    ending::Login,
    failure,
    opening::{self, Begun, NotOpened, Wanted},
    post::Post,
    process::Process,
    requests::Requests,
    tap::Heard,
};
use crate::{
    domain::{AgentSessionId, DispatchId, RequestId},
    rpc::calls::{AgentStatus, HostCall, Outcome, StatusReport, TurnState},
};

/// How long an agent may take to stop a turn.
const CANCEL: Duration = Duration::from_secs(10);
/// How long the pipes may stay open after the process has ended.
const DRAIN: Duration = Duration::from_secs(1);

/// What the host tells a running agent session.
pub(super) enum Command {
    /// Begin a turn.
    Prompt(DispatchId, String),
    /// Stop a turn.
    Cancel(DispatchId),
    /// A request was decided.
    Decided(RequestId, Outcome),
}

/// How a conversation came to its end.
#[derive(Debug)]
pub(super) enum Ending {
    /// It was told to.
    Stopped,
    /// The agent has ended, or has closed its pipes.
    Over,
    /// The agent did not stop a turn when it was told to.
    Deaf,
    /// There was none.
    NotOpened(NotOpened),
}

impl Ending {
    /// How to log in to the agent, where that is what it lacks.
    pub(super) fn login(&self) -> Option<Login> {
        match self {
            Self::NotOpened(NotOpened::NeedsLogin(_, login)) => Some((**login).clone()),
            _ => None,
        }
    }
}

/// A conversation.
pub(super) struct Conversation {
    pub(super) agent: AgentSessionId,
    pub(super) program: String,
    pub(super) post: Post,
    pub(super) heard: Heard,
    pub(super) asked: mpsc::Receiver<Asked>,
    pub(super) commands: mpsc::UnboundedReceiver<Command>,
    pub(super) requests: Requests,
    pub(super) turn: Option<Turn>,
    pub(super) stop: CancellationToken,
    pub(super) folder: PathBuf,
}

/// A turn that is running.
pub(super) struct Turn {
    pub(super) dispatch_id: DispatchId,
    answer: BoxFuture<'static, Result<String, Refusal>>,
    /// Set once the agent was told to stop: when it is killed.
    cancel_by: Option<Instant>,
}

impl Conversation {
    /// Opens the conversation and holds it to its end; `opened` is called in between.
    pub(super) async fn hold(
        &mut self,
        acp: Acp,
        process: &mut Process,
        wanted: &Wanted<'_>,
        opened: impl FnOnce(&Begun),
    ) -> Ending {
        let mut over = pin!(over(&acp, process));
        let begun = {
            let heard = self.heard.clone();
            let (program, folder) = (&self.program, &self.folder);
            let mut opening = pin!(opening::begin(&acp, &heard, program, folder, wanted));
            loop {
                tokio::select! {
                    biased;
                    () = self.stop.cancelled() => return Ending::Stopped,
                    begun = &mut opening => break begun,
                    Some(asked) = self.asked.recv() => asked.reply.not_offered(),
                    () = &mut over => return Ending::NotOpened(NotOpened::Gone),
                }
            }
        };
        let begun = match begun {
            Ok(begun) => begun,
            Err(why) => return Ending::NotOpened(why),
        };
        opened(&begun);
        loop {
            let kill_at = self.turn.as_ref().and_then(|turn| turn.cancel_by);
            tokio::select! {
                biased;
                () = self.stop.cancelled() => {
                    if self.turn.is_some() {
                        acp.cancel(&begun.acp_session);
                    }
                    return Ending::Stopped;
                }
                Some(asked) = self.asked.recv() => self.ask(asked),
                answer = answered(self.turn.as_mut()) => match answer {
                    Err(Refusal::Gone) => return Ending::Over,
                    answer => self.turn_ended(answer, &begun.known),
                },
                Some(command) = self.commands.recv() => self.obey(command, &acp, &begun),
                () = at(kill_at) => return Ending::Deaf,
                () = &mut over => return Ending::Over,
            }
        }
    }

    fn obey(&mut self, command: Command, acp: &Acp, begun: &Begun) {
        match command {
            Command::Prompt(dispatch_id, text) => {
                let mut heard = self.heard.lock();
                heard.tool_calls.clear();
                heard.bytes = 0;
                let answer = Box::pin(acp.prompt(&begun.acp_session, &text));
                self.turn = Some(Turn { dispatch_id, answer, cancel_by: None });
            }
            Command::Cancel(dispatch_id) => {
                if let Some(turn) = &mut self.turn
                    && turn.dispatch_id == dispatch_id
                    && turn.cancel_by.is_none()
                {
                    turn.cancel_by = Some(Instant::now() + CANCEL);
                    acp.cancel(&begun.acp_session);
                    self.requests.cancel();
                }
            }
            Command::Decided(request_id, outcome) => self.requests.decided(request_id, outcome),
        }
    }

    fn ask(&mut self, asked: Asked) {
        let dispatch_id = self.turn.as_ref().map(|turn| turn.dispatch_id);
        self.requests.ask(asked, dispatch_id, &self.heard.lock().tool_calls);
        if self.turn.as_ref().is_some_and(Turn::is_cancelled) {
            self.requests.cancel();
        }
    }

    fn turn_ended(&mut self, answer: Result<String, Refusal>, known: &Known) {
        let cancelled = self.turn.as_ref().is_some_and(Turn::is_cancelled);
        let state = match answer {
            Ok(stop_reason) if cancelled || stop_reason == "cancelled" => {
                TurnState::Cancelled { stop_reason }
            }
            Ok(stop_reason) => TurnState::Succeeded { stop_reason },
            Err(_) if cancelled => TurnState::Cancelled { stop_reason: "cancelled".to_owned() },
            Err(Refusal::NeedsLogin) => {
                let message = failure::login(&self.program, known);
                self.status(AgentStatus::NeedsLogin { message: message.clone() });
                TurnState::Failed { error: message }
            }
            Err(Refusal::Gone) => TurnState::Failed { error: "the agent ended".to_owned() },
            Err(Refusal::Said(why)) => {
                TurnState::Failed { error: failure::without_paths(&why, &self.folder) }
            }
        };
        self.end_turn(state);
    }

    /// Ends the turn, if one is running: what waits in it is cancelled, what the agent left open is
    /// closed, and its end is reported behind all of that.
    pub(super) fn end_turn(&mut self, state: TurnState) {
        self.requests.cancel();
        let Some(turn) = self.turn.take() else { return };
        if !matches!(state, TurnState::Succeeded { .. }) {
            let closed = self.heard.lock().tool_calls.close();
            for update in closed {
                self.post.update(self.agent, update);
            }
        }
        self.post.end_turn(turn.dispatch_id, state);
    }

    /// Tells the server something about the agent.
    pub(super) fn status(&self, status: AgentStatus) {
        let agent_session_id = self.agent;
        self.post.push(HostCall::Status(StatusReport { agent_session_id, status }));
    }
}

impl Turn {
    /// Whether the agent was told to stop.
    pub(super) fn is_cancelled(&self) -> bool {
        self.cancel_by.is_some()
    }
}

/// Waits until the agent has closed its pipes, or has ended and everything it wrote was read.
async fn over(acp: &Acp, process: &mut Process) {
    tokio::select! {
        () = acp.closed() => {}
        _ = process.ended() => {
            if timeout(DRAIN, acp.closed()).await.is_err() {
                tracing::debug!("an agent has ended and something holds its stdout open");
            }
        }
    }
}

async fn answered(turn: Option<&mut Turn>) -> Result<String, Refusal> {
    match turn {
        Some(turn) => (&mut turn.answer).await,
        None => pending().await,
    }
}

async fn at(instant: Option<Instant>) {
    match instant {
        Some(instant) => sleep_until(instant).await,
        None => pending().await,
    }
}
