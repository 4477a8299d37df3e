//! The log of each session: appending to it, reading it as frames.

use futures_util::TryStreamExt;
use serde::Serialize;
use serde_json::value::RawValue;

use super::{PAGE, PAGE_BYTES, Reads, Store, Tx, connection::Lost, unit::Notice};
use crate::{
    domain::{Chain, Event, EventBody, Frame, Position, Seq, SessionId, Timestamp, hex, link},
    error::{Code, Error, Result},
};

/// How many pages of a log are looked through for one thing at most.
const PAGES_BACK: usize = 40;

/// What still fits on a page of events: a page holds at least one, and none any more behind [`PAGE_BYTES`].
#[derive(Debug, Clone, Copy)]
pub struct Space {
    events: i64,
    bytes: usize,
}

impl Space {
    /// A page of at most so many events.
    pub fn of(events: i64) -> Self {
        Self { events, bytes: PAGE_BYTES }
    }

    /// A smaller one: none any more behind so many bytes.
    pub fn within(events: i64, bytes: usize) -> Self {
        Self { events, bytes: bytes.min(PAGE_BYTES) }
    }

    /// Whether nothing more fits.
    pub fn is_full(&self) -> bool {
        self.events <= 0 || self.bytes == 0
    }

    fn take(&mut self, frame: &Frame) {
        self.events -= 1;
        self.bytes = self.bytes.saturating_sub(frame.bytes.len());
    }
}

/// An event of the group that is being written.
#[derive(Debug, Serialize)]
pub(super) struct PendingEvent {
    session: SessionId,
    seq: Seq,
    at: Timestamp,
    kind: &'static str,
    payload: String,
    #[serde(serialize_with = "as_hex")]
    chain: Chain,
}

fn as_hex<S: serde::Serializer>(chain: &Chain, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&hex(chain))
}

impl Tx {
    /// Records that something happened in a session; followers hear of it after COMMIT.
    ///
    /// The number comes from the session's own row and moves with its events only, so numbers are dense and a reader
    /// that has seen 7 can never be overtaken by a late 6.
    ///
    /// # Errors
    /// `SESSION_NOT_FOUND`.
    pub async fn append(&mut self, id: SessionId, body: &EventBody) -> Result<Seq> {
        let (last, previous) = self.head(id).await?;
        let (seq, at, kind) = (last + 1, self.now(), body.kind());
        let payload = serde_json::to_string(body).map_err(Error::internal)?;
        let timestamp = at.to_string();
        let chain = link(&previous, seq, &timestamp, kind, &payload);
        let frame = frame(id, seq, &timestamp, kind, &payload, chain)?;
        self.reads.heads.insert(id, (seq, chain));
        self.events.push(PendingEvent { session: id, seq, at, kind, payload, chain });
        self.notify(Notice::Frame(id, frame));
        Ok(seq)
    }

    /// Takes back the events of a unit that is undone: those after the first `keep` of the group.
    pub(super) fn forget_events(&mut self, keep: usize) {
        if self.events.len() > keep {
            self.events.truncate(keep);
            self.reads.heads =
                self.events.iter().map(|it| (it.session, (it.seq, it.chain))).collect();
        }
    }

    /// Writes the group's events, all in one statement; a trigger moves the sessions' counters.
    pub(super) async fn flush_events(&mut self) -> Result<(), Lost> {
        if self.events.is_empty() {
            return Ok(());
        }
        let rows = serde_json::to_string(&self.events).map_err(|error| {
            tracing::error!(%error, "events cannot be written as JSON");
            Lost::NotCommitted
        })?;
        sqlx::query!(
            "insert into events (session_id, seq, at, type, payload, chain)
             select value ->> 'session', value ->> 'seq', value ->> 'at', value ->> 'kind', value ->> 'payload',
                    unhex(value ->> 'chain')
             from json_each($1)",
            rows,
        )
        .execute(self.conn())
        .await?;
        Ok(())
    }
}

impl Reads {
    /// The number and chain of a session's newest event.
    ///
    /// # Errors
    /// `SESSION_NOT_FOUND`.
    pub async fn head(&mut self, id: SessionId) -> Result<(Seq, Chain)> {
        if let Some(head) = self.heads.get(&id) {
            return Ok(*head);
        }
        let row = sqlx::query!("select last_seq, head_chain from sessions where id = $1", id)
            .fetch_optional(self.conn())
            .await?
            .ok_or(Code::SessionNotFound)?;
        Ok((row.last_seq, chain(&row.head_chain)?))
    }

    /// The position behind a session's newest event.
    ///
    /// # Errors
    /// `SESSION_NOT_FOUND`.
    pub async fn position(&mut self, id: SessionId) -> Result<Position> {
        let (seq, chain) = self.head(id).await?;
        Ok(Position::new(seq, &chain))
    }

