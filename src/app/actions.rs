//! What programs ask of people: asked, waited for, decided, taken back.

use super::{App, Caller, Key, Once, host_access, once, registry, requests};
use crate::{
    domain::{
        AgentId, Approval, ApprovalId, ApprovalKind, ApprovalStatus, Asker, Decided, Decider,
        Decision, DecisionAction, HostEventBody, HostId, NewAction, OptionKind, ResolveRequest,
    },
    error::{Code, Error, Result},
    hosts::CallError,
    rpc::calls::{AnswerRequest, Asked, Resolve, ServerCall},
    store::{About, NewApproval, Notice, Reads, Tx},
};

/// How long a host may take to say that it has heard what a person would choose.
const HEARING: std::time::Duration = std::time::Duration::from_secs(10);

impl App {
    /// Asks people what a program of the caller's wants to know. Asked again by the same name, it is the same approval.
    ///
    /// # Errors
    /// `UNAUTHENTICATED` for guests, `HOST_REQUIRED` for tokens that may only read and for an agent that is not the caller's,
    /// `NOT_FOUND`, `RATE_LIMITED` when too much waits already, `IDEMPOTENCY_MISMATCH`, and those of [`NewAction::approval`].
    pub async fn ask_people(
        &self,
        caller: &Caller,
        new: NewAction,
        key: Option<Key>,
    ) -> Result<Once<Asked>> {
        caller.check_runs_agents()?;
        let credential = host_access::credential(caller)?;
        let asker = Asker { host: None, user: caller.user_id(), credential };
        let (caller, limit) = (caller.clone(), self.settings.pending_of_session);
        let raised = self.store.write(async move |tx| {
            if let Some(agent) = new.agent_id {
                let host = tx.host_of_agent(agent).await?.ok_or(Code::NotFound)?;
                if !host_access::seen(tx, &caller, host).await?.owns {
                    return Err(Error::with(Code::HostRequired, "owned by another host"));
                }
            }
            // What was asked before is told as it is now.
            if let Some(id) = once::before::<ApprovalId>(tx, key.as_ref()).await? {
                let now = tx.now();
                return Ok(Once::again(tx.approval(id).await?.at(now)));
            }
            let raised = raise(tx, asker, new, limit).await?;
            once::keep(tx, key.as_ref(), &raised.value.id).await?;
            Ok(raised)
        });
        let Once { value, replayed } = raised.await?;
        Ok(Once { value: self.asked(value), replayed })
    }

    /// Asks what a program at a host wants to know.
    ///
    /// # Errors
    /// As [`ask_people`](Self::ask_people).
    pub(super) async fn ask_of_host(&self, asker: Asker, new: NewAction) -> Result<Asked> {
        let limit = self.settings.pending_of_session;
        let raised = self.store.write(async move |tx| {
            if let (Some(host), Some(agent)) = (asker.host, new.agent_id) {
                registry::own(tx, host, agent).await?;
            }
            raise(tx, asker, new, limit).await
        });
        Ok(self.asked(raised.await?.value))
    }

    /// Waits until an approval is pending no more; what asked is told how it ended.
    ///
    /// # Errors
    /// What reading says.
    pub(super) async fn until_resolved(&self, id: ApprovalId) -> Result<Asked> {
        let waiter = self.live.wait_for(id);
        loop {
            let approval = self.store.read().await?.approval(id).await?;
            if approval.status != ApprovalStatus::Pending {
                self.store.write(async move |tx| tx.mark_action_delivered(id).await).await?;
                return Ok(self.asked(approval));
            }
            waiter.resolved().await;
        }
    }

    /// Waits until an approval that the caller may know of is pending no more, or `limit` is over; as it is then.
    ///
    /// # Errors
    /// `APPROVAL_NOT_FOUND`.
    pub async fn wait_for_approval(
        &self,
        caller: &Caller,
        id: ApprovalId,
        limit: std::time::Duration,
    ) -> Result<Approval> {
        let mut approval = self.approval(caller, id).await?;
        let waiter = self.live.wait_for(id);
        let mut time_is_up = std::pin::pin!(tokio::time::sleep(limit));
        loop {
            approval = self.approval(caller, approval.id).await?;
            if approval.status != ApprovalStatus::Pending {
                break;
            }
            tokio::select! {
                () = waiter.resolved() => {}
                () = &mut time_is_up => return Ok(approval),
            }
        }
        let is_asker = approval.kind == ApprovalKind::Action
            && approval.asked_by_user_id.is_some()
            && approval.asked_by_user_id == caller.user_id();
        if is_asker {
            self.store.write(async move |tx| tx.mark_action_delivered(id).await).await?;
        }
        Ok(approval)
    }

