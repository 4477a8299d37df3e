//! Shared sessions: list, create, show, close, and how they end.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    App, Caller, Key, Once, Paged, Settings, access, drafts, identity, invites::NewInvite, news,
    once, requests, status, turns,
};
use crate::{
    domain::{
        Action, Actor, AgentSession, AgentSessionId, Approval, ApprovalStatus, Dispatch, EventBody,
        Invite, InviteId, Lifetime, Mode, Participant, ParticipantId, Position, Role, Secret,
        SecretKind, Session, SessionId, SessionStatus, UserId, UserRef, text,
    },
    error::{Code, Error, Result},
    store::{Notice, SessionFilter, Tx},
};

/// A session that is asked for.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(example = json!({"hostSessionId": "019aa5c3-6c1e-7d2b-8f60-000051de5eed", "mode": "prompt_with_approval"}))]
pub struct NewSession {
    /// The agent session to share.
    pub host_session_id: Option<AgentSessionId>,
    /// Who is host; only the caller may be named.
    pub host_user_id: Option<UserId>,
    /// What the others see of the host.
    pub host_display_name: Option<String>,
    /// What collaborators may do; absent: `prompt_with_approval`.
    pub mode: Option<Mode>,
    /// What people call it; absent: the agent session's title.
    pub title: Option<String>,
    /// A label for filtering.
    pub workspace_id: Option<String>,
    /// How long it lives; absent: 24 hours.
    #[serde(default)]
    #[schema(value_type = Option<i64>, minimum = 0, maximum = 525_600)]
    pub expires_in_minutes: Lifetime,
    /// The invite that is made with it; absent: collaborator, 20 uses, the session's expiry.
    pub invite: Option<NewInvite>,
}

/// A session that was just made, with its secrets.
pub struct OpenedSession {
    /// The session.
    pub session: Session,
    /// The invite that was made with it.
    pub invite: Invite,
    /// Its secret.
    pub invite_token: Secret,
    /// The host.
    pub host: Participant,
    /// The host's own token.
    pub access_token: Secret,
}

/// What of a new session is kept for a repetition of the request.
#[derive(Serialize, Deserialize)]
struct Opened {
    session: SessionId,
    invite: InviteId,
    host: ParticipantId,
}

/// A session as it is at one position of its stream.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Snapshot {
    /// Everybody who takes part, or did when it ended, and the newest of those who went before, in order of joining.
    pub participants: Vec<Participant>,
    /// The pending approvals and the newest 50, newest first.
    pub approvals: Vec<Approval>,
    /// The agent session that is shared.
    pub agent_session: AgentSession,
    /// The position of the stream at which all of this is so.
    #[schema(value_type = String, example = "118.0123456789abcdef")]
    pub as_of: Position,
}

impl App {
    /// The sessions in which the caller takes part, or did when they ended; for admins all; newest first.
    pub async fn sessions(&self, caller: &Caller, filter: SessionFilter) -> Result<Paged<Session>> {
        let limit = filter.limit;
        let mut reads = self.store.read().await?;
        let filter = SessionFilter {
            all: caller.is_admin(),
            user: caller.user_id(),
            participants: caller.participants(),
            limit: limit + 1,
            ..filter
        };
        let now = reads.now();
        let found = reads.sessions(&filter).await?;
        Ok(Paged::cut(found, limit).map(|session| session.at(now)))
    }

