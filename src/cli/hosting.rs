//! Running a host in this process: which one it is, where it connects, and until when.

use std::{
    collections::BTreeMap,
    fs, io,
    path::{Path, PathBuf},
    time::Duration,
};

use anyhow::{Context, Result};
use tokio::{
    sync::{mpsc, watch},
    task::JoinHandle,
    time::timeout,
};
use tokio_util::sync::CancellationToken;

use super::{
    api::{Place, Target},
    credentials,
    failure::{Exit, Failure},
    paths,
};
use crate::{
    Code, Error,
    domain::HostId,
    host::{self, AgentEnd, AgentSettings, End, Server, Settings},
    lock::{DataLock, LockError},
};

/// How long a server may take to say hello.
const HELLO: Duration = Duration::from_secs(15);
/// How many hosts of one person may run side by side on this machine.
const SLOTS: u32 = 64;

/// Which host this is: an id that outlives the process, and that no other process has at the same time.
pub(super) struct Identity {
    /// The id.
    pub(super) id: HostId,
    _lock: DataLock,
}

impl Identity {
    /// The host that keeps its id and its lock in these files.
    ///
    /// # Errors
    /// [`LockError::Held`] when another process is this host.
    pub(super) fn take(id: &Path, lock: &Path) -> Result<Self> {
        let lock = DataLock::take(lock)?;
        Ok(Self { id: read_or_make(id)?, _lock: lock })
    }

    /// A host of this person at `place`: the first that no other process is.
    ///
    /// # Errors
    /// When the files cannot be written, or too many run already.
    pub(super) fn own(place: &Place) -> Result<Self> {
        let dir = paths::config_dir().join("hosts").join(folder(place));
        credentials::make_dir(&dir)?;
        for slot in 1..=SLOTS {
            let (id, lock) = (dir.join(format!("{slot}.id")), dir.join(format!("{slot}.lock")));
            match DataLock::take(&lock) {
                Ok(lock) => return Ok(Self { id: read_or_make(&id)?, _lock: lock }),
                Err(LockError::Held(_)) => {}
                Err(LockError::Io(error)) => return Err(error.into()),
            }
        }
        let text = format!("{SLOTS} hosts of yours run on this machine already");
        Err(Failure::new(Exit::Failure, text).into())
    }
}

/// A host that runs in this process.
pub(super) struct Running {
    connected: watch::Receiver<bool>,
    /// What was said last: it begins without a server.
    was_connected: bool,
    ended: mpsc::UnboundedReceiver<AgentEnd>,
    stop: CancellationToken,
    task: JoinHandle<crate::Result<End>>,
}

/// What becomes of a host.
#[derive(Debug, Clone)]
pub(super) enum News {
    /// A server has said hello.
    Connected,
    /// The server is gone; the agents work on.
    Away,
    /// One of its agents has ended by itself.
    AgentEnded(AgentEnd),
    /// It has ended, and its agents with it.
    Ended(End),
}

/// Starts a host; the server's own, which every account may use, if `local` says how long it goes on without its server.
///
/// # Errors
/// Exit code 4 where a token is needed and none is known.
pub(super) fn start(
    identity: &Identity,
    target: &Target,
    name: Option<String>,
    agents: BTreeMap<String, AgentSettings>,
    local: Option<Duration>,
) -> Result<Running, Failure> {
    let (connected, seen) = watch::channel(false);
    let (tell, ended) = mpsc::unbounded_channel();
    let settings = Settings {
        host_id: identity.id,
        name: name.unwrap_or_else(machine),
        server: server(target)?,
        local: local.is_some(),
        keeper: keeper()?,
        agents,
        linger: local,
        connected,
        ended: tell,
    };
    let stop = CancellationToken::new();
    let task = tokio::spawn(host::run(settings, stop.clone()));
    Ok(Running { connected: seen, was_connected: false, ended, stop, task })
}

