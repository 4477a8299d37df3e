//! Requests for a human decision: `pending → approved | rejected | expired | withdrawn`, once.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};
use utoipa::ToSchema;

use super::{
    AgentId, AgentSessionId, ApprovalId, Dispatch, DispatchState, Draft, HostId, ParticipantId,
    RequestId, ResolveRequest, Session, SessionId, Timestamp, UserId,
};

/// A request for a human decision.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Approval {
    /// Identifier.
    pub id: ApprovalId,
    /// What kind of thing is asked.
    pub kind: ApprovalKind,
    /// The session whose people decide.
    pub shared_session_id: Option<SessionId>,
    /// The agent session it is about.
    pub agent_session_id: Option<AgentSessionId>,
    /// Who asks, if a participant.
    pub participant_id: Option<ParticipantId>,
    /// Who asks, if a registered agent.
    pub agent_id: Option<AgentId>,
    /// The host whose program asks; action only.
    pub host_id: Option<HostId>,
    /// Whose program asks; action only.
    #[serde(default)]
    pub asked_by_user_id: Option<UserId>,
    /// Whether people decide, and not the host that asks; action only.
    #[serde(default)]
    pub system_level: bool,
    /// What a person told the host that decides; action only.
    #[serde(default)]
    pub resolve_request: Option<ResolveRequest>,
    /// What is asked, in one line.
    pub action: String,
    /// The text of a prompt.
    pub prompt: Option<String>,
    /// What the approver made of the prompt; both texts are kept.
    pub edited_prompt: Option<String>,
    /// What the asker sent, whole.
    pub details: Value,
    /// The answers that are offered, in the asker's order.
    pub options: Vec<ApprovalOption>,
    /// SHA-256, in hex, of what the approver is shown: [`shown_digest`].
    pub digest: String,
    /// Where it is in its life.
    pub status: ApprovalStatus,
    /// When it was asked.
    pub created_at: Timestamp,
    /// When it expires, which is never a yes.
    pub expires_at: Option<Timestamp>,
    /// When it was decided, or ended undecided.
    pub resolved_at: Option<Timestamp>,
    /// Who decided.
    pub resolved_by_participant_id: Option<ParticipantId>,
    /// Who decided, if they have an account.
    pub resolved_by_user_id: Option<UserId>,
    /// Which of the options.
    pub option_id: Option<String>,
    /// The answer to a question.
    pub answer: Option<Value>,
    /// Why, in the words of who decided, or of the server.
    pub reason: Option<String>,
    /// When the decision reached whoever waited for it.
    pub delivered_at: Option<Timestamp>,
    /// What those who may not decide say.
    pub suggestions: Vec<Suggestion>,
    /// What became of an approved prompt: its newest dispatch.
    pub dispatch: Option<Dispatch>,
    /// What is offered for review, each artifact with what was said about it.
    pub draft: Option<Draft>,
    /// Why the dispatch failed.
    pub error_message: Option<String>,
    /// The asker's id of the request; not sent to anyone.
    #[serde(skip)]
    #[schema(ignore)]
    pub request_id: Option<RequestId>,
}

/// What kind of thing is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ApprovalKind {
    /// May this prompt go to the agent?
    Prompt,
    /// May the agent do this?
    Permission,
    /// What does the agent want to know?
    Question,
    /// May a tool or program do this?
    Action,
    /// Are these artifacts good?
    Draft,
}

/// Where an approval is in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ApprovalStatus {
    /// Waits for a person.
    Pending,
    /// Somebody said yes.
    Approved,
    /// Somebody said no.
    Rejected,
    /// Nobody said anything in time, or what asked is gone.
    Expired,
    /// Its author took it back.
    Withdrawn,
    /// On the wire only, never stored: approved, and its dispatch failed.
    Failed,
}

/// One of the answers that are offered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ApprovalOption {
    /// The asker's own id for it.
    pub id: String,
    /// The asker's own label.
    pub label: String,
    /// What it means.
    #[schema(value_type = String, example = "allow_once")]
    pub kind: OptionKind,
}

/// What an offered answer means: ACP's four kinds, or a word of the asker's own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OptionKind {
    /// Yes, this time.
    #[serde(alias = "approve")]
    AllowOnce,
    /// Yes, and the agent will remember it: the host's alone.
    AllowAlways,
    /// No, this time.
    #[serde(alias = "deny")]
    RejectOnce,
    /// No, and the agent will remember it.
    RejectAlways,
    /// Something we do not know.
    #[serde(untagged)]
    Other(String),
}

/// What somebody who may not decide says about an approval.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Suggestion {
    /// Who.
    pub participant_id: ParticipantId,
    /// What they would do.
    pub action: Verdict,
    /// Why.
    pub note: Option<String>,
    /// When.
    pub at: Timestamp,
}

/// Yes or no.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Yes.
    Approve,
    /// No.
    Reject,
}

/// What somebody asks for in a session.
#[derive(Debug, Clone)]
pub struct Ask {
    /// What kind of thing is asked.
    pub kind: ApprovalKind,
    /// Who asks, if a participant.
    pub participant_id: Option<ParticipantId>,
    /// What is asked, in one line.
    pub action: String,
    /// The text of a prompt.
    pub prompt: Option<String>,
    /// What the asker sent, whole.
    pub details: Value,
    /// The answers that are offered, in the asker's order.
    pub options: Vec<ApprovalOption>,
    /// The asker's id of the request.
    pub request_id: Option<RequestId>,
}

