//! What a decision on an approval means.

use serde::Deserialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::{
    Approval, ApprovalKind, ApprovalOption, ApprovalStatus, OptionKind, ParticipantId, Timestamp,
    UserId, Verdict, decided_digest, text,
};
use crate::error::{Code, Error, Result};

/// What somebody decides.
#[derive(Debug, Clone, PartialEq, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(example = json!({"action": "approve"}))]
pub struct Decision {
    /// Yes or no; of an artifact also neither.
    pub action: DecisionAction,
    /// Which of the offered options; it must agree with `action`.
    pub option_id: Option<String>,
    /// Another text to send instead; prompts only.
    #[schema(max_length = 262_144)]
    pub edited_prompt: Option<String>,
    /// The answer; questions only.
    pub answer: Option<Value>,
    /// Which artifact; drafts only. Absent: all that are open.
    pub artifact_uri: Option<String>,
    /// Why.
    pub reason: Option<String>,
    /// The `digest` of the approval as it was shown.
    pub digest: Option<String>,
    /// Whether `reason` also goes to the agent, as the next prompt; rejections only, and only of those who may prompt
    /// directly.
    #[serde(default)]
    pub tell_agent: bool,
}

/// What somebody says to what is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum DecisionAction {
    /// Yes.
    Approve,
    /// No.
    Reject,
    /// Not yet: an artifact of a draft is to be talked about.
    Discuss,
}

impl DecisionAction {
    /// Yes or no, if it is one.
    fn verdict(self) -> Option<Verdict> {
        match self {
            Self::Approve => Some(Verdict::Approve),
            Self::Reject => Some(Verdict::Reject),
            Self::Discuss => None,
        }
    }
}

/// Who decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Decider {
    /// As whom; nobody of a session where its owner decides about what no session has shared.
    pub participant_id: Option<ParticipantId>,
    /// With which account.
    pub user_id: Option<UserId>,
    /// Whether they are the session's host.
    pub is_host: bool,
}

/// What a decision came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decided {
    /// It was decided now.
    Now,
    /// Something in it was decided now; the rest is open.
    InPart,
    /// The same person had decided the same before.
    Before,
}

impl Approval {
    /// Applies a decision at `now`. The decider's right to decide at all was looked at before.
    ///
    /// # Errors
    /// `APPROVAL_ALREADY_RESOLVED` with the row, `DIGEST_MISMATCH`, `INVALID_OPTION`, `INVALID_ACTION`, `DECISION_NOT_ALLOWED`
    /// for an option that is the host's alone, `EMPTY_PROMPT`, `TOO_LARGE`, `TEXT_NOT_ALLOWED`.
    pub fn decide(&mut self, decision: &Decision, by: Decider, now: Timestamp) -> Result<Decided> {
        let edited = match &decision.edited_prompt {
            Some(text) => Some(text::block(text, text::MAX_PROMPT, Code::EmptyPrompt)?),
            None => None,
        };
        // An edit that changes nothing is none.
        let edited = edited.filter(|edited| Some(edited) != self.prompt.as_ref());
        let reason = match &decision.reason {
            Some(reason) if !reason.trim().is_empty() => {
                Some(text::block(reason, text::MAX_COMMENT, Code::InvalidBody)?)
            }
            _ => None,
        };
        if self.kind == ApprovalKind::Draft {
            return self.decide_draft(decision, reason, by, now);
        }
        let only_drafts = "only an artifact of a draft is named, or left to discuss";
        let Some(verdict) = decision.action.verdict().filter(|_| decision.artifact_uri.is_none())
        else {
            return Err(Error::with(Code::InvalidAction, only_drafts));
        };
        let option = self.choose(decision, verdict, by);
        let status = match verdict {
            Verdict::Approve => ApprovalStatus::Approved,
            Verdict::Reject => ApprovalStatus::Rejected,
        };
        if self.status != ApprovalStatus::Pending {
            let stored = match self.status {
                ApprovalStatus::Failed => ApprovalStatus::Approved,
                other => other,
            };
            let same = stored == status
                && self.resolved_by_participant_id == by.participant_id
                && (by.participant_id.is_some() || self.resolved_by_user_id == by.user_id)
                && option.is_ok_and(|option| option == self.option_id)
                && self.edited_prompt == edited
                && self.answer == decision.answer
                // What the agent is told is a part of what is decided.
                && (!decision.tell_agent || self.reason == reason);
            return if same { Ok(Decided::Before) } else { Err(already_resolved(self)) };
        }
        self.check_pending(now)?;
        self.check_digest(decision)?;
        let option = option?;
        self.check_shape(decision, verdict, edited.is_some())?;
        if decision.tell_agent && reason.is_none() {
            return Err(Error::with(Code::EmptyPrompt, "there is nothing to tell the agent")
                .hint("say why: reason"));
        }
        self.status = status;
        self.resolved_at = Some(now);
        self.resolved_by_participant_id = by.participant_id;
        self.resolved_by_user_id = by.user_id;
        self.option_id = option;
        self.edited_prompt = edited;
        self.answer.clone_from(&decision.answer);
        self.reason = reason;
        Ok(Decided::Now)
    }

