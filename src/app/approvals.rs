//! Approvals: the inbox, lists, and deciding.

use serde::Serialize;
use utoipa::ToSchema;

use super::{
    App, Caller, Key, Once, Paged, access, action_decisions, actions, drafts, life, once, prompts,
    prompts::account, requests, status,
};
use crate::{
    domain::{
        Action, Approval, ApprovalId, ApprovalKind, ApprovalStatus, Decided, Decider, Decision,
        Dispatch, EventBody, Participant, Right, Role, SessionId, right,
    },
    error::{Code, Error, Result},
    store::{ApprovalFilter, Reads, Seat, Tx},
};

/// What waits for the caller, or did.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Inbox {
    /// What they, or others, may decide, oldest first; or what was resolved, newest first.
    pub approvals: Vec<Approval>,
    /// Dispatches of their sessions whose outcome nobody knows; only besides what waits for them.
    pub dispatches: Vec<Dispatch>,
    /// Where the next page of approvals begins.
    pub next_cursor: Option<String>,
}

impl App {
    /// What waits for the caller's decision.
    pub async fn inbox(&self, caller: &Caller, cursor: Option<i64>, limit: i64) -> Result<Inbox> {
        let (user, participants) = (caller.user_id(), caller.participants());
        let mut reads = self.store.read().await?;
        let after = cursor.unwrap_or(0);
        let mut found = reads.inbox(user, &participants, true, after, limit + 1).await?;
        if let Some(user) = user {
            found.extend(reads.actions_for(user, caller.is_admin(), after, limit + 1).await?);
            found.sort_by_key(|row| row.0);
        }
        let dispatches = reads.unknown_dispatches(user, &participants).await?;
        let page = Paged::cut(found, limit);
        let next_cursor = page.next_cursor.map(|cursor| cursor.to_string());
        Ok(Inbox { approvals: page.items, dispatches, next_cursor })
    }

    /// What waits for the decision of others where the caller takes part, also their own prompts; and what programs ask at
    /// hosts where they may do something, and not decide.
    pub async fn waits_for_others(
        &self,
        caller: &Caller,
        cursor: Option<i64>,
        limit: i64,
    ) -> Result<Inbox> {
        let (user, participants) = (caller.user_id(), caller.participants());
        let mut reads = self.store.read().await?;
        let after = cursor.unwrap_or(0);
        let mut found = reads.inbox(user, &participants, false, after, limit + 1).await?;
        if let Some(user) = user {
            found.extend(reads.actions_seen_by(user, after, limit + 1).await?);
            found.sort_by_key(|row| row.0);
        }
        let page = Paged::cut(found, limit);
        let next_cursor = page.next_cursor.map(|cursor| cursor.to_string());
        Ok(Inbox { approvals: page.items, dispatches: Vec::new(), next_cursor })
    }

    /// What waits for the caller's decision no more: decided by them or by others, or ended undecided; newest first.
    pub async fn resolved(
        &self,
        caller: &Caller,
        before: Option<i64>,
        limit: i64,
    ) -> Result<Inbox> {
        let (user, participants) = (caller.user_id(), caller.participants());
        let mut reads = self.store.read().await?;
        let now = reads.now();
        let found = reads.resolved(user, &participants, before, limit + 1).await?;
        let page = Paged::of(found, limit).map(|approval| approval.at(now));
        let next_cursor = page.next_cursor.map(|cursor| cursor.to_string());
        Ok(Inbox { approvals: page.items, dispatches: Vec::new(), next_cursor })
    }

    /// Approvals of a session, newest first.
    ///
    /// # Errors
    /// `SESSION_NOT_FOUND`, `PARTICIPANT_INACTIVE`.
    pub async fn approvals(
        &self,
        caller: &Caller,
        id: SessionId,
        filter: ApprovalFilter,
    ) -> Result<Paged<Approval>> {
        let mut reads = self.store.read().await?;
        access::readable(&mut reads, caller, id).await?;
        let more = ApprovalFilter { limit: filter.limit + 1, ..filter };
        let now = reads.now();
        let page = Paged::of(reads.approvals(id, more).await?, filter.limit);
        Ok(page.map(|approval| approval.at(now)))
    }

    /// One approval.
    ///
    /// # Errors
    /// `APPROVAL_NOT_FOUND`, also for what the caller may not know of.
    pub async fn approval(&self, caller: &Caller, id: ApprovalId) -> Result<Approval> {
        let mut reads = self.store.read().await?;
        let approval = reads.approval(id).await?;
        let Some(session) = approval.shared_session_id else {
            match approval.kind {
                ApprovalKind::Action => actions::check_knows(&mut reads, caller, &approval).await?,
                _ => drafts::check_knows_unshared(&mut reads, caller, &approval).await?,
            }
            return Ok(approval.at(reads.now()));
        };
        match access::readable(&mut reads, caller, session).await {
            Ok(_) => Ok(approval.at(reads.now())),
            Err(error) if error.code == Code::Internal => Err(error),
            Err(_) => Err(Code::ApprovalNotFound.into()),
        }
    }

