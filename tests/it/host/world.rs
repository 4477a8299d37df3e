//! A host in this process, with the agents that tests need, and a folder for all of it.

use std::{collections::BTreeMap, fmt::Write as _, path::PathBuf, time::Duration};

use sha2::{Digest, Sha256};
use tempfile::TempDir;
use tokio::{
    sync::{mpsc, watch},
    task::JoinHandle,
};
use tokio_util::sync::CancellationToken;
use wardroom::{
    Result,
    domain::{AgentSessionId, DispatchId, HostId},
    host::{self, AgentSettings, End, Settings},
    rpc::calls::{Accepted, Open, Opened, Prompt, ServerCall},
};

use super::{
    scripted,
    server::{Peer, Server},
};

/// A host and where it lives.
pub(super) struct World {
    pub(super) home: TempDir,
    pub(super) settings: Settings,
    stop: CancellationToken,
    running: Option<JoinHandle<Result<End>>>,
}

impl World {
    /// A host that is not running yet.
    pub(super) fn new() -> Self {
        let home = TempDir::new().unwrap();
        let work = home.path().join("work");
        std::fs::create_dir(&work).unwrap();
        let settings = Settings {
            host_id: HostId::new(),
            name: "test".to_owned(),
            server: host::Server::Socket(home.path().join("socket")),
            agents: BTreeMap::new(),
            local: true,
            // These stories count the processes that are left.
            keeper: Vec::new(),
            linger: None,
            connected: watch::Sender::new(false),
            ended: mpsc::unbounded_channel().0,
        };
        let world = Self { home, settings, stop: CancellationToken::new(), running: None };
        let state = world.path("state").to_string_lossy().into_owned();
        let receipts = world.receipts().to_string_lossy().into_owned();
        let demo = [env!("CARGO_BIN_EXE_wardroom"), "demo-agent", "--speed", "0", "--state-dir"];
        let demo = demo.into_iter().chain([state.as_str(), "--receipts", receipts.as_str()]);
        world.agent("demo", demo)
    }

    /// Adds an agent.
    pub(super) fn agent<'a>(
        mut self,
        name: &str,
        command: impl IntoIterator<Item = &'a str>,
    ) -> Self {
        let command = command.into_iter().map(str::to_owned).collect();
        let folders = vec![self.path("work")];
        let agent = AgentSettings { command, folders, ..AgentSettings::default() };
        self.settings.agents.insert(name.to_owned(), agent);
        self
    }

    /// Adds an agent that this test binary plays.
    pub(super) fn scripted(self, name: &str) -> Self {
        let program = std::env::current_exe().unwrap();
        let program = program.to_str().unwrap();
        let mut world = self.agent(name, [program].into_iter().chain(scripted::ARGUMENTS));
        let agent = world.settings.agents.get_mut(name).unwrap();
        agent.env.insert(scripted::NAME.to_owned(), name.to_owned());
        world
    }

    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.home.path().join(name)
    }

    /// Where the demo agent notes every prompt that it gets.
    pub(super) fn receipts(&self) -> PathBuf {
        self.path("receipts")
    }

    /// Starts a server at the host's address.
    pub(super) fn server(&self) -> Server {
        Server::start(&self.path("socket"))
    }

    /// Starts the host.
    pub(super) fn start(&mut self) {
        let host = host::run(self.settings.clone(), self.stop.clone());
        self.running = Some(tokio::spawn(host));
    }

    /// Starts a server and the host, and connects them.
    pub(super) async fn connected(&mut self) -> (Server, Peer) {
        let server = self.server();
        self.start();
        let peer = server.host().await;
        (server, peer)
    }

    /// Waits until the host has ended by itself.
    pub(super) async fn ended(&mut self) -> Result<End> {
        self.running.take().unwrap().await.unwrap()
    }

    /// Stops the host, and looks that nothing of it is left.
    pub(super) async fn stop(mut self) {
        self.stop.cancel();
        assert_eq!(self.ended().await.unwrap(), End::Stopped);
        assert_eq!(children(), Vec::<String>::new(), "processes that are left");
    }
}

/// Opens an agent session with a fresh conversation.
pub(super) async fn open(peer: &mut Peer, agent: &str) -> (AgentSessionId, Opened) {
    let id = AgentSessionId::new();
    let opened = peer.call(opening(id, agent)).await.unwrap();
    (id, opened)
}

pub(super) fn opening(agent_session_id: AgentSessionId, agent: &str) -> ServerCall {
    ServerCall::Open(Open { agent_session_id, agent: agent.to_owned(), folder: None, resume: None })
}

/// Prompts an agent.
pub(super) async fn prompt(peer: &mut Peer, agent: AgentSessionId, text: &str) -> DispatchId {
    let dispatch = DispatchId::new();
    let accepted: Accepted = peer.call(prompting(dispatch, agent, text)).await.unwrap();
    assert_eq!(accepted.state, wardroom::rpc::calls::TurnState::Running);
    dispatch
}

pub(super) fn prompting(dispatch: DispatchId, agent: AgentSessionId, text: &str) -> ServerCall {
    let digest =
        Sha256::digest(format!("prompt\n{text}")).iter().fold(String::new(), |mut hex, b| {
            write!(hex, "{b:02x}").unwrap();
            hex
        });
    let text = text.to_owned();
    ServerCall::Prompt(Prompt { dispatch_id: dispatch, agent_session_id: agent, text, digest })
}

/// Lets this much time pass at once, for everything in this process.
pub(super) async fn skip(time: Duration) {
    tokio::time::pause();
    tokio::time::advance(time).await;
    tokio::time::resume();
}

/// The processes that this one has started and that are not gone, zombies included.
pub(super) fn children() -> Vec<String> {
    let me = std::process::id().to_string();
    let stats = std::fs::read_dir("/proc")
        .unwrap()
        .filter_map(|entry| std::fs::read_to_string(entry.ok()?.path().join("stat")).ok());
    stats
        .filter(|stat| {
            let after_name = stat.rsplit_once(')').unwrap().1;
            after_name.split_whitespace().nth(1) == Some(me.as_str())
        })
        .collect()
}
