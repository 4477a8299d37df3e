//! The folder that an agent works in, as its owner knows it: where it is, and how git sees it.

use std::{path::Path, process::Stdio, time::Duration};

use tokio::{process::Command, time::timeout};

use crate::cli::{paths, safe};

/// How long git may take: it is only a help.
const PATIENCE: Duration = Duration::from_secs(2);

/// The folder in one line, safe to print.
pub(super) async fn described(folder: &Path) -> String {
    let shown = safe::one_line(&paths::shown(folder));
    match timeout(PATIENCE, git(folder)).await.ok().flatten() {
        Some(state) => format!("{shown}  (git {})", safe::one_line(&state)),
        None => shown,
    }
}

/// What git says of it; nothing where there is no git.
async fn git(folder: &Path) -> Option<String> {
    let status = Command::new("git")
        // Nothing is locked, and nothing of the repository's own is run.
        .args(["--no-optional-locks", "-c", "core.fsmonitor=false", "status"])
        .args(["--porcelain=v1", "--branch"])
        .current_dir(folder)
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .output()
        .await
        .ok()?;
    status.status.success().then(|| read(&String::from_utf8_lossy(&status.stdout))).flatten()
}

/// The branch, and how many files are changed.
fn read(status: &str) -> Option<String> {
    let mut lines = status.lines();
    let branch = lines.next()?.strip_prefix("## ")?;
    let branch = branch.strip_prefix("No commits yet on ").unwrap_or(branch);
    let branch = match branch.split("...").next()? {
        "HEAD (no branch)" => "no branch",
        branch => branch,
    };
    Some(match lines.count() {
        0 => branch.to_owned(),
        1 => format!("{branch}, 1 file changed"),
        many => format!("{branch}, {many} files changed"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_branch_and_the_number_of_changed_files_are_told() {
        let read = |status| read(status).unwrap();
        assert_eq!(read("## main...origin/main [ahead 1]\n"), "main");
        assert_eq!(read("## main\n M a\n?? b\n"), "main, 2 files changed");
        assert_eq!(read("## No commits yet on main\n?? a\n"), "main, 1 file changed");
        assert_eq!(read("## HEAD (no branch)\n"), "no branch");
        assert_eq!(super::read("fatal: not a git repository"), None);
    }
}
