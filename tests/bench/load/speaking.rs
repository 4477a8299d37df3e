//! Agents that all speak at once, as fast as what they say is stored, and somebody who follows each.

use std::{
    collections::HashMap,
    net::SocketAddr,
    sync::{
        Barrier,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
    time::{Duration, Instant},
};

use futures_util::future::{join, join_all};
use serde_json::{Value, json};

use super::{Host, Streaming, THREADS, on_threads};
use crate::{
    fixture::{AGENTS, HOSTS, agent_session_id, host_id},
    requests,
};

/// How many updates a batch has.
pub(crate) const BATCH: u64 = 16;
/// How many batches of an agent are on their way at once.
const ON_THE_WAY: usize = 2;

/// How many updates arrive a second at those who follow, over all agents.
pub(crate) fn speak(address: SocketAddr, time: Duration) -> f64 {
    let (total, open) = (AtomicU64::new(0), Barrier::new(THREADS));
    on_threads(async |thread| {
        let is_mine = |host: &u64| *host as usize % THREADS == thread;
        let mine: Vec<u64> = (0..HOSTS).filter(is_mine).collect();
        let agents = mine.iter().flat_map(|host| agents_of(*host));
        let mut streams = Vec::new();
        for agent in agents {
            let stream = Streaming::open(address, &requests::stream(agent)).await;
            streams.push(stream.expect("a stream"));
        }
        let mut hosts = Vec::new();
        for host in mine {
            let alive: Vec<_> = agents_of(host).map(agent_session_id).collect();
            hosts.push((Host::open(address, &host_id(host), &alive).await, alive));
        }
        open.wait();
        let end = Instant::now() + time;
        let counting = join_all(streams.iter_mut().map(|stream| count(stream, &total)));
        let speaking = join_all(hosts.iter_mut().map(|(host, agents)| all_speak(host, agents)));
        // What is still on its way at the end does not count.
        drop(tokio::time::timeout_at(end.into(), join(counting, speaking)).await);
        open.wait();
        streams.into_iter().for_each(Streaming::abort);
    });
    total.load(Relaxed) as f64 / time.as_secs_f64()
}

fn agents_of(host: u64) -> impl Iterator<Item = u64> {
    (0..AGENTS).filter(move |agent| agent % HOSTS == host)
}

async fn count(stream: &mut Streaming, total: &AtomicU64) {
    loop {
        let frames = stream.frames().await.expect("the stream goes on");
        total.fetch_add(frames, Relaxed);
    }
}

/// Sends batches of all agents of a host, the next one as soon as one is acknowledged.
async fn all_speak(host: &mut Host, agents: &[String]) {
    let updates: Vec<Value> = (0..BATCH).map(|_| requests::update()).collect();
    let mut batches: Vec<Value> = Vec::new();
    for agent in agents {
        batches.push(json!({
            "agent_session_id": agent, "instance": host.instance, "first": 1, "updates": updates,
        }));
    }
    let mut sent = HashMap::new();
    for (n, batch) in batches.iter_mut().enumerate() {
        for _ in 0..ON_THE_WAY {
            sent.insert(speak_once(host, batch).await, n);
        }
    }
    loop {
        let frame = host.next().await;
        // The server has calls of its own, which nobody needs to answer here.
        if !frame["method"].is_null() {
            continue;
        }
        assert!(frame["error"].is_null(), "{frame}");
        let id = frame["id"].as_u64().expect("an id");
        let n = sent.remove(&id).expect("a call of ours");
        sent.insert(speak_once(host, &mut batches[n]).await, n);
    }
}

async fn speak_once(host: &mut Host, batch: &mut Value) -> u64 {
    let id = host.call("agent_session.update", batch).await;
    let first = batch["first"].as_u64().expect("a number");
    batch["first"] = (first + BATCH).into();
    id
}
