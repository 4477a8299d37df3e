//! Tokens of one's own.

use serde::Deserialize;
use utoipa::ToSchema;

use super::{
    App, Caller, Key, Once, Paged,
    identity::{first_token, rotate},
    once,
};
use crate::{
    domain::{Lifetime, Scope, Secret, SecretKind, Token, TokenId, text},
    error::{Code, Error, Result},
    store::Notice,
};

/// A token that is asked for.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(example = json!({"name": "laptop", "scope": "host", "expiresInMinutes": 43200}))]
pub struct NewToken {
    /// What its owner calls it.
    pub name: Option<String>,
    /// What it may do.
    pub scope: Scope,
    /// How long it lives; absent: for ever.
    #[schema(minimum = 1, maximum = 525_600)]
    pub expires_in_minutes: Option<i64>,
}

impl App {
    /// The caller's tokens, newest first.
    ///
    /// # Errors
    /// `UNAUTHENTICATED` for guests.
    pub async fn tokens(
        &self,
        caller: &Caller,
        before: Option<i64>,
        limit: i64,
    ) -> Result<Paged<Token>> {
        let user = caller.user()?.id;
        let found = self.store.read().await?.tokens_of(user, before, limit + 1).await?;
        Ok(Paged::cut(found, limit))
    }

    /// Makes a token for the caller; the secret is shown this once.
    ///
    /// # Errors
    /// `UNAUTHENTICATED` for guests, `ADMIN_REQUIRED` for tokens that may not make tokens, `INVALID_EXPIRY`.
    pub async fn create_token(
        &self,
        caller: &Caller,
        new: NewToken,
        key: Option<Key>,
    ) -> Result<Once<(Token, Secret)>> {
        let user = caller.user()?.id;
        caller.check_full(Code::AdminRequired)?;
        let name = text::line(new.name.as_deref(), text::MAX_LINE)?;
        let secret = Secret::new(SecretKind::User)?;
        let hash = secret.hash();
        let (token, replayed) = self
            .store
            .write(async move |tx| {
                if let Some(token) = once::before::<Token>(tx, key.as_ref()).await? {
                    rotate(tx.rotate_token(token.id, &hash).await?)?;
                    return Ok((token, true));
                }
                let expires_at = match new.expires_in_minutes {
                    Some(minutes) => Lifetime::Minutes(minutes).end(tx.now(), false)?,
                    None => None,
                };
                let token = Token { name, scope: new.scope, expires_at, ..first_token(tx) };
                tx.insert_user_token(user, &token, &hash).await?;
                once::keep(tx, key.as_ref(), &token).await?;
                Ok((token, false))
            })
            .await?;
        Ok(Once { value: (token, secret), replayed })
    }

    /// Ends a token: one's own, or any as an admin.
    ///
    /// # Errors
    /// `NOT_FOUND`.
    pub async fn revoke_token(&self, caller: &Caller, id: TokenId) -> Result<()> {
        let user = caller.user()?.id;
        caller.check_full(Code::AdminRequired)?;
        let owner = if caller.is_admin() { None } else { Some(user) };
        self.store
            .write(async move |tx| {
                if !tx.revoke_token(id, owner, user).await? {
                    return Err(Error::with(
                        Code::NotFound,
                        "there is no such token, or it is revoked already",
                    ));
                }
                tx.notify(Notice::Access);
                Ok(())
            })
            .await
    }
}