    /// Shares an agent session of the caller's.
    ///
    /// # Errors
    /// `UNAUTHENTICATED` for guests, `MISSING_HOST_SESSION_ID`, `HOST_SESSION_NOT_FOUND`, `ALREADY_SHARED`, `ILLEGAL_TRANSITION` for an ended
    /// agent session, `INVALID_EXPIRY`, `TOKEN_ALREADY_USED` for a repetition after use.
    pub async fn create_session(
        &self,
        caller: &Caller,
        new: NewSession,
        key: Option<Key>,
    ) -> Result<Once<OpenedSession>> {
        let user = caller.user()?.clone();
        caller.check_full(Code::HostRequired)?;
        let agent_session_id = new.host_session_id.ok_or(Code::MissingHostSessionId)?;
        if new.host_user_id.is_some_and(|host| host != user.id) {
            let text = "only you can be the host of what you share";
            return Err(Error::with(Code::HostRequired, text));
        }
        let title = text::line(new.title.as_deref(), text::MAX_LINE)?;
        let workspace_id = text::line(new.workspace_id.as_deref(), text::MAX_LINE)?;
        let display_name = text::line(new.host_display_name.as_deref(), text::MAX_NAME)?;
        let invite_token = Secret::new(SecretKind::Invite)?;
        let access_token = Secret::new(SecretKind::Participant)?;
        let (invite_hash, access_hash) = (invite_token.hash(), access_token.hash());
        let Settings { endless_sessions, session_minutes, .. } = *self.settings;
        let made = self
            .store
            .write(async move |tx| {
                if let Some(kept) = once::before::<Opened>(tx, key.as_ref()).await? {
                    identity::rotate(tx.rotate_invite(kept.invite, &invite_hash).await?)?;
                    identity::rotate(tx.rotate_participant_token(kept.host, &access_hash).await?)?;
                    let invite = tx.invite(kept.session, kept.invite).await?;
                    let seat = tx.seat(kept.session, kept.host).await?;
                    return Ok(Once::again((seat.session, invite, seat.participant)));
                }
                let row = tx.agent_session(agent_session_id).await?;
                if row.owner != user.id {
                    return Err(Code::HostSessionNotFound.into());
                }
                if row.agent_session.ended_at.is_some() || row.agent_session.completing {
                    return Err(Error::with(
                        Code::IllegalTransition,
                        "the agent session has ended, or is about to",
                    ));
                }
                check_unshared(tx, agent_session_id).await?;
                let now = tx.now();
                let lifetime = new.expires_in_minutes.or_minutes(session_minutes);
                let mode = new.mode.unwrap_or(Mode::PromptWithApproval);
                let session = Session {
                    id: SessionId::new(),
                    workspace_id,
                    title: title.or(row.agent_session.title).unwrap_or(row.agent_session.agent),
                    host_user_id: user.id.to_string(),
                    host_session_id: agent_session_id,
                    mode,
                    approval_required: mode.approval_required(),
                    created_at: now,
                    expires_at: lifetime.end(now, endless_sessions)?,
                    closed_at: None,
                    status: SessionStatus::Active,
                    last_seq: 0,
                };
                tx.insert_session(&session).await?;
                let host = Participant {
                    id: ParticipantId::new(),
                    shared_session_id: session.id,
                    user_id: UserRef::User(user.id),
                    label: None,
                    display_name: Some(display_name.unwrap_or(user.name)),
                    role: Role::Host,
                    can_decide: true,
                    joined_at: now,
                    left_at: None,
                    left_reason: None,
                    online: false,
                };
                tx.insert_participant(&host, None).await?;
                tx.insert_participant_token(host.id, &access_hash).await?;
                let wish = new.invite.unwrap_or(NewInvite::with_session());
                let invite = wish.invite(&session, &host, now)?;
                tx.insert_invite(session.id, &invite, &invite_hash).await?;
                let created = EventBody::SharedSessionCreated { session: session.clone() };
                tx.append(session.id, &created).await?;
                let joined = EventBody::ParticipantJoined { participant: host.clone() };
                tx.append(session.id, &joined).await?;
                news::tell_kept(tx, agent_session_id, session.id).await?;
                drafts::show_kept(tx, &session).await?;
                if let Some(at) = session.expires_at {
                    tx.notify(Notice::Deadline(at));
                }
                let kept = Opened { session: session.id, invite: invite.id, host: host.id };
                once::keep(tx, key.as_ref(), &kept).await?;
                let session = Session { last_seq: tx.head(session.id).await?.0, ..session };
                Ok(Once::fresh((session, invite, host)))
            })
            .await?;
        let (session, invite, host) = made.value;
        let value = OpenedSession { session, invite, invite_token, host, access_token };
        Ok(Once { value, replayed: made.replayed })
    }

