//! The moments at which stories stop a server: inside a transaction, after a COMMIT that nobody has heard of yet,
//! and when the disk is full.

use std::{
    future::poll_fn,
    sync::{Arc, Condvar, Mutex},
    task::Poll,
    time::Duration,
};

use tokio::{
    sync::{Notify, oneshot},
    time::timeout,
};
use wardroom::store::{Notice, Sink};

use super::World;

/// Far more than anything here takes.
const PATIENCE: Duration = Duration::from_secs(20);

/// Where the writer stops between a COMMIT and the first who hears of it.
#[derive(Clone, Default)]
pub(super) struct Brink(Arc<Shared>);

#[derive(Default)]
struct Shared {
    state: Mutex<State>,
    reached: Notify,
    killed: Condvar,
}

#[derive(Default)]
struct State {
    /// The type of the event at whose COMMIT to stop.
    at: Option<&'static str>,
    killed: bool,
}

impl Brink {
    /// The sink, but for what is told to nobody any more.
    pub(super) fn before(&self, sink: Sink) -> Sink {
        let brink = self.clone();
        Arc::new(move |notices| {
            if brink.passes(&notices) {
                sink(notices);
            }
        })
    }

    /// Blocks the writer's thread if this is where it is to stop. A server that was killed tells nobody anything.
    fn passes(&self, notices: &[Notice]) -> bool {
        let mut state = self.0.state.lock().unwrap();
        if state.at.is_some_and(|at| notices.iter().any(|notice| is_event(notice, at))) {
            self.0.reached.notify_one();
            state = self.0.killed.wait_while(state, |state| !state.killed).unwrap();
        }
        !state.killed
    }

    /// Lets the writer's thread go, with nobody left to hear of anything.
    pub(super) fn kill(&self) {
        self.0.state.lock().unwrap().killed = true;
        self.0.killed.notify_all();
    }
}

fn is_event(notice: &Notice, kind: &str) -> bool {
    let Notice::Frame(_, frame) = notice else { return false };
    let event: serde_json::Value = serde_json::from_slice(frame.json()).unwrap();
    event["type"] == kind
}

/// A transaction that is open, and stays so as long as this lives.
pub(crate) struct Held {
    inside: oneshot::Receiver<()>,
    go_on: oneshot::Sender<()>,
}

impl Held {
    async fn inside(mut self) -> Self {
        timeout(PATIENCE, &mut self.inside).await.expect("the writer is busy").unwrap();
        self
    }

    /// Lets the transaction go on to its COMMIT.
    pub(crate) fn release(self) {
        self.go_on.send(()).expect("it was held too long");
    }
}

impl World {
    /// From now on the server stops after the next COMMIT with such an event, before anybody hears of it.
    pub(crate) fn stop_at(&self, event: &'static str) {
        self.running.brink.0.state.lock().unwrap().at = Some(event);
    }

    /// Waits until the server has stopped there. All that is left to do is to restart it.
    pub(crate) async fn stopped(&self) {
        let reached = self.running.brink.0.reached.notified();
        timeout(PATIENCE, reached).await.expect("that is not reached");
    }

    /// Holds a transaction open: whatever is asked waits behind it.
    pub(crate) async fn hold(&self) -> Held {
        self.queue_hold().await.inside().await
    }

    /// Runs use cases in one transaction, in this order, as if they had come at the same moment, and holds it open.
    pub(crate) async fn hold_after(&self, work: Vec<Work>) -> Held {
        let first = self.hold().await;
        for work in work {
            self.queue(work).await;
        }
        let last = self.queue_hold().await;
        first.release();
        last.inside().await
    }

    async fn queue_hold(&self) -> Held {
        let (entered, inside) = oneshot::channel();
        let (go_on, wait) = oneshot::channel();
        let store = self.store().clone();
        self.queue(Box::pin(async move {
            let unit = store.write(async move |_| {
                entered.send(()).expect("somebody waits for this");
                // Whoever holds it may be gone.
                drop(wait.await);
                Ok(())
            });
            drop(unit.await);
        }))
        .await;
        Held { inside, go_on }
    }

    /// Begins some work now, so that its first unit has its place in the writer's queue.
    pub(crate) async fn queue(&self, mut work: Work) {
        let is_done = poll_fn(|context| Poll::Ready(work.as_mut().poll(context).is_ready())).await;
        if !is_done {
            self.running.spawn(work);
        }
    }

    /// Waits until whoever reads has read, while a transaction is held open.
    pub(crate) async fn readers_are_idle(&self) {
        for _ in 0..10 {
            self.look_around().await;
        }
    }

    /// From now on SQLite finds the disk full before this, such as `insert on approvals`.
    ///
    /// It is SQLite's own error with all that it brings: a table whose numbers have run out gives the same one.
    pub(crate) fn fill_disk(&self, before: &str) {
        for sql in [
            "create table numbers (n integer primary key autoincrement)",
            "insert into numbers values (9223372036854775807)",
            &format!(
                "create trigger disk_full before {before} begin insert into numbers values (null); end"
            ),
        ] {
            self.sql(sql).unwrap();
        }
    }

    /// There is space again.
    pub(crate) fn free_disk(&self) {
        self.sql("drop trigger disk_full").unwrap();
        self.sql("drop table numbers").unwrap();
    }
}

/// Damage to the file itself.
impl World {
    /// From now on SQLite finds the file damaged, whoever reads or writes it.
    pub(crate) fn break_file(&self) {
        let broken =
            "insert into sqlite_schema values ('table', 'broken', 'broken', 0, 'create nonsense')";
        self.edit_schema(broken);
    }

    /// The file is whole again.
    pub(crate) fn mend_file(&self) {
        self.edit_schema("delete from sqlite_schema where name = 'broken'");
    }

    fn edit_schema(&self, sql: &str) {
        let conn = rusqlite::Connection::open(self.file()).unwrap();
        conn.execute_batch("pragma writable_schema = on").unwrap();
        let version: i64 = conn.query_row("pragma schema_version", [], |row| row.get(0)).unwrap();
        conn.execute_batch(&format!("{sql}; pragma schema_version = {}", version + 1)).unwrap();
    }
}

/// Something that is done in the background.
pub(crate) type Work = futures_util::future::BoxFuture<'static, ()>;

/// A use case as [`Work`] whose outcome nobody waits for.
pub(crate) fn work<T>(use_case: impl Future<Output = T> + Send + 'static) -> Work {
    Box::pin(async move { drop(use_case.await) })
}