    /// Decides what belongs to a host, as that host.
    ///
    /// # Errors
    /// `APPROVAL_NOT_FOUND`, `DECISION_NOT_ALLOWED` for what another host asked or people decide, `INVALID_OPTION`,
    /// `APPROVAL_ALREADY_RESOLVED`.
    pub(super) async fn resolve_of_host(&self, host: HostId, it: Resolve) -> Result<Asked> {
        let resolved = self.store.write(async move |tx| {
            let mut approval = of_host(tx, host, it.approval_id).await?;
            if approval.system_level {
                let text = "people decide this: it was asked at system level";
                return Err(Error::with(Code::DecisionNotAllowed, text));
            }
            let decision = choice(&approval, it.resolution, it.reason)?;
            let wish = approval.resolve_request.as_ref();
            // A host that does what a person told it decides on their word.
            let wished = wish.filter(|wish| decision.option_id.as_ref() == Some(&wish.option_id));
            let user_id = wished.and_then(|wish| wish.by_user_id);
            let by = Decider { participant_id: None, user_id, is_host: true };
            if approval.decide(&decision, by, tx.now())? == Decided::Now {
                tx.resolve_approval(&approval).await?;
                tell_end(tx, &approval).await?;
            }
            Ok(approval)
        });
        Ok(self.asked(resolved.await?))
    }

    /// Takes back what a host asked.
    ///
    /// # Errors
    /// `APPROVAL_NOT_FOUND`, `DECISION_NOT_ALLOWED` for what another host asked, `APPROVAL_ALREADY_RESOLVED`.
    pub(super) async fn withdraw_of_host(&self, host: HostId, id: ApprovalId) -> Result<Asked> {
        let withdrawn = self.store.write(async move |tx| {
            let approval = of_host(tx, host, id).await?;
            approval.check_pending(tx.now())?;
            requests::end(tx, approval, ApprovalStatus::Withdrawn, "withdrawn").await
        });
        Ok(self.asked(withdrawn.await?))
    }

    /// Takes back what a program of the caller's asked.
    ///
    /// # Errors
    /// `APPROVAL_NOT_FOUND`, `DECISION_NOT_ALLOWED` for what somebody else asked, `APPROVAL_ALREADY_RESOLVED`.
    pub async fn withdraw_action(&self, caller: &Caller, id: ApprovalId) -> Result<Approval> {
        caller.check_runs_agents()?;
        let caller = caller.clone();
        self.store
            .write(async move |tx| {
                let approval = tx.approval(id).await?;
                check_knows(tx, &caller, &approval).await?;
                let is_own = approval.asked_by_user_id.is_some()
                    && approval.asked_by_user_id == caller.user_id();
                if !is_own {
                    let text = "only who asked may take it back";
                    return Err(Error::with(Code::DecisionNotAllowed, text));
                }
                approval.check_pending(tx.now())?;
                requests::end(tx, approval, ApprovalStatus::Withdrawn, "withdrawn").await
            })
            .await
    }

    /// Tells the host that decides what a person would choose.
    ///
    /// # Errors
    /// `AGENT_UNAVAILABLE` when the host has not heard: it finds it on the row when it is back.
    pub(super) async fn pass_on(&self, approval: &Approval) -> Result<()> {
        let (Some(host), Some(wish)) = (approval.host_id, &approval.resolve_request) else {
            return Ok(());
        };
        let call = ServerCall::AnswerRequest(AnswerRequest {
            approval_id: approval.id,
            option: wish.option_id.clone(),
            reason: wish.reason.clone(),
            user_id: wish.by_user_id,
        });
        let heard: Result<(), _> = match self.hosts.instance(host) {
            Some(instance) => self.hosts.call(host, instance, call, HEARING).await,
            None => Err(CallError::Away),
        };
        heard.map_err(|error| {
            Error::from(error).details(&WithRow { approval }).hint(
                "it is kept: the host finds it when it is back, and the approval stays pending",
            )
        })
    }

