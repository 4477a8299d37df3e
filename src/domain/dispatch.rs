//! Carrying an approved prompt to its agent, at most once.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{AgentSessionId, ApprovalId, DispatchId, SessionId, Timestamp};
use crate::error::{Code, Error, Result};

/// How often a dispatch may be claimed before it fails.
pub const MAX_LEASES: i64 = 3;
/// How long a turn may take, not counting the time it waits for people.
pub const TURN_LIMIT: Duration = Duration::from_mins(30);

/// Carrying an approved prompt to its agent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Dispatch {
    /// Identifier.
    pub id: DispatchId,
    /// What was approved.
    pub approval_id: ApprovalId,
    /// The session it belongs to.
    pub shared_session_id: SessionId,
    /// The agent session it goes to.
    pub agent_session_id: AgentSessionId,
    /// How far it has come.
    pub state: DispatchState,
    /// When it was approved.
    pub queued_at: Timestamp,
    /// When the intent to send it was stored.
    pub sent_at: Option<Timestamp>,
    /// When the host handed it to the agent.
    pub started_at: Option<Timestamp>,
    /// When its outcome was stored.
    pub ended_at: Option<Timestamp>,
    /// ACP's stop reason, in the agent's word.
    pub stop_reason: Option<String>,
    /// Why it failed.
    pub error: Option<String>,
    /// The unknown dispatch that it tries again.
    pub retry_of: Option<DispatchId>,
}

/// How far a dispatch has come. The arrows are [`DispatchState::may_become`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum DispatchState {
    /// Approved; first in, first out in its agent session.
    Queued,
    /// Claimed for a connected host; the agent is being started or resumed.
    Leased,
    /// The intent is stored with host process, time and digest; now the host is told.
    Sending,
    /// The host has handed it to the agent.
    Running,
    /// The agent ended its turn, or the host of the session marked it done.
    Succeeded,
    /// It came to nothing.
    Failed,
    /// It was stopped, or dropped.
    Cancelled,
    /// The host process is gone and the outcome cannot be known; waits for retry, mark done or drop.
    Unknown,
}

/// What a person can do about a dispatch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum DispatchAction {
    /// Stop it.
    Cancel,
    /// Send the prompt again, as a new dispatch; the unknown one stays unknown.
    Retry,
    /// It was done.
    MarkDone,
    /// Forget it.
    Drop,
}

impl DispatchState {
    /// Every state.
    pub const ALL: [Self; 8] = [
        Self::Queued,
        Self::Leased,
        Self::Sending,
        Self::Running,
        Self::Succeeded,
        Self::Failed,
        Self::Cancelled,
        Self::Unknown,
    ];

    /// Whether the state machine has an arrow from `self` to `next`. The schema has the same arrows as a trigger.
    pub fn may_become(self, next: Self) -> bool {
        use DispatchState::{
            Cancelled, Failed, Leased, Queued, Running, Sending, Succeeded, Unknown,
        };
        match self {
            Queued => matches!(next, Leased | Cancelled | Unknown),
            Leased => matches!(next, Sending | Queued | Failed | Cancelled | Unknown),
            Sending => matches!(next, Running | Succeeded | Failed | Cancelled | Unknown),
            Running => matches!(next, Succeeded | Failed | Cancelled | Unknown),
            Unknown => matches!(next, Succeeded | Failed | Cancelled),
            Succeeded | Failed | Cancelled => false,
        }
    }

    /// Whether its host works on it.
    pub fn is_in_flight(self) -> bool {
        matches!(self, Self::Leased | Self::Sending | Self::Running)
    }

    /// Whether nothing more will happen by itself.
    pub fn is_settled(self) -> bool {
        matches!(self, Self::Succeeded | Self::Failed | Self::Cancelled | Self::Unknown)
    }
}

impl Dispatch {
    /// A dispatch of an approval, waiting for its turn.
    pub fn queued(
        approval_id: ApprovalId,
        shared_session_id: SessionId,
        agent_session_id: AgentSessionId,
        now: Timestamp,
    ) -> Self {
        Self {
            id: DispatchId::new(),
            approval_id,
            shared_session_id,
            agent_session_id,
            state: DispatchState::Queued,
            queued_at: now,
            sent_at: None,
            started_at: None,
            ended_at: None,
            stop_reason: None,
            error: None,
            retry_of: None,
        }
    }

    /// Whether no host was told of it, so that it can still be taken back.
    pub fn is_unsent(&self) -> bool {
        matches!(self.state, DispatchState::Queued | DispatchState::Leased)
    }

    /// Moves on to `next`.
    ///
    /// # Errors
    /// `ILLEGAL_TRANSITION` naming both states.
    pub fn become_(&mut self, next: DispatchState, now: Timestamp) -> Result<()> {
        if !self.state.may_become(next) {
            let text = format!("a dispatch does not go from {:?} to {next:?}", self.state);
            return Err(Error::with(Code::IllegalTransition, text.to_lowercase()));
        }
        self.state = next;
        match next {
            DispatchState::Sending => self.sent_at = Some(now),
            DispatchState::Running => self.started_at = Some(now),
            _ if next.is_settled() => self.ended_at = Some(now),
            _ => {}
        }
        Ok(())
    }
}
