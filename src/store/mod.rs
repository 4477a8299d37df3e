//! Everything that is SQL. No type of sqlx leaves this module.
//!
//! One writer groups units of work ([`Store::write`], [`Tx`]); a small pool reads ([`Store::read`], [`Reads`]).
//! What happens after COMMIT is told to a sink that is given at the start: nothing here knows who listens.

mod actions;
mod agent_sessions;
mod agents;
mod approval_lists;
mod approval_rows;
mod approvals;
#[cfg(feature = "blind-resend")]
mod blind_resend;
mod codec;
mod connection;
mod dispatches;
mod drafts;
mod eager;
mod ends;
mod events;
mod host_events;
mod hosts;
mod idempotency;
mod invites;
mod lives;
mod logins;
mod messages;
mod migrate;
mod participants;
mod rows;
mod session_now;
mod sessions;
#[cfg(test)]
mod tests;
mod tokens;
mod tools;
mod unit;
mod updates;
mod users;
mod verify;
mod waiting;
mod writer;

use std::{collections::HashMap, path::Path, sync::Arc, time::Duration};

pub use agent_sessions::AgentSessionRow;
pub use approval_lists::{ApprovalFilter, Looked};
pub use approvals::{NewApproval, Waiting};
pub use connection::{OpenError, is_lost};
pub use dispatches::DispatchRow;
pub use events::Space;
pub use host_events::{About, HostEventPage};
pub use hosts::HostRow;
pub use idempotency::KeptAnswer;
pub use invites::InviteRow;
pub use lives::Closable;
pub use logins::LoginsOf;
pub use migrate::{MigrateError, migrate, migrate_with};
pub use participants::Seat;
pub use sessions::SessionFilter;
use sqlx::{
    Sqlite, SqliteConnection, SqlitePool, Transaction,
    pool::PoolConnection,
    sqlite::{SqliteConnectOptions, SqlitePoolOptions},
};
pub use tokens::{Credential, SeatOf};
use tokio::sync::{
    mpsc::{self, error::TrySendError},
    oneshot,
};
use unit::{Job, Unit};
pub use unit::{Notice, Tx};
pub use updates::{Taken, UpdateCursor};
pub use verify::{Finding, verify};
use writer::{Control, Writer};

use crate::{
    domain::{Chain, Clock, Seq, SessionId, Timestamp},
    error::{Code, Error, Result},
};

/// The database file in a data directory.
pub const FILE: &str = "wardroom.db";
/// How many units may wait before callers are turned away.
const QUEUE: usize = 1024;
/// How many connections read.
const READERS: u32 = 4;
/// How many events or messages one read transaction gives at most, so that the write-ahead log can be reset. Lists
/// that are longer are read in pages ([`Store::frames`], [`Store::messages`]).
pub const PAGE: i64 = 256;
/// How many bytes of events or messages are read for one page: the one that reaches this is the last on it.
pub const PAGE_BYTES: usize = 1024 * 1024;

/// What is told after each COMMIT, in commit order, before the callers get their answers.
pub type Sink = Arc<dyn Fn(Vec<Notice>) + Send + Sync>;

/// The database. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Store {
    queue: mpsc::Sender<Box<dyn Unit>>,
    writer: Arc<Control>,
    readers: SqlitePool,
    clock: Clock,
}

impl Store {
    /// Opens the database at `path`, which [`migrate()`] has brought up to date, and starts its writer.
    ///
    /// # Errors
    /// See [`OpenError`].
    pub async fn open(path: &Path, clock: Clock, sink: Sink) -> Result<Self, OpenError> {
        Self::open_with(connection::options(path), clock, sink).await
    }

    async fn open_with(
        options: SqliteConnectOptions,
        clock: Clock,
        sink: Sink,
    ) -> Result<Self, OpenError> {
        let (queue, units) = mpsc::channel(QUEUE);
        let writer = Writer::start(options.clone(), units, clock.clone(), sink).await?;
        let readers = SqlitePoolOptions::new()
            .max_connections(READERS)
            .test_before_acquire(false)
            .acquire_timeout(Duration::from_secs(10))
            .connect_with(options.read_only(true))
            .await?;
        Ok(Self { queue, writer, readers, clock })
    }

    /// Runs `work` in the writer, as one unit: all of it is stored, or nothing.
    ///
    /// Resolves after COMMIT, when followers have been told. Once this is first polled the unit has its place in
    /// the queue and runs to its end, even if the caller goes away. An error from `work` undoes this unit and no
    /// other. `work` awaits the [`Tx`] and nothing else: everyone waits for it, and it is cut off when it
    /// takes too long.
    ///
    /// # Errors
    /// What `work` returns; `BUSY` when there is no room or no writer any more, `DISK_FULL`, `INTERNAL`. Then nothing was
    /// stored, unless the disk failed in the COMMIT itself: that may be found stored after all, which is what
    /// idempotency keys are for.
    pub async fn write<T, F>(&self, work: F) -> Result<T>
    where
        F: AsyncFnOnce(&mut Tx) -> Result<T> + Send + 'static,
        T: Send + 'static,
    {
        let (reply, answer) = oneshot::channel();
        self.queue.try_send(Box::new(Job::new(work, reply))).map_err(|refused| {
            let text = match refused {
                TrySendError::Full(_) => Code::Busy.text(),
                TrySendError::Closed(_) => "the server is stopping",
            };
            Error::with(Code::Busy, text).retry_after(1)
        })?;
        answer.await.map_err(Error::internal)?
    }

    /// A connection for reading: each statement sees the newest state.
    pub async fn read(&self) -> Result<Reads> {
        let handle = Handle::Reader(self.readers.acquire().await?);
        Ok(Reads::new(handle, self.now()))
    }

    /// A connection for reading: all statements see the same state. To be dropped soon.
    pub async fn snapshot(&self) -> Result<Reads> {
        let handle = Handle::Snapshot(self.readers.begin().await?);
        Ok(Reads::new(handle, self.now()))
    }

    /// Turns new work away, finishes what is queued and returns when the writer has ended.
    pub async fn close(&self) {
        self.readers.close().await;
        self.writer.stop().await;
    }

    /// Resolves when the writer has ended, by [`close`](Self::close) or because the disk cannot be trusted any more.
    pub async fn ended(&self) {
        self.writer.ended().await;
    }

    /// Whether the writer ended because a flush to the disk failed: what is there cannot be known any more.
    pub fn has_failed(&self) -> bool {
        self.writer.has_failed()
    }

    /// The time, as units get it.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// How many transactions were committed, and how many units were in them.
    pub fn commits(&self) -> (u64, u64) {
        self.writer.commits()
    }
}

/// What can be read; also from within a unit of work, which sees its own changes.
#[derive(Debug)]
pub struct Reads {
    handle: Handle,
    now: Timestamp,
    /// In a unit of work: the newest number and chain of the sessions that its group has appended to.
    heads: HashMap<SessionId, (Seq, Chain)>,
}

#[derive(Debug)]
enum Handle {
    Writer(SqliteConnection),
    Reader(PoolConnection<Sqlite>),
    Snapshot(Transaction<'static, Sqlite>),
}

impl Reads {
    fn new(handle: Handle, now: Timestamp) -> Self {
        Self { handle, now, heads: HashMap::new() }
    }

    /// The time at which everything here is looked at.
    pub fn now(&self) -> Timestamp {
        self.now
    }

    fn conn(&mut self) -> &mut SqliteConnection {
        match &mut self.handle {
            Handle::Writer(conn) => conn,
            Handle::Reader(conn) => conn,
            Handle::Snapshot(transaction) => transaction,
        }
    }
}
