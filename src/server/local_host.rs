//! The local host: a process of its own that runs agents and outlives the server.

use std::{fs::File, process::Stdio, time::Duration};

use tokio::{process::Command, time::sleep};
use tokio_util::sync::CancellationToken;

use crate::{
    config::{Config, HOST_LOCK},
    lock::DataLock,
};

/// How long to wait before a host that ended is started again.
const PAUSE: Duration = Duration::from_secs(1);
/// How often to look for a host that an earlier server started.
const LOOK: Duration = Duration::from_secs(2);

/// Sees to it that a local host runs, until `stop`; then it is left alone.
pub(super) async fn keep(config: &Config, stop: &CancellationToken) {
    let lock = config.data_dir.join(HOST_LOCK);
    loop {
        let pause = if DataLock::is_held(&lock) {
            LOOK
        } else {
            match start(config) {
                // Its end is awaited, so that it leaves no zombie; ours does not end it.
                Ok(mut child) => match stop.run_until_cancelled(child.wait()).await {
                    None => return,
                    Some(ended) => {
                        tracing::warn!(?ended, "the local host has ended; it is started again");
                        PAUSE
                    }
                },
                Err(error) => {
                    tracing::error!(%error, "the local host does not start");
                    PAUSE * 10
                }
            }
        };
        if stop.run_until_cancelled(sleep(pause)).await.is_none() {
            return;
        }
    }
}

fn start(config: &Config) -> std::io::Result<tokio::process::Child> {
    let log = File::options().create(true).append(true).open(config.data_dir.join("host.log"))?;
    let mut command = Command::new(std::env::current_exe()?);
    command.arg("--data-dir").arg(&config.data_dir);
    if let Some(file) = &config.file {
        command.arg("--config").arg(file);
    }
    command.args(["host", "--local"]).stdin(Stdio::null()).stdout(Stdio::null()).stderr(log);
    // It makes a session of its own, so that Ctrl-C at the server does not reach it.
    command.spawn()
}
