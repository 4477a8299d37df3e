//! Processes by their ids, as `/proc` shows them. Only those are ever killed that this program or its children started.

use std::{fs, path::Path};

use rustix::process::{Pid, Signal, WaitOptions, kill_process, waitpid};

/// A process: its id, and when it started, so that another one which got the same id is not taken for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Process {
    pub(crate) pid: i32,
    started: u64,
}

impl Process {
    /// The process with this id, unless it has ended.
    pub(crate) fn of(pid: i32) -> Option<Self> {
        let stat = Stat::of(pid)?;
        (!stat.has_ended).then_some(Self { pid, started: stat.started })
    }

    /// The process that holds a lock file, by what is written in it.
    pub(crate) fn of_lock(path: &Path) -> Option<Self> {
        let text = fs::read_to_string(path).ok()?;
        Self::of(text.trim().strip_prefix("process ")?.parse().ok()?)
    }

    /// Every process whose environment holds this `NAME=value`.
    pub(crate) fn all_with(variable: &str) -> Vec<Self> {
        let has = |process: &Self| {
            let environment = fs::read(format!("/proc/{}/environ", process.pid));
            let environment = environment.unwrap_or_default();
            environment.split(|byte| *byte == 0).any(|it| it == variable.as_bytes())
        };
        all().filter_map(Self::of).filter(has).collect()
    }

    /// Its children that have not ended.
    pub(crate) fn children(self) -> Vec<Self> {
        let is_ours = |pid: &i32| Stat::of(*pid).is_some_and(|stat| stat.parent == self.pid);
        all().filter(is_ours).filter_map(Self::of).collect()
    }

    /// Whether it has not ended; a zombie has.
    pub(crate) fn is_alive(self) -> bool {
        // A child of ours stays in the table until somebody asks after it.
        if let Some(pid) = Pid::from_raw(self.pid) {
            waitpid(Some(pid), WaitOptions::NOHANG).ok();
        }
        Self::of(self.pid) == Some(self)
    }

    /// SIGKILL, unless it has ended.
    pub(crate) fn kill(self) {
        if let Some(pid) = Pid::from_raw(self.pid).filter(|_| self.is_alive()) {
            kill_process(pid, Signal::KILL).ok();
        }
    }
}

/// What is read of `/proc/<pid>/stat`.
struct Stat {
    has_ended: bool,
    parent: i32,
    started: u64,
}

impl Stat {
    fn of(pid: i32) -> Option<Self> {
        let text = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
        // The name, in parentheses, may hold anything.
        let fields: Vec<&str> = text[text.rfind(')')? + 1..].split_whitespace().collect();
        Some(Self {
            has_ended: matches!(*fields.first()?, "Z" | "X"),
            parent: fields.get(1)?.parse().ok()?,
            started: fields.get(19)?.parse().ok()?,
        })
    }
}

fn all() -> impl Iterator<Item = i32> {
    let entries = fs::read_dir("/proc").expect("/proc can be read");
    entries.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok())
}
