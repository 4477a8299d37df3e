//! What agents ask of people, and how any approval ends without a decision.

use std::collections::HashSet;

use serde::Serialize;
use serde_json::Value;

use super::{actions, status};
use crate::{
    domain::{
        AgentSessionId, Approval, ApprovalId, ApprovalKind, ApprovalOption, ApprovalStatus, Ask,
        EventBody, HostId, InstanceId, OptionKind, RequestId, Session, SessionStatus,
    },
    error::{Code, Error, Result},
    rpc::calls::{Delivered, Outcome, PermissionRequest, QuestionRequest, RequestOption},
    store::{NewApproval, Tx, Waiting},
};

/// The reason of an approval whose time was up.
pub(super) const DEADLINE: &str = "deadline";

/// Ends an approval without a decision.
///
/// # Errors
/// `APPROVAL_ALREADY_RESOLVED`.
pub(super) async fn end(
    tx: &mut Tx,
    mut approval: Approval,
    status: ApprovalStatus,
    reason: &str,
) -> Result<Approval> {
    approval.end(status, Some(reason), tx.now())?;
    tx.resolve_approval(&approval).await?;
    tell_end(tx, approval.clone()).await?;
    Ok(approval)
}

/// The same of any number of approvals, in one statement.
pub(super) async fn end_all(
    tx: &mut Tx,
    mut approvals: Vec<Approval>,
    status: ApprovalStatus,
    reason: &str,
) -> Result<()> {
    let now = tx.now();
    for approval in &mut approvals {
        approval.end(status, Some(reason), now)?;
    }
    let ids: Vec<_> = approvals.iter().map(|it| it.id).collect();
    tx.end_approvals(&ids, status, reason).await?;
    for approval in approvals {
        tell_end(tx, approval).await?;
    }
    Ok(())
}

/// Tells the session of an approval that it ended without a decision.
async fn tell_end(tx: &mut Tx, approval: Approval) -> Result<()> {
    if approval.kind == ApprovalKind::Action {
        return actions::tell_end(tx, &approval).await;
    }
    let Some(session) = approval.shared_session_id else { return Ok(()) };
    let event = match approval.status {
        ApprovalStatus::Withdrawn => EventBody::ApprovalWithdrawn { approval: approval.outline() },
        _ => EventBody::ApprovalExpired { approval: approval.outline() },
    };
    tx.append(session, &event).await.map(drop)
}

/// Ends an approval whose time has passed, if it is so still.
pub(super) async fn expire(tx: &mut Tx, id: ApprovalId) -> Result<()> {
    let approval = tx.approval(id).await?;
    if !approval.is_due(tx.now()) {
        return Ok(()); // Somebody was first.
    }
    let (kind, agent) = (approval.kind, approval.agent_session_id);
    end(tx, approval, ApprovalStatus::Expired, DEADLINE).await?;
    match agent {
        Some(agent) if kind != ApprovalKind::Prompt => status::refresh(tx, agent).await,
        _ => Ok(()),
    }
}

/// What an agent asked, whole, as an approval's details keep it.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
enum Asked<'a> {
    ToolCall(&'a Value),
    Request(&'a Value),
}

impl Asked<'_> {
    fn json(&self) -> Result<Value> {
        serde_json::to_value(self).map_err(Error::internal)
    }
}

/// A request of an agent, whichever kind.
pub(super) enum Request {
    /// May the agent do this?
    Permission(PermissionRequest),
    /// What does the agent want to know?
    Question(QuestionRequest),
}

impl Request {
    /// The approval that this request is, asked before or now; `None` when there is nobody to ask, when its agent session
    /// has ended, or when `limit` requests of it wait already.
    pub(super) async fn raise(
        self,
        tx: &mut Tx,
        host: HostId,
        instance: InstanceId,
        limit: i64,
    ) -> Result<Option<Approval>> {
        let (request_id, agent_session, turn, tool_call) = match &self {
            Self::Permission(it) => {
                (it.request_id, it.agent_session_id, it.dispatch_id, Some(it.tool_call_id.clone()))
            }
            Self::Question(it) => (it.request_id, it.agent_session_id, it.dispatch_id, None),
        };
        if let Some(approval) = own(tx, host, agent_session, request_id).await? {
            return Ok(Some(approval));
        }
        if tx.agent_session(agent_session).await?.agent_session.life.is_over() {
            return Ok(None);
        }
        let Some(session) = tx.session_of_agent(agent_session).await? else { return Ok(None) };
        let session = tx.session(session).await?;
        if session.status != SessionStatus::Active || session.is_due(tx.now()) {
            return Ok(None);
        }
        let turn = match turn {
            Some(turn) => tx.dispatch(turn).await.ok(),
            None => None,
        };
        if turn.as_ref().is_some_and(|it| it.cancel_requested_at.is_some()) {
            return Ok(None);
        }
        self.check_options()?;
        if tx.count_requests(agent_session).await? >= limit {
            tracing::debug!(%agent_session, "an agent asks more than people can look at; it is told no");
            return Ok(None);
        }
        let approval = self.approval(&session, tx)?;
        let waiting = Some(Waiting { host, instance });
        let dispatch = turn.map(|it| it.dispatch.id);
        let tool_call = tool_call.as_deref();
        let new = NewApproval { waiting, dispatch, tool_call, ..NewApproval::of(&approval) };
        tx.insert_approval(new).await?;
        let event = EventBody::ApprovalRequested { approval: approval.clone() };
        tx.append(session.id, &event).await?;
        status::refresh(tx, agent_session).await?;
        Ok(Some(approval))
    }

