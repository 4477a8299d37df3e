//! The whole conversation with an agent: the logs of the sessions that shared it, in order.

use super::{App, Caller, access, agent_sessions::own};
use crate::{
    domain::{AgentSessionId, Frame, Position, Secret, SessionId},
    error::{Code, Error, Result},
    live::Watching,
    store::Space,
};

/// How many events, and about how many bytes of them, a download holds for a reader who does not read.
const HELD: (i64, usize) = (256, 64 * 1024);

/// Events, each with its session.
pub type Told = Vec<(SessionId, Frame)>;

/// A whole conversation, read a page at a time for as long as its reader may: it counts among their streams.
pub struct Download {
    app: App,
    caller: Caller,
    secret: Option<Secret>,
    id: AgentSessionId,
    /// What is read and not yet given out; nothing behind the end.
    page: Option<Told>,
    _watching: Watching,
}

impl App {
    /// What was said in the sessions that shared an agent session, in order, after a position: a page of it. Of a session
    /// that the caller left they are told what was said until then.
    ///
    /// # Errors
    /// `HOST_SESSION_NOT_FOUND`, `INVALID_CURSOR` for a position in a session that never shared it.
    pub async fn transcript(
        &self,
        caller: &Caller,
        id: AgentSessionId,
        after: Option<(SessionId, Position)>,
        mut space: Space,
    ) -> Result<Told> {
        let mut reads = self.store.snapshot().await?;
        own(&mut reads, caller, id).await?;
        let mut told = Vec::new();
        let mut from = after.map(|it| (it.0, it.1.seq));
        let sessions = reads.sessions_of_agent(id, from.map(|it| it.0)).await?;
        drop(reads);
        for session in sessions {
            let after = match from {
                Some((begin, _)) if begin != session => continue,
                Some((_, seq)) => seq,
                None => 0,
            };
            from = None;
            if space.is_full() {
                break;
            }
            let mut left = space;
            let mut page = self.store.frames(session, after, &mut left).await?;
            let read = page.len();
            // Looked at behind the events: whoever left meanwhile is told nothing that came then.
            let last = access::told_until(&mut self.store.read().await?, caller, session).await?;
            page.retain(|frame| last.is_none_or(|last| frame.seq <= last));
            if page.len() == read {
                space = left;
            } // Else the next session follows, and what they are not told has taken no space.
            told.extend(page.into_iter().map(|frame| (session, frame)));
        }
        if from.is_some() {
            return Err(Error::new(Code::InvalidCursor)
                .hint("take x-next-after as it came: this agent session was never shared there"));
        }
        Ok(told)
    }

    /// Begins to read all of it.
    ///
    /// # Errors
    /// As [`transcript`](Self::transcript); `RATE_LIMITED`, `BUSY` where too many streams are open.
    pub async fn download(
        &self,
        caller: Caller,
        secret: Option<Secret>,
        id: AgentSessionId,
        after: Option<(SessionId, Position)>,
    ) -> Result<Download> {
        let watching = self.live.watchers().open_download(caller.user()?.id)?;
        // The first page comes before the answer, so that a refusal is one.
        let page = self.transcript(&caller, id, after, Space::within(HELD.0, HELD.1)).await?;
        let (app, page) = (self.clone(), Some(page));
        Ok(Download { app, caller, secret, id, page, _watching: watching })
    }
}

impl Download {
    /// The next page, empty behind the last event; then nothing.
    ///
    /// # Errors
    /// When the reader may read no further.
    pub async fn next(&mut self) -> Result<Option<Told>> {
        let Some(page) = self.page.take() else { return Ok(None) };
        if let Some((session, last)) = page.last() {
            let after = Some((*session, Position::new(last.seq, &last.chain)));
            self.caller.renew(self.app.still_valid(self.secret.as_ref()).await?);
            let space = Space::within(HELD.0, HELD.1);
            self.page = Some(self.app.transcript(&self.caller, self.id, after, space).await?);
        }
        Ok(Some(page))
    }
}
