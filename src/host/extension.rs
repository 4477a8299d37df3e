//! What agents can tell a wardroom beside the protocol: two extension notifications, as ACP has room for.
//!
//! | method | params |
//! |---|---|
//! | `_wardroom/draft` | `{sessionId, draftId?, summary, artifacts: [{uri, summary?, diff?}]}`: artifacts for people to review; told twice by one `draftId` (a UUID), it is the same draft |
//! | `_wardroom/event` | `{sessionId, event: {type, …}}`: `status_update {message}`, `waiting_for_input {prompt}`, `goal_complete {goalId?}`, `agent_output {stream, content}` |
//!
//! They are notifications: nothing is answered, and what has another shape is dropped with a line in the log. What people
//! say about a draft does not travel back by itself; they tell the agent in a prompt.

use serde::Deserialize;
use serde_json::value::RawValue;

use super::{fit, post::Post};
use crate::{
    domain::{AgentSessionId, DraftId, NewArtifact, SessionEvent},
    rpc::calls::{DraftOffer, HostCall},
};

/// Which of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Extension {
    Draft,
    Event,
}

/// The params of `_wardroom/draft`, as far as they must have a shape.
#[derive(Deserialize)]
struct Draft {
    #[serde(rename = "draftId")]
    id: Option<DraftId>,
    summary: String,
    artifacts: Vec<NewArtifact>,
}

/// The params of `_wardroom/event`.
#[derive(Deserialize)]
struct Event {
    event: SessionEvent,
}

impl Extension {
    /// The extension of this name.
    pub(super) fn of(method: &str) -> Option<Self> {
        match method {
            "_wardroom/draft" => Some(Self::Draft),
            "_wardroom/event" => Some(Self::Event),
            _ => None,
        }
    }

    /// Puts what an agent tells into the post.
    pub(super) fn tell(self, agent: AgentSessionId, params: &RawValue, post: &Post) {
        let told = if params.get().len() > fit::LARGEST {
            Err("it is too large".to_owned())
        } else {
            self.read(agent, params, post).map_err(|error| error.to_string())
        };
        if let Err(why) = told {
            tracing::warn!(agent_session = %agent, ?self, why, "what an agent tells is left out");
        }
    }

    fn read(
        self,
        agent_session_id: AgentSessionId,
        params: &RawValue,
        post: &Post,
    ) -> serde_json::Result<()> {
        match self {
            Self::Draft => {
                let Draft { id, summary, artifacts } = serde_json::from_str(params.get())?;
                let draft_id = id.unwrap_or_else(DraftId::new);
                let offer = DraftOffer { draft_id, agent_session_id, summary, artifacts };
                post.push(HostCall::Draft(offer));
            }
            Self::Event => {
                let Event { event } = serde_json::from_str(params.get())?;
                post.event(agent_session_id, event);
            }
        }
        Ok(())
    }
}
