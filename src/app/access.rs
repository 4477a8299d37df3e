//! Who asks, and from which seat.

use std::time::Duration;

use tokio::time::sleep;

use super::App;
use crate::{
    domain::{
        Action, Approval, LoginId, Participant, ParticipantId, Right, Scope, Secret, SecretKind,
        Seq, Session, SessionId, Timestamp, TokenId, User, UserId, right,
    },
    error::{Code, Error, Result},
    store::{Credential, Reads, Seat, SeatOf},
};

/// How often it is looked whether a credential has ended by itself.
const LOOK: Duration = Duration::from_secs(15);
/// How exact the time of last use is.
const LAST_USED: Duration = Duration::from_mins(5);

/// Who asks, already authenticated.
#[derive(Debug, Clone)]
pub struct Caller {
    /// The account.
    pub user: Option<User>,
    /// What the credential may do.
    pub scope: Scope,
    /// The seats that the credential stands for by itself.
    pub seats: Vec<SeatOf>,
    /// The token, if it is one.
    pub token: Option<TokenId>,
    /// The browser, if it is one.
    pub login: Option<LoginId>,
    /// Until when the credential is valid.
    pub expires_at: Option<Timestamp>,
    /// Whether it came over the socket of the data directory.
    pub local: bool,
}

impl App {
    /// Who holds this secret.
    ///
    /// # Errors
    /// `UNAUTHENTICATED` for a secret that is unknown, expired, revoked, or of another kind.
    pub async fn authenticate(&self, secret: &Secret) -> Result<Caller> {
        let mut reads = self.store.read().await?;
        let (hash, now) = (secret.hash(), reads.now());
        let found = match secret.kind() {
            SecretKind::User | SecretKind::Participant => reads.token(&hash, now).await?,
            SecretKind::Login => reads.login(&hash, now).await?,
            SecretKind::Invite | SecretKind::Setup => None,
        };
        drop(reads);
        let found = found.ok_or_else(|| {
            Error::new(Code::Unauthenticated)
                .hint("sign in again, or use a token that is still valid")
        })?;
        if found.last_used_at.is_none_or(|last| now.since(last) >= LAST_USED) {
            let (token, login) = (found.token, found.login);
            let noted = self.store.write(async move |tx| tx.touch(token, login).await).await;
            if let Err(error) = noted {
                // Reading must go on when nothing can be written.
                tracing::warn!(%error, "the use of a credential was not noted");
            }
        }
        Ok(Caller {
            user: found.user,
            scope: found.scope,
            seats: found.seats,
            token: found.token,
            login: found.login,
            expires_at: found.expires_at,
            local: false,
        })
    }

    /// What a credential that was valid stands for now, for streams that go on for long; nothing where there is none to look
    /// at.
    ///
    /// # Errors
    /// `UNAUTHENTICATED` when it is not valid any more.
    pub(super) async fn still_valid(&self, secret: Option<&Secret>) -> Result<Option<Credential>> {
        let Some(secret) = secret else { return Ok(None) };
        let mut reads = self.store.read().await?;
        let now = reads.now();
        let found = match secret.kind() {
            SecretKind::Login => reads.login(&secret.hash(), now).await?,
            _ => reads.token(&secret.hash(), now).await?,
        };
        found.map(Some).ok_or(Code::Unauthenticated.into())
    }
}

impl App {
    /// Waits until a credential that was valid is so no more: revoked, or ended by itself.
    pub(super) async fn until_invalid(&self, secret: Option<&Secret>) -> Error {
        loop {
            // Listened to before the look, so that nothing falls between.
            let news = self.live.access_news();
            match self.still_valid(secret).await {
                Err(error) if error.code == Code::Unauthenticated => return error,
                Err(error) => tracing::warn!(%error, "a credential was not looked at"),
                Ok(_) => {}
            }
            tokio::select! {
                () = news => {}
                () = sleep(LOOK) => {}
            }
        }
    }
}

