//! Answers to creating requests, kept so that a repetition gets the same one.

use super::{Reads, Tx};
use crate::{
    domain::Timestamp,
    error::{Error, Result},
};

/// An answer that is kept, with what was asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptAnswer {
    /// What was asked.
    pub route: String,
    /// SHA-256 of the body that asked.
    pub body_hash: [u8; 32],
    /// What was answered, as JSON, secrets left out.
    pub answer: String,
}

impl Tx {
    /// Keeps an answer until `expires_at`.
    pub async fn keep_answer(
        &mut self,
        caller: &str,
        key: &str,
        new: &KeptAnswer,
        expires_at: Timestamp,
    ) -> Result<()> {
        let (now, hash) = (self.now(), new.body_hash.as_slice());
        sqlx::query!(
            "insert into idempotency_keys (caller, key, route, body_hash, answer, created_at, expires_at)
             values ($1, $2, $3, $4, $5, $6, $7)
             on conflict (caller, key) do update set route = $3, body_hash = $4, answer = $5, created_at = $6, expires_at = $7",
            caller,
            key,
            new.route,
            hash,
            new.answer,
            now,
            expires_at,
        )
        .execute(self.conn())
        .await?;
        Ok(())
    }

    /// Forgets answers whose time has passed, a bounded number at a time.
    pub async fn forget_answers(&mut self) -> Result<()> {
        let now = self.now();
        sqlx::query!(
            "delete from idempotency_keys where (caller, key) in
             (select caller, key from idempotency_keys where expires_at <= $1 limit 500)",
            now,
        )
        .execute(self.conn())
        .await?;
        Ok(())
    }
}

impl Reads {
    /// The kept answer to a caller's key.
    pub async fn kept_answer(&mut self, caller: &str, key: &str) -> Result<Option<KeptAnswer>> {
        let now = self.now();
        let row = sqlx::query!(
            "select route, body_hash, answer from idempotency_keys where caller = $1 and key = $2 and expires_at > $3",
            caller,
            key,
            now,
        )
        .fetch_optional(self.conn())
        .await?;
        row.map(|row| {
            let body_hash = row.body_hash.as_slice().try_into().map_err(Error::internal)?;
            Ok(KeptAnswer { route: row.route, body_hash, answer: row.answer })
        })
        .transpose()
    }
}
