//! `wardroom healthcheck`: whether a server is ready, for containers and scripts.

use std::time::Duration;

use anyhow::Result;
use clap::Args;
use serde_json::Value;
use tokio::time::timeout;

use super::{
    Ctx,
    api::{Api, DEFAULT_URL, Place, Target, address},
    failure::{Exit, Failure},
    paths,
};

/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(5);

/// Which server.
#[derive(Debug, Args)]
pub(super) struct HealthcheckArgs {
    /// The server [default: the one of the data directory, else the usual address on this machine].
    url: Option<String>,
}

/// Asks; no credential is needed. Whatever is wrong is exit code 1, the only one that containers know.
pub(super) async fn run(ctx: &Ctx, args: HealthcheckArgs) -> Result<()> {
    let socket = paths::socket(&ctx.global);
    let place = match args.url.as_ref().or(ctx.global.server.as_ref()) {
        Some(url) => Place::Url(address(url)?),
        None if socket.exists() => Place::Socket(socket),
        None => Place::Url(DEFAULT_URL.into()),
    };
    let api = Api::new(Target { place, token: None })?;
    match timeout(PATIENCE, api.get::<Value>("/readyz")).await {
        Ok(Ok(answer)) if ctx.out.json => Ok(ctx.out.document(&answer)?),
        Ok(Ok(_)) => Ok(ctx.out.line("ready")?),
        Ok(Err(failure)) => Err(Failure { exit: Exit::Failure, ..failure }.into()),
        Err(_late) => Err(Failure::new(Exit::Failure, "no answer in 5 s").into()),
    }
}
