//! Drafts: sets of artifacts that are offered for review, each decided for itself.

use std::collections::HashSet;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    AgentSessionId, Approval, ApprovalId, ApprovalKind, ApprovalStatus, Decided, Decider, Decision,
    DecisionAction, DraftId, ParticipantId, Timestamp, decision::already_resolved, shown_digest,
    text,
};
use crate::error::{Code, Error, Result};

/// How many artifacts a draft may hold.
pub const MAX_ARTIFACTS: usize = 200;
/// How much text a draft may hold, in bytes: it travels in one frame.
pub const MAX_DRAFT: usize = 512 * 1024;
/// The longest address of an artifact, in graphemes.
const MAX_URI: usize = 1024;

/// A set of artifacts that is offered for review.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Draft {
    /// Identifier: offered twice, it is the same draft.
    pub id: DraftId,
    /// Whose agent made it.
    pub agent_session_id: AgentSessionId,
    /// One line about it.
    pub summary: String,
    /// What is in it, in the order of who offered it.
    pub artifacts: Vec<Artifact>,
    /// The decision it waits for.
    pub approval_id: ApprovalId,
}

/// Something in a draft, and what was said about it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Artifact {
    /// What it is.
    pub uri: String,
    /// One line about it.
    pub summary: String,
    /// The change, as a unified diff; null where drafts are listed: the whole is at the approval's own address.
    pub diff: Option<String>,
    /// How long the diff is, in bytes.
    #[serde(default)]
    pub diff_bytes: usize,
    /// What somebody said about it; absent: nothing yet.
    pub decision: Option<ArtifactDecision>,
    /// Why.
    pub reason: Option<String>,
    /// Who said it; absent also where its owner did before anybody shared the agent session.
    pub decided_by: Option<ParticipantId>,
    /// When.
    pub decided_at: Option<Timestamp>,
}

/// What somebody says about an artifact.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ArtifactDecision {
    /// It is good.
    Approved,
    /// It is not.
    Rejected,
    /// It is to be talked about, and still open.
    Discuss,
}

/// A draft as it is offered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NewDraft {
    /// Made by who offers it; absent: the server makes one.
    pub draft_id: Option<DraftId>,
    /// One line about it.
    pub summary: String,
    /// What is in it.
    #[schema(max_items = 200)]
    pub artifacts: Vec<NewArtifact>,
}

/// Something in a draft as it is offered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"uri": "src/checkout.rs", "summary": "Wait for the payment", "diff": "-sleep(50);\n+settle().await;\n"}))]
pub struct NewArtifact {
    /// What it is; no other of the draft has the same.
    pub uri: String,
    /// One line about it.
    #[serde(default)]
    pub summary: String,
    /// The change, as a unified diff.
    #[serde(default)]
    pub diff: String,
}

impl NewDraft {
    /// The draft of an agent session, as it was offered.
    ///
    /// # Errors
    /// `INVALID_BODY` without a summary, without artifacts, or with two of one address; `TOO_LARGE`, `TEXT_NOT_ALLOWED`.
    pub fn checked(self, agent_session_id: AgentSessionId) -> Result<Draft> {
        let invalid = |text: &str| Error::with(Code::InvalidBody, text);
        let summary = text::line(Some(&self.summary), text::MAX_LINE)?;
        let summary = summary.ok_or_else(|| invalid("a draft has a summary"))?;
        let sizes = self.artifacts.iter().map(|it| it.uri.len() + it.summary.len() + it.diff.len());
        if self.artifacts.len() > MAX_ARTIFACTS || sizes.sum::<usize>() > MAX_DRAFT {
            let text = format!("at most {MAX_ARTIFACTS} artifacts and {} KiB", MAX_DRAFT / 1024);
            return Err(Error::with(Code::TooLarge, text));
        }
        let mut seen = HashSet::new();
        let mut artifacts = Vec::with_capacity(self.artifacts.len());
        for it in self.artifacts {
            let uri = text::line(Some(&it.uri), MAX_URI)?;
            let uri = uri.ok_or_else(|| invalid("an artifact has a uri"))?;
            if !seen.insert(uri.clone()) {
                return Err(invalid("two artifacts of a draft have one uri"));
            }
            artifacts.push(Artifact {
                uri,
                summary: text::line(Some(&it.summary), text::MAX_LINE)?.unwrap_or_default(),
                diff_bytes: it.diff.len(),
                diff: Some(it.diff),
                decision: None,
                reason: None,
                decided_by: None,
                decided_at: None,
            });
        }
        if artifacts.is_empty() {
            return Err(invalid("a draft has an artifact"));
        }
        let (id, approval_id) = (self.draft_id.unwrap_or_else(DraftId::new), ApprovalId::new());
        Ok(Draft { id, agent_session_id, summary, artifacts, approval_id })
    }
}

