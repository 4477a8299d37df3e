//! The promises of the store, on a real file: what is stored together, who is told when, what a bad disk does.

mod disk;
mod errors;
mod groups;
mod queue;
mod reading;
pub(super) mod rules;
mod settings;

use std::{
    path::PathBuf,
    sync::{Arc, Mutex, mpsc},
};

use futures_util::future::BoxFuture;
use rusqlite::{Connection, types::FromSql};
use serde_json::value::RawValue;
use sqlx::sqlite::SqliteConnectOptions;
use tempfile::TempDir;
use tokio::sync::oneshot;

use super::{FILE, Notice, Sink, Store, Tx, connection, migrate};
use crate::{
    domain::{Clock, EventBody, Seq, SessionId, Timestamp},
    error::Result,
};

/// One session, and the rows that it needs.
const ONE_SESSION: &str = "
    insert into users (id, name, created_at) values ('u', 'Hana', '2026-01-01T00:00:00.000Z');
    insert into hosts (id, local, name, version, instance, connected, since, created_at)
        values ('h', 1, 'laptop', '1', 'i', 1, '2026-01-01T00:00:00.000Z', '2026-01-01T00:00:00.000Z');
    insert into agent_sessions (id, host_id, agent, owner_user_id, life, status, channel, created_at, last_activity_at)
        values ('a', 'h', 'claude', 'u', 'active', 'idle', 'api', '2026-01-01T00:00:00.000Z', '2026-01-01T00:00:00.000Z');
    insert into sessions (id, title, host_user_id, agent_session_id, mode, status, created_at, head_chain, floor_chain)
        values ('SESSION', 'One', 'u', 'a', 'prompt_direct', 'active', '2026-01-01T00:00:00.000Z', zeroblob(32), zeroblob(32))";

/// A store of one session, and what its followers were told.
struct Home {
    _dir: TempDir,
    path: PathBuf,
    store: Store,
    session: SessionId,
    told: Arc<Mutex<Vec<Notice>>>,
    /// When set, followers are told no sooner than this door opens.
    telling: Arc<Mutex<Option<Door>>>,
}

impl Home {
    async fn new() -> Self {
        Self::with(|options| options).await
    }

    /// A store whose connections are opened with other options.
    async fn with(change: impl FnOnce(SqliteConnectOptions) -> SqliteConnectOptions) -> Self {
        let dir = TempDir::new().unwrap();
        let (path, session) = (dir.path().join(FILE), SessionId::new());
        migrate(&path).unwrap();
        let conn = Connection::open(&path).unwrap();
        conn.execute_batch(&ONE_SESSION.replace("SESSION", &session.to_string())).unwrap();
        let (told, telling) = (Arc::default(), Arc::default());
        let store = Store::open_with(
            change(connection::options(&path)),
            Clock::manual(Timestamp::from_millis(1_767_225_600_000)),
            sink(&told, &telling),
        );
        let store = store.await.unwrap();
        Self { _dir: dir, path, store, session, told, telling }
    }

    /// A unit that appends an event.
    fn append(&self, n: i64) -> BoxFuture<'static, Result<Seq>> {
        let (store, session) = (self.store.clone(), self.session);
        Box::pin(async move {
            store.write(async move |tx: &mut Tx| tx.append(session, &said(n)).await).await
        })
    }

    /// Makes the writer wait in a unit of its own until the gate opens; what is written meanwhile waits together.
    async fn hold(&self) -> Gate {
        let (mut gate, door) = Gate::new();
        let store = self.store.clone();
        tokio::spawn(async move {
            let unit = store.write(async move |_: &mut Tx| {
                door.wait();
                Ok(())
            });
            unit.await.unwrap();
        });
        gate.reached().await;
        gate
    }

    /// The numbers of the events that followers were told of, in the order in which they were.
    fn told(&self) -> Vec<Seq> {
        let told = self.told.lock().unwrap();
        let frame = |notice: &Notice| match notice {
            Notice::Frame(_, frame) => Some(frame.seq),
            _ => None,
        };
        told.iter().filter_map(frame).collect()
    }

    /// Another connection to the file: it sees what was committed, and no more.
    fn other(&self) -> Connection {
        Connection::open(&self.path).unwrap()
    }

    /// One value, as it was committed.
    fn look<T: FromSql>(&self, sql: &str) -> T {
        self.other().query_row(sql, [], |row| row.get(0)).unwrap()
    }

    /// That what is stored is whole, and was told as it is stored.
    fn check(&self, events: i64) {
        let stored: Vec<Seq> = (1..=events).collect();
        assert_eq!(self.look::<i64>("select count(*) from events"), events);
        assert_eq!(self.look::<i64>("select last_seq from sessions"), events);
        assert_eq!(self.told(), stored, "each once, in order, without holes");
        let chains = super::verify(&self.path).unwrap();
        let chains: Vec<_> = chains.iter().filter(|it| it.invariant.contains("event")).collect();
        assert!(chains.is_empty(), "{chains:?}");
    }
}

fn sink(told: &Arc<Mutex<Vec<Notice>>>, telling: &Arc<Mutex<Option<Door>>>) -> Sink {
    let (told, telling) = (told.clone(), telling.clone());
    Arc::new(move |notices| {
        if let Some(door) = telling.lock().unwrap().take() {
            door.wait();
        }
        told.lock().unwrap().extend(notices);
    })
}

/// An event with a number in it.
fn said(n: i64) -> EventBody {
    EventBody::HostSessionUpdate { notification: RawValue::from_string(n.to_string()).unwrap() }
}

/// Where the writer waits, seen from outside. Opens when it is dropped.
struct Gate {
    reached: Option<oneshot::Receiver<()>>,
    _open: mpsc::Sender<()>,
}

/// The same, seen from the writer's thread.
struct Door {
    reached: oneshot::Sender<()>,
    open: mpsc::Receiver<()>,
}

impl Gate {
    fn new() -> (Self, Door) {
        let (reached, is_reached) = oneshot::channel();
        let (open, is_open) = mpsc::channel();
        (Self { reached: Some(is_reached), _open: open }, Door { reached, open: is_open })
    }

    /// Waits until the writer waits.
    async fn reached(&mut self) {
        self.reached.take().unwrap().await.unwrap();
    }
}

impl Door {
    fn wait(self) {
        self.reached.send(()).unwrap();
        // The other side never sends: it goes away.
        self.open.recv().unwrap_err();
    }
}
