//! The turns that this process has seen, so that no prompt is handed to an agent twice.
//!
//! Every dispatch is remembered as long as the process lives: the server asks again for what it
//! does not know the end of, however long it was away.

use std::collections::HashMap;

use crate::{
    Code, Error, Result,
    domain::{AgentSessionId, DispatchId},
    rpc::calls::TurnState,
};

/// Every turn of this process.
#[derive(Default)]
pub(super) struct Turns {
    seen: HashMap<DispatchId, Turn>,
    running: HashMap<AgentSessionId, DispatchId>,
}

struct Turn {
    agent_session_id: AgentSessionId,
    state: TurnState,
    acknowledged: bool,
}

impl Turns {
    /// The state of a turn that was seen before. One whose end the server has not stored is running
    /// still: its report waits behind the agent's last words, which nothing may overtake.
    pub(super) fn seen(&self, dispatch_id: DispatchId) -> Option<TurnState> {
        let turn = self.seen.get(&dispatch_id)?;
        Some(if turn.acknowledged { turn.state.clone() } else { TurnState::Running })
    }

    /// Notes a new turn.
    ///
    /// # Errors
    /// `ILLEGAL_TRANSITION` when another turn of that agent session is running.
    pub(super) fn begin(&mut self, dispatch: DispatchId, agent: AgentSessionId) -> Result<()> {
        if self.running.contains_key(&agent) {
            return Err(Error::with(Code::IllegalTransition, "another turn is running"));
        }
        let state = TurnState::Running;
        self.seen.insert(dispatch, Turn { agent_session_id: agent, state, acknowledged: false });
        self.running.insert(agent, dispatch);
        Ok(())
    }

    /// Notes how a running turn ended; the agent session it was of, or `None` if it had ended before.
    pub(super) fn end(
        &mut self,
        dispatch_id: DispatchId,
        state: &TurnState,
    ) -> Option<AgentSessionId> {
        let turn = self.seen.get_mut(&dispatch_id)?;
        if turn.state != TurnState::Running {
            return None;
        }
        turn.state.clone_from(state);
        self.running.remove(&turn.agent_session_id);
        Some(turn.agent_session_id)
    }

    /// The server has stored the end of a turn.
    pub(super) fn acknowledged(&mut self, dispatch_id: DispatchId) {
        if let Some(turn) = self.seen.get_mut(&dispatch_id) {
            turn.acknowledged = true;
        }
    }

    /// The turns whose end the server does not know yet.
    pub(super) fn unacknowledged(&self) -> Vec<DispatchId> {
        self.seen.iter().filter(|(_, turn)| !turn.acknowledged).map(|(id, _)| *id).collect()
    }

    /// Whether an agent session is at a turn.
    pub(super) fn is_running(&self, agent: AgentSessionId) -> bool {
        self.running.contains_key(&agent)
    }

    /// The agent session of a running turn.
    pub(super) fn running(&self, dispatch_id: DispatchId) -> Option<AgentSessionId> {
        let turn = self.seen.get(&dispatch_id)?;
        (turn.state == TurnState::Running).then_some(turn.agent_session_id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dispatch_begins_once_and_its_end_is_remembered() {
        let mut turns = Turns::default();
        let (dispatch, agent) = (DispatchId::new(), AgentSessionId::new());
        assert_eq!(turns.seen(dispatch), None);
        turns.begin(dispatch, agent).unwrap();
        assert_eq!(turns.seen(dispatch), Some(TurnState::Running));
        let other = turns.begin(DispatchId::new(), agent).unwrap_err();
        assert_eq!(other.code, Code::IllegalTransition);

        let end = TurnState::Succeeded { stop_reason: "end_turn".to_owned() };
        assert_eq!(turns.end(dispatch, &end), Some(agent));
        let late = TurnState::Failed { error: "late".to_owned() };
        assert_eq!(turns.end(dispatch, &late), None);
        // Its report must not be overtaken by an answer.
        assert_eq!(turns.seen(dispatch), Some(TurnState::Running));
        assert_eq!(turns.unacknowledged(), [dispatch]);
        turns.acknowledged(dispatch);
        assert_eq!(turns.seen(dispatch), Some(end));
        assert!(turns.unacknowledged().is_empty());
        turns.begin(DispatchId::new(), agent).unwrap();
    }
}
