//! What admins change about accounts.

use serde::Deserialize;
use utoipa::ToSchema;

use super::{App, Caller};
use crate::{
    domain::{Password, User, UserId},
    error::{Code, Error, Result},
    store::Notice,
};

/// What an admin wants changed about an account; what is absent stays.
#[derive(Clone, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(example = json!({"admin": true}))]
pub struct UserChanges {
    /// Whether they may read everything and manage users.
    pub admin: Option<bool>,
    /// Whether they may not sign in. Nothing of theirs is valid meanwhile.
    pub disabled: Option<bool>,
    /// Another password; their browsers are signed out.
    pub password: Option<Password>,
}

impl App {
    /// Changes an account.
    ///
    /// # Errors
    /// `UNAUTHENTICATED` for guests, and where the credential of the caller has ended meanwhile; `ADMIN_REQUIRED`, `NOT_FOUND`,
    /// `ILLEGAL_TRANSITION` for what would leave no admin, `RATE_LIMITED` when too many passwords are being looked at, and those
    /// of [`Password::hash`].
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
        let caller = caller.clone();
        self.store
            .write(async move |tx| {
                caller.as_now(tx).await?.check_admin()?;
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
                    tx.revoke_logins(id, caller.login).await?;
                }
                // Every stream looks whether it may go on, and as whom.
                tx.notify(Notice::Access);
                Ok(user)
            })
            .await
    }
}
