//! Signing in by a name and a password, and choosing one.

use std::sync::Arc;

use tokio::{sync::Semaphore, task::spawn_blocking};

use super::{App, Browser, Caller, SignedIn, identity::sign_in};
use crate::{
    domain::{Password, Secret, SecretKind},
    error::{Code, Error, Result},
    store::Notice,
};

/// How many passwords are worked on at once: each takes a core and 19 MiB, and nobody may take them all.
const AT_ONCE: usize = 4;

/// Where passwords are worked on.
#[derive(Debug, Clone)]
pub(super) struct Hashing(Arc<Semaphore>);

impl Default for Hashing {
    fn default() -> Self {
        Self(Arc::new(Semaphore::new(AT_ONCE)))
    }
}

impl Hashing {
    /// What is stored of a password.
    pub(super) async fn hash(&self, password: Password) -> Result<String> {
        self.run(move || password.hash()).await?
    }

    async fn is(&self, password: Password, stored: Option<String>) -> Result<bool> {
        self.run(move || password.is(stored.as_deref())).await
    }

    /// Goes on to its end even if whoever waits goes away, and so does its place.
    async fn run<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T> {
        let place = self.0.clone().acquire_owned().await.map_err(Error::internal)?;
        let done = spawn_blocking(move || {
            let done = work();
            drop(place);
            done
        });
        done.await.map_err(Error::internal)
    }
}

impl App {
    /// Signs a browser in by name and password. An unknown name, a disabled account and one without a password take as
    /// long as a wrong password, and get the same answer.
    ///
    /// # Errors
    /// `UNAUTHENTICATED`.
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
        let is_right = self.hashing.is(password, stored).await?;
        let user = user.filter(|_| is_right).ok_or_else(|| {
            Error::with(Code::Unauthenticated, "the name or the password is wrong")
                .hint("an admin can set another password, or sign in with a token")
        })?;
        let cookie = Secret::new(SecretKind::Login)?;
        let (hash, id) = (cookie.hash(), user.id);
        self.store.write(async move |tx| sign_in(tx, id, &browser, &hash).await).await?;
        Ok(SignedIn { user, cookie })
    }

    /// Gives the caller a password, or another one; their other browsers are signed out.
    ///
    /// # Errors
    /// `UNAUTHENTICATED` for guests, `ADMIN_REQUIRED` for tokens of another scope than full, `INVALID_BODY` where the one they
    /// have is not `current`, and those of [`Password::hash`].
    pub async fn set_own_password(
        &self,
        caller: &Caller,
        current: Option<Password>,
        password: Password,
    ) -> Result<()> {
        let (user, login) = (caller.user()?.id, caller.login);
        caller.check_full(Code::AdminRequired)?;
        let stored = self.store.read().await?.password_hash(user).await?;
        // The person at this machine may set anybody's.
        if stored.is_some() && !caller.local {
            let wrong = || Error::with(Code::InvalidBody, "the current password is another one");
            let current = current.ok_or_else(wrong)?;
            if !self.hashing.is(current, stored).await? {
                return Err(wrong().hint("an admin can set another"));
            }
        }
        let hash = self.hashing.hash(password).await?;
        self.store
            .write(async move |tx| {
                tx.set_password(user, &hash).await?;
                tx.revoke_logins(user, login).await?;
                tx.notify(Notice::Access);
                Ok(())
            })
            .await
    }
}
