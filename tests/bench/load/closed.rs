//! A closed loop: each connection asks, waits for the answer, and asks again.

use std::{
    net::SocketAddr,
    time::{Duration, Instant},
};

use futures_util::future::join_all;

use super::{Connection, THREADS, on_threads};

/// How long all connections may take to open.
const OPENING: Duration = Duration::from_millis(100);

/// What came of it.
#[derive(Debug)]
pub(crate) struct Run {
    /// How long each answer took, in microseconds, shortest first.
    latencies: Vec<u32>,
    time: Duration,
}

impl Run {
    pub(crate) fn per_second(&self) -> f64 {
        self.latencies.len() as f64 / self.time.as_secs_f64()
    }

    /// The 99th of a hundred, in milliseconds.
    pub(crate) fn p99(&self) -> f64 {
        p99(&self.latencies)
    }
}

/// The 99th of a hundred of sorted microseconds, in milliseconds.
pub(super) fn p99(sorted: &[u32]) -> f64 {
    sorted.get(sorted.len() * 99 / 100).map_or(f64::NAN, |micros| f64::from(*micros) / 1000.0)
}

/// Asks for `time` over one connection for each list of requests, which it goes through again and again.
pub(crate) fn drive(address: SocketAddr, connections: &[Vec<Vec<u8>>], time: Duration) -> Run {
    let begin = Instant::now() + OPENING;
    let parts = on_threads(async |thread| {
        let mine = connections.iter().skip(thread).step_by(THREADS);
        let asked = mine.map(|requests| ask(address, requests, begin, begin + time));
        join_all(asked).await.concat()
    });
    let mut latencies = parts.concat();
    latencies.sort_unstable();
    Run { latencies, time }
}

async fn ask(address: SocketAddr, requests: &[Vec<u8>], begin: Instant, end: Instant) -> Vec<u32> {
    let mut connection = Connection::open(address).await.expect("a connection");
    let mut latencies = Vec::new();
    tokio::time::sleep_until(begin.into()).await;
    for request in requests.iter().cycle() {
        let sent = Instant::now();
        if sent >= end {
            break;
        }
        connection.call(request).await;
        latencies.push(sent.elapsed().as_micros() as u32);
    }
    latencies
}