impl Ask {
    /// The approval that this becomes in `session` at `now`: it waits for 24 hours, and never longer than its session.
    ///
    /// # Errors
    /// When its parts are no JSON, which they always are.
    pub fn pending(self, session: &Session, now: Timestamp) -> serde_json::Result<Approval> {
        let end = session.deadline(now);
        self.approval(Some((session.id, end)), session.host_session_id, now)
    }

    /// The approval that this becomes for the owner of an agent session that nobody shares: it waits until somebody does.
    ///
    /// # Errors
    /// As [`pending`](Self::pending).
    pub fn unshared(self, of: AgentSessionId, now: Timestamp) -> serde_json::Result<Approval> {
        self.approval(None, of, now)
    }

    fn approval(
        self,
        shared: Option<(SessionId, Timestamp)>,
        of: AgentSessionId,
        now: Timestamp,
    ) -> serde_json::Result<Approval> {
        let shown = self.prompt.as_ref().unwrap_or(&self.action);
        let digest = shown_digest(self.kind, shown, &self.options, &self.details)?;
        Ok(Approval {
            id: ApprovalId::new(),
            kind: self.kind,
            shared_session_id: shared.map(|it| it.0),
            agent_session_id: Some(of),
            participant_id: self.participant_id,
            agent_id: None,
            host_id: None,
            asked_by_user_id: None,
            system_level: false,
            resolve_request: None,
            action: self.action,
            prompt: self.prompt,
            edited_prompt: None,
            details: self.details,
            options: self.options,
            digest,
            status: ApprovalStatus::Pending,
            created_at: now,
            expires_at: shared.map(|it| it.1),
            resolved_at: None,
            resolved_by_participant_id: None,
            resolved_by_user_id: None,
            option_id: None,
            answer: None,
            reason: None,
            delivered_at: None,
            suggestions: Vec::new(),
            dispatch: None,
            draft: None,
            error_message: None,
            request_id: self.request_id,
        })
    }
}

impl OptionKind {
    /// Whether choosing it says yes, says no, or nobody knows.
    pub fn verdict(&self) -> Option<Verdict> {
        match self {
            Self::AllowOnce | Self::AllowAlways => Some(Verdict::Approve),
            Self::RejectOnce | Self::RejectAlways => Some(Verdict::Reject),
            Self::Other(_) => None,
        }
    }
}

impl Approval {
    /// The approval with its newest dispatch, as it is shown: a failed dispatch makes it failed.
    #[must_use]
    pub fn with_dispatch(mut self, dispatch: Option<Dispatch>) -> Self {
        if let Some(dispatch) = &dispatch
            && dispatch.state == DispatchState::Failed
            && self.status == ApprovalStatus::Approved
        {
            self.status = ApprovalStatus::Failed;
            self.error_message.clone_from(&dispatch.error);
        }
        self.dispatch = dispatch;
        self
    }

    /// The approval as it is at `now`: one whose time has passed is expired, swept or not.
    #[must_use]
    pub fn at(mut self, now: Timestamp) -> Self {
        if self.is_due(now) {
            self.status = ApprovalStatus::Expired;
            self.resolved_at = self.expires_at;
        }
        self
    }

    /// The text that goes to the agent if this is approved, or was.
    pub fn text_to_send(&self) -> Option<&str> {
        self.edited_prompt.as_deref().or(self.prompt.as_deref())
    }

    /// Whether its time has passed.
    pub fn is_due(&self, now: Timestamp) -> bool {
        self.status == ApprovalStatus::Pending && self.expires_at.is_some_and(|end| end <= now)
    }
}

/// SHA-256 of what an approver is shown: kind, text or action, options and details.
///
/// Each part is preceded by its length; keys of JSON objects are sorted, so that the order in which a
/// program happened to write them does not count.
pub fn shown_digest(
    kind: ApprovalKind,
    text: &str,
    options: &[ApprovalOption],
    details: &Value,
) -> serde_json::Result<String> {
    let mut sha = Sha256::new();
    let options = serde_json::to_string(options)?;
    let details = sorted(details).to_string();
    let kind = serde_json::to_string(&kind)?;
    for part in [kind.trim_matches('"'), text, &options, &details] {
        sha.update((part.len() as u64).to_be_bytes());
        sha.update(part);
    }
    Ok(hex(&sha.finalize()))
}

/// SHA-256 of what was decided to send: `prompt`, a line feed, and the text.
pub fn decided_digest(text: &str) -> String {
    let mut sha = Sha256::new();
    sha.update("prompt\n");
    sha.update(text);
    hex(&sha.finalize())
}

/// Bytes as lower-case hex digits.
pub fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digits = bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    digits.map(|digit| char::from(DIGITS[usize::from(digit)])).collect()
}

/// The same value with the keys of its objects sorted.
fn sorted(value: &Value) -> Value {
    match value {
        Value::Object(map) => {
            let mut entries: Vec<_> = map.iter().collect();
            entries.sort_by_key(|(key, _)| *key);
            entries.into_iter().map(|(key, value)| (key.clone(), sorted(value))).collect()
        }
        Value::Array(values) => values.iter().map(sorted).collect(),
        other => other.clone(),
    }
}