impl Caller {
    /// Who it is, for what is kept for each caller.
    pub fn key(&self) -> String {
        match (&self.user, self.seats.first(), self.login) {
            (Some(user), ..) => format!("user:{}", user.id),
            (None, Some(seat), None) => format!("participant:{}", seat.participant),
            (None, _, Some(login)) => format!("login:{login}"),
            (None, None, None) => "nobody".into(),
        }
    }

    /// Takes over what the credential stands for by now: an admin may be none any more, a guest may have joined elsewhere.
    pub(super) fn renew(&mut self, credential: Option<Credential>) {
        if let Some(Credential { user, seats, .. }) = credential {
            (self.user, self.seats) = (user, seats);
        }
    }

    /// The account's id.
    pub fn user_id(&self) -> Option<UserId> {
        self.user.as_ref().map(|user| user.id)
    }

    /// Whether it may read everything.
    pub fn is_admin(&self) -> bool {
        self.user.as_ref().is_some_and(|user| user.admin)
    }

    /// The caller as they are by now: for what is written after something that took its time.
    ///
    /// # Errors
    /// `UNAUTHENTICATED` where the credential has ended meanwhile, or its account was disabled.
    pub(super) async fn as_now(&self, reads: &mut Reads) -> Result<Self> {
        let gone = || Error::from(Code::Unauthenticated);
        if !self.local && !reads.is_valid(self.token, self.login).await? {
            return Err(gone());
        }
        let user = match self.user_id() {
            Some(id) => {
                let now = reads.user(id).await?.filter(|user| user.disabled_at.is_none());
                Some(now.ok_or_else(gone)?)
            }
            None => None,
        };
        Ok(Self { user, ..self.clone() })
    }

    /// That the time of the credential is not up.
    ///
    /// # Errors
    /// `UNAUTHENTICATED` when it is.
    pub(super) fn check_fresh(&self, now: Timestamp) -> Result<()> {
        match self.expires_at {
            Some(end) if end <= now => Err(Code::Unauthenticated.into()),
            _ => Ok(()),
        }
    }

    /// The account, for what only accounts may do.
    ///
    /// # Errors
    /// `UNAUTHENTICATED` for guests.
    pub fn user(&self) -> Result<&User> {
        let text = "this needs an account";
        self.user.as_ref().ok_or_else(|| {
            Error::with(Code::Unauthenticated, text).hint("sign in, or use a user token")
        })
    }

    /// That the credential may do more than read and run agents.
    ///
    /// # Errors
    /// `denied` for tokens of another scope.
    pub fn check_full(&self, denied: Code) -> Result<()> {
        match self.scope {
            Scope::Full => Ok(()),
            Scope::Host | Scope::Read => Err(Error::new(denied)
                .hint("this token's scope does not allow it; use one of scope full")),
        }
    }

    /// That the credential is an account's and may run agents.
    ///
    /// # Errors
    /// `UNAUTHENTICATED` for guests, `HOST_REQUIRED` for tokens that may only read.
    pub fn check_runs_agents(&self) -> Result<()> {
        self.user()?;
        match self.scope {
            Scope::Full | Scope::Host => Ok(()),
            Scope::Read => Err(Error::with(Code::HostRequired, "this token may only read")
                .hint("use one of scope host or full")),
        }
    }

    /// That an admin asks, with a credential that may do everything.
    ///
    /// # Errors
    /// `ADMIN_REQUIRED`.
    pub fn check_admin(&self) -> Result<()> {
        self.check_full(Code::AdminRequired)?;
        if self.is_admin() { Ok(()) } else { Err(Code::AdminRequired.into()) }
    }

    /// The participants that it is, wherever.
    pub fn participants(&self) -> Vec<ParticipantId> {
        self.seats.iter().map(|seat| seat.participant).collect()
    }
}

/// Who `caller` is in a session, or was last.
pub(super) async fn participant(
    reads: &mut Reads,
    caller: &Caller,
    id: SessionId,
) -> Result<Option<ParticipantId>> {
    let own = caller.seats.iter().find(|seat| seat.session == id);
    match (own, caller.user_id()) {
        (Some(seat), _) => Ok(Some(seat.participant)),
        (None, Some(user)) => reads.seat_of_user(id, user).await,
        (None, None) => Ok(None),
    }
}

