//! The `wardroom` program: reads the command line, runs one command, and ends with its exit code.

use std::{
    io::{self, IsTerminal},
    process::ExitCode,
};

use tokio::runtime::Runtime;
use tracing_subscriber::EnvFilter;
use wardroom::{
    cli::{Cli, LogFormat},
    crash,
};

fn main() -> anyhow::Result<ExitCode> {
    let cli = Cli::read();
    let crash = crash::hook(cli.crash_dir());
    start_log(&cli);
    let runtime = Runtime::new()?;
    let end = crash.guard(|| runtime.block_on(cli.run()));
    runtime.shutdown_background(); // a read of stdin may never return
    Ok(end)
}

/// On stderr: what a command prints is on stdout, and never mixed with it.
fn start_log(cli: &Cli) {
    let (format, level) = cli.log();
    let filter = EnvFilter::try_new(&level).unwrap_or_else(|_| EnvFilter::new("warn"));
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(io::stderr);
    let is_terminal = io::stderr().is_terminal();
    let is_json = match format {
        LogFormat::Auto => !is_terminal,
        LogFormat::Text => false,
        LogFormat::Json => true,
    };
    if is_json {
        log.json().flatten_event(true).with_current_span(false).init();
    } else {
        log.with_ansi(is_terminal).init();
    }
}
