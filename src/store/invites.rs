//! Invites.

use super::{Reads, Tx};
use crate::{
    domain::{Invite, InviteId, ParticipantId, Role, SecretHash, SessionId, Timestamp},
    error::{Code, Result},
};

/// An invite with the session it leads to.
#[derive(Debug, Clone)]
pub struct InviteRow {
    /// The session.
    pub session: SessionId,
    /// The invite.
    pub invite: Invite,
}

impl Tx {
    /// Adds an invite.
    pub async fn insert_invite(
        &mut self,
        session: SessionId,
        new: &Invite,
        hash: &SecretHash,
    ) -> Result<()> {
        let (hash, now) = (hash.as_bytes().as_slice(), self.now());
        sqlx::query!(
            "insert into invites (id, session_id, role, hash, max_uses, created_at, created_by, expires_at)
             values ($1, $2, $3, $4, $5, $6, $7, $8)",
            new.id,
            session,
            new.role,
            hash,
            new.max_uses,
            now,
            new.created_by,
            new.expires_at,
        )
        .execute(self.conn())
        .await?;
        Ok(())
    }

    /// Counts one use.
    pub async fn use_invite(&mut self, id: InviteId) -> Result<()> {
        sqlx::query!("update invites set uses = uses + 1 where id = $1", id)
            .execute(self.conn())
            .await?;
        Ok(())
    }

    /// Ends an invite.
    pub async fn revoke_invite(&mut self, id: InviteId) -> Result<()> {
        let now = self.now();
        sqlx::query!(
            "update invites set revoked_at = $2 where id = $1 and revoked_at is null",
            id,
            now
        )
        .execute(self.conn())
        .await?;
        Ok(())
    }

    /// Gives an unused invite a new secret; false if it was used.
    pub async fn rotate_invite(&mut self, id: InviteId, hash: &SecretHash) -> Result<bool> {
        let hash = hash.as_bytes().as_slice();
        let done = sqlx::query!(
            "update invites set hash = $2 where id = $1 and uses = 0 and revoked_at is null",
            id,
            hash,
        );
        Ok(done.execute(self.conn()).await?.rows_affected() == 1)
    }
}

impl Reads {
    /// The invite with this secret, in whatever state.
    pub async fn invite_by_secret(&mut self, hash: &SecretHash) -> Result<Option<InviteRow>> {
        let bytes = hash.as_bytes().as_slice();
        let row = sqlx::query!(
            r#"select id as "id: InviteId", session_id as "session: SessionId", hash from invites where hash = $1"#,
            bytes,
        )
        .fetch_optional(self.conn())
        .await?;
        let Some(row) = row else { return Ok(None) };
        let stored = row.hash.as_slice().try_into().map(SecretHash::from_bytes);
        if stored.ok().as_ref() != Some(hash) {
            return Ok(None);
        }
        Ok(Some(InviteRow {
            session: row.session,
            invite: self.invite(row.session, row.id).await?,
        }))
    }

    /// An invite of a session.
    ///
    /// # Errors
    /// `NOT_FOUND`.
    pub async fn invite(&mut self, session: SessionId, id: InviteId) -> Result<Invite> {
        let invite = sqlx::query_as!(
            Invite,
            r#"select id as "id: InviteId", role as "role: Role", max_uses, uses, expires_at as "expires_at: Timestamp",
                      revoked_at as "revoked_at: Timestamp", created_by as "created_by: ParticipantId"
               from invites where session_id = $1 and id = $2"#,
            session,
            id,
        );
        Ok(invite.fetch_optional(self.conn()).await?.ok_or(Code::NotFound)?)
    }

    /// Who made an invite, by the name that the others see, and when.
    pub async fn origin_of_invite(&mut self, id: InviteId) -> Result<(Option<String>, Timestamp)> {
        let row = sqlx::query!(
            r#"select p.display_name as "name?", i.created_at as "created_at: Timestamp"
               from invites i left join participants p on p.id = i.created_by where i.id = $1"#,
            id,
        );
        let row = row.fetch_one(self.conn()).await?;
        Ok((row.name, row.created_at))
    }

    /// The invites of a session, newest first, each with its cursor: those that came before `before`, at most `limit`.
    pub async fn invites(
        &mut self,
        session: SessionId,
        before: Option<i64>,
        limit: i64,
    ) -> Result<Vec<(i64, Invite)>> {
        let before = before.unwrap_or(i64::MAX);
        let rows = sqlx::query!(
            r#"select n, id as "id: InviteId", role as "role: Role", max_uses, uses, expires_at as "expires_at: Timestamp",
                      revoked_at as "revoked_at: Timestamp", created_by as "created_by: ParticipantId"
               from invites where session_id = $1 and n < $2 order by n desc limit $3"#,
            session,
            before,
            limit,
        )
        .fetch_all(self.conn())
        .await?;
        Ok(rows
            .into_iter()
            .map(|row| {
                let invite = Invite {
                    id: row.id,
                    role: row.role,
                    max_uses: row.max_uses,
                    uses: row.uses,
                    expires_at: row.expires_at,
                    revoked_at: row.revoked_at,
                    created_by: row.created_by,
                };
                (row.n, invite)
            })
            .collect())
    }
}
