//! What people say to an agent session, in all forms: a prompt, a decision on a draft, the end.

use serde::Deserialize;
use utoipa::ToSchema;

use super::{App, Caller, ChangeLife, Key, Once, access, drafts};
use crate::{
    domain::{
        AgentSession, AgentSessionId, Approval, Channel, Decision, DecisionAction, DraftId, Life,
        SessionId,
    },
    error::{Code, Result},
};

/// Something that somebody says to an agent session.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
pub enum Input {
    /// A prompt, by the rules of prompts.
    Message {
        /// What to ask of the agent.
        text: String,
    },
    /// A draft is good, by the rules of decisions.
    Approve {
        /// Which draft.
        #[serde(rename = "draftId")]
        draft_id: DraftId,
        /// Which artifact of it; absent: all that are open.
        #[serde(rename = "artifactUri")]
        artifact_uri: Option<String>,
        /// Why.
        reason: Option<String>,
        /// The `digest` of its approval as it was shown.
        digest: Option<String>,
    },
    /// A draft is not, by the rules of decisions.
    Reject {
        /// Which draft.
        #[serde(rename = "draftId")]
        draft_id: DraftId,
        /// Which artifact of it; absent: all that are open.
        #[serde(rename = "artifactUri")]
        artifact_uri: Option<String>,
        /// Why.
        reason: Option<String>,
        /// The `digest` of its approval as it was shown.
        digest: Option<String>,
    },
    /// An artifact of a draft is to be talked about, by the rules of decisions.
    Discuss {
        /// Which draft.
        #[serde(rename = "draftId")]
        draft_id: DraftId,
        /// Which artifact of it.
        #[serde(rename = "artifactUri")]
        artifact_uri: Option<String>,
        /// Why.
        reason: Option<String>,
        /// The `digest` of its approval as it was shown.
        digest: Option<String>,
    },
    /// The agent session is aborted.
    Abort {},
}

/// What became of it.
#[derive(Debug, Clone)]
pub enum Taken {
    /// A prompt.
    Prompt(Approval),
    /// The decision on a draft, which may be open in parts.
    Decision(Approval),
    /// The agent session as it is now.
    AgentSession(AgentSession),
}

impl App {
    /// Takes what somebody says to an agent session.
    ///
    /// # Errors
    /// `HOST_SESSION_NOT_FOUND`, `NOT_SHARED`, and those of prompts, decisions and the change of a life.
    pub async fn take_input(
        &self,
        caller: &Caller,
        id: AgentSessionId,
        input: Input,
        key: Option<Key>,
    ) -> Result<Once<Taken>> {
        let (action, (draft, artifact_uri, reason, digest)) = match input {
            Input::Message { text } => {
                let session = self.known(caller, id).await?;
                let sent = self.submit_prompt(caller, session, &text, key).await?;
                let Once { value, replayed } = sent;
                return Ok(Once { value: Taken::Prompt(value), replayed });
            }
            Input::Abort {} => {
                let channel = Channel::default();
                let change =
                    ChangeLife { life: Life::Aborted, stop_turn: false, reason: None, channel };
                let aborted = self.change_life(caller, id, change).await?;
                return Ok(Once::fresh(Taken::AgentSession(aborted)));
            }
            Input::Approve { draft_id, artifact_uri, reason, digest } => {
                (DecisionAction::Approve, (draft_id, artifact_uri, reason, digest))
            }
            Input::Reject { draft_id, artifact_uri, reason, digest } => {
                (DecisionAction::Reject, (draft_id, artifact_uri, reason, digest))
            }
            Input::Discuss { draft_id, artifact_uri, reason, digest } => {
                (DecisionAction::Discuss, (draft_id, artifact_uri, reason, digest))
            }
        };
        let session = match self.known(caller, id).await {
            // A draft that was offered while nobody shares it waits for its owner.
            Err(error) if error.code == Code::NotShared => None,
            known => Some(known?),
        };
        let found = self.store.read().await?.approval_of_draft(draft).await?;
        let (approval, _) = found.filter(|found| found.1 == id).ok_or(Code::ApprovalNotFound)?;
        let decision = Decision {
            action,
            option_id: None,
            edited_prompt: None,
            answer: None,
            artifact_uri,
            reason,
            digest,
            tell_agent: false,
        };
        let decided = self.decide(caller, session, approval, decision, key).await?;
        Ok(Once { value: Taken::Decision(decided.value), replayed: decided.replayed })
    }

    /// The session that shares an agent session of which the caller may know.
    async fn known(&self, caller: &Caller, id: AgentSessionId) -> Result<SessionId> {
        let mut reads = self.store.read().await?;
        let row = reads.agent_session(id).await?;
        let session = reads.session_of_agent(id).await?;
        let is_seated = match session {
            Some(session) => access::seat(&mut reads, caller, session).await.is_ok(),
            None => false,
        };
        if !is_seated && caller.user_id() != Some(row.owner) && !caller.is_admin() {
            return Err(Code::HostSessionNotFound.into());
        }
        drafts::shared(&mut reads, id).await.map(|session| session.id)
    }
}
