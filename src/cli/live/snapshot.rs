//! A session as it is when a view begins.

use serde::Deserialize;
use serde_json::Value;

use crate::{
    cli::{
        api::{Api, seq_of},
        failure::Failure,
        safe,
    },
    domain::{
        AgentSession, Approval, Mode, Participant, ParticipantId, Role, Seq, Session, SessionId,
    },
};

/// A session at one position of its stream, and who we are in it.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Snapshot {
    /// The session.
    pub(crate) session: Session,
    /// Everybody who takes or took part.
    pub(crate) participants: Vec<Participant>,
    /// The pending approvals, and the newest of the others.
    pub(crate) approvals: Vec<Approval>,
    /// The agent session that is shared.
    pub(crate) agent_session: AgentSession,
    as_of: String,
    /// Which of the participants we are.
    #[serde(skip)]
    pub(crate) me: Option<ParticipantId>,
    /// That one, and those that we were before.
    #[serde(skip)]
    pub(crate) mine: Vec<ParticipantId>,
}

impl Snapshot {
    /// Loads it.
    pub(crate) async fn load(api: &Api, id: SessionId) -> Result<Self, Failure> {
        let mut snapshot: Self = api.get(&format!("/api/shared-sessions/{id}")).await?;
        let me: Value = api.get("/api/me").await?;
        let user = me["user"]["id"].as_str();
        let seats: Vec<&str> = me["seats"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(|it| it["participantId"].as_str())
            .collect();
        let is_me = |it: &&Participant| {
            seats.contains(&it.id.to_string().as_str())
                || user.is_some_and(|user| it.user_id.to_string() == user)
        };
        // Who came back has several seats; the last one counts.
        snapshot.mine = snapshot.participants.iter().filter(is_me).map(|it| it.id).collect();
        snapshot.me = snapshot.mine.last().copied();
        Ok(snapshot)
    }

    /// The position of the stream at which all of this is so.
    pub(crate) fn as_of(&self) -> &str {
        &self.as_of
    }

    /// The number of the newest event.
    pub(crate) fn head(&self) -> Seq {
        seq_of(&self.as_of)
    }

    /// Our own part in it.
    pub(crate) fn own(&self) -> Option<&Participant> {
        self.participants.iter().find(|it| Some(it.id) == self.me)
    }

    /// Whether we have the last word.
    pub(crate) fn is_host(&self) -> bool {
        self.own().is_some_and(|it| it.role == Role::Host)
    }

    /// Who takes part, safe to print.
    pub(crate) fn people(&self) -> Vec<String> {
        let present = self.participants.iter().filter(|it| it.left_at.is_none());
        present.map(|it| safe::one_line(it.name())).collect()
    }

    /// The mode, in the API's word.
    pub(crate) fn mode(&self) -> &'static str {
        mode_word(self.session.mode)
    }
}

/// A mode in the API's word, which is also what one types.
pub(crate) fn mode_word(mode: Mode) -> &'static str {
    match mode {
        Mode::ViewOnly => "view_only",
        Mode::CommentOnly => "comment_only",
        Mode::PromptWithApproval => "prompt_with_approval",
        Mode::PromptDirect => "prompt_direct",
    }
}
