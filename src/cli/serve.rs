//! `wardroom serve`: the server, in this process.

use std::{net::SocketAddr, path::PathBuf, time::Duration};

use clap::Args;
use tokio::{
    signal::unix::{Signal, SignalKind, signal},
    time::sleep,
};

use tokio_util::sync::CancellationToken;

use super::first_admin::FirstAdmin;
use crate::{
    config::{Config, Values},
    domain::Clock,
    server::{Server, StartError},
};

/// How long a terminal waits for a second Ctrl-C before the agents are left alone.
const SECOND_CTRL_C: Duration = Duration::from_secs(3);

/// Options of `serve`. Those with a key in the configuration have its variable too.
#[derive(Debug, Clone, Default, Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is an option of its own")]
#[expect(clippy::doc_markdown, reason = "this is the help that people read")]
pub struct ServeArgs {
    /// Listen here; may be given several times [default: 127.0.0.1:7717] [env: WARDROOM_LISTEN].
    #[arg(long, value_name = "ADDRESS:PORT", value_delimiter = ',')]
    pub listen: Vec<SocketAddr>,
    /// Where people reach this server, when it is not the address it listens at [env: WARDROOM_BASE_URL].
    #[arg(long, value_name = "URL")]
    pub base_url: Option<String>,
    /// Answer to this name too; may be given several times [env: WARDROOM_ALLOWED_HOSTS].
    #[arg(long = "allowed-host", value_name = "NAME", value_delimiter = ',')]
    pub allowed_hosts: Vec<String>,
    /// Believe this proxy about addresses; may be given several times [env: WARDROOM_TRUSTED_PROXIES].
    #[arg(long = "trusted-proxy", value_name = "ADDRESS", value_delimiter = ',')]
    pub trusted_proxies: Vec<String>,
    /// Let the local network in, without TLS [env: WARDROOM_LAN].
    #[arg(long)]
    pub lan: bool,
    /// Listen beyond this machine without TLS: something in front of it sees to that [env: WARDROOM_INSECURE].
    #[arg(long)]
    pub insecure: bool,
    /// Run no agents on this machine.
    #[arg(long, env = "WARDROOM_NO_LOCAL_HOST")]
    pub no_local_host: bool,
    /// Open no page in the browser.
    #[arg(long, env = "WARDROOM_NO_OPEN")]
    pub no_open: bool,
}

impl ServeArgs {
    /// Lays these options over what files and the environment say.
    pub fn lay_over(&self, values: &mut Values) {
        if !self.listen.is_empty() {
            let listen: Vec<_> = self.listen.iter().map(ToString::to_string).collect();
            values.flag("listen", "--listen", listen);
        }
        if let Some(url) = &self.base_url {
            values.flag("base_url", "--base-url", url.as_str());
        }
        if !self.allowed_hosts.is_empty() {
            values.flag("allowed_hosts", "--allowed-host", self.allowed_hosts.clone());
        }
        if !self.trusted_proxies.is_empty() {
            values.flag("trusted_proxies", "--trusted-proxy", self.trusted_proxies.clone());
        }
        for (is_given, key, flag) in
            [(self.lan, "lan", "--lan"), (self.insecure, "insecure", "--insecure")]
        {
            if is_given {
                values.flag(key, flag, true);
            }
        }
    }
}

/// Serves until a signal, or until it cannot go on. `admin` becomes the first one where there is none; `ready` is told when the doors are open, `alone` when agents are
/// about to go on without the server.
///
/// # Errors
/// See [`StartError`]; its exit code says what happened.
pub async fn run(
    config: Config,
    admin: Option<FirstAdmin>,
    ready: impl AsyncFnOnce(Ready),
    alone: impl FnOnce(),
) -> Result<(), StartError> {
    // From the first moment on: who is told to stop while it starts stops as well as later.
    let failed = |_| StartError::TaskEnded("the signal handler");
    let mut terminate = signal(SignalKind::terminate()).map_err(failed)?;
    let mut interrupt = signal(SignalKind::interrupt()).map_err(failed)?;
    let is_new = !config.data_dir.join(crate::store::FILE).exists();
    let data_dir = config.data_dir.clone();
    let server = Server::start(config, Clock::System).await?;
    if let Some(FirstAdmin { name, password }) = admin {
        server.set_up(&name, password).await?;
    }
    let setup = server.setup_secret().await.map_err(StartError::Store)?;
    let url = server.url.clone();
    let setup_link = setup.map(|secret| format!("{url}/setup#{}", secret.expose()));
    let addresses = server.addresses.clone();
    let ready = ready(Ready { url, addresses, setup_link, data_dir, is_new });
    tokio::pin!(ready);
    let mut is_ready = false;
    let interrupted = loop {
        tokio::select! {
            () = &mut ready, if !is_ready => is_ready = true,
            _ = terminate.recv() => break false,
            _ = interrupt.recv() => break true,
            why = server.failed() => return Err(why),
        }
    };
    if interrupted {
        end_agents_on_second(&server, &mut interrupt, alone).await;
    }
    // Whoever says it again does not want to wait for the slow.
    let hurry = CancellationToken::new();
    let stopping = server.stop_or_hurry(&hurry);
    tokio::pin!(stopping);
    loop {
        tokio::select! {
            () = &mut stopping => return Ok(()),
            _ = terminate.recv() => hurry.cancel(),
            _ = interrupt.recv() => hurry.cancel(),
        }
    }
}

/// A server whose doors are open.
#[derive(Debug, Clone)]
pub struct Ready {
    /// Where people reach it.
    pub url: String,
    /// Where it listens.
    pub addresses: Vec<SocketAddr>,
    /// The one-time link for the first admin, while there is none.
    pub setup_link: Option<String>,
    /// Where everything durable is.
    pub data_dir: PathBuf,
    /// Whether the database was made just now.
    pub is_new: bool,
}

/// Agents that work go on without the server; a second Ctrl-C ends them too.
async fn end_agents_on_second(server: &Server, interrupt: &mut Signal, alone: impl FnOnce()) {
    if !server.app.has_open_agents().await {
        server.app.end_local_host().await;
        return;
    }
    alone();
    tokio::select! {
        _ = interrupt.recv() => server.app.end_local_host().await,
        () = sleep(SECOND_CTRL_C) => {}
    }
}