    /// With whether somebody can decide it now.
    pub fn asked(&self, approval: Approval) -> Asked {
        let is_there = approval.host_id.is_some_and(|host| self.hosts.instance(host).is_some());
        let answerable = approval.status == ApprovalStatus::Pending;
        let answerable = answerable && (approval.system_level || is_there);
        Asked { answerable, resolution: approval.resolution(), approval }
    }
}

#[derive(serde::Serialize)]
struct WithRow<'a> {
    approval: &'a Approval,
}

/// The approval of a request, asked before or now.
async fn raise(tx: &mut Tx, asker: Asker, new: NewAction, limit: i64) -> Result<Once<Approval>> {
    let approval = new.approval(asker, tx.now())?;
    if let Some(request) = approval.request_id
        && let Some(known) = tx.approval_of_request(request).await?
    {
        if known.digest != approval.digest {
            let text = "another thing was asked by that request_id";
            return Err(Error::with(Code::IdempotencyMismatch, text)
                .hint("a request has a name of its own"));
        }
        return Ok(Once::again(known.at(tx.now())));
    }
    if tx.count_actions(asker.host, asker.user).await? >= limit {
        let text = format!("{limit} requests wait already");
        return Err(Error::with(Code::RateLimited, text)
            .retry_after(60)
            .hint("wait until some are decided, or take some back"));
    }
    let credential = asker.credential.text();
    let asked_by = Some(credential.as_str());
    tx.insert_approval(NewApproval { asked_by, ..NewApproval::of(&approval) }).await?;
    tell(tx, &approval, HostEventBody::ApprovalRequested { approval: approval.clone() }).await?;
    Ok(Once::fresh(approval))
}

/// Tells followers of its host, its agent's status and inboxes about something that was asked.
async fn tell(tx: &mut Tx, approval: &Approval, event: HostEventBody) -> Result<()> {
    tx.notify(Notice::Unshared);
    let host = match (approval.host_id, approval.agent_id) {
        (Some(host), _) => Some(host),
        (None, Some(agent)) => tx.host_of_agent(agent).await?,
        (None, None) => None,
    };
    let Some(host) = host else { return Ok(()) };
    tx.append_host_event(host, &event, About { agent: approval.agent_id, message: None }).await?;
    match approval.agent_id {
        Some(agent) => refresh(tx, host, agent).await,
        None => Ok(()),
    }
}

/// Tells that something that was asked is pending no more.
pub(super) async fn tell_end(tx: &mut Tx, approval: &Approval) -> Result<()> {
    tell(tx, approval, HostEventBody::ApprovalResolved { approval: approval.clone() }).await
}

/// An agent waits for a person as long as something of its own is pending, and then does what it did before.
async fn refresh(tx: &mut Tx, host: HostId, id: AgentId) -> Result<()> {
    let Ok(before) = tx.agent(id).await else { return Ok(()) };
    if !tx.refresh_agent_waiting(id).await? {
        return Ok(());
    }
    let (agent, former) = (tx.agent(id).await?, before.status);
    let payload = serde_json::Value::Null;
    let event = HostEventBody::AgentStatusChanged { agent, former, payload };
    tx.append_host_event(host, &event, registry::about(id)).await.map(drop)
}

/// Something that this host asked.
async fn of_host(tx: &mut Tx, host: HostId, id: ApprovalId) -> Result<Approval> {
    let approval = tx.approval(id).await?;
    match (approval.kind, approval.host_id) {
        (ApprovalKind::Action, Some(asker)) if asker == host => Ok(approval),
        (ApprovalKind::Action, Some(_)) => {
            Err(Error::with(Code::DecisionNotAllowed, "owned by another host"))
        }
        _ => Err(Code::ApprovalNotFound.into()),
    }
}

