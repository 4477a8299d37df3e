//! What agents say: up to where it is stored, and what waits for somebody to share it.

use futures_util::TryStreamExt;
use serde_json::value::RawValue;

use super::{PAGE, PAGE_BYTES, Reads, Tx};
use crate::{
    domain::{AgentSessionId, HostId, InstanceId},
    error::{Code, Error, Result},
};

/// How many updates of an agent are kept while nobody shares it.
const MOST: i64 = 10_000;
/// How long they may be together, in bytes.
const MOST_BYTES: i64 = 16 * 1024 * 1024;

/// How much is kept.
#[derive(Debug, Clone, Copy)]
struct Kept {
    count: i64,
    bytes: i64,
}

/// What an agent said while nobody shared it, in part.
#[derive(Debug)]
pub struct Taken {
    /// How many updates before these there was no room for.
    pub dropped: i64,
    /// In order.
    pub updates: Vec<Box<RawValue>>,
    /// Whether there are more.
    pub more: bool,
}

/// Up to where the updates of an agent session are stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UpdateCursor {
    /// The host process that numbered them.
    pub instance: Option<InstanceId>,
    /// The number of the newest.
    pub last: i64,
    /// Whether what was kept before still moves into the log: what comes now goes behind it.
    pub is_moving: bool,
}

impl Tx {
    /// Moves the cursor of stored updates.
    pub async fn set_update_cursor(
        &mut self,
        id: AgentSessionId,
        instance: InstanceId,
        last: i64,
    ) -> Result<()> {
        let now = self.now();
        sqlx::query!(
            "update agent_sessions set update_instance = $2, last_update = $3, last_activity_at = $4 where id = $1",
            id,
            instance,
            last,
            now,
        )
        .execute(self.conn())
        .await?;
        Ok(())
    }

    /// Keeps what an agent said while nobody shares it: the newest of it, as much as there is room for.
    pub async fn keep_updates(&mut self, id: AgentSessionId, new: &[Box<RawValue>]) -> Result<()> {
        let mut bytes = 0;
        for update in new {
            let payload = update.get();
            bytes += length(payload)?;
            sqlx::query!(
                "insert into unshared_updates (agent_session_id, payload) values ($1, $2)",
                id,
                payload,
            )
            .execute(self.conn())
            .await?;
        }
        let count = i64::try_from(new.len()).map_err(Error::internal)?;
        let kept = sqlx::query_as!(
            Kept,
            r#"update agent_sessions set kept_updates = kept_updates + $2, kept_bytes = kept_bytes + $3 where id = $1
               returning kept_updates as "count: i64", kept_bytes as "bytes: i64""#,
            id,
            count,
            bytes,
        )
        .fetch_one(self.conn())
        .await?;
        self.drop_oldest(id, kept).await
    }

    /// Makes room: what goes is counted, and nothing else of it is kept.
    async fn drop_oldest(&mut self, id: AgentSessionId, mut kept: Kept) -> Result<()> {
        while kept.count > MOST || kept.bytes > MOST_BYTES {
            let oldest = sqlx::query!(
                r#"select n, octet_length(payload) as "bytes!: i64" from unshared_updates
                   where agent_session_id = $1 order by n limit $2"#,
                id,
                PAGE,
            )
            .fetch_all(self.conn())
            .await?;
            let (mut gone, mut last) = (Kept { count: 0, bytes: 0 }, 0);
            for row in oldest {
                if kept.count <= MOST && kept.bytes <= MOST_BYTES {
                    break;
                }
                (kept.count, kept.bytes) = (kept.count - 1, kept.bytes - row.bytes);
                (gone.count, gone.bytes) = (gone.count + 1, gone.bytes + row.bytes);
                last = row.n;
            }
            if gone.count == 0 {
                return Err(Error::internal("the kept updates are not as many as was counted"));
            }
            self.take_away(id, last, gone, gone.count).await?;
        }
        Ok(())
    }

    /// Takes the oldest of what an agent said while nobody shared it, at most a page. The rest is marked: it moves next.
    pub async fn take_kept_updates(&mut self, id: AgentSessionId) -> Result<Taken> {
        let mut rows = sqlx::query!(
            "select n, payload from unshared_updates where agent_session_id = $1 order by n limit $2",
            id,
            PAGE,
        )
        .fetch(self.conn());
        let (mut updates, mut gone, mut last) = (Vec::new(), Kept { count: 0, bytes: 0 }, 0);
        while usize::try_from(gone.bytes).is_ok_and(|bytes| bytes < PAGE_BYTES)
            && let Some(row) = rows.try_next().await?
        {
            (gone.count, gone.bytes) = (gone.count + 1, gone.bytes + length(&row.payload)?);
            last = row.n;
            updates.push(RawValue::from_string(row.payload).map_err(Error::internal)?);
        }
        drop(rows);
        let row = sqlx::query!(
            r#"select dropped_updates as "dropped: i64", kept_updates as "kept: i64" from agent_sessions where id = $1"#,
            id,
        )
        .fetch_one(self.conn())
        .await?;
        self.take_away(id, last, gone, -row.dropped).await?;
        let more = row.kept > gone.count;
        self.move_updates(id, more).await?;
        Ok(Taken { dropped: row.dropped, updates, more })
    }

    /// Notes whether what is kept moves into a log.
    pub async fn move_updates(&mut self, id: AgentSessionId, is_moving: bool) -> Result<()> {
        sqlx::query!("update agent_sessions set updates_move = $2 where id = $1", id, is_moving)
            .execute(self.conn())
            .await?;
        Ok(())
    }

    /// Takes away what is kept up to a row, of which it is known how much it is; `dropped`: by how much the count of what is told
    /// nobody changes.
    async fn take_away(
        &mut self,
        id: AgentSessionId,
        last: i64,
        gone: Kept,
        dropped: i64,
    ) -> Result<()> {
        sqlx::query!(
            "delete from unshared_updates where agent_session_id = $1 and n <= $2",
            id,
            last
        )
        .execute(self.conn())
        .await?;
        sqlx::query!(
            "update agent_sessions set kept_updates = kept_updates - $2, kept_bytes = kept_bytes - $3,
                dropped_updates = dropped_updates + $4 where id = $1",
            id,
            gone.count,
            gone.bytes,
            dropped,
        )
        .execute(self.conn())
        .await?;
        Ok(())
    }
}

fn length(payload: &str) -> Result<i64> {
    i64::try_from(payload.len()).map_err(Error::internal)
}

impl Reads {
    /// The agent sessions of which something that was kept moves into a log.
    pub async fn moving_updates(&mut self) -> Result<Vec<AgentSessionId>> {
        let moving = sqlx::query_scalar!(
            r#"select id as "id: AgentSessionId" from agent_sessions where updates_move = 1"#,
        );
        Ok(moving.fetch_all(self.conn()).await?)
    }

    /// Up to where the updates of an agent session are stored.
    ///
    /// # Errors
    /// `HOST_SESSION_NOT_FOUND`, also when it is at another host.
    pub async fn update_cursor(
        &mut self,
        id: AgentSessionId,
        host: HostId,
    ) -> Result<UpdateCursor> {
        let cursor = sqlx::query_as!(
            UpdateCursor,
            r#"select update_instance as "instance: InstanceId", last_update as last,
                      updates_move as "is_moving: bool" from agent_sessions
               where id = $1 and host_id = $2"#,
            id,
            host,
        );
        Ok(cursor.fetch_optional(self.conn()).await?.ok_or(Code::HostSessionNotFound)?)
    }
}
