//! Streams: where one begins, what goes by, and why it ends.

use serde::Serialize;
use utoipa::ToSchema;

use super::{App, Caller, access};
use crate::{
    domain::{Frame, LeftReason, Position, Secret, Seq, SessionId, SessionStatus, Signal},
    error::{Code, Error, Result},
    live::{Follower, News, Watching},
    store::{Reads, Space},
};

/// What goes by on a stream.
#[derive(Debug)]
pub enum StreamItem {
    /// An event.
    Frame(Frame),
    /// What somebody does at the moment.
    Signal(Signal),
    /// The client's position cannot be gone on from: load the snapshot and go on from `as_of`. The last item.
    Reset {
        /// `ahead`, `diverged` or `truncated`.
        reason: ResetReason,
        /// Where the log ends now.
        as_of: Position,
    },
    /// The last item.
    End(StreamEnd),
}

/// Why a position cannot be gone on from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ResetReason {
    /// It lies beyond the end of the log: the server has lost data, or was restored.
    Ahead,
    /// Another event stands there.
    Diverged,
    /// What came after it was trimmed.
    Truncated,
}

/// What programs are told of such a position where they are refused.
#[derive(Serialize)]
struct Unfit {
    reason: ResetReason,
}

/// Why a stream ends. A client comes back only after `shutdown`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum StreamEnd {
    /// The session was closed.
    Closed,
    /// The session's time was up.
    Expired,
    /// The participant left.
    Left,
    /// The participant was removed.
    Removed,
    /// The credential was revoked.
    Revoked,
    /// The credential's time was up.
    ExpiredLogin,
    /// The server stops.
    Shutdown,
}

/// A stream of one session for one caller.
pub struct Following {
    app: App,
    caller: Caller,
    secret: Option<Secret>,
    session: SessionId,
    follower: Follower,
    /// The number of access when it was looked at last.
    access: u64,
    /// The last event of a session that had ended when the stream began.
    head_at_end: Option<(Seq, StreamEnd)>,
    reset: Option<(ResetReason, Position)>,
    /// Where the log ended when the stream began: what came before was looked at then.
    began: Seq,
    /// Whether the last frame was one after which to look whether the caller may go on.
    look: bool,
    done: bool,
    _watching: Watching,
}

impl App {
    /// Follows a session from a position; without one, from what happens next.
    ///
    /// # Errors
    /// `SESSION_NOT_FOUND`, `PARTICIPANT_INACTIVE`, `RATE_LIMITED`, `BUSY`; `UNAUTHENTICATED` when the credential has expired.
    pub async fn follow(
        &self,
        caller: &Caller,
        secret: Option<Secret>,
        id: SessionId,
        from: Option<Position>,
    ) -> Result<Following> {
        // Heard before anything is looked at, so that no change falls between.
        let access = self.live.access();
        let mut reads = self.store.snapshot().await?;
        let (session, seat) = access::readable(&mut reads, caller, id).await?;
        let participant = seat.map(|seat| seat.id);
        let end = caller.expires_at;
        let watching = self.live.watchers().open(id, participant, caller.user_id(), end)?;
        if let Some(end) = end {
            // Looked at once the sweeper knows of it, so that no moment falls between.
            caller.check_fresh(self.now())?;
            self.sweep_at(end);
        }
        let head = reads.position(id).await?;
        let from = from.unwrap_or(head);
        let reset = check_position(&mut reads, id, from, head).await?;
        let head_at_end = ended(session.status).map(|end| (head.seq, end));
        drop(reads);
        Ok(Following {
            app: self.clone(),
            caller: caller.clone(),
            secret,
            session: id,
            follower: self.live.follow(self.store.clone(), id, from.seq),
            access,
            head_at_end,
            reset: reset.map(|reason| (reason, head)),
            began: head.seq,
            look: false,
            done: false,
            _watching: watching,
        })
    }

    /// A page of a session's events after a position, and where the next page begins.
    ///
    /// # Errors
    /// `SESSION_NOT_FOUND`, `PARTICIPANT_INACTIVE`, `INVALID_CURSOR` for a position from which the log cannot be gone on from.
    pub async fn events(
        &self,
        caller: &Caller,
        id: SessionId,
        after: Option<Position>,
        limit: i64,
    ) -> Result<(Vec<Frame>, Position)> {
        let mut reads = self.store.snapshot().await?;
        access::readable(&mut reads, caller, id).await?;
        let head = reads.position(id).await?;
        let floor = reads.floor(id).await?;
        let after = after.unwrap_or(Position { seq: floor.0, chain: None });
        if let Some(reason) = check_position(&mut reads, id, after, head).await? {
            return Err(Error::new(Code::InvalidCursor)
                .details(&Unfit { reason })
                .hint("load the snapshot and go on from its asOf"));
        }
        drop(reads);
        let frames = self.store.frames(id, after.seq, &mut Space::of(limit)).await?;
        let next = frames.last().map_or(after, |last| Position::new(last.seq, &last.chain));
        Ok((frames, next))
    }
}

