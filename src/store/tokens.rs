//! What people prove themselves with: tokens, logins, setup links. Only hashes are here.

use super::{Reads, Tx};
use crate::{
    domain::{
        LoginId, ParticipantId, Scope, SecretHash, SessionId, Timestamp, Token, TokenId, User,
        UserId,
    },
    error::{Error, Result},
};

/// A seat that a credential stands for by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SeatOf {
    /// The session.
    pub session: SessionId,
    /// The participant.
    pub participant: ParticipantId,
}

/// What a valid credential stands for.
#[derive(Debug, Clone)]
pub struct Credential {
    /// The account behind it.
    pub user: Option<User>,
    /// What it may do.
    pub scope: Scope,
    /// The seats that it stands for by itself; of one session the one that is held now comes first.
    pub seats: Vec<SeatOf>,
    /// Not valid from then on; absent: for ever.
    pub expires_at: Option<Timestamp>,
    /// When it was used last, to five minutes.
    pub last_used_at: Option<Timestamp>,
    /// The token's row, if it is a token.
    pub token: Option<TokenId>,
    /// The login's row, if it is a cookie.
    pub login: Option<LoginId>,
}

impl Tx {
    /// Adds a token of a user.
    pub async fn insert_user_token(
        &mut self,
        user: UserId,
        token: &Token,
        hash: &SecretHash,
    ) -> Result<()> {
        let hash = hash.as_bytes().as_slice();
        sqlx::query!(
            "insert into tokens (id, user_id, name, scope, hash, created_at, expires_at) values ($1, $2, $3, $4, $5, $6, $7)",
            token.id,
            user,
            token.name,
            token.scope,
            hash,
            token.created_at,
            token.expires_at,
        )
        .execute(self.conn())
        .await?;
        Ok(())
    }

    /// Adds a token of a participant.
    pub async fn insert_participant_token(
        &mut self,
        participant: ParticipantId,
        hash: &SecretHash,
    ) -> Result<()> {
        let (id, hash) = (TokenId::new(), hash.as_bytes().as_slice());
        let (scope, now) = (Scope::Full, self.now());
        sqlx::query!(
            "insert into tokens (id, participant_id, scope, hash, created_at) values ($1, $2, $3, $4, $5)",
            id,
            participant,
            scope,
            hash,
            now,
        )
        .execute(self.conn())
        .await?;
        Ok(())
    }

    /// Gives an unused token a new secret; false if it was used, or is not there.
    pub async fn rotate_token(&mut self, id: TokenId, hash: &SecretHash) -> Result<bool> {
        let hash = hash.as_bytes().as_slice();
        let done = sqlx::query!(
            "update tokens set hash = $2 where id = $1 and last_used_at is null and revoked_at is null",
            id,
            hash,
        );
        Ok(done.execute(self.conn()).await?.rows_affected() == 1)
    }

    /// The same for a participant's token.
    pub async fn rotate_participant_token(
        &mut self,
        participant: ParticipantId,
        hash: &SecretHash,
    ) -> Result<bool> {
        let hash = hash.as_bytes().as_slice();
        let done = sqlx::query!(
            "update tokens set hash = $2 where participant_id = $1 and last_used_at is null and revoked_at is null",
            participant,
            hash,
        );
        Ok(done.execute(self.conn()).await?.rows_affected() == 1)
    }

    /// The same for the cookie of the browser that holds a participant's seat.
    pub async fn rotate_seat_login(
        &mut self,
        participant: ParticipantId,
        hash: &SecretHash,
    ) -> Result<bool> {
        let hash = hash.as_bytes().as_slice();
        let done = sqlx::query!(
            "update logins set hash = $2 where last_used_at is null and revoked_at is null
             and id in (select login_id from login_seats where participant_id = $1)",
            participant,
            hash,
        );
        Ok(done.execute(self.conn()).await?.rows_affected() == 1)
    }

    /// Ends a token of a user's, and says whether there was one to end.
    pub async fn revoke_token(
        &mut self,
        id: TokenId,
        owner: Option<UserId>,
        by: UserId,
    ) -> Result<bool> {
        let now = self.now();
        let done = sqlx::query!(
            "update tokens set revoked_at = $2, revoked_by = $3
             where id = $1 and user_id is not null and ($4 is null or user_id = $4) and revoked_at is null",
            id,
            now,
            by,
            owner,
        );
        Ok(done.execute(self.conn()).await?.rows_affected() == 1)
    }

