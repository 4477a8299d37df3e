//! Joining by an invite, and leaving.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{App, Caller, Key, Once, access, identity, lines, once, sessions};
use crate::{
    domain::{
        Action, Actor, AgentSessionStatus, EventBody, Invite, LeftReason, Line, LoginId, Mode,
        Participant, ParticipantId, Right, Role, Secret, SecretHash, SecretKind, Session,
        SessionId, SessionStatus, Timestamp, UserRef, right, text,
    },
    error::{Code, Error, Result},
    store::{Reads, Seat, Tx},
};

/// How long a guest's browser stays signed in.
const GUEST_LOGIN: std::time::Duration = std::time::Duration::from_hours(720);

/// What somebody says who joins.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(example = json!({"inviteToken": "wr_inv_EXAMPLE", "displayName": "Sam"}))]
pub struct JoinRequest {
    /// The secret of the invite.
    pub invite_token: String,
    /// What a guest's program calls them; kept as a label, never an identity.
    pub user_id: Option<String>,
    /// What the others will see.
    pub display_name: Option<String>,
    /// Less than the invite gives, if wished.
    pub role: Option<Role>,
    /// How the credential is wanted; absent: as a token.
    #[serde(default)]
    pub credential: WantedCredential,
}

/// How somebody who joins wants to prove themselves later.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum WantedCredential {
    /// A participant token in the answer.
    #[default]
    Token,
    /// The login cookie of the browser.
    Cookie,
}

/// Somebody who has just joined.
pub struct Joined {
    /// The session.
    pub session: Session,
    /// Who they are here.
    pub participant: Participant,
    /// Their token, if they wanted one and did not take part before.
    pub access_token: Option<Secret>,
    /// Their browser's new cookie, if they wanted one and had none.
    pub cookie: Option<Secret>,
}

/// What an invite leads to; using it up is another matter.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Preview {
    /// What the session is called.
    pub title: String,
    /// Who shares it.
    pub host_display_name: Option<String>,
    /// What the agent calls itself, else its name at its host.
    pub agent: String,
    /// What it is doing.
    pub agent_status: AgentSessionStatus,
    /// The role that the invite gives.
    pub role: Role,
    /// What one will be able to do.
    pub may: Vec<May>,
}

/// Where an invite that lets nobody in any more came from. All of it was so when it was made: who holds it is told nothing
/// that came later.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct InviteOrigin {
    /// The name of who made it.
    invited_by: Option<String>,
    /// When.
    created_at: Timestamp,
    /// Until when it was to be valid.
    expires_at: Option<Timestamp>,
    /// How often it could be used.
    max_uses: i64,
}

/// Something that one may do in a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum May {
    /// See everything the agent does.
    Watch,
    /// Write comments.
    Comment,
    /// Send prompts to the agent at once.
    Prompt,
    /// Send prompts that the host approves.
    PromptWithApproval,
}

#[derive(Serialize, Deserialize)]
struct Kept {
    participant: ParticipantId,
}

impl App {
    /// What an invite leads to. Uses nothing up, and is shown to who takes part already also when it is.
    ///
    /// # Errors
    /// `INVALID_INVITE_TOKEN` for a wrong invite and for an unknown session alike, `INVITE_REVOKED`, `INVITE_EXPIRED`,
    /// `INVITE_USED_UP`, `SESSION_INACTIVE`, these four with who made the invite and what it was for; `RATE_LIMITED` when too
    /// many take part already.
    pub async fn preview_invite(
        &self,
        caller: Option<&Caller>,
        id: SessionId,
        invite: &str,
    ) -> Result<Preview> {
        let secret = invite_secret(invite)?;
        let mut reads = self.store.read().await?;
        let row = reads.invite_by_secret(&secret.hash()).await?.filter(|row| row.session == id);
        let invite = row.ok_or(Code::InvalidInviteToken)?.invite;
        let most = self.settings.participants_of_session;
        let found = match held_seat(&mut reads, caller, id, &invite).await {
            Ok(Some(seat)) => Ok(seat.session),
            Ok(None) => newcomer(&mut reads, id, &invite, most).await,
            Err(error) => Err(error),
        };
        let session = match found {
            Ok(session) => session,
            Err(error) => return Err(with_origin(&mut reads, &invite, error).await?),
        };
        let participants = reads.participants(id, most).await?;
        let host = participants.into_iter().find(|it| it.role == Role::Host);
        let agent = reads.agent_session(session.host_session_id).await?.agent_session;
        Ok(Preview {
            title: session.title,
            host_display_name: host.and_then(|host| host.display_name),
            agent_status: agent.status,
            agent: agent.agent_name.unwrap_or(agent.agent),
            role: invite.role,
            may: may(invite.role, session.mode),
        })
    }

