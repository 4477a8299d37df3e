//! A server in this process over a real database file, and the people and hosts around it.
//!
//! The clock stands still until a story moves it. [`World::restart`] is what `kill -9` and a new start do.

mod answer;
mod asks;
mod caller;
mod contract;
mod follower;
mod frames;
mod host;
mod mask;
mod moments;
mod pipe;
mod room;
mod running;
mod secrets;
mod transcript;
mod turns;

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use tempfile::TempDir;
use wardroom::{
    app::App,
    domain::{Clock, Timestamp},
    live::Limits,
    store::{self, Store},
};

pub(crate) use self::{
    answer::Answer,
    asks::{letter, permission, question},
    caller::{Caller, ORIGIN},
    contract::{Contract, escaped},
    follower::Follower,
    host::Machine,
    mask::masked,
    moments::{Work, work},
    room::Room,
    secrets::secrets,
    turns::{running, states},
};
use self::{pipe::Pipe, running::Running};

/// When every story begins: 2026-01-01.
const BEGINNING: i64 = 1_767_225_600_000;

/// How many rounds nothing may happen in before it counts as quiet.
const CALM: u32 = 5;

/// A server, its file and its clock.
pub(crate) struct World {
    home: TempDir,
    clock: Clock,
    settings: wardroom::app::Settings,
    limits: Limits,
    starts: u32,
    running: Running,
    /// Set the server up; may read everything.
    pub(crate) ada: Caller,
}

impl World {
    /// A server that Ada has set up.
    pub(crate) async fn new() -> Self {
        Self::with(wardroom::app::Settings::default(), Limits::default()).await
    }

    /// A server with other settings that Ada has set up.
    pub(crate) async fn with(settings: wardroom::app::Settings, limits: Limits) -> Self {
        Self::untouched(settings, limits).await.set_up().await
    }

    /// The same whose file lies in memory where there is such a place, for stories that begin very often.
    pub(crate) async fn in_memory(settings: wardroom::app::Settings, limits: Limits) -> Self {
        let memory = Path::new("/dev/shm");
        let home = if memory.is_dir() { TempDir::new_in(memory) } else { TempDir::new() };
        Self::at(home.unwrap(), settings, limits).await.set_up().await
    }

    async fn set_up(self) -> Self {
        let mut world = self;
        let secret = world.app().make_setup_link().await.unwrap();
        let body = serde_json::json!({"secret": secret.expose(), "name": "Ada"});
        let answer = world.post(&Caller::Nobody, "/api/setup", body).await;
        let cookie = answer.cookie().expect("setup signs in");
        let body = serde_json::json!({"scope": "full", "name": "for stories"});
        let token = world.post(&cookie, "/api/tokens", body).await.ok(201);
        world.ada = Caller::token(&token["secret"]);
        world
    }

    /// A server that nobody has set up.
    pub(crate) async fn untouched(settings: wardroom::app::Settings, limits: Limits) -> Self {
        Self::at(TempDir::new().unwrap(), settings, limits).await
    }

    async fn at(home: TempDir, settings: wardroom::app::Settings, limits: Limits) -> Self {
        let clock = Clock::manual(Timestamp::from_millis(BEGINNING));
        let path = home.path().join("1");
        std::fs::create_dir(&path).unwrap();
        let running = Running::start(&path, clock.clone(), &settings, limits).await;
        Self { home, clock, settings, limits, starts: 1, running, ada: Caller::Nobody }
    }

    /// A server on a copy of an old file, at the time of its newest event. Whoever asks does so over the socket.
    pub(crate) async fn of_file(file: &Path) -> Self {
        let (settings, limits) = (wardroom::app::Settings::default(), Limits::default());
        let home = TempDir::new().unwrap();
        let path = home.path().join("1");
        std::fs::create_dir(&path).unwrap();
        std::fs::copy(file, path.join(store::FILE)).unwrap();
        let conn = rusqlite::Connection::open(path.join(store::FILE)).unwrap();
        let newest =
            conn.query_row("select max(at) from events", [], |row| row.get::<_, String>(0));
        drop(conn);
        let clock = Clock::manual(newest.unwrap().parse().unwrap());
        let running = Running::start(&path, clock.clone(), &settings, limits).await;
        Self { home, clock, settings, limits, starts: 1, running, ada: Caller::Local }
    }