    /// Decides an approval. An approved prompt is queued for its agent in the same transaction; so is the reason of a
    /// rejection that the agent is to be told.
    ///
    /// # Errors
    /// `SESSION_NOT_FOUND`, `APPROVAL_NOT_FOUND`, `DECISION_NOT_ALLOWED`, `SESSION_INACTIVE`, `ILLEGAL_TRANSITION` for a prompt that its
    /// agent does not take any more, and those of [`Approval::decide`]; `PROMPT_NOT_ALLOWED` and `ILLEGAL_TRANSITION` when the agent
    /// is to be told why, and may not be told by the caller, or at all; `RATE_LIMITED` when too many prompts of theirs wait
    /// for it already; `AGENT_UNAVAILABLE` when the host that decides was not told what the caller would choose.
    pub async fn decide(
        &self,
        caller: &Caller,
        session: Option<SessionId>,
        id: ApprovalId,
        decision: Decision,
        key: Option<Key>,
    ) -> Result<Once<Approval>> {
        let (caller, settings) = (caller.clone(), self.settings.clone());
        let decided = self
            .store
            .write(async move |tx| {
                if session.is_none()
                    && let Some(asked) = actions::find(tx, &caller, id).await?
                {
                    if let Some(again) = before(tx, key.as_ref(), &asked).await? {
                        return Ok(Once::again(again));
                    }
                    let approval = action_decisions::decide(tx, &caller, asked, &decision).await?;
                    keep(tx, key.as_ref(), &approval).await?;
                    return Ok(Once::fresh(approval));
                }
                if session.is_none()
                    && let Some(unshared) = drafts::unshared(tx, &caller, id).await?
                {
                    if let Some(again) = before(tx, key.as_ref(), &unshared).await? {
                        return Ok(Once::again(again));
                    }
                    let approval =
                        drafts::decide_unshared(tx, &caller, unshared, &decision).await?;
                    keep(tx, key.as_ref(), &approval).await?;
                    return Ok(Once::fresh(approval));
                }
                let (seat, mut approval) = find(tx, &caller, session, id, Action::Decide).await?;
                if let Some(again) = before(tx, key.as_ref(), &approval).await? {
                    return Ok(Once::again(again));
                }
                check_may_decide(tx, &seat, &caller, &approval).await?;
                let by = Decider {
                    participant_id: Some(seat.participant.id),
                    user_id: account(seat.participant.user_id),
                    is_host: seat.participant.role == Role::Host,
                };
                let draft = approval.draft.clone();
                let decided = approval.decide(&decision, by, tx.now())?;
                if decided == Decided::Before {
                    // What the agent was not told then it is not told by repeating the decision: that would be another.
                    if decision.tell_agent && !tx.has_told_agent(&approval).await? {
                        approval.check_pending(tx.now())?;
                    }
                    keep(tx, key.as_ref(), &approval).await?;
                    return Ok(Once::fresh(approval));
                }
                access::permit(&seat, &caller, Action::Decide, tx.now())?;
                if let Some(before) = draft {
                    let by = decision.artifact_uri.is_some().then_some(&seat.participant);
                    drafts::store_artifacts(tx, &approval, &before, by).await?;
                }
                if decided == Decided::Now {
                    let why =
                        decision.tell_agent.then(|| approval.reason.clone().unwrap_or_default());
                    if why.is_some() {
                        check_prompts_directly(&seat, &caller, tx)?;
                    }
                    approval = store_decision(tx, approval, seat.clone()).await?;
                    if let Some(why) = why {
                        prompts::send(tx, seat, why, &settings).await?;
                    }
                }
                keep(tx, key.as_ref(), &approval).await?;
                Ok(Once::fresh(approval))
            })
            .await?;
        if decided.value.status == ApprovalStatus::Pending {
            self.pass_on(&decided.value).await?;
        }
        Ok(decided)
    }