    /// Notes that a credential was used.
    pub async fn touch(&mut self, token: Option<TokenId>, login: Option<LoginId>) -> Result<()> {
        let now = self.now();
        sqlx::query!("update tokens set last_used_at = $2 where id = $1", token, now)
            .execute(self.conn())
            .await?;
        sqlx::query!("update logins set last_used_at = $2 where id = $1", login, now)
            .execute(self.conn())
            .await?;
        Ok(())
    }

    /// Signs a browser in.
    pub async fn insert_login(
        &mut self,
        user: Option<UserId>,
        hash: &SecretHash,
        device: Option<&str>,
        expires_at: Timestamp,
    ) -> Result<LoginId> {
        let (id, hash, now) = (LoginId::new(), hash.as_bytes().as_slice(), self.now());
        sqlx::query!(
            "insert into logins (id, user_id, hash, device, created_at, expires_at) values ($1, $2, $3, $4, $5, $6)",
            id,
            user,
            hash,
            device,
            now,
            expires_at,
        )
        .execute(self.conn())
        .await?;
        Ok(id)
    }

    /// Adds a guest's seat to their browser.
    pub async fn insert_login_seat(
        &mut self,
        login: LoginId,
        participant: ParticipantId,
    ) -> Result<()> {
        sqlx::query!(
            "insert into login_seats (login_id, participant_id) values ($1, $2)",
            login,
            participant,
        )
        .execute(self.conn())
        .await?;
        Ok(())
    }

    /// Signs a browser out.
    pub async fn revoke_login(&mut self, id: LoginId) -> Result<()> {
        let now = self.now();
        sqlx::query!(
            "update logins set revoked_at = $2 where id = $1 and revoked_at is null",
            id,
            now
        )
        .execute(self.conn())
        .await?;
        Ok(())
    }

    /// Makes the one-time setup link; earlier ones that were not used no longer work.
    pub async fn insert_setup_link(
        &mut self,
        hash: &SecretHash,
        expires_at: Timestamp,
    ) -> Result<()> {
        let (hash, now) = (hash.as_bytes().as_slice(), self.now());
        sqlx::query!(
            "update setup_links set expires_at = $1 where used_at is null and expires_at > $1",
            now
        )
        .execute(self.conn())
        .await?;
        sqlx::query!(
            "insert into setup_links (hash, created_at, expires_at) values ($1, $2, $3)",
            hash,
            now,
            expires_at,
        )
        .execute(self.conn())
        .await?;
        Ok(())
    }

    /// Uses a setup link up; false if it is unknown, used or too old.
    pub async fn use_setup_link(&mut self, hash: &SecretHash, by: UserId) -> Result<bool> {
        let (hash, now) = (hash.as_bytes().as_slice(), self.now());
        let done = sqlx::query!(
            "update setup_links set used_at = $2, used_by = $3 where hash = $1 and used_at is null and expires_at > $2",
            hash,
            now,
            by,
        );
        Ok(done.execute(self.conn()).await?.rows_affected() == 1)
    }
}

impl Reads {
    /// What a bearer token stands for at `now`; nothing if it is unknown, expired, revoked or its owner disabled.
    pub async fn token(&mut self, hash: &SecretHash, now: Timestamp) -> Result<Option<Credential>> {
        let bytes = hash.as_bytes().as_slice();
        let row = sqlx::query!(
            r#"select t.id as "token: TokenId", t.hash, t.scope as "scope: Scope",
                      t.expires_at as "expires_at: Timestamp", t.last_used_at as "last_used_at: Timestamp",
                      t.participant_id as "participant: ParticipantId", p.session_id as "session?: SessionId", u.id as "user_id?: UserId", u.name as "name?",
                      u.admin as "admin?: bool", u.created_at as "user_created_at?: Timestamp"
               from tokens t
               left join participants p on p.id = t.participant_id
               left join users u on u.id = t.user_id
               left join users behind on behind.id = p.user_id
               where t.hash = $1 and t.revoked_at is null and (t.expires_at is null or t.expires_at > $2)
                 and u.disabled_at is null and behind.disabled_at is null"#,
            bytes,
            now,
        )
        .fetch_optional(self.conn())
        .await?;
        let Some(row) = row else { return Ok(None) };
        if stored(&row.hash)? != *hash {
            return Ok(None);
        }
        let seat = row.participant.zip(row.session);
        let user = match (row.user_id, row.name, row.admin, row.user_created_at) {
            (Some(id), Some(name), Some(admin), Some(created_at)) => {
                Some(User { id, name, admin, created_at, disabled_at: None })
            }
            _ => None,
        };
        Ok(Some(Credential {
            user,
            scope: row.scope,
            seats: seat
                .map(|(participant, session)| SeatOf { session, participant })
                .into_iter()
                .collect(),
            expires_at: row.expires_at,
            last_used_at: row.last_used_at,
            token: Some(row.token),
            login: None,
        }))
    }