    /// That the decider saw what is stored, if they say what they saw.
    pub(super) fn check_digest(&self, decision: &Decision) -> Result<()> {
        if decision.digest.as_ref().is_some_and(|seen| *seen != self.digest) {
            return Err(with_row(Code::DigestMismatch, self).hint("load it again and compare"));
        }
        Ok(())
    }

    /// That it waits for a decision at `now`.
    ///
    /// # Errors
    /// `APPROVAL_ALREADY_RESOLVED` with the row, also when its time has passed.
    pub fn check_pending(&self, now: Timestamp) -> Result<()> {
        if self.status == ApprovalStatus::Pending && !self.is_due(now) {
            return Ok(());
        }
        Err(already_resolved(&self.clone().at(now)))
    }

    /// Ends it without a decision: expired or withdrawn, with the server's reason.
    ///
    /// # Errors
    /// `APPROVAL_ALREADY_RESOLVED` when it is not pending any more.
    pub fn end(
        &mut self,
        status: ApprovalStatus,
        reason: Option<&str>,
        now: Timestamp,
    ) -> Result<()> {
        if self.status != ApprovalStatus::Pending {
            return Err(already_resolved(self));
        }
        self.status = status;
        self.resolved_at = Some(now);
        self.reason = reason.map(str::to_owned);
        Ok(())
    }

    /// SHA-256 of the text that will be sent, once a prompt is approved.
    pub fn decided_digest(&self) -> Option<String> {
        let approved = matches!(self.status, ApprovalStatus::Approved | ApprovalStatus::Failed);
        (approved && self.kind == ApprovalKind::Prompt)
            .then(|| self.text_to_send().map(decided_digest))
            .flatten()
    }

    /// The option that a decision picks where options are offered.
    fn choose(&self, decision: &Decision, verdict: Verdict, by: Decider) -> Result<Option<String>> {
        let offered = |option: &&ApprovalOption| match &decision.option_id {
            Some(id) => option.id == *id,
            None => match verdict {
                Verdict::Approve => option.kind == OptionKind::AllowOnce,
                Verdict::Reject => option.kind == OptionKind::RejectOnce,
            },
        };
        let Some(option) = self.options.iter().find(offered) else {
            return match (&decision.option_id, verdict) {
                // To say no is always possible: the asker is told that nothing was chosen.
                (None, Verdict::Reject) => Ok(None),
                (None, Verdict::Approve) if self.options.is_empty() => Ok(None),
                _ => Err(Error::new(Code::InvalidOption).hint(self.offers())),
            };
        };
        if option.kind.verdict().is_some_and(|it| it != verdict) {
            return Err(Error::with(Code::InvalidOption, "action and optionId do not agree"));
        }
        if option.kind == OptionKind::AllowAlways && !by.is_host {
            return Err(Error::with(
                Code::DecisionNotAllowed,
                "allowing always is the host's alone",
            ));
        }
        Ok(Some(option.id.clone()))
    }

    fn check_shape(&self, decision: &Decision, verdict: Verdict, edited: bool) -> Result<()> {
        let invalid = |text| Err(Error::with(Code::InvalidAction, text));
        if edited && (self.kind != ApprovalKind::Prompt || verdict == Verdict::Reject) {
            return invalid("only a prompt that is approved can be edited");
        }
        if decision.tell_agent && verdict == Verdict::Approve {
            return invalid("only a rejection tells the agent why");
        }
        match (self.kind, verdict, &decision.answer) {
            (ApprovalKind::Question, Verdict::Approve, None) => {
                invalid("a question is answered by {action: approve, answer}")
            }
            (ApprovalKind::Question, Verdict::Approve, Some(answer)) if !answer.is_object() => {
                invalid("the answer is an object: a value for each field of the form")
            }
            (ApprovalKind::Question, Verdict::Approve, Some(_)) | (_, _, None) => Ok(()),
            _ => invalid("only a question takes an answer"),
        }
    }

    fn offers(&self) -> String {
        let ids: Vec<_> = self.options.iter().map(|option| option.id.as_str()).collect();
        format!("offered are: {}", ids.join(", "))
    }
}

/// Says so, with the row: a page can show who was first.
pub(super) fn already_resolved(approval: &Approval) -> Error {
    with_row(Code::ApprovalAlreadyResolved, approval)
}

/// A refusal that shows the approval as it is.
fn with_row(code: Code, approval: &Approval) -> Error {
    #[derive(serde::Serialize)]
    struct Row<'a> {
        approval: &'a Approval,
    }
    Error::new(code).details(&Row { approval })
}
