//! The composition root: what is started in which order, and stopped in which.

mod accept;
mod local_host;
mod room;

use std::{
    io,
    net::SocketAddr,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use tokio::{
    net::{TcpListener, UnixListener},
    time::timeout,
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use self::{accept::Doors, room::Room};
use crate::{
    app::{App, Browser, Settings, Wake},
    config::{self, Config, ConfigError},
    domain::{Clock, Password, Secret},
    error::Error,
    http::{self, Web},
    live::Live,
    lock::{DataLock, LockError},
    store::{self, MigrateError, Notice, OpenError, Sink, Store},
};

/// How long streams and requests may take to end.
const DRAIN: Duration = Duration::from_secs(10);

/// Why a server did not start, or did not go on.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// Another server has the data directory.
    #[error("another server holds {path}: {holder}", path = .0.display(), holder = .1)]
    Held(PathBuf, String),
    /// The configuration cannot be served.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The database cannot be brought up to date.
    #[error("the database cannot be used: {0}")]
    Migrate(#[from] MigrateError),
    /// An address cannot be listened at.
    #[error("cannot listen at {0}: {1}")]
    Listen(String, io::Error),
    /// The data directory cannot be used.
    #[error("{path}: {source}", path = .0.display(), source = .1)]
    DataDir(PathBuf, io::Error),
    /// The database cannot be opened, or not as durability needs it.
    #[error("the database cannot be opened: {0}")]
    Open(#[from] OpenError),
    /// The database cannot be read or written.
    #[error("the database cannot be used: {0}")]
    Store(#[source] Error),
    /// The admin that the environment names cannot be made.
    #[error("the first admin cannot be made: {0}")]
    FirstAdmin(#[source] Error),
    /// A flush to the disk failed: what is there cannot be known any more.
    #[error("the disk failed while the database was written")]
    StorageFailed,
    /// A task of the server ended that must not end.
    #[error("{0} has ended, and the server with it")]
    TaskEnded(&'static str),
}

impl StartError {
    /// The exit code that says it.
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::Held(..) => 75,
            Self::Config(_)
            | Self::FirstAdmin(_)
            | Self::Migrate(MigrateError::TooNew { .. })
            | Self::Open(OpenError::Unsafe(_)) => 78,
            Self::StorageFailed => 70,
            Self::Migrate(_) | Self::Open(_) | Self::Store(_) => 74,
            Self::Listen(..) | Self::DataDir(..) | Self::TaskEnded(_) => 1,
        }
    }
}

/// A server that answers.
#[derive(Debug)]
pub struct Server {
    /// The addresses that it listens at.
    pub addresses: Vec<SocketAddr>,
    /// Where people reach it.
    pub url: String,
    /// The use cases, for those who run it in their own process.
    pub app: App,
    store: Store,
    background: TaskTracker,
    connections: TaskTracker,
    /// Cancelled first: nothing new, streams end.
    soft: CancellationToken,
    /// Cancelled then: background work ends.
    hard: CancellationToken,
    socket: PathBuf,
    _lock: DataLock,
}

impl Server {
    /// Starts a server: lock, schema, store, recovery, background work, and only then the doors.
    ///
    /// # Errors
    /// See [`StartError`].
    pub async fn start(config: Config, clock: Clock) -> Result<Self, StartError> {
        config.check()?;
        make_data_dir(&config.data_dir)?;
        let lock = take_lock(&config.data_dir)?;
        let file = config.data_dir.join(store::FILE);
        let migrated = tokio::task::spawn_blocking({
            let file = file.clone();
            move || store::migrate(&file)
        });
        migrated.await.map_err(|_died| StartError::TaskEnded("the migration"))??;
        let (live, wake) = (Live::new(config.streams), Wake::default());
        let store = Store::open(&file, clock, sink(live.clone(), wake.clone())).await?;
        let local_name = std::env::var("USER").unwrap_or_else(|_| "admin".into());
        let settings = settings(&config, local_name);
        let app = App::new(store.clone(), live, settings, wake);
        app.recover().await.map_err(StartError::Store)?;

        let listeners = listen(&config.listen)?;
        let addresses = bound(&listeners)?;
        let socket = config.data_dir.join(config::SOCKET);
        let local = listen_local(&socket)?;
        let url = config.url(&addresses);
        let (soft, hard) = (CancellationToken::new(), CancellationToken::new());
        let (background, connections) = (TaskTracker::new(), TaskTracker::new());
        let web = Web {
            app: app.clone(),
            settings: Arc::new(http::Settings {
                base_url: url.clone(),
                allowed_hosts: config.hosts(&addresses),
                trusted_proxies: config.trusted_proxies.clone(),
                body_arrival: config.connections.body,
                stream_life: config.stream_life,
            }),
            limits: Arc::new(http::Limits::new(http::Failures {
                joins_of_address: config.rates.failed_joins_of_address,
                joins_of_session: config.rates.failed_joins_of_session,
                logins: config.rates.failed_logins,
            })),
            stop: soft.clone(),
            tasks: background.clone(),
        };
        background.spawn({
            let (app, hard, tasks) = (app.clone(), hard.clone(), background.clone());
            async move { app.run_dispatcher(hard, tasks).await }
        });
        background.spawn({
            let (app, hard) = (app.clone(), hard.clone());
            async move { app.run_sweeper(hard).await }
        });
        let router = http::router(web);
        let doors = Doors {
            room: Room::new(
                config.connections.all,
                config.connections.of_address,
                config.trusted_proxies.clone(),
            ),
            headers: config.connections.headers,
            stop: soft.clone(),
            connections: connections.clone(),
        };
        for listener in listeners {
            background.spawn(accept::tcp(listener, router.clone(), doors.clone()));
        }
        background.spawn(accept::local(local, router, doors));
        if config.local_host {
            let (soft, config) = (soft.clone(), config.clone());
            background.spawn(async move { local_host::keep(&config, &soft).await });
        }
        Ok(Self {
            addresses,
            url,
            app,
            store,
            background,
            connections,
            soft,
            hard,
            socket,
            _lock: lock,
        })
    }

    /// A one-time link for the first admin, if nobody has set this server up.
    ///
    /// # Errors
    /// What the store says.
    pub async fn setup_secret(&self) -> Result<Option<Secret>, Error> {
        if self.app.is_set_up().await? {
            return Ok(None);
        }
        self.app.make_setup_link().await.map(Some)
    }

    /// Makes the first admin, who signs in by a password, if nobody has set this server up.
    ///
    /// # Errors
    /// [`StartError::FirstAdmin`] for a name or a password that nobody may have.
    pub async fn set_up(&self, name: &str, password: Password) -> Result<(), StartError> {
        let set_up = async {
            let Some(secret) = self.setup_secret().await? else { return Ok(()) };
            let nobody = Browser { device: None, former: None };
            let signed_in = self.app.setup(&secret, name, Some(password), nobody).await?;
            // No browser has asked: what it was given is worth nothing from here on.
            let caller = self.app.authenticate(&signed_in.cookie).await?;
            self.app.logout(&caller).await
        };
        set_up.await.map_err(StartError::FirstAdmin)
    }

    /// Resolves when the server cannot go on, with the reason.
    pub async fn failed(&self) -> StartError {
        self.store.ended().await;
        if self.store.has_failed() {
            StartError::StorageFailed
        } else {
            StartError::TaskEnded("the writer")
        }
    }

    /// Stops in order: no new connections, streams end, what is queued is written, the log is folded into the file.
    pub async fn stop(self) {
        self.stop_or_hurry(&CancellationToken::new()).await;
    }

    /// The same; once `hurry` is cancelled nobody is waited for any more. What is written stays written.
    pub async fn stop_or_hurry(self, hurry: &CancellationToken) {
        self.soft.cancel();
        drain(&self.connections, "connections", hurry).await;
        self.hard.cancel();
        drain(&self.background, "tasks", hurry).await;
        if let Err(error) = self.app.note_stop().await {
            tracing::warn!(%error, "the end of this run was not noted");
        }
        self.store.close().await;
        if let Err(error) = std::fs::remove_file(&self.socket) {
            tracing::debug!(%error, "the socket was gone already");
        }
    }
}

/// Waits for the end of what is tracked, for as long as that may take.
async fn drain(tasks: &TaskTracker, what: &str, hurry: &CancellationToken) {
    tasks.close();
    let ended = hurry.run_until_cancelled(timeout(DRAIN, tasks.wait())).await;
    match ended {
        Some(Ok(())) => {}
        Some(Err(_late)) => tracing::warn!(left = tasks.len(), "some {what} did not end in time"),
        None => tracing::warn!(left = tasks.len(), "told twice to stop: no {what} are waited for"),
    }
}

/// Tells whoever wants to know, after COMMIT and in commit order.
pub fn sink(live: Live, wake: Wake) -> Sink {
    Arc::new(move |notices| {
        let mut access = false;
        for notice in notices {
            match notice {
                Notice::Frame(session, frame) => live.send(session, frame),
                Notice::HostFrame(frame) => live.send_host_event(frame),
                Notice::Dispatch => wake.dispatcher.notify_one(),
                Notice::Deadline(_) => wake.sweeper.notify_one(),
                Notice::Resolved(approval) => live.resolved(approval),
                Notice::Access => access = true,
                Notice::Unshared => live.unshared_changed(),
                Notice::Doubt => live.hang_up(),
            }
        }
        if access {
            live.access_changed();
        }
    })
}

/// What the use cases need of the configuration.
fn settings(config: &Config, local_name: String) -> Settings {
    let (Config { sessions, rates, hosts, .. }, standard) = (config, Settings::default());
    Settings {
        endless_sessions: sessions.endless,
        session_minutes: sessions.minutes,
        local_grace: config.local_grace,
        remote_grace: config.remote_grace,
        turn_limit: config.turn_limit,
        pending_of_author: rates.pending_of_author.into(),
        pending_of_session: rates.pending_of_session.into(),
        pending_of_program: rates.pending_of_program.into(),
        prompts_a_minute: rates.prompts,
        participants_of_session: sessions.participants.into(),
        host_event_days: hosts.event_days,
        host_events: hosts.events.into(),
        agent_starts: if hosts.agent_starts == 0 {
            standard.agent_starts
        } else {
            hosts.agent_starts
        },
        tool_calls: hosts.tool_calls.max(1),
        local_name,
    }
}

fn make_data_dir(path: &Path) -> Result<(), StartError> {
    let failed = |error| StartError::DataDir(path.to_owned(), error);
    let is_new = !path.exists();
    std::fs::create_dir_all(path).map_err(failed)?;
    if is_new {
        let private = std::fs::Permissions::from_mode(0o700);
        std::fs::set_permissions(path, private).map_err(failed)?;
    }
    Ok(())
}

fn take_lock(data_dir: &Path) -> Result<DataLock, StartError> {
    DataLock::take(&data_dir.join(config::LOCK)).map_err(|error| match error {
        LockError::Held(holder) => StartError::Held(data_dir.to_owned(), holder),
        LockError::Io(error) => StartError::DataDir(data_dir.to_owned(), error),
    })
}

fn listen(addresses: &[SocketAddr]) -> Result<Vec<TcpListener>, StartError> {
    let mut listeners = Vec::with_capacity(addresses.len());
    for address in addresses {
        let listener = accept::bind(*address);
        listeners.push(listener.map_err(|error| StartError::Listen(address.to_string(), error))?);
    }
    Ok(listeners)
}

fn bound(listeners: &[TcpListener]) -> Result<Vec<SocketAddr>, StartError> {
    let address = |it: &TcpListener| it.local_addr();
    let addresses: Result<_, _> = listeners.iter().map(address).collect();
    addresses.map_err(|error| StartError::Listen("an address".into(), error))
}

/// The lock on the data directory is ours, so a socket that is there is nobody's.
fn listen_local(path: &Path) -> Result<UnixListener, StartError> {
    let failed = |error| StartError::Listen(path.display().to_string(), error);
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(failed(error)),
        _ => {}
    }
    let listener = UnixListener::bind(path).map_err(failed)?;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600)).map_err(failed)?;
    Ok(listener)
}
