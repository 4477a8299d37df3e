//! Fan-out in a closed loop: publishers wait until every stream has what was published before they publish more.

use std::{
    net::SocketAddr,
    sync::{
        Barrier,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
    time::{Duration, Instant},
};

use futures_util::future::{join_all, join3};

use super::{Connection, Host, THREADS, deliveries::Deliveries, on_threads};
use crate::requests;

/// Something that many listen to.
#[derive(Debug)]
pub(crate) struct Fanout<'a> {
    pub(crate) address: SocketAddr,
    pub(crate) audience: Audience,
    /// What each publisher does.
    pub(crate) publish: &'a [Publish],
    pub(crate) streams: usize,
}

/// Who listens.
#[derive(Debug)]
pub(crate) enum Audience {
    /// Streams that this request opens.
    Streams(Vec<u8>),
    /// Hosts that have subscribed.
    Hosts,
}

/// How something is published.
#[derive(Debug)]
pub(crate) enum Publish {
    /// By this request.
    Post(Vec<u8>),
    /// By a host, which tells it.
    Note,
}

/// Somebody who publishes.
enum Publisher<'a> {
    Client(Connection, &'a [u8]),
    Host(Box<Host>),
}

impl<'a> Publisher<'a> {
    async fn open(address: SocketAddr, publish: &'a Publish) -> Self {
        match publish {
            Publish::Post(request) => {
                let connection = Connection::open(address).await;
                Self::Client(connection.expect("a connection"), request)
            }
            Publish::Note => Self::Host(Box::new(Host::new(address).await)),
        }
    }

    /// Publishes once; returns when that is stored.
    async fn publish(&mut self) {
        match self {
            Self::Client(connection, request) => connection.call(request).await,
            Self::Host(host) => drop(host.ask("host.notify", &requests::note()).await),
        }
    }
}

/// How many frames arrive a second, over all listeners.
pub(crate) fn fan_out(it: &Fanout<'_>, time: Duration) -> f64 {
    let deliveries = Deliveries::new(it.streams);
    let (published, open) = (AtomicU64::new(0), Barrier::new(THREADS));
    on_threads(async |thread| {
        // Who publishes comes first: that a host has come is told too.
        let mine = it.publish.iter().skip(thread).step_by(THREADS);
        let publishers = join_all(mine.map(|publish| Publisher::open(it.address, publish))).await;
        open.wait();
        let share = it.streams / THREADS;
        let (mut streams, mut hosts) = (Vec::new(), Vec::new());
        match &it.audience {
            Audience::Streams(stream) => {
                let opened = Deliveries::open(it.address, stream, share).await;
                streams = opened.expect("streams");
            }
            Audience::Hosts => {
                for _ in 0..share {
                    hosts.push(Host::new(it.address).await);
                }
                open.wait();
                // None of them is told of the others, then.
                for host in &mut hosts {
                    host.ask("host.subscribe", &serde_json::json!({})).await;
                }
            }
        }
        open.wait();
        let end = Instant::now() + time;
        let publishing = publishers.into_iter().map(|by| publish(by, &deliveries, &published, end));
        let reading = join_all(streams.iter_mut().map(|stream| deliveries.count(stream)));
        let hearing = join_all(hosts.iter_mut().map(|host| deliveries.count(host)));
        let all = join3(reading, hearing, join_all(publishing));
        // What is still on its way at the end does not count.
        drop(tokio::time::timeout_at(end.into(), all).await);
        open.wait();
        streams.into_iter().for_each(super::Streaming::abort);
    });
    deliveries.total.load(Relaxed) as f64 / time.as_secs_f64()
}

async fn publish(
    mut by: Publisher<'_>,
    deliveries: &Deliveries,
    published: &AtomicU64,
    end: Instant,
) {
    let mut everywhere = deliveries.everywhere.subscribe();
    while Instant::now() < end {
        by.publish().await;
        let all = published.fetch_add(1, Relaxed) + 1;
        drop(everywhere.wait_for(|arrived| *arrived >= all).await);
    }
}
