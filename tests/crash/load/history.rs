//! What the followers of a session saw: all of them the same, at the same numbers.

use std::{
    sync::{
        Mutex,
        atomic::{AtomicUsize, Ordering::Relaxed},
    },
    time::{Duration, Instant},
};

use tokio::time::sleep;

/// The chain at each number, as whoever came first saw it.
#[derive(Debug, Default)]
pub(crate) struct History {
    chains: Mutex<Vec<String>>,
    /// How many have seen the event at each number.
    seen: Mutex<Vec<usize>>,
    frames: AtomicUsize,
    connections: AtomicUsize,
}

impl History {
    /// Notes that a follower saw the event `seq` with this chain.
    ///
    /// # Panics
    /// When another saw something else there.
    pub(crate) fn saw(&self, seq: i64, chain: &str) {
        let place = usize::try_from(seq - 1).expect("numbers begin at 1");
        let mut chains = self.chains.lock().expect("no poison");
        let mut seen = self.seen.lock().expect("no poison");
        assert!(place <= chains.len(), "nobody can be ahead of everybody by more than one");
        if place == chains.len() {
            chains.push(chain.to_owned());
            seen.push(0);
        }
        assert_eq!(chains[place], chain, "followers saw different histories at {seq}");
        seen[place] += 1;
        self.frames.fetch_add(1, Relaxed);
    }

    /// Notes that a stream was opened.
    pub(crate) fn connected(&self) {
        self.connections.fetch_add(1, Relaxed);
    }

    /// The chains, from number 1.
    pub(crate) fn chains(&self) -> Vec<String> {
        self.chains.lock().expect("no poison").clone()
    }

    /// How many frames were read, over how many streams.
    pub(crate) fn counts(&self) -> (usize, usize) {
        (self.frames.load(Relaxed), self.connections.load(Relaxed))
    }

    /// Waits until this many followers have seen the event `head`.
    pub(crate) async fn wait_for(&self, head: i64, followers: usize, limit: Duration) {
        let (place, begun) = (usize::try_from(head - 1).expect("an event"), Instant::now());
        loop {
            let seen = self.seen.lock().expect("no poison").get(place).copied().unwrap_or(0);
            if seen >= followers {
                assert_eq!(seen, followers, "somebody saw the event {head} twice");
                return;
            }
            assert!(
                begun.elapsed() < limit,
                "only {seen} of {followers} followers came to the event {head} in {limit:?}"
            );
            sleep(Duration::from_millis(20)).await;
        }
    }
}
