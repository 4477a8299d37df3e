//! Accounts, tokens, logins and the one-time setup link.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{App, Caller, Key, Once, Paged, once};
use crate::{
    domain::{Password, Scope, Secret, SecretHash, SecretKind, Token, TokenId, User, UserId, text},
    error::{Code, Error, Result},
    store::{SeatOf, Tx},
};

/// How long a setup link works.
const SETUP_LIFE: Duration = Duration::from_mins(30);
/// How long a browser stays signed in.
const LOGIN_LIFE: Duration = Duration::from_hours(720);

/// A browser that wants to sign in.
pub struct Browser {
    /// What it says of itself.
    pub device: Option<String>,
    /// The cookie that it has, whose place the new one takes.
    pub former: Option<Secret>,
}

/// A browser that has just signed in.
pub struct SignedIn {
    /// As whom.
    pub user: User,
    /// The cookie.
    pub cookie: Secret,
}

/// Who the caller is.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Me {
    /// The account.
    pub user: Option<User>,
    /// What the credential may do.
    pub scope: Scope,
    /// The guest seats of this browser or token.
    pub seats: Vec<MySeat>,
}

/// A seat that the credential stands for by itself.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct MySeat {
    /// The session.
    pub shared_session_id: crate::domain::SessionId,
    /// The participant.
    pub participant_id: crate::domain::ParticipantId,
}

/// An account that is asked for.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NewUser {
    /// What the others will call them.
    pub name: String,
    /// Whether they may read everything and manage users.
    #[serde(default)]
    pub admin: bool,
}

impl App {
    /// The person at this machine: the oldest admin, or an account made now that setup will give a name.
    pub async fn local_caller(&self) -> Result<Caller> {
        let admin = self.store.read().await?.first_admin().await?;
        let user = if let Some(user) = admin {
            user
        } else {
            let name = self.settings.local_name.clone();
            self.store
                .write(async move |tx| match tx.first_admin().await? {
                    Some(user) => Ok(user),
                    None => add_user(tx, &name, true, true).await,
                })
                .await?
        };
        let (seats, scope) = (Vec::new(), Scope::Full);
        Ok(Caller {
            user: Some(user),
            scope,
            seats,
            token: None,
            login: None,
            expires_at: None,
            local: true,
        })
    }

    /// Makes a link that signs the admin of this machine in, once.
    pub async fn make_setup_link(&self) -> Result<Secret> {
        let secret = Secret::new(SecretKind::Setup)?;
        let hash = secret.hash();
        self.store
            .write(async move |tx| {
                let until = tx.now().plus(SETUP_LIFE);
                tx.insert_setup_link(&hash, until).await
            })
            .await?;
        Ok(secret)
    }

    /// Whether an admin has set this server up.
    pub async fn is_set_up(&self) -> Result<bool> {
        self.store.read().await?.is_set_up().await
    }

    /// Signs in by the setup link; on a new server `name` becomes the admin.
    ///
    /// # Errors
    /// `UNAUTHENTICATED` for a link that is unknown, used or too old; `INVALID_BODY` for a name that is empty or taken;
    /// `RATE_LIMITED` when too many passwords are being looked at; those of [`Password::hash`].
    pub async fn setup(
        &self,
        secret: &Secret,
        name: &str,
        password: Option<Password>,
        browser: Browser,
    ) -> Result<SignedIn> {
        if secret.kind() != SecretKind::Setup {
            return Err(Code::Unauthenticated.into());
        }
        let name = user_name(name)?;
        let cookie = Secret::new(SecretKind::Login)?;
        let hash = secret.hash();
        let password = match password {
            // No work for whoever has no link.
            Some(_) if !self.store.read().await?.is_setup_link(&hash).await? => {
                return Err(bad_link());
            }
            Some(password) => Some(self.hashing.hash(password).await?),
            None => None,
        };
        let new = cookie.hash();
        let user = self
            .store
            .write(async move |tx| {
                let mut user = match tx.first_admin().await? {
                    Some(admin) => admin,
                    None => add_user(tx, &name, true, false).await?,
                };
                // Before the name is looked at: who has no link learns nothing about names.
                if !tx.use_setup_link(&hash, user.id).await? {
                    return Err(bad_link());
                }
                if tx.local_user().await? == Some(user.id) {
                    // Their own in other letters is theirs to have.
                    if tx.user_named(&name).await?.is_some_and(|other| other.id != user.id) {
                        return Err(name_taken());
                    }
                    tx.name_local_user(user.id, &name).await?;
                    user.name = name;
                }
                if let Some(password) = &password {
                    tx.set_password(user.id, password).await?;
                }
                sign_in(tx, user.id, &browser, &new).await?;
                Ok(user)
            })
            .await?;
        Ok(SignedIn { user, cookie })
    }

    /// Signs a browser in as the owner of a user token of scope full.
    ///
    /// # Errors
    /// `UNAUTHENTICATED`.
    pub async fn login(&self, token: &Secret, browser: Browser) -> Result<SignedIn> {
        let caller = self.authenticate(token).await?;
        let user = caller.user()?.clone();
        caller.check_full(Code::Unauthenticated)?;
        let cookie = Secret::new(SecretKind::Login)?;
        let (hash, id) = (cookie.hash(), user.id);
        self.store
            .write(async move |tx| {
                caller.as_now(tx).await?;
                sign_in(tx, id, &browser, &hash).await
            })
            .await?;
        Ok(SignedIn { user, cookie })
    }

