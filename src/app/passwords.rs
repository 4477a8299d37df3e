//! Signing in by a name and a password, and choosing one.

use super::{App, Browser, Caller, SignedIn, identity::sign_in};
use crate::{
    domain::{Password, Secret, SecretKind},
    error::{Code, Error, Result},
    store::Notice,
};

/// That somebody knows the password that they have; what is stored of it, if they have one.
pub struct KnownPassword(Option<String>);

impl App {
    /// Signs a browser in by name and password. An unknown name, a disabled account and one without a password take as
    /// long as a wrong password, and get the same answer; so does who is disabled, or gets another password, meanwhile.
    ///
    /// # Errors
    /// `UNAUTHENTICATED`, `RATE_LIMITED` when too many passwords are being looked at.
    pub async fn login_by_password(
        &self,
        name: &str,
        password: Password,
        browser: Browser,
    ) -> Result<SignedIn> {
        let mut reads = self.store.read().await?;
        let user = reads.user_named(name.trim()).await?.filter(|user| user.disabled_at.is_none());
        let stored = match &user {
            Some(user) => reads.password_hash(user.id).await?,
            None => None,
        };
        drop(reads);
        let is_right = self.hashing.is(password, stored.clone()).await?;
        let user = user.filter(|_| is_right).ok_or_else(wrong)?;
        let cookie = Secret::new(SecretKind::Login)?;
        let (hash, id) = (cookie.hash(), user.id);
        self.store
            .write(async move |tx| {
                let now = tx.user(id).await?.filter(|user| user.disabled_at.is_none());
                if now.is_none() || tx.password_hash(id).await? != stored {
                    return Err(wrong());
                }
                sign_in(tx, id, &browser, &hash).await
            })
            .await?;
        Ok(SignedIn { user, cookie })
    }

    /// That the caller knows the password that they have, before they choose another. Who has none need not, nor need
    /// the person at this machine, who may set anybody's.
    ///
    /// # Errors
    /// `UNAUTHENTICATED` for guests, `ADMIN_REQUIRED` for tokens of another scope than full, `INVALID_BODY` where the one they
    /// have is not `current`, `RATE_LIMITED` when too many passwords are being looked at.
    pub async fn know_own_password(
        &self,
        caller: &Caller,
        current: Option<Password>,
    ) -> Result<KnownPassword> {
        let user = caller.user()?.id;
        caller.check_full(Code::AdminRequired)?;
        let stored = self.store.read().await?.password_hash(user).await?;
        if stored.is_some() && !caller.local {
            let current = current.ok_or_else(another)?;
            if !self.hashing.is(current, stored.clone()).await? {
                return Err(another().hint("an admin can set another"));
            }
        }
        Ok(KnownPassword(stored))
    }

    /// Gives the caller a password, or another one; their other browsers are signed out.
    ///
    /// # Errors
    /// `UNAUTHENTICATED` for guests, and where the credential of the caller has ended meanwhile; `ADMIN_REQUIRED` for tokens of
    /// another scope than full, `INVALID_BODY` where the one they have is another than they knew, `RATE_LIMITED` when too many
    /// passwords are being looked at, and those of [`Password::hash`].
    pub async fn set_own_password(
        &self,
        caller: &Caller,
        known: KnownPassword,
        password: Password,
    ) -> Result<()> {
        let (user, login) = (caller.user()?.id, caller.login);
        caller.check_full(Code::AdminRequired)?;
        let hash = self.hashing.hash(password).await?;
        let caller = caller.clone();
        self.store
            .write(async move |tx| {
                caller.as_now(tx).await?;
                if !caller.local && tx.password_hash(user).await? != known.0 {
                    return Err(another());
                }
                tx.set_password(user, &hash).await?;
                tx.revoke_logins(user, login).await?;
                tx.notify(Notice::Access);
                Ok(())
            })
            .await
    }
}

fn wrong() -> Error {
    Error::with(Code::Unauthenticated, "the name or the password is wrong")
        .hint("an admin can set another password, or sign in with a token")
}

fn another() -> Error {
    Error::with(Code::InvalidBody, "the current password is another one")
}
