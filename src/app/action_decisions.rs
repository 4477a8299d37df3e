//! What programs asked, decided: by people, or by the host that it belongs to.

use std::time::Duration;

use super::{
    App, Caller,
    actions::{of_host, tell, tell_end},
    host_access,
};
use crate::{
    domain::{
        Approval, Decided, Decider, Decision, DecisionAction, HostEventBody, HostId, OptionKind,
        ResolveRequest,
    },
    error::{Code, Error, Result},
    hosts::CallError,
    rpc::calls::{AnswerRequest, Asked, Resolve, ServerCall},
    store::{Reads, Tx},
};

/// How long a host may take to say that it has heard what a person would choose.
const HEARING: Duration = Duration::from_secs(10);

impl App {
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
}

#[derive(serde::Serialize)]
struct WithRow<'a> {
    approval: &'a Approval,
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
///
/// # Errors
/// `DECISION_NOT_ALLOWED`.
pub(super) async fn check_decides(
    reads: &mut Reads,
    caller: &Caller,
    approval: &Approval,
) -> Result<()> {
    caller.check_full(Code::DecisionNotAllowed)?;
    let may = match approval.host_id {
        Some(host) => host_access::at_host(reads, caller, host).await?.decides(),
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
