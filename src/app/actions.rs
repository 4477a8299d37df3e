//! What programs ask of people: asked, waited for, taken back.

use std::time::Duration;

use super::{App, Caller, Key, Once, host_access, once, registry, requests};
use crate::{
    domain::{
        AgentId, Approval, ApprovalId, ApprovalKind, ApprovalStatus, Asker, HostEventBody, HostId,
        NewAction,
    },
    error::{Code, Error, Result},
    rpc::calls::Asked,
    store::{About, NewApproval, Notice, Reads, Tx},
};

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
        let (caller, limit) = (caller.clone(), self.settings.pending_of_program);
        let raised = self.store.write(async move |tx| {
            if let Some(agent) = new.agent_id {
                let host = tx.host_of_agent(agent).await?.ok_or(Code::NotFound)?;
                if !host_access::seen(tx, &caller, host).await?.owns() {
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
        let limit = self.settings.pending_of_program;
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
        limit: Duration,
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

    /// With whether somebody can decide it now.
    pub fn asked(&self, approval: Approval) -> Asked {
        let is_there = approval.host_id.is_some_and(|host| self.hosts.instance(host).is_some());
        let answerable = approval.status == ApprovalStatus::Pending;
        let answerable = answerable && (approval.system_level || is_there);
        Asked { answerable, resolution: approval.resolution(), approval }
    }
}

/// The approval of a request, asked before or now.
async fn raise(tx: &mut Tx, asker: Asker, new: NewAction, limit: i64) -> Result<Once<Approval>> {
    let approval = new.approval(asker, tx.now())?;
    if let Some(request) = approval.request_id
        && let Some(known) = tx.approval_of_request(request).await?
    {
        let same = known.digest == approval.digest
            && known.system_level == approval.system_level
            && known.agent_id == approval.agent_id;
        if !same {
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
pub(super) async fn tell(tx: &mut Tx, approval: &Approval, event: HostEventBody) -> Result<()> {
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
pub(super) async fn of_host(tx: &mut Tx, host: HostId, id: ApprovalId) -> Result<Approval> {
    let approval = tx.approval(id).await?;
    match (approval.kind, approval.host_id) {
        (ApprovalKind::Action, Some(asker)) if asker == host => Ok(approval),
        (ApprovalKind::Action, Some(_)) => {
            Err(Error::with(Code::DecisionNotAllowed, "owned by another host"))
        }
        _ => Err(Code::ApprovalNotFound.into()),
    }
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
        Some(host) => host_access::at_host(reads, caller, host).await?.sees(),
        None => false,
    };
    if sees { Ok(()) } else { Err(Code::ApprovalNotFound.into()) }
}
