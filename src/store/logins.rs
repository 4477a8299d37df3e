//! Browsers that are signed in, as their owners see them.

use super::{Reads, Tx};
use crate::{
    domain::{Device, LoginId, Timestamp, TokenId, UserId},
    error::Result,
};

/// Whose browsers.
#[derive(Debug, Clone, Copy)]
pub struct LoginsOf {
    /// Those of this user.
    pub user: Option<UserId>,
    /// This one.
    pub login: Option<LoginId>,
}

impl Tx {
    /// Signs one of somebody's browsers out, and says whether it was signed in.
    pub async fn revoke_login_of(&mut self, id: LoginId, of: LoginsOf) -> Result<bool> {
        let now = self.now();
        let done = sqlx::query!(
            "update logins set revoked_at = $2
             where id = $1 and revoked_at is null and expires_at > $2 and (user_id = $3 or id = $4)",
            id,
            now,
            of.user,
            of.login,
        );
        Ok(done.execute(self.conn()).await?.rows_affected() == 1)
    }

    /// Signs all browsers of a user out but one.
    pub async fn revoke_logins(&mut self, user: UserId, but: Option<LoginId>) -> Result<()> {
        let now = self.now();
        sqlx::query!(
            "update logins set revoked_at = $2 where user_id = $1 and revoked_at is null and id is not $3",
            user,
            now,
            but,
        )
        .execute(self.conn())
        .await?;
        Ok(())
    }
}

impl Reads {
    /// Whether this token, or this browser, is still what it was: neither revoked nor ended by itself.
    pub async fn is_valid(
        &mut self,
        token: Option<TokenId>,
        login: Option<LoginId>,
    ) -> Result<bool> {
        let now = self.now();
        let found = sqlx::query_scalar!(
            r#"select id as "id!" from tokens
               where id = $1 and revoked_at is null and (expires_at is null or expires_at > $3)
               union all select id from logins where id = $2 and revoked_at is null and expires_at > $3"#,
            token,
            login,
            now,
        );
        Ok(found.fetch_optional(self.conn()).await?.is_some())
    }

    /// Somebody's browsers that are signed in, newest first, each with its cursor.
    pub async fn devices(
        &mut self,
        of: LoginsOf,
        before: Option<i64>,
        limit: i64,
    ) -> Result<Vec<(i64, Device)>> {
        let (now, before) = (self.now(), before.unwrap_or(i64::MAX));
        let rows = sqlx::query!(
            r#"select n, id as "id: LoginId", device, created_at as "created_at: Timestamp",
                      expires_at as "expires_at: Timestamp", last_used_at as "last_used_at: Timestamp"
               from logins where (user_id = $1 or id = $2) and revoked_at is null and expires_at > $3 and n < $4
               order by n desc limit $5"#,
            of.user,
            of.login,
            now,
            before,
            limit,
        )
        .fetch_all(self.conn())
        .await?;
        Ok(rows
            .into_iter()
            .map(|row| {
                let device = Device {
                    id: row.id,
                    device: row.device,
                    created_at: row.created_at,
                    expires_at: row.expires_at,
                    last_used_at: row.last_used_at,
                    current: of.login == Some(row.id),
                };
                (row.n, device)
            })
            .collect())
    }
}
