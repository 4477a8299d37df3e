//! Invites: the right to join with a fixed role.

use serde::Deserialize;
use utoipa::ToSchema;

use super::{App, Caller, Key, Once, Paged, access, identity, once, sessions::check_host};
use crate::{
    domain::{
        Action, EventBody, Invite, InviteId, Lifetime, Participant, Role, Secret, SecretKind,
        Session, SessionId, Timestamp,
    },
    error::{Code, Error, Result},
};

/// The longest life of an invite, in minutes: 30 days.
const MAX_MINUTES: i64 = 30 * 24 * 60;
const MAX_USES: i64 = 10_000;

/// An invite that is asked for.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(example = json!({"role": "collaborator", "maxUses": 5}))]
pub struct NewInvite {
    /// The role of who joins by it: collaborator or viewer.
    pub role: Option<Role>,
    /// How often it may be used; absent: once.
    #[schema(minimum = 1)]
    pub max_uses: Option<i64>,
    /// How long it lives, at most 30 days; absent: 24 hours.
    #[schema(minimum = 1, maximum = 525_600)]
    pub expires_in_minutes: Option<i64>,
}

/// An invite with its secret, which is shown this once.
pub struct IssuedInvite {
    /// The invite.
    pub invite: Invite,
    /// Its secret.
    pub token: Secret,
}

impl NewInvite {
    /// What is made together with a session when nobody says otherwise.
    pub(super) fn with_session() -> Self {
        Self { role: None, max_uses: Some(20), expires_in_minutes: None }
    }

    /// The invite that this asks for.
    ///
    /// # Errors
    /// `INVALID_BODY` for a role or number of uses that cannot be, `INVALID_EXPIRY`.
    pub(super) fn invite(
        self,
        session: &Session,
        by: &Participant,
        now: Timestamp,
    ) -> Result<Invite> {
        let role = self.role.unwrap_or(Role::Collaborator);
        if role == Role::Host {
            return Err(Error::with(Code::InvalidBody, "nobody becomes host by an invite")
                .hint("invite as collaborator, then hand over"));
        }
        let max_uses = self.max_uses.unwrap_or(1);
        if !(1..=MAX_USES).contains(&max_uses) {
            return Err(Error::with(Code::InvalidBody, "maxUses must be 1 to 10000"));
        }
        if self.expires_in_minutes.is_some_and(|minutes| minutes > MAX_MINUTES) {
            return Err(Error::with(Code::InvalidExpiry, "an invite lives 30 days at most"));
        }
        let life = self.expires_in_minutes.map_or(Lifetime::Default, Lifetime::Minutes);
        let end = life.end(now, false)?;
        let expires_at = match (end, session.expires_at) {
            (Some(end), Some(last)) => Some(end.min(last)),
            (end, last) => end.or(last),
        };
        let (id, created_by) = (InviteId::new(), Some(by.id));
        Ok(Invite { id, role, max_uses, uses: 0, expires_at, revoked_at: None, created_by })
    }
}

impl App {
    /// The invites of a session, newest first, without their secrets.
    ///
    /// # Errors
    /// `SESSION_NOT_FOUND`, `HOST_REQUIRED`.
    pub async fn invites(
        &self,
        caller: &Caller,
        id: SessionId,
        before: Option<i64>,
        limit: i64,
    ) -> Result<Paged<Invite>> {
        let mut reads = self.store.read().await?;
        let (_, seat) = access::readable(&mut reads, caller, id).await?;
        if seat.is_some_and(|seat| seat.role != Role::Host) && !caller.is_admin() {
            return Err(Code::HostRequired.into());
        }
        Ok(Paged::cut(reads.invites(id, before, limit + 1).await?, limit))
    }

    /// Makes an invite.
    ///
    /// # Errors
    /// `SESSION_NOT_FOUND`, `HOST_REQUIRED`, `SESSION_INACTIVE`, `INVALID_BODY`, `INVALID_EXPIRY`, `TOKEN_ALREADY_USED`.
    pub async fn create_invite(
        &self,
        caller: &Caller,
        id: SessionId,
        new: NewInvite,
        key: Option<Key>,
    ) -> Result<Once<IssuedInvite>> {
        let caller = caller.clone();
        let token = Secret::new(SecretKind::Invite)?;
        let hash = token.hash();
        let made = self
            .store
            .write(async move |tx| {
                let seat = access::seat_to(tx, &caller, id, Action::Manage).await?;
                check_host(&seat, &caller, tx)?;
                if let Some(kept) = once::before::<InviteId>(tx, key.as_ref()).await? {
                    identity::rotate(tx.rotate_invite(kept, &hash).await?)?;
                    return Ok(Once::again(tx.invite(id, kept).await?));
                }
                let invite = new.invite(&seat.session, &seat.participant, tx.now())?;
                tx.insert_invite(id, &invite, &hash).await?;
                tx.append(id, &EventBody::InviteCreated { invite: invite.clone() }).await?;
                once::keep(tx, key.as_ref(), &invite.id).await?;
                Ok(Once::fresh(invite))
            })
            .await?;
        let value = IssuedInvite { invite: made.value, token };
        Ok(Once { value, replayed: made.replayed })
    }

    /// Ends an invite. Who came by it stays.
    ///
    /// # Errors
    /// `SESSION_NOT_FOUND`, `HOST_REQUIRED`, `SESSION_INACTIVE`, `NOT_FOUND`.
    pub async fn revoke_invite(
        &self,
        caller: &Caller,
        id: SessionId,
        invite: InviteId,
    ) -> Result<Invite> {
        let caller = caller.clone();
        self.store
            .write(async move |tx| {
                let seat = access::seat_to(tx, &caller, id, Action::Manage).await?;
                check_host(&seat, &caller, tx)?;
                let found = tx.invite(id, invite).await?;
                if found.revoked_at.is_some() {
                    return Ok(found);
                }
                tx.revoke_invite(invite).await?;
                let revoked = Invite { revoked_at: Some(tx.now()), ..found };
                tx.append(id, &EventBody::InviteRevoked { invite: revoked.clone() }).await?;
                Ok(revoked)
            })
            .await
    }
}
