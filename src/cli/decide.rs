//! Deciding an approval, with the digest of what was shown.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{
    api::Api,
    card,
    failure::{Exit, Failure},
    ids::APPROVAL,
    safe, time,
};
use crate::{
    domain::{
        Approval, ApprovalStatus, OptionKind, Participant, ParticipantId, SessionId, Verdict,
    },
    error::Code,
};

/// What somebody decides.
#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Choice {
    /// Which of the offered options.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) option_id: Option<String>,
    /// The text to send instead.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) edited_prompt: Option<String>,
    /// The answer to a question.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) answer: Option<Value>,
    /// Why.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) reason: Option<String>,
    /// Whether the agent is told why.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub(super) tell_agent: bool,
}

#[derive(Serialize)]
struct Body<'a> {
    action: Verdict,
    digest: &'a str,
    #[serde(flatten)]
    choice: &'a Choice,
}

#[derive(Deserialize)]
struct Participants {
    participants: Vec<Participant>,
}

/// Decides what `shown` is; answers with the API's answer as it is.
///
/// # Errors
/// What the API says; a decision that came too late says who was first.
pub(super) async fn decide(
    api: &Api,
    shown: &Approval,
    action: Verdict,
    choice: &Choice,
) -> Result<Value, Failure> {
    let body = Body { action, digest: &shown.digest, choice };
    match api.post(&format!("/api/approvals/{}", shown.id), &body).await {
        Err(failure) if failure.is(Code::ApprovalAlreadyResolved) => {
            Err(too_late(api, failure).await)
        }
        done => done,
    }
}

/// The option that somebody names by kind, label or id; it must say yes or no as `action` does.
///
/// # Errors
/// A usage error that lists what is offered.
pub(super) fn option(approval: &Approval, typed: &str, action: Verdict) -> Result<String, Failure> {
    let named = approval.options.iter().find(|it| {
        it.id == typed || card::kind(&it.kind) == typed || it.label.eq_ignore_ascii_case(typed)
    });
    let agrees = |kind: &OptionKind| kind.verdict().is_none_or(|it| it == action);
    match named {
        Some(option) if agrees(&option.kind) => Ok(option.id.clone()),
        Some(option) => {
            let (word, other) = match action {
                Verdict::Approve => ("approve", "reject"),
                Verdict::Reject => ("reject", "approve"),
            };
            let text = format!("{:?} does not {word}", option.label);
            let (id, kind) = (APPROVAL.short(approval.id), card::kind(&option.kind));
            let hint = format!("wardroom {other} {id} --option {kind}");
            Err(Failure::new(Exit::Usage, text).hint(hint))
        }
        None => {
            let text = format!("{} does not offer {typed:?}", APPROVAL.short(approval.id));
            let offered: Vec<_> = approval.options.iter().map(|it| card::kind(&it.kind)).collect();
            let hint = match offered.as_slice() {
                [] => "it offers no options: leave --option out".into(),
                offered => format!("offered are: {}", offered.join(", ")),
            };
            Err(Failure::new(Exit::Usage, text).hint(hint))
        }
    }
}

/// Says who was first, and when.
async fn too_late(api: &Api, failure: Failure) -> Failure {
    let row = failure.refusal.as_ref().map(|it| it.details["approval"].clone());
    let approval = row.and_then(|it| serde_json::from_value::<Approval>(it).ok());
    let Some(approval) = approval else { return failure };
    let ago = approval.resolved_at.map(time::ago).unwrap_or_default();
    let (exit, message) = match approval.status {
        ApprovalStatus::Expired | ApprovalStatus::Pending => {
            (Exit::Expired, format!("{} has expired; nothing ran", APPROVAL.short(approval.id)))
        }
        ApprovalStatus::Withdrawn => (Exit::Conflict, format!("its author withdrew it {ago}")),
        _ => {
            let who = name(api, &approval).await;
            let word = match approval.status {
                ApprovalStatus::Rejected => "rejected",
                _ => "approved",
            };
            (Exit::Conflict, format!("conflict: {who} {word} this {ago}"))
        }
    };
    Failure { exit, message, hint: None, ..failure }
}

/// As whom something was decided, by the API's answer; for the end of a sentence.
pub(super) async fn as_whom(api: &Api, answer: &Value) -> String {
    match serde_json::from_value::<Approval>(answer["approval"].clone()) {
        Ok(approval) if approval.resolved_by_participant_id.is_some() => {
            format!(" as {}", name(api, &approval).await)
        }
        _ => String::new(),
    }
}

async fn name(api: &Api, approval: &Approval) -> String {
    let by = approval.resolved_by_participant_id;
    let (Some(by), Some(session)) = (by, approval.shared_session_id) else {
        return "somebody".into();
    };
    participant(api, session, by).await.unwrap_or_else(|| "somebody".into())
}

async fn participant(api: &Api, session: SessionId, id: ParticipantId) -> Option<String> {
    let path = format!("/api/shared-sessions/{session}/participants");
    let all = api.get::<Participants>(&path).await.ok()?.participants;
    all.iter().find(|it| it.id == id).map(|it| safe::one_line(it.name()))
}
