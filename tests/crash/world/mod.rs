//! A data directory, the server on it, and every process that came of it. All of it ends with the value.

pub(crate) mod api;
pub(crate) mod process;

use std::{
    fs::File,
    net::TcpListener,
    path::{Path, PathBuf},
    process::{Child, Command, ExitStatus, Stdio},
    time::{Duration, Instant},
};

use api::{Api, Call};
use process::Process;
use rustix::process::{Pid, Signal, kill_process, set_child_subreaper};
use tempfile::TempDir;
use tokio::{sync::watch, time::sleep};
use wardroom::{config, store};

/// How long a server may take until it is ready.
const START: Duration = Duration::from_secs(30);

/// A world to be destroyed.
pub(crate) struct World {
    dir: TempDir,
    program: PathBuf,
    /// Where the server listens: anywhere, unless hosts must find it again.
    listen: String,
    server: Option<Child>,
    host: Option<Child>,
    address: watch::Sender<Option<String>>,
}

impl World {
    /// A new directory; nothing runs yet.
    pub(crate) fn new() -> Self {
        Self::with(Path::new(env!("CARGO_BIN_EXE_wardroom")))
    }

    /// The same for another build of the program.
    pub(crate) fn with(program: &Path) -> Self {
        // Hosts and agents whose parents were killed become our children: none gets lost.
        set_child_subreaper(Some(rustix::process::getpid())).expect("orphans come to us");
        let dir = tempfile::Builder::new().prefix("wr-crash-").tempdir().expect("a directory");
        std::fs::create_dir(dir.path().join("tmp")).expect("a directory for agents");
        let address = watch::Sender::new(None);
        let (program, listen) = (program.to_owned(), "127.0.0.1:0".to_owned());
        Self { dir, program, listen, server: None, host: None, address }
    }

    /// A server that listens at the same address each time: below the ports that connections are given.
    pub(crate) fn at_one_address() -> Self {
        let is_free = |port: &u16| TcpListener::bind(("127.0.0.1", *port)).is_ok();
        let first = 20_000 + u16::try_from(std::process::id() % 10_000).expect("it is small");
        let port = (first..first + 1000).find(is_free).expect("a port");
        let mut world = Self::new();
        world.listen = format!("127.0.0.1:{port}");
        world
    }

    /// Where the server listens, or will when it is started again.
    pub(crate) fn listen(&self) -> &str {
        &self.listen
    }

