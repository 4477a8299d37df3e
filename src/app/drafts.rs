//! Drafts: offered, and decided artifact by artifact.

use std::collections::HashSet;

use super::{App, Caller, Key, Once, Paged, access, agent_sessions::own, once};
use crate::{
    domain::{
        AgentSessionId, Approval, ApprovalId, ApprovalKind, Ask, Decided, Decider, Decision, Draft,
        EventBody, HostId, NewDraft, Participant, RequestId, Session, SessionId, SessionStatus,
        Timestamp,
    },
    error::{Code, Error, Result},
    rpc::calls::DraftOffer,
    store::{NewApproval, Notice, Reads, Tx},
};

/// How many bytes of changes a session that begins is shown of the drafts that waited for it.
const SHOWN_WHOLE: usize = 1024 * 1024;

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
                let mut offered = offer(tx, draft, limit).await?;
                if offered.replayed {
                    offered.value = told(tx, &caller, offered.value).await?;
                }
                once::keep(tx, key.as_ref(), &offered.value).await?;
                Ok(offered)
            })
            .await
    }

    /// The drafts of an agent session of the caller's, as the approvals that they are; newest first. Those of a session that
    /// the caller left are none of theirs any more.
    ///
    /// # Errors
    /// `HOST_SESSION_NOT_FOUND`, also for what is another's.
    pub async fn drafts(
        &self,
        caller: &Caller,
        id: AgentSessionId,
        before: Option<i64>,
        limit: i64,
    ) -> Result<Paged<Approval>> {
        let mut reads = self.store.read().await?;
        own(&mut reads, caller, id).await?;
        let now = reads.now();
        let found = reads.approvals_of_drafts(id, before, limit + 1).await?;
        let mut page = Paged::cut(found, limit).map(|approval| approval.at(now));
        let shown = |it: &Approval| it.shared_session_id;
        let mut left = HashSet::new();
        for session in page.items.iter().filter_map(shown).collect::<HashSet<_>>() {
            if access::told_until(&mut reads, caller, session).await?.is_some() {
                left.insert(session);
            }
        }
        page.items.retain(|it| shown(it).is_none_or(|session| !left.contains(&session)));
        Ok(page)
    }

    /// Stores a draft that a host offers. Where nobody shares its agent session it waits for the owner, and is shown in the
    /// next session that does.
    pub(super) async fn store_draft(&self, host: HostId, it: DraftOffer) -> Result<()> {
        let (id, limit) = (it.agent_session_id, self.settings.pending_of_session);
        let (draft_id, summary, artifacts) = (Some(it.draft_id), it.summary, it.artifacts);
        let draft = NewDraft { draft_id, summary, artifacts }.checked(id)?;
        self.store
            .write(async move |tx| {
                tx.update_cursor(id, host).await?;
                match shared(tx, id).await {
                    Err(error) if error.code == Code::NotShared => keep(tx, draft, limit).await,
                    _ => offer(tx, draft, limit).await.map(drop),
                }
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

/// A draft that was offered before.
///
/// # Errors
/// `HOST_SESSION_NOT_FOUND`: what is another's is not there.
async fn known(tx: &mut Tx, draft: &Draft) -> Result<Option<Draft>> {
    let Some((approval, agent)) = tx.approval_of_draft(draft.id).await? else { return Ok(None) };
    let known = tx.approval(approval).await?.draft.filter(|_| agent == draft.agent_session_id);
    known.map(Some).ok_or_else(|| Code::HostSessionNotFound.into())
}

/// A draft that was offered before, as its owner is told of it: who left its session hears nothing of what is said there.
async fn told(tx: &mut Tx, caller: &Caller, draft: Draft) -> Result<Draft> {
    let Some(session) = tx.approval(draft.approval_id).await?.shared_session_id else {
        return Ok(draft);
    };
    let left = access::told_until(tx, caller, session).await?;
    Ok(if left.is_some() { draft.as_offered() } else { draft })
}

async fn offer(tx: &mut Tx, draft: Draft, limit: i64) -> Result<Once<Draft>> {
    if let Some(known) = known(tx, &draft).await? {
        return Ok(Once::again(known));
    }
    let session = shared(tx, draft.agent_session_id).await?;
    check_room(tx.count_waiting(session.id, draft.agent_session_id, &[]).await?.1, limit)?;
    let approval = asked(draft.clone(), Some(&session), tx.now())?;
    insert(tx, &approval, &draft).await?;
    show(tx, session.id, approval).await?;
    Ok(Once::fresh(draft))
}

fn check_room(waiting: i64, limit: i64) -> Result<()> {
    if waiting >= limit {
        let text = format!("{limit} approvals wait already");
        return Err(Error::with(Code::RateLimited, text).retry_after(30));
    }
    Ok(())
}

async fn insert(tx: &mut Tx, approval: &Approval, draft: &Draft) -> Result<()> {
    let new = NewApproval::of(approval);
    tx.insert_approval(new).await?;
    tx.insert_draft(draft).await
}

/// Tells a session of a draft that is to be reviewed there.
async fn show(tx: &mut Tx, session: SessionId, approval: Approval) -> Result<()> {
    let Some(draft) = approval.draft.clone() else { return Ok(()) };
    let (draft_id, summary, artifact_count) = (draft.id, draft.summary, draft.artifacts.len());
    tx.append(session, &EventBody::ApprovalRequested { approval }).await?;
    tx.append(session, &EventBody::DraftReady { draft_id, summary, artifact_count }).await.map(drop)
}

fn asked(draft: Draft, session: Option<&Session>, now: Timestamp) -> Result<Approval> {
    let ask = Ask {
        kind: ApprovalKind::Draft,
        participant_id: None,
        action: draft.summary.clone(),
        prompt: None,
        details: serde_json::Value::Object(serde_json::Map::new()),
        options: Vec::new(),
        request_id: Some(RequestId::new()),
    };
    let approval = match session {
        Some(session) => ask.pending(session, now),
        None => ask.unshared(draft.agent_session_id, now),
    };
    let approval = approval.map_err(Error::internal)?;
    let digest = draft.digest().map_err(Error::internal)?;
    Ok(Approval { id: draft.approval_id, digest, draft: Some(draft), ..approval })
}

/// Keeps a draft for the owner of an agent session that nobody shares. It waits for as long as nobody does.
async fn keep(tx: &mut Tx, draft: Draft, limit: i64) -> Result<()> {
    if known(tx, &draft).await?.is_some() {
        return Ok(());
    }
    check_room(tx.count_unshared_drafts(draft.agent_session_id).await?, limit)?;
    let approval = asked(draft.clone(), None, tx.now())?;
    insert(tx, &approval, &draft).await?;
    tx.notify(Notice::Unshared);
    Ok(())
}

/// Shows the drafts that waited for their owner in the session that shares their agent session now: whole, as any that is
/// offered, but for those that would make too much of one unit of work.
pub(super) async fn show_kept(tx: &mut Tx, session: &Session) -> Result<()> {
    let (end, mut room) = (session.deadline(tx.now()), SHOWN_WHOLE);
    for outline in tx.share_drafts(session.host_session_id, session.id, end).await? {
        let artifacts = outline.draft.iter().flat_map(|draft| &draft.artifacts);
        let rest = room.checked_sub(artifacts.map(|it| it.diff_bytes).sum());
        let approval = match rest {
            Some(_) => tx.approval(outline.id).await?,
            None => outline,
        };
        room = rest.unwrap_or(room);
        show(tx, session.id, approval).await?;
    }
    Ok(())
}

/// A draft that no session has shared, if that is what this is.
pub(super) async fn unshared(
    tx: &mut Tx,
    caller: &Caller,
    id: ApprovalId,
) -> Result<Option<Approval>> {
    let approval = tx.approval(id).await?;
    if approval.shared_session_id.is_some() {
        return Ok(None);
    }
    check_knows_unshared(tx, caller, &approval).await?;
    Ok(Some(approval))
}

/// That the caller may know of a draft that no session has shared: its owner, and admins.
///
/// # Errors
/// `APPROVAL_NOT_FOUND`.
pub(super) async fn check_knows_unshared(
    reads: &mut Reads,
    caller: &Caller,
    approval: &Approval,
) -> Result<()> {
    let agent = approval.agent_session_id.ok_or(Code::ApprovalNotFound)?;
    match own(reads, caller, agent).await {
        Ok(_) => Ok(()),
        Err(error) if error.code == Code::Internal => Err(error),
        Err(_) => Err(Code::ApprovalNotFound.into()),
    }
}

/// Its owner decides about a draft that no session has shared. Nobody is told but their inbox.
pub(super) async fn decide_unshared(
    tx: &mut Tx,
    caller: &Caller,
    mut approval: Approval,
    decision: &Decision,
) -> Result<Approval> {
    let agent = approval.agent_session_id.ok_or(Code::ApprovalNotFound)?;
    let owner = tx.agent_session(agent).await?.owner;
    caller.check_full(Code::DecisionNotAllowed)?;
    if caller.user_id() != Some(owner) {
        let text = "only its owner decides about what nobody shares";
        return Err(Error::with(Code::DecisionNotAllowed, text));
    }
    let before = approval.draft.clone();
    let by = Decider { participant_id: None, user_id: Some(owner), is_host: true };
    let decided = approval.decide(decision, by, tx.now())?;
    if decided == Decided::Before {
        return Ok(approval);
    }
    if let Some(before) = before {
        store_artifacts(tx, &approval, &before, None).await?;
    }
    if decided == Decided::Now {
        tx.resolve_approval(&approval).await?;
    }
    tx.notify(Notice::Unshared);
    Ok(approval)
}

/// Stores what was decided now about artifacts; `by`: who decided about one that was named, which has an event of its own
/// where a session shares it.
pub(super) async fn store_artifacts(
    tx: &mut Tx,
    approval: &Approval,
    before: &Draft,
    by: Option<&Participant>,
) -> Result<()> {
    let Some(draft) = &approval.draft else { return Ok(()) };
    for (artifact, before) in draft.artifacts.iter().zip(&before.artifacts) {
        if artifact == before {
            continue;
        }
        tx.decide_artifact(draft.id, artifact).await?;
        if let (Some(by), Some(session)) = (by, approval.shared_session_id) {
            let (draft_id, approval_id) = (draft.id, approval.id);
            let (artifact, participant) = (artifact.outline(), by.clone());
            let event = EventBody::ArtifactDecided { draft_id, approval_id, artifact, participant };
            tx.append(session, &event).await?;
        }
    }
    Ok(())
}
