//! The browsers in which somebody is signed in.

use super::{App, Caller, Paged};
use crate::{
    domain::{Device, LoginId},
    error::{Code, Error, Result},
    store::{LoginsOf, Notice},
};

impl App {
    /// The browsers in which the caller is signed in, newest first; for a guest the one that asks.
    ///
    /// # Errors
    /// `UNAUTHENTICATED` for who is neither an account nor a browser.
    pub async fn devices(
        &self,
        caller: &Caller,
        before: Option<i64>,
        limit: i64,
    ) -> Result<Paged<Device>> {
        let of = logins_of(caller)?;
        let found = self.store.read().await?.devices(of, before, limit + 1).await?;
        Ok(Paged::cut(found, limit))
    }

    /// Signs one of the caller's browsers out; its streams end.
    ///
    /// # Errors
    /// `UNAUTHENTICATED`, `ADMIN_REQUIRED` for tokens of another scope than full, `NOT_FOUND`.
    pub async fn sign_out(&self, caller: &Caller, id: LoginId) -> Result<()> {
        let of = logins_of(caller)?;
        caller.check_full(Code::AdminRequired)?;
        self.store
            .write(async move |tx| {
                if !tx.revoke_login_of(id, of).await? {
                    let text = "no browser of yours is signed in as that";
                    return Err(Error::with(Code::NotFound, text));
                }
                tx.notify(Notice::Access);
                Ok(())
            })
            .await
    }
}

fn logins_of(caller: &Caller) -> Result<LoginsOf> {
    if caller.login.is_none() {
        caller.user()?;
    }
    Ok(LoginsOf { user: caller.user_id(), login: caller.login })
}