    /// Joins a session. `caller` is who asks, if they are anybody already.
    ///
    /// # Errors
    /// As [`preview_invite`](Self::preview_invite); `INVALID_BODY` for a role that the invite does not give, `TEXT_NOT_ALLOWED`,
    /// `TOO_LARGE`, `HOST_REQUIRED` for tokens of another scope than full, `TOKEN_ALREADY_USED` for a repetition after use.
    pub async fn join(
        &self,
        caller: Option<&Caller>,
        id: SessionId,
        request: JoinRequest,
        device: Option<String>,
        key: Option<Key>,
    ) -> Result<Once<Joined>> {
        let secret = invite_secret(&request.invite_token)?.hash();
        let name = text::line(request.display_name.as_deref(), text::MAX_NAME)?;
        let label = text::line(request.user_id.as_deref(), text::MAX_LINE)?;
        caller.map_or(Ok(()), |caller| caller.check_full(Code::HostRequired))?;
        let user = caller.and_then(|caller| caller.user.clone());
        let token = Secret::new(SecretKind::Participant)?;
        let cookie = Secret::new(SecretKind::Login)?;
        let (token_hash, cookie_hash) = (token.hash(), cookie.hash());
        let (login, wanted) = (caller.and_then(|caller| caller.login), request.credential);
        let (caller, most) = (caller.cloned(), self.settings.participants_of_session);
        let joined = self
            .store
            .write(async move |tx| {
                let invite = check_invite(tx, id, &secret).await?;
                if let Some(kept) = once::before::<Kept>(tx, key.as_ref()).await? {
                    let seat = tx.seat(id, kept.participant).await?;
                    // Who went is told nothing that came later: they come as somebody new.
                    identity::rotate(seat.participant.check_present().is_ok())?;
                    if user.is_none() && wanted == WantedCredential::Token {
                        identity::rotate(
                            tx.rotate_participant_token(kept.participant, &token_hash).await?,
                        )?;
                    }
                    let new = user.is_none();
                    let opened = new && wanted == WantedCredential::Cookie && login.is_none();
                    if opened {
                        let rotated = tx.rotate_seat_login(kept.participant, &cookie_hash).await?;
                        identity::rotate(rotated)?;
                    }
                    return Ok((Once::again((seat.session, seat.participant)), new, opened));
                }
                if let Some(seat) = held_seat(tx, caller.as_ref(), id, &invite).await? {
                    return Ok((Once::fresh((seat.session, seat.participant)), false, false));
                }
                newcomer(tx, id, &invite, most).await?;
                let role = invite.role.narrowed(request.role)?;
                let participant_id = ParticipantId::new();
                let name = name.or(user.as_ref().map(|user| user.name.clone()));
                let participant = Participant {
                    id: participant_id,
                    shared_session_id: id,
                    user_id: user
                        .as_ref()
                        .map_or(UserRef::Guest(participant_id), |it| UserRef::User(it.id)),
                    label,
                    display_name: Some(free_name(tx, id, name.unwrap_or("Guest".into())).await?),
                    role,
                    can_decide: false,
                    joined_at: tx.now(),
                    left_at: None,
                    left_reason: None,
                    online: false,
                };
                tx.use_invite(invite.id).await?;
                tx.insert_participant(&participant, Some(invite.id)).await?;
                let opened = match (&user, wanted) {
                    (Some(_), _) => false,
                    (None, WantedCredential::Token) => {
                        tx.insert_participant_token(participant.id, &token_hash).await?;
                        false
                    }
                    (None, WantedCredential::Cookie) => {
                        seat_login(tx, login, &cookie_hash, device.as_deref(), participant.id)
                            .await?;
                        login.is_none()
                    }
                };
                let event = EventBody::ParticipantJoined { participant: participant.clone() };
                tx.append(id, &event).await?;
                lines::write(tx, id, Line::Joined(&participant))?;
                once::keep(tx, key.as_ref(), &Kept { participant: participant.id }).await?;
                Ok((Once::fresh((tx.session(id).await?, participant)), user.is_none(), opened))
            })
            .await?;
        let (Once { value: (session, participant), replayed }, new, opened) = joined;
        let access_token = (new && wanted == WantedCredential::Token).then_some(token);
        let value = Joined { session, participant, access_token, cookie: opened.then_some(cookie) };
        Ok(Once { value, replayed })
    }

    /// Leaves a session. A host must close it, or hand over before.
    ///
    /// # Errors
    /// `SESSION_NOT_FOUND`, `SESSION_INACTIVE`, `PARTICIPANT_INACTIVE`, `HOST_MUST_HAND_OVER`.
    pub async fn leave(&self, caller: &Caller, id: SessionId, close: bool) -> Result<Participant> {
        let caller = caller.clone();
        self.store
            .write(async move |tx| {
                let seat = access::seat(tx, &caller, id).await?;
                caller.check_full(Code::HostRequired)?;
                seat.session.check_active(tx.now())?;
                let mut participant = seat.participant;
                if participant.role == Role::Host {
                    if !close {
                        return Err(Error::new(Code::HostMustHandOver)
                            .hint("hand over to somebody, or send {close: true}"));
                    }
                    let by = Some(Actor::Participant(participant.id));
                    sessions::end(tx, seat.session, SessionStatus::Closed, by).await?;
                    return tx.participant(id, participant.id).await;
                }
                tx.leave(&mut participant, LeftReason::Left).await?;
                tx.append(id, &EventBody::ParticipantLeft { participant: participant.clone() })
                    .await?;
                lines::write(tx, id, Line::Left(&participant))?;
                Ok(participant)
            })
            .await
    }

