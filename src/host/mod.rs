//! The host process: runs agents, and tells a server what they do.
//!
//! A host is a client twice: of each agent, over the Agent Client Protocol and the pipes of a
//! subprocess, and of the server, over one WebSocket. It outlives the server's restarts: agents work
//! on, their requests wait, and what the server has not acknowledged is sent again, in order, when
//! it is back. It does not outlive itself: agents end with their host.
//!
//! ```text
//! stdout of an agent ─ tap ─┬─ session/update ────────────► post ─ link ─► server
//!                           └─ everything else ─ acp ─ conversation ─┘        │
//!                                                         ▲                   │
//!                              agents ◄─ desk ◄───────────┴── calls, answers ─┘
//! ```
//! - `connection` is the way to the server, `link` one connection over it, `desk` what the server
//!   may ask; `post` holds what is not acknowledged (`outbox`) and the turns that were seen (`turns`).
//! - `agents` finds an agent session, `agent` is its life from `process` to report, `opening` its first
//!   words, `conversation` its turns, `requests` what waits for people, `acp` the protocol,
//!   `ending` what is told of its end.
//! - `tap` reads what an agent writes (`lines`), joins text (`chunks`), cuts what is too large (`fit`),
//!   and remembers tool calls (`tool_calls`); `extension` is what agents can tell beside the protocol.
//!
//! `demo` is beside all of that: an agent, for people to try and for tests to talk to.
//! Nobody decides anything here: requests go to the server, decisions come back.

use std::{collections::BTreeMap, fmt, mem, path::PathBuf, sync::Arc, time::Duration};

use tokio::{
    sync::{mpsc, watch},
    time::{Instant, sleep, timeout},
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::{
    Error, Result,
    domain::{HostId, InstanceId},
    rpc::{
        PROTOCOL_VERSION,
        calls::{AgentOffer, Hello},
    },
};

mod acp;
mod agent;
mod agents;
mod backoff;
mod chunks;
mod connection;
mod conversation;
pub mod demo;
mod desk;
mod ending;
mod extension;
mod failure;
mod fit;
mod folder;
mod keeper;
mod lines;
mod link;
mod opening;
mod outbox;
mod post;
mod process;
mod remembered;
mod requests;
mod stderr;
mod tap;
mod tool_calls;
mod turns;

use agents::Agents;
use backoff::Backoff;
use connection::{Refused, connect};
pub use ending::{AgentEnd, Login};
use keeper::Keeper;
pub use keeper::be_keeper;
use link::Lost;
use post::Post;
pub use remembered::{Remembered, remembered};

/// How long the last reports may take to be acknowledged.
const FAREWELL: Duration = Duration::from_secs(2);

/// What a host needs to know.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Made once, and stored by the caller.
    pub host_id: HostId,
    /// What people call this host, such as the name of the machine.
    pub name: String,
    /// Where the server is.
    pub server: Server,
    /// Whether this is the server's own host, which every account may use.
    pub local: bool,
    /// What can be started here, by name.
    pub agents: BTreeMap<String, AgentSettings>,
    /// The command that runs [`be_keeper`], so that no agent outlives a host that is killed; empty: none.
    pub keeper: Vec<String>,
    /// How long to go on without a server before the agents are ended; `None`: for ever.
    pub linger: Option<Duration>,
    /// Told when a server has said hello, and when it is gone.
    pub connected: watch::Sender<bool>,
    /// Told of each agent that has ended by itself, with what is for nobody but who runs this host.
    pub ended: mpsc::UnboundedSender<AgentEnd>,
}

/// Where a server is.
#[derive(Clone)]
pub enum Server {
    /// The socket in its data directory.
    Socket(PathBuf),
    /// Its address.
    Url {
        /// `http://…` or `https://…`, without a path of ours.
        url: String,
        /// A token of scope `host`; never printed.
        token: String,
    },
}

impl fmt::Debug for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Socket(path) => f.debug_tuple("Socket").field(path).finish(),
            Self::Url { url, .. } => {
                f.debug_struct("Url").field("url", url).finish_non_exhaustive()
            }
        }
    }
}

/// An agent that a host can start.
#[derive(Clone, Default)]
pub struct AgentSettings {
    /// One line about it.
    pub description: String,
    /// The program and its arguments; no shell is between.
    pub command: Vec<String>,
    /// What it sees of the environment besides the few variables that every agent sees.
    pub env: BTreeMap<String, String>,
    /// Folders that it may work in, the default first; empty: a fresh one for each agent session.
    pub folders: Vec<PathBuf>,
    /// The mode that it is put into at the start, by the agent's own id of it; absent: the agent's choice.
    pub mode: Option<String>,
    /// How long it may be idle before the server has it closed; absent: for ever.
    pub idle_timeout: Option<Duration>,
    /// Whether people may not prompt it.
    pub no_human_input: bool,
    /// Whether it never takes an old conversation up again.
    pub never_resume: bool,
}

