//! `wardroom serve`: the server, in this process.

use std::{net::SocketAddr, path::PathBuf, time::Duration};

use clap::Args;
use tokio::{
    signal::unix::{Signal, SignalKind, signal},
    time::sleep,
};

use crate::{
    config::{Config, ConfigError, DEFAULT_LISTEN, File},
    domain::Clock,
    live::Limits,
    server::{Server, StartError},
};

/// How long a terminal waits for a second Ctrl-C before the agents are left alone.
const SECOND_CTRL_C: Duration = Duration::from_secs(3);

/// Options of `serve`.
#[derive(Debug, Clone, Default, Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is an option of its own")]
pub struct ServeArgs {
    /// Listen here; may be given several times [default: 127.0.0.1:7717].
    #[arg(long, value_name = "ADDRESS:PORT", env = "WARDROOM_LISTEN", value_delimiter = ',')]
    pub listen: Vec<SocketAddr>,
    /// Where people reach this server, when it is not the address it listens at.
    #[arg(long, value_name = "URL", env = "WARDROOM_BASE_URL")]
    pub base_url: Option<String>,
    /// Answer to this name too; may be given several times.
    #[arg(
        long = "allowed-host",
        value_name = "NAME",
        env = "WARDROOM_ALLOWED_HOSTS",
        value_delimiter = ','
    )]
    pub allowed_hosts: Vec<String>,
    /// Let the local network in, without TLS.
    #[arg(long, env = "WARDROOM_LAN")]
    pub lan: bool,
    /// Listen beyond this machine without TLS: something in front of it sees to that.
    #[arg(long, env = "WARDROOM_INSECURE")]
    pub insecure: bool,
    /// Run no agents on this machine.
    #[arg(long, env = "WARDROOM_NO_LOCAL_HOST")]
    pub no_local_host: bool,
    /// Open no page in the browser.
    #[arg(long, env = "WARDROOM_NO_OPEN")]
    pub no_open: bool,
}

impl ServeArgs {
    /// What these options, and the configuration file under them, come to.
    ///
    /// # Errors
    /// What is wrong with the file.
    pub fn config(self, data_dir: PathBuf, file: Option<PathBuf>) -> Result<Config, ConfigError> {
        let known = match &file {
            Some(path) => File::read(path)?,
            None => File::default(),
        };
        let mut listen = if self.listen.is_empty() { known.listen } else { self.listen };
        if listen.is_empty() {
            listen.extend(DEFAULT_LISTEN.parse::<SocketAddr>());
        }
        if self.lan {
            for address in &mut listen {
                address.set_ip([0, 0, 0, 0].into());
            }
        }
        let mut allowed_hosts = self.allowed_hosts;
        allowed_hosts.extend(known.allowed_hosts);
        Ok(Config {
            data_dir,
            listen,
            base_url: self.base_url.or(known.base_url),
            allowed_hosts,
            lan: self.lan,
            insecure: self.insecure,
            file,
            local_host: !self.no_local_host,
            streams: Limits::default(),
            sessions: known.sessions,
        })
    }
}

/// Serves until a signal, or until it cannot go on. `ready` is told when the doors are open, `alone` when agents are
/// about to go on without the server.
///
/// # Errors
/// See [`StartError`]; its exit code says what happened.
pub async fn run(
    config: Config,
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
    server.stop().await;
    Ok(())
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