    /// Takes back one's own pending approval.
    ///
    /// # Errors
    /// `SESSION_NOT_FOUND`, `APPROVAL_NOT_FOUND`, `DECISION_NOT_ALLOWED` for anybody but its author, `APPROVAL_ALREADY_RESOLVED`.
    pub async fn withdraw(
        &self,
        caller: &Caller,
        session: SessionId,
        id: ApprovalId,
    ) -> Result<Approval> {
        let caller = caller.clone();
        self.store
            .write(async move |tx| {
                let (seat, approval) =
                    find(tx, &caller, Some(session), id, Action::Withdraw).await?;
                caller.check_full(Code::DecisionNotAllowed)?;
                if !access::is_author(tx, &seat, &approval).await? {
                    return Err(Error::with(
                        Code::DecisionNotAllowed,
                        "only its author may take it back",
                    ));
                }
                approval.check_pending(tx.now())?;
                requests::end(tx, approval, ApprovalStatus::Withdrawn, "withdrawn").await
            })
            .await
    }
}

/// Keeps the answer to a decision, without what each of the decisions on a draft would keep again.
async fn keep(tx: &mut Tx, key: Option<&Key>, decided: &Approval) -> Result<()> {
    once::keep(tx, key, &decided.outline()).await
}

/// The answer that was kept, whole again: nothing in a draft ever changes but what is said of it.
async fn before(tx: &mut Tx, key: Option<&Key>, now: &Approval) -> Result<Option<Approval>> {
    let kept = once::before::<Approval>(tx, key).await?;
    Ok(kept.map(|kept| kept.with_diffs_of(now)))
}

/// An approval that the caller may know of, and the seat from which they do.
pub(super) async fn find(
    reads: &mut Reads,
    caller: &Caller,
    session: Option<SessionId>,
    id: ApprovalId,
    action: Action,
) -> Result<(Seat, Approval)> {
    let Some(session) = session else {
        let approval = reads.approval(id).await?;
        let session = approval.shared_session_id.ok_or(Code::ApprovalNotFound)?;
        return match access::seat_to(reads, caller, session, action).await {
            Ok(seat) => Ok((seat, approval)),
            Err(error) if error.code == Code::SessionNotFound => Err(Code::ApprovalNotFound.into()),
            Err(error) => Err(error),
        };
    };
    let seat = access::seat_to(reads, caller, session, action).await?;
    let approval = reads.approval(id).await?;
    if approval.shared_session_id != Some(session) {
        return Err(Code::ApprovalNotFound.into());
    }
    Ok((seat, approval))
}

/// The host decides, and who was granted it; never the author of a prompt unless they are the host.
pub(super) async fn check_may_decide(
    reads: &mut Reads,
    seat: &Seat,
    caller: &Caller,
    approval: &Approval,
) -> Result<()> {
    caller.check_full(Code::DecisionNotAllowed)?;
    if may_decide(reads, seat, approval).await? {
        return Ok(());
    }
    Err(Error::new(Code::DecisionNotAllowed).hint("ask the host of the session"))
}

/// That somebody's prompts need nobody's yes.
fn check_prompts_directly(seat: &Seat, caller: &Caller, tx: &Tx) -> Result<()> {
    if access::permit(seat, caller, Action::Prompt, tx.now())? == Right::Yes {
        return Ok(());
    }
    Err(Error::with(Code::PromptNotAllowed, "only who may prompt directly tells the agent why")
        .hint("reject it without telling the agent, or ask the host of the session"))
}

/// Whether somebody decides about an approval, whatever their credential allows.
pub(super) async fn may_decide(
    reads: &mut Reads,
    seat: &Seat,
    approval: &Approval,
) -> Result<bool> {
    let Participant { role, can_decide, .. } = seat.participant;
    let may = right(role, seat.session.mode, can_decide, Action::Decide) == Right::Yes;
    Ok(may && (role == Role::Host || !access::is_author(reads, seat, approval).await?))
}

async fn store_decision(tx: &mut Tx, mut approval: Approval, seat: Seat) -> Result<Approval> {
    let (id, participant) = (seat.session.id, seat.participant);
    tx.resolve_approval(&approval).await?;
    let event = match (approval.kind, approval.status) {
        (ApprovalKind::Prompt, ApprovalStatus::Approved) => {
            let agent = seat.session.host_session_id;
            life::check_takes_prompts(&tx.agent_session(agent).await?.agent_session)?;
            let dispatch = Dispatch::queued(approval.id, id, agent, tx.now());
            tx.insert_dispatch(&dispatch).await?;
            approval.dispatch = Some(dispatch);
            EventBody::PromptApproved { approval: approval.clone(), participant, message: None }
        }
        (ApprovalKind::Prompt, _) => {
            EventBody::PromptRejected { approval: approval.clone(), participant }
        }
        _ => EventBody::ApprovalResolved { approval: approval.outline() },
    };
    tx.append(id, &event).await?;
    if approval.kind != ApprovalKind::Prompt
        && let Some(agent) = approval.agent_session_id
    {
        status::refresh(tx, agent).await?;
    }
    Ok(approval)
}