    /// A path in the data directory.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join("data").join(name)
    }

    /// The database.
    pub(crate) fn database(&self) -> PathBuf {
        self.path(store::FILE)
    }

    /// What the agents wrote down the moment they were prompted.
    pub(crate) fn receipts(&self) -> PathBuf {
        self.dir.path().join("receipts")
    }

    /// A folder of its own for what a process of this world keeps.
    pub(crate) fn home(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    /// The folder with the folders that agents work in.
    pub(crate) fn folders(&self) -> PathBuf {
        self.dir.path().join("tmp")
    }

    /// The way to the server over the network, wherever it listens at the time.
    pub(crate) fn api(&self) -> Api {
        Api::network(self.address.subscribe())
    }

    /// The way to it as the person at this machine.
    pub(crate) fn local(&self) -> Api {
        Api::local(&self.path(config::SOCKET))
    }

    /// The program on this data directory, for a command of the caller's.
    pub(crate) fn command(&self) -> Command {
        let mut command = Command::new(&self.program);
        command.arg("--data-dir").arg(self.path("")).stdin(Stdio::null());
        command.stdout(self.log()).stderr(self.log());
        command.env("WARDROOM_DEMO_RECEIPTS", self.receipts()).env("WARDROOM_DEMO_SPEED", "60");
        // The load sends as fast as it can.
        command.env("WARDROOM_LIMITS_PROMPTS_A_MINUTE", "0");
        command.env("TMPDIR", self.folders()).env("XDG_STATE_HOME", self.folders());
        if std::env::var_os("WARDROOM_LOG_LEVEL").is_none() {
            command.env("WARDROOM_LOG_LEVEL", "wardroom=warn");
        }
        command
    }

    fn log(&self) -> File {
        let path = self.dir.path().join("log");
        File::options().create(true).append(true).open(path).expect("the log opens")
    }

    /// Starts the server and returns once it answers.
    pub(crate) async fn start(&mut self) {
        let listen = ["serve", "--listen", &self.listen];
        self.server = Some(self.command().args(listen).spawn().expect("the server starts"));
        let url = self.ready().await;
        self.address.send_replace(Some(url));
    }

    async fn ready(&mut self) -> String {
        let (api, begun) = (self.local(), Instant::now());
        loop {
            let server = self.server.as_mut().expect("a server was started");
            if let Some(status) = server.try_wait().expect("its status can be asked for") {
                panic!("the server ended at its start: {status}\n{}", self.last_words());
            }
            if let Ok(answer) = api.once(&Call::get("/readyz", "")).await
                && answer.status == 200
                && let Ok(version) = api.once(&Call::get("/api/version", "")).await
            {
                return version.text("/baseUrl");
            }
            assert!(begun.elapsed() < START, "no server in {START:?}\n{}", self.last_words());
            sleep(Duration::from_millis(3)).await;
        }
    }

    /// SIGKILL for the server.
    pub(crate) fn kill_server(&mut self) {
        self.address.send_replace(None);
        let mut server = self.server.take().expect("a server runs");
        server.kill().expect("it can be killed");
        server.wait().expect("it has ended");
    }

    /// SIGTERM for the server; how it ended, and after what time.
    pub(crate) async fn stop_server(&mut self) -> (ExitStatus, Duration) {
        let (mut server, begun) = (self.server.take().expect("a server runs"), Instant::now());
        let pid = Pid::from_child(&server);
        kill_process(pid, Signal::TERM).expect("it can be told to stop");
        loop {
            if let Some(status) = server.try_wait().expect("its status can be asked for") {
                self.address.send_replace(None);
                return (status, begun.elapsed());
            }
            assert!(begun.elapsed() < START, "it does not stop\n{}", self.last_words());
            sleep(Duration::from_millis(5)).await;
        }
    }

    /// The local host that runs, if one does.
    pub(crate) fn local_host(&self) -> Option<Process> {
        Process::of_lock(&self.path(config::HOST_LOCK))
    }

    /// Starts a local host without a server.
    pub(crate) fn start_host(&mut self) {
        let host = self.command().args(["host", "--local"]).spawn();
        self.host = Some(host.expect("a host starts"));
    }

    /// SIGKILL for the local host; its agents, which must end by themselves.
    pub(crate) fn kill_host(&mut self) -> Option<Vec<Process>> {
        let host = self.local_host()?;
        let agents = host.children();
        host.kill();
        if let Some(mut child) = self.host.take() {
            drop(child.kill());
            drop(child.wait());
        }
        Some(agents)
    }

    /// Waits until the local host has said hello to this server.
    pub(crate) async fn host_connected(&self) {
        let (api, begun) = (self.local(), Instant::now());
        let call = Call::get("/api/hosts", "");
        loop {
            if let Ok(answer) = api.once(&call).await
                && answer.list("/hosts").iter().any(|host| host["connected"] == true)
            {
                return;
            }
            assert!(begun.elapsed() < START, "no host in {START:?}\n{}", self.last_words());
            sleep(Duration::from_millis(5)).await;
        }
    }

    /// The ends of the logs.
    pub(crate) fn last_words(&self) -> String {
        let end = |path: PathBuf| {
            let text = std::fs::read_to_string(path).unwrap_or_default();
            let lines: Vec<&str> = text.lines().rev().take(20).collect();
            lines.into_iter().rev().fold(String::new(), |all, line| all + line + "\n")
        };
        format!(
            "server:\n{}host:\n{}",
            end(self.dir.path().join("log")),
            end(self.path("host.log"))
        )
    }

    /// Keeps the directory, for whoever wants to know what happened in it.
    fn keep(&mut self) {
        self.dir.disable_cleanup(true);
        eprintln!("kept: {}\n{}", self.dir.path().display(), self.last_words());
    }
}

impl Drop for World {
    fn drop(&mut self) {
        for mut child in self.server.take().into_iter().chain(self.host.take()) {
            drop(child.kill());
            drop(child.wait());
        }
        let mark = format!("WARDROOM_DEMO_RECEIPTS={}", self.receipts().display());
        let begun = Instant::now();
        loop {
            let left = Process::all_with(&mark);
            for process in &left {
                process.kill();
            }
            if left.is_empty() || begun.elapsed() > Duration::from_secs(5) {
                break;
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        if std::thread::panicking() || crate::settings::setting("KEEP", 0) == 1 {
            self.keep();
        }
    }
}
