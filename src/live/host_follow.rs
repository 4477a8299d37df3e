//! Following what happens to hosts and agents: every event after a number, each once and in order.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, PoisonError},
};

use tokio::sync::broadcast::{
    self,
    error::{RecvError, TryRecvError},
};

use crate::{
    domain::{HostFrame, Seq},
    error::{Error, Result},
    store::{PAGE, Store},
};

/// How far a follower may fall behind before it has to read the table.
const BACKLOG: usize = 256;
/// How many bytes of events a follower keeps for a reader who does not read; the last event may go beyond it.
const KEPT: usize = 64 * 1024;

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
            if let Some(frame) = self.take_ready().await? {
                return Ok(Some(frame));
            }
            match self.news.recv().await {
                Ok(frame) => {
                    if let Some(frame) = self.accept(frame) {
                        return Ok(Some(frame));
                    }
                }
                Err(RecvError::Lagged(_)) => self.behind = true,
                Err(RecvError::Closed) => {
                    self.news = self.channel.listen();
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
    pub async fn take_ready(&mut self) -> Result<Option<HostFrame>> {
        loop {
            if let Some(frame) = self.page.pop_front() {
                self.seen = frame.seq;
                return Ok(Some(frame));
            }
            if self.behind {
                self.read_page().await?;
                continue;
            }
            match self.news.try_recv() {
                Ok(frame) => {
                    if let Some(frame) = self.accept(frame) {
                        return Ok(Some(frame));
                    }
                }
                // That it is closed is for `next` to say.
                Err(TryRecvError::Empty | TryRecvError::Closed) => return Ok(None),
                Err(TryRecvError::Lagged(_)) => self.behind = true,
            }
        }
    }

    /// Takes an event of the channel if it is the next one. Behind a hole the table is asked: a COMMIT that failed may be
    /// found stored after all, and its events were told to nobody.
    fn accept(&mut self, frame: HostFrame) -> Option<HostFrame> {
        if frame.seq == self.seen + 1 {
            self.seen = frame.seq;
            return Some(frame);
        }
        self.behind = frame.seq > self.seen;
        None
    }

    async fn read_page(&mut self) -> Result<()> {
        let page = self.store.read().await?.host_events_after(self.seen, PAGE, KEPT).await?;
        self.behind = !page.is_end;
        let frames = page.events.iter().map(|it| HostFrame::encode(it).map_err(Error::internal));
        self.page = frames.collect::<Result<_>>()?;
        Ok(())
    }
}
