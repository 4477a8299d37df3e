//! The keeper: a small process beside the host that ends its agents when the host itself is killed.
//!
//! Most agents end when their stdin does; some do not, and an agent must not go on working for nobody. The host tells
//! its keeper the process group of each agent; when the host is gone, however it went, the pipe between them ends,
//! and the keeper kills the groups that are left.

use std::{
    collections::HashSet,
    io::{self, BufRead, Write},
    os::unix::process::CommandExt,
    process::{Child, ChildStdin, Command, Stdio},
    sync::{Arc, Mutex, PoisonError},
};

use rustix::process::{Pid, Signal, kill_process_group};

/// The way to the keeper. Cheap to clone; the keeper ends with the last clone.
#[derive(Clone, Default)]
pub(super) struct Keeper(Option<Arc<Mutex<Running>>>);

struct Running {
    child: Child,
    stdin: Option<ChildStdin>,
}

/// A process group that is killed with the host; forgotten when dropped.
pub(super) struct Kept {
    keeper: Keeper,
    group: Pid,
}

impl Keeper {
    /// Starts a keeper by this command; without one, agents are trusted to end by themselves.
    pub(super) fn start(command: &[String]) -> io::Result<Self> {
        let Some((program, arguments)) = command.split_first() else { return Ok(Self::default()) };
        let mut child = Command::new(program)
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            // What is meant for the host is not meant for the keeper.
            .process_group(0)
            .spawn()?;
        let stdin = child.stdin.take();
        Ok(Self(Some(Arc::new(Mutex::new(Running { child, stdin })))))
    }

    /// Sees to it that this process group does not outlive the host.
    pub(super) fn keep(&self, group: Pid) -> Kept {
        self.tell('+', group);
        Kept { keeper: self.clone(), group }
    }

    fn tell(&self, what: char, group: Pid) {
        let Some(running) = &self.0 else { return };
        let mut running = running.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(stdin) = &mut running.stdin else { return };
        if let Err(error) = writeln!(stdin, "{what}{}", group.as_raw_pid()) {
            tracing::error!(%error, "the keeper is gone: a killed host may leave agents behind");
            running.stdin = None;
        }
    }
}

impl Drop for Kept {
    fn drop(&mut self) {
        self.keeper.tell('-', self.group);
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.stdin = None;
        if let Err(error) = self.child.wait() {
            tracing::debug!(%error, "the keeper had ended already");
        }
    }
}

/// Is the keeper: what `wardroom host-keeper` does. Returns when the host is gone and its agents are ended.
///
/// # Errors
/// When the pipe from the host cannot be read.
pub fn be_keeper() -> io::Result<()> {
    let mut groups = HashSet::new();
    for line in io::stdin().lock().lines() {
        let line = line?;
        let group = line.get(1..).and_then(|pid| pid.parse().ok()).and_then(Pid::from_raw);
        match (line.as_bytes().first(), group) {
            (Some(b'+'), Some(group)) => _ = groups.insert(group),
            (Some(b'-'), Some(group)) => _ = groups.remove(&group),
            _ => {}
        }
    }
    for group in groups {
        // It may have ended by itself.
        kill_process_group(group, Signal::KILL).ok();
    }
    Ok(())
}