    /// Everybody who takes part, or did when it ended, and the newest of those who went before, in order of joining.
    ///
    /// # Errors
    /// `SESSION_NOT_FOUND`, `PARTICIPANT_INACTIVE`.
    pub async fn participants(&self, caller: &Caller, id: SessionId) -> Result<Vec<Participant>> {
        let mut reads = self.store.read().await?;
        access::readable(&mut reads, caller, id).await?;
        let most = self.settings.participants_of_session;
        let mut participants = reads.participants(id, most).await?;
        for participant in &mut participants {
            participant.online = self.live.watchers().is_online(participant.id);
        }
        Ok(participants)
    }
}

/// Reads the secret of an invite; what was never one is answered like a wrong one.
fn invite_secret(text: &str) -> Result<Secret> {
    match Secret::parse(text.trim()) {
        Ok(secret) if secret.kind() == SecretKind::Invite => Ok(secret),
        _ => Err(Error::new(Code::InvalidInviteToken)
            .hint("copy the whole link, with what follows the #")),
    }
}

/// Says of an invite that lets nobody in any more whom to ask for another.
async fn with_origin(reads: &mut Reads, invite: &Invite, error: Error) -> Result<Error> {
    use Code::{InviteExpired, InviteRevoked, InviteUsedUp, SessionInactive};
    if !matches!(error.code, InviteExpired | InviteRevoked | InviteUsedUp | SessionInactive) {
        return Ok(error);
    }
    let (invited_by, created_at) = reads.origin_of_invite(invite.id).await?;
    let (expires_at, max_uses) = (invite.expires_at, invite.max_uses);
    Ok(error.details(&InviteOrigin { invited_by, created_at, expires_at, max_uses }))
}

async fn check_invite(tx: &mut Tx, id: SessionId, secret: &SecretHash) -> Result<Invite> {
    let row = tx.invite_by_secret(secret).await?.filter(|row| row.session == id);
    Ok(row.ok_or(Code::InvalidInviteToken)?.invite)
}

/// The seat that the caller holds in an active session already, whether or not the invite would let anybody else in.
async fn held_seat(
    reads: &mut Reads,
    caller: Option<&Caller>,
    id: SessionId,
    invite: &Invite,
) -> Result<Option<Seat>> {
    invite.check_stands()?;
    let Some(caller) = caller else { return Ok(None) };
    match access::seat(reads, caller, id).await {
        Ok(seat) => {
            let is_active = seat.session.status == SessionStatus::Active;
            Ok((is_active && seat.participant.left_at.is_none()).then_some(seat))
        }
        Err(error) if matches!(error.code, Code::SessionNotFound | Code::ParticipantInactive) => {
            Ok(None)
        }
        Err(error) => Err(error),
    }
}

/// The session that somebody new may join by an invite. No more may be in it than are listed, so that nobody is there
/// whom the others do not see.
async fn newcomer(reads: &mut Reads, id: SessionId, invite: &Invite, most: i64) -> Result<Session> {
    let now = reads.now();
    invite.check(now)?;
    let session = reads.session(id).await?;
    session.check_active(now)?;
    if reads.count_present(id).await? >= most {
        let text = format!("{most} people take part in this session already");
        return Err(Error::with(Code::RateLimited, text)
            .hint("come back when somebody has left")
            .retry_after(60));
    }
    Ok(session)
}

async fn seat_login(
    tx: &mut Tx,
    login: Option<LoginId>,
    cookie: &SecretHash,
    device: Option<&str>,
    participant: ParticipantId,
) -> Result<()> {
    let login = if let Some(login) = login {
        login
    } else {
        let until = tx.now().plus(GUEST_LOGIN);
        tx.insert_login(None, cookie, device, until).await?
    };
    tx.insert_login_seat(login, participant).await
}

/// A name that nobody in the session has: a second Sam becomes "Sam 2".
async fn free_name(tx: &mut Tx, id: SessionId, name: String) -> Result<String> {
    if tx.is_name_free(id, &name).await? {
        return Ok(name);
    }
    for n in 2..1000 {
        let other = format!("{name} {n}");
        if tx.is_name_free(id, &other).await? {
            return Ok(other);
        }
    }
    Ok(name)
}

fn may(role: Role, mode: Mode) -> Vec<May> {
    let mut may = vec![May::Watch];
    if right(role, mode, false, Action::Comment) == Right::Yes {
        may.push(May::Comment);
    }
    match right(role, mode, false, Action::Prompt) {
        Right::Yes => may.push(May::Prompt),
        Right::AfterApproval => may.push(May::PromptWithApproval),
        Right::No | Right::Own => {}
    }
    may
}