/// The decision that one of the options is.
fn choice(approval: &Approval, option: String, reason: Option<String>) -> Result<Decision> {
    let chosen = approval.options.iter().find(|it| it.id == option);
    let chosen = chosen.ok_or_else(|| {
        let ids: Vec<_> = approval.options.iter().map(|it| it.id.as_str()).collect();
        Error::new(Code::InvalidOption).hint(format!("offered are: {}", ids.join(", ")))
    })?;
    let action = match chosen.kind {
        OptionKind::AllowOnce => DecisionAction::Approve,
        _ => DecisionAction::Reject,
    };
    Ok(Decision {
        action,
        option_id: Some(option),
        edited_prompt: None,
        answer: None,
        artifact_uri: None,
        reason,
        digest: None,
        tell_agent: false,
    })
}

/// Something that a program asked, if it is that, and the caller may know of it.
pub(super) async fn find(
    reads: &mut Reads,
    caller: &Caller,
    id: ApprovalId,
) -> Result<Option<Approval>> {
    let approval = reads.approval(id).await?;
    if approval.kind != ApprovalKind::Action {
        return Ok(None);
    }
    check_knows(reads, caller, &approval).await?;
    Ok(Some(approval))
}

/// That the caller may know of something that a program asked: whose program it is, whoever sees its host, and admins.
///
/// # Errors
/// `APPROVAL_NOT_FOUND`.
pub(super) async fn check_knows(
    reads: &mut Reads,
    caller: &Caller,
    approval: &Approval,
) -> Result<()> {
    let Some(user) = caller.user_id() else { return Err(Code::ApprovalNotFound.into()) };
    let is_own = approval.asked_by_user_id == Some(user);
    let sees = match approval.host_id {
        _ if is_own || caller.is_admin() => true,
        Some(host) => host_access::at_host(reads, caller, host).await?.sees,
        None => false,
    };
    if sees { Ok(()) } else { Err(Code::ApprovalNotFound.into()) }
}

/// A person decides what was asked at system level; of anything else its host is told what they would choose.
///
/// # Errors
/// `DECISION_NOT_ALLOWED`, and those of [`Approval::decide`].
pub(super) async fn decide(
    tx: &mut Tx,
    caller: &Caller,
    mut approval: Approval,
    decision: &Decision,
) -> Result<Approval> {
    check_decides(tx, caller, &approval).await?;
    if decision.tell_agent {
        let text = "a program is told the reason with the answer";
        return Err(Error::with(Code::InvalidAction, text).hint("leave tellAgent out"));
    }
    let by = Decider { participant_id: None, user_id: caller.user_id(), is_host: true };
    let mut decided = approval.clone();
    if decided.decide(decision, by, tx.now())? == Decided::Before {
        return Ok(approval);
    }
    if approval.system_level {
        tx.resolve_approval(&decided).await?;
        tell_end(tx, &decided).await?;
        return Ok(decided);
    }
    approval.resolve_request = Some(ResolveRequest {
        at: tx.now(),
        by_user_id: by.user_id,
        option_id: decided.option_id.ok_or(Code::InvalidOption)?,
        reason: decided.reason,
    });
    tx.put_resolve_request(&approval).await?;
    let event = HostEventBody::ApprovalResolveRequested { approval: approval.clone() };
    tell(tx, &approval, event).await?;
    Ok(approval)
}

/// Who decides: the owner of the host and those whom they let, whose program asked where there is no host, and admins. Never
/// the credential that asked, nor one that may only run agents.
async fn check_decides(reads: &mut Reads, caller: &Caller, approval: &Approval) -> Result<()> {
    caller.check_full(Code::DecisionNotAllowed)?;
    let may = match approval.host_id {
        Some(host) => host_access::at_host(reads, caller, host).await?.decides,
        None => caller.is_admin() || approval.asked_by_user_id == caller.user_id(),
    };
    if !may {
        return Err(Error::new(Code::DecisionNotAllowed).hint("ask the owner of the host"));
    }
    let credential = host_access::credential(caller)?.text();
    if approval.system_level && reads.asked_by(approval.id).await? == Some(credential) {
        let text = "what asked does not decide";
        return Err(Error::with(Code::DecisionNotAllowed, text)
            .hint("decide in the page, or with another token"));
    }
    Ok(())
}
