//! Following a session: every event after a position, each once and in order.

use std::collections::VecDeque;

use tokio::sync::broadcast;

use super::channels::Channels;
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
    news: Option<broadcast::Receiver<Frame>>,
    page: VecDeque<Frame>,
    /// Whether the table may have more than `page`.
    behind: bool,
}

impl Follower {
    pub(super) fn new(channels: Channels, store: Store, session: SessionId, after: Seq) -> Self {
        let page = VecDeque::new();
        Self { channels, store, session, seen: after, news: None, page, behind: true }
    }

    /// The number of the last frame that was given out.
    pub fn seen(&self) -> Seq {
        self.seen
    }

    /// The next frame; waits until there is one. Safe to drop and call again.
    ///
    /// # Errors
    /// What reading the table says.
    pub async fn next(&mut self) -> Result<Frame> {
        loop {
            if let Some(frame) = self.take_ready().await? {
                return Ok(frame);
            }
            let Some(news) = &mut self.news else { continue };
            match news.recv().await {
                Ok(frame) => self.accept(frame),
                Err(_) => self.fall_back(),
            }
        }
    }

    /// The next frame if it is there already, from the table or the channel; `None`: nothing more for now.
    ///
    /// # Errors
    /// What reading the table says.
    pub async fn take_ready(&mut self) -> Result<Option<Frame>> {
        loop {
            if let Some(frame) = self.page.pop_front() {
                self.seen = frame.seq;
                return Ok(Some(frame));
            }
            if self.behind {
                self.read_page().await?;
                continue;
            }
            let Some(news) = &mut self.news else { return Ok(None) };
            match news.try_recv() {
                Ok(frame) => self.accept(frame),
                Err(broadcast::error::TryRecvError::Empty) => return Ok(None),
                Err(_) => self.fall_back(),
            }
        }
    }

    async fn read_page(&mut self) -> Result<()> {
        // Listen before the read, so that nothing falls between the two.
        if self.news.is_none() {
            self.news = Some(self.channels.listen(self.session));
        }
        let mut reads = self.store.read().await?;
        let page = reads.page(self.session, self.seen, PAGE, KEPT).await?;
        let size: usize = page.iter().map(|frame| frame.bytes.len()).sum();
        self.behind = size >= KEPT || page.len() == usize::try_from(PAGE).unwrap_or(usize::MAX);
        self.page = page.into();
        Ok(())
    }

    /// Takes a frame of the channel if it is the next one; a hole sends us back to the table.
    fn accept(&mut self, frame: Frame) {
        if frame.seq == self.seen + 1 {
            self.page.push_back(frame);
        } else if frame.seq > self.seen {
            self.fall_back();
        }
    }

    /// Fallen behind, hung up, or a hole: the table has everything.
    fn fall_back(&mut self) {
        self.news = None;
        self.behind = true;
    }
}
