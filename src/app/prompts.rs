//! Prompts: stored, held for a yes or sent at once.

use super::{App, Caller, Key, Once, Settings, access, life, once};
use crate::{
    domain::{
        Action, Approval, ApprovalKind, ApprovalStatus, Ask, Dispatch, EventBody, Message,
        MessageId, MessageKind, Right, Role, SessionId, UserId, UserRef, text,
    },
    error::{Code, Error, Result},
    store::{NewApproval, Reads, Seat, Tx},
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
        let rates = self.rates.clone();
        self.store
            .write(async move |tx| {
                let seat = access::seat_to(tx, &caller, id, Action::Prompt).await?;
                if let Some(approval) = once::before(tx, key.as_ref()).await? {
                    return Ok(Once::again(approval));
                }
                let right = access::permit(&seat, &caller, Action::Prompt, tx.now())?;
                rates.prompts.check((id, seat.participant.user_id), tx.now())?;
                let approval = match right {
                    Right::Yes => send(tx, seat, prompt, &settings).await?,
                    _ => hold(tx, seat, prompt, &settings).await?,
                };
                once::keep(tx, key.as_ref(), &approval).await?;
                Ok(Once::fresh(approval))
            })
            .await
    }
}

/// Sends a prompt of somebody who may prompt directly: it is approved by its author, and queued for the agent.
///
/// # Errors
/// `ILLEGAL_TRANSITION` when the agent session has ended, `RATE_LIMITED` when too many wait already.
pub(super) async fn send(
    tx: &mut Tx,
    seat: Seat,
    prompt: String,
    settings: &Settings,
) -> Result<Approval> {
    let (id, now) = (seat.session.id, tx.now());
    let mut approval = ask(tx, &seat, prompt).await?;
    check_waiting(tx, &seat, settings).await?;
    approval.status = ApprovalStatus::Approved;
    approval.resolved_at = Some(now);
    approval.resolved_by_participant_id = Some(seat.participant.id);
    approval.resolved_by_user_id = account(seat.participant.user_id);
    let message = store(tx, &seat, &approval).await?;
    let dispatch = Dispatch::queued(approval.id, id, seat.session.host_session_id, now);
    tx.insert_dispatch(&dispatch).await?;
    approval.dispatch = Some(dispatch);
    let (participant, message) = (seat.participant, Some(message));
    let event = EventBody::PromptApproved { approval: approval.clone(), participant, message };
    tx.append(id, &event).await?;
    Ok(approval)
}

/// Holds a prompt until somebody decides about it.
async fn hold(tx: &mut Tx, seat: Seat, prompt: String, settings: &Settings) -> Result<Approval> {
    let id = seat.session.id;
    let approval = ask(tx, &seat, prompt).await?;
    check_waiting(tx, &seat, settings).await?;
    let message = store(tx, &seat, &approval).await?;
    let participant = seat.participant;
    let event =
        EventBody::PromptPendingApproval { approval: approval.clone(), message, participant };
    tx.append(id, &event).await?;
    Ok(approval)
}

async fn store(tx: &mut Tx, seat: &Seat, approval: &Approval) -> Result<Message> {
    let new = NewApproval::of(approval);
    tx.insert_approval(new).await?;
    let message = prompt_message(seat, approval);
    tx.insert_message(&message)?;
    Ok(message)
}

/// The account behind somebody, if there is one.
pub(super) fn account(user: UserRef) -> Option<UserId> {
    match user {
        UserRef::User(id) => Some(id),
        UserRef::Guest(_) => None,
    }
}

/// The approval that a prompt is, for an agent session that still takes prompts.
async fn ask(reads: &mut Reads, seat: &Seat, prompt: String) -> Result<Approval> {
    let agent = reads.agent_session(seat.session.host_session_id).await?.agent_session;
    life::check_takes_prompts(&agent)?;
    let ask = Ask {
        kind: ApprovalKind::Prompt,
        participant_id: Some(seat.participant.id),
        action: format!("{} wants to send a prompt", seat.participant.name()),
        prompt: Some(prompt),
        details: serde_json::Value::Object(serde_json::Map::new()),
        options: Vec::new(),
        request_id: None,
    };
    ask.pending(&seat.session, reads.now()).map_err(Error::internal)
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

/// That not too many of the author's, and of all, wait already, be it for a yes or for the agent. The host is not kept from
/// their agent by what others ask.
async fn check_waiting(reads: &mut Reads, seat: &Seat, settings: &Settings) -> Result<()> {
    let own = reads.seats_of_same_person(seat.participant.id).await?;
    let (id, agent) = (seat.session.id, seat.session.host_session_id);
    let (own, all) = reads.count_waiting(id, agent, &own).await?;
    let is_host = seat.participant.role == Role::Host;
    let text = if own >= settings.pending_of_author {
        format!("{own} prompts of yours wait already")
    } else if all >= settings.pending_of_session && !is_host {
        format!("{all} approvals and prompts wait in this session already")
    } else {
        return Ok(());
    };
    let hint = "wait until one is decided, or carried out";
    Err(Error::with(Code::RateLimited, text).hint(hint).retry_after(30))
}
