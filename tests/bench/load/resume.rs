//! Clients that come back: each opens a stream at a position, reads what it missed, and goes.

use std::{
    net::SocketAddr,
    time::{Duration, Instant},
};

use futures_util::future::join_all;

use super::{Streaming, THREADS, on_threads};

/// How many come back at once.
const CLIENTS: usize = 16;

/// How many streams were resumed a second, each over `missed` events.
pub(crate) fn resumes(address: SocketAddr, request: &[u8], missed: u64, time: Duration) -> f64 {
    let end = Instant::now() + time;
    let done = on_threads(async |_| {
        let clients = (0..CLIENTS / THREADS).map(|_| come_back(address, request, missed, end));
        join_all(clients).await.into_iter().sum::<u64>()
    });
    done.into_iter().sum::<u64>() as f64 / time.as_secs_f64()
}

async fn come_back(address: SocketAddr, request: &[u8], missed: u64, end: Instant) -> u64 {
    let mut times = 0;
    while Instant::now() < end {
        let (mut stream, mut frames) = Streaming::resume(address, request).await.expect("a stream");
        while frames < missed {
            frames += stream.frames().await.expect("the stream goes on");
        }
        stream.abort();
        times += 1;
    }
    times
}
