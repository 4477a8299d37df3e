//! A conversation that is open on this connection. Who may run what in it is not kept: a new process asks again.

use std::{
    collections::HashSet,
    path::{Path, PathBuf},
    sync::{Mutex, MutexGuard, PoisonError},
};

use agent_client_protocol::{
    Error, ErrorCode,
    v1::schema::{SessionId, SessionMode, SessionModeState, SessionUpdate},
};
use tokio_util::sync::CancellationToken;

use super::{store::Log, turn::chunk_of};

/// The mode that asks before each command; a conversation begins in it.
const ASK: &str = "ask";
/// The mode that runs commands without asking.
const AUTO: &str = "auto";

/// One conversation.
pub(super) struct Session {
    pub(super) id: SessionId,
    pub(super) cwd: PathBuf,
    log: Log,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    turns: u32,
    running: Option<CancellationToken>,
    auto: bool,
    allowed: HashSet<String>,
}

impl Session {
    /// A conversation with this much behind it.
    pub(super) fn new(id: SessionId, cwd: &Path, log: Log, history: &[SessionUpdate]) -> Self {
        let mut state = State::default();
        for update in history {
            match update {
                SessionUpdate::UserMessageChunk(_) => state.turns += 1,
                SessionUpdate::CurrentModeUpdate(mode) => {
                    state.auto = &*mode.current_mode_id.0 == AUTO;
                }
                _ => {}
            }
        }
        Self { id, cwd: cwd.to_owned(), log, state: Mutex::new(state) }
    }

    /// Keeps an update for a later load.
    pub(super) fn keep(&self, update: &SessionUpdate) -> Result<(), Error> {
        self.log.append(update).map_err(Error::into_internal_error)
    }

    /// Keeps a prompt and begins its turn: the turn's number, and what stops it.
    pub(super) fn begin(&self, prompt: &str) -> Result<(u32, CancellationToken), Error> {
        let mut state = self.state();
        if state.running.is_some() {
            return Err(Error::new(ErrorCode::INVALID_REQUEST, "a turn is running already"));
        }
        let chunk = chunk_of(prompt, &format!("prompt-{}", state.turns + 1));
        self.keep(&SessionUpdate::UserMessageChunk(chunk))?;
        state.turns += 1;
        let stop = CancellationToken::new();
        state.running = Some(stop.clone());
        Ok((state.turns, stop))
    }

    /// Ends the turn that is running.
    pub(super) fn end(&self) {
        self.state().running = None;
    }

    /// Stops the turn that is running, if there is one.
    pub(super) fn stop(&self) {
        if let Some(running) = &self.state().running {
            running.cancel();
        }
    }

    /// Whether `command` needs nobody's yes.
    pub(super) fn allows(&self, command: &str) -> bool {
        let state = self.state();
        state.auto || state.allowed.contains(command)
    }

    /// Never asks for `command` again.
    pub(super) fn allow(&self, command: &str) {
        self.state().allowed.insert(command.to_owned());
    }

    /// The modes it has, and which one it is in.
    pub(super) fn modes(&self) -> SessionModeState {
        let mode = |id, name, what| SessionMode::new(id, name).description(what);
        SessionModeState::new(
            if self.state().auto { AUTO } else { ASK },
            vec![
                mode(ASK, "Ask", "Asks before it runs a command"),
                mode(AUTO, "Auto", "Runs commands without asking"),
            ],
        )
    }

    /// Changes the mode.
    pub(super) fn set_mode(&self, id: &str) -> Result<(), Error> {
        self.state().auto = match id {
            ASK => false,
            AUTO => true,
            _ => return Err(Error::new(ErrorCode::INVALID_PARAMS, "the modes are ask and auto")),
        };
        Ok(())
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