impl fmt::Debug for AgentSettings {
    /// Says nothing of the environment's values, which may be secrets.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AgentSettings")
            .field("command", &self.command)
            .field("env", &self.env.keys())
            .field("folders", &self.folders)
            .finish_non_exhaustive()
    }
}

/// Why a host has ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// Its `stop` token was cancelled.
    Stopped,
    /// The server told it to end with its agents.
    Told,
    /// It was without a server for as long as it lingers.
    Alone,
}

/// What the tasks of a host share.
struct Host {
    settings: Settings,
    post: Post,
    agents: Arc<Agents>,
    tracker: TaskTracker,
    told: CancellationToken,
}

/// Runs a host until it is stopped, told to end, or alone for too long. Its agents have ended by then.
///
/// # Errors
/// What a server says that does not take this host, such as `UNAUTHENTICATED`.
pub async fn run(settings: Settings, stop: CancellationToken) -> Result<End> {
    let post = Post::new(InstanceId::new());
    let keeper = Keeper::start(&settings.keeper).map_err(Error::internal)?;
    let agents = Agents::new(settings.agents.clone(), post.clone(), keeper, settings.ended.clone());
    let (tracker, told) = (TaskTracker::new(), CancellationToken::new());
    let host = Arc::new(Host { settings, post, agents, tracker, told });
    let end = tokio::select! {
        end = host.stay_connected() => end,
        () = host.farewell(&stop) => Ok(End::Stopped),
        () = host.farewell(&host.told) => Ok(End::Told),
    };
    host.settings.connected.send_replace(false);
    host.agents.end().await;
    host.tracker.close();
    host.tracker.wait().await;
    end
}

impl Host {
    /// Connects again and again.
    async fn stay_connected(self: &Arc<Self>) -> Result<End> {
        let connected = &self.settings.connected;
        let mut backoff = Backoff::new();
        let mut alone_since = Instant::now();
        let mut is_told = false;
        loop {
            match connect(&self.settings.server).await {
                Ok(socket) => {
                    is_told = false;
                    let lost = link::hold(self, socket, || {
                        connected.send_replace(true);
                    });
                    match lost.await {
                        Lost::Broken(why) => tracing::info!(why, "the connection is lost"),
                        Lost::Refused(error) => return Err(error),
                    }
                    if connected.send_replace(false) {
                        backoff.reset();
                        alone_since = Instant::now();
                    }
                }
                // Once for each absence: a mistyped address is worth a word, and a night without a server is not many.
                Err(Refused::Now(error)) if !mem::replace(&mut is_told, true) => {
                    tracing::info!(error = &*error as &dyn std::error::Error, "there is no server");
                }
                Err(Refused::Now(error)) => tracing::debug!(error, "there is no server"),
                Err(Refused::Forever(error)) => return Err(error),
            }
            let wait = backoff.next();
            if let Some(linger) = self.settings.linger
                && alone_since.elapsed() + wait >= linger
            {
                sleep(linger.saturating_sub(alone_since.elapsed())).await;
                return Ok(End::Alone);
            }
            sleep(wait).await;
        }
    }

    /// Ends the agents at a signal, and sees to it that the server learns how.
    async fn farewell(&self, signal: &CancellationToken) {
        signal.cancelled().await;
        self.agents.end().await;
        if *self.settings.connected.borrow() && timeout(FAREWELL, self.post.idle()).await.is_err() {
            tracing::warn!("the server did not acknowledge everything");
        }
    }

    fn hello(&self) -> Hello {
        let agents = self.settings.agents.iter().map(|(name, agent)| AgentOffer {
            name: name.clone(),
            description: agent.description.clone(),
            folders: agent.folders.iter().map(|f| f.to_string_lossy().into_owned()).collect(),
            idle_timeout_ms: agent
                .idle_timeout
                .map(|it| u64::try_from(it.as_millis()).unwrap_or(u64::MAX)),
            allow_human_input: !agent.no_human_input,
        });
        Hello {
            protocol_version: PROTOCOL_VERSION,
            host_id: self.settings.host_id,
            instance: self.post.instance(),
            name: self.settings.name.clone(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            local: self.settings.local,
            agents: agents.collect(),
            open: self.post.open_work(self.agents.alive()),
        }
    }
}