impl Draft {
    /// SHA-256, in hex, of what its reviewers are shown: of the whole draft, with its diffs.
    ///
    /// # Errors
    /// None that can happen: what it holds is text.
    pub fn digest(&self) -> serde_json::Result<String> {
        #[derive(Serialize)]
        struct Shown<'a> {
            uri: &'a str,
            summary: &'a str,
            diff: Option<&'a str>,
        }
        let shown = |it| {
            let Artifact { uri, summary, diff, .. }: &Artifact = it;
            Shown { uri, summary, diff: diff.as_deref() }
        };
        let shown: Vec<_> = self.artifacts.iter().map(shown).collect();
        shown_digest(ApprovalKind::Draft, &self.summary, &[], &serde_json::to_value(shown)?)
    }

    /// The same without anything that was said about it.
    #[must_use]
    pub fn as_offered(mut self) -> Self {
        for it in &mut self.artifacts {
            (it.decision, it.reason, it.decided_by, it.decided_at) = (None, None, None, None);
        }
        self
    }

    /// What all of it came to: approved if each artifact is; `None` while one is open.
    fn outcome(&self) -> Option<ApprovalStatus> {
        if !self.artifacts.iter().all(Artifact::is_decided) {
            return None;
        }
        let good = |it: &Artifact| it.decision == Some(ArtifactDecision::Approved);
        let all = self.artifacts.iter().all(good);
        Some(if all { ApprovalStatus::Approved } else { ApprovalStatus::Rejected })
    }
}

impl Artifact {
    /// The same without its diff.
    #[must_use]
    pub fn outline(&self) -> Self {
        Self { diff: None, ..self.clone() }
    }

    /// Whether nothing more is to be said about it.
    pub fn is_decided(&self) -> bool {
        matches!(self.decision, Some(ArtifactDecision::Approved | ArtifactDecision::Rejected))
    }
}

impl From<DecisionAction> for ArtifactDecision {
    fn from(action: DecisionAction) -> Self {
        match action {
            DecisionAction::Approve => Self::Approved,
            DecisionAction::Reject => Self::Rejected,
            DecisionAction::Discuss => Self::Discuss,
        }
    }
}

impl Approval {
    /// The same, its draft without the diffs: as everybody is told of it but those who are offered it, or ask for it.
    #[must_use]
    pub fn outline(&self) -> Self {
        let mut outline = self.clone();
        if let Some(draft) = &mut outline.draft {
            draft.artifacts.iter_mut().for_each(|it| it.diff = None);
        }
        outline
    }

    /// The same with the diffs of another telling of it, which are the same as long as it lives.
    #[must_use]
    pub fn with_diffs_of(mut self, other: &Self) -> Self {
        let known: Vec<_> = other.draft.iter().flat_map(|it| &it.artifacts).collect();
        for artifact in self.draft.iter_mut().flat_map(|it| &mut it.artifacts) {
            let same = known.iter().find(|it| it.uri == artifact.uri);
            artifact.diff = artifact.diff.take().or_else(|| same.and_then(|it| it.diff.clone()));
        }
        self
    }

