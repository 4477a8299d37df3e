//! What people wrote.

use super::{PAGE, Reads, Store, Tx, codec::Json, connection::Lost};
use crate::{
    domain::{
        Anchor, ApprovalId, Message, MessageId, MessageKind, ParticipantId, SessionId, Timestamp,
        UserRef,
    },
    error::{Error, Result},
};

impl Tx {
    /// Adds a message; it is written at the end of the group, with the others. What the schema refuses is refused here:
    /// later it would take the whole group with it.
    ///
    /// # Errors
    /// `INTERNAL` for a message without a text, which is a bug.
    pub fn insert_message(&mut self, new: &Message) -> Result<()> {
        if new.text.is_empty() {
            return Err(Error::internal("a message without a text"));
        }
        self.messages.push(new.clone());
        Ok(())
    }

    /// Writes the group's messages, all in one statement.
    pub(super) async fn flush_messages(&mut self) -> Result<(), Lost> {
        if self.messages.is_empty() {
            return Ok(());
        }
        let rows = serde_json::to_string(&self.messages).map_err(|error| {
            tracing::error!(%error, "messages cannot be written as JSON");
            Lost::NotCommitted
        })?;
        sqlx::query!(
            "insert into messages (id, session_id, participant_id, author_user_id, kind, text, created_at, approval_id,
                                   reply_to, anchor)
             select value ->> 'id', value ->> 'sharedSessionId', value ->> 'participantId', value ->> 'authorUserId',
                    value ->> 'kind', value ->> 'text', value ->> 'createdAt', value ->> 'approvalId',
                    value ->> 'replyTo', nullif(value -> 'anchor', 'null')
             from json_each($1)",
            rows,
        )
        .execute(self.conn())
        .await?;
        Ok(())
    }
}

impl Reads {
    /// Messages of a session, each with its cursor: after `cursor` oldest first, or before it newest first. At most
    /// `limit`, and never more than [`PAGE`].
    pub async fn messages(
        &mut self,
        session: SessionId,
        cursor: Option<i64>,
        newest_first: bool,
        limit: i64,
    ) -> Result<Vec<(i64, Message)>> {
        let limit = limit.min(PAGE);
        let ns: Vec<i64> = if newest_first {
            let before = cursor.unwrap_or(i64::MAX);
            sqlx::query_scalar!(
                "select n from messages where session_id = $1 and n < $2 order by n desc limit $3",
                session,
                before,
                limit,
            )
            .fetch_all(self.conn())
            .await?
        } else {
            let after = cursor.unwrap_or(0);
            sqlx::query_scalar!(
                "select n from messages where session_id = $1 and n > $2 order by n limit $3",
                session,
                after,
                limit,
            )
            .fetch_all(self.conn())
            .await?
        };
        let (Some(first), Some(last)) = (ns.iter().min(), ns.iter().max()) else {
            return Ok(Vec::new());
        };
        let rows = sqlx::query!(
            r#"select n, id as "id: MessageId", participant_id as "participant_id: ParticipantId",
                      author_user_id as "author_user_id: UserRef", kind as "kind: MessageKind", text,
                      created_at as "created_at: Timestamp", approval_id as "approval_id: ApprovalId",
                      reply_to as "reply_to: MessageId", anchor as "anchor: Json<Anchor>"
               from messages where session_id = $1 and n between $2 and $3 order by n"#,
            session,
            first,
            last,
        )
        .fetch_all(self.conn())
        .await?;
        let mut messages: Vec<_> = rows
            .into_iter()
            .map(|row| {
                let message = Message {
                    id: row.id,
                    shared_session_id: session,
                    participant_id: row.participant_id,
                    author_user_id: row.author_user_id,
                    kind: row.kind,
                    text: row.text,
                    created_at: row.created_at,
                    approval_id: row.approval_id,
                    reply_to: row.reply_to,
                    anchor: row.anchor.map(|anchor| anchor.0),
                };
                (row.n, message)
            })
            .collect();
        if newest_first {
            messages.reverse();
        }
        Ok(messages)
    }

    /// Whether a message is of a session. Nobody knows the id of one whose group is not committed.
    pub async fn has_message(&mut self, session: SessionId, id: MessageId) -> Result<bool> {
        let found = sqlx::query_scalar!(
            "select count(*) from messages where id = $1 and session_id = $2",
            id,
            session,
        );
        Ok(found.fetch_one(self.conn()).await? > 0)
    }
}

impl Store {
    /// The same, at most `limit`: read in pages, each in a transaction of its own. Messages do not change, so the pages
    /// fit together.
    pub async fn messages(
        &self,
        session: SessionId,
        cursor: Option<i64>,
        newest_first: bool,
        limit: i64,
    ) -> Result<Vec<(i64, Message)>> {
        let (mut messages, mut cursor, mut left) = (Vec::new(), cursor, limit);
        while left > 0 {
            let mut reads = self.read().await?;
            let page = reads.messages(session, cursor, newest_first, left).await?;
            let Some((last, _)) = page.last() else { break };
            cursor = Some(*last);
            let read = i64::try_from(page.len()).unwrap_or(i64::MAX);
            messages.extend(page);
            if read < left.min(PAGE) {
                break;
            }
            left -= read;
        }
        Ok(messages)
    }
}
