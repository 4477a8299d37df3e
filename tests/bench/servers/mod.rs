//! Servers: ours and what it is measured against, each in a process of its own.

mod echo;
pub(crate) mod nchan;
mod one_tx;
mod plain_sse;
mod ready;
mod wardroom;

use std::{
    fs,
    io::{self, BufRead, BufReader, Read, Write},
    net::SocketAddr,
    path::Path,
    process::{Child, Command, Stdio},
};

use axum::{Router, serve::ListenerExt};
pub(crate) use ready::ready_after;
use tokio::{net::TcpListener, runtime::Runtime};

/// What a child process is.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Role {
    /// The real server, on a data directory.
    Wardroom,
    /// Answers with what it was sent.
    Echo,
    /// Stores as ours does, in one transaction for each request; on a data directory.
    OneTx,
    /// Streams without a database.
    PlainSse,
}

const ROLES: [(&str, Role); 4] = [
    ("serve-wardroom", Role::Wardroom),
    ("serve-echo", Role::Echo),
    ("serve-one-tx", Role::OneTx),
    ("serve-plain-sse", Role::PlainSse),
];

/// A server that runs.
#[derive(Debug)]
pub(crate) struct Server {
    child: Child,
    pub(crate) address: SocketAddr,
}

/// The role of this name.
pub(crate) fn role(name: &str) -> Option<Role> {
    ROLES.into_iter().find(|(known, _)| *known == name).map(|(_, role)| role)
}

/// Is a server in this role, until whoever started it is gone.
pub(crate) fn be(role: Role, words: &[String]) -> io::Result<()> {
    let log = tracing_subscriber::fmt().with_env_filter("wardroom=info,warn");
    log.with_writer(io::stderr).init();
    let data = words.first().map(Path::new);
    let runtime = Runtime::new()?;
    match (role, data) {
        (Role::Wardroom, Some(data)) => runtime.block_on(wardroom::serve(data)),
        (Role::OneTx, Some(data)) => {
            runtime.block_on(async { serve(one_tx::router(data).await).await })
        }
        (Role::Echo, _) => runtime.block_on(serve(echo::router())),
        (Role::PlainSse, _) => runtime.block_on(serve(plain_sse::router())),
        (_, None) => Err(io::Error::other("this role needs a data directory")),
    }
}

impl Server {
    /// Starts a server and returns once it says where it listens.
    pub(crate) fn start(role: Role, data: Option<&Path>) -> Self {
        let name = ROLES.iter().find(|(_, known)| *known as u8 == role as u8).map_or("", |it| it.0);
        let mut command = Command::new(std::env::current_exe().expect("this program"));
        command.arg(name).args(data).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().expect("a server starts");
        let mut line = String::new();
        let out = child.stdout.take().expect("its output");
        BufReader::new(out).read_line(&mut line).expect("its first line");
        let address = line.trim().parse().expect("the address of the server");
        Self { child, address }
    }

    /// What it holds in memory, in bytes.
    pub(crate) fn resident(&self) -> f64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id()));
        let status = status.expect("the server lives");
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let kib =
            line.and_then(|line| line.trim().trim_end_matches("kB").trim().parse::<f64>().ok());
        kib.expect("what it holds") * 1024.0
    }
}

impl Drop for Server {
    /// It ends in order when its standard input does.
    fn drop(&mut self) {
        drop(self.child.stdin.take());
        drop(self.child.wait());
    }
}

/// Serves until standard input ends. Without `TCP_NODELAY` axum's answers would wait for each other.
async fn serve(router: Router) -> io::Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    say(listener.local_addr()?)?;
    let listener = listener.tap_io(|stream| drop(stream.set_nodelay(true)));
    tokio::select! {
        ended = axum::serve(listener, router).into_future() => ended,
        () = left_alone() => Ok(()),
    }
}

/// Tells whoever started this process where it listens.
fn say(address: SocketAddr) -> io::Result<()> {
    writeln!(io::stdout(), "{address}")
}

/// Resolves when whoever started this process is gone, or wants it to end.
async fn left_alone() {
    let wait = || io::stdin().read(&mut [0]);
    drop(tokio::task::spawn_blocking(wait).await);
}
