//! Accounts, and what admins do about them.

use serde::Deserialize;
use utoipa::ToSchema;

use super::{
    App, Caller, Key, Once, Paged,
    identity::{add_user, first_token, name_taken, rotate, user_name},
    once,
};
use crate::{
    domain::{Password, Secret, SecretKind, TokenId, User, UserId},
    error::{Code, Error, Result},
    store::Notice,
};

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

/// What an admin wants changed about an account; what is absent stays.
#[derive(Clone, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct UserChanges {
    /// Whether they may read everything and manage users.
    pub admin: Option<bool>,
    /// Whether they may not sign in. Nothing of theirs is valid meanwhile.
    pub disabled: Option<bool>,
    /// Another password; their browsers are signed out.
    pub password: Option<Password>,
}

impl App {
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

    /// Changes an account.
    ///
    /// # Errors
    /// `UNAUTHENTICATED` for guests, `ADMIN_REQUIRED`, `NOT_FOUND`, `ILLEGAL_TRANSITION` for what would leave no admin, and those of
    /// [`Password::hash`].
    pub async fn update_user(
        &self,
        caller: &Caller,
        id: UserId,
        changes: UserChanges,
    ) -> Result<User> {
        caller.user()?;
        caller.check_admin()?;
        let hash = match changes.password {
            Some(password) => Some(self.hashing.hash(password).await?),
            None => None,
        };
        let login = caller.login;
        self.store
            .write(async move |tx| {
                let before = tx.user(id).await?.ok_or(Code::NotFound)?;
                let admin = changes.admin.unwrap_or(before.admin);
                let disabled_at = match changes.disabled {
                    Some(true) => before.disabled_at.or(Some(tx.now())),
                    Some(false) => None,
                    None => before.disabled_at,
                };
                let user = User { admin, disabled_at, ..before.clone() };
                let rules = |it: &User| it.admin && it.disabled_at.is_none();
                if rules(&before) && !rules(&user) && !tx.has_other_admin(id).await? {
                    let text = "the last admin stays admin";
                    return Err(Error::with(Code::IllegalTransition, text)
                        .hint("make somebody else admin first"));
                }
                tx.update_user(&user).await?;
                if let Some(hash) = &hash {
                    tx.set_password(id, hash).await?;
                    tx.revoke_logins(id, login).await?;
                }
                // Every stream looks whether it may go on, and as whom.
                tx.notify(Notice::Access);
                Ok(user)
            })
            .await
    }
}
