//! The one writer: takes what is waiting, runs it in one transaction, and only then tells anyone.
//!
//! It has a thread and a runtime of its own. Units are made there and never leave, so their futures
//! need not be `Send`, and a busy server does not delay the database.

use std::{
    fmt,
    panic::AssertUnwindSafe,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering::Relaxed},
    },
    thread,
    time::Duration,
};

use futures_util::FutureExt;
use sqlx::sqlite::SqliteConnectOptions;
use tokio::{
    runtime,
    sync::{Notify, mpsc, watch},
    task::unconstrained,
    time::timeout,
};

use super::{
    Sink,
    connection::{self, Lost, OpenError},
    eager::eager,
    unit::{Notice, Outcome, Tx, Unit},
};
use crate::domain::Clock;

/// How many units share one transaction at most: bounds what one bad disk write can take with it.
const GROUP: usize = 64;
/// How long a unit may take: one that waits for anything but its [`Tx`] would stop everyone.
const LIMIT: Duration = Duration::from_secs(10);

// Two statements in one text are one trip to SQLite's thread.
const BEGIN: &str = "begin immediate; savepoint unit";
const NEXT: &str = "release unit; savepoint unit";
const UNDO: &str = "rollback to unit";

pub(super) struct Writer {
    options: SqliteConnectOptions,
    queue: mpsc::Receiver<Box<dyn Unit>>,
    /// Empty after an error that makes the connection doubtful; the next group opens a new one.
    tx: Option<Tx>,
    clock: Clock,
    sink: Sink,
    control: Arc<Control>,
}

/// What others may know of the writer and ask of it.
pub(super) struct Control {
    stop: Notify,
    ended: watch::Receiver<()>,
    failed: AtomicBool,
    commits: AtomicU64,
    units: AtomicU64,
}

impl Control {
    /// Closes the queue and waits until what is in it has been done.
    pub(super) async fn stop(&self) {
        self.stop.notify_one();
        self.ended().await;
    }

    pub(super) async fn ended(&self) {
        // An error means that the sender is gone, and with it the writer: this is the news.
        drop(self.ended.clone().changed().await);
    }

    pub(super) fn has_failed(&self) -> bool {
        self.failed.load(Relaxed)
    }

    pub(super) fn commits(&self) -> (u64, u64) {
        (self.commits.load(Relaxed), self.units.load(Relaxed))
    }
}

impl fmt::Debug for Control {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Control").field("commits", &self.commits).finish_non_exhaustive()
    }
}

impl Writer {
    /// Opens the database and starts the writer's thread, which ends with the last sender of `queue`.
    pub(super) async fn start(
        options: SqliteConnectOptions,
        queue: mpsc::Receiver<Box<dyn Unit>>,
        clock: Clock,
        sink: Sink,
    ) -> Result<Arc<Control>, OpenError> {
        let (alive, ended) = watch::channel(());
        let control = Arc::new(Control {
            stop: Notify::new(),
            ended,
            failed: AtomicBool::new(false),
            commits: AtomicU64::new(0),
            units: AtomicU64::new(0),
        });
        let tx = Some(connection::open(&options).await?);
        let writer = Self { options, queue, tx, clock, sink, control: control.clone() };
        let runtime = runtime::Builder::new_current_thread()
            .enable_time()
            .build()
            .map_err(|error| OpenError::Failed(error.to_string()))?;
        thread::Builder::new()
            .name("writer".into())
            .spawn(move || {
                runtime.block_on(writer.run());
                drop(alive);
            })
            .map_err(|error| OpenError::Failed(error.to_string()))?;
        Ok(control)
    }

    async fn run(mut self) {
        let control = self.control.clone();
        let mut group = Vec::with_capacity(GROUP);
        loop {
            tokio::select! {
                // A stopped writer must not take new groups by chance.
                biased;
                () = control.stop.notified() => self.queue.close(),
                // Whatever is there, and never a wait for more.
                n = self.queue.recv_many(&mut group, GROUP) => {
                    if n == 0 { break }
                    self.settle(&mut group).await;
                    if control.has_failed() { break }
                }
            }
        }
        self.disconnect().await;
    }

    /// Runs a group, then tells: followers first, so that a caller who looks sees its own event there.
    async fn settle(&mut self, group: &mut Vec<Box<dyn Unit>>) {
        // Polled in a loop, the timeouts inside would eat tokio's budget and then never sleep: unconstrained.
        let fate = match eager(unconstrained(self.commit(group))).await {
            Ok(notices) => {
                self.control.commits.fetch_add(1, Relaxed);
                self.control.units.fetch_add(group.len() as u64, Relaxed);
                if !notices.is_empty() {
                    (self.sink)(notices);
                }
                Ok(())
            }
            Err(why) => {
                tracing::error!(%why, units = group.len(), "a group of units is lost");
                if why == Lost::FlushFailed {
                    self.control.failed.store(true, Relaxed);
                }
                self.disconnect().await;
                // A COMMIT that failed may yet be found on the disk: let everyone look.
                (self.sink)(vec![Notice::Doubt, Notice::Access, Notice::Dispatch]);
                Err(why)
            }
        };
        for unit in group.drain(..) {
            unit.answer(fate);
        }
    }

    /// One transaction, one savepoint for each unit. On an error nothing of it counts.
    ///
    /// Plain statements instead of [`sqlx::Transaction`]: its depth counter is what a full disk breaks.
    async fn commit(&mut self, group: &mut [Box<dyn Unit>]) -> Result<Vec<Notice>, Lost> {
        let tx = match &mut self.tx {
            Some(tx) => tx,
            none => none.insert(connection::open(&self.options).await?),
        };
        let mut boundary = BEGIN;
        for unit in group {
            tx.execute(boundary).await?;
            boundary = NEXT;
            tx.reads.now = self.clock.now();
            let (told, said, appended) = (tx.notices.len(), tx.messages.len(), tx.events.len());
            let work = timeout(LIMIT, unit.run(tx));
            match AssertUnwindSafe(work).catch_unwind().await {
                Ok(Ok(Outcome::Keep)) => {}
                Ok(Ok(Outcome::Lost(why))) => return Err(why),
                Ok(Ok(Outcome::Undo) | Err(_)) | Err(_) => {
                    tx.execute(UNDO).await?;
                    tx.notices.truncate(told);
                    tx.messages.truncate(said);
                    tx.forget_events(appended);
                }
            }
        }
        tx.commit().await
    }

    /// Closes the connection; what it had begun is rolled back.
    async fn disconnect(&mut self) {
        if let Some(tx) = self.tx.take()
            && let Err(error) = tx.close().await
        {
            tracing::warn!(%error, "the writing connection did not close cleanly");
        }
    }
}
