//! An agent's process: what it inherits, how it is ended, and that nothing of it stays behind.
//!
//! It leads a process group of its own, sees only the environment of [`environment`] and has no
//! descriptors but its three pipes. When the host itself is killed, its agents see the end of their
//! stdin; for those that ignore it there is the `keeper`. Descriptors that were left open for the
//! host by whoever started it are open for its agents: closing them needs code in the forked child.

use std::{
    collections::BTreeMap,
    ffi::OsString,
    io,
    path::Path,
    process::{ExitStatus, Stdio},
    time::Duration,
};

use rustix::process::{Pid, Signal, kill_process_group};
use tokio::{
    process::{Child, ChildStdin, ChildStdout, Command},
    time::timeout,
};

use super::{
    keeper::{Keeper, Kept},
    stderr::Stderr,
};

/// How long a process may take to end by itself once its stdin is closed, and again once it was told.
const GRACE: Duration = Duration::from_secs(5);

/// The variables that an agent inherits, besides `LC_*` and `XDG_*`.
const INHERITED: [&str; 9] =
    ["PATH", "HOME", "USER", "LOGNAME", "SHELL", "LANG", "TERM", "TMPDIR", "TZ"];

/// A running agent.
pub(super) struct Process {
    child: Child,
    group: Option<Pid>,
    kept: Option<Kept>,
    stderr: Stderr,
}

impl Process {
    /// Starts `command` in `folder`. The pipes are returned beside it: closing stdin asks it to end.
    pub(super) fn start(
        name: &str,
        command: &[String],
        env: &BTreeMap<String, String>,
        folder: &Path,
        keeper: &Keeper,
    ) -> io::Result<(Self, ChildStdin, ChildStdout)> {
        let (program, arguments) = command.split_first().ok_or(io::ErrorKind::InvalidInput)?;
        let mut child = Command::new(program)
            .args(arguments)
            .env_clear()
            .envs(environment(std::env::vars_os()))
            .envs(env)
            .current_dir(folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .process_group(0)
            .kill_on_drop(true)
            .spawn()?;
        let group = child.id().and_then(|id| i32::try_from(id).ok()).and_then(Pid::from_raw);
        let kept = group.map(|group| keeper.keep(group));
        let pipes = (child.stdin.take(), child.stdout.take(), child.stderr.take());
        let (Some(stdin), Some(stdout), Some(stderr)) = pipes else {
            return Err(io::ErrorKind::BrokenPipe.into());
        };
        let stderr = Stderr::read(name.to_owned(), stderr);
        Ok((Self { child, group, kept, stderr }, stdin, stdout))
    }

    /// Waits until the process has ended. What is left of its group is killed: the program that was
    /// started may be a wrapper around the one that does the work.
    pub(super) async fn ended(&mut self) -> Option<ExitStatus> {
        let status = self.child.wait().await.ok();
        self.signal(Signal::KILL);
        self.group = None;
        self.kept = None;
        status
    }

    /// Ends the process, whose stdin must be closed already: TERM after 5 s, KILL after 10 s.
    pub(super) async fn stop(&mut self) -> Option<ExitStatus> {
        if let Ok(status) = timeout(GRACE, self.ended()).await {
            return status;
        }
        self.signal(Signal::TERM);
        if let Ok(status) = timeout(GRACE, self.ended()).await {
            return status;
        }
        self.kill().await
    }

    /// Ends the process and its group at once.
    pub(super) async fn kill(&mut self) -> Option<ExitStatus> {
        self.signal(Signal::KILL);
        self.ended().await
    }

    /// The end of what it wrote to stderr, once it has ended.
    pub(super) async fn stderr(&mut self) -> String {
        self.stderr.tail().await
    }

    fn signal(&self, signal: Signal) {
        if let Some(group) = self.group
            && let Err(error) = kill_process_group(group, signal)
            && error != rustix::io::Errno::SRCH
        {
            tracing::warn!(%error, "an agent's process group cannot be signalled");
        }
    }
}

/// What an agent may know of the host's environment.
fn environment(
    all: impl Iterator<Item = (OsString, OsString)>,
) -> impl Iterator<Item = (OsString, OsString)> {
    all.filter(|(name, _)| {
        name.to_str().is_some_and(|name| {
            INHERITED.contains(&name) || name.starts_with("LC_") || name.starts_with("XDG_")
        })
    })
}

#[cfg(test)]
mod tests;