    /// Up to where a session's events were trimmed, and the chain there.
    ///
    /// # Errors
    /// `SESSION_NOT_FOUND`.
    pub async fn floor(&mut self, id: SessionId) -> Result<(Seq, Chain)> {
        let row = sqlx::query!("select floor_seq, floor_chain from sessions where id = $1", id)
            .fetch_optional(self.conn())
            .await?
            .ok_or(Code::SessionNotFound)?;
        Ok((row.floor_seq, chain(&row.floor_chain)?))
    }

    /// The number of a session's newest event, given what its row says: a group writes its events at its end.
    pub(super) fn last_seq(&self, id: SessionId, stored: Seq) -> Seq {
        self.heads.get(&id).map_or(stored, |head| head.0)
    }

    /// The chain up to the event `seq`, if that event is there.
    pub async fn chain_at(&mut self, id: SessionId, seq: Seq) -> Result<Option<Chain>> {
        sqlx::query_scalar!("select chain from events where session_id = $1 and seq = $2", id, seq)
            .fetch_optional(self.conn())
            .await?
            .map(|bytes| chain(&bytes))
            .transpose()
    }

    /// A session's events after `after`, oldest first: at most `limit`, never more than [`PAGE`], and no more once there
    /// are `bytes` of them.
    pub async fn page(
        &mut self,
        id: SessionId,
        after: Seq,
        limit: i64,
        bytes: usize,
    ) -> Result<Vec<Frame>> {
        let limit = limit.min(PAGE);
        let mut rows = sqlx::query!(
            "select seq, at, type as kind, payload, chain from events
             where session_id = $1 and seq > $2 order by seq limit $3",
            id,
            after,
            limit,
        )
        .fetch(self.conn());
        let (mut page, mut size) = (Vec::new(), 0);
        while size < bytes
            && let Some(row) = rows.try_next().await?
        {
            let next = frame(id, row.seq, &row.at, &row.kind, &row.payload, chain(&row.chain)?)?;
            size += next.bytes.len();
            page.push(next);
        }
        Ok(page)
    }
}

impl Store {
    /// Whether the agent of a session has named this tool call, in what it said or asked. It is looked for from the newest
    /// event back, in pages; where that goes too far, or the events were trimmed, nobody can tell, and the answer is yes.
    pub async fn has_tool_call(&self, id: SessionId, call: &str) -> Result<bool> {
        let mut before = Seq::MAX;
        for _ in 0..PAGES_BACK {
            let mut reads = self.read().await?;
            let page = sqlx::query!(
                r#"select min(seq) as "oldest: Seq", coalesce(max(is_it), 0) as "is_here: bool" from (
                       select seq, $3 in (payload ->> '$.notification.update.toolCallId',
                                          payload ->> '$.approval.details.toolCall.toolCallId') as is_it
                       from events where session_id = $1 and seq < $2 order by seq desc limit $4)"#,
                id,
                before,
                call,
                PAGE,
            )
            .fetch_one(reads.conn())
            .await?;
            if page.is_here {
                return Ok(true);
            }
            let floor = reads.floor(id).await?.0;
            match page.oldest {
                Some(oldest) if oldest > floor + 1 => before = oldest,
                _ => return Ok(floor > 0),
            }
        }
        Ok(true)
    }

    /// A session's events after `after`, oldest first, as many as fit: where there is still space, there are no more.
    /// Read in transactions of their own, at most [`PAGE`] in each; events do not change, so they fit together.
    pub async fn frames(&self, id: SessionId, after: Seq, space: &mut Space) -> Result<Vec<Frame>> {
        let (mut frames, mut after) = (Vec::new(), after);
        while !space.is_full() {
            let asked = space.events.min(PAGE);
            let page = self.read().await?.page(id, after, asked, space.bytes).await?;
            let Some(last) = page.last() else { break };
            after = last.seq;
            for frame in &page {
                space.take(frame);
            }
            let is_end = i64::try_from(page.len()).is_ok_and(|read| read < asked);
            frames.extend(page);
            if is_end {
                break;
            }
        }
        Ok(frames)
    }
}

pub(super) fn chain(bytes: &[u8]) -> Result<Chain> {
    Chain::try_from(bytes).map_err(Error::internal)
}

fn frame(
    session: SessionId,
    seq: Seq,
    timestamp: &str,
    kind: &str,
    payload: &str,
    chain: Chain,
) -> Result<Frame> {
    let payload: &RawValue = serde_json::from_str(payload).map_err(Error::internal)?;
    let event = Event { seq, r#type: kind, shared_session_id: session, timestamp, payload };
    Frame::encode(&event, chain).map_err(Error::internal)
}