    /// Signs the caller's browser out.
    pub async fn logout(&self, caller: &Caller) -> Result<()> {
        let Some(login) = caller.login else { return Ok(()) };
        self.store
            .write(async move |tx| {
                tx.revoke_login(login).await?;
                tx.notify(crate::store::Notice::Access);
                Ok(())
            })
            .await
    }

    /// Who the caller is.
    pub fn me(&self, caller: &Caller) -> Me {
        let seat =
            |it: &SeatOf| MySeat { shared_session_id: it.session, participant_id: it.participant };
        let seats = caller.seats.iter().map(seat).collect();
        Me { user: caller.user.clone(), scope: caller.scope, seats }
    }

    /// Accounts, oldest first.
    ///
    /// # Errors
    /// `ADMIN_REQUIRED`.
    pub async fn users(
        &self,
        caller: &Caller,
        after: Option<i64>,
        limit: i64,
    ) -> Result<Paged<User>> {
        caller.user()?;
        caller.check_admin()?;
        let found = self.store.read().await?.users(after, limit + 1).await?;
        Ok(Paged::cut(found, limit))
    }

    /// Adds an account with a first token, so that somebody can use it.
    ///
    /// # Errors
    /// `ADMIN_REQUIRED`, `INVALID_BODY` for a name that is empty or taken, `TOKEN_ALREADY_USED` for a repetition after use.
    pub async fn create_user(
        &self,
        caller: &Caller,
        new: NewUser,
        key: Option<Key>,
    ) -> Result<Once<(User, Secret)>> {
        caller.user()?;
        caller.check_admin()?;
        let name = user_name(&new.name)?;
        let secret = Secret::new(SecretKind::User)?;
        let hash = secret.hash();
        let (user, replayed) = self
            .store
            .write(async move |tx| {
                if let Some((id, token)) =
                    once::before::<(UserId, TokenId)>(tx, key.as_ref()).await?
                {
                    rotate(tx.rotate_token(token, &hash).await?)?;
                    return Ok((tx.user(id).await?.ok_or(Code::NotFound)?, true));
                }
                let user = match tx.user_named(&name).await? {
                    // The account that merely stood for the person at this machine: they have come for it.
                    Some(user) if tx.local_user().await? == Some(user.id) => {
                        if !new.admin {
                            return Err(name_taken().hint("that is you, an admin: add --admin"));
                        }
                        tx.name_local_user(user.id, &name).await?;
                        User { name, ..user }
                    }
                    Some(_) => return Err(name_taken()),
                    None => add_user(tx, &name, new.admin, false).await?,
                };
                let token = first_token(tx);
                tx.insert_user_token(user.id, &token, &hash).await?;
                once::keep(tx, key.as_ref(), &(user.id, token.id)).await?;
                Ok((user, false))
            })
            .await?;
        Ok(Once { value: (user, secret), replayed })
    }
}

/// That a secret could be made anew for a repeated request.
pub(super) fn rotate(rotated: bool) -> Result<()> {
    if rotated {
        return Ok(());
    }
    Err(Error::new(Code::TokenAlreadyUsed)
        .hint("the first answer had it; ask for another with a fresh key"))
}

/// Gives a browser its new cookie, and ends the one it had.
pub(super) async fn sign_in(
    tx: &mut Tx,
    user: UserId,
    browser: &Browser,
    new: &SecretHash,
) -> Result<()> {
    let now = tx.now();
    if let Some(former) = &browser.former
        && let Some(login) = tx.login(&former.hash(), now).await?.and_then(|it| it.login)
    {
        tx.revoke_login(login).await?;
        tx.notify(crate::store::Notice::Access);
    }
    let until = now.plus(LOGIN_LIFE);
    tx.insert_login(Some(user), new, browser.device.as_deref(), until).await?;
    Ok(())
}

fn bad_link() -> Error {
    let text = "this setup link has been used, or is too old";
    Error::with(Code::Unauthenticated, text)
        .hint("sign in with a token instead: wardroom token create")
}

fn user_name(name: &str) -> Result<String> {
    text::line(Some(name), text::MAX_NAME)?
        .ok_or_else(|| Error::with(Code::InvalidBody, "the name is empty"))
}

fn name_taken() -> Error {
    Error::with(Code::InvalidBody, "somebody has that name already").hint("choose another name")
}

/// A token of an account, as most are: of full scope, without name or end.
pub(super) fn first_token(tx: &Tx) -> Token {
    Token {
        id: TokenId::new(),
        name: None,
        scope: Scope::Full,
        created_at: tx.now(),
        expires_at: None,
        last_used_at: None,
        revoked_at: None,
    }
}

async fn add_user(tx: &mut Tx, name: &str, admin: bool, local: bool) -> Result<User> {
    let (id, created_at) = (UserId::new(), tx.now());
    let user = User { id, name: name.to_owned(), admin, created_at, disabled_at: None };
    tx.insert_user(&user, local).await?;
    Ok(user)
}
