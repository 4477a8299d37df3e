//! Prompts: stored, held for a yes or sent at once.

use super::{App, Caller, Key, Once, access, life, once, sessions::until};
use crate::{
    domain::{
        Action, Approval, ApprovalId, ApprovalKind, ApprovalStatus, Dispatch, EventBody, Message,
        MessageId, MessageKind, ParticipantId, Right, SessionId, UserRef, shown_digest, text,
    },
    error::{Code, Error, Result},
    store::{NewApproval, Reads, Seat},
};

impl App {
    /// Sends a prompt: it waits for a yes, or goes to the agent at once, as the matrix says.
    ///
    /// # Errors
    /// `SESSION_NOT_FOUND`, `PARTICIPANT_INACTIVE`, `SESSION_INACTIVE`, `PROMPT_NOT_ALLOWED`, `EMPTY_PROMPT`, `TOO_LARGE`, `TEXT_NOT_ALLOWED`,
    /// `RATE_LIMITED` when too many wait already, `ILLEGAL_TRANSITION` when the agent session has ended or takes no prompts.
    pub async fn submit_prompt(
        &self,
        caller: &Caller,
        id: SessionId,
        prompt: &str,
        key: Option<Key>,
    ) -> Result<Once<Approval>> {
        let prompt = text::block(prompt, text::MAX_PROMPT, Code::EmptyPrompt)?;
        let (caller, settings) = (caller.clone(), self.settings.clone());
        self.store
            .write(async move |tx| {
                let seat = access::seat_to(tx, &caller, id, Action::Prompt).await?;
                if let Some(approval) = once::before(tx, key.as_ref()).await? {
                    return Ok(Once::again(approval));
                }
                let right = access::permit(&seat, &caller, Action::Prompt, tx.now())?;
                let agent = tx.agent_session(seat.session.host_session_id).await?.agent_session;
                life::check_takes_prompts(&agent)?;
                let mut approval = new_approval(&seat, prompt, tx.now())?;
                let direct = right == Right::Yes;
                if direct {
                    approval.status = ApprovalStatus::Approved;
                    approval.resolved_at = Some(tx.now());
                    approval.resolved_by_participant_id = Some(seat.participant.id);
                    approval.resolved_by_user_id = account(seat.participant.user_id);
                } else {
                    let limits = (settings.pending_of_author, settings.pending_of_session);
                    check_pending(tx, id, seat.participant.id, limits).await?;
                }
                let new = NewApproval {
                    approval: &approval,
                    waiting: None,
                    dispatch: None,
                    tool_call: None,
                };
                tx.insert_approval(new).await?;
                let message = prompt_message(&seat, &approval);
                tx.insert_message(&message);
                let participant = seat.participant;
                if direct {
                    let dispatch = Dispatch::queued(approval.id, id, agent.id, tx.now());
                    tx.insert_dispatch(&dispatch).await?;
                    approval.dispatch = Some(dispatch);
                    let (approval, message) = (approval.clone(), Some(message));
                    tx.append(id, &EventBody::PromptApproved { approval, participant, message })
                        .await?;
                } else {
                    let approval = approval.clone();
                    let event = EventBody::PromptPendingApproval { approval, message, participant };
                    tx.append(id, &event).await?;
                }
                once::keep(tx, key.as_ref(), &approval).await?;
                Ok(Once::fresh(approval))
            })
            .await
    }
}

/// The account behind somebody, if there is one.
pub(super) fn account(user: UserRef) -> Option<crate::domain::UserId> {
    match user {
        UserRef::User(id) => Some(id),
        UserRef::Guest(_) => None,
    }
}

fn new_approval(seat: &Seat, prompt: String, now: crate::domain::Timestamp) -> Result<Approval> {
    let details = serde_json::Value::Object(serde_json::Map::new());
    let digest =
        shown_digest(ApprovalKind::Prompt, &prompt, &[], &details).map_err(Error::internal)?;
    Ok(Approval {
        id: ApprovalId::new(),
        kind: ApprovalKind::Prompt,
        shared_session_id: Some(seat.session.id),
        agent_session_id: Some(seat.session.host_session_id),
        participant_id: Some(seat.participant.id),
        agent_id: None,
        action: format!("{} wants to send a prompt", seat.participant.name()),
        prompt: Some(prompt),
        edited_prompt: None,
        details,
        options: Vec::new(),
        digest,
        status: ApprovalStatus::Pending,
        created_at: now,
        expires_at: Some(until(&seat.session, now)),
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
        request_id: None,
    })
}

fn prompt_message(seat: &Seat, approval: &Approval) -> Message {
    Message {
        id: MessageId::new(),
        shared_session_id: seat.session.id,
        participant_id: Some(seat.participant.id),
        author_user_id: Some(seat.participant.user_id),
        kind: MessageKind::Prompt,
        text: approval.prompt.clone().unwrap_or_default(),
        created_at: approval.created_at,
        approval_id: Some(approval.id),
        reply_to: None,
        anchor: None,
    }
}

async fn check_pending(
    reads: &mut Reads,
    id: SessionId,
    author: ParticipantId,
    (of_author, of_session): (i64, i64),
) -> Result<()> {
    let (own, all) = reads.count_pending(id, author).await?;
    let text = if own >= of_author {
        format!("{own} prompts of yours wait already")
    } else if all >= of_session {
        format!("{all} approvals wait in this session already")
    } else {
        return Ok(());
    };
    Err(Error::with(Code::RateLimited, text).hint("wait for the host to decide").retry_after(30))
}
