//! What an agent writes to stderr: into the host's log, and the end of it kept for its owner.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use tokio::{io::AsyncReadExt, process::ChildStderr, time::timeout};
use tokio_util::task::AbortOnDropHandle;

/// How much is kept, in bytes.
const KEPT: usize = 4 * 1024;
/// How long a pipe may stay open after its process has ended: a daemon of the agent may hold it.
const DRAIN: Duration = Duration::from_millis(500);

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

async fn keep(name: String, mut pipe: ChildStderr, kept: Arc<Mutex<VecDeque<u8>>>) {
    let mut buffer = vec![0; KEPT];
    while let Ok(read @ 1..) = pipe.read(&mut buffer).await {
        let bytes = &buffer[..read];
        for line in String::from_utf8_lossy(bytes).lines() {
            tracing::info!(target: "wardroom::agent", agent = name, "{line}");
        }
        let mut kept = kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.extend(bytes);
        let excess = kept.len().saturating_sub(KEPT);
        kept.drain(..excess);
    }
}
