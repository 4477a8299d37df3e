//! Following a session: every event after a position, each once and in order.

use std::collections::VecDeque;

use tokio::sync::broadcast::{
    self,
    error::{RecvError, TryRecvError},
};

use super::channels::{Channels, News};
use crate::{
    domain::{Frame, Seq, SessionId},
    error::Result,
    store::{PAGE, Store},
};

/// How many bytes of frames a follower keeps for a reader who does not read; the last frame may go beyond it.
const KEPT: usize = 64 * 1024;

/// One follower of one session.
///
/// It listens first, reads the table from its position in pages, then takes frames from the channel. What it has
/// seen is skipped; a hole, or having fallen behind, sends it back to the table.
#[derive(Debug)]
pub struct Follower {
    channels: Channels,
    store: Store,
    session: SessionId,
    seen: Seq,
    news: broadcast::Receiver<News>,
    page: VecDeque<Frame>,
    /// Whether the table may have more than `page`.
    behind: bool,
}

impl Follower {
    pub(super) fn new(channels: Channels, store: Store, session: SessionId, after: Seq) -> Self {
        // Listen before anything is read, so that nothing falls between the two.
        let (news, page) = (channels.listen(session), VecDeque::new());
        Self { channels, store, session, seen: after, news, page, behind: true }
    }

    /// The number of the last frame that was given out.
    pub fn seen(&self) -> Seq {
        self.seen
    }

    /// What goes by next; waits until there is something, or until the channel is hung up: then `None`, which is no end
    /// but a moment to look around. Safe to drop and call again.
    ///
    /// # Errors
    /// What reading the table says.
    pub async fn next(&mut self) -> Result<Option<News>> {
        loop {
            if let Some(news) = self.take_ready().await? {
                return Ok(Some(news));
            }
            match self.news.recv().await {
                Ok(news) => {
                    if let Some(news) = self.accept(news) {
                        return Ok(Some(news));
                    }
                }
                Err(RecvError::Lagged(_)) => self.behind = true,
                Err(RecvError::Closed) => {
                    self.news = self.channels.listen(self.session);
                    self.behind = true;
                    return Ok(None);
                }
            }
        }
    }

    /// The same if it is there already, from the table or the channel; `None`: nothing more for now.
    ///
    /// # Errors
    /// What reading the table says.
    pub async fn take_ready(&mut self) -> Result<Option<News>> {
        loop {
            if let Some(frame) = self.page.pop_front() {
                self.seen = frame.seq;
                return Ok(Some(News::Event(frame)));
            }
            if self.behind {
                self.read_page().await?;
                continue;
            }
            match self.news.try_recv() {
                Ok(news) => {
                    if let Some(news) = self.accept(news) {
                        return Ok(Some(news));
                    }
                }
                // That it is closed is for `next` to say.
                Err(TryRecvError::Empty | TryRecvError::Closed) => return Ok(None),
                Err(TryRecvError::Lagged(_)) => self.behind = true,
            }
        }
    }

    async fn read_page(&mut self) -> Result<()> {
        let mut reads = self.store.read().await?;
        let page = reads.page(self.session, self.seen, PAGE, KEPT).await?;
        let size: usize = page.iter().map(|frame| frame.bytes.len()).sum();
        self.behind = size >= KEPT || page.len() == usize::try_from(PAGE).unwrap_or(usize::MAX);
        self.page = page.into();
        Ok(())
    }

    /// Takes an event of the channel if it is the next one; a hole sends us back to the table.
    fn accept(&mut self, news: News) -> Option<News> {
        let News::Event(frame) = &news else { return Some(news) };
        if frame.seq == self.seen + 1 {
            self.seen = frame.seq;
            return Some(news);
        }
        if frame.seq > self.seen {
            self.behind = true;
        }
        None
    }
}

impl Drop for Follower {
    fn drop(&mut self) {
        self.channels.leave(self.session);
    }
}
