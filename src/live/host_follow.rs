//! Following what happens to hosts and agents: every event after a number, each once and in order.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, PoisonError},
};

use tokio::sync::broadcast::{self, error::RecvError};

use crate::{
    domain::{HostFrame, Seq},
    error::{Error, Result},
    store::{PAGE, Store},
};

/// How far a follower may fall behind before it has to read the table.
const BACKLOG: usize = 256;

/// A cache of the end of the log, and no more.
#[derive(Debug, Clone)]
pub(super) struct HostChannel(Arc<Mutex<broadcast::Sender<HostFrame>>>);

impl HostChannel {
    pub(super) fn new() -> Self {
        Self(Arc::new(Mutex::new(broadcast::channel(BACKLOG).0)))
    }

    /// Tells every follower.
    pub(super) fn send(&self, frame: HostFrame) {
        // An error means that nobody listens at this moment.
        drop(self.0.lock().unwrap_or_else(PoisonError::into_inner).send(frame));
    }

    fn listen(&self) -> broadcast::Receiver<HostFrame> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).subscribe()
    }

    /// Ends the channel: followers look into the table and listen anew.
    pub(super) fn hang_up(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = broadcast::channel(BACKLOG).0;
    }
}

/// One follower of the log of host events, whoever may see what.
///
/// As with a session: it listens first, reads the table in pages, then takes frames from the channel; a hole, or having
/// fallen behind, sends it back to the table.
#[derive(Debug)]
pub struct HostFollower {
    store: Store,
    channel: HostChannel,
    news: broadcast::Receiver<HostFrame>,
    seen: Seq,
    page: VecDeque<HostFrame>,
    /// Whether the table may have more than `page`.
    behind: bool,
}

impl HostFollower {
    pub(super) fn new(channel: HostChannel, store: Store, after: Seq) -> Self {
        // Listen before anything is read, so that nothing falls between the two.
        let news = channel.listen();
        Self { store, channel, news, seen: after, page: VecDeque::new(), behind: true }
    }

    /// What happens next; waits until there is something, or until the channel is hung up: then `None`, which is no end but
    /// a moment to look around. Safe to drop and call again.
    ///
    /// # Errors
    /// What reading the table says.
    pub async fn next(&mut self) -> Result<Option<HostFrame>> {
        loop {
            if let Some(frame) = self.page.pop_front() {
                self.seen = frame.seq;
                return Ok(Some(frame));
            }
            if self.behind {
                self.read_page().await?;
                continue;
            }
            match self.news.recv().await {
                Ok(frame) if frame.seq == self.seen + 1 => {
                    self.seen = frame.seq;
                    return Ok(Some(frame));
                }
                // A COMMIT that failed may be found stored after all: its events were told to nobody.
                Ok(frame) => self.behind = frame.seq > self.seen,
                Err(RecvError::Lagged(_)) => self.behind = true,
                Err(RecvError::Closed) => {
                    self.news = self.channel.listen();
                    self.behind = true;
                    return Ok(None);
                }
            }
        }
    }

    async fn read_page(&mut self) -> Result<()> {
        let events = self.store.read().await?.host_events_after(self.seen, PAGE).await?;
        self.behind = events.len() == usize::try_from(PAGE).unwrap_or(usize::MAX);
        let frames = events.iter().map(|it| HostFrame::encode(it).map_err(Error::internal));
        self.page = frames.collect::<Result<_>>()?;
        Ok(())
    }
}