    /// Whether a setup link would work now.
    pub async fn is_setup_link(&mut self, hash: &SecretHash) -> Result<bool> {
        let (hash, now) = (hash.as_bytes().as_slice(), self.now());
        let open = sqlx::query_scalar!(
            "select count(*) from setup_links where hash = $1 and used_at is null and expires_at > $2",
            hash,
            now,
        );
        Ok(open.fetch_one(self.conn()).await? > 0)
    }

    /// What a login cookie stands for at `now`.
    pub async fn login(&mut self, hash: &SecretHash, now: Timestamp) -> Result<Option<Credential>> {
        let bytes = hash.as_bytes().as_slice();
        let row = sqlx::query!(
            r#"select l.id as "login: LoginId", l.hash, l.last_used_at as "last_used_at: Timestamp",
                      l.user_id as "user: UserId", l.expires_at as "expires_at: Timestamp"
               from logins l left join users u on u.id = l.user_id
               where l.hash = $1 and l.revoked_at is null and l.expires_at > $2 and u.disabled_at is null"#,
            bytes,
            now,
        )
        .fetch_optional(self.conn())
        .await?;
        let Some(row) = row else { return Ok(None) };
        if stored(&row.hash)? != *hash {
            return Ok(None);
        }
        let user = match row.user {
            Some(id) => self.user(id).await?,
            None => None,
        };
        let seats = sqlx::query_as!(
            SeatOf,
            r#"select p.session_id as "session: SessionId", p.id as "participant: ParticipantId"
               from login_seats l join participants p on p.id = l.participant_id where l.login_id = $1
               order by p.left_at is not null, p.n desc"#,
            row.login,
        )
        .fetch_all(self.conn())
        .await?;
        Ok(Some(Credential {
            user,
            scope: Scope::Full,
            seats,
            expires_at: Some(row.expires_at),
            last_used_at: row.last_used_at,
            token: None,
            login: Some(row.login),
        }))
    }

    /// A user's tokens, newest first, each with its cursor: those that came before `before`, at most `limit`.
    pub async fn tokens_of(
        &mut self,
        user: UserId,
        before: Option<i64>,
        limit: i64,
    ) -> Result<Vec<(i64, Token)>> {
        let before = before.unwrap_or(i64::MAX);
        let rows = sqlx::query!(
            r#"select n, id as "id: TokenId", name, scope as "scope: Scope", created_at as "created_at: Timestamp",
                      expires_at as "expires_at: Timestamp", last_used_at as "last_used_at: Timestamp",
                      revoked_at as "revoked_at: Timestamp"
               from tokens where user_id = $1 and n < $2 order by n desc limit $3"#,
            user,
            before,
            limit,
        )
        .fetch_all(self.conn())
        .await?;
        Ok(rows
            .into_iter()
            .map(|row| {
                let token = Token {
                    id: row.id,
                    name: row.name,
                    scope: row.scope,
                    created_at: row.created_at,
                    expires_at: row.expires_at,
                    last_used_at: row.last_used_at,
                    revoked_at: row.revoked_at,
                };
                (row.n, token)
            })
            .collect())
    }
}

fn stored(bytes: &[u8]) -> Result<SecretHash> {
    Ok(SecretHash::from_bytes(bytes.try_into().map_err(Error::internal)?))
}