/// The seat from which `caller` acts in a session.
///
/// # Errors
/// `SESSION_NOT_FOUND` when there is none, whether or not the session exists; `PARTICIPANT_INACTIVE` after leaving.
pub(super) async fn seat(reads: &mut Reads, caller: &Caller, id: SessionId) -> Result<Seat> {
    let participant = participant(reads, caller, id).await?.ok_or(Code::SessionNotFound)?;
    let mut seat = reads.seat(id, participant).await?;
    seat.participant.check_present()?;
    seat.session = seat.session.at(reads.now());
    Ok(seat)
}

/// The seat from which `caller` does something; an admin without one is told that they may only read.
///
/// # Errors
/// As [`seat`]; for such admins the code that belongs to the action.
pub(super) async fn seat_to(
    reads: &mut Reads,
    caller: &Caller,
    id: SessionId,
    action: Action,
) -> Result<Seat> {
    match seat(reads, caller, id).await {
        Err(error) if error.code == Code::SessionNotFound && caller.is_admin() => {
            reads.session(id).await?;
            Err(Error::new(denied(action)).hint("an admin reads; join to take part"))
        }
        found => found,
    }
}

/// Whether a prompt is of who acts from this seat, be it from an earlier seat of theirs.
pub(super) async fn is_author(reads: &mut Reads, seat: &Seat, approval: &Approval) -> Result<bool> {
    let Some(author) = approval.participant_id else { return Ok(false) };
    let here = seat.participant.id;
    Ok(author == here || reads.seats_of_same_person(here).await?.contains(&author))
}

/// A session that `caller` may read, and their seat in it; admins need none.
///
/// # Errors
/// As [`seat`].
pub(super) async fn readable(
    reads: &mut Reads,
    caller: &Caller,
    id: SessionId,
) -> Result<(Session, Option<Participant>)> {
    match seat(reads, caller, id).await {
        Ok(seat) => Ok((seat.session, Some(seat.participant))),
        Err(_) if caller.is_admin() => Ok((reads.session(id).await?.at(reads.now()), None)),
        Err(error) => Err(error),
    }
}

/// The last event of a session that `caller` is told who once took part and left it; without one they are told all: who
/// takes part, or did when it ended, and admins.
///
/// For those whom another right than their seat lets read a log, so that nobody reads more in one way than in the others.
pub(super) async fn told_until(
    reads: &mut Reads,
    caller: &Caller,
    id: SessionId,
) -> Result<Option<Seq>> {
    match participant(reads, caller, id).await? {
        Some(seat) if !caller.is_admin() => reads.left_seq(seat).await,
        _ => Ok(None),
    }
}

/// What the matrix says to an action from a seat, in a session that is active.
///
/// # Errors
/// `SESSION_INACTIVE`, or the code that belongs to the action when the answer is no.
pub(super) fn permit(
    seat: &Seat,
    caller: &Caller,
    action: Action,
    now: Timestamp,
) -> Result<Right> {
    let denied = denied(action);
    caller.check_full(denied)?;
    seat.session.check_active(now)?;
    let Participant { role, can_decide, .. } = seat.participant;
    match right(role, seat.session.mode, can_decide, action) {
        Right::No => Err(Error::new(denied).hint("ask the host of the session")),
        granted => Ok(granted),
    }
}

/// What is said to somebody who may see a session, and not do this in it.
fn denied(action: Action) -> Code {
    match action {
        Action::Watch => Code::SessionNotFound,
        Action::Comment | Action::Suggest => Code::CommentNotAllowed,
        Action::Prompt => Code::PromptNotAllowed,
        Action::Decide | Action::Withdraw => Code::DecisionNotAllowed,
        Action::StopTurn | Action::Manage => Code::HostRequired,
    }
}
