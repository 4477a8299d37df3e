//! What the host does when the server calls.

use std::sync::Arc;

use serde::Serialize;
use serde_json::value::RawValue;
use tokio::sync::mpsc;

use super::{Host, conversation::Command, outbox::Settled};
use crate::{
    Code, Error, Result,
    domain::decided_digest,
    rpc::{
        Envelope, RpcError,
        calls::{Accepted, Prompt, ServerCall, TurnState},
    },
};

/// Takes the answers to the server's calls that do not come at once, as frames.
pub(super) type Answers = mpsc::Sender<String>;

impl Host {
    /// Does what the server asks, in the order in which it asks; the frame that answers it.
    ///
    /// What may take long is done beside the connection, is not lost with it, and is answered by
    /// `answers`.
    pub(super) fn called(
        self: &Arc<Self>,
        id: Option<u64>,
        call: ServerCall,
        answers: &Answers,
    ) -> Option<String> {
        match call {
            ServerCall::Prompt(prompt) => {
                let accepted = self.prompt(prompt);
                return answer(id, accepted.as_ref());
            }
            ServerCall::Cancel { dispatch_id } => {
                if let Some(agent) = self.post.running(dispatch_id)
                    && let Err(error) = self.agents.tell(agent, Command::Cancel(dispatch_id))
                {
                    tracing::debug!(%error, %dispatch_id, "there is nothing to cancel any more");
                }
            }
            ServerCall::Close { agent_session_id, if_idle: true }
                if self.post.is_running(agent_session_id) =>
            {
                return answer(id, Err::<&(), _>(&busy()));
            }
            ServerCall::Close { agent_session_id, .. } => {
                // It takes no prompt from now on; that its process is gone is told later.
                self.agents.stop(agent_session_id);
                self.tracker.spawn(self.clone().take_time(id, call, answers.clone()));
                return None;
            }
            ServerCall::End { agents: false }
            | ServerCall::CancelTool { .. }
            | ServerCall::HostEvent(_) => {}
            ServerCall::AnswerRequest(_) | ServerCall::Execute(_) => {
                let text = "this host registers no agents, asks nothing and has no tools";
                let none = Error::with(Code::NotFound, text);
                return answer(id, Err::<&(), _>(&none));
            }
            call => {
                self.tracker.spawn(self.clone().take_time(id, call, answers.clone()));
                return None;
            }
        }
        answer(id, Ok(&()))
    }

    async fn take_time(self: Arc<Self>, id: Option<u64>, call: ServerCall, answers: Answers) {
        let frame = match call {
            ServerCall::Open(open) => {
                let opened = self.agents.open(open).await;
                answer(id, opened.as_ref().map_err(AsRef::as_ref))
            }
            ServerCall::Close { agent_session_id, .. } => {
                self.agents.close(agent_session_id).await;
                answer(id, Ok(&()))
            }
            ServerCall::End { .. } => {
                self.agents.end().await;
                self.told.cancel();
                answer(id, Ok(&()))
            }
            // Answered at once.
            _ => None,
        };
        if let Some(frame) = frame
            && answers.send(frame).await.is_err()
        {
            tracing::debug!("the connection was lost before its call was answered");
        }
    }

    /// Hands a prompt to its agent, unless that was done before.
    fn prompt(&self, prompt: Prompt) -> Result<Accepted> {
        if decided_digest(&prompt.text) != prompt.digest {
            return Err(Code::DigestMismatch.into());
        }
        if let Some(state) = self.post.seen(prompt.dispatch_id) {
            return Ok(Accepted { state });
        }
        let Prompt { dispatch_id, agent_session_id, text, .. } = prompt;
        self.agents.ready(agent_session_id)?;
        self.post.begin_turn(dispatch_id, agent_session_id)?;
        if let Err(error) = self.agents.tell(agent_session_id, Command::Prompt(dispatch_id, text)) {
            let state = TurnState::Failed { error: error.message };
            self.post.end_turn(dispatch_id, state.clone());
            return Ok(Accepted { state });
        }
        Ok(Accepted { state: TurnState::Running })
    }

    /// Takes the answer to a call of ours; true if the server is to be left alone for a moment.
    pub(super) fn answered(&self, id: u64, result: Result<Box<RawValue>, RpcError>) -> bool {
        match self.post.answered(id, result) {
            Settled::Again => return true,
            Settled::Decided(agent, request_id, outcome) => {
                if let Err(error) = self.agents.tell(agent, Command::Decided(request_id, outcome)) {
                    tracing::info!(%error, %request_id, "a decision comes too late");
                }
            }
            Settled::Done | Settled::Reported(_) => {}
        }
        false
    }
}

fn busy() -> Error {
    Error::with(Code::IllegalTransition, "a turn is running")
}

fn answer(id: Option<u64>, result: Result<&impl Serialize, &Error>) -> Option<String> {
    Envelope::answer(id?, result)
        .inspect_err(|error| tracing::error!(%error, "an answer cannot be written"))
        .ok()
}