    /// Whether its draft, if it has one, is there with its diffs.
    pub fn is_whole(&self) -> bool {
        self.draft.iter().flat_map(|it| &it.artifacts).all(|it| it.diff.is_some())
    }

    /// Applies a decision on a draft: on one artifact, or on all that are open.
    ///
    /// # Errors
    /// As [`Approval::decide`]; `NOT_FOUND` for an artifact that is not in the draft.
    pub(super) fn decide_draft(
        &mut self,
        decision: &Decision,
        reason: Option<String>,
        by: Decider,
        now: Timestamp,
    ) -> Result<Decided> {
        let said = ArtifactDecision::from(decision.action);
        let uri = decision.artifact_uri.as_deref();
        let is_meant = |it: &Artifact| uri.is_none_or(|uri| it.uri == uri);
        check_shape(decision)?;
        let Some(draft) = &self.draft else { return Err(Code::ApprovalNotFound.into()) };
        if !draft.artifacts.iter().any(is_meant) {
            return Err(Error::with(Code::NotFound, "the draft has no such artifact"));
        }
        if self.is_said(draft, said, decision.artifact_uri.as_deref(), reason.as_ref(), by) {
            return Ok(Decided::Before);
        }
        let is_closed = draft.artifacts.iter().filter(|it| is_meant(it)).all(Artifact::is_decided);
        if self.status != ApprovalStatus::Pending || is_closed {
            return Err(already_resolved(self));
        }
        self.check_pending(now)?;
        self.check_digest(decision)?;
        let Some(draft) = &mut self.draft else { return Err(Code::ApprovalNotFound.into()) };
        for artifact in draft.artifacts.iter_mut().filter(|it| is_meant(it) && !it.is_decided()) {
            artifact.decision = Some(said);
            artifact.reason.clone_from(&reason);
            artifact.decided_by = by.participant_id;
            artifact.decided_at = Some(now);
        }
        let Some(status) = draft.outcome() else { return Ok(Decided::InPart) };
        self.status = status;
        self.resolved_at = Some(now);
        self.resolved_by_participant_id = by.participant_id;
        self.resolved_by_user_id = by.user_id;
        self.reason = reason.filter(|_| uri.is_none());
        Ok(Decided::Now)
    }

    /// Whether just this was said by the same person before: about one artifact, or by the word that decided the whole.
    fn is_said(
        &self,
        draft: &Draft,
        said: ArtifactDecision,
        uri: Option<&str>,
        reason: Option<&String>,
        by: Decider,
    ) -> bool {
        let theirs = |it: &Artifact| it.decided_by == by.participant_id;
        let same = |it: &Artifact| theirs(it) && it.decision == Some(said);
        let Some(uri) = uri else {
            // All that one word was about was decided at the same time, and ended the approval.
            let by_last_word = |it: &&Artifact| theirs(it) && it.decided_at == self.resolved_at;
            let resolved_by = (self.resolved_by_participant_id, self.resolved_by_user_id);
            return resolved_by == (by.participant_id, by.user_id)
                && draft.artifacts.iter().filter(by_last_word).all(same);
        };
        // What is to be discussed stays open: another reason is news.
        let is_news = said == ArtifactDecision::Discuss;
        let again = |it: &Artifact| same(it) && !(is_news && it.reason.as_ref() != reason);
        draft.artifacts.iter().any(|it| it.uri == uri && again(it))
    }
}

fn check_shape(decision: &Decision) -> Result<()> {
    let invalid = |text| Err(Error::with(Code::InvalidAction, text));
    if decision.option_id.is_some() || decision.edited_prompt.is_some() || decision.answer.is_some()
    {
        return invalid("a draft is decided by action, artifactUri and reason");
    }
    if decision.tell_agent {
        return invalid("a draft tells its agent nothing: reject with a reason, and prompt");
    }
    if decision.action == DecisionAction::Discuss && decision.artifact_uri.is_none() {
        return invalid("say which artifact is to be discussed, by artifactUri");
    }
    Ok(())
}
