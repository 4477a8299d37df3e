//! The `wardroom` program: reads the command line, runs one command, and ends with its exit code.

use std::{
    io::{self, IsTerminal},
    process::ExitCode,
};

use tokio::runtime::Runtime;
use tracing_subscriber::EnvFilter;
use wardroom::{cli::Cli, crash};

fn main() -> anyhow::Result<ExitCode> {
    let cli = Cli::read();
    let crash = crash::hook(cli.crash_dir());
    let filter = EnvFilter::try_from_env("WARDROOM_LOG");
    let filter = filter.unwrap_or_else(|_| EnvFilter::new(cli.log_level()));
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(io::stderr);
    log.with_ansi(io::stderr().is_terminal()).init();
    let runtime = Runtime::new()?;
    let end = crash.guard(|| runtime.block_on(cli.run()));
    runtime.shutdown_background(); // a read of stdin may never return
    Ok(end)
}
