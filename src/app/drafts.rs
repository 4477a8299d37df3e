//! Drafts: offered, and decided artifact by artifact.

use super::{App, Caller, Key, Once, agent_sessions::own, once};
use crate::{
    domain::{
        AgentSessionId, Approval, ApprovalKind, Ask, Draft, EventBody, HostId, NewDraft,
        Participant, RequestId, Session, SessionStatus,
    },
    error::{Code, Error, Result},
    rpc::calls::DraftOffer,
    store::{NewApproval, Reads, Tx},
};

impl App {
    /// Offers a draft of an agent session of the caller's for review. Offered twice, it is the same draft.
    ///
    /// # Errors
    /// `HOST_SESSION_NOT_FOUND`, `HOST_REQUIRED`, `NOT_SHARED`, `RATE_LIMITED`, and those of [`NewDraft::checked`].
    pub async fn offer_draft(
        &self,
        caller: &Caller,
        id: AgentSessionId,
        new: NewDraft,
        key: Option<Key>,
    ) -> Result<Once<Draft>> {
        let draft = new.checked(id)?;
        let (caller, limit) = (caller.clone(), self.settings.pending_of_session);
        self.store
            .write(async move |tx| {
                check_tells(tx, &caller, id).await?;
                if let Some(draft) = once::before(tx, key.as_ref()).await? {
                    return Ok(Once::again(draft));
                }
                let offered = offer(tx, draft, limit).await?;
                once::keep(tx, key.as_ref(), &offered.value).await?;
                Ok(offered)
            })
            .await
    }

    /// Stores a draft that a host offers.
    pub(super) async fn store_draft(&self, host: HostId, it: DraftOffer) -> Result<()> {
        let (id, limit) = (it.agent_session_id, self.settings.pending_of_session);
        let (draft_id, summary, artifacts) = (Some(it.draft_id), it.summary, it.artifacts);
        let draft = NewDraft { draft_id, summary, artifacts }.checked(id)?;
        self.store
            .write(async move |tx| {
                tx.update_cursor(id, host).await?;
                offer(tx, draft, limit).await.map(drop)
            })
            .await
    }
}

/// That the caller speaks for an agent session: its owner, also by a token that may run agents only.
pub(super) async fn check_tells(tx: &mut Tx, caller: &Caller, id: AgentSessionId) -> Result<()> {
    let row = own(tx, caller, id).await?;
    if caller.user_id() != Some(row.owner) {
        return Err(Error::with(Code::HostRequired, "only its owner speaks for it"));
    }
    caller.check_runs_agents()
}

/// The session that shares an agent session now.
///
/// # Errors
/// `NOT_SHARED`.
pub(super) async fn shared(reads: &mut Reads, id: AgentSessionId) -> Result<Session> {
    let none = || Error::new(Code::NotShared).hint("share it first: POST /api/shared-sessions");
    let session = reads.session_of_agent(id).await?.ok_or_else(none)?;
    let session = reads.session(session).await?.at(reads.now());
    if session.status == SessionStatus::Active { Ok(session) } else { Err(none()) }
}

async fn offer(tx: &mut Tx, draft: Draft, limit: i64) -> Result<Once<Draft>> {
    if let Some((approval, agent)) = tx.approval_of_draft(draft.id).await? {
        // What is another's is not there.
        let known = tx.approval(approval).await?.draft.filter(|_| agent == draft.agent_session_id);
        return known.map(Once::again).ok_or_else(|| Code::HostSessionNotFound.into());
    }
    let session = shared(tx, draft.agent_session_id).await?;
    if tx.count_waiting(session.id, draft.agent_session_id, &[]).await?.1 >= limit {
        let text = format!("{limit} approvals wait in this session already");
        return Err(Error::with(Code::RateLimited, text).retry_after(30));
    }
    let approval = new_approval(&session, draft.clone(), tx)?;
    let new = NewApproval { approval: &approval, waiting: None, dispatch: None, tool_call: None };
    tx.insert_approval(new).await?;
    tx.insert_draft(&draft).await?;
    tx.append(session.id, &EventBody::ApprovalRequested { approval }).await?;
    let (draft_id, summary) = (draft.id, draft.summary.clone());
    let artifact_count = draft.artifacts.len();
    tx.append(session.id, &EventBody::DraftReady { draft_id, summary, artifact_count }).await?;
    Ok(Once::fresh(draft))
}

fn new_approval(session: &Session, draft: Draft, tx: &Tx) -> Result<Approval> {
    let ask = Ask {
        kind: ApprovalKind::Draft,
        participant_id: None,
        action: draft.summary.clone(),
        prompt: None,
        details: serde_json::Value::Object(serde_json::Map::new()),
        options: Vec::new(),
        request_id: Some(RequestId::new()),
    };
    let approval = ask.pending(session, tx.now()).map_err(Error::internal)?;
    let digest = draft.digest().map_err(Error::internal)?;
    Ok(Approval { id: draft.approval_id, digest, draft: Some(draft), ..approval })
}

/// Stores what was decided now about artifacts; `alone`: about one that was named, which has an event of its own.
pub(super) async fn store_artifacts(
    tx: &mut Tx,
    approval: &Approval,
    before: &Draft,
    by: &Participant,
    alone: bool,
) -> Result<()> {
    let (Some(draft), Some(session)) = (&approval.draft, approval.shared_session_id) else {
        return Ok(());
    };
    for (artifact, before) in draft.artifacts.iter().zip(&before.artifacts) {
        if artifact == before {
            continue;
        }
        tx.decide_artifact(draft.id, artifact).await?;
        if alone {
            let (draft_id, approval_id) = (draft.id, approval.id);
            let (artifact, participant) = (artifact.outline(), by.clone());
            let event = EventBody::ArtifactDecided { draft_id, approval_id, artifact, participant };
            tx.append(session, &event).await?;
        }
    }
    Ok(())
}
