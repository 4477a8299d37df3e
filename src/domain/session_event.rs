//! What an agent session tells its session besides what the agent says.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{AgentSession, EventBody, text};
use crate::error::{Code, Error, Result};

/// Something that the owner or the host of an agent session has to tell. A draft tells of itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
pub enum SessionEvent {
    /// What the agent's process wrote; only where the owner lets others see it.
    AgentOutput {
        /// Where it wrote it.
        stream: OutputStream,
        /// What it wrote, at most 64 KiB.
        content: String,
    },
    /// What it works towards is reached.
    GoalComplete {
        /// Which goal; absent: that of the agent session.
        #[serde(rename = "goalId")]
        goal_id: Option<String>,
    },
    /// It goes on when somebody says something.
    WaitingForInput {
        /// What it wants to hear.
        prompt: String,
    },
    /// What it is doing.
    StatusUpdate {
        /// In a few words.
        message: String,
    },
}

/// Where a process writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum OutputStream {
    /// What it has to say.
    Stdout,
    /// What went wrong.
    Stderr,
}

impl SessionEvent {
    /// The event of this agent session's log; `None` for output that its owner lets nobody see.
    ///
    /// # Errors
    /// `INVALID_BODY` where something is empty, `TOO_LARGE`, `TEXT_NOT_ALLOWED`.
    pub fn body(self, of: &AgentSession) -> Result<Option<EventBody>> {
        let block = |text: &str| text::block(text, text::MAX_COMMENT, Code::InvalidBody);
        Ok(Some(match self {
            Self::AgentOutput { .. } if !of.agent_output => return Ok(None),
            // As it was written: colours and all, as the updates of the agent are.
            Self::AgentOutput { content, .. } if content.len() > text::MAX_COMMENT => {
                return Err(Error::with(Code::TooLarge, "at most 64 KiB of output"));
            }
            Self::AgentOutput { stream, content } => EventBody::AgentOutput { stream, content },
            Self::GoalComplete { goal_id } => {
                let goal = text::line(goal_id.as_deref(), text::MAX_LINE)?;
                let goal = goal.or_else(|| of.goal_id.clone());
                let none = || Error::with(Code::InvalidBody, "say which goal is reached");
                EventBody::GoalComplete { goal_id: goal.ok_or_else(none)? }
            }
            Self::WaitingForInput { prompt } => {
                EventBody::WaitingForInput { prompt: block(&prompt)? }
            }
            Self::StatusUpdate { message } => EventBody::StatusUpdate { message: block(&message)? },
        }))
    }
}