    /// What the public document promises.
    pub(crate) async fn contract(&self) -> &'static Contract {
        contract::contract(&self.running.router).await
    }

    /// The use cases.
    pub(crate) fn app(&self) -> &App {
        &self.running.app
    }

    /// Opens a door for processes that are not ours; its address.
    pub(crate) async fn listen(&self) -> String {
        format!("http://{}", self.running.listen().await)
    }

    /// The database.
    pub(crate) fn store(&self) -> &Store {
        &self.running.store
    }

    /// The database file.
    pub(crate) fn file(&self) -> PathBuf {
        self.home.path().join(self.starts.to_string()).join(store::FILE)
    }

    /// The clock, for stories in which it goes wrong.
    pub(crate) fn clock(&self) -> &Clock {
        &self.clock
    }

    /// Lets time pass, and everything that comes with it.
    pub(crate) async fn pass(&self, time: Duration) {
        self.settle().await;
        self.clock.advance(time);
        self.sweep().await;
    }

    /// Ends what is overdue, as the sweeper does.
    pub(crate) async fn sweep(&self) {
        self.app().sweep().await.unwrap();
        self.settle().await;
    }

    /// Runs background work until nothing more happens by itself.
    ///
    /// Each round waits for every reader and for a place in the writer's queue, which is behind all that others read
    /// and write at that moment. Quiet is when nobody wrote anything for some rounds.
    pub(crate) async fn settle(&self) {
        let store = self.store();
        let (mut calm, mut units) = (0, store.commits().1);
        while calm < CALM {
            self.look_around().await;
            let written = store.write(async |_| Ok(())).await;
            let others = store.commits().1 - units - u64::from(written.is_ok());
            calm = if others == 0 { calm + 1 } else { 0 };
            units = store.commits().1;
        }
    }

    /// Lets everybody go on who can, and waits for every reader.
    async fn look_around(&self) {
        for _ in 0..100 {
            tokio::task::yield_now().await;
        }
        let store = self.store();
        drop(tokio::join!(store.read(), store.read(), store.read(), store.read()));
    }

    /// Stops the server in order: streams end, what waits is written, the log is folded into the file.
    pub(crate) async fn stop(&self) {
        self.running.stop.cancel();
        self.settle().await;
        self.app().note_stop().await.unwrap();
        self.store().close().await;
    }

    /// Asks what is open to end, as the beginning of a stop does.
    pub(crate) fn stop_streams(&self) {
        self.running.stop.cancel();
    }

    /// Kills the server and starts another on what the file system has at this moment.
    pub(crate) async fn restart(&mut self) {
        let from = self.file();
        self.starts += 1;
        let to = self.file();
        std::fs::create_dir(to.parent().unwrap()).unwrap();
        for suffix in ["", "-wal"] {
            let with = |path: &PathBuf| PathBuf::from(format!("{}{suffix}", path.display()));
            if with(&from).exists() {
                std::fs::copy(with(&from), with(&to)).unwrap();
            }
        }
        self.running.kill();
        let path = to.parent().unwrap();
        self.running = Running::start(path, self.clock.clone(), &self.settings, self.limits).await;
    }

    /// That nothing in the file is as it must not be.
    pub(crate) async fn verify(&self) {
        self.settle().await;
        assert_eq!(store::verify(&self.file()).unwrap(), []);
    }

    /// Runs SQL on the file by hand, as somebody could who has it.
    pub(crate) fn sql(&self, sql: &str) -> rusqlite::Result<usize> {
        let conn = rusqlite::Connection::open(self.file())?;
        conn.pragma_update(None, "foreign_keys", true)?;
        conn.execute(sql, [])
    }

    /// Runs several statements by hand.
    pub(crate) fn script(&self, sql: &str) {
        let conn = rusqlite::Connection::open(self.file()).unwrap();
        conn.pragma_update(None, "foreign_keys", true).unwrap();
        conn.execute_batch(sql).unwrap();
    }

    /// One value from the file.
    pub(crate) fn look<T: rusqlite::types::FromSql>(&self, sql: &str) -> T {
        let conn = rusqlite::Connection::open(self.file()).unwrap();
        conn.query_row(sql, [], |row| row.get(0)).unwrap()
    }
}
