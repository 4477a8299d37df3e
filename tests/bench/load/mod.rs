//! The load: a client that does no more than it must, because it shares the cores with what it measures.

mod closed;
mod connection;
mod deliveries;
mod fanout;
mod host;
mod latency;
mod resume;
mod speaking;

use std::thread;

pub(crate) use closed::{Run, drive};
pub(crate) use connection::{Connection, Streaming};
pub(crate) use fanout::{Audience, Fanout, Publish, fan_out};
pub(crate) use host::{Host, Tool};
pub(crate) use latency::deliver;
pub(crate) use resume::resumes;
pub(crate) use speaking::{BATCH, speak};
use tokio::runtime;

/// How many threads make load.
const THREADS: usize = 2;

/// Runs the same on each thread of the load, each with a runtime of its own: nothing moves between them.
fn on_threads<T: Send>(work: impl AsyncFn(usize) -> T + Sync) -> Vec<T> {
    thread::scope(|scope| {
        let work = &work;
        let begin = |n| scope.spawn(move || runtime().block_on(work(n)));
        let threads: Vec<_> = (0..THREADS).map(begin).collect();
        threads.into_iter().map(|thread| thread.join().expect("the load goes on")).collect()
    })
}

/// A runtime for one thread.
pub(crate) fn runtime() -> runtime::Runtime {
    runtime::Builder::new_current_thread().enable_all().build().expect("a runtime")
}
