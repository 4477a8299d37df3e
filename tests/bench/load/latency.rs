//! How long a message takes to the last of many streams, at a pace that leaves the cores some air.

use std::{
    net::SocketAddr,
    sync::Mutex,
    time::{Duration, Instant},
};

use futures_util::future::{join, join_all};
use tokio::time::{MissedTickBehavior, interval};

use super::{Connection, closed::p99, deliveries::Deliveries, runtime};

/// How often somebody writes.
pub(crate) const PACE: Duration = Duration::from_millis(5);

/// Two 99th of a hundred, in milliseconds.
#[derive(Debug)]
pub(crate) struct Latency {
    /// From the request to the last stream.
    pub(crate) delivered: f64,
    /// From the request to its answer.
    pub(crate) answered: f64,
}

/// Posts at a pace, and sees when each post was answered and when the last stream had it.
pub(crate) fn deliver(
    address: SocketAddr,
    stream: &[u8],
    post: &[u8],
    streams: usize,
    time: Duration,
) -> Latency {
    let deliveries = Deliveries::new(streams);
    let posts = Mutex::new(Vec::new());
    runtime().block_on(async {
        let mut streams = Deliveries::open(address, stream, streams).await.expect("streams");
        let counting = join_all(streams.iter_mut().map(|stream| deliveries.count(stream)));
        let posting = write(address, post, &posts, time);
        // A moment more, so that the last ones arrive too.
        let all = join(counting, posting);
        drop(tokio::time::timeout(time + Duration::from_millis(200), all).await);
        streams.into_iter().for_each(super::Streaming::abort);
    });
    let posts = posts.into_inner().expect("the posts");
    let last = deliveries.last.into_inner().expect("the arrivals");
    let answered = posts.iter().map(|(sent, took)| (*sent, *sent + *took));
    let delivered = last.iter().filter_map(|(n, at)| Some((posts.get(*n as usize)?.0, *at)));
    Latency { delivered: p99_of(delivered), answered: p99_of(answered) }
}

/// One after the other, so that the number of a frame is the number of its post.
async fn write(
    address: SocketAddr,
    post: &[u8],
    posts: &Mutex<Vec<(Instant, Duration)>>,
    time: Duration,
) {
    let mut connection = Connection::open(address).await.expect("a connection");
    let mut pace = interval(PACE);
    pace.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let end = Instant::now() + time;
    while Instant::now() < end {
        pace.tick().await;
        let sent = Instant::now();
        connection.call(post).await;
        posts.lock().expect("the posts").push((sent, sent.elapsed()));
    }
}

fn p99_of(times: impl Iterator<Item = (Instant, Instant)>) -> f64 {
    let mut micros: Vec<u32> = times.map(|(from, to)| (to - from).as_micros() as u32).collect();
    micros.sort_unstable();
    p99(&micros)
}