    /// Everything about a session at one position of its stream.
    ///
    /// # Errors
    /// `SESSION_NOT_FOUND`, `PARTICIPANT_INACTIVE`.
    pub async fn snapshot(&self, caller: &Caller, id: SessionId) -> Result<(Session, Snapshot)> {
        let mut reads = self.store.snapshot().await?;
        let (session, _) = access::readable(&mut reads, caller, id).await?;
        let most = self.settings.participants_of_session;
        let mut participants = reads.participants(id, most).await?;
        for participant in &mut participants {
            participant.online = self.live.watchers().is_online(participant.id);
        }
        let now = reads.now();
        let approvals = reads.current_approvals(id).await?;
        let approvals = approvals.into_iter().map(|approval| approval.at(now)).collect();
        let agent_session = reads.agent_session(session.host_session_id).await?.agent_session;
        let as_of = reads.position(id).await?;
        Ok((session, Snapshot { participants, approvals, agent_session, as_of }))
    }

    /// Ends a session.
    ///
    /// # Errors
    /// `HOST_REQUIRED` for everybody but its host and admins, `SESSION_INACTIVE`.
    pub async fn close_session(&self, caller: &Caller, id: SessionId) -> Result<Session> {
        let caller = caller.clone();
        self.store
            .write(async move |tx| {
                let (session, seat) = access::readable(tx, &caller, id).await?;
                caller.check_full(Code::HostRequired)?;
                let is_host = seat.as_ref().is_some_and(|seat| seat.role == Role::Host);
                if !is_host && !caller.is_admin() {
                    return Err(Code::HostRequired.into());
                }
                session.check_active(tx.now())?;
                let by = match &seat {
                    Some(seat) => Actor::Participant(seat.id),
                    None => Actor::User(caller.user()?.id),
                };
                end(tx, session, SessionStatus::Closed, Some(by)).await
            })
            .await
    }
}

/// Ends a session: what waits expires, what is queued is cancelled, a running turn is asked to stop, everybody has left.
/// Nobody has done it when its time was up.
pub(super) async fn end(
    tx: &mut Tx,
    mut session: Session,
    status: SessionStatus,
    by: Option<Actor>,
) -> Result<Session> {
    let id = session.id;
    let waiting = tx.pending_approvals(id).await?;
    requests::end_all(tx, waiting, ApprovalStatus::Expired, "session_ended").await?;
    let open = tx.open_dispatches(id).await?.into_iter().map(|row| row.dispatch);
    let (unsent, sent): (Vec<_>, Vec<_>) = open.partition(Dispatch::is_unsent);
    for turn in sent {
        tx.request_cancel(turn.id, by).await?;
    }
    turns::cancel_all(tx, session.host_session_id, unsent).await?;
    tx.end_session(id, status, by).await?;
    tx.append(id, &EventBody::SessionClosed { status, by }).await?;
    session.status = status;
    session.closed_at = Some(tx.now());
    status::refresh(tx, session.host_session_id).await?;
    session.last_seq = tx.head(id).await?.0;
    Ok(session)
}

/// That no active session shares an agent session. One whose time has passed ends here if the sweeper has not come by.
async fn check_unshared(tx: &mut Tx, agent: AgentSessionId) -> Result<()> {
    let Some(id) = tx.session_of_agent(agent).await? else { return Ok(()) };
    expire(tx, id).await?;
    if tx.session(id).await?.status == SessionStatus::Active {
        return Err(Error::new(Code::AlreadyShared).hint(format!("it is shared as {id}")));
    }
    Ok(())
}

/// Ends a session whose time has passed, if it is so still.
pub(super) async fn expire(tx: &mut Tx, id: SessionId) -> Result<()> {
    let session = tx.session(id).await?;
    if session.is_due(tx.now()) {
        end(tx, session, SessionStatus::Expired, None).await?;
    }
    Ok(())
}

/// That the caller is the host of the session, and the session active.
pub(super) fn check_host(seat: &crate::store::Seat, caller: &Caller, tx: &Tx) -> Result<()> {
    access::permit(seat, caller, Action::Manage, tx.now()).map(drop)
}
