//! Fan-out in a closed loop: publishers wait until every stream has what was published before they publish more.

use std::{
    net::SocketAddr,
    sync::{
        Barrier,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
    time::{Duration, Instant},
};

use futures_util::future::{join, join_all};

use super::{Connection, THREADS, deliveries::Deliveries, on_threads};

/// One session with many streams.
#[derive(Debug)]
pub(crate) struct Fanout<'a> {
    pub(crate) address: SocketAddr,
    /// Opens a stream.
    pub(crate) stream: Vec<u8>,
    /// What each publisher sends.
    pub(crate) publish: &'a [Vec<u8>],
    pub(crate) streams: usize,
}

/// How many frames arrive a second, over all streams.
pub(crate) fn fan_out(it: &Fanout<'_>, time: Duration) -> f64 {
    let deliveries = Deliveries::new(it.streams);
    let (published, open) = (AtomicU64::new(0), Barrier::new(THREADS));
    on_threads(async |thread| {
        let share = it.streams / THREADS;
        let streams = Deliveries::open(it.address, &it.stream, share).await;
        let mut streams = streams.expect("streams");
        open.wait();
        let end = Instant::now() + time;
        let mine = it.publish.iter().skip(thread).step_by(THREADS);
        let publishing =
            mine.map(|request| publish(it.address, request, &deliveries, &published, end));
        let counting = join_all(streams.iter_mut().map(|stream| deliveries.count(stream)));
        let all = join(counting, join_all(publishing));
        // What is still on its way at the end does not count.
        drop(tokio::time::timeout_at(end.into(), all).await);
        open.wait();
        streams.into_iter().for_each(super::Streaming::abort);
    });
    deliveries.total.load(Relaxed) as f64 / time.as_secs_f64()
}

async fn publish(
    address: SocketAddr,
    request: &[u8],
    deliveries: &Deliveries,
    published: &AtomicU64,
    end: Instant,
) {
    let mut connection = Connection::open(address).await.expect("a connection");
    let mut everywhere = deliveries.everywhere.subscribe();
    while Instant::now() < end {
        connection.call(request).await;
        let all = published.fetch_add(1, Relaxed) + 1;
        drop(everywhere.wait_for(|arrived| *arrived >= all).await);
    }
}
