//! Comments.

use serde::Deserialize;
use utoipa::ToSchema;

use super::{App, Caller, Key, Once, Paged, access, once};
use crate::{
    domain::{Action, Anchor, EventBody, Message, MessageId, MessageKind, SessionId, text},
    error::{Code, Error, Result},
};

/// The longest path of an anchor, in graphemes.
const MAX_PATH: usize = 4096;

/// A comment that somebody writes.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NewMessage {
    /// What it says, at most 64 KiB.
    #[schema(max_length = 65536)]
    pub text: String,
    /// The message it answers.
    pub reply_to: Option<MessageId>,
    /// What it is about.
    pub anchor: Option<Anchor>,
}

impl App {
    /// Writes a comment.
    ///
    /// # Errors
    /// `SESSION_NOT_FOUND`, `PARTICIPANT_INACTIVE`, `SESSION_INACTIVE`, `COMMENT_NOT_ALLOWED`, `EMPTY_MESSAGE`, `TOO_LARGE`, `TEXT_NOT_ALLOWED`,
    /// `INVALID_BODY` for an anchor that can be none, `NOT_FOUND` for a message, event or tool call that is not of the session.
    pub async fn post_message(
        &self,
        caller: &Caller,
        id: SessionId,
        new: NewMessage,
        key: Option<Key>,
    ) -> Result<Once<Message>> {
        let text = text::block(&new.text, text::MAX_COMMENT, Code::EmptyMessage)?;
        new.anchor.as_ref().map_or(Ok(()), check_anchor)?;
        if let Some(Anchor::ToolCall { tool_call_id, .. }) = &new.anchor {
            self.check_tool_call(caller, id, tool_call_id).await?;
        }
        let caller = caller.clone();
        self.store
            .write(async move |tx| {
                let seat = access::seat_to(tx, &caller, id, Action::Comment).await?;
                if let Some(message) = once::before(tx, key.as_ref()).await? {
                    return Ok(Once::again(message));
                }
                access::permit(&seat, &caller, Action::Comment, tx.now())?;
                if let Some(to) = new.reply_to
                    && !tx.has_message(id, to).await?
                {
                    return Err(Error::with(Code::NotFound, "the message it answers is not here"));
                }
                if let Some(Anchor::Event { seq }) = new.anchor
                    && seq > tx.head(id).await?.0
                {
                    return Err(Error::with(Code::NotFound, "the event it is about is not here"));
                }
                let message = Message {
                    id: MessageId::new(),
                    shared_session_id: id,
                    participant_id: Some(seat.participant.id),
                    author_user_id: Some(seat.participant.user_id),
                    kind: MessageKind::Comment,
                    text,
                    created_at: tx.now(),
                    approval_id: None,
                    reply_to: new.reply_to,
                    anchor: new.anchor,
                };
                tx.insert_message(&message)?;
                let participant = seat.participant;
                let event = EventBody::MessageCreated { message: message.clone(), participant };
                tx.append(id, &event).await?;
                once::keep(tx, key.as_ref(), &message).await?;
                Ok(Once::fresh(message))
            })
            .await
    }

    /// That a comment of the caller's may be about a tool call. It is looked for before anything is written: nobody else is
    /// kept waiting by it, and what was called once stays so.
    async fn check_tool_call(&self, caller: &Caller, id: SessionId, call: &str) -> Result<()> {
        let mut reads = self.store.read().await?;
        let seat = access::seat_to(&mut reads, caller, id, Action::Comment).await?;
        access::permit(&seat, caller, Action::Comment, reads.now())?;
        drop(reads);
        if self.store.has_tool_call(id, call).await? {
            return Ok(());
        }
        Err(Error::with(Code::NotFound, "the tool call it is about is not here"))
    }

    /// A page of messages, oldest or newest first.
    ///
    /// # Errors
    /// `SESSION_NOT_FOUND`, `PARTICIPANT_INACTIVE`.
    pub async fn messages(
        &self,
        caller: &Caller,
        id: SessionId,
        cursor: Option<i64>,
        newest_first: bool,
        limit: i64,
    ) -> Result<Paged<Message>> {
        let mut reads = self.store.read().await?;
        access::readable(&mut reads, caller, id).await?;
        drop(reads);
        let (found, more) = self.store.messages(id, cursor, newest_first, limit + 1).await?;
        let rest = found.last().map(|row| row.0).filter(|_| more);
        Ok(Paged::of((found, rest), limit))
    }
}

/// That an anchor may be one.
fn check_anchor(anchor: &Anchor) -> Result<()> {
    let is_one = match anchor {
        Anchor::Event { seq } => *seq > 0,
        Anchor::ToolCall { tool_call_id, path, line } => {
            text::line(path.as_deref(), MAX_PATH)?;
            text::line(Some(tool_call_id), text::MAX_LINE)?.is_some() && *line != Some(0)
        }
    };
    if is_one {
        return Ok(());
    }
    Err(Error::with(Code::InvalidBody, "there cannot be such an anchor")
        .hint("{seq} from 1, or {toolCallId, path?, line?}"))
}