impl Following {
    /// What goes by next; waits until there is something. `None` after the last item. Safe to drop and call again.
    pub async fn next(&mut self) -> Result<Option<StreamItem>> {
        if self.done {
            return Ok(None);
        }
        if let Some((reason, as_of)) = self.reset {
            self.done = true;
            return Ok(Some(StreamItem::Reset { reason, as_of }));
        }
        loop {
            if self.access_changed() {
                self.access = self.app.live.access();
                self.look = true;
            }
            if self.look {
                let lost = self.lost_access().await?;
                self.look = false;
                if let Some(end) = lost {
                    return Ok(Some(self.end(end)));
                }
            }
            if let Some((head, end)) = self.head_at_end
                && self.follower.seen() >= head
            {
                return Ok(Some(self.end(end)));
            }
            if let Some(news) = self.follower.next().await? {
                return Ok(Some(self.item(news)));
            }
        }
    }

    /// What goes by next, if it is there already.
    pub async fn take_ready(&mut self) -> Result<Option<StreamItem>> {
        if self.done || self.look || self.reset.is_some() || self.access_changed() {
            return Ok(None);
        }
        if self.head_at_end.is_some_and(|(head, _)| self.follower.seen() >= head) {
            return Ok(None);
        }
        let news = self.follower.take_ready().await?;
        Ok(news.map(|news| self.item(news)))
    }

    /// Notes whether to look after this whether the caller may go on.
    fn item(&mut self, news: News) -> StreamItem {
        match news {
            News::Event(frame) => {
                self.look = frame.changes_access && frame.seq > self.began;
                StreamItem::Frame(frame)
            }
            News::Signal(signal) => StreamItem::Signal(signal),
        }
    }

    fn access_changed(&self) -> bool {
        self.app.live.access() != self.access
    }

    fn end(&mut self, end: StreamEnd) -> StreamItem {
        self.done = true;
        StreamItem::End(end)
    }

    /// Why the caller may not go on, if so. A session that has ended goes on to its head.
    async fn lost_access(&mut self) -> Result<Option<StreamEnd>> {
        match self.app.still_valid(self.secret.as_ref()).await {
            Ok(credential) => self.caller.renew(credential),
            Err(error) if error.code == Code::Unauthenticated => {
                return Ok(Some(self.why_left().await));
            }
            // Looked at again with the next change: what is read below says enough for now.
            Err(_) => {}
        }
        let mut reads = self.app.store.snapshot().await?;
        match access::readable(&mut reads, &self.caller, self.session).await {
            Ok((session, _)) => {
                if let (None, Some(end)) = (self.head_at_end, ended(session.status)) {
                    self.head_at_end = Some((reads.position(self.session).await?.seq, end));
                }
                Ok(None)
            }
            Err(error) if error.code == Code::Internal => Err(error),
            Err(_) => {
                drop(reads);
                Ok(Some(self.why_left().await))
            }
        }
    }

    /// Whether it was the participant who went, or only the credential, and then whether by itself.
    async fn why_left(&self) -> StreamEnd {
        let reason = async {
            let mut reads = self.app.store.read().await.ok()?;
            let session = self.session;
            let who = access::participant(&mut reads, &self.caller, session).await.ok()??;
            reads.participant(session, who).await.ok()?.left_reason
        };
        match reason.await {
            Some(LeftReason::Left) => StreamEnd::Left,
            Some(LeftReason::Removed) => StreamEnd::Removed,
            _ if self.caller.check_fresh(self.app.now()).is_err() => StreamEnd::ExpiredLogin,
            _ => StreamEnd::Revoked,
        }
    }
}

fn ended(status: SessionStatus) -> Option<StreamEnd> {
    match status {
        SessionStatus::Active => None,
        SessionStatus::Closed => Some(StreamEnd::Closed),
        SessionStatus::Expired => Some(StreamEnd::Expired),
    }
}

/// Why `from` is no place to go on from, if it is none.
async fn check_position(
    reads: &mut Reads,
    id: SessionId,
    from: Position,
    head: Position,
) -> Result<Option<ResetReason>> {
    if from.seq > head.seq {
        tracing::error!(session = %id, %from, %head, "a client has seen events that are not there");
        return Ok(Some(ResetReason::Ahead));
    }
    let (floor, floor_chain) = reads.floor(id).await?;
    if from.seq < floor {
        return Ok(Some(ResetReason::Truncated));
    }
    let Some(_) = from.chain else { return Ok(None) };
    let here = match from.seq {
        seq if seq == floor => Position::new(seq, &floor_chain),
        seq => match reads.chain_at(id, seq).await? {
            Some(chain) => Position::new(seq, &chain),
            None => return Ok(Some(ResetReason::Truncated)),
        },
    };
    Ok((here != from).then_some(ResetReason::Diverged))
}
