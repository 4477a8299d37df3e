//! What an agent writes to stderr: into the host's log, and the end of it kept for its owner.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use tokio::{
    io::AsyncReadExt,
    process::ChildStderr,
    time::{Instant, timeout},
};
use tokio_util::task::AbortOnDropHandle;

/// How much is kept, in bytes.
const KEPT: usize = 4 * 1024;
/// How long a pipe may stay open after its process has ended: a daemon of the agent may hold it.
const DRAIN: Duration = Duration::from_millis(500);

/// How much of it goes into the log in a minute, in bytes: the log may lie beside the database, on the same disk.
const LOGGED: usize = 256 * 1024;
/// See [`LOGGED`].
const SPAN: Duration = Duration::from_mins(1);

/// Reads a process's stderr for as long as it lives.
pub(super) struct Stderr {
    kept: Arc<Mutex<VecDeque<u8>>>,
    reading: AbortOnDropHandle<()>,
}

impl Stderr {
    /// Reads until the pipe ends; `name` is the agent's, for the log.
    pub(super) fn read(name: String, pipe: ChildStderr) -> Self {
        let kept = Arc::new(Mutex::new(VecDeque::new()));
        let reading = AbortOnDropHandle::new(tokio::spawn(keep(name, pipe, kept.clone())));
        Self { kept, reading }
    }

    /// The end of what was written, at most 4 KiB, once the pipe has ended or after a moment.
    pub(super) async fn tail(&mut self) -> String {
        if !self.reading.is_finished() && timeout(DRAIN, &mut self.reading).await.is_err() {
            tracing::debug!("an agent has ended and something holds its stderr open");
        }
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let mut text = String::from_utf8_lossy(kept.make_contiguous()).into_owned();
        while text.len() > KEPT {
            text.remove(0);
        }
        text
    }
}

/// How much may still be logged.
struct Quota {
    left: usize,
    until: Instant,
    said: bool,
}

/// What of a piece goes into the log.
#[derive(Debug, PartialEq)]
enum Take {
    /// All of it.
    Whole,
    /// None of it, and that is to be said.
    First,
    /// None of it.
    Nothing,
}

impl Quota {
    fn new(now: Instant) -> Self {
        Self { left: LOGGED, until: now + SPAN, said: false }
    }

    fn take(&mut self, bytes: usize, now: Instant) -> Take {
        if now >= self.until {
            *self = Self::new(now);
        }
        match self.left.checked_sub(bytes) {
            Some(left) if !self.said => {
                self.left = left;
                Take::Whole
            }
            _ if !std::mem::replace(&mut self.said, true) => Take::First,
            _ => Take::Nothing,
        }
    }
}

async fn keep(name: String, mut pipe: ChildStderr, kept: Arc<Mutex<VecDeque<u8>>>) {
    let mut buffer = vec![0; KEPT];
    let mut quota = Quota::new(Instant::now());
    while let Ok(read @ 1..) = pipe.read(&mut buffer).await {
        let bytes = &buffer[..read];
        match quota.take(read, Instant::now()) {
            Take::Whole => {
                for line in String::from_utf8_lossy(bytes).lines() {
                    tracing::info!(target: "wardroom::agent", agent = name, "{line}");
                }
            }
            Take::First => {
                let text =
                    "it writes too much to stderr; the log leaves out the rest of this minute";
                tracing::warn!(target: "wardroom::agent", agent = name, "{text}");
            }
            Take::Nothing => {}
        }
        let mut kept = kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.extend(bytes);
        let excess = kept.len().saturating_sub(KEPT);
        kept.drain(..excess);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flood_is_logged_up_to_a_limit_that_is_said_once_a_minute() {
        let start = Instant::now();
        let mut quota = Quota::new(start);
        let taken = |quota: &mut Quota, at| {
            let takes: Vec<_> = (0..1000).map(|_| quota.take(KEPT, at)).collect();
            let count = |what| takes.iter().filter(|take| **take == what).count();
            (count(Take::Whole), count(Take::First))
        };
        assert_eq!(taken(&mut quota, start), (LOGGED / KEPT, 1));
        assert_eq!(quota.take(1, start), Take::Nothing, "no gaps that nobody is told of");
        assert_eq!(taken(&mut quota, start + SPAN), (LOGGED / KEPT, 1));
    }
}