    /// That no answer can be taken for another one.
    fn check_options(&self) -> Result<()> {
        let Self::Permission(it) = self else { return Ok(()) };
        let mut seen = HashSet::new();
        let apart = |id: &String| !id.is_empty() && seen.insert(id.clone());
        if it.options.iter().map(|option| &option.option_id).all(apart) {
            return Ok(());
        }
        Err(Error::with(Code::InvalidBody, "the options cannot be told apart by their ids"))
    }

    fn approval(&self, session: &Session, tx: &Tx) -> Result<Approval> {
        let ask = match self {
            Self::Permission(it) => {
                let call: Value =
                    serde_json::from_str(it.tool_call.get()).map_err(Error::internal)?;
                let kind = call.get("kind").and_then(Value::as_str);
                Ask {
                    kind: ApprovalKind::Permission,
                    participant_id: None,
                    action: permission_title(kind).to_owned(),
                    prompt: None,
                    details: Asked::ToolCall(&call).json()?,
                    options: it.options.iter().map(option).collect(),
                    request_id: Some(it.request_id),
                }
            }
            Self::Question(it) => {
                let request: Value =
                    serde_json::from_str(it.request.get()).map_err(Error::internal)?;
                Ask {
                    kind: ApprovalKind::Question,
                    participant_id: None,
                    action: it.message.clone(),
                    prompt: None,
                    details: Asked::Request(&request).json()?,
                    options: Vec::new(),
                    request_id: Some(it.request_id),
                }
            }
        };
        ask.pending(session, tx.now()).map_err(Error::internal)
    }
}

fn option(it: &RequestOption) -> ApprovalOption {
    let kind = serde_json::from_value(serde_json::Value::String(it.kind.clone()))
        .unwrap_or_else(|_| OptionKind::Other(it.kind.clone()));
    ApprovalOption { id: it.option_id.clone(), label: it.name.clone(), kind }
}

fn permission_title(kind: Option<&str>) -> &'static str {
    match kind {
        Some("execute") => "Run a command?",
        Some("edit") => "Edit a file?",
        Some("delete") => "Delete something?",
        Some("move") => "Move something?",
        Some("read") => "Read something?",
        Some("search") => "Search?",
        Some("fetch") => "Fetch a page?",
        Some("switch_mode") => "Switch the mode?",
        _ => "Use a tool?",
    }
}

/// Notes that an agent has its decision; that it does not wait for one any more, if there was none.
pub(super) async fn delivered(tx: &mut Tx, host: HostId, it: &Delivered) -> Result<()> {
    let request = it.request_id;
    match own(tx, host, it.agent_session_id, request).await? {
        Some(approval) if approval.status == ApprovalStatus::Pending => {
            let agent = approval.agent_session_id;
            end(tx, approval, ApprovalStatus::Expired, "agent_moved_on").await?;
            match agent {
                Some(agent) => status::refresh(tx, agent).await,
                None => Ok(()),
            }
        }
        _ => tx.mark_delivered(request).await,
    }
}

/// The approval of a request, if that agent session of this host asked it before.
///
/// # Errors
/// `HOST_SESSION_NOT_FOUND`: what is another host's, or another agent session's, is not there.
async fn own(
    tx: &mut Tx,
    host: HostId,
    agent: AgentSessionId,
    request: RequestId,
) -> Result<Option<Approval>> {
    tx.update_cursor(agent, host).await?;
    match tx.approval_of_request(request).await? {
        Some(approval) if approval.agent_session_id != Some(agent) => {
            Err(Code::HostSessionNotFound.into())
        }
        found => Ok(found),
    }
}

/// What the agent that asked is told, once its request is pending no more.
pub(super) fn outcome(approval: &Approval) -> Outcome {
    match (approval.status, approval.kind) {
        (ApprovalStatus::Approved, ApprovalKind::Question) => {
            Outcome::Answered { answer: approval.answer.clone().unwrap_or_default() }
        }
        (ApprovalStatus::Rejected, ApprovalKind::Question) => Outcome::Declined,
        (ApprovalStatus::Approved | ApprovalStatus::Rejected, _) => {
            selected(approval.option_id.as_ref())
        }
        // At a deadline the agent gets the no that it offers.
        (ApprovalStatus::Expired, ApprovalKind::Permission)
            if approval.reason.as_deref() == Some(DEADLINE) =>
        {
            let no = approval.options.iter().find(|it| it.kind == OptionKind::RejectOnce);
            selected(no.map(|it| &it.id))
        }
        _ => Outcome::Cancelled,
    }
}

fn selected(option: Option<&String>) -> Outcome {
    option.map_or(Outcome::Cancelled, |id| Outcome::Selected { option_id: id.clone() })
}
