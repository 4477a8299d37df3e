//! What people wrote.

use super::{PAGE, PAGE_BYTES, Reads, Store, Tx, codec::Json, connection::Lost};
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
    /// `limit`, never more than [`PAGE`], and no more once there are `bytes` of them.
    pub async fn messages(
        &mut self,
        session: SessionId,
        cursor: Option<i64>,
        newest_first: bool,
        limit: i64,
        bytes: usize,
    ) -> Result<Vec<(i64, Message)>> {
        let limit = limit.min(PAGE);
        let sizes: Vec<(i64, i64)> = if newest_first {
            let before = cursor.unwrap_or(i64::MAX);
            let rows = sqlx::query!(
                r#"select n, octet_length(text) as "size!: i64" from messages
                   where session_id = $1 and n < $2 order by n desc limit $3"#,
                session,
                before,
                limit,
            );
            let rows = rows.fetch_all(self.conn()).await?;
            rows.into_iter().map(|row| (row.n, row.size)).collect()
        } else {
            let after = cursor.unwrap_or(0);
            let rows = sqlx::query!(
                r#"select n, octet_length(text) as "size!: i64" from messages
                   where session_id = $1 and n > $2 order by n limit $3"#,
                session,
                after,
                limit,
            );
            let rows = rows.fetch_all(self.conn()).await?;
            rows.into_iter().map(|row| (row.n, row.size)).collect()
        };
        let ns = fitting(&sizes, bytes);
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

/// As many of these rows as fit into so many bytes, and the one that reaches them.
fn fitting(sizes: &[(i64, i64)], bytes: usize) -> Vec<i64> {
    let mut left = i64::try_from(bytes).unwrap_or(i64::MAX);
    let fits = |(_, size): &&(i64, i64)| {
        let is_room = left > 0;
        left -= size;
        is_room
    };
    sizes.iter().take_while(fits).map(|row| row.0).collect()
}

impl Store {
    /// The same, at most `limit` and about [`PAGE_BYTES`], and whether there may be more: read in pages, each in a
    /// transaction of its own. Messages do not change, so the pages fit together.
    pub async fn messages(
        &self,
        session: SessionId,
        cursor: Option<i64>,
        newest_first: bool,
        limit: i64,
    ) -> Result<(Vec<(i64, Message)>, bool)> {
        let (mut messages, mut cursor) = (Vec::new(), cursor);
        let (mut left, mut bytes) = (limit, PAGE_BYTES);
        while left > 0 && bytes > 0 {
            let (mut reads, asked) = (self.read().await?, left.min(PAGE));
            let page = reads.messages(session, cursor, newest_first, asked, bytes).await?;
            let size: usize = page.iter().map(|(_, message)| message.text.len()).sum();
            bytes = bytes.saturating_sub(size);
            let read = i64::try_from(page.len()).unwrap_or(i64::MAX);
            cursor = page.last().map(|(last, _)| *last).or(cursor);
            messages.extend(page);
            if read < asked && bytes > 0 {
                return Ok((messages, false));
            }
            left -= read;
        }
        Ok((messages, true))
    }
}