/// This program, as the keeper of a host.
pub(super) fn keeper() -> Result<Vec<String>, Failure> {
    let program =
        std::env::current_exe().map_err(|error| Failure::new(Exit::Failure, error.to_string()))?;
    Ok(vec![program.display().to_string(), "host-keeper".to_owned()])
}

impl Running {
    /// What becomes of it next. Safe to drop and call again, until it has ended.
    ///
    /// # Errors
    /// What the server says that does not take this host.
    pub(super) async fn news(&mut self) -> Result<News> {
        loop {
            tokio::select! {
                Ok(()) = self.connected.changed() => {
                    let is_connected = *self.connected.borrow_and_update();
                    // The end of a host is not the absence of its server.
                    if self.stop.is_cancelled() || is_connected == self.was_connected {
                        continue;
                    }
                    self.was_connected = is_connected;
                    return Ok(if is_connected { News::Connected } else { News::Away });
                }
                Some(end) = self.ended.recv() => return Ok(News::AgentEnded(end)),
                end = &mut self.task => {
                    let end = end.context("the host was cut off")?.map_err(refused)?;
                    return Ok(News::Ended(end));
                }
            }
        }
    }

    /// Waits until a server has said hello.
    ///
    /// # Errors
    /// What the server says, or that it says nothing.
    pub(super) async fn hello(&mut self, target: &Target) -> Result<()> {
        match timeout(HELLO, self.news()).await {
            Ok(Ok(News::Connected)) => Ok(()),
            Ok(Err(error)) => Err(error),
            Ok(Ok(_)) | Err(_) => {
                let text = format!("{} did not say hello to the host", target.place);
                Err(Failure::new(Exit::Unreachable, text).into())
            }
        }
    }

    /// The newest end of an agent that was not told yet.
    pub(super) fn agent_end(&mut self) -> Option<AgentEnd> {
        let mut last = None;
        while let Ok(end) = self.ended.try_recv() {
            last = Some(end);
        }
        last
    }

    /// Tells it to end; [`news`](Self::news) says when it has.
    pub(super) fn stop(&self) {
        self.stop.cancel();
    }
}

fn server(target: &Target) -> Result<Server, Failure> {
    match (&target.place, &target.token) {
        (Place::Socket(path), _) => Ok(Server::Socket(path.clone())),
        (Place::Url(url), Some(token)) => {
            Ok(Server::Url { url: url.clone(), token: token.expose().to_owned() })
        }
        (Place::Url(url), None) => {
            Err(Failure::new(Exit::Denied, format!("nobody is logged in to {url}"))
                .hint(format!("wardroom login {url}")))
        }
    }
}

/// Why a server does not take a host, with the cure.
fn refused(error: Error) -> Failure {
    let failure = Failure::from(error);
    if failure.is(Code::Unauthenticated) && failure.hint.is_none() {
        let cure = "log in: wardroom login URL · or give a token: --token-file, WARDROOM_TOKEN";
        return failure.hint(cure);
    }
    failure
}

/// What this machine is called.
fn machine() -> String {
    rustix::system::uname().nodename().to_string_lossy().into_owned()
}

fn folder(place: &Place) -> PathBuf {
    let text = match place {
        Place::Socket(path) => path.to_string_lossy().into_owned(),
        Place::Url(url) => url.clone(),
    };
    let plain = |c: char| if c.is_ascii_alphanumeric() || c == '.' || c == '-' { c } else { '_' };
    text.chars().map(plain).collect::<String>().into()
}

fn read_or_make(path: &Path) -> Result<HostId> {
    match fs::read_to_string(path) {
        Ok(text) => text.trim().parse().with_context(|| format!("{} holds no id", path.display())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let id = HostId::new();
            credentials::write(path, format!("{id}\n").as_bytes())?;
            Ok(id)
        }
        Err(error) => Err(error).with_context(|| format!("cannot read {}", path.display())),
    }
}
