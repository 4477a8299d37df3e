//! Counting what arrives at many streams: how much, and what has reached the last of them.

use std::{
    io,
    net::SocketAddr,
    sync::{
        Mutex,
        atomic::{AtomicU32, AtomicU64, Ordering::Relaxed},
    },
    time::Instant,
};

use futures_util::future::try_join_all;
use tokio::sync::watch;

use super::{Host, Streaming};

/// How far the first stream may be ahead of the last.
const AHEAD: usize = 4096;

/// Where frames arrive.
pub(super) trait Listener {
    /// How many frames have come; at least one.
    async fn frames(&mut self) -> io::Result<u64>;
}

impl Listener for Streaming {
    async fn frames(&mut self) -> io::Result<u64> {
        Streaming::frames(self).await
    }
}

impl Listener for Host {
    async fn frames(&mut self) -> io::Result<u64> {
        self.heard().await;
        Ok(1)
    }
}

/// What has arrived at a number of streams that all carry the same frames.
#[derive(Debug)]
pub(super) struct Deliveries {
    streams: u32,
    /// How many streams have had the frame of this number.
    had: Vec<AtomicU32>,
    /// How many frames have arrived, over all streams.
    pub(super) total: AtomicU64,
    /// How many frames every stream has had.
    pub(super) everywhere: watch::Sender<u64>,
    /// When each frame reached the last stream, by its number.
    pub(super) last: Mutex<Vec<(u64, Instant)>>,
}

impl Deliveries {
    pub(super) fn new(streams: usize) -> Self {
        Self {
            streams: streams as u32,
            had: (0..AHEAD).map(|_| AtomicU32::new(0)).collect(),
            total: AtomicU64::new(0),
            everywhere: watch::Sender::new(0),
            last: Mutex::default(),
        }
    }

    /// Opens `count` streams, some at a time.
    pub(super) async fn open(
        address: SocketAddr,
        request: &[u8],
        count: usize,
    ) -> io::Result<Vec<Streaming>> {
        let mut open = Vec::with_capacity(count);
        while open.len() < count {
            let some = (count - open.len()).min(50);
            open.extend(try_join_all((0..some).map(|_| Streaming::open(address, request))).await?);
        }
        Ok(open)
    }

    /// Counts what arrives at one listener, for ever.
    pub(super) async fn count(&self, listener: &mut impl Listener) {
        let mut seen = 0;
        loop {
            let frames = listener.frames().await.expect("it goes on");
            self.total.fetch_add(frames, Relaxed);
            for frame in seen..seen + frames {
                self.arrived(frame);
            }
            seen += frames;
        }
    }

    fn arrived(&self, frame: u64) {
        let place = &self.had[frame as usize % AHEAD];
        if place.fetch_add(1, Relaxed) + 1 == self.streams {
            place.store(0, Relaxed);
            self.last.lock().expect("the list").push((frame, Instant::now()));
            self.everywhere.send_modify(|all| *all = (*all).max(frame + 1));
        }
    }
}
